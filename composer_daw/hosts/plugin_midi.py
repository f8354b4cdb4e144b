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

from composer_daw import smf
from composer_daw.errors import HostError
from composer_daw.events import EventArray, Events, Kind

SPLIT = 2**14
"""The longest ticks per beat that a file may state is below 2**15."""

LONGEST_BEAT = 2**24
"""A beat is stated in microseconds, in three bytes; twice one is more than the first beat, too."""

ON, OFF = (Kind.NOTE_ON, Kind.SWITCH_ON), (Kind.NOTE_OFF, Kind.SWITCH_OFF)


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
    tempi = smf.track([(0, smf.tempo(tempo + tempo // 4)), (1, smf.tempo(tempo))])
    played = smf.track(zip(at[order].tolist(), _messages(stream[order]), strict=True))
    path.write_bytes(smf.file(ticks, [tempi, played]))


def _messages(stream: EventArray) -> list[bytes]:
    """Return the bytes of each event as MIDI sends it."""
    columns = (stream[name].tolist() for name in ("kind", "channel", "number", "value"))
    return [smf.message(Kind(kind), *rest) for kind, *rest in zip(*columns, strict=True)]
