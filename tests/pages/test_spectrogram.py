"""The spectrogram: the right row, the right level, the right picture."""

from __future__ import annotations

import base64
import io

import numpy as np
import page_samples as samples
import pytest

from composer_daw.audio import SILENCE_DB, Audio
from composer_daw.pages import render_spectrogram
from composer_daw.pages.spectrogram import HEIGHT, WIDTH, level_rows, row_hz


@pytest.mark.parametrize("hz", [110.0, 440.0, 1_000.0, 3_520.0, 9_000.0])
@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_pure_tone_lies_in_its_row_at_its_level(hz: float, rate: int) -> None:
    levels = level_rows(samples.sine(hz, amplitude=0.5, rate=rate))
    row = int(levels[:, WIDTH // 2].argmax())
    assert row_hz()[row] == pytest.approx(hz, rel=0.05, abs=rate / 1024 / 2)
    assert levels[row, WIDTH // 2] == pytest.approx(-6.0, abs=4.0)
    far = np.abs(row_hz() - hz) > max(hz / 2, 150.0)
    assert levels[far, WIDTH // 2].max() < -40.0


def test_rows_above_half_the_rate_are_silent() -> None:
    rng = np.random.default_rng(7)
    noise = Audio(rng.uniform(-0.5, 0.5, 8_000).astype(np.float32), 8_000)
    assert level_rows(noise)[row_hz() > 4_000].max() == pytest.approx(SILENCE_DB)


def test_time_runs_from_left_to_right() -> None:
    early = Audio(np.concatenate([samples.sine().samples[0], np.zeros(samples.RATE)]), samples.RATE)
    loudest = level_rows(early).max(axis=0)
    assert loudest[: WIDTH // 2 - 15].min() > -12.0
    assert loudest[WIDTH // 2 + 15 :].max() < -80.0


def test_long_audio_keeps_its_clicks() -> None:
    silent = np.zeros(120 * samples.RATE, np.float32)
    silent[60 * samples.RATE : 60 * samples.RATE + 64] = 0.5
    levels = level_rows(Audio(silent, samples.RATE))
    assert abs(int(levels.max(axis=0).argmax()) - WIDTH // 2) <= 1


def test_picture_is_a_png_of_the_documented_size() -> None:
    from PIL import Image

    drawn = render_spectrogram(samples.sine(440.0))
    head, data = drawn.uri.split(",", 1)
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert (head, image.format, image.size) == ("data:image/png;base64", "PNG", (WIDTH, HEIGHT))
    assert drawn.strongest_hz == pytest.approx(440.0, rel=0.05)
    bright = np.asarray(image.convert("L"))[:, WIDTH // 2]
    assert row_hz()[::-1][int(bright.argmax())] == pytest.approx(440.0, rel=0.07)


def test_louder_reference_makes_the_picture_darker() -> None:
    from PIL import Image

    def brightness(peak: float) -> float:
        data = render_spectrogram(samples.sine(amplitude=0.05), peak).uri.split(",", 1)[1]
        return float(np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L")).mean())

    assert brightness(1.0) < brightness(0.05)


def test_same_audio_gives_the_same_bytes() -> None:
    assert render_spectrogram(samples.sine()) == render_spectrogram(samples.sine())
