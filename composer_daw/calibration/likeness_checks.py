"""Checks of likeness: which techniques sound like the default, or like each other, and which one is wrong?"""

from __future__ import annotations

import itertools

from composer_daw.calibration.figures import Trial
from composer_daw.calibration.hearing import Hearing
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.display.action_words import action_words
from composer_daw.techniques.parts import Stroke
from composer_daw.techniques.pitch_names import name_of

CLAIM_MS = 3.0
"""By so much more the map's claims about one of two techniques must be wrong, for it to be the one."""

SHORT_MS = 550.0
"""Notes that last no longer than this are over before the key of a figure is let go."""


def check_likeness(hearing: Hearing) -> None:
    """Find techniques that sound like the default, or like another one."""
    heard = [one for one in hearing.heard_trials if not one.parts and not hearing.is_base(one)]
    trials = [one for one in heard if not one.is_stroke]
    like_base = {one.name for one in trials if hearing.has_base and _same(hearing, one, hearing.base)}
    groups = {one.name: hearing.technique_map.techniques[one.name].group for one in trials}
    for trial in trials:
        group = [name for name in groups if groups[name] == groups[trial.name]]
        whole = len(group) > 1 and like_base.issuperset(group)
        if trial.name in like_base and not (whole and _is_overruled(hearing, trial)):
            _report_like_default(hearing, trial)
    others = [trial for trial in trials if trial.name not in like_base]
    for one, other in itertools.combinations(others, 2):
        if not _may_be_alike(one, other, hearing.technique_map) and _same(hearing, one, other):
            _blame(hearing, one, other)
    for one, other in itertools.combinations([one for one in heard if one.is_stroke], 2):
        if _same(hearing, one, other):
            _report_strokes(hearing, one, other)


def check_combinations(hearing: Hearing) -> None:
    """Hint at combinations in which one of the two changes nothing."""
    by_name = {trial.name: trial for trial in hearing.heard_trials}
    for trial in hearing.heard_trials:
        for part in trial.parts:
            other = next(name for name in trial.parts if name != part)
            if other in by_name and _same(hearing, trial, by_name[other]):
                problem = f"with {other}, {part} changes nothing in the sound"
                hearing.found(trial.name, "identical", problem, is_hint=True)


def on_in_words(hearing: Hearing, name: str) -> str:
    """Return what is sent for a technique, in words."""
    entry = hearing.technique_map.techniques.get(name)
    actions = entry.on if entry else ()
    return ", ".join(action_words(action, hearing.technique_map.middle_c) for action in actions)


def default_of(hearing: Hearing, trial: Trial) -> str:
    """Return what plays where nothing of a technique's group is asked."""
    entry = hearing.technique_map.techniques.get(trial.name)
    group = hearing.technique_map.groups.get(entry.group) if entry else None
    return (group.default if group else "") or "the default"


def _same(hearing: Hearing, one: Trial, other: Trial) -> bool:
    found = hearing.compared(one, other)
    return found is not None and found.same


def _report_like_default(hearing: Hearing, trial: Trial) -> None:
    """Report a technique that sounds like the default; where both are told alike, the more doubtful one."""
    default, told = default_of(hearing, trial), on_in_words(hearing, trial.name)
    in_force = (default, *sorted(hearing.technique_map.defaults))
    default = next((one for one in in_force if on_in_words(hearing, one) == told), default)
    if told and told == on_in_words(hearing, default):
        wrong, right = trial.name, default
        doubts = _mistrust(hearing, hearing.base, default), _mistrust(hearing, trial, trial.name)
        if _is_doubtful(*doubts) and default == default_of(hearing, trial):
            wrong, right = right, wrong
        problem = f"is told like {right}, by {told}; one of the two is wrong"
        hearing.found(wrong, "identical", problem, right)
    elif told:
        hearing.found(trial.name, "identical", f"sounds like {default}: {told} changes nothing")
    else:
        hearing.found(trial.name, "identical", f"sounds like {default}")


def _is_overruled(hearing: Hearing, trial: Trial) -> bool:
    """Tell, and report, whether the default of another group switches the whole group of a technique."""
    known = hearing.technique_map.techniques
    group = known[trial.name].group
    for default in sorted(hearing.technique_map.defaults):
        for other in hearing.technique_map.of_group(group) if known[default].group != group else ():
            if known[default].on and known[default].on == known[other].on:
                problem = f"is told like {other}, by {on_in_words(hearing, other)}; one of the two is wrong"
                if all((one.technique, one.also) != (default, other) for one in hearing.findings):
                    hearing.found(default, "identical", problem, other)
                return True
    return False


def _may_be_alike(one: Trial, other: Trial, technique_map: TechniqueMap) -> bool:
    """Tell whether two techniques are one that is played alike under other conditions."""
    first, second = (technique_map.techniques[trial.name] for trial in (one, other))
    alike = technique_map.plays(one.name) == technique_map.plays(other.name) or first.on == second.on
    return alike and first.when != second.when


def _report_strokes(hearing: Hearing, one: Trial, other: Trial) -> None:
    """Report strokes that sound alike, of one drum or with one key; two drums may share a sample."""
    strokes = [_stroke(trial, hearing.technique_map) for trial in (one, other)]
    if strokes[0].velocity != strokes[1].velocity:
        return  # the map itself says that one is played more softly
    one_key, other_key = (name_of(stroke.play, hearing.technique_map.middle_c) for stroke in strokes)
    pieces = {trial.name.partition("=")[0] for trial in (one, other)}
    how = f"both by key {one_key}" if one_key == other_key else f"by key {other_key}, that by {one_key}"
    problem = f"sounds like {one.name}, {how}"
    shared = len(pieces) > 1 and one_key != other_key
    hearing.found(other.name, "identical", problem, one.name, is_hint=shared)


def _stroke(trial: Trial, technique_map: TechniqueMap) -> Stroke:
    piece, _, stroke = trial.name.partition("=")
    return technique_map.pieces[piece].strokes[stroke]


def _blame(hearing: Hearing, one: Trial, other: Trial) -> None:
    """Report two techniques that sound alike, under the name of the one that is more likely wrong."""
    doubts = [_mistrust(hearing, trial, trial.name) for trial in (one, other)]
    wrong, right = (one, other) if _is_doubtful(*doubts) else (other, one)
    told, known = on_in_words(hearing, wrong.name), on_in_words(hearing, right.name)
    how = f"both by {told}" if told == known else f"by {told or 'nothing'}, that by {known or 'nothing'}"
    problem = f"sounds like {right.name}, {how}; one of the two is wrong"
    hearing.found(wrong.name, "identical", problem, right.name)


def _is_doubtful(own_ms: float, other_ms: float) -> bool:
    """Tell whether what the map says of one technique is wrong, while it is right about the other."""
    return own_ms > max(2.0 * other_ms, other_ms + CLAIM_MS)


def _mistrust(hearing: Hearing, trial: Trial, name: str) -> float:
    """Return by how many ms the sound is not what the map says of it: its latency, and how long it lasts."""
    entry = hearing.technique_map.techniques.get(name)
    if entry is None:
        return 0.0
    lasts_ms = hearing.lasts_ms(trial)
    measured, said = hearing.latency_ms(trial), hearing.latency_in_map_ms(trial)
    wrong = abs(measured - said) if measured is not None and said is not None else 0.0
    if 0.0 < entry.note.lasts_ms <= SHORT_MS and lasts_ms is not None:
        wrong += abs(lasts_ms - entry.note.lasts_ms) / 10.0
    return wrong
