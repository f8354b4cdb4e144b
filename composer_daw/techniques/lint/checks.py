"""Checks of a technique map: each looks at the whole map for one kind of fault, and yields what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from composer_daw.documents import Location
from composer_daw.errors import did_you_mean
from composer_daw.techniques.lint.subject import Severity, Subject, Told
from composer_daw.techniques.naming import read_name
from composer_daw.techniques.vocabulary import folded

PRE_ROLL_MS = 1000.0
"""The longest latency that is believed: rendering begins that much earlier, and no DAW waits longer."""

LONGEST_LEAD_MS = 500.0
"""A switch that must come this early speaks to notes before its own."""

MOST_HINTS = 50
"""So many unknown names get a "did you mean"; each takes milliseconds to find."""


MISSPELT = 0.9
"""A name that is as like one of the vocabulary is that one, with a wrong letter: a fault, not a hint."""


def empty(subject: Subject) -> Iterator[Told]:
    """Find a map that tells nothing: no technique, and no drum."""
    if not subject.techniques and not subject.technique_map.pieces:
        problem = "no techniques and no pieces, so there is nothing to ask for"
        yield Told((), problem, "write some under `techniques`, or remove the map", "empty-map")


def fallbacks(subject: Subject) -> Iterator[Told]:
    """Find techniques that stand in for themselves; two that stand in for each other are welcome."""
    for name, technique in subject.techniques.items():
        if name in technique.fallback:
            place = ("techniques", name, "fallback")
            yield Told(place, "names itself, which cannot stand in", f"leave {name} out", "fallback")


def groups(subject: Subject) -> Iterator[Told]:
    """Find groups without a default: what is played where nothing is asked depends on what came before."""
    members = {technique.group: name for name, technique in reversed(subject.techniques.items())}
    for group, entry in subject.technique_map.groups.items():
        if group not in members:
            yield Told(("groups", group), "no technique is of this group", "remove it", "empty-group", "hint")
        elif not entry.default:
            problem = "no default, so it is left open what plays where nothing is asked"
            remedy = f"write `default: {members[group]}`, or another"
            yield Told(("groups", group), problem, remedy, "no-default", "hint")


def names(subject: Subject) -> Iterator[Told]:
    """Find names that the vocabulary does not have, and keys that say otherwise than their `plays`."""
    hints = 0
    for name, technique in subject.techniques.items():
        place: Location = ("techniques", name, "plays") if technique.plays else ("techniques", name)
        parts = subject.technique_map.plays(name)
        for part in parts:
            if part in subject.vocabulary.techniques or (technique.plays and part in subject.techniques):
                continue
            hints += 1
            yield _unknown(part, place, subject, with_hint=hints <= MOST_HINTS)
        called = tuple(part.strip() for part in name.split("+"))
        if all(part in subject.vocabulary.techniques for part in called) and sorted(called) != sorted(parts):
            problem = f"is called {name}, but plays {'+'.join(parts)}"
            yield Told(place, problem, "rename it, or leave `plays` out", "unknown-name")


def _is_misspelt(name: str, meant: str) -> bool:
    return SequenceMatcher(None, folded(name), folded(meant)).ratio() >= MISSPELT


def _unknown(name: str, place: Location, subject: Subject, with_hint: bool) -> Told:
    """Return what is to be said about a name, with what was most likely meant."""
    vocabulary, problem = subject.vocabulary, f"'{name}' is not in the vocabulary"
    severity: Severity = "hint"
    if meant := vocabulary.name_for(name):
        return Told(place, problem, f"write {meant}", "unknown-name")
    remedy = "say with `plays` what comes nearest, or rename it"
    if with_hint:
        if near := vocabulary.near_miss(name):
            problem += f" (did you mean '{near}'?)"
            severity = "fault" if _is_misspelt(name, near) else "hint"
        elif read := read_name(name, vocabulary, subject.technique_map.instrument).techniques:
            remedy = f"write `plays: {'+'.join(read)}`"
        else:
            problem += did_you_mean(name, vocabulary.techniques)
    return Told(place, problem, remedy, "unknown-name", severity)


def times(subject: Subject) -> Iterator[Told]:
    """Find latencies and a lead that are longer than can be made up for."""
    lead = subject.technique_map.lead_ms
    if lead > LONGEST_LEAD_MS:
        problem = f"{lead:g} ms is more than {LONGEST_LEAD_MS:g}: switches would come among earlier notes"
        yield Told(("lead_ms",), problem, "20 ms are enough for most instruments", "lead", "hint")
    for name, technique in subject.techniques.items():
        for field in ("first", "transition"):
            given = getattr(technique.latency_ms, field)
            longest = max(given.values(), default=0.0) if isinstance(given, dict) else given
            if longest > PRE_ROLL_MS:
                problem = f"{longest:g} ms is more than the pre-roll of {PRE_ROLL_MS:g}"
                remedy = "measure it with `composer-daw techniques calibrate`"
                yield Told(("techniques", name, "latency_ms", field), problem, remedy, "latency")


def channels(subject: Subject) -> Iterator[Told]:
    """Find techniques whose notes go to a channel that the instrument is not said to listen on."""
    known = subject.technique_map.channels
    for name, technique in subject.techniques.items():
        if technique.channel is not None and technique.channel not in known:
            problem = f"its notes go to channel {technique.channel}, which is not among `channels`"
            remedy = f"add {technique.channel} to `channels`"
            yield Told(("techniques", name, "channel"), problem, remedy, "channel", "hint")


def chased(subject: Subject) -> Iterator[Told]:
    """Find a controller of the dynamics that is not set before the first note."""
    dynamics = subject.technique_map.dynamics
    if dynamics and dynamics.follow == "score" and dynamics.cc not in subject.technique_map.chase:
        problem = f"controller {dynamics.cc} plays the dynamics, but is not set before the first note"
        yield Told(("dynamics",), problem, f"add {dynamics.cc} to `chase`", "chase", "hint")
