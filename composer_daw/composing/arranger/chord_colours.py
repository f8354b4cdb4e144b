"""What is done to a plain progression: secondary dominants, borrowed chords, suspensions, sevenths, basses.

Sources: secondary dominants and the minor subdominant in major as text-books have them (E. Aldwell and C.
Schachter, Harmony and Voice Leading); that minor iv and sevenths grow as valence falls is our own choice.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from composer_daw.composing.arranger.chords import Chord, chord, plain
from composer_daw.composing.arranger.form import Phrase, Section
from composer_daw.composing.arranger.tables import Genre

SEVENTHS = {
    "I": "Imaj7", "ii": "ii7", "iii": "iii7", "IV": "IVmaj7", "V": "V7", "vi": "vi7", "bVII": "bVIImaj7",
    "bVI": "bVImaj7", "iv": "iv7", "v": "v7", "i": "i7", "III": "IIImaj7", "VI": "VImaj7", "VII": "VII7",
    "ii°": "iiø7", "vii°": "viiø7",
}  # fmt: skip
TARGETS = {"major": ("ii", "iii", "IV", "V", "vi"), "minor": ("iv", "V", "VI", "III", "VII")}
"""Chords that take a dominant of their own."""
SWAPS = {
    "major": {"IV": "ii", "ii": "IV", "I": "vi", "vi": "IV", "iii": "I"},
    "minor": {"iv": "ii°", "ii°": "iv", "i": "VI", "VI": "iv", "III": "i", "VII": "v"},
}
"""What stands in for a chord when a section returns: its function is the same, or nearly so."""


OPENING = 6.0
"""Quarter notes from the beginning of a phrase that stay as they were when a section returns."""


def coloured(
    chords: list[Chord], section: Section, phrase: Phrase, genre: Genre, rng: np.random.Generator
) -> list[Chord]:
    """Return the chords of a phrase with their colours; the last, the goal of the cadence, stays plain."""
    table = genre.harmony
    chords = _borrow(chords, table.borrowed * (0.25 + 0.75 * (1 - section.asked.valence) / 2), rng)
    chords = _secondary(chords, min(1.0, table.secondary * (0.7 + 0.6 * section.tension)), rng)
    chords = _suspend(chords, phrase, table.suspended, rng)
    final = section.last and phrase is section.phrases[-1]
    chords = [_with_seventh(one, table.sevenths, section, final and one is chords[-1], rng) for one in chords]
    return _basses(chords, table.inversions, rng)


def _renamed(one: Chord, name: str) -> Chord:
    return chord(name, one.key).at(one.start, one.beats)


def _borrow(chords: list[Chord], likely: float, rng: np.random.Generator) -> list[Chord]:
    """Turn a IV that goes to I or V into iv, or its second half."""
    found: list[Chord] = []
    for number, one in enumerate(chords):
        after = plain(chords[number + 1].name) if number + 1 < len(chords) else ""
        fits = plain(one.name) == "IV" and one.key.mode == "major" and after in ("I", "V", "iii") and number
        if not (rng.random() < likely and fits):
            found.append(one)
        elif one.beats >= 4:
            half = one.beats / 2
            found += [one.at(one.start, half), chord("iv", one.key).at(one.start + half, half)]
        else:
            found.append(_renamed(one, "iv"))
    return found


def _secondary(chords: list[Chord], likely: float, rng: np.random.Generator) -> list[Chord]:
    """Put a dominant before a chord that takes one: into the second half of the chord before, or in its
    place.
    """
    found: list[Chord] = []
    for number, one in enumerate(chords):
        following = chords[number + 1] if number + 1 < len(chords) else None
        drawn = rng.random() < likely
        if not drawn or following is None or following.key != one.key or "/" in one.name:
            found.append(one)
            continue
        target = plain(following.name)
        takes = target in TARGETS[one.key.mode] and target != plain(one.name) and "/" not in following.name
        dominant = chord(f"V7/{target}", one.key) if takes else None
        if dominant is None or dominant.root == one.root:
            found.append(one)
        elif one.beats >= 4:
            half = one.beats / 2
            found += [one.at(one.start, half), dominant.at(one.start + half, half)]
        elif number and one.start % 4:
            found.append(dominant.at(one.start, one.beats))
        else:
            found.append(one)
    return found


def varied(chords: list[Chord], start: float, sevenths: float, rng: np.random.Generator) -> list[Chord]:
    """Exchange one chord between the opening of a phrase and its cadence for one of its function."""
    inner = [
        number
        for number in range(1, len(chords) - 2)
        if chords[number].start >= start + OPENING
        and _swap(chords[number]) is not None
        and _swap(chords[number]) not in (plain(chords[number - 1].name), plain(chords[number + 1].name))
    ]
    if inner and rng.random() < 0.7:
        number = inner[int(rng.integers(len(inner)))]
        name = _swap(chords[number]) or ""
        name = SEVENTHS.get(name, name) if rng.random() < sevenths else name
        chords = [*chords[:number], _renamed(chords[number], name), *chords[number + 1 :]]
    return chords


def _swap(one: Chord) -> str | None:
    """Return what stands in for a chord, if anything does."""
    return SWAPS[one.key.mode].get(plain(one.name))


def _suspend(chords: list[Chord], phrase: Phrase, likely: float, rng: np.random.Generator) -> list[Chord]:
    """Suspend the fourth before the third of a dominant that a half cadence rests on."""
    last = chords[-1]
    if rng.random() > likely or phrase.cadence != "half" or last.beats < 4 or last.name != "V":
        return chords
    half = last.beats / 2
    return [*chords[:-1], _renamed(last, "Vsus4").at(last.start, half), last.at(last.start + half, half)]


def _with_seventh(
    one: Chord, likely: float, section: Section, final: bool, rng: np.random.Generator
) -> Chord:
    """Add the seventh by the genre's likelihood, dominants rather; the last chord of a song by genre only."""
    drawn = rng.random()
    wanted = likely * (0.8 + 0.5 * section.tension) + (0.25 if one.name == "V" and likely > 0 else 0.0)
    wanted = 1.0 if likely >= 1.0 else wanted
    name = SEVENTHS.get(one.name)
    if name is None or drawn > (likely if final else wanted):
        return one
    if final and one.key.mode == "minor":
        name = "i6" if likely >= 1 else one.name
    return dataclasses.replace(_renamed(one, name), bass=one.bass)


