"""Voicings of a keyboard: chords near to one another in the right hand, bass or shell in the left.

Where another part has the bass, sevenths are played without roots, as jazz pianists do (M. Levine, The Jazz
Piano Book, 1989); triads keep theirs. Costs are our own choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.scales import pitches_of

RIGHT = (55, 77)
"""Where the right hand plays: G3 to F5."""
LEFT = (38, 54)
HOME = 65
"""What the middle of the right hand's chord keeps near to."""


@dataclass(frozen=True)
class Hands:
    """What both hands hold, each from low to high."""

    left: tuple[int, ...]
    right: tuple[int, ...]


def way_through(
    chords: Sequence[Chord], ceilings: Sequence[int], with_bass: bool, lowest: int, highest: int
) -> list[Hands]:
    """Return both hands for each chord; `with_bass` tells whether another part plays the bass.

    The right hand stays below `ceilings`, the lowest note of the tune over each chord, where it can.
    """
    low, high = max(RIGHT[0], lowest), min(RIGHT[1], highest)
    if high - low < 12:
        low, high = lowest, highest
    found: list[Hands] = []
    before: tuple[int, ...] = ()
    for chord, ceiling in zip(chords, ceilings, strict=True):
        classes = _upper(chord, with_bass)
        options = _positions(classes, low, high) or (_open(classes, low, high),)
        before = min(options, key=lambda one: (_cost(one, before, ceiling), one))
        found.append(Hands(_left(chord, with_bass, lowest, highest, before), before))
    return found


def _upper(chord: Chord, with_bass: bool) -> tuple[int, ...]:
    """Return the pitch classes of the right hand."""
    if not with_bass or chord.seventh is None:
        return chord.tones[:4]
    ninth = (chord.root + 2) % 12
    over = ninth if ninth in chord.scale and len(chord.tones) == 4 else chord.tones[-1]
    return tuple(dict.fromkeys((chord.third, chord.tones[2], chord.seventh, over)))


@lru_cache(maxsize=2048)
def _positions(classes: tuple[int, ...], low: int, high: int) -> tuple[tuple[int, ...], ...]:
    """Return the close positions of some pitch classes within a range."""
    found = []
    for bottom in range(low, high + 1):
        if bottom % 12 not in classes:
            continue
        pitches = sorted(bottom + (one - bottom) % 12 for one in classes)
        if pitches[-1] <= high:
            found.append(tuple(pitches))
    return tuple(found)


def _open(classes: tuple[int, ...], low: int, high: int) -> tuple[int, ...]:
    """Return what a range has of a chord where no close position lies within it."""
    return tuple(sorted(pitches[0] for one in classes if (pitches := pitches_of((one,), low, high))))


def _cost(position: tuple[int, ...], before: tuple[int, ...], ceiling: int) -> float:
    """Return what a position costs: its way from the one before, its height, its rubs."""
    if not position:
        return 0.0
    middle = sum(position) / len(position)
    cost = 0.12 * abs(middle - HOME) + 0.5 * max(0, position[-1] - ceiling + 1)
    rubs = sum(1 for one, two in zip(position, position[1:], strict=False) if two - one == 1)
    cost += 0.8 * rubs
    if before:
        cost += 0.25 * sum(min(abs(one - other) for other in before) for one in position)
    return cost


def _left(
    chord: Chord, with_bass: bool, lowest: int, highest: int, right: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the left hand: the bass, with its fifth or octave where nobody else has it."""
    low = max(LEFT[0] if with_bass else LEFT[0] - 2, lowest)
    bass = low + (chord.bass - low) % 12
    until = right[0] if right else highest + 1
    if bass >= until:  # no room below the right hand
        return ()
    fifth = bass + 7
    above = fifth if fifth % 12 in chord.tones and fifth < until else None
    return (bass,) if above is None else (bass, above)
