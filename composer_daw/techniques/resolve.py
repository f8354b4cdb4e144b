"""Resolve what a note asks for into what the instrument plays, and say which rung of the ladder held."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from composer_daw.performance import TechniqueSet
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.vocabulary import Vocabulary


class Rung(enum.IntEnum):
    """How near the played techniques come to the asked ones, from best to worst."""

    EXACT = 0
    """The instrument has the technique."""
    COMBINED = 1
    """It has each of several, in groups of their own."""
    PRIORITY = 2
    """Two of one group were asked; the one with priority plays."""
    FALLBACK = 3
    """The nearest one that it has plays."""
    DEFAULT = 4
    """It has nothing near; the default plays."""


@dataclass(frozen=True)
class Resolution:
    """What is played for one set of asked techniques.

    `asked` leaves out what goes without saying. `played` has the techniques that were asked for or took their
    place; `state` has one technique for each
    group of the map, in the map's order; `strokes` has (piece, stroke) pairs of a drum map.
    """

    asked: TechniqueSet
    played: TechniqueSet
    state: TechniqueSet
    rung: Rung
    strokes: tuple[tuple[str, str], ...] = ()


def resolve(asked: TechniqueSet, technique_map: TechniqueMap, vocabulary: Vocabulary) -> Resolution:
    """Resolve one set of techniques: exact, combined, by priority, by fallback, or the default."""
    chosen: dict[str, str] = {}
    strokes: list[tuple[str, str]] = []
    rung = Rung.EXACT
    for name in asked:
        piece, _, stroke = name.partition("=")
        if piece in technique_map.pieces and stroke in technique_map.pieces[piece].strokes:
            strokes.append((piece, stroke))
            continue
        found, step = _nearest(name, technique_map, vocabulary)
        rung = max(rung, step)
        if found is not None:
            rung = max(rung, _choose(found, chosen, technique_map))
    defaults = {entry.default for entry in technique_map.groups.values()}
    if rung is Rung.EXACT and len(set(chosen.values()) - defaults) > 1:
        rung = Rung.COMBINED
    state = tuple(chosen.get(group, entry.default) for group, entry in technique_map.groups.items())
    played = tuple(name for group, name in zip(technique_map.groups, state, strict=True) if group in chosen)
    return Resolution(
        _canonical(asked, vocabulary), (*played, *map("=".join, strokes)), state, rung, tuple(strokes)
    )


def _canonical(asked: TechniqueSet, vocabulary: Vocabulary) -> TechniqueSet:
    """Return the asked names in the order of the vocabulary's groups, without what goes without saying."""
    groups = list(vocabulary.groups)
    rank = {
        name: groups.index(vocabulary.techniques[name].group)
        for name in asked
        if name in vocabulary.techniques
    }
    ordered = tuple(sorted(asked, key=lambda name: rank.get(name, len(groups))))
    return without({entry.default for entry in vocabulary.groups.values()}, ordered)


def without(defaults: Collection[str], names: TechniqueSet) -> TechniqueSet:
    """Return the names that are no defaults, or the first where all are: one name for one way of playing.

    A note is `pizzicato` whether or not the score has said `ord.` and `senza sord.` before.
    """
    return tuple(name for name in names if name not in defaults) or names[:1]


def _nearest(name: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> tuple[str | None, Rung]:
    """Return the technique of the map that serves for a name, or None, and the rung."""
    playable = technique_map.playable()
    if name in playable:
        return name, Rung.EXACT
    if _goes_without_saying(name, technique_map, vocabulary):
        return None, Rung.EXACT
    near = next((other for other in _fallbacks(name, technique_map, vocabulary) if other in playable), None)
    return near, Rung.FALLBACK if near else Rung.DEFAULT


def _goes_without_saying(name: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> bool:
    """Tell whether a name is the default of a group of which the instrument has nothing else."""
    group = vocabulary.group_of(name)
    others = [other for other in technique_map.playable() if vocabulary.group_of(other) == group]
    return group is not None and vocabulary.groups[group].default == name and not others


def _fallbacks(name: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield what comes nearest: the map's own chain, then the vocabulary's, breadth first, each once."""
    entry = technique_map.techniques.get(name)
    waiting = [*(entry.fallback if entry else ()), *vocabulary.fallbacks(name)]
    seen = {name}
    while waiting:
        other = waiting.pop(0)
        if other not in seen:
            seen.add(other)
            yield other
            waiting.extend(vocabulary.fallbacks(other))


def _choose(name: str, chosen: dict[str, str], technique_map: TechniqueMap) -> Rung:
    """Put a technique into its group; where one stands there already, the map's order decides."""
    group = technique_map.techniques[name].group
    standing = chosen.get(group, name)
    chosen[group] = min(standing, name, key=technique_map.of_group(group).index)
    return Rung.EXACT if standing == name else Rung.PRIORITY
