"""Sound inside a page: encoded so that every browser decodes it, and measured on the way.

FLAC with 16 bits is lossless but for the rounding, and quick to write; MP3 takes about a third of the room
and twenty times as long. Both are decoded by Chromium, Firefox and Safari. All sounds of a page have one rate
and one encoding, so that they keep in step.
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

from composer_daw.audio import Audio, load_audio
from composer_daw.errors import AudioError
from composer_daw.pages.waveform import envelope

Encoding = Literal["auto", "flac", "mp3"]
SUBTYPES = {"flac": "PCM_16", "mp3": "MPEG_LAYER_III"}
WORDS = {"flac": "FLAC, 16 bits", "mp3": "MP3, variable bit rate"}

MOST_LOSSLESS = 32 * 2**20
"""Bytes of FLAC that a page holds, all sounds together, before "auto" takes MP3."""

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


def encode(audio: Audio, encoding: Literal["flac", "mp3"], sample_rate: int) -> Sound:
    """Return the audio at another rate, encoded; the same audio gives the same bytes."""
    import soundfile

    samples = audio.resampled(sample_rate).samples
    scale = max(1.0, float(np.abs(samples).max()) / FULL_SCALE)
    stream = io.BytesIO()
    frames = np.ascontiguousarray((samples / np.float32(scale)).T)
    soundfile.write(stream, frames, sample_rate, SUBTYPES[encoding], format=encoding.upper())
    return Sound(stream.getvalue(), samples.shape[1], scale)


def encoded(sounds: Sequence[Path | Audio], encoding: Encoding, sample_rate: int) -> tuple[list[Sound], str]:
    """Return all sounds of a page, and in words how they are encoded; "auto" looks at the size."""

    def coded(kind: Literal["flac", "mp3"]) -> list[Sound]:
        return at_once(lambda one: encode(load_sound(one, str(one)), kind, sample_rate), sounds)

    if encoding == "mp3":
        return coded("mp3"), WORDS["mp3"]
    lossless = coded("flac")
    room = sum(len(sound.data) for sound in lossless)
    if encoding == "flac" or room <= MOST_LOSSLESS:
        return lossless, WORDS["flac"]
    return coded("mp3"), f"{WORDS['mp3']}; lossless it would take {room / 1e6:.0f} MB"


def at_once(work: Callable[[Given], Got], things: Sequence[Given]) -> list[Got]:
    """Return what work gives for each, in order; encoders and file readers leave other threads a core."""
    with ThreadPoolExecutor(min(len(things), os.cpu_count() or 1) or 1) as threads:
        return list(threads.map(work, things))


def peaks_text(audio: Audio) -> str:
    """Return the waveform: the highest, then minus the lowest sample of each column, as signed bytes.

    127 is the loudest sample of the audio; in base64.
    """
    shape = envelope(audio, COLUMNS)
    sides = np.concatenate([shape.high, -shape.low]) / (loudest(audio) or 1.0)
    return base64.b64encode(np.rint(sides * 127.0).astype(np.int8).tobytes()).decode("ascii")


def loudest(audio: Audio) -> float:
    """Return the largest absolute sample."""
    return float(max(-audio.samples.min(), audio.samples.max()))
