"""The form: sections with their phrases and cadences, and how each section stands against the others.

Phrases are pairs of 4+4 bars: an antecedent that ends on the dominant, a consequent that ends on the tonic
(W. Caplin, Classical Form, 1998, chapter 4). How emotion becomes density, register, fullness and dynamics
follows the directions of A. Gabrielsson and E. Lindström ("The role of structure in the musical expression of
emotions", Handbook of Music and Emotion, 2010); the figures are our own choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from composer_daw.composing.arranger.scales import relative
from composer_daw.composing.arranger.tables import Level, StringTexture, common
from composer_daw.composing.arranger.tilts import strings_of, tilt_of
from composer_daw.composing.conditions import BEATS_IN_A_BAR, Key, Kind, SectionConditions, SongConditions
from composer_daw.sampling import generator_for

Cadence = Literal["half", "authentic"]

BAR = float(BEATS_IN_A_BAR)
"""Quarter notes."""
PHRASE_BARS = 4
CONTRAST = 0.4
"""By how much valence must differ from the song's for a section to turn to the relative key."""
DYNAMICS = (33, 49, 64, 80, 96, 112)
"""Velocities of pp, p, mp, mf, f, ff, as notation programs write them."""
HIGHEST_LIFT = 7
"""Semitones above the plainest register that a section goes to, at most."""
QUIETEST = 1
"""Position in `DYNAMICS` of the softest section: p, so that no part is lost in the mix."""


@dataclass(frozen=True)
class Phrase:
    """A phrase: where in its section it begins (bars), how long it is, how it ends, and in what keys."""

    number: int
    start: int
    bars: int
    cadence: Cadence
    key: Key
    """The key of its beginning."""
    goal: Key
    """The key that it closes in."""


@dataclass(frozen=True)
class Section:
    """A section of the form and what is wanted of it; figures from 0 to 1 but where said otherwise."""

    asked: SectionConditions
    number: int
    time: int
    """How often a section of this kind was there before."""
    start_bar: int
    key: Key
    phrases: tuple[Phrase, ...]
    fullness: float
    density: float
    smoothness: float
    syncopation: float
    tension: float
    rise: float
    """From -1, contours fall, to 1, they rise."""
    lift: int
    """Semitones above the plainest register of the song."""
    dynamic: int
    """Position in `DYNAMICS`."""
    strings: tuple[StringTexture, ...]
    """How words would have the strings play."""
    first: bool
    last: bool

    @property
    def kind(self) -> Kind:
        """Return the kind of the section."""
        return self.asked.kind

    @property
    def start(self) -> float:
        """Return where it begins, in quarter notes."""
        return BAR * self.start_bar

    @property
    def beats(self) -> float:
        """Return how long it is, in quarter notes."""
        return BAR * self.asked.bars

    @property
    def end(self) -> float:
        """Return where it ends, in quarter notes."""
        return self.start + self.beats

    @property
    def level(self) -> Level:
        """Return how busy accompaniment is."""
        busy = 0.55 * self.fullness + 0.45 * self.density
        return "light" if busy < 0.4 else "medium" if busy < 0.68 else "full"

    @property
    def velocity(self) -> int:
        """Return the velocity of its dynamic."""
        return DYNAMICS[self.dynamic]


@dataclass(frozen=True)
class Draws:
    """Where generators come from: (seed, title, kind of section, what is drawn), never the order of work."""

    seed: int
    title: str

    def of(self, *what: object) -> np.random.Generator:
        """Return the generator for something: its own, whatever else is drawn or left out."""
        return generator_for(self.seed, "/".join(["arranger", self.title, *map(str, what)]))


def plan_form(song: SongConditions, draws: Draws) -> tuple[Section, ...]:
    """Return the sections of the song, in order."""
    counted: Counter[Kind] = Counter()
    keys = _keys(song)
    sections = []
    bar = 0
    for number, asked in enumerate(song.sections):
        last = number == len(song.sections) - 1
        sections.append(_section(song, asked, keys, number, counted[asked.kind], bar, last, draws))
        counted[asked.kind] += 1
        bar += asked.bars
    return tuple(sections)


