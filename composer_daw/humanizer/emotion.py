"""Emotion to parameters: a point (valence, arousal) gives the figures of a performance.

Each figure is a smooth surface over the square, through five anchors that `configs/emotion_profile.yaml`
names: published ones where there are any, else our own. A word stands for a point.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import InputError, did_you_mean
from composer_daw.files import shipped
from composer_daw.humanizer.emotion_words import folded, kanji, reading, without_endings
from composer_daw.humanizer.expression import FIGURES, Expression, Figure, Mode, Part

PROFILE = "emotion_profile.yaml"
NEAR, NEAR_READING, NEAR_KANJI = 0.6, 0.75, 0.4
"""How alike two spellings are, at least, that are shown as near; a shared kanji says more than a letter."""


class Point(NamedTuple):
    """Where an emotion lies; both from -1 to 1."""

    valence: float
    arousal: float


Unit = Annotated[float, Field(ge=-1, le=1)]


class Word(Part):
    """A word, as a point of the square."""

    at: tuple[Unit, Unit]
    """(valence, arousal)"""
    also: tuple[str, ...] = ()
    """Other spellings, readings and words for the same point."""
    source: str
    """One of `sources`."""


class ModeAdvice(Part):
    """Which mode suits which valence."""

    minor_below: Unit
    major_above: Unit
    source: str

    @model_validator(mode="after")
    def _in_order(self) -> ModeAdvice:
        if self.minor_below > self.major_above:
            raise ValueError("minor_below must not be above major_above")
        return self

    def at(self, valence: float) -> Mode:
        """Return the mode for a valence."""
        if valence < self.minor_below:
            return "minor"
        return "major" if valence > self.major_above else "as written"


class Order(Part):
    """Words in an order that must be heard: what falls and what rises from each to the next."""

    words: Annotated[tuple[str, ...], Field(min_length=2)]
    falls: tuple[str, ...] = ()
    rises: tuple[str, ...] = ()


class Broken(NamedTuple):
    """Where an order of words does not hold: the figure, and what it must do, in words."""

    figure: str
    problem: str


class EmotionProfile(Part):
    """The schema of `configs/emotion_profile.yaml`."""

    emotion_profile: Literal[1]
    sources: dict[str, str]
    """Where figures and points come from, by the name that `source` gives."""
    figures: dict[str, Figure]
    mode: ModeAdvice
    orders: tuple[Order, ...] = ()
    words: dict[str, Word]

    @model_validator(mode="after")
    def _whole(self) -> EmotionProfile:
        for name in FIGURES:
            if name not in self.figures:
                raise PlacedError(f"'{name}' is missing", "figures")
        for name, figure in self.figures.items():
            _check_figure(name, figure)
        named = [("figures", name, one.source) for name, one in self.figures.items()]
        named += [("words", name, one.source) for name, one in self.words.items()]
        for section, name, source in [*named, ("mode", "source", self.mode.source)]:
            if source not in self.sources:
                hint = did_you_mean(source, self.sources)
                raise PlacedError(f"no source '{source}'{hint}; name it under sources", section, name)
        self._by_spelling  # noqa: B018  raises where two words claim one spelling
        for number, order in enumerate(self.orders):
            self._check_order(number, order)
        return self

    def _check_order(self, number: int, order: Order) -> None:
        for word in order.words:
            if self._find(word) is None:
                raise PlacedError(f"no word '{word}'", "orders", number, "words")
        for name in (*order.falls, *order.rises):
            if name not in FIGURES:
                raise PlacedError(f"no figure '{name}'{did_you_mean(name, FIGURES)}", "orders", number)
        for broken in self._broken(order):
            remedy = "change the points, the figure, or the order"
            raise PlacedError(f"{broken.problem}; {remedy}", "orders", number)

    @functools.cached_property
    def _by_spelling(self) -> dict[str, str]:
        spellings: dict[str, str] = {}
        for name, word in self.words.items():
            for spelling in (name, *word.also):
                if spellings.setdefault(folded(spelling), name) != name:
                    problem = f"'{spelling}' stands for {spellings[folded(spelling)]}, too; keep one"
                    raise PlacedError(problem, "words", name)
        return spellings

    @functools.cached_property
    def _by_reading(self) -> dict[str, str]:
        kana = {
            read: name
            for known, name in self._by_spelling.items()
            if not known.isascii() and (read := reading(known))
        }
        return {read: name for read, name in kana.items() if read not in self._by_spelling}

    def at(self, valence: float, arousal: float) -> Expression:
        """Return how a point is played; raise InputError outside -1..1."""
        v, a = check_point(valence, arousal)
        figures = {name: float(self.figures[name].values(v, a)) for name in FIGURES}
        clips = {name: self.figures[name].clip for name in FIGURES}
        return Expression(valence=v, arousal=a, mode=self.mode.at(v), clips=clips, **figures)

    def point(self, word: str) -> Point:
        """Return the point of a word in any of its spellings; raise InputError with the nearest ones."""
        return Point(*self.words[self.name_of(word)].at)

    def name_of(self, word: str) -> str:
        """Return the word under which a spelling stands in the profile; raise InputError."""
        found = self._find(word)
        if found is None:
            near = ", ".join(self.nearest(word))
            hint = f"; near it: {near}" if near else ""
            raise InputError(f"no emotion '{word}'{hint}; `composer-daw emotions list` shows all")
        return found

    def nearest(self, word: str, most: int = 3) -> list[str]:
        """Return known spellings like a word or its reading, nearest first, one of each emotion."""
        likeness: dict[str, tuple[float, str]] = {}
        for asked, known in ((folded(word), self._by_spelling), (reading(word), self._by_reading)):
            for spelling, name in known.items():
                like = difflib.SequenceMatcher(None, asked, spelling).ratio()
                least = NEAR_KANJI if kanji(asked) & kanji(spelling) else NEAR
                least = NEAR_READING if known is self._by_reading else least
                if asked and like >= max(least, likeness.get(name, (0.0, ""))[0]):
                    likeness[name] = like, spelling
        ranked = sorted(likeness, key=lambda name: -likeness[name][0])[:most]
        return [self._shown(name, likeness[name][1]) for name in ranked]

    def _shown(self, name: str, spelling: str) -> str:
        written = [one for one in self.words[name].also if spelling in (folded(one), reading(one))]
        return f"{written[0]} ({name})" if written and folded(name) != spelling else name

    def broken_orders(self, figures: Mapping[str, Figure]) -> Iterator[Broken]:
        """Yield where the words of an order would not fall or rise as it says, were these the figures."""
        changed = self.model_copy(update={"figures": {**self.figures, **figures}})
        for order in self.orders:
            yield from changed._broken(order)

    def _broken(self, order: Order) -> Iterator[Broken]:
        points = [self.point(word) for word in order.words]
        for name in (*order.falls, *order.rises):
            verb, sign = ("fall", -1) if name in order.falls else ("rise", 1)
            values = [float(self.figures[name].values(*point)) for point in points]
            for (one, other), (first, second) in zip(pairwise(values), pairwise(order.words), strict=True):
                if sign * (other - one) <= 0:
                    told = f"from {first} ({one:.3g}) to {second} ({other:.3g})"
                    yield Broken(name, f"{name} must {verb} {told}")

    def _find(self, word: str) -> str | None:
        for one in without_endings(word):
            if found := self._by_spelling.get(one) or self._by_reading.get(reading(one)):
                return found
        return None


def load_profile(path: str | Path | None = None) -> EmotionProfile:
    """Read an emotion profile, or the one that ships; raise DocumentError with file, line and remedy."""
    return load_document(path or shipped("configs") / PROFILE, EmotionProfile, "an emotion profile (.yaml)")


def check_point(valence: float, arousal: float) -> Point:
    """Return the point; raise InputError for what is no number from -1 to 1."""
    for axis, value in (("valence", valence), ("arousal", arousal)):
        if not -1 <= value <= 1:
            raise InputError(f"{axis} {value:g} is outside -1..1")
    return Point(float(valence), float(arousal))


def _check_figure(name: str, figure: Figure) -> None:
    if name not in FIGURES:
        raise PlacedError(f"unknown figure{did_you_mean(name, FIGURES)}", "figures", name)
    low, high = figure.clip
    least, most = FIGURES[name].lowest, FIGURES[name].highest
    if low < least or high > most:
        raise PlacedError(f"the clip leaves what is allowed: [{least:g}, {most:g}]", "figures", name, "clip")