def _basses(chords: list[Chord], gladly: float, rng: np.random.Generator) -> list[Chord]:
    """Choose the bass of each chord: roots, and thirds or fifths where the bass then goes by step.

    The first chord, the cadence's last two and suspended chords keep their roots. A fifth comes only in
    passing, between two neighbours of its own.
    """
    costs = np.zeros((len(chords), 3))
    back = np.zeros((len(chords), 3), int)
    noise = rng.gumbel(0.0, 0.25, (len(chords), 3))
    for number, one in enumerate(chords):
        fixed = (
            number in (0, len(chords) - 1)
            or one.start >= chords[-1].start - 2
            or one.intervals[1] not in (3, 4)
        )
        own = np.array([0.0, 1.7 - 1.2 * gladly, 3.4 - 1.2 * gladly]) + noise[number] * gladly
        own = np.where([False, fixed, fixed], 99.0, own)
        if not number:
            costs[0] = own
            continue
        before = chords[number - 1]
        steps = np.array(
            [[_motion(before.tones[a], one.tones[b], gladly) for a in range(3)] for b in range(3)]
        )
        steps[1:, 1:] += 1.0
        total = costs[number - 1][None, :] + steps
        back[number], costs[number] = total.argmin(axis=1), total.min(axis=1) + own
    choice = int(costs[-1].argmin())
    found = []
    for number in range(len(chords) - 1, -1, -1):
        found.append(chords[number].inverted(choice) if choice else chords[number])
        choice = int(back[number][choice])
    return found[::-1]


def _motion(before: int, after: int, gladly: float) -> float:
    """Return what a step of the bass costs, as pitch classes."""
    size = min((after - before) % 12, (before - after) % 12)
    return (0.9, -1.1, -1.1, 0.2, 0.2, 0.0, 1.2)[size] * (0.3 + 0.7 * gladly)
