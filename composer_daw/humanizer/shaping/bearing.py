"""Bearing: what a technique lets a player do with a note that sounds, told by vocabulary and map."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.lines import DRUMS
from composer_daw.performance import Array, Floats, Performance
from composer_daw.techniques import Resolution, TechniqueMap, Vocabulary, annotate
from composer_daw.techniques.naming import families_of
from composer_daw.techniques.realize import resolved_notes

SHORT_SHARE = 0.6
"""A map that plays no more of a note's length plays it short."""

SHORT, TREMOLO = "short", "tremolo"
"""The techniques of the vocabulary that others fall back on, and are known by."""

FADING_GROUPS, OWN_GROUPS = {"stroke", "damping"}, {"dynamics", "figure"}
ACCENTED_GROUPS, CONNECTED_GROUPS = {"attack"}, {"connection", "slide"}
"""Groups of the vocabulary whose techniques have that bearing."""

FADING_FAMILIES = {"guitar", "harp", "keys", "percussion"}
"""Families of the vocabulary whose tones die away by themselves."""

VIBRATO = {"senza_vibrato": 0.0, "molto_vibrato": 1.5}
"""The share of the vibrato under techniques that speak of it; `molto` is our choice."""


class Bearing(enum.IntEnum):
    """What becomes of a note after it began; of notes that begin together, the highest counts."""

    FADING = 0
    """Plucked, struck or short: it is over before anything could be done."""
    OWN = 1
    """The library's sound has its own swell, or is a whole figure."""
    HELD = 2
    ACCENTED = 3
    """Held, and loudest where it begins."""
    CONNECTED = 4
    """Held, and slurred to the note before where that is slurred too."""


@dataclass(frozen=True)
class Bearings:
    """For each note its bearing (values of `Bearing`), and its share of the vibrato."""

    bearing: Array
    vibrato: Floats


def bearings(performance: Performance, technique_map: TechniqueMap, vocabulary: Vocabulary) -> Bearings:
    """Return what can be done with each note of a performance as an instrument plays it.

    Texts of the score count as they do for the realizer. Drums only fade.
    """
    asked = annotate(performance, technique_map, vocabulary)
    resolutions, row = resolved_notes(asked, technique_map, vocabulary)
    found = np.array([_bearing(one, technique_map, vocabulary) for one in resolutions], np.int64)[row]
    shares = [[VIBRATO.get(name, 1.0) for name in _names(one, technique_map)] for one in resolutions]
    vibrato = np.array([np.prod(share) for share in shares], float)[row]
    drums = performance.notes["channel"] == DRUMS
    return Bearings(np.where(drums, Bearing.FADING, found), vibrato)


def _names(resolution: Resolution, technique_map: TechniqueMap) -> tuple[str, ...]:
    """Return what a note asked for and what is played, in terms of the vocabulary."""
    played = (part for name in resolution.state if name for part in technique_map.plays(name))
    return tuple(dict.fromkeys((*resolution.asked, *played)))


def _bearing(resolution: Resolution, technique_map: TechniqueMap, vocabulary: Vocabulary) -> Bearing:
    shapes = [technique_map.techniques[name].note for name in resolution.state if name]
    names = _names(resolution, technique_map)
    groups = {vocabulary.group_of(name) for name in names}
    if (
        resolution.strokes
        or any(shape.lasts_ms > 0 or shape.length <= SHORT_SHARE for shape in shapes)
        or FADING_FAMILIES & set(families_of(technique_map.instrument, vocabulary.lexicon))
        or FADING_GROUPS & groups
        or any(_is_short(name, vocabulary) for name in names)
    ):
        return Bearing.FADING
    if OWN_GROUPS & groups or any(_is_gesture(name, vocabulary) for name in names):
        return Bearing.OWN
    if CONNECTED_GROUPS & groups:
        return Bearing.CONNECTED
    if ACCENTED_GROUPS & groups or any(TREMOLO in _chain(name, vocabulary) for name in names):
        return Bearing.ACCENTED
    return Bearing.HELD


def _is_short(name: str, vocabulary: Vocabulary) -> bool:
    """Tell whether the vocabulary takes a technique for a short or a plucked one.

    What falls back on `short` is short; what belongs to the group of sustained notes, but falls back on none,
    is no bowed sound at all: pizzicato.
    """
    group = vocabulary.group_of(name)
    if group is None or group != vocabulary.group_of(SHORT):
        return False
    chain = _chain(name, vocabulary)
    return SHORT in chain or vocabulary.groups[group].default not in chain


def _is_gesture(name: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a technique goes from note to note in libraries alone: fall, doit, scoop, rip, bend."""
    return vocabulary.group_of(name) in CONNECTED_GROUPS and not vocabulary.techniques[name].in_scores


def _chain(name: str, vocabulary: Vocabulary) -> set[str]:
    """Return a technique and all that it falls back on."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        other = waiting.pop()
        if other not in seen:
            seen.add(other)
            waiting.extend(vocabulary.fallbacks(other))
    return seen
