"""Plans: written, read, refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from written_lines import rich, written

from composer_daw.errors import InputError
from composer_daw.humanizer import EmotionProfile, apply, humanize, load_plan, load_profile, save_plan
from composer_daw.humanizer.plan import Plan, Rubato
from composer_daw.humanizer.rubato.curves import Curves
from composer_daw.humanizer.velocities import ROOM_DB, level_of


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


def test_a_clip_of_the_profile_holds_at_any_strength() -> None:
    """A profile may have narrower clips than the program: a strength of 2 does not leave them either."""
    data = load_profile().model_dump()
    for name, clip in (("tempo_factor", (0.8, 1.2)), ("level_db", (-2, 2)), ("articulation", (0.7, 1.0))):
        data["figures"][name]["clip"] = clip
    data["orders"] = ()
    narrow = EmotionProfile.model_validate(data)
    score = rich().performance
    played = humanize(score, -1, -1, profile=narrow, tempo="map", strength=2)
    assert played.plan.speed == 0.8
    assert played.remarks[-1] == "held at the clip: tempo, level"
    level = [level_of(one.notes["velocity"]).mean() for one in (score, played.performance)]
    assert min(level[0], ROOM_DB) - level[1] == pytest.approx(2.0, abs=0.2)
    assert load_profile().at(-1, -1).played("tempo_factor", 2) == 0.5


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


def refused(tmp_path: Path, text: str) -> str:
    """Return what is said of a plan that cannot be loaded, after the name of the file."""
    path = tmp_path / "plan.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as told:
        load_plan(path)
    head = f"{path}: not a plan of the humanizer: "
    assert str(told.value).startswith(head) and "\n" not in str(told.value)
    return str(told.value).removeprefix(head)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: Expecting value"),
        ("{\n]", "line 2: Expecting property name enclosed in double quotes"),
        ("[" * 100_000, "not JSON"),
        ("[]", "keys with values are expected"),
        ('{"humanizer": 2}', "humanizer: Input should be 1, not 2"),
        ('{"humanizer": 1, "rules": [{"name": "x"}]}', "'expression' is missing"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    assert refused(tmp_path, text) == problem


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"strength": "loud"}, "strength: a number is expected, not 'loud'"),
        ({"odd": 1}, "odd: unknown key"),
        ({"rules": [{"name": "swing"}, {"name": "high_loud", "k": 99}]}, "rules.1.k: Input should be less "),
        ({"rules": [{"name": "swing", "ratios": 2}]}, "rules.0.ratios: unknown key (did you mean 'ratio'?)"),
        ({"rules": [{"name": "swong"}]}, "rules.0: no 'name' is 'swong' (did you mean 'swing'?)"),
        ({"rules": [{"k": 1}]}, "rules.0: 'name' is missing"),
        ({"rubato": {"beat": [0]}}, "rubato: each beat needs a log_period and a level_db"),
        ({"changes": {"register_semitones": 200}}, "changes.register_semitones: Input should be less "),
    ],
)
def test_the_place_of_an_error_is_told(tmp_path: Path, change: dict, problem: str) -> None:
    told = humanize(rich().performance).plan.model_dump(mode="json")
    said = refused(tmp_path, json.dumps(told | change))
    assert said.startswith(problem) and "pydantic" not in said and "input_value" not in said


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
