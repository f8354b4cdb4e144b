"""A song as the checks see it: notes on a grid of ticks, bar lines, sections, and who plays what.

Times are whole ticks, `TICKS` to the quarter note, so triplets and 64ths of a bar fall on the grid; bars and
beats that are told to people count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from composer_daw.errors import InputError, did_you_mean
from composer_daw.humanizer.rules.key import key_fit
from composer_daw.performance import Array, Floats, Performance

TICKS = 48
"""Ticks of a quarter note."""

DRUMS = 9
"""The channel of drums in General MIDI, counted from 0."""

STRINGS = ("violin", "viola", "cello", "contrabass")
"""The string section from the top down."""

ROLES = ("melody", "chords", "bass", "drums", *STRINGS)

ROW = np.dtype(
    [("start", "i8"), ("end", "i8"), ("pitch", "i4"), ("velocity", "i4"), ("track", "i4"), ("drum", "?")]
)

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SongPart:
    """Who plays a track: its name, its role (one of `ROLES`), and the MIDI pitches it may play."""

    name: str
    role: str
    lowest: int = 0
    highest: int = 127

    def __post_init__(self) -> None:
        """Refuse a role that there is not."""
        if self.role not in ROLES:
            raise InputError(f"part '{self.name}': no role '{self.role}'{did_you_mean(self.role, ROLES)}")


@dataclass(frozen=True)
class Section:
    """A stretch of the form: `first_bar` counts from 0."""

    name: str
    first_bar: int
    bars: int

    @property
    def kind(self) -> str:
        """Return its name without the number: "Chorus 2" is a chorus."""
        return re.sub(r"[\W\d_]+$", "", self.name.strip()).casefold()


@dataclass(frozen=True)
class Key:
    """A tonic as a pitch class (0 is C), and whether the mode is minor."""

    tonic: int
    minor: bool

    def __str__(self) -> str:
        """Return it as people say it."""
        return f"{TONICS[self.tonic]} {'minor' if self.minor else 'major'}"

    @property
    def number(self) -> int:
        """Return its place among 24: major from C up, then minor."""
        return self.tonic + 12 * self.minor

    @property
    def relative(self) -> Key:
        """Return the key with the same notes in the other mode: A minor for C major."""
        return Key((self.tonic + (3 if self.minor else 9)) % 12, not self.minor)

    @property
    def scale(self) -> tuple[int, ...]:
        """Return the pitch classes of the major or natural minor scale, from the tonic up."""
        steps = (0, 2, 3, 5, 7, 8, 10) if self.minor else (0, 2, 4, 5, 7, 9, 11)
        return tuple((self.tonic + step) % 12 for step in steps)


@dataclass(frozen=True)
class Song:
    """A score in ticks; `notes` has dtype `ROW`, sorted by start, then pitch; arrays are read-only.

    `bar_lines` holds the start of every bar and the end of the last, `beat_ticks` the length of the beat in
    each bar (the metre's denominator). `parts` are those of the tracks that are known.
    """

    performance: Performance
    notes: Array
    bar_lines: Ints
    beat_ticks: Ints
    sections: tuple[Section, ...] = ()
    parts: tuple[SongPart, ...] = ()
    guessed: tuple[str, ...] = field(default=(), compare=False)
    """What was not said and had to be guessed, in words."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for rows in (self.notes, self.bar_lines, self.beat_ticks):
            rows.setflags(write=False)

    @property
    def bars(self) -> int:
        """Return how many bars there are."""
        return len(self.bar_lines) - 1

    @cached_property
    def pitched(self) -> Array:
        """Return the notes that are no drums."""
        return np.asarray(self.notes[~self.notes["drum"]])

    def bar_of(self, ticks: npt.ArrayLike) -> Ints:
        """Return the bar that each time lies in, from 0."""
        return np.asarray(np.clip(np.searchsorted(self.bar_lines, ticks, "right") - 1, 0, self.bars - 1))

    def place(self, tick: int) -> tuple[int, float]:
        """Return bar and beat of a time, both from 1."""
        bar = int(self.bar_of(tick))
        return bar + 1, round(1.0 + (tick - int(self.bar_lines[bar])) / int(self.beat_ticks[bar]), 3)

    def span(self, section: Section) -> tuple[int, int]:
        """Return where a section begins and ends, in ticks."""
        return int(self.bar_lines[section.first_bar]), int(self.bar_lines[section.first_bar + section.bars])

    def section_at(self, tick: int) -> int:
        """Return the number of the section that a time lies in, or -1."""
        bar = int(self.bar_of(tick))
        inside = [n for n, one in enumerate(self.sections) if one.first_bar <= bar < one.first_bar + one.bars]
        return inside[0] if inside else -1

    def within(self, start: int, end: int, rows: Array | None = None) -> Array:
        """Return the notes (or `rows`) that begin from `start` up to `end`."""
        rows = self.notes if rows is None else rows
        return np.asarray(rows[(rows["start"] >= start) & (rows["start"] < end)])

    def parts_of(self, *roles: str) -> list[SongPart]:
        """Return the parts that have one of these roles, in the order of the roles."""
        return [part for role in roles for part in self.parts if part.role == role]

    def rows_of(self, *names: str) -> Array:
        """Return the notes of the tracks with these names."""
        tracks = [n for n, track in enumerate(self.performance.tracks) if track.name in names]
        return np.asarray(self.notes[np.isin(self.notes["track"], tracks)])


def song_of(
    performance: Performance,
    parts: Iterable[SongPart] = (),
    sections: Sequence[Section] | None = None,
) -> Song:
    """Return a score as the checks see it, by its written times.

    Sections are read from the markers when they are not given; parts, from the names of the tracks that are
    roles ("Melody", "viola"). Raises InputError for a score without notes, and for parts or sections that it
    does not have.
    """
    written, tempo = performance.notes, performance.tempo
    if not len(written):
        raise InputError("holds no notes; there is nothing to check")
    start = np.round(tempo.beats_at(written["written_onset_s"]) * TICKS)
    end = np.round(tempo.beats_at(written["written_onset_s"] + written["written_duration_s"]) * TICKS)
    rows = np.zeros(len(written), ROW)
    rows["start"], rows["end"] = start, np.maximum(end, start + 1)
    for name in ("pitch", "velocity", "track"):
        rows[name] = written[name]
    rows["drum"] = written["channel"] == DRUMS
    lines, beats = _bar_lines(performance, int(rows["end"].max()))
    rows = rows[np.lexsort((rows["pitch"], rows["start"]))]
    given = tuple(parts) or _named(performance)
    _check_parts(given, performance)
    bare = Song(performance, rows, lines, beats, (), given)
    found = _from_markers(bare) if sections is None else tuple(sections)
    for one in found:
        if one.first_bar < 0 or one.bars < 1 or one.first_bar + one.bars > bare.bars:
            raise InputError(
                f"section '{one.name}' is bars {one.first_bar + 1} to {one.first_bar + one.bars}, "
                f"but the score has {bare.bars}"
            )
    return Song(performance, rows, lines, beats, found, given)


def keys_fit(rows: Array) -> Floats:
    """Return how notes, weighted by their length, go with 24 keys: major from C up, then minor (-1 to 1).

    The correlation with the profiles of Krumhansl & Kessler (Psychological Review 89, 1982).
    """
    chroma = np.bincount(rows["pitch"] % 12, weights=rows["end"] - rows["start"], minlength=12)
    return np.asarray(key_fit(chroma[None, :].astype(np.float64))[0])


def key_of(rows: Array) -> Key:
    """Return the key that notes go with best."""
    best = int(keys_fit(rows).argmax())
    return Key(best % 12, best >= 12)


def parse_key(text: str) -> Key:
    """Return the key that a text such as "A minor", "F#m" or "Bb major" names; raise InputError."""
    match = re.fullmatch(r"\s*([A-Ga-g])([#b♯♭]?)\s*(m|min|minor|maj|major)?\s*", text)
    if not match:
        raise InputError(f"key '{text}': give a tonic and a mode, such as 'A minor' or 'F# major'")
    letter, sign, mode = match.groups()
    step = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter.upper()]
    return Key(
        (step + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(sign, 0)) % 12,
        (mode or "").startswith("mi") or mode == "m",
    )


