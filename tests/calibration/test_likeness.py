"""Likeness: one sound or two, whether takes repeat or never do."""

from __future__ import annotations

import numpy as np
import pytest

from composer_daw.calibration.figures import single
from composer_daw.calibration.likeness import TAKES, Sounding, compare, nearer
from composer_daw.calibration.playing import BEFORE_S, Cue, Heard

RATE = 16_000
FIGURES = tuple(single(pitch, 90) for pitch in (50, 60, 70))


def sounding(
    name: str, bright: float, noise: float = 0.0, seed: int = 0, figures: tuple = FIGURES
) -> Sounding:
    """Return a way of playing: tones whose upper partials are `bright`, give or take some noise each time."""
    rng = np.random.default_rng(seed)
    played: list[int] = []

    def play(take: int) -> list[Heard]:
        played.append(take)
        return [heard(figure) for figure in figures]

    def heard(figure: tuple) -> Heard:
        time = np.arange(RATE) / RATE
        hertz = 440.0 * 2 ** ((figure[0].pitch - 69) / 12)
        strengths = np.array([1.0, bright, bright, bright]) * np.exp(noise * rng.standard_normal(4))
        tone = sum(a * np.sin(2 * np.pi * hertz * n * time) for n, a in enumerate(strengths, 1))
        sound = np.concatenate([np.zeros(round(BEFORE_S * RATE)), 0.1 * tone]).astype(np.float32)
        return Heard(Cue((name,), figure), np.stack([sound, sound]), RATE, np.zeros(0), ())

    made = Sounding(name, figures, play)
    made.played = played  # type: ignore[attr-defined]
    return made


def test_the_same_to_the_bit_needs_one_take() -> None:
    one, other = sounding("a", 0.3), sounding("b", 0.3)
    found = compare(one, other)
    assert found and found.same and found.apart_db == 0.0
    assert one.played == [0]  # type: ignore[attr-defined]


def test_what_repeats_and_differs_a_little_is_two() -> None:
    found = compare(sounding("a", 0.3), sounding("b", 0.303))
    assert found and not found.same
    assert found.spread_db == 0.0 and found.apart_db < 0.1


@pytest.mark.parametrize("seed", range(20))
def test_one_sound_that_never_repeats_is_one(seed: int) -> None:
    one, other = sounding("a", 0.3, 0.3, 2 * seed), sounding("b", 0.3, 0.3, 2 * seed + 1)
    found = compare(one, other)
    assert found and found.same
    assert one.played == list(range(TAKES[-1]))  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(20))
def test_two_sounds_that_never_repeat_are_two(seed: int) -> None:
    """The difference is no larger than what takes differ by."""
    found = compare(sounding("a", 0.3, 0.3, 2 * seed), sounding("b", 0.5, 0.3, 2 * seed + 1))
    assert found and not found.same


def test_without_a_figure_in_common_there_is_nothing_to_compare() -> None:
    assert compare(sounding("a", 0.3), sounding("b", 0.3, figures=(single(40, 90),))) is None


def test_nearer() -> None:
    soft, bright = sounding("a", 0.1, 0.2, 1), sounding("b", 0.8, 0.2, 2)
    (again, *_) = sounding("a", 0.1, 0.2, 3).play(0)
    assert nearer(again, soft, bright) > 0.0 > nearer(again, bright, soft)
