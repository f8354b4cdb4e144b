"""A SoundFont written by the test: each program is a click whose first value says which one it is."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

CLICK, LENGTH, RATE = 3, 4_000, 44_100
PADDING = 46
"""Zeros that must follow each sample of a SoundFont."""

INSTRUMENT, SAMPLE_MODES, SAMPLE_ID, SCALE_TUNING, RELEASE = 41, 54, 53, 56, 38
"""Generators: their numbers in the SoundFont 2.04 specification, 8.1.2."""


def write_small_sf2(
    path: Path, programs: Sequence[tuple[int, int, str, float]], *, looped: bool = False
) -> Path:
    """Write a SoundFont of (bank, program, name, value): three samples of value, half, and minus value.

    Pitch changes nothing, and the engine's filter rings a little after the click. With `looped` the samples
    are held at their value for as long as the key is down.
    """
    samples, headers, zones = [], [], []
    for number, (_, _, name, value) in enumerate(programs):
        wave = np.full(LENGTH, value) if looped else np.r_[value, value / 2, -value, np.zeros(LENGTH - CLICK)]
        start = number * (LENGTH + PADDING)
        samples.append(np.r_[np.rint(wave * 32767), np.zeros(PADDING)].astype("<i2").tobytes())
        ends = (start, start + LENGTH, start + 8, start + LENGTH - 8)
        headers.append(struct.pack("<20sIIIIIBbHH", _name(name), *ends, RATE, 60, 0, 0, 1))
        zones.append([(SAMPLE_MODES, int(looped)), (SCALE_TUNING, 0), (RELEASE, -6000), (SAMPLE_ID, number)])
    count = len(programs)
    presets = [
        struct.pack("<20sHHHIII", _name(name), program, bank, number, 0, 0, 0)
        for number, (bank, program, name, _) in enumerate(programs)
    ]
    instruments = [struct.pack("<20sH", _name(name), number) for number, (*_, name, _) in enumerate(programs)]
    width = len(zones[0])
    parts = {
        b"phdr": [*presets, struct.pack("<20sHHHIII", b"EOP", 0, 0, count, 0, 0, 0)],
        b"pbag": [struct.pack("<HH", number, 0) for number in range(count + 1)],
        b"pmod": [bytes(10)],
        b"pgen": [*(struct.pack("<Hh", INSTRUMENT, number) for number in range(count)), bytes(4)],
        b"inst": [*instruments, struct.pack("<20sH", b"EOI", count)],
        b"ibag": [struct.pack("<HH", number * width, 0) for number in range(count + 1)],
        b"imod": [bytes(10)],
        b"igen": [*(struct.pack("<Hh", *generator) for zone in zones for generator in zone), bytes(4)],
        b"shdr": [*headers, struct.pack("<20s26x", b"EOS")],
    }
    info = _chunk(b"ifil", struct.pack("<HH", 2, 1)) + _chunk(b"INAM", b"small\0")
    body = _chunk(b"LIST", b"INFO" + info)
    body += _chunk(b"LIST", b"sdta" + _chunk(b"smpl", b"".join(samples)))
    body += _chunk(b"LIST", b"pdta" + b"".join(_chunk(name, b"".join(rows)) for name, rows in parts.items()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_chunk(b"RIFF", b"sfbk" + body))
    return path


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _name(text: str) -> bytes:
    return text.encode("latin-1")[:19]
