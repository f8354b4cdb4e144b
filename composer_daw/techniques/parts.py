"""The parts of a technique map: groups, techniques, conditions, what happens to a note, drum pieces."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from composer_daw.errors import did_you_mean
from composer_daw.techniques.actions import EITHER, AnyAction, MidiChannel, SevenBit
from composer_daw.techniques.pitch_names import pitch_of

COLOR = r"^(#[0-9a-fA-F]{6})?$"

Factor = Annotated[float, Field(gt=0, le=100)]
Milliseconds = Annotated[float, Field(ge=0, le=5000)]
Velocity = Annotated[int, Field(ge=1, le=127)]
ByVelocity = dict[Velocity, Milliseconds]
"""From this velocity up, this long."""

Late = Annotated[Annotated[Milliseconds, Tag("plain")] | Annotated[ByVelocity, Tag("mapping")], EITHER]
Louder = Annotated[
    Annotated[Factor, Tag("plain")]
    | Annotated[dict[SevenBit, SevenBit], Field(min_length=1), Tag("mapping")],
    EITHER,
]


class Part(BaseModel):
    """The base of all parts: nothing unknown is taken, and nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def note_number(value: Any, info: ValidationInfo) -> int:
    """Read a pitch by the document's own middle C."""
    return pitch_of(value, (info.context or {}).get("middle_c", "C4"))


