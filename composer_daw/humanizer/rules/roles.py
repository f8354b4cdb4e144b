"""Who plays what: the melody, the bass, the drums, and the rest."""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np

from composer_daw.events import Kind
from composer_daw.humanizer.lines import Lines

BASS_PROGRAMS = range(32, 40)
"""Of General MIDI, counted from 0."""
BASS_NAME = re.compile(
    r"ベース|コントラバス|kontrabass|contrabass|contrabbasso|contrebasse|\bbass\b(?!\s*(drum|clarinet|flute|trombone|oboe))",
    re.IGNORECASE,
)
BASS_BELOW = 55
"""The lowest line is the bass where its mean pitch lies below this (G3): our own choice."""

Codes = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


class Role(IntEnum):
    """What a line does."""

    OTHER = 0
    MELODY = 1
    BASS = 2
    DRUMS = 3


def roles(lines: Lines) -> Codes:
    """Return the role of each line, by its number in `Lines.chords`.

    Drums are on channel 10. The bass is each line with a bass program or name; with neither anywhere, the
    lowest of two lines or more, if it is low. The melody is the highest of what is left.
    """
    chords = lines.chords
    count = int(chords["line"].max(initial=-1)) + 1
    role = np.zeros(count, np.int64)
    if not count:
        return role
    line = chords["line"]
    role[line[lines.is_drum]] = Role.DRUMS
    pitched = role != Role.DRUMS
    named = pitched & _named_bass(lines, count)
    size = np.maximum(np.bincount(line, minlength=count), 1)
    low = np.bincount(line, chords["bottom"], count) / size
    high = np.bincount(line, chords["top"], count) / size
    if not named.any() and pitched.sum() >= 2:
        lowest = int(np.where(pitched, low, np.inf).argmin())
        named[lowest] = low[lowest] < BASS_BELOW
    role[named] = Role.BASS
    left = role == Role.OTHER
    if left.any():
        role[int(np.where(left, high, -np.inf).argmax())] = Role.MELODY
    return role


def role_of_chords(lines: Lines) -> Codes:
    """Return the role of each chord's line."""
    return np.asarray(roles(lines)[lines.chords["line"]])


def _named_bass(lines: Lines, count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell of each line whether its program or its track's name says bass."""
    performance = lines.performance
    _, first_note = np.unique(lines.chords["line"][lines.chord_of], return_index=True)
    track, channel = (performance.notes[one][first_note] for one in ("track", "channel"))
    by_name = np.array([bool(BASS_NAME.search(one.name)) for one in performance.tracks], bool)
    programs = performance.controls[performance.controls["kind"] == Kind.PROGRAM]
    first_program = np.full(16, -1)
    first_program[programs["channel"][::-1]] = programs["number"][::-1]
    bass = np.isin(first_program, list(BASS_PROGRAMS))[channel]
    inside = track < len(by_name)
    bass[inside] |= by_name[track[inside]]
    return np.asarray(bass)
