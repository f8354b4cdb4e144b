"""Draws by weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

Value = TypeVar("Value")


def weighted(rng: np.random.Generator, table: Mapping[Value, float]) -> Value:
    """Return one of the keys by its weight; raise ValueError where all weigh nothing."""
    values = list(table)
    return values[position(rng, [table[value] for value in values])]


def position(rng: np.random.Generator, weights: Sequence[float]) -> int:
    """Return a position by its weight."""
    sums = np.cumsum(np.asarray(weights, float))
    if not len(sums) or sums[-1] <= 0:
        raise ValueError("nothing to draw from")
    return int(min(np.searchsorted(sums, rng.random() * sums[-1], side="right"), len(sums) - 1))
