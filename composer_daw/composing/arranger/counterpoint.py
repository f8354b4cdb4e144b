"""Consecutive fifths and octaves between two lines, and crossings.

Two perfect intervals of one kind are consecutive where both lines move from one to the other. They are
looked for in four ways, for an ear hears each: from every onset to the next, from each stroke of both
lines together to the next such stroke, from beat to beat, and from the last notes of both lines to a stroke
of both (Huron, Voice Leading, 2016; text-books count the first).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from composer_daw.composing.arranger.rhythm import LATER

PERFECT = (0, 7)
"""Octave or unison, and fifth, in semitones modulo 12."""
PAUSE = 1.0
"""Quarter notes of rest that end a line: what follows does not follow from what was before."""


class Sounding(NamedTuple):
    """A note of a line, in quarter notes."""

    onset: float
    end: float
    pitch: int


Line = Sequence[Sounding]
Pair = tuple[float, int, int]
"""A place, and the pitches of the upper and the lower line there."""


def is_consecutive(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Tell whether two lines go from a fifth to a fifth, or from an octave to an octave, both moving."""
    interval = (before[0] - before[1]) % 12
    both_move = before[0] != after[0] and before[1] != after[1]
    return interval in PERFECT and (after[0] - after[1]) % 12 == interval and both_move


def consecutives(upper: Line, lower: Line, hard: bool = False) -> list[float]:
    """Return where forbidden parallels arrive, in quarter notes, each place once.

    `hard` ones alone are those that text-books never allow: both lines go the same way, from onset to onset,
    from note to note or from beat to beat. The others are gone to opposite ways, or over notes that lie
    between two strokes.
    """
    ways = [at_onsets(upper, lower), at_beats(upper, lower)]
    if not hard:
        ways.append(at_attacks(upper, lower))
    found: set[float] = set()
    for pairs in ways:
        for (_, *before), (place, *after) in zip(pairs, pairs[1:], strict=False):
            together = (after[0] > before[0]) == (after[1] > before[1])
            if is_consecutive((before[0], before[1]), (after[0], after[1])) and (together or not hard):
                found.add(round(place, 3))
    for place, before_both, after_both in _note_to_note(upper, lower):
        if is_parallel(before_both, after_both):
            found.add(round(place, 3))
    return sorted(found)


def is_parallel(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Tell whether two lines go the same way from a fifth to a fifth, or from an octave to an octave."""
    return is_consecutive(before, after) and (after[0] > before[0]) == (after[1] > before[1])


def _note_to_note(upper: Line, lower: Line) -> Iterator[tuple[float, tuple[int, int], tuple[int, int]]]:
    """Yield where both lines begin a note: the place, their last notes, and these.

    A short rest does not part two notes of a line; one of `PAUSE` does.
    """
    begins = {round(one.onset, 4): number for number, one in enumerate(upper)}
    for number, low in enumerate(lower):
        at = begins.get(round(low.onset, 4), 0)
        if not at or not number:
            continue
        over, under = upper[at - 1], lower[number - 1]
        if low.onset - min(over.end, under.end) < PAUSE - LATER:
            yield low.onset, (over.pitch, under.pitch), (upper[at].pitch, low.pitch)


def at_onsets(upper: Line, lower: Line) -> list[Pair]:
    """Return the pairs that sound whenever either line begins a note."""
    return _pairs(upper, lower, sorted({round(one.onset, 4) for one in (*upper, *lower)}))


def at_attacks(upper: Line, lower: Line) -> list[Pair]:
    """Return the pairs that begin together."""
    begins = {round(one.onset, 4) for one in upper} & {round(one.onset, 4) for one in lower}
    return _pairs(upper, lower, sorted(begins))


def at_beats(upper: Line, lower: Line) -> list[Pair]:
    """Return the pairs that sound on each beat."""
    if not upper or not lower:
        return []
    first = max(upper[0].onset, lower[0].onset)
    last = min(upper[-1].end, lower[-1].end)
    return _pairs(upper, lower, np.arange(np.ceil(first - LATER), last).tolist())


def _pairs(upper: Line, lower: Line, places: Iterable[float]) -> list[Pair]:
    """Return the places at which both lines sound, with their pitches; lines are sorted."""
    pairs: list[Pair] = []
    high = low = 0
    for place in places:
        while high < len(upper) and upper[high].end <= place + LATER:
            high += 1
        while low < len(lower) and lower[low].end <= place + LATER:
            low += 1
        if high == len(upper) or low == len(lower):
            break
        if upper[high].onset <= place + LATER and lower[low].onset <= place + LATER:
            pairs.append((place, upper[high].pitch, lower[low].pitch))
    return pairs


def crossings(upper: Line, lower: Line) -> list[float]:
    """Return where the upper line sounds below the lower one."""
    return [place for place, above, below in at_onsets(upper, lower) if above < below]
