"""Velocity layers: how a latency that was measured at some velocities goes into a map.

Instruments switch samples at certain velocities. Between two neighbours that differ, more velocities are
measured, until the border is found; velocities that agree are one layer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from composer_daw.measure.frames import Array

TOLERANCE_MS = 2.0
"""Latencies this near are one layer."""

MOST_LAYERS = 8
"""Where there are more, the tolerance grows: a latency that falls steadily has no layers."""

MOST_VELOCITIES = 40

Curve = Mapping[int, Array]
"""For each velocity the latencies of the same notes, in ms; NaN where one could not be measured."""


def to_measure(curve: Curve) -> list[int]:
    """Return the velocities to measure next: the middles between neighbours that differ."""
    velocities = sorted(curve)
    gaps = [
        (*_differ_ms(curve[low], curve[high]), (low + high) // 2)
        for low, high in zip(velocities[:-1], velocities[1:], strict=True)
        if high - low > 1
    ]
    wanted = sorted(((far, middle) for far, noise, middle in gaps if far > noise), reverse=True)
    return sorted(velocity for _, velocity in wanted[: max(0, MOST_VELOCITIES - len(curve))])


def layers_of(curve: Curve) -> dict[int, float]:
    """Return the latency from each velocity up, in ms; empty where nothing could be measured."""
    medians = {velocity: _median(values) for velocity, values in sorted(curve.items())}
    known = {velocity: value for velocity, value in medians.items() if np.isfinite(value)}
    velocities = sorted(curve)
    noises = [_differ_ms(curve[a], curve[b])[1] for a, b in zip(velocities[:-1], velocities[1:], strict=True)]
    tolerance_ms = float(np.median(noises)) if noises else TOLERANCE_MS
    layers = _layers(known, tolerance_ms)
    while len(layers) > MOST_LAYERS:
        tolerance_ms *= 1.25
        layers = _layers(known, tolerance_ms)
    return layers


def value_at(layers: Mapping[int, float], velocity: int) -> float:
    """Return the latency of a velocity: that of the highest step that it reaches."""
    reached = [step for step in sorted(layers) if step <= velocity] or sorted(layers)[:1]
    return layers[reached[-1]] if reached else 0.0


def _layers(medians: Mapping[int, float], tolerance_ms: float) -> dict[int, float]:
    layers: dict[int, float] = {}
    run: list[float] = []
    start, before = 1, 1
    for velocity, value in medians.items():
        if run and max(*run, value) - min(*run, value) > tolerance_ms:
            layers[start] = float(np.median(run))
            run, start = [], (before + velocity + 1) // 2
        run.append(value)
        before = velocity
    if run:
        layers[start] = float(np.median(run))
    return _merged(layers, tolerance_ms)


def _merged(layers: dict[int, float], tolerance_ms: float) -> dict[int, float]:
    """Return the layers without those that hardly differ from the one below."""
    kept: dict[int, float] = {}
    for velocity, value in layers.items():
        if not kept or abs(value - next(reversed(kept.values()))) > tolerance_ms:
            kept[velocity] = value
    return kept


def _differ_ms(one: Array, other: Array) -> tuple[float, float]:
    """Return how far two velocities are apart, and how far they may be by chance.

    The first is the median over notes that were measured at both; the second half the distance of their
    quartiles, and `TOLERANCE_MS` at least.
    """
    apart = np.asarray(one) - np.asarray(other)
    known = apart[np.isfinite(apart)]
    if not len(known):
        return 0.0, TOLERANCE_MS
    half = float(np.subtract(*np.percentile(known, [75, 25]))) / 2.0
    return abs(_median(apart)), max(TOLERANCE_MS, half)


def _median(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
