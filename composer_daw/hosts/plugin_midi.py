"""Events as a MIDI file of which a tick is a sample, for DawDreamer to play each event on its exact sample.

DawDreamer multiplies a tick's seconds by the sample rate and cuts off the fraction, so rounding puts up to a
fifth of all events one sample early. The first tick of these files lasts a quarter longer than a sample:
every event lies a quarter into its sample, and stays there.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from composer_daw.errors import HostError
from composer_daw.events import EventArray, Events, Kind

SPLIT = 2**14
"""The longest ticks per beat that a file may state is below 2**15."""

LONGEST_BEAT = 2**24
"""A beat is stated in microseconds, in three bytes; twice one is more than the first beat, too."""

ON, OFF = (Kind.NOTE_ON, Kind.SWITCH_ON), (Kind.NOTE_OFF, Kind.SWITCH_OFF)

STATUS = {
    Kind.NOTE_ON: 0x90,
    Kind.SWITCH_ON: 0x90,
    Kind.NOTE_OFF: 0x80,
    Kind.SWITCH_OFF: 0x80,
    Kind.PROGRAM: 0xC0,
    Kind.CONTROL: 0xB0,
    Kind.PITCH_BEND: 0xE0,
    Kind.PRESSURE: 0xD0,
}


def check_sample_rate(sample_rate: int) -> None:
    """Raise HostError for a rate whose samples no MIDI file can count."""
    _ticks_and_tempo(sample_rate)


def _ticks_and_tempo(sample_rate: int) -> tuple[int, int]:
    """Return ticks per beat and microseconds per beat, so that a tick lasts exactly one sample."""
    common = math.gcd(sample_rate, 1_000_000)
    ticks, tempo = sample_rate // common, 1_000_000 // common
    grow = max(1, SPLIT // ticks)  # a long beat keeps the quarter of the first tick a whole number
    if ticks >= 2**15 or 2 * tempo * grow > LONGEST_BEAT:
        raise HostError(f"plugins cannot be played at {sample_rate} Hz; take 44100, 48000 or 96000")
    return ticks * grow, tempo * grow


def sample_times(events: Events, stream: EventArray, sample_rate: int) -> npt.NDArray[np.int64]:
    """Return the sample of each event of a stream, counted from `-events.pre_roll_s`.

    A key that is pressed and released within one sample is released one later: players put releases first.
    """
    at = events.to_samples(stream["time_s"], sample_rate)
    pressed: dict[tuple[int, int], int] = {}
    kinds, keys = (
        stream["kind"].tolist(),
        zip(stream["channel"].tolist(), stream["number"].tolist(), strict=True),
    )
    for row, (kind, key) in enumerate(zip(kinds, keys, strict=True)):
        if kind in ON:
            pressed[key] = int(at[row])
        elif kind in OFF and pressed.get(key) == at[row]:
            at[row] += 1
    return at


def save_sample_exact(events: Events, path: Path, sample_rate: int) -> None:
    """Write all events but parameters to `path`, tick = sample from `-pre_roll_s`."""
    stream = events.stream[events.stream["kind"] != Kind.PARAMETER]
    at = sample_times(events, stream, sample_rate)
    order = np.argsort(at, kind="stable")
    ticks, tempo = _ticks_and_tempo(sample_rate)
    longer = tempo + tempo // 4
    tempi = _track([0, 1], [_meta(0x51, longer.to_bytes(3, "big")), _meta(0x51, tempo.to_bytes(3, "big"))])
    played = _track(at[order].tolist(), _messages(stream[order]))
    head = b"MThd" + (6).to_bytes(4, "big") + b"\x00\x01\x00\x02" + ticks.to_bytes(2, "big")
    path.write_bytes(head + tempi + played)


def _messages(stream: EventArray) -> list[bytes]:
    """Return the bytes of each event as MIDI sends it."""
    columns = (stream[name].tolist() for name in ("kind", "channel", "number", "value"))
    return [_message(Kind(kind), *rest) for kind, *rest in zip(*columns, strict=True)]


def _message(kind: Kind, channel: int, number: int, value: float) -> bytes:
    status, whole = STATUS[kind] | channel, round(value)
    match kind:
        case Kind.PROGRAM:
            return bytes((status, number))
        case Kind.PRESSURE:
            return bytes((status, whole))
        case Kind.PITCH_BEND:
            return bytes((status, (whole + 8192) & 127, (whole + 8192) >> 7))
        case _:
            return bytes((status, number, whole))


def _track(ticks: list[int], messages: list[bytes]) -> bytes:
    track, last = bytearray(), 0
    for tick, message in zip(ticks, messages, strict=True):
        track += _quantity(tick - last) + message
        last = tick
    track += _quantity(0) + _meta(0x2F, b"")
    return b"MTrk" + len(track).to_bytes(4, "big") + bytes(track)


def _meta(kind: int, data: bytes) -> bytes:
    return bytes((0xFF, kind, len(data))) + data


def _quantity(value: int) -> bytes:
    """Return a number in MIDI's variable length: seven bits a byte, the last one without the high bit."""
    parts = [value & 127]
    while value := value >> 7:
        parts.append(value & 127 | 128)
    return bytes(reversed(parts))
