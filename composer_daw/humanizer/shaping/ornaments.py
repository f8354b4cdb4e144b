"""Ornaments of drums, where they are asked for: ghost notes between the strokes of a snare, and flams."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from composer_daw.humanizer.lines import DRUMS
from composer_daw.humanizer.phrases import bar_length
from composer_daw.humanizer.shaping.figures import Figures
from composer_daw.performance import Array, Floats, Performance
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.parts import Piece

GHOST, FLAM = "ghost", "flam"
"""Strokes of the vocabulary."""

SOFT = 0.7
"""What is softer than this share of a drum's median velocity, off the beat, is a ghost note. Our choice."""

GHOST_LEVEL, SOFTEST, LOUDEST = 0.35, 0.35, 0.6
"""A ghost note's velocity against its stroke's, after the map's own factor; the least and the most that is
written. Our choice."""

AROUND = (0.75, 1.25)
"""New ghost notes: so many quarter notes after a stroke on the beat, on the sixteenths round the next."""

GRACE_LEVEL = 0.6
"""The velocity of a grace hit against that of its stroke. Our choice."""

EVERY_BARS = 4
"""The loudest stroke of so many bars is a flam. Our choice."""

ROOM_S = 0.06
"""What is added stands no nearer to another stroke of its drum."""

ON_BEATS = 1 / 12
"""A stroke this near to a beat is on it, in quarter notes."""


def ornamented(performance: Performance, technique_map: TechniqueMap, figures: Figures) -> Performance:
    """Return the performance with ghost notes and flams on the drums of a kit that has them.

    Drums with a `ghost` stroke get ghost notes: soft strokes off the beat become some, and others are added
    on free sixteenths. On a snare, the loudest stroke of every four bars is a flam, and any that asks for it;
    where the map has no such stroke, a softer hit goes before it. What is added has the number in the score
    of its stroke.
    """
    if not technique_map.is_kit:
        return performance
    for name, piece in technique_map.pieces.items():
        if GHOST in piece.strokes:
            performance = _with_ghosts(performance, name, piece)
        if GHOST in piece.strokes or FLAM in piece.strokes or "snare" in name:
            performance = _with_flams(performance, name, piece, figures)
    return performance


def _with_ghosts(performance: Performance, name: str, piece: Piece) -> Performance:
    """Make ghosts of soft strokes off the beat, and add others between strokes on the beat."""
    notes, beat = performance.notes, _beats(performance)
    mine = _struck(performance, piece)
    if not len(mine):
        return performance
    on_beat = np.abs(beat[mine] - np.rint(beat[mine])) <= ON_BEATS
    soft = notes["velocity"][mine] < SOFT * np.median(notes["velocity"][mine])
    performance = _asking(performance, mine[soft & ~on_beat], f"{name}={GHOST}")
    added = _free(performance, mine[on_beat & ~soft], mine, beat)
    factor = np.clip(GHOST_LEVEL / piece.strokes[GHOST].velocity, SOFTEST, LOUDEST)
    added["velocity"] = np.maximum(np.rint(added["velocity"] * factor), 1)
    return _joined(performance, added, f"{name}={GHOST}")


def _free(performance: Performance, from_rows: Array, mine: Array, beat: Floats) -> Array:
    """Return copies of strokes on the sixteenths round the next beat, where nothing of the drum is near."""
    notes, last = performance.notes, float(beat.max())
    at = (beat[from_rows][:, None] + np.array(AROUND)).ravel()
    added = np.repeat(notes[from_rows], len(AROUND))
    order = np.argsort(at, kind="stable")
    at, added = at[order], added[order]
    known = np.unique(notes["written_onset_s"])
    late_s = np.interp(known, notes["written_onset_s"], notes["onset_s"] - notes["written_onset_s"])
    written_s = performance.tempo.seconds_at(at)
    added["written_onset_s"] = written_s
    added["onset_s"] = np.maximum(written_s + np.interp(written_s, known, late_s), 0.0)
    added["duration_s"] = added["written_duration_s"] = ROOM_S / 2
    taken_s = np.sort(notes["onset_s"][mine])
    kept = (at < last) & (_nearest_s(added["onset_s"], taken_s) >= ROOM_S)
    added = added[kept]
    kept = np.append(True, np.diff(added["onset_s"]) >= ROOM_S)[: len(added)]
    return np.asarray(added[kept])


