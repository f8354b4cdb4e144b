"""The declaration beside a Faust instrument: which key, controller and lane does what.

    declaration = load_declaration(Path("composer_daw/hosts/studio/violin.yaml"))
    declaration.keyswitches[28]     # {"technique": 4}

The string program takes the lanes `BASE_LANES` and then `lanes`, one input each, and gives
`strings_channels`; the body program takes those and gives `channels`. What may depend on a technique or on a
piece of a kit is one figure, or `{lane: technique, values: [...]}`: a figure for each value of that lane.
A kit may have a table of its `pieces` instead, a row for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    StrictBool,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from composer_daw.documents import PlacedError, load_document

BASE_LANES = ("gate", "freq", "velocity", "seed")
"""The lanes that every string program takes first: -1 forget, 0 released, 1 held; Hz; 0..1; 0..1."""

PIECE = "piece"
"""The lane that a table of pieces sets."""

Key = Annotated[int, Field(ge=0, le=127)]
Switch = dict[str, float]
T = TypeVar("T")


class ByValue(BaseModel, Generic[T]):
    """A property of the notes that depends on the value of one lane."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lane: str
    values: tuple[T, ...] = Field(min_length=1)

    def places(self, lanes: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.int64]:
        """Return the place in `values` for each note, from the notes' lanes."""
        return lanes[self.lane].astype(np.int64)


Figure = ByValue[float] | float


def figures(
    figure: Figure, lanes: Mapping[str, npt.NDArray[np.float64]], count: int
) -> npt.NDArray[np.float64]:
    """Return the figure that holds for each of `count` notes, from the notes' lanes."""
    if isinstance(figure, ByValue):
        return np.asarray(figure.values, dtype=np.float64)[figure.places(lanes)]
    return np.full(count, float(figure))


class Alternates(BaseModel):
    """A lane that is 0 and 1 in turn while strokes of one key follow each other this fast: two hands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lane: str
    within_s: float = Field(gt=0)


class Piece(BaseModel):
    """One piece of a kit: a row of the table `pieces`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: int = Field(ge=0)
    """The value of the lane `piece`; rows stand in their order, counted from 0."""
    dsp: str
    """The program that renders it."""
    rings: PositiveInt
    """So many strokes of it ring together."""
    tail_s: float
    choke: int = Field(default=0, ge=0)
    """Its group: a later stroke of the group cuts it short; 0 for none."""
    keys: tuple[Key, ...] | dict[Key, Switch]
    """The keys that play it, with other lanes that a key sets."""


Pieces = dict[str, Piece]
_PIECES = TypeAdapter(Pieces)


def _laid_out(pieces: Pieces) -> dict[str, Any]:
    """Return what the rows of a table say as the fields of a declaration; raise PlacedError."""
    keys: dict[int, Switch] = {}
    for number, (name, one) in enumerate(pieces.items()):
        if one.place != number:
            raise PlacedError(f"its row is number {number}, counted from 0", "pieces", name, "place")
        switches = one.keys if isinstance(one.keys, dict) else {key: {} for key in one.keys}
        if taken := sorted(set(switches) & set(keys)):
            raise PlacedError(f"key {taken[0]} plays another piece already", "pieces", name, "keys")
        keys |= {key: {PIECE: number, **lanes} for key, lanes in switches.items()}
    columns = {
        "strings_dsp": [one.dsp for one in pieces.values()],
        "restrikes": [one.rings for one in pieces.values()],
        "chokes": [one.choke for one in pieces.values()],
        "tail_s": [one.tail_s for one in pieces.values()],
    }
    by_piece = {name: {"lane": PIECE, "values": column} for name, column in columns.items()}
    return {"keys": dict(sorted(keys.items())), **by_piece}


