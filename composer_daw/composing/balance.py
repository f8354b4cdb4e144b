"""Balance: a level for each part, from how loud its take is and where in the mix its role belongs.

Loudness (ITU-R BS.1770) is measured dry, in the whole song and in each section in which the part plays. A
part that would be too far under the mix in one of them is raised. Parts add up by power, as sounds do that
have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.request import Seated
from composer_daw.measure.loudness import SILENT_LUFS, Powers, loudness_of, stretch

FARTHEST_LU = 19.0
"""No part is further under the mix of a section in which it plays: 24, with room for hall and limiter."""
MOST_RAISED_DB = 10.0
ROUNDS = 6
SOUNDS_LU = 40.0
"""What is so far under a part's own loudness is the end of a tail: it does not play in that section."""

Times = Sequence[tuple[float, float]]
"""Sections in seconds."""


@dataclass(frozen=True)
class Balance:
    """The fader of each part in dB, the loudest at 0."""

    level_db: dict[str, float]
    under_lu: dict[str, float]
    """How far each part lies under the mix where it is furthest from it, dry."""


def balanced(powers: Mapping[str, Powers], band: Sequence[Seated], times: Times) -> Balance:
    """Return the levels that put each part where its role belongs; `powers` are those of its take."""
    whole = {name: loudness_of(own) for name, own in powers.items()}
    asked = {
        one.part.name: one.level_db - one.seat.under_lu - whole[one.part.name]
        for one in band
        if whole.get(one.part.name, SILENT_LUFS) > SILENT_LUFS
    }
    loud = {name: [loudness_of(stretch(powers[name], *span)) for span in times] for name in asked}
    plays = {name: [own > whole[name] - SOUNDS_LU for own in rows] for name, rows in loud.items()}
    level, under = dict(asked), dict.fromkeys(asked, 0.0)
    for _ in range(ROUNDS):
        mix = _mixed(powers, level)
        here = [loudness_of(stretch(mix, *span)) for span in times]
        for name in level:
            far = [
                lufs - own - level[name]
                for lufs, own, is_here in zip(here, loud[name], plays[name], strict=True)
                if is_here
            ]
            under[name] = max(far, default=0.0)
        if max(under.values(), default=0.0) <= FARTHEST_LU:
            break
        level = {
            name: min(db + max(0.0, under[name] - FARTHEST_LU), asked[name] + MOST_RAISED_DB)
            for name, db in level.items()
        }
    top = max(level.values(), default=0.0)
    return Balance(
        {name: round(db - top, 1) + 0.0 for name, db in level.items()},
        {name: round(lu, 1) for name, lu in under.items()},
    )


def _mixed(powers: Mapping[str, Powers], level_db: Mapping[str, float]) -> Powers:
    """Return the power of all parts together."""
    total = np.zeros(max((len(powers[name]) for name in level_db), default=0))
    for name, db in level_db.items():
        total[: len(powers[name])] += 10.0 ** (db / 10.0) * powers[name]
    return total


def under_the_mix(
    stems: Mapping[str, Powers], mix: Powers, times: Times, plays: Mapping[str, Sequence[bool]]
) -> dict[str, list[float | None]]:
    """Return how far each stem lies under the mix in each section in LU; None where it does not play."""
    loud = [loudness_of(stretch(mix, *span)) for span in times]
    return {
        name: [
            round(here - loudness_of(stretch(own, *span)), 1) if is_here else None
            for here, span, is_here in zip(loud, times, plays[name], strict=True)
        ]
        for name, own in stems.items()
    }
