"""The song file: what a song is to be, as people write it in YAML.

    song: 1
    title: The Lighthouse
    genre: ballad
    form: [verse, chorus, verse, chorus]
    sections:
      verse:  {bars: 8, story: "Rain on the pier; she waits alone.", techniques: {strings: pizzicato}}
      chorus: {bars: 8, story: "The lamp is lit, and the ships come home."}

Here stands what can be checked without instruments; `request` brings the song and its band together.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, model_validator

from composer_daw.captions import check_language
from composer_daw.composing.band import genre_named
from composer_daw.composing.conditions import MOST_TUNED, Kind, Role
from composer_daw.composing.keys import KeyText
from composer_daw.composing.song_text import (
    Line,
    Number,
    PartName,
    Pitch,
    is_sung,
    kind_by_name,
    lines_of,
    role_by_name,
)
from composer_daw.documents import PlacedError
from composer_daw.errors import InputError, did_you_mean
from composer_daw.humanizer import EmotionProfile, load_profile
from composer_daw.performance import Text
from composer_daw.techniques import load_vocabulary
from composer_daw.techniques.origins.annotate import names_techniques

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
SHORTEST_BARS, LONGEST_BARS = 4, 64
SHORTEST_SUNG = 8
"""Bars of a verse, a chorus or a bridge: two phrases of four."""
LONGEST_S = 10 * 60.0
NARROWEST = 12
"""Semitones of a range."""
STRINGS: tuple[Role, ...] = ("violin", "viola", "cello", "contrabass")
ALL_STRINGS = "strings"
"""For `techniques`: the four of the string section at once."""

Unit = Annotated[Number, Field(ge=-1, le=1)]
Words = Annotated[str, Field(max_length=4000)]
Name = Annotated[Line, Field(max_length=64)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


def _player(value: Any) -> Any:
    """Take the name of an instrument for the whole of a part."""
    return {"instrument": value} if isinstance(value, str) else value


class Mood(_Part):
    """An emotion by a word, or by valence and arousal (each from -1 to 1), which go before it."""

    emotion: str = ""
    """A word such as 切ない or tender; `composer-daw emotions list` shows all."""
    valence: Unit | None = None
    """From -1 (sad, scary) to 1 (happy, peaceful)."""
    arousal: Unit | None = None
    """From -1 (sad, peaceful) to 1 (happy, scary)."""

    def point(self, profile: EmotionProfile) -> tuple[float | None, float | None]:
        """Return valence and arousal as far as they are given."""
        valence, arousal = profile.point(self.emotion) if self.emotion else (None, None)
        return (
            valence if self.valence is None else self.valence,
            arousal if self.arousal is None else self.arousal,
        )


class Section(Mood):
    """A section of the form."""

    bars: Annotated[StrictInt, Field(ge=SHORTEST_BARS, le=LONGEST_BARS)]
    """How many bars of 4/4."""
    kind: Kind | None = None
    """Where the name does not tell it."""
    story: Words = ""
    """What happens, in Japanese or English."""
    lyrics: Annotated[tuple[Annotated[str, Field(max_length=400)], ...], BeforeValidator(lines_of)] = ()
    """A text with a line for each phrase, or a list of lines."""
    caption: Annotated[str, Field(max_length=200)] = ""
    """The concept caption in English, in the place of one made from the story."""
    techniques: dict[str, str] = {}
    """Technique by part, for the whole section; `strings` stands for all four."""
    key: KeyText | None = None
    """Where the section leaves the song's key."""


class Player(_Part):
    """Who plays a part."""

    instrument: str = ""
    """A name that ships, or the path of a YAML, from the folder of the song; else the usual one."""
    role: Role | None = None
    """Where the part's name does not tell it."""
    range: tuple[Pitch, Pitch] | None = None
    """The lowest and the highest note it is to play, such as [G3, D6]."""
    level_db: Annotated[Number, Field(ge=-24, le=24)] = 0.0
    """Louder or softer than the mix would have it."""
    pan: Unit | None = None
    """From -1 (left) to 1 (right)."""


class SongMaster(_Part):
    """How loud the mix is."""

    loudness_lufs: Annotated[Number, Field(ge=-40, le=-8)] = -16.0
    true_peak_db: Annotated[Number, Field(ge=-9, le=0)] = -1.0


