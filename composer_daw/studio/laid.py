"""A piece laid out on the page: what the scripts are told of it, and its lanes as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from composer_daw.audio import Audio
from composer_daw.pages import Axes, Column, Table, look_of, render_table
from composer_daw.studio import drawing
from composer_daw.studio.encoding import Sound, load_sound, loudest, peaks_text
from composer_daw.studio.loudness import Level, matching_gains_db
from composer_daw.studio.page import Piece, Stem, Version
from composer_daw.studio.templating import fill

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class Measured:
    """What is told of one sound: its length, its largest sample, its waveform; of a version its level too."""

    duration_s: float
    sample_rate: int
    peak: float
    peaks: str
    level: Level | None

    @classmethod
    def of(cls, part: Version | Stem) -> Measured:
        """Measure a version or a stem; raise AudioError for what cannot be heard."""
        audio: Audio = load_sound(part.audio, name_of(part))
        level = Level.of(audio) if isinstance(part, Version) else None
        return cls(audio.duration_s, audio.sample_rate, loudest(audio), peaks_text(audio), level)

    @property
    def of_a_version(self) -> Level:
        """Return the level; only versions have one."""
        if self.level is None:
            raise ValueError("stems are not matched in loudness, so their level is not measured")
        return self.level


@dataclass(frozen=True)
class Part:
    """A version or a stem with its sound in the page, whose id is `sound_id`."""

    given: Version | Stem
    measured: Measured
    sound_id: str
    sound: Sound

    def data(self) -> dict[str, Any]:
        """Return what the scripts are told of it."""
        sound = {"id": self.sound_id, "frames": self.sound.frames, "scale": self.sound.scale}
        facts = self.measured
        return {"sound": sound, "duration": facts.duration_s, "peak": facts.peak, "peaks": facts.peaks}


@dataclass(frozen=True)
class Laid:
    """A piece with the parts of its versions: of each itself, and its stems."""

    piece: Piece
    parts: Sequence[tuple[Part, Sequence[Part]]]

    @cached_property
    def shape(self) -> drawing.Shape:
        """Return the axes that all versions share."""
        return drawing.Shape.of(self.piece, [part.measured.duration_s for part, _ in self.parts])

    @cached_property
    def levels(self) -> list[Level]:
        """Return how loud each version is."""
        return [part.measured.of_a_version for part, _ in self.parts]

    @cached_property
    def gains_db(self) -> list[float]:
        """Return the gain that matches the loudness of each version; one alone is left as it is."""
        return [0.0] if len(self.parts) == 1 else matching_gains_db(self.levels)

    @cached_property
    def sections(self) -> list[dict[str, Any]]:
        """Return the sections with their ends and texts."""
        return drawing.sections_of(self.piece.markers, self.shape.span_s)

    def data(self) -> dict[str, Any]:
        """Return what the scripts are told of the piece."""
        versions = [
            part.data()
            | {"title": version.title, "gain": 10.0 ** (gain_db / 20.0)}
            | {"stems": [stem.data() | {"name": name_of(stem.given)} for stem in stems]}
            for version, (part, stems), gain_db in zip(
                self.piece.versions, self.parts, self.gains_db, strict=True
            )
        ]
        told = ("start", "end", "title", "text")
        markers = [{name: section[name] for name in told} for section in self.sections]
        return {"span": self.shape.span_s, "versions": versions, "markers": markers}

    def markup(self, number: int, page_title: str) -> Markup:
        """Return the section of the page; all but the first piece are hidden to begin with."""
        shape, span_s = self.shape, self.shape.span_s
        axes = shape.tuned
        return fill(
            "piece.html",
            name=f"piece-{number + 1}",
            number=number,
            piece=self.piece,
            untitled=self.piece.title == page_title,
            paragraphs=[part.strip() for part in self.piece.text.split("\n\n") if part.strip()],
            legend=drawing.legend_of(shape),
            shows_written=drawing.shows_written(shape),
            markers=drawing.placed(self.sections, span_s),
            tempo=drawing.tempo_drawing(self.piece.tempo, span_s),
            versions=[self._lane(at) for at in range(len(self.parts))],
            roll=drawing.roll_words(shape, axes) if axes else None,
            kit=shape.kit,
            ticks=drawing.ticks_of(span_s),
            tables=[render_table(table) for table in (self._table(), *self.piece.tables)],
            spoken=drawing.named,
        )

    def _lane(self, at: int) -> dict[str, Any]:
        """Return what the template is told of a version."""
        version, (part, stems), axis = self.piece.versions[at], self.parts[at], Axes(self.shape.span_s)
        level, gain_db = self.levels[at], self.gains_db[at]
        silent = level.is_silent
        matched = f" · {gain_db:+.1f} dB" if len(self.parts) > 1 and not silent else ""
        loudness = "silent" if silent else f"{level.lufs:.1f} LUFS"
        return {
            "title": version.title,
            "caption": version.caption,
            "look": look_of(version.technique) if version.technique else None,
            "figures": f"{loudness}{matched}".replace("-", "−"),
            "share": axis.percent(part.measured.duration_s),
            "runs": [] if version.stems else drawing.runs_of(version.notes, axis.span_s),
            "layers": drawing.drawn_layers(self.shape, at),
            "stems": [
                {
                    "name": stem.name,
                    "caption": stem.caption,
                    "share": axis.percent(laid.measured.duration_s),
                    "runs": drawing.runs_of(stem.notes, axis.span_s),
                }
                for stem, laid in zip(version.stems, stems, strict=True)
            ],
        }

    def _table(self) -> Table:
        """Return the figures of all versions."""
        more = list(dict.fromkeys(key for version in self.piece.versions for key in version.facts))
        columns: list[Column | str] = [
            "Version",
            Column("Length, s", 1),
            Column("Notes", 0),
            Column("Loudness, LUFS", 1, "integrated, ITU-R BS.1770"),
            Column("True peak, dBTP", 1, "four times oversampled"),
            *([Column("Matched by, dB", 1, "brings all to one loudness")] if len(self.parts) > 1 else []),
            *more,
        ]
        rows = [
            [
                version.title,
                part.measured.duration_s,
                sum(len(layer.notes) for layer in layers),
                *_heard(level, gain_db)[: 3 if len(self.parts) > 1 else 2],
                *(version.facts.get(key) for key in more),
            ]
            for version, (part, _), layers, level, gain_db in zip(
                self.piece.versions, self.parts, self.shape.layers, self.levels, self.gains_db, strict=True
            )
        ]
        return Table(columns, rows, "The versions in figures")


def name_of(part: Version | Stem) -> str:
    """Return what a version or a stem is called."""
    return part.title if isinstance(part, Version) else part.name


def _heard(level: Level, gain_db: float) -> tuple[float | None, float | None, float | None]:
    if level.is_silent:
        return None, None, None
    return level.lufs, level.true_peak_db, gain_db
