"""Player: one clip as a card, with its sound and what is to be seen of it on one time axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from composer_daw.audio import Audio
from composer_daw.errors import InputError
from composer_daw.pages.axes import Axes, pitch_name, shared_axes, time_text, time_ticks
from composer_daw.pages.colours import look_of, spoken
from composer_daw.pages.roll import RollNote, labels_of, roll_svg, technique_runs
from composer_daw.pages.spectrogram import (
    HIGH_HZ,
    LOW_HZ,
    Spectrogram,
    loudest_sample,
    render_spectrogram,
)
from composer_daw.pages.templating import fill
from composer_daw.pages.waveform import waveform_svg

if TYPE_CHECKING:
    from markupsafe import Markup

VIEWS = ("waveform", "spectrogram", "roll")
FREQUENCY_MARKS = {100: "100", 1_000: "1k", 10_000: "10k"}


@dataclass(frozen=True)
class Clip:
    """A sound to listen to: its file as a URL relative to the page, and the same sound to draw.

    `technique` gives the card its colour. `facts` are short pairs shown under the drawing. A listening test
    that must not give itself away leaves some of VIEWS, or all, out of `views`. Raises InputError for a URL
    that leads away from the page's own folder tree (see `relative_href`), and for a view that is not known.
    """

    title: str
    audio_href: str
    audio: Audio
    notes: Sequence[RollNote] = ()
    caption: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    technique: str = ""
    views: Sequence[str] = VIEWS

    def __post_init__(self) -> None:
        """Refuse what would not play from the page's folder, or cannot be drawn."""
        head = self.audio_href.split("/", 1)[0]
        if not self.audio_href or self.audio_href[0] in "/\\" or ":" in head:
            raise InputError(f"{self.title}: '{self.audio_href}' is no relative URL, as 'audio/a.wav' is")
        unknown = [view for view in self.views if view not in VIEWS]
        if unknown:
            raise InputError(f"{self.title}: no view '{unknown[0]}'; there are {', '.join(VIEWS)}")


def axes_of(clips: Iterable[Clip]) -> Axes:
    """Return the axes that all these clips can share."""
    found = list(clips)
    ends = [c.audio.duration_s for c in found]
    peaks = [loudest_sample(c.audio) for c in found]
    return shared_axes(ends, peaks, [n.pitch for c in found for n in c.notes])


def render_clip(
    clip: Clip, axes: Axes | None = None, *, name: str = "clip", preload: str = "metadata"
) -> Markup:
    """Render the card of a clip on the given axes, or on its own; `name` is its id in the page."""
    axes = axes or axes_of([clip])
    silent = not len(clip.audio.samples[0])
    picture = None
    if "spectrogram" in clip.views and not silent:
        picture = render_spectrogram(clip.audio, axes.peak)
    return fill(
        "clip.html",
        clip=clip,
        axes=axes,
        name=name,
        preload=preload,
        look=look_of(clip.technique) if clip.technique else None,
        share=axes.percent(clip.audio.duration_s),
        waveform=waveform_svg(clip.audio, axes.peak) if "waveform" in clip.views else None,
        picture=picture,
        picture_text=_in_words(clip, picture) if picture else "",
        frequencies=_frequency_marks(),
        roll=roll_svg(clip.notes, axes) if _shows_roll(clip) else None,
        roll_text=_roll_in_words(clip),
        runs=technique_runs(clip.notes, axes) if _shows_roll(clip) else [],
        octaves=[(pitch_name(p), axes.pitch_percent(p - 0.5)) for p in axes.octaves],
        ticks=[(time_text(t), axes.percent(t)) for t in time_ticks(axes.span_s)],
        spoken=spoken,
    )


def _shows_roll(clip: Clip) -> bool:
    return "roll" in clip.views and bool(clip.notes)


def _in_words(clip: Clip, picture: Spectrogram) -> str:
    loudest = f"most energy near {picture.strongest_hz:.0f} Hz" if picture.strongest_hz else "silence"
    return f"Spectrogram of {clip.title}: {clip.audio.duration_s:.1f} seconds, 40 Hz to 16 kHz, {loudest}."


def _roll_in_words(clip: Clip) -> str:
    if not clip.notes:
        return ""
    pitches = [n.pitch for n in clip.notes]
    techniques = ", ".join(spoken(label) for label in labels_of(clip.notes)) or "no technique named"
    span = f"{pitch_name(min(pitches))} to {pitch_name(max(pitches))}"
    return f"Notes of {clip.title}: {len(pitches)}, {span}; {techniques}."


def _frequency_marks() -> list[tuple[str, float]]:
    """Return the names of round frequencies and how far below the top edge they lie, in per cent."""
    octaves = np.log2(HIGH_HZ / LOW_HZ)
    return [
        (text, round(float(100.0 * np.log2(HIGH_HZ / hz) / octaves), 2))
        for hz, text in FREQUENCY_MARKS.items()
    ]
