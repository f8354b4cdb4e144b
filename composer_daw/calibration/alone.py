"""Each technique alone: one note is played and listened to, long after its key was let go.

What the engine refuses, what stays silent, what never ends and switches that are heard are found here. Where
a technique fails only because another one that is in force with it does, that one is named.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable

from composer_daw.calibration.figures import Figure, Trial, length_s
from composer_daw.calibration.hearing import LONGEST_REST_S, SHORTEST_REST_S, SILENT_DB, Hearing
from composer_daw.calibration.playing import BEFORE_S, Cue, Heard
from composer_daw.errors import ComposerError, LoadError
from composer_daw.measure import sounding_end_s
from composer_daw.measure.envelope import rms_envelope
from composer_daw.techniques.actions import Keyswitch

LISTEN_S = 3.0
"""How long a note is listened to after its release."""

RINGS_DB, STUCK_DB = -50.0, -40.0
"""Relative to the peak: where ringing ends; and above which a note is stuck, where it does not die away."""

DIES_AWAY_DB = 3.0
"""How much less of it must be heard a second later."""

AUDIBLE_DB = -50.0
"""A switch is heard when it is louder than this, relative to the note after it."""


def listen_alone(hearing: Hearing) -> None:
    """Play one note of each trial by itself; how long the instrument rings is kept for all checks."""
    problems: dict[str, tuple[str, str]] = {}
    audible: dict[str, tuple[str, str]] = {}
    stuck = []
    for trial in (hearing.base, *hearing.trials):
        wrong = _unreachable(hearing, trial)
        heard = _heard(hearing, trial, problems) if not wrong else None
        if heard is None:
            hearing.left_out.add(trial.name)
            continue
        release_s = BEFORE_S + length_s(heard.cue.figure)
        rings_s = sounding_end_s(heard.mono, heard.sample_rate, RINGS_DB) - release_s
        if _dies_away(heard):
            hearing.rest_s = min(max(hearing.rest_s, rings_s + SHORTEST_REST_S / 2), LONGEST_REST_S)
        else:
            stuck.append(trial.name)
        audible |= _audible(hearing, trial, heard)
    _report(hearing, problems, hearing.left_out)
    _report(hearing, audible, {*hearing.left_out, *audible}, only=_with_keys(hearing))
    for name in stuck:
        if name and hearing.base.name not in stuck:
            hearing.left_out.add(name)  # it would be heard in all that is played after it
            problem = f"still sounds {LISTEN_S:.0f} s after its key was let go, undiminished"
            hearing.found(name, "stuck", problem)


def _heard(hearing: Hearing, trial: Trial, problems: dict[str, tuple[str, str]]) -> Heard | None:
    """Return one note of a trial; None where there is none, and why is put down."""
    cue = Cue(trial.asked, _usual(trial))
    try:
        (heard,) = hearing.player.play([cue], rest_s=LISTEN_S, seed=hearing.seed)
        hearing.sounding(trial).need(1)
    except LoadError:
        raise
    except ComposerError as error:
        problems[trial.name] = "fails", str(error)
        return None
    if heard.peak_db >= SILENT_DB:
        return heard
    others = [one for one in hearing.sounding(trial).heard if one.peak_db >= SILENT_DB]
    if not others:
        problems[trial.name] = "silent", "is not heard at all"
        return None
    cue = Cue(trial.asked, max(others, key=lambda one: one.peak_db).cue.figure)
    (heard,) = hearing.player.play([cue], rest_s=LISTEN_S, seed=hearing.seed)
    return heard


def _report(
    hearing: Hearing,
    problems: dict[str, tuple[str, str]],
    failed: Container[str],
    only: Container[str] | None = None,
) -> None:
    """Report what fails under the names of the entries that nothing which does not fail has in force."""
    trials = {trial.name: trial for trial in (hearing.base, *hearing.trials)}
    well = {
        entry
        for name, trial in trials.items()
        if name not in failed and not trial.parts
        for entries in hearing.entries(trial)
        for entry in entries
    }
    reported = set()
    for name, (check, problem) in problems.items():
        suspects = dict.fromkeys(
            entry
            for entries in hearing.entries(trials[name])
            for entry in entries
            if entry not in well and (only is None or entry in only)
        )
        asked = [entry for entry in suspects if entry in (name, *trials[name].parts)]
        named = _fewest(suspects, asked, hearing) or [name or "default"]
        for entry in named:
            if (entry, check) not in reported:
                reported.add((entry, check))
                hearing.found(entry, check, problem)


def _fewest(suspects: Iterable[str], asked: list[str], hearing: Hearing) -> list[str]:
    """Return the entries to name: a default that fails wherever it is in force explains those beside it."""
    defaults = [entry for entry in suspects if entry in hearing.technique_map.defaults]
    return defaults[:1] or asked or list(suspects)


def _unreachable(hearing: Hearing, trial: Trial) -> bool:
    """Tell whether a technique is not what plays its own figures; a combination may have its own entry."""
    wanted = set(trial.parts or ((trial.name,) if trial.name else ()))
    if any(wanted <= set(entries) for entries in hearing.entries(trial)):
        return False
    if not trial.parts:
        why = hearing.player.reason([Cue(trial.asked, one) for one in trial.figures])
        problem = f"asked for by name, it is not what plays ({why or 'another entry serves'})"
        hearing.found(trial.name, "unreachable", problem)
    return True


def _usual(trial: Trial) -> Figure:
    """Return the figure that is listened to: the loudest single note in the middle."""
    singles: list[Figure] = [figure for figure in trial.figures if len(figure) == 1]
    singles = singles or list(trial.figures)
    loudest = max(figure[0].velocity for figure in singles)
    loud = [figure for figure in singles if figure[0].velocity == loudest]
    return loud[len(loud) // 2]


def _audible(hearing: Hearing, trial: Trial, heard: Heard) -> dict[str, tuple[str, str]]:
    """Return what is heard of a trial's switches alone, where that is something."""
    noise_db = -math.inf if trial.parts else hearing.player.switches_alone(heard.cue).peak_db
    if noise_db <= max(SILENT_DB, heard.peak_db + AUDIBLE_DB):
        return {}
    return {trial.name: ("audible", f"its switch alone is heard ({noise_db:.0f} dBFS)")}


def _with_keys(hearing: Hearing) -> set[str]:
    """Return the entries that are told by keys: only they can be heard before a note."""
    known = hearing.technique_map.techniques.items()
    return {name for name, one in known if any(isinstance(action, Keyswitch) for action in one.on)}


def _dies_away(heard: Heard) -> bool:
    """Tell whether a note falls silent after its release, or is about to."""
    envelope = rms_envelope(heard.mono, heard.sample_rate).below_peak_db
    late, before = envelope[-300:].mean(), envelope[-1300:-1000].mean()
    return bool(late < STUCK_DB or before - late > DIES_AWAY_DB)
