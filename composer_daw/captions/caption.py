"""The concept caption from the words of a story: "a lonely cello at dusk, slow and tender"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from composer_daw.captions.lexicon import Class, Lexicon, Third
from composer_daw.captions.story import Found, Point, Reading

LONGEST = 120
"""Characters of a caption."""
THIRD = 0.25
"""Where the middle third of valence and arousal ends, either way."""
MOST_TOKENS = 8

SMALL = frozenset(["a", "an", "the", "of", "in", "on", "at", "by", "to", "with", "under", "among", "back"])
"""Words that may stand in a caption twice."""

PLACED: tuple[Class, ...] = ("time", "place", "weather")


def caption_of(
    reading: Reading,
    point: Point,
    voices: Sequence[str],
    names: dict[str, str],
    lexicon: Lexicon,
    adjective: str = "",
) -> str:
    """Return a short line in English for a story at a point.

    `voices` are the roles that play, `names` what to call each: a role that has none is called by its own
    name. `adjective` is said where the story names no feeling. What has been said is not said again, and a
    story that tells nothing leaves the manner alone.
    """
    said = [one for one in _once(reading.found) if not one.negated]
    feeling = _first(said, "feeling") or adjective
    if not said and not feeling:
        return manner_at(point, lexicon)
    voice = _voice(point, voices, names, lexicon)
    line = " ".join([_article(feeling or voice), *filter(None, (feeling, voice))])
    for phrase in (_first(said, "motion"), *_where(said)):
        line = _joined(line, phrase) if _is_new(phrase, line) else line
    about = _first(said, "theme")
    line += f", of {about}" if _is_new(about, line) else ""
    manner = [word for word in manner_at(point, lexicon).split(" and ") if _is_new(word, line)]
    return f"{line}, {' and '.join(manner)}" if manner else line


def manner_at(point: Point, lexicon: Lexicon) -> str:
    """Return how it is played at a point."""
    valence, arousal = map(third, point)
    return lexicon.manners[valence][THIRDS.index(arousal)]


def tokens_of(reading: Reading, point: Point, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the attribute tokens of a story: those of its words, and how it is played; eight at most."""
    tokens = [token for one in reading.found if not one.negated for token in one.meaning.tokens]
    tokens += manner_at(point, lexicon).split(" and ")
    return tuple(dict.fromkeys(tokens))[:MOST_TOKENS]


THIRDS: tuple[Third, Third, Third] = ("low", "middle", "high")


def third(value: float) -> Third:
    """Return the third of valence or arousal that a value lies in."""
    return "low" if value < -THIRD else "high" if value > THIRD else "middle"


def _voice(point: Point, voices: Sequence[str], names: dict[str, str], lexicon: Lexicon) -> str:
    valence, arousal = map(third, point)
    wanted = lexicon.voices[valence][THIRDS.index(arousal)]
    role = next((one for one in wanted if one in voices), voices[0] if voices else "song")
    return names.get(role, role)


def _once(found: Iterable[Found]) -> list[Found]:
    """Return what was found, each meaning once, heaviest first where the class is the same."""
    seen: dict[str, Found] = {}
    for one in found:
        seen.setdefault(one.meaning.says, one)
    return list(seen.values())


def _where(said: list[Found]) -> list[str]:
    """Return where it is, two phrases at most: the weightiest time, place or weather."""
    firsts = [next((one for one in said if one.meaning.kind == kind), None) for kind in PLACED]
    there = sorted((one for one in firsts if one is not None), key=lambda one: -one.meaning.weight)[:2]
    return [one.meaning.says for one in firsts if one in there]


def _first(said: list[Found], kind: Class) -> str:
    return next((one.meaning.says for one in said if one.meaning.kind == kind), "")


def _joined(line: str, phrase: str) -> str:
    """Return a phrase after a line; "fighting on" and "on the battlefield" share their "on"."""
    first, _, rest = phrase.partition(" ")
    return f"{line} {rest if rest and line.endswith(f' {first}') else phrase}"


def _is_new(phrase: str, line: str) -> bool:
    """Tell whether a phrase says something that a line has not said."""
    words = set(re.findall(r"\w+", phrase)) - SMALL
    return bool(words) and not words & set(re.findall(r"\w+", line))


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"
