"""Checks of a technique map: what is never played, and what is never sent."""

from __future__ import annotations

from collections.abc import Iterator

from composer_daw.documents import Location
from composer_daw.techniques.lint.subject import Severity, Subject, Told
from composer_daw.techniques.origins.annotate import AS_WRITTEN
from composer_daw.techniques.parts import Condition, Technique
from composer_daw.techniques.vocabulary import folded

MEETS: dict[str | None, tuple[str, ...]] = {
    None: (),
    "overlaps": ("overlaps", "connects"),  # it comes within 50 ms, too
    "connects": ("connects",),
    "apart": ("apart",),
}
"""A neighbour -> what else is true of it."""

MOST_RIVALS = 100
"""So many entries that play the same are compared with each other; no map that is used has as many."""


def unreachable(subject: Subject) -> Iterator[Told]:
    """Find techniques that are never played, whatever a score asks for."""
    kind = "unreachable"
    playable = set(subject.technique_map.playable())
    for name, technique in subject.techniques.items():
        place: Location = ("techniques", name)
        if folded(name) in ("", "default", AS_WRITTEN):
            yield Told(place, f"'{name}' means something else where techniques are named", "rename it", kind)
        parts = subject.technique_map.plays(name)
        chains = (
            *technique.fallback,
            *(other for part in parts for other in subject.vocabulary.fallbacks(part)),
        )
        if name not in playable and not chains:
            problem = "has no actions, no channel and no fallback, and is no default: nothing plays it"
            yield Told(place, problem, "write `on`, or `fallback`, or remove it", kind)
        if "+" in name and (pair := _excluding(parts, subject)):
            group = subject.vocabulary.group_of(pair[0])
            problem = f"{pair[0]} and {pair[1]} are never asked for together: both are of group '{group}'"
            remedy = "give it a name of its own, and write the nearest under `plays`"
            yield Told(place, problem, remedy, kind, "hint")
        yield from _condition_problems(place, technique, subject)
        if name in subject.technique_map.defaults and technique.when != Condition():
            problem = "is a default, so it is played where its condition is not met, too, if nothing else is"
            remedy = "move the condition to the others of its group, or leave it as a wish"
            yield Told((*place, "when"), problem, remedy, kind, "hint")


def _excluding(parts: tuple[str, ...], subject: Subject) -> tuple[str, str] | None:
    """Return two of these techniques that end each other in a score."""
    seen: dict[str, str] = {}
    for part in parts:
        group = subject.vocabulary.group_of(part)
        if group is not None and (other := seen.setdefault(group, part)) != part:
            return other, part
    return None


def _condition_problems(place: Location, technique: Technique, subject: Subject) -> Iterator[Told]:
    """Yield each line of a condition that no note meets."""
    low, high = subject.technique_map.range
    note = technique.note
    free = note.pitch_range == (None, None)  # else notes are brought into the range from anywhere
    lowest, highest = (low - note.transpose, high - note.transpose) if free else (0, 127)
    reach = {
        "pitch": (max(0, lowest), min(127, highest)),
        "velocity": (1, 127),
        "interval": (-127, 127),
        "length_ms": (0.001, float("inf")),
    }
    for field, ends in reach.items():
        first, last = getattr(technique.when, field)
        if (first is not None and first > ends[1]) or (last is not None and last < ends[0]):
            yield Told(
                (*place, "when", field),
                f"no note that this instrument plays has such a {field.removesuffix('_ms')}",
                f"write ends between {_shown(field, ends, subject)}",
                "unreachable",
            )


def _shown(field: str, ends: tuple[float, float], subject: Subject) -> str:
    if field == "pitch":
        return " and ".join(subject.note_name(int(end)) for end in ends)
    return "0 and null, in ms" if field == "length_ms" else f"{ends[0]:g} and {ends[1]:g}"


def shadowed(subject: Subject) -> Iterator[Told]:
    """Find entries that another always takes the place of.

    An entry under a name of its own can still be asked for by that name; where it has a condition, it was
    meant to be chosen by it all the same.
    """
    alike: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for name in subject.technique_map.playable():
        conditional = subject.techniques[name].when != Condition()
        alike.setdefault((conditional, tuple(sorted(subject.technique_map.plays(name)))), []).append(name)
    for (conditional, plays), names in alike.items():
        names.sort(key=lambda name: name not in plays)  # as `resolve` does: what is called so goes first
        for number, name in enumerate(names):
            when = subject.techniques[name].when
            before = (one for one in names[: min(number, MOST_RIVALS)] if conditional or "+" in name)
            if winner := next((one for one in before if covers(subject.techniques[one].when, when)), None):
                problem = f"never chosen: {winner} plays the same, on all of these notes, and goes first"
                remedy = f"move it before {winner}, or give the two a `when` that tells them apart"
                told_twice: Severity = "fault" if conditional else "hint"
                yield Told(("techniques", name), problem, remedy, "shadowed", told_twice)


def covers(wide: Condition, narrow: Condition) -> bool:
    """Tell whether every note that meets `narrow` meets `wide`, too."""
    for field in ("length_ms", "velocity", "pitch", "interval"):
        (low, high), (first, last) = getattr(wide, field), getattr(narrow, field)
        if low is not None and (first is None or first < low):
            return False
        if high is not None and (last is None or last > high):
            return False
    return all(
        getattr(wide, field) in (*MEETS[getattr(narrow, field)], None) for field in ("next", "previous")
    )


def actions_never_sent(subject: Subject) -> Iterator[Told]:
    """Find actions that wait for techniques which are never in force at the same time."""
    for place, action in subject.actions:
        if not action.only_with or place[0] == "init":
            continue
        own = str(place[1])
        group = subject.techniques[own].group
        if all(other != own and subject.techniques[other].group == group for other in action.only_with):
            problem = f"never sent: only one technique of group '{group}' is in force, and that is {own}"
            remedy = "name a technique of another group"
            yield Told((*place, "only_with"), problem, remedy, "unreachable")
