"""A technique map in words short enough for a table: how a technique is told, on which notes, how late."""

from __future__ import annotations

from dataclasses import dataclass

from composer_daw.techniques.display.action_words import action_words, span_words
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import ByVelocity, Condition, Latency, NoteShape, Technique
from composer_daw.techniques.pitch_names import name_of

OPEN = (None, None)
NEAR = {"overlaps": "overlaps", "connects": "connects to", "apart": "is apart from"}


@dataclass(frozen=True)
class TechniqueWords:
    """One technique of a map in words; what there is nothing to say about is empty."""

    name: str
    title: str
    group: str
    is_default: bool
    plays: str
    when: str
    told: str
    channel: str
    latency: str
    note: str
    fallback: str
    setup: str


def describe(technique_map: TechniqueMap) -> list[TechniqueWords]:
    """Return every technique of a map in words, in the map's order."""
    return [_described(name, entry, technique_map) for name, entry in technique_map.techniques.items()]


def _described(name: str, technique: Technique, technique_map: TechniqueMap) -> TechniqueWords:
    middle_c = technique_map.middle_c
    told = ", ".join(action_words(action, middle_c) for action in technique.on)
    if technique.off:
        told += f"{'; ' if told else ''}off: " + ", ".join(
            action_words(one, middle_c) for one in technique.off
        )
    plays = technique_map.plays(name)
    return TechniqueWords(
        name=name,
        title=technique.title,
        group=technique.group,
        is_default=name in technique_map.defaults,
        plays="" if plays == (name,) else " + ".join(plays),
        when=condition_words(technique.when, middle_c),
        told=told,
        channel="" if technique.channel is None else str(technique.channel),
        latency=latency_words(technique.latency_ms),
        note=note_words(technique.note, middle_c),
        fallback=", ".join(technique.fallback),
        setup=technique.setup,
    )


def condition_words(condition: Condition, middle_c: str = "C4") -> str:
    """Return on which notes a technique is played; empty: on all."""

    def named(pitch: float) -> str:
        return name_of(int(pitch), middle_c)

    told = []
    if condition.length_ms != OPEN:
        told.append(f"length {span_words(condition.length_ms)} ms")
    if condition.velocity != OPEN:
        told.append(f"velocity {span_words(condition.velocity)}")
    if condition.pitch != OPEN:
        told.append(f"pitch {span_words(condition.pitch, named)}")
    if condition.interval != OPEN:
        told.append(f"{span_words(condition.interval, '{:+g}'.format)} semitones to the next")
    if condition.next:
        told.append(f"{NEAR[condition.next]} the next")
    if condition.previous:
        told.append(f"{NEAR[condition.previous]} the previous")
    return ", ".join(told)


def note_words(note: NoteShape, middle_c: str = "C4") -> str:
    """Return what happens to the notes of a technique; empty: nothing."""
    told = []
    if note.length != 1:
        told.append(f"length x {note.length:g}")
    if note.gap_ms:
        told.append(f"ends {note.gap_ms:g} ms before the next")
    if note.overlap_ms:
        told.append(f"{note.overlap_ms:g} ms into the next")
    if note.lasts_ms:
        told.append(f"lasts {note.lasts_ms:g} ms")
    if strummed := _by_velocity(note.strum_ms):
        told.append(f"strummed from the {note.strum_from}est, {strummed} apart")
        if note.strum_fades != 1:
            told.append(f"each x {note.strum_fades:g} as hard as the one before")
    if isinstance(note.velocity, dict):
        curve = ", ".join(f"{written}: {sent}" for written, sent in sorted(note.velocity.items()))
        told.append(f"velocity by curve ({curve})")
    elif note.velocity != 1:
        told.append(f"velocity x {note.velocity:g}")
    if note.velocity_range != (1, 127):
        told.append(f"velocity within {span_words(note.velocity_range)}")
    if note.pitch_range != OPEN:
        told.append(
            f"pitch within {span_words(note.pitch_range, lambda pitch: name_of(int(pitch), middle_c))}"
        )
    if note.transpose:
        told.append(f"{note.transpose:+d} semitones")
    if note.sounds:
        told.append(f"sounds {note.sounds:+d} semitones")
    return ", ".join(told)


def latency_words(latency: Latency) -> str:
    """Return how late a technique speaks; empty: at once."""
    first = _by_velocity(latency.first)
    if latency.transition == {}:
        return first
    return f"{first or '0 ms'}; connected {_by_velocity(latency.transition) or '0 ms'}"


def _by_velocity(latency_ms: float | ByVelocity) -> str:
    if not isinstance(latency_ms, dict):
        return f"{latency_ms:g} ms" if latency_ms else ""
    steps = sorted(latency_ms.items())
    if len(steps) < 2:
        return f"{steps[0][1]:g} ms" if steps else ""
    figures = "/".join(f"{figure:g}" for _, figure in steps)
    return f"{figures} ms from velocity {'/'.join(str(velocity) for velocity, _ in steps)}"
