"""The outputs of a Reaticulate articulation, `o=note:24/cc:1,64@2%7`, to and from actions.

An output is `[-][type][@channel[.bus]][:arg[,arg]][%number]`. All notes of an articulation are pressed before
the first is released, so those of one velocity make a chord here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from composer_daw.errors import did_you_mean
from composer_daw.techniques.actions import Action, ControlChange, Keyswitch, PitchBend, Program

MOST_OUTPUTS = 16
"""What Reaticulate takes for one articulation."""

FULL = 127
"""The velocity of a note that names none."""

Fields = dict[str, Any]
"""An action as in YAML."""


class Outputs(NamedTuple):
    """What the outputs of an articulation come to."""

    on: tuple[Fields, ...]
    channel: int | None
    """The channel that notes are sent to from here on."""
    problems: tuple[tuple[str, str], ...]
    """What could not be read, and why."""


class _Output(NamedTuple):
    action: Fields | None
    channel: int | None
    routes: bool


def read_outputs(text: str, toggles: bool = False) -> Outputs:
    """Return the actions of `o=`; `only_with` names the other articulation by its number."""
    problems: list[tuple[str, str]] = []
    outputs = []
    for spec in filter(None, text.split("/")):
        try:
            outputs.append(_read(spec, toggles, problems))
        except ValueError as error:
            problems.append((spec, str(error)))
    routes = list(dict.fromkeys(output.channel for output in outputs if output.routes))
    channel = routes[0] if routes else None
    if len(routes) > 1:
        problems.append((text, "its notes would go to several channels; they go to the first"))
    elif channel and any(not output.routes and output.channel is None for output in outputs):
        problems.append((text, "an output without a channel goes where the notes go"))
    actions = []
    for output in outputs:
        if output.action is not None:
            own = output.channel if not output.routes or output.channel != channel else None
            actions.append(output.action | ({} if own is None else {"channel": own}))
    on = chords(actions)
    if sum(action.get("mode") != "hold" for action in on if "keyswitch" in action) > 1:
        problems.append((text, "keys that differ in velocity or condition are pressed in turn, not together"))
    return Outputs(tuple(on), channel, tuple(problems))


def _read(spec: str, toggles: bool, problems: list[tuple[str, str]]) -> _Output:
    parts = re.findall(r"([/@:%])([^@:%]+)", "/" + spec)
    found = dict(parts)
    whole = "".join(prefix + part for prefix, part in parts) in ("/" + spec, spec)
    if not whole or len(found) < len(parts) or not ("/" in found or "@" in found):
        raise ValueError("no output; write type@channel:value,value")
    kind = found.get("/", "")
    channel = _channel(spec, found.get("@", ""), problems)
    action = _action(kind.removeprefix("-"), found.get(":", "").split(","), toggles)
    if action == {"pitch_bend": 8192}:
        action = {"pitch_bend": 8191}
        problems.append((spec, "the pitch wheel ends at 8191"))
    if action is not None and "%" in found:
        action["only_with"] = (str(_number(found["%"], 0, 127)),)
    return _Output(action, channel, not kind.startswith("-") and found.get("@") != "-")


def _channel(spec: str, text: str, problems: list[tuple[str, str]]) -> int | None:
    channel, dot, _ = text.partition(".")
    if dot:
        problems.append((spec, "buses are not known here"))
    return None if channel in ("", "-") else _number(channel, 1, 16)


def _action(kind: str, args: list[str], toggles: bool) -> Fields | None:
    if kind in ("note", "note-hold"):
        mode = "hold" if kind == "note-hold" else "toggle" if toggles else "latch"
        velocity = _number(args[1], 1, 127) if len(args) > 1 else FULL
        return {"keyswitch": (_number(args[0], 0, 127),), "velocity": velocity, "mode": mode}
    if kind == "cc":
        if len(args) < 2:
            raise ValueError("a controller needs its number and a value")
        return {"cc": _number(args[0], 0, 127), "value": _number(args[1], 0, 127)}
    if kind == "program":
        return {"program": _number(args[0], 0, 127)}
    if kind == "pitch":
        return {"pitch_bend": _number(args[0], -8192, 8192)}
    if kind:
        hint = did_you_mean(kind, ("note", "note-hold", "cc", "program", "pitch", "art"))
        raise ValueError(f"no such output type{hint}")
    return None


def _number(text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"-?\d{1,6}", text.strip(), re.ASCII) or not low <= int(text) <= high:
        raise ValueError(f"a number from {low} to {high} is missing")
    return int(text)


def chords(actions: Sequence[Fields]) -> list[Fields]:
    """Join what outputs can only say one by one: conditions, banks of programs, keys pressed together."""
    joined: list[Fields] = []
    for action in _alternatives(actions):
        last = joined[-1] if joined else {}
        if last.keys() & action.keys() >= {"keyswitch"} and _but("keyswitch", last) == _but(
            "keyswitch", action
        ):
            joined[-1] = last | {"keyswitch": last["keyswitch"] + action["keyswitch"]}
        elif "program" in action and (bank := _bank(joined[-2:], action)) is not None:
            joined[-2:] = [action | {"bank": bank}]
        else:
            joined.append(action)
    return joined


def _alternatives(actions: Sequence[Fields]) -> list[Fields]:
    """Join neighbours that differ only in the articulation that they count with."""
    joined: list[Fields] = []
    for action in actions:
        before = joined[-1].get("only_with", ()) if joined else ()
        own = action.get("only_with", ())
        if (
            before
            and own
            and own[0] not in before
            and _but("only_with", joined[-1]) == _but("only_with", action)
        ):
            joined[-1] = action | {"only_with": before + own}
        else:
            joined.append(action)
    return joined


def _but(field: str, action: Fields) -> Fields:
    return {key: value for key, value in action.items() if key != field}


def _bank(before: list[Fields], program: Fields) -> int | None:
    """Return the bank that two controllers before a program choose; None where they do not."""
    shared = {key: program[key] for key in ("channel", "only_with") if key in program}
    if [action.get("cc") for action in before] != [0, 32]:
        return None
    if any({key: one[key] for key in ("channel", "only_with") if key in one} != shared for one in before):
        return None
    return int(before[0]["value"]) * 128 + int(before[1]["value"])


def write_outputs(actions: Sequence[Action], channel: int | None, numbers: Mapping[str, int]) -> str:
    """Return actions as `o=` takes them (reverse of `read_outputs`); `numbers` are those of techniques.

    The actions are such as outputs can say: values that are numbers, no parameters of the plugin.
    """
    outputs = [text for action in actions for text in _written(action, channel, numbers)]
    if channel is not None and all(action.channel is not None for action in actions):
        outputs.append(f"@{channel}")
    return "/".join(outputs)


def count_outputs(action: Action) -> int:
    """Return how many outputs it takes to say an action."""
    return len(list(_written(action, None, dict.fromkeys(action.only_with, 0))))


def _written(action: Action, channel: int | None, numbers: Mapping[str, int]) -> Iterator[str]:
    stays = "-" if action.channel is not None else ""
    goes = action.channel if action.channel is not None else channel
    target = "" if goes is None else f"@{goes}"
    for kind, value in _values(action):
        for name in action.only_with or ("",):
            yield f"{stays}{kind}{target}:{value}" + (f"%{numbers[name]}" if name else "")


def _values(action: Action) -> Iterator[tuple[str, str]]:
    if isinstance(action, Keyswitch):
        kind = "note-hold" if action.mode == "hold" else "note"
        for key in action.keyswitch:
            yield kind, f"{key}" if action.velocity == FULL else f"{key},{action.velocity}"
    elif isinstance(action, ControlChange):
        yield "cc", f"{action.cc},{action.value}"
    elif isinstance(action, PitchBend):
        yield "pitch", f"{action.pitch_bend}"
    elif isinstance(action, Program):
        if action.bank is not None:
            yield "cc", f"0,{action.bank // 128}"
            yield "cc", f"32,{action.bank % 128}"
        yield "program", f"{action.program}"
