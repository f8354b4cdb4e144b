"""The return of the hall lies where it should, whatever goes into it."""

from __future__ import annotations

import numpy as np
import pytest

from composer_daw.audio import Audio
from composer_daw.composing.hall import HIGHEST_DB, hall_level_db
from composer_daw.measure.loudness import loudness_of, step_powers
from composer_daw.rendering.effects import open_chain
from composer_daw.rendering.graph import Graph

RATE = 44_100


def graph(send_db: float = -10.0, level_db: float = 0.0) -> Graph:
    """Return a track of noise that is sent to a hall."""
    track = {
        "track": "a",
        "instrument": "studio/violin",
        "pan": -0.4,
        "level_db": -3.0,
        "sends": {"hall": send_db},
    }
    hall = {"effects": [{"reverb": {"dry_level": 0.0, "wet_level": 1.0}}], "level_db": level_db}
    return Graph.model_validate({"graph": 1, "tracks": {"a": track}, "buses": {"hall": hall}})


def noise(seconds: float = 6.0) -> Audio:
    return Audio(
        0.1 * np.random.default_rng(1).standard_normal((1, round(seconds * RATE))).astype(np.float32), RATE
    )


@pytest.mark.parametrize("send_db", [-3.0, -14.0])
def test_the_return_lies_as_far_under_the_mix_as_is_asked(send_db: float) -> None:
    from composer_daw.rendering.effects import in_stereo
    from composer_daw.rendering.mixing import fader, turned

    level_db = hall_level_db({"a": noise()}, graph(send_db), "hall", (0.0, 6.0), 16.0)
    direct = turned(in_stereo(noise()).samples, fader(-3.0, -0.4, mono=True))
    with open_chain(graph().buses["hall"].effects, RATE) as process:
        wet = process(Audio(direct * np.float32(10 ** ((send_db + level_db) / 20)), RATE)).samples
    mix, hall = (loudness_of(step_powers(one, RATE)) for one in (direct + wet, wet))
    assert mix - hall == pytest.approx(16.0, abs=0.4)


def test_a_hall_that_gets_next_to_nothing_is_not_raised_without_end() -> None:
    assert hall_level_db({"a": noise()}, graph(-40.0), "hall", (0.0, 6.0), 6.0) == HIGHEST_DB


def test_silence_leaves_it_alone() -> None:
    silent = Audio(np.zeros((1, RATE), np.float32), RATE)
    assert hall_level_db({"a": silent}, graph(), "hall", (0.0, 1.0), 16.0) == 0.0
    assert hall_level_db({}, graph(), "hall", (0.0, 1.0), 16.0) == 0.0
