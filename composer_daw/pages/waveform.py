"""Waveform: the range and the effective level of the samples over time, as inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from composer_daw.audio import Audio
from composer_daw.pages.templating import fill

if TYPE_CHECKING:
    from markupsafe import Markup

COLUMNS = 480
HALF_HEIGHT = 50
Curve = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Envelope:
    """The lowest, highest and root-mean-square sample of each column, over all channels."""

    low: Curve
    high: Curve
    rms: Curve


def envelope(audio: Audio, columns: int = COLUMNS) -> Envelope:
    """Return the envelope of `audio` in at most `columns` columns; values that are not finite count as 0."""
    samples = np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0)
    length = samples.shape[1]
    if not length:
        return Envelope(*np.zeros((3, 1)))
    starts = np.linspace(0, length, min(columns, length), endpoint=False).astype(np.intp)
    widths = np.diff(starts, append=length)
    low = np.minimum.reduceat(samples, starts, axis=1).min(axis=0)
    high = np.maximum.reduceat(samples, starts, axis=1).max(axis=0)
    power = np.add.reduceat(np.square(samples, dtype=np.float64), starts, axis=1).mean(axis=0) / widths
    return Envelope(low.astype(np.float64), high.astype(np.float64), np.sqrt(power))


def waveform_svg(audio: Audio, peak: float | None = None) -> Markup:
    """Draw the waveform; full height is `peak`, or the loudest sample of this audio when None.

    The drawing stretches to the box it is put in. The light shape is the range of the samples, the dark one
    their effective level (RMS).
    """
    shape = envelope(audio)
    top = peak or float(max(shape.high.max(), -shape.low.min()))
    scale = HALF_HEIGHT / top if top > 0.0 else 0.0
    return fill(
        "waveform.svg",
        columns=max(1, len(shape.rms) - 1),
        half=HALF_HEIGHT,
        extent=_outline(shape.high * scale, shape.low * scale),
        body=_outline(shape.rms * scale, -shape.rms * scale),
    )


def _outline(upper: Curve, lower: Curve) -> str:
    """Return SVG path data: along the upper edge, back along the lower; y grows downwards."""
    there = [f"{x} {-y:.1f}" for x, y in enumerate(upper)]
    back = [f"{x} {-y:.1f}" for x, y in reversed(list(enumerate(lower)))]
    return f"M{'L'.join(there + back)}Z".replace("-0.0", "0").replace(".0", "")
