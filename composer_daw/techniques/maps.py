"""The technique map: how one instrument is told to play each technique.

The schema of `technique_maps/*.yaml`. Errors name file, line, technique, value and remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import DocumentError, did_you_mean
from composer_daw.techniques.actions import Action, AnyAction, Keyswitch, MidiChannel
from composer_daw.techniques.parts import (
    Dynamics,
    Group,
    Milliseconds,
    NoteShape,
    Part,
    Piece,
    Technique,
    note_number,
)
from composer_daw.techniques.pitch_names import name_of


class TechniqueMap(Part):
    """How one instrument is told. Pitches are MIDI numbers here, whatever the YAML calls middle C."""

    technique_map: Literal[1]
    instrument: str
    source: str = ""
    middle_c: Literal["C3", "C4", "C5"] = "C4"
    range: tuple[int, int] = (0, 127)
    requires_patch: str = ""
    """What a person must load or set in the plugin first."""
    lead_ms: Milliseconds = 20.0
    groups: dict[str, Group] = {}
    techniques: dict[str, Technique] = {}
    pieces: dict[str, Piece] = {}
    channels: Annotated[tuple[MidiChannel, ...], Field(min_length=1)] = (1,)
    """Each keeps a state of its own."""
    instances: Annotated[int, Field(ge=1, le=16)] = 1
    """How many copies of the instrument may play, each with all `channels`."""
    dynamics: Dynamics | None = None
    init: tuple[AnyAction, ...] = ()
    """What is sent once, before all else."""
    chase: tuple[Annotated[int, Field(ge=0, le=119)], ...] = ()

    @field_validator("range", mode="before")
    @classmethod
    def _range(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise ValueError("write the lowest and the highest note, such as [G3, A7]")
        return tuple(note_number(end, info) for end in value)

    @field_validator("init", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """Take one action for a list of one."""
        return value if value is None or isinstance(value, (list, tuple)) else (value,)

    @model_validator(mode="after")
    def _consistent(self) -> TechniqueMap:
        low, high = self.range
        if low > high:
            above, below = (name_of(end, self.middle_c) for end in self.range)
            raise PlacedError(f"{above} is above {below}; write the lower end first", "range")
        for row, action in enumerate(self.init):
            self._check_init(action, row)
        for name, technique in self.techniques.items():
            self._check_name(name)
            if technique.group not in self.groups:
                hint = did_you_mean(technique.group, self.groups)
                problem = f"no group '{technique.group}'{hint}; name it under groups"
                raise PlacedError(problem, "techniques", name, "group")
            self._check_known(technique.fallback, "fallback", "techniques", name, "fallback")
            for field, actions in (("on", technique.on), ("off", technique.off)):
                for row, action in enumerate(actions):
                    self._check_known(action.only_with, "only_with", "techniques", name, field, row)
                    if field == "off":
                        _check_taps(action, "techniques", name, field, row)
        for group, entry in self.groups.items():
            if entry.default and entry.default not in self.of_group(group):
                hint = did_you_mean(entry.default, self.of_group(group))
                problem = f"default '{entry.default}' is no technique of this group{hint}"
                raise PlacedError(problem, "groups", group, "default")
        return self

    def _check_init(self, action: Action, row: int) -> None:
        if action.only_with:
            raise PlacedError("no technique is in force yet; leave 'only_with' out", "init", row)
        if action.follows:
            raise PlacedError("no note is played yet; write a value instead of 'follow'", "init", row)
        _check_taps(action, "init", row)

    def _check_name(self, name: str) -> None:
        if name != name.strip() or "=" in name or not all(part.strip() for part in name.split("+")):
            problem = (
                f"'{name}' cannot be asked for; a name has no '=', no spaces around it, and parts around '+'"
            )
            raise PlacedError(problem, "techniques", name)

    def _check_known(self, names: tuple[str, ...], what: str, *place: str | int) -> None:
        for other in names:
            if other not in self.techniques:
                hint = did_you_mean(other, self.techniques) or f"; it has {_some_of(self.techniques)}"
                raise PlacedError(f"{what} '{other}' is no technique of this map{hint}", *place)

    def of_group(self, group: str) -> tuple[str, ...]:
        """Return the techniques of a group, highest priority first."""
        return self._by_group.get(group, ())

    @cached_property
    def _by_group(self) -> dict[str, tuple[str, ...]]:
        members: dict[str, list[str]] = {}
        for name, technique in self.techniques.items():
            members.setdefault(technique.group, []).append(name)
        return {group: tuple(names) for group, names in members.items()}

    @property
    def is_kit(self) -> bool:
        """Tell whether only what is written for its drums is played: it has some, and no `range`."""
        return bool(self.struck()) and "range" not in self.model_fields_set

    def struck(self) -> dict[int, tuple[str, str]]:
        """Return the drum and the stroke that each written pitch of a drum means."""
        return {
            pitch: (name, stroke)
            for name, piece in self.pieces.items()
            for pitch, stroke in piece.written.items()
        }

    @cached_property
    def defaults(self) -> frozenset[str]:
        """Return the techniques that are in force where nothing is asked."""
        return frozenset(group.default for group in self.groups.values() if group.default)

    @cached_property
    def _playable(self) -> tuple[str, ...]:
        counted_with = {name for action in self.actions() for name in action.only_with}
        return tuple(
            name
            for name, technique in self.techniques.items()
            if technique.on
            or technique.channel
            or technique.note != NoteShape()
            or name in self.defaults
            or name in counted_with
        )

    def playable(self) -> tuple[str, ...]:
        """Return the techniques that the instrument has: they are told somehow, or are the default."""
        return self._playable

    def plays(self, name: str) -> tuple[str, ...]:
        """Return what a technique of this map is, in terms of the vocabulary where it has them."""
        return self.techniques[name].plays or tuple(part.strip() for part in name.split("+"))

    def actions(self) -> Iterator[Action]:
        """Yield every action of the map."""
        yield from self.init
        for technique in self.techniques.values():
            yield from (*technique.on, *technique.off)


def _check_taps(action: Action, *place: str | int) -> None:
    """Refuse keys that nothing would let go, or bring back to where they were."""
    if isinstance(action, Keyswitch) and (action.mode != "latch" or action.starts):
        raise PlacedError("a key is only tapped here; leave 'mode' and 'starts' out", *place)


def _some_of(names: Iterable[str], most: int = 12) -> str:
    shown = list(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more


FOREIGN = {
    ".reabank": "a bank of Reaticulate",
    ".expressionmap": "an expression map of Cubase",
    ".json": "keyswitch sets of MuseScore",
    ".sfz": "an SFZ instrument",
    ".plist": "an articulation set of Logic",
}
"""What other programs have for maps, by how the names of its files end; `interchange.formats` reads them."""


def load_map(path: str | Path) -> TechniqueMap:
    """Read a technique map; raise DocumentError with file, line and remedy.

    What another program wrote is not read here; the error says how to bring it over.
    """
    try:
        return load_document(path, TechniqueMap, "a technique map (YAML)")
    except DocumentError as error:
        if kind := FOREIGN.get(Path(path).suffix.lower()):
            remedy = f"bring it over first: composer-daw techniques import '{path}' -o DIR"
            raise DocumentError(f"{path}: is {kind}, not a technique map; {remedy}") from error
        raise
