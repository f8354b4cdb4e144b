"""Checks of switches: do techniques differ, does each take hold after another, and does it let go?"""

from __future__ import annotations

import itertools

import numpy as np

from composer_daw.calibration.figures import Figure, Trial
from composer_daw.calibration.hearing import Hearing
from composer_daw.calibration.likeness import CLEARLY, Likeness, nearer
from composer_daw.calibration.playing import Cue
from composer_daw.measure import onset_s, sounding_end_s
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.display.action_words import action_words
from composer_daw.techniques.parts import Stroke

IN_TURN = 2
"""On so many figures techniques are played in turn, where they are clearly apart; else on all."""

CLAIM_MS = 3.0
"""By so much more the map's claims about one of two techniques must be wrong, for it to be the one."""

SHORT_MS = 550.0
"""Notes that last no longer than this are over before the key of a figure is let go."""


def check_likeness(hearing: Hearing) -> None:
    """Find techniques that sound like the default, or like another one."""
    trials = [one for one in hearing.heard_trials if not one.parts and not hearing.is_base(one)]
    like_base = {one.name for one in trials if hearing.has_base and _same(hearing, one, hearing.base)}
    for trial in trials:
        if trial.name in like_base:
            _report_like_default(hearing, trial)
    others = [trial for trial in trials if trial.name not in like_base]
    for one, other in itertools.combinations(others, 2):
        if not _may_be_alike(one, other, hearing.technique_map) and _same(hearing, one, other):
            _blame(hearing, one, other)


def check_combinations(hearing: Hearing) -> None:
    """Hint at combinations in which one of the two changes nothing."""
    by_name = {trial.name: trial for trial in hearing.heard_trials}
    for trial in hearing.heard_trials:
        for part in trial.parts:
            other = next(name for name in trial.parts if name != part)
            if other in by_name and _same(hearing, trial, by_name[other]):
                hearing.found(
                    trial.name,
                    "identical",
                    f"with {other}, {part} changes nothing in the sound",
                    is_hint=True,
                )


def check_turns(hearing: Hearing) -> None:
    """Play each technique between two notes of the default: does it take hold, and does it let go?"""
    stays: dict[str, list[str]] = {}
    tried: dict[str, int] = {}
    alike = [one for one in hearing.findings if one.check == "identical" and not one.is_hint]
    faulty = {name for one in alike for name in (one.technique, one.also)}
    for trial in hearing.heard_trials:
        doubtful = {trial.name, _default_of(hearing, trial)} & faulty
        if not hearing.has_base or trial.parts or doubtful or hearing.is_base(trial):
            continue
        taken, left = _in_turn(hearing, trial)
        if not taken:
            problem = f"after {_default_of(hearing, trial)} the sound stays what it was"
            hearing.found(trial.name, "dead", problem, _told_alike(hearing, trial.name))
        group = hearing.technique_map.techniques[trial.name].group
        tried[group] = tried.get(group, 0) + 1
        if not left:
            stays.setdefault(group, []).append(trial.name)
    for group, names in stays.items():
        _report_stays(hearing, group, names, tried[group])


def check_channels(hearing: Hearing) -> None:
    """Play the default and one technique on each channel of the map, and on two of them at once."""
    known = hearing.plain_map
    routed = {one.channel for one in known.techniques.values()} - {None}
    if len(known.channels) < 2 or not hearing.has_base or routed:
        return
    base, figure = hearing.sounding(hearing.base), hearing.base.figures[0]
    other = _clearest(hearing, figure)
    for channel in known.channels:
        alone = known.model_copy(update={"channels": (channel,)})
        cues = [Cue((), figure), *([Cue(other.asked, figure)] if other else [])]
        heard = hearing.player.play(cues, alone, hearing.rest_s, hearing.seed)
        if heard[0].peak_db < base.first(figure).peak_db - 40.0:
            hearing.found(f"channel {channel}", "channel", "nothing is heard on it; see `channels`")
        elif other and nearer(heard[1], hearing.sounding(other), base) < 0.0:
            problem = f"{other.name} does not take hold on it; see `channels`"
            hearing.found(f"channel {channel}", "channel", problem)


def _same(hearing: Hearing, one: Trial, other: Trial) -> bool:
    found = hearing.compared(one, other)
    return found is not None and found.same


def _report_like_default(hearing: Hearing, trial: Trial) -> None:
    """Report a technique that sounds like the default; where both are told alike, the more doubtful one."""
    default, told = _default_of(hearing, trial), _on(hearing, trial.name)
    if told and told == _on(hearing, default):
        wrong, right = trial.name, default
        doubts = _mistrust(hearing, hearing.base, default), _mistrust(hearing, trial, trial.name)
        if _is_doubtful(*doubts):
            wrong, right = right, wrong
        problem = f"is told like {right}, by {told}; one of the two is wrong"
        hearing.found(wrong, "identical", problem, right)
    elif told:
        hearing.found(trial.name, "identical", f"sounds like {default}: {told} changes nothing")
    else:
        hearing.found(trial.name, "identical", f"sounds like {default}")


def _on(hearing: Hearing, name: str) -> str:
    """Return what is sent for a technique, in words."""
    entry = hearing.technique_map.techniques.get(name)
    return (
        ", ".join(action_words(action, hearing.technique_map.middle_c) for action in entry.on)
        if entry
        else ""
    )


