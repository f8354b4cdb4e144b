"""Shaping as a whole: what each technique gets, what is never touched, and what holds of any performance."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shaped_playing import at, bowed, control, curve, follows, playing, value_at

from composer_daw.errors import InputError
from composer_daw.events import Kind
from composer_daw.humanizer import humanize
from composer_daw.humanizer.shaping import shape, shaped, told_by_score
from composer_daw.performance import Performance, Text, Track
from composer_daw.techniques import TechniqueMap, realize

FLAT = at(0.0).model_copy(update={"attack_ms": 100.0})
TECHNIQUES = (
    "",
    "legato",
    "staccato",
    "pizzicato",
    "tremolo",
    "detache",
    "crescendo",
    "accent",
    "senza_vibrato",
)
MAPS = {
    "cc11": bowed(),
    "cc1": bowed(dynamics={"cc": 1, "follow": "score"}),
    "velocity": bowed(dynamics={"cc": 2, "follow": "velocity"}, chase=[]),
    "followed": follows(11, 74, 76, 77),
    "none": bowed(dynamics=None, chase=[]),
}


def test_a_held_note_rises_and_a_new_bow_dips() -> None:
    score = playing([(1.0, 0.3, ""), (1.3, 0.3, ""), (3.0, 0.3, "")])
    done = shape(score, bowed(), FLAT)
    # 127 x 10^(-24/40) = 31.9 out of silence, 127 x 10^(-8/40) = 80.1 where the bow changes
    assert [value_at(done, time_s) for time_s in (0.0, 1.0, 1.1, 1.25, 1.3, 1.4, 2.99, 3.0)] == [
        32, 32, 127, 127, 80, 127, 127, 32,
    ]  # fmt: skip


def test_a_slur_has_one_attack() -> None:
    done = shape(playing([(0.0, 0.15, "legato"), (0.15, 0.15, "legato")]), bowed(), FLAT)
    times, values = curve(done)
    assert values[0] == 32 and (values[times > 0.1] == 127).all()


def test_a_tremolo_begins_loudest() -> None:
    _, values = curve(shape(playing([(0.0, 1.0, "tremolo")]), bowed(), FLAT))
    assert values[0] == 127 and (np.diff(values) < 0).all() and values[-1] == 107  # 3 dB down


@pytest.mark.parametrize("technique", ["staccato", "pizzicato", "crescendo"])
def test_what_is_short_plucked_or_swells_by_itself_has_a_flat_controller(technique: str) -> None:
    alone = playing([(0.0, 2.0, technique), (2.0, 2.0, technique)])
    assert shape(alone, bowed(), FLAT) is alone
    between = shape(playing([(0.0, 1.0, ""), (1.0, 2.0, technique), (4.0, 1.0, "")]), bowed(), FLAT)
    times, values = curve(between)
    inside = (times >= 1.0 - 1e-6) & (times < 4.0 - 1e-6)
    assert set(values[inside]) == {127} and value_at(between, 1.0) == 127


def test_the_score_is_scaled_not_replaced() -> None:
    score = playing([(0.0, 0.3, ""), (1.0, 2.0, "pizzicato")], [(0.0, 11, 100), (1.5, 11, 60), (1.5, 1, 5)])
    done = shape(score, bowed(), FLAT)
    assert [value_at(done, time_s) for time_s in (0.0, 0.1, 0.9, 1.0, 1.5)] == [25, 100, 100, 100, 60]
    assert [one.tolist() for one in curve(done, 1)] == [[1.5], [5]]


def test_what_the_score_moves_itself_swells_half_as_much() -> None:
    hairpin = [(0.0, 11, 80), (1.0, 11, 100), (1.5, 11, 80)]
    own, moved = (
        shape(playing([(0.0, 2.0, "")]), bowed(), FLAT),
        shape(playing([(0.0, 2.0, "")], hairpin), bowed(), FLAT),
    )
    whole = 40 * np.log10(value_at(own, 1.95) / 127)
    half = 40 * np.log10(value_at(moved, 1.95) / 80)
    assert half == pytest.approx(whole / 2, abs=0.2)


def test_a_dynamic_layer_takes_the_velocities_where_the_score_is_silent() -> None:
    score = playing([(0.0, 0.3, ""), (1.0, 0.3, "staccato")]).with_notes(velocity=[100, 50])
    layer = bowed(dynamics={"cc": 1, "follow": "score"})
    done = shape(score, layer, FLAT)
    assert [value_at(done, time_s, 1) for time_s in (0.2, 0.99, 1.0)] == [100, 100, 50]
    written = dataclasses.replace(score, controls=control([(0.0, 1, 90)]))
    assert [value_at(shape(written, layer, FLAT), time_s, 1) for time_s in (0.2, 1.0)] == [90, 90]


def test_a_map_that_follows_velocities_is_realized_with_the_shaped_ones() -> None:
    score = playing([(0.1, 0.3, "")], [(0.0, 2, 3)]).with_notes(velocity=[100])
    follow = bowed(dynamics={"cc": 2, "follow": "velocity"}, chase=[])
    events = realize(shape(score, follow, FLAT), told_by_score(follow)).events.of(Kind.CONTROL)
    values = events["value"][events["number"] == 2]
    assert values.max() == 100 and values.min() == 25


def test_parts_have_their_own_or_are_one_player() -> None:
    two = playing([(0.0, 0.3, ""), (0.7, 0.3, "")], track=[0, 1], channel=[0, 5])
    apart = shape(two, bowed(), FLAT, one_player=False)
    assert set(zip(apart.controls["track"].tolist(), apart.controls["channel"].tolist(), strict=True)) == {
        (0, 0),
        (1, 5),
    }
    alone = shape(two, bowed(), FLAT)
    assert set(alone.controls["track"]) == {0} and value_at(alone, 0.7) == 32


def test_drums_beside_an_instrument_do_not_count() -> None:
    score = playing([(0.0, 2.0, ""), (0.5, 0.1, ""), (1.0, 0.1, "")], channel=[0, 9, 9])
    with_drums, without = shape(score, bowed(), FLAT), shape(playing([(0.0, 2.0, "")]), bowed(), FLAT)
    assert [one.tolist() for one in curve(with_drums)] == [one.tolist() for one in curve(without)]


def test_strength_scales_the_levels() -> None:
    score = playing([(0.0, 0.3, "")])
    # -24 dB x 0.5 and x 2: 127 x 10^(-12/40) = 63.7, 127 x 10^(-48/40) = 8.0
    assert [value_at(shape(score, bowed(), FLAT, strength=one), 0.0) for one in (0.5, 2.0)] == [64, 8]
    assert shape(score, bowed(), FLAT, strength=0.0) is score
    for wrong in (-0.1, 2.1, float("nan")):
        with pytest.raises(InputError, match=r"strength .* is outside 0\.\.2"):
            shape(score, bowed(), FLAT, strength=wrong)


def test_nothing_to_shape() -> None:
    empty = Performance()
    assert shape(empty, bowed(), FLAT, ornaments=True) is empty


def test_a_humanized_score_is_shaped_by_its_plan() -> None:
    notes = [(0.5 * step, 0.5, "") for step in range(16)]
    score = dataclasses.replace(playing(notes), texts=(Text(4.0, "pizz."), Text(0.0, "a word")))
    humanized = humanize(score, 0.0, -1.0, seed=1, strength=0.5)
    done = shaped(humanized, bowed())
    assert done.texts == humanized.performance.texts
    assert (done.notes["onset_s"] == humanized.performance.notes["onset_s"]).all()
    times, values = curve(done)
    plucked = done.notes["onset_s"][8]
    assert (values[times >= plucked] == 127).all() and values[0] < 127  # as the score has it, note by note
    same = humanize(score, 0.0, -1.0, strength=0.0)
    assert shaped(same, bowed()) is same.performance


voices = st.integers(0, 2), st.sampled_from((0, 1, 9))
note = st.tuples(st.floats(0, 8), st.floats(0, 3), st.sampled_from(TECHNIQUES), st.integers(1, 127), *voices)
notes = st.lists(note, max_size=14)
controls = st.lists(
    st.tuples(st.floats(0, 10), st.sampled_from((1, 2, 11, 64, 74, 76, 77)), st.integers(0, 127)), max_size=20
)


def drawn(
    rows: list[tuple[float, float, str, int, int, int]], said: list[tuple[float, int, int]]
) -> Performance:
    """Return any performance, in order."""
    rows = sorted(rows)
    performance = playing(
        [(onset_s, duration_s, name) for onset_s, duration_s, name, _, _, _ in rows],
        said,
        velocity=[row[3] for row in rows],
        track=[row[4] for row in rows],
        channel=[row[5] for row in rows],
    )
    return dataclasses.replace(performance, tracks=(Track(),) * 3)


@given(notes, controls, st.sampled_from(sorted(MAPS)), st.floats(-1, 1), st.floats(0.01, 2), st.booleans())
def test_what_holds_of_any_performance(
    rows: list[tuple[float, float, str, int, int, int]],
    said: list[tuple[float, int, int]],
    name: str,
    arousal: float,
    strength: float,
    one_player: bool,
) -> None:
    score, mine = drawn(rows, said), MAPS[name]
    done = shape(score, mine, at(arousal), strength=strength, one_player=one_player)
    again = shape(score, mine, at(arousal), strength=strength, one_player=one_player)
    assert done.notes.tobytes() == score.notes.tobytes()
    assert done.controls.tobytes() == again.controls.tobytes()
    assert ((done.controls["value"] >= 0) & (done.controls["value"] <= 127)).all()
    told_ms = done.controls[np.isin(done.controls["number"], changed(score, done))]
    keys = {(row["number"], row["track"], row["channel"]) for row in told_ms}
    for number, track, channel in keys:
        mine_only = told_ms[
            (told_ms["number"] == number) & (told_ms["track"] == track) & (told_ms["channel"] == channel)
        ]
        if one_player or not len(score.controls):
            assert (np.diff(mine_only["time_s"]) > 0.0099).all()
            assert (np.diff(mine_only["value"]) != 0).all()
    assert np.array_equal(
        done.controls[done.controls["number"] == 64], score.controls[score.controls["number"] == 64]
    )


def changed(score: Performance, done: Performance) -> list[int]:
    """Return the controllers that shaping told."""
    return [
        number
        for number in np.unique(done.controls["number"]).tolist()
        if not np.array_equal(curve(score, number), curve(done, number))
    ]


@given(notes, controls, st.floats(-1, 1))
def test_nothing_is_louder_than_the_score_and_nothing_is_silenced(
    rows: list[tuple[float, float, str, int, int, int]], said: list[tuple[float, int, int]], arousal: float
) -> None:
    score = drawn(rows, said)
    done = shape(score, MAPS["cc11"], at(arousal))
    times, values = curve(done)
    if 11 in changed(score, done):  # what is not shaped, two values at one time included, stays
        own_times, own = curve(score)
        ceiling = np.append(127, own)[np.searchsorted(own_times, times + 1e-6, side="right")]
        assert (values <= ceiling).all()
        assert (values[ceiling > 0] > 0).all()


@given(notes, st.sampled_from(sorted(MAPS)))
def test_what_is_shaped_can_be_realized(
    rows: list[tuple[float, float, str, int, int, int]], name: str
) -> None:
    mine: TechniqueMap = MAPS[name]
    score = drawn([(row[0], max(row[1], 0.02), *row[2:]) for row in rows], [])
    if len(score.notes):
        done = realize(shape(score, mine, at(0.3)), told_by_score(mine))
        assert len(done.labels.rows) == len(score.notes)
        assert (np.diff(done.events.stream["time_s"]) >= 0).all()
