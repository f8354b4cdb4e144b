"""A small network learns what its players do; NumPy plays what torch has trained; the store keeps it."""

from __future__ import annotations

import dataclasses
import datetime
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from aligned_building import match_text, player, write_folder

from composer_daw.errors import InputError
from composer_daw.humanizer.lines import lines_of
from composer_daw.humanizer.rubato import training
from composer_daw.humanizer.rubato.curves import best_available, blend, by_rule, predict
from composer_daw.humanizer.rubato.evaluation import correlation
from composer_daw.humanizer.rubato.model import MODEL, Network, bounded, network_of
from composer_daw.humanizer.rubato.samples import Sample, samples_of
from composer_daw.models import Source, load_weights
from composer_daw.performance import Performance, note_rows

SMALL = training.Settings(epochs=2, members=2, width=8, crop=64, batch=4)


@pytest.fixture(autouse=True)
def store_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPOSER_DAW_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture(scope="module")
def learned() -> tuple[list[Sample], tuple[str, ...], Network]:
    pytest.importorskip("torch")
    samples, names = samples_of([player(piece=f"piece {n}", seed=n) for n in range(6)])
    return samples, names, training.train(samples, names, SMALL)


def piece() -> Performance:
    """Return 16 bars of eighths in two tracks, and drums."""
    notes = [(beat / 4, 0.25, 60 + beat % 7, 80) for beat in range(128)]
    rows = note_rows([*notes, *((float(bar), 2.0, 40, 70) for bar in range(32)), (0.0, 0.1, 38, 90)])
    rows["track"] = [0] * 128 + [1] * 32 + [2]
    rows["channel"] = [0] * 128 + [1] * 32 + [9]
    return Performance(notes=rows)


def test_it_learns_what_its_players_do(learned: tuple[list[Sample], tuple[str, ...], Network]) -> None:
    _, _, network = learned
    unseen = samples_of([player(piece="unseen", seed=99)])[0][0]
    period, velocity = network.outputs(unseen.rows).T
    assert correlation(period, unseen.log_period) > 0.8
    assert correlation(velocity, unseen.velocity) > 0.8


def test_numpy_plays_what_torch_trained(learned: tuple[list[Sample], tuple[str, ...], Network]) -> None:
    import torch

    from composer_daw.humanizer.rubato.net import Member

    samples, names, network = learned
    rows = samples[0].rows
    inside = bounded(network.standardized(rows))
    total = np.zeros((len(rows), 2))
    for number in range(network.members):
        member = Member(len(names), SMALL.width, SMALL.dilations, SMALL.dropout).eval()
        prefix = f"member{number}."
        held = {
            key.removeprefix(prefix): torch.tensor(value)
            for key, value in network.arrays.items()
            if key.startswith(prefix)
        }
        member.load_state_dict(held)
        with torch.no_grad():
            told = member(torch.tensor(inside, dtype=torch.float32)[None], torch.ones(1, len(rows)))
        total += told[0].numpy() / network.members
    assert np.abs(total).max() > 1e-3
    line = dataclasses.replace(network, members=0).outputs(rows)
    np.testing.assert_allclose(network.outputs(rows) - line, total, atol=1e-5)


def test_the_same_seed_gives_the_same_weights(learned: tuple[list[Sample], tuple[str, ...], Network]) -> None:
    samples, names, network = learned
    again = training.train(samples, names, SMALL)
    assert set(again.arrays) == set(network.arrays)
    assert all((again.arrays[key] == network.arrays[key]).all() for key in network.arrays)
    other = training.train(samples, names, SMALL.model_copy(update={"seed": 2}))
    assert (other.arrays["member0.entry.weight"] != network.arrays["member0.entry.weight"]).any()
    assert (other.arrays["line.weight"] == network.arrays["line.weight"]).all()


