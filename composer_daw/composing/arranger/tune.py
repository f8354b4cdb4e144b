"""The melody of each section: its register, where the motif lies in it, its climax."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.articulation import held, sounding
from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import Sounding, is_consecutive
from composer_daw.composing.arranger.form import BAR, Draws, Section
from composer_daw.composing.arranger.grounds import ground_of
from composer_daw.composing.arranger.melody import Search, Setting
from composer_daw.composing.arranger.motif import Motif
from composer_daw.composing.arranger.playing import asked
from composer_daw.composing.arranger.rhythm import notes_per_bar, weight_of_beat
from composer_daw.composing.arranger.singing import fit, free_from, sing
from composer_daw.composing.arranger.sketch import CLOSE, Slot, sketch
from composer_daw.composing.arranger.statement import KNOWN, ROOM, ROUGH, most_bound, placed, stated
from composer_daw.composing.arranger.tables import Genre
from composer_daw.composing.conditions import Part

REACH = 8
"""Semitones from the middle of a section's register to its ends: a major tenth in all."""
SWAY = 5
"""Semitones that a section's register gives way to the motif, where it fits at few heights only."""
CENTRE = 68
"""The middle of a verse's register where the instrument has it."""
CLIMAX_AT, CLIMAX_FROM, CLIMAX_TO = 2 / 3, 0.5, 0.88
"""Where in its section the highest note lies, best and at all."""
CLIMB = 6.0
"""Quarter notes over which the melody climbs to it."""
TIGHT = 2.5
"""How strongly the notes of a statement that are not bound keep to its intervals."""
FURTHEST = 9
"""Semitones that the climax may lie from a note of the motif beside it."""


@dataclass(frozen=True)
class Tune:
    """The melody of a section: its slots, their pitches, and what other pitches would cost."""

    slots: tuple[Slot, ...]
    pitches: tuple[int, ...]
    search: Search
    bound: tuple[bool, ...]
    """Which notes are the motif's, the climax or the end."""
    climax: int | None
    shifts: frozenset[int] = frozenset()
    """By how many semitones the motif was moved where it is stated."""

    @property
    def line(self) -> list[Sounding]:
        """Return the melody as a line."""
        return [
            Sounding(slot.onset, slot.end, pitch)
            for slot, pitch in zip(self.slots, self.pitches, strict=True)
        ]


def tune(
    section: Section,
    chords: Sequence[Chord],
    motif: Motif,
    genre: Genre,
    part: Part,
    draws: Draws,
    barred: frozenset[int] = frozenset(),
) -> Tune:
    """Return the melody of a section; the motif is not stated `barred` semitones from where it was made."""
    centre = register(part, section)
    setting = Setting(
        chords,
        max(part.lowest, int(centre) - REACH),
        min(part.highest, int(centre) + REACH),
        leaps=genre.melody.leaps * (1.25 - 0.4 * section.density),
        tensions=genre.melody.tensions,
        barred=barred,
    )
    slots = _slots(section, motif, centre, genre, part, setting, draws)
    setting = _giving_way(slots, setting, motif, centre, part)
    fixed = placed(slots, setting, motif, centre, 3 * ROUGH)
    shifts = frozenset(
        held - motif.pitches()[slot.motif]
        for slot, held in zip(slots, fixed, strict=True)
        if held is not None and slot.motif is not None
    )
    slots = [
        dataclasses.replace(
            one, bond=TIGHT if held is None else CLOSE, group=-1 if held is None else one.group
        )
        if one.group >= 0
        else one
        for one, held in zip(slots, fixed, strict=True)
    ]
    _bind_end(slots, fixed, section, setting)
    peak, top = _climax(slots, setting, fixed, section, part)
    if peak is not None:
        fixed[peak] = top
        slots = _towards(slots, peak, top)
        setting = dataclasses.replace(
            setting, lowest=max(setting.lowest, top - 2 * REACH), highest=max(setting.highest, top)
        )
    ceilings = [setting.highest if number == peak else top - 1 for number in range(len(slots))]
    varied = section.time if section.kind == "verse" else 0  # a chorus comes back as it was
    search = Search(slots, setting, fixed, ceilings, draws.of(section.kind, "melody", "pitches", varied))
    bound = tuple(held is not None for held in fixed)
    return Tune(_articulated(slots, section, part), tuple(search.best()), search, bound, peak, shifts)


def _slots(
    section: Section,
    motif: Motif,
    centre: float,
    genre: Genre,
    part: Part,
    setting: Setting,
    draws: Draws,
) -> list[Slot]:
    """Return the rhythm of a section, with a statement of the motif wherever one fits, and its lyrics."""
    sung = bool(section.asked.lyrics)
    planned = sketch(section, motif, centre, genre.melody, draws, sung)
    wide = _moved(setting, part, (-SWAY, SWAY))
    bound = most_bound(planned, placed(planned, wide, motif, centre))
    if bound < min(KNOWN, len(motif.spans)):
        other = stated(planned, wide, motif, centre, section)
        if most_bound(other, placed(other, wide, motif, centre, 3 * ROUGH)) > bound:
            planned = other
    return sing(planned if sung else _filled(planned, section), section)


def _giving_way(slots: Sequence[Slot], setting: Setting, motif: Motif, centre: float, part: Part) -> Setting:
    """Return the setting with its register moved to where the motif fits, where that lies beyond it."""
    wide = _moved(setting, part, (-SWAY, SWAY))
    held_to = [held for held in placed(slots, wide, motif, centre, 3 * ROUGH) if held is not None]
    if not held_to:
        return setting
    sways = min(0, min(held_to) - setting.lowest) or max(0, max(held_to) + ROOM - setting.highest)
    return _moved(setting, part, (sways, sways))


