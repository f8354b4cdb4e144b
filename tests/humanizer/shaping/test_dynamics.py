"""What maps declare: which controller makes louder and softer, and what else an instrument listens to."""

from __future__ import annotations

import pytest
from shaped_playing import bowed, follows

from composer_daw.humanizer.shaping.dynamics import Dynamics, dynamics_of, listens_to, told_by_score
from composer_daw.techniques import load_map


@pytest.mark.parametrize(
    ("cc", "follow", "expected"),
    [
        (11, "score", Dynamics(11, 127, speaks_alone=False, always=False)),
        (7, "score", Dynamics(7, 100, speaks_alone=False, always=False)),
        (1, "score", Dynamics(1, 127, speaks_alone=True, always=False)),
        (2, "score", Dynamics(2, 127, speaks_alone=True, always=False)),
        (1, "velocity", Dynamics(1, 127, speaks_alone=True, always=True)),
    ],
)
def test_the_declared_controller(cc: int, follow: str, expected: Dynamics) -> None:
    assert dynamics_of(bowed(dynamics={"cc": cc, "follow": follow})) == expected


def test_a_technique_that_follows_the_dynamics_of_the_score() -> None:
    assert dynamics_of(follows(11)) == Dynamics(11, 127, False, False)
    assert dynamics_of(follows(77)) is None


def test_a_controller_that_switches_is_not_moved() -> None:
    techniques = {"sustain": {"group": "bowing", "on": [{"cc": 1, "value": 5}]}}
    switching = bowed(techniques=techniques, dynamics={"cc": 1}, chase=[1, 11])
    assert dynamics_of(switching) is None
    assert listens_to(switching) == {11}


def test_what_an_instrument_listens_to() -> None:
    assert listens_to(bowed(chase=[11, 74])) == {11, 74}
    assert listens_to(follows(76, 77)) == {76, 77}


def test_a_map_told_by_the_score() -> None:
    told = told_by_score(bowed(dynamics={"cc": 1, "follow": "velocity"}))
    assert told.dynamics is not None and told.dynamics.follow == "score"
    plain = bowed()
    assert told_by_score(plain) is plain


def test_the_studio_violin() -> None:
    assert dynamics_of(load_map("technique_maps/studio/violin.yaml")) == Dynamics(11, 127, False, False)
