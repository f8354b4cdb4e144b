"""What is not intended: the player's inner clock wavers, fingers are not exact."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import FiniteFloat

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.pink import pink_by_line
from composer_daw.humanizer.rules.rule import Rule, drawn_values, kept
from composer_daw.performance import Floats

FILTER_GAIN = 3.0525
"""What the 1/f filter of Director Musices makes of a standard deviation of 1: the norm of its response."""
TIMING_MS = 10.0
MOTOR_MS = 6.78


class ClockNoise(Rule):
    """Let durations waver as 1/f: dr += k s(dr) p, p pink with standard deviation 1.

    s is what Director Musices draws: white numbers over a range of 4 (0.032 dr + 6.74) ms, over 1300 ms of 4
    (0.0975 dr - 75.98), through a 1/f filter, times 0.1 (0.00143 dr + 0.57): 5.8 ms at 300 ms. `drawn` has it
    for k = 1 in ms; each line has its own. Source: Director Musices, `internal-clock-noise` (noise.lsp).
    """

    name: Literal["clock_noise"] = "clock_noise"
    drawn: tuple[FiniteFloat, ...] = ()

    def draw(self, lines: Lines, rng: np.random.Generator) -> Self:
        """Return the rule with a deviation for each chord."""
        series = pink_by_line(lines.chords["line"], rng) * clock_deviation(lines.chords["dr_ms"])
        return self.model_copy(update={"drawn": kept(series)})

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration; none before `draw`."""
        return Changes.of(len(lines), duration_ms=self.k * drawn_values(self.drawn, lines, self.name))


class TimingNoise(Rule):
    """Play each chord beside the beat, by 1/f noise of standard deviation 10 k ms; what follows is not moved.

    `drawn` has it for k = 1 in ms; each line has its own. Source (read second hand): H. Hennig et al., "The
    nature and perception of fluctuations in human musical rhythms", PLoS ONE 6 (2011): exponents about 1,
    deviations of some 10 ms.
    """

    name: Literal["timing_noise"] = "timing_noise"
    drawn: tuple[FiniteFloat, ...] = ()

    def draw(self, lines: Lines, rng: np.random.Generator) -> Self:
        """Return the rule with a deviation for each chord."""
        return self.model_copy(update={"drawn": kept(TIMING_MS * pink_by_line(lines.chords["line"], rng))})

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of timing; none before `draw`."""
        return Changes.of(len(lines), shift_ms=self.k * drawn_values(self.drawn, lines, self.name))


class MotorNoise(Rule):
    """Play each chord a little beside its time and level: 6.78 k dur ms and 1 k amp dB times a sum.

    The sum is of three numbers drawn evenly from -1..1, so those are the standard deviations too. A note
    that is late takes from itself what it gives to the one before; the first of a line stays. `drawn` and
    `drawn_db` have them for k = 1. Source: Director Musices, `motor-noise` and `motor-noise-amp` (noise.lsp).
    """

    name: Literal["motor_noise"] = "motor_noise"
    dur: FiniteFloat = 1.0
    amp: FiniteFloat = 1.0
    drawn: tuple[FiniteFloat, ...] = ()
    drawn_db: tuple[FiniteFloat, ...] = ()

    def draw(self, lines: Lines, rng: np.random.Generator) -> Self:
        """Return the rule with a deviation of time and of level for each chord."""
        late, louder = (rng.uniform(-1.0, 1.0, (3, len(lines))).sum(axis=0) for _ in range(2))
        late = np.where(lines.chords["before"] < 0, 0.0, MOTOR_MS * late)
        return self.model_copy(update={"drawn": kept(late), "drawn_db": kept(louder)})

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of timing and level; none before `draw`."""
        late, louder = (drawn_values(one, lines, self.name) for one in (self.drawn, self.drawn_db))
        return Changes.of(len(lines), shift_ms=self.k * self.dur * late, level_db=self.k * self.amp * louder)


def clock_deviation(dr_ms: Floats) -> Floats:
    """Return the standard deviation of `ClockNoise` at k = 1 for notes so long, in ms."""
    width = 4.0 * np.where(dr_ms <= 1300.0, 0.032 * dr_ms + 6.74, 0.0975 * dr_ms - 75.98)
    return np.asarray(width / np.sqrt(12.0) * FILTER_GAIN * 0.1 * (0.00143 * dr_ms + 0.57))
