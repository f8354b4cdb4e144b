"""Checks of the notes of one technique: is each heard, in tune, clean, steady and on time?"""

from __future__ import annotations

import numpy as np

from composer_daw.audio import Audio
from composer_daw.calibration.figures import Trial, plays_drums
from composer_daw.calibration.hearing import SILENT_DB, Hearing
from composer_daw.calibration.playing import Heard
from composer_daw.calibration.tuning import cents_off
from composer_daw.techniques.pitch_names import name_of

FAINT_DB = -60.0
"""A note this far below the loudest of its technique is silent beside it."""

OUT_OF_TUNE_CENTS, LATE_MS = 30.0, 20.0
LEAST_PITCHED = 2
"""A technique has pitches when so many of its notes have one."""

FLAT_TOP, FULL_SCALE = 3, 0.99
UNSTABLE_TIMES, UNSTABLE_DB = 3.0, 3.0


def check_notes(hearing: Hearing, trial: Trial) -> None:
    """Look at every note of a trial: silent ones, those out of tune, those that are cut off."""
    heard = hearing.sounding(trial).heard
    loudest = max(one.peak_db for one in heard)
    faint = [
        one
        for one in heard
        if one.peak_db < max(SILENT_DB, loudest + FAINT_DB) and not _is_silent_drum(hearing, trial, one)
    ]
    if faint:
        hearing.found(trial.name, "silent", f"is not heard on {_named(faint, hearing)}")
    cut = [one for one in heard if _has_flat_tops(one)]
    if cut:
        hearing.found(trial.name, "clipped", f"is cut off at full scale on {_named(cut, hearing)}")
    _check_tuning(hearing, trial)


def check_time(hearing: Hearing, trial: Trial) -> None:
    """Hint at a latency that is not that of the map."""
    measured, said = hearing.latency_ms(trial), hearing.latency_in_map_ms(trial)
    if measured is not None and said is not None and abs(measured - said) > LATE_MS:
        hearing.found(
            trial.name,
            "late",
            f"speaks {measured:.0f} ms after it is sent, where the map says {said:.0f} ms; "
            "run `composer-daw techniques calibrate`",
            is_hint=True,
        )


def check_steadiness(hearing: Hearing) -> None:
    """Find techniques of which two takes differ much more than those of the others."""
    own = {
        trial.name: hearing.sounding(trial).own_spread_db for trial in hearing.heard_trials if not trial.parts
    }
    for name, spread in own.items():
        others = [value for other, value in own.items() if other != name]
        usual = float(np.median(others)) if others else spread
        if spread > max(UNSTABLE_TIMES * usual, usual + UNSTABLE_DB):
            hearing.found(
                name, "unstable", f"two takes are {spread:.1f} dB apart, those of others {usual:.1f} dB"
            )


def cents_of(hearing: Hearing, trial: Trial) -> list[float]:
    """Return how far the loud single notes of a trial are from their pitches, in cents; none for drums."""
    if trial.is_stroke or plays_drums(hearing.technique_map):
        return []
    if trial.name not in hearing.cents:
        singles = [one for one in hearing.sounding(trial).heard if len(one.rows) == 1]
        loudest = max((one.rows["velocity"][0] for one in singles), default=0)
        off = [_off(one) for one in singles if one.rows["velocity"][0] == loudest]
        hearing.cents[trial.name] = [cents for cents in off if np.isfinite(cents)]
    return hearing.cents[trial.name]


def _is_silent_drum(hearing: Hearing, trial: Trial, heard: Heard) -> bool:
    """Tell whether a drum is silent whatever technique is asked for: that is its stroke's fault."""
    if trial.is_stroke or not plays_drums(hearing.technique_map):
        return False
    base = hearing.sounding(hearing.base)
    return heard.cue.figure in base.figures and base.first(heard.cue.figure).peak_db < SILENT_DB


def _off(heard: Heard) -> float:
    pitch = int(heard.rows["sounding_pitch"][0])
    return cents_off(heard.mono, heard.sample_rate, 440.0 * 2.0 ** ((pitch - 69) / 12.0))


def _has_flat_tops(heard: Heard) -> bool:
    """Tell whether several samples in a row stand at the same extreme value, at full scale."""
    for channel in heard.samples:
        peak = float(np.abs(channel).max(initial=0.0))
        if peak < FULL_SCALE:
            continue
        at_peak = np.abs(channel) >= peak * (1 - 1e-6)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], at_peak, [False]]).astype(np.int8)))
        if len(edges) and int((edges[1::2] - edges[::2]).max()) >= FLAT_TOP:
            return True
    return False


def _check_tuning(hearing: Hearing, trial: Trial) -> None:
    off = cents_of(hearing, trial)
    if len(off) < LEAST_PITCHED or abs(np.median(off)) <= OUT_OF_TUNE_CENTS:
        return
    cents = float(np.median(off))
    octaves = cents / 1200.0
    far = (
        f"{octaves:+.0f} octave{'s' * (abs(round(octaves)) > 1)}"
        if _is_octave(cents)
        else f"{cents:+.0f} cents"
    )
    hearing.found(trial.name, "tuning", f"sounds {far} from its pitch; see `sounds` and `transpose`")


def _is_octave(cents: float) -> bool:
    return abs(cents) > 1100.0 and abs(cents - 1200.0 * round(cents / 1200.0)) < 50.0


def _named(heard: list[Heard], hearing: Hearing) -> str:
    """Return the first notes of some figures, such as "C3 at velocity 50"."""
    middle_c = hearing.technique_map.middle_c
    names = [
        f"{name_of(one.cue.figure[0].pitch, middle_c)} at velocity {one.cue.figure[0].velocity}"
        for one in heard
    ]
    return ", ".join(dict.fromkeys(names))


def sound_of(heard: list[Heard]) -> Audio:
    """Return figures one after the other, as they are put on a page."""
    return Audio(np.concatenate([one.samples for one in heard], axis=1), heard[0].sample_rate)
