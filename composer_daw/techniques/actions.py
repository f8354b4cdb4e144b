"""What a technique map can do to an instrument: one class for each kind of action.

Everything that reads actions (loading, checks, realizing, printing) goes by this table: to add a kind, write
its class and name it in `ACTIONS`. An action says which events it takes to enter a technique and which to
leave it, as rows (kind, number, value, channel): the realizer alone decides about times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)

from composer_daw.errors import did_you_mean
from composer_daw.events import Kind
from composer_daw.techniques.pitch_names import pitch_of

SevenBit = Annotated[int, Field(ge=0, le=127)]
MidiChannel = Annotated[int, Field(ge=1, le=16)]

SOURCES = {"velocity": -1, "pitch": -2, "length_ms": -3, "dynamics": 11, "vibrato_depth": 77, "modulation": 1}
"""What a value can follow: of the note (below 0), or a controller of the score (GM); also `cc0`..`cc119`."""

_CONTROLLER = re.compile(r"cc(\d{1,3})")


class Follow(BaseModel):
    """A value taken from the score: that of the note itself, or of one of the score's controllers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    follow: str
    """One of `SOURCES`, or `cc` and a number."""
    source: tuple[float, float] = (0, 127)
    """Between which values of the source ..."""
    range: tuple[float, float] = (0, 127)
    """... the sent value goes from the first to the second of these, and no further."""

    @field_validator("follow")
    @classmethod
    def _known(cls, value: str) -> str:
        number = _CONTROLLER.fullmatch(value)
        if value in SOURCES or (number and int(number[1]) < 120):
            return value
        raise ValueError(
            f"'{value}' is nothing that a score has{did_you_mean(value, SOURCES)}; "
            f"write one of {', '.join(SOURCES)}, or cc0 to cc119"
        )

    @property
    def number(self) -> int:
        """Return the controller of the score; below 0 for what belongs to the note."""
        return SOURCES[self.follow] if self.follow in SOURCES else int(self.follow[2:])


def _is_mapping(value: Any) -> str:
    return "mapping" if isinstance(value, (dict, Follow)) else "plain"


EITHER = Discriminator(_is_mapping)
"""Tells a plain value from a mapping, so that an error is about the one that was written."""


def _whole(value: Follow) -> Follow:
    return _sends(value, 0, 127, "MIDI has values from 0 to 127")


def _share(value: Follow) -> Follow:
    return _sends(value, 0, 1, "a parameter goes from 0 to 1; write range: [0, 1], or less")


def _sends(value: Follow, low: float, high: float, problem: str) -> Follow:
    if not low <= min(value.range) <= max(value.range) <= high:
        raise ValueError(problem)
    return value


Followed = Annotated[Follow, AfterValidator(_whole), Tag("mapping")]
FollowedShare = Annotated[Follow, AfterValidator(_share), Tag("mapping")]


class Step(NamedTuple):
    """One event of an action, before it has a time."""

    kind: Kind
    number: int
    value: float | Follow
    channel: int | None = None
    """Where it goes, 0..15; None: to the channel of the notes."""


ParameterIndex = Callable[[str], int]
"""Where a plugin parameter stands in `Events.parameters`."""