def _section(
    song: SongConditions,
    asked: SectionConditions,
    keys: Mapping[Kind, Key],
    number: int,
    time: int,
    bar: int,
    last: bool,
    draws: Draws,
) -> Section:
    figures, tilt = common().sections[asked.kind], tilt_of(asked)
    key = asked.key or keys[asked.kind]
    again = 0.08 * min(time, 2)
    ending = asked.kind in ("chorus", "bridge") and last
    dynamic = 2.2 + 1.3 * asked.arousal + 2.0 * (figures.fullness - 0.5) + again + tilt.dynamics
    return Section(
        asked=asked,
        number=number,
        time=time,
        start_bar=bar,
        key=key,
        phrases=_phrases(asked, key, song.key, last, draws),
        fullness=_unit(figures.fullness + 0.2 * asked.arousal + again + 0.05 * ending + 0.5 * tilt.fullness),
        density=_unit(
            0.5 + 0.4 * asked.arousal + 0.08 * asked.valence + figures.density + 0.5 * tilt.density
        ),
        smoothness=_unit(0.55 - 0.3 * asked.arousal - 0.15 * asked.valence + 0.5 * tilt.smoothness),
        syncopation=_unit(0.4 + 0.25 * asked.arousal + 0.1 * asked.valence + 0.5 * tilt.syncopation),
        tension=_unit(0.4 - 0.3 * asked.valence + 0.5 * tilt.tension),
        rise=float(np.clip(0.5 * asked.valence + 0.2 * asked.arousal + 0.6 * tilt.rise, -1, 1)),
        lift=min(
            HIGHEST_LIFT, round(figures.lift + 2.5 * asked.valence + 1.5 * asked.arousal + 0.5 * tilt.height)
        ),
        dynamic=int(np.clip(round(dynamic), QUIETEST, len(DYNAMICS) - 1)),
        strings=strings_of(asked),
        first=number == 0,
        last=last,
    )


def _keys(song: SongConditions) -> dict[Kind, Key]:
    """Return the key of each kind of section that names none.

    A kind that is much brighter or darker than the song turns to the relative key; the kind that the song
    ends with stays.
    """
    bars = np.array([one.bars for one in song.sections], float)
    valence = np.array([one.valence for one in song.sections])
    mean = float(np.average(valence, weights=bars))
    keys: dict[Kind, Key] = {}
    for kind in dict.fromkeys(one.kind for one in song.sections):
        of_kind = np.array([one.kind == kind for one in song.sections])
        contrast = float(np.average(valence[of_kind], weights=bars[of_kind])) - mean
        turns = contrast > CONTRAST if song.key.mode == "minor" else contrast < -CONTRAST
        ends = kind == song.sections[-1].kind
        keys[kind] = relative(song.key) if turns and not ends else song.key
    return keys


def _phrases(asked: SectionConditions, key: Key, home: Key, last: bool, draws: Draws) -> tuple[Phrase, ...]:
    """Return the phrases: 4+4 with half and authentic cadence, an odd rest at the end.

    A prechorus stays open, and so does a bridge that leads back: it begins in another region.
    """
    lengths = _lengths(asked.bars)
    region = _region(asked, key, home, draws)
    closes_in = home if asked.kind == "bridge" and asked.key is None else key
    opens = asked.kind in ("prechorus", "bridge") and not last
    phrases, start = [], 0
    for number, bars in enumerate(lengths):
        final = number == len(lengths) - 1
        closing: Cadence = "half" if (final and opens) or (number % 2 == 0 and not final) else "authentic"
        away = asked.kind == "bridge"
        stays = away and not final and region == relative(closes_in)
        goal = region if stays else closes_in
        if away and not final:  # a cadence in a region that is no relative would sound like one of the key
            closing = "authentic" if stays else "half"
        phrases.append(Phrase(number, start, bars, closing, region if away else key, goal))
        start += bars
    return tuple(phrases)


def _lengths(bars: int) -> list[int]:
    """Return how many bars each phrase has: fours; what is left over is a phrase of 2 or 3, or lengthens
    one.
    """
    whole, rest = divmod(bars, PHRASE_BARS)
    if not whole:
        return [bars]
    lengths = [PHRASE_BARS] * whole
    if rest == 1:
        lengths[-1] += 1
    elif rest:
        lengths.append(rest)
    return lengths


def _region(asked: SectionConditions, key: Key, home: Key, draws: Draws) -> Key:
    """Return where a bridge goes: where its valence has led it, the relative key or the subdominant."""
    if asked.kind != "bridge" or asked.key is not None or key != home:
        return key
    subdominant = Key((key.tonic + 5) % 12, key.mode)
    away = (
        [relative(key), subdominant]
        if key.mode == "major"
        else [relative(key), Key((key.tonic + 8) % 12, "major")]
    )
    return away[int(draws.of("bridge", "region").random() < 0.4)]


def _unit(value: float) -> float:
    return float(np.clip(value, 0.0, 1.0))
