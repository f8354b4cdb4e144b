"""The motif: what the melodies of two sections, or of two songs, have in common beyond chance.

A melody is read as steps: (steps of the scale to the next note, time to it). The runs of steps that two
sections share, as they stand or varied as composers do (inverted, in notes twice or half as long), are held
against those of a section whose steps are shuffled. Transposition makes no difference, along the scale
either. Patterns of pitch and duration as viewpoints: D. Conklin & C. Anagnostopoulou, "Representation and
discovery of multiple viewpoint patterns", ICMC 2001. A second reading takes only up, down or level for the
pitch: contour and rhythm are what listeners keep of a melody that is moved to other chords (W. Dowling,
"Scale and contour", Psychological Review 85, 1978). Either will do, each at half the level. The baseline is
ours.
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
    """What a melody has of another: the longest run of notes, and how far runs reach on average.

    `reach`: the length, in steps, of the longest shared run that a step stands in, the mean over all steps: a
    long pattern raises it, and so does a short one that comes again and again. `baseline` is what 95 % of
    shuffled melodies stay at or below, `chance` the share of them that reach as far: (1 + as far) / (1 +
    draws). `variation` is the way in which most of it returns.
    """

    notes: int
    reach: float
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
    """Return what the second melody has of the first, and how far chance goes."""
    orders = np.array([np.arange(len(then)), *(rng.permutation(len(then)) for _ in range(draws))], np.int64)
    longest, reach = np.zeros(draws + 1, np.int64), np.zeros(draws + 1)
    variation = ""
    for name, undo in VARIATIONS.items():
        codes, other = _coded(first, [undo(step) if step else None for step in then])
        runs = _runs(codes, other[orders])
        mean = runs.mean(axis=1) if len(then) else reach
        variation = name if mean[0] > reach[0] else variation
        reach = np.maximum(reach, mean)
        longest = np.maximum(longest, runs.max(axis=1, initial=0))
    chance = float((reach >= reach[0]).mean())  # the melody itself counts among those that reach as far
    notes = int(longest[0]) + 1 if longest[0] else 0
    return Shared(notes, float(reach[0]), float(np.quantile(reach[1:], 1 - LEVEL)), chance, variation)


VARIATIONS: dict[str, Callable[[Step], tuple[float, float]]] = {
    "as it was": lambda step: step,
    "inverted": lambda step: (-step[0], step[1]),
    "twice as long": lambda step: (step[0], step[1] / 2),
    "half as long": lambda step: (step[0], step[1] * 2),
}
"""What undoes each way in which a motif returns."""


def check_motif(song: Song, melody: Voice, key: Key, seed: int = 0) -> Check:
    """Each kind of section shares more with the first than chance gives it (5 %).

    The first section of each kind is compared with the first of the song that has a melody; a section whose
    melody has fewer than six notes is passed over. Holds when at least two kinds have a melody, and every one
    after the first shares its pattern, in scale steps or in contour; `chance` is for the better of the two.
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
        exact = shared_pattern(own, steps, rng)
        outline = shared_pattern(contour(own), contour(steps), rng)
        chance = min(1.0, 2.0 * min(exact.chance, outline.chance))
        figures |= {f"{kind}_notes": exact.notes, f"{kind}_contour_notes": outline.notes}
        figures[f"{kind}_chance"] = chance
        if chance > LEVEL:
            section = song.sections[number]
            what = (
                f"the motif does not return: '{section.name}' has {exact.notes} notes in a row of the {home} "
                f"({outline.notes} by contour); of shuffled melodies {chance / 2:.0%} have as much"
            )
            findings.append(Finding(section.first_bar + 1, 1.0, (melody.name,), what))
    return Check("motif", not findings, figures, tuple(findings))


def contour(steps: Sequence[Step | None]) -> list[Step | None]:
    """Return steps of which only up (1), level (0) or down (-1) is kept, beside the time."""
    return [None if step is None else ((step[0] > 0) - (step[0] < 0), step[1]) for step in steps]


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


def _runs(codes: Ints, others: Ints) -> Ints:
    """Return the length of the longest run of `codes` that covers each step of each row of `others`."""
    runs = np.zeros((others.shape[0], others.shape[1] + 1), np.int64)
    ending = np.zeros(others.shape, np.int64)  # the longest run that ends with this step
    for code in codes:
        runs[:, 1:] = np.where(others == code, runs[:, :-1] + 1, 0)
        ending = np.maximum(ending, runs[:, 1:])
    covering = ending.copy()
    for later in range(1, int(ending.max(initial=0))):
        reaching = np.where(ending[:, later:] > later, ending[:, later:], 0)
        covering[:, : others.shape[1] - later] = np.maximum(covering[:, : others.shape[1] - later], reaching)
    return covering
