"""Strums: the notes of a chord begin one after the other, as a hand goes across the strings."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from composer_daw.techniques.latency import at_velocity
from composer_daw.techniques.lines import Array, Floats
from composer_daw.techniques.parts import NoteShape

TOGETHER_S = 0.03
"""Notes that begin this soon after the first are one chord: people play them a little apart."""

LATEST = 0.5
"""No note begins later than after this share of its length."""


def strum(notes: Array, line: Array, shape: Array, shapes: list[NoteShape]) -> tuple[Floats, Floats]:
    """Return how much later (in seconds) each note begins, and the factor on its velocity.

    `notes` are those of a performance, `line` tells parts apart, `shape` is the index of each note into
    `shapes`. The first string is heard at the chord's time; a chord's mean velocity decides how fast it is.
    """
    later, factor = np.zeros(len(notes)), np.ones(len(notes))
    for number, one in enumerate(shapes):
        if not one.strum_ms:
            continue
        mine = np.flatnonzero(shape == number)
        mine = mine[np.lexsort((notes["onset_s"][mine], line[mine]))]
        for first, last in pairwise(_chords(notes["onset_s"][mine], line[mine])):
            chord = mine[first:last]
            upwards = chord[np.argsort(notes["pitch"][chord], kind="stable")]
            _strum_chord(notes, upwards if one.strum_from == "low" else upwards[::-1], one, later, factor)
    return later, factor


def _chords(onset_s: Floats, line: Array) -> list[int]:
    """Return where chords begin among notes sorted by line and onset, and the end of the last."""
    starts: list[int] = []
    for number, (time_s, part) in enumerate(zip(onset_s.tolist(), line.tolist(), strict=True)):
        if not starts or part != line[starts[-1]] or time_s > onset_s[starts[-1]] + TOGETHER_S:
            starts.append(number)
    return [*starts, len(onset_s)] if starts else []


def _strum_chord(notes: Array, strings: Array, shape: NoteShape, later: Floats, factor: Floats) -> None:
    """Put into `later` and `factor` what happens to the notes of one chord, in the order of the hand."""
    onset_s, place = notes["onset_s"][strings], np.arange(len(strings))
    mean = np.array([round(float(notes["velocity"][strings].mean()))])
    apart_s = float(at_velocity(shape.strum_ms, mean)[0]) / 1000.0
    begins = onset_s.min() + apart_s * place
    latest = onset_s + LATEST * notes["duration_s"][strings]
    later[strings] = np.minimum(begins, np.maximum(latest, onset_s.min())) - onset_s
    factor[strings] = shape.strum_fades**place
