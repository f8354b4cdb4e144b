"""The vocabulary of technique names: what people write, and the one name it stands for."""

from __future__ import annotations

import difflib
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import TechniqueError, did_you_mean
from composer_daw.files import shipped
from composer_daw.techniques.entry_words import Lexicon, keys, keys_of

Words = dict[str, tuple[str, ...]]
"""Expressions by language, by family of instruments, by topic, or by another technique."""

Sound = Literal["dies_away", "goes_on", "short", "darker", "brighter", "softer_or_darker", "trembles"]


class VocabularyGroup(BaseModel):
    """A group of techniques that exclude each other, and the one it returns to."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    default: str = ""
    """Empty: it returns to nothing."""
    ends: tuple[str, ...] = ()
    """Groups whose techniques are over when one of this group is asked for."""


class Term(BaseModel):
    """One technique of the vocabulary."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    group: str
    fallback: tuple[str, ...] = ()
    sound: tuple[Sound, ...] = ()
    """What the name promises of the sound, against the default of the same instrument."""
    ends: tuple[str, ...] = ()
    """Techniques of other groups that are over when this one is asked for: `ord.` ends spiccato."""
    aliases: Words = {}
    in_scores: bool = True
    """Whether a text of this name in a score means the technique; "crescendo", "short" and "air" do not."""
    labels: dict[str, str] = {}
    entry_aliases: Words = {}
    """What the names of entries in foreign maps write besides."""
    entry_alone: Words = {}
    """Words of entry names that count only where no stroke or ornament is named: "Long CS"."""
    entry_beside: Words = {}
    """By another technique: the words that turn it into this one."""
    entry_among: Words = {}
    """By family of instruments: words that mean this there, whatever they mean elsewhere."""


class EntryWords(BaseModel):
    """Words of entry names that are no techniques."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    families: Words = {}
    """By family of instruments: the words of its names."""
    no_techniques: Words = {}
    """A name with one of these speaks of something else."""
    doubtful: dict[str, tuple[str, ...]] = {}
    """By a word: those beside which it may mean two things, in a name or in the instrument's."""
    among: Words = {}
    """By family of instruments: words that say nothing there, whatever they say elsewhere."""
    several: Words = {}
    """Expressions that say several techniques at once."""
    strokes: tuple[str, ...] = ()
    """Groups of strokes and ornaments, beside which `entry_alone` does not count ..."""
    no_strokes: tuple[str, ...] = ()
    """... but for these techniques of them."""
    whole: tuple[str, ...] = ()
    """Aliases that count as a whole name only."""
    loudness: tuple[str, ...] = ()
    ignored: Words = {}
    """Words that are understood, and are no techniques."""


