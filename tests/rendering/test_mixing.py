"""Levels, pans, sums and tails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.audio import Audio
from composer_daw.rendering.mixing import (
    FIRST_ROOM_S,
    UNITY,
    Sum,
    factor,
    fader,
    falls_silent,
    padded,
    ridden,
    ring_out,
    turned,
)
from composer_daw.rendering.render import LONGEST_TAIL_S

RATE = 1000
HALF = 10 ** (-3.0103 / 20)


@pytest.mark.parametrize(
    ("level_db", "pan", "mono", "expected"),
    [
        (0, 0, True, [HALF, HALF]),
        (0, -1, True, [1, 0]),
        (0, 1, True, [0, 1]),
        (-20, 1, True, [0, 0.1]),
        (0, 0, False, [1, 1]),
        (0, -0.25, False, [1, 0.75]),
        (0, 1, False, [0, 1]),
        (20, 0, False, [10, 10]),
    ],
)
def test_faders(level_db: float, pan: float, mono: bool, expected: list[float]) -> None:
    assert fader(level_db, pan, mono) == pytest.approx(expected, abs=1e-5)


@given(st.floats(-1, 1))
def test_mono_is_panned_at_constant_power(pan: float) -> None:
    left, right = fader(0, pan, mono=True)
    assert left**2 + right**2 == pytest.approx(1.0)
    assert fader(0, -pan, mono=True) == pytest.approx([right, left])


def test_turned_at_unity_is_the_same_array() -> None:
    samples = np.ones((2, 3), np.float32)
    assert turned(samples, UNITY) is samples
    assert turned(samples, np.array([0.5, 2.0])).tolist() == [[0.5] * 3, [2.0] * 3]
    assert turned(samples, np.array([0.5, 2.0])).dtype == np.float32


def test_sums_are_as_long_as_the_longer() -> None:
    short, long = np.ones((2, 2), np.float32), np.ones((2, 4), np.float32)
    for first, then, expected in (
        (short, long, [1.5, 1.5, 0.5, 0.5]),
        (long, short, [1.5, 1.5, 1.0, 1.0]),
    ):
        total = Sum()
        total.add(first)
        total.add(then, 0.5)
        assert total.samples.tolist() == [expected] * 2
    assert long.max() == short.max() == 1
    assert padded(short, 4).tolist() == [[1, 1, 0, 0]] * 2


class Ringing:
    """An effect whose tail falls by 60 dB in `rt60_s`, and which keeps how long it was let ring."""

    def __init__(self, rt60_s: float) -> None:
        self.rt60_s = rt60_s
        self.lengths_s: list[float] = []

    def __call__(self, audio: Audio) -> Audio:
        self.lengths_s.append(audio.duration_s)
        time = np.arange(audio.samples.shape[1]) / audio.sample_rate
        return Audio(np.tile(10 ** (-3 * time / self.rt60_s), (2, 1)), audio.sample_rate)


@pytest.mark.parametrize(("rt60_s", "rooms_s"), [(1.5, [4]), (5.0, [4, 8]), (10.0, [4, 8, 16])])
def test_a_tail_gets_the_room_it_needs(rt60_s: float, rooms_s: list[float]) -> None:
    effect = Ringing(rt60_s)
    wet, ended = ring_out(effect, Audio(np.ones((1, RATE)), RATE))
    assert ended
    assert effect.lengths_s == [1 + room_s for room_s in rooms_s]
    assert wet.duration_s == pytest.approx(rt60_s * 80 / 60, abs=0.01)


def test_what_never_ends_is_cut_and_told() -> None:
    effect = Ringing(1e9)
    wet, ended = ring_out(effect, Audio(np.ones((1, RATE)), RATE))
    assert not ended
    assert wet.duration_s == effect.lengths_s[-1] == 1 + LONGEST_TAIL_S


def test_what_has_no_tail_keeps_its_length() -> None:
    wet, ended = ring_out(lambda audio: audio, Audio(np.zeros((2, RATE)), RATE))
    assert (wet.samples.shape, ended) == ((2, RATE), True)
    assert FIRST_ROOM_S == 4.0


def test_silence_is_below_80_db() -> None:
    for level_db, silent in ((-79, False), (-81, True)):
        assert falls_silent(Audio(np.full((2, RATE), factor(level_db)), RATE)) is silent


def test_a_fader_that_moves_goes_in_straight_lines_of_db() -> None:
    ride = [(1.0, 0.0), (2.0, -20.0)]
    gains = 20 * np.log10(ridden(np.ones((2, 3 * RATE), np.float32), ride, RATE))
    assert gains[:, [0, 1000, 1250, 1500, 2000, 2999]] == pytest.approx(
        np.array([[0, 0, -5, -10, -20, -20]] * 2), abs=1e-4
    )
    later = ridden(np.ones((2, 10), np.float32), ride, RATE, start_s=1.5)
    assert 20 * np.log10(later[0, 0]) == pytest.approx(-10, abs=1e-4)
    same = np.ones((2, 10), np.float32)
    assert ridden(same, (), RATE) is same