def _bar_lines(performance: Performance, end: int) -> tuple[Ints, Ints]:
    """Return the start of each bar up to the end of the last note, and that bar's end; and the beats."""
    lines, beats, metres = [0], [], [(0.0, 4, 4), *sorted(performance.tempo.metres)]
    while lines[-1] < end:
        at = lines[-1]
        _, top, bottom = [one for one in metres if round(one[0] * TICKS) <= at][-1]
        beat = 4 * TICKS // bottom
        changes = [round(one[0] * TICKS) for one in metres if at < round(one[0] * TICKS) < at + top * beat]
        lines.append(changes[0] if changes else at + top * beat)
        beats.append(beat)
    return np.array(lines, np.int64), np.array(beats, np.int64)


def _named(performance: Performance) -> tuple[SongPart, ...]:
    """Return the tracks whose names are roles, as parts."""
    found: Mapping[str, str] = {track.name: track.name.strip().casefold() for track in performance.tracks}
    return tuple(SongPart(name, role) for name, role in found.items() if role in ROLES)


def _check_parts(parts: Sequence[SongPart], performance: Performance) -> None:
    names = [track.name for track in performance.tracks]
    for part in parts:
        if part.name not in names:
            there = ", ".join(f"'{name}'" for name in names if name) or "none with a name"
            hint = did_you_mean(part.name, names)
            raise InputError(f"no track '{part.name}'{hint}; the score has {there}")


def _from_markers(song: Song) -> tuple[Section, ...]:
    """Return the sections that markers begin; a marker in brackets is a technique, not a section."""
    texts = song.performance.texts
    named = [
        one
        for one in texts
        if one.kind == "marker" and one.text.strip() and not one.text.lstrip().startswith("[")
    ]
    ticks = [round(float(song.performance.tempo.beats_at(one.time_s)) * TICKS) for one in named]
    begins = {int(song.bar_of(tick)): one.text.strip() for tick, one in zip(ticks, named, strict=True)}
    firsts = sorted(begins)
    ends = [*firsts[1:], song.bars] if firsts else []
    return tuple(Section(begins[bar], bar, end - bar) for bar, end in zip(firsts, ends, strict=True))
