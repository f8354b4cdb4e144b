"""What of the score is changed first: asked for, drawn for, kept in the plan, and made again."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from written_lines import rich

from composer_daw.errors import InputError
from composer_daw.humanizer import apply, humanize
from composer_daw.humanizer.plan import Plan
from composer_daw.humanizer.score_change import ScoreChanges
from composer_daw.humanizer.valence import change_score, changed_score, main_tempo
from composer_daw.performance import Performance

SCORE = rich().performance


def pitches(performance: Performance) -> list[int]:
    return performance.notes["pitch"][np.argsort(performance.notes["source"])].tolist()


def test_a_score_is_changed_before_it_is_played() -> None:
    played = humanize(SCORE, emotion="sad", mode="minor", register=-2, tempo="map")
    changed, reports = changed_score(SCORE, ScoreChanges(mode="minor", register_semitones=-2))
    assert pitches(played.performance) == pitches(changed) != pitches(SCORE)
    assert [one.summary for one in played.changes] == [one.summary for one in reports]
    plain = humanize(changed, emotion="sad", tempo="map")
    assert (played.performance.notes == plain.performance.notes).all()
    assert played.plan.model_copy(update={"changes": ScoreChanges()}) == plain.plan


def test_the_plan_makes_the_changes_again() -> None:
    first = humanize(SCORE, emotion="切ない", mode="parallel", register=5, tempo_class="advised", rubato=0.5)
    again = apply(SCORE, Plan.model_validate_json(first.plan.model_dump_json()))
    assert first.plan.changes == ScoreChanges(mode="minor", register_semitones=5, tempo_class="slow")
    assert (again.performance.notes == first.performance.notes).all()
    assert again.performance.tempo.bpm.tolist() == first.performance.tempo.bpm.tolist()
    assert again.remarks == first.remarks and len(again.changes) == 3


def test_parallel_and_advised_go_by_the_emotion() -> None:
    for point, mode, tempo_class in (((-1, -1), "minor", "slow"), ((1, 1), "major", "fast")):
        changes = humanize(SCORE, *point, mode="parallel", tempo_class="advised").plan.changes
        assert (changes.mode, changes.tempo_class) == (mode, tempo_class)
    neutral = humanize(SCORE, mode="parallel")
    assert neutral.plan.changes.mode == "as written"
    assert [one.summary for one in neutral.changes] == [
        "mode: as written; the valence advises neither major nor minor"
    ]
    assert pitches(neutral.performance) == pitches(SCORE)


def test_a_class_of_tempo_changes_the_length_and_keeps_the_grid() -> None:
    played = humanize(SCORE, tempo_class="slow").performance
    assert main_tempo(played) == 76
    assert played.duration_s == pytest.approx(SCORE.duration_s * main_tempo(SCORE) / 76, abs=1e-6)


def test_the_tempo_changes_once() -> None:
    with pytest.raises(InputError, match="would change the tempo twice; give one"):
        humanize(SCORE, emotion="sad", tempo="map", tempo_class="advised")
    plan = humanize(SCORE, emotion="sad", tempo_class="slow").plan.model_dump()
    with pytest.raises(ValidationError, match="would change the tempo twice; give one"):
        Plan.model_validate(plan | {"tempo": "map"})


def test_a_changed_score_at_no_strength_is_only_changed() -> None:
    played = humanize(SCORE, emotion="sad", mode="minor", strength=0)
    assert (played.performance.notes == change_score(SCORE, played.plan.expression, ("mode",))[0].notes).all()


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"mode": "dorian"}, "no mode 'dorian'; give parallel or major or minor"),
        ({"tempo_class": "fats"}, r"no class of tempo 'fats' \(did you mean 'fast'\?\); give advised or"),
        ({"register": 128}, r"register 128 is outside -127\.\.127 semitones"),
        ({"phrases": []}, "phrases : bars must rise"),
        ({"emotion": ""}, "no emotion ''"),
        ({"valence": float("nan")}, r"valence nan is outside -1\.\.1"),
    ],
)
def test_what_cannot_be_asked(asked: dict, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        humanize(SCORE, **asked)


def test_a_word_at_another_point_is_moved() -> None:
    here, moved = humanize(SCORE, emotion="sad").plan, humanize(SCORE, arousal=0.5, emotion="sad").plan
    assert (here.moved, here.feeling) == (False, "sad, valence -0.60, arousal -0.30")
    assert (moved.moved, moved.feeling) == (True, "sad, moved to valence -0.60, arousal +0.50")
    assert humanize(SCORE, 0.1, 0.2).plan.feeling == "valence +0.10, arousal +0.20"


def test_given_phrases_reach_the_arches_and_the_rubato() -> None:
    found, given = (humanize(SCORE, -1, -1, rubato=0.5, phrases=bars) for bars in (None, [1, 2]))
    arches = [one for one in given.plan.rules if one.name == "phrase_arch"]
    assert [level[:-1] for level in arches[0].phrases[:2]] == [(0.0, 4.0)] * 2
    assert given.plan.rubato.log_period != found.plan.rubato.log_period
