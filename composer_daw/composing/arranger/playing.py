"""Which technique a part plays where nothing is asked: by kind of section and genre, only such as it has."""

from __future__ import annotations

import re

from composer_daw.composing.arranger.form import Section
from composer_daw.composing.conditions import Part
from composer_daw.performance import TechniqueSet

GUITAR = re.compile(r"guitar|gitarre|guitare|chitarra|ukulele|ギター", re.IGNORECASE)
PLUCKED = frozenset(
    {"strum_down", "strum_up", "strum", "palm_mute", "upstroke", "downstroke", "tremolo_picking"}
)


def asked(part: Part, section: Section) -> TechniqueSet | None:
    """Return the techniques that the conditions ask of a part in a section; None where they ask nothing."""
    named = section.asked.techniques.get(part.name)
    return tuple(one.strip() for one in named.split("+")) if named else None


def first_of(part: Part, *names: str) -> TechniqueSet:
    """Return the first of some techniques that a part has, or its default."""
    return next(((name,) for name in names if name in part.techniques), ())


def is_guitar(part: Part) -> bool:
    """Tell whether a part of chords is a guitar, by what it can play or by its name."""
    return bool(part.techniques & PLUCKED) or bool(GUITAR.search(part.name))


def of_bass(part: Part, section: Section, genre: str) -> TechniqueSet:
    """Return how the bass is played: with a pick in rock, slapped where pop is busy, else by fingers."""
    if genre == "rock":
        return first_of(part, "picked", "pick")
    if genre in ("pop", "j-pop", "lofi") and section.level == "full" and section.asked.arousal > 0.45:
        return first_of(part, "slap")
    if section.level == "light" and section.kind in ("verse", "intro") and genre in ("pop", "lofi", "bossa"):
        return first_of(part, "mute", "palm_mute")
    return ()


def of_melody(part: Part, section: Section, beats: float, step: int | None, slurred: bool) -> TechniqueSet:
    """Return how a note of the melody is played: detached where lively and short, slurred by step where calm.

    `step` is the interval to the next note of the phrase; `slurred` tells whether the note before is tied to
    this one.
    """
    if (
        section.smoothness < 0.4
        and beats <= 0.5
        and (step is None or abs(step) <= 2)
        and section.density > 0.6
    ):
        return first_of(part, "staccato")
    joined = slurred or (step is not None and 0 < abs(step) <= 4)
    if section.smoothness >= 0.35 and joined:
        return first_of(part, "legato")
    return ()
