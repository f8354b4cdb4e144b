"""Events as notes: when each sounds, with what velocity and seed, and under which keyswitches.

Keyswitches latch: a note keeps, in each lane, the value of the last switch that its channel got before the
note began. A plain NOTE_ON on a declared keyswitch does the same as SWITCH_ON. Nothing here knows of audio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from composer_daw.errors import HostError
from composer_daw.events import EventArray, Events, Kind
from composer_daw.hosts.faust_declaration import Declaration

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


def read_notes(events: Events, declaration: Declaration, sample_rate: int, total: int, seed: int) -> Notes:
    """Return the notes of `events` on a timeline of `total` samples that starts at `-pre_roll_s`.

    The seed of a note is drawn from `seed` and its place among the notes. Raises HostError for a pitch that
    the instrument does not have.
    """
    stream = events.stream
    switches = np.isin(stream["number"], list(declaration.keyswitches)) & _is(
        stream, Kind.NOTE_ON, Kind.SWITCH_ON
    )
    on = np.flatnonzero(_is(stream, Kind.NOTE_ON) & ~switches & (stream["value"] > 0))
    check_playable(stream, on, np.flatnonzero(_is(stream, Kind.SWITCH_ON) & ~switches), declaration)
    onset = to_samples(stream["time_s"][on], events, sample_rate)
    release = np.clip(to_samples(_release_s(events, on), events, sample_rate), onset + 1, max(total, 1))
    inside = onset < total
    order = np.flatnonzero(inside)[np.lexsort((onset[inside], stream["channel"][on][inside]))]
    rows = stream[on]
    seeds = np.random.Generator(np.random.Philox(seed % 2**64)).random(len(on), dtype=np.float32)
    return Notes(
        channel=rows["channel"][order].astype(np.int64),
        pitch=rows["number"][order].astype(np.int64),
        onset=onset[order],
        release=release[order],
        velocity=rows["value"][order] / 127.0,
        seed=seeds[order].astype(np.float64),
        lanes={
            lane: _latched(stream, np.flatnonzero(switches), on, declaration, lane)[order]
            for lane in declaration.switched
        },
    )


def to_samples(time_s: Floats, events: Events, sample_rate: int) -> Ints:
    """Return seconds of the score as samples of the timeline, none before its start."""
    return np.maximum(np.rint((time_s + events.pre_roll_s) * sample_rate), 0).astype(np.int64)


def check_playable(stream: EventArray, on: Ints, stray: Ints, declaration: Declaration) -> None:
    """Raise HostError for the first note outside the range or switch that is not declared."""
    low, high = declaration.range
    pitches = stream["number"][on]
    wrong = on[(pitches < low) | (pitches > high)]
    if len(wrong):
        row = stream[wrong[0]]
        raise HostError(
            f"{declaration.name}: pitch {row['number']} at {row['time_s']:.3f} s is neither in its range "
            f"{low}..{high} nor a keyswitch; transpose the part or choose another instrument"
        )
    if len(stray):
        row = stream[stray[0]]
        raise HostError(
            f"{declaration.name}: key {row['number']} at {row['time_s']:.3f} s is not one of its keyswitches "
            f"{sorted(declaration.keyswitches)}; check the technique map"
        )


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
    """Return the value of `lane` at each note-on: that of the last switch of its channel, else 0."""
    values = {key: switch[lane] for key, switch in declaration.keyswitches.items() if lane in switch}
    mine = switches[np.isin(stream["number"][switches], list(values))]
    size = len(stream) + 1
    keys = stream["channel"][mine].astype(np.int64) * size + mine + 1
    table = np.zeros(128)
    table[list(values)] = list(values.values())
    floor = np.arange(256, dtype=np.int64) * size
    order = np.argsort(np.concatenate([floor, keys]))
    held = np.concatenate([np.zeros(256), table[stream["number"][mine]]])[order]
    wanted = stream["channel"][on].astype(np.int64) * size + on + 1
    return held[np.searchsorted(np.concatenate([floor, keys])[order], wanted, side="right") - 1]
