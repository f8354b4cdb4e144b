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


@pytest.mark.parametrize("bits", encoding.DEPTHS)
def test_fewer_bits_keep_every_sample_in_its_place(bits: int) -> None:
    noise = samples.noise(length_s=1.0)
    sound = encode(samples.audio(noise), "flac", samples.RATE, bits)
    error = decoded(sound.data) - noise
    assert np.abs(error).max() <= 2.0**-bits
    assert 20 * np.log10(error.std()) == pytest.approx(-6.02 * (bits - 1) - 10.8, abs=0.5), (
        "the noise of rounding"
    )


def test_the_loudest_sample_does_not_wrap_round() -> None:
    edge = np.array([[1.0, 0.999, 0.9985, -0.9985, -0.999, -1.0]], np.float32)
    for bits in encoding.DEPTHS:
        sound = encode(samples.audio(edge), "flac", samples.RATE, bits)
        assert np.abs(decoded(sound.data) * sound.scale - edge).max() <= 2.0**-bits * 1.01


def test_much_sound_takes_fewer_bits_and_then_mp3(monkeypatch: pytest.MonkeyPatch) -> None:
    sounds: list[Path | Audio] = [samples.audio(samples.noise(length_s=2.0))]
    room = {bits: encoding.size_of(sounds, samples.RATE, bits) for bits in encoding.DEPTHS}
    assert list(room.values()) == sorted(room.values(), reverse=True) and room[12] < 0.75 * room[16]
    for bits, size in room.items():
        monkeypatch.setattr(encoding, "ROOM", size)
        (sound,), how = encoded(sounds, "auto", samples.RATE)
        assert how == f"FLAC, {bits} bits"
        assert sound == encode(samples.audio(samples.noise(length_s=2.0)), "flac", samples.RATE, bits)
    monkeypatch.setattr(encoding, "ROOM", room[12] - 1)
    monkeypatch.setattr(encoding, "MOST_ROOM", room[12])
    assert encoded(sounds, "auto", samples.RATE)[1] == "FLAC, 12 bits"
    monkeypatch.setattr(encoding, "MOST_ROOM", room[12] - 1)
    (small,), how = encoded(sounds, "auto", samples.RATE)
    assert how.startswith("MP3") and small.frames == 2 * samples.RATE
    assert len(small.data) < room[16] / 3
    (whole,), how = encoded(sounds, "flac", samples.RATE)
    assert (len(whole.data) > room[12], how) == (True, "FLAC, 16 bits")


def test_the_size_is_told_from_a_part() -> None:
    swell = samples.noise(length_s=40.0) * np.linspace(0.01, 1.0, 40 * samples.RATE, dtype=np.float32)
    sounds = [samples.audio(swell), samples.audio(samples.tone(220.0, length_s=20.0))]
    whole = sum(len(encode(sound, "flac", samples.RATE).data) for sound in sounds)
    assert encoding.size_of(sounds, samples.RATE, 16) == pytest.approx(whole, rel=0.1)


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
