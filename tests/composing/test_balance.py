"""Levels of parts: where their roles belong, and never too far under the mix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_composing import write_song

from composer_daw.composing.balance import FARTHEST_LU, balanced, under_the_mix
from composer_daw.composing.request import Seated, load_request

TIMES = [(0.0, 10.0), (10.0, 20.0)]


@pytest.fixture
def band(tmp_path: Path) -> tuple[Seated, ...]:
    return load_request(write_song(tmp_path)).band


def steps(*levels_db: float) -> np.ndarray:
    """Return the powers of a sound that has these levels, 10 s each."""
    return np.repeat(10.0 ** (np.array(levels_db) / 10.0), 100)


def test_each_part_lies_where_its_role_belongs(band: tuple[Seated, ...]) -> None:
    powers = {
        "melody": steps(-20, -20),
        "bass": steps(-10, -10),
        "drums": steps(-30, -30),
        "violin": steps(-25, -25),
    }
    level = balanced(powers, band, TIMES).level_db
    loud = {name: level[name] + 10 * np.log10(own[0]) for name, own in powers.items()}
    seats = {one.part.name: one.seat.under_lu for one in band}
    for name in powers:
        assert loud["melody"] - loud[name] == pytest.approx(seats[name] - seats["melody"], abs=0.1)
    assert max(level.values()) == 0.0


def test_a_part_that_would_be_masked_is_raised(band: tuple[Seated, ...]) -> None:
    powers = {
        "melody": steps(-20, -20),
        "bass": steps(-20, -20),
        "drums": steps(-20, -20),
        "violin": steps(-20, -34),
    }
    found = balanced(powers, band, TIMES)
    assert found.under_lu["violin"] == pytest.approx(FARTHEST_LU, abs=0.3)
    plain = balanced({**powers, "violin": steps(-20, -20)}, band, TIMES)
    raised = found.level_db["violin"] - found.level_db["melody"]
    assert raised > plain.level_db["violin"] - plain.level_db["melody"] + 3


def test_raising_has_an_end(band: tuple[Seated, ...]) -> None:
    powers = {
        "melody": steps(-20, -20),
        "bass": steps(-20, -20),
        "drums": steps(-20, -20),
        "violin": steps(-20, -55),
    }
    assert balanced(powers, band, TIMES).under_lu["violin"] > FARTHEST_LU + 5


def test_a_part_that_rests_is_not_raised(band: tuple[Seated, ...]) -> None:
    powers = {
        "melody": steps(-20, -20),
        "bass": steps(-20, -120),
        "drums": steps(-20, -20),
        "violin": steps(-120, -120),
    }
    found = balanced(powers, band, TIMES)
    assert "violin" not in found.level_db
    assert found.under_lu["bass"] < FARTHEST_LU


def test_under_the_mix() -> None:
    stems = {"a": steps(-20, -40), "b": steps(-30, -120)}
    found = under_the_mix(stems, steps(-20, -38), TIMES, {"a": [True, True], "b": [True, False]})
    assert found == {"a": [0.0, 2.0], "b": [10.0, None]}
