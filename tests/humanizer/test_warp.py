"""Warps: what they keep, and the tempo maps that follow them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_scores import tempo_maps
from written_lines import written

from composer_daw.humanizer import humanize
from composer_daw.humanizer.warp import (
    FASTEST,
    SLOWEST,
    bar_lines,
    bounded,
    pulses,
    stretches,
    tempo_map_of,
    unfollowed_s,
    warp_of,
    within_bars,
)
from composer_daw.midi import load_midi
from composer_daw.performance import TempoMap

AT_60 = TempoMap(np.zeros(1), np.full(1, 60.0))
FACTORS = st.lists(st.floats(FASTEST, SLOWEST), min_size=16, max_size=16).map(np.array)
BEATS = np.arange(16.0)


def test_a_stretch_lasts_longer_and_moves_what_follows() -> None:
    warp = warp_of(AT_60, np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0]))
    assert warp.at(np.array([0.0, 1.0, 1.5, 2.0, 4.0, 6.0])).tolist() == [0, 1, 2, 3, 5, 7]


def test_before_the_first_onset_time_is_as_written_and_after_the_last_its_tempo_holds() -> None:
    warp = warp_of(AT_60, np.array([2.0]), np.array([3.0]))
    assert warp.at(np.array([1.0, 2.0, 4.0, 5.0, 100.0])).tolist() == [1, 2, 8, 11, 296]


def test_rules_shape_the_tempo_and_do_not_choose_it() -> None:
    longer = bounded(AT_60, BEATS, np.linspace(1, 2, 16), 16.0)
    assert warp_of(AT_60, BEATS, longer).at(np.array([16.0]))[0] == pytest.approx(16.0)


def test_a_wild_stretch_is_clipped() -> None:
    wild = np.append(np.ones(15), 12.5)  # a chord that a ritard makes 12.5 times as long
    longer = bounded(AT_60, BEATS, wild, 16.0)
    assert longer[-1] / longer[0] == pytest.approx(SLOWEST)


def test_the_highest_chord_leads_and_its_rest_counts() -> None:
    lines = written([(72, 500), (None, 500), (74, 1000)], [(48, 1000), (50, 1000)])
    beat, longer = stretches(lines, np.array([100.0, 0.0, 700.0, 700.0]))
    assert beat.tolist() == [0, 1]
    assert longer.tolist() == [pytest.approx(1.1), 1.0]


@given(tempo_maps(), FACTORS)
def test_it_always_rises(tempo: TempoMap, factors: np.ndarray) -> None:
    warp = warp_of(tempo, BEATS, bounded(tempo, BEATS, factors, 16.0))
    for one in (warp, within_bars(warp, tempo, 16.0)):
        assert (np.diff(one.at(np.linspace(-1, 40, 400))) > 0).all()


@given(tempo_maps(), FACTORS)
def test_bar_lines_stay(tempo: TempoMap, factors: np.ndarray) -> None:
    warp = within_bars(warp_of(tempo, BEATS, factors), tempo, 16.0)
    lines = bar_lines(tempo, 16.0)
    assert np.allclose(warp.at(lines), tempo.seconds_at(lines), atol=1e-9)
    after = lines[-1] + np.arange(20.0)
    assert np.allclose(warp.at(after), tempo.seconds_at(after), atol=1e-9)


@given(tempo_maps(), FACTORS)
def test_the_tempo_map_follows_on_every_beat(tempo: TempoMap, factors: np.ndarray) -> None:
    warp = warp_of(tempo, BEATS, factors)
    grid, beats = tempo_map_of(warp, tempo, 16.0), pulses(tempo, 16.0)
    on_ticks = np.rint(beats * 960) / 960
    assert np.allclose(grid.seconds_at(on_ticks), warp.at(on_ticks), atol=1e-3)
    assert np.allclose(grid.beats * 960, np.rint(grid.beats * 960))
    assert np.allclose(60e6 / grid.bpm, np.rint(60e6 / grid.bpm))
    assert grid.metres == tempo.metres


def test_after_the_end_the_last_tempo_holds() -> None:
    tempo = TempoMap(np.array([0.0, 20.0]), np.array([60.0, 100.0]))
    for end_beat in (16.0, 15.9, 15.1):
        grid = tempo_map_of(warp_of(tempo, BEATS, np.append(np.ones(15), 2.0)), tempo, end_beat)
        assert grid.beats.tolist() == [0, 15, 20]
        assert grid.bpm.tolist() == [60, 30, 50]


def test_nothing_is_slower_than_a_file_can_say() -> None:
    tempo = TempoMap(np.zeros(1), np.full(1, 5.0))
    warp = warp_of(tempo, BEATS, np.append(np.ones(15), 3.0))
    grid = tempo_map_of(warp, tempo, 15.9)
    assert grid.bpm.min() > 3.57
    late_s = float(warp.at(np.array([15.9]))[0] - grid.seconds_at(15.9))
    assert unfollowed_s(warp, tempo, 15.9) == pytest.approx(late_s, abs=1e-4)
    assert late_s == pytest.approx(0.9 * (36.0 - 16.777215), abs=1e-3)


@given(tempo_maps(), FACTORS, st.floats(15.1, 16.0))
def test_a_map_that_a_file_can_say_is_followed_wherever_the_last_note_ends(
    tempo: TempoMap, factors: np.ndarray, end_beat: float
) -> None:
    assert unfollowed_s(warp_of(tempo, BEATS, factors), tempo, end_beat) == 0.0


def test_what_the_score_slows_down_itself_counts_against_the_bound() -> None:
    tempo = TempoMap(np.array([0.0, 14.0, 15.0]), np.array([60.0, 30.0, 15.0]))
    longer = bounded(tempo, BEATS, np.append(np.ones(14), [10.0, 10.0]), 16.0)
    ratio = longer / longer[0]
    assert ratio[14] == pytest.approx(SLOWEST / 2)
    assert ratio[15] == pytest.approx(
        1.0
    )  # at a quarter of the tempo already: the score's own, left as it is
    hurrying = TempoMap(tempo.beats.copy(), np.array([60.0, 90.0, 150.0]))
    longer = bounded(hurrying, BEATS, np.append(np.ones(14), [0.1, 0.1]), 16.0)
    assert (longer / longer[0])[14:] == pytest.approx([FASTEST * 90 / 60, 1.0])


def test_no_phrase_of_vgmidi_is_said_to_be_slower_than_a_file_can_say(shared_data: Path) -> None:
    paths = sorted((shared_data / "vgmidi" / "phrases").glob("*.mid"))
    played = [humanize(load_midi(path), tempo="map", seed=1) for path in paths]
    assert len(played) == 152
    for one in played:
        assert not [remark for remark in one.remarks if "slower than" in remark]
        last_beat = one.lines.chords["beat"].max()
        assert one.performance.tempo.beats[-1] <= last_beat + 0.25 + 1e-6  # the last note has one tempo


def test_pickups_and_changes_of_metre() -> None:
    tempo = TempoMap(np.zeros(1), np.full(1, 60.0), ((0.0, 1, 4), (1.0, 3, 4), (7.0, 6, 8)))
    assert bar_lines(tempo, 9.0).tolist() == [0, 1, 4, 7, 10]
    assert pulses(tempo, 9.0).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8.5, 10]
    assert bar_lines(AT_60, 0.0).tolist() == [0, 4]


def test_a_metre_of_no_beats_does_not_hang() -> None:
    tempo = TempoMap(np.zeros(1), np.full(1, 60.0), ((0.0, 0, 4),))
    assert bar_lines(tempo, 1.0)[-1] >= 1.0
