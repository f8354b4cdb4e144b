"""Checks of character: does a technique sound as its name promises, beside the default of its instrument?

What a name promises stands in the vocabulary (`sound`). That a plucked note goes on, or a bowed one dies away
while its key is held, is a fault; too bright, too dark, too long or too even is a hint.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from composer_daw.calibration.figures import Figure, Trial, plays_drums, single
from composer_daw.calibration.hearing import Hearing
from composer_daw.calibration.likeness_checks import default_of
from composer_daw.calibration.playing import BEFORE_S, Cue, Heard
from composer_daw.measure import amplitude_modulation, centroid_hz, level_db, sounding_duration_s
from composer_daw.measure.envelope import rms_envelope
from composer_daw.techniques.vocabulary import Sound, load_vocabulary

LONG_S = 1.2
"""How long a key is held to hear whether a note dies away, where 0.6 s leave it open."""

GOES_ON_DB, LONG_DB, DIES_DB = 10.0, 12.0, 20.0
"""So much a note may fall while its key is held, and for `LONG_S`, and go on; from so much it dies away."""

FALLS_DB = 15.0
"""What promises to die away does by this much, or by at least so much less than the default, for a fault."""

LONG_ENOUGH_S = 0.5
"""What is held for less has no time to die away."""

STAYS_DB, AS_LONG = 6.0, 0.9
"""A short note falls by more, or is over before so much of the default's time."""

END_S = 0.06
"""So long is the end of a key."""

COLOUR, SOFTER_DB = 1.1, 1.0
"""Centroids must differ by so much to be brighter or darker; and levels, to be softer."""

TREMBLES_DB, LESS = 0.5, 0.8
"""Less swing of level is no tremolo; nor is so much of the default's."""


LENGTHS: frozenset[Sound] = frozenset({"dies_away", "short", "goes_on"})
"""What a name promises of how long it sounds."""


@dataclass(frozen=True)
class Character:
    """What single notes sound like: medians; NaN where nothing could be measured."""

    heard: tuple[Heard, ...]

    @cached_property
    def falls_db(self) -> float:
        """By how much they fall, from the peak to the end of the key."""
        return _median(_falls_db(one) for one in self.heard)

    @cached_property
    def lasts_s(self) -> float:
        """How long they sound."""
        return _median(sounding_duration_s(one.mono, one.sample_rate) for one in self.heard)

    @cached_property
    def centroid_hz(self) -> float:
        """How bright they are."""
        return _median(centroid_hz(one.mono, one.sample_rate) for one in self.heard)

    @cached_property
    def level_db(self) -> float:
        """How loud they are."""
        return _median(level_db(one.mono, one.sample_rate) for one in self.heard)

    @cached_property
    def swing_db(self) -> float:
        """How much their level swings."""
        return _median(amplitude_modulation(one.mono, one.sample_rate).depth for one in self.heard)


@dataclass(frozen=True)
class _Contradiction:
    trial: Trial
    goes_on: bool
    problem: str


def check_character(hearing: Hearing) -> None:
    """Find techniques that go on or die away against their names; hint at those of another colour."""
    if plays_drums(hearing.technique_map) or not hearing.has_base:
        return
    explained = {name for one in hearing.findings if not one.is_hint for name in (one.technique, one.also)}
    trials = [
        trial
        for trial in hearing.heard_trials
        if not trial.parts and not trial.is_stroke and trial.name not in explained
    ]
    others = [trial for trial in trials if not hearing.is_base(trial) and _promised(hearing, trial)]
    found = [one for trial in others if (one := _contradiction(hearing, trial))]
    _report(hearing, found)
    contradicted = {one.trial.name for one in found}
    for trial in others:
        if trial.name not in contradicted:
            for problem, other in _colours(hearing, trial):
                hearing.found(trial.name, "unlike", problem, other, is_hint=True)


