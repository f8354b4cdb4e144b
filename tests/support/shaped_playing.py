"""What tests of technique shaping share: small maps, expressions, and the curve of one controller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from composer_daw.events import Kind
from composer_daw.humanizer import Expression, load_profile
from composer_daw.performance import CONTROL, Array, Performance, note_rows
from composer_daw.techniques import TechniqueMap

Note = tuple[float, float, str]
"""onset_s, duration_s, technique; empty: nothing is asked."""


def bowed(**more: Any) -> TechniqueMap:
    """Return a map of a bowed instrument whose dynamics are controller 11; `more` replaces its fields."""
    names = ("sustain", "legato", "staccato", "pizzicato", "tremolo", "detache", "crescendo", "accent")
    techniques: dict[str, Any] = {
        name: {"group": "bowing", "on": [{"keyswitch": 24 + number}]} for number, name in enumerate(names)
    }
    techniques["senza_vibrato"] = {"group": "vibrato", "on": [{"keyswitch": 40}]}
    data: dict[str, Any] = {
        "technique_map": 1,
        "instrument": "Test Violin",
        "groups": {"bowing": {"default": "sustain"}, "vibrato": {}},
        "techniques": techniques,
        "dynamics": {"cc": 11, "follow": "score"},
        "chase": [11],
    }
    return TechniqueMap.model_validate(data | more)


def follows(*controllers: int) -> TechniqueMap:
    """Return the bowed map without dynamics, with an entry that follows these controllers of the score."""
    names = (f"cc{number}" for number in controllers)
    on = [{"parameter": name, "value": {"follow": name, "range": [0, 1]}} for name in names]
    return bowed(
        dynamics=None,
        chase=[],
        techniques={
            "sustain": {"group": "bowing", "on": on},
            "senza_vibrato": {"group": "vibrato", "on": [{"keyswitch": 40}]},
            "pizzicato": {"group": "bowing", "on": [{"keyswitch": 41}]},
        },
    )


def kit(**snare: Any) -> TechniqueMap:
    """Return a map of a kick, a hi-hat and a snare with these strokes."""
    strokes = {"written": [38], "hit": 38, **snare}
    hat, kick = {"written": [42], "closed": 42}, {"written": [36], "hit": 36}
    pieces = {"snare": strokes, "hi_hat": hat, "kick": kick}
    return TechniqueMap.model_validate(
        {"technique_map": 1, "instrument": "Test Kit", "pieces": pieces, "channels": [10]}
    )


def playing(
    notes: Sequence[Note], controls: Sequence[tuple[float, int, int]] = (), **columns: Any
) -> Performance:
    """Return a performance of notes on one pitch each, upwards; controls are (time_s, number, value)."""
    names = list(dict.fromkeys(name for _, _, name in notes))
    rows = note_rows(
        [
            (onset_s, duration_s, 60 + number % 12, 80)
            for number, (onset_s, duration_s, _) in enumerate(notes)
        ],
        technique=[names.index(name) for _, _, name in notes],
        **columns,
    )
    return Performance(
        rows, control(controls), techniques=tuple((name,) if name else () for name in names) or ((),)
    )


def control(rows: Sequence[tuple[float, int, int]]) -> Array:
    """Return `CONTROL` rows of (time_s, number, value)."""
    made = np.zeros(len(rows), CONTROL)
    made["kind"] = Kind.CONTROL
    for column, values in zip(("time_s", "number", "value"), zip(*rows, strict=True), strict=False):
        made[column] = values
    return made


def at(arousal: float, valence: float = 0.0) -> Expression:
    """Return the expression of a point."""
    return load_profile().at(valence, arousal)


def curve(performance: Performance, number: int = 11) -> tuple[Array, Array]:
    """Return times and values of a controller."""
    controls = performance.controls
    rows = controls[(controls["kind"] == Kind.CONTROL) & (controls["number"] == number)]
    return rows["time_s"], rows["value"].astype(int)


def value_at(performance: Performance, time_s: float, number: int = 11) -> int:
    """Return what a controller is at a time; it must have been told by then."""
    times, values = curve(performance, number)
    return int(values[np.searchsorted(times, time_s + 1e-6, side="right") - 1])
