"""Halving: where a rising function reaches a value."""

from __future__ import annotations

from collections.abc import Callable

HALVINGS = 40


def where_it_reaches(value: float, rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where from `low` to `high` a rising function first reaches a value; `high` where it does not."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return high