def _promised(hearing: Hearing, trial: Trial) -> set[Sound]:
    """Return what the names of a technique promise; nothing of its length where they promise both."""
    terms = load_vocabulary().techniques
    names = hearing.technique_map.plays(trial.name)
    promised = {sound for name in names if name in terms for sound in terms[name].sound}
    both = "goes_on" in promised and promised & {"dies_away", "short"}
    return promised - LENGTHS if both else promised


def _contradiction(hearing: Hearing, trial: Trial) -> _Contradiction | None:
    promised = _promised(hearing, trial)
    figures = [one for one in _shared(hearing, trial) if one[0].held_s >= LONG_ENOUGH_S]
    if not figures or not promised & LENGTHS:
        return None
    own, usual = (_character(hearing, one, figures) for one in (trial, hearing.base))
    default = default_of(hearing, trial)
    default_dies = usual.falls_db >= DIES_DB and not _short_default(hearing)
    if "dies_away" in promised and own.falls_db < FALLS_DB:
        if _goes_on(hearing, trial, figures):
            return _Contradiction(trial, True, "goes on as long as its key is held")
        if default_dies and usual.falls_db - own.falls_db >= FALLS_DB:
            return _Contradiction(trial, True, f"dies away more slowly than {default}")
    uncut = "short" in promised and not _is_cut(hearing, trial)
    if uncut and default_dies and own.falls_db < GOES_ON_DB and _goes_on(hearing, trial, figures):
        return _Contradiction(trial, True, "goes on as long as its key is held")
    dies = "goes_on" in promised and own.falls_db >= DIES_DB and usual.falls_db < GOES_ON_DB
    if dies and _goes_on(hearing, hearing.base, figures):
        return _Contradiction(trial, False, f"dies away while its key is held, where {default} goes on")
    return None


def _report(hearing: Hearing, found: list[_Contradiction]) -> None:
    """Report what contradicts its name; of two that were exchanged, once for both."""
    dying = [one for one in found if not one.goes_on]
    for one in found:
        if one.goes_on:
            other = dying.pop(0).trial.name if dying else _that_dies(hearing, one.trial)
            more = f", and {other} dies away; they seem to be exchanged" if other else ""
            hearing.found(one.trial.name, "unlike", one.problem + more, other)
    for one in dying:
        other = _that_goes_on(hearing, one.trial)
        more = f", and so does {other}; they seem to be exchanged" if other else ""
        hearing.found(one.trial.name, "unlike", one.problem + more, other)


def _that_dies(hearing: Hearing, trial: Trial) -> str:
    """Return what dies away in the place of a technique, and whose name does not promise it; or nothing."""
    figures = _shared(hearing, trial)
    default = default_of(hearing, trial)
    if _character(hearing, hearing.base, figures).falls_db >= DIES_DB:
        return default
    falls = {
        other.name: falls_db
        for other, falls_db in _falls_in_group(hearing, trial)
        if not _promised(hearing, other) & {"dies_away", "short"} and falls_db >= DIES_DB
    }
    return max(falls, key=lambda name: falls[name], default="")


def _that_goes_on(hearing: Hearing, trial: Trial) -> str:
    """Return what goes on in the place of a technique, and has a name of what dies away; or nothing.

    Beside one that dies away against its name less must be known of it than where it stands alone.
    """
    falls = {
        other.name: falls_db
        for other, falls_db in _falls_in_group(hearing, trial)
        if "dies_away" in _promised(hearing, other) and falls_db < GOES_ON_DB
    }
    return min(falls, key=lambda name: falls[name], default="")


def _falls_in_group(hearing: Hearing, trial: Trial) -> Iterator[tuple[Trial, float]]:
    """Yield the techniques of a technique's group, and by how much each falls while its key is held."""
    known = hearing.technique_map
    group = known.of_group(known.techniques[trial.name].group)
    for other in hearing.heard_trials:
        if other.name in group and (figures := _shared(hearing, other)):
            yield other, _character(hearing, other, figures).falls_db


