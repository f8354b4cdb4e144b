"""Fit a sketch to lyrics: one note for each syllable or mora, each line in bars of its own.

What must go goes from weak beats, what must come comes into the longest notes; the head of the motif and the
ends of phrases stay as long as they can.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from composer_daw.composing.arranger.form import BAR, Section
from composer_daw.composing.arranger.lyrics import syllables
from composer_daw.composing.arranger.rhythm import LATER, weight_of_beat
from composer_daw.composing.arranger.sketch import LOOSE, Slot

BREATH = 0.5
"""Quarter notes that stay free before the next line."""
GRIDS = (0.5, 0.25)
SHORTEST = 0.25


def sing(slots: Sequence[Slot], section: Section) -> list[Slot]:
    """Return the slots with the section's lyrics on them; without lyrics they stay as they are."""
    lines = [sung for line in section.asked.lyrics if (sung := syllables(line))]
    if not lines:
        return list(slots)
    found: list[Slot] = []
    for first, until, line in _places(lines, section):
        inside = [one for one in slots if first <= one.onset < until]
        fitted = fit(inside, len(line), free_from(first, found), until, slots)
        found += [
            dataclasses.replace(one, syllable=text)
            for one, text in zip(fitted, _shared(line, len(fitted)), strict=True)
        ]
    return _closing(found)


def _places(lines: list[tuple[str, ...]], section: Section) -> list[tuple[float, float, tuple[str, ...]]]:
    """Return where each line begins and ends, and what is sung; more lines than bars are joined."""
    bars = section.asked.bars
    while len(lines) > bars:
        shortest = min(range(len(lines) - 1), key=lambda at: len(lines[at]) + len(lines[at + 1]))
        lines = [*lines[:shortest], lines[shortest] + lines[shortest + 1], *lines[shortest + 2 :]]
    unit = 2 if len(lines) <= bars // 2 else 1
    units = bars // unit
    total = sum(map(len, lines))
    edges, sung = [0], 0
    for number, line in enumerate(lines):
        sung += len(line)
        left = len(lines) - 1 - number
        edges.append(min(max(round(units * sung / total), edges[-1] + 1), units - left))
    places = [section.start + BAR * unit * edge for edge in edges[:-1]] + [section.end]
    return list(zip(places, places[1:], lines, strict=False))


def free_from(first: float, before: Sequence[Slot]) -> float:
    """Return from where on a place is free: its beginning, or where the last note before it has ended."""
    return max(first, before[-1].end) if before else first


def fit(inside: list[Slot], wanted: int, first: float, until: float, around: Sequence[Slot]) -> list[Slot]:
    """Return as many slots as are wanted between two free places, or as many as there is room for."""
    slots = inside or [Slot(first, 1.0, around[0].target, LOOSE, phrase=around[0].phrase)]
    while len(slots) > wanted:
        weakest = min(range(len(slots)), key=lambda at: (_worth(slots, at), at))
        slots = _without(slots, weakest)
    for grid in GRIDS:
        while len(slots) < wanted and (place := _room(slots, grid, first, until)) is not None:
            slots = _with(slots, place, until)
    return slots


def _worth(slots: Sequence[Slot], at: int) -> float:
    """Return how much a slot is missed."""
    one = slots[at]
    head = one.motif is not None and at < len(slots) // 2
    return weight_of_beat(one.onset) + min(one.beats, 2.0) + 3.0 * (at == 0) + 20.0 * one.closing + 1.5 * head


def _without(slots: list[Slot], at: int) -> list[Slot]:
    """Return the slots without one; the note before lasts longer."""
    gone, kept = slots[at], [*slots[:at], *slots[at + 1 :]]
    if at and abs(slots[at - 1].end - gone.onset) < LATER:
        kept[at - 1] = dataclasses.replace(kept[at - 1], beats=min(kept[at - 1].beats + gone.beats, BAR))
    return kept


def _room(slots: Sequence[Slot], grid: float, first: float, until: float) -> float | None:
    """Return the best place for one more note: where most time is, then where the beat is strong."""
    taken = [one.onset for one in slots]
    steps = int(round((until - BREATH - first) / grid))
    best, most = None, -1e9
    for step in range(steps):
        at = first + grid * step
        near = min(abs(at - one) for one in taken)
        if near < grid - LATER:
            continue
        after = min((one for one in taken if one > at), default=until)
        before = max((one for one in taken if one < at), default=first - 0.5)
        room = min(at - before, after - at) + 0.25 * (after - before)
        late = 1.2 * (at > taken[-1] + 1.0) + 0.8 * (at > taken[-1])
        worth = room + 0.12 * weight_of_beat(at) - late
        if worth > most + 1e-9:
            best, most = at, worth
    return best


def _with(slots: list[Slot], place: float, until: float) -> list[Slot]:
    """Return the slots with one more, which takes what is left of the note before it or of the rest."""
    after = min((one.onset for one in slots if one.onset > place), default=until - BREATH)
    number = sum(one.onset < place for one in slots)
    before = slots[number - 1] if number else None
    beside = before or slots[0]
    following = slots[number] if number < len(slots) else beside
    end = max(before.end, place + 0.5) if before is not None and before.end > place else place + 1.0
    target = (beside.target + following.target) / 2
    new = Slot(place, max(SHORTEST, min(after, end) - place), target, LOOSE, phrase=beside.phrase)
    kept = [
        dataclasses.replace(one, beats=min(one.beats, place - one.onset)) if one is before else one
        for one in slots
    ]
    return [*kept[:number], new, *kept[number:]]


def _shared(line: Sequence[str], notes: int) -> list[str]:
    """Return what is sung on each note; where bars cannot hold a note for each syllable, some share one."""
    edges = [round(number * len(line) / notes) for number in range(notes + 1)]
    groups = [line[one:other] for one, other in zip(edges, edges[1:], strict=False)]
    return ["".join(group) if not group or not group[0].isascii() else " ".join(group) for group in groups]


def _closing(slots: Sequence[Slot]) -> list[Slot]:
    """Return the slots with the last of each phrase as its goal."""
    lasts = {one.phrase: number for number, one in enumerate(slots)}
    return [dataclasses.replace(one, closing=lasts[one.phrase] == number) for number, one in enumerate(slots)]
