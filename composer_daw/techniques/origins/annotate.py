"""Find the techniques of a score: its texts and markers, and what its notes carry already.

A direction is in force until the next of its group. An attribute, a technique that the map gives `scope:
note`, holds for the notes of the next onset; then what was in force returns. What a note carries by itself
wins over both, in its own group.
"""

from __future__ import annotations

import dataclasses
import re
from functools import cached_property

import numpy as np

from composer_daw.errors import TechniqueError
from composer_daw.performance import Performance, TechniqueSet, Text
from composer_daw.techniques.lines import Array, Floats
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.vocabulary import Vocabulary, folded

TAG = re.compile(r"\[technique:([^\]]*)\]", re.IGNORECASE)
"""An explicit marker: `[technique:staccato]`, several joined by '+' or one after another, or
`[technique:default]`."""

AS_WRITTEN = "written"
"""The name that asks for the techniques that stand in the score."""

BETWEEN = re.compile(r"[+,;/&()\[\]!?\"]")
"""Signs between the names in a text, and around them."""

EARLY_S = 1e-4
"""A text this much after a note still counts for it: half a tick at most tempos."""

LONGEST = 6
"""Words of a name, where several stand in a row."""

SHORTEST = 3
"""Letters of a name that only the map has, for a text to be taken for it."""

NO_MAP = TechniqueMap(technique_map=1, instrument="any")
"""An instrument without names of its own."""

Force = dict[str, tuple[str, str]]
"""What is in force: for each group, the technique, and the name that brought it."""


Holding = list[tuple[str, str]]
"""What holds for a note: as `Force`, without the groups."""


def annotate(performance: Performance, technique_map: TechniqueMap, vocabulary: Vocabulary) -> Performance:
    """Return the performance with the techniques of each note, from texts and from what it carries.

    A text on a track that has notes speaks to that track; on any other (a tempo or marker track), to all.
    Texts that are understood are taken out of `texts`, so a second time changes nothing. Raises
    TechniqueError for a `[technique:...]` marker that names nothing known; other texts that are no techniques
    stay as they are.
    """
    names = Names(technique_map, vocabulary)
    read = [(text, _named(text, names)) for text in performance.texts]
    heard = sorted(
        ((text, asked) for text, asked in read if asked is not None), key=lambda one: one[0].time_s
    )
    notes = performance.notes
    table: dict[TechniqueSet, int] = {(): 0}
    technique = np.zeros(len(notes), np.uint16)
    playing = set(notes["track"].tolist())
    for track in playing:
        mine = np.flatnonzero(notes["track"] == track)
        told = [one for one in heard if one[0].track == track or one[0].track not in playing]
        onsets, own = notes["onset_s"][mine], notes["technique"][mine]
        sets, which = _asked(told, onsets, own, performance.techniques, names)
        technique[mine] = np.array([table.setdefault(one, len(table)) for one in sets], np.uint16)[which]
    annotated = performance.with_notes(technique=technique)
    kept = tuple(text for text, asked in read if asked is None)
    return dataclasses.replace(annotated, techniques=tuple(table), texts=kept)


def unread_texts(annotated: Performance, vocabulary: Vocabulary) -> list[tuple[Text, str]]:
    """Return the texts that name no technique, but nearly: each with the one it was most likely meant for."""
    left = [text for text in annotated.texts if text.kind != "lyric"]
    return [(text, near) for text in left if (near := vocabulary.near_miss(text.text))]


def names_techniques(text: Text, vocabulary: Vocabulary) -> bool:
    """Tell whether a text asks for techniques, by a tag or in words that every instrument knows."""
    return bool(TAG.search(text.text)) or _named(text, Names(NO_MAP, vocabulary)) is not None


