"""Checks of switches: does a technique take hold after another, does it let go, and on every channel?"""

from __future__ import annotations

from composer_daw.calibration.figures import Figure, Trial
from composer_daw.calibration.hearing import Hearing
from composer_daw.calibration.likeness import CLEARLY, Likeness, nearer
from composer_daw.calibration.likeness_checks import default_of, on_in_words
from composer_daw.calibration.playing import Cue
from composer_daw.techniques.display.action_words import action_words

IN_TURN = 2
"""On so many figures techniques are played in turn, where they are clearly apart; else on all."""

MISSING_DB = -40.0
"""A note this much softer than on another channel is missing."""


def check_turns(hearing: Hearing) -> None:
    """Play each technique between two notes of the default: does it take hold, and does it let go?"""
    stays: dict[str, list[str]] = {}
    tried: dict[str, int] = {}
    found = [one for one in hearing.findings if one.check in ("identical", "unstable") and not one.is_hint]
    faulty = {name for one in found for name in (one.technique, one.also)}
    overruled = _overruled_groups(hearing)
    for trial in hearing.heard_trials:
        doubtful = {trial.name, default_of(hearing, trial)} & faulty
        if not hearing.has_base or trial.parts or trial.is_stroke or doubtful or hearing.is_base(trial):
            continue
        group = hearing.technique_map.techniques[trial.name].group
        if group in overruled:
            continue
        taken, left = _in_turn(hearing, trial)
        if not taken:
            problem = f"after {default_of(hearing, trial)} the sound stays what it was"
            hearing.found(trial.name, "dead", problem, _told_alike(hearing, trial.name))
        tried[group] = tried.get(group, 0) + 1
        if not left:
            stays.setdefault(group, []).append(trial.name)
    for group, names in stays.items():
        _report_stays(hearing, group, names, tried[group])


def _overruled_groups(hearing: Hearing) -> set[str]:
    """Return the groups into which the default of another one switches: nothing takes hold there."""
    known, defaults = hearing.technique_map.techniques, hearing.technique_map.defaults
    return {
        known[one.also].group
        for one in hearing.findings
        if one.technique in defaults and one.also in known
        if known[one.also].group != known[one.technique].group
    }


def check_channels(hearing: Hearing) -> None:
    """Play the default and one technique on each channel of the map, then each on a channel of its own.

    Where a default itself is wrong, what comes after it tells nothing about channels.
    """
    known = hearing.plain_map
    routed = {one.channel for one in known.techniques.values()} - {None}
    wrong = {name for one in hearing.findings if not one.is_hint for name in (one.technique, one.also)}
    if len(known.channels) < 2 or not hearing.has_base or routed or wrong & known.defaults:
        return
    base, figure = hearing.sounding(hearing.base), hearing.base.figures[0]
    other = _clearest(hearing, figure)
    cues = [Cue((), figure), *([Cue(other.asked, figure)] if other else [])]
    for channel in known.channels:
        alone = known.model_copy(update={"channels": (channel,)})
        heard = hearing.player.play(cues, alone, hearing.rest_s, hearing.seed)
        if heard[0].peak_db < base.first(figure).peak_db + MISSING_DB:
            hearing.found(f"channel {channel}", "channel", "nothing is heard on it; see `channels`")
        elif other and nearer(heard[1], hearing.sounding(other), base) < 0.0:
            problem = f"{other.name} does not take hold on it; see `channels`"
            hearing.found(f"channel {channel}", "channel", problem)
    if other:
        _check_apart(hearing, other, [*cues, cues[0]])


def _check_apart(hearing: Hearing, other: Trial, cues: list[Cue]) -> None:
    """Switch one channel between two notes of another one: that one must not notice."""
    known = hearing.plain_map
    first, second = known.channels[:2]
    moved = known.techniques[other.name].model_copy(update={"channel": second})
    apart = known.model_copy(
        update={"channels": (first, second), "techniques": {**known.techniques, other.name: moved}}
    )
    heard = hearing.player.play(cues, apart, hearing.rest_s, hearing.seed)
    if nearer(heard[-1], hearing.sounding(hearing.base), hearing.sounding(other)) < 0.0:
        problem = (
            f"{other.name} on channel {second} is heard on channel {first} too: "
            "they keep no states of their own; see `channels`"
        )
        hearing.found(f"channel {first}", "channel", problem)


def _told_alike(hearing: Hearing, name: str) -> str:
    """Return another technique that is told by the same actions, if there is one."""
    known = hearing.technique_map.techniques
    on = known[name].on if name in known else ()
    return next((one for one in known if one != name and on and known[one].on == on), "")


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
    on = on_in_words(hearing, default)
    if on and len(names) == tried and not any(_left_behind(hearing, name, default) for name in names):
        problem = f"after {', '.join(names)} it does not come back: {on} changes nothing"
        hearing.found(default, "dead", problem, _told_alike(hearing, default))
        return
    for name in names:
        left = _left_behind(hearing, name, default)
        why = f": it leaves {left} behind" if left and on else ""
        back = default or "what was there before"
        problem = (
            f"after it {back} does not come back{why}; give it `off`, or {default or 'a default'} an action"
        )
        hearing.found(name, "stays", problem)


def _left_behind(hearing: Hearing, name: str, default: str) -> str:
    """Return what a technique sends that neither its own `off` nor the default takes back, in words.

    Where they take back nothing at all it says nothing: then the default itself may be told wrongly.
    """
    known = hearing.technique_map.techniques
    back = [*known[name].off, *(known[default].on if default else ())]
    kinds = {type(action) for action in back if not action.controllers}
    controllers = {number for action in back for number in action.controllers}
    left = [
        action
        for action in known[name].on
        if set(action.controllers) - controllers or not (action.controllers or type(action) in kinds)
    ]
    some = left if len(left) < len(known[name].on) else []
    return ", ".join(action_words(action, hearing.technique_map.middle_c) for action in some)


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
