"""Checks of controllers: does what the map sends, and lets follow the score, change anything in the sound?"""

from __future__ import annotations

from collections.abc import Iterator

from composer_daw.calibration.figures import Figure, Trial
from composer_daw.calibration.hearing import Hearing
from composer_daw.calibration.likeness import Sounding, compare
from composer_daw.errors import HostError
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.actions import (
    Action,
    ControlChange,
    Follow,
    Keyswitch,
    PitchBend,
    Program,
    SetParameter,
)
from composer_daw.techniques.display.action_words import action_words

SOFT, LOUD = 20, 115
"""Values of the dynamics controller that must not sound alike."""

FIGURES = 2
"""On so many figures controllers are tried."""

MOST_TECHNIQUES = 6
"""So many techniques are asked whether the dynamics controller changes them."""


def check_dynamics(hearing: Hearing) -> None:
    """Find a dynamics controller that no technique hears."""
    dynamics = hearing.technique_map.dynamics
    if dynamics is None:
        return
    owned = {number for action in hearing.technique_map.actions() for number in action.controllers}
    if dynamics.cc in owned:
        return
    known = hearing.plain_map.model_copy(update={"dynamics": dynamics.model_copy(update={"follow": "score"})})
    trials = [one for one in hearing.heard_trials if not one.parts and not hearing.is_base(one)]
    tried = [*([hearing.base] if hearing.base.name not in hearing.left_out else []), *trials]
    for trial in tried[:MOST_TECHNIQUES]:
        soft, loud = (
            hearing.variant(str(value), trial.asked, _some(trial), known, [(dynamics.cc, value)])
            for value in (SOFT, LOUD)
        )
        if not _alike(soft, loud):
            return
    if tried:
        problem = "the `dynamics` controller changes nothing in the sound"
        hearing.found(f"cc {dynamics.cc}", "dead", problem)


def check_actions(hearing: Hearing) -> None:
    """Find actions that change nothing: those that follow the score, and each of several."""
    for trial in hearing.heard_trials:
        entry = hearing.technique_map.techniques.get(trial.name)
        if entry is None:
            continue
        for row, action in enumerate(entry.on):
            follows = isinstance(getattr(action, "value", getattr(action, "velocity", None)), Follow)
            if (len(entry.on) > 1 or follows) and _is_dead(hearing, trial, row, action):
                told = action_words(action, hearing.technique_map.middle_c)
                hearing.found(trial.name, "dead", f"on[{row}]: {told} changes nothing in its sound")


def _is_dead(hearing: Hearing, trial: Trial, row: int, action: Action) -> bool:
    """Tell whether a technique sounds the same whatever stands in the place of one of its actions."""
    asked = trial.asked
    if action.only_with and not set(action.only_with) & (set(asked) | hearing.technique_map.defaults):
        asked = (*asked, action.only_with[0])
    others = [
        hearing.variant(
            f"{trial.name}[{row}]", asked, _some(trial), _replaced(hearing, trial.name, row, other)
        )
        for other in _instead(action, hearing.technique_map)
    ]
    if not others:
        return False
    if isinstance(getattr(action, "value", getattr(action, "velocity", None)), Follow):
        reference, others = others[0], others[1:]
    else:
        reference = hearing.variant(trial.name, asked, _some(trial), hearing.plain_map)
    try:
        return all(_alike(reference, other) for other in others)
    except HostError:  # a value that the engine refuses: it was heard, then
        return False


def _replaced(hearing: Hearing, name: str, row: int, action: Action | None) -> TechniqueMap:
    """Return the neutral map with another action, or none, in a row of a technique."""
    known = hearing.plain_map
    entry = known.techniques[name]
    on = [*entry.on[:row], *([action] if action else []), *entry.on[row + 1 :]]
    changed = {**known.techniques, name: entry.model_copy(update={"on": tuple(on)})}
    return known.model_copy(update={"techniques": changed})


def _instead(action: Action, technique_map: TechniqueMap) -> Iterator[Action | None]:
    """Yield what can stand in the place of an action: other values, the ends of its range, or nothing."""
    followed = getattr(action, "value", getattr(action, "velocity", None))
    field = "velocity" if isinstance(action, Keyswitch) else "value"
    if isinstance(followed, Follow):
        for end in followed.range:
            yield action.model_copy(update={field: end if isinstance(action, SetParameter) else round(end)})
        return
    match action:
        case ControlChange():
            used = [
                other.value
                for other in technique_map.actions()
                if isinstance(other, ControlChange)
                and other.cc == action.cc
                and not isinstance(other.value, Follow)
            ]
            for value in dict.fromkeys((*used, 0, 127)):
                if value != action.value:
                    yield action.model_copy(update={"value": value})
        case SetParameter():
            for end in (0.0, 1.0):
                if end != action.value:
                    yield action.model_copy(update={"value": end})
        case PitchBend():
            for bend in (-8192, 8191):
                if bend != action.pitch_bend:
                    yield action.model_copy(update={"pitch_bend": bend})
        case Keyswitch() | Program():
            yield None


def _some(trial: Trial) -> tuple[Figure, ...]:
    """Return the figures on which controllers are tried: a few of the loud ones."""
    return trial.figures[-FIGURES:]


def _alike(one: Sounding, other: Sounding) -> bool:
    found = compare(one, other)
    return found is not None and found.same
