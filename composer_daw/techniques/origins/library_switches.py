"""The switches of a library in a score that was made for it: told apart from the music, and counted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from composer_daw.events import BANK_SELECT, Kind
from composer_daw.performance import CONTROL, Performance
from composer_daw.techniques.actions import ControlChange, Follow, Keyswitch, PitchBend, Program, SetParameter
from composer_daw.techniques.lines import Array
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.origins.heard import InForce, nearest
from composer_daw.techniques.pitch_names import name_of

Mask = npt.NDArray[np.bool_]


class LibrarySwitches:
    """What is a switch of a map, and what is said of those that mean nothing."""

    def __init__(self, technique_map: TechniqueMap) -> None:
        """Go through all actions of a map."""
        self.map = technique_map
        self.actions = list(dict.fromkeys(technique_map.actions()))
        self.keys = [one for one in self.actions if isinstance(one, Keyswitch)]
        self.controllers = [one for one in self.actions if isinstance(one, ControlChange)]
        self.programs = [one for one in self.actions if isinstance(one, Program)]
        self.bends = [one.pitch_bend for one in self.actions if isinstance(one, PitchBend)]
        pieces = technique_map.pieces.values()
        self.drums = [stroke.play for piece in pieces for stroke in piece.strokes.values()]
        self.owned = {number for action in self.actions for number in action.controllers}
        dynamics = technique_map.dynamics
        self.louder = dynamics.cc if dynamics and dynamics.follow == "velocity" else None

    def is_switch(self, notes: Array) -> Mask:
        """Tell which notes press keyswitches."""
        found = np.zeros(len(notes), bool)
        for action in self.keys:
            here = action.channel is None or notes["channel"] == action.channel - 1
            found |= np.isin(notes["pitch"], action.keyswitch) & here
        return found

    def is_playable(self, pitch: Array) -> Mask:
        """Tell which pitches, as they are sent, the instrument plays."""
        low, high = self.map.range
        return np.asarray(((pitch >= low) & (pitch <= high)) | np.isin(pitch, self.drums))

    def is_owned(self, controls: Array) -> Mask:
        """Tell which controls are the map's, not the music's."""
        kind, number = controls["kind"], controls["number"]
        mine = [*self.owned, *([] if self.louder is None else [self.louder])]
        owned = (kind == Kind.CONTROL) & np.isin(number, mine)
        owned |= (kind == Kind.PROGRAM) & bool(self.programs)
        return np.asarray(owned | ((kind == Kind.PITCH_BEND) & np.isin(controls["value"], self.bends)))

    def transposed(self, state: tuple[InForce, ...]) -> int:
        """Return the semitones from the written pitch to the sent one."""
        return sum(self.map.techniques[one.entry].note.transpose for one in state if one.entry)

    def followed(self, performance: Performance, switch: Mask, owned: Mask) -> Array:
        """Return the score's controllers, told back from what was made to follow them.

        A controller that the score has itself is not told twice.
        """
        controls, notes = performance.controls, performance.notes[switch]
        there = set(controls["number"][~owned & (controls["kind"] == Kind.CONTROL)].tolist())
        parts = [np.zeros(0, CONTROL)]
        follows: list[tuple[int | float | Follow, Array, str, str]] = []
        for one in self.controllers:
            told = controls[(controls["kind"] == Kind.CONTROL) & (controls["number"] == one.cc)]
            follows.append((one.value, told, "time_s", "value"))
        for key in self.keys:
            told = notes[notes["pitch"] == key.keyswitch[0]]
            follows.append((key.velocity, told, "onset_s", "velocity"))
        for follow, told, time, value in follows:
            if not isinstance(follow, Follow) or follow.number < 0 or follow.number in there:
                continue
            rows = np.zeros(len(told), CONTROL)
            rows["time_s"], rows["kind"], rows["number"] = told[time], Kind.CONTROL, follow.number
            rows["channel"], rows["track"] = told["channel"], told["track"]
            rows["value"] = _told_back(told[value], follow)
            parts.append(rows)
        return np.concatenate(parts)

    def unread_notes(self, notes: Array, switch: Mask, stray: Mask) -> list[str]:
        """Return what is said of keys that mean nothing, and of velocities that were guessed at."""
        middle_c, told = self.map.middle_c, []
        low, high = (name_of(pitch, middle_c) for pitch in self.map.range)
        for pitch in np.unique(notes["pitch"][stray]).tolist():
            mine = notes[stray & (notes["pitch"] == pitch)]
            what = f"key {name_of(pitch, middle_c)} is no keyswitch, and outside {low}..{high}"
            told.append(_counted(f"{what}: left out", mine["onset_s"]))
        for pitch in np.unique(notes["pitch"][switch]).tolist():
            fixed = [one.velocity for one in self.keys if pitch in one.keyswitch]
            known = sorted({velocity for velocity in fixed if isinstance(velocity, int)})
            if len(known) < 2 or len(known) < len(set(fixed)):
                continue
            mine = notes[switch & (notes["pitch"] == pitch) & ~np.isin(notes["velocity"], known)]
            for velocity in np.unique(mine["velocity"]).tolist():
                what = f"keyswitch {name_of(pitch, middle_c)}: velocity {velocity} is none of its own"
                times = mine["onset_s"][mine["velocity"] == velocity]
                told.append(_counted(f"{what}, taken for {nearest(velocity, known)}", times))
        return told

    def unread_controls(self, performance: Performance, owned: Mask) -> list[str]:
        """Return what is said of values and programs that mean nothing to the map."""
        follows = {one.cc for one in self.controllers if isinstance(one.value, Follow)}
        fixed = {(one.cc, one.value) for one in self.controllers}
        programs = {one.program for one in self.programs}
        silent = {self.louder} | follows | (set(BANK_SELECT) if self.programs else set())
        unread: dict[str, list[float]] = {}
        for row in performance.controls[owned]:
            number, value, kind = int(row["number"]), int(row["value"]), int(row["kind"])
            if kind == Kind.PROGRAM and number not in programs:
                what = f"program {number}"
            elif kind == Kind.CONTROL and number not in silent and (number, value) not in fixed:
                what = f"controller {number} at {value}"
            else:
                continue
            unread.setdefault(what, []).append(float(row["time_s"]))
        return [
            _counted(f"{what} is no switch of {self.map.instrument}: left out", np.array(times))
            for what, times in unread.items()
        ]

    def untold(self) -> list[str]:
        """Return what is said of techniques that only parameters of the plugin tell."""
        names = [
            name
            for name, technique in self.map.techniques.items()
            if technique.on and all(isinstance(action, SetParameter) for action in technique.on)
        ]
        if not names:
            return []
        return [f"told by parameters, which MIDI does not carry, so not looked for: {', '.join(names)}"]


def _counted(what: str, times_s: Array) -> str:
    return f"{what} ({len(times_s)} times, first at {times_s.min():.2f} s)"


def _told_back(values: Array, follow: Follow) -> Array:
    """Return what the source was where a value was sent (reverse of following it)."""
    low, high = follow.range
    share = (values - low) / (high - low) if high != low else np.zeros(len(values))
    source = follow.source[0] + np.clip(share, 0.0, 1.0) * (follow.source[1] - follow.source[0])
    return np.clip(np.rint(source), 0, 127)
