"""Audio: float32 samples, channels x samples, with their sample rate.

Levels are in dB of full scale (dBFS: a sample of 1.0 is 0 dB); loudness is in LUFS (ITU-R BS.1770).
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from composer_daw.errors import AudioError, OutputError
from composer_daw.files import check_is_file, written_whole

Samples = npt.NDArray[np.float32]
Piece = TypeVar("Piece")
Result = TypeVar("Result")

SUBTYPES = {".wav": "PCM_24", ".flac": "PCM_24"}
"""The formats that are written, and the sample format of each; WAV takes FLOAT too."""

PIECE = 65_536
"""Samples that are looked at together: they fit into a core's cache."""

SILENCE_DB = -120.0
"""The level reported for digital silence, instead of minus infinity."""

LARGEST_WAV = 2**32 - 64
"""The bytes of samples that the lengths in a WAV file can count, with room for its head."""

UPPER = np.dtype({"names": ["bytes"], "formats": ["V3"], "offsets": [1], "itemsize": 4})
"""The upper three bytes of a little-endian whole number of four."""

OVERSAMPLED, REACH = 4, 12
"""True peaks: values for each sample, and how many neighbours on each side they are drawn from."""

THREADS = 2
"""Pieces of a sound that are worked on at once; NumPy and SciPy leave Python's lock for most of it."""

BLOCK, DRAWN = 1024, 1 << 18
"""True peaks: samples of which it is seen whether they need drawing, and that are drawn at a time."""


@dataclass(frozen=True)
class Audio:
    """Samples (float32, channels x samples, read-only) at `sample_rate` Hz."""

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        """Bring the samples to float32, channels x samples, and freeze them; what is frozen is not copied."""
        samples = np.asarray(np.atleast_2d(self.samples), dtype=np.float32)
        if samples.ndim != 2 or self.sample_rate <= 0:
            raise AudioError(f"audio needs channels x samples and a rate above 0, not {samples.shape}")
        if np.may_share_memory(samples, self.samples) and np.asarray(self.samples).flags.writeable:
            samples = samples.copy()  # the caller may go on changing what is theirs
        samples.setflags(write=False)
        object.__setattr__(self, "samples", samples)

    @property
    def duration_s(self) -> float:
        """Return the length in seconds."""
        return float(self.samples.shape[1] / self.sample_rate)

    @property
    def channels(self) -> int:
        """Return the number of channels."""
        return int(self.samples.shape[0])

    @cached_property
    def _levels(self) -> tuple[float, float]:
        """Return the largest absolute sample and the sum of squares: one look at each sample for both."""
        peak, energy = 0.0, 0.0
        for channel in self.samples:
            for at in range(0, len(channel), PIECE):
                piece = channel[at : at + PIECE].astype(np.float64)
                peak = float(np.maximum(peak, np.maximum(piece.max(), -piece.min())))
                energy += float(np.einsum("i,i->", piece, piece))  # no dot: its threads spin on after it
        return peak, energy

    @property
    def peak(self) -> float:
        """Return the largest absolute sample; NaN where any sample is."""
        return self._levels[0]

    @property
    def is_finite(self) -> bool:
        """Tell whether no sample is NaN or infinite."""
        return bool(np.isfinite(self.peak))

    @property
    def peak_db(self) -> float:
        """Return the largest absolute sample in dBFS."""
        return _decibels(self.peak)

    @property
    def true_peak_db(self) -> float:
        """Return the largest absolute value, between the samples too, in dBTP (ITU-R BS.1770-4, annex 2)."""
        return _decibels(float(true_peaks(self.samples, above=self.peak).max(initial=0.0)))

    @property
    def rms_db(self) -> float:
        """Return the root mean square over all channels in dBFS."""
        return _decibels(float(np.sqrt(self._levels[1] / max(1, self.samples.size))))

    def mono(self) -> Samples:
        """Return the mean of the channels, one dimension."""
        return np.asarray(self.samples.mean(axis=0), dtype=np.float32)

    def loudness_lufs(self) -> float:
        """Return the integrated loudness (ITU-R BS.1770, by pyloudnorm).

        Material shorter than the 0.4 s gating block is padded with silence to one block, which reads low.
        """
        import pyloudnorm

        missing = int(np.ceil(0.4 * self.sample_rate)) + 1 - self.samples.shape[1]
        data = np.pad(self.samples.T.astype(np.float64), ((0, max(0, missing)), (0, 0)))
        if not np.any(data):
            return SILENCE_DB
        return float(max(SILENCE_DB, pyloudnorm.Meter(self.sample_rate).integrated_loudness(data)))

    def resampled(self, sample_rate: int) -> Audio:
        """Return the same sound at another rate (soxr, very high quality)."""
        if sample_rate == self.sample_rate:
            return self
        import soxr

        return Audio(
            soxr.resample(self.samples.T, self.sample_rate, sample_rate, quality="VHQ").T, sample_rate
        )

    def gained(self, gain_db: float) -> Audio:
        """Return the same sound, `gain_db` louder."""
        if gain_db == 0.0:
            return self
        return Audio(self.samples * np.float32(10 ** (gain_db / 20)), self.sample_rate)


