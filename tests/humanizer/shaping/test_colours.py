"""Attack, brightness and vibrato on the controllers of sound, where a map follows or chases them."""

from __future__ import annotations

import numpy as np
import pytest
from shaped_playing import at, bowed, curve, follows, playing, value_at

from composer_daw.humanizer.shaping import shape
from composer_daw.performance import Performance

LONG = playing([(0.0, 2.0, ""), (2.0, 0.2, ""), (2.2, 1.0, "")])


def test_nothing_is_told_that_the_map_does_not_declare() -> None:
    assert set(shape(LONG, bowed(), at(0.5)).controls["number"]) == {11}
    assert not len(shape(LONG, bowed(dynamics=None, chase=[]), at(0.5)).controls)


def test_brightness_is_one_value_for_the_piece_and_moves_what_the_score_says() -> None:
    bright = at(1.0).model_copy(update={"brightness": 0.5})
    mine = bowed(dynamics=None, chase=[74])
    assert [one.tolist() for one in curve(shape(LONG, mine, bright), 74)] == [[0.0], [84]]  # 64 + 40 x 0.5
    half = shape(LONG, mine, bright, strength=0.5)
    assert value_at(half, 0.0, 74) == 74
    written = Performance(LONG.notes, playing([], [(0.0, 74, 30), (1.0, 74, 120)]).controls)
    assert curve(shape(written, mine, bright), 74)[1].tolist() == [50, 127]


def test_the_attack_goes_to_the_instrument_where_it_listens_and_not_into_the_envelope() -> None:
    mine = bowed(chase=[11, 73])
    slow = at(-1.0).model_copy(update={"attack_ms": 400.0})
    shaped = shape(LONG, mine, slow)
    assert value_at(shaped, 0.0, 73) == 96  # 64 + 32 log2(400 / 200)
    assert value_at(shaped, 0.0) > 90 > value_at(shape(LONG, bowed(), slow), 0.0)


def test_the_depth_of_vibrato_waits_grows_and_dies_away() -> None:
    wide = at(0.0).model_copy(update={"vibrato_cents": 30.0})
    shaped = shape(LONG, follows(77), wide)
    # 2 s: it waits 0.6 s and grows for 0.35 s up to 64 x 30 / 20 = 96; over the last 0.3 s it dies away
    assert [value_at(shaped, time_s, 77) for time_s in (0.0, 0.6, 0.95, 1.7, 1.85)] == [0, 0, 96, 96, 48]
    assert value_at(shaped, 2.1, 77) == 0  # 0.2 s: too short
    # 1 s: it waits 0.6 x (1 - 0.35) / (1.5 - 0.35) = 0.339 s
    assert value_at(shaped, 2.53, 77) == 0 < value_at(shaped, 2.56, 77)
    assert value_at(shape(LONG, follows(77), wide, strength=0.5), 1.0, 77) == 48


def test_vibrato_of_the_score_is_scaled_and_none_is_none() -> None:
    written = Performance(LONG.notes, playing([], [(0.0, 77, 20)]).controls)
    plain = at(0.0).model_copy(update={"vibrato_cents": 20.0})
    assert value_at(shape(written, follows(77), plain), 1.0, 77) == 20
    still = playing([(0.0, 2.0, "senza_vibrato"), (2.0, 2.0, "pizzicato"), (4.0, 2.0, "")])
    times, values = curve(shape(still, follows(77), plain), 77)
    assert not values[times < 4.0].any() and values.max() == 64


def test_the_rate_is_quicker_in_the_last_three_cycles() -> None:
    slow = at(0.0).model_copy(update={"vibrato_hz": 5.0})
    shaped = shape(LONG, follows(76), slow)
    # 64 x 5 / 6 = 53.3, and 15 % more over the last 3 / 5 s
    found = [value_at(shaped, time_s, 76) for time_s in (0.0, 1.39, 1.41, 2.05, 2.21, 2.61, 3.0)]
    assert found == [53, 53, 61, 53, 53, 61, 61]


def test_lines_that_only_fade_are_told_nothing() -> None:
    plucked = playing([(0.0, 1.0, "pizzicato")])
    assert not len(shape(plucked, follows(73, 74, 76, 77), at(0.0)).controls)


@pytest.mark.parametrize("arousal", [-1.0, 0.0, 1.0])
def test_all_stay_within_midi_at_full_strength(arousal: float) -> None:
    shaped = shape(LONG, follows(73, 74, 76, 77), at(arousal, arousal), strength=2.0)
    assert set(shaped.controls["number"]) == {73, 74, 76, 77}
    assert np.isin(shaped.controls["value"], np.arange(128)).all()
