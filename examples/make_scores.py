"""Write the example MIDI files from their scores in text: `python examples/make_scores.py [FOLDER]`.

A score begins with `key: value` lines; a line that starts with # is a comment. Then, between bar lines |:

    G4/16  A4        a note, and one of the same length; C4 is MIDI 60; /8. is dotted; r/4 is a rest
    E4~  E4- E4' E4^ tied to the next note; tenuto, staccato, accent
    (G4 A4 B4)       slurred: each note reaches the next
    mf  <  >         dynamics; a hairpin lasts until the next dynamic
    "pizz."          a marker, in force until the next; [technique:staccato] becomes a text event
    {60 110 70}      expression (CC 11) through these values: over one note after a note, else over a bar
    @66  @66..44     quarter notes a minute; slowing evenly until the next tempo or the end

The same text gives the same bytes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import mido

SCORES = Path(__file__).parent / "scores"
TICKS = 480
LEVELS = {"ppp": 24, "pp": 38, "p": 50, "mp": 62, "mf": 76, "f": 92, "ff": 102, "fff": 114}
LENGTHS = {"'": 0.5, "-": 1.0, "": 0.9}
EXPRESSION, AT_REST = 11, 100
GRID_TICKS = TICKS // 8
ACCENT, DOWNBEAT, BEAT, PER_SEMITONE = 14, 7, 3, 0.3
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
BEFORE = {"note_off": 0, "program_change": 1, "control_change": 2, "marker": 3, "text": 3, "note_on": 4}

TOKEN = re.compile(
    r"""\s*(?:
    "(?P<marker>[^"]+)" | (?P<text>\[[^\]]+\]) | \{(?P<swell>[\d ]+)\} | (?P<bar>\|)
    | @(?P<tempo>\d+)(?:\.\.(?P<target>\d+))? | (?P<hairpin>[<>]) | (?P<dynamic>p{1,3}|m[pf]|f{1,3})(?!\S)
    | (?P<open>\()? (?P<pitch>[A-G][#b]?\d|r) (?:/(?P<length>\d+)(?P<dots>\.*))?
      (?P<marks>[~'^-]*) (?P<close>\))? (?:\{(?P<over>[\d ]+)\})?
    )(?=[\s|]|$)""",
    re.VERBOSE,
)
Event = tuple[int, Any]
"""A tick and a mido message."""


@dataclass
class Note:
    """A note in ticks, as it is written; `slurred` when it reaches the next."""

    start: int
    length: int
    pitch: int
    marks: str
    slurred: bool


@dataclass
class Score:
    """What a text says, in ticks from the beginning."""

    header: dict[str, str]
    notes: list[Note] = field(default_factory=list)
    words: list[tuple[int, str, str]] = field(default_factory=list)
    dynamics: list[tuple[int, str]] = field(default_factory=list)
    tempos: list[tuple[int, int, int]] = field(default_factory=list)
    swells: list[tuple[int, int, list[int]]] = field(default_factory=list)
    bars: list[int] = field(default_factory=list)

    @property
    def bar_ticks(self) -> int:
        """Return the length of a full bar."""
        count, unit = (int(part) for part in self.header["meter"].split("/"))
        return 4 * TICKS * count // unit

    @property
    def end(self) -> int:
        """Return the length of the piece."""
        return sum(self.bars)


def read_score(path: Path) -> Score:
    """Read a score; raise ValueError with file and line where it or a bar makes no sense."""
    score, reader = Score({}), None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if reader is None and (found := re.match(r"(\w+): (.+)", line)):
            score.header[found[1]] = found[2].strip()
            continue
        reader = reader or Reader(score)
        try:
            reader.read_line(line)
        except ValueError as error:
            raise ValueError(f"{path}:{number}: {error}") from None
    return score


class Reader:
    """Reads music line by line into a score; lengths and slurs carry on from note to note."""

    def __init__(self, score: Score) -> None:
        """Begin at the start of a score whose header is known."""
        self.score = score
        self.transpose = int(score.header.get("transpose", 0))
        self.now = self.bar_start = 0
        self.length = TICKS
        self.in_slur = self.tied = False

    def read_line(self, line: str) -> None:
        """Read one line of tokens."""
        place, line = 0, line.rstrip()
        while place < len(line):
            found = TOKEN.match(line, place)
            if not found:
                raise ValueError(f"not understood: '{line[place:].strip()}'")
            self.take(found)
            place = found.end()

    def take(self, found: re.Match[str]) -> None:
        """Add what one token says."""
        score, now = self.score, self.now
        if found["bar"]:
            self.close_bar()
        elif found["marker"] or found["text"]:
            kind = "marker" if found["marker"] else "text"
            score.words.append((now, kind, found[kind]))
        elif found["swell"]:
            score.swells.append((now, now + score.bar_ticks, _numbers(found["swell"])))
        elif found["tempo"]:
            score.tempos.append((now, int(found["tempo"]), int(found["target"] or found["tempo"])))
        elif found["hairpin"] or found["dynamic"]:
            score.dynamics.append((now, found["hairpin"] or found["dynamic"]))
        else:
            self.take_note(found)

    def take_note(self, found: re.Match[str]) -> None:
        """Add a note or a rest, and go on to its end."""
        if found["length"]:
            whole = 4 * TICKS // int(found["length"])
            self.length = 2 * whole - (whole >> len(found["dots"]))
        self.in_slur = self.in_slur or bool(found["open"])
        end = self.now + self.length
        if found["over"]:
            self.score.swells.append((self.now, end, _numbers(found["over"])))
        if found["pitch"] != "r":
            self.add_note(_pitch(found["pitch"]) + self.transpose, found["marks"], bool(found["close"]))
        self.in_slur = self.in_slur and not found["close"]
        self.now = end

    def add_note(self, pitch: int, marks: str, closes: bool) -> None:
        """Add a note, or lengthen the one that is tied to it."""
        if self.tied:
            note = self.score.notes[-1]
            if note.pitch != pitch:
                raise ValueError("a tie joins two pitches")
            note.length += self.length
            note.slurred = self.in_slur and not closes
        else:
            slurred = self.in_slur and not closes
            self.score.notes.append(Note(self.now, self.length, pitch, marks, slurred))
        self.tied = "~" in marks

    def close_bar(self) -> None:
        """Check that the bar which ends here is full; two lines may each bring a bar line."""
        if self.now > self.bar_start:
            if self.now - self.bar_start != self.score.bar_ticks:
                beats = (self.now - self.bar_start) / TICKS
                raise ValueError(f"bar {len(self.score.bars) + 1} holds {beats:g} quarter notes")
            self.score.bars.append(self.now - self.bar_start)
            self.bar_start = self.now


def velocities(score: Score) -> list[int]:
    """Return a velocity per note: the dynamic, more on beats and accents, a little more for high notes."""
    mean = sum(n.pitch for n in score.notes) / len(score.notes)
    shaped = []
    for note in score.notes:
        in_bar = note.start % score.bar_ticks
        stress = DOWNBEAT if in_bar == 0 else BEAT if in_bar % TICKS == 0 else 0
        stress += ACCENT if "^" in note.marks else 0
        velocity = _level_at(score, note.start) + stress + PER_SEMITONE * (note.pitch - mean)
        shaped.append(max(1, min(127, round(velocity))))
    return shaped


def to_midi(score: Score) -> mido.MidiFile:
    """Return the score as a MIDI file of two tracks: tempo and metre, then the part."""
    midi = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    midi.tracks.append(_track(score.header["title"], list(_conductor(score)), score.end))
    midi.tracks.append(_track(score.header["instrument"], list(_part(score)), score.end))
    return midi


def make_all(folder: Path) -> list[Path]:
    """Write the MIDI file of every score into a folder; return the paths."""
    paths = []
    for source in sorted(SCORES.glob("*.txt")):
        paths.append(folder / f"{source.stem}.mid")
        to_midi(read_score(source)).save(paths[-1])
    return paths


def _level_at(score: Score, tick: int) -> float:
    """Return the dynamic level: that of the last mark, or on the way to the next one inside a hairpin."""
    level, hairpin = float(LEVELS["mf"]), None
    for start, mark in score.dynamics:
        if start > tick:
            if hairpin is not None and mark in LEVELS:
                return level + (LEVELS[mark] - level) * (tick - hairpin) / (start - hairpin)
            if mark in LEVELS:
                return level
        elif mark in LEVELS:
            level, hairpin = float(LEVELS[mark]), None
        else:
            hairpin = start
    return level


def _conductor(score: Score) -> Iterator[Event]:
    for key in ("composer", "source", "encoded"):
        yield 0, mido.MetaMessage("text", text=f"{key}: {score.header[key]}")
    count, unit = (int(part) for part in score.header["meter"].split("/"))
    yield 0, mido.MetaMessage("time_signature", numerator=count, denominator=unit)
    yield 0, mido.MetaMessage("key_signature", key=score.header["key"])
    ends = [start for start, _, _ in score.tempos[1:]] + [score.end]
    for (start, tempo, target), end in zip(score.tempos, ends, strict=True):
        step = TICKS // 2 if target != tempo else max(1, end - start)
        for tick in range(start, end, step):
            slowed = tempo + (target - tempo) * (tick - start) / max(1, end - step - start)
            yield tick, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(slowed))


def _part(score: Score) -> Iterator[Event]:
    yield 0, mido.Message("program_change", program=int(score.header["program"]))
    for tick, kind, text in score.words:
        yield tick, mido.MetaMessage(kind, text=text)
    for tick, value in _expression(score):
        yield tick, mido.Message("control_change", control=EXPRESSION, value=value)
    for note, velocity in zip(score.notes, velocities(score), strict=True):
        share = 1.0 if note.slurred else LENGTHS[note.marks.strip("~^")[:1]]
        yield note.start, mido.Message("note_on", note=note.pitch, velocity=velocity)
        yield note.start + round(note.length * share), mido.Message("note_off", note=note.pitch, velocity=64)


def _expression(score: Score) -> list[tuple[int, int]]:
    """Return (tick, value) wherever the value changes; between swells the value is AT_REST."""
    values = {0: AT_REST}
    for _, end, _ in score.swells:
        values[end] = AT_REST
    for start, end, points in score.swells:
        for tick in range(start, end, GRID_TICKS):
            place = (tick - start) / (end - start) * (len(points) - 1)
            left = int(place)
            values[tick] = round(points[left] + (points[left + 1] - points[left]) * (place - left))
    ordered = [(tick, values[tick]) for tick in sorted(values) if tick < score.end]
    return ordered[:1] + [new for old, new in pairwise(ordered) if new[1] != old[1]]


def _track(name: str, events: list[Event], end: int) -> mido.MidiTrack:
    events.sort(key=lambda event: (event[0], BEFORE.get(event[1].type, 0)))
    track, now = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
    for tick, message in events:
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - now)))
    return track


def _pitch(name: str) -> int:
    return 12 * (int(name[-1]) + 1) + STEPS[name[0]] + name.count("#") - name.count("b")


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


if __name__ == "__main__":
    for written in make_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent):
        print(written)