class Action(BaseModel):
    """The base of all actions; `key` is the word that tells the kind in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    key: ClassVar[str]
    channel: MidiChannel | None = None
    """Where the event goes, if not to the channel of the notes."""
    only_with: tuple[str, ...] = ()
    """Techniques of which one must be in force too, for the action to count."""

    @field_validator("only_with", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Return the events that put the technique in force."""
        raise NotImplementedError

    def leave(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Return the events that end it; most kinds need none."""
        return ()

    @property
    def controllers(self) -> tuple[int, ...]:
        """Return the controllers that this action owns; the score's own values for them are not sent."""
        return ()

    @property
    def follows(self) -> bool:
        """Tell whether a value of it is taken from the score."""
        return any(isinstance(getattr(self, field), Follow) for field in type(self).model_fields)

    def _step(self, kind: Kind, number: int, value: float | Follow) -> Step:
        return Step(kind, number, value, None if self.channel is None else self.channel - 1)


class Keyswitch(Action):
    """A note that switches, or a chord: latched, held while the technique is in force, or toggled by it."""

    key = "keyswitch"
    keyswitch: Annotated[tuple[int, ...], Field(min_length=1)]
    velocity: Annotated[Annotated[int, Field(ge=1, le=127), Tag("plain")] | Followed, EITHER] = 100
    mode: Literal["latch", "hold", "toggle"] = "latch"
    starts: Literal["on", "off"] | None = None
    """What a toggle is before the first note; where it is not said, it is taken to be off."""

    @field_validator("keyswitch", mode="before")
    @classmethod
    def _pitches(cls, value: Any, info: ValidationInfo) -> tuple[int, ...]:
        keys = value if isinstance(value, (list, tuple)) else [value]
        return tuple(pitch_of(key, (info.context or {}).get("middle_c", "C4")) for key in keys)

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Press the keys together; release them at once unless they are held."""
        press = tuple(self._step(Kind.SWITCH_ON, key, self.velocity) for key in self.keyswitch)
        return press if self.mode == "hold" else press + self._releases()

    def leave(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Release held keys; press toggled ones again."""
        if self.mode == "hold":
            return self._releases()
        return self.enter(index) if self.mode == "toggle" else ()

    def _releases(self) -> tuple[Step, ...]:
        return tuple(self._step(Kind.SWITCH_OFF, key, 0) for key in self.keyswitch)


class ControlChange(Action):
    """A controller set to a value, or made to follow the score while the technique is in force."""

    key = "cc"
    cc: SevenBit
    value: Annotated[Annotated[SevenBit, Tag("plain")] | Followed, EITHER]

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Send the controller."""
        return (self._step(Kind.CONTROL, self.cc, self.value),)

    @property
    def controllers(self) -> tuple[int, ...]:
        """Return the one it sets."""
        return (self.cc,)


class Program(Action):
    """A program, in a bank where one is named (its most and least significant byte in one number)."""

    key = "program"
    program: SevenBit
    bank: Annotated[int, Field(ge=0, le=16383)] | None = None

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Send the bank, then the program."""
        program = self._step(Kind.PROGRAM, self.program, 0)
        if self.bank is None:
            return (program,)
        most, least = divmod(self.bank, 128)
        return (self._step(Kind.CONTROL, 0, most), self._step(Kind.CONTROL, 32, least), program)

    @property
    def controllers(self) -> tuple[int, ...]:
        """Return the two of the bank, where one is named."""
        return () if self.bank is None else (0, 32)


class PitchBend(Action):
    """The pitch wheel set to a value; 0 is the middle."""

    key = "pitch_bend"
    pitch_bend: Annotated[int, Field(ge=-8192, le=8191)]

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Send the bend."""
        return (self._step(Kind.PITCH_BEND, 0, self.pitch_bend),)


class SetParameter(Action):
    """A parameter of the plugin, by name, set to a value in 0..1, or made to follow the score."""

    key = "parameter"
    parameter: str
    value: Annotated[Annotated[float, Field(ge=0, le=1), Tag("plain")] | FollowedShare, EITHER]

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Set the parameter."""
        return (self._step(Kind.PARAMETER, index(self.parameter), self.value),)


ACTIONS: tuple[type[Action], ...] = (Keyswitch, ControlChange, Program, PitchBend, SetParameter)


def _kind_of(value: Any) -> str | None:
    if isinstance(value, Action):
        return value.key
    return next((action.key for action in ACTIONS if isinstance(value, dict) and action.key in value), None)


def _check_kind(value: Any) -> Any:
    if _kind_of(value) is None:
        keys = [action.key for action in ACTIONS]
        wrong = str(next(iter(value), "")) if isinstance(value, dict) else str(value)
        raise ValueError(f"'{wrong}' is no action{did_you_mean(wrong, keys)}; write one of {', '.join(keys)}")
    return value


AnyAction = Annotated[
    Annotated[Keyswitch, Tag("keyswitch")]
    | Annotated[ControlChange, Tag("cc")]
    | Annotated[Program, Tag("program")]
    | Annotated[PitchBend, Tag("pitch_bend")]
    | Annotated[SetParameter, Tag("parameter")],
    Discriminator(_kind_of),
    BeforeValidator(_check_kind),
]
"""Any action, told apart by the word it begins with."""