class Song(Mood):
    """The schema of a song file."""

    song: Literal[1]
    title: Annotated[Line, Field(max_length=200)]
    key: KeyText | None = None
    """Such as A minor, F# major or イ短調; left out, valence chooses the mode, seed and title the tonic."""
    tempo: Annotated[Number, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)] | None = None
    """Beats a minute; left out, genre and emotion choose it."""
    genre: str = "pop"
    seed: Annotated[StrictInt, Field(ge=0, le=2**31)] = 0
    form: Annotated[tuple[Name, ...], Field(min_length=1, max_length=60)]
    """The names of sections in order; one may return."""
    sections: Annotated[dict[Name, Section], Field(min_length=1)]
    instruments: dict[PartName, Annotated[Player | None, BeforeValidator(_player)]] = {}
    """By part; null leaves one out. What is not named plays as usual."""
    master: SongMaster = SongMaster()

    @model_validator(mode="after")
    def _hangs_together(self) -> Song:
        profile = load_profile()
        _check_mood(self, profile)
        try:
            genre_named(self.genre)
        except InputError as error:
            raise PlacedError(str(error), "genre") from error
        for name, section in self.sections.items():
            _check_section(name, section, profile)
        for number, name in enumerate(self.form):
            if name not in self.sections:
                there = ", ".join(self.sections)
                problem = f"no section '{name}'{did_you_mean(name, self.sections)}; there are {there}"
                raise PlacedError(problem, "form", number)
        for name, player in self.instruments.items():
            _check_player(name, player)
        _check_size(self.players())
        return self

    def sections_in_order(self) -> Iterator[tuple[str, Section]]:
        """Yield the sections of the form with their names, one that returns each time."""
        return ((name, self.sections[name]) for name in self.form)

    def players(self) -> dict[str, Player]:
        """Return the parts that play, in the order of the roles; one of another name stands at its role."""
        roles: tuple[Role, ...] = get_args(Role)
        named: Mapping[str, Player | None] = {**dict.fromkeys(roles, Player()), **self.instruments}
        places = {name: roles.index(role) for name, one in named.items() if (role := role_of(name, one))}
        ordered = sorted(places, key=lambda name: places[name])
        return {name: player for name in ordered if (player := named[name]) is not None}

    def unsung(self) -> list[str]:
        """Return a remark for each line of lyrics that has nothing to sing in it."""
        return [
            f"{name}: nothing to sing in '{line}'"
            for name, section in self.sections.items()
            for line in section.lyrics
            if not is_sung(line)
        ]


def kind_of(name: str, section: Section) -> Kind | None:
    """Return of what kind a section is, by its name if it does not say so; None where that tells nothing."""
    return section.kind or kind_by_name(name)


def role_of(name: str, player: Player | None) -> Role | None:
    """Return the role of a part, by its name if it does not say so; None where that tells nothing."""
    return player.role if player is not None and player.role is not None else role_by_name(name)


def _check_section(name: str, section: Section, profile: EmotionProfile) -> None:
    place = ("sections", name)
    kind = kind_of(name, section)
    if kind is None:
        kinds = ", ".join(get_args(Kind))
        raise PlacedError(f"the name does not tell what it is; add 'kind:', one of {kinds}", *place)
    if section.bars < SHORTEST_SUNG and kind in ("verse", "chorus", "bridge"):
        problem = f"{section.bars} bars; a {kind} has {SHORTEST_SUNG} at least: two phrases of four"
        raise PlacedError(problem, *place, "bars")
    check_marker(name, *place)
    _check_mood(section, profile, *place)
    _check_text(section.story, *place, "story")
    _check_text("\n".join(section.lyrics), *place, "lyrics")
    if section.caption:
        _check_caption(section.caption, *place, "caption")


def _check_mood(mood: Mood, profile: EmotionProfile, *place: str | int) -> None:
    try:
        mood.point(profile)
    except InputError as error:
        raise PlacedError(str(error), *place, "emotion") from error


def _check_text(text: str, *place: str | int) -> None:
    try:
        check_language(text)
    except InputError as error:
        raise PlacedError(str(error), *place) from error


def _check_caption(text: str, *place: str | int) -> None:
    if check_language(text) != "en" or "\n" in text:
        raise PlacedError("write the caption as one line in English", *place)


def _check_player(name: str, player: Player | None) -> None:
    place = ("instruments", name)
    role = role_of(name, player)
    if role is None:
        roles = ", ".join(get_args(Role))
        hint = did_you_mean(name, get_args(Role))
        raise PlacedError(f"no part '{name}'{hint}; name it {roles}, or give it a 'role:'", *place)
    if player is None or player.range is None:
        return
    low, high = player.range
    if role == "drums":
        raise PlacedError("a kit has no range; leave it out", *place, "range")
    if high - low < NARROWEST:
        problem = f"{high - low} semitones from the lowest to the highest note; {NARROWEST} at least"
        problem = "the lowest note is above the highest; write the lower one first" if high < low else problem
        raise PlacedError(problem, *place, "range")


def check_marker(name: str, *place: str | int) -> None:
    """Raise PlacedError for the name of a section that scores would take for a technique.

    The names of sections stand in the score as markers, and a marker may ask for techniques.
    """
    if names_techniques(Text(0.0, name, "marker"), load_vocabulary()):
        problem = f"'{name}' would be read as a technique in the score; call the section something else"
        raise PlacedError(problem, *place)


def _check_size(players: Mapping[str, Player]) -> None:
    """Raise PlacedError for more parts than there are MIDI channels, and names that one file would have."""
    seen: dict[str, str] = {}
    for name in players:
        if (other := seen.setdefault(name.casefold(), name)) != name:
            raise PlacedError(f"'{name}' and '{other}' differ by case only", "instruments", name)
    kits = [name for name, player in players.items() if role_of(name, player) == "drums"]
    if len(kits) > 1:
        problem = f"two kits, {kits[0]} and {kits[1]}; a song has one at most"
        raise PlacedError(problem, "instruments", kits[1])
    if len(players) - len(kits) > MOST_TUNED:
        problem = f"{len(players) - len(kits)} parts besides the kit; a song has {MOST_TUNED} at most"
        raise PlacedError(problem, "instruments")


@functools.cache
def emotion_spellings() -> dict[str, tuple[str, tuple[float, float]]]:
    """Return the words for emotions in all spellings, each with its name and point; quadrants are none."""
    words = load_profile().words.items()
    return {
        spelling: (name, word.at)
        for name, word in words
        if not re.fullmatch(r"Q\d", name)
        for spelling in (name, *word.also)
    }
