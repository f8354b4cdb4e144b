"""What of a technique's actions Reaticulate's outputs can say."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from composer_daw.techniques.actions import Action, ControlChange, Follow, Keyswitch, SetParameter
from composer_daw.techniques.interchange.reabank_outputs import (
    FULL,
    MOST_OUTPUTS,
    count_outputs,
    read_outputs,
    write_outputs,
)
from composer_daw.techniques.parts import Technique

Misfit = tuple[int, Action, str]
"""The row of an action, the action, and why it cannot be said as it is."""

FIXED = "Reaticulate sends fixed values"


def fitted(technique: Technique, numbers: Mapping[str, int]) -> tuple[list[Action], list[Misfit]]:
    """Return the actions that can be said, changed where that helps, and the misfits among those given.

    `numbers` are those of the techniques that are written. An action is a misfit too if it is read back
    otherwise, because outputs beside each other mean one thing.
    """
    misfits: list[Misfit] = []
    rows: list[tuple[int, Action]] = []
    modes = {action.mode for action in technique.on if isinstance(action, Keyswitch)}
    room = MOST_OUTPUTS - (technique.channel is not None)
    given: tuple[Action, ...] = technique.on
    for row, action in enumerate(given):
        one, reasons = _sayable(action, toggles="latch" not in modes, numbers=numbers)
        if one is not None and (room := room - count_outputs(one)) < 0:
            one, reasons = None, [f"Reaticulate takes {MOST_OUTPUTS} outputs for an articulation"]
        misfits += [(row, action, why) for why in reasons]
        rows += [] if one is None else [(row, one)]
    actions = [action for _, action in rows]
    again, problems = _read_back(actions, technique, numbers)
    matcher = difflib.SequenceMatcher(
        None, [repr(one) for one in actions], [repr(one) for one in again], False
    )
    kept = {block.a + place for block in matcher.get_matching_blocks() for place in range(block.size)}
    for place, (row, action) in enumerate(rows):
        if place not in kept or problems and isinstance(action, Keyswitch) and action.mode != "hold":
            misfits.append((row, given[row], _joined(action)))
    return actions, sorted(misfits, key=lambda misfit: misfit[0])


def _joined(action: Action) -> str:
    if isinstance(action, Keyswitch):
        return "Reaticulate presses the keys of an articulation together"
    return "outputs say it in another way; it is read back so"


def _sayable(action: Action, toggles: bool, numbers: Mapping[str, int]) -> tuple[Action | None, list[str]]:
    """Return the action as outputs can say it, None where they cannot, and what that leaves out."""
    if isinstance(action, SetParameter):
        return None, ["Reaticulate sets no parameters of plugins"]
    if isinstance(action, ControlChange) and isinstance(action.value, Follow):
        return None, [FIXED]
    change: dict[str, Any] = {}
    reasons = []
    known = tuple(name for name in action.only_with if name in numbers)
    if known != action.only_with:
        change["only_with"] = known
        reasons.append("it counts only with what is not written")
        if not known:
            return None, reasons
    if isinstance(action, Keyswitch):
        if isinstance(action.velocity, Follow):
            change["velocity"] = FULL
            reasons.append(FIXED)
        if action.mode == "toggle" and not toggles:
            change["mode"] = "latch"
            reasons.append("in Reaticulate all keys of an articulation toggle, or none")
        if action.starts is not None:
            change["starts"] = None
            reasons.append("Reaticulate takes a toggle to be off at first")
    return action.model_copy(update=change), reasons


def _read_back(
    actions: list[Action], technique: Technique, numbers: Mapping[str, int]
) -> tuple[tuple[Action, ...], bool]:
    """Return the actions as they are read back, and whether keys pressed in turn would be so together."""
    names = {str(number): name for name, number in numbers.items()}
    toggles = any(isinstance(action, Keyswitch) and action.mode == "toggle" for action in actions)
    outputs = read_outputs(write_outputs(actions, technique.channel, numbers), toggles)
    on = [
        {**fields, "only_with": tuple(names[number] for number in fields.get("only_with", ()))}
        for fields in outputs.on
    ]
    return Technique(group=technique.group, on=on).on, bool(outputs.problems)  # type: ignore[arg-type]
