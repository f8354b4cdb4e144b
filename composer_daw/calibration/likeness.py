"""Likeness: are two techniques one and the same sound, or two?

An instrument may repeat itself to the bit, or never (round robins, noise, seeds). So two techniques are the
same when takes of the one are no farther from takes of the other than takes of each are among themselves.
Where a few takes do not settle it, more are played. The test is a permutation test: which takes belong to
which technique is shuffled within each figure, and the distance between the techniques must stand out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from composer_daw.calibration.figures import Figure
from composer_daw.calibration.playing import Heard
from composer_daw.calibration.prints import apart_db, print_of
from composer_daw.measure.frames import Array

SAME_DB = 0.02
"""What rounding may do to a print: takes this near are the same."""

TAKES = (1, 2, 4, 8)
"""How many takes are compared, until it is settled."""

CLEARLY = 1.5
"""Sounds that are this many times as far apart as their takes are two, without a test."""

SURE = 0.005
LEAST_RATIO = 1.1
SHUFFLES, SPLITS = 4000, 200


@dataclass
class Sounding:
    """One way of playing, and its takes as far as they were needed: prints by figure, takes x print."""

    name: str
    figures: tuple[Figure, ...]
    play: Callable[[int], list[Heard]]
    """Plays all figures with a seed."""
    heard: list[Heard] = field(default_factory=list)
    """The first take."""
    _takes: list[list[Array]] = field(default_factory=list)

    def prints(self, figure: Figure, takes: int) -> Array:
        """Return the prints of so many takes of a figure, takes x print."""
        self.need(takes)
        row = self.figures.index(figure)
        return np.stack([take[row] for take in self._takes[:takes]])

    def need(self, takes: int) -> None:
        """Play until there are so many takes."""
        while len(self._takes) < takes:
            heard = self.play(len(self._takes))
            self.heard = self.heard or heard
            self._takes.append([print_of(one) for one in heard])

    def first(self, figure: Figure) -> Heard:
        """Return the first take of a figure."""
        self.need(1)
        return self.heard[self.figures.index(figure)]

    @property
    def own_spread_db(self) -> float:
        """Return how far two takes are apart, on average over the figures."""
        spreads = [apart_db(*self.prints(figure, 2)) for figure in self.figures]
        return float(np.mean(spreads)) if spreads else 0.0


@dataclass(frozen=True)
class Likeness:
    """How far two sounds are apart, how far their takes are from each other, and whether they are one."""

    apart_db: float
    spread_db: float
    same: bool


def compare(one: Sounding, other: Sounding) -> Likeness | None:
    """Return whether two sounds are the same; None where they share no figure."""
    figures = [figure for figure in one.figures if figure in other.figures]
    if not figures:
        return None
    for takes in TAKES:
        found = _settled(one, other, figures, takes)
        if found is not None:
            return found
    between, within = _means(_matrices(one, other, figures, TAKES[-1]))
    return Likeness(between, within, True)


def nearer(heard: Heard, one: Sounding, other: Sounding) -> float:
    """Return by how much a sound is nearer to the first of two than to the second, in dB (below 0: not)."""
    own = print_of(heard)
    to_one, to_other = (
        float(apart_db(own, sound.prints(heard.cue.figure, 2)).mean()) for sound in (one, other)
    )
    return to_other - to_one


def _settled(one: Sounding, other: Sounding, figures: list[Figure], takes: int) -> Likeness | None:
    matrices = _matrices(one, other, figures, takes)
    if takes == 1:  # the same seed and the same notes: what is the same sound is the same to the bit
        far = max(float(matrix[0, 1]) for matrix in matrices)
        return Likeness(far, 0.0, True) if far < SAME_DB else None
    between, within = _means(matrices)
    ratio = between / max(within, 1e-9)
    if within < SAME_DB:
        return Likeness(between, within, between < SAME_DB)
    if ratio > CLEARLY and len(figures) * takes > 4:
        return Likeness(between, within, False)
    if ratio > LEAST_RATIO and _chance(matrices, takes) <= SURE:
        return Likeness(between, within, False)
    return None


def _matrices(one: Sounding, other: Sounding, figures: list[Figure], takes: int) -> list[Array]:
    """Return for each figure the distances between all takes, those of `one` first."""
    matrices = []
    for figure in figures:
        prints = np.concatenate([one.prints(figure, takes), other.prints(figure, takes)])
        matrices.append(apart_db(prints[:, None], prints[None, :]))
    return matrices


def _means(matrices: list[Array]) -> tuple[float, float]:
    """Return the mean distance between the two sounds, and that within them."""
    takes = len(matrices[0]) // 2
    inner = ~np.eye(takes, dtype=bool)
    between = np.mean([matrix[:takes, takes:].mean() for matrix in matrices])
    if takes == 1:
        return float(between), 0.0
    within = np.mean(
        [
            (matrix[:takes, :takes][inner].mean() + matrix[takes:, takes:][inner].mean()) / 2
            for matrix in matrices
        ]
    )
    return float(between), float(within)


def _chance(matrices: list[Array], takes: int) -> float:
    """Return how often shuffled takes are as far apart as the two sounds are."""
    rng = np.random.default_rng(0)
    splits = list(itertools.islice(itertools.combinations(range(1, 2 * takes), takes - 1), 100_000))
    if len(splits) > SPLITS:
        chosen = rng.choice(np.arange(1, len(splits)), SPLITS - 1, replace=False)
        splits = [splits[0], *(splits[number] for number in chosen)]
    totals = np.zeros(SHUFFLES)
    observed = 0.0
    for matrix in matrices:
        values = np.array([_between(matrix, (0, *split)) for split in splits])
        observed += values[0]
        totals += values[rng.integers(0, len(values), SHUFFLES)]
    return float((np.count_nonzero(totals >= observed - 1e-9) + 1) / (SHUFFLES + 1))


def _between(matrix: Array, split: tuple[int, ...]) -> float:
    mine = np.zeros(len(matrix), bool)
    mine[list(split)] = True
    return float(matrix[np.ix_(mine, ~mine)].mean())