def _default_of(hearing: Hearing, trial: Trial) -> str:
    entry = hearing.technique_map.techniques.get(trial.name)
    group = hearing.technique_map.groups.get(entry.group) if entry else None
    return (group.default if group else "") or "the default"


def _may_be_alike(one: Trial, other: Trial, technique_map: TechniqueMap) -> bool:
    """Tell whether the map itself says that two are played alike: under other conditions, or more softly."""
    first, second = (technique_map.techniques.get(trial.name) for trial in (one, other))
    if first and second:
        alike = technique_map.plays(one.name) == technique_map.plays(other.name) or first.on == second.on
        return alike and first.when != second.when
    strokes = [_stroke(trial, technique_map) for trial in (one, other)]
    if None in strokes:
        return False
    first_piece, second_piece = (trial.name.partition("=")[0] for trial in (one, other))
    return first_piece != second_piece or len({stroke.velocity for stroke in strokes if stroke}) > 1


def _stroke(trial: Trial, technique_map: TechniqueMap) -> Stroke | None:
    piece, _, stroke = trial.name.partition("=")
    return technique_map.pieces[piece].strokes[stroke] if piece in technique_map.pieces else None


def _blame(hearing: Hearing, one: Trial, other: Trial) -> None:
    """Report two techniques that sound alike, under the name of the one that is more likely wrong."""
    doubts = [_mistrust(hearing, trial, trial.name) for trial in (one, other)]
    wrong, right = (one, other) if _is_doubtful(*doubts) else (other, one)
    told, known = _on(hearing, wrong.name), _on(hearing, right.name)
    how = f"both by {told}" if told == known else f"though one is told by {told}, the other by {known}"
    hearing.found(
        wrong.name, "identical", f"sounds like {right.name}, {how}; one of the two is wrong", right.name
    )


def _is_doubtful(own_ms: float, other_ms: float) -> bool:
    """Tell whether what the map says of one technique is wrong, while it is right about the other."""
    return own_ms > max(2.0 * other_ms, other_ms + CLAIM_MS)


def _told_alike(hearing: Hearing, name: str) -> str:
    """Return another technique that is told by the same actions, if there is one."""
    known = hearing.technique_map.techniques
    on = known[name].on if name in known else ()
    return next((one for one in known if one != name and on and known[one].on == on), "")


def _mistrust(hearing: Hearing, trial: Trial, name: str) -> float:
    """Return by how many ms the sound is not what the map says of it: its latency, and how long it lasts."""
    entry = hearing.technique_map.techniques.get(name)
    if entry is None:
        return 0.0
    measured, said = hearing.latency_ms(trial), hearing.latency_in_map_ms(trial)
    wrong = abs(measured - said) if measured is not None and said is not None else 0.0
    lasts = [
        1000.0 * (sounding_end_s(one.mono, one.sample_rate) - onset_s(one.mono, one.sample_rate))
        for one in hearing.sounding(trial).heard
        if len(one.cue.figure) == 1
    ]
    if 0.0 < entry.note.lasts_ms <= SHORT_MS and lasts:
        wrong += abs(float(np.median(lasts)) - entry.note.lasts_ms) / 10.0
    return wrong


def _in_turn(hearing: Hearing, trial: Trial) -> tuple[bool, bool]:
    """Return whether a technique takes hold after the default, and the default after it."""
    base, own = hearing.sounding(hearing.base), hearing.sounding(trial)
    figures = [one for one in trial.figures if one in base.figures and own.first(one).plays((trial.name,))]
    likeness: Likeness | None = hearing.compared(hearing.base, trial)
    if not figures or likeness is None:
        return True, True
    if likeness.apart_db > CLEARLY * likeness.spread_db:
        figures = figures[-IN_TURN - 1 :][:IN_TURN] or figures
    cues = [Cue(asked, figure) for figure in figures for asked in ((), trial.asked, ())]
    heard = hearing.player.play(cues, hearing.plain_map, hearing.rest_s, hearing.seed)
    taken = sum(nearer(one, own, base) for one in heard[1::3])
    left = sum(nearer(one, base, own) for one in heard[2::3])
    return taken > 0.0, left > 0.0


def _report_stays(hearing: Hearing, group: str, names: list[str], tried: int) -> None:
    """Report what does not let go; where nothing of a group does, its default is what fails."""
    default = hearing.technique_map.groups[group].default
    on = _on(hearing, default)
    if on and len(names) == tried:
        problem = f"after {', '.join(names)} it does not come back: {on} changes nothing"
        hearing.found(default, "dead", problem, _told_alike(hearing, default))
        return
    for name in names:
        back = default or "what was there before"
        remedy = "" if on else f"; give it `off`, or {default or 'a default'} an action"
        hearing.found(name, "stays", f"after it {back} does not come back{remedy}")


def _clearest(hearing: Hearing, figure: Figure) -> Trial | None:
    """Return the technique that is farthest from the default, among those that can be played on a figure."""
    faulty = {one.technique for one in hearing.findings if not one.is_hint}
    found = [
        (likeness.apart_db, trial.name, trial)
        for trial in hearing.heard_trials
        if figure in trial.figures
        and not trial.parts
        and trial.name not in faulty
        and not hearing.is_base(trial)
        if (likeness := hearing.compared(hearing.base, trial)) and not likeness.same
    ]
    return max(found)[2] if found else None
