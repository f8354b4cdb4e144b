"""Draws stay in their bounds, and depend on the seed and the item alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from composer_daw.sampling import Choice, Constant, Distribution, Normal, Uniform, generator_for, seed_for

READER: TypeAdapter[Distribution] = TypeAdapter(Distribution)
numbers = st.floats(-1e6, 1e6)
seeds = st.integers(0, 2**32)


@given(seeds, st.text())
def test_an_item_draws_the_same_whoever_draws_before(seed: int, item: str) -> None:
    alone = generator_for(seed, item).random(3)
    generator_for(seed, item + "x").random(100)
    assert generator_for(seed, item).random(3).tolist() == alone.tolist()


def test_the_seed_is_pinned_for_every_machine() -> None:
    assert seed_for(7, "violin/staccato") == 989_630_565_765_355_853
    assert seed_for(7, "violin/staccato") != seed_for(8, "violin/staccato")


@given(seeds, numbers)
def test_a_constant_is_constant(seed: int, value: float) -> None:
    assert Constant(value=value).draw(generator_for(seed, "")) == value


@given(seeds, st.tuples(numbers, numbers).map(sorted))
def test_uniform_stays_within(seed: int, ends: list[float]) -> None:
    low, high = ends
    assert low <= Uniform(low=low, high=high).draw(generator_for(seed, "")) <= high


@given(seeds, st.tuples(numbers, numbers, numbers).map(sorted), st.floats(0, 1e6))
def test_normal_stays_within(seed: int, values: list[float], deviation: float) -> None:
    low, mean, high = values
    drawn = Normal(mean=mean, deviation=deviation, low=low, high=high).draw(generator_for(seed, ""))
    assert low <= drawn <= high


def test_normal_with_no_room_gives_its_mean_and_does_not_hang() -> None:
    assert Normal(mean=2, deviation=5, low=2, high=2).draw(generator_for(0, "")) == 2.0


def test_normal_has_its_mean_and_deviation() -> None:
    rng = generator_for(1, "many")
    drawn = [Normal(mean=3, deviation=2).draw(rng) for _ in range(4000)]
    assert np.mean(drawn) == pytest.approx(3, abs=0.1)
    assert np.std(drawn) == pytest.approx(2, abs=0.1)


@given(seeds, st.lists(st.one_of(numbers, st.text()), min_size=1))
def test_a_choice_is_one_of_its_values(seed: int, values: list[float | str]) -> None:
    assert Choice(values=tuple(values)).draw(generator_for(seed, "")) in values


def test_a_weight_of_nothing_is_never_chosen() -> None:
    rng, choice = generator_for(0, ""), Choice(values=("a", "b", "c"), weights=(1, 0, 3))
    drawn = [choice.draw(rng) for _ in range(2000)]
    assert drawn.count("b") == 0
    assert drawn.count("c") / len(drawn) == pytest.approx(0.75, abs=0.04)


@pytest.mark.parametrize(
    "one",
    [
        Constant(value=1.5),
        Uniform(low=-1, high=1),
        Normal(mean=0, deviation=1, low=-2, high=2),
        Choice(values=("a", 2.0), weights=(1, 2)),
    ],
)
def test_a_distribution_survives_json(one: Distribution) -> None:
    assert READER.validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"kind": "uniform", "low": 2, "high": 1}, "low 2.0 is above high 1.0"),
        ({"kind": "normal", "mean": 5, "deviation": 1, "high": 2}, "mean 5.0 lies outside -inf..2.0"),
        ({"kind": "normal", "mean": 5, "deviation": -1}, "greater than or equal to 0"),
        ({"kind": "choice", "values": []}, "at least 1 item"),
        ({"kind": "choice", "values": [1, 2], "weights": [1]}, "2 values need as many weights, not all 0"),
        ({"kind": "choice", "values": [1, 2], "weights": [0, 0]}, "2 values need as many weights, not all 0"),
        ({"kind": "constant", "value": math.nan}, "finite number"),
        ({"kind": "uniform", "low": 0, "high": math.inf}, "finite number"),
        ({"kind": "constant", "value": 1, "unit": "s"}, "Extra inputs"),
        ({"kind": "dice"}, "does not match any of the expected tags"),
    ],
)
def test_nonsense_is_refused(data: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        READER.validate_python(data)
