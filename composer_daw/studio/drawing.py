"""What is drawn of a piece: notes by stem, technique stretches, tempo and sections, all on one time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING, Any

from composer_daw.pages import Axes, RollNote, look_of, roll_svg
from composer_daw.pages.axes import pitch_name, shared_axes, time_text, time_ticks
from composer_daw.pages.colours import spoken
from composer_daw.pages.roll import labels_of, technique_runs
from composer_daw.studio.page import Marker, Piece, Version

if TYPE_CHECKING:
    from markupsafe import Markup

MOST_WRITTEN = 500
"""Notes of a version that are drawn as written too; where there are more, the outlines hide the notes."""

MOST_RUNS = 80
"""Of stretches with one technique in a lane; where there are more they are too short to be read."""


@dataclass(frozen=True)
class Layer:
    """The notes of a stem, or all notes of a version without stems."""

    notes: Sequence[RollNote]
    stem: str = ""
    percussion: bool = False


@dataclass(frozen=True)
class KitAxes(Axes):
    """The axes of a kit: a row for each of its pieces, which are named from the top down."""

    pieces: tuple[str, ...] = ()
    rows: Mapping[int, int] = field(default_factory=dict)
    """The row of each pitch, from the top."""

    @classmethod
    def of(cls, notes: Sequence[RollNote], span_s: float) -> KitAxes:
        """Return the axes of drum notes: pieces low on the keyboard, such as the kick, at the bottom."""
        struck: dict[str, list[int]] = {}
        for note in notes:
            struck.setdefault(piece_of(note), []).append(note.pitch)
        names = sorted(struck, key=lambda name: -median(struck[name]))
        pitches = [note.pitch for note in notes]
        rows = {note.pitch: names.index(piece_of(note)) for note in notes}
        return cls(span_s, 1.0, min(pitches), max(pitches), tuple(names), rows)

    def pitch_percent(self, pitch: float) -> float:
        """Return how far below the top edge the upper edge of a piece's row lies, in per cent."""
        return round(100.0 * self.rows[int(pitch)] / len(self.pieces), 3)

    @property
    def pitches(self) -> int:
        """Return the number of rows."""
        return len(self.pieces)

    @property
    def octaves(self) -> list[int]:
        """Return no lines: the rows of a kit are no scale."""
        return []

    @property
    def names(self) -> list[tuple[str, float]]:
        """Return the pieces with the places of their rows, in per cent from the top."""
        return [(name, round(100.0 * row / len(self.pieces), 3)) for row, name in enumerate(self.pieces)]


@dataclass(frozen=True)
class Shape:
    """The axes of a piece: one span of time, pitches of tuned notes, and pieces of the drums."""

    span_s: float
    layers: list[list[Layer]] = field(default_factory=list)

    @classmethod
    def of(cls, piece: Piece, durations_s: Sequence[float]) -> Shape:
        """Return the shape of a piece whose versions last so long."""
        return cls(max(durations_s), [layers_of(version) for version in piece.versions])

    @cached_property
    def tuned(self) -> Axes | None:
        """Return the axes of the tuned notes; None where there are none."""
        pitches = [note.pitch for note in self._notes(percussion=False)]
        return shared_axes([self.span_s], [1.0], pitches) if pitches else None

    @cached_property
    def kit(self) -> KitAxes | None:
        """Return the axes of the drums; None where there are none."""
        notes = self._notes(percussion=True)
        return KitAxes.of(notes, self.span_s) if notes else None

    def _notes(self, percussion: bool) -> list[RollNote]:
        layers = [layer for one in self.layers for layer in one if layer.percussion == percussion]
        return [note for layer in layers for note in layer.notes]


def layers_of(version: Version) -> list[Layer]:
    """Return what is drawn of a version: its stems where they have notes, else its own notes."""
    layers = [Layer(stem.notes, stem.name, stem.percussion) for stem in version.stems if stem.notes]
    layers = layers or ([Layer(version.notes)] if version.notes else [])
    if sum(len(layer.notes) for layer in layers) <= MOST_WRITTEN:
        return layers
    return [replace(layer, notes=[_as_sounding(note) for note in layer.notes]) for layer in layers]


def _as_sounding(note: RollNote) -> RollNote:
    return replace(note, written_onset_s=None, written_offset_s=None)


def named(technique: str) -> str:
    """Return the name of a technique, or of a drum and its stroke, as people write it."""
    strokes = [part for part in technique.split("+") if "=" in part]
    if not strokes:
        return spoken(technique)
    return " + ".join(spoken(part.replace("=", " ")).removesuffix(" hit") for part in strokes)


def piece_of(note: RollNote) -> str:
    """Return the piece of a kit that a note plays; its pitch where the label does not tell."""
    told = next((part for part in note.label.split("+") if "=" in part), "")
    return spoken(told.partition("=")[0]) if told else pitch_name(note.pitch)


