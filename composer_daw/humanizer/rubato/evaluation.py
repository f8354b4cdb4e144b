"""How well curves agree with what players did: correlations on performances held out, by piece or by
composer.

Each figure is Pearson's correlation within one performance. *By beats*: the
log beat period between the beats of the metre (where no note begins on a beat, its time is read off the line
between its neighbours, nothing is smoothed further), and the mean velocity of each beat's onsets. *By
onsets*: the same from each distinct onset to the next that was played in order. Without rubato nothing
varies, and the correlation counts as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from composer_daw.errors import InputError
from composer_daw.humanizer.rubato.baseline import ruled_curves
from composer_daw.humanizer.rubato.codec import beat_periods
from composer_daw.humanizer.rubato.model import Network
from composer_daw.humanizer.rubato.samples import Sample
from composer_daw.performance import Array, Floats

ENDING_BEATS = 8
FEWEST_PERFORMERS = 3
"""A piece with so many has an agreement between performers worth telling."""


class Agreement(NamedTuple):
    """Correlations of curves with one performance."""

    period_by_beats: float
    period_before_end: float
    period_by_onsets: float
    velocity_by_beats: float
    velocity_by_onsets: float


@dataclass(frozen=True)
class HeldOut:
    """One performance that the model did not learn from, and how well model, rules and other players agree
    with it.

    `players` is the mean over the other performers of the same notes, None where there are fewer than two.
    """

    name: str
    composer: str
    piece: str
    model: Agreement
    rules: Agreement
    players: Agreement | None


Trainer = Callable[[Sequence[Sample]], Network]


def agreement(sample: Sample, log_period: Floats, level: Floats) -> Agreement:
    """Return how curves over the onsets of a sample agree with what was played there."""
    beat = sample.onsets.beat
    time = np.concatenate([[0.0], np.cumsum(np.diff(beat) * np.exp(log_period[:-1]))])
    by_beats = np.log(beat_periods(beat, time, sample.grid))
    heard, sounded = sample.period_weight > 0, sample.velocity_weight > 0
    return Agreement(
        correlation(by_beats, sample.beat_log_period),
        correlation(by_beats[:-ENDING_BEATS], sample.beat_log_period[:-ENDING_BEATS]),
        correlation(log_period[heard], sample.log_period[heard]),
        correlation(*(_beat_means(sample, values, sounded) for values in (level, sample.velocity))),
        correlation(level[sounded], sample.velocity[sounded]),
    )


def correlation(some: Floats, others: Floats) -> float:
    """Return Pearson's correlation; 0 where one of the two does not vary."""
    if len(some) < 2 or some.std() < 1e-9 or others.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(some, others)[0, 1])


def folds(samples: Sequence[Sample], by: Literal["piece", "composer"], count: int = 8) -> list[set[str]]:
    """Return what is held out together: `count` groups of pieces of like number of notes, or each composer.

    All performances and versions of a piece (with and without repeats) are in one group.
    """
    sizes: dict[str, int] = {}
    for sample in samples:
        key = getattr(sample.aligned, by)
        sizes[key] = sizes.get(key, 0) + len(sample.rows)
    if len(sizes) < 2:
        raise InputError(f"rubato: all performances are of one {by}; nothing can be held out")
    if by == "composer":
        return [{name} for name in sorted(sizes)]
    groups: list[set[str]] = [set() for _ in range(min(count, len(sizes)))]
    filled = [0] * len(groups)
    for name in sorted(sizes, key=lambda one: (-sizes[one], one)):
        least = filled.index(min(filled))
        groups[least].add(name)
        filled[least] += sizes[name]
    return groups


def held_out(
    samples: Sequence[Sample],
    by: Literal["piece", "composer"],
    train: Trainer,
    progress: Callable[[int, int], None] | None = None,
) -> list[HeldOut]:
    """Train once for each fold on all others, and return every performance, each held out once."""
    rows = []
    groups = folds(samples, by)
    for number, group in enumerate(groups):
        inside = [sample for sample in samples if getattr(sample.aligned, by) not in group]
        outside = [sample for sample in samples if getattr(sample.aligned, by) in group]
        rows += judge(train(inside), outside)
        if progress:
            progress(number + 1, len(groups))
    return rows


