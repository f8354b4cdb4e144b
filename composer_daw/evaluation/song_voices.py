"""Voices: single lines drawn out of a score, and which of them are the outer ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.evaluation.song_score import STRINGS, TICKS, Song, SongPart
from composer_daw.performance import Array

OVERLAP = TICKS // 8
"""So long may a note of a line sound on into the next, in ticks."""

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True)
class Voice:
    """One line of notes, none of which overlap (rows of dtype `ROW`, sorted)."""

    name: str
    rows: Array


def name_of(pitch: int) -> str:
    """Return a pitch as people say it; 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def voice_of(name: str, rows: Array, lowest: bool = False) -> Voice:
    """Return the top (or bottom) line of some notes: those that nothing sounds above (below) as they begin.

    A note ends, at the latest, where the next of the line begins; one that only overlaps the next by a little
    (legato) does not hide it.
    """
    sign = -1 if lowest else 1
    kept: list[int] = []
    for number, row in enumerate(rows):
        others = rows[(rows["start"] <= row["start"]) & (rows["end"] > row["start"] + OVERLAP)]
        if (others["pitch"] * sign).max(initial=-128) <= row["pitch"] * sign:
            kept.append(number)
    line = rows[kept].copy()
    line = line[np.append(np.diff(line["start"]) > 0, True)] if len(line) else line
    line["end"][:-1] = np.minimum(line["end"][:-1], line["start"][1:])
    return Voice(name, line)


def outer_voices(song: Song) -> tuple[Voice, Voice]:
    """Return the highest and the lowest line of all that is pitched; a note that is both is in the first."""
    top, bottom = voice_of("top", song.pitched), voice_of("bottom", song.pitched, lowest=True)
    fields = ["start", "pitch"]
    return top, Voice("bottom", bottom.rows[~np.isin(bottom.rows[fields], top.rows[fields])])


def outer_pairs(song: Song) -> list[tuple[Voice, Voice]]:
    """Return the pairs of outer voices: melody and bass, outer strings; else top and bottom of all."""
    melody, low = (
        [_line(song, part, lowest) for part in song.parts_of(*roles) if len(song.rows_of(part.name))]
        for roles, lowest in ((("melody",), False), (("bass", "contrabass", "cello"), True))
    )
    strings = [part for part in song.parts_of(*STRINGS) if len(song.rows_of(part.name))]
    pairs = [(melody[0], low[0])] if melody and low else []
    if len(strings) > 1:
        pairs.append((_line(song, strings[0]), _line(song, strings[-1], lowest=True)))
    return pairs or [outer_voices(song)]


def string_voices(song: Song) -> list[Voice]:
    """Return the lines of the string section from the top down; of a part that divides, the top line."""
    return [_line(song, part) for part in song.parts_of(*STRINGS) if len(song.rows_of(part.name))]


def melody_of(song: Song) -> Voice:
    """Return the line of the melody's part, or the highest line of all where no such part plays."""
    parts = [part for part in song.parts_of("melody") if len(song.rows_of(part.name))]
    return _line(song, parts[0]) if parts else outer_voices(song)[0]


def _line(song: Song, part: SongPart, lowest: bool = False) -> Voice:
    return voice_of(part.name, song.rows_of(part.name), lowest)
