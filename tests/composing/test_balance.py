"""Levels of parts: where their roles belong, and never too far under the mix."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_composing import write_song

from composer_daw.composing.balance import (
    FARTHEST_LU,
    MOST_RAISED_DB,
    Balance,
    balanced,
    loudest_section,
    masked_remarks,
    under_the_mix,
    where_played,
)
from composer_daw.composing.mix import ride_points
from composer_daw.composing.request import load_request
from composer_daw.composing.seating import Seated

TIMES = [(0.0, 10.0), (10.0, 20.0)]


@pytest.fixture
def band(tmp_path: Path) -> tuple[Seated, ...]:
    return load_request(write_song(tmp_path)).band


def steps(*levels_db: float) -> np.ndarray:
    """Return the powers of a sound that has these levels, 10 s each."""
    return np.repeat(10.0 ** (np.array(levels_db) / 10.0), 100)


ALL = dict.fromkeys(("melody", "bass", "drums", "violin"), (True, True))


def even(**more: np.ndarray) -> dict[str, np.ndarray]:
    """Return parts that are equally loud everywhere, but for those that are given."""
    return {**dict.fromkeys(ALL, steps(-20, -20)), **more}


def heard(found: Balance, name: str, section: int) -> float:
    """Return how much a part is turned up or down in a section, against the melody."""
    own, melody = (found.level_db[one] + found.ride_db[one][section] for one in (name, "melody"))
    return own - melody


def test_each_part_lies_where_its_role_belongs(band: tuple[Seated, ...]) -> None:
    powers = {
        "melody": steps(-20, -20),
        "bass": steps(-10, -10),
        "drums": steps(-30, -30),
        "violin": steps(-25, -25),
    }
    found = balanced(powers, ALL, band, TIMES)
    loud = {name: found.level_db[name] + 10 * np.log10(own[0]) for name, own in powers.items()}
    seats = {one.part.name: one.seat.under_lu for one in band}
    for name in powers:
        assert loud["melody"] - loud[name] == pytest.approx(seats[name] - seats["melody"], abs=0.1)
    assert max(found.level_db.values()) == 0.0
    assert set(found.ride_db.values()) == {(0.0, 0.0)}


def test_a_part_is_raised_only_where_it_would_be_masked(band: tuple[Seated, ...]) -> None:
    plain, found = (
        balanced(even(violin=own), ALL, band, TIMES) for own in (steps(-20, -20), steps(-20, -34))
    )
    first, second = found.ride_db["violin"]
    assert first == 0.0 and 2.0 < second < 10.0
    assert set(found.ride_db[name] for name in ("melody", "bass", "drums")) == {(0.0, 0.0)}
    seat = heard(plain, "violin", 0)
    assert heard(found, "violin", 0) == pytest.approx(seat, abs=0.2)
    ridden = {
        name: 10 ** ((found.level_db[name] + found.ride_db[name][1] + db) / 10)
        for name, db in (("melody", -20), ("bass", -20), ("drums", -20), ("violin", -34))
    }
    under = 10 * np.log10(sum(ridden.values()) / ridden["violin"])
    assert under == pytest.approx(FARTHEST_LU, abs=0.2)


def test_raising_has_an_end(band: tuple[Seated, ...]) -> None:
    found = balanced(even(violin=steps(-20, -65)), ALL, band, TIMES)
    assert found.ride_db["violin"] == (0.0, MOST_RAISED_DB)


def test_what_the_song_asks_is_what_it_gets(band: tuple[Seated, ...]) -> None:
    """A part that is asked to be softer is not raised again, not even where it cannot be heard."""
    softer = tuple(replace(one, level_db=-24.0) if one.part.name == "violin" else one for one in band)
    for powers in (even(), even(violin=steps(-20, -34))):
        plain, asked = (balanced(powers, ALL, who, TIMES) for who in (band, softer))
        for section in (0, 1):
            assert heard(asked, "violin", section) == pytest.approx(
                heard(plain, "violin", section) - 24, abs=0.2
            )


def test_a_part_that_rests_is_not_raised(band: tuple[Seated, ...]) -> None:
    plays = {**ALL, "bass": (True, False), "violin": (False, False)}
    powers = even(bass=steps(-20, -60), violin=steps(-120, -120))
    found = balanced(powers, plays, band, TIMES)
    assert "violin" not in found.level_db
    assert found.ride_db["bass"] == (0.0, 0.0), "what rings on there is left alone"


def test_notes_belong_to_the_section_that_they_begin() -> None:
    assert where_played(np.array([0.0, 9.95]), TIMES) == [True, True]
    assert where_played(np.array([3.0]), TIMES) == [True, False]
    assert where_played(np.array([-0.02]), TIMES) == [True, False]
    assert where_played(np.array([]), TIMES) == [False, False]


def test_the_loudest_section(band: tuple[Seated, ...]) -> None:
    powers = even(drums=steps(-40, -10))
    assert loudest_section(powers, balanced(powers, ALL, band, TIMES), TIMES) == TIMES[1]


def test_a_fader_moves_shortly_before_a_section() -> None:
    times = [(0.0, 10.0), (10.0, 20.0), (20.0, 30.0)]
    assert ride_points((0.0, 0.0, 0.0), times) == []
    assert ride_points((0.0, 4.0, 4.0), times) == [[0.0, 0.0], [9.5, 0.0], [9.9, 4.0]]


def test_who_is_masked_is_told() -> None:
    under = {"violin": [12.0, 25.3, None], "bass": [5.0, 6.0, 24.0]}
    assert masked_remarks(under, ["verse", "chorus", "verse"]) == [
        "violin: lies so far under the mix that it is hardly heard: chorus (25 LU)"
    ]


def test_under_the_mix() -> None:
    stems = {"a": steps(-20, -40), "b": steps(-30, -120)}
    found = under_the_mix(stems, steps(-20, -38), TIMES, {"a": [True, True], "b": [True, False]})
    assert found == {"a": [0.0, 2.0], "b": [10.0, None]}
