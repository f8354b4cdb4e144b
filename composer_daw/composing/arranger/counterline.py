"""Voices that move: passing notes and turns between the chord tones of violin and cello.

A figure is kept where it makes no consecutive fifths or octaves with another voice and crosses none; it
comes rather where the melody rests or holds (E. Aldwell and C. Schachter on embellishing a voice;
likelihoods are ours).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import Sounding, consecutives, crossings
from composer_daw.composing.arranger.form import Draws, Section
from composer_daw.composing.arranger.rhythm import LATER
from composer_daw.composing.arranger.tables import StringRole
from composer_daw.composing.arranger.voicing import VoiceRange

Lines = dict[StringRole, list[Sounding]]


def moving(
    chords: Sequence[Chord],
    lines: Lines,
    voices: Mapping[StringRole, VoiceRange],
    melody: Sequence[Sounding],
    section: Section,
    draws: Draws,
) -> Lines:
    """Return the lines of all voices, with figures in those named, within their ranges."""
    found = dict(lines)
    for voice, reach in voices.items():
        rng = draws.of(section.kind, section.time, voice, "figures")
        found[voice] = _figured(chords, found, voice, reach, melody, section, rng)
    return found


def _figured(
    chords: Sequence[Chord],
    lines: Mapping[StringRole, list[Sounding]],
    voice: StringRole,
    reach: VoiceRange,
    melody: Sequence[Sounding],
    section: Section,
    rng: np.random.Generator,
) -> list[Sounding]:
    """Return a line with figures wherever one fits."""
    line = list(lines[voice])
    order = list(lines)
    others = [(order.index(voice) < order.index(other), lines[other]) for other in lines if other != voice]
    for number in range(len(chords) - 1):
        at = next(row for row, note in enumerate(line) if abs(note.onset - chords[number].start) < LATER)
        note, goal = line[at], line[at + 1]
        busy = sum(1 for one in melody if note.onset <= one.onset < note.end)
        free = busy <= (note.end - note.onset) / 2
        if rng.random() > (0.75 if free else 0.35) * (0.6 + 0.6 * section.density):
            continue
        for figure in _figures(note, goal, chords[number], free, rng):
            tried = [*line[:at], *figure, *line[at + 1 :]]
            inside = all(reach.lowest <= one.pitch <= reach.highest for one in figure)
            if inside and _is_clean(tried, figure, others):
                line = tried
                break
    return line


def _figures(
    note: Sounding, goal: Sounding, chord: Chord, free: bool, rng: np.random.Generator
) -> list[list[Sounding]]:
    """Return figures that lead from a note to its goal, the liveliest first."""
    beats, step = note.end - note.onset, goal.pitch - note.pitch
    if beats < 2:
        return []
    scale = [pitch for pitch in range(note.pitch - 9, note.pitch + 10) if pitch % 12 in chord.scale]
    short = 0.5 if beats <= 2 else 1.0
    found: list[list[Sounding]] = []
    between = [pitch for pitch in scale if min(note.pitch, goal.pitch) < pitch < max(note.pitch, goal.pitch)]
    if step < 0:
        between.reverse()
    if free and beats >= 4 and 2 <= len(between) <= 3:
        found.append(_ending(note, between, 1.0 if len(between) == 2 else 0.5))
    if 1 <= len(between) <= 2:
        found.append(_ending(note, between, short if len(between) == 1 else 0.5))
    tones = [pitch for pitch in between if pitch % 12 in chord.tones]
    if abs(step) >= 5 and tones:
        found.append(_ending(note, tones[:1], beats / 2))
    above = [pitch for pitch in scale if 0 < pitch - note.pitch <= 2]
    below = [pitch for pitch in scale if 0 < note.pitch - pitch <= 2]
    if abs(step) <= 2 and (above or below):
        turn = (above or below) if rng.random() < 0.5 else (below or above)
        if step == 0 and free and beats >= 4:
            found.append(_ending(note, [turn[0], note.pitch], 1.0))
            found.append(_ending(note, [turn[0]], 1.0))
        elif step and free:
            other = [
                pitch
                for pitch in scale
                if 0 < (goal.pitch - pitch) * np.sign(step) <= 2 and pitch != note.pitch
            ]
            beyond = [pitch for pitch in scale if 0 < (pitch - goal.pitch) * np.sign(step) <= 2]
            found += [_ending(note, [pitch], short) for pitch in (*other, *beyond)]
    return found


def _ending(note: Sounding, pitches: Sequence[int], beats: float) -> list[Sounding]:
    """Return a note that is cut short for others at its end."""
    begins = note.end - beats * len(pitches)
    moved = [
        Sounding(begins + beats * number, begins + beats * (number + 1), pitch)
        for number, pitch in enumerate(pitches)
    ]
    return [Sounding(note.onset, begins, note.pitch), *moved] if begins > note.onset + LATER else [note]


def _is_clean(
    line: Sequence[Sounding], figure: Sequence[Sounding], others: Sequence[tuple[bool, Sequence[Sounding]]]
) -> bool:
    """Tell whether a line makes no parallels with the others, and crosses none, around a figure."""
    start, end = figure[0].onset - 4.0, figure[-1].end + 4.0
    own = [note for note in line if note.end > start and note.onset < end]
    for is_above, other in others:
        near = [note for note in other if note.end > start and note.onset < end]
        upper, lower = (own, near) if is_above else (near, own)
        if consecutives(upper, lower) or crossings(upper, lower) or _unisons(upper, lower):
            return False
    return True


def _unisons(upper: Sequence[Sounding], lower: Sequence[Sounding]) -> bool:
    return any(
        one.pitch == two.pitch and one.onset < two.end and two.onset < one.end
        for one in upper
        for two in lower
    )
