"""From what a plugin shows of a parameter, such as "440 Hz" or "saw", back to its value in 0..1."""

from __future__ import annotations

import re
from collections.abc import Callable

from composer_daw.errors import HostError, did_you_mean

STEPS = 256
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def value_of_text(wanted: str, text_at: Callable[[float], str], name: str) -> float:
    """Return the value at which the plugin shows this text.

    Tries a grid of 257 values for the words, then goes between the nearest two of them for a number. Raises
    HostError with what there is to choose from.
    """
    grid = [step / STEPS for step in range(STEPS + 1)]
    shown = [text_at(value) for value in grid]
    same = [value for value, text in zip(grid, shown, strict=True) if _plain(text) == _plain(wanted)]
    if same:
        return same[len(same) // 2]
    between = _between(wanted, text_at, grid, shown)
    if between is not None:
        return between
    words = list(dict.fromkeys(text.strip() for text in shown))
    choice = ", ".join(words) if len(words) <= 24 else f"{words[0]} to {words[-1]}"
    hint = did_you_mean(wanted, words) if _number(wanted) is None else ""  # digits alike are no numbers alike
    raise HostError(f"{name}: never shows '{wanted}'{hint}; it shows {choice}")


def _between(
    wanted: str, text_at: Callable[[float], str], grid: list[float], shown: list[str]
) -> float | None:
    """Return the value that comes nearest to a number, halving the step of the grid in which it lies."""
    goal, numbers = _number(wanted), [_number(text) for text in shown]
    if goal is None:
        return None
    for number in range(STEPS):
        low, high = numbers[number], numbers[number + 1]
        if low is None or high is None or not min(low, high) <= goal <= max(low, high):
            continue
        bottom, top, rising = grid[number], grid[number + 1], high > low
        for _ in range(24):
            middle = (bottom + top) / 2
            here = _number(text_at(middle))
            if here is None:
                return None
            if here == goal:
                return middle
            bottom, top = (middle, top) if (here < goal) == rising else (bottom, middle)
        return (bottom + top) / 2
    return None


def _number(text: str) -> float | None:
    found = NUMBER.search(text)
    return float(found.group()) if found else None


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
