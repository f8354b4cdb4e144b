"""Shape notes by their techniques: pitch, velocity, length, connection and the time they are sent."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from composer_daw.errors import InputError
from composer_daw.performance import Performance, TechniqueSet
from composer_daw.techniques.lines import CONNECTED_S, Array, Floats, next_onset
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import NoteShape
from composer_daw.techniques.pitch_names import name_of
from composer_daw.techniques.resolve import Resolution

SHORTEST_S = 0.02
"""No note is made shorter (KTH rules: the shortest note is 20 ms)."""

MOST_SWITCHES = 36
"""Keyswitches of one library lie within so many semitones: three octaves."""

OutOfRange = Literal["fail", "drop"]


def pitches_and_velocities(
    performance: Performance, resolved: Array, resolutions: list[Resolution], technique_map: TechniqueMap
) -> tuple[Array, Array]:
    """Return the pitch that is sent and the velocity factor of a drum's stroke, for each note.

    A drum's stroke replaces the written pitch; any other note moves by its techniques' range and
    transposition. `resolved` is the index of each note into `resolutions`.
    """
    pitch = np.tile(np.arange(128), (len(resolutions), 1))
    factor = np.ones(pitch.shape)
    for row, resolution in enumerate(resolutions):
        for shape in _shapes(resolution.state, technique_map):
            low, high = shape.pitch_range
            pitch[row] = np.clip(pitch[row], low, high) if (low, high) != (None, None) else pitch[row]
            pitch[row] += shape.transpose
        for name, piece in technique_map.pieces.items():
            asked = dict(resolution.strokes).get(name)
            for written, usual in piece.written.items():
                stroke = piece.strokes[asked or usual]
                pitch[row, written], factor[row, written] = stroke.play, stroke.velocity
    where = resolved, performance.notes["pitch"]
    return pitch[where], factor[where]


def strum_shape(state: TechniqueSet, technique_map: TechniqueMap) -> NoteShape:
    """Return what strums the notes in a state; a shape that strums nothing where no technique does."""
    return next((shape for shape in _shapes(state, technique_map) if shape.strum_ms), NoteShape())


def velocities(
    written: Array, factor: Floats, state: Array, states: list[TechniqueSet], technique_map: TechniqueMap
) -> Array:
    """Return the velocity that is sent for each note: by curve or factor, then within the range."""
    table = np.tile(np.arange(128.0), (len(states), 1))
    ends = np.tile([1, 127], (len(states), 1))
    for row, one in enumerate(states):
        for shape in _shapes(one, technique_map):
            if isinstance(shape.velocity, dict):
                points = sorted(shape.velocity.items())
                table[row] = np.interp(table[row], *np.array(points, float).T)
            else:
                table[row] *= shape.velocity
            low, high = shape.velocity_range
            low = max(ends[row, 0], low)
            ends[row] = low, max(low, min(ends[row, 1], high))
    sent = np.rint(table[state, written] * factor)
    return np.asarray(np.clip(sent, ends[state, 0], ends[state, 1]))


def within_range(
    performance: Performance, pitch: Array, technique_map: TechniqueMap, out_of_range: OutOfRange
) -> Array:
    """Return which notes the instrument can play; raise InputError for others unless they may be dropped.

    Dropping every note would leave nothing to play, and is refused too.
    """
    low, high = technique_map.range
    inside = np.isin(performance.notes["pitch"], list(technique_map.struck()))
    if not technique_map.is_kit:
        inside |= (pitch >= low) & (pitch <= high)
    if not inside.all() and (out_of_range == "fail" or not inside.any()):
        raise InputError(_outside(performance.notes[~inside], technique_map, some=bool(inside.any())))
    return inside


def _outside(notes: Array, technique_map: TechniqueMap, some: bool) -> str:
    shown = [
        f"{name_of(int(note['pitch']), technique_map.middle_c)} at {note['onset_s']:.2f} s"
        for note in notes[:4]
    ]
    more = f" and {len(notes) - 4} more" if len(notes) > 4 else ""
    low, high = (name_of(pitch, technique_map.middle_c) for pitch in technique_map.range)
    count = f"{len(notes)} note{'s' * (len(notes) > 1)}"
    what, remedy = f"{count} outside {low}..{high} of", "transpose the score"
    if technique_map.is_kit:
        what, remedy = f"{count} written for no drum of", "put them on its drums"
    switches = some and not technique_map.is_kit and _may_be_switches(notes["pitch"], technique_map)
    return (
        f"{what} {technique_map.instrument}: "
        f"{', '.join(shown)}{more}; {remedy}"
        f"{', or drop them with --out-of-range drop' if some else ': no note is left to play'}"
        f"{'; if they are keyswitches, name their map: composer-daw render --from-map MAP' * switches}"
    )


def _may_be_switches(pitches: Array, technique_map: TechniqueMap) -> bool:
    """Tell whether all lie together, on one side of what is played, as keyswitches do."""
    low, high = technique_map.range
    lowest, highest = int(pitches.min()), int(pitches.max())
    return (highest < low or lowest > high) and highest - lowest < MOST_SWITCHES


def column(states: list[TechniqueSet], technique_map: TechniqueMap, field: str, together: Any) -> Floats:
    """Return one figure of the note shapes for each state; `together` joins those of one state."""
    return np.array(
        [together([getattr(shape, field) for shape in _shapes(state, technique_map)]) for state in states],
        float,
    )


def _shapes(state: TechniqueSet, technique_map: TechniqueMap) -> list[NoteShape]:
    return [technique_map.techniques[name].note for name in state if name] or [NoteShape()]


def lengths(
    onset_s: Floats,
    written_s: Floats,
    pitch: Array,
    line: Array,
    state: Array,
    factor: Floats,
    overlap_s: Floats,
    gap_s: Floats,
) -> Floats:
    """Return how long each note (sorted by onset) is held.

    `line` is the channel, `factor` scales the written length, `overlap_s` reaches into the next note of the
    line where the two connect and are of one state, `gap_s` is kept free before it. A note never reaches past
    the next of its own pitch: its release would end it.
    """
    held = np.maximum(SHORTEST_S, written_s * factor)
    following = next_onset(onset_s, line)
    alike = following == next_onset(onset_s, line.astype(np.int64) * 65536 + state)
    connects = (overlap_s > 0) & alike & (np.abs(following - (onset_s + written_s)) <= CONNECTED_S)
    held = np.where(
        connects, np.minimum(following + overlap_s - onset_s, written_s + CONNECTED_S + overlap_s), held
    )
    held = np.where(gap_s > 0, np.minimum(held, np.maximum(following - gap_s - onset_s, SHORTEST_S)), held)
    same_pitch = next_onset(onset_s, line.astype(np.int64) * 128 + pitch)
    return np.asarray(np.minimum(held, np.maximum(same_pitch - onset_s, 1e-4)))


def sounding_lengths(
    onset_s: Floats, written_s: Floats, held_s: Floats, line: Array, connects: Array, lasts_s: Floats
) -> Floats:
    """Return how long each note (sorted by onset) is planned to sound: no longer than its key is held.

    A decaying note dies away after `lasts_s` (0: never); one that connects ends where the next of its line
    begins, though its key overlaps.
    """
    heard = np.where(lasts_s > 0, np.minimum(held_s, lasts_s), held_s)
    following = next_onset(onset_s, line)
    meets = connects & (following >= onset_s + written_s - CONNECTED_S)
    return np.asarray(np.where(meets, np.minimum(heard, following - onset_s), heard))