def drawn_layers(shape: Shape, number: int) -> list[dict[str, Any]]:
    """Return the drawings of a version, for the template."""
    drawn = []
    for layer in shape.layers[number]:
        axes = shape.kit if layer.percussion else shape.tuned
        if axes is not None:
            drawing: Markup = roll_svg(layer.notes, axes)
            drawn.append({"stem": layer.stem, "percussion": layer.percussion, "drawing": drawing})
    return drawn


def runs_of(notes: Sequence[RollNote], span_s: float) -> list[Any]:
    """Return the stretches with one technique; none where they are too many to be read."""
    runs = technique_runs(notes, Axes(span_s)) if notes else []
    return runs if len(runs) <= MOST_RUNS else []


def roll_words(shape: Shape, axes: Axes) -> dict[str, Any]:
    """Return what the head of the roll says, and what it is to those who do not see it."""
    notes = [note for layer in shape.layers[0] if not layer.percussion for note in layer.notes]
    techniques = ", ".join(map(named, labels_of(notes))) or "no technique named"
    span = f"{pitch_name(axes.low_pitch)} to {pitch_name(axes.high_pitch)}"
    return {
        "octaves": [(pitch_name(pitch), axes.pitch_percent(pitch - 0.5)) for pitch in axes.octaves],
        "words": f"Notes of the version that is heard, {span}; in the first {len(notes)}: {techniques}",
    }


def legend_of(shape: Shape) -> list[tuple[str, object]]:
    """Return all techniques that occur, each with its look; drums have rows with their names."""
    notes = [
        note
        for layers in shape.layers
        for layer in layers
        for note in layer.notes
        if not (layer.percussion and "=" in note.label)
    ]
    return [(named(label), look_of(label)) for label in labels_of(notes)]


def shows_written(shape: Shape) -> bool:
    """Tell whether any note says how it was written."""
    notes = (note for layers in shape.layers for layer in layers for note in layer.notes)
    return any(note.written_offset_s is not None for note in notes)


def tempo_drawing(tempo: Sequence[tuple[float, float]], span_s: float) -> dict[str, str] | None:
    """Return the tempo as the path of steps in a drawing 1000 wide and 100 high, and in words."""
    points = sorted((max(0.0, at), bpm) for at, bpm in tempo if at < span_s)
    if not points:
        return None
    values = [bpm for _, bpm in points]
    low, high = min(values), max(values)
    room = max(0.15 * (high - low), 0.02 * high)
    heights = [100.0 * (high + room - bpm) / (high - low + 2 * room) for bpm in values]
    places = [1000.0 * at / span_s for at, _ in points]
    steps = "".join(f"H{x:.1f}V{y:.1f}" for x, y in zip(places[1:], heights[1:], strict=True))
    words = f"{low:.0f} bpm" if round(low) == round(high) else f"{low:.0f}–{high:.0f} bpm"
    return {"path": f"M0 {heights[0]:.1f}{steps}H1000", "words": words}


def sections_of(markers: Sequence[Marker], span_s: float) -> list[dict[str, Any]]:
    """Return the sections: each lasts until the next begins; those that begin together are one."""
    begun = sorted((one for one in markers if 0.0 <= one.time_s < span_s), key=lambda one: one.time_s)
    groups = [(start, list(group)) for start, group in groupby(begun, key=lambda one: round(one.time_s, 3))]
    ends = [*(start for start, _ in groups), span_s][1:]
    return [_section(start, end, group) for (start, group), end in zip(groups, ends, strict=True)]


def _section(start_s: float, end_s: float, markers: Sequence[Marker]) -> dict[str, Any]:
    title = " · ".join(one.title for one in markers)
    text = " ".join(one.text for one in markers if one.text)
    times = f"{time_text(round(start_s, 1))}–{time_text(round(end_s, 1))} s"
    return {"start": start_s, "end": end_s, "title": title, "text": text} | {
        "hint": " · ".join(part for part in (title, times, text) if part),
        "spoken": f"{title}, {times}: go there and loop",
    }


def placed(sections: Sequence[dict[str, Any]], span_s: float) -> list[dict[str, Any]]:
    """Return the sections with their places on the axis, in per cent."""
    axis = Axes(span_s)
    return [
        section
        | {"left": axis.percent(section["start"])}
        | {"width": round(axis.percent(section["end"] - section["start"]), 3)}
        for section in sections
    ]


def ticks_of(span_s: float) -> list[tuple[str, float]]:
    """Return the times written under the axis, with their places in per cent."""
    axis = Axes(span_s)
    return [(time_text(at), axis.percent(at)) for at in time_ticks(span_s, 10)]
