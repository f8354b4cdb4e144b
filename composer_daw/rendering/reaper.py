"""A REAPER project of a rendered song: a track for each stem, the tempo map and the markers.

A project is text: `<TAG values` opens a block, `>` closes it, a line within is a word and its values. What
REAPER does not find it takes from its defaults, so only what the song says is written. All faders stand at
0 dB: levels and pans are in the stems, so the project sounds as the mix does. What would sound twice is
muted: dry stems, tracks inside a bus with effects, and the mix itself, for comparison.

The fields are those of the state chunks that the ReaTeam documents, and of projects that REAPER 7 saves.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from composer_daw.files import write_text
from composer_daw.performance import Performance, TempoMap
from composer_daw.rendering.graph import MASTER
from composer_daw.rendering.graph_files import stem_path
from composer_daw.rendering.graph_plan import Plan
from composer_daw.rendering.graph_render import Mixdown

VERSION = "7.0"
SQUARE = 1
"""The shape of a tempo that holds until the next."""

WITH_METRE, INSIDE_A_BAR = 1, 4
"""Flags of a tempo point: it sets the metre; the bar before it is cut short."""

DRY_FOLDER = "dry"
Value = str | int | float


@dataclass
class Lane:
    """A track of the project: a name, a file that is there from the start, or tracks inside it."""

    name: str
    file: str = ""
    muted: bool = False
    inside: list[Lane] = field(default_factory=list)


def save_reaper(mixdown: Mixdown, plan: Plan, path: str | Path, mix: str | Path, stems: str | Path) -> None:
    """Write a project, whose files are found from its own folder: the mix, and the folder of the stems."""
    home = Path(path).parent

    def beside(file: Path) -> str:
        return Path(os.path.relpath(file, home)).as_posix()

    files: dict[tuple[str, str], str] = {
        (stem.kind, stem.name): beside(Path(stems) / stem_path(stem)) for stem in mixdown.stems
    }
    in_mix = {stem.name for stem in mixdown.stems if stem.in_mix}
    lanes = _lanes(plan, files, in_mix, MASTER, False)
    dry = [Lane(name, file, True) for (kind, name), file in files.items() if kind in ("dry", "output")]
    lanes.append(Lane(DRY_FOLDER, muted=True, inside=dry))
    lanes.append(Lane("mix", beside(Path(mix)), True))
    duration_s = mixdown.audio.duration_s
    write_text(path, "\n".join(_project(plan.score, lanes, mixdown.audio.sample_rate, duration_s)) + "\n")


def _lanes(
    plan: Plan, files: dict[tuple[str, str], str], in_mix: set[str], target: str, covered: bool
) -> list[Lane]:
    """Return what is put out to a bus, or to the master, buses with what is put out to them."""
    lanes = []
    for (kind, name), strip in plan.graph.strips():
        if strip.output != target:
            continue
        if kind == "tracks":
            lanes.append(Lane(name, files["wet", name], covered or name not in in_mix))
            continue
        inside = _lanes(plan, files, in_mix, name, covered or bool(strip.effects))
        sounds = bool(strip.effects) or not inside
        lanes.append(Lane(name, files["bus", name] if sounds else "", sounds and name not in in_mix, inside))
    return lanes


def _project(score: Performance, lanes: Sequence[Lane], sample_rate: int, duration_s: float) -> Iterator[str]:
    top, bottom = score.tempo.metres[0][1:]
    yield f'<REAPER_PROJECT 0.1 "{VERSION}" 0'
    yield _line(1, "SAMPLERATE", sample_rate, 1, 0)
    yield _line(1, "TEMPO", float(score.tempo.bpm[0]), top, bottom)
    yield "  <TEMPOENVEX"
    for word, *values in (("ACT", 1, -1), ("VIS", 1, 0, 1), ("DEFSHAPE", SQUARE, -1, -1)):
        yield _line(2, str(word), *values)
    yield from _tempo_points(score.tempo)
    yield "  >"
    for number, (time_s, text) in enumerate(_markers(score), 1):
        yield _line(1, "MARKER", number, time_s, text, 0)
    for lane in lanes:
        yield from _track(lane, duration_s, 0, lane.name)
    yield ">"


def _markers(score: Performance) -> list[tuple[float, str]]:
    """Return the markers in order; one that speaks to a single part of several says so."""
    parts = {number: score.tracks[number].name.strip() for number in set(score.notes["track"].tolist())}
    found = []
    for text in score.texts:
        part = parts.get(text.track) if len(parts) > 1 else None
        if text.kind == "marker":
            found.append((text.time_s, f"{part}: {text.text}" if part else text.text))
    return sorted(found, key=lambda marker: marker[0])


def _tempo_points(tempo: TempoMap) -> Iterator[str]:
    """Yield a point wherever tempo or metre change: seconds, quarter notes a minute, shape, and the metre.

    A metre that begins inside a bar of the one before cuts that bar short.
    """
    metres = {beat: (top, bottom) for beat, top, bottom in tempo.metres}
    bar_start, bar = 0.0, 4.0
    for beat in sorted({*tempo.beats.tolist(), *metres}):
        bpm = float(tempo.bpm[max(0, int((tempo.beats <= beat).sum()) - 1)])
        values: list[Value] = [float(tempo.seconds_at(beat)), bpm, SQUARE]
        if beat in metres:
            top, bottom = metres[beat]
            bars = (beat - bar_start) / bar
            cut = 0 if math.isclose(bars, round(bars), abs_tol=1e-6) else INSIDE_A_BAR
            values += [(bottom << 16) + top, 0, WITH_METRE | cut]
            bar_start, bar = beat, 4.0 * top / bottom
        yield _line(2, "PT", *values)


def _track(lane: Lane, duration_s: float, closes: int, place: str) -> Iterator[str]:
    """Yield a track and those inside it; the last one closes its folder, and `closes` folders around it."""
    yield _line(1, "<TRACK", _guid(place))
    yield _line(2, "NAME", lane.name)
    yield _line(2, "VOLPAN", 1, 0, -1, -1, 1)
    yield _line(2, "MUTESOLO", int(lane.muted), 0, 0)
    folder, depth = (1, 1) if lane.inside else (2, -closes) if closes else (0, 0)
    yield _line(2, "ISBUS", folder, depth)
    yield _line(2, "NCHAN", 2)
    if lane.file:
        yield from _item(lane, duration_s, place)
    yield "  >"
    for number, inner in enumerate(lane.inside, 1):
        last = number == len(lane.inside)
        yield from _track(inner, duration_s, closes + 1 if last else 0, f"{place}/{inner.name}")


def _item(lane: Lane, duration_s: float, place: str) -> Iterator[str]:
    yield "    <ITEM"
    yield _line(3, "POSITION", 0)
    yield _line(3, "LENGTH", duration_s)
    yield _line(3, "LOOP", 0)
    yield _line(3, "FADEIN", 0, 0, 0)
    yield _line(3, "FADEOUT", 0, 0, 0)
    yield _line(3, "NAME", lane.name)
    yield _line(3, "GUID", _guid(f"{place}:item"))
    yield "      <SOURCE FLAC" if lane.file.lower().endswith(".flac") else "      <SOURCE WAVE"
    yield _line(4, "FILE", lane.file)
    yield "      >"
    yield "    >"


def _guid(place: str) -> str:
    """Return an identity that follows from the place in the project: the same song, the same bytes."""
    return "{" + str(uuid5(NAMESPACE_URL, f"composer_daw/{place}")).upper() + "}"


def _line(depth: int, word: str, *values: Value) -> str:
    return "  " * depth + " ".join([word, *map(_written, values)])


def _written(value: Value) -> str:
    """Return a value as REAPER reads it: numbers plainly, text in quotes of a kind that it does not hold."""
    if isinstance(value, float):
        return f"{value:.12f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return str(value)
    text = " ".join(value.split())
    quote = next((mark for mark in "\"'`" if mark not in text), "")
    if not quote:  # it holds all three: REAPER then writes ' for `
        text, quote = text.replace("`", "'"), "`"
    return text if text.startswith("{") and " " not in text else f"{quote}{text}{quote}"