def _with_flams(performance: Performance, name: str, piece: Piece, figures: Figures) -> Performance:
    """Make flams of the loudest stroke of every four bars and of what asks for them."""
    notes, mine = performance.notes, _struck(performance, piece)
    rows = _accents(performance, mine)
    asking = np.array([FLAM in names or f"{name}={FLAM}" in names for names in performance.techniques], bool)
    rows = np.union1d(rows, mine[asking[notes["technique"][mine]]])
    if FLAM in piece.strokes or not len(rows):
        return _asking(performance, rows, f"{name}={FLAM}")
    added = notes[rows].copy()
    added["onset_s"] -= figures.grace_s
    struck_s = np.concatenate([[-np.inf], np.unique(notes["onset_s"][mine])])
    before_s = struck_s[np.searchsorted(struck_s, notes["onset_s"][rows] - 1e-6) - 1]
    kept = (added["onset_s"] >= 0) & (added["onset_s"] - before_s >= ROOM_S)
    added = added[kept]
    added["written_onset_s"] = np.maximum(added["written_onset_s"] - figures.grace_s, 0.0)
    added["duration_s"] = added["written_duration_s"] = figures.grace_s
    added["velocity"] = np.maximum(np.rint(GRACE_LEVEL * added["velocity"]), 1)
    return _joined(performance, added, "")


def _accents(performance: Performance, mine: Array) -> Array:
    """Return the loudest of some strokes in every four bars, the last of several, where above the mean."""
    velocity = performance.notes["velocity"][mine].astype(float)
    if not len(mine):
        return mine
    beat = _beats(performance)[mine]
    metres = sorted(performance.tempo.metres or ((0.0, 4, 4),))
    span = np.floor((beat + ON_BEATS) / (EVERY_BARS * bar_length(metres, beat))).astype(int)
    order = np.lexsort((beat, velocity, span))
    last = order[np.append(np.diff(span[order]) != 0, True)]
    return np.asarray(mine[np.sort(last[velocity[last] > velocity.mean()])])


def _nearest_s(at_s: Floats, sorted_s: Floats) -> Floats:
    """Return how far each time is from the nearest of others."""
    place = np.searchsorted(sorted_s, at_s)
    ends = np.concatenate([[-np.inf], sorted_s, [np.inf]])
    return np.asarray(np.minimum(at_s - ends[place], ends[place + 1] - at_s))


def _beats(performance: Performance) -> Floats:
    return performance.tempo.beats_at(performance.notes["written_onset_s"])


def _struck(performance: Performance, piece: Piece) -> Array:
    """Return the rows of the notes written for a drum."""
    notes = performance.notes
    mine = np.isin(notes["pitch"], list(piece.written))
    drums = notes["channel"] == DRUMS
    return np.flatnonzero(mine & drums if drums.any() else mine)


def _asking(performance: Performance, rows: Array, stroke: str) -> Performance:
    """Return the performance with some notes asking for a stroke besides what they ask for."""
    if not len(rows):
        return performance
    technique = performance.notes["technique"].copy()
    table = list(performance.techniques)
    for number in np.unique(technique[rows]).tolist():
        wanted = tuple(_besides(performance.techniques[number], stroke))
        if wanted not in table:
            table.append(wanted)
        mine = rows[performance.notes["technique"][rows] == number]
        technique[mine] = table.index(wanted)
    return dataclasses.replace(performance.with_notes(technique=technique), techniques=tuple(table))


def _besides(names: tuple[str, ...], stroke: str) -> Iterator[str]:
    """Yield the names without another stroke of that drum, then the stroke."""
    drum = stroke.partition("=")[0]
    yield from (name for name in names if name.partition("=")[0] != drum and name != FLAM)
    yield stroke


def _joined(performance: Performance, added: Array, stroke: str) -> Performance:
    """Return the performance with notes added; strokes that they would overlap are let go before them."""
    if not len(added):
        return performance
    notes = np.concatenate([performance.notes, added])
    new = np.arange(len(notes)) >= len(performance.notes)
    order = np.lexsort((notes["source"], notes["pitch"], notes["onset_s"]))
    whole = dataclasses.replace(performance, notes=_apart(notes[order]))
    return _asking(whole, np.flatnonzero(new[order]), stroke) if stroke else whole


def _apart(notes: Array) -> Array:
    """Return notes (sorted by onset) none of which reaches past the next of its pitch and channel."""
    key = notes["channel"].astype(int) * 128 + notes["pitch"]
    order = np.argsort(key, kind="stable")
    following = np.full(len(notes), np.inf)
    same = np.diff(key[order]) == 0
    following[order[:-1]] = np.where(same, notes["onset_s"][order[1:]], np.inf)
    notes["duration_s"] = np.minimum(notes["duration_s"], following - notes["onset_s"])
    return notes
