"""Copies of maps, each with one fault: a wrong key, another technique's switch, a dead controller."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from composer_daw.rendering import Instrument
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.actions import Action, ControlChange, Keyswitch, Program
from composer_daw.techniques.vocabulary import load_vocabulary

UNHEARD_CCS = (85, 3, 9)
"""Controllers that no standard gives a meaning."""

KINDS = ("wrong key", "switch of", "dead cc", "stroke", "swapped")


@dataclass(frozen=True)
class Broken:
    """A copy of an instrument with one fault, and how it is to be found.

    `culprit` is broken; `also` may be named in its stead, where the two are told by the same switch then.
    `techniques` are those that have to be heard to find it; None: all.
    """

    what: str
    culprit: str
    instrument: Instrument
    techniques: tuple[str, ...] | None
    also: str = ""

    @property
    def kind(self) -> str:
        """Return which kind of fault it is."""
        return next(kind for kind in KINDS if kind in self.what)


OPPOSED = {
    "dies_away": ("goes_on",),
    "short": ("goes_on", "trembles"),
    "darker": ("brighter",),
}
"""What two techniques promise for their exchange to be heard; a short one, where the map does not cut it."""


def swapped_copies(instrument: Instrument) -> Iterator[Broken]:
    """Yield a copy for each two techniques of a group and of different character, with exchanged switches."""
    known = instrument.technique_map
    for one, other in itertools.permutations(known.playable(), 2):
        first, second = known.techniques[one], known.techniques[other]
        if first.group != second.group or not first.on or not second.on or not _opposed(known, one, other):
            continue
        techniques = {
            **known.techniques,
            one: first.model_copy(update={"on": second.on}),
            other: second.model_copy(update={"on": first.on}),
        }
        copy = _with(instrument, known.model_copy(update={"techniques": techniques}))
        yield Broken(f"{one}: swapped with {other}", one, copy, (one, other), other)


def _opposed(known: TechniqueMap, one: str, other: str) -> bool:
    mine, its = _promises(known, one), _promises(known, other)
    return any(its & set(OPPOSED.get(sound, ())) for sound in mine)


def _promises(known: TechniqueMap, name: str) -> set[str]:
    terms = load_vocabulary().techniques
    sounds = {sound for played in known.plays(name) if played in terms for sound in terms[played].sound}
    return sounds - {"short"} if known.techniques[name].note.length != 1.0 else sounds


def broken_copies(instrument: Instrument) -> Iterator[Broken]:
    """Yield a copy for each fault that each technique, stroke and controller of a map can have."""
    known = instrument.technique_map
    for name in known.playable():
        for row, action in enumerate(known.techniques[name].on):
            yield from _wrong_keys(instrument, name, row, action)
            yield from _dead_ccs(instrument, name, row, action)
        for other in known.playable():
            if other != name and known.techniques[name].on not in ((), known.techniques[other].on):
                yield from _others_switch(instrument, name, other)
    yield from _broken_strokes(instrument)
    if known.dynamics:
        dead = known.dynamics.model_copy(update={"cc": _unheard(known)})
        changed = known.model_copy(update={"dynamics": dead})
        what = f"dynamics: dead cc {dead.cc}"
        yield Broken(what, f"cc {dead.cc}", _with(instrument, changed), tuple(known.playable()[-1:]))


def _wrong_keys(instrument: Instrument, name: str, row: int, action: Action) -> Iterator[Broken]:
    """Yield a technique whose switch is one that the instrument does not have, or a note of its range."""
    others: dict[str, Action] = {}
    if isinstance(action, Keyswitch):
        known = instrument.technique_map
        low, high = known.range
        for what, key in (("wrong key", _unused_key(known)), ("wrong key, a note", (low + high) // 2)):
            others[what] = action.model_copy(update={"keyswitch": (key,)})
    elif isinstance(action, Program):
        others["wrong key, a program"] = action.model_copy(update={"program": 127, "bank": 99})
    for what, other in others.items():
        copy = _replaced(instrument, name, row, other)
        yield Broken(f"{name}: {what}", name, copy, _needed(instrument, name))


def _dead_ccs(instrument: Instrument, name: str, row: int, action: Action) -> Iterator[Broken]:
    if isinstance(action, ControlChange):
        other = action.model_copy(update={"cc": _unheard(instrument.technique_map)})
        what = f"{name}: dead cc {other.cc}"
        yield Broken(what, name, _replaced(instrument, name, row, other), _needed(instrument, name))


def _others_switch(instrument: Instrument, name: str, other: str) -> Iterator[Broken]:
    known = instrument.technique_map
    on = known.techniques[other].on
    if not on:
        return
    changed = known.techniques[name].model_copy(update={"on": on})
    techniques = {**known.techniques, name: changed}
    copy = _with(instrument, known.model_copy(update={"techniques": techniques}))
    what = f"{name}: switch of {other}"
    yield Broken(what, name, copy, _needed(instrument, name, other), other)


def _broken_strokes(instrument: Instrument) -> Iterator[Broken]:
    """Yield strokes on a key that is silent, on that of another stroke, and on that of another drum."""
    known = instrument.technique_map
    names = [(piece, stroke) for piece, one in known.pieces.items() for stroke in one.strokes]
    for number, (piece, stroke) in enumerate(names):
        keys = {"": 12}
        for place in (number - 1, (number + 1) % len(names)):
            others = known.pieces[names[place][0]].strokes
            keys["=".join(names[place])] = others[names[place][1]].play
        own = known.pieces[piece].strokes[stroke]
        for other, key in keys.items():
            if key == own.play:
                continue
            strokes = {**known.pieces[piece].strokes, stroke: own.model_copy(update={"play": key})}
            changed = known.pieces[piece].model_copy(update={"strokes": strokes})
            copy = known.model_copy(update={"pieces": {**known.pieces, piece: changed}})
            name = f"{piece}={stroke}"
            what = f"{name}: stroke on the key of {other or 'nothing'}"
            needed = (name, other) if other else (name,)
            yield Broken(what, name, _with(instrument, copy), needed, other)


def _needed(instrument: Instrument, name: str, other: str = "") -> tuple[str, ...]:
    """Return what has to be heard: both, and where one is a default, another of its group beside it."""
    known = instrument.technique_map
    found = dict.fromkeys(filter(None, (name, other)))
    if name in known.defaults:
        group = known.techniques[name].group
        beside = (one for one in known.of_group(group) if one not in found)
        found.update(dict.fromkeys(list(beside)[:2]))
    return tuple(found)


def _replaced(instrument: Instrument, name: str, row: int, other: Action) -> Instrument:
    known = instrument.technique_map
    entry = known.techniques[name]
    on = (*entry.on[:row], other, *entry.on[row + 1 :])
    techniques = {**known.techniques, name: entry.model_copy(update={"on": on})}
    return _with(instrument, known.model_copy(update={"techniques": techniques}))


def _with(instrument: Instrument, technique_map: TechniqueMap) -> Instrument:
    return dataclasses.replace(instrument, technique_map=technique_map)


def _unheard(technique_map: TechniqueMap) -> int:
    used = {number for action in technique_map.actions() for number in action.controllers}
    return next(number for number in UNHEARD_CCS if number not in used)


def _unused_key(technique_map: TechniqueMap) -> int:
    """Return a key below the range that no technique is switched by."""
    used = {key for action in technique_map.actions() for key in getattr(action, "keyswitch", ())}
    low, _ = technique_map.range
    return next(key for key in range(low - 1, 0, -1) if key not in used)
