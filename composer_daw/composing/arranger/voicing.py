"""Four-part voice leading as a search: every voicing of every chord, and the cheapest way through all.

Rules of four-part writing (Aldwell and Schachter, Harmony and Voice Leading; reasons in D. Huron, "Tone and
voice", Music Perception 19/1, 2001): no consecutive fifths and octaves, no crossing, small steps, all tones
of the chord, no doubled leading tone, leading tones rise and sevenths fall by step. The costs are our own
choice. The voicings go through the whole song, rests and section breaks included, so no part's absence lets
a fault in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.scales import pitches_of
from composer_daw.performance import Floats

MOST = 140
"""Voicings of one chord that are kept, the best by themselves."""
NOISE = 0.35
OUTER, INNER = 80.0, 40.0
"""What consecutive fifths or octaves cost, between outer voices and any others."""

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class VoiceRange:
    """Where a voice may go, and where it is at home."""

    lowest: int
    highest: int
    home: int


@dataclass(frozen=True)
class Place:
    """What voicings of one chord are asked for: the chord, the ranges from the top down, the tune above."""

    chord: Chord
    ranges: tuple[VoiceRange, ...]
    ceiling: int
    """The top voice stays below this where it can: the lowest note of the tune."""


def lead(places: Sequence[Place], rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Return a voicing for each chord, from the top voice down."""
    if not places:
        return []
    voicings = [_voicings(place) for place in places]
    costs = []
    for number, (place, rows) in enumerate(zip(places, voicings, strict=True)):
        own = _own(place, rows) + rng.gumbel(0.0, NOISE, len(rows))
        keep = np.argsort(own, kind="stable")[:MOST]
        voicings[number] = rows[keep]
        costs.append(own[keep])
    total, back = costs[0], []
    for number in range(1, len(places)):
        step = _step(voicings[number - 1], voicings[number], places[number - 1].chord, places[number].chord)
        ways = total[:, None] + step
        back.append(ways.argmin(axis=0))
        total = ways.min(axis=0) + costs[number]
    at = int(total.argmin())
    chosen = [at]
    for step_back in reversed(back):
        chosen.append(int(step_back[chosen[-1]]))
    return [tuple(int(p) for p in rows[at]) for rows, at in zip(voicings, reversed(chosen), strict=True)]


def _voicings(place: Place) -> Ints:
    """Return all voicings without crossing, (count, voices); ranges widen where there is none."""
    for wider in (0, 5, 12, 24):
        rows: list[tuple[int, ...]] = [()]
        for number, voice in enumerate(place.ranges):
            bottom = number == len(place.ranges) - 1
            classes = (place.chord.bass,) if bottom else place.chord.tones
            home = (max(voice.lowest, voice.home - 8 - wider), min(voice.highest, voice.home + 8 + wider))
            pitches = pitches_of(classes, *home)
            widest = 24 if bottom else 12 + wider
            rows = [
                (*row, pitch) for row in rows for pitch in pitches if not row or 0 < row[-1] - pitch <= widest
            ]
        complete = [row for row in rows if place.chord.third in {pitch % 12 for pitch in row}]
        if complete:
            return np.array(complete, np.int64)
    nearest = [_nearest(place.chord, voice) for voice in place.ranges]
    return np.array([nearest], np.int64)


def _nearest(chord: Chord, voice: VoiceRange) -> int:
    """Return a pitch for a voice whose range has no room for more: a chord tone, where there is one."""
    pitches = pitches_of(chord.tones, voice.lowest, voice.highest)
    return min(pitches, key=lambda one: abs(one - voice.home), default=voice.home)


