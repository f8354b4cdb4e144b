"""The technique map: how one instrument is told to play each technique.

The schema of `technique_maps/*.yaml`. Errors name file, line, technique, value and remedy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import did_you_mean
from composer_daw.techniques.actions import AnyAction
from composer_daw.techniques.pitch_names import name_of, pitch_of

Factor = Annotated[float, Field(gt=0, le=100)]
Milliseconds = Annotated[float, Field(ge=0, le=5000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Group(_Part):
    """Techniques of which exactly one is in force; groups that stand earlier have priority."""

    default: str


class NoteShape(_Part):
    """What a technique does to the notes it is played on."""

    length: Factor = 1.0
    """Factor on the written length."""
    overlap_ms: Milliseconds = 0.0
    """How far a note reaches into the next one of its line, so that the instrument connects them."""
    lasts_ms: Milliseconds = 0.0
    """How long a note sounds at most, however long its key is held; 0: as long as the key."""
    velocity: Factor = 1.0
    transpose: int = 0
    """Semitones from the written pitch to the one that is sent."""
    sounds: int = 0
    """Semitones from the pitch that is sent to the one that is heard."""


class Latency(_Part):
    """How long after it is sent a note speaks; the realizer sends it that much early."""

    first: Milliseconds = 0.0
    transition: dict[int, Milliseconds] = {}
    """From this velocity up, this long, for a note connected to the one before; empty: as `first`."""


class Technique(_Part):
    """One way of playing; without `on` the instrument lacks it, and only `fallback` counts."""

    group: str
    on: tuple[AnyAction, ...] = ()
    off: tuple[AnyAction, ...] = ()
    note: NoteShape = NoteShape()
    latency_ms: Latency = Latency()
    fallback: tuple[str, ...] = ()
    affects_held: bool = False
    """The switch changes notes that sound already, so it waits for their release."""
    labels: dict[str, str | dict[str, str]] = {}


class Dynamics(_Part):
    """The controller that plays louder and softer, and where its values come from."""

    cc: Annotated[int, Field(ge=0, le=127)]
    follow: Literal["score", "velocity"] = "score"


class Stroke(_Part):
    """One way to hit a drum piece: the key, and a factor on the velocity."""

    play: int
    velocity: Factor = 1.0

    @field_validator("play", mode="before")
    @classmethod
    def _named(cls, value: Any, info: ValidationInfo) -> int:
        return _pitch(value, info)


class Piece(_Part):
    """A drum: the pitches that scores write for it, and its strokes by name; the first is the default."""

    written: tuple[int, ...]
    strokes: Annotated[dict[str, Stroke], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, data: Any, info: ValidationInfo) -> Any:
        """Gather the strokes: every key but `written` is one, a bare key or a mapping with `play`."""
        if not isinstance(data, dict) or "strokes" in data:
            return data
        written = data.get("written", [])
        strokes = {name: stroke for name, stroke in data.items() if name != "written"}
        return {
            "written": [
                _pitch(pitch, info) for pitch in (written if isinstance(written, list) else [written])
            ],
            "strokes": {name: s if isinstance(s, dict) else {"play": s} for name, s in strokes.items()},
        }


class TechniqueMap(_Part):
    """How one instrument is told. Pitches are MIDI numbers here, whatever the YAML calls middle C."""

    technique_map: Literal[1]
    instrument: str
    source: str = ""
    middle_c: Literal["C3", "C4", "C5"] = "C4"
    range: tuple[int, int] = (0, 127)
    requires_patch: str = ""
    lead_ms: Milliseconds = 20.0
    groups: dict[str, Group] = {}
    techniques: dict[str, Technique] = {}
    pieces: dict[str, Piece] = {}
    channels: tuple[Annotated[int, Field(ge=1, le=16)], ...] = (1,)
    dynamics: Dynamics | None = None
    chase: tuple[Annotated[int, Field(ge=0, le=119)], ...] = ()

    @field_validator("range", mode="before")
    @classmethod
    def _range(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise ValueError("write the lowest and the highest note, such as [G3, A7]")
        return tuple(_pitch(end, info) for end in value)

    @model_validator(mode="after")
    def _consistent(self) -> TechniqueMap:
        low, high = self.range
        if low > high:
            raise PlacedError(f"{name_of(low)} is above {name_of(high)}; write the lower end first", "range")
        for name, technique in self.techniques.items():
            if technique.group not in self.groups:
                hint = did_you_mean(technique.group, self.groups)
                problem = f"no group '{technique.group}'{hint}; name it under groups"
                raise PlacedError(problem, "techniques", name, "group")
            _check_fallbacks(name, technique, self.techniques)
        for group, entry in self.groups.items():
            if entry.default not in self.of_group(group):
                hint = did_you_mean(entry.default, self.of_group(group))
                problem = f"default '{entry.default}' is no technique of this group{hint}"
                raise PlacedError(problem, "groups", group, "default")
        return self

    def of_group(self, group: str) -> tuple[str, ...]:
        """Return the techniques of a group, highest priority first."""
        return tuple(name for name, technique in self.techniques.items() if technique.group == group)

    def playable(self) -> tuple[str, ...]:
        """Return the techniques that the instrument has: those with actions, and the defaults."""
        defaults = {group.default for group in self.groups.values()}
        return tuple(name for name, technique in self.techniques.items() if technique.on or name in defaults)


def _check_fallbacks(name: str, technique: Technique, techniques: dict[str, Technique]) -> None:
    for other in technique.fallback:
        if other not in techniques:
            hint = did_you_mean(other, techniques)
            problem = f"fallback '{other}' is no technique of this map{hint}"
            raise PlacedError(problem, "techniques", name, "fallback")


def _pitch(value: Any, info: ValidationInfo) -> int:
    """Read a pitch by the document's own middle C."""
    return pitch_of(value, (info.context or {}).get("middle_c", "C4"))


def load_map(path: str | Path) -> TechniqueMap:
    """Read a technique map; raise DocumentError with file, line and remedy."""
    return load_document(path, TechniqueMap, "a technique map (YAML)")