def _colours(hearing: Hearing, trial: Trial) -> Iterator[tuple[str, str]]:
    """Yield what speaks against a name, and is no proof; and beside which technique."""
    promised, figures = _promised(hearing, trial), _shared(hearing, trial)
    if not figures or not promised - {"dies_away", "goes_on"}:
        return
    own, usual = (_character(hearing, one, figures) for one in (trial, hearing.base))
    default = default_of(hearing, trial)
    goes_on = max(own.falls_db, usual.falls_db) < GOES_ON_DB
    as_long = own.falls_db < STAYS_DB and own.lasts_s > AS_LONG * usual.lasts_s
    if "short" in promised and goes_on and as_long and not _is_cut(hearing, trial):
        yield f"lasts as long as {default}; where nothing else shortens it, give it `length`", default
    brighter = own.centroid_hz / usual.centroid_hz
    if "darker" in promised and brighter > COLOUR:
        yield f"is brighter than {default}", default
    if "brighter" in promised and brighter < 1.0 / COLOUR:
        yield f"is darker than {default}", default
    if "softer_or_darker" in promised and brighter > COLOUR and own.level_db > usual.level_db - SOFTER_DB:
        yield f"is brighter than {default}, and no softer", default
    if "trembles" in promised and goes_on and own.swing_db < max(TREMBLES_DB, LESS * usual.swing_db):
        other, swing_db = _that_trembles(hearing, usual)
        told = f"{other or default}'s by {swing_db or usual.swing_db:.1f} dB"
        yield f"does not tremble: its level swings by {own.swing_db:.1f} dB, {told}", other or default


def _that_trembles(hearing: Hearing, usual: Character) -> tuple[str, float]:
    """Return the technique that trembles most where none should, and by how much; nothing where none does."""
    swings = {
        trial.name: _character(hearing, trial, figures).swing_db
        for trial in hearing.heard_trials
        if not trial.parts and not trial.is_stroke and "trembles" not in _promised(hearing, trial)
        if (figures := _shared(hearing, trial))
    }
    enough = max(2.0 * TREMBLES_DB, usual.swing_db / LESS)
    name = max((one for one in swings if swings[one] > enough), key=lambda one: swings[one], default="")
    return name, swings.get(name, 0.0)


def _is_cut(hearing: Hearing, trial: Trial) -> bool:
    """Tell whether the map makes a technique short; its figures leave that out."""
    shape = hearing.technique_map.techniques[trial.name].note
    return shape.length != 1.0 or shape.gap_ms > 0.0


def _shared(hearing: Hearing, trial: Trial) -> list[Figure]:
    """Return the single notes on which both a technique and the default were heard."""
    return [one for one in trial.figures if len(one) == 1 and one in hearing.base.figures]


def _short_default(hearing: Hearing) -> bool:
    """Tell whether a default's own name promises to die away or to be short."""
    trials = [trial for trial in hearing.trials if trial.name in hearing.technique_map.defaults]
    return any(_promised(hearing, one) & {"dies_away", "short"} for one in trials)


def _character(hearing: Hearing, trial: Trial, figures: list[Figure]) -> Character:
    return Character(tuple(hearing.sounding(trial).first(figure) for figure in figures))


def _falls_db(heard: Heard) -> float:
    """Return by how much a note falls from its peak to the end of its key."""
    levels = rms_envelope(heard.mono, heard.sample_rate)
    end = round((BEFORE_S + heard.cue.figure[0].held_s) / levels.hop_s)
    held = levels.below_peak_db[:end]
    return float(held.max() - held[-round(END_S / levels.hop_s) :].mean())


def _goes_on(hearing: Hearing, trial: Trial, figures: list[Figure]) -> bool:
    """Tell whether a note goes on while its key is held for `LONG_S`; not where something else plays then."""
    loud = [one[0] for one in figures if one[0].velocity == max(other[0].velocity for other in figures)]
    middle = loud[len(loud) // 2]
    cue = Cue(trial.asked, single(middle.pitch, middle.velocity, LONG_S))
    (heard,) = hearing.player.play([cue], hearing.plain_map, hearing.rest_s, hearing.seed)
    return (not trial.name or heard.plays((trial.name,))) and _falls_db(heard) < LONG_DB


def _median(values: Iterable[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return float(np.median(known)) if known else float("nan")