class Vocabulary(BaseModel):
    """All techniques by name; see `technique_maps/vocabulary.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    vocabulary: int
    groups: dict[str, VocabularyGroup]
    techniques: dict[str, Term]
    beside: tuple[str, ...] = ()
    """Words that may stand beside techniques in a score and tell none: "pizz. sempre"."""
    entries: EntryWords = EntryWords()

    @model_validator(mode="before")
    @classmethod
    def _ends_of_groups(cls, data: Any) -> Any:
        """Give each technique what its group ends; what is malformed is left to the model to refuse."""
        try:
            members: dict[str, list[str]] = {}
            for name, term in data["techniques"].items():
                members.setdefault(term["group"], []).append(name)
            ended = {
                group: [name for other in (entry or {}).get("ends", ()) for name in members[other]]
                for group, entry in data["groups"].items()
            }
            techniques = {
                name: {**term, "ends": [*term.get("ends", ()), *ended.get(term["group"], ())]}
                for name, term in data["techniques"].items()
            }
        except (AttributeError, KeyError, TypeError):
            return data
        return {**data, "techniques": techniques}

    @model_validator(mode="after")
    def _consistent(self) -> Vocabulary:
        for group, entry in self.groups.items():
            if entry.default and entry.default not in self.techniques:
                raise PlacedError(f"default '{entry.default}' is no technique", "groups", group, "default")
            for other in entry.ends:
                if other not in self.groups:
                    problem = f"no group '{other}'{did_you_mean(other, self.groups)}"
                    raise PlacedError(problem, "groups", group, "ends")
        for name, term in self.techniques.items():
            if term.group not in self.groups:
                problem = f"no group '{term.group}'{did_you_mean(term.group, self.groups)}"
                raise PlacedError(problem, "techniques", name, "group")
            for field in ("fallback", "ends", "entry_beside"):
                for other in getattr(term, field):
                    if other not in self.techniques:
                        problem = f"'{other}' is no technique{did_you_mean(other, self.techniques)}"
                        raise PlacedError(problem, "techniques", name, field)
            for family in term.entry_among:
                if family not in self.entries.families:
                    hint = did_you_mean(family, self.entries.families)
                    problem = f"no family '{family}'{hint}; name it under entries: families"
                    raise PlacedError(problem, "techniques", name, "entry_among")
        self._by_spelling  # noqa: B018  raises where two techniques claim one spelling
        self.lexicon  # noqa: B018  the same for the words of entries
        return self

    @functools.cached_property
    def _by_spelling(self) -> dict[str, str]:
        spellings: dict[str, str] = {}
        for name, term in self.techniques.items():
            own = (name,) if term.in_scores else ()
            for spelling in (*own, *_all(term.aliases)):
                if spellings.setdefault(folded(spelling), name) != name:
                    raise ValueError(f"'{spelling}' stands for {spellings[folded(spelling)]} and for {name}")
        return spellings

    @functools.cached_property
    def _by_name(self) -> dict[str, str]:
        return {folded(name): name for name in self.techniques}

    @functools.cached_property
    def lexicon(self) -> Lexicon:
        """Return the dictionary of the words of entry names; see `read_name`."""
        lexicon = Lexicon()
        for name, term in self.techniques.items():
            lexicon.alone |= dict.fromkeys(keys(_all(term.entry_alone)), name)
            for base, words in term.entry_beside.items():
                lexicon.beside[base] |= dict.fromkeys(keys(words), name)
            for family, words in term.entry_among.items():
                lexicon.among[family] |= dict.fromkeys(keys(words), (name,))
        for name, term in self.techniques.items():
            own = () if self._by_spelling.get(folded(name), name) != name else (name.replace("_", " "),)
            for key in keys((*own, *_all(term.entry_aliases))):
                if key not in lexicon.alone and lexicon.plain.setdefault(key, (name,)) != (name,):
                    raise ValueError(f"'{key}' stands for {lexicon.plain[key][0]} and for {name}")
        for name, term in self.techniques.items():
            for key in set(keys(_all(term.aliases))) - set(lexicon.alone):
                lexicon.plain.setdefault(key, (name,))
        self._fill_in_entries(lexicon)
        return lexicon.finish()

    def _fill_in_entries(self, lexicon: Lexicon) -> None:
        entries = self.entries
        for expression, names in entries.several.items():
            lexicon.plain |= dict.fromkeys(keys_of(expression), names)
        for family, words in entries.among.items():
            lexicon.among[family] |= dict.fromkeys(keys(words), ())
        for family, words in entries.families.items():
            lexicon.families |= dict.fromkeys(keys(words), family)
        lexicon.whole |= set(keys(entries.whole))
        lexicon.loudness |= set(keys(entries.loudness))
        lexicon.vetoes |= set(keys(_all(entries.no_techniques)))
        for word, others in entries.doubtful.items():
            for other in keys(others):
                lexicon.doubtful[other] |= keys_of(word)
        lexicon.ignored |= set(keys(_all(entries.ignored)))

    def name_for(self, text: str) -> str | None:
        """Return the technique that a written word stands for, or None."""
        return self._by_spelling.get(folded(text))

    def check_name(self, text: str, also: tuple[str, ...] = ()) -> str:
        """Return the technique for a word that must be one; `also` names an instrument's own techniques.

        A name of the vocabulary stands for itself here, also one that a score uses for other things:
        `short`, `crescendo`.
        """
        own = text in also or text in self.techniques
        name = text if own else self.name_for(text) or self._by_name.get(folded(text))
        if name is None:
            near = self.near_miss(text)
            hint = (
                did_you_mean(text, (*self.techniques, *also)) or (near and f" (did you mean '{near}'?)") or ""
            )
            raise TechniqueError(f"unknown technique '{text}'{hint}")
        return name

    @functools.cached_property
    def beside_words(self) -> frozenset[str]:
        """Return the words that tell no technique beside others, folded."""
        return frozenset(folded(word) for word in self.beside)

    def near_miss(self, text: str) -> str | None:
        """Return the technique that a text, itself none, was likely meant for or has in it; or None."""
        words = [folded(word) for word in text.split()]
        held = (name for word in words if len(word) > 2 and (name := self._by_spelling.get(word)))
        if len(words) > 1 and (name := next(held, None)):
            return name
        close = difflib.get_close_matches(folded(text), self._by_spelling, n=1, cutoff=0.8)
        return self._by_spelling[close[0]] if close and len(folded(text)) > 4 else None

    def group_of(self, name: str) -> str | None:
        """Return the group of a technique, or None where the vocabulary does not have it."""
        return self.techniques[name].group if name in self.techniques else None

    def fallbacks(self, name: str) -> tuple[str, ...]:
        """Return what comes nearest to a technique, first choice first."""
        return self.techniques[name].fallback if name in self.techniques else ()


def _all(words: Words) -> Iterator[str]:
    return itertools.chain.from_iterable(words.values())


def folded(text: str) -> str:
    """Return a spelling without case, width, dots, spaces, hyphens and underscores."""
    return re.sub(r"[\s._\-]+", "", unicodedata.normalize("NFKC", text)).casefold()


def load_vocabulary(path: str | Path | None = None) -> Vocabulary:
    """Read a vocabulary; without a path the one that ships, read once."""
    return _shipped_vocabulary() if path is None else load_document(path, Vocabulary, "a vocabulary (YAML)")


@functools.cache
def _shipped_vocabulary() -> Vocabulary:
    return load_document(shipped("technique_maps") / "vocabulary.yaml", Vocabulary, "the vocabulary")
