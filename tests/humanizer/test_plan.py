"""Plans: written, read, refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from written_lines import rich, written

from composer_daw.errors import InputError
from composer_daw.humanizer import apply, humanize, load_plan, save_plan
from composer_daw.humanizer.plan import Plan, Rubato
from composer_daw.humanizer.rubato.curves import Curves


def test_a_plan_comes_back(tmp_path: Path) -> None:
    plan = humanize(rich().performance, emotion="tender", tempo="map", seed=4, rubato=0.3).plan
    save_plan(plan, tmp_path / "plan.json")
    assert load_plan(tmp_path / "plan.json") == plan


def test_curves_hold_from_their_beat_on() -> None:
    curves = Curves(np.array([1.0, 2.0]), np.array([0.1, -0.2]), np.array([3.0, 4.0]), "test")
    rubato = Rubato.of(curves)
    assert rubato.log_period_at(np.array([0.0, 1.0, 1.9, 2.0, 9.0])).tolist() == [0, 0.1, 0.1, -0.2, -0.2]
    assert rubato.scaled(0.5).level_db_at(np.array([1.0])).tolist() == [1.5]
    assert Rubato().level_db_at(np.array([1.0, 2.0])).tolist() == [0, 0]


def test_the_speed_of_a_plan() -> None:
    performance = rich().performance
    plans = [humanize(performance, -1, -1, tempo=tempo, strength=0.5).plan for tempo in ("keep", "map")]
    assert [plan.speed for plan in plans] == [1.0, pytest.approx(0.5**0.5)]


def test_another_score_is_refused() -> None:
    score = rich().performance
    plan = humanize(score).plan
    with pytest.raises(InputError, match=r"drawn for a score of \d+ chords, not of 1; draw it again"):
        apply(written([(60, 500)]).performance, plan)
    with pytest.raises(InputError, match="drawn for a score of other notes; draw it again"):
        apply(score.with_notes(pitch=score.notes["pitch"] + 1), plan)


def test_the_same_notes_in_another_rhythm_are_another_score() -> None:
    score = rich().performance
    half = {name: score.notes[name] / 2 for name in ("onset_s", "duration_s", "written_onset_s")}
    with pytest.raises(InputError, match="drawn for a score of"):
        apply(
            score.with_notes(**half, written_duration_s=score.notes["written_duration_s"] / 2),
            humanize(score).plan,
        )


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"humanizer": 2}', '{"humanizer": 1, "rules": [{"name": "x"}]}']
)
def test_what_is_no_plan_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match="plan.json: not a plan of the humanizer: ") as told:
        load_plan(path)
    assert "\n" not in str(told.value)


def test_a_plan_cannot_be_out_of_range() -> None:
    plan = humanize(rich().performance).plan
    told = plan.model_dump()
    curve = {"beat": [0, 1], "log_period": [0.1, 0.1], "level_db": [0, 0]}
    assert Plan.model_validate(told | {"rubato": curve}).rubato.log_period == (0.1, 0.1)
    for change in (
        {"strength": 3.0},
        {"valence": 2.0},
        {"tempo": "x"},
        {"odd": 1},
        {"expression": told["expression"] | {"tempo_factor": -1.0}},
        {"rules": told["rules"] * 2},
        {"rules": [told["rules"][0] | {"k": 1e300}]},
        {"rubato": curve | {"beat": [0]}},
        {"rubato": curve | {"beat": [1, 0]}},
        {"rubato": curve | {"log_period": [0, 1e4]}},
    ):
        with pytest.raises(ValueError):
            Plan.model_validate(told | change)
