"""Figures: the surface through the anchors, its clip, and which way it goes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from composer_daw.humanizer.emotion import load_profile
from composer_daw.humanizer.expression import (
    ANCHORS,
    FIGURES,
    NEUTRAL,
    UNMOVED,
    Expression,
    Figure,
    held_at_clip,
)

UNIT = st.floats(-1, 1)
VALUE = st.floats(0.1, 50)


def figure(*at: float | None, **more: object) -> Figure:
    return Figure.model_validate({"at": at, "clip": (-1000, 1000), "source": "x", **more})


def test_coefficients_worked_out_by_hand() -> None:
    # happy 8, scary 4, neutral 1, peaceful 2, sad -2: V = (8 - 4 + 2 + 2) / 4 = 2, A = (8 + 4 - 2 + 2) / 4
    # = 3, VA = (8 - 4 - 2 - 2) / 4 = 0, mean = (8 + 4 + 2 - 2) / 4 = 3, AA = 3 - 1 = 2
    assert figure(8, 4, 1, 2, -2).coefficients == (1, 2, 3, 0, 2)
    assert figure(8, 4, 1, 2, -2).values(0.5, -0.5) == pytest.approx(1 + 1 - 1.5 + 2 * 0.25)


def test_without_neutral_the_surface_is_bilinear() -> None:
    plain = figure(8, 4, None, 2, -2)
    assert plain.coefficients == (3, 2, 3, 0, 0)
    assert plain.values(0, 0) == 3


def test_a_logarithmic_surface() -> None:
    grows = figure(8, 8, 2, 0.5, 0.5, scale="log", clip=(0.1, 10))
    assert grows.coefficients == pytest.approx((math.log(2), 0, math.log(4), 0, 0))
    assert grows.values(0, 0.5) == pytest.approx(4)


@given(at=st.tuples(VALUE, VALUE, VALUE, VALUE, VALUE), scale=st.sampled_from(["linear", "log"]))
def test_it_runs_through_all_anchors(at: tuple[float, ...], scale: str) -> None:
    surface = figure(*at, scale=scale, clip=(0.01, 1000))
    for value, point in zip(at, ANCHORS.values(), strict=True):
        assert surface.values(*point) == pytest.approx(value)


@given(at=st.tuples(VALUE, VALUE, VALUE, VALUE, VALUE), valence=UNIT, arousal=UNIT)
def test_it_never_leaves_the_clip(at: tuple[float, ...], valence: float, arousal: float) -> None:
    low, high = at[NEUTRAL] - 1, at[NEUTRAL] + 1
    assert low <= figure(*at, clip=(low, high)).values(valence, arousal) <= high


def test_arrays_are_broadcast() -> None:
    steps = np.linspace(-1, 1, 3)
    values = figure(2, 0, 1, 2, 0).values(steps, steps[:, None])
    assert values.tolist() == [[0, 1, 2]] * 3


def test_the_way_along_an_axis() -> None:
    assert figure(2, 0, 1, 2, 0).way("valence") == "rises"
    assert figure(0, 2, 1, 0, 2).way("valence") == "falls"
    assert figure(2, 0, 1, 2, 0).way("arousal") == "stays"
    assert figure(5, 5, 1, 4, 4).way("arousal") == "turns"  # A = 0.5, AA = 3.5: lowest at -0.07
    assert figure(5, 5, 3, 2, 2, clip=(0, 3.5)).way("arousal") == "rises"  # though held at the clip


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"clip": (1, 1)}, "must rise"),
        ({"scale": "log", "clip": (0.1, 1000), "at": (1, 0, 1, 1, 1)}, "above 0"),
        ({"clip": (2, 3)}, r"neutral \(1\) lies outside the clip \[2, 3\]"),
        ({"at": (1, 1, 1, 1)}, "Field required"),
        ({"at": (1, 1, 1, 1, math.inf)}, "finite"),
    ],
)
def test_what_is_no_figure(given: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Figure.model_validate({"at": (1, 1, 1, 1, 1), "clip": (-9, 9), "source": "x", **given})


def test_the_limits_that_are_fixed() -> None:
    fixed = {
        "tempo_factor": (0.5, 1.6),
        "level_db": (-10, 8),
        "articulation": (0.3, 1.1),
        "timing_ms": (0, 30),
        "swing": (1, 3),
    }
    assert {name: (FIGURES[name].lowest, FIGURES[name].highest) for name in fixed} == fixed
    assert set(Expression.model_fields) == {"valence", "arousal", "mode", "clips", *FIGURES}


def expression(**figures: float) -> Expression:
    return load_profile().at(0, 0).model_copy(update=figures)


def test_figures_that_a_strength_takes_beyond_their_clip_are_named() -> None:
    strong = expression(
        tempo_factor=0.65, level_db=5.0, articulation=0.7, velocity_spread=1.2, timing_ms=16.0
    )
    assert held_at_clip(strong, 1.5) == ()
    assert held_at_clip(strong, 2.0) == ("tempo_factor", "level_db", "timing_ms")
    assert held_at_clip(strong, 2.0, "keep") == ("level_db", "timing_ms")
    narrow = strong.model_copy(update={"clips": {"articulation": (0.5, 1.0), "velocity_spread": (0.9, 1.3)}})
    assert held_at_clip(narrow, 1.8) == ("tempo_factor", "level_db", "articulation", "velocity_spread")


@pytest.mark.parametrize("name", UNMOVED)
def test_a_figure_goes_with_the_strength_until_it_is_held(name: str) -> None:
    low, high = load_profile().at(0, 0).clip(name)
    strong = expression(**{name: high - 0.2 * (high - UNMOVED[name])})
    assert strong.played(name, 0.0) == UNMOVED[name]
    assert strong.played(name, 1.0) == pytest.approx(getattr(strong, name))
    assert strong.asked(name, 2.0) > strong.played(name, 2.0) == high
    assert low <= strong.played(name, 0.5) <= getattr(strong, name)
