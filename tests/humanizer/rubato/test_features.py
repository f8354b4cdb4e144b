"""Features come from the score alone, are finite for any score, and say what they are named after."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from aligned_building import player
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.humanizer.lines import lines_of
from composer_daw.humanizer.rubato.alignments import Score
from composer_daw.humanizer.rubato.features import features, matrix, onsets_of, score_of
from composer_daw.performance import Performance, TempoMap, note_rows


@st.composite
def scores(draw: st.DrawFn) -> Score:
    count = draw(st.integers(1, 40))
    some = draw(
        st.lists(
            st.tuples(st.integers(-8, 200), st.integers(0, 64), st.integers(0, 127)),
            min_size=count,
            max_size=count,
        )
    )
    beat, length, pitch = np.array(sorted(some), float).T
    metre = draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2), (6, 16), (5, 8), (1, 1)]))
    return Score(beat / 8, length / 8, pitch, ((0.0, *metre),))


@given(scores())
def test_every_score_has_finite_features_of_the_same_names(score: Score) -> None:
    onsets = onsets_of(score)
    columns = features(onsets)
    rows = matrix(columns)
    assert np.isfinite(rows).all()
    assert rows.shape == (len(onsets.beat), len(NAMES))
    assert list(columns) == NAMES
    assert np.abs(rows).max() < 50


NAMES = list(features(onsets_of(player().score)))


def test_nothing_played_is_in_them() -> None:
    one = player()
    other = one.notes.copy()
    for name in ("onset_s", "duration_s", "velocity"):
        other[name] = other[name][::-1] * 3
    changed = dataclasses.replace(one, notes=other, name="two", composer="another", piece="p", edition="e")
    np.testing.assert_array_equal(
        matrix(features(onsets_of(one.score))), matrix(features(onsets_of(changed.score)))
    )


def test_some_by_hand() -> None:
    score = Score(
        np.array([0.0, 0, 1, 1.5, 2, 4, 5]),
        np.array([1.0, 4, 0.5, 0.5, 1, 1, 1]),
        np.array([72.0, 48, 74, 76, 77, 60, 72]),
        ((0.0, 4, 4),),
    )
    columns = features(onsets_of(score))
    assert columns["downbeat"].tolist() == [1, 0, 0, 0, 1, 0]
    assert columns["on_beat"].tolist() == [1, 1, 0, 1, 1, 1]
    assert columns["ioi"].tolist() == [0, -1, -1, 1, 0, 0]
    assert columns["notes"].tolist() == [1, 0, 0, 0, 0, 0]
    assert columns["span"][0] == 1.0 and columns["melody"][0] == 0.0
    assert columns["compound"].tolist() == [0] * 6 and columns["beats_of_bar"].tolist() == [4] * 6
    assert columns["through"].tolist() == [0, 0.2, 0.3, 0.4, 0.8, 1.0]
    assert columns["cadence_on"].sum() == 0


def test_compound_metres_count_dotted_beats() -> None:
    score = Score(np.arange(12) / 2, np.full(12, 0.5), np.full(12, 60.0), ((0.0, 6, 8),))
    columns = features(onsets_of(score))
    assert columns["compound"].tolist() == [1] * 12 and columns["beats_of_bar"].tolist() == [2] * 12
    assert columns["on_beat"].tolist() == [1, 0, 0] * 4


def test_the_cadence_of_a_dominant_that_falls_to_its_tonic() -> None:
    chords = [(48, 64, 67), (53, 65, 69), (43, 62, 71), (48, 60, 64)]
    score = Score(
        np.repeat(np.arange(4.0), 3),
        np.ones(12),
        np.array([sorted(chord) for chord in chords], float).ravel(),
    )
    assert features(onsets_of(score))["cadence_on"].tolist() == [0, 0, 1, 0]


def test_a_score_of_several_parts_without_its_drums() -> None:
    rows = note_rows([(0.0, 0.5, 60, 80), (0.5, 0.5, 64, 80), (0.0, 1.0, 36, 80), (0.25, 0.1, 38, 90)])
    rows["track"], rows["channel"] = [0, 0, 1, 2], [0, 0, 1, 9]
    tempo = TempoMap(bpm=np.array([120.0]), metres=((0.0, 3, 4),))
    score = score_of(lines_of(Performance(notes=rows, tempo=tempo)))
    assert score.beat.tolist() == [0.0, 0.0, 1.0] and score.pitch.tolist() == [36, 60, 64]
    assert score.length.tolist() == pytest.approx([2.0, 1.0, 1.0])
    assert score.metres == ((0.0, 3, 4),)
