"""The motif of a song: two bars of rhythm and contour that every section comes back to.

A contour is drawn many times and judged: one leap at most that is turned back by step (L. Meyer's gap-fill,
Explaining Music, 1973), few repeated notes, a range of a third to an octave, and chord tones on the strong
beats of the verse's opening. Sad songs fall in small steps, happy and aroused ones rise and leap
(Gabrielsson and Lindström 2010); the figures are our own choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import is_consecutive
from composer_daw.composing.arranger.drawing import position
from composer_daw.composing.arranger.grounds import Ground, ground_of
from composer_daw.composing.arranger.rhythm import (
    Span,
    count,
    draw_cell,
    draw_of,
    notes_per_bar,
    spans_of,
)
from composer_daw.composing.arranger.scales import pitch_at
from composer_daw.composing.arranger.tables import MelodyTable, common
from composer_daw.composing.conditions import Key

BARS = 2
BEATS = 4.0 * BARS
FEWEST = 5
"""Notes of a motif without lyrics: fewer are in any melody, and nobody knows them again."""
TRIES = 120
STRONG = 3
"""The strength of beats whose dissonances want a chord tone to resolve into."""
STRANGE = 8.0
"""What a note costs outside the scale of its chord: the motif breaks off there."""
HELD_OVER = 2.5
"""What a note costs that goes on into a chord that has it not."""
SHAPES = ("arch", "fall", "rise", "wave", "leap", "valley")


@dataclass(frozen=True)
class Motif:
    """Notes with their lengths, and the scale step of each above the tonic (0..6 for the first)."""

    spans: tuple[Span, ...]
    steps: tuple[int, ...]
    key: Key
    """The key it was made in."""

    @property
    def head(self) -> int:
        """Return how many notes begin in the first bar."""
        return sum(span.onset < BEATS / BARS for span in self.spans)

    def pitches(self) -> tuple[int, ...]:
        """Return its notes in semitones, in its own key; only their distances mean anything."""
        return tuple(pitch_at(self.key, 35 + step) for step in self.steps)


@dataclass(frozen=True)
class Character:
    """What a motif is to be like: figures of the whole song, from 0 to 1 but `rise`, -1 to 1."""

    density: float
    syncopation: float
    rise: float
    leaping: float
    notes: float | None = None
    """How many notes lyrics would have, where there are any."""


def draw_motif(
    character: Character,
    table: MelodyTable,
    chords: Sequence[Chord],
    key: Key,
    rng: np.random.Generator,
) -> Motif:
    """Draw rhythm and contour; `chords` are those of the first two bars of the section that states it
    first.
    """
    spans = _rhythm(character, table, rng)
    beats = [span.beats for span in spans]
    here = _grounds(spans, chords)
    found, scores = [], []
    for _ in range(TRIES):
        contour = _contour(spans, character, rng)
        for degree in (0, 2, 4):
            steps = tuple(degree + step for step in contour)
            found.append(steps)
            pitches = [pitch_at(key, 35 + step) for step in steps]
            scores.append(_charm(contour, character) + 2.0 * _fit(pitches, here, beats))
    likely = np.exp(1.5 * (np.asarray(scores) - max(scores)))
    return Motif(spans, found[position(rng, list(likely))], key)


def _rhythm(character: Character, table: MelodyTable, rng: np.random.Generator) -> tuple[Span, ...]:
    """Draw a bar, and a second one that rests: half the time it begins as the first did."""
    wanted = notes_per_bar(character.density)
    if character.notes is not None:
        wanted = float(np.clip(character.notes * 0.56, 2, 8))
    while True:
        first = draw_cell(table, wanted, character.syncopation, rng)
        rest = max(2.0, (character.notes - count(first)) if character.notes is not None else 0.75 * wanted)
        second = draw_of(common().tails, rest, rng)
        alike = first[:8] + "x-------"
        if rng.random() < 0.4 and not first.startswith(".") and abs(count(alike) - rest) <= 1.5:
            second = alike
        if character.notes is not None or count(first) + count(second) >= FEWEST:
            return (*spans_of(first), *spans_of(second, BEATS / BARS))
        wanted += 0.5


def _contour(spans: Sequence[Span], character: Character, rng: np.random.Generator) -> tuple[int, ...]:
    """Draw a curve of some shape, in scale steps above the first note."""
    rise, leaping = character.rise, character.leaping
    weights = [2.0, 1.5 - rise, 1.5 + rise, 1.0, 0.6 + 1.6 * leaping, 0.8]
    shape = SHAPES[position(rng, weights)]
    size = rng.uniform(1.5, 3.0) + 1.6 * leaping
    at = np.array([span.onset for span in spans]) / BEATS
    bend = rng.uniform(0.25, 0.7)
    curve = {
        "arch": np.where(at < bend, at / bend, (1 - at) / (1 - bend)),
        "valley": -np.where(at < bend, at / bend, (1 - at) / (1 - bend)),
        "fall": 1 - 1.6 * at,
        "rise": 1.4 * at,
        "wave": np.sin(2 * np.pi * at * rng.choice([1.0, 1.5])),
        "leap": np.where(np.arange(len(at)) == 0, 0.0, 1.25 * (1 - 0.8 * at)),
    }[shape]
    steps = np.rint(size * curve + rng.normal(0, 0.45, len(at))).astype(int)
    return tuple(int(step - steps[0]) for step in steps)


def _charm(contour: tuple[int, ...], character: Character) -> float:
    """Return how good a contour is by itself."""
    moves = np.diff(contour)
    leaps = np.flatnonzero(np.abs(moves) >= 3)
    unturned = [at for at in leaps if not _turns_back(moves, int(at))]
    score = -5.0 * len(unturned) - 20.0 * sum(abs(int(moves[at])) >= 4 for at in unturned)
    score -= 1.5 * abs(len(leaps) - (0.3 + 0.9 * character.leaping))
    score -= 1.5 * max(0, int((moves == 0).sum()) - 1 - len(moves) // 7)
    score -= 2.0 * sum(1 for one, two in zip(moves, moves[1:], strict=False) if one == two == 0)
    score -= 1.2 * sum(
        1
        for one, two, three in zip(contour, contour[2:], contour[3:], strict=False)
        if one == two and two != three
    )
    span, widest = max(contour) - min(contour), 5.0 + 2.0 * character.leaping
    score -= 20.0 * (span > 7)
    score -= 1.5 * max(0.0, 3.0 + 1.5 * character.leaping - span) + 1.2 * max(0.0, span - widest)
    score += 0.35 * len(set(moves.tolist())) + 0.5 * len(set(contour))
    score += 0.5 * character.rise * float(np.sign(contour[-1]))
    return score


def _turns_back(moves: np.ndarray, at: int) -> bool:
    """Tell whether a leap is followed by a step, or a third, the other way."""
    return at + 1 < len(moves) and -2 <= moves[at + 1] * np.sign(moves[at]) <= -1


def _fit(pitches: Sequence[int], grounds: Sequence[Ground], beats: Sequence[float]) -> float:
    """Return how well notes lie in the chords: on strong beats, and resolved by step where they do not."""
    score = 0.0
    for number, (pitch, ground, length) in enumerate(zip(pitches, grounds, beats, strict=True)):
        if number:
            before = (pitches[number - 1], grounds[number - 1].chord.bass)
            score -= 4.0 * is_consecutive(before, (pitch, ground.chord.bass))
        score -= HELD_OVER * sum(pitch % 12 not in later.tones for later in ground.others)
        if pitch % 12 in ground.chord.tones[:3]:
            continue
        inside, last = pitch % 12 in ground.chord.tones, number == len(pitches) - 1
        score -= (0.5 if inside else 0.45 * ground.strength) * min(length, 2.0)
        resolved = not last and resolves(pitch, ground, pitches[number + 1], grounds[number + 1])
        score -= 0.0 if inside or resolved else 2.0
        score -= 0.0 if pitch % 12 in ground.chord.scale else STRANGE
    return score


def resolves(pitch: int, ground: Ground, following: int, next_ground: Ground) -> bool:
    """Tell whether a note outside its chord goes on by step; on a strong beat, into a chord tone."""
    by_step = 0 < abs(following - pitch) <= 2
    return by_step and (ground.strength < STRONG or following % 12 in next_ground.chord.tones)


def welcome(motif: Motif, chords: Sequence[Chord], places: Sequence[float]) -> float:
    """Return how well the motif fits where phrases begin, at the best of all heights: 0 or below."""
    beats, pitches = [span.beats for span in motif.spans], motif.pitches()
    fits = []
    for place in places:
        grounds = [ground_of(Span(place + span.onset, span.beats), chords) for span in motif.spans]
        fits.append(max(_fit([pitch + shift for pitch in pitches], grounds, beats) for shift in range(12)))
    return max(fits, default=0.0) + 0.3 * sum(fits)


def _grounds(spans: Sequence[Span], chords: Sequence[Chord]) -> list[Ground]:
    """Return what chord each note would stand over, if the motif began with the first."""
    return [ground_of(Span(chords[0].start + one.onset, one.beats), chords) for one in spans]
