"""Shape notes by their techniques: pitch, velocity, length, connection and the time they are sent."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from composer_daw.errors import InputError
from composer_daw.performance import Array, Performance, TechniqueSet
from composer_daw.techniques.maps import NoteShape, Technique, TechniqueMap
from composer_daw.techniques.pitch_names import name_of
from composer_daw.techniques.resolve import Resolution

Floats = npt.NDArray[np.float64]

SHORTEST_S = 0.02
"""No note is made shorter (KTH rules: the shortest note is 20 ms)."""

CONNECTED_S = 0.05
"""Notes this close are one line (VioPTT's rule for a sustained bow)."""

SAME_S = 1e-6
"""Times this close are the same: seconds from ticks differ in the last bits."""

OutOfRange = Literal["fail", "drop"]


def pitches_and_velocities(
    performance: Performance, resolutions: list[Resolution], technique_map: TechniqueMap
) -> tuple[Array, Array]:
    """Return the pitch that is sent and the velocity factor, for each note.

    A drum's stroke replaces the written pitch; any other note moves by its techniques' transposition.
    """
    pitch = np.tile(np.arange(128), (len(resolutions), 1))
    factor = np.ones(pitch.shape)
    for row, resolution in enumerate(resolutions):
        pitch[row] += sum(shape.transpose for shape in _shapes(resolution.state, technique_map))
        for name, piece in technique_map.pieces.items():
            default = next(iter(piece.strokes.values()))
            asked = dict(resolution.strokes).get(name)
            own = {stroke.play: stroke for stroke in reversed(piece.strokes.values())}
            for written in piece.written:
                stroke = piece.strokes[asked] if asked else own.get(written, default)
                pitch[row, written], factor[row, written] = stroke.play, stroke.velocity
    where = performance.notes["technique"], performance.notes["pitch"]
    return pitch[where], factor[where]


def within_range(
    performance: Performance, pitch: Array, technique_map: TechniqueMap, out_of_range: OutOfRange
) -> Array:
    """Return which notes the instrument can play; raise InputError for others unless they may be dropped.

    Dropping every note would leave nothing to play, and is refused too.
    """
    low, high = technique_map.range
    drums = [written for piece in technique_map.pieces.values() for written in piece.written]
    inside = ((pitch >= low) & (pitch <= high)) | np.isin(performance.notes["pitch"], drums)
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
    return (
        f"{len(notes)} note{'s' * (len(notes) > 1)} outside {low}..{high} of {technique_map.instrument}: "
        f"{', '.join(shown)}{more}; transpose the score"
        f"{', or drop them with --out-of-range drop' if some else ': no note is left to play'}"
    )


def column(states: list[TechniqueSet], technique_map: TechniqueMap, field: str, together: Any) -> Floats:
    """Return one figure of the note shapes for each state; `together` joins those of one state."""
    return np.array(
        [together([getattr(shape, field) for shape in _shapes(state, technique_map)]) for state in states],
        float,
    )


def _shapes(state: TechniqueSet, technique_map: TechniqueMap) -> list[NoteShape]:
    return [technique_map.techniques[name].note for name in state] or [NoteShape()]


def lengths(
    onset_s: Floats,
    written_s: Floats,
    pitch: Array,
    line: Array,
    state: Array,
    factor: Floats,
    overlap_s: Floats,
) -> Floats:
    """Return how long each note (sorted by onset) is held.

    `line` is the channel, `factor` scales the written length, `overlap_s` reaches into the next note of the
    line where the two connect and are of one state. A note never reaches past the next of its own pitch: its
    release would end it.
    """
    held = np.maximum(SHORTEST_S, written_s * factor)
    following = _next_onset(onset_s, line)
    alike = following == _next_onset(onset_s, line.astype(np.int64) * 65536 + state)
    connects = (overlap_s > 0) & alike & (np.abs(following - (onset_s + written_s)) <= CONNECTED_S)
    held = np.where(
        connects, np.minimum(following + overlap_s - onset_s, written_s + CONNECTED_S + overlap_s), held
    )
    same_pitch = _next_onset(onset_s, line.astype(np.int64) * 128 + pitch)
    return np.asarray(np.minimum(held, np.maximum(same_pitch - onset_s, 1e-4)))


def sounding_lengths(
    onset_s: Floats, written_s: Floats, held_s: Floats, line: Array, connects: Array, lasts_s: Floats
) -> Floats:
    """Return how long each note (sorted by onset) is planned to sound: no longer than its key is held.

    A decaying note dies away after `lasts_s` (0: never); one that connects ends where the next of its line
    begins, though its key overlaps.
    """
    heard = np.where(lasts_s > 0, np.minimum(held_s, lasts_s), held_s)
    following = _next_onset(onset_s, line)
    meets = connects & (following >= onset_s + written_s - CONNECTED_S)
    return np.asarray(np.where(meets, np.minimum(heard, following - onset_s), heard))


def _next_onset(onset_s: Floats, key: Array) -> Floats:
    """Return when the next later note of the same key begins; infinity where none does."""
    order = np.lexsort((onset_s, key))
    times, keys = onset_s[order], key[order]
    # Notes that begin together share the next onset: go by distinct (key, time), then look one group on.
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(times) > SAME_S) | (keys[1:] != keys[:-1])
    group = np.cumsum(new) - 1
    starts, owners = times[new], keys[new]
    after = np.full(len(starts), np.inf)
    after[:-1] = np.where(owners[1:] == owners[:-1], starts[1:], np.inf)
    following = np.empty(len(order))
    following[order] = after[group]
    return following


