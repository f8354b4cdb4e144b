"""From a technique map to Cubase's sound slots: which articulations choose which technique.

A technique that plays several things, or whose name joins several by '+', is chosen by the articulations of
its parts together, as far as the four groups allow; any other by one articulation of its own name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from composer_daw.techniques.interchange.conversion import Loss
from composer_daw.techniques.interchange.differences import action_loss, spelled
from composer_daw.techniques.interchange.sound_slots import (
    COLORS,
    GROUPS,
    Articulation,
    Message,
    Slot,
    messages_of,
)
from composer_daw.techniques.interchange.steinberg_xml import decimal, written
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Technique
from composer_daw.techniques.vocabulary import Vocabulary

IDLE = Slot("empty")
"""Set first where a map has no default: Cubase then sends nothing when nothing is asked."""


class Slots(NamedTuple):
    """The slots of a map, in Cubase's order."""

    slots: tuple[Slot, ...]
    names: tuple[str, ...]
    """The techniques that they are; the idle slot is none."""
    losses: tuple[Loss, ...]
    """The actions that they cannot send."""


def slots_of(technique_map: TechniqueMap, vocabulary: Vocabulary) -> Slots:
    """Return the slots of a map; its default comes first, as that is what Cubase plays unasked.

    A technique that the instrument lacks, and that another stands in for, has no slot.
    """
    playable = technique_map.playable()
    techniques = {
        name: one for name, one in technique_map.techniques.items() if name in playable or not one.fallback
    }
    used = dict.fromkeys(one.group for one in techniques.values())
    groups = [group for group in technique_map.groups if group in used]
    default = technique_map.groups[groups[0]].default if groups else ""
    names = sorted(techniques, key=lambda name: name != default)
    titles = {name: _title(name, techniques[name], vocabulary) for name in names}
    chosen = _articulations(technique_map, titles, _numbers(groups))
    losses: list[Loss] = []
    slots = []
    for name in names:
        messages, problems = messages_of(techniques[name].on)
        for row, why in problems:
            losses.append(action_loss(name, row, techniques[name].on[row], why, technique_map.middle_c))
        slots.append(_slot(titles[name], techniques[name], chosen[name], messages))
    idle = [IDLE] if groups and not default else []
    return Slots((*idle, *slots), tuple(names), tuple(losses))


def _title(name: str, technique: Technique, vocabulary: Vocabulary) -> str:
    """Return what a technique is called in Cubase: its title, or its key as people write it."""
    known = all(part in vocabulary.techniques for part in name.split("+"))
    return written(technique.title or (spelled(name) if known else name))


def _slot(
    title: str, technique: Technique, chosen: tuple[Articulation, ...], messages: tuple[Message, ...]
) -> Slot:
    note = technique.note
    low, high = note.pitch_range
    least, most = note.velocity_range
    return Slot(
        name=title,
        articulations=chosen,
        messages=messages,
        key=technique.trigger.key if technique.trigger else None,
        color=_nearest(technique.color),
        channel=technique.channel,
        velocity=_factor(note.velocity if isinstance(note.velocity, float) else 1.0),
        length=_factor(note.length),
        velocities=(0 if least <= 1 else least, max(most, 1)),
        transpose=note.transpose,
        pitches=(low or 0, 127 if high is None else high),
    )


def _nearest(color: str) -> int:
    """Return the number of the colour that comes nearest; 1 for none."""
    if not color:
        return 1
    return min(COLORS, key=lambda number: math.dist(_rgb(color), _rgb(COLORS[number])))


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


def _factor(value: float) -> float:
    """Return a factor as it comes back from the file; 1 where nothing of it would."""
    return float(decimal(value)) or 1.0


