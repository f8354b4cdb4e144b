"""Sound inside a page: encoded so that every browser decodes it, and measured on the way.

FLAC keeps every sample in its place and is written in no time. With 16 bits it is lossless but for the
rounding; with 12 it takes less than half the room, and what rounding adds is noise at -77 dBFS. MP3 takes as
little, but twenty times as long. All are decoded by Chromium, Firefox and Safari. All sounds of a page have
one rate and one encoding, so that they keep in step.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from composer_daw.audio import Audio, Samples, load_audio
from composer_daw.errors import AudioError

Encoding = Literal["auto", "flac", "mp3"]
FORMATS = {"flac": ("FLAC", "PCM_16"), "mp3": ("MP3", "MPEG_LAYER_III")}

DEPTHS = (16, 14, 13, 12)
"""Bits of FLAC that "auto" tries in turn; what is not used costs no room."""

ROOM, MOST_ROOM = 32 * 2**20, 48 * 2**20
"""Bytes that "auto" aims at, all sounds together; and how much the fewest bits may take, rather than MP3."""

TRIED_S, EVERY = 1.0, 8
"""The size is tried on so many seconds out of every so many such stretches."""

RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Sample rates that both encodings and all browsers have."""

FULL_SCALE = 0.999
"""Where peaks stand that would clip, in 16 bits."""

COLUMNS = 2400
"""Of a waveform: as many as a wide screen has pixels at double zoom."""

Given = TypeVar("Given")
Got = TypeVar("Got")


@dataclass(frozen=True)
class Sound:
    """One encoded sound; `scale` undoes what was turned down so that it would not clip."""

    data: bytes
    frames: int
    scale: float

    @property
    def base64(self) -> str:
        """Return the bytes as text."""
        return base64.b64encode(self.data).decode("ascii")


def load_sound(audio: Path | Audio, name: str) -> Audio:
    """Return the audio, read from its file if it is one; raise AudioError for what cannot be heard."""
    found = load_audio(audio) if isinstance(audio, Path) else audio
    if not found.samples.shape[1]:
        raise AudioError(f"{name}: holds no samples")
    if not found.is_finite:
        raise AudioError(f"{name}: holds NaN or infinite samples")
    if found.channels > 2:
        raise AudioError(f"{name}: has {found.channels} channels; give mono or stereo")
    return found


def page_rate(sample_rate: int) -> int:
    """Return the rate that a page takes for audio of some rate: the same, or the nearest that fits."""
    return min(RATES, key=lambda rate: (abs(rate - sample_rate), -rate))


def encode(audio: Audio, encoding: Literal["flac", "mp3"], sample_rate: int, bits: int = 16) -> Sound:
    """Return the audio at another rate, encoded; the same audio gives the same bytes.

    `bits` is the depth of FLAC: the samples keep 16, of which the lowest are zero.
    """
    import soundfile

    resampled = audio.resampled(sample_rate)
    samples, scale = resampled.samples, max(1.0, loudest(resampled) / FULL_SCALE)
    stream, (form, subtype) = io.BytesIO(), FORMATS[encoding]
    frames = _rounded(samples, scale, bits) if encoding == "flac" else (samples / np.float32(scale)).T
    soundfile.write(stream, np.ascontiguousarray(frames), sample_rate, subtype, format=form)
    return Sound(stream.getvalue(), samples.shape[1], scale)


def _rounded(samples: Samples, scale: float, bits: int) -> npt.NDArray[np.int16]:
    """Return samples x channels as whole numbers of 16 bits, of which the lowest `16 - bits` are zero."""
    steps = 2 ** (bits - 1)
    frames = np.empty(samples.shape[::-1], np.int16)
    for number, channel in enumerate(samples):
        whole = np.rint(channel * np.float32(steps / scale))
        frames[:, number] = np.minimum(whole, steps - 1) * (2**15 // steps)
    return frames


def encoded(sounds: Sequence[Path | Audio], encoding: Encoding, sample_rate: int) -> tuple[list[Sound], str]:
    """Return all sounds of a page, and in words how they are encoded; "auto" looks at the size."""
    bits = {"auto": None, "flac": DEPTHS[0], "mp3": 0}[encoding]
    if bits is None:
        bits = _depth_for(sounds, sample_rate)

    def coded(one: Path | Audio) -> Sound:
        return encode(load_sound(one, str(one)), "flac" if bits else "mp3", sample_rate, bits or DEPTHS[0])

    return at_once(coded, sounds), f"FLAC, {bits} bits" if bits else "MP3, variable bit rate"


def _depth_for(sounds: Sequence[Path | Audio], sample_rate: int) -> int:
    """Return the bits that "auto" takes; 0 where FLAC is too large."""
    for bits in DEPTHS:
        size = size_of(sounds, sample_rate, bits)
        if size <= ROOM:
            return bits
    return DEPTHS[-1] if size <= MOST_ROOM else 0


def size_of(sounds: Sequence[Path | Audio], sample_rate: int, bits: int) -> float:
    """Return about how many bytes sounds take as FLAC, tried on a part of each."""

    def tried(one: Path | Audio) -> float:
        audio = load_sound(one, str(one))
        length, step = audio.samples.shape[1], round(TRIED_S * audio.sample_rate)
        starts = range(0, length, EVERY * step)
        part = np.concatenate([audio.samples[:, start : start + step] for start in starts], axis=1)
        data = encode(Audio(part, audio.sample_rate), "flac", sample_rate, bits).data
        return len(data) * float(length / part.shape[1])

    return sum(at_once(tried, sounds))


def at_once(work: Callable[[Given], Got], things: Sequence[Given]) -> list[Got]:
    """Return what work gives for each, in order; encoders and file readers leave other threads a core."""
    with ThreadPoolExecutor(min(len(things), os.cpu_count() or 1) or 1) as threads:
        return list(threads.map(work, things))


def peaks_text(audio: Audio) -> str:
    """Return the waveform: the highest, then minus the lowest sample of each column, as signed bytes.

    127 is the loudest sample of the audio; in base64.
    """
    length = audio.samples.shape[1]
    starts = np.linspace(0, length, min(COLUMNS, length), endpoint=False).astype(np.intp)
    high = np.max([np.maximum.reduceat(channel, starts) for channel in audio.samples], axis=0)
    low = np.min([np.minimum.reduceat(channel, starts) for channel in audio.samples], axis=0)
    sides = np.concatenate([high, -low]) / (loudest(audio) or 1.0)
    return base64.b64encode(np.rint(sides * 127.0).astype(np.int8).tobytes()).decode("ascii")


def loudest(audio: Audio) -> float:
    """Return the largest absolute sample."""
    return audio.peak
