"""Which technique a part plays where nothing is asked: the usual ones of its genre, such as it has."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from composer_daw.composing.arranger.articulation import is_smooth
from composer_daw.composing.arranger.form import Section
from composer_daw.composing.arranger.scales import pitches_of
from composer_daw.composing.arranger.score import Note
from composer_daw.composing.conditions import Part
from composer_daw.performance import TechniqueSet

GUITAR = re.compile(r"guitar|gitarre|guitare|chitarra|ukulele|ギター", re.IGNORECASE)
GUITAR_STROKES = frozenset(
    {"strum_down", "strum_up", "strum", "palm_mute", "upstroke", "downstroke", "tremolo_picking"}
)

PICKED = ("rock", "j-pop")
"""Genres whose bass is played with a pick."""
LIVELY_ENOUGH = 0.4
"""Below this smoothness short notes are staccato."""


def asked(part: Part, section: Section) -> TechniqueSet | None:
    """Return the techniques that the conditions ask of a part in a section; None where they ask nothing."""
    named = section.asked.techniques.get(part.name)
    return tuple(one.strip() for one in named.split("+")) if named else None


def first_of(part: Part, *names: str) -> TechniqueSet:
    """Return the first of some techniques that a part has, or its default."""
    return next(((name,) for name in names if name in part.techniques), ())


def is_guitar(part: Part) -> bool:
    """Tell whether a part of chords is a guitar, by what it can play or by its name."""
    return bool(part.techniques & GUITAR_STROKES) or bool(GUITAR.search(part.name))


def of_bass(part: Part, genre: str) -> TechniqueSet:
    """Return how the bass is played: with a pick in rock, else by fingers; a double bass is plucked."""
    if genre in PICKED:
        return first_of(part, "picked", "pizzicato")
    return first_of(part, "fingered", "pizzicato")


def in_reach(notes: Sequence[Note], part: Part) -> list[Note]:
    """Return a line that was found for another part as this one doubles it.

    What lies beyond its range is doubled by octaves; what it has in no octave, it leaves out.
    """
    found = []
    for note in notes:
        octaves = pitches_of((note.pitch % 12,), part.lowest, part.highest)
        if octaves:
            nearest = min(octaves, key=lambda pitch: abs(pitch - note.pitch))
            found.append(dataclasses.replace(note, pitch=nearest))
    return found


def of_melody(part: Part, section: Section, beats: float, step: int | None, slurred: bool) -> TechniqueSet:
    """Return how a note of the melody is played: detached where lively and short, slurred by step where calm.

    `step` is the interval to the next note of the phrase; `slurred` tells whether the note before is tied to
    this one.
    """
    if (
        section.smoothness < LIVELY_ENOUGH
        and beats <= 0.5
        and (step is None or abs(step) <= 2)
        and section.density > 0.6
    ):
        return first_of(part, "staccato")
    joined = slurred or (step is not None and 0 < abs(step) <= 4)
    if is_smooth(section) and joined:
        return first_of(part, "legato")
    return ()
