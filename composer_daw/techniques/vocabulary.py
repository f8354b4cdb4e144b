"""The vocabulary of technique names: what people write, and the one name it stands for."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import TechniqueError, did_you_mean
from composer_daw.files import shipped


class VocabularyGroup(BaseModel):
    """A group of techniques that exclude each other, and the one it returns to."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    default: str


class Term(BaseModel):
    """One technique of the vocabulary."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    group: str
    fallback: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    """Techniques of other groups that are over when this one is asked for: `ord.` ends spiccato."""
    aliases: dict[str, tuple[str, ...]] = {}
    labels: dict[str, str] = {}


class Vocabulary(BaseModel):
    """All techniques by name; see `technique_maps/vocabulary.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    vocabulary: int
    groups: dict[str, VocabularyGroup]
    techniques: dict[str, Term]

    @model_validator(mode="after")
    def _consistent(self) -> Vocabulary:
        for name, term in self.techniques.items():
            if term.group not in self.groups:
                problem = f"no group '{term.group}'{did_you_mean(term.group, self.groups)}"
                raise PlacedError(problem, "techniques", name, "group")
            for field in ("fallback", "ends"):
                for other in getattr(term, field):
                    if other not in self.techniques:
                        problem = f"'{other}' is no technique{did_you_mean(other, self.techniques)}"
                        raise PlacedError(problem, "techniques", name, field)
        for group, entry in self.groups.items():
            if entry.default not in self.techniques:
                raise PlacedError(f"default '{entry.default}' is no technique", "groups", group, "default")
        self._by_spelling  # noqa: B018  raises where two techniques claim one spelling
        return self

    @functools.cached_property
    def _by_spelling(self) -> dict[str, str]:
        spellings: dict[str, str] = {}
        for name, term in self.techniques.items():
            for spelling in (name, *(alias for aliases in term.aliases.values() for alias in aliases)):
                if spellings.setdefault(folded(spelling), name) != name:
                    raise ValueError(f"'{spelling}' stands for {spellings[folded(spelling)]} and for {name}")
        return spellings

    def name_for(self, text: str) -> str | None:
        """Return the technique that a written word stands for, or None."""
        return self._by_spelling.get(folded(text))

    def check_name(self, text: str, also: tuple[str, ...] = ()) -> str:
        """Return the technique for a word that must be one; `also` names an instrument's own techniques."""
        name = text if text in also else self.name_for(text)
        if name is None:
            known = [*self.techniques, *also, *self._by_spelling]
            raise TechniqueError(f"unknown technique '{text}'{did_you_mean(text, known)}")
        return name

    def near_miss(self, text: str) -> str | None:
        """Return the technique that a text which names none was most likely meant for, or None."""
        close = difflib.get_close_matches(folded(text), self._by_spelling, n=1, cutoff=0.8)
        return self._by_spelling[close[0]] if close and len(folded(text)) > 4 else None

    def group_of(self, name: str) -> str | None:
        """Return the group of a technique, or None where the vocabulary does not have it."""
        return self.techniques[name].group if name in self.techniques else None

    def fallbacks(self, name: str) -> tuple[str, ...]:
        """Return what comes nearest to a technique, first choice first."""
        return self.techniques[name].fallback if name in self.techniques else ()


def folded(text: str) -> str:
    """Return a spelling without case, width, dots, spaces, hyphens and underscores."""
    return re.sub(r"[\s._\-]+", "", unicodedata.normalize("NFKC", text)).casefold()


def load_vocabulary(path: str | Path | None = None) -> Vocabulary:
    """Read a vocabulary; without a path the one that ships, read once."""
    return _shipped_vocabulary() if path is None else load_document(path, Vocabulary, "a vocabulary (YAML)")


@functools.cache
def _shipped_vocabulary() -> Vocabulary:
    return load_document(shipped("technique_maps") / "vocabulary.yaml", Vocabulary, "the vocabulary")
