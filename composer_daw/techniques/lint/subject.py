"""What the checks of technique maps look at, and what they tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from composer_daw.documents import Location, Place
from composer_daw.techniques.actions import Action
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Technique
from composer_daw.techniques.pitch_names import name_of
from composer_daw.techniques.vocabulary import Vocabulary

Severity = Literal["fault", "hint"]
"""A fault is wrong, whatever the instrument; a hint is worth a look, and may be meant so."""


class Told(NamedTuple):
    """What a check found, and where in the document."""

    location: Location
    problem: str
    remedy: str
    kind: str
    severity: Severity = "fault"


@dataclass(frozen=True)
class Subject:
    """A map under the eyes of the checks: as it was read, and as it stands in its file."""

    technique_map: TechniqueMap
    vocabulary: Vocabulary
    places: dict[Location, Place]

    @property
    def techniques(self) -> dict[str, Technique]:
        """Return the techniques of the map by name."""
        return self.technique_map.techniques

    @cached_property
    def actions(self) -> tuple[tuple[Location, Action], ...]:
        """Return every action with its place, those of `init` first."""
        listed: list[tuple[Location, tuple[Action, ...]]] = [(("init",), self.technique_map.init)]
        for name, technique in self.techniques.items():
            listed += [
                (("techniques", name, "on"), technique.on),
                (("techniques", name, "off"), technique.off),
            ]
        return tuple(
            ((*place, row), action) for place, actions in listed for row, action in enumerate(actions)
        )

    def note_name(self, pitch: int) -> str:
        """Return a pitch as the map calls it."""
        return name_of(pitch, self.technique_map.middle_c)
