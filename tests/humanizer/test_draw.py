"""Draw: which rules an emotion chooses, and what chance decides."""

from __future__ import annotations

import pytest
from written_lines import rich

from composer_daw.errors import InputError
from composer_daw.humanizer import load_profile
from composer_daw.humanizer.draw import STEADY, draw_plan, rule_at, rules_of
from composer_daw.humanizer.plan import Rubato
from composer_daw.humanizer.rules.swing import Swing

SAD, HAPPY = load_profile().at(-0.8, -0.8), load_profile().at(0.8, 0.8)


def test_an_emotion_chooses_the_strengths() -> None:
    sad, happy = (rules_of(one, "map") for one in (SAD, HAPPY))
    assert sad["phrase_arch"].k == SAD.phrase_arch > happy["phrase_arch"].k
    assert sad["duration_contrast"].k < 0 < happy["duration_contrast"].k
    assert sad["duration_contrast_articulation"].k == 0
    assert happy["timing_noise"].k == pytest.approx(HAPPY.timing_ms / 10)
    assert {name: sad[name].k for name in STEADY} == STEADY


def test_happy_swings_at_its_ratio_and_sad_does_not() -> None:
    swing = rules_of(HAPPY, "keep")["swing"]
    assert isinstance(swing, Swing)
    assert (swing.ratio, swing.delay, swing.accent) == (HAPPY.swing, 0, 0)
    assert "swing" not in rules_of(SAD, "keep")


def test_a_kept_grid_has_no_ritard_and_rubato_takes_the_place_of_arches() -> None:
    assert rules_of(SAD, "keep")["final_ritard"].k == 0
    assert rules_of(SAD, "map", 0.25)["final_ritard"].k == pytest.approx(0.75 * SAD.final_ritard)
    assert rules_of(SAD, "map", 1.0)["phrase_arch"].k == 0


def test_a_plan_has_what_plays_and_nothing_else() -> None:
    plan = draw_plan(rich(), SAD, rules={"high_loud": 0, "motor_noise": 1})
    names = [rule.name for rule in plan.rules]
    assert "high_loud" not in names and "motor_noise" in names
    assert "final_ritard" not in names and "duration_contrast_articulation" not in names
    assert plan.chords == len(rich())


def test_seeds() -> None:
    plans = [draw_plan(rich(), SAD, seed=seed) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]


def test_a_rule_draws_the_same_whatever_plays_beside_it() -> None:
    noise = [
        next(rule for rule in draw_plan(rich(), SAD, rules=rules).rules if rule.name == "timing_noise")
        for rules in ({}, {"high_loud": 0, "clock_noise": 2})
    ]
    assert noise[0] == noise[1]


def test_rubato_is_played_in_part() -> None:
    rubato = Rubato(source="x", beat=(0.0,), log_period=(0.2,), level_db=(2.0,))
    plan = draw_plan(rich(), SAD, rubato=rubato, amount=0.5)
    assert plan.rubato == Rubato(source="x", beat=(0.0,), log_period=(0.1,), level_db=(1.0,))


def test_a_rule_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no rule 'hig_loud' .did you mean 'high_loud'"):
        rule_at("hig_loud", 1.0)
    with pytest.raises(InputError, match="high_loud: strength nan is outside"):
        rule_at("high_loud", float("nan"))
