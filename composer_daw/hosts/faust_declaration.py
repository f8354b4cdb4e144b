"""The declaration beside a Faust instrument: which key, controller and lane does what.

    declaration = load_declaration(Path("composer_daw/hosts/studio/violin.yaml"))
    declaration.keyswitches[28]     # {"technique": 4}

The string program takes the lanes `BASE_LANES` and then `lanes`, one input each, and gives one channel; the
body program takes that channel and gives `channels`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from composer_daw.documents import load_document

BASE_LANES = ("gate", "freq", "velocity", "seed")
"""The lanes that every string program takes first: -1 forget, 0 released, 1 held; Hz; 0..1; 0..1."""

Key = Annotated[int, Field(ge=0, le=127)]


class ByValue(BaseModel):
    """A property of the notes that depends on the value of one lane."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lane: str
    values: tuple[float, ...]


class Declaration(BaseModel):
    """How one Faust instrument is told; times in seconds, keys and pitches as MIDI numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    studio_instrument: Literal[1]
    name: str
    strings_dsp: str
    body_dsp: str
    channels: int = Field(ge=1)
    range: tuple[Key, Key]
    bend_range: float = Field(default=2.0, gt=0)
    """Semitones; the preset decides."""
    strings: ByValue
    lanes: tuple[str, ...]
    keyswitches: dict[Key, dict[str, float]]
    controls: dict[Key, str]
    connects: ByValue
    tail_s: ByValue

    @model_validator(mode="after")
    def _lanes_exist(self) -> Self:
        """Refuse a lane that is named but not declared, and a keyswitch inside the playable range."""
        named = {lane for switch in self.keyswitches.values() for lane in switch} | set(
            self.controls.values()
        )
        unknown = sorted((named | {self.connects.lane, self.tail_s.lane}) - set(self.lanes))
        if unknown:
            raise ValueError(f"lanes {', '.join(unknown)} are not in the list `lanes`")
        if any(self.range[0] <= key <= self.range[1] for key in self.keyswitches):
            raise ValueError(f"a keyswitch lies inside the playable range {self.range[0]}..{self.range[1]}")
        return self

    @property
    def switched(self) -> tuple[str, ...]:
        """Return the lanes that keyswitches set, in the order of `lanes`."""
        named = {lane for switch in self.keyswitches.values() for lane in switch}
        return tuple(lane for lane in self.lanes if lane in named)


def load_declaration(path: Path) -> Declaration:
    """Read and check a declaration; raise DocumentError where it does not fit."""
    return load_document(path, Declaration, "the declaration of a Faust instrument (YAML)")
