"""Loudness is met, true peaks stay under the ceiling, and the curve is smooth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_daw.audio import Audio
from composer_daw.errors import InputError
from composer_daw.rendering.graph_master import AHEAD_S, RELEASE_S, limiter_curve, master_gain, notes_on

RATE = 48_000


def noise(level: float = 0.1, seconds: float = 4.0, clicks: float = 0.0) -> Audio:
    rng = np.random.default_rng(7)
    samples = rng.normal(size=(2, round(RATE * seconds))) * level
    samples[:, :: RATE // 2] += clicks
    return Audio(samples, RATE)


@pytest.mark.parametrize("target", [-30.0, -23.0, -16.0, -12.0])
@pytest.mark.parametrize("clicks", [0.0, 0.9])
def test_loudness_is_met_under_the_ceiling(target: float, clicks: float) -> None:
    audio = noise(clicks=clicks)
    mastered = master_gain(audio, target, -1.0)
    heard = Audio(mastered.apply(audio.samples), RATE)
    assert heard.loudness_lufs() == pytest.approx(target, abs=0.1)
    assert heard.true_peak_db <= -1.0
    assert mastered.loudness_lufs == pytest.approx(heard.loudness_lufs())
    assert mastered.true_peak_db == pytest.approx(heard.true_peak_db)


def test_without_a_target_only_the_ceiling_counts() -> None:
    quiet = master_gain(noise(0.01), None, -1.0)
    assert (quiet.gain_db, quiet.limited_db, set(quiet.curve.tolist())) == (0.0, 0.0, {1.0})
    loud = master_gain(noise(0.5), None, -3.0)
    assert loud.gain_db == 0.0
    assert loud.limited_db > 3
    assert -3.5 < loud.true_peak_db <= -3.0


def test_much_limiting_and_a_missed_target_are_told() -> None:
    squeezed = master_gain(noise(0.02, clicks=0.9), -16.0, -1.0)
    assert notes_on(squeezed, -16.0)[0] == (
        f"the limiter takes up to {squeezed.limited_db:.1f} dB; a lower loudness sounds freer"
    )
    assert squeezed.limited_db > 6
    missed = master_gain(noise(), -5.0, -20.0)
    assert any("LUFS, not -5.0, under the true-peak ceiling" in note for note in notes_on(missed, -5.0))
    assert missed.true_peak_db <= -20
    assert notes_on(master_gain(noise(), -23.0, -1.0), -23.0) == []


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_is_an_error(level: float) -> None:
    with pytest.raises(InputError, match="the mix is silent"):
        master_gain(noise(level), -16.0, -1.0)


# --- the limiter ----------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 3999), st.floats(0.1, 20)), min_size=1, max_size=20),
    st.floats(-12, 0),
    st.sampled_from([16_001, 22_050, 44_100, 48_000]),
)
@settings(max_examples=60)
def test_no_peak_gets_through(peaks: list[tuple[int, float]], ceiling_db: float, rate: int) -> None:
    heights = np.full(4000, 0.05, np.float32)
    for place, height in peaks:
        heights[place] = height
    curve = limiter_curve(heights, ceiling_db, rate)
    assert curve.shape == heights.shape
    assert (curve * heights).max() <= 10 ** (ceiling_db / 20) * (1 + 1e-5)
    assert 0 < curve.min() <= curve.max() <= 1


def test_the_limiter_comes_before_the_peak_and_lets_go_after_it() -> None:
    heights = np.full(RATE, 0.1, np.float32)
    heights[RATE // 2] = 2.0
    curve = limiter_curve(heights, 0.0, RATE)
    ahead, place = round(AHEAD_S * RATE), RATE // 2
    assert curve[: place - ahead].min() == pytest.approx(1.0, abs=1e-6)
    assert np.all(np.diff(curve[place - ahead : place]) <= 1e-6)
    assert curve[place] == pytest.approx(0.5, abs=1e-3)
    after = place + ahead + round(RELEASE_S * RATE)
    assert 1 - curve[after] == pytest.approx(0.5 / np.e, rel=0.1)
    assert np.abs(np.diff(curve)).max() < 0.01


def test_nothing_over_the_ceiling_leaves_all_as_it_is() -> None:
    assert set(limiter_curve(np.full(100, 0.5, np.float32), -6.0, RATE).tolist()) == {1.0}
