"""Conditions in, a performance out: what a generator is told of a song, whoever it is.

The arranger by rules (`composing.arranger`) is one generator; a trained model can take its place, for it is
told the same: emotion, genre, valence and arousal, techniques, the caption with its vector, attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from composer_daw.performance import Performance

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
    """The caption as an encoder sees it; empty where there is none."""
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

    name: str
    """What made the song, for the record: a rule set with its version, or a model with its digest."""

    def generate(self, song: SongConditions, seed: int) -> Performance:
        """Return the score: one track for each part, in their order and with their names.

        Each section begins with a marker (its name) on its first bar line; techniques stand on the notes;
        written and played times are the same (the humanizer comes after). `Performance.tracks[i].name` is
        `parts[i].name`; the channel is the part's number without channel 10 (index 9), which drums have.
        The same conditions and seed give the same bytes.
        """
        ...
