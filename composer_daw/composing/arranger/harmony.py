"""Harmony: for each phrase an opening, a way to the cadence, and the cadence; then its colours.

Openings and cadences are drawn from the genre's tables. What lies between is a walk by the weights of
`Common.transitions`, drawn on the condition that it arrives where the cadence begins (forward filtering,
backward sampling of a Markov chain). A kind of section has one progression: when it returns, it is the same
but for one chord.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from composer_daw.composing.arranger.chord_colours import coloured, varied
from composer_daw.composing.arranger.chords import Chord, bars_of, chord, plain
from composer_daw.composing.arranger.drawing import weighted
from composer_daw.composing.arranger.form import BAR, Draws, Phrase, Section
from composer_daw.composing.arranger.tables import Genre, common
from composer_daw.composing.conditions import Mode

STRANGE = 0.15
"""Weight of a step from chord to chord that the table of transitions does not have."""
RESTING = 0.3
"""Factor on a chord that merely stays."""

Bars = list[tuple[str, ...]]
"""The chords of each bar, as numerals."""


def harmonize(section: Section, genre: Genre, draws: Draws, attempt: int = 0) -> tuple[Chord, ...]:
    """Return the chords of a section, without gaps from start to end; each attempt is another draw."""
    found: list[Chord] = []
    opening = ""
    for phrase in section.phrases:
        rng = draws.of(section.kind, "harmony", attempt, phrase.number)
        if not opening or rng.random() > 0.7 or phrase.key != section.phrases[0].key:
            opening = _opening(section, phrase, genre, rng)
        bars = _phrase(section, phrase, opening, genre, rng)
        chords = _placed(bars, section.start + BAR * phrase.start, phrase)
        rng = draws.of(section.kind, "colours", attempt, phrase.number)
        found += coloured(chords, section, phrase, genre, rng)
    return tuple(found)


def come_back(
    chords: tuple[Chord, ...], first: Section, section: Section, genre: Genre, draws: Draws
) -> tuple[Chord, ...]:
    """Return the chords of a section that returns: those of the first time, but for one in each phrase."""
    later = section.start - first.start
    moved = [one.at(one.start + later, one.beats) for one in chords]
    found: list[Chord] = []
    for phrase in section.phrases:
        start, end = (section.start + BAR * bar for bar in (phrase.start, phrase.start + phrase.bars))
        own = [one for one in moved if start <= one.start < end]
        rng = draws.of(section.kind, "variation", phrase.number, section.time)
        found += varied(own, start, genre.harmony.sevenths, rng)
    return tuple(found)


def rooted(section: Section, chords: Sequence[Chord]) -> list[float]:
    """Return where the last two chords of each phrase begin: the cadence, which stands on its roots."""
    found: list[float] = []
    for phrase in section.phrases:
        start, end = (section.start + BAR * bar for bar in (phrase.start, phrase.start + phrase.bars))
        found += [one.start for one in chords if start <= one.start < end][-2:]
    return found


def _opening(section: Section, phrase: Phrase, genre: Genre, rng: np.random.Generator) -> str:
    """Draw two bars; the busier the section, the rather two chords a bar."""
    tables = genre.harmony.hooks if section.kind == "chorus" else genre.harmony.openings
    rate = 1.2 + 0.8 * section.density
    table = {
        text: weight * float(np.exp(-abs(_rate(text) - rate)))
        for text, weight in tables[phrase.key.mode].items()
    }
    return weighted(rng, table)


def _rate(text: str) -> float:
    """Return the chords in a bar."""
    bars = bars_of(text)
    return sum(map(len, bars)) / len(bars)


def _phrase(section: Section, phrase: Phrase, opening: str, genre: Genre, rng: np.random.Generator) -> Bars:
    """Return the bars of a phrase: opening, middle, cadence; a short phrase has less of the first two."""
    bars = list(bars_of(opening))
    cadences = genre.harmony.half if phrase.cadence == "half" else genre.harmony.authentic
    if phrase.bars == 1:
        return [("V",) if phrase.cadence == "half" else (_tonic(phrase.goal.mode),)]
    head = bars[: min(2, phrase.bars - 2)]
    table = {
        text: weight * _step(head[-1][-1] if head else "", bars_of(text)[0][0], phrase.goal.mode)
        for text, weight in cadences[phrase.goal.mode].items()
    }
    cadence = list(bars_of(weighted(rng, table)))
    middle = phrase.bars - 2 - len(head)
    between = _walk(head[-1][-1], cadence[0][0], middle, phrase.key.mode, rng) if middle else []
    return [*head, *((name,) for name in between), *cadence]


def _tonic(mode: Mode) -> str:
    return "I" if mode == "major" else "i"


def _step(before: str, after: str, mode: Mode) -> float:
    """Return the weight of going from chord to chord."""
    if not before:
        return 1.0
    one, other = plain(before), plain(after)
    if one == other:
        return RESTING
    table: Mapping[str, Mapping[str, float]] = common().transitions[mode]
    return STRANGE + table.get(one, {}).get(other, 0.0)


def _walk(before: str, after: str, count: int, mode: Mode, rng: np.random.Generator) -> list[str]:
    """Return `count` chords that lead from one chord to another, drawn by the table given both ends."""
    names = list(common().transitions[mode])
    steps = np.array([[_step(one, other, mode) for other in names] for one in names])
    into = np.array([_step(name, after, mode) for name in names])
    ahead = [into]
    for _ in range(count - 1):
        ahead.insert(0, steps @ (ahead[0] / ahead[0].sum()))
    walked: list[str] = []
    for likely in ahead:
        last = walked[-1] if walked else before
        weights = [_step(last, name, mode) * fit for name, fit in zip(names, likely, strict=True)]
        walked.append(weighted(rng, dict(zip(names, weights, strict=True))))
    return walked


def _placed(bars: Bars, start: float, phrase: Phrase) -> list[Chord]:
    """Return the chords at their places; the cadence's two bars are read in the key that it closes in."""
    chords = []
    for number, bar in enumerate(bars):
        key = phrase.goal if number >= len(bars) - 2 else phrase.key
        beats = BAR / len(bar)
        for place, name in enumerate(bar):
            chords.append(chord(name, key).at(start + BAR * number + beats * place, beats))
    return chords
