"""Mend what is left of consecutive fifths and octaves between the melody and the basses.

The melody is found first, the bass to fit it; where neither could give way, single notes near the fault are
changed: those of the melody that are not bound, at the least cost of its search, then the motif's own, then
the bass. Each change must lessen the faults.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import Line, Sounding, consecutives
from composer_daw.composing.arranger.grounds import chord_at
from composer_daw.composing.arranger.melody import NEVER
from composer_daw.composing.arranger.rhythm import LATER
from composer_daw.composing.arranger.tune import Tune

BEFORE, AFTER = 4.0, 1.0
"""Quarter notes around a fault in which notes may change."""
NEAR, FAR = 2.0, 6.0
"""The same for the bass, before a fault: where notes change first, and where they change at need."""
AROUND = 12.0
"""Quarter notes on either side that are looked at for each try; what helps is then tried on the whole song.
"""


def mend(tunes: Sequence[Tune], basses: Sequence[Line]) -> list[Tune]:
    """Return the melodies of all sections without parallels with these lines, as far as can be."""
    mended = list(tunes)
    for bound_too in (False, True):  # the motif gives way to hard faults alone
        left = _faults(mended, basses, hard=bound_too)
        stuck: set[float] = set()
        while waiting := [place for place in left if place not in stuck]:
            changed = _changed(mended, basses, waiting[0], bound_too)
            after = _faults(changed, basses, hard=bound_too) if changed is not None else left
            if changed is None or len(after) >= len(left):
                stuck.add(waiting[0])
            else:
                mended, left = changed, after
    return mended


def _faults(tunes: Sequence[Tune], basses: Sequence[Line], hard: bool) -> list[float]:
    """Return where any of the basses has parallels with the melody; a place counts once for each bass."""
    whole = [note for tune in tunes for note in tune.line]
    return sorted(place for bass in basses for place in consecutives(whole, bass, hard))


def _changed(
    tunes: Sequence[Tune], basses: Sequence[Line], place: float, bound_too: bool
) -> list[Tune] | None:
    """Return the melodies with one note near a fault changed; None where no change is of use."""
    change = _change(tunes, basses, place, bound_too)
    if change is None:
        return None
    number, row, pitch = change
    pitches = list(tunes[number].pitches)
    pitches[row] = pitch
    return [
        dataclasses.replace(tune, pitches=tuple(pitches)) if at == number else tune
        for at, tune in enumerate(tunes)
    ]


def _change(
    tunes: Sequence[Tune], basses: Sequence[Line], place: float, bound_too: bool
) -> tuple[int, int, int] | None:
    """Return the cheapest change of one note that leaves fewer faults nearby: section, slot and pitch."""
    best: tuple[float, int, int, int] | None = None
    whole = [note for tune in tunes for note in tune.line]
    start, end = place - AROUND, place + AROUND
    near = [note for note in whole if note.end > start and note.onset < end]
    below = [[note for note in bass if note.end > start and note.onset < end] for bass in basses]
    had = sum(len(consecutives(near, bass, bound_too)) for bass in below)
    for number, tune in enumerate(tunes):
        for row, slot in enumerate(tune.slots):
            if not place - BEFORE <= slot.onset <= place + AFTER or (tune.bound[row] and not bound_too):
                continue
            if row == len(tune.slots) - 1 and number == len(tunes) - 1:
                continue  # the end of the song
            for pitch, cost in _others(tune, row):
                if best is not None and cost >= best[0]:
                    continue
                tried = [
                    note._replace(pitch=pitch) if abs(note.onset - slot.onset) < LATER else note
                    for note in near
                ]
                if sum(len(consecutives(tried, bass, bound_too)) for bass in below) < had:
                    best = (cost, number, row, pitch)
    return best[1:] if best else None


def _others(tune: Tune, row: int) -> list[tuple[int, float]]:
    """Return other pitches for a slot, and how much dearer each is."""
    now = tune.search.around(tune.pitches, row)
    top = tune.pitches[tune.climax] if tune.climax is not None else 128
    rest = max((pitch for other, pitch in enumerate(tune.pitches) if other != row), default=0)
    found = []
    for pitch in tune.search.pitches.tolist():
        lost = pitch <= rest if row == tune.climax else pitch >= top
        if pitch == tune.pitches[row] or lost:
            continue
        pitches = [*tune.pitches[:row], pitch, *tune.pitches[row + 1 :]]
        cost = tune.search.around(pitches, row) - now
        if tune.search.around(pitches, row) < NEVER / 2:
            found.append((pitch, cost))
    return found


def mend_bass(
    melody: Line,
    bass: Sequence[Sounding],
    chords: Sequence[Chord],
    lowest: int,
    highest: int,
    rooted: Collection[float] = (),
) -> list[Sounding]:
    """Return the bass with other chord tones where parallels are left, each near what it was.

    The notes that begin at one of `rooted` keep their names: they may go to another octave only.
    """
    mended = list(bass)
    for place in consecutives(melody, mended):
        had = len(consecutives(melody, mended))
        rows = [row for row, note in enumerate(mended) if place - FAR <= note.onset <= place + 1e-3]
        tries = [
            (_dear(mended[row], pitch, place), row, pitch)
            for row in rows
            for pitch in _instead(mended[row], chords, rooted)
            if lowest <= pitch <= highest
        ]
        for _, row, pitch in sorted(tries):
            tried = [*mended[:row], mended[row]._replace(pitch=pitch), *mended[row + 1 :]]
            if len(consecutives(melody, tried)) < had:
                mended = tried
                break
    return mended


def _dear(note: Sounding, pitch: int, place: float) -> float:
    """Return what another pitch for a note of the bass costs, by what it changes and how near the fault."""
    strong, far = abs(note.onset % 4) < LATER, note.onset < place - NEAR
    return abs(pitch - note.pitch) + 4.0 * strong + 100.0 * far


def _instead(note: Sounding, chords: Sequence[Chord], rooted: Collection[float]) -> list[int]:
    """Return the pitches that a note of the bass may have instead."""
    if any(abs(note.onset - at) < LATER for at in rooted):
        return [note.pitch - 12, note.pitch + 12]
    tones = chord_at(chords, note.onset).tones
    near = range(note.pitch - 9, note.pitch + 10)
    return [pitch for pitch in near if pitch % 12 in tones and pitch != note.pitch]
