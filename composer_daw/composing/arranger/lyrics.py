"""Lyrics as notes need them: the syllables of English, the morae of Japanese.

Every kana is a mora but small ゃゅょ and small vowels, which belong to the one before; っ, ん and ー
are morae of their own. Kanji are read by `configs/arranger/readings.yaml`, the longest word
first; one that is not there counts two morae, our estimate. English syllables are groups of
vowels without a silent e; words that break that rule stand in the same file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from composer_daw.composing.arranger.tables import readings, spelt

SMALL = set("ゃゅょぁぃぅぇぉゎャュョァィゥェォヮ")
HELD = "ー"
"""What stands on the further notes of a character that is not told apart."""

WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-z]+)*")
VOWELS = re.compile(r"[aeiouyàâäèéêëîïôöùûü]+", re.IGNORECASE)
SILENT = re.compile(r"(?<![aeiouy])(?<![^aeioul]l)(?:e|(?<=[^sxzcgdt])(?:es|ed)|(?<=[td])es)$", re.IGNORECASE)
"""An e that is not sung, with the consonant after it: moved, times, but wanted, horses, little."""


def syllables(line: str) -> tuple[str, ...]:
    """Return what is sung on each note of a line; syllables within an English word end in a hyphen."""
    text = unicodedata.normalize("NFKC", line)
    sung: list[str] = []
    at = 0
    while at < len(text):
        word = WORD.match(text, at)
        if word:
            sung += english(word.group())
            at = word.end()
            continue
        taken, kana = _reading(text, at)
        sung += kana
        at += taken
    return tuple(sung)


@lru_cache(maxsize=4096)
def english(word: str) -> tuple[str, ...]:
    """Return the syllables of an English word: by the table of exceptions, else by the rule."""
    known = spelt().get(word.casefold())
    cuts = _cuts_of(known) if known else _cuts(word)
    pieces = [word[one:other] for one, other in zip([0, *cuts], [*cuts, len(word)], strict=True)]
    return (*(f"{piece}-" for piece in pieces[:-1]), pieces[-1])


def _cuts_of(spelling: str) -> list[int]:
    """Return where the hyphens of a spelling stand, in the word without them."""
    return [at - number for number, at in enumerate(i for i, sign in enumerate(spelling) if sign == "-")]


def _cuts(word: str) -> list[int]:
    """Return where a word is divided: before the consonant in front of each further group of vowels."""
    last = SILENT.search(word)
    vowels = [match.span() for match in VOWELS.finditer(word)]
    if len(vowels) > 1 and word[0] in "yY":
        vowels = [(max(1, start), end) for start, end in vowels if end > 1]
    if len(vowels) > 1 and last and vowels[-1][0] == last.start():
        vowels = vowels[:-1]
    cuts = []
    for (_, end), (start, _) in zip(vowels, vowels[1:], strict=False):
        between = word[end:start].casefold()
        ending = word[start - 1 :].casefold() in ("le", "les", "led")
        pair = between[-2:] in ("ch", "sh", "th", "ph", "wh", "qu") or ending
        cuts.append(max(start - (2 if pair else 1), end))
    return cuts


def _reading(text: str, at: int) -> tuple[int, tuple[str, ...]]:
    """Return how many characters a sign of Japanese takes, and its morae; other signs have none."""
    table = readings()
    for length in range(min(6, len(text) - at), 0, -1):
        word = text[at : at + length]
        if word in table:
            return length, morae(table[word])
    one = text[at]
    name = unicodedata.name(one, "")
    if name.startswith(("HIRAGANA LETTER", "KATAKANA LETTER", "KATAKANA-HIRAGANA PROLONGED")):
        length = 2 if text[at + 1 : at + 2] and text[at + 1] in SMALL else 1
        return length, (text[at : at + length],)
    if name.startswith("CJK") or one == "々":
        return 1, (one, HELD)
    return 1, ()


def morae(kana: str) -> tuple[str, ...]:
    """Return the morae of a word in kana."""
    found: list[str] = []
    for one in kana:
        if one in SMALL and found:
            found[-1] += one
        else:
            found.append(one)
    return tuple(found)
