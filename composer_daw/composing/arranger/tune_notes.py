"""The melody as notes of a part, and a second part in thirds below it."""

from __future__ import annotations

from collections.abc import Sequence

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.form import Section
from composer_daw.composing.arranger.playing import asked, of_melody
from composer_daw.composing.arranger.rhythm import LATER, weight_of_beat
from composer_daw.composing.arranger.score import Note
from composer_daw.composing.arranger.tune import Tune
from composer_daw.composing.conditions import Part
from composer_daw.performance import TechniqueSet

ABOVE = 8
"""How much louder than its section the melody is written: a step of dynamics is 16."""
PEAK = 6
TIED = 0.01


def melody_notes(sections: Sequence[Section], tunes: Sequence[Tune], part: Part) -> list[Note]:
    """Return the melody as a part plays it."""
    notes = []
    for section, one in zip(sections, tunes, strict=True):
        named = asked(part, section)
        techniques = _techniques(section, one, part) if named is None else [named] * len(one.slots)
        for row, (slot, pitch) in enumerate(zip(one.slots, one.pitches, strict=True)):
            velocity = section.velocity + ABOVE + (PEAK if row == one.climax else 0)
            velocity += {4: 2, 3: 1}.get(weight_of_beat(slot.onset), 0)
            notes.append(Note(slot.onset, slot.beats, pitch, velocity, techniques[row], slot.syllable))
    return notes


def _techniques(section: Section, one: Tune, part: Part) -> list[TechniqueSet]:
    """Return the technique of each note: slurs bind notes that follow each other without a rest."""
    found: list[TechniqueSet] = []
    slurred = False
    for row, slot in enumerate(one.slots):
        following = one.slots[row + 1] if row + 1 < len(one.slots) else None
        meets = (
            following is not None and following.onset - slot.end < TIED and following.phrase == slot.phrase
        )
        step = one.pitches[row + 1] - one.pitches[row] if meets else None
        found.append(of_melody(part, section, slot.beats, step, slurred))
        slurred = found[-1] == ("legato",) and step is not None and 0 < abs(step) <= 4
    return found


def harmony_notes(
    sections: Sequence[Section], tunes: Sequence[Tune], chords: Sequence[Sequence[Chord]], part: Part
) -> list[Note]:
    """Return a second voice for choruses and bridges: a third or a fourth below, as the chord has it."""
    notes = []
    for section, one, own in zip(sections, tunes, chords, strict=True):
        named = asked(part, section)
        if section.kind not in ("chorus", "bridge", "outro") and named is None and not section.last:
            continue
        for slot, pitch in zip(one.slots, one.pitches, strict=True):
            under = next((chord for chord in reversed(own) if chord.start <= slot.onset + LATER), own[0])
            strong = weight_of_beat(slot.onset) >= 2
            classes = under.tones if strong else under.scale
            options = [
                low
                for low in range(pitch - 9, pitch - 2)
                if low % 12 in classes and part.lowest <= low <= part.highest
            ]
            if options:
                below = min(options, key=lambda low: abs(pitch - low - 3.5))
                notes.append(Note(slot.onset, slot.beats, below, section.velocity - 2, named or ()))
    return notes
