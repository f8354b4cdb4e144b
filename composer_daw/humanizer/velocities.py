"""Levels and velocities: 40 dB are a factor of ten, as DLS and General MIDI 2 have it."""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.halving import where_it_reaches
from composer_daw.performance import Array, Floats

ROOM_DB = -40.0 * float(np.log10(127.0 / 64.0))
"""A score louder on average than velocity 64 is brought down to it, or no emotion could make it louder."""


def level_of(velocity: Array) -> Floats:
    """Return the level of velocities in dB, 0 at 127 (reverse of `velocity_of`)."""
    return np.asarray(40.0 * np.log10(np.maximum(velocity, 1) / 127.0))


def velocity_of(level_db: Floats) -> Array:
    """Return velocities, 1..127, of levels in dB."""
    return np.clip(np.rint(127.0 * 10.0 ** (np.minimum(level_db, 0.0) / 40.0)), 1, 127).astype(np.uint8)


def below_full(level_db: Floats) -> Floats:
    """Return levels of which none is above 0 dB, with the same mean, in the same order.

    Those above the mean come nearer to it, and all are lifted by what that takes from it.
    """
    if not len(level_db) or level_db.max() <= 0.0:
        return level_db
    mean, most = float(level_db.mean()), float(-level_db.min())
    if mean >= 0.0:
        return np.zeros(len(level_db))
    lift = where_it_reaches(mean, lambda lift: float(_held(level_db + lift).mean()), 0.0, most)
    return _held(level_db + lift)


def _held(level_db: Floats) -> Floats:
    """Return levels of which those above the mean came nearer to it, so that none is above 0 dB."""
    mean = float(level_db.mean())
    if mean >= 0.0:
        return np.minimum(level_db, 0.0)
    above = np.maximum(level_db - mean, 0.0)
    most = float(above.max())
    return np.where(above > 0.0, mean + above * min(1.0, -mean / max(most, 1e-9)), level_db)
