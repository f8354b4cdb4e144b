"""What stands on an audition page: pieces, the versions of each, and their stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from composer_daw.audio import Audio
from composer_daw.errors import InputError
from composer_daw.pages import RollNote, Table


@dataclass(frozen=True)
class Stem:
    """A part of a version's sound, with the notes that it plays; a kit's notes have a strip of their own.

    `caption` stands under the name, such as who plays it.
    """

    name: str
    audio: Path | Audio
    notes: Sequence[RollNote] = ()
    percussion: bool = False
    caption: str = ""


@dataclass(frozen=True)
class Version:
    """One way in which the piece sounds: a file, or samples.

    The stems must add up to `audio`: where one is muted, the others sound in its place. Without `notes`
    those of the stems are shown. `technique` gives the lane its colour; `facts` go into the table.
    """

    title: str
    audio: Path | Audio
    notes: Sequence[RollNote] = ()
    technique: str = ""
    stems: Sequence[Stem] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse stems that cannot be told apart."""
        names = [stem.name for stem in self.stems]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"{self.title}: two stems are called '{twice}'; give each its own name")


@dataclass(frozen=True)
class Marker:
    """Where a section begins, its name, and a line that is shown while it plays."""

    time_s: float
    title: str
    text: str = ""


@dataclass(frozen=True)
class Piece:
    """Versions that share one time axis, with tempo, as (seconds, beats a minute), and sections.

    A blank line parts paragraphs of `text`. Raises InputError where there is nothing to hear.
    """

    title: str
    versions: Sequence[Version]
    tempo: Sequence[tuple[float, float]] = ()
    markers: Sequence[Marker] = ()
    text: str = ""
    tables: Sequence[Table] = ()
    """What else is told of it, under the figures of the versions."""

    def __post_init__(self) -> None:
        """Refuse a piece without versions."""
        if not self.versions:
            raise InputError(f"{self.title}: there is no version to hear; give one at least")


@dataclass(frozen=True)
class AuditionPage:
    """A page: pieces one of which is open at a time; `lang` is a BCP 47 tag ("en", "ja")."""

    title: str
    pieces: Sequence[Piece]
    intro: str = ""
    footer: str = ""
    lang: str = "en"

    def __post_init__(self) -> None:
        """Refuse a page without pieces."""
        if not self.pieces:
            raise InputError(f"{self.title}: there is no piece to hear; give one at least")
