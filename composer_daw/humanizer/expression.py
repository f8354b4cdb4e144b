"""The figures of an expressive performance: their one table, and the surface of each over the emotions."""

from __future__ import annotations

import functools
import math
from typing import Annotated, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from composer_daw.performance import Floats

ANCHORS = {
    "happy": (1.0, 1.0),
    "scary": (-1.0, 1.0),
    "neutral": (0.0, 0.0),
    "peaceful": (1.0, -1.0),
    "sad": (-1.0, -1.0),
}
"""The anchors, (valence, arousal), in the order in which a figure names its values."""

NEUTRAL = list(ANCHORS).index("neutral")

Axis = Literal["valence", "arousal"]
Way = Literal["rises", "falls", "stays", "turns"]
Mode = Literal["major", "minor", "as written"]


class Quantity(NamedTuple):
    """What a figure is: its unit, what it may be at all, and what it says."""

    unit: str
    lowest: float
    highest: float
    what: str


class Part(BaseModel):
    """A part of a profile."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class Expression(Part):
    """How a point of the square is played: the one table of figures, their units and their limits."""

    valence: float
    arousal: float
    tempo_factor: Annotated[float, Quantity("x", 0.5, 1.6, "tempo, of the written one")]
    level_db: Annotated[float, Quantity("dB", -10.0, 8.0, "level, as velocity says it")]
    articulation: Annotated[float, Quantity("x", 0.3, 1.1, "length, of the written one")]
    velocity_spread: Annotated[
        float, Quantity("x", 0.0, 2.0, "how far velocities lie from their mean, in dB")
    ]
    timing_ms: Annotated[float, Quantity("ms", 0.0, 30.0, "timing, standard deviation")]
    swing: Annotated[float, Quantity(":1", 1.0, 3.0, "swing, long to short")]
    phrase_arch: Annotated[float, Quantity("k", -3.0, 3.0, "arch of tempo and level over a phrase")]
    duration_contrast: Annotated[float, Quantity("k", -3.0, 3.0, "short notes shorter and softer")]
    punctuation: Annotated[float, Quantity("k", 0.0, 3.0, "small rests between groups")]
    final_ritard: Annotated[float, Quantity("k", 0.0, 3.0, "slowing at the end")]
    vibrato_cents: Annotated[float, Quantity("cents", 0.0, 100.0, "depth of vibrato, either way")]
    vibrato_hz: Annotated[float, Quantity("Hz", 3.0, 10.0, "rate of vibrato")]
    attack_ms: Annotated[float, Quantity("ms", 1.0, 1000.0, "attack of sustained notes")]
    brightness: Annotated[float, Quantity("", -1.0, 1.0, "brightness, dark to bright")]
    register_semitones: Annotated[float, Quantity("semitones", -24.0, 24.0, "register (advice)")]
    mode: Mode
    """Advice only."""
    clips: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """What the profile never lets a figure leave, at any strength; its limits where a figure is not named."""

    @model_validator(mode="after")
    def _possible(self) -> Expression:
        for name, (low, high) in self.clips.items():
            if name not in FIGURES or not within(name, low) == low <= high == within(name, high):
                raise ValueError(f"no clip of a figure: {name} [{low:g}, {high:g}]")
        for name, value in self.figures().items():
            if within(name, value) != value:
                low, high = FIGURES[name].lowest, FIGURES[name].highest
                raise ValueError(f"{name} {value:g} is outside {low:g}..{high:g}")
        return self

    def figures(self) -> dict[str, float]:
        """Return the figures by name, in their order."""
        return {name: getattr(self, name) for name in FIGURES}

    def clip(self, figure: str) -> tuple[float, float]:
        """Return what a figure never leaves."""
        return self.clips.get(figure, (FIGURES[figure].lowest, FIGURES[figure].highest))

    def clipped(self, figure: str, value: float) -> float:
        """Return a value of a figure, held at its clip."""
        low, high = self.clip(figure)
        return min(max(value, low), high)

    def asked(self, figure: str, strength: float) -> float:
        """Return one of the figures of `UNMOVED` at a strength, its clip left aside; tempo goes by powers."""
        value, unmoved = float(getattr(self, figure)), UNMOVED[figure]
        return value**strength if figure == "tempo_factor" else unmoved + strength * (value - unmoved)

    def played(self, figure: str, strength: float) -> float:
        """Return one of the figures of `UNMOVED` at a strength, held at its clip."""
        return self.clipped(figure, self.asked(figure, strength))


FIGURES: dict[str, Quantity] = {
    name: one
    for name, field in Expression.model_fields.items()
    for one in field.metadata
    if isinstance(one, Quantity)
}


UNMOVED = {
    "tempo_factor": 1.0,
    "level_db": 0.0,
    "articulation": 1.0,
    "velocity_spread": 1.0,
    "timing_ms": 0.0,
}
"""The figures that are held at their clip at any strength, and what they are at strength 0."""


def held_at_clip(
    expression: Expression, strength: float, tempo: Literal["keep", "map"] = "map"
) -> tuple[str, ...]:
    """Return the names of the figures that a strength above 1 would take beyond their clip, where they stop.

    Where the tempo is kept, no tempo is held.
    """
    if strength <= 1.0:
        return ()
    moved = (name for name in UNMOVED if tempo == "map" or name != "tempo_factor")
    beyond = {name: expression.asked(name, strength) - expression.played(name, strength) for name in moved}
    return tuple(name for name, by in beyond.items() if abs(by) > 1e-9)


def within(figure: str, value: float) -> float:
    """Return a value within what a figure may be at all."""
    return min(max(value, FIGURES[figure].lowest), FIGURES[figure].highest)


class Figure(Part):
    """One figure: its value at each anchor, and the surface through them."""

    at: tuple[float, float, float | None, float, float]
    """At happy (1, 1), scary (-1, 1), neutral (0, 0) or null, peaceful (1, -1) and sad (-1, -1)."""
    scale: Literal["linear", "log"] = "linear"
    """`log`: the surface runs through the logarithms."""
    clip: tuple[float, float]
    """What it never leaves."""
    source: str
    """One of `sources`."""

    @model_validator(mode="after")
    def _possible(self) -> Figure:
        low, high = self.clip
        if low >= high:
            raise ValueError(f"the clip [{low:g}, {high:g}] must rise")
        if self.scale == "log" and min(low, *(value for value in self.at if value is not None)) <= 0:
            raise ValueError("with 'scale: log' all values must be above 0")
        neutral = self.at[NEUTRAL]
        if neutral is not None and not low <= neutral <= high:
            raise ValueError(f"neutral ({neutral:g}) lies outside the clip [{low:g}, {high:g}]")
        return self

    @functools.cached_property
    def coefficients(self) -> tuple[float, float, float, float, float]:
        """(c, V, A, VA, AA) of f = c + V v + A a + VA v a + AA a^2; with `scale: log`, of log f."""
        happy, scary, neutral, peaceful, sad = (
            math.nan if value is None else math.log(value) if self.scale == "log" else value
            for value in self.at
        )
        mean = (happy + scary + peaceful + sad) / 4
        middle = mean if math.isnan(neutral) else neutral
        valence = (happy - scary + peaceful - sad) / 4
        arousal = (happy + scary - peaceful - sad) / 4
        return middle, valence, arousal, (happy - scary - peaceful + sad) / 4, mean - middle

    def values(self, valence: npt.ArrayLike, arousal: npt.ArrayLike, clipped: bool = True) -> Floats:
        """Return the figure at points; arrays are broadcast against each other."""
        v, a = np.asarray(valence, float), np.asarray(arousal, float)
        c, of_v, of_a, of_va, of_aa = self.coefficients
        surface = c + of_v * v + of_a * a + of_va * v * a + of_aa * a * a
        plain = np.exp(surface) if self.scale == "log" else surface
        return np.asarray(np.clip(plain, *self.clip) if clipped else plain)

    def way(self, axis: Axis) -> Way:
        """Return which way the figure goes along an axis while the other is 0, clips left aside."""
        steps = np.linspace(-1, 1, 41)
        values = (
            self.values(steps, 0, clipped=False)
            if axis == "valence"
            else self.values(0, steps, clipped=False)
        )
        change = np.diff(values)
        least = 1e-9 * max(1.0, float(np.abs(values).max()))
        if (np.abs(change) <= least).all():
            return "stays"
        return "rises" if (change > -least).all() else "falls" if (change < least).all() else "turns"
