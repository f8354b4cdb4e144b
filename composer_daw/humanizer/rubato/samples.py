"""What the rubato model learns from: for each performance the score's features and what the player did there.

Beat period and velocity are taken apart from the piece's own: the log of the beat period against its median
over beats, velocity against its mean, each divided by its standard deviation in that performance, so that all
players count the same, the wild and the strict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.phrases import beat_length
from composer_daw.humanizer.rubato.alignments import Aligned, Metres
from composer_daw.humanizer.rubato.codec import Encoded, beat_periods, encode
from composer_daw.humanizer.rubato.features import Onsets, features, matrix, onsets_of
from composer_daw.performance import Array, Floats

FARTHEST_LOG_PERIOD = 1.2
"""What lies farther from the median (3.3 times) is a fermata or a fault of the alignment, and counts as that
far.
"""
LEAST_BEATS = 8


@dataclass(frozen=True)
class Sample:
    """One performance for the model; a row or value for each distinct onset, but where it says otherwise.

    `log_period` and `velocity` are in standard deviations; their weights are 0 where nothing was played, and
    up to a quarter note as long as the onset lasts. `grid` holds the beats of the metre (quarter notes),
    `beat_log_period` what was played between them. `spread` is the two standard deviations, of log beat
    period and velocity.
    """

    aligned: Aligned
    onsets: Onsets
    rows: Floats
    log_period: Floats
    period_weight: Floats
    velocity: Floats
    velocity_weight: Floats
    grid: Floats
    beat_log_period: Floats
    spread: tuple[float, float]


def samples_of(performances: Sequence[Aligned]) -> tuple[list[Sample], tuple[str, ...]]:
    """Return what can be learned from performances, and the names of the features.

    Those with fewer than eight beats, or all in strict time, teach nothing and are left out.
    """
    seen: dict[str, tuple[Onsets, Floats]] = {}
    names: tuple[str, ...] = ()
    samples = []
    for aligned in performances:
        key = f"{aligned.edition}:{len(aligned.notes)}:{aligned.notes['beat'].sum():.3f}"
        if key not in seen:
            onsets = onsets_of(aligned.score)
            columns = features(onsets)
            names = tuple(columns)
            seen[key] = onsets, matrix(columns)
        sample = _sample(aligned, *seen[key])
        if sample is not None:
            samples.append(sample)
    return samples, names


def beat_grid(metres: Metres, first: float, last: float) -> Floats:
    """Return the beats of the metres between two positions, in quarter notes."""
    parts = []
    for number, metre in enumerate(metres):
        until = metres[number + 1][0] - 1e-6 if number + 1 < len(metres) else last + 1e-6
        unit = float(beat_length((metre,), np.zeros(1))[0])
        start = metre[0] if number else metre[0] + unit * np.ceil((first - metre[0]) / unit - 1e-6)
        parts.append(np.arange(start, until, unit))
    grid = np.unique(np.round(np.concatenate(parts), 6))
    return grid[(grid >= first - 1e-6) & (grid <= last + 1e-6)]


def _sample(aligned: Aligned, onsets: Onsets, rows: Floats) -> Sample | None:
    encoded = encode(aligned)
    beat = onsets.beat
    grid = beat_grid(aligned.metres, beat[0], beat[-1])
    if len(grid) < LEAST_BEATS:
        return None
    played = np.log(np.maximum(beat_periods(beat, encoded.onset_s, grid), 1e-4))
    log_period = np.log(encoded.beat_period_s) - np.median(played)
    velocity, velocity_weight = _velocities(aligned, encoded)
    spread = float(played.std()), float(velocity[velocity_weight > 0].std()) if velocity_weight.any() else 0.0
    if spread[0] < 1e-6:
        return None
    return Sample(
        aligned,
        onsets,
        rows,
        np.clip(log_period, -FARTHEST_LOG_PERIOD, FARTHEST_LOG_PERIOD) / spread[0],
        np.minimum(np.diff(beat, append=beat[-1]), 1.0) * in_order(encoded),
        velocity / max(spread[1], 1.0),
        velocity_weight,
        grid,
        played,
        spread,
    )


def in_order(encoded: Encoded) -> Array:
    """Tell of each onset whether its beat period was heard: it and the next were played, and in order."""
    heard = encoded.heard
    return np.append(heard[:-1] & heard[1:], False)


def _velocities(aligned: Aligned, encoded: Encoded) -> tuple[Floats, Floats]:
    """Return the mean velocity of each onset against that of the piece, and 1 where there is one."""
    known = np.isfinite(encoded.velocity) & (aligned.notes["length"] > 0)
    count = np.bincount(encoded.onset_of, known, len(encoded.onset_beat))
    total = np.bincount(encoded.onset_of, np.where(known, encoded.velocity, 0.0), len(encoded.onset_beat))
    weight = (count > 0).astype(float)
    mean = total / np.maximum(count, 1)
    return np.where(count > 0, mean - (mean * weight).sum() / max(weight.sum(), 1.0), 0.0), weight
