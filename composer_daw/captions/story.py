"""Read a story: its words, and the point (valence, arousal) that they come to.

The point is the mean of the words' points, by weight; the scene (time, place, weather) colours what is felt
and done, and has half of that weight at most. What is negated counts for the opposite, half as much
(scenes never do); what follows a turn ("but", けれど) counts double. Words are read one by one: irony, and
who feels what, are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from composer_daw.captions.language import Language, check_language
from composer_daw.captions.lexicon import Class, Lexicon, Row, load_lexicon
from composer_daw.captions.words import (
    Token,
    english_matches,
    is_kanji,
    japanese_forms,
    japanese_matches,
    normal,
    tokens,
)

NEGATED = -0.5
"""What a negated word's point is multiplied with: not happy is a little sad, not dead sad."""
AFTER_A_TURN = 2.0
SCENE_SHARE = 0.5
"""Of the weight of feelings, themes and motions, what scenes have at most."""
NEGATABLE: tuple[Class, ...] = ("feeling", "theme", "motion")
"""What a word can deny; a night is there all the same."""
NEAR = 3
"""So many words before an English one a negation reaches; with two small ones between in Japanese."""
FARTHEST_BETWEEN = 2

Point = tuple[float, float]
"""(valence, arousal)"""


class Meaning(NamedTuple):
    """What an entry means."""

    kind: Class
    says: str
    at: Point | None
    weight: float
    tokens: tuple[str, ...]
    emotion: str
    """The emotion of the profile that it names, or empty."""


@dataclass(frozen=True)
class Words:
    """All entries of both languages: those of a lexicon, and the words for emotions."""

    en: Mapping[str, Meaning]
    ja: Mapping[str, Meaning]
    forms: Mapping[str, str]
    """The entry of each form of a Japanese word."""
    lexicon: Lexicon

    @classmethod
    def of(cls, emotions: Mapping[str, tuple[str, Point]], lexicon: Lexicon | None = None) -> Words:
        """Return the words of a lexicon, and of emotions by spelling: their name and point.

        Where both have a word the lexicon's meaning stands.
        """
        lexicon = lexicon or load_lexicon()
        en: dict[str, Meaning] = {}
        ja: dict[str, Meaning] = {}
        for spelling, (name, point) in emotions.items():
            says = lexicon.adjectives.get(name, name)
            meaning = Meaning("feeling", says, point, 1.0, (says,), name)
            (en if spelling.isascii() else ja)[normal(spelling).casefold()] = meaning
        for kind, row in lexicon.rows():
            meaning = _meaning(kind, row)
            en |= {word.casefold(): meaning for word in row.en}
            ja |= {normal(word): meaning for word in row.ja}
        return cls(en, ja, japanese_forms(ja), lexicon)


@dataclass(frozen=True)
class Found:
    """An entry in a text: as it is written there, what it means, and what becomes of it."""

    written: str
    meaning: Meaning
    negated: bool = False
    weight: float = 1.0


@dataclass(frozen=True)
class Reading:
    """What was read of a story; `point` is None where no word told anything."""

    language: Language
    found: tuple[Found, ...]
    point: Point | None

    @property
    def emotion(self) -> str:
        """Return the emotion that was named most, the first of several; empty where none was."""
        named: dict[str, float] = {}
        for one in self.found:
            if one.meaning.emotion and not one.negated:
                named[one.meaning.emotion] = named.get(one.meaning.emotion, 0.0) + one.weight
        return max(named, key=lambda name: named[name]) if named else ""


def read_story(text: str, words: Words) -> Reading:
    """Return what a text in Japanese or English says; raise InputError for other languages."""
    text = normal(text)
    language = check_language(text)
    found = tuple(_japanese(text, words) if language == "ja" else _english(text, words))
    return Reading(language, found, _point(found))


def _meaning(kind: Class, row: Row) -> Meaning:
    return Meaning(kind, row.says, row.at, row.weight, row.tokens or (row.says,), "")


def _point(found: Sequence[Found]) -> Point | None:
    told = sum(one.weight for one in found if one.meaning.kind in NEGATABLE)
    scene = sum(one.weight for one in found if one.meaning.kind not in NEGATABLE)
    less = min(1.0, SCENE_SHARE * told / scene) if told and scene else 1.0
    weighed = [
        (
            one.weight * (1.0 if one.meaning.kind in NEGATABLE else less),
            one.meaning.at,
            NEGATED if one.negated else 1.0,
        )
        for one in found
        if one.meaning.at
    ]
    total = sum(weight for weight, _, _ in weighed)
    if not weighed:
        return None
    valence = sum(weight * at[0] * sign for weight, at, sign in weighed) / total
    arousal = sum(weight * at[1] * abs(sign) for weight, at, sign in weighed) / total
    return round(valence, 4), round(arousal, 4)


def _english(text: str, words: Words) -> Iterable[Found]:
    all_tokens = tokens(text)
    turned_at = _last_turn(all_tokens, words.lexicon.turns.en)
    for match, number in english_matches(text, words.en):
        meaning = words.en[match.entry]
        weight = meaning.weight * (AFTER_A_TURN if number > turned_at >= 0 else 1.0)
        near = _negated_before(all_tokens, number, words.lexicon)
        negated = near and meaning.kind in NEGATABLE
        yield Found(text[match.start : match.end], meaning, negated, weight)


def _last_turn(all_tokens: list[Token], turns: tuple[str, ...]) -> int:
    return max((number for number, token in enumerate(all_tokens) if token.word in turns), default=-1)


def _negated_before(all_tokens: list[Token], number: int, lexicon: Lexicon) -> bool:
    """Tell whether a negation stands shortly before a word, in the same clause (not in "can't stop")."""
    for back in range(1, NEAR + 1):
        if all_tokens[number - back + 1].opens or number - back < 0:
            return False
        word = all_tokens[number - back].word
        if word in lexicon.negations.en or word in lexicon.affirmed.en:
            return word in lexicon.negations.en
    return False


def _japanese(text: str, words: Words) -> Iterable[Found]:
    lexicon = words.lexicon
    ends = [one.end() for turn in lexicon.turns.ja for one in re.finditer(re.escape(turn), text)]
    turned_at = max(ends, default=-1)
    for match in japanese_matches(text, words.forms, lexicon.skip):
        if _is_name(text, match.start, match.end, lexicon.titles):
            continue
        meaning = words.ja[match.entry]
        weight = meaning.weight * (AFTER_A_TURN if match.start >= turned_at >= 0 else 1.0)
        negated = meaning.kind in NEGATABLE and _negated_after(text, match.end, lexicon)
        yield Found(text[match.start : match.end], meaning, negated, weight)


def _is_name(text: str, start: int, end: int, titles: tuple[str, ...]) -> bool:
    """Tell whether a match belongs to a name: kanji, up to a title such as さん."""
    while end < len(text) and is_kanji(text[end]) and not text.startswith(titles, end):
        end += 1
    return is_kanji(text[start]) and text.startswith(titles, end)


def _negated_after(text: str, end: int, lexicon: Lexicon) -> bool:
    """Tell whether a negation follows a word, with at most two small words between (悲しくはない)."""
    places = {end}
    for _ in range(FARTHEST_BETWEEN + 1):
        for at in places:
            if text.startswith(lexicon.affirmed.ja, at):
                return False
            if text.startswith(lexicon.negations.ja, at) and not text.startswith("ずっと", at):
                return True
        places = {at + len(word) for at in places for word in lexicon.between if text.startswith(word, at)}
    return False
