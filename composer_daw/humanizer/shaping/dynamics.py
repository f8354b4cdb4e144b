"""What an instrument's map declares: its controller of loudness, and those of sound that it listens to."""

from __future__ import annotations

from typing import NamedTuple

from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.actions import SOURCES, Action, Follow

TRIMS = {7: 100, 11: 127}
"""Controllers that take something off what the velocities say, and their value where the score is silent."""


class Dynamics(NamedTuple):
    """The controller of the score that makes louder and softer."""

    number: int
    silent: int
    """What it is where the score never sets it."""
    speaks_alone: bool
    """It holds the loudness itself, so that without the score's own values the velocities are written out."""
    always: bool
    """Even with them: the map says that it follows the velocities."""


def dynamics_of(technique_map: TechniqueMap) -> Dynamics | None:
    """Return what the map declares: a technique that follows the score's dynamics, or `dynamics`; or None.

    Controllers 7 and 11 trim what velocities say. Any other (1, 2) is the dynamic layer itself.
    """
    if SOURCES["dynamics"] in followed(technique_map):
        return Dynamics(SOURCES["dynamics"], TRIMS[SOURCES["dynamics"]], False, False)
    declared = technique_map.dynamics
    if declared is None or declared.cc in owned(technique_map):
        return None
    always = declared.follow == "velocity"
    return Dynamics(declared.cc, TRIMS.get(declared.cc, 127), always or declared.cc not in TRIMS, always)


def told_by_score(technique_map: TechniqueMap) -> TechniqueMap:
    """Return the map with its dynamics taken from the score, as a shaped performance has them.

    With `follow: velocity` the realizer sends the velocities and nothing of the score's own; `shape` has
    written both out.
    """
    if technique_map.dynamics is None or technique_map.dynamics.follow == "score":
        return technique_map
    told = technique_map.dynamics.model_copy(update={"follow": "score"})
    return technique_map.model_copy(update={"dynamics": told})


def followed(technique_map: TechniqueMap) -> set[int]:
    """Return the controllers of the score that some action follows."""
    values = (_values(action) for action in technique_map.actions())
    return {one.number for several in values for one in several if one.number >= 0}


def owned(technique_map: TechniqueMap) -> set[int]:
    """Return the controllers that actions send themselves: the score's own values for them are not sent."""
    return {number for action in technique_map.actions() for number in action.controllers}


def listens_to(technique_map: TechniqueMap) -> set[int]:
    """Return the controllers that a score can move: those that an action follows, and those to be chased."""
    return followed(technique_map) | (set(technique_map.chase) - owned(technique_map))


def _values(action: Action) -> list[Follow]:
    fields = (getattr(action, field) for field in type(action).model_fields)
    return [value for value in fields if isinstance(value, Follow)]
