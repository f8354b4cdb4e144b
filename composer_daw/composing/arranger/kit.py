"""A drum kit: strokes by General MIDI's pitches, with the techniques of their instant; fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.form import Section
from composer_daw.composing.arranger.rhythm import SIXTEENTH
from composer_daw.composing.arranger.score import Note
from composer_daw.composing.arranger.tables import common
from composer_daw.composing.conditions import Part
from composer_daw.performance import TechniqueSet

PITCHES = {
    "kick": 36, "snare": 38, "stick": 37, "hat": 42, "pedal": 44, "open": 46, "ride": 51, "bell": 53,
    "low": 41,
}  # fmt: skip
FILL = {"K": 36, "S": 38, "o": 38, "f": 38, "1": 50, "2": 48, "3": 45, "4": 41, "H": 46}
STROKES = {"o": "snare=ghost", "f": "snare=flam"}
"""What signs of fills ask of the snare."""
GHOST = -38
"""What is added to the velocity of a ghost note."""


@dataclass
class Kit:
    """Collects strokes; the technique of an instant is joined at the end."""

    part: Part
    asked: TechniqueSet | None
    """What the conditions ask for the whole section."""
    notes: list[Note]

    def hit(self, at: float, pitch: int, velocity: float, stroke: str = "") -> None:
        """Add a stroke."""
        own = (stroke,) if stroke and stroke in self.part.techniques else ()
        soft = GHOST // 2 if stroke == "snare=ghost" and own else GHOST if stroke == "snare=ghost" else 0
        self.notes.append(Note(at, SIXTEENTH, pitch, int(np.clip(velocity + soft, 8, 127)), own))

    def written(self) -> list[Note]:
        """Return the strokes, one of each drum at an instant, with the techniques of their instant."""
        strokes: dict[tuple[float, int], Note] = {}
        for note in self.notes:
            key = (note.onset, note.pitch)
            if key not in strokes or strokes[key].velocity < note.velocity:
                strokes[key] = note
        together: dict[float, set[str]] = {}
        for note in strokes.values():
            together.setdefault(note.onset, set()).update(note.techniques)
        return [
            Note(
                one.onset,
                one.beats,
                one.pitch,
                one.velocity,
                self.asked or tuple(sorted(together[one.onset])),
            )
            for one in strokes.values()
        ]


def write_fill(kit: Kit, section: Section, at: float, beats: float, rng: np.random.Generator) -> None:
    """Write a fill of one beat or two that grows towards its end."""
    choices = common().fills[section.level]
    fitting = [text for text in choices if _length(text) == beats] or list(choices)
    signs = _signs(fitting[int(rng.integers(len(fitting)))])[-round(beats / SIXTEENTH) :]
    begins = at + beats - SIXTEENTH * len(signs)
    for number, together in enumerate(signs):
        for sign in together:
            velocity = section.velocity - 6 + 16 * (number + 1) / len(signs)
            kit.hit(begins + SIXTEENTH * number, FILL[sign], velocity, STROKES.get(sign, ""))
    if begins > at:
        kit.hit(at, PITCHES["hat"], section.velocity - 6)


def _signs(text: str) -> list[str]:
    """Return what sounds on each sixteenth of a fill."""
    signs: list[str] = []
    inside = False
    for sign in text:
        if sign in "[]":
            inside = sign == "["
            signs += [""] if inside else []
        elif inside:
            signs[-1] += sign
        else:
            signs.append("" if sign == "." else sign)
    return signs


def _length(text: str) -> float:
    return SIXTEENTH * len(_signs(text))
