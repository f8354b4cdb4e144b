"""Which language a text is in: Japanese, English, or one that the tool does not know.

By script first, then by function words; names do not count, so a sentence may be full of them.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from typing import Literal

from pydantic import BaseModel, ConfigDict

from composer_daw.captions.lexicon import load_lexicon
from composer_daw.captions.words import bases, is_kana, is_kanji, names_in, normal, tokens
from composer_daw.documents import load_document
from composer_daw.errors import InputError
from composer_daw.files import shipped

Language = Literal["ja", "en"]

TABLE = "captions/languages.yaml"
SCRIPTS = {
    "HANGUL": "Korean",
    "CYRILLIC": "Russian or another language in Cyrillic",
    "GREEK": "Greek",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "THAI": "Thai",
    "DEVANAGARI": "Hindi",
}
FOREIGN_SHARE = 0.3
"""So many of the letters in another script are more than a name."""
NAME_SHARE = 0.2
"""So many Japanese characters to a Latin letter are a name in an English text."""
WITHOUT_KANA = 12
"""So many Chinese characters without kana between them are no Japanese."""
FEW = 3
"""A text of fewer words tells nothing by its function words."""
SILENT = 6
"""A text of so many words, none of them English, is not English."""
SYLLABLES = re.compile(
    r"(?:[kgsztdnhbpmyrwjf]{0,2}(?:sh|ch|ts)?y?[aiueoāīūēōâîûêô]|n(?![aiueo])|[kstp](?=[kstpc]))+'?n?$"
)
"""A word in syllables of Japanese."""


class Languages(BaseModel):
    """The schema of `configs/captions/languages.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    languages: Literal[1]
    english: str
    other: dict[str, str]
    romaji: str
    chinese: str


def check_language(text: str) -> Language:
    """Return the language of a text; raise InputError for one that is neither Japanese nor English."""
    language, other = language_of(text)
    if language is None:
        raise InputError(f"this looks like {other}; write Japanese or English")
    return language


def language_of(text: str) -> tuple[Language | None, str]:
    """Return the language of a text, or None and what it looks like instead.

    A text that tells nothing, one of names alone for example, is Japanese where it has Japanese characters,
    else English.
    """
    text = normal(text)
    scripts = Counter(_script(one) for one in text if one.isalpha())
    letters = scripts.total()
    if not letters:
        return "en", ""
    foreign = {name: count for name, count in scripts.items() if name not in ("KANA", "CJK", "LATIN")}
    if sum(foreign.values()) > FOREIGN_SHARE * letters:
        name = max(foreign, key=lambda one: foreign[one])
        return None, SCRIPTS.get(name, f"a language in {name.capitalize()} script")
    if scripts["KANA"] + scripts["CJK"] < NAME_SHARE * scripts["LATIN"]:
        return _of_letters(text)
    if scripts["KANA"]:
        return "ja", ""
    if scripts["CJK"]:
        signs = sum(text.count(word) for word in _table().chinese.split())
        chinese = scripts["CJK"] >= WITHOUT_KANA or (signs >= 1 and scripts["CJK"] >= 4)
        return (None, "Chinese") if chinese else ("ja", "")
    return _of_letters(text)


def _of_letters(text: str) -> tuple[Language | None, str]:
    """Return the language of a text in Latin letters."""
    names = names_in(text)
    words = [token.word for token in tokens(text) if token.word not in names]
    if not words:
        return "en", ""
    english = sum(any(base in _english() for base in bases(word)) for word in words)
    if _is_romaji(words):
        return "ja", ""
    found = {name: _hits(words, known) for name, known in _others().items()}
    nearest = max(found, key=lambda name: found[name])
    if len(words) >= FEW and found[nearest] >= 2 and found[nearest] > english:
        return None, nearest
    if len(words) >= SILENT and english < len(words) / SILENT:
        return None, "a language that it does not know"
    return "en", ""


def _hits(words: list[str], known: frozenset[str]) -> int:
    """Return how many words are of a language; a single one, however often, counts once."""
    hits = [word for word in words if word in known]
    return len(hits) if len(set(hits)) > 1 else min(len(hits), 1)


def _is_romaji(words: list[str]) -> bool:
    """Tell whether it is Japanese in letters: syllables of Japanese only, and a particle or two."""
    particles = set(_table().romaji.split())
    if len(words) < 2 or not all(SYLLABLES.match(word) for word in words):
        return False
    return len(particles & set(words)) >= (2 if len(words) > FEW else 1)


def _script(one: str) -> str:
    if is_kana(one):
        return "KANA"
    if is_kanji(one):
        return "CJK"
    return unicodedata.name(one, "OTHER").split()[0]


@functools.cache
def _table() -> Languages:
    return load_document(shipped("configs") / TABLE, Languages, "a table of languages")


@functools.cache
def _others() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in _table().other.items()}


@functools.cache
def _english() -> frozenset[str]:
    lexicon = (word for _, row in load_lexicon().rows() for phrase in row.en for word in phrase.split())
    return frozenset(_table().english.split()) | frozenset(lexicon)
