"""Roll: notes over time as inline SVG, coloured by technique, with the techniques named above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from composer_daw.pages.axes import Axes, pitch_name
from composer_daw.pages.colours import Look, look_of, spoken
from composer_daw.pages.templating import fill

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class RollNote:
    """A note as it sounds, in seconds, with its technique; and as it was written, where that differs."""

    onset_s: float
    offset_s: float
    pitch: int
    label: str = ""
    written_onset_s: float | None = None
    written_offset_s: float | None = None


@dataclass(frozen=True)
class Run:
    """A stretch of successive notes with one technique, in per cent of the time axis."""

    left: float
    width: float
    label: str
    look: Look


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing in per cent of the time axis and of the pitch axis."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class DrawnNote:
    """A note ready to draw: what sounds, what was written (None when unknown), and what it is called."""

    note: RollNote
    sounding: Box
    written: Box | None
    look: Look
    text: str


def roll_svg(notes: Sequence[RollNote], axes: Axes) -> Markup:
    """Draw the notes: the sounding length filled, the written length as an outline."""
    return fill("roll.svg", notes=[_drawn(note, axes) for note in _in_order(notes)], axes=axes)


def technique_runs(notes: Sequence[RollNote], axes: Axes) -> list[Run]:
    """Return the stretches with one technique; each lasts until the next begins or its last note ends."""
    groups = [(label, list(group)) for label, group in groupby(_in_order(notes), key=lambda n: n.label)]
    starts = [group[0].onset_s for _, group in groups]
    runs = []
    for (label, group), following in zip(groups, [*starts[1:], axes.span_s], strict=True):
        end_s = min(following, max(n.offset_s for n in group))
        left = _within(axes.percent(group[0].onset_s))
        if label:
            runs.append(Run(left, round(_within(axes.percent(end_s)) - left, 3), label, look_of(label)))
    return runs


def labels_of(notes: Sequence[RollNote]) -> list[str]:
    """Return the labels that occur, each once, in the order of their first notes."""
    return list(dict.fromkeys(n.label for n in _in_order(notes) if n.label))


def _drawn(note: RollNote, axes: Axes) -> DrawnNote:
    written = None
    if note.written_onset_s is not None and note.written_offset_s is not None:
        written = _box(note.written_onset_s, note.written_offset_s, note.pitch, axes)
    times = f"{note.onset_s:.2f}–{note.offset_s:.2f} s"
    text = " · ".join(part for part in (pitch_name(note.pitch), spoken(note.label), times) if part)
    sounding = _box(note.onset_s, note.offset_s, note.pitch, axes)
    return DrawnNote(note, sounding, written, look_of(note.label), text)


def _box(onset_s: float, offset_s: float, pitch: int, axes: Axes) -> Box:
    width = round(axes.percent(max(0.0, offset_s - onset_s)), 3)
    return Box(axes.percent(onset_s), axes.pitch_percent(pitch), width, round(100.0 / axes.pitches, 3))


def _in_order(notes: Sequence[RollNote]) -> list[RollNote]:
    return sorted(notes, key=lambda n: (n.onset_s, n.pitch, n.offset_s, n.label))


def _within(percent: float) -> float:
    return min(100.0, max(0.0, percent))