def _articulations(
    technique_map: TechniqueMap, titles: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, tuple[Articulation, ...]]:
    """Return what chooses each technique; no two have the same."""
    single = _singles(technique_map, titles, numbers)
    combinations = _combinations(technique_map, titles, single)
    placed = _placed(combinations, single)
    seen = {_choice((one,)) for name, one in single.items() if name not in combinations}
    chosen: dict[str, tuple[Articulation, ...]] = {}
    for name, own in single.items():
        together = placed.get(name, ())
        one_note = any(one.one_note for one in together)
        fits = bool(together) and (together[0].group, one_note) == (own.group, own.one_note)
        chosen[name] = together if fits and _choice(together) not in seen else (own,)
        seen.add(_choice(chosen[name]))
    return chosen


def _choice(articulations: tuple[Articulation, ...]) -> frozenset[tuple[str, int]]:
    return frozenset((one.name, one.group) for one in articulations)


def _numbers(groups: Sequence[str]) -> dict[str, int]:
    """Return Cubase's group for each group of a map; the fifth and later share the fourth."""
    ours = [GROUPS.index(group) for group in groups if group in GROUPS]
    if len(ours) == len(groups) and ours == sorted(ours):
        return dict(zip(groups, ours, strict=True))
    return {group: min(number, len(GROUPS) - 1) for number, group in enumerate(groups)}


def _singles(
    technique_map: TechniqueMap, titles: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, Articulation]:
    """Return an articulation for each technique; a name that stands twice in a group gets a number."""
    taken: set[tuple[str, int]] = set()
    counts: dict[str, int] = {}
    singles = {}
    for name, title in titles.items():
        technique = technique_map.techniques[name]
        group, free = numbers[technique.group], title
        while (free, group) in taken:
            counts[title] = counts.get(title, 1) + 1
            free = f"{title} {counts[title]}"
        taken.add((free, group))
        singles[name] = Articulation(free, group, technique.scope == "note")
    return singles


def _combinations(
    technique_map: TechniqueMap, titles: Mapping[str, str], single: Mapping[str, Articulation]
) -> dict[str, tuple[Articulation, ...] | tuple[str, ...]]:
    """Return the parts of each combination: articulations of other techniques, or else names."""
    alone: dict[tuple[str, ...], Articulation] = {}
    for name, title in titles.items():
        if "+" not in title:
            alone.setdefault(technique_map.plays(name), single[name])
    combinations: dict[str, tuple[Articulation, ...] | tuple[str, ...]] = {}
    for name, title in titles.items():
        plays, names = technique_map.plays(name), tuple(title.split("+"))
        parts = [alone[(part,)] for part in plays if (part,) in alone]
        if len(plays) > 1 and len(parts) == len(plays):
            combinations[name] = tuple(sorted(parts, key=lambda one: one.group))
        elif len(names) > 1 and all(part.strip() for part in names):
            combinations[name] = names
    return combinations


def _placed(
    combinations: Mapping[str, tuple[Articulation, ...] | tuple[str, ...]],
    single: Mapping[str, Articulation],
) -> dict[str, tuple[Articulation, ...]]:
    """Give named parts groups, each behind that of the part before it; what finds no place is left out."""
    known = {one.name: one for name, one in single.items() if name not in combinations}
    group = {part: one.group for part, one in known.items()}
    one_note: set[str] = set()
    for _ in GROUPS:
        for name, parts in combinations.items():
            at = single[name].group
            for part in parts:
                if isinstance(part, str):
                    if part not in known:
                        group[part] = max(at, group.get(part, 0))
                        one_note |= {part} if single[name].one_note else set()
                    at = group[part] + 1
    placed: dict[str, tuple[Articulation, ...]] = {}
    for name, parts in combinations.items():
        whole = tuple(
            part
            if isinstance(part, Articulation)
            else Articulation(part, group[part], _lasts(part, known, one_note))
            for part in parts
        )
        groups = [one.group for one in whole]
        if groups == sorted(set(groups)) and groups[-1] < len(GROUPS):
            placed[name] = whole
    return placed


def _lasts(part: str, known: Mapping[str, Articulation], one_note: set[str]) -> bool:
    return known[part].one_note if part in known else part in one_note
