"""The words of entry names: how a name is taken apart, and the dictionary of what its words mean."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

LONGEST = 7
"""Of how many pieces an expression of the dictionary is made at most."""

LIKE = 0.8
"""How much a word is like another that may be meant, of 1; see `difflib.SequenceMatcher.ratio`."""

_INTERVAL = re.compile(r"(?<![^\W_])([mM])([2-7])(?:nd|rd|th)?(?![^\W_])")
_SEMITONES = re.compile(r"(?<!\d)\+([12])(?![^\W_])")
_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CJK = "\u3041-\u30fa\u30fc-\u30ff\u3400-\u9fff々"
_PIECE = re.compile(rf"\d+|[{_CJK}]+|[<>:]|[^\W\d_{_CJK}]+")
_CLOSE = re.compile("[-._'’\u30fb]?")


class Word(NamedTuple):
    """A piece of a name."""

    key: str
    """As it is looked up: without case, width and accents."""
    written: str
    apart: bool = True
    """Whether more than a dot or a hyphen, or nothing, stands before it."""
    slash: bool = False
    """Whether a slash stands before it."""


def pieces(text: str) -> list[Word]:
    """Return the pieces of a name: words, numbers, and the signs '<', '>' and ':'.

    Words are parted at signs, between letters and digits, and where small letters are followed by capitals.
    "m2" and "M2" become "min 2" and "maj 2", and so do "+1" and "+2". Japanese and Chinese have no
    spaces: a stretch of them is one piece.
    """
    plain = _INTERVAL.sub(lambda found: f"{'min' if found[1] == 'm' else 'maj'} {found[2]}", fold_width(text))
    plain = _SEMITONES.sub(lambda found: f" {'min' if found[1] == '1' else 'maj'} 2", plain)
    plain = "".join(one for one in unicodedata.normalize("NFD", plain) if not "\u0300" <= one <= "\u036f")
    plain = _CASE.sub(".", unicodedata.normalize("NFC", plain))
    words: list[Word] = []
    end = 0
    for found in _PIECE.finditer(plain):
        between = plain[end : found.start()] if words else " "
        close = _CLOSE.fullmatch(between) is not None
        words.append(Word(found[0].casefold(), found[0], not close, "/" in between))
        end = found.end()
    return words


def fold_width(text: str) -> str:
    """Return a text with the usual forms of letters in place of wide, narrow and raised ones."""
    return unicodedata.normalize("NFKC", text)


def key_of(words: Sequence[Word]) -> str:
    """Return what several pieces are looked up as: joined, but for a space where they stand apart."""
    return "".join(f" {word.key}" if word.apart else word.key for word in words).strip()


def keys_of(expression: str) -> set[str]:
    """Return the keys of an expression: as it is written, and in one word."""
    key = key_of(pieces(expression))
    return {key, key.replace(" ", "")}


def relaxed(key: str) -> str:
    """Return a key without doubled letters and without the s of a plural: "tripple", "spicattos"."""
    single = re.sub(r"([^\W\d_])\1+", r"\1", key)
    return single[:-1] if len(single) > 4 and single.endswith("s") else single


@dataclass
class Lexicon:
    """What the expressions of entry names mean; the keys are those of `keys_of`."""

    plain: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The techniques of an expression, in most cases one."""
    alone: dict[str, str] = field(default_factory=dict)
    """The technique, where no stroke or ornament is named."""
    beside: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By the technique that is named too: the one that both make together."""
    among: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=lambda: defaultdict(dict))
    """By the family of the instrument; empty: nothing."""
    families: dict[str, str] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    """Expressions that count as a whole name only."""
    vetoes: set[str] = field(default_factory=set)
    """Expressions of names that speak of something else."""
    doubtful: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By a word beside it, in a name or in the instrument's: what may mean two things there."""
    loudness: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)
    disputed: frozenset[str] = frozenset()
    """Words that mean other techniques in two families of instruments or more: "muted"."""
    known: frozenset[str] = frozenset()
    """Every expression that can mean something; see `finish`."""
    beside_words: frozenset[str] = frozenset()
    readings: dict[Hashable, Any] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)
    """The names of entries and of instruments that were read, as `naming.read_name` remembers them."""
    _words: Sequence[str] = ()
    _relaxed: dict[str, str] = field(default_factory=dict)

    def finish(self) -> Lexicon:
        """Prepare the search for words; return the dictionary itself."""
        self.beside_words = frozenset(key for words in self.beside.values() for key in words)
        self.known = frozenset((*self.plain, *self.alone, *self.ignored, *self.beside_words))
        self.disputed = frozenset(key for key in self.plain if len(self._elsewhere(key)) > 1)
        joined = {key.replace(" ", "") for key in self.plain if " " in key}
        self._words = sorted(key for key in self.plain if " " not in key and key not in joined)
        self._relaxed = {relaxed(key): key for key in self.plain if len(key) >= 5}
        return self

    def _elsewhere(self, key: str) -> list[str]:
        """Return the families of instruments in which a word means another technique."""
        return [name for name, words in self.among.items() if words.get(key, ()) not in ((), self.plain[key])]

    def meant_by(self, key: str, one_word: bool) -> str:
        """Return the key of the dictionary that an unknown one was meant for, or the key itself.

        Doubled letters and a plural's s do not matter; one word may be cut short ("portat") or have one wrong
        letter.
        """
        return (one_word and self._completed(key)) or self._respelled(key, one_word)

    def _completed(self, key: str) -> str | None:
        """Return the word that lacks at most four letters, if all that begin so mean the same."""
        if len(key) < 6 or self.is_instrument(key):
            return None
        longer = [word for word in self._words if word.startswith(key) and len(word) <= len(key) + 4]
        return longer[0] if len({self.plain[word] for word in longer}) == 1 else None

    def _respelled(self, key: str, guess: bool) -> str:
        if len(key) < 5 or self.is_instrument(key):
            return key
        if key.endswith("s") and key[:-1] in self.plain:
            return key[:-1]
        near = relaxed(key)
        if near in self._relaxed or not guess or len(near) < 7:
            return self._relaxed.get(near, key)
        close = (other for other in _one_off(near) if other in self._relaxed and len(other) > 5)
        return next((self._relaxed[other] for other in close), key)

    def resembles(self, key: str) -> bool:
        """Return whether a word is like a technique's, though not enough to be taken for it."""
        return (
            len(key) > 4
            and not self.is_instrument(key)
            and bool(get_close_matches(key, self._words, 1, LIKE))
        )

    def is_instrument(self, key: str) -> bool:
        """Tell whether a word is the name of an instrument, or of several."""
        return key in self.families or key.removesuffix("s") in self.families


def _one_off(key: str) -> Iterator[str]:
    """Yield the spellings one letter away, the first letter kept: one left out, added, changed or swapped."""
    for at in range(1, len(key) + 1):
        head, tail = key[:at], key[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in "abcdefghijklmnopqrstuvwxyz":
            yield head + letter + tail[1:]
            yield head + letter + tail


def cut(word: Word, known: Collection[str]) -> list[Word]:
    """Return the known parts of a stretch of Japanese, longest first, and what lies between them."""
    if not re.match(rf"[{_CJK}]", word.key) or word.key in known:
        return [word]
    parts: list[str] = []
    start = at = 0
    while at < len(word.key):
        end = next((end for end in range(len(word.key), at + 1, -1) if word.key[at:end] in known), 0)
        if end:
            parts += [word.key[start:at], word.key[at:end]]
            start = at = end
        else:
            at += 1
    return [Word(part, part) for part in (*parts, word.key[start:]) if part]


def keys(expressions: Iterable[str]) -> Iterator[str]:
    """Yield the keys of several expressions."""
    for expression in expressions:
        yield from keys_of(expression)