def latencies_s(
    onset_s: Floats, end_s: Floats, velocity: Array, line: Array, state: Array, entries: list[list[Technique]]
) -> Floats:
    """Return how early each note (sorted by onset) is sent, so that it speaks on time.

    `entries` holds the techniques of each state; the slowest of them counts. A note is connected when it
    begins while another of its line is held.
    """
    connected = np.zeros(len(onset_s), bool)
    for number in np.unique(line):
        mine = np.flatnonzero(line == number)
        connected[mine[1:]] = np.maximum.accumulate(end_s[mine])[:-1] > onset_s[mine[1:]] + SAME_S
    early = np.zeros(len(onset_s))
    for number, techniques in enumerate(entries):
        for technique in techniques:
            mine = state == number
            early[mine] = np.maximum(
                early[mine], _early_ms(technique, connected[mine], velocity[mine]) / 1000.0
            )
    return early


def repeated_apart(
    onset_s: Floats, held_s: Floats, early_s: Floats, line: Array, pitch: Array
) -> tuple[Floats, Floats]:
    """Return how long each note is held and how early it is sent, so that repeated notes stay apart.

    A note is sent at the earliest halfway from the onset before it on its line and pitch, and that one is let
    go by then: its release would end the new note. Notes that begin together are sent together.
    """
    key = line.astype(np.int64) * 128 + pitch
    early = np.minimum(early_s, (onset_s + _next_onset(-onset_s, key)) / 2)
    _, chord = np.unique(np.stack([key, np.rint(onset_s / SAME_S)]), axis=1, return_inverse=True)
    least = np.full(len(onset_s), np.inf)
    np.minimum.at(least, chord, early)
    early = least[chord]
    free = _next_onset(onset_s - early, key) - onset_s
    return np.minimum(held_s, np.maximum(free, 1e-4)), early


def _early_ms(technique: Technique, connected: Array, velocity: Array) -> Floats:
    first, transition = technique.latency_ms.first, sorted(technique.latency_ms.transition.items())
    if not transition:
        return np.full(len(connected), first)
    steps, values = np.array(transition).T
    row = np.clip(np.searchsorted(steps, velocity, side="right") - 1, 0, None)
    return np.where(connected, values[row], first)
