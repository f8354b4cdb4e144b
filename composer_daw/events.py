"""Events: what a host is told, as one sorted stream in seconds.

A stream is a structured array of `EVENT` rows. At equal times the order of `Kind` decides: what a note needs
comes before the note, a release before an attack of the same pitch. Hosts play the stream as it stands; they
never sort it again.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

EventArray = npt.NDArray[np.void]


class Kind(enum.IntEnum):
    """The kinds of event, in the order in which they are sent at one instant."""

    NOTE_OFF = 0
    PROGRAM = 1
    CONTROL = 2
    PITCH_BEND = 3
    PRESSURE = 4
    PARAMETER = 5
    SWITCH_ON = 6
    SWITCH_OFF = 7
    NOTE_ON = 8


BANK_SELECT = (0, 32)
"""The controllers that name a bank, most significant byte first; the next program change takes it up."""

EVENT = np.dtype(
    [
        ("time_s", "f8"),
        ("kind", "u1"),
        ("channel", "u1"),  # 0..15
        ("number", "i2"),  # pitch, controller, program, or index into `Events.parameters`
        ("value", "f4"),  # velocity, controller value, bend (-8192..8191), or parameter value
        ("note", "i4"),  # row of the note this belongs to, or -1
    ]
)


@dataclass(frozen=True)
class Events:
    """One stream of events, and how long the music lasts.

    `stream` is sorted and read-only, dtype `EVENT`; times are seconds from the start of the score and reach
    back to `-pre_roll_s`, where the state of the instrument is set. `duration_s` is the end of the last
    release. `parameters` names the plugin parameters that PARAMETER events count.
    """

    stream: EventArray
    duration_s: float
    pre_roll_s: float = 0.0
    parameters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the stream."""
        self.stream.setflags(write=False)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.stream)

    def to_samples(self, time_s: npt.ArrayLike, sample_rate: int) -> npt.NDArray[np.int64]:
        """Return seconds of the score as samples from `-pre_roll_s`, none before it.

        The grid stands on the start of the score, so that a note is on its sample when the rest is cut off.
        """
        samples = np.rint(np.asarray(time_s, np.float64) * sample_rate) + round(self.pre_roll_s * sample_rate)
        return np.asarray(np.maximum(samples, 0), np.int64)

    def of(self, *kinds: Kind) -> EventArray:
        """Return the rows of these kinds, in order."""
        return self.stream[np.isin(self.stream["kind"], [int(kind) for kind in kinds])]


def sorted_stream(rows: EventArray) -> EventArray:
    """Return `rows` in playing order: by time, then by kind, then as they came."""
    return rows[np.lexsort((ranks(rows), rows["time_s"]))]


def ranks(rows: EventArray) -> npt.NDArray[np.float64]:
    """Return the place of each row at its instant: that of its kind, but a bank goes before its program."""
    bank = (rows["kind"] == Kind.CONTROL) & np.isin(rows["number"], BANK_SELECT)
    return np.where(bank, Kind.PROGRAM - 0.5, rows["kind"])
