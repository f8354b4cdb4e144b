"""Distributions as data, and a generator for each item: draw first, then apply.

A spec holds distributions, a record holds what was drawn from them. The generator of an item follows from
(seed, item id) alone, so it does not matter which worker draws, or in which order.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

MOST_DRAWS = 1000
"""So often a bell curve is drawn from again before its bounds are taken to be too narrow for it."""


def generator_for(seed: int, item_id: str) -> np.random.Generator:
    """Return the generator of one item, the same on every machine and in every order of work."""
    return np.random.Generator(np.random.PCG64(seed_for(seed, item_id)))


def seed_for(seed: int, item_id: str) -> int:
    """Return 63 bits for one item: the start of SHA-256 over "seed:item id"."""
    digest = hashlib.sha256(f"{seed}:{item_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


class _Distribution(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Constant(_Distribution):
    """Always the same value."""

    kind: Literal["constant"] = "constant"
    value: FiniteFloat

    def draw(self, rng: np.random.Generator) -> float:
        """Return the value."""
        return self.value


class Uniform(_Distribution):
    """Every value from `low` up to, not including, `high` alike."""

    kind: Literal["uniform"] = "uniform"
    low: FiniteFloat
    high: FiniteFloat

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if not self.low <= self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        return float(rng.uniform(self.low, self.high))


class Normal(_Distribution):
    """A bell curve around `mean`, cut at `low` and `high` by drawing again."""

    kind: Literal["normal"] = "normal"
    mean: FiniteFloat
    deviation: Annotated[FiniteFloat, Field(ge=0)]
    low: float = float("-inf")
    high: float = float("inf")

    @model_validator(mode="after")
    def _reachable(self) -> Normal:
        if not self.low <= self.mean <= self.high:
            raise ValueError(f"mean {self.mean} lies outside {self.low}..{self.high}")
        return self

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value within the bounds."""
        for _ in range(MOST_DRAWS):
            value = float(rng.normal(self.mean, self.deviation))
            if self.low <= value <= self.high:
                return value
        return float(rng.uniform(self.low, self.high))  # so narrow a cut of the bell is flat


class Choice(_Distribution):
    """One of several values, by weight; without weights all alike."""

    kind: Literal["choice"] = "choice"
    values: tuple[float | str, ...] = Field(min_length=1)
    weights: tuple[Annotated[FiniteFloat, Field(ge=0)], ...] | None = None

    @model_validator(mode="after")
    def _weighted(self) -> Choice:
        if self.weights is not None and (len(self.weights) != len(self.values) or sum(self.weights) <= 0):
            raise ValueError(f"{len(self.values)} values need as many weights, not all 0")
        return self

    def draw(self, rng: np.random.Generator) -> float | str:
        """Return one of the values."""
        weights = None if self.weights is None else np.asarray(self.weights) / sum(self.weights)
        return self.values[int(rng.choice(len(self.values), p=weights))]


Distribution = Annotated[Constant | Uniform | Normal | Choice, Field(discriminator="kind")]
"""Any of the distributions, told apart by `kind`, as YAML and JSON spell them."""
