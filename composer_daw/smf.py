"""Standard MIDI files as bytes: messages, tracks, and the file around them.

mido reads and builds messages for us; written one object a message, a file takes ten times as long.
Source: Standard MIDI Files 1.0, MIDI Manufacturers Association.
"""

from __future__ import annotations

from collections.abc import Iterable

from composer_daw.events import Kind

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
"""The first byte of each kind of event; parameters are no MIDI and have none."""

TEMPO, END = 0x51, 0x2F


def message(kind: Kind, channel: int, number: int, value: float) -> bytes:
    """Return an event as MIDI sends it; a note that ends has velocity 0, a bend is -8192..8191."""
    status, whole = STATUS[kind] | channel, round(value)
    match kind:
        case Kind.PROGRAM:
            return bytes((status, number))
        case Kind.PRESSURE:
            return bytes((status, whole))
        case Kind.PITCH_BEND:
            return bytes((status, (whole + 8192) & 127, (whole + 8192) >> 7))
        case Kind.NOTE_OFF | Kind.SWITCH_OFF:
            return bytes((status, number, 0))
        case _:
            return bytes((status, number, whole))


def tempo(microseconds: int) -> bytes:
    """Return a tempo: microseconds per beat, at most 2**24 - 1."""
    return meta(TEMPO, microseconds.to_bytes(3, "big"))


def meta(kind: int, data: bytes) -> bytes:
    """Return a message that is no sound: a text, a tempo, an end."""
    return bytes((0xFF, kind)) + quantity(len(data)) + data


def quantity(value: int) -> bytes:
    """Return a number in MIDI's variable length: seven bits a byte, the last one without the high bit."""
    parts = [value & 127]
    while value := value >> 7:
        parts.append(value & 127 | 128)
    return bytes(reversed(parts))


def track(timed: Iterable[tuple[int, bytes]], end: int = 0) -> bytes:
    """Return a track of messages with their ticks, in this order; it ends at `end` or with the last."""
    body, last = bytearray(), 0
    for tick, one in timed:
        body += quantity(tick - last) + one
        last = tick
    body += quantity(max(0, end - last)) + meta(END, b"")
    return b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def file(ticks_per_beat: int, tracks: list[bytes]) -> bytes:
    """Return a file of format 1."""
    head = (1).to_bytes(2, "big") + len(tracks).to_bytes(2, "big") + ticks_per_beat.to_bytes(2, "big")
    return b"MThd" + len(head).to_bytes(4, "big") + head + b"".join(tracks)
