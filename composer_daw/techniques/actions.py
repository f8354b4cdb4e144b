"""What a technique map can do to an instrument: one class for each kind of action.

Everything that reads actions (loading, checks, realizing, printing) goes by this table: to add a kind, write
its class and name it in `ACTIONS`. An action says which events it takes to enter a technique and which to
leave it, as rows (kind, number, value): the realizer alone decides about times and channels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import (
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


class Step(NamedTuple):
    """One event of an action, before it has a time and a channel."""

    kind: Kind
    number: int
    value: float


ParameterIndex = Callable[[str], int]
"""Where a plugin parameter stands in `Events.parameters`."""


class Action(BaseModel):
    """The base of all actions; `key` is the word that tells the kind in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    key: ClassVar[str]

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


class Keyswitch(Action):
    """A note that switches: latched, held while the technique is in force, or toggled on and off by it."""

    key = "keyswitch"
    keyswitch: int
    velocity: Annotated[int, Field(ge=1, le=127)] = 100
    mode: Literal["latch", "hold", "toggle"] = "latch"

    @field_validator("keyswitch", mode="before")
    @classmethod
    def _pitch(cls, value: Any, info: ValidationInfo) -> int:
        return pitch_of(value, (info.context or {}).get("middle_c", "C4"))

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Press the key; release it at once unless it is held."""
        press = Step(Kind.SWITCH_ON, self.keyswitch, self.velocity)
        return (press,) if self.mode == "hold" else (press, Step(Kind.SWITCH_OFF, self.keyswitch, 0))

    def leave(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Release a held key; press a toggled one again."""
        if self.mode == "hold":
            return (Step(Kind.SWITCH_OFF, self.keyswitch, 0),)
        return self.enter(index) if self.mode == "toggle" else ()


class ControlChange(Action):
    """A controller set to a value."""

    key = "cc"
    cc: SevenBit
    value: SevenBit

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Send the controller."""
        return (Step(Kind.CONTROL, self.cc, self.value),)

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
        program = Step(Kind.PROGRAM, self.program, 0)
        if self.bank is None:
            return (program,)
        most, least = divmod(self.bank, 128)
        return (Step(Kind.CONTROL, 0, most), Step(Kind.CONTROL, 32, least), program)

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
        return (Step(Kind.PITCH_BEND, 0, self.pitch_bend),)


class SetParameter(Action):
    """A parameter of the plugin, by name, set to a value in 0..1."""

    key = "parameter"
    parameter: str
    value: Annotated[float, Field(ge=0, le=1)]

    def enter(self, index: ParameterIndex) -> tuple[Step, ...]:
        """Set the parameter."""
        return (Step(Kind.PARAMETER, index(self.parameter), self.value),)


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