def on_cores(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> list[Result]:
    """Return what `work` gives of each piece of a sound, `THREADS` pieces at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, pieces))


def true_peaks(samples: Samples, above: float = 0.0) -> Samples:
    """Return for each sample the largest absolute value of any channel, from there up to the next sample.

    Channels x samples become one row. Between the samples the signal is drawn through a low pass at four
    times the rate, twice as long as the one that ITU-R BS.1770-4 (annex 2) gives as enough. Only values over
    `above` are sure to be exact: where none can be, nothing is drawn, and that of the sample itself stands.
    """
    peaks = np.abs(samples).max(axis=0, initial=0.0)

    def draw(stretch: tuple[int, int]) -> None:
        start, stop = stretch
        piece = samples[:, max(0, start - REACH) : stop + REACH]
        before, after = max(0, REACH - start), max(0, stop + REACH - samples.shape[1])
        peaks[start:stop] = _dense_peaks(np.pad(piece, ((0, 0), (before, after))))

    on_cores(draw, list(_stretches(peaks, above)))
    return np.asarray(peaks, np.float32)


def _stretches(peaks: Samples, above: float) -> Iterator[tuple[int, int]]:
    """Yield where something between the samples may be over `above`, no stretch longer than DRAWN samples."""
    count = -(-len(peaks) // BLOCK)
    blocks = np.pad(peaks, (0, count * BLOCK - len(peaks))).reshape(count, BLOCK).max(axis=1, initial=0.0)
    nearby = np.pad(blocks, 1)
    high = np.maximum(blocks, np.maximum(nearby[:-2], nearby[2:])) * _growth() >= above
    edges = np.flatnonzero(np.diff(high, prepend=False, append=False)) * BLOCK
    for first, last in edges.reshape(-1, 2).tolist():
        for start in range(first, min(last, len(peaks)), DRAWN):  # four times a song would fill the memory
            yield start, min(start + DRAWN, last, len(peaks))


def _dense_peaks(piece: Samples) -> Samples:
    """Return the peaks of a stretch that has REACH samples more on both sides."""
    from scipy.signal import upfirdn

    dense = upfirdn(_low_pass(), piece, OVERSAMPLED)
    first = 2 * REACH * OVERSAMPLED  # the low pass is late by REACH samples, and the padding as long
    inside = np.abs(dense[:, first : first + (piece.shape[1] - 2 * REACH) * OVERSAMPLED]).max(axis=0)
    return np.asarray(inside.reshape(-1, OVERSAMPLED).max(axis=1))


@cache
def _low_pass() -> Samples:
    from scipy.signal import firwin

    taps = firwin(2 * REACH * OVERSAMPLED + 1, 1 / OVERSAMPLED, window=("kaiser", 5.0)) * OVERSAMPLED
    return np.asarray(taps, np.float32)


def _growth() -> float:
    """Return how much higher than all samples around it a value between them may be, with room to round."""
    sums = [float(np.abs(_low_pass()[phase::OVERSAMPLED]).sum()) for phase in range(OVERSAMPLED)]
    return 1.001 * max(sums)


def load_audio(path: str | Path) -> Audio:
    """Read WAV, FLAC, MP3, OGG or what else libsndfile knows (reverse of `save_audio`)."""
    import soundfile

    source = check_is_file(path, "an audio file")
    try:
        data, rate = soundfile.read(source, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(
            f"{source}: not audio that can be read ({error}); give WAV, FLAC, MP3 or OGG"
        ) from error
    if not data.shape[0]:
        raise AudioError(f"{source}: holds no samples")
    return Audio(data.T, rate)


def check_audio_path(path: str | Path) -> Path:
    """Return where audio is to be written; raise AudioError or OutputError for what `save_audio` refuses."""
    target = Path(path)
    if target.suffix.lower() not in SUBTYPES:
        known = ", ".join(SUBTYPES)
        raise AudioError(f"{target}: cannot write '{target.suffix}'; give the file one of {known}")
    if target.is_dir():
        raise OutputError(f"{target}: is a folder; give the name of a file")
    return target


def save_audio(audio: Audio, path: str | Path, subtype: str | None = None) -> None:
    """Write WAV or FLAC whole or not at all (reverse of `load_audio`).

    `subtype` is libsndfile's name of the sample format (PCM_16, PCM_24, or FLOAT in WAV). Raises AudioError
    for samples that are not finite, or that a whole-number format would clip.
    """
    import soundfile

    target = check_audio_path(path)
    suffix = target.suffix.lower()
    chosen = subtype or SUBTYPES[suffix]
    if not soundfile.check_format(suffix[1:], chosen):
        raise AudioError(f"{target}: a {suffix} file cannot hold {chosen} samples; give PCM_16 or PCM_24")
    _check_fit_to_write(audio, target, chosen)
    with written_whole(target) as temporary:
        fits = audio.samples.size % 2 == 0 and 3 * audio.samples.size < LARGEST_WAV
        if (suffix, chosen) == (".wav", "PCM_24") and fits:  # an odd number of bytes would lack its padding
            _write_wav_24(audio, temporary)
            return
        frames, form = _interleaved(audio.samples), suffix[1:].upper()
        try:
            soundfile.write(temporary, frames, audio.sample_rate, chosen, format=form)
        except soundfile.LibsndfileError as error:  # a full disk comes as this, not as an OSError
            raise OutputError(
                f"{target}: cannot be written ({error.error_string.strip('. ')}); is the disk full?"
            ) from error


def _check_fit_to_write(audio: Audio, target: Path, subtype: str) -> None:
    if not audio.is_finite:
        raise AudioError(f"{target}: the audio holds NaN or infinite samples; nothing was written")
    if subtype != "FLOAT" and audio.peak_db > 0.0:
        raise AudioError(
            f"{target}: peaks at {audio.peak_db:+.1f} dBFS and would clip; lower the level or write FLOAT"
        )


def _write_wav_24(audio: Audio, path: Path) -> None:
    """Write WAV, 24 bits, samples within -1..1: byte for byte what libsndfile writes, in half the time.

    Like it, rounds to 32 bits and keeps the upper 24 of them; unlike it, does not wait for the disk.
    """
    full_scale = np.float32(2**31)
    highest = np.nextafter(full_scale, np.float32(0.0))
    whole = np.empty((PIECE, audio.channels), "<i4")
    with wave.open(str(path), "wb") as stream:
        stream.setparams((audio.channels, 3, audio.sample_rate, audio.samples.shape[1], "NONE", ""))
        for start in range(0, audio.samples.shape[1], PIECE):
            piece = audio.samples[:, start : start + PIECE]
            for number, channel in enumerate(piece):
                whole[: len(channel), number] = np.minimum(np.rint(channel * full_scale), highest)
            stream.writeframesraw(whole[: piece.shape[1]].reshape(-1).view(UPPER)["bytes"].tobytes())


def _interleaved(samples: Samples) -> Samples:
    """Return samples x channels, as files hold them; NumPy's own transposing takes three times as long."""
    frames = np.empty(samples.shape[::-1], np.float32)
    for number, channel in enumerate(samples):
        frames[:, number] = channel
    return frames


def _decibels(amplitude: float) -> float:
    return max(SILENCE_DB, 20.0 * float(np.log10(amplitude))) if amplitude > 0.0 else SILENCE_DB
