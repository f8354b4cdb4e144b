"""The figures by which notes are shaped: what an expression says of one note, and what is our choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.expression import Expression

STEP_S = 0.010
"""A controller is told at most so often."""

CHANGE_DB, ATTACK_DB = 8.0, 24.0
"""How far below its level a note begins: where the bow only changes, and out of silence. Our choice."""

NO_GAP_S, SILENCE_S = 0.02, 0.2
"""The gaps before a note that count as the one and the other; between them it goes straight. Our choice."""

ATTACK_SHARE = 0.4
"""The attack takes at most this share of a note, so that short ones are heard. Our choice."""

ACCENT_S = 0.12
"""The time constant in which an accent dies away. Our choice."""

SWELLS_FROM_S, SWELLS_WHOLLY_S = 0.4, 1.2
"""Shorter notes do not swell or die away; from the second length on they do so in full. Our choice."""

WITHIN = 0.5
"""The share of swell and decay where the score itself moves the controller within the note. Our choice."""

CONNECTS_S = 0.05
"""Notes this close are one line (VioPTT's rule for a sustained bow, as in `techniques.lines`)."""

SOUNDS_ON = 0.4
"""A note that sounds on through more than this share of the next is held with it: a double stop, or a part of
its own. Less is a note let go late. Our choice."""

TURN_S = 0.03
"""How long the bow takes to let go where it changes. Our choice."""

ONE_VIBRATO_CENTS, ONE_VIBRATO_HZ = 20.0, 6.0
"""The vibrato of a violin (KTH rules): it stands for controller value 64."""

VIBRATO_FROM_S, LATEST_AT_S, LATEST_S = 0.35, 1.5, 0.6
"""Notes this long have vibrato; it waits longer the longer they are, 0.6 s in one of 1.5 s (KTH rules)."""

VIBRATO_RISES_S, VIBRATO_FALLS_S = 0.35, 0.3
LAST_CYCLES, QUICKER = 3.0, 1.15
"""It grows and dies away so long; its last three cycles are 15 % faster (KTH rules)."""


@dataclass(frozen=True)
class Figures:
    """How single notes are played; levels are dB of 40 log10(value / 127), as General MIDI 2 has it."""

    attack_s: float
    """From the beginning to the full level."""
    swell_db: float
    """How much softer a long note begins and ends than it is in its middle."""
    decay_db: float
    """How much softer it ends than it begins."""
    accent_db: float
    """How much softer a tremolo, or an accented note, is after its beginning."""
    brightness: float
    """-1..1."""
    vibrato_cents: float
    vibrato_hz: float
    grace_s: float
    """How long before its stroke the grace hit of a flam comes."""

    @classmethod
    def of(cls, expression: Expression) -> Figures:
        """Return the figures of an expression.

        Attack, brightness and vibrato are the expression's own. The rest goes straight with arousal, and is
        our choice: excited notes begin strong and fall, quiet ones swell.
        """
        arousal = float(np.clip(expression.arousal, -1.0, 1.0))
        return cls(
            attack_s=expression.attack_ms / 1000.0,
            swell_db=2.25 - 1.75 * arousal,
            decay_db=3.0 + 2.0 * arousal,
            accent_db=3.0 + 1.5 * arousal,
            brightness=expression.brightness,
            vibrato_cents=expression.vibrato_cents,
            vibrato_hz=expression.vibrato_hz,
            grace_s=0.030 - 0.005 * arousal,
        )