def _own(place: Place, rows: Ints) -> Floats:
    """Return what each voicing costs by itself."""
    chord, classes = place.chord, rows % 12
    counts = {tone: (classes == tone).sum(axis=1) for tone in chord.tones}
    cost = 0.08 * np.abs(rows - np.array([voice.home for voice in place.ranges])).sum(axis=1)
    cost = cost + np.where(counts[chord.root] == 0, 1.5, 0.0)
    cost += np.where(counts[chord.tones[2]] == 0, 0.3, 0.0)
    cost += np.where(counts[chord.third] > 1, 1.0, 0.0) + np.where(counts[chord.third] > 2, 5.0, 0.0)
    for tone in chord.tones[3:]:
        cost += np.where(counts[tone] == 0, 1.2, 0.0) + np.where(counts[tone] > 1, 3.0, 0.0)
    if chord.leading is not None:
        cost += np.where(counts[chord.leading] > 1, 8.0, 0.0)
    gaps = -np.diff(rows, axis=1)
    cost += np.where(gaps == 1, 2.0, 0.0).sum(axis=1) + np.where(gaps == 2, 0.4, 0.0).sum(axis=1)
    low = (rows[:, 1:] < 50) & (gaps < 5)
    cost += 1.2 * low.sum(axis=1)
    cost += np.where(gaps[:, :-1] > 9, 0.6, 0.0).sum(axis=1)
    above = rows[:, 0] - place.ceiling
    return np.asarray(cost + np.where(above >= 0, 1.0 + 0.3 * above, 0.0) + np.where(above == -1, 0.6, 0.0))


def _step(before: Ints, after: Ints, chord: Chord, following: Chord) -> Floats:
    """Return what each step from voicing to voicing costs, (before, after)."""
    move = after[None, :, :] - before[:, None, :]
    size = np.abs(move).astype(float)
    voices = before.shape[1]
    weights = np.array([0.16, *[0.14] * (voices - 2), 0.03])
    cost = (size * weights).sum(axis=2)
    cost += np.where(size[:, :, :-1] > 5, 1.2, 0.0).sum(axis=2) + np.where(size[:, :, :-1] > 9, 4.0, 0.0).sum(
        axis=2
    )
    cost += np.where(size[:, :, -1] > 9, 1.5, 0.0)
    if chord.tones == following.tones and chord.bass == following.bass:
        cost += np.where(size.max(axis=2) > 0, 0.8, 0.0)
    for upper in range(voices):
        for lower in range(upper + 1, voices):
            cost += _parallels(before, after, move, upper, lower, voices)
    for upper in range(voices - 1):  # a voice does not go beyond where its neighbour was
        cost += np.where(after[None, :, upper + 1] > before[:, None, upper], 1.5, 0.0)
        cost += np.where(after[None, :, upper] < before[:, None, upper + 1], 1.5, 0.0)
    return np.asarray(cost + _tendencies(before, move, chord, following))


def _parallels(before: Ints, after: Ints, move: Ints, upper: int, lower: int, voices: int) -> Floats:
    """Return what consecutive and, in outer voices, hidden fifths and octaves cost."""
    one = (before[:, upper] - before[:, lower]) % 12
    two = (after[:, upper] - after[:, lower]) % 12
    up, down = move[:, :, upper], move[:, :, lower]
    both = (up != 0) & (down != 0)
    perfect = np.isin(two, (0, 7))[None, :]
    outer = upper == 0 and lower == voices - 1
    consecutive = both & perfect & (one[:, None] == two[None, :])
    cost = np.where(consecutive, OUTER if outer else INNER, 0.0)
    if outer:
        hidden = both & perfect & (np.sign(up) == np.sign(down)) & (np.abs(up) > 2)
        cost = cost + np.where(hidden, 2.0, 0.0)
    return cost


def _tendencies(before: Ints, move: Ints, chord: Chord, following: Chord) -> Floats:
    """Return what it costs where a leading tone does not rise, or a seventh does not fall, by step."""
    cost = np.zeros(move.shape[:2])
    voices = before.shape[1]
    if chord.leading is not None and following.root == (chord.leading + 1) % 12:
        for voice in range(voices):
            holds = (before[:, voice] % 12 == chord.leading)[:, None]
            cost += np.where(holds & (move[:, :, voice] != 1), 8.0 if voice in (0, voices - 1) else 3.0, 0.0)
    if chord.seventh is not None and following.root != chord.root:
        for voice in range(voices - 1):
            holds = (before[:, voice] % 12 == chord.seventh)[:, None]
            falls = (move[:, :, voice] <= 0) & (move[:, :, voice] >= -2)
            cost += np.where(holds & ~falls, 3.0, 0.0)
    return cost
