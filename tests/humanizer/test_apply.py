"""Apply: what becomes of onsets, lengths, velocities and all that stands beside the notes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_scores import POINTS, scores
from written_lines import rich, written

from composer_daw.events import Kind
from composer_daw.humanizer import apply, humanize, lines_of, load_profile
from composer_daw.humanizer.apply import GRID_SHARE
from composer_daw.humanizer.draw import STEADY, draw_plan
from composer_daw.humanizer.lengths import LONGEST, SHORTEST, held_lengths, with_mean, written_lengths
from composer_daw.humanizer.plan import Plan
from composer_daw.humanizer.velocities import level_of
from composer_daw.performance import CONTROL, Performance, TempoMap, Text, note_rows

NONE = dict.fromkeys(("timing_noise", "melody_lead"), 0.0)


def alone(performance: Performance, *point: float, **options: object) -> Plan:
    """Return a plan that no rule takes part in."""
    plan = humanize(performance, *point, **options).plan  # type: ignore[arg-type]
    return plan.model_copy(update={"rules": ()})


@given(scores(), POINTS, st.floats(0.1, 2), st.sampled_from(["keep", "map"]))
def test_lengths_stay_within_their_clips(
    score: Performance, point: tuple[float, float], strength: float, tempo: str
) -> None:
    played = humanize(score, *point, strength=strength, tempo=tempo, rules={"score_staccato": 1.0})
    lines = played.lines
    held = held_lengths(lines, played.warp, played.by_rule, played.plan.expression.articulation)
    share = held / np.maximum(written_lengths(lines, played.warp), 1e-9)
    legato = lines.performance.notes["technique"] == 1
    floor = held <= 0.020 + 1e-9
    assert ((share >= SHORTEST - 1e-9) | floor).all()
    assert ((share <= LONGEST + 1e-9) | floor | legato).all()


@given(st.lists(st.floats(0.1, 1.9), min_size=1, max_size=30).map(np.array), st.floats(0.31, 1.09))
def test_gaps_shape_the_articulation_and_do_not_choose_it(shape: np.ndarray, mean: float) -> None:
    shares = with_mean(shape, mean)
    assert shares.mean() == pytest.approx(mean, abs=1e-6)
    assert (np.diff(shares[np.argsort(shape)]) >= 0).all()


def test_legato_is_not_shortened_and_staccato_marks_add_up() -> None:
    marked = written([(60, 500, "legato"), (62, 500), (64, 500, "staccato"), (65, 500)] * 8).performance
    plan = humanize(marked, 1, 1, rules={"score_staccato": 1.0}).plan
    rules = tuple(rule for rule in plan.rules if rule.name == "score_staccato")
    played = apply(marked, plan.model_copy(update={"rules": rules})).performance.notes
    share = (played["duration_s"] / played["written_duration_s"]).reshape(8, 4)[:-1].mean(axis=0)
    assert share.tolist() == pytest.approx([1.0, 0.5, 0.3, 0.5], abs=0.01)


@given(scores(deviate=False), POINTS)
def test_without_rules_velocities_keep_their_order(score: Performance, point: tuple[float, float]) -> None:
    played = apply(score, alone(score, *point)).performance
    before, after = (one.notes[np.argsort(one.notes["source"])]["velocity"] for one in (score, played))
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order].astype(int)) >= 0).all()


def test_strength_blends_with_the_dynamics_that_are_there() -> None:
    score = rich().performance
    levels = [
        float(level_of(humanize(score, -1, -1, strength=k).performance.notes["velocity"]).mean())
        for k in (0.0, 0.25, 0.5, 1.0)
    ]
    assert (np.diff(levels) < -1.0).all()


def test_a_strength_above_1_stays_within_the_fixed_limits() -> None:
    score = rich().performance.with_notes(velocity=64)
    neutral, sad, happy = (
        humanize(score, *point, tempo="map", strength=2.0, seed=1) for point in ((0, 0), (-1, -1), (1, 1))
    )
    assert (sad.plan.speed, happy.plan.speed) == (0.5, 1.6)
    levels = [float(level_of(one.performance.notes["velocity"]).mean()) for one in (neutral, sad, happy)]
    assert levels[1] - levels[0] == pytest.approx(-10, abs=0.1)
    assert levels[2] - levels[0] == pytest.approx(8, abs=0.1)
    wide = load_profile().at(-1, -1).model_copy(update={"timing_ms": 30.0})
    plan = draw_plan(lines_of(score), wide, strength=2.0, rules=dict.fromkeys(STEADY, 0.0))
    noise = apply(score, plan).by_rule["timing_noise"].shift_ms
    assert noise[: len(noise) // 2].std() <= 31


def test_swing_is_at_most_3_to_1_at_any_strength() -> None:
    notes = note_rows([(0.5 * n + late, 0.2, 60 + n % 7, 80) for n in range(32) for late in (0.0, 0.25)])
    score = Performance(notes[np.arange(64) % 4 != 2])  # every second off-beat has a quarter note after it
    for strength, late_ms in ((0.5, 250 * 0.5 * 1.9 / 3.9), (1.0, 250 * 1.9 / 3.9), (2.0, 125.0)):
        shift = humanize(score, strength=strength, rules={"swing": 1.0}).by_rule["swing"].shift_ms
        assert shift.max() == pytest.approx(late_ms, abs=0.1)


def test_a_kept_grid_is_left_no_further_at_a_strength_above_1() -> None:
    score = rich().performance
    once, twice = (humanize(score, -1, -1, strength=k, rubato=0.5, rules=NONE) for k in (1.0, 2.0))
    for name, changes in once.by_rule.items():
        assert np.allclose(changes.duration_ms, twice.by_rule[name].duration_ms), name
    assert np.allclose(once.warp.time_s, twice.warp.time_s)
    assert twice.by_rule["phrase_arch"].level_db.min() < 1.9 * once.by_rule["phrase_arch"].level_db.min()


def test_a_tempo_that_midi_cannot_say_is_told() -> None:
    notes = note_rows([(12.0 * n, 9.0, 60 + n, 80) for n in range(8)])
    score = Performance(notes, tempo=TempoMap(np.zeros(1), np.full(1, 5.0)))
    said = "slower than the 3.6 beats a minute of MIDI: notes leave their beats"
    assert said in humanize(score, -1, -1, tempo="map").remarks
    assert said not in humanize(score, 1, 1, tempo="map").remarks


def test_a_loud_score_makes_room_and_says_so() -> None:
    score = rich().performance.with_notes(velocity=120)
    played = humanize(score, 1, 1)
    assert played.remarks[0] == "brought down by 10.9 dB first, to have room above"
    assert played.performance.notes["velocity"].max() <= 127


def test_what_was_played_beside_the_beat_still_is() -> None:
    notes = note_rows([(0.5 * n + (0.03 if n == 5 else 0.0), 0.4, 60 + n, 80) for n in range(8)])
    notes["written_onset_s"], notes["written_duration_s"] = 0.5 * np.arange(8), 0.5
    score = Performance(notes)
    played = apply(score, alone(score, 0, 0)).performance.notes
    assert (played["onset_s"] - played["written_onset_s"])[5] == pytest.approx(0.03, abs=1e-5)


def test_controls_and_texts_go_with_their_beats() -> None:
    controls = np.zeros(2, CONTROL)
    controls["kind"], controls["time_s"], controls["value"] = Kind.CONTROL, (1.0, 2.0), (10, 20)
    notes = note_rows([(0.5 * n, 0.5, 60, 80) for n in range(8)])
    score = Performance(notes, controls, (Text(2.0, "pizz."),))
    plan = alone(score, -1, -1, tempo="map")
    played = apply(score, plan).performance
    assert played.controls["time_s"].tolist() == pytest.approx([2.0, 4.0], abs=1e-3)
    assert played.texts[0].time_s == pytest.approx(4.0, abs=1e-3)
    kept = apply(score, plan.model_copy(update={"tempo": "keep"})).performance
    assert kept.controls["time_s"].tolist() == [1.0, 2.0]


def test_a_kept_grid_has_a_share_of_the_rules_tempo() -> None:
    score = rich().performance
    kept, mapped = (humanize(score, tempo=tempo, seed=1) for tempo in ("keep", "map"))
    ratio = kept.by_rule["phrase_arch"].duration_ms / mapped.by_rule["phrase_arch"].duration_ms
    assert np.nanmedian(ratio) == pytest.approx(GRID_SHARE)
    levels = [one.by_rule["phrase_arch"].level_db for one in (kept, mapped)]
    assert np.array_equal(*levels)


def test_rules_see_the_tempo_that_is_played() -> None:
    score = rich().performance
    played = humanize(score, -1, -1, tempo="map")
    assert played.lines.chords["dr_ms"].sum() == pytest.approx(
        2 * humanize(score).lines.chords["dr_ms"].sum()
    )


def test_drums_swing_with_the_melody() -> None:
    played = humanize(rich().performance, 1, 1, tempo="keep", rules=NONE)
    shift, chords = played.by_rule["swing"].shift_ms, played.lines.chords
    beats = np.unique(chords["beat"][shift > 0])
    drums = np.isin(chords["beat"], beats) & played.lines.is_drum
    assert drums.any() and (shift[drums] > 0).all()


def test_tempo_changes_inside_a_piece_are_kept() -> None:
    tempo = TempoMap(np.array([0.0, 6.0]), np.array([120.0, 60.0]), ((0.0, 3, 4),))
    beats = np.arange(12.0)
    notes = note_rows([(float(tempo.seconds_at(b)), 0.4, 60, 80) for b in beats])
    played = humanize(Performance(notes, tempo=tempo), 1, 1, tempo="map").performance
    assert np.median(played.tempo.bpm[played.tempo.beats < 6]) > 1.7 * np.median(
        played.tempo.bpm[(played.tempo.beats >= 6) & (played.tempo.beats < 11)]
    )
    kept = humanize(Performance(notes, tempo=tempo), 1, 1).performance
    assert dataclasses.asdict(kept.tempo)["bpm"].tolist() == [120.0, 60.0]


def test_more_than_three_hours_are_told() -> None:
    step = 1.5
    notes = note_rows([(step * n, step, 60, 80) for n in range(5000)])
    slow = humanize(Performance(notes, tempo=TempoMap(np.zeros(1), np.full(1, 40.0))), -1, -1, tempo="map")
    assert "lasts 4.2 hours; what is over 3 is not read" in slow.remarks
