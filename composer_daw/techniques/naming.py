"""Read the names of entries in other people's technique maps: "Vib Long CS", "Trill (HT)", "ピチカート"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from composer_daw.techniques.entry_words import LONGEST, Lexicon, Word, cut, key_of, pieces
from composer_daw.techniques.vocabulary import Vocabulary

TEMPI = frozenset(map(str, range(60, 301)))
"""Numbers that count as "bpm" does."""

MOST_KEPT = 50_000
"""So many names are remembered as they were read: banks of one maker have the same ones."""

LEVELS = ("ppp", "pp", "p", "mp", "mf", "f", "ff", "fff")
HAIRPINS = {frozenset("<"): "crescendo", frozenset(">"): "diminuendo", frozenset("<>"): "swell"}

Meaning = Literal["technique", "alone", "veto", "ignored", "left"]


@dataclass(frozen=True)
class NameReading:
    """What the name of an entry says."""

    techniques: tuple[str, ...]
    """Names of the vocabulary, in its order; empty: the name says none, or was not understood."""
    left: str = ""
    """The words that were not understood."""
    ignored: tuple[str, ...] = ()
    """The words that were understood, and are no techniques: round robins, layers, loudness, vowels."""


@dataclass
class _Part:
    """An expression in a name, and what it means there."""

    key: str
    written: str
    meaning: Meaning
    techniques: tuple[str, ...] = ()
    slash: bool = False
    """Whether a slash stands before it."""


class _Place(NamedTuple):
    """What the name of an instrument tells of the names of its entries."""

    is_named: bool
    families: tuple[str, ...]
    has_arcs: bool
    is_song: bool
    doubtful: frozenset[str]
    """Words that may mean two things on such an instrument."""


def read_name(text: str, vocabulary: Vocabulary, instrument: str = "") -> NameReading:
    """Return the techniques that the name of an entry says, and the words that say none.

    `instrument`, the name of the map or bank, tells what a word means there: "muted" is con sordino for a
    trumpet, damped for a bell; where it tells no instrument, `text` may: "Muted Guitar". A doubtful name is
    left unread as a whole: "muted" where nothing tells the instrument, "bow" of a cymbal, "non legato", an
    unknown word much like a technique's.
    """
    lexicon = vocabulary.lexicon
    if len(lexicon.readings) + len(lexicon.places) > MOST_KEPT:
        lexicon.readings.clear()
        lexicon.places.clear()
    if instrument not in lexicon.places:
        lexicon.places[instrument] = _place(instrument, vocabulary)
    key = text, lexicon.places[instrument]
    if key not in lexicon.readings:
        lexicon.readings[key] = _read(text, vocabulary, lexicon.places[instrument])
    reading: NameReading = lexicon.readings[key]
    return reading


def _place(instrument: str, vocabulary: Vocabulary) -> _Place:
    words = pieces(instrument)
    keys = {word.key for word in words}
    return _Place(
        bool(instrument),
        families_of(instrument, vocabulary.lexicon),
        not keys.isdisjoint(("arc", "arcs")),
        not keys.isdisjoint(vocabulary.entries.no_techniques.get("sections_of_a_song", ())),
        _doubtful_beside(keys, vocabulary.lexicon),
    )


def _doubtful_beside(keys: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    """Return the words that may mean two things where these stand: "bow" beside "cymbal"."""
    return frozenset(word for key in keys for word in lexicon.doubtful.get(key, ()))


def _read(text: str, vocabulary: Vocabulary, place: _Place) -> NameReading:
    lexicon, entries = vocabulary.lexicon, vocabulary.entries
    if not place.families:  # the name itself may tell: "Muted Guitar"
        instruments = " ".join(word.written for word in pieces(text) if word.key not in lexicon.loudness)
        place = place._replace(families=families_of(instruments, lexicon))
    words = [part for word in pieces(text) for part in cut(word, lexicon.known)]
    parts = _parts(words, lexicon, place.families)
    _read_whole(parts, vocabulary, place.families)
    named = {name for part in parts if part.meaning == "technique" for name in part.techniques}
    found = {_refined(name, parts, lexicon) for name in named} | _hairpin(parts, lexicon)
    found |= _arc(words, place) | _by_a_slash(parts)
    if _doubtful(parts, vocabulary, place):
        return _reading((), parts)
    group = {name: term.group for name, term in vocabulary.techniques.items()}
    if not any(group[name] in entries.strokes and name not in entries.no_strokes for name in found):
        found |= {name for part in parts if part.meaning == "alone" for name in part.techniques}
    groups = list(vocabulary.groups)
    ranked = sorted((name for name in group if name in found), key=lambda name: groups.index(group[name]))
    return _reading(tuple(ranked), parts)


def _doubtful(parts: list[_Part], vocabulary: Vocabulary, place: _Place) -> bool:
    """Return whether a name speaks of something else, or may mean another technique than its words say."""
    lexicon, entries = vocabulary.lexicon, vocabulary.entries
    disputed = lexicon.disputed if place.is_named and not place.families else frozenset()
    negations = entries.ignored.get("negations", ())
    keys = {part.key for part in parts}
    return (
        place.is_song
        or any(part.meaning == "veto" or (part.techniques and part.key in disputed) for part in parts)
        or any(one.key in negations and next_.techniques for one, next_ in pairwise(parts))
        or not keys.isdisjoint(place.doubtful | _doubtful_beside(keys, lexicon))
        or any(lexicon.resembles(key) for key in {part.key for part in parts if part.meaning == "left"})
    )


def families_of(instrument: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the families of instruments that a name speaks of, in the order of its words."""
    words = pieces(instrument)
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            key = key_of(words[at : at + length])
            family = lexicon.families.get(key) or lexicon.families.get(key.removesuffix("s"))
            if family:
                found.append(family)
                break
        at += length
    return tuple(dict.fromkeys(found))


