"""What a format did not carry of a map: every difference between the map and what is read back, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from composer_daw.techniques.interchange.conversion import Loss
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import NoteShape, Technique, Trigger
from composer_daw.techniques.writing import shown

NO_PLACE = "the format has no place for it"
LONGEST = 80

Reasons = Mapping[str, str]
"""Why something is not carried, by the name of the field: "latency_ms", "note.gap_ms", "groups"."""

_BY_NAME = ("technique_map", "groups", "techniques")
_PARTS = {"note": NoteShape(), "trigger": Trigger()}
_TOLD_ELSEWHERE = ("group", "plays", "title", "on", *_PARTS)


def losses_of(
    original: TechniqueMap,
    carried: TechniqueMap,
    keys: Mapping[str, str],
    reasons: Reasons,
    actions: tuple[Loss, ...] = (),
) -> tuple[Loss, ...]:
    """Name all that differs between a map and what a format carries of it.

    `keys` leads from the techniques of the map to those of the other. `actions` are the losses among those
    of `on`, which the caller knows. Nothing is said of a title that only spells the key, nor of a `plays`
    that says what the key says.
    """
    return tuple(_losses(original, carried, keys, reasons, actions))


def action_loss(name: str, row: int, action: object, why: str, middle_c: str) -> Loss:
    """Return the loss of an action of a technique, or of a part of it."""
    return Loss(f"techniques: {name}: on[{row}]", brief(action, middle_c), why)


def spelled(key: str) -> str:
    """Return a key as people write it: "sul ponticello"."""
    return key.replace("_", " ")


def brief(value: object, middle_c: str) -> str:
    """Return a value of a map as YAML has it, cut where it is long."""
    text = shown(value, middle_c)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _losses(
    original: TechniqueMap,
    carried: TechniqueMap,
    keys: Mapping[str, str],
    reasons: Reasons,
    actions: tuple[Loss, ...],
) -> Iterator[Loss]:
    middle_c = original.middle_c
    for field in TechniqueMap.model_fields:
        value = getattr(original, field)
        if field not in _BY_NAME and value != getattr(carried, field):
            yield Loss(field, brief(value, middle_c), _reason(field, reasons))
    yield from _of_groups(original, carried, keys, reasons)
    told = {loss.place.rpartition(": ")[0] for loss in actions}
    yield from actions
    for name, technique in original.techniques.items():
        place = f"techniques: {name}"
        if name not in keys:
            yield Loss(place, name, _reason("technique", reasons))
            continue
        other = carried.techniques[keys[name]]
        if keys[name] != name:
            yield Loss(f"{place}: key", f"{name}; read back as {keys[name]}", _reason("key", reasons))
        if original.plays(name) != carried.plays(keys[name]):
            yield Loss(f"{place}: plays", "+".join(original.plays(name)), _reason("plays", reasons))
        if (technique.title or spelled(name)) != (other.title or spelled(keys[name])):
            yield Loss(f"{place}: title", technique.title or "none", _reason("title", reasons))
        if technique.on != other.on and place not in told:
            yield Loss(f"{place}: on", brief(technique.on, middle_c), _reason("on", reasons))
        for field, value in _fields(technique, other):
            yield Loss(
                f"{place}: {field.replace('.', ': ')}", brief(value, middle_c), _reason(field, reasons)
            )


def _of_groups(
    original: TechniqueMap, carried: TechniqueMap, keys: Mapping[str, str], reasons: Reasons
) -> Iterator[Loss]:
    for name, group in original.groups.items():
        place = f"groups: {name}"
        written = [keys[key] for key in original.of_group(name) if key in keys]
        if not written:
            yield Loss(place, name, _reason("groups.empty", reasons))
            continue
        other = carried.techniques[written[0]].group
        if other != name:
            yield Loss(place, f"{name}; read back as {other}", _reason("groups", reasons))
        if moved := _moved(written, [one for one in carried.of_group(other) if one in written]):
            names = {key: name for name, key in keys.items()}
            what = f"{names[moved[1]]} before {names[moved[0]]}"
            yield Loss(f"{place}: order", what, _reason("groups.order", reasons))
        default = carried.groups[other].default
        if keys.get(group.default, "") != default:
            what = f"{group.default or 'none'}; read back as {default or 'none'}"
            yield Loss(f"{place}: default", what, _reason("groups.default", reasons))


def _moved(one: list[str], other: list[str]) -> tuple[str, str] | None:
    """Return the first two that do not stand in the same place."""
    return next((pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]), None)


def _fields(technique: Technique, other: Technique) -> Iterator[tuple[str, Any]]:
    """Yield the fields in which two techniques differ, and their values in the first."""
    for field in Technique.model_fields:
        value = getattr(technique, field)
        if field not in _TOLD_ELSEWHERE and value != getattr(other, field):
            yield field, value
    for field, nothing in _PARTS.items():
        mine, theirs = getattr(technique, field) or nothing, getattr(other, field) or nothing
        for part in type(nothing).model_fields:
            if getattr(mine, part) != getattr(theirs, part):
                yield f"{field}.{part}", getattr(mine, part)


def _reason(field: str, reasons: Reasons) -> str:
    return reasons.get(field) or reasons.get(field.partition(".")[0]) or NO_PLACE
