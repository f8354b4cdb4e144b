"""The card of one clip."""

from __future__ import annotations

import numpy as np
import page_samples as samples
import pytest

from composer_daw.audio import Audio
from composer_daw.errors import InputError
from composer_daw.pages import Clip, RollNote, axes_of, render_clip


def test_card_says_what_it_shows() -> None:
    outline = samples.Outline(render_clip(samples.clip(), name="c"))
    assert outline.tags("article")[0]["aria-labelledby"] == "c-title"
    assert outline.texts("p", "caption") == ["Short notes"]
    assert (outline.texts("dt"), outline.texts("dd")) == (["Peak"], ["-6.0 dBFS"])
    assert outline.texts("span", "run") == ["stacc."]
    image = outline.tags("img")[0]["alt"] or ""
    assert image.startswith("Spectrogram of Staccato: 1.0 seconds") and "44" in image
    roll = next(a["aria-label"] for _, a, _ in outline.found if a.get("role") == "img")
    assert roll == "Notes of Staccato: 3, C4 to D4; staccato."


def test_seek_bar_is_a_slider_for_the_keyboard() -> None:
    outline = samples.Outline(render_clip(samples.clip()))
    slider = next(a for _, a, _ in outline.found if a.get("role") == "slider")
    assert (slider["tabindex"], slider["aria-valuemax"]) == ("0", "1.0")
    assert "controls" in outline.tags("audio")[0]


def test_shorter_clip_takes_its_share_of_the_shared_axis() -> None:
    short, long = samples.clip(duration_s=1.0), samples.clip(duration_s=4.0)
    outline = samples.Outline(render_clip(short, axes_of([short, long])))
    assert outline.tags("img")[0]["style"] == "width:25.0%"
    assert outline.tags("article")[0]["data-span"] == "4.0000"


def test_louder_neighbour_makes_the_waveform_smaller() -> None:
    quiet = Clip("Quiet", "q.wav", samples.sine(amplitude=0.1), views=("waveform",))
    loud = Clip("Loud", "l.wav", samples.sine(amplitude=0.8), views=("waveform",))
    assert render_clip(quiet) != render_clip(quiet, axes_of([quiet, loud]))


@pytest.mark.parametrize(
    ("views", "images", "drawings"),
    [((), 0, 0), (("waveform",), 0, 1), (("spectrogram",), 1, 0), (("roll",), 0, 1)],
)
def test_only_the_views_asked_for(views: tuple[str, ...], images: int, drawings: int) -> None:
    outline = samples.Outline(render_clip(samples.clip(views=views)))
    assert (len(outline.tags("img")), len(outline.tags("svg"))) == (images, drawings)


def test_view_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="no view 'piano'; there are waveform"):
        samples.clip(views=("piano",))


@pytest.mark.parametrize("length", [0, 1, 2, 50])
@pytest.mark.parametrize("value", [0.0, 0.25, float("nan"), float("inf")])
def test_empty_silent_short_and_broken_audio_draw(length: int, value: float) -> None:
    audio = Audio(np.full((2, length), value, np.float32), 48_000)
    html = render_clip(Clip("Odd", "a.wav", audio, [RollNote(0.0, 0.0, 60)]))
    assert len(samples.Outline(html).tags("audio")) == 1
    assert "nan" not in html.lower().split("base64", 1)[0]


def test_silence_is_called_silence() -> None:
    audio = Audio(np.zeros(4800, np.float32), 48_000)
    assert "silence" in (samples.Outline(render_clip(Clip("S", "s.wav", audio))).tags("img")[0]["alt"] or "")
