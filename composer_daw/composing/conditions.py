"""Conditions in, a performance out: what a generator is told of a song, whoever it is.

The arranger by rules (`composing.arranger`) is one generator; a trained model can take its place, for it is
told the same: emotion, genre, valence and arousal, techniques, the caption with its vector, attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from composer_daw.performance import Performance

BEATS_IN_A_BAR = 4
"""Quarter notes; every song is in 4/4."""
DRUM_CHANNEL = 9
"""MIDI channel 10, counted from 0: the kit's."""
MOST_TUNED = 15
"""Parts with pitches: each has a channel of its own, beside the kit's."""

Role = Literal["melody", "chords", "bass", "drums", "violin", "viola", "cello", "contrabass"]
"""What a part does. The last four are the string section: from the top voice down."""

Mode = Literal["major", "minor"]
Kind = Literal["intro", "verse", "prechorus", "chorus", "bridge", "outro"]


@dataclass(frozen=True)
class Key:
    """A key: its tonic as a pitch class (0 is C), and its mode."""

    tonic: int
    mode: Mode


@dataclass(frozen=True)
class Part:
    """A part of the score: its role, what its instrument can play (MIDI pitches), and techniques it has.

    A kit has no range; its techniques belong to its pieces.
    """

    name: str
    role: Role
    lowest: int = 0
    highest: int = 127
    techniques: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SectionConditions:
    """What one section of the form is told; a section that returns stands here once for each time."""

    name: str
    """As the song file has it, such as "verse" or "chorus 2"."""
    kind: Kind
    bars: int
    valence: float
    arousal: float
    emotion: str = ""
    caption: str = ""
    """The concept caption, in English: what every part is told of the story."""
    caption_vector: tuple[float, ...] = ()
    """The caption as an encoder sees it (`captions.vectors`)."""
    attributes: tuple[str, ...] = ()
    """Attribute tokens, such as "sparse", "rising", "night"."""
    lyrics: tuple[str, ...] = ()
    techniques: dict[str, str] = field(default_factory=dict)
    """Technique by the name of the part, where one is asked for; it holds for the whole section."""
    key: Key | None = None
    """Where the section leaves the key of the song."""


@dataclass(frozen=True)
class SongConditions:
    """What a generator is told of a whole song; `sections` in the order of the form, metre 4/4."""

    title: str
    key: Key
    bpm: float
    genre: str
    sections: tuple[SectionConditions, ...]
    parts: tuple[Part, ...]


class Generator(Protocol):
    """Whoever writes the notes."""

    @property
    def name(self) -> str:
        """What makes the song, for the record: rules or a model, with a digest of what it is made of."""

    @property
    def genres(self) -> frozenset[str]:
        """The genres that it writes, of those in `configs/compose/band.yaml`."""

    def generate(self, song: SongConditions, seed: int) -> Performance:
        """Return the score: one track for each part, in their order and with their names.

        Each section begins with a marker (its name) on its first bar line, and there are no other markers.
        The tempo is that of the song, the metre 4/4. Notes begin within the song and end with it at the
        latest; they keep to the range and the techniques of their part, and one that a section asks for is on
        each of its notes. Each part has a channel of its own; the kit has channel 10 (index 9), no other.
        Written and played times are the same, for the humanizer comes after. The same conditions and seed
        give the same bytes. `check_score` holds a generator to all of this but the last.
        """
