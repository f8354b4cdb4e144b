"""Colours: attack, brightness and vibrato on the controllers of sound that General MIDI 2 names.

They are told only to instruments whose map follows or chases them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from composer_daw.humanizer.shaping.bearing import Bearing
from composer_daw.humanizer.shaping.curves import Told, carried, control_rows, grid, replaced, together, told
from composer_daw.humanizer.shaping.figures import (
    LAST_CYCLES,
    LATEST_AT_S,
    LATEST_S,
    ONE_VIBRATO_CENTS,
    ONE_VIBRATO_HZ,
    QUICKER,
    STEP_S,
    VIBRATO_FALLS_S,
    VIBRATO_FROM_S,
    VIBRATO_RISES_S,
    Figures,
)
from composer_daw.humanizer.shaping.strokes import Played
from composer_daw.performance import Array, Floats, Performance

MIDDLE = 64.0
"""The value of these controllers at which nothing is changed (General MIDI 2)."""

ATTACK_TIME, BRIGHTNESS, VIBRATO_RATE, VIBRATO_DEPTH = 73, 74, 76, 77

ONE_ATTACK_S, AN_OCTAVE_OF_ATTACK = 0.2, 32.0
"""The attack for value 64, and what is added where it doubles. Our choice."""

FULL_BRIGHTNESS = 40.0
"""What brightness 1 adds. Our choice."""

Curve = tuple[Array, Floats]
"""Steps of the grid, and values."""


def with_colours(
    performance: Performance,
    whole: Played,
    listens: set[int],
    figures: Figures,
    strength: float,
    one_player: bool,
) -> Performance:
    """Return the performance with the controllers of sound that an instrument listens to.

    Lines that only fade have none.
    """
    for number, curve in COLOURS.items():
        if number not in listens:
            continue
        curves, keys = [], []
        for line, key in enumerate(whole.keys):
            chords = whole.chords[whole.chords["line"] == line]
            if not (chords["bearing"] >= Bearing.HELD).any():
                continue
            said = told(performance, number, None if one_player else key)
            curves.append(control_rows(*curve(chords, said, figures, strength), number, key))
            keys.append(key)
        if curves:
            performance = replaced(performance, number, curves, None if one_player else keys)
    return performance


def left_to_envelopes(figures: Figures, listens: set[int]) -> Figures:
    """Return the figures without the attack where the instrument itself is told of it."""
    return dataclasses.replace(figures, attack_s=0.0) if ATTACK_TIME in listens else figures


def _attack(chords: Array, said: Told, figures: Figures, strength: float) -> Curve:
    more = AN_OCTAVE_OF_ATTACK * np.log2(max(figures.attack_s, 1e-3) / ONE_ATTACK_S)
    return _steady(said, strength * more)


def _brightness(chords: Array, said: Told, figures: Figures, strength: float) -> Curve:
    return _steady(said, strength * FULL_BRIGHTNESS * figures.brightness)


def _steady(said: Told, more: float) -> Curve:
    """Return what the score says, moved by so much."""
    steps = together(said.steps)
    return steps, said.at(steps * STEP_S, MIDDLE) + more


def _rate(chords: Array, said: Told, figures: Figures, strength: float) -> Curve:
    """Return the rate, quicker in the last cycles of each note that has vibrato."""
    shakes = chords[_has_vibrato(chords)]
    last_s = LAST_CYCLES / figures.vibrato_hz
    quick = np.ceil(np.maximum(shakes["end_s"] - last_s, shakes["start_s"]) / STEP_S).astype(np.int64)
    begins, _ = grid(chords["start_s"], chords["start_s"])
    steps = together(begins, quick, said.steps)
    last_begin = carried(begins, begins, steps)
    last_quick = np.append(-1, quick)[np.searchsorted(quick, steps, side="right")]
    factor = figures.vibrato_hz / ONE_VIBRATO_HZ * np.where(last_quick >= last_begin, QUICKER, 1.0)
    return steps, said.at(steps * STEP_S, MIDDLE) * factor**strength


def _depth(chords: Array, said: Told, figures: Figures, strength: float) -> Curve:
    """Return the depth: it waits, grows and dies away within each note that is long enough.

    Where the score has the controller itself, its value is scaled.
    """
    shakes = _has_vibrato(chords)
    steps, chord = grid(chords["start_s"], np.where(shakes, chords["end_s"], chords["start_s"]))
    time_s = steps * STEP_S
    length_s = (chords["end_s"] - chords["start_s"])[chord]
    waits_s = LATEST_S * np.clip((length_s - VIBRATO_FROM_S) / (LATEST_AT_S - VIBRATO_FROM_S), 0.0, 1.0)
    rises = (time_s - chords["start_s"][chord] - waits_s) / VIBRATO_RISES_S
    falls = (chords["end_s"][chord] - time_s) / VIBRATO_FALLS_S
    whole = chords["vibrato"][chord] * figures.vibrato_cents / ONE_VIBRATO_CENTS
    share = np.where(shakes[chord], np.clip(np.minimum(rises, falls), 0.0, 1.0) * whole, 0.0)
    every = together(steps, said.steps)
    share = carried(share, steps, every)
    if not len(said.value):
        return every, MIDDLE * strength * share
    return every, said.at(every * STEP_S, MIDDLE) * np.maximum(1.0 + strength * (share - 1.0), 0.0)


def _has_vibrato(chords: Array) -> Array:
    """Tell which chords are long enough, and held without an accent: a tremolo has none."""
    long = chords["end_s"] - chords["start_s"] >= VIBRATO_FROM_S
    return np.asarray(long & np.isin(chords["bearing"], (Bearing.HELD, Bearing.CONNECTED)))


COLOURS: dict[int, Callable[[Array, Told, Figures, float], Curve]] = {
    ATTACK_TIME: _attack,
    BRIGHTNESS: _brightness,
    VIBRATO_RATE: _rate,
    VIBRATO_DEPTH: _depth,
}
"""What is told on each controller."""
