"""Balance: a fader for each part, from how loud its take is and where in the mix its role belongs.

Loudness (ITU-R BS.1770) is measured dry, in the whole song and in each section in which the part plays. A
part that would be too far under the mix of a section is raised there, as an engineer rides a fader. What the
song file asks on top of that (`level_db`) is added last, so it is heard as it was asked. Parts add up by
power, as sounds do that have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from composer_daw.composing.seating import Seated
from composer_daw.measure.loudness import SILENT_LUFS, STEP_S, Powers, loudness_of, stretch
from composer_daw.rendering.graph import Graph
from composer_daw.rendering.mixing import fader

FARTHEST_LU = 14.0
"""No part is further under the mix of a section in which it plays: it is a colour there, and still heard."""
MASKED_LU = 24.0
"""What lies further under the mix than this is taken to be masked."""
MOST_RAISED_DB = 15.0
ROUNDS = 8
EARLY_S = 0.1
"""A note that is played so shortly before a section begins belongs to that section."""

Times = Sequence[tuple[float, float]]
"""Sections in seconds."""

Plays = Mapping[str, Sequence[bool]]
"""In which sections a part begins notes."""

Under = dict[str, list[float | None]]
"""How far each part lies under the mix in LU, section by section; None where it does not play."""


@dataclass(frozen=True)
class Balance:
    """The fader of each part in dB, the loudest at 0, and how it is ridden: dB more in each section."""

    level_db: dict[str, float]
    ride_db: dict[str, tuple[float, ...]]


def balanced(powers: Mapping[str, Powers], plays: Plays, band: Sequence[Seated], times: Times) -> Balance:
    """Return the faders that put each part where its role belongs; `powers` are those of its take."""
    whole = {name: loudness_of(own) for name, own in powers.items()}
    seats = {one.part.name: one for one in band if whole.get(one.part.name, SILENT_LUFS) > SILENT_LUFS}
    level = {name: -one.seat.under_lu - whole[name] for name, one in seats.items()}
    own = {name: _sections(powers[name], times) + level[name] for name in level}
    is_here = {name: np.array(plays[name], bool) & (own[name] > SILENT_LUFS + level[name]) for name in level}
    ride = {name: np.zeros(len(times)) for name in level}
    for _ in range(ROUNDS):
        mix = _sections(_mixed(powers, level, ride, times), times)
        missing = {
            name: np.where(is_here[name], mix - own[name] - ride[name] - FARTHEST_LU, 0.0) for name in level
        }
        if all((lack <= 0.0).all() for lack in missing.values()):
            break
        ride = {
            name: np.minimum(ride[name] + np.maximum(lack, 0.0), MOST_RAISED_DB)
            for name, lack in missing.items()
        }
    asked = {name: db + seats[name].level_db for name, db in level.items()}
    top = max(asked.values(), default=0.0)
    return Balance(
        {name: round(db - top, 1) + 0.0 for name, db in asked.items()},
        {name: tuple(np.round(db, 1).tolist()) for name, db in ride.items()},
    )


def loudest_section(powers: Mapping[str, Powers], balance: Balance, times: Times) -> tuple[float, float]:
    """Return when the section begins and ends that is loudest in this balance."""
    ride = {name: np.array(rides) for name, rides in balance.ride_db.items()}
    loud = _sections(_mixed(powers, balance.level_db, ride, times), times)
    return times[int(loud.argmax())]


def _sections(powers: Powers, times: Times) -> Powers:
    """Return how loud a sound is in each section."""
    return np.array([loudness_of(stretch(powers, *span)) for span in times])


def _mixed(
    powers: Mapping[str, Powers], level_db: Mapping[str, float], ride_db: Mapping[str, Powers], times: Times
) -> Powers:
    """Return the power of all parts together, each at its fader."""
    total = np.zeros(max((len(powers[name]) for name in level_db), default=0))
    for name, db in level_db.items():
        part = 10.0 ** (db / 10.0) * powers[name]
        for (start_s, end_s), more_db in zip(times, ride_db[name], strict=True):
            stretch(part, start_s, end_s)[:] *= 10.0 ** (more_db / 10.0)
        total[: len(part)] += part
    return total


def where_played(onset_s: Powers, times: Times) -> list[bool]:
    """Tell in which sections notes begin, from the times at which they do."""
    return [bool(((onset_s >= start - EARLY_S) & (onset_s < end - EARLY_S)).any()) for start, end in times]


def heard_powers(
    dry: Mapping[str, Powers], graph: Graph, curve: npt.NDArray[np.float32], sample_rate: int
) -> dict[str, Powers]:
    """Return the power of each part as it stands in the mix, worked out instead of measured again.

    `dry` is channels x steps of its take, `curve` the gain of the master for each sample. Every gain on the
    way is squared and taken to hold for a step of 0.1 s.
    """
    step = round(STEP_S * sample_rate)
    squares = np.pad(curve, (0, -len(curve) % step)).reshape(-1, step).astype(np.float64) ** 2
    mastered = squares.mean(axis=1)
    found = {}
    for name, own in dry.items():
        strip, count = graph.tracks[name], own.shape[1]
        sides = fader(strip.level_db, strip.pan, mono=len(own) == 1) ** 2
        centres_s = (np.arange(count) + 0.5) * STEP_S
        times_s, levels_db = zip(*(strip.ride or [(0.0, 0.0)]), strict=True)
        ride_db = np.interp(centres_s, np.array(times_s), np.array(levels_db))
        found[name] = (own * sides[:, None]).sum(axis=0) * 10.0 ** (ride_db / 10.0) * mastered[:count]
    return found


def under_the_mix(stems: Mapping[str, Powers], mix: Powers, times: Times, plays: Plays) -> Under:
    """Return how far each stem lies under the mix in each section in LU; None where it does not play."""
    loud = _sections(mix, times)
    return {
        name: [
            round(float(here - lufs), 1) if is_here else None
            for here, lufs, is_here in zip(loud, _sections(own, times), plays[name], strict=True)
        ]
        for name, own in stems.items()
    }


def masked_remarks(under: Under, sections: Sequence[str]) -> list[str]:
    """Return a remark for each part that can hardly be heard, with the sections in which it is so."""
    remarks = []
    for name, rows in under.items():
        far = {
            section: lu
            for section, lu in zip(sections, rows, strict=True)
            if lu is not None and lu > MASKED_LU
        }
        if far:
            told = ", ".join(f"{section} ({lu:.0f} LU)" for section, lu in far.items())
            remarks.append(f"{name}: lies so far under the mix that it is hardly heard: {told}")
    return remarks