class Declaration(BaseModel):
    """How one Faust instrument is told; times in seconds, keys and pitches as MIDI numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    studio_instrument: Literal[1]
    name: str
    strings_dsp: ByValue[str] | str
    """The string program, or one for each value of a lane: a note pays for its own program only."""
    body_dsp: str
    strings_channels: int = Field(default=1, ge=1)
    channels: int = Field(ge=1)
    range: tuple[Key, Key]
    bend_range: float = Field(default=2.0, gt=0)
    """Semitones; the preset decides."""
    lanes: tuple[str, ...] = ()
    keyswitches: dict[Key, Switch] = {}
    pieces: Pieces = {}
    """The pieces of a kit by name, in the place of `strings_dsp`, `keys`, `restrikes`, `chokes`, `tail_s`."""
    keys: dict[Key, Switch] = {}
    """Lanes that a played key sets, beside its pitch, over what keyswitches say; then no other key plays."""
    controls: dict[Key, str] = {}
    strings: Figure | None = None
    """A note rings on until this many later strokes of its channel have begun; without it, to its end."""
    restrikes: ByValue[PositiveInt] | PositiveInt | StrictBool = False
    """The same, counting strokes of the same key only; of the same value of the lane where there is one.

    `true` is 1: a new stroke takes the string of the one before, be it held or not.
    """
    restrike_s: float = Field(default=0.02, gt=0)
    """How long a note that was struck again fades, from the new stroke on."""
    chokes: ByValue[int] | None = None
    """A group for each value of a lane, 0 for none: a later stroke of its group cuts a note short."""
    choke_s: float = Field(default=0.03, gt=0)
    """How long a choked note fades, from the stroke that chokes it on."""
    connects: ByValue[int] | None = None
    """The values with which a note is slurred to the note before."""
    pedal: Key | None = None
    """The controller that holds released notes while it is 64 or more."""
    alternates: Alternates | None = None
    ahead_s: Figure = 0.0
    """How long before its note a stroke begins, such as the grace note of a flam."""
    holds: bool = True
    """Whether it matters how long a key is held; a drum rings by itself."""
    tail_s: Figure
    """How long a note rings after its release, at the most."""
    tail_halves_every: float | None = Field(default=None, gt=0)
    """Semitones: `tail_s` is that of the lowest key of the range, and half of it so much higher."""
    forget_s: float | None = Field(default=None, gt=0)
    """How long a string program needs to forget; without it the longest period, as for a delay line."""

    @model_validator(mode="before")
    @classmethod
    def _lay_pieces_out(cls, document: Any) -> Any:
        """Take the table of pieces apart; what is wrong with a row its own field tells."""
        if not isinstance(document, dict) or "pieces" not in document:
            return document
        try:
            found = _laid_out(_PIECES.validate_python(document["pieces"]))
        except ValidationError:
            return {"strings_dsp": "", "tail_s": 0.0} | document
        if twice := sorted(set(found) & set(document)):
            raise PlacedError("stands in the table of pieces, too; keep one", twice[0])
        return document | found

    @model_validator(mode="after")
    def _lanes_exist(self) -> Self:
        """Refuse a lane that is named but not declared, and a keyswitch inside the playable range."""
        named = set(self._set_values()) | set(self.controls.values()) | {f.lane for _, f in self._by_value()}
        named |= {self.alternates.lane} if self.alternates else set()
        unknown = sorted(named - set(self.lanes))
        if unknown:
            raise ValueError(f"lanes {', '.join(unknown)} are not in the list `lanes`")
        if any(self.range[0] <= key <= self.range[1] for key in self.keyswitches):
            raise ValueError(f"a keyswitch lies inside the playable range {self.range[0]}..{self.range[1]}")
        outside = [key for key in self.keys if not self.range[0] <= key <= self.range[1]]
        if outside:
            raise ValueError(f"keys {outside} lie outside the range {self.range[0]}..{self.range[1]}")
        return self

    @model_validator(mode="after")
    def _figures_cover_their_lanes(self) -> Self:
        """Refuse a figure for each value of a lane where a switch sets a value without one."""
        for name, figure in self._by_value():
            values = self._set_values().get(figure.lane, set())
            if not values:
                raise ValueError(f"{name}: no keyswitch and no key sets the lane {figure.lane}")
            allowed = set(range(len(figure.values))) if name != "connects" else values
            stray = sorted(values - allowed)
            if stray:
                raise ValueError(
                    f"{name}: has {len(figure.values)} values, but {figure.lane} may be {stray[0]:g}"
                )
        return self

    def _by_value(self) -> Iterator[tuple[str, ByValue[float] | ByValue[int] | ByValue[str]]]:
        for name in ("strings_dsp", "strings", "restrikes", "chokes", "connects", "tail_s", "ahead_s"):
            figure = getattr(self, name)
            if isinstance(figure, ByValue):
                yield name, figure

    def _set_values(self) -> dict[str, set[float]]:
        """Return the values that switches set, by lane; 0 is what holds before the first."""
        found: dict[str, set[float]] = {}
        for switch in [*self.keyswitches.values(), *self.keys.values()]:
            for lane, value in switch.items():
                found.setdefault(lane, set()).add(value)
        return found

    @property
    def switched(self) -> tuple[str, ...]:
        """Return the lanes that keyswitches and keys set, in the order of `lanes`."""
        named = self._set_values()
        return tuple(lane for lane in self.lanes if lane in named)

    @property
    def programs(self) -> tuple[str, ...]:
        """Return the files of the string programs, each once."""
        every = self.strings_dsp.values if isinstance(self.strings_dsp, ByValue) else (self.strings_dsp,)
        return tuple(dict.fromkeys(every))


def load_declaration(path: Path) -> Declaration:
    """Read and check a declaration; raise DocumentError where it does not fit."""
    return load_document(path, Declaration, "the declaration of a Faust instrument (YAML)")