def test_progress_runs_to_its_end() -> None:
    pytest.importorskip("torch")
    samples, names = samples_of([player()])
    told: list[tuple[int, int]] = []
    training.train(samples, names, SMALL, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == len(told) and [done for done, _ in told] == list(
        range(1, len(told) + 1)
    )


def test_from_the_store_come_the_same_curves(learned: tuple[list[Sample], tuple[str, ...], Network]) -> None:
    samples, _, network = learned
    source = Source(name="players made up", licence="GPL-3.0-or-later")
    training.store(network, samples, SMALL, "a test", source, {"x": 0.5}, datetime.date(2026, 11, 23))
    weights = load_weights(MODEL)
    assert weights.card.data[0].items == 6 and "GPL-3.0-or-later" in weights.card.licence
    lines = lines_of(piece())
    curves, own = predict(lines), predict(lines, network)
    np.testing.assert_allclose(curves.log_period, own.log_period, atol=1e-4)
    np.testing.assert_allclose(curves.level_db, own.level_db, atol=1e-3)
    assert curves.source == f"weights {weights.card.sha256[:12]}"
    assert best_available(lines).source == curves.source
    assert (np.diff(curves.beat) > 0).all() and np.abs(curves.log_period).max() <= 1.4
    assert abs(np.average(curves.log_period, weights=np.diff(curves.beat, append=curves.beat[-1] + 1))) < 0.05


def test_without_weights_the_rules_play_and_say_so() -> None:
    lines = lines_of(piece())
    curves = best_available(lines)
    assert curves.source == "rules"
    np.testing.assert_array_equal(curves.log_period, by_rule(lines).log_period)
    with pytest.raises(InputError, match="no 'rubato' in"):
        predict(lines)


def test_blending() -> None:
    curves = by_rule(lines_of(piece()))
    assert not blend(curves, 0).log_period.any() and not blend(curves, 0).level_db.any()
    np.testing.assert_allclose(blend(curves, 0.5).log_period, curves.log_period / 2)
    period, level = curves.at(np.array([-1.0, curves.beat[3] + 0.01]))
    assert period.tolist() == [0.0, curves.log_period[3]] and level.tolist() == [0.0, curves.level_db[3]]
    for amount in (-0.1, 1.1, float("nan")):
        with pytest.raises(InputError, match="outside 0..1"):
            blend(curves, amount)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_notes(count: int, learned: tuple[list[Sample], tuple[str, ...], Network]) -> None:
    few = Performance(notes=note_rows([(float(at), 0.5, 60, 80) for at in range(count)]))
    curves = predict(lines_of(few), learned[2])
    assert len(curves.beat) == count and np.isfinite(curves.log_period).all()
    assert len(by_rule(lines_of(few)).beat) == count


def test_weights_of_another_kind_are_told(learned: tuple[list[Sample], tuple[str, ...], Network]) -> None:
    samples, _, network = learned
    source = Source(name="x", licence="x")
    training.store(network, samples, SMALL, "x", source, {}, datetime.date(2026, 11, 23))
    weights = load_weights(MODEL)
    bare = dataclasses.replace(weights, card=weights.card.model_copy(update={"settings": {}}))
    with pytest.raises(InputError, match="is no rubato model"):
        network_of(bare)
    renamed = dataclasses.replace(network, names=["another", *network.names[1:]])
    with pytest.raises(InputError, match="trained on other features; train it again"):
        predict(lines_of(piece()), renamed)


def test_nothing_to_learn_from() -> None:
    with pytest.raises(InputError, match="no performance that anything can be learned from"):
        training.train([], [])
    assert samples_of([player(bars=1)])[0] == []


def test_playing_needs_no_torch() -> None:
    modules = ("curves", "evaluation", "training")
    loaded = ", ".join(f"composer_daw.humanizer.rubato.{name}" for name in modules)
    code = f"import sys, {loaded}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_script_trains_into_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    notes = [
        (beat / 2, 0.5, 60 + beat % 5, 480 + 230 * beat + 40 * (beat % 8 == 6), 800 + 230 * beat, 40 + beat)
        for beat in range(64)
    ]
    root = write_folder(tmp_path / "data", [("Bach", "one", "A"), ("Haydn", "two", "B")], match_text(notes))
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / "scripts"))
    import train_rubato

    monkeypatch.setattr(
        sys, "argv", ["train_rubato.py", str(root), "--epochs", "1", "--members", "1", "--hold-out", "piece"]
    )
    train_rubato.main()
    card = load_weights(MODEL).card
    assert card.data[0].items == 2 and card.command.endswith("--hold-out piece")
    assert card.figures["held out"] == "each piece once; median correlations"
    assert isinstance(card.figures["period_by_beats"], float)
