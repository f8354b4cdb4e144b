"""Each kind of action says which events enter it and leave it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from composer_daw.events import Kind
from composer_daw.techniques.actions import ACTIONS, Action, AnyAction, Keyswitch, Step

READER: TypeAdapter[Action] = TypeAdapter(AnyAction)
ON, OFF = Kind.SWITCH_ON, Kind.SWITCH_OFF


def index(name: str) -> int:
    return {"Mute": 7}[name]


@pytest.mark.parametrize(
    ("data", "enter", "leave"),
    [
        ({"keyswitch": "C1"}, [(ON, 24, 100), (OFF, 24, 0)], []),
        ({"keyswitch": 24, "velocity": 1}, [(ON, 24, 1), (OFF, 24, 0)], []),
        ({"keyswitch": ["C1", 26]}, [(ON, 24, 100), (ON, 26, 100), (OFF, 24, 0), (OFF, 26, 0)], []),
        ({"keyswitch": "C1", "mode": "hold"}, [(ON, 24, 100)], [(OFF, 24, 0)]),
        ({"keyswitch": "C1", "mode": "toggle"}, [(ON, 24, 100), (OFF, 24, 0)], [(ON, 24, 100), (OFF, 24, 0)]),
        ({"cc": 32, "value": 11}, [(Kind.CONTROL, 32, 11)], []),
        ({"program": 5}, [(Kind.PROGRAM, 5, 0)], []),
        (
            {"program": 5, "bank": 130},
            [(Kind.CONTROL, 0, 1), (Kind.CONTROL, 32, 2), (Kind.PROGRAM, 5, 0)],
            [],
        ),
        ({"pitch_bend": -8192}, [(Kind.PITCH_BEND, 0, -8192)], []),
        ({"parameter": "Mute", "value": 0.5}, [(Kind.PARAMETER, 7, 0.5)], []),
    ],
)
def test_what_it_sends(data: dict[str, Any], enter: list[Step], leave: list[Step]) -> None:
    action = READER.validate_python(data)
    assert [step[:3] for step in action.enter(index)] == enter
    assert [step[:3] for step in action.leave(index)] == leave
    assert {step.channel for step in action.enter(index)} == {None}
    elsewhere = READER.validate_python({**data, "channel": 16})
    assert {step.channel for step in (*elsewhere.enter(index), *elsewhere.leave(index))} == {15}
    assert READER.validate_python(action) is action


def test_the_table_lists_every_kind_once() -> None:
    assert {action.key for action in ACTIONS} == {"keyswitch", "cc", "program", "pitch_bend", "parameter"}
    assert set(ACTIONS) == set(Action.__subclasses__())


@pytest.mark.parametrize(
    ("data", "owned"),
    [
        ({"cc": 32, "value": 1}, (32,)),
        ({"program": 1, "bank": 0}, (0, 32)),
        ({"program": 1}, ()),
        ({"keyswitch": 1}, ()),
    ],
)
def test_which_controllers_it_owns(data: dict[str, Any], owned: tuple[int, ...]) -> None:
    assert READER.validate_python(data).controllers == owned


def test_middle_c_is_that_of_the_document() -> None:
    action = READER.validate_python({"keyswitch": "C3"}, context={"middle_c": "C3"})
    assert isinstance(action, Keyswitch)
    assert action.keyswitch == (60,)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            {"keyswich": "C1"},
            r"'keyswich' is no action \(did you mean 'keyswitch'\?\); write one of keyswitch",
        ),
        ("C1", "'C1' is no action"),
        ({}, "'' is no action"),
        ({"keyswitch": "H1"}, "'H1' is not a note"),
        ({"keyswitch": "C1", "velocity": 0}, "greater than or equal to 1"),
        ({"keyswitch": "C1", "mode": "push"}, "'latch', 'hold' or 'toggle'"),
        ({"cc": 128, "value": 0}, "less than or equal to 127"),
        ({"cc": 1}, "Field required"),
        ({"program": 1, "bank": 16384}, "less than or equal to 16383"),
        ({"pitch_bend": 8192}, "less than or equal to 8191"),
        ({"parameter": "Mute", "value": 1.5}, "less than or equal to 1"),
        ({"parameter": "Mute", "value": float("nan")}, "finite number"),
        ({"cc": 1, "value": 1, "chanel": 2}, "Extra inputs"),
        ({"cc": 1, "value": 1, "channel": 17}, "less than or equal to 16"),
        ({"keyswitch": []}, "at least 1 item"),
        (
            {"cc": 1, "value": {"follow": "velocty"}},
            r"nothing that a score has \(did you mean 'velocity'\?\)",
        ),
        ({"cc": 1, "value": {"follow": "cc120"}}, "nothing that a score has"),
    ],
)
def test_what_is_no_action(data: object, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        READER.validate_python(data)
