"""Compare two technique maps: what the second cannot play of the first, and what would play instead."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass

from composer_daw.performance import TechniqueSet
from composer_daw.techniques.display.in_words import condition_words
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.resolve import Resolution, Rung, resolve
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

MOST_PAIRS = 2_000
"""So many combinations are looked at; maps that are used have fewer."""


@dataclass(frozen=True)
class Played:
    """What the second instrument makes of one thing that the first can play."""

    asked: TechniqueSet
    plays: TechniqueSet
    """In terms of the vocabulary; empty: it plays as it comes."""
    rung: Rung
    chain: tuple[tuple[str, ...], ...] = ()
    """For each technique that it lacks: the way from it to what stands in, fallback by fallback."""
    remark: str = ""
    """Why it plays so, or on which notes only."""

    @property
    def is_lost(self) -> bool:
        """Tell whether something else plays than what was asked."""
        return self.rung > Rung.COMBINED


@dataclass(frozen=True)
class Comparison:
    """What the second map makes of every technique of the first, and of those combinations that it loses."""

    techniques: tuple[Played, ...]
    combinations: tuple[Played, ...]
    """Pairs whose parts it can play one by one, but not together."""
    looked_at: tuple[TechniqueSet, ...]
    """All pairs that were asked for, lost or not."""
    pairs_in_all: int
    lower: int
    """How many notes of the first lie below all notes of the second ..."""
    higher: int
    """... and how many above."""

    @property
    def pairs(self) -> int:
        """Return how many pairs were looked at."""
        return len(self.looked_at)

    @property
    def lost(self) -> tuple[Played, ...]:
        """Return the techniques that it cannot play as such."""
        return tuple(one for one in self.techniques if one.is_lost)

    def counts(self) -> dict[str, int]:
        """Return how many techniques are played on each rung, best first."""
        found = Counter(one.rung for one in self.techniques)
        return {rung.name.lower(): found[rung] for rung in Rung if found[rung]}


def compare_maps(
    first: TechniqueMap, second: TechniqueMap, vocabulary: Vocabulary | None = None
) -> Comparison:
    """Ask the second map for all that the first can play, and return what it plays.

    Conditions on notes count as met. Combinations are looked at that the first can play, of two techniques
    from two of its groups, and whose parts the second has.
    """
    words = vocabulary or load_vocabulary()
    asked = dict.fromkeys(first.plays(name) for name in first.playable())
    strokes = [(f"{piece}={stroke}",) for piece, entry in first.pieces.items() for stroke in entry.strokes]
    techniques = [_played(one, second, words) for one in (*asked, *strokes)]
    has = {one.asked[0] for one in techniques if len(one.asked) == 1 and not one.is_lost}
    pairs = _pairs(first, has, words)
    looked = [_played(pair, second, words) for pair in pairs[:MOST_PAIRS]]
    alone = {frozenset(one.asked) for one in techniques}
    return Comparison(
        techniques=tuple(techniques),
        combinations=tuple(one for one in looked if one.is_lost and frozenset(one.asked) not in alone),
        looked_at=tuple(pairs[:MOST_PAIRS]),
        pairs_in_all=len(pairs),
        lower=max(0, min(second.range[0] - 1, first.range[1]) - first.range[0] + 1),
        higher=max(0, first.range[1] - max(second.range[1] + 1, first.range[0]) + 1),
    )


def _pairs(first: TechniqueMap, has: set[str], vocabulary: Vocabulary) -> list[TechniqueSet]:
    """Return the pairs of techniques, no defaults, that are in two groups of the map and the vocabulary."""
    single: dict[str, str] = {}
    for name in first.playable():
        plays = first.plays(name)
        if len(plays) == 1 and plays[0] in has and name not in first.defaults:
            single.setdefault(plays[0], first.techniques[name].group)
    return [
        (one, other)
        for one, other in itertools.combinations(single, 2)
        if single[one] != single[other]
        and (vocabulary.group_of(one) is None or vocabulary.group_of(one) != vocabulary.group_of(other))
    ]


def _played(asked: TechniqueSet, second: TechniqueMap, vocabulary: Vocabulary) -> Played:
    piece, is_stroke, _ = asked[0].partition("=")
    if is_stroke:
        return _struck(asked, piece, second)
    found = resolve(asked, second, vocabulary)
    lacking = [name for name in asked if name not in found.played] if found.rung > Rung.PRIORITY else []
    chains = (_chain(name, found.played, second, vocabulary) for name in lacking)
    return Played(
        asked, found.played, found.rung, tuple(chain for chain in chains if chain), _remark(found, second)
    )


def _struck(asked: TechniqueSet, piece: str, second: TechniqueMap) -> Played:
    """Return what a drum plays for a stroke: its usual one where it lacks it; nothing without a drum."""
    if piece not in second.pieces:
        return Played(asked, (), Rung.DEFAULT, remark=f"it has no {piece}")
    strokes = second.pieces[piece].strokes
    if asked[0].partition("=")[2] in strokes:
        return Played(asked, asked, Rung.EXACT)
    usual = f"{piece}={next(iter(strokes))}"
    return Played(asked, (usual,), Rung.DEFAULT, remark=f"{piece} has no such stroke; {usual} plays")


def _remark(found: Resolution, second: TechniqueMap) -> str:
    if found.why:
        return found.why
    told = [
        f"{name} only if {words}"
        for name in found.state
        if name and (words := condition_words(second.techniques[name].when, second.middle_c))
    ]
    return "; ".join(told)


def _chain(name: str, played: TechniqueSet, second: TechniqueMap, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the way from a technique to what stands in for it, as `resolve` goes: breadth first.

    Empty where nothing near is there.
    """
    own = second.techniques[name].fallback if name in second.techniques else ()
    came_from: dict[str, str] = {}
    waiting = [(name, other) for other in (*own, *vocabulary.fallbacks(name))]
    while waiting:
        before, other = waiting.pop(0)
        if other == name or other in came_from:
            continue
        came_from[other] = before
        parts = second.plays(other) if other in second.techniques else (other,)
        if all(part in played for part in parts):
            way = [other]
            while way[-1] != name:
                way.append(came_from[way[-1]])
            return tuple(reversed(way))
        waiting += [(other, further) for further in vocabulary.fallbacks(other)]
    return ()
