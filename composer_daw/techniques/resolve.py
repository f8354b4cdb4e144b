"""Resolve what a note asks for into what the instrument plays, and say which rung of the ladder held.

An entry of the map serves when all that it plays was asked for or goes without saying. The one that covers
most is taken first, so a combination that the map has as such goes before its parts.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from composer_daw.performance import TechniqueSet
from composer_daw.techniques.conditions import ANY
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.vocabulary import Vocabulary


class Rung(enum.IntEnum):
    """How near the played techniques come to the asked ones, from best to worst."""

    EXACT = 0
    """The instrument has the technique, or the combination as such."""
    COMBINED = 1
    """It has each of several, in groups of their own."""
    PRIORITY = 2
    """Two of one group were asked; the one with priority plays."""
    CONDITION = 3
    """It has the technique, but not for such a note; the nearest one plays."""
    FALLBACK = 4
    """The nearest one that it has plays."""
    DEFAULT = 5
    """It has nothing near; the default plays."""


@dataclass(frozen=True)
class Resolution:
    """What is played for one set of asked techniques.

    `asked` leaves out what goes without saying. `played` has what was asked for or took its place, in terms
    of the vocabulary; `state` has one entry of the map for each group, in the map's order, empty where
    nothing is in force; `strokes` has (piece, stroke) pairs of a drum map; `why` tells what is not as it was
    asked.
    """

    asked: TechniqueSet
    played: TechniqueSet
    state: TechniqueSet
    rung: Rung
    strokes: tuple[tuple[str, str], ...] = ()
    why: str = ""


@dataclass
class _Choice:
    """What is chosen so far: an entry for each group, how many names each covers, the rung, the reasons."""

    technique_map: TechniqueMap
    unsaid: Collection[str] = ()
    """Techniques that go without saying: they yield to any other of their group."""
    entries: dict[str, str] = field(default_factory=dict)
    covers: dict[str, int] = field(default_factory=dict)
    rung: Rung = Rung.EXACT
    why: list[str] = field(default_factory=list)

    def note(self, name: str, found: str | None, rung: Rung) -> None:
        """Note that a technique is not played as such, and what stands in for it."""
        if rung is Rung.EXACT:
            return
        cause = "not for such a note" if rung is Rung.CONDITION else "not there"
        self.why.append(f"{name} is {cause}{f'; {found} stands in' if found else ', nor anything near'}")
        self.rung = max(self.rung, rung)

    def take(self, name: str, covered: int) -> None:
        """Put an entry into its group, where one that covers more, or stands earlier in the map, stays."""
        group = self.technique_map.techniques[name].group
        standing = self.entries.get(group)
        if standing == name:
            return
        if standing is not None and self._yields(standing) != self._yields(name):
            name = name if self._yields(standing) else standing
        elif standing is not None:
            order = self.technique_map.of_group(group).index
            kept = min(
                standing, name, key=lambda one: (-(self.covers | {name: covered}).get(one, 0), order(one))
            )
            self.rung = max(self.rung, Rung.PRIORITY)
            self.why.append(f"{name if kept == standing else standing} gives way to {kept}")
            name = kept
        self.entries[group], self.covers[name] = name, covered

    def _yields(self, name: str) -> bool:
        return all(part in self.unsaid for part in self.technique_map.plays(name))

    def implied(self, name: str) -> None:
        """Put the parts of a combination into groups of their own, where those are free."""
        for part in self.technique_map.plays(name):
            if part != name and part in self.technique_map.playable():
                self.entries.setdefault(self.technique_map.techniques[part].group, part)


def resolve(
    asked: TechniqueSet,
    technique_map: TechniqueMap,
    vocabulary: Vocabulary,
    holds: Collection[str] | None = None,
) -> Resolution:
    """Resolve one set of techniques: exact, combined, by priority, by condition, by fallback, or the default.

    `holds` names the conditional entries whose condition the note meets; without it all count as met.
    """
    entries = technique_map.techniques
    usable = [
        name
        for name in technique_map.playable()
        if entries[name].when == ANY or holds is None or name in holds
    ]
    names, strokes = _apart(asked, technique_map)
    choice, left = _covered(names, usable, technique_map, vocabulary)
    near = {name: _nearest(name, usable, technique_map, vocabulary) for name in left}
    hopeless = [name for name in left if not near[name][0] and not _is_covered(name, usable, technique_map)]
    if hopeless or any(found for found, _ in near.values()):  # what stands in may be part of a combination
        stand_ins = (
            near[name][0] or name if name in near else name for name in names if name not in hopeless
        )
        choice, left = _covered(tuple(dict.fromkeys(stand_ins)), usable, technique_map, vocabulary)
    for name, (found, rung) in near.items():
        if found or name in (*left, *hopeless):
            choice.note(name, found, rung)
    own = set(choice.entries.values()) - technique_map.defaults
    own -= {part for name in own for part in technique_map.plays(name) if part != name}
    if choice.rung is Rung.EXACT and len(own) > 1:
        choice.rung = Rung.COMBINED
    state = tuple(
        choice.entries.get(group) or _usual(group, usable, technique_map) for group in technique_map.groups
    )
    chosen = [choice.entries[group] for group in technique_map.groups if group in choice.entries]
    played = tuple(dict.fromkeys(part for name in chosen for part in technique_map.plays(name)))
    told = tuple("=".join(stroke) for stroke in strokes)
    why = "; ".join(choice.why)
    return Resolution(_canonical(asked, vocabulary), (*played, *told), state, choice.rung, strokes, why)


def _usual(group: str, usable: list[str], technique_map: TechniqueMap) -> str:
    """Return what is in force in a group where nothing is asked: of entries that play as its default does,
    one whose condition the note meets goes first.
    """
    default = technique_map.groups[group].default
    alike = (
        name
        for name in usable
        if technique_map.techniques[name].group == group
        and technique_map.techniques[name].when != ANY
        and technique_map.plays(name) == technique_map.plays(default)
    )
    return next(alike, default) if default else ""


def _covered(
    names: TechniqueSet, usable: list[str], technique_map: TechniqueMap, vocabulary: Vocabulary
) -> tuple[_Choice, list[str]]:
    """Choose entries until none covers what is left; return the choice and what is left."""
    unsaid = {entry.default for entry in vocabulary.groups.values()}
    choice, left = _Choice(technique_map, unsaid), list(names)
    own = [name for name in names if name in technique_map.techniques]
    said = (*names, *(part for name in own for part in technique_map.plays(name)))
    sayable = [*said, *_implied(said, vocabulary)]
    while left and (best := _best(left, sayable, usable, technique_map, vocabulary)):
        covered = [name for name in left if _covers(best, name, technique_map)]
        choice.take(best, len(covered))
        choice.implied(best)
        left = [name for name in left if name not in covered]
    return choice, left


def _apart(
    asked: TechniqueSet, technique_map: TechniqueMap
) -> tuple[TechniqueSet, tuple[tuple[str, str], ...]]:
    """Return the techniques and the strokes of drums that a set names."""
    names, strokes = [], []
    for name in dict.fromkeys(asked):
        piece, _, stroke = name.partition("=")
        if piece in technique_map.pieces and stroke in technique_map.pieces[piece].strokes:
            strokes.append((piece, stroke))
        else:
            names.append(name)
    return tuple(names), tuple(strokes)


def _implied(names: TechniqueSet, vocabulary: Vocabulary) -> list[str]:
    """Return what goes without saying: the default of each group of the vocabulary that no name is of."""
    spoken = {vocabulary.group_of(name) for name in names}
    return [entry.default for group, entry in vocabulary.groups.items() if group not in spoken]


def _best(
    left: list[str],
    sayable: list[str],
    usable: list[str],
    technique_map: TechniqueMap,
    vocabulary: Vocabulary,
) -> str | None:
    """Return the entry that covers most of what is left and brings least besides, or None.

    What an entry plays in one group of the vocabulary is one thing by two names (`Spic/Stac`): either asks
    for it.
    """
    best, figures = None, (0, 0, 0, 0)
    for name in usable:
        plays = technique_map.plays(name)
        covered = sum(_covers(name, other, technique_map) for other in left)
        said = {vocabulary.group_of(part) or part for part in plays if part in sayable}
        unsaid = [part for part in plays if (vocabulary.group_of(part) or part) not in said]
        if not covered or (name not in left and unsaid):
            continue
        conditional = technique_map.techniques[name].when != ANY
        rank = (covered, int(conditional), int(name in left), covered - len(plays))
        if rank > figures or best is None:
            best, figures = name, rank
    return best


def _covers(entry: str, name: str, technique_map: TechniqueMap) -> bool:
    """Tell whether an entry is what a name asks for, plays it, or plays that and more."""
    plays = technique_map.plays(entry)
    if name == entry or name in plays:
        return True
    return name in technique_map.techniques and set(technique_map.plays(name)) < set(plays)


def _is_covered(name: str, usable: list[str], technique_map: TechniqueMap) -> bool:
    """Tell whether any entry plays a technique, be it together with others."""
    return any(_covers(entry, name, technique_map) for entry in usable)


def _nearest(
    name: str, usable: list[str], technique_map: TechniqueMap, vocabulary: Vocabulary
) -> tuple[str | None, Rung]:
    """Return what comes nearest to a technique that no entry covers, or None, and the rung of that."""
    barred = [
        other
        for other in technique_map.playable()
        if other not in usable and (other == name or name in technique_map.plays(other))
    ]
    if not barred and _goes_without_saying(name, technique_map, vocabulary):
        return None, Rung.EXACT
    chain = _fallbacks((name, *barred), technique_map, vocabulary)
    near = next((served for other in chain if (served := _served(other, usable, technique_map))), None)
    return near, Rung.CONDITION if barred and near else Rung.FALLBACK if near else Rung.DEFAULT


def _served(name: str, usable: list[str], technique_map: TechniqueMap) -> str | None:
    """Return the entry that is a technique by name, or alone plays it."""
    if name in usable:
        return name
    return next((other for other in usable if technique_map.plays(other) == (name,)), None)


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


def _goes_without_saying(name: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> bool:
    """Tell whether a name is the default of a group, and the instrument is so where nothing is asked.

    That is: it has nothing of the group, or only in groups of its own that have no default, or in
    combinations that the default of their group takes the place of: `sustain` of a `Long CS`.
    """
    group = vocabulary.group_of(name)
    if group is None or vocabulary.groups[group].default != name:
        return False
    others = [
        other
        for other in technique_map.playable()
        if any(vocabulary.group_of(part) == group for part in technique_map.plays(other))
    ]
    return all(_is_ended(other, group, technique_map, vocabulary) for other in others)


def _is_ended(name: str, group: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> bool:
    """Tell whether what an entry plays of a vocabulary's group is over where the entry is not asked for."""
    default = technique_map.groups[technique_map.techniques[name].group].default
    if not default:
        return True
    known = [vocabulary.group_of(part) for part in technique_map.plays(default)]
    return len(technique_map.plays(name)) > 1 and None not in known and group not in known


def _fallbacks(names: Iterable[str], technique_map: TechniqueMap, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield what comes nearest: the map's own chains, then the vocabulary's, breadth first, each once."""
    names = tuple(dict.fromkeys(names))
    own = [technique_map.techniques[name].fallback for name in names if name in technique_map.techniques]
    waiting = [*(other for chain in own for other in chain), *vocabulary.fallbacks(names[0])]
    seen = set(names)
    while waiting:
        other = waiting.pop(0)
        if other not in seen:
            seen.add(other)
            yield other
            waiting.extend(vocabulary.fallbacks(other))
