"""The melody of each section: its register, where the motif lies in it, its climax."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import Sounding, is_consecutive
from composer_daw.composing.arranger.form import BAR, Draws, Section
from composer_daw.composing.arranger.grounds import Ground, ground_of
from composer_daw.composing.arranger.melody import NEVER, Search, Setting, foreign_cost
from composer_daw.composing.arranger.motif import Motif
from composer_daw.composing.arranger.rhythm import notes_per_bar, weight_of_beat
from composer_daw.composing.arranger.singing import fit, sing
from composer_daw.composing.arranger.sketch import CLOSE, Slot, sketch
from composer_daw.composing.arranger.tables import Genre
from composer_daw.composing.conditions import Part

REACH = 8
"""Semitones from the middle of a section's register to its ends: a major tenth in all."""
STATED = 99
"""The group of a statement that is put where the sketch has none that fits."""
CENTRE = 68
"""The middle of a verse's register where the instrument has it."""
CLIMAX_AT, CLIMAX_FROM, CLIMAX_TO = 2 / 3, 0.5, 0.88
"""Where in its section the highest note lies, best and at all."""
FURTHEST = 9
"""Semitones that the climax may lie from a note of the motif beside it."""
FEWEST = 4
"""Notes of the motif that make a statement."""
ROUGH = 2.3
"""What the notes of a statement of the motif may cost against the harmony, on the mean."""


@dataclass(frozen=True)
class Tune:
    """The melody of a section: its slots, their pitches, and what other pitches would cost."""

    slots: tuple[Slot, ...]
    pitches: tuple[int, ...]
    search: Search
    bound: tuple[bool, ...]
    """Which notes are the motif's, the climax or the end."""
    climax: int | None

    @property
    def line(self) -> list[Sounding]:
        """Return the melody as a line."""
        return [
            Sounding(slot.onset, slot.end, pitch) for slot, pitch in zip(self.slots, self.pitches, strict=True)
        ]


def tune(
    section: Section, chords: Sequence[Chord], motif: Motif, genre: Genre, part: Part, draws: Draws
) -> Tune:
    """Return the melody of a section."""
    centre = register(part, section)
    sung = bool(section.asked.lyrics)
    lowest, highest = int(centre) - REACH, int(centre) + REACH
    setting = Setting(
        chords, lowest, highest, genre.melody.leaps * (1.25 - 0.4 * section.density), genre.melody.tensions
    )
    planned = sketch(section, motif, centre, genre.melody, draws, sung)
    if not any(held is not None for held in _placed(planned, setting, motif, centre)):
        planned = _stated(planned, setting, motif, centre, section)
    slots = sing(planned if sung else _filled(planned, section), section)
    fixed = _placed(slots, setting, motif, centre, 3 * ROUGH)
    slots = [
        dataclasses.replace(one, bond=CLOSE, group=-1 if held is None else one.group) if one.group >= 0 else one
        for one, held in zip(slots, fixed, strict=True)
    ]
    varied = section.time if section.kind == "verse" else 0  # a chorus comes back as it was
    rng = draws.of(section.kind, "melody", "pitches", varied)
    peak, top = _climax(slots, setting, fixed, section)
    if peak is not None:
        fixed[peak] = top
    ceilings = [highest if number == peak else top - 1 for number in range(len(slots))]
    _bind_end(slots, fixed, section, setting, ceilings)
    search = Search(slots, setting, fixed, ceilings, rng)
    return Tune(tuple(slots), tuple(search.best()), search, tuple(held is not None for held in fixed), peak)


def register(part: Part, section: Section) -> float:
    """Return the middle of a section's register: the song's, lifted, within what the instrument has."""
    low, high = part.lowest + REACH + 1, part.highest - REACH - 1
    if low > high:
        return (part.lowest + part.highest) / 2
    base = float(np.clip(CENTRE, low, max(low, high - 9)))
    return float(np.clip(base + section.lift, low, high))


def _stated(
    slots: list[Slot], setting: Setting, motif: Motif, centre: float, section: Section
) -> list[Slot]:
    """Return the slots with the motif's first bar in the bar where it fits best."""
    best, least = slots, 3 * ROUGH
    closes = {section.start + BAR * (one.start + one.bars - 1) for one in section.phrases}
    for bar in np.arange(section.start, section.end, BAR):
        inside = [one for one in slots if bar <= one.onset < bar + BAR]
        if float(bar) in closes or not inside:
            continue
        head = [
            Slot(float(bar) + span.onset, span.beats, centre, CLOSE, number, STATED, phrase=inside[0].phrase)
            for number, span in enumerate(motif.spans[: max(motif.head, FEWEST)])
        ]
        if head[-1].onset >= bar + BAR and float(bar) + BAR in closes:
            continue
        found = _shift(head, setting, motif, centre, set(), least)
        if found is not None:
            least = found[1]
            before = [one for one in slots if one.onset < bar]
            after = [one for one in slots if one.onset >= max(bar + BAR, head[-1].end - 1e-6)]
            best = [*before, *head, *after]
    return best