def _ends(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError("write the lowest and the highest, such as [1, 64]")
    return tuple(value)


def _pitches(value: Any, info: ValidationInfo) -> tuple[int | None, ...]:
    return tuple(None if end is None else note_number(end, info) for end in _ends(value))


def _upwards(value: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    low, high = value
    if low is not None and high is not None and low > high:
        raise ValueError("write the lower end first")
    return value


Span = Annotated[tuple[float | None, float | None], BeforeValidator(_ends), AfterValidator(_upwards)]
"""From one figure to another, both counted in; null leaves an end open."""

Pitches = Annotated[tuple[int | None, int | None], BeforeValidator(_pitches), AfterValidator(_upwards)]
"""From one pitch to another, both counted in; null leaves an end open."""

Whole = Annotated[tuple[SevenBit, SevenBit], BeforeValidator(_ends), AfterValidator(_upwards)]


class Group(Part):
    """Techniques of which one at most is in force; groups that stand earlier have priority."""

    default: str = ""
    """What is in force where nothing else is asked; empty: nothing is."""


class Condition(Part):
    """On which notes a technique can be played; every line that is there must hold."""

    length_ms: Span = (None, None)
    """How long the note is, as performed."""
    velocity: Span = (None, None)
    pitch: Pitches = (None, None)
    """As written."""
    interval: Span = (None, None)
    """Semitones from the note to the next of its line; down is below 0. A note without a next has none."""
    next: Literal["overlaps", "connects", "apart"] | None = None
    """Whether the note reaches into the next of its line, comes within 50 ms of it, or neither."""
    previous: Literal["overlaps", "connects", "apart"] | None = None


class NoteShape(Part):
    """What a technique does to the notes it is played on."""

    length: Factor = 1.0
    """Factor on the written length."""
    gap_ms: Milliseconds = 0.0
    """How long before the next note of its line a note ends at the latest."""
    overlap_ms: Milliseconds = 0.0
    """How far a note reaches into the next one of its line, so that the instrument connects them."""
    lasts_ms: Milliseconds = 0.0
    """How long a note sounds at most, however long its key is held; 0: as long as the key."""
    strum_ms: Late = 0.0
    """How much later than the string before each note of a chord begins; by velocity, if need be."""
    strum_from: Literal["low", "high"] = "low"
    """Whether a strum begins with the lowest note or the highest."""
    strum_fades: Factor = 1.0
    """Factor on the velocity from each note of a strum to the next."""
    velocity: Louder = 1.0
    """Factor on the velocity, or a curve: what is sent for what is written, straight between the points."""
    velocity_range: Whole = (1, 127)
    """Velocities outside are brought to its ends."""
    transpose: Annotated[int, Field(ge=-127, le=127)] = 0
    """Semitones from the written pitch to the one that is sent."""
    pitch_range: Pitches = (None, None)
    """Pitches outside are brought to its ends, before `transpose`."""
    sounds: Annotated[int, Field(ge=-127, le=127)] = 0
    """Semitones from the pitch that is sent to the one that is heard."""


class Latency(Part):
    """How long after it is sent a note speaks; the realizer sends it that much early."""

    first: Late = 0.0
    transition: Late = Field(default_factory=dict)
    """For a note connected to the one before; empty: as `first`."""


class Trigger(Part):
    """How the technique is asked for in the DAW that the map came from or goes to."""

    program: SevenBit | None = None
    """Reaticulate's number of the articulation."""
    key: int | None = None
    """Cubase's remote key."""

    @field_validator("key", mode="before")
    @classmethod
    def _named(cls, value: Any, info: ValidationInfo) -> int | None:
        return None if value is None else note_number(value, info)


class Technique(Part):
    """One way of playing; without `on`, `channel` and `note` the instrument lacks it."""

    group: str
    title: str = ""
    """What the library calls it, where that is not its name here."""
    plays: tuple[str, ...] = ()
    """What it is in terms of the vocabulary; empty: its own name, or the parts of it between '+'."""
    when: Condition = Field(default_factory=Condition)
    on: tuple[AnyAction, ...] = ()
    off: tuple[AnyAction, ...] = ()
    channel: MidiChannel | None = None
    """The channel that its notes go to; empty: any of the map's."""
    note: NoteShape = Field(default_factory=NoteShape)
    latency_ms: Latency = Field(default_factory=Latency)
    fallback: tuple[str, ...] = ()
    scope: Literal["until_changed", "note"] = "until_changed"
    """How long it holds in a score: a direction until the next of its group, an attribute for one note."""
    affects_held: bool = False
    """The switch changes notes that sound already, so it waits for their release."""
    setup: str = ""
    """What a person must do in the plugin before it can be heard."""
    trigger: Trigger | None = None
    color: Annotated[str, Field(pattern=COLOR)] = ""
    labels: dict[str, str | dict[str, str]] = Field(default_factory=dict)

    @field_validator("on", "off", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """Take one action for a list of one."""
        return value if value is None or isinstance(value, (list, tuple)) else (value,)

    @field_validator("latency_ms", mode="before")
    @classmethod
    def _at_first(cls, value: Any) -> Any:
        """Take a bare number for how late every note speaks."""
        if isinstance(value, str):
            raise ValueError("write milliseconds, as 12, or as {first: 12, transition: 250}")
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        return {"first": value} if plain else value

    @field_validator("fallback", mode="before")
    @classmethod
    def _alone(cls, value: Any) -> Any:
        """Take one name for a list of one."""
        return (value,) if isinstance(value, str) else value

    @field_validator("color", mode="before")
    @classmethod
    def _in_figures(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("no colour; put it into quotes, as '#ff8800': a bare # begins a comment")
        if not isinstance(value, str) or not re.fullmatch(COLOR, value):
            raise ValueError(f"'{value}' is no colour here; write its red, green and blue, as '#ff8800'")
        return value

    @field_validator("plays", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split("+")) if isinstance(value, str) else value

    @field_validator("plays")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(value):
            raise ValueError("names nothing on one side of a '+'; write a name there, or leave 'plays' out")
        return value


class Dynamics(Part):
    """The controller that plays louder and softer, and where its values come from."""

    cc: SevenBit
    follow: Literal["score", "velocity"] = "score"


class Stroke(Part):
    """One way to hit a drum piece: the key, and a factor on the velocity."""

    play: int
    velocity: Factor = 1.0

    @field_validator("play", mode="before")
    @classmethod
    def _named(cls, value: Any, info: ValidationInfo) -> int:
        return note_number(value, info)


class Piece(Part):
    """A drum: the pitches that scores write for it, and its strokes by name; the first is the default."""

    strokes: Annotated[dict[str, Stroke], Field(min_length=1)]
    written: dict[int, str]
    """The stroke that each pitch means; where it is a list, the one on that key, or the first."""

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, data: Any, info: ValidationInfo) -> Any:
        """Gather the strokes: every key but `written` is one, a bare key or a mapping with `play`."""
        if not isinstance(data, dict) or "strokes" in data:
            return data
        written = data.get("written", [])
        strokes = {name: stroke for name, stroke in data.items() if name != "written"}
        return {
            "written": written,
            "strokes": {name: s if isinstance(s, dict) else {"play": s} for name, s in strokes.items()},
        }

    @field_validator("written", mode="before")
    @classmethod
    def _meant(cls, value: Any, info: ValidationInfo) -> Any:
        """Tell the stroke of each pitch."""
        strokes: dict[str, Stroke] = info.data.get("strokes", {})
        if isinstance(value, dict):
            for stroke in value.values():
                if strokes and stroke not in strokes:
                    hint = did_you_mean(str(stroke), strokes) or f"; it has {', '.join(strokes)}"
                    raise ValueError(f"no stroke '{stroke}'{hint}")
            return {note_number(pitch, info): stroke for pitch, stroke in value.items()}
        on_key = {stroke.play: name for name, stroke in reversed(strokes.items())}
        usual = next(iter(strokes), "")
        pitches = (note_number(one, info) for one in (value if isinstance(value, (list, tuple)) else [value]))
        return {pitch: on_key.get(pitch, usual) for pitch in pitches}
