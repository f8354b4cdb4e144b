"""Sounds as they stand in a page: their rate, their length, their level, their size."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
import studio_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.audio import Audio
from composer_daw.studio import encoding
from composer_daw.studio.encoding import COLUMNS, encode, encoded, page_rate, peaks_text
from composer_daw.studio.loudness import CEILING_DB, LOUDEST_LUFS, Level, matching_gains_db


def decoded(data: bytes) -> np.ndarray:
    sound, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return np.asarray(sound.T)


def test_flac_is_what_was_given_but_for_the_rounding() -> None:
    noise = samples.noise(length_s=1.0)
    sound = encode(samples.audio(noise), "flac", samples.RATE)
    assert (sound.frames, sound.scale) == (noise.shape[1], 1.0)
    assert np.abs(decoded(sound.data) - noise).max() < 2**-15
    assert sound.data == encode(samples.audio(noise), "flac", samples.RATE).data


def test_what_would_clip_is_turned_down_and_says_by_how_much() -> None:
    loud = 2.5 * samples.tone(220.0, length_s=0.5) / 0.3
    sound = encode(samples.audio(loud), "flac", samples.RATE)
    assert sound.scale == pytest.approx(2.5 / 0.999)
    assert np.abs(decoded(sound.data) * sound.scale - loud).max() < 2**-13


def test_all_sounds_of_a_page_have_one_rate() -> None:
    slow = Audio(samples.tone(220.0, length_s=1.0), samples.RATE).resampled(22_050)
    (one, other), how = encoded([samples.audio(samples.noise(length_s=1.0)), slow], "auto", samples.RATE)
    assert (one.frames, other.frames, how) == (samples.RATE, samples.RATE, "FLAC, 16 bits")
    rates = [8_000, 16_000, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000]
    assert [page_rate(rate) for rate in rates] == [
        16_000,
        16_000,
        22_050,
        44_100,
        48_000,
        48_000,
        48_000,
        48_000,
    ]


def test_much_sound_becomes_mp3(monkeypatch: pytest.MonkeyPatch) -> None:
    sounds: list[Path | Audio] = [samples.audio(samples.noise(length_s=2.0))]
    lossless, _ = encoded(sounds, "auto", samples.RATE)
    monkeypatch.setattr(encoding, "MOST_LOSSLESS", len(lossless[0].data) - 1)
    small, how = encoded(sounds, "auto", samples.RATE)
    assert how.startswith("MP3") and "lossless it would take" in how
    assert len(small[0].data) < len(lossless[0].data) / 3
    assert small[0].frames == 2 * samples.RATE
    as_asked, how = encoded(sounds, "flac", samples.RATE)
    assert (as_asked, how) == (lossless, "FLAC, 16 bits")


def test_peaks_are_those_of_the_sound() -> None:
    ramp = np.concatenate([np.linspace(0, 0.5, 24_000), np.zeros(24_000)])
    values = np.frombuffer(base64.b64decode(peaks_text(Audio(ramp, 48_000))), np.int8).astype(int)
    high, low = values[:COLUMNS], values[COLUMNS:]
    assert high.max() == 127 and high[COLUMNS // 4] == pytest.approx(64, abs=1)
    assert np.all(np.diff(high[: COLUMNS // 2]) >= 0) and np.all(high[COLUMNS // 2 :] == 0)
    assert np.all(low <= 0), "it never goes below zero"
    assert set(base64.b64decode(peaks_text(Audio(np.zeros(100), 48_000)))) == {0}


@given(st.lists(st.tuples(st.floats(-60, 0), st.floats(3, 30)), min_size=1, max_size=6))
def test_matched_versions_are_equally_loud_and_do_not_clip(pairs: list[tuple[float, float]]) -> None:
    levels = [Level(lufs, lufs + crest) for lufs, crest in pairs]
    gains = matching_gains_db(levels)
    loud = [level.lufs + gain for level, gain in zip(levels, gains, strict=True)]
    assert max(loud) - min(loud) < 1e-9 and max(loud) <= LOUDEST_LUFS + 1e-9
    peaks = [level.true_peak_db + gain for level, gain in zip(levels, gains, strict=True)]
    assert max(peaks) <= CEILING_DB + 1e-9
    assert max(loud) == pytest.approx(LOUDEST_LUFS) or max(peaks) == pytest.approx(CEILING_DB), (
        "as loud as can be"
    )


def test_silence_is_left_as_it_is() -> None:
    silent, loud = Level.of(Audio(np.zeros((2, 44_100)), 44_100)), Level(-20.0, -6.0)
    assert silent.is_silent and matching_gains_db([silent, loud]) == [0.0, pytest.approx(5.0)]
    assert matching_gains_db([silent]) == [0.0]
