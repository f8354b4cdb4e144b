"""Lengths: how long each note is held; the emotion says how much of its length, the rules where."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.expression import FIGURES
from composer_daw.humanizer.halving import where_it_reaches
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.repair import SHORTEST_S
from composer_daw.humanizer.warp import Warp
from composer_daw.performance import Array, Floats

CONNECTED = "legato"
"""A technique under which neither the emotion nor the rules that part notes shorten a note."""

MARKS = ("score_legato", "score_staccato")
"""Rules that play what the score marks: their gaps and overlaps come on top of the emotion's length."""

SHORTEST, LONGEST = FIGURES["articulation"].lowest, FIGURES["articulation"].highest
LONGEST_CONNECTED = 1.35
"""Shares of the written length that no rule can leave; what is marked legato may reach over the next note."""

MOST_GAP = 0.9


def written_lengths(lines: Lines, warp: Warp) -> Floats:
    """Return how long each note would last if nothing but the tempo were played, in seconds."""
    notes = lines.performance.notes
    written = notes["written_duration_s"]
    played = warp.at(lines.end_beat) - warp.at(lines.beat)
    slower = np.divide(played, written, out=np.ones(len(notes)), where=written > 1e-6)
    return np.asarray(notes["duration_s"] * slower)


def held_lengths(lines: Lines, warp: Warp, by_rule: Mapping[str, Changes], articulation: float) -> Floats:
    """Return how long each note is held, in seconds, before none overlaps itself.

    The mean over the notes is `articulation` of their written length: the gaps of the rules shape it and do
    not choose it, but for those of what the score marks. All stays within 0.3 to 1.1, and above 20 ms.
    """
    written = written_lengths(lines, warp)
    chords = len(lines)
    marked = Changes.total((one for name, one in by_rule.items() if name in MARKS), chords)
    shaping = Changes.total((one for name, one in by_rule.items() if name not in MARKS), chords)
    connected = asks(lines, CONNECTED)
    left = 1.0 - np.clip(_share(lines, shaping, written), -MOST_GAP, MOST_GAP)
    share = np.ones(len(left))
    share[~connected] = with_mean(left[~connected], articulation)
    share = share - _share(lines, marked, written)
    share = np.clip(share, SHORTEST, np.where(connected, LONGEST_CONNECTED, LONGEST))
    return np.asarray(np.maximum(written * share, SHORTEST_S))


def asks(lines: Lines, technique: str) -> Array:
    """Tell of each note whether it asks for a technique."""
    asked = np.array([technique in names for names in lines.performance.techniques], bool)
    return np.asarray(asked[lines.performance.notes["technique"]])


def _share(lines: Lines, changes: Changes, written_s: Floats) -> Floats:
    """Return what share of each note a gap takes."""
    return np.asarray(changes.gap_ms[lines.chord_of] / 1000.0 / np.maximum(written_s, 1e-6))


def with_mean(shape: Floats, mean: float) -> Floats:
    """Return values above 0 times one factor, held within 0.3 to 1.1, so that this is their mean then."""
    if not len(shape) or not SHORTEST < mean < LONGEST:
        return np.full(len(shape), min(max(mean, SHORTEST), LONGEST))

    def shares(factor: float) -> Floats:
        return np.clip(factor * shape, SHORTEST, LONGEST)

    low, high = SHORTEST / float(shape.max()), LONGEST / float(shape.min())
    return shares(where_it_reaches(mean, lambda factor: float(shares(factor).mean()), low, high))
