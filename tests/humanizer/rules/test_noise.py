"""Noise is pink where it says so, as large as it says, and kept in the record."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from written_lines import written

from composer_daw.errors import InputError
from composer_daw.humanizer.rules.noise import ClockNoise, MotorNoise, TimingNoise, clock_deviation
from composer_daw.humanizer.rules.pink import pink


def exponent(series: npt.ArrayLike) -> float:
    """Return how fast the power falls: the slope of log power over log frequency, without the highest."""
    values = np.asarray(series, float)
    power = np.abs(np.fft.rfft(values - values.mean())) ** 2
    frequency = np.arange(len(power))
    kept = slice(1, len(power) - 1)
    return -float(np.polyfit(np.log(frequency[kept]), np.log(power[kept]), 1)[0])


def even(chords: int, ms: float = 300.0) -> list[tuple[int, float]]:
    return [(60 + step % 12, ms) for step in range(chords)]


@pytest.mark.parametrize("length", [256, 257, 509, 1000, 4096])
@pytest.mark.parametrize("seed", range(3))
def test_pink_noise_has_an_exponent_of_1_and_a_deviation_of_1(length: int, seed: int) -> None:
    series = pink(length, np.random.default_rng(seed))
    assert 0.95 < exponent(series) < 1.05
    assert series.std() == pytest.approx(1.0) and series.mean() == pytest.approx(0.0, abs=1e-12)


def test_white_noise_would_not_pass() -> None:
    assert abs(exponent(np.random.default_rng(0).normal(size=4096))) < 0.2
    assert exponent(np.cumsum(np.random.default_rng(0).normal(size=4096))) > 1.5


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5])
def test_short_series(length: int) -> None:
    series = pink(length, np.random.default_rng(0))
    assert len(series) == length and np.isfinite(series).all()
    assert length < 2 or series.std() == pytest.approx(1.0)


def test_two_seeds_differ_and_neighbours_are_alike() -> None:
    one, other = (pink(1000, np.random.default_rng(seed)) for seed in (1, 2))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.5
    assert np.corrcoef(one[1:], one[:-1])[0, 1] > 0.4


@pytest.mark.parametrize("chords", [256, 1000])
@pytest.mark.parametrize(("rule", "asked"), [(TimingNoise(k=1.5), 15.0), (ClockNoise(k=2), 11.507)])
def test_drawn_noise_is_pink_and_as_large_as_asked(
    rule: TimingNoise | ClockNoise, asked: float, chords: int
) -> None:
    lines = written(even(chords))
    drawn = rule.draw(lines, np.random.default_rng(7))
    changes = drawn.changes(lines)
    values = changes.shift_ms if isinstance(rule, TimingNoise) else changes.duration_ms
    assert 0.7 < exponent(values) < 1.3
    assert values.std() == pytest.approx(asked, rel=0.01)


def test_the_clock_wavers_as_director_musices_says() -> None:
    # 4 (0.032 x 300 + 6.74) / sqrt(12) x 3.0525 x 0.1 (0.00143 x 300 + 0.57) = 18.868 x 3.0525 x 0.0999
    assert clock_deviation(np.array([300.0]))[0] == pytest.approx(5.7537, abs=1e-3)
    # 4 (0.0975 x 2000 - 75.98) / sqrt(12) x 3.0525 x 0.1 (0.00143 x 2000 + 0.57) = 137.433 x 3.0525 x 0.343
    assert clock_deviation(np.array([2000.0]))[0] == pytest.approx(143.894, abs=0.01)


def test_each_line_has_noise_of_its_own() -> None:
    lines = written(even(300), even(300))
    first, second = np.split(np.array(TimingNoise().draw(lines, np.random.default_rng(0)).drawn), 2)
    assert first.std() == pytest.approx(10, rel=0.01) and second.std() == pytest.approx(10, rel=0.01)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.5


def test_motor_noise_moves_each_note_but_the_first_and_is_white() -> None:
    lines = written(even(4000, 50.0))
    drawn = MotorNoise(k=2).draw(lines, np.random.default_rng(3))
    changes = drawn.changes(lines)
    assert changes.shift_ms[0] == 0.0
    assert changes.shift_ms.std() == pytest.approx(2 * 6.78, rel=0.05)
    assert changes.level_db.std() == pytest.approx(2.0, rel=0.05)
    assert abs(changes.shift_ms).max() <= 3 * 2 * 6.78 and abs(changes.level_db).max() <= 6.0
    assert abs(exponent(changes.shift_ms)) < 0.2
    assert not MotorNoise(k=1, dur=0).draw(lines, np.random.default_rng(3)).changes(lines).shift_ms.any()


@pytest.mark.parametrize("rule", [ClockNoise(k=1.3), TimingNoise(k=1.3), MotorNoise(k=1.3)])
def test_what_was_drawn_applies_again_from_the_record(rule: ClockNoise | TimingNoise | MotorNoise) -> None:
    lines = written(even(40), even(17, 500.0))
    drawn = rule.draw(lines, np.random.default_rng(5))
    assert drawn == rule.draw(lines, np.random.default_rng(5)) != rule.draw(lines, np.random.default_rng(6))
    again = type(rule).model_validate_json(drawn.model_dump_json())
    assert again == drawn
    assert np.array_equal(again.changes(lines).shift_ms, drawn.changes(lines).shift_ms)
    assert all(round(value, 3) == value for value in drawn.drawn) and any(drawn.drawn)


@pytest.mark.parametrize("rule", [ClockNoise(), TimingNoise(), MotorNoise()])
def test_noise_for_another_score_is_refused(rule: ClockNoise | TimingNoise | MotorNoise) -> None:
    drawn = rule.draw(written(even(40)), np.random.default_rng(5))
    with pytest.raises(
        InputError, match=r"_noise: drawn for a score of 40 chords, this one has 3; draw it again"
    ):
        drawn.changes(written(even(3)))


@pytest.mark.parametrize("rule", [ClockNoise(), TimingNoise(), MotorNoise()])
def test_nothing_is_changed_before_the_draw(rule: ClockNoise | TimingNoise | MotorNoise) -> None:
    changes = rule.changes(written(even(5)))
    assert not (changes.shift_ms.any() or changes.duration_ms.any() or changes.level_db.any())
