"""The parallel mode: major to minor and back, without a change of pitch height.

After Livingstone et al. 2010, Computer Music Journal 34(1); which notes stay is our own choice.
"""

from __future__ import annotations

import dataclasses
from typing import Literal, NamedTuple

import numpy as np

from composer_daw.errors import InputError
from composer_daw.humanizer.lines import DRUMS, Lines, lines_of
from composer_daw.humanizer.rules.key import key_fit
from composer_daw.humanizer.score_change import Changed, ScoreChange, moved
from composer_daw.performance import Array, Performance

KeyMode = Literal["major", "minor"]

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
STEPS: dict[KeyMode, dict[int, int]] = {"minor": {4: 3, 9: 8, 11: 10}, "major": {3: 4, 8: 9, 10: 11}}
"""By the mode aimed at: third, sixth and seventh degree in semitones from the tonic, and where they go."""

FIFTH, SIXTH, LEADING = 7, 9, 11
CLOSE = 0.05
"""Two keys whose correlations differ by less are both possible."""

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Key(NamedTuple):
    """A key: its tonic as a pitch class (0 is C), and its mode."""

    tonic: int
    mode: KeyMode

    def __str__(self) -> str:
        """Return the name, such as 'Eb major'."""
        return f"{TONICS[self.tonic]} {self.mode}"


def find_key(performance: Performance) -> tuple[Key, tuple[str, ...]]:
    """Return the key of the whole score, and a remark where another one is about as likely.

    Raises InputError where nothing but drums plays.
    """
    notes = performance.notes[performance.notes["channel"] != DRUMS]
    if not len(notes):
        raise InputError("the score has no key: nothing but drums plays")
    chroma = np.bincount(notes["pitch"] % 12, notes["written_duration_s"], 12).astype(np.float64)
    fit = key_fit(chroma[None, :])[0]
    best, second = (int(one) for one in np.argsort(-fit, kind="stable")[:2])
    found, other = (Key(one % 12, "major" if one < 12 else "minor") for one in (best, second))
    close = fit[best] - fit[second] < CLOSE
    return found, ((f"the key is taken for {found}; {other} is about as likely",) if close else ())


def to_mode(performance: Performance, mode: KeyMode, key: Key | None = None) -> Changed:
    """Return the score in the parallel mode: its third, sixth and seventh degrees moved by a semitone.

    The key is that of the whole score if it is not given; drums stay. Towards minor, a seventh stays raised
    where it leads (over the fifth degree, or a step below the tonic that follows), and so does a sixth a step
    below such a seventh. A note that would meet another of its pitch and channel stays. All key signatures
    get three flats more (or sharps) and the mode: F major's becomes F minor's.
    """
    remarks: tuple[str, ...] = ()
    if key is None:
        try:
            key, remarks = find_key(performance)
        except InputError as error:
            return performance, ScoreChange("mode", f"mode: nothing changed; {error}")
    if key.mode == mode:
        return performance, ScoreChange("mode", f"mode: nothing changed; {key} is {mode}", remarks=remarks)
    notes = performance.notes
    degree = (notes["pitch"].astype(int) - key.tonic) % 12
    moves = np.isin(degree, list(STEPS[mode])) & (notes["channel"] != DRUMS)
    if mode == "minor":
        kept = moves & _leading(lines_of(performance), degree)
        moves &= ~kept
        if kept.any():
            remarks += (f"sixths and sevenths that lead to the tonic and stay: {int(kept.sum())}",)
    step = 1 if mode == "major" else -1
    moves &= (notes["pitch"] + step >= 0) & (notes["pitch"] + step <= 127)
    meeting = _meeting(notes, moves, step)
    if meeting.any():
        remarks += (f"notes that would meet another of their pitch and stay: {int(meeting.sum())}",)
    moves &= ~meeting
    name = f"mode: {key} to {key._replace(mode=mode)}"
    keys = tuple(one.shifted(3 * step, minor=mode == "minor") for one in performance.keys)
    in_mode = dataclasses.replace(performance, keys=keys)
    return moved(in_mode, np.where(moves, step, 0), "mode", name, remarks)


def _leading(lines: Lines, degree: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Flags:
    """Tell of each note whether it is a seventh that leads to the tonic, or a sixth on its way there."""
    notes = lines.performance.notes
    starts, ends = notes["written_onset_s"], notes["written_onset_s"] + notes["written_duration_s"]
    fifths = (degree == FIFTH) & (notes["channel"] != DRUMS)
    begun = np.searchsorted(np.sort(starts[fifths]), starts + 1e-6, side="right")
    over = begun > np.searchsorted(np.sort(ends[fifths]), starts + 1e-6, side="right")
    sevenths = (degree == LEADING) & (over | _steps_up_to(lines, degree == 0, 1))
    return np.asarray(sevenths | ((degree == SIXTH) & _steps_up_to(lines, sevenths, 2)))


def _steps_up_to(lines: Lines, wanted: Flags, semitones: int) -> Flags:
    """Tell of each note whether the next chord of its line has a wanted note so many semitones above it."""
    pitch = lines.performance.notes["pitch"].astype(np.int64)
    after = lines.chords["after"].astype(np.int64)[lines.chord_of]
    there = lines.chord_of[wanted] * 128 + pitch[wanted]
    return np.asarray((after >= 0) & np.isin(after * 128 + pitch + semitones, there))


def _meeting(notes: Array, moves: Flags, step: int) -> Flags:
    """Tell which of the moving notes would overlap one that stays at their new pitch, on the same channel."""
    meeting = np.zeros(len(notes), bool)
    ends = notes["onset_s"] + notes["duration_s"]
    place = notes["channel"].astype(int) * 128 + notes["pitch"]
    for target in np.unique(place[moves] + step):
        stays, comes = (
            np.flatnonzero((place == target) & ~moves),
            np.flatnonzero((place == target - step) & moves),
        )
        if len(stays):
            until = np.maximum.accumulate(ends[stays])  # notes are sorted by onset
            begun = np.searchsorted(notes["onset_s"][stays], ends[comes] - 1e-6)
            meeting[comes] = (begun > 0) & (until[np.maximum(begun - 1, 0)] > notes["onset_s"][comes] + 1e-6)
    return meeting
