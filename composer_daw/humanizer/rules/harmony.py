"""The harmony of a score: which chord holds where, and in what key.

A chord is what fits best to the pitch classes of a bar, or of a beat where beats have chords of their own.
Templates and thresholds are our own choice; the key is found by `key`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.phrases import bar_length, bar_phase, beat_length
from composer_daw.humanizer.rules.key import keys_of_bars
from composer_daw.performance import Floats

KINDS = ("major", "minor", "diminished")
SHAPES = (
    ((0, 4, 7), 0),
    ((0, 3, 7), 1),
    ((0, 3, 6), 2),
    ((0, 4, 7, 10), 0),
    ((0, 4, 7, 11), 0),
    ((0, 3, 7, 10), 1),
    ((0, 3, 6, 10), 2),
    ((0, 3, 6, 9), 2),
)
"""Chords in semitones above the root, and of which of `KINDS` each is; a seventh does not change the kind."""
BASS_BONUS, KEY_BONUS = 0.1, 0.05
"""What a chord gains whose root is the lowest note, and one whose notes are all of the key."""
BEAT_GAIN = 0.06
"""A bar has chords by the beat where they fit so much better than one chord does."""
MOST_SLOTS = 64
"""Beats that one note counts for, at most."""
MOST_BEATS = 50_000
"""A score of more beats is looked at in longer steps."""
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10, 11))
"""Of major and minor keys; minor with the raised seventh."""

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class Harmony:
    """Chords in order: their beginnings in quarter notes, roots (0 is C), kinds (of `KINDS`) and tonics."""

    beat: Floats
    root: Ints
    kind: Ints
    tonic: Ints

    def __len__(self) -> int:
        """Return how many chords there are."""
        return len(self.beat)

    def at(self, beats: Floats) -> Ints:
        """Return the row of the chord that holds at each position; before the first, the first."""
        return np.maximum(np.searchsorted(self.beat, beats + 1e-6, side="right") - 1, 0)


def find_harmony(lines: Lines) -> Harmony:
    """Return the harmony of all notes but drums'; without such notes it is empty."""
    pitched = ~lines.is_drum[lines.chord_of]
    beat, end = lines.beat[pitched], lines.end_beat[pitched]
    if not len(beat):
        none = np.zeros(0, np.int64)
        return Harmony(np.zeros(0), none, none, none)
    edges, bar_of = _slots(lines, float(end.max()))
    pitch = lines.performance.notes["pitch"][pitched].astype(np.int64)
    chroma, bass = _chroma(edges, beat, np.maximum(end, beat + 1e-3), pitch)
    of_bar = np.zeros((bar_of[-1] + 1, 12))
    np.add.at(of_bar, bar_of, chroma)
    keys = keys_of_bars(of_bar)
    bar_bass = np.full(len(of_bar), 999, np.int64)
    np.minimum.at(bar_bass, bar_of, bass)
    whole, whole_fit = _best(of_bar, bar_bass, keys)
    single, single_fit = _best(chroma, bass, keys[bar_of])
    heard = chroma.sum(axis=1) > 0
    trusted = ((chroma > 0).sum(axis=1) >= 3) | ~heard
    weight = chroma.sum(axis=1)
    gain = np.bincount(bar_of, weight * (single_fit - whole_fit[bar_of])) / np.maximum(
        np.bincount(bar_of, weight), 1e-9
    )
    by_beat = (gain > BEAT_GAIN) & (np.bincount(bar_of, ~trusted) == 0)
    chosen = np.where(by_beat[bar_of], single, whole[bar_of])
    silent = np.where(by_beat, False, of_bar.sum(axis=1) == 0)[bar_of] | (by_beat[bar_of] & ~heard)
    return _changes_only(edges[:-1], chosen, keys[bar_of] % 12, silent)


