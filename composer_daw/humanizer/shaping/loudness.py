"""Loudness: the dynamics controller over each stroke, blended with what the score says already."""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.shaping.bearing import Bearing
from composer_daw.humanizer.shaping.curves import Told, carried, control_rows, grid, replaced, together, told
from composer_daw.humanizer.shaping.dynamics import Dynamics
from composer_daw.humanizer.shaping.envelope import UNIT_DB, level_db
from composer_daw.humanizer.shaping.figures import STEP_S, Figures
from composer_daw.humanizer.shaping.strokes import Played
from composer_daw.performance import Array, Floats, Performance


def with_loudness(
    performance: Performance,
    whole: Played,
    dynamics: Dynamics,
    figures: Figures,
    strength: float,
    one_player: bool,
) -> Performance:
    """Return the performance with envelopes on the dynamics controller; `strength` scales them in dB.

    Lines that only fade keep their controls, unless the controller holds the loudness itself.
    """
    curves, keys = [], []
    for number, key in enumerate(whole.keys):
        strokes = whole.strokes[whole.strokes["line"] == number]
        if not (strokes["bearing"] >= Bearing.HELD).any() and not dynamics.speaks_alone:
            continue
        said = told(performance, dynamics.number, None if one_player else key)
        if dynamics.always or (dynamics.speaks_alone and not len(said.value)):
            said = _velocities(whole.chords[whole.chords["line"] == number])
        curves.append(_curve(strokes, said, dynamics, figures, strength, key))
        keys.append(key)
    if not curves:
        return performance
    return replaced(performance, dynamics.number, curves, None if one_player else keys)


def _velocities(chords: Array) -> Told:
    """Return the velocities as a controller says them, from the step at or before each beginning."""
    steps = np.floor(chords["start_s"] / STEP_S + 1e-4)
    return Told(steps * STEP_S, chords["velocity"].astype(float))


def _curve(
    strokes: Array, said: Told, dynamics: Dynamics, figures: Figures, strength: float, key: tuple[int, int]
) -> Array:
    """Return the rows of one line."""
    held = strokes["bearing"] >= Bearing.HELD
    steps, stroke = grid(strokes["start_s"], np.where(held, strokes["end_s"], strokes["start_s"]))
    moved = said.moves(strokes["start_s"], strokes["end_s"])
    level = strength * level_db(strokes, figures, steps * STEP_S, stroke, moved)
    every = together(steps, said.steps)
    silent = said.value[0] if dynamics.speaks_alone and len(said.value) else dynamics.silent
    base = said.at(every * STEP_S, silent)
    return control_rows(every, _softer(base, carried(level, steps, every)), dynamics.number, key)


def _softer(values: Floats, level: Floats) -> Floats:
    """Return controller values so much softer; what sounds at all is not silenced."""
    return np.maximum(values * 10.0 ** (level / UNIT_DB), np.minimum(values, 1.0))
