"""The arranger's data: `configs/arranger`, one file for each genre, and what all genres share."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from composer_daw.composing.arranger.chords import bars_of, plain
from composer_daw.composing.conditions import Kind, Mode
from composer_daw.documents import load_document
from composer_daw.errors import InputError, did_you_mean
from composer_daw.files import shipped

STEPS = 16
"""Sixteenths in a bar of 4/4."""

Level = Literal["light", "medium", "full"]
StringTexture = Literal["rest", "late", "pad", "legato", "pizzicato", "tremolo", "ostinato", "muted"]
StringRole = Literal["violin", "viola", "cello", "contrabass"]
Transform = Literal[
    "state", "lift", "answer", "sequence_up", "sequence_down", "invert", "augment", "fragment"
]
Voice = Literal["kick", "snare", "stick", "hat", "pedal", "open", "ride", "bell", "low"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


Unit = Annotated[float, Field(ge=0, le=1)]
Signed = Annotated[float, Field(ge=-1, le=1)]
Weight = Annotated[FiniteFloat, Field(gt=0)]


def _progression(text: str) -> str:
    bars_of(text)
    return text


def _cadence(text: str) -> str:
    if len(bars_of(text)) != 2:
        raise ValueError(f"'{text}': two bars are expected")
    return text


def _pattern(allowed: str, lengths: tuple[int, ...] = (STEPS, 2 * STEPS)) -> AfterValidator:
    """Return a check that a text has one sign for each sixteenth, of these signs."""

    def check(text: str) -> str:
        if len(text) not in lengths:
            raise ValueError(
                f"'{text}': {len(text)} sixteenths; {' or '.join(map(str, lengths))} are expected"
            )
        if strange := set(text) - set(allowed):
            raise ValueError(f"'{text}': '{min(strange)}' means nothing here; there are {' '.join(allowed)}")
        if text.startswith("-"):
            raise ValueError(f"'{text}': begins with '-', but no note is there to go on")
        return text

    return AfterValidator(check)


def _fill(text: str) -> str:
    if not re.fullmatch(r"(?:[KSof1234H.]|\[[KSof1234H]+\])+", text):
        raise ValueError(f"'{text}' is no fill; write K S o f 1 2 3 4 H . and [both] for two at once")
    return text


Fill = Annotated[str, AfterValidator(_fill)]
Progression = Annotated[str, AfterValidator(_progression)]
TwoBars = Annotated[str, AfterValidator(_cadence)]
Cell = Annotated[str, _pattern("x-.", (STEPS,))]
Beat = Annotated[str, _pattern("xo.")]
BassPattern = Annotated[str, _pattern("R583ACN-.")]
GuitarPattern = Annotated[str, _pattern("DUMBL123456-.")]
KeysPattern = Annotated[str, _pattern("FBL12345-.")]


class HarmonyTable(_Part):
    """How a genre goes from chord to chord; the first four figures are likelihoods."""

    sevenths: Unit
    secondary: Unit
    """Of a secondary dominant before a chord that takes one."""
    borrowed: Unit
    """Of a chord borrowed from minor, at its most (lowest valence)."""
    suspended: Unit
    """Of a suspended fourth before a half cadence's dominant."""
    inversions: Unit
    """How gladly the bass leaves the root to go by step."""
    openings: dict[Mode, dict[TwoBars, Weight]]
    hooks: dict[Mode, dict[TwoBars, Weight]]
    """Openings of choruses."""
    half: dict[Mode, dict[TwoBars, Weight]]
    authentic: dict[Mode, dict[TwoBars, Weight]]


class MelodyTable(_Part):
    """How a genre sings."""

    cells: dict[str, float]
    """Weight of each tag of `Common.cells`."""
    leaps: float
    """A factor on what leaps cost."""
    pickups: Unit
    tensions: Unit
    """How freely sixths, sevenths and ninths stand on strong beats."""


class CompingTable(_Part):
    """Patterns of the chords. Guitar: D and U strums, M muted by the palm, B plucked together, L lowest
    string, 1..6 strings from the lowest up. Keys: F both hands, B right, L left, 1..5 chord tones upward.
    """

    guitar: dict[Level, dict[GuitarPattern, Weight]]
    keys: dict[Level, dict[KeysPattern, Weight]]