def _parts(words: list[Word], lexicon: Lexicon, families: Iterable[str]) -> list[_Part]:
    """Take the longest expression that means something at each place."""
    parts: list[_Part] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            some = words[at : at + length]
            key, written = key_of(some), " ".join(word.written for word in some)
            meaning, techniques = _meaning(key, lexicon, families)
            if meaning == "left" and (meant := lexicon.meant_by(key, one_word=length == 1)) != key:
                key = meant
                meaning, techniques = _meaning(key, lexicon, families)
            if meaning != "left" or length == 1 or key in lexicon.beside_words:
                parts.append(_Part(key, written, meaning, techniques, some[0].slash))
                break
        at += length
    return parts


def _meaning(key: str, lexicon: Lexicon, families: Iterable[str]) -> tuple[Meaning, tuple[str, ...]]:
    for family in families:
        if key in lexicon.among[family]:
            names = lexicon.among[family][key]
            return ("technique", names) if names else ("ignored", ())
    if key in lexicon.whole:
        return "ignored", ()
    if key in lexicon.plain:
        return "technique", lexicon.plain[key]
    if key in lexicon.alone:
        return "alone", (lexicon.alone[key],)
    if key in lexicon.vetoes:
        return "veto", ()
    ignored = key in lexicon.ignored or key in lexicon.loudness or key.isdecimal() or key in ("<", ">", ":")
    return ("ignored" if ignored else "left"), ()


def _read_whole(parts: list[_Part], vocabulary: Vocabulary, families: Iterable[str]) -> None:
    """Let an expression that counts as a whole name only count, where it is the whole name."""
    lexicon = vocabulary.lexicon
    if len(parts) != 1 or parts[0].key not in lexicon.whole:
        return
    name = vocabulary.name_for(parts[0].key)
    if name is not None and not any(parts[0].key in lexicon.among[family] for family in families):
        parts[0].meaning, parts[0].techniques = "technique", (name,)


def _refined(name: str, parts: list[_Part], lexicon: Lexicon) -> str:
    """Return the technique that another word of the name makes of one: trill and "HT"."""
    words = lexicon.beside.get(name, {})
    for part in sorted(parts, key=lambda part: -len(part.key)):
        key = "bpm" if part.key in TEMPI else part.key
        if key in words:
            part.meaning = "ignored" if part.meaning in ("left", "veto") else part.meaning
            return words[key]
    return name


def _hairpin(parts: list[_Part], lexicon: Lexicon) -> set[str]:
    """Return the hairpin of a name that is made of signs and loudness alone, such as "<ff"."""
    signs = frozenset(part.key for part in parts) & {"<", ">"}
    others = (part.key for part in parts if part.key not in signs and not part.key.isdecimal())
    plain = all(key in lexicon.loudness or len(key) == 1 for key in others)
    return {HAIRPINS[signs]} if signs and plain else set()


def _by_a_slash(parts: list[_Part]) -> set[str]:
    """Return sustain where a slash parts it from a technique: the entry goes from one to the other."""
    for one, other in pairwise(parts):
        if other.slash and {one.meaning, other.meaning} == {"alone", "technique"}:
            return {"sustain"} & {*one.techniques, *other.techniques}
    return set()


def _arc(words: list[Word], place: _Place) -> set[str]:
    """Return how loudness goes in "mp-f-mp"; "p-f" counts only where the instrument's name speaks of arcs."""
    for is_level, some in groupby(words, lambda word: word.key in LEVELS):
        run = list(some) if is_level else []
        levels = [LEVELS.index(word.key) for word in run]
        if len(levels) > 2 and levels[0] < max(levels) > levels[-1]:
            return {"swell"}
        if place.has_arcs and len(levels) > 1 and run[0].apart and levels[0] != levels[-1]:
            return {"crescendo" if levels[0] < levels[-1] else "diminuendo"}
    return set()


def _reading(techniques: tuple[str, ...], parts: list[_Part]) -> NameReading:
    left = " ".join(part.written for part in parts if part.meaning == "left")
    return NameReading(techniques, left, tuple(part.written for part in parts if part.meaning == "ignored"))
