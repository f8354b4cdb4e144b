"""Chords and cadences found from the notes alone.

Chords: B. Pardo & W. Birmingham, "Algorithms for chordal analysis", Computer Music Journal 26:2 (2002). A
stretch goes with a chord by what sounds of it, less what sounds besides, less what is missing; the cut of a
bar into stretches that scores best counts. Ours are the unit (notes weigh their length in beats), cuts on
beats only, the bonus for a root in the bass, and further chords (sixths, sevenths of major and
minor, dominant ninths, augmented, suspended).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from composer_daw.evaluation.song_score import TICKS, TONICS, Key, Section, Song, key_of, keys_fit
from composer_daw.performance import Array, Floats

QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "dim": (0, 3, 6),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "9": (0, 4, 7, 10, 2),
}
NAMES = tuple(QUALITIES)
MAJOR = frozenset({"", "6", "7", "9", "maj7", "aug", "sus4", "7sus4"})
MINOR = frozenset({"m", "m6", "m7"})
DOMINANT = frozenset({"", "6", "7", "9", "sus4", "7sus4", "aug"})
LEADING = frozenset({"dim", "m7b5", "dim7"})

MISSING = 0.5
"""What a tone of the chord that never sounds costs, in beats."""
RARER = {"": 0.0, "m": 0.0, "dim": 0.25, "aug": 0.75, "sus4": 0.75, "7sus4": 0.75, "9": 1.5}
"""What a chord costs beforehand, 0.25 if not named: a triad is preferred where it fits as well."""
ROOT_BONUS = 0.5
"""What a beat with the root at the bottom gains."""
NEAR = 0.05
"""A key other than that of the song counts where it fits the notes better by this much (correlation)."""
CUT = 0.75
"""What each stretch costs: a chord does not change for one passing note."""


@dataclass(frozen=True)
class Chord:
    """A chord with its place, in ticks."""

    start: int
    end: int
    root: int
    quality: str

    @property
    def tones(self) -> frozenset[int]:
        """Return its pitch classes."""
        return frozenset((self.root + step) % 12 for step in QUALITIES[self.quality])

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"{TONICS[self.root]}{self.quality}"


@dataclass(frozen=True)
class Cadence:
    """How a phrase ends: `kind` is one of `KINDS`, or empty where it is no cadence."""

    section: int
    bar: int
    """Its last bar, from 0."""
    kind: str
    chords: tuple[Chord, ...]


KINDS = ("authentic", "plagal", "modal", "half", "deceptive")
CLOSING = ("authentic", "plagal", "modal")


def chords_of(song: Song, rows: Array) -> tuple[Chord, ...]:
    """Return the chords that these notes make, bar by bar; bars in which they are silent have none."""
    found: list[Chord] = []
    starts, ends = rows["start"], rows["end"]
    for bar in range(song.bars):
        start, end = int(song.bar_lines[bar]), int(song.bar_lines[bar + 1])
        here = rows[(starts < end) & (ends > start)]
        if len(here):
            found += _of_bar(here, start, end, int(song.beat_ticks[bar]))
    return tuple(found)


def chord_at(chords: Sequence[Chord], tick: int) -> Chord | None:
    """Return the chord that holds at a time."""
    return next((chord for chord in chords if chord.start <= tick < chord.end), None)


def irregularity(chords: Sequence[Chord]) -> float:
    """Return the share of chord trigrams that occur once only in kind: unique over all, 0 to 1.

    Chord progression irregularity, Wu & Yang, ISMIR 2020. Repeated chords count once; NaN below 3 chords.
    """
    names = [str(chord) for chord in chords]
    names = [name for number, name in enumerate(names) if number == 0 or name != names[number - 1]]
    triples = [tuple(names[number : number + 3]) for number in range(len(names) - 2)]
    return len(set(triples)) / len(triples) if triples else float("nan")


def cadence_at(chords: Sequence[Chord], start: int, end: int, keys: Sequence[Key]) -> str:
    """Return the kind of cadence that the bar from `start` to `end` ends with, or an empty string.

    Closing ones reach the tonic and hold it for half of this bar: from the dominant or the leading-note chord
    (authentic), from the subdominant (plagal), from the flat seventh or a minor dominant (modal). A half
    cadence stands on the dominant at the end, a deceptive one goes from there to the sixth degree. Of several
    keys, the one that makes most of it counts.
    """
    line: list[Chord] = []
    for one in chords:
        if start - 8 * TICKS <= one.start < end:
            again = line and str(line[-1]) == str(one)
            line[-1:] = [replace(line[-1], end=one.end)] if again else [*line[-1:], one]
    long = [2 * (min(then.end, end) - max(then.start, start)) >= end - start for then in line]
    pairs = [pair for pair, holds in zip(zip(line, line[1:], strict=False), long[1:], strict=True) if holds]
    kinds = {_kind(first, then, key) for first, then in pairs for key in keys}
    if line and line[-1].end > start and any(_on_dominant(line, key) for key in keys):
        kinds.add("half")
    return next((kind for kind in KINDS if kind in kinds), "")


def cadences_of(
    song: Song, chords: Sequence[Chord], keys: Sequence[Sequence[Key]], phrase: int = 4
) -> list[Cadence]:
    """Return how every phrase of so many bars ends, section by section; `keys` as many as sections.

    A phrase within a section may also end in an authentic cadence of a relative key, or of the key that its
    own notes fit best.
    """
    found = []
    for number, section in enumerate(song.sections):
        for bar in phrase_ends(section, phrase):
            start, end = int(song.bar_lines[bar]), int(song.bar_lines[bar + 1])
            kind = cadence_at(chords, start, end, keys[number])
            if not kind and bar != section.first_bar + section.bars - 1:
                near = [key.relative for key in keys[number]]
                near += _clearly_in(song, int(song.bar_lines[bar + 1 - phrase]), end, keys[number])
                kind = "authentic" if cadence_at(chords, start, end, near) == "authentic" else ""
            told = tuple(one for one in chords if start - 4 * TICKS <= one.start < end)
            found.append(Cadence(number, bar, kind, told))
    return found


def _clearly_in(song: Song, start: int, end: int, keys: Sequence[Key]) -> list[Key]:
    """Return the key that the notes between two times fit better, by `NEAR`, than any of these; or none."""
    rows = song.within(start, end, song.pitched)
    if not len(rows):
        return []
    own, fit = key_of(rows), keys_fit(rows)
    return [own] if all(fit[own.number] - fit[key.number] > NEAR for key in keys) else []


def phrase_ends(section: Section, phrase: int = 4) -> list[int]:
    """Return the last bar of each phrase of a section, from 0."""
    return list(range(section.first_bar + phrase - 1, section.first_bar + section.bars, phrase))


def _kind(first: Chord, then: Chord, key: Key) -> str:
    """Return what the step from one chord to another is at the end of a phrase, or an empty string."""
    home = then.root == key.tonic and then.quality in (MINOR | {""} if key.minor else MAJOR - {"aug"})
    step = (first.root - key.tonic) % 12
    sixth = (key.tonic + (8 if key.minor else 9)) % 12
    if home and (_is_dominant(first, key) or (step == 11 and first.quality in LEADING)):
        return "authentic"
    if home and step == 5:
        return "plagal"
    if home and ((step == 10 and first.quality in MAJOR) or (step == 7 and first.quality in MINOR)):
        return "modal"
    if then.root == sixth and _is_dominant(first, key):
        return "deceptive"
    return ""


def _on_dominant(line: Sequence[Chord], key: Key) -> bool:
    """Tell whether chords end on the dominant, or on the leading-note chord that goes on from it."""
    last = line[-1]
    leading = (last.root - key.tonic) % 12 == 11 and last.quality in LEADING
    return _is_dominant(last, key) or (leading and len(line) > 1 and _is_dominant(line[-2], key))


def _is_dominant(chord: Chord, key: Key) -> bool:
    return (chord.root - key.tonic) % 12 == 7 and chord.quality in DOMINANT


def _templates() -> tuple[Floats, Floats]:
    """Return which pitch classes each of (quality, root) has, and what each costs beforehand."""
    members = np.zeros((len(NAMES) * 12, 12))
    costs = np.zeros(len(NAMES) * 12)
    for number, (name, steps) in enumerate(QUALITIES.items()):
        for root in range(12):
            members[number * 12 + root, [(root + step) % 12 for step in steps]] = 1
            costs[number * 12 + root] = RARER.get(name, 0.25)
    return members, costs


_MEMBERS, _COSTS = _templates()


def _of_bar(rows: Array, start: int, end: int, beat: int) -> list[Chord]:
    """Return the chords of one bar: the best cut into stretches of whole beats."""
    edges = [*range(start, end, beat), end]
    weights, bottoms = _weights(rows, edges)
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    for last in range(1, len(edges)):
        options = []
        for first in range(last):
            score, template = _best(weights[first:last].sum(axis=0), bottoms[first:last].sum(axis=0))
            options.append((best[first][0] + score - CUT, first, template))
        best.append(max(options, key=lambda option: option[0]))
    found, last = [], len(edges) - 1
    while last:
        _, first, template = best[last]
        if weights[first:last].any():
            found.append(Chord(edges[first], edges[last], template % 12, NAMES[template // 12]))
        last = first
    return found[::-1]


def _best(weight: Floats, bottom: Floats) -> tuple[float, int]:
    inside = _MEMBERS @ weight
    missing = _MEMBERS @ (weight <= 1e-9)
    roots = np.tile(bottom, len(NAMES))
    scores = 2 * inside - weight.sum() - MISSING * missing + ROOT_BONUS * roots - _COSTS
    return float(scores.max()), int(scores.argmax())


def _weights(rows: Array, edges: Sequence[int]) -> tuple[Floats, Floats]:
    """Return how long each pitch class sounds in each beat, and how long each is the lowest, in quarters."""
    weights, bottoms = np.zeros((len(edges) - 1, 12)), np.zeros((len(edges) - 1, 12))
    for number, (start, end) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        here = rows[(rows["start"] < end) & (rows["end"] > start)]
        if not len(here):
            continue
        inside = np.minimum(here["end"], end) - np.maximum(here["start"], start)
        np.add.at(weights[number], here["pitch"] % 12, inside / TICKS)
        lowest = here[here["pitch"] == here["pitch"].min()]
        bottoms[number, lowest["pitch"][0] % 12] += min(
            inside[here["pitch"] == here["pitch"].min()].sum() / TICKS, 1.0
        )
    return weights, bottoms
