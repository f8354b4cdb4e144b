"""Valence in the score: the notes themselves changed, where that is asked for; every change is reported.

Performance alone moves arousal more than valence: where the score was changed, too, listeners heard 78 % and
71 % of the intended emotions, with Director Musices alone 49 % (Livingstone et al. 2010, Computer Music
Journal 34(1), abstract). So, on request: the parallel mode, the register, and the class of tempo.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import get_args

import numpy as np

from composer_daw.errors import InputError, did_you_mean
from composer_daw.humanizer.expression import Expression
from composer_daw.humanizer.lines import DRUMS
from composer_daw.humanizer.parallel_mode import to_mode
from composer_daw.humanizer.score_change import (
    Changed,
    ScoreChange,
    ScoreChanges,
    TempoClass,
    What,
    moved,
)
from composer_daw.humanizer.speed import at_speed
from composer_daw.performance import Performance

SLOWEST_FAST, FASTEST_SLOW = 120.0, 76.0
"""Beats per minute: fast from the one on, slow up to the other (MuseCoco's classes of tempo)."""

Part = tuple[int, int]
"""Track and channel, from 0."""


def change_score(
    performance: Performance, expression: Expression, what: Collection[What]
) -> tuple[Performance, tuple[ScoreChange, ...]]:
    """Return the score as an expression advises, in the respects that are named, and a report of each.

    Humanize a score of another tempo with `tempo="keep"`, else the emotion changes its tempo twice.
    """
    for one in what:
        if one not in get_args(What):
            hint = did_you_mean(one, get_args(What))
            raise InputError(f"no change of the score '{one}'{hint}; there are {', '.join(get_args(What))}")
    advised = ScoreChanges(
        mode=expression.mode if "mode" in what and expression.mode != "as written" else None,
        register_semitones=round(expression.register_semitones) if "register" in what else None,
        tempo_class=advised_tempo(performance, expression) if "tempo" in what else None,
    )
    return changed_score(performance, advised)


def changed_score(
    performance: Performance, asked: ScoreChanges
) -> tuple[Performance, tuple[ScoreChange, ...]]:
    """Return the score with all changes that are asked for, and a report of each."""
    changes = []
    if asked.mode == "as written":
        changes.append(ScoreChange("mode", "mode: as written; the valence advises neither major nor minor"))
    elif asked.mode:
        performance, change = to_mode(performance, asked.mode)
        changes.append(change)
    if asked.register_semitones is not None:
        performance, change = shift_register(performance, asked.register_semitones)
        changes.append(change)
    if asked.tempo_class:
        performance, change = to_tempo_class(performance, asked.tempo_class)
        changes.append(change)
    return performance, tuple(changes)


def advised_tempo(performance: Performance, expression: Expression) -> TempoClass:
    """Return the class of the tempo that an expression would play a score at."""
    return class_of(main_tempo(performance) * expression.tempo_factor)


def shift_register(
    performance: Performance, semitones: int, ranges: Mapping[Part, tuple[int, int]] | None = None
) -> Changed:
    """Return the score and its key signatures moved up by semitones (down: negative), but for drums.

    `ranges` gives the lowest and highest pitch of parts, 0..127 if not given. A part that would leave its
    range goes that far and some octaves, as few as will do. Raises InputError where none will.
    """
    notes = performance.notes
    shift = np.zeros(len(notes), int)
    remarks: tuple[str, ...] = ()
    for track, channel in sorted(set(zip(notes["track"].tolist(), notes["channel"].tolist(), strict=True))):
        if channel == DRUMS:
            continue
        part = (notes["track"] == track) & (notes["channel"] == channel)
        low, high = (ranges or {}).get((track, channel), (0, 127))
        pitch = notes["pitch"][part]
        octaves = _octaves(int(pitch.min()) + semitones, int(pitch.max()) + semitones, low, high)
        if octaves is None:
            raise InputError(
                f"track {track + 1}, channel {channel + 1}: {pitch.min()}..{pitch.max()} cannot move by "
                f"{semitones:+d} semitones within {low}..{high}, nor octaves more or less"
            )
        if octaves:
            remarks += (f"track {track + 1}, channel {channel + 1}: moved {octaves:+d} octaves besides",)
        shift[part] = semitones + 12 * octaves
    if shift.any():
        keys = tuple(one.shifted(7 * semitones) for one in performance.keys)
        performance = dataclasses.replace(performance, keys=keys)
    return moved(performance, shift, "register", f"register: {semitones:+d} semitones", remarks)


def to_tempo_class(performance: Performance, aim: TempoClass) -> Changed:
    """Return the score at the nearest tempo that is slow, moderate or fast; one factor for all its tempos."""
    now = main_tempo(performance)
    nearest = {
        "slow": min(now, FASTEST_SLOW),
        "moderate": float(np.clip(now, FASTEST_SLOW + 1, SLOWEST_FAST - 1)),
        "fast": max(now, SLOWEST_FAST),
    }[aim]
    if nearest == now:
        return performance, ScoreChange("tempo", f"tempo: nothing changed; {now:.4g} beats a minute is {aim}")
    summary = f"tempo: {now:.4g} to {nearest:.4g} beats a minute ({aim})"
    return at_speed(performance, nearest / now), ScoreChange("tempo", summary)


def main_tempo(performance: Performance) -> float:
    """Return the tempo that holds longest, in beats per minute."""
    tempo = performance.tempo
    end = max(performance.duration_s, float(tempo.times_s[-1]) + 1e-6)
    spans = np.diff(np.append(tempo.times_s, end))
    values, which = np.unique(tempo.bpm, return_inverse=True)
    return float(values[np.bincount(which, spans).argmax()])


def class_of(bpm: float) -> TempoClass:
    """Return the class of a tempo."""
    return "slow" if bpm <= FASTEST_SLOW else "fast" if bpm >= SLOWEST_FAST else "moderate"


def _octaves(lowest: int, highest: int, low: int, high: int) -> int | None:
    """Return the fewest octaves that bring a part into its range, or None."""
    fitting = [k for k in range(-10, 11) if lowest + 12 * k >= low and highest + 12 * k <= high]
    return min(fitting, key=abs, default=None)