def check_techniques(text: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> TechniqueSet:
    """Return the techniques that a word or several joined by '+' stand for; raise TechniqueError."""
    if not text.strip():
        raise TechniqueError("an empty technique; name one, or 'written' for those of the score")
    names = Names(technique_map, vocabulary)
    if whole := names.of_map(text):
        return whole
    parts = (part.strip() for part in text.split("+"))
    return tuple(
        vocabulary.check_name(part, names.own) for part in parts if folded(part) not in ("", "default")
    )


@dataclasses.dataclass(frozen=True)
class Names:
    """The names that a map and the vocabulary know, and the groups in which they exclude each other."""

    technique_map: TechniqueMap
    vocabulary: Vocabulary

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Return the names of the map's entries, and of the strokes of its drums."""
        pieces = self.technique_map.pieces.items()
        strokes = (f"{piece}={stroke}" for piece, entry in pieces for stroke in entry.strokes)
        return (*self.technique_map.techniques, *strokes)

    @cached_property
    def _by_spelling(self) -> dict[str, TechniqueSet]:
        """Return the map's own spellings, keys before titles, and what each asks for."""
        spellings: dict[str, TechniqueSet] = {}
        entries = self.technique_map.techniques.items()
        for name, _ in entries:
            spellings.setdefault(folded(name), self._asks(name))
        for name, technique in entries:
            if technique.title:
                spellings.setdefault(folded(technique.title), self._asks(name))
        return spellings

    def _asks(self, name: str) -> TechniqueSet:
        """Return what an entry's name asks for: a combination asks for its parts, any other for itself."""
        parts = tuple(part.strip() for part in name.split("+"))
        return parts if all(part in self.vocabulary.techniques for part in parts) else (name,)

    def of_map(self, text: str) -> TechniqueSet | None:
        """Return what one of the map's own names or titles asks for, however it is spelt; None for others."""
        if self.vocabulary.name_for(text) is not None:
            return None
        return self._by_spelling.get(folded(text))

    def parts(self, name: str) -> list[tuple[str, str]]:
        """Return the groups in which a name stands, each with what it is there."""
        if "=" in name:
            return [(name.partition("=")[0], name)]
        if (group := self.vocabulary.group_of(name)) is not None:
            return [(group, name)]
        entry = self.technique_map.techniques.get(name)
        if entry is None:
            return [(name, name)]
        known = [(self.vocabulary.group_of(part), part) for part in self.technique_map.plays(name)]
        return [(group, part) for group, part in known if group is not None] or [(entry.group, name)]

    def ends(self, name: str) -> tuple[str, ...]:
        """Return the techniques of other groups that are over when this one is asked for."""
        return self.vocabulary.techniques[name].ends if name in self.vocabulary.techniques else ()

    @cached_property
    def unsaid(self) -> frozenset[str]:
        """Return what goes without saying: the default of each group of the vocabulary."""
        return frozenset(group.default for group in self.vocabulary.groups.values()) - {""}

    def for_one_note(self, asked: TechniqueSet) -> TechniqueSet:
        """Return what of a text holds for one note only: every entry that plays just this says so.

        Where an entry plays all of it, that one speaks for all.
        """
        if scopes := self._scopes(asked):
            return asked if scopes == {"note"} else ()
        return tuple(name for name in asked if self._scopes((name,)) == {"note"})

    def _scopes(self, asked: TechniqueSet) -> set[str]:
        return {
            technique.scope
            for name, technique in self.technique_map.techniques.items()
            if (name,) == asked or set(self.technique_map.plays(name)) == set(asked)
        }


def _named(text: Text, names: Names) -> TechniqueSet | None:
    """Return the techniques that a text names; None where it is about something else."""
    if text.kind == "lyric":
        return None
    if tags := TAG.findall(text.text):
        try:
            sets = [check_techniques(tag, names.technique_map, names.vocabulary) for tag in tags]
        except TechniqueError as error:
            raise TechniqueError(f"marker at {text.time_s:.2f} s: {error}") from error
        return tuple(dict.fromkeys(name for one in sets for name in one)) or ("default",)
    if whole := _one_name(text.text, names):
        return whole
    parts = [_names_in_a_row(part, names) for part in BETWEEN.split(text.text) if part.strip()]
    found = tuple(name for part in parts if part for name in part)
    return found if found and None not in parts else None


def _names_in_a_row(text: str, names: Names) -> TechniqueSet | None:
    """Return what a part of a text asks for: one name, or several ("pizz. con sord."), and no other words
    than the vocabulary's `beside` ("sempre pizz."); None where something else stands there.
    """
    if (whole := _one_name(text, names)) is not None:
        return whole
    words = text.split()
    found: list[str] = []
    while words:
        ends = range(min(len(words), LONGEST), 0, -1)
        runs = ((end, " ".join(words[:end])) for end in ends)
        told = ((end, _name_or_nothing(run, names)) for end, run in runs)
        end, name = next(((end, name) for end, name in told if name is not None), (0, None))
        if name is None:
            return None
        found += [name] if name else []
        words = words[end:]
    return tuple(found)


def _name_or_nothing(text: str, names: Names) -> str | None:
    """Return the technique that some words stand for, "" for those that tell none, None for all others."""
    beside = "" if folded(text) in names.vocabulary.beside_words else None
    return names.vocabulary.name_for(text) or beside


def _one_name(text: str, names: Names) -> TechniqueSet | None:
    """Return what a word asks for; the map's own are no shorter than `SHORTEST`: 'A' is a rehearsal mark."""
    name = names.vocabulary.name_for(text)
    if name is None:
        return names.of_map(text) if len(folded(text)) >= SHORTEST else None
    return (name,)


def _asked(
    told: list[tuple[Text, TechniqueSet]],
    onset_s: Floats,
    own: Array,
    carried: tuple[TechniqueSet, ...],
    names: Names,
) -> tuple[list[TechniqueSet], Array]:
    """Return the sets that the notes of one track (sorted by onset) ask for, and which of them each note has.

    `own` is the index of each note into `carried`, what notes have of their own.
    """
    brief = [names.for_one_note(asked) for _, asked in told]
    directions = [
        (text, lasting)
        for (text, asked), passing in zip(told, brief, strict=True)
        if (lasting := tuple(name for name in asked if name not in passing))
    ]
    forces: list[Force] = [{}]
    for _, asked in directions:
        forces.append(_joined(forces[-1], asked, names))
    times = np.array([text.time_s for text, _ in directions])
    force = np.searchsorted(times, onset_s + EARLY_S, side="right")
    attributes: dict[TechniqueSet, int] = {(): 0}
    attribute = np.zeros(len(onset_s), int)
    for (text, _), passing in zip(told, brief, strict=True):
        first = int(np.searchsorted(onset_s, text.time_s - EARLY_S))
        if first == len(onset_s) or not passing:
            continue
        last = int(np.searchsorted(onset_s, onset_s[first] + EARLY_S, side="right"))
        before = list(attributes)[attribute[first]]
        attribute[first:last] = attributes.setdefault((*before, *passing), len(attributes))
    keys, which = np.unique(np.stack([force, attribute, own.astype(int)]), axis=1, return_inverse=True)
    added = list(attributes)
    sets = [
        _set(_carrying(forces[row], added[add], carried[mine], names), names)
        for row, add, mine in keys.T.tolist()
    ]
    return sets, which.ravel()


def _joined(force: Force, asked: TechniqueSet, names: Names) -> Force:
    """Return what is in force after a direction: it takes the place of others of its groups."""
    if asked == ("default",):
        return {}
    over = {other for name in asked for other in names.ends(name)}
    force = {group: one for group, one in force.items() if one[0] not in over}
    for name in asked:
        force |= {group: (part, name) for group, part in names.parts(name)}
    return force


def _carrying(force: Force, attributes: TechniqueSet, own: TechniqueSet, names: Names) -> Holding:
    """Return what holds for a note: its own techniques, then attributes of other groups, then directions.

    Of those, `arco` goes without saying where a slur or an accent stands on the note; `pizz.` does not.
    """
    groups = {name: {group for group, _ in names.parts(name)} for name in (*attributes, *own)}
    owned = {group for name in own for group in groups[name]}
    carried = (*(name for name in attributes if not groups[name] & owned), *own)
    taken = {group for name in carried for group in groups[name]}
    over = {other for name in carried for other in names.ends(name)} & names.unsaid
    left = [one for group, one in force.items() if group not in taken and one[0] not in over]
    return [*left, *((name, name) for name in carried)]


def _set(holding: Holding, names: Names) -> TechniqueSet:
    """Return what is asked; of a name whose other groups were taken from it, only the part that is left."""
    brought = [name for _, name in holding]
    whole = {name: brought.count(name) == len(names.parts(name)) for name in brought}
    return tuple(dict.fromkeys(name if whole[name] else part for part, name in holding))
