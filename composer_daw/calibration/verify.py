"""Verify a technique map by ear: every technique is played, and the sound says whether the map is true.

    verification = verify_instrument(load_instrument("studio/violin"))
    for fault in verification.faults: print(fault)

Sounds are compared dry, with the map's note lengths, velocity factors and latencies left out, so that what
differs is what the map sends. See `findings.CHECKS` for what is looked at, and `likeness` for how sounds of
instruments are compared that never repeat themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from composer_daw.audio import Audio
from composer_daw.calibration.alone import listen_alone
from composer_daw.calibration.character_checks import check_character
from composer_daw.calibration.controller_checks import check_actions, check_dynamics
from composer_daw.calibration.figures import Trial, trials_of
from composer_daw.calibration.findings import CHECKS, Finding, Measured, Verification
from composer_daw.calibration.hearing import Hearing
from composer_daw.calibration.likeness_checks import check_combinations, check_likeness
from composer_daw.calibration.playing import Cue, Player
from composer_daw.calibration.sounding_checks import (
    cents_of,
    check_notes,
    check_steadiness,
    check_time,
    sound_of,
)
from composer_daw.calibration.switching_checks import (
    check_channels,
    check_turns,
)
from composer_daw.errors import TechniqueError, did_you_mean
from composer_daw.rendering import Instrument, open_host

Step = Callable[[str], None]
"""Is told the name of what was done."""

STEPS = (
    ("each alone", listen_alone),
    ("likeness", check_likeness),
    ("character", check_character),
    ("combinations", check_combinations),
    ("steadiness", check_steadiness),
    ("in turn", check_turns),
    ("dynamics", check_dynamics),
    ("actions", check_actions),
    ("channels", check_channels),
)
"""What is done once for all techniques, in this order; the checks of single notes come after the first."""


def verify_instrument(
    instrument: Instrument,
    sample_rate: int = 44_100,
    *,
    techniques: Sequence[str] | None = None,
    seed: int = 0,
    with_sounds: bool = False,
    done: Step = lambda name: None,
) -> Verification:
    """Play every technique of an instrument's map at several pitches and velocities, and say what is wrong.

    `techniques` picks some by name. `with_sounds` keeps what was heard, for a page. Raises TechniqueError for
    a name that the map has not, and HostError for an instrument that does not load.
    """
    check_names(instrument, techniques)
    fresh = instrument.preset.repeats == "fresh"
    with open_host(instrument, sample_rate, fresh) as host:
        hearing = Hearing(Player(instrument, host), techniques, seed)
        for name, check in STEPS:
            check(hearing)
            done(name)
            if check is listen_alone:
                _check_each(hearing, done)
        measured = {trial.name: _measured(hearing, trial) for trial in hearing.trials}
        sounds: dict[str, Audio] = {}
        if with_sounds:
            for trial in hearing.heard_trials:
                cues = [Cue(trial.asked, figure) for figure in trial.figures]
                sounds[trial.name] = sound_of(hearing.player.play(cues, rest_s=hearing.rest_s, seed=seed))
    return Verification(instrument.name, sample_rate, measured, _ordered(hearing), sounds)


def count_steps(instrument: Instrument, techniques: Sequence[str] | None = None) -> int:
    """Return how often `verify_instrument` tells that something is done."""
    return len(STEPS) + len(trials_of(instrument.technique_map, techniques))


def check_names(instrument: Instrument, techniques: Sequence[str] | None) -> None:
    """Raise TechniqueError for a name that is neither a technique of the map nor a stroke of its drums."""
    known = [trial.name for trial in trials_of(instrument.technique_map) if not trial.parts]
    for name in techniques or ():
        if name not in known:
            hint = did_you_mean(name, known) or f"; it has {', '.join(known[:12])}"
            raise TechniqueError(f"{instrument.map_path}: has no playable technique '{name}'{hint}")


def _check_each(hearing: Hearing, done: Step) -> None:
    for trial in hearing.trials:
        if trial.name not in hearing.left_out:
            hearing.sounding(trial).need(1)
            check_notes(hearing, trial)
            if not trial.parts:
                check_time(hearing, trial)
        done(trial.name)


def _measured(hearing: Hearing, trial: Trial) -> Measured:
    """Return the figures of one technique for the table."""
    if trial.name in hearing.left_out:
        return Measured()
    heard = hearing.sounding(trial).heard
    cents = cents_of(hearing, trial)
    nearest, apart_db = hearing.nearest(trial)
    spread_db = None if trial.parts else hearing.sounding(trial).own_spread_db
    return Measured(
        level_db=round(max(one.peak_db for one in heard), 1),
        cents=_rounded(sorted(cents)[len(cents) // 2] if cents else None),
        latency_ms=_rounded(hearing.latency_ms(trial)),
        in_map_ms=_rounded(hearing.latency_in_map_ms(trial)),
        lasts_ms=_rounded(hearing.lasts_ms(trial)),
        nearest=nearest,
        apart_db=_rounded(apart_db if nearest else None),
        spread_db=_rounded(spread_db),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1) + 0.0  # never -0.0


def _ordered(hearing: Hearing) -> tuple[Finding, ...]:
    """Return the findings in the order of the techniques, then of the checks."""
    names = [trial.name for trial in hearing.trials]
    checks = list(CHECKS)
    return tuple(
        sorted(
            hearing.findings,
            key=lambda one: (
                names.index(one.technique) if one.technique in names else len(names),
                checks.index(one.check),
            ),
        )
    )
