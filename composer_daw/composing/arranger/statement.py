"""Statements of the motif: where in a section it fits as it is, moved up or down by semitones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from composer_daw.composing.arranger.counterpoint import Sounding, is_consecutive
from composer_daw.composing.arranger.form import BAR, Section
from composer_daw.composing.arranger.grounds import Ground, ground_of
from composer_daw.composing.arranger.melody import NEVER, Setting, foreign_cost
from composer_daw.composing.arranger.motif import Motif, resolves
from composer_daw.composing.arranger.rhythm import LATER
from composer_daw.composing.arranger.sketch import CLOSE, Slot

STATED = 99
"""The group of a statement that is put where the sketch has none that fits."""
ROOM = 3
"""Semitones above statements of the motif that are left to the climax."""
KNOWN, TRACED = 6, 7
"""Notes in a row of the motif by which one knows it, as it was and by its contour."""
FEWEST = 4
"""Notes of the motif that make a statement."""
ROUGH = 2.3
"""What the notes of a statement of the motif may cost against the harmony, on the mean."""


def states(line: Sequence[Sounding], motif: Motif) -> bool:
    """Tell whether a melody has so much of the motif that one knows it again.

    That is a row of `KNOWN` notes with its rhythm and intervals, or of `TRACED` with its rhythm and contour,
    or all of it.
    """
    made = zip(motif.spans, motif.pitches(), strict=True)
    wanted = _steps([(span.onset, pitch) for span, pitch in made])
    has = _steps([(note.onset, note.pitch) for note in line])
    if 1 + _run(wanted, has) >= min(KNOWN, len(motif.spans)):
        return True
    return 1 + _run(_outline(wanted), _outline(has)) >= min(TRACED, len(motif.spans))


def _run(one: Sequence[tuple[float, int]], other: Sequence[tuple[float, int]]) -> int:
    """Return how many steps in a row two lines share at most."""
    best, before = 0, [0] * (len(other) + 1)
    for step in one:
        row = [0] + [before[at] + 1 if step == then else 0 for at, then in enumerate(other)]
        best, before = max(best, *row), row
    return best


def _outline(steps: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """Return steps of which only up, level or down is kept, beside the time."""
    return [(apart, (size > 0) - (size < 0)) for apart, size in steps]


def _steps(notes: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """Return how far each note lies from the one before, in quarter notes and semitones."""
    return [(round(two[0] - one[0], 3), two[1] - one[1]) for one, two in zip(notes, notes[1:], strict=False)]


def stated(slots: list[Slot], setting: Setting, motif: Motif, centre: float, section: Section) -> list[Slot]:
    """Return the slots with the motif where it fits best: all of it, else its first bar."""
    for count in (len(motif.spans), max(motif.head, FEWEST)):
        found = _put(slots, setting, motif, centre, section, count)
        if found is not None:
            return found
    return slots


def _put(
    slots: list[Slot], setting: Setting, motif: Motif, centre: float, section: Section, count: int
) -> list[Slot] | None:
    """Return the slots with so many notes of the motif at the best bar line; None where they fit nowhere."""
    best, least = None, 3 * ROUGH
    closes = {section.start + BAR * (one.start + one.bars - 1) for one in section.phrases}
    for bar in np.arange(section.start, section.end, BAR):
        inside = [one for one in slots if bar <= one.onset < bar + BAR]
        if float(bar) in closes or not inside:
            continue
        head = [
            Slot(float(bar) + span.onset, span.beats, centre, CLOSE, number, STATED, phrase=inside[0].phrase)
            for number, span in enumerate(motif.spans[:count])
        ]
        if head[-1].end > bar + BAR + LATER and float(bar) + BAR in closes:
            continue
        found = _shift(head, setting, motif, centre, set(), least)
        if found is not None:
            least = found[1]
            before = [one for one in slots if one.onset < bar]
            after = [one for one in slots if one.onset >= max(bar + BAR, head[-1].end - LATER)]
            best = [*before, *head, *after]
    return best


def most_bound(slots: Sequence[Slot], pitches: Sequence[int | None]) -> int:
    """Return how many notes of the motif the fullest statement has; `pitches` as `placed` gives them."""
    counts = Counter(
        slot.group
        for slot, pitch in zip(slots, pitches, strict=True)
        if slot.group >= 0 and pitch is not None
    )
    return max(counts.values(), default=0)


def placed(
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
    for shift in range(setting.lowest - min(pattern), setting.highest - ROOM - max(pattern) + 1):
        if shift in setting.barred:
            continue
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
            following = members[number + 1][1]
            total += 0.0 if resolves(pitch, ground, chosen[number + 1], following) else 6.0
        total += sum(2.0 for later in ground.others if pitch % 12 not in later.tones)
        if number:
            before = (chosen[number - 1], members[number - 1][1].chord.bass)
            total += 20.0 * is_consecutive(before, (pitch, ground.chord.bass))
    return total / len(members)
