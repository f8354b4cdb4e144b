"""Spectrogram: level over time and logarithmic frequency, as a small PNG inside a data URI.

The picture is WIDTH x HEIGHT pixels whatever the audio: time from left to right over the whole length, rows
spaced evenly in log frequency from LOW_HZ (bottom) to HIGH_HZ (top). Levels are in dB of a full-scale sine.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from composer_daw.audio import SILENCE_DB, Audio

WIDTH, HEIGHT = 800, 128
LOW_HZ, HIGH_HZ = 40.0, 16_000.0
RANGE_DB = 70.0
HEADROOM_DB = 10.0
"""Partials share the energy of a sample peak: the brightest colour stands this far below the peak."""

WINDOW_S = 0.046
FRAMES_AT_MOST = 4 * WIDTH
COLOURS = 64
COLOUR_MAP = "magma"

Levels = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Spectrogram:
    """A picture as a data URI, and the frequency of its strongest row in Hz (None for silence)."""

    uri: str
    strongest_hz: float | None


def row_hz() -> npt.NDArray[np.float64]:
    """Return the centre frequency of each row in Hz, from the lowest to the highest."""
    return np.geomspace(LOW_HZ, HIGH_HZ, HEIGHT)


def level_rows(audio: Audio) -> Levels:
    """Return levels in dB, HEIGHT rows (lowest frequency first) x WIDTH columns.

    Hann windows of about 46 ms stand at even distances; where several fall into one column the loudest
    counts. Rows above half the sample rate are silent.
    """
    size = 1 << max(4, round(np.log2(WINDOW_S * audio.sample_rate)))
    samples = np.nan_to_num(audio.mono(), nan=0.0, posinf=0.0, neginf=0.0)
    power = _frames_power(samples, size) @ _bank(size, audio.sample_rate).T
    columns = power.reshape(WIDTH, -1, HEIGHT).max(axis=1)
    floor = 10.0 ** (SILENCE_DB / 10)
    return np.asarray(10.0 * np.log10(np.maximum(columns, floor)).T, dtype=np.float32)


def render_spectrogram(audio: Audio, peak: float | None = None) -> Spectrogram:
    """Draw the spectrogram; colours end HEADROOM_DB below `peak` (an amplitude; None: its own)."""
    levels = level_rows(audio)
    top_db = 20.0 * np.log10(max(peak or loudest_sample(audio), 1e-5)) - HEADROOM_DB
    power = np.power(10.0, levels / 10.0).sum(axis=1)
    strongest = float(row_hz()[int(power.argmax())]) if levels.max() > SILENCE_DB else None
    return Spectrogram(_data_uri(_png(levels, top_db)), strongest)


def loudest_sample(audio: Audio) -> float:
    """Return the largest finite magnitude of all samples, 0 when there is none."""
    magnitudes = np.abs(audio.samples)
    peak = float(magnitudes.max(initial=0.0))
    return peak if np.isfinite(peak) else float(magnitudes[np.isfinite(magnitudes)].max(initial=0.0))


def _frames_power(samples: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.float32]:
    """Return the power of each window's bins, a full-scale sine as 1: windows x bins, WIDTH times a whole."""
    per_column = min(FRAMES_AT_MOST // WIDTH, max(1, -(-len(samples) // (WIDTH * size))))
    count = WIDTH * per_column
    padded = np.pad(samples, (size // 2, size))
    starts = ((np.arange(count) + 0.5) * len(samples) / count).astype(np.intp)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, size)[starts] * window, axis=1)
    return np.asarray((spectra.real**2 + spectra.imag**2) * (2.0 / window.sum()) ** 2, dtype=np.float32)


@cache
def _bank(size: int, sample_rate: int) -> npt.NDArray[np.float32]:
    """Return triangular weights, HEIGHT x bins: each row spans its neighbours, and two bins at least."""
    bins = np.fft.rfftfreq(size, 1.0 / sample_rate)
    ratio = (HIGH_HZ / LOW_HZ) ** (1.0 / (HEIGHT - 1))
    centres = row_hz()[:, None]
    reach = np.maximum(centres * (ratio - 1.0), bins[1])
    weights = np.maximum(0.0, 1.0 - np.abs(bins[None, :] - centres) / reach)
    weights[row_hz() > sample_rate / 2] = 0.0
    weights.setflags(write=False)
    return np.asarray(weights, dtype=np.float32)


@cache
def _palette() -> bytes:
    import matplotlib

    shades = matplotlib.colormaps[COLOUR_MAP](np.linspace(0.0, 1.0, COLOURS))[:, :3]
    return bytes(np.rint(shades * 255).astype(np.uint8).tobytes())


def _png(levels: Levels, top_db: float) -> bytes:
    from PIL import Image

    shades = np.clip((levels - top_db) / RANGE_DB + 1.0, 0.0, 1.0) * (COLOURS - 1)
    image = Image.frombytes("P", (WIDTH, HEIGHT), np.rint(shades[::-1]).astype(np.uint8).tobytes())
    image.putpalette(_palette())
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