def _filled(slots: list[Slot], section: Section) -> list[Slot]:
    """Return the slots with as many notes as the section's density asks for, where the motif leaves it open."""
    wanted = notes_per_bar(section.density)
    found: list[Slot] = []
    for bar in np.arange(section.start, section.end, BAR):
        inside = [one for one in slots if bar <= one.onset < bar + BAR]
        held = any(one.group >= 0 or one.closing for one in inside)
        if not held and inside and abs(len(inside) - wanted) > 0.75:
            least, most = max(2, len(inside) - 2), len(inside) + 2
            inside = fit(inside, int(np.clip(round(wanted), least, most)), float(bar), float(bar) + BAR, slots)
        found += inside
    return found


def _placed(
    slots: Sequence[Slot], setting: Setting, motif: Motif, centre: float, rough: float = ROUGH
) -> list[int | None]:
    """Return the pitches of statements of the motif, moved to where they fit best; None for all others.

    Where no place is good enough for all of it, as much of its beginning is stated as one is good enough for.
    """
    fixed: list[int | None] = [None] * len(slots)
    used: set[int] = set()
    for group in sorted({one.group for one in slots if one.group >= 0}):
        rows = [number for number, one in enumerate(slots) if one.group == group and one.motif is not None]
        limit = rough if group == STATED else ROUGH
        for count in range(len(rows), FEWEST - 1, -1):
            found = _shift([slots[row] for row in rows[:count]], setting, motif, centre, used, limit)
            if found is not None:
                used.add(found[0])
                for row in rows[:count]:
                    fixed[row] = motif.pitches()[slots[row].motif or 0] + found[0]
                break
    return fixed


def _shift(
    slots: Sequence[Slot], setting: Setting, motif: Motif, centre: float, used: set[int], rough: float
) -> tuple[int, float] | None:
    """Return by how many semitones the motif is moved to fit best, and its cost; None where nothing fits."""
    members = [(slot, ground_of(slot, setting.chords)) for slot in slots]
    pattern = [motif.pitches()[slot.motif or 0] for slot in slots]
    best, least = None, rough
    for shift in range(setting.lowest - min(pattern), setting.highest - 3 - max(pattern) + 1):
        chosen = [pitch + shift for pitch in pattern]
        cost = _roughness(members, chosen, setting) + 0.16 * abs(float(np.mean(chosen)) - centre)
        cost -= 0.4 * (shift in used)
        if cost < least:
            best, least = (shift, cost), cost
    return best


def _roughness(members: Sequence[tuple[Slot, Ground]], chosen: Sequence[int], setting: Setting) -> float:
    """Return what a statement costs against the harmony, on the mean of its notes."""
    total = 0.0
    for number, ((slot, ground), pitch) in enumerate(zip(members, chosen, strict=True)):
        if pitch % 12 not in ground.chord.scale:
            return NEVER
        total += float(foreign_cost(np.array([pitch]), ground, slot.beats, setting.tensions)[0])
        if pitch % 12 not in ground.chord.tones and number < len(members) - 1:
            following = chosen[number + 1] if number + 1 < len(chosen) else None
            total += 0.0 if following is not None and 0 < abs(following - pitch) <= 2 else 6.0
        total += sum(2.0 for later in ground.others if pitch % 12 not in later.tones)
        if number:
            before = (chosen[number - 1], members[number - 1][1].chord.bass)
            total += 8.0 * is_consecutive(before, (pitch, ground.chord.bass))
    return total / len(members)


def _climax(
    slots: Sequence[Slot], setting: Setting, fixed: Sequence[int | None], section: Section
) -> tuple[int | None, int]:
    """Choose the note that is the highest of its section, and its pitch: a chord tone above all others."""
    floor = max((held for held in fixed if held is not None), default=setting.lowest + REACH)
    best, most = None, -1e9
    for number, slot in enumerate(slots):
        place = (slot.onset - section.start) / section.beats
        if not CLIMAX_FROM <= place <= CLIMAX_TO or fixed[number] is not None or slot.closing:
            continue
        ground = ground_of(slot, setting.chords)
        for pitch in range(floor + 1, setting.highest + 1):
            beside = [fixed[at] for at in (number - 1, number + 1) if 0 <= at < len(slots)]
            far = any(held is not None and abs(pitch - held) > FURTHEST for held in beside)
            if pitch % 12 not in ground.chord.tones[:3] or far:
                continue
            worth = -9.0 * abs(place - CLIMAX_AT) + 0.35 * weight_of_beat(slot.onset) + 0.6 * min(slot.beats, 2)
            worth -= 0.25 * abs(pitch - (setting.highest - 3))
            if worth > most:
                best, most = (number, pitch), worth
    return best or (None, setting.highest + 1)


def _bind_end(
    slots: Sequence[Slot],
    fixed: list[int | None],
    section: Section,
    setting: Setting,
    ceilings: Sequence[int],
) -> None:
    """Bind the last note of the song, and of choruses, to the tonic nearest to where it is meant."""
    final = section.phrases[-1]
    ends = section.last or (section.kind == "chorus" and final.cadence == "authentic")
    if not ends or not slots or not slots[-1].closing:
        return
    tonics = [
        pitch for pitch in range(setting.lowest, ceilings[-1] + 1) if pitch % 12 == final.goal.tonic
    ]
    if tonics:
        fixed[-1] = min(tonics, key=lambda pitch: abs(pitch - slots[-1].target))
