"""The motif: what the melodies of two sections, or of two songs, have in common beyond chance.

A melody is read as steps: (steps of the scale to the next note, time to it). The longest run that two
sections share, as it stands or varied as composers do (inverted, in notes twice or half as long), is held
against what a section gives whose steps are shuffled. Transposition makes no difference, along the scale
either. Patterns of pitch and duration as viewpoints: D. Conklin & C. Anagnostopoulou, "Representation and
discovery of multiple viewpoint patterns", ICMC 2001; the baseline is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.evaluation.song_findings import Check, Finding, skipped
from composer_daw.evaluation.song_score import TICKS, Ints, Key, Song
from composer_daw.evaluation.song_voices import Voice

Step = tuple[int, int]
"""Steps of the scale (doubled: chromatic notes are odd), and ticks to the next note."""

LONGEST_STEP = 4 * TICKS
"""Notes further apart are not joined: the melody breathes."""
DRAWS = 199
LEVEL = 0.05
FEWEST = 6
"""Notes that a section needs to be looked at."""
NGRAM = 5
"""Steps in a row that make a figure, when songs are compared."""


@dataclass(frozen=True)
class Shared:
    """The longest pattern of two melodies, in notes; what 95 % of shuffled ones reach at most; its variation.

    `chance` is the share of shuffled melodies that do as well: (1 + as well) / (1 + draws).
    """

    notes: int
    baseline: float
    chance: float
    variation: str


def steps_of(line: np.ndarray[tuple[int, ...], np.dtype[np.void]], key: Key) -> list[Step | None]:
    """Return the steps of a line of notes; None where it breathes."""
    degrees = [_degree(int(pitch), key) for pitch in line["pitch"]]
    times = np.diff(line["start"]).tolist()
    pairs = zip(degrees, degrees[1:], times, strict=False)
    return [(then - first, time) if time <= LONGEST_STEP else None for first, then, time in pairs]


def shared_pattern(
    first: Sequence[Step | None], then: Sequence[Step | None], rng: np.random.Generator, draws: int = DRAWS
) -> Shared:
    """Return the longest pattern of two melodies, and how far chance goes."""
    names = {name: number for number, name in enumerate(VARIATIONS)}
    best = np.zeros(len(names), np.int64)
    shuffled = np.zeros((len(names), draws), np.int64)
    orders = (
        np.array([rng.permutation(len(then)) for _ in range(draws)]) if then else np.zeros((draws, 0), int)
    )
    for name, number in names.items():
        codes, other = _coded(first, [VARIATIONS[name](step) if step else None for step in then])
        best[number] = _longest(codes, other[None, :])[0]
        shuffled[number] = _longest(codes, other[orders])
    by_chance = shuffled.max(axis=0)
    longest = int(best.max())
    chance = (1 + int((by_chance >= longest).sum())) / (1 + draws)
    notes = longest + 1 if longest else 0
    return Shared(
        notes, float(np.quantile(by_chance, 1 - LEVEL)) + 1, chance, list(names)[int(best.argmax())]
    )


VARIATIONS: dict[str, Callable[[Step], tuple[float, float]]] = {
    "as it was": lambda step: step,
    "inverted": lambda step: (-step[0], step[1]),
    "twice as long": lambda step: (step[0], step[1] / 2),
    "half as long": lambda step: (step[0], step[1] * 2),
}
"""What undoes each way in which a motif returns."""


def check_motif(song: Song, melody: Voice, key: Key, seed: int = 0) -> Check:
    """Each kind of section shares with the first a pattern that is longer than chance makes it (5 %).

    The first section of each kind is compared with the first of the song that has a melody; a section whose
    melody has fewer than six notes is passed over. Holds when at least two kinds have a melody, and every one
    after the first shares its pattern.
    """
    rng = np.random.default_rng(seed)
    firsts: dict[str, tuple[int, list[Step | None]]] = {}
    for number, section in enumerate(song.sections):
        line = song.within(*song.span(section), melody.rows)
        if len(line) >= FEWEST and section.kind not in firsts:
            firsts[section.kind] = (number, steps_of(line, key))
    if len(firsts) < 2:
        return skipped("motif", "fewer than two kinds of section have a melody")
    (home, (_, own)), *others = firsts.items()
    figures: dict[str, float] = {}
    findings = []
    for kind, (number, steps) in others:
        found = shared_pattern(own, steps, rng)
        figures |= {
            f"{kind}_notes": found.notes,
            f"{kind}_baseline": found.baseline,
            f"{kind}_chance": found.chance,
        }
        if found.chance > LEVEL:
            section = song.sections[number]
            what = (
                f"'{section.name}' shares {found.notes} notes in a row with the {home}; "
                f"shuffled melodies share {found.baseline:g}: the motif does not return"
            )
            findings.append(Finding(section.first_bar + 1, 1.0, (melody.name,), what))
    return Check("motif", not findings, figures, tuple(findings))


def likeness(one: Sequence[Step | None], other: Sequence[Step | None]) -> float:
    """Return the share of the figures of one melody that the other has: 0 to 1; NaN without figures.

    A figure is six notes in a row: scale steps and lengths. The melody with fewer figures counts.
    """
    first, then = _figures(one), _figures(other)
    fewer = min(len(first), len(then))
    return len(first & then) / fewer if fewer else float("nan")


def check_apart(melodies: Mapping[str, Sequence[Step | None]], most: float = 0.25) -> Check:
    """No two songs are alike: of no two melodies is more than `most` the same, in any transposition."""
    names = list(melodies)
    if len(names) < 2:
        return skipped("apart", "one song alone is like no other")
    figures, findings = {}, []
    for number, name in enumerate(names):
        for other in names[number + 1 :]:
            alike = likeness(melodies[name], melodies[other])
            figures[f"{name} / {other}"] = alike
            if alike > most:
                findings.append(
                    Finding(0, 0.0, (name, other), f"{alike:.0%} of the melody's figures are the same")
                )
    return Check("apart", not findings, figures, tuple(findings))


def _figures(steps: Sequence[Step | None]) -> set[tuple[Step, ...]]:
    runs = (steps[number : number + NGRAM] for number in range(len(steps) - NGRAM + 1))
    return {tuple(step for step in run if step is not None) for run in runs if None not in run}


def _degree(pitch: int, key: Key) -> int:
    """Return the place of a pitch in the scale, doubled; chromatic notes lie between, at odd numbers."""
    semitones = pitch - key.tonic
    octave, rest = divmod(semitones, 12)
    scale = sorted((one - key.tonic) % 12 for one in key.scale)
    below = sum(one <= rest for one in scale) - 1
    return 14 * octave + 2 * below + (rest not in scale)


def _coded(first: Sequence[object], then: Sequence[object]) -> tuple[Ints, Ints]:
    """Return both as numbers, alike where the steps are alike; a breath is like nothing."""
    table: dict[object, int] = {}
    mine = [-1 if step is None else table.setdefault(step, len(table)) for step in first]
    yours = [-2 if step is None else table.setdefault(step, len(table)) for step in then]
    return np.array(mine, np.int64), np.array(yours, np.int64)


def _longest(codes: Ints, others: Ints) -> Ints:
    """Return the longest common run of `codes` and each row of `others`."""
    runs = np.zeros((others.shape[0], others.shape[1] + 1), np.int64)
    longest = np.zeros(len(others), np.int64)
    for code in codes:
        runs[:, 1:] = np.where(others == code, runs[:, :-1] + 1, 0)
        longest = np.maximum(longest, runs.max(axis=1))
    return longest
