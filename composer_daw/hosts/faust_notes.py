"""Events as notes: when each sounds, with what velocity and seed, and under which keyswitches.

Keyswitches latch: a note keeps, in each lane, the value of the last switch that its channel got before the
note began; what its own key says (`keys`, the pieces of a kit) comes before that. A plain NOTE_ON on a
declared keyswitch does the same as SWITCH_ON. Nothing here knows of audio.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from composer_daw.errors import HostError
from composer_daw.events import EventArray, Events, Kind
from composer_daw.hosts.faust_declaration import Declaration, figures
from composer_daw.hosts.faust_gestures import held_by_pedal, in_turn

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Notes:
    """Notes sorted by channel, then onset; `onset` and `release` in samples, `lanes` the latched values."""

    channel: Ints
    pitch: Ints
    onset: Ints
    release: Ints
    velocity: Floats
    seed: Floats
    lanes: dict[str, Floats]

    def __len__(self) -> int:
        """Return the number of notes."""
        return len(self.pitch)

    def slice(self, part: slice | Ints) -> Notes:
        """Return some of the notes."""
        return Notes(
            self.channel[part],
            self.pitch[part],
            self.onset[part],
            self.release[part],
            self.velocity[part],
            self.seed[part],
            {lane: values[part] for lane, values in self.lanes.items()},
        )


def read_notes(events: Events, declaration: Declaration, sample_rate: int, total: int, seed: int) -> Notes:
    """Return the notes of `events` on a timeline of `total` samples that starts at `-pre_roll_s`.

    The seed of a note is drawn from `seed` and its place among the notes. Raises HostError for a pitch that
    the instrument does not have.
    """
    stream = events.stream
    declared = np.isin(stream["number"], list(declaration.keyswitches))
    switches = np.flatnonzero(declared & _is(stream, Kind.NOTE_ON, Kind.SWITCH_ON))
    on = np.flatnonzero(~declared & _is(stream, Kind.NOTE_ON) & (stream["value"] > 0))
    _check_playable(stream, on, np.flatnonzero(~declared & _is(stream, Kind.SWITCH_ON)), declaration)
    rows = stream[on]
    onset = events.to_samples(rows["time_s"], sample_rate)
    release = events.to_samples(_release_s(events, on), sample_rate)
    notes = Notes(
        channel=rows["channel"].astype(np.int64),
        pitch=rows["number"].astype(np.int64),
        onset=onset,
        release=np.maximum(np.minimum(release, total), onset + 1),
        velocity=rows["value"].astype(np.float64) / 127.0,
        seed=_draw_seeds(seed, len(on)),
        lanes={lane: _latched(stream, switches, on, declaration, lane) for lane in declaration.switched},
    )
    heard = np.flatnonzero(onset < total)
    notes = notes.slice(heard[np.lexsort((onset[heard], notes.channel[heard]))])
    return _as_played(notes, events, declaration, sample_rate, total)


def _as_played(notes: Notes, events: Events, declaration: Declaration, sample_rate: int, total: int) -> Notes:
    """Return the notes with what pedal and hands do to them; strokes may begin ahead of their notes."""
    key, onset, release, lanes = notes.channel * 128 + notes.pitch, notes.onset, notes.release, notes.lanes
    if declaration.alternates is not None:
        within = round(declaration.alternates.within_s * sample_rate)
        lanes = lanes | {declaration.alternates.lane: in_turn(key, onset, within).astype(np.float64)}
    if declaration.pedal is not None:
        times = (onset, release)
        release = held_by_pedal(key, notes.channel, times, events, declaration.pedal, sample_rate)
    ahead_s = figures(declaration.ahead_s, lanes, len(notes))
    onset = np.maximum(onset - np.rint(ahead_s * sample_rate).astype(np.int64), 0)
    release = np.maximum(np.minimum(release, total), onset + 1) if declaration.holds else onset + 1
    played = replace(notes, onset=onset, release=release, lanes=lanes)
    return played.slice(np.lexsort((onset, notes.channel)))


def _draw_seeds(seed: int, count: int) -> Floats:
    """Return a number in 0..1 for each note, exact in float32, the same for the same `seed`."""
    generator = np.random.Generator(np.random.Philox(seed % 2**64))
    return generator.random(count, dtype=np.float32).astype(np.float64)


def _check_playable(stream: EventArray, on: Ints, stray: Ints, declaration: Declaration) -> None:
    """Raise HostError for the first note outside the range, or switch that is not declared."""
    low, high = declaration.range
    wrong = on[(stream["number"][on] < low) | (stream["number"][on] > high)]
    dumb = on[~np.isin(stream["number"][on], list(declaration.keys))] if declaration.keys else on[:0]
    for rows, what in (
        (wrong, f"is neither in its range {low}..{high} nor a keyswitch; transpose the part"),
        (dumb, f"is none of its keys {sorted(declaration.keys)}; check the technique map"),
        (stray, f"is not one of its keyswitches {sorted(declaration.keyswitches)}; check the technique map"),
    ):
        if len(rows):
            key, time_s = stream[rows[0]]["number"], stream[rows[0]]["time_s"]
            raise HostError(f"{declaration.name}: key {key} at {time_s:.3f} s {what}")


def _is(stream: EventArray, *kinds: Kind) -> npt.NDArray[np.bool_]:
    return np.isin(stream["kind"], [int(kind) for kind in kinds])


def _release_s(events: Events, on: Ints) -> Floats:
    """Return when each note ends: at the NOTE_OFF of its note id, else at the next one of its key."""
    stream = events.stream
    off = np.flatnonzero(_is(stream, Kind.NOTE_OFF) | (_is(stream, Kind.NOTE_ON) & (stream["value"] <= 0)))
    off_keys = _pairing_keys(stream, off)
    by_key = np.argsort(off_keys, kind="stable")
    on_keys = _pairing_keys(stream, on)
    found = np.searchsorted(off_keys[by_key], on_keys)
    ends = np.full(len(on), events.duration_s)
    hit = np.flatnonzero(found < len(off))
    row = by_key[found[hit]]
    same = off_keys[row] // (len(stream) + 1) == on_keys[hit] // (len(stream) + 1)
    ends[hit[same]] = stream["time_s"][off[row[same]]]
    return ends


def _pairing_keys(stream: EventArray, rows: Ints) -> Ints:
    """Return numbers that sort by note id (or by channel and pitch), and there by place in the stream."""
    note = stream["note"][rows].astype(np.int64)
    key = stream["channel"][rows].astype(np.int64) * 128 + stream["number"][rows]
    place = np.where(note >= 0, 0, rows)
    return np.asarray(np.where(note >= 0, 2048 + note, key) * (len(stream) + 1) + place, dtype=np.int64)


def _latched(stream: EventArray, switches: Ints, on: Ints, declaration: Declaration, lane: str) -> Floats:
    """Return the value of `lane` at each note-on: its key's, else that of the last switch, else 0."""
    values = {key: switch[lane] for key, switch in declaration.keyswitches.items() if lane in switch}
    mine = switches[np.isin(stream["number"][switches], list(values))]
    size = len(stream) + 1
    keys = stream["channel"][mine].astype(np.int64) * size + mine + 1
    floor = np.arange(256, dtype=np.int64) * size
    order = np.argsort(np.concatenate([floor, keys]))
    held = np.concatenate([np.zeros(256), _by_key(values)[stream["number"][mine]]])[order]
    wanted = stream["channel"][on].astype(np.int64) * size + on + 1
    latched = held[np.searchsorted(np.concatenate([floor, keys])[order], wanted, side="right") - 1]
    played = {key: switch[lane] for key, switch in declaration.keys.items() if lane in switch}
    pitch = stream["number"][on]
    return np.where(np.isin(pitch, list(played)), _by_key(played)[pitch], latched)


def _by_key(values: dict[int, float]) -> Floats:
    table = np.zeros(128)
    table[list(values)] = list(values.values())
    return table
