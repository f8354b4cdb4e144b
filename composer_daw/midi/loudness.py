"""How loud a score asks each note to be: dynamic marks, and hairpins between them, as velocities."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from composer_daw.midi.score_marks import LOUDNESS, Sign

UNMARKED = LOUDNESS["mf"]
STEP = 16
"""How much a hairpin changes that leads to no mark: from one mark to the next."""

NEAR_BEATS = 1.0
"""A mark this soon after the end of a hairpin is where it leads."""

HAIR = 1e-6


class Loudness:
    """The velocity of each moment of a part."""

    def __init__(self, signs: Iterable[tuple[float, Sign]]) -> None:
        """Read the dynamics among signs, each with its beat, sorted."""
        told = list(signs)
        self._marks = [(beat, sign.velocity) for beat, sign in told if sign.velocity is not None]
        events = [(beat, 0, (beat, beat, velocity, "")) for beat, velocity in self._marks]
        events += [(start, 1, (start, end, 0, kind)) for start, end, kind in _hairpins(told)]
        self._beats, self._levels = [-1.0], [float(UNMARKED)]
        for _, _, (start, end, velocity, kind) in sorted(events):
            self._add(start, self._levels[-1])
            if kind:
                self._lead(start, end, kind)
            else:
                self._add(start + HAIR, float(velocity))

    def at(self, beats: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the velocity at each beat, 1..127."""
        levels = np.interp(np.asarray(beats, float) + 2 * HAIR, self._beats, self._levels)
        return np.clip(np.rint(levels), 1, 127)

    def _add(self, beat: float, level: float) -> None:
        self._beats.append(max(beat, self._beats[-1]))
        self._levels.append(level)

    def _lead(self, start: float, end: float, kind: str) -> None:
        """Go from the level of now to where a hairpin leads, no further than the next mark."""
        sign, level = (1 if kind == "crescendo" else -1), self._levels[-1]
        later = [one for one in self._marks if one[0] > start + HAIR]
        end = min(end, later[0][0]) if later else end
        goal = level + sign * STEP
        if later and later[0][0] <= end + NEAR_BEATS and (later[0][1] - level) * sign > 0:
            goal = later[0][1]
        self._add(end, min(max(goal, 1), 127))


def _hairpins(signs: list[tuple[float, Sign]]) -> list[tuple[float, float, str]]:
    """Return from where to where each hairpin goes, and which way; those that never end are none."""
    begun: dict[str, tuple[float, str]] = {}
    found = []
    for beat, sign in signs:
        for number, kind in sign.wedges:
            if kind in ("crescendo", "diminuendo"):
                begun[number] = (beat, kind)
            elif kind == "stop" and number in begun:
                start, way = begun.pop(number)
                found.append((start, beat, way))
    return [one for one in found if one[1] > one[0]]
