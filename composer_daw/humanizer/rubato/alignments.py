"""Performances aligned with their scores, note by note: .match files, folders like ASAP, and MOSA's tables.

Positions are in quarter notes from the first bar line of the score; what was played is in seconds. Licences
of the data are the user's to keep: ASAP's (CC-BY-NC-SA) is why neither it nor weights trained on it ship.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.errors import InputError
from composer_daw.files import check_is_file
from composer_daw.performance import Array, Floats

NOTE = np.dtype(
    [
        ("beat", "f8"),
        ("length", "f8"),  # in quarter notes; 0 of a grace note
        ("pitch", "i2"),
        ("onset_s", "f8"),  # NaN where the note was not played
        ("duration_s", "f8"),
        ("velocity", "f8"),  # 0..127; NaN where not played, or not known
    ]
)

Metres = tuple[tuple[float, int, int], ...]
"""Each metre of a score: from which quarter note on, numerator, denominator."""

TABLE = "metadata.csv"
NOTE_TIMES = "_align_notetime.csv"
"""How MOSA's tables end: `ba1_yv10_t2_align_notetime.csv` is a piece, a player and a take."""
COMPOSERS = {
    "ba": "Bach",
    "be": "Beethoven",
    "de": "Debussy",
    "el": "Elgar",
    "me": "Mendelssohn",
    "mo": "Mozart",
}
"""How MOSA's pieces begin, where it is plain whose they are."""


@dataclass(frozen=True)
class Score:
    """The notes of a score for the model: in quarter notes, sorted by onset, then pitch."""

    beat: Floats
    length: Floats
    pitch: Floats
    metres: Metres = ((0.0, 4, 4),)


@dataclass(frozen=True)
class Aligned:
    """One performance of one score; `notes` has dtype `NOTE`, sorted by position, then pitch.

    `piece` is the same for all versions of a piece (with and without its repeats), `edition` only where the
    notes are the same.
    """

    name: str
    composer: str
    piece: str
    edition: str
    notes: Array
    metres: Metres

    @property
    def score(self) -> Score:
        """Return the score alone: nothing in it was played."""
        return Score(self.notes["beat"], self.notes["length"], self.notes["pitch"].astype(float), self.metres)


def load_folder(folder: str | Path, progress: Callable[[int, int], None] | None = None) -> list[Aligned]:
    """Read every performance below a folder: by its metadata.csv, or else all .match and MOSA files.

    Raises InputError when it holds none, or one that cannot be read; `progress` is told (done, of how many).
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f"{root}: no such folder; give one with .match files, such as ASAP's")
    entries = list(_entries(root))
    if not entries:
        raise InputError(f"{root}: holds no .match file and no *{NOTE_TIMES}; give a folder such as ASAP's")
    aligned = []
    for number, (path, labels) in enumerate(entries):
        aligned.append(load_aligned(path, **labels))
        if progress:
            progress(number + 1, len(entries))
    return aligned


def load_aligned(
    path: str | Path, composer: str | None = None, piece: str | None = None, edition: str | None = None
) -> Aligned:
    """Read one .match file or one of MOSA's tables; what is not told about it is taken from its name."""
    source = check_is_file(path, "a .match file")
    table = source.name.endswith(NOTE_TIMES)
    if not table and source.suffix.lower() != ".match":
        raise InputError(f"{source}: neither a .match file nor *{NOTE_TIMES}")
    notes, metres = _read_note_times(source) if table else _read_match(source)
    if np.isfinite(notes["onset_s"]).sum() < 2:
        raise InputError(f"{source}: fewer than two notes of the score were played; nothing to learn from")
    stem = source.name.removesuffix(NOTE_TIMES) if table else source.stem
    own = stem.split("_")[0] if table else str(source.parent)
    notes = notes[np.lexsort((notes["pitch"], notes["beat"]))]
    notes.setflags(write=False)
    named = composer or (COMPOSERS.get(own[:2], own[:2]) if table else "unknown")
    return Aligned(stem, named, piece or own, edition or piece or own, notes, metres)


