"""Words of emotions as people write them: by spelling, by reading, without their endings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

ENDINGS = ("でした", "です", "だった", "だ", "な", "に", "の")
"""What may follow a word that is no part of it."""

ADJECTIVE_ENDINGS = ("かった", "そう", "さ", "み", "げ", "く", "き")
"""What the い of an adjective may turn into."""

KANA = re.compile(r"(?:HIRAGANA|KATAKANA) LETTER (SMALL )?(\w+)$")

LONG_VOWELS = "\u0304\u0302"
"""Macron and circumflex, as romaji has them."""

HEPBURN = (
    (r"sh(?=[auoe])", "sy"),
    (r"(t?)ch(?=[auoe])", r"\1ty"),
    (r"j(?=[auoe])", "zy"),
    (r"shi", "si"),
    (r"chi", "ti"),
    (r"ji|di", "zi"),
    (r"du", "zu"),
    (r"tsu", "tu"),
    (r"fu", "hu"),
    (r"m(?=[bmp])", "n"),
    (r"wo", "o"),
    (r"o[uo]+", "o"),
    (r"uu+", "u"),
    (r"n['’]", "n"),
)
"""Spellings of romaji, and the one that Unicode's names of kana have; long vowels are not told apart."""


def folded(word: str) -> str:
    """Return a word without what makes no difference: width, case, spaces, hyphens."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", word)).casefold()


def reading(word: str) -> str:
    """Return romaji for kana or romaji, all its spellings as one; empty for anything else."""
    word = folded("".join(one for one in unicodedata.normalize("NFD", word) if one not in LONG_VOWELS))
    if not word.isascii():
        word = _romaji(word)
    for pattern, spelling in HEPBURN:
        word = re.sub(pattern, spelling, word)
    return word


def kanji(word: str) -> set[str]:
    """Return the kanji of a word."""
    return {one for one in word if unicodedata.name(one, "").startswith("CJK")}


def without_endings(word: str) -> Iterator[str]:
    """Yield the word, and what it may be an inflection of, likeliest first."""
    word = folded(word)
    yield word
    for ending in ENDINGS:
        if word.endswith(ending) and word != ending:
            yield from without_endings(word.removesuffix(ending))
    for ending in ADJECTIVE_ENDINGS:
        if word.endswith(ending) and word != ending:
            yield word.removesuffix(ending) + "い"


def _romaji(word: str) -> str:
    """Return kana as Unicode names them (し is SI, っ is SMALL TU); empty where another character stands."""
    romaji, doubled = "", False
    for one in unicodedata.normalize("NFC", word):
        if one == "ー":
            romaji += romaji[-1:]
            continue
        found = KANA.match(unicodedata.name(one, ""))
        if found is None:
            return ""
        small, sound = found[1], found[2].casefold()
        if small and sound == "tu":
            doubled = True
            continue
        if small and romaji.endswith("i") and sound.startswith("y"):
            romaji = romaji[:-1]
        romaji += sound[0] * doubled + sound
        doubled = False
    return romaji
