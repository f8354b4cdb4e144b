"""Agreement is what the words say, nothing leaks between folds, and the study holds on real players."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from aligned_building import player

from composer_daw.errors import InputError
from composer_daw.humanizer.rubato.evaluation import (
    Agreement,
    HeldOut,
    agreement,
    between_players,
    correlation,
    folds,
    held_out,
    median_interval,
    summaries,
    table,
)
from composer_daw.humanizer.rubato.model import Network
from composer_daw.humanizer.rubato.samples import beat_grid, samples_of
from composer_daw.humanizer.rubato.training import Settings, train

LINE_ONLY = Settings(members=0)


def test_a_player_agrees_with_himself() -> None:
    sample = samples_of([player()])[0][0]
    own = agreement(sample, sample.log_period * sample.spread[0], sample.velocity)
    assert own == pytest.approx((1.0, 1.0, 1.0, 1.0, 1.0))
    backwards = agreement(sample, -sample.log_period * sample.spread[0], -sample.velocity)
    assert backwards.period_by_onsets == pytest.approx(-1.0) and backwards.velocity_by_beats == pytest.approx(
        -1.0
    )
    assert backwards.period_by_beats < -0.95
    nothing = np.zeros(len(sample.rows))
    assert agreement(sample, nothing, nothing) == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_correlation() -> None:
    assert correlation(np.array([1.0, 2, 3]), np.array([2.0, 4, 7])) == pytest.approx(0.9933993)
    assert correlation(np.zeros(3), np.arange(3.0)) == 0.0
    assert correlation(np.zeros(1), np.zeros(1)) == 0.0


def test_beats_of_changing_metres() -> None:
    assert beat_grid(((0.0, 4, 4),), -1.0, 3.0).tolist() == [-1, 0, 1, 2, 3]
    assert beat_grid(((0.0, 3, 4), (3.0, 6, 8)), 0.5, 7.0).tolist() == [1, 2, 3, 4.5, 6]


def test_no_piece_is_on_both_sides_of_a_fold() -> None:
    performances = [
        dataclasses.replace(
            player(f"{piece}{n}", piece=f"p{piece}", composer=f"c{piece % 3}", bars=4 + piece),
            edition=f"e{n % 2}",
        )
        for piece in range(7)
        for n in range(3)
    ]
    samples, _ = samples_of(performances)
    by_piece = folds(samples, "piece", 4)
    assert len(by_piece) == 4 and sorted(name for group in by_piece for name in group) == [
        f"p{n}" for n in range(7)
    ]
    assert folds(samples, "composer") == [{"c0"}, {"c1"}, {"c2"}]
    seen = []

    def nothing_but_others(inside: list[object]) -> Network:
        seen.append({sample.aligned.piece for sample in inside})
        return train(inside, names, LINE_ONLY)

    names = samples_of(performances)[1]
    rows = held_out(samples, "piece", nothing_but_others)
    assert sorted(row.name for row in rows) == sorted(one.name for one in performances)
    for inside, outside in zip(seen, folds(samples, "piece"), strict=True):
        assert not inside & outside and len(inside | outside) == 7
    with pytest.raises(InputError, match="all performances are of one composer"):
        folds([sample for sample in samples if sample.aligned.composer == "c0"], "composer")


def test_the_agreement_of_three_players() -> None:
    samples, _ = samples_of([player(str(n), seed=n) for n in range(3)])
    each = [
        agreement(samples[0], other.log_period * other.spread[0], other.velocity).period_by_beats
        for other in samples[1:]
    ]
    told = between_players(samples[0], samples)
    assert told is not None and told.period_by_beats == pytest.approx(np.mean(each))
    assert between_players(samples[0], samples[:2]) is None
    elsewhere = [
        dataclasses.replace(s, aligned=dataclasses.replace(s.aligned, edition="other")) for s in samples[1:]
    ]
    assert between_players(samples[0], [samples[0], *elsewhere]) is None


def rows_of(gains: list[float]) -> list[HeldOut]:
    rules = Agreement(0.1, 0.1, 0.1, 0.1, 0.1)
    return [
        HeldOut(str(n), "Bach" if n % 2 else "Haydn", f"p{n // 2}", Agreement(*[0.1 + gain] * 5), rules, None)
        for n, gain in enumerate(gains)
    ]


def test_summaries_and_tables_by_hand() -> None:
    rows = rows_of([0.1, 0.2, 0.3, -0.1])
    one = summaries(rows)[0]
    assert (one.figure, one.performances, one.ahead, one.contested) == ("period_by_beats", 4, 0.75, 0)
    assert one.gain == pytest.approx(0.15) and one.model == pytest.approx(0.25)
    assert one.low == pytest.approx(0.1) and one.high == pytest.approx(
        0.15
    )  # two pieces: medians .15, .1 or .15
    lines = table(rows, "velocity_by_beats").splitlines()
    assert lines[2] == "| Bach | 2 | 2 | 0.15 | 0.10 | - | 50 % |"
    assert lines[-1] == "| all | 2 | 4 | 0.25 | 0.10 | - | 75 % |"


def test_the_interval_draws_whole_pieces() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(0.2, 0.1, 40), 5)
    groups = np.repeat([f"p{n}" for n in range(40)], 5).tolist()
    low, high = median_interval(values, groups, np.random.default_rng(1))
    alone = median_interval(values, [str(n) for n in range(200)], np.random.default_rng(1))
    assert low < 0.2 < high and high - low > 1.5 * (alone[1] - alone[0])


def test_some_composers_of_asap(shared_data: Path) -> None:
    """A quick look, the line alone: taught by some composers, it is ahead of the rules on another."""
    from composer_daw.humanizer.rubato.alignments import load_folder

    loaded = [one for name in ("Mozart", "Schumann") for one in load_folder(shared_data / "asap" / name)]
    loaded = [dataclasses.replace(one, piece=one.piece.split("_no_")[0]) for one in loaded]
    samples, names = samples_of(loaded)
    rows = held_out(samples, "piece", lambda inside: train(inside, names, LINE_ONLY))
    told = {one.figure: one for one in summaries(rows)}
    assert told["period_before_end"].model > 0.15 and told["velocity_by_beats"].model > 0.2
    assert told["velocity_by_beats"].ahead > 0.7


@pytest.mark.long
@pytest.mark.parametrize("by", ["piece", "composer"])
def test_the_study(shared_data: Path, by: str) -> None:
    """The figures of the issue: ahead of the rules on 70 % of what is held out, and surely by more than 0."""
    pytest.importorskip("torch")
    from benchmarks.rubato import study

    told = {one.figure: one for one in summaries(study(shared_data / "asap", [by])[by])}
    for figure in ("period_by_beats", "period_by_onsets", "velocity_by_beats"):
        assert told[figure].ahead >= 0.7 and told[figure].low > 0, told[figure]