def _entries(root: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield each file with what is told about it."""
    table = root / TABLE
    if not table.is_file():
        for path in sorted([*root.rglob("*.match"), *root.rglob(f"*{NOTE_TIMES}")]):
            yield path, {}
        return
    with table.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        wanted = ("composer", "title", "folder", "match_file")
        if missing := [name for name in wanted if name not in (rows.fieldnames or ())]:
            raise InputError(f"{table}:1: the column '{missing[0]}' is missing; it has the form of (n)ASAP")
        for row in rows:
            path = root / (row["match_file"] or "")
            if row["match_file"] and path.is_file():  # a part of the collection may be here
                piece = f"{row['composer']} {row['title']}"
                yield path, {"composer": row["composer"], "piece": piece, "edition": row["folder"]}


def _read_match(path: Path) -> tuple[Array, Metres]:
    """Read a .match file of any version through partitura; trills and what was added are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # partitura warns of all that it passes over
        try:
            from partitura.io.importmatch import load_matchfile
        except ImportError as error:
            remedy = "pip install composer_daw[scores]"
            raise InputError(f"{path}: read by partitura, which is not here; {remedy}") from error
        try:
            match = load_matchfile(str(path))
            tick_s = float(match.info("midiClockRate")) / 1e6 / float(match.info("midiClockUnits"))
            signatures = [
                (float(at), int(sign.numerator), int(sign.denominator))
                for at, _, sign in match.time_signatures
            ]
            rows = [_match_row(line, tick_s) for line in match.lines if hasattr(line, "snote")]
        except Exception as error:  # partitura raises what Python raises: the file is at fault
            told = " ".join(str(error).split())[:100]
            raise InputError(f"{path}: not a .match file that partitura reads ({told})") from error
    notes = np.array([row for row in rows if row], NOTE)
    return _in_quarters(notes, sorted(set(signatures)))


def _match_row(line: Any, tick_s: float) -> tuple[float, ...] | None:
    written = line.snote
    tied = "leftOutTied" in written.ScoreAttributesList
    if tied:
        return None
    duration = Fraction(
        written.Duration.numerator, written.Duration.denominator * (written.Duration.tuple_div or 1)
    )
    parts = written.Duration.add_components or ()
    whole = float(sum((Fraction(n, d * (t or 1)) for n, d, t in parts), Fraction(0)) or duration)
    grace = "grace" in written.ScoreAttributesList
    place = (float(written.OnsetInBeats), 0.0 if grace else 4 * whole, written.MidiPitch)
    played = getattr(line, "note", None)
    if played is None:
        return (*place, np.nan, np.nan, np.nan)
    onset, offset = played.Onset * tick_s, played.Offset * tick_s
    return (*place, onset, max(offset - onset, tick_s), float(played.Velocity))


def _in_quarters(notes: Array, signatures: list[tuple[float, int, int]]) -> tuple[Array, Metres]:
    """Turn positions in beats of the metre, which differ in length, into quarter notes."""
    signatures = signatures or [(0.0, 4, 4)]
    starts = np.array([at for at, _, _ in signatures])
    unit = np.array([4.0 / below for _, _, below in signatures])
    at_start = np.concatenate(
        [[starts[0] * unit[0]], starts[0] * unit[0] + np.cumsum(np.diff(starts) * unit[:-1])]
    )
    row = np.clip(np.searchsorted(starts, notes["beat"] + 1e-6, side="right") - 1, 0, None)
    notes["beat"] = at_start[row] + (notes["beat"] - starts[row]) * unit[row]
    first = max(at_start[0], 0.0)  # an upbeat: bars are counted from 0 on
    metres = [(float(at), above, below) for at, (_, above, below) in zip(at_start, signatures, strict=True)]
    return notes, ((float(first), *metres[0][1:]), *(metre for metre in metres[1:] if metre[0] > first))


def _read_note_times(path: Path) -> tuple[Array, Metres]:
    """Read MOSA's table: a violin's onsets and ends, without velocities; the metre is that of its bars'
    lengths.
    """
    rows, bars = [], {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            try:
                at, until = float(row["score_position"]), float(row["score_position_offset"])
                onset, offset = float(row["onset"]), float(row["offset"])
                rows.append(
                    (at, until - at, int(row["midi_number"]), onset, max(offset - onset, 1e-3), np.nan)
                )
                bars[int(float(row["bar_id"]))] = round(at - float(row["bar_position"]), 4)
            except (KeyError, TypeError, ValueError) as error:
                line = len(rows) + 2
                raise InputError(f"{path}:{line}: not a row of MOSA's *{NOTE_TIMES} ({error})") from error
    return np.array(sorted(set(rows)), NOTE), _metres_of_bars(bars)


def _metres_of_bars(bars: dict[int, float]) -> Metres:
    """Return the metre that most bars' length speaks for: in quarters where it is whole, else in eighths."""
    lengths = [bars[number + 1] - bars[number] for number in bars if number + 1 in bars and number >= 0]
    if not lengths:
        return ((0.0, 4, 4),)
    length = float(np.median(lengths))
    start = bars[min(number for number in bars if number >= 0)]
    return (
        (start, round(length), 4)
        if abs(length - round(length)) < 0.01
        else (start, max(round(2 * length), 1), 8),
    )
