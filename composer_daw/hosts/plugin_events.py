"""What a stream of events leaves behind in a plugin, and what it sets for itself before its first note."""

from __future__ import annotations

import numpy as np

from composer_daw.audio import Samples
from composer_daw.events import EVENT, Events, Kind

WARM_UP_S = 2.0

QUIET, FLUSH_S = 1e-6, 0.1
"""A plugin that is quieter than this (-120 dBFS), for so long, is not waited for after a render."""

Control = tuple[int, int, int]
"""Kind, channel and number of something that stays as it was set."""

STAYS = (Kind.PROGRAM, Kind.CONTROL, Kind.PITCH_BEND, Kind.PRESSURE)
NEVER_STAY = range(120, 128)
"""Channel mode messages: they act once."""


def left_behind(events: Events) -> set[Control]:
    """Return what these events change for whatever is played next; keyswitches latch, too."""
    rows = events.of(*STAYS, Kind.SWITCH_ON)
    return set(_controls(rows)) - {
        (int(Kind.CONTROL), channel, number) for channel in range(16) for number in NEVER_STAY
    }


def set_before_notes(events: Events) -> set[Control]:
    """Return what these events set before their first note: nothing older of it can be heard."""
    notes = events.of(Kind.NOTE_ON)
    first = float(notes["time_s"][0]) if len(notes) else np.inf
    rows = events.of(*STAYS, Kind.SWITCH_ON)
    return set(_controls(rows[rows["time_s"] <= first]))


def has_rung_out(events: Events, sound: Samples, sample_rate: int) -> bool:
    """Tell whether the sound of these events ends in silence in which nothing is sent any more.

    Never where they move parameters: those are set back after the sound, and the plugin has to take that up.
    """
    rest = round(FLUSH_S * sample_rate)
    sent = events.to_samples(events.stream["time_s"], sample_rate)
    if sent.max(initial=0) >= sound.shape[1] - rest or len(events.of(Kind.PARAMETER)):
        return False
    return bool(np.abs(sound[:, -rest:]).max(initial=0.0) < QUIET)


def _controls(rows: np.ndarray) -> list[Control]:
    """Return the control of each row; any keyswitch of a channel takes the place of any other."""
    columns = (rows[name].tolist() for name in ("kind", "channel", "number"))
    numberless = (Kind.SWITCH_ON, Kind.PROGRAM)
    return [
        (kind, channel, 0 if kind in numberless else number)
        for kind, channel, number in zip(*columns, strict=True)
    ]


def beginning(events: Events) -> Events:
    """Return the first two seconds, with every key released at the end.

    What would stay behind and be heard before the events set it themselves is left out.
    """
    stays = left_behind(events) - set_before_notes(events)
    kept = [control not in stays for control in _controls(events.stream)]
    rows = events.stream[np.array(kept, bool) & (events.stream["time_s"] < WARM_UP_S)]
    down: dict[tuple[int, int], bool] = {}
    for row in rows:
        if row["kind"] in (Kind.NOTE_ON, Kind.SWITCH_ON, Kind.NOTE_OFF, Kind.SWITCH_OFF):
            down[int(row["channel"]), int(row["number"])] = row["kind"] in (Kind.NOTE_ON, Kind.SWITCH_ON)
    held = [(WARM_UP_S, Kind.NOTE_OFF, *key, 0.0, -1) for key, is_down in down.items() if is_down]
    stream = np.concatenate([rows, np.array(held, EVENT)]) if held else rows.copy()
    return Events(stream, min(events.duration_s, WARM_UP_S), events.pre_roll_s, events.parameters)