def _articulated(slots: Sequence[Slot], section: Section, part: Part) -> tuple[Slot, ...]:
    """Return the slots as long as they sound; the goals of phrases are held."""
    share = held(section, asked(part, section))
    return tuple(
        one if one.closing else dataclasses.replace(one, beats=sounding(one.beats, share)) for one in slots
    )


def _moved(setting: Setting, part: Part, by: tuple[int, int]) -> Setting:
    """Return a setting with its ends moved, within the range of the instrument."""
    lowest = max(part.lowest, setting.lowest + by[0])
    return dataclasses.replace(setting, lowest=lowest, highest=min(part.highest, setting.highest + by[1]))


def register(part: Part, section: Section) -> float:
    """Return the middle of a section's register: the song's, lifted, within what the instrument has."""
    low, high = part.lowest + REACH + 1, part.highest - REACH - 1
    if low > high:
        return (part.lowest + part.highest) / 2
    base = float(np.clip(CENTRE, low, max(low, high - 9)))
    return float(np.clip(base + section.lift, low, high))


def _filled(slots: list[Slot], section: Section) -> list[Slot]:
    """Return the slots with as many notes as the section's density asks for, where the motif leaves it
    open.
    """
    wanted = notes_per_bar(section.density)
    found: list[Slot] = []
    for bar in np.arange(section.start, section.end, BAR):
        inside = [one for one in slots if bar <= one.onset < bar + BAR]
        held = any(one.group >= 0 or one.closing for one in inside)
        if not held and inside and abs(len(inside) - wanted) > 0.75:
            least, most = max(2, len(inside) - 2), len(inside) + 2
            count = int(np.clip(round(wanted), least, most))
            inside = fit(inside, count, free_from(float(bar), found), float(bar) + BAR, slots)
        found += inside
    return found


def _towards(slots: Sequence[Slot], peak: int, top: int) -> list[Slot]:
    """Return the slots with targets that climb to the climax before it and come down after it."""
    found = []
    for number, slot in enumerate(slots):
        far = abs(slot.onset - slots[peak].onset)
        share = max(0.0, 1.0 - far / CLIMB) * (1.0 if number < peak else 0.7)
        target = slot.target + share * (top - 2 - slot.target)
        found.append(dataclasses.replace(slot, target=max(slot.target, target)))
    return found


def _climax(
    slots: Sequence[Slot], setting: Setting, fixed: Sequence[int | None], section: Section, part: Part
) -> tuple[int | None, int]:
    """Choose the note that is the highest of its section, and its pitch: a chord tone above all others.

    Where none lies near two thirds, one further off is taken, then one above the register.
    """
    held = [one for one in fixed if one is not None]
    floor = max(held, default=setting.lowest + REACH)
    most = min(part.highest, min(held, default=setting.lowest) + 2 * REACH)
    for places, highest in (
        ((CLIMAX_FROM, CLIMAX_TO), setting.highest),
        ((CLIMAX_FROM, CLIMAX_TO), most),
        ((0.0, 1.0), most),
    ):
        best, worth = None, -1e9
        for number, slot in enumerate(slots):
            place = (slot.onset - section.start) / section.beats
            if not places[0] <= place <= places[1] or fixed[number] is not None or slot.closing:
                continue
            for pitch in range(floor + 1, highest + 1):
                value = _peak_value(slots, setting, fixed, number, pitch)
                value -= 9.0 * abs(place - CLIMAX_AT) + 0.3 * abs(pitch - floor - ROOM)
                if value > worth:
                    best, worth = (number, pitch), value
        if best is not None and worth > -100.0:
            return best
    return None, setting.highest + 1


def _peak_value(
    slots: Sequence[Slot], setting: Setting, fixed: Sequence[int | None], at: int, pitch: int
) -> float:
    """Return how good a climax a slot and a pitch are; far below 0 where they cannot be one."""
    slot = slots[at]
    beside = [fixed[other] for other in (at - 1, at + 1) if 0 <= other < len(slots)]
    far = any(held is not None and abs(pitch - held) > FURTHEST for held in beside)
    if pitch % 12 not in ground_of(slot, setting.chords).chord.tones[:3] or far:
        return -1000.0
    if _is_parallel(slots, setting, fixed, at, pitch):
        return -1000.0
    return 0.35 * weight_of_beat(slot.onset) + 0.6 * min(slot.beats, 2)


def _is_parallel(
    slots: Sequence[Slot], setting: Setting, fixed: Sequence[int | None], at: int, pitch: int
) -> bool:
    """Tell whether a pitch makes fifths or octaves with the bass, together with a bound note beside it."""
    here = (pitch, ground_of(slots[at], setting.chords).chord.bass)
    for beside in (at - 1, at + 1):
        held = fixed[beside] if 0 <= beside < len(slots) else None
        if held is None:
            continue
        there = (held, ground_of(slots[beside], setting.chords).chord.bass)
        if is_consecutive(here, there):
            return True
    return False


def _bind_end(
    slots: Sequence[Slot],
    fixed: list[int | None],
    section: Section,
    setting: Setting,
) -> None:
    """Bind the last note of the song, and of choruses, to the tonic nearest to where it is meant."""
    final = section.phrases[-1]
    ends = section.last or (section.kind == "chorus" and final.cadence == "authentic")
    if not ends or not slots or not slots[-1].closing:
        return
    tonics = [
        pitch for pitch in range(setting.lowest, setting.highest - ROOM + 1) if pitch % 12 == final.goal.tonic
    ]
    if tonics:
        fixed[-1] = min(tonics, key=lambda pitch: abs(pitch - slots[-1].target))
