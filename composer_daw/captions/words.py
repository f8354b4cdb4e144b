"""Words in a text: Japanese without a tokenizer, by the longest entry that fits; English by base forms."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

VERB_ROWS = {
    "う": "わいうえおっ",
    "く": "かきくけこい",
    "ぐ": "がぎぐげごい",
    "す": "さしすせそ",
    "つ": "たちつてとっ",
    "ぬ": "なにぬねのん",
    "ぶ": "ばびぶべぼん",
    "む": "まみむめもん",
    "る": "らりるれろっ",
}
"""What the last kana of a verb turns into (five-row verbs)."""
ONE_ROW = "てたまなられよずそ"
"""What follows the stem of a one-row verb (食べる)."""
ADJECTIVE = ("い", "く", "かっ", "けれ", "さ", "そう", "み", "げ", "き")
"""What the い of an adjective turns into."""
PARTICLES = "はがをにのともでへやかなてたくいっ"
"""After one of these hiragana a word may begin that is written in hiragana alone."""
LONGEST_PHRASE = 5
"""Words of a phrase in English."""

ENGLISH_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
STOP = re.compile(r"[.,;:!?…—\n]")


class Match(NamedTuple):
    """An entry that stands in a text: where (characters), and which."""

    start: int
    end: int
    entry: str


def is_kana(text: str) -> bool:
    """Tell whether a text is of hiragana and katakana alone."""
    return bool(text) and all(one in "ー・" or "\u3041" <= one <= "\u30ff" for one in text)


def is_hiragana(one: str) -> bool:
    """Tell whether a character is hiragana."""
    return "\u3041" <= one <= "\u309f"


def is_kanji(one: str) -> bool:
    """Tell whether a character is a kanji."""
    return "\u3400" <= one <= "\u9fff" or one == "々"


def forms(entry: str) -> Iterator[str]:
    """Yield a Japanese entry and the beginnings of its inflected forms."""
    yield entry
    stem, last = entry[:-1], entry[-1:]
    if not stem or not is_hiragana(last):
        return
    if last == "い":
        yield from (stem + ending for ending in ADJECTIVE)
    elif last in VERB_ROWS and (len(stem) > 1 or is_kanji(stem)):
        yield from (stem + one for one in VERB_ROWS[last])
        if last == "る":
            yield from (stem + one for one in ONE_ROW)
        if entry.endswith("する"):
            yield from (entry[:-2] + one for one in ("し", "さ"))


def japanese_forms(entries: Mapping[str, object]) -> dict[str, str]:
    """Return the entry of every form; entries themselves go before forms of others."""
    found: dict[str, str] = {}
    for entry in entries:
        for form in forms(entry):
            if len(form) > 1 or is_kanji(form):
                found.setdefault(form, entry)
    return {**found, **{entry: entry for entry in entries}}


def japanese_matches(text: str, by_form: Mapping[str, str], skip: tuple[str, ...]) -> Iterator[Match]:
    """Yield the entries of a text from left to right, the longest that fits at each place."""
    passed = frozenset(skip)
    longest = max((len(form) for form in (*by_form, *passed)), default=0)
    at = 0
    while at < len(text):
        for length in range(min(longest, len(text) - at), 0, -1):
            form = text[at : at + length]
            if form in passed:
                break
            if form in by_form and _may_begin(text, at, form):
                yield Match(at, at + length, by_form[form])
                break
        else:
            length = 1
        at += length


def _may_begin(text: str, at: int, form: str) -> bool:
    """Tell whether a word may begin here: one in kana alone not inside another word in kana."""
    if not is_kana(form) or at == 0:
        return True
    before = text[at - 1]
    if is_hiragana(form[0]):
        return not is_hiragana(before) or before in PARTICLES
    return not ("\u30a1" <= before <= "\u30ff")


class Token(NamedTuple):
    """A word of an English text, folded, and where it stands."""

    start: int
    end: int
    word: str
    opens: bool
    """Whether a sentence, a line or a clause begins with it."""


def tokens(text: str) -> list[Token]:
    """Return the words of an English text; a `n't` stands by itself."""
    found: list[Token] = []
    opens_at = 0
    for one in ENGLISH_WORD.finditer(text):
        gap = text[opens_at : one.start()]
        opens = not found or bool(STOP.search(gap))
        word = one.group().casefold().replace("’", "'")
        opens_at = one.end()
        if word.endswith("n't"):
            found.append(Token(one.start(), one.end() - 3, word.removesuffix("n't"), opens))
            found.append(Token(one.end() - 3, one.end(), "n't", False))
        else:
            found.append(Token(one.start(), one.end(), word, opens))
    return found


def names_in(text: str) -> set[str]:
    """Return the words, folded, that are names: written with a capital inside a sentence, and never without.

    A text in capitals throughout, as titles are, tells nothing.
    """
    inside: set[str] = set()
    small: set[str] = set()
    for token in tokens(text):
        written = text[token.start : token.end]
        if written[:1].islower():
            small.add(token.word)
        elif not token.opens and token.word != "i" and not token.word.startswith("i'"):
            inside.add(token.word)
    titled = len(inside) > 2 and len(inside) > 2 * len(small)
    return set() if titled else {word for word in inside - small}


ENDINGS: dict[str, tuple[str, ...]] = {
    "ies": ("y",),
    "ied": ("y",),
    "iness": ("y",),
    "ily": ("y",),
    "es": ("", "e"),
    "s": ("",),
    "ing": ("", "e"),
    "ed": ("", "e"),
    "ly": ("",),
    "ness": ("",),
}
"""Endings of English words, and what the base form has in their place."""


@functools.lru_cache(maxsize=4096)
def bases(word: str) -> tuple[str, ...]:
    """Return what an English word may be a form of, likeliest first."""
    found = [word]
    word = word.removesuffix("'s").removesuffix("'")
    found.append(word)
    for ending, others in ENDINGS.items():
        if word.endswith(ending) and len(word) - len(ending) > 2:
            stem = word.removesuffix(ending)
            found += [stem + other for other in others]
            if len(stem) > 3 and stem[-1] == stem[-2] and ending in ("ing", "ed"):
                found.append(stem[:-1])
    irregular = IRREGULAR.get(word)
    return tuple(dict.fromkeys([*found, irregular] if irregular else found))


IRREGULAR = {
    form: base
    for base, forms in {
        "weep": "wept", "lose": "lost", "leave": "left leaves", "run": "ran", "fall": "fell fallen",
        "rise": "rose risen", "fly": "flew flown", "sing": "sang sung", "sleep": "slept", "fight": "fought",
        "die": "died dying", "lie": "lying", "sink": "sank sunk", "grow": "grew grown", "burn": "burnt",
        "dream": "dreamt", "win": "won", "forgive": "forgave", "hide": "hid hidden",
        "freezing": "froze frozen",
    }.items()
    for form in forms.split()
}  # fmt: skip


def english_matches(text: str, entries: Mapping[str, object]) -> Iterator[tuple[Match, int]]:
    """Yield the entries of a text, the longest phrase at each place, each with the number of its token."""
    words, names = tokens(text), names_in(text)
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            run = words[at : at + length]
            entry = _entry_of(run, entries)
            if entry is not None and not (length == 1 and run[0].word in names):
                yield Match(run[0].start, run[-1].end, entry), at
                break
        else:
            length = 1
        at += length


def _entry_of(run: list[Token], entries: Mapping[str, object]) -> str | None:
    """Return the entry that a run of words is, its first word in any form."""
    if any(one.opens for one in run[1:]):
        return None
    rest = "".join(f" {one.word}" for one in run[1:])
    return next((base + rest for base in bases(run[0].word) if base + rest in entries), None)


def normal(text: str) -> str:
    """Return a text with widths and forms of characters unified (NFKC)."""
    return unicodedata.normalize("NFKC", text)
