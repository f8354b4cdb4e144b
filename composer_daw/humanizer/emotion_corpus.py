"""Labelled music: MIDI files that people have labelled with emotions, and what is measured in them."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from composer_daw.errors import InputError
from composer_daw.files import check_is_file
from composer_daw.humanizer.emotion import Point, check_point
from composer_daw.humanizer.lines import DRUMS, Lines

MEASURED = ("tempo_factor", "level_db", "articulation", "register_semitones")
"""The figures that MIDI can tell."""

LABELS = {"1": Point(1, 1), "2": Point(-1, 1), "3": Point(-1, -1), "4": Point(1, -1)}
"""The quadrants of EMOPIA, taken as corners."""

EMOPIA_NAME = re.compile(r"Q([1-4])_.+")
COLUMNS = ("midi", "valence", "arousal")
"""What a table of labels must have; VGMIDI's does."""

TOGETHER_S = 0.03
"""Notes that begin within so many seconds are one onset."""


class Labelled(NamedTuple):
    """A file and what it was labelled."""

    path: Path
    point: Point


def labelled_files(folder: str | Path) -> list[Labelled]:
    """Return the labelled MIDI files of a folder, sorted.

    Labels stand in a CSV with columns midi, valence and arousal (VGMIDI), or in names like Q1_x_0.mid
    (EMOPIA). Raises InputError where there are none.
    """
    top = Path(folder)
    if not top.is_dir():
        raise InputError(f"{top}: no such folder; give one with labelled MIDI files")
    found = [one for table in sorted(top.glob("*.csv")) for one in _from_table(table)]
    if not found:
        named = [(path, EMOPIA_NAME.fullmatch(path.stem)) for path in sorted(top.rglob("*.mid*"))]
        found = [Labelled(path, LABELS[match[1]]) for path, match in named if match]
    if not found:
        raise InputError(
            f"{top}: no labels; a CSV with {', '.join(COLUMNS)} or names like Q1_x_0.mid are read"
        )
    return sorted(found)


def measure(lines: Lines) -> tuple[float, ...]:
    """Return `MEASURED`: log of onsets per second, dB, share of the time to the next note, mean pitch.

    Raises InputError for fewer than three onsets besides drums.
    """
    played = lines.performance.notes["channel"] != DRUMS
    notes = lines.performance.notes[played]
    onsets = np.sort(notes["onset_s"])
    onsets = onsets[np.diff(onsets, prepend=-np.inf) > TOGETHER_S]
    if len(onsets) < 3:
        raise InputError("fewer than three onsets")
    chords = lines.chord_of[played]
    followed = lines.chords["after"][chords] >= 0
    share = 1000 * notes["duration_s"][followed] / lines.chords["ioi_ms"][chords[followed]]
    return (
        float(np.log((len(onsets) - 1) / (onsets[-1] - onsets[0]))),
        float(40 * np.log10(notes["velocity"].mean() / 127)),
        float(np.median(share)) if len(share) else 1.0,
        float(notes["pitch"].mean()),
    )


def _from_table(table: Path) -> list[Labelled]:
    with check_is_file(table, "a table of labels (.csv)").open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if not set(COLUMNS) <= set(rows.fieldnames or ()):
            return []
        found = []
        for row in rows:
            try:
                point = check_point(float(row["valence"]), float(row["arousal"]))
            except (ValueError, TypeError, InputError) as error:
                raise InputError(f"{table}:{rows.line_num}: {error}") from error
            found.append(Labelled(table.parent / row["midi"], point))
        return found
