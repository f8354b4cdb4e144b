"""Actions in words: what is sent to put a technique in force, such as "hold key C1" or "CC 32 = 11"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composer_daw.techniques.actions import (
    Action,
    ControlChange,
    Follow,
    Keyswitch,
    PitchBend,
    Program,
    SetParameter,
)
from composer_daw.techniques.pitch_names import name_of

USUAL_VELOCITY = 100
"""What a keyswitch is pressed with where nothing is said."""


def action_words(action: Action, middle_c: str = "C4") -> str:
    """Return what an action sends, such as "hold key C1" or "CC 32 = 11"."""
    told = _WORDS[type(action)](action, middle_c)
    if action.channel is not None:
        told += f" on channel {action.channel}"
    return f"{told} with {' or '.join(action.only_with)}" if action.only_with else told


def _keyswitch(action: Keyswitch, middle_c: str) -> str:
    keys = "+".join(name_of(key, middle_c) for key in action.keyswitch)
    told = f"key{'s' if len(action.keyswitch) > 1 else ''} {keys}"
    if action.mode != "latch":
        told = f"{action.mode} {told}"
    if action.starts:
        told += f" (starts {action.starts})"
    if action.velocity == USUAL_VELOCITY:
        return told
    if isinstance(action.velocity, Follow):
        return f"{told}, its velocity {_following(action.velocity)}"
    return f"{told} at velocity {action.velocity}"


def _control(action: ControlChange, middle_c: str) -> str:
    return f"CC {action.cc} {_value(action.value)}"


def _program(action: Program, middle_c: str) -> str:
    return f"program {action.program}" + ("" if action.bank is None else f", bank {action.bank}")


def _bend(action: PitchBend, middle_c: str) -> str:
    return f"pitch bend {action.pitch_bend:+d}"


def _parameter(action: SetParameter, middle_c: str) -> str:
    return f"parameter {action.parameter} {_value(action.value)}"


_WORDS: dict[type[Action], Callable[[Any, str], str]] = {
    Keyswitch: _keyswitch,
    ControlChange: _control,
    Program: _program,
    PitchBend: _bend,
    SetParameter: _parameter,
}


def _value(value: float | Follow) -> str:
    return _following(value) if isinstance(value, Follow) else f"= {value:g}"


def _following(follow: Follow) -> str:
    told = f"follows {follow.follow}"
    if (follow.source, follow.range) == ((0, 127), (0, 127)):
        return told
    return f"{told} ({span_words(follow.source)} to {span_words(follow.range)})"


def span_words(span: tuple[float | None, float | None], shown: Callable[[float], str] = "{:g}".format) -> str:
    """Return a span as "1..5", "from 1" or "up to 5"."""
    low, high = span
    if low is not None and high is not None:
        return shown(low) if low == high else f"{shown(low)}..{shown(high)}"
    return f"from {shown(low)}" if low is not None else f"up to {shown(high)}" if high is not None else "any"