def _slots(lines: Lines, end: float) -> tuple[Floats, Ints]:
    """Return the edges of the beats of the whole piece, and the bar of each beat."""
    metres = lines.performance.tempo.metres or ((0.0, 4, 4),)
    starts = [max(0.0, metre[0]) for metre in metres]
    starts[0] = min(starts[0], 0.0)
    edges = []
    for start, until in zip(starts, [*starts[1:], max(end, starts[-1] + 1e-3)], strict=True):
        step = float(beat_length(metres, np.array([start]))[0])
        step *= max(1.0, np.ceil((until - start) / step / MOST_BEATS))
        edges.append(np.arange(start, until - 1e-6, step))
    joint = np.unique(np.concatenate(edges))
    phase = bar_phase(metres, joint)
    new_bar = phase < 1e-3
    new_bar |= phase > bar_length(metres, joint) - 1e-3
    bar_of = np.cumsum(new_bar)
    return np.append(joint, max(end, joint[-1] + 1e-3)), bar_of - bar_of[0]


def _chroma(edges: Floats, beat: Floats, end: Floats, pitch: Ints) -> tuple[Floats, Ints]:
    """Return how long each pitch class sounds in each beat, and the lowest pitch there."""
    slots = len(edges) - 1
    first = np.clip(np.searchsorted(edges, beat + 1e-6, side="right") - 1, 0, slots - 1)
    last = np.clip(np.searchsorted(edges, end - 1e-6, side="left") - 1, first, slots - 1)
    spans = np.minimum(last - first + 1, MOST_SLOTS)
    note = np.repeat(np.arange(len(beat)), spans)
    slot = np.arange(len(note)) - np.repeat(np.cumsum(spans) - spans, spans) + first[note]
    length = np.minimum(end[note], edges[slot + 1]) - np.maximum(beat[note], edges[slot])
    cell = slot * 12 + pitch[note] % 12
    chroma = np.asarray(np.bincount(cell, np.maximum(length, 1e-3), slots * 12), float).reshape(slots, 12)
    bass = np.full(slots, 999, np.int64)
    np.minimum.at(bass, slot, pitch[note])
    return np.asarray(chroma), bass


def _best(chroma: Floats, bass: Ints, keys: Ints) -> tuple[Ints, Floats]:
    """Return the best chord for each row, as kind x 12 + root, and how well it fits (cosine, 0..1)."""
    norms = np.linalg.norm(chroma, axis=1, keepdims=True)
    fit = np.divide(chroma, norms, out=np.zeros_like(chroma), where=norms > 0) @ _templates().T
    root = np.arange(fit.shape[1]) % 12
    score = fit + KEY_BONUS * _in_key()[keys] + BASS_BONUS * (root[None, :] == (bass % 12)[:, None])
    best = score.argmax(axis=1)
    kind = np.array([kind for _, kind in SHAPES])[best // 12]
    return kind * 12 + root[best], fit[np.arange(len(best)), best]


@cache
def _templates() -> Floats:
    """Return each shape on each root as a row of unit length."""
    rows = np.zeros((len(SHAPES) * 12, 12))
    for number, (steps, _) in enumerate(SHAPES):
        for root in range(12):
            rows[number * 12 + root, [(root + step) % 12 for step in steps]] = len(steps) ** -0.5
    return rows


@cache
def _in_key() -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell of each key (rows) whether all notes of each template are in it."""
    scales = np.array(
        [[(pitch - tonic) % 12 in scale for pitch in range(12)] for scale in SCALES for tonic in range(12)]
    )
    strange = (~scales).astype(float) @ (_templates().T > 0)
    return np.asarray(strange == 0)


def _changes_only(
    beat: Floats, chord: Ints, tonic: Ints, silent: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> Harmony:
    """Return the rows at which chord or key change; silence keeps what was there before."""
    rows = np.flatnonzero(~silent)
    state = chord[rows] * 12 + tonic[rows]
    rows = rows[np.diff(state, prepend=-1) != 0]
    return Harmony(beat[rows], chord[rows] % 12, chord[rows] // 12, tonic[rows])
