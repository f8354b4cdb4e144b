"""Decode a score made for one library: its keyswitches, controllers and programs become techniques.

So it can be played on another (reverse of `realize`, as far as MIDI tells). Pitches are brought back to what
was written; times, lengths and velocities stay as they were sent, but for a note that reaches a little into
one of another technique: a channel can hold one technique at a time, so it ends there.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from composer_daw.errors import InputError
from composer_daw.events import Kind
from composer_daw.performance import Performance, TechniqueSet
from composer_daw.techniques.conditions import ANY, holds
from composer_daw.techniques.lines import CONNECTED_S, Array, next_onset
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.origins.annotate import EARLY_S
from composer_daw.techniques.origins.heard import Heard, InForce, Signal
from composer_daw.techniques.origins.library_switches import LibrarySwitches
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True)
class Decoded:
    """The score without its switches, each note with its techniques, and what could not be read, in words."""

    performance: Performance
    unread: tuple[str, ...] = ()


def decode(
    performance: Performance, technique_map: TechniqueMap, vocabulary: Vocabulary | None = None
) -> Decoded:
    """Return a score that was made for the map's instrument with techniques in place of its switches.

    A switch at the instant of a note counts for it; one that comes while a note sounds, for the next. It
    speaks to the notes of its channel on its track, or on every track where its own has none. Raises
    InputError where no note is left.
    """
    vocabulary = vocabulary or load_vocabulary()
    known = LibrarySwitches(technique_map)
    switch = known.is_switch(performance.notes)
    stray = ~switch & ~known.is_playable(performance.notes["pitch"])
    music = performance.notes[~switch & ~stray]
    if not len(music):
        raise InputError(
            f"holds nothing but switches of {technique_map.instrument}; there is nothing to play"
        )
    owned = known.is_owned(performance.controls)
    signals = _signals(performance.notes[switch], performance.controls[owned])
    states, which = _states(music, signals, technique_map)
    states, which = _by_condition(states, which, music, technique_map)
    played = [_plays(state, technique_map, vocabulary) for state in states]
    shift = np.array([known.transposed(state) for state in states], int)[which]
    shift[np.isin(music["pitch"], known.drums)] = 0
    decoded = _with_techniques(performance, music, shift, played, which, technique_map)
    decoded = decoded.with_notes(duration_s=_apart(decoded.notes))
    left = np.concatenate([performance.controls[~owned], known.followed(performance, switch, owned)])
    unread = (
        *known.unread_notes(performance.notes, switch, stray),
        *known.unread_controls(performance, owned),
    )
    return Decoded(dataclasses.replace(decoded, controls=left), (*unread, *known.untold()))


def _signals(switches: Array, controls: Array) -> dict[int, list[Signal]]:
    """Return the switches by track, in the order of the file; at one instant keys are let go first."""
    rows: list[tuple[tuple[float, int, int], int, Signal]] = []
    for note in switches:
        channel, key, track = int(note["channel"]), int(note["pitch"]), int(note["track"])
        start, source = float(note["onset_s"]), int(note["source"])
        end = start + float(note["duration_s"])
        rows.append(((end, 0, source), track, Signal(end, Kind.SWITCH_OFF, channel, key, 0)))
        on = Signal(start, Kind.SWITCH_ON, channel, key, int(note["velocity"]))
        rows.append(((start, 2, source), track, on))
    for place, row in enumerate(controls):
        at, track = float(row["time_s"]), int(row["track"])
        kind = Kind(int(row["kind"]))
        signal = Signal(at, kind, int(row["channel"]), int(row["number"]), int(row["value"]))
        rows.append(((at, 1, place), track, signal))
    found: dict[int, list[Signal]] = {}
    for _, track, signal in sorted(rows, key=lambda one: one[0]):
        found.setdefault(track, []).append(signal)
    return found


def _states(
    music: Array, signals: dict[int, list[Signal]], technique_map: TechniqueMap
) -> tuple[list[tuple[InForce, ...]], Array]:
    """Return the states that occur, and which of them each note is in."""
    states: dict[tuple[InForce, ...], int] = {}
    which = np.zeros(len(music), int)
    playing = set(zip(music["track"].tolist(), music["channel"].tolist(), strict=True))
    for track, channel in sorted(playing):
        mine = np.flatnonzero((music["track"] == track) & (music["channel"] == channel))
        heard = sorted(
            (
                signal
                for other, rows in signals.items()
                for signal in rows
                if other == track or (other, signal.channel) not in playing
            ),
            key=lambda signal: signal.time_s,
        )
        line = Heard(technique_map, channel)
        times = np.array([signal.time_s for signal in heard])
        reached = np.searchsorted(times, music["onset_s"][mine] + EARLY_S, side="right")
        done = 0
        for count in np.unique(reached).tolist():
            for signal in heard[done:count]:
                line.hear(signal)
            done = count
            which[mine[reached == count]] = states.setdefault(line.in_force(), len(states))
    return list(states), which


def _by_condition(
    states: list[tuple[InForce, ...]], which: Array, music: Array, technique_map: TechniqueMap
) -> tuple[list[tuple[InForce, ...]], Array]:
    """Choose, note by note, among entries that one switch tells and only their conditions tell apart."""
    twins = _twins(technique_map)
    entries = technique_map.techniques
    line = music["track"].astype(int) * 16 + music["channel"]
    columns = (*(music[name] for name in ("onset_s", "duration_s", "pitch", "velocity")), line)
    met = {name: holds(entries[name].when, *columns) for name in twins if entries[name].when != ANY}
    numbers = {state: number for number, state in enumerate(states)}
    for place in range(len(technique_map.groups)):
        before = which.copy()
        for number, state in enumerate(list(numbers)):
            left = before == number
            for other in twins.get(state[place].entry, ()):
                here = left & met[other] if other in met else left
                changed = (*state[:place], InForce(other, state[place].told), *state[place + 1 :])
                if here.any():
                    which[here] = numbers.setdefault(changed, len(numbers))
                left = left & ~here
    return list(numbers), which


def _twins(technique_map: TechniqueMap) -> dict[str, list[str]]:
    """Return, for each entry that shares its switch with others, all of them, those with conditions first."""
    alike: dict[object, list[str]] = {}
    for name, one in technique_map.techniques.items():
        alike.setdefault((one.group, one.on, one.channel), []).append(name)
    entries = technique_map.techniques
    return {
        name: sorted(names, key=lambda other: entries[other].when == ANY)
        for names in alike.values()
        if len(names) > 1
        for name in names
    }


def _plays(state: tuple[InForce, ...], technique_map: TechniqueMap, vocabulary: Vocabulary) -> TechniqueSet:
    """Return what a state is in terms of the vocabulary.

    A combination speaks for the groups of its parts. What no switch told is left out where it goes without
    saying.
    """
    unsaid = {group.default for group in vocabulary.groups.values()}
    whole = [one for one in state if one.entry and len(technique_map.plays(one.entry)) > 1]
    spoken = {vocabulary.group_of(part) for one in whole for part in technique_map.plays(one.entry)} - {None}
    names: list[str] = []
    for one in state:
        parts = technique_map.plays(one.entry) if one.entry else ()
        if one not in whole and any(vocabulary.group_of(part) in spoken for part in parts):
            continue
        names += [part for part in parts if one.told or part not in unsaid]
    return tuple(dict.fromkeys(names))


def _with_techniques(
    performance: Performance,
    music: Array,
    shift: Array,
    played: list[TechniqueSet],
    which: Array,
    technique_map: TechniqueMap,
) -> Performance:
    """Return the music with what is played, the strokes of drums, and what the notes carried before.

    `shift` is how many semitones above the written pitch each note was sent.
    """
    pitch, strokes = _strokes(music["pitch"], technique_map)
    table: dict[TechniqueSet, int] = {(): 0}
    keys = list(zip(which.tolist(), strokes, music["technique"].tolist(), strict=True))
    sets = {
        key: tuple(dict.fromkeys((*played[key[0]], *key[1], *performance.techniques[key[2]])))
        for key in set(keys)
    }
    notes = music.copy()
    notes["technique"] = [table.setdefault(sets[key], len(table)) for key in keys]
    notes["pitch"] = np.clip(pitch - shift, 0, 127)
    return dataclasses.replace(performance, notes=notes, techniques=tuple(table))


def _apart(notes: Array) -> Array:
    """Return the lengths of notes, up to the next where that is played otherwise and hardly overlapped."""
    line = notes["track"].astype(np.int64) * 16 + notes["channel"]
    onset_s, end_s = notes["onset_s"], notes["onset_s"] + notes["duration_s"]
    following = next_onset(onset_s, line)
    alike = next_onset(onset_s, line * 65536 + notes["technique"])
    meets = (following < alike) & (end_s > following) & (end_s - following <= CONNECTED_S)
    return np.where(meets, following - onset_s, notes["duration_s"])


def _strokes(pitch: Array, technique_map: TechniqueMap) -> tuple[Array, list[TechniqueSet]]:
    """Return the written pitch of drums' strokes, and the stroke of each note where it is not the default."""
    written, named = np.arange(128), dict[int, TechniqueSet]()
    for name, piece in technique_map.pieces.items():
        default = next(iter(piece.strokes))
        for stroke, how in reversed(piece.strokes.items()):
            means = [pitch for pitch, meant in piece.written.items() if meant == stroke] or [*piece.written]
            written[how.play] = how.play if how.play in means or not means else means[0]
            named[how.play] = () if stroke == default else (f"{name}={stroke}",)
    return written[pitch], [named.get(one, ()) for one in pitch.tolist()]