def judge(network: Network, samples: Sequence[Sample]) -> list[HeldOut]:
    """Return how the network, the rules and other players agree with each performance."""
    rows = []
    for sample in samples:
        aligned = sample.aligned
        model = agreement(sample, *network.curves(sample.onsets))
        rules = agreement(sample, *ruled_curves(sample.onsets.beat, sample.onsets.phrases))
        others = between_players(sample, samples)
        rows.append(HeldOut(aligned.name, aligned.composer, aligned.piece, model, rules, others))
    return rows


def between_players(sample: Sample, samples: Iterable[Sample]) -> Agreement | None:
    """Return the mean agreement of other performers of the same notes, one by one, with this performance."""
    others = [
        other
        for other in samples
        if other is not sample
        and other.aligned.edition == sample.aligned.edition
        and len(other.rows) == len(sample.rows)
    ]
    if len(others) + 1 < FEWEST_PERFORMERS:
        return None
    each = [agreement(sample, other.log_period * other.spread[0], other.velocity) for other in others]
    return Agreement(*np.mean(each, axis=0).tolist())


@dataclass(frozen=True)
class Summary:
    """Medians over performances, and how often and by how much the model is ahead of the rules.

    `low` and `high` bound the median gain (95 %, bootstrap over pieces).
    """

    figure: str
    performances: int
    model: float
    rules: float
    ahead: float
    gain: float
    low: float
    high: float
    contested: int
    """Performances of pieces with three performers or more; the next two are medians over those."""
    model_there: float
    players: float


def summaries(rows: Sequence[HeldOut], seed: int = 1, draws: int = 2000) -> list[Summary]:
    """Return one summary for each figure."""
    found = []
    pieces = [row.piece for row in rows]
    for number, figure in enumerate(Agreement._fields):
        model = np.array([row.model[number] for row in rows])
        rules = np.array([row.rules[number] for row in rows])
        with_players = [row for row in rows if row.players is not None]
        players = [row.players[number] for row in with_players if row.players is not None]
        low, high = median_interval(model - rules, pieces, np.random.Generator(np.random.PCG64(seed)), draws)
        found.append(
            Summary(
                figure,
                len(rows),
                float(np.median(model)),
                float(np.median(rules)),
                float(np.mean(model > rules)),
                float(np.median(model - rules)),
                low,
                high,
                len(players),
                float(np.median([row.model[number] for row in with_players])) if players else float("nan"),
                float(np.median(players)) if players else float("nan"),
            )
        )
    return found


def median_interval(
    values: Floats, groups: Sequence[str], rng: np.random.Generator, draws: int = 2000
) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of the median, drawing whole groups.

    Performances of one piece are no independent witnesses. Source: B. Efron and R. Tibshirani, An
    Introduction to the Bootstrap (1993), chapter 13.
    """
    names = sorted(set(groups))
    members = [np.flatnonzero(np.asarray(groups) == name) for name in names]
    medians = [
        np.median(values[np.concatenate([members[one] for one in rng.integers(0, len(names), len(names))])])
        for _ in range(draws)
    ]
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(low), float(high)


def table(rows: Sequence[HeldOut], figure: str) -> str:
    """Return a Markdown table of one figure by composer: medians, and how often the model is ahead."""
    number = Agreement._fields.index(figure)
    lines = [
        "| composer | pieces | performances | model | rules | players | ahead of the rules |",
        "|---|---|---|---|---|---|---|",
    ]
    composers = sorted({row.composer for row in rows})
    for name in [*composers, "all"]:
        own = [row for row in rows if name in (row.composer, "all")]
        model = np.array([row.model[number] for row in own])
        rules = np.array([row.rules[number] for row in own])
        players = [row.players[number] for row in own if row.players is not None]
        ceiling = f"{np.median(players):.2f} ({len(players)})" if players else "-"
        lines.append(
            f"| {name} | {len({row.piece for row in own})} | {len(own)} | {np.median(model):.2f} "
            f"| {np.median(rules):.2f} | {ceiling} | {100 * np.mean(model > rules):.0f} % |"
        )
    return "\n".join(lines)


def _beat_means(sample: Sample, values: Floats, sounded: Array) -> Floats:
    row = np.clip(np.searchsorted(sample.grid, sample.onsets.beat + 1e-6, side="right") - 1, 0, None)[sounded]
    counts = np.bincount(row, minlength=len(sample.grid))
    totals = np.bincount(row, values[sounded], len(sample.grid))
    return np.asarray(totals[counts > 0] / counts[counts > 0])
