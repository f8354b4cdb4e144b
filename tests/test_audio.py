"""Audio goes through files unharmed, is measured right, and is never written half."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer_daw.audio import PIECE, SILENCE_DB, Audio, load_audio, save_audio, true_peaks
from composer_daw.errors import AudioError, InputError, OutputError


def sine(hertz: float, level_db: float, rate: int = 48_000, seconds: float = 2.0, channels: int = 1) -> Audio:
    time = np.arange(round(rate * seconds)) / rate
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * time)
    return Audio(np.tile(wave, (channels, 1)), rate)


def noise(channels: int = 2, seconds: float = 0.3) -> Audio:
    rng = np.random.default_rng(5)
    return Audio(rng.uniform(-0.9, 0.9, (channels, round(44_100 * seconds))), 44_100)


# --- values ---------------------------------------------------------------------------------------------


def test_samples_are_channels_by_time_in_float32_and_frozen() -> None:
    audio = Audio(np.zeros(441), 44_100)
    assert (audio.samples.shape, audio.samples.dtype, audio.channels) == ((1, 441), np.float32, 1)
    assert audio.duration_s == 0.01
    with pytest.raises(ValueError, match="read-only"):
        audio.samples[0, 0] = 1


@pytest.mark.parametrize("shape", [(100,), (2, 100)])
def test_whoever_made_the_samples_may_go_on_with_them(shape: tuple[int, ...]) -> None:
    mine = np.zeros(shape, np.float32)
    audio = Audio(mine, 44_100)
    mine[...] = 1
    assert not audio.samples.any()


@pytest.mark.parametrize(("shape", "rate"), [((1, 2, 3), 44_100), ((1, 3), 0), ((1, 3), -8000)])
def test_what_is_no_audio_is_refused(shape: tuple[int, ...], rate: int) -> None:
    with pytest.raises(AudioError, match="channels x samples and a rate above 0"):
        Audio(np.zeros(shape), rate)


def test_levels() -> None:
    audio = sine(997, -6.0)
    assert audio.peak_db == pytest.approx(-6.0, abs=0.01)
    assert audio.rms_db == pytest.approx(-6.0 - 3.0103, abs=0.01)
    assert audio.gained(-4.0).peak_db == pytest.approx(-10.0, abs=0.01)
    silence = Audio(np.zeros((2, 100)), 44_100)
    assert (silence.peak_db, silence.rms_db, silence.loudness_lufs()) == (SILENCE_DB,) * 3
    nothing = Audio(np.zeros((1, 0)), 44_100)
    assert (nothing.peak_db, nothing.rms_db, nothing.loudness_lufs()) == (SILENCE_DB,) * 3


def test_mono_is_the_mean_of_the_channels() -> None:
    assert Audio(np.array([[1.0, 0.0], [0.0, 0.5]]), 44_100).mono().tolist() == [0.5, 0.25]


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize(("channels", "lufs"), [(1, -23.01), (2, -20.0)])
def test_loudness_is_that_of_bs1770(rate: int, channels: int, lufs: float) -> None:
    """BS.1770-4: 997 Hz at 0 dBFS reads -3.01 in one channel and 0.00 in two; EBU Tech 3341 allows 0.1."""
    assert sine(997, -20.0, rate, 5.0, channels).loudness_lufs() == pytest.approx(lufs, abs=0.1)


def test_loudness_of_a_short_sound_reads_low_but_finite() -> None:
    short = sine(997, -20.0, seconds=0.1).loudness_lufs()
    assert -40 < short < -23


def test_resampling_keeps_pitch_level_and_length() -> None:
    again = sine(1000, -6.0, 44_100).resampled(48_000)
    assert (again.sample_rate, again.samples.shape) == (48_000, (1, 96_000))
    middle = again.samples[0, 24_000:72_000]  # one second: the bins are whole hertz
    assert int(np.abs(np.fft.rfft(middle)).argmax()) == 1000
    assert Audio(middle, 48_000).rms_db == pytest.approx(-9.01, abs=0.01)
    assert again.resampled(48_000) is again


# --- files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".WAV"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_gives_back_the_samples_within_24_bits(tmp_path: Path, suffix: str, channels: int) -> None:
    audio, path = noise(channels), tmp_path / f"a{suffix}"
    save_audio(audio, path)
    again = load_audio(path)
    assert again.sample_rate == audio.sample_rate
    np.testing.assert_allclose(again.samples, audio.samples, rtol=0, atol=2**-23)
    save_audio(again, tmp_path / f"b{suffix}")
    assert (tmp_path / f"b{suffix}").read_bytes() == path.read_bytes()


def test_float_wav_is_exact_and_may_go_over_full_scale(tmp_path: Path) -> None:
    audio = noise().gained(12.0)
    save_audio(audio, tmp_path / "a.wav", "FLOAT")
    np.testing.assert_array_equal(load_audio(tmp_path / "a.wav").samples, audio.samples)


@pytest.mark.parametrize(("suffix", "kind"), [("mp3", "MP3"), ("ogg", "OGG")])
def test_lossy_files_are_read(tmp_path: Path, suffix: str, kind: str) -> None:
    if kind not in soundfile.available_formats():
        pytest.skip(f"this libsndfile does not write {kind}")
    audio, path = sine(440, -12.0, 44_100), tmp_path / f"a.{suffix}"
    soundfile.write(path, audio.samples.T, audio.sample_rate, format=kind)
    again = load_audio(path)
    assert again.sample_rate == 44_100
    assert again.duration_s == pytest.approx(2.0, abs=0.06)  # an encoder pads
    assert again.rms_db == pytest.approx(audio.rms_db, abs=0.3)


def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no audio")
    (tmp_path / "empty.wav").write_bytes(b"")
    soundfile.write(tmp_path / "nothing.wav", np.zeros((0, 1)), 44_100)
    for name, problem in (
        ("text.wav", "not audio that can be read .*; give WAV, FLAC, MP3 or OGG"),
        ("empty.wav", "not audio that can be read"),
        ("nothing.wav", "holds no samples"),
    ):
        with pytest.raises(AudioError, match=rf"{name}: {problem}"):
            load_audio(tmp_path / name)
    with pytest.raises(InputError, match="is a folder; give an audio file"):
        load_audio(tmp_path)


EDGES = [1.0, -1.0, 1 - 2**-24, 2**-24 - 1, 2**-23, -(2**-24), 2**-25, 2**-32, -(2**-32), 3e-39, -0.0]
"""Samples where rounding may go either way: full scale, half steps of 24 and 32 bits, nearly nothing."""


@pytest.mark.parametrize("frames", [0, 1, PIECE, 2 * PIECE + 11])
@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_a_wav_of_24_bits_is_byte_for_byte_what_libsndfile_writes(
    tmp_path: Path, channels: int, frames: int
) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (channels, frames)).astype(np.float32)
    samples *= np.float32(10.0) ** np.linspace(0, -8, frames, dtype=np.float32)
    samples[:, : len(EDGES)] = EDGES[:frames]
    soundfile.write(tmp_path / "theirs.wav", samples.T, 48_000, "PCM_24")
    save_audio(Audio(samples, 48_000), tmp_path / "ours.wav")
    assert (tmp_path / "ours.wav").read_bytes() == (tmp_path / "theirs.wav").read_bytes()


def test_what_is_too_long_for_its_lengths_is_left_to_libsndfile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer_daw.audio.LARGEST_WAV", 3 * noise().samples.size)
    monkeypatch.setattr(soundfile, "write", full)
    with pytest.raises(OutputError, match="No space left"):
        save_audio(noise(), tmp_path / "a.wav")
    shorter = Audio(noise().samples[:, 1:], noise().sample_rate)
    save_audio(shorter, tmp_path / "a.wav")
    np.testing.assert_allclose(load_audio(tmp_path / "a.wav").samples, shorter.samples, atol=2**-23)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_not_written(tmp_path: Path, bad: float) -> None:
    with pytest.raises(AudioError, match="NaN or infinite samples; nothing was written"):
        save_audio(Audio(np.array([0.0, bad]), 44_100), tmp_path / "a.wav", "FLOAT")
    assert list(tmp_path.iterdir()) == []


def test_what_would_clip_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"peaks at \+6\.0 dBFS and would clip"):
        save_audio(Audio(np.array([0.0, -1.9953]), 44_100), tmp_path / "a.wav")
    assert list(tmp_path.iterdir()) == []
    save_audio(Audio(np.array([0.0, 1.0]), 44_100), tmp_path / "a.wav")
    assert load_audio(tmp_path / "a.wav").samples[0, 1] == pytest.approx(1.0, abs=2**-23)


@pytest.mark.parametrize(
    ("name", "subtype", "problem"),
    [
        ("a.mp3", None, r"cannot write '\.mp3'; give the file one of \.wav, \.flac"),
        ("a", None, "cannot write ''"),
        ("a.flac", "FLOAT", "a .flac file cannot hold FLOAT samples"),
        ("a.wav", "PCM_25", "a .wav file cannot hold PCM_25 samples"),
    ],
)
def test_formats_that_are_not_written(tmp_path: Path, name: str, subtype: str | None, problem: str) -> None:
    with pytest.raises(AudioError, match=problem):
        save_audio(noise(), tmp_path / name, subtype)
    assert list(tmp_path.iterdir()) == []


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["replace", "write"])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    save_audio(noise(), tmp_path / "a.wav")
    before = (tmp_path / "a.wav").read_bytes()
    monkeypatch.setattr(os if where == "replace" else soundfile, where, full)
    with pytest.raises(OutputError, match=r"a\.wav: cannot be written: No space left on device"):
        save_audio(noise(1), tmp_path / "a.wav", "PCM_16")
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert (tmp_path / "a.wav").read_bytes() == before


@pytest.mark.parametrize(
    ("subtype", "problem"), [("PCM_16", r" \(.+\); is the disk full\?"), ("PCM_24", ": File too large")]
)
def test_a_disk_that_fills_in_the_middle(tmp_path: Path, subtype: str, problem: str) -> None:
    """A limit on the size of files makes the system refuse in the middle, as a full disk does."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OutputError, match=rf"a\.wav: cannot be written{problem}"):
            save_audio(noise(), tmp_path / "a.wav", subtype)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_or_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"folder\.wav: is a folder; give the name of a file"):
        save_audio(noise(), tmp_path / "folder.wav")
    with pytest.raises(OutputError, match="cannot be written: a file stands where a folder should be"):
        save_audio(noise(), tmp_path / "file" / "a.wav")


