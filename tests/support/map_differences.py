"""How two technique maps differ, field by field: what the report of a conversion must name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.interchange import Loss
from composer_daw.techniques.parts import NoteShape, Trigger

Place = tuple[str, ...]


def differences(original: TechniqueMap, again: TechniqueMap, keys: Mapping[str, str]) -> set[Place]:
    """Return the places in which a map differs from what was read back; `keys` leads from its techniques.

    The places are those of `TechniqueMap`, but actions count as one. A title that spells the key is none.
    """
    return {
        *_of_map(original, again),
        *_of_groups(original, again, keys),
        *_of_techniques(original, again, keys),
    }


def named(losses: tuple[Loss, ...], original: TechniqueMap) -> set[Place]:
    """Return the places that losses name, those of actions as `on`."""
    return {_place(loss.place, original) for loss in losses}


def _place(text: str, original: TechniqueMap) -> Place:
    """Take a place apart; the keys of a map may hold anything."""
    for section, entries in (("techniques", original.techniques), ("groups", original.groups)):
        for key in sorted(entries, key=len, reverse=True):
            head = f"{section}: {key}"
            if text == head or text.startswith(f"{head}: "):
                rest = text[len(head) + 2 :].partition("[")[0]
                return (section, key, *(rest.split(": ") if rest else ()))
    return (text,)


def _of_map(original: TechniqueMap, again: TechniqueMap) -> Iterator[Place]:
    for field in TechniqueMap.model_fields:
        if field not in ("groups", "techniques") and getattr(original, field) != getattr(again, field):
            yield (field,)


def _of_groups(original: TechniqueMap, again: TechniqueMap, keys: Mapping[str, str]) -> Iterator[Place]:
    for name, group in original.groups.items():
        there = {again.techniques[keys[key]].group for key in original.of_group(name) if key in keys}
        assert len(there) < 2, f"the techniques of {name} are torn apart: {there}"
        if there != {name}:
            yield ("groups", name)
        for other in there:
            mine = [keys[key] for key in original.of_group(name) if key in keys]
            if mine != [key for key in again.of_group(other) if key in mine]:
                yield ("groups", name, "order")
            if keys.get(group.default, "") != again.groups[other].default:
                yield ("groups", name, "default")


def _of_techniques(original: TechniqueMap, again: TechniqueMap, keys: Mapping[str, str]) -> Iterator[Place]:
    for name, technique in original.techniques.items():
        if name not in keys:
            yield ("techniques", name)
            continue
        other = again.techniques[keys[name]]
        pairs = {
            field: (getattr(technique, field), getattr(other, field))
            for field in type(technique).model_fields
        }
        del pairs["group"]
        pairs["key"] = name, keys[name]
        pairs["plays"] = original.plays(name), again.plays(keys[name])
        pairs["title"] = (
            technique.title or name.replace("_", " "),
            other.title or keys[name].replace("_", " "),
        )
        for field, nothing in (("note", NoteShape()), ("trigger", Trigger())):
            mine, theirs = (one or nothing for one in pairs.pop(field))
            for part in type(nothing).model_fields:
                if getattr(mine, part) != getattr(theirs, part):
                    yield ("techniques", name, field, part)
        yield from (("techniques", name, field) for field, (mine, theirs) in pairs.items() if mine != theirs)


def keys_told(losses: tuple[Loss, ...], original: TechniqueMap) -> dict[str, str]:
    """Return what each technique is called when it is read back, by the word of the report."""
    keys = {name: name for name in original.techniques}
    for loss in losses:
        match _place(loss.place, original):
            case ("techniques", name, "key"):
                keys[name] = loss.what.removeprefix(f"{name}; read back as ")
            case ("techniques", name):
                del keys[name]
    return keys
