"""The level within a stroke, against values worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from shaped_playing import at

from composer_daw.humanizer.shaping.bearing import Bearing
from composer_daw.humanizer.shaping.envelope import level_db
from composer_daw.humanizer.shaping.figures import Figures
from composer_daw.humanizer.shaping.strokes import SPAN
from composer_daw.performance import Array, Floats

FIGURES = dataclasses.replace(Figures.of(at(0.0)), attack_s=0.2, swell_db=4.0, decay_db=2.0, accent_db=3.0)


def spans(*rows: tuple[float, float, Bearing, float]) -> Array:
    made = np.zeros(len(rows), SPAN)
    for column, values in zip(("start_s", "end_s", "bearing", "gap_s"), zip(*rows, strict=True), strict=True):
        made[column] = values
    return made


def level(strokes: Array, times: list[float], row: int = 0, moved: bool = False) -> Floats:
    time_s = np.array(times)
    return level_db(strokes, FIGURES, time_s, np.full(len(times), row), np.full(len(strokes), moved))


def test_the_attack_rises_straight_in_values() -> None:
    short = spans((1.0, 1.3, Bearing.HELD, np.inf))  # 0.3 s: no swell; its attack is 0.4 x 0.3 = 0.12 s
    # from 10^(-24/40) = 0.25119 of the value; half way 0.62559, 40 log10 of it -8.148 dB
    assert level(short, [1.0, 1.06, 1.12, 1.3]) == pytest.approx([-24.0, -8.148, 0.0, 0.0], abs=1e-3)
    assert level(short, [0.995])[0] == pytest.approx(-24.0)  # the step before the note


@pytest.mark.parametrize(
    ("gap_s", "expected"), [(-0.05, -8.0), (0.02, -8.0), (0.11, -16.0), (0.2, -24.0), (np.inf, -24.0)]
)
def test_a_change_of_the_bow_is_a_smaller_dip(gap_s: float, expected: float) -> None:
    assert level(spans((1.0, 1.3, Bearing.HELD, gap_s)), [1.0])[0] == pytest.approx(expected)


def test_long_notes_swell_and_decay() -> None:
    long = spans((0.0, 2.0, Bearing.HELD, np.inf))
    # middle: 4 (1 - sin 90) + 2 x 0.5 = 1 dB; end: 4 + 2 = 6; a quarter in: 4 (1 - 0.70711) + 0.5 = 1.672
    assert level(long, [0.5, 1.0, 2.0]) == pytest.approx([-1.672, -1.0, -6.0], abs=1e-3)
    assert level(long, [0.5, 1.0, 2.0], moved=True) == pytest.approx([-0.836, -0.5, -3.0], abs=1e-3)
    # 0.8 s: (0.8 - 0.4) / (1.2 - 0.4) = half of it
    assert level(spans((0.0, 0.8, Bearing.HELD, np.inf)), [0.8])[0] == pytest.approx(-3.0)


def test_accents_begin_at_full_level_and_fall() -> None:
    tremolo = spans((0.0, 2.0, Bearing.ACCENTED, np.inf))
    # 3 (1 - e^-1) = 1.896 after 0.12 s
    assert level(tremolo, [0.0, 0.12, 2.0]) == pytest.approx([0.0, -1.896, -3.0], abs=1e-3)


@pytest.mark.parametrize("bearing", [Bearing.FADING, Bearing.OWN])
def test_what_fades_or_has_its_own_is_left(bearing: Bearing) -> None:
    assert not level(spans((0.0, 2.0, bearing, np.inf)), [0.0, 0.5, 2.0]).any()


def test_the_bow_lets_go_before_it_changes() -> None:
    two = spans((0.0, 0.3, Bearing.HELD, np.inf), (0.3, 0.6, Bearing.HELD, 0.0))
    # over the last 30 ms from 0 to the -8 dB with which the next begins
    assert level(two, [0.27, 0.285, 0.3]) == pytest.approx([0.0, -4.0, -8.0], abs=1e-3)
    apart = spans((0.0, 0.3, Bearing.HELD, np.inf), (0.5, 0.8, Bearing.HELD, 0.2))
    assert not level(apart, [0.27, 0.3]).any()


def test_without_an_attack_of_its_own_nothing_rises() -> None:
    figures = dataclasses.replace(FIGURES, attack_s=0.0)
    strokes = spans((0.0, 0.3, Bearing.HELD, np.inf))
    assert not level_db(strokes, figures, np.zeros(1), np.zeros(1, int), np.zeros(1, bool)).any()


def test_figures_follow_arousal() -> None:
    steps = [Figures.of(at(arousal)) for arousal in np.linspace(-1, 1, 9)]
    for name, sign in (
        ("attack_s", -1),
        ("swell_db", -1),
        ("decay_db", 1),
        ("accent_db", 1),
        ("grace_s", -1),
    ):
        assert (sign * np.diff([getattr(one, name) for one in steps]) > 0).all(), name
    assert min(one.swell_db for one in steps) > 0
    assert [steps[0].grace_s, steps[-1].grace_s] == pytest.approx([0.035, 0.025])