# --- true peaks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize(
    ("fraction", "phase_degrees"), [(1 / 4, 0), (1 / 4, 45), (1 / 6, 60), (1 / 8, 67.5), (0.01, 0)]
)
def test_true_peaks_of_tones_that_samples_miss(rate: int, fraction: float, phase_degrees: float) -> None:
    """As signals 15 to 18 of EBU Tech 3341: a tone at -6 dBFS reads -6 dBTP, +0.2 or -0.4 dB."""
    number = np.arange(rate)
    fades = np.clip(np.minimum(number, rate - 1 - number) / 2000, 0, 1)
    tone = Audio(0.5 * fades * np.sin(2 * np.pi * fraction * number + np.deg2rad(phase_degrees)), rate)
    assert -6.02 - 0.1 < tone.true_peak_db < -6.02 + 0.1
    assert tone.true_peak_db >= tone.peak_db


def test_true_peaks_stand_where_they_are_in_every_piece() -> None:
    places = [0, 1, 1000, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, (1 << 19) + 5]
    samples = np.zeros((2, (1 << 19) + 6), np.float32)
    for place in places:
        samples[place % 2, place] = 0.5
    peaks = true_peaks(samples)
    assert peaks.shape == (samples.shape[1],)
    assert peaks[places] == pytest.approx([0.5] * len(places), rel=0.05)
    assert peaks[5000:6000].max() == 0


def test_true_peak_of_silence_and_of_nothing() -> None:
    assert Audio(np.zeros((2, 100)), 48_000).true_peak_db == -120
    assert Audio(np.zeros((2, 0)), 48_000).true_peak_db == -120


@pytest.mark.parametrize("length", [0, 1, 11, 12, 1023, 1025, 5000])
@pytest.mark.parametrize("above", [0.3, 1.0, 2.0])
def test_true_peaks_over_a_level_are_those_that_all_have(length: int, above: float) -> None:
    """Where nothing can be over the level nothing is drawn; what is over it is the same to the bit."""
    noise = np.random.default_rng(length).standard_normal((2, length)).astype(np.float32)
    noise *= np.linspace(0.0, 1.0, length, dtype=np.float32) ** 4
    every, some = true_peaks(noise), true_peaks(noise, above)
    assert np.array_equal(every[every > above], some[every > above]) and np.all(some[every <= above] <= above)
    if length == 5000:
        assert (every > above).any() and (every != some).any(), "some are drawn, and some are not"