class Genre(_Part):
    """The schema of `configs/arranger/genres/*.yaml`."""

    genre: str
    harmony: HarmonyTable
    melody: MelodyTable
    grooves: dict[Level, tuple[dict[Voice, Beat], ...]]
    bass: dict[Level, dict[BassPattern, Weight]]
    """R the chord's bass, 5 its fifth, 8 an octave up, 3 its third, C a step of a walk, A an approach to the
    next chord, N the next chord's bass.
    """
    comping: CompingTable
    strings: dict[StringTexture, float]
    """Factors on `Common.strings`; 1 where none is named."""


class SectionFigures(_Part):
    """What a kind of section is like."""

    fullness: Unit
    lift: int
    """Semitones that its melody lies above a verse's."""
    density: Signed


class Common(_Part):
    """The schema of `configs/arranger/common.yaml`."""

    arranger: Literal[1]
    transitions: dict[Mode, dict[str, dict[str, Weight]]]
    cells: dict[str, tuple[Cell, ...]]
    tails: tuple[Cell, ...]
    closes: tuple[Cell, ...]
    ideas: dict[Kind, dict[str, Weight]]
    sections: dict[Kind, SectionFigures]
    strings: dict[Kind, dict[StringTexture, Weight]]
    string_patterns: dict[Literal["pizzicato", "ostinato"], tuple[dict[StringRole, Cell], ...]]
    fills: dict[Level, tuple[Fill, ...]]

    @model_validator(mode="after")
    def _checked(self) -> Common:
        known = set(get_args(Transform))
        for kind, rows in self.ideas.items():
            for row in rows:
                if strange := set(row.split()) - known:
                    raise ValueError(
                        f"ideas of {kind}: '{min(strange)}' is no idea; there are {', '.join(sorted(known))}"
                    )
        for table in self.transitions.values():
            for name in {*table, *(after for row in table.values() for after in row)}:
                if plain(name) != name:
                    raise ValueError(f"transitions: '{name}': write '{plain(name)}'")
        return self


class Tilt(_Part):
    """How a word tilts choices; see `configs/arranger/words.yaml`."""

    density: Signed = 0.0
    fullness: Signed = 0.0
    height: Annotated[int, Field(ge=-6, le=6)] = 0
    dynamics: Annotated[int, Field(ge=-2, le=2)] = 0
    smoothness: Signed = 0.0
    rise: Signed = 0.0
    syncopation: Signed = 0.0
    tension: Signed = 0.0
    strings: StringTexture | None = None


class Words(_Part):
    """The schema of `configs/arranger/words.yaml`."""

    arranger_words: Literal[1]
    words: dict[str, Tilt]


class Readings(_Part):
    """The schema of `configs/arranger/readings.yaml`."""

    readings: Literal[1]
    words: dict[str, str]
    """Kanji as they stand in lyrics, and their kana."""
    english: tuple[str, ...]
    """Words with a hyphen between syllables, where the rule would be wrong."""


@functools.cache
def common() -> Common:
    """Return what all genres share."""
    return load_document(_folder() / "common.yaml", Common, "the arranger's common tables")


@functools.cache
def words() -> dict[str, Tilt]:
    """Return how words tilt choices."""
    return load_document(_folder() / "words.yaml", Words, "the arranger's words").words


@functools.cache
def readings() -> dict[str, str]:
    """Return the kana of words in kanji."""
    return _readings().words


@functools.cache
def spelt() -> dict[str, str]:
    """Return English words that break the rule, and how they are divided."""
    return {word.replace("-", ""): word for word in _readings().english}


@functools.cache
def _readings() -> Readings:
    return load_document(_folder() / "readings.yaml", Readings, "readings of lyrics")


@functools.cache
def digest() -> str:
    """Return the SHA-256 of all tables: their names and what they say, in order."""
    found = hashlib.sha256()
    for path in sorted(_folder().rglob("*.yaml")):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.relative_to(_folder()).as_posix()}\n{len(text)}\n".encode() + text)
    return found.hexdigest()


@functools.cache
def genres() -> dict[str, Genre]:
    """Return all genres by name."""
    paths = sorted((_folder() / "genres").glob("*.yaml"))
    loaded = [load_document(path, Genre, "a genre of the arranger") for path in paths]
    return {genre.genre: genre for genre in loaded}


def genre_named(name: str) -> Genre:
    """Return a genre; raise InputError for one that the arranger does not know."""
    if name not in genres():
        hint = did_you_mean(name, genres())
        raise InputError(f"the arranger knows no genre '{name}'{hint}; it has {', '.join(genres())}")
    return genres()[name]


def _folder() -> Path:
    return shipped("configs") / "arranger"
