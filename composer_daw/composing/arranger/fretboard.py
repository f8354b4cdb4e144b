"""Chord shapes of a guitar: what a hand can hold, and the way of least movement through a song.

A shape has at most six notes, four frets apart and held by four fingers; a bar of the first finger counts as
one. Open strings are free. The search and its costs are our own choice.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from composer_daw.composing.arranger.chords import Chord

TUNING = (40, 45, 50, 55, 59, 64)
"""E2 A2 D3 G3 B3 E4."""
HIGHEST = 9
"""The first finger goes no further up than this fret."""
STRETCH = 3
FINGERS = 4
KEPT = 10


@dataclass(frozen=True)
class Shape:
    """Pitches from low to high, the fret of the first finger, and what the shape costs by itself."""

    pitches: tuple[int, ...]
    fret: int
    cost: float


def shapes(chord: Chord, lowest: int, highest: int) -> tuple[Shape, ...]:
    """Return the best shapes of a chord, the cheapest first; none where the range allows none."""
    return _shapes(chord.tones, chord.third, chord.bass, lowest, highest)


@lru_cache(maxsize=2048)
def _shapes(tones: tuple[int, ...], third: int, bass: int, lowest: int, highest: int) -> tuple[Shape, ...]:
    found: dict[tuple[int, ...], Shape] = {}
    for fret in range(HIGHEST + 1):
        for first in range(3):  # the lowest string that sounds
            choices = [_choices(string, fret, tones, lowest, highest) for string in TUNING[first:]]
            while choices and not choices[-1]:
                choices.pop()
            if len(choices) < 4 or not all(choices):
                continue
            for frets in itertools.product(*choices):
                shape = _shape(frets, first, fret, tones, third, bass)
                if shape is not None:
                    kept = found.get(shape.pitches)
                    if kept is None or shape.cost < kept.cost:
                        found[shape.pitches] = shape
    return tuple(sorted(found.values(), key=lambda one: (one.cost, one.pitches))[:KEPT])


def _choices(string: int, fret: int, tones: tuple[int, ...], lowest: int, highest: int) -> tuple[int, ...]:
    """Return the frets of a string that sound a chord tone where the hand stands."""
    near = range(max(1, fret), max(1, fret) + STRETCH + 1)
    frets = [0, *near] if fret <= 4 else list(near)
    return tuple(one for one in frets if (string + one) % 12 in tones and lowest <= string + one <= highest)


def _shape(
    frets: Sequence[int], first: int, fret: int, tones: tuple[int, ...], third: int, bass: int
) -> Shape | None:
    """Return the shape of some frets, or None where no hand holds it or the chord is not there."""
    held = [one for one in frets if one]
    if held:
        at_bar = held.count(min(held))
        fingers = len(held) - at_bar + 1 if at_bar > 1 and 0 not in frets else len(held)
        if fingers > FINGERS or max(held) - min(held) > STRETCH:
            return None
    pitches = tuple(string + one for string, one in zip(TUNING[first:], frets, strict=False))
    classes = [pitch % 12 for pitch in pitches]
    if third not in classes or tones[0] not in classes or list(pitches) != sorted(set(pitches)):
        return None
    cost = 0.12 * fret + (0.0 if classes[0] == bass else 1.6) + 0.5 * (len(pitches) < 5)
    cost += sum(0.9 for tone in tones[2:] if tone not in classes)
    cost += 0.7 * max(0, classes.count(third) - 1)
    return Shape(pitches, min(held, default=0), cost)


def way_through(chords: Sequence[Chord], lowest: int, highest: int) -> list[tuple[int, ...]]:
    """Return a shape for each chord, near the one before; an empty one where the range allows none."""
    layers = [shapes(chord, lowest, highest) or (Shape((), 0, 0.0),) for chord in chords]
    totals: list[list[tuple[float, int]]] = []
    for number, layer in enumerate(layers):
        row = []
        for shape in layer:
            if not number:
                row.append((shape.cost, -1))
                continue
            ways = [
                (total + _move(before, shape), at)
                for at, ((total, _), before) in enumerate(zip(totals[-1], layers[number - 1], strict=True))
            ]
            cost, at = min(ways)
            row.append((cost + shape.cost, at))
        totals.append(row)
    if not layers:
        return []
    at = min(range(len(totals[-1])), key=lambda one: totals[-1][one][0])
    found = []
    for number in range(len(layers) - 1, -1, -1):
        found.append(layers[number][at].pitches)
        at = totals[number][at][1]
    return found[::-1]


def _move(before: Shape, after: Shape) -> float:
    """Return what it costs to go from shape to shape: the hand's way, and the top note's."""
    if not before.pitches or not after.pitches or before.pitches == after.pitches:
        return 0.0
    return 0.22 * abs(before.fret - after.fret) + 0.08 * abs(before.pitches[-1] - after.pitches[-1])
