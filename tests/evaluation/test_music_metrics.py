"""Metrics against values worked out by hand from the published formulas."""

from __future__ import annotations

import numpy as np
import pytest
from plain_song import Beats, written

from composer_daw.evaluation import music_metrics as metrics
from composer_daw.evaluation.song_score import Song, song_of

ARPEGGIO: Beats = [(0, 1, 60), (1, 1, 64), (2, 1, 67), (3, 1, 72), (4, 1, 60)]


def song(*tracks: Beats, drums: Beats | None = None) -> Song:
    named = {f"t{number}": notes for number, notes in enumerate(tracks)}
    return song_of(written(named | ({"Drums": drums} if drums else {})))


def test_pitch_class_entropy() -> None:
    # C three times in five, E and G once: -(0.6 log2 0.6 + 2 * 0.2 log2 0.2)
    assert metrics.pitch_class_entropy(song(ARPEGGIO).pitched) == pytest.approx(1.370951, abs=1e-6)
    chromatic: Beats = [(step, 1, 60 + step) for step in range(12)]
    assert metrics.pitch_class_entropy(song(chromatic).pitched) == pytest.approx(np.log2(12))
    assert metrics.pitch_class_entropy(song([(0, 1, 60)]).pitched) == 0.0


def test_entropy_of_windows() -> None:
    assert metrics.windowed_entropy(song(ARPEGGIO), 1) == pytest.approx((1.5 + 0.0) / 2)
    assert metrics.windowed_entropy(song(ARPEGGIO), 4) == pytest.approx(
        1.370951, abs=1e-6
    )  # as long as it is


def test_scale_consistency() -> None:
    scale: Beats = [(n, 1, 62 + step) for n, step in enumerate((0, 2, 4, 5, 7, 9, 11))]
    assert metrics.scale_consistency(song(scale).pitched) == 1.0
    assert metrics.scale_consistency(song([*scale, (7, 1, 63)]).pitched) == pytest.approx(7 / 8)
    chromatic: Beats = [(step, 1, 60 + step) for step in range(12)]
    assert metrics.scale_consistency(song(chromatic).pitched) == pytest.approx(7 / 12)


def test_polyphony_counts_pitches_over_the_time_in_which_any_sounds() -> None:
    overlap = song([(0, 2, 60), (1, 2, 64)])
    assert metrics.polyphony(overlap.pitched) == pytest.approx(4 / 3)
    assert metrics.polyphony_rate(overlap.pitched) == pytest.approx(1 / 3)
    assert metrics.polyphony(song([(0, 1, 60), (0, 1, 60)]).pitched) == 1.0  # one pitch, by two players
    gap = song([(0, 1, 60), (3, 1, 60), (3, 1, 64)])
    assert metrics.polyphony(gap.pitched) == pytest.approx(1.5)
    assert metrics.polyphony_rate(gap.pitched) == pytest.approx(1 / 4)


def test_empty_beats_and_bars() -> None:
    assert metrics.empty_beat_rate(song(ARPEGGIO)) == pytest.approx(3 / 8)
    assert metrics.empty_bar_rate(song(ARPEGGIO)) == 0.0
    assert metrics.empty_bar_rate(song([(0, 4, 60), (8, 1, 60)])) == pytest.approx(1 / 3)
    assert metrics.empty_beat_rate(song([(0, 4, 60)], drums=[(5, 0.5, 36)])) == pytest.approx(3 / 8)


def test_grooves() -> None:
    # four onsets in the first bar, one of them in the second: three of 64 (16) positions differ
    assert metrics.grooving_similarity(song(ARPEGGIO)) == pytest.approx(1 - 3 / 64)
    assert metrics.groove_consistency(song(ARPEGGIO)) == pytest.approx(1 - 3 / 16)
    three = song([*ARPEGGIO, (8, 1, 60), (9, 1, 60)])
    assert metrics.grooving_similarity(three) == pytest.approx(1 - (3 + 2 + 1) / 3 / 64)
    assert metrics.groove_consistency(three) == pytest.approx(1 - (3 + 1) / 2 / 16)


def test_the_tonal_centroid_of_single_notes() -> None:
    chroma = np.zeros((2, 12))
    chroma[0, 0] = chroma[1, 7] = 2.0
    c, g = metrics.tonal_centroid(chroma)
    assert c == pytest.approx([0, 1, 0, 1, 0, 0.5])
    root = np.sqrt(3) / 2
    assert g == pytest.approx([0.5, root, 1, 0, 0.5 * root, -0.25])
    assert metrics.tonal_centroid(np.zeros((1, 12))) == pytest.approx(np.zeros((1, 6)))


def test_harmonic_change_and_deviation() -> None:
    far = np.sqrt(0.25 + (1 - np.sqrt(3) / 2) ** 2 + 1 + 1 + 0.1875 + 0.5625)  # from C to G alone
    assert metrics.harmonic_change(song([(0, 1, 60), (1, 1, 67)])) == pytest.approx(far)
    assert metrics.harmonic_change(song([(0, 1, 60), (1, 3, 72)])) == pytest.approx(0.0)
    assert metrics.harmonic_deviation(song([(0, 4, 60)], [(0, 4, 67)])) == pytest.approx(far)
    assert metrics.harmonic_deviation(song([(0, 4, 60)], [(0, 4, 48)])) == pytest.approx(0.0)
    assert np.isnan(metrics.harmonic_deviation(song([(0, 4, 60)])))


def test_triads_as_the_docstring_says() -> None:
    triads: Beats = [(0, 1, p) for p in (60, 64, 67)]
    to_g: Beats = [(1, 1, p) for p in (67, 71, 74)]
    to_f_sharp: Beats = [(1, 1, p) for p in (66, 70, 73)]
    assert metrics.harmonic_change(song([*triads, *to_g])) == pytest.approx(1.21, abs=0.005)
    assert metrics.harmonic_change(song([*triads, *to_f_sharp])) == pytest.approx(1.97, abs=0.005)
    assert metrics.harmonic_deviation(song([(0, 1, 48)], triads)) == pytest.approx(1.03, abs=0.005)


def test_density_range_and_every_metric_at_once() -> None:
    whole = song(ARPEGGIO, drums=[(0, 0.25, 36), (4, 0.25, 36)])
    assert metrics.notes_per_beat(whole) == pytest.approx(7 / 8)
    assert metrics.pitch_range(whole.pitched) == 12
    found = metrics.metrics_of(whole)
    assert len(found) == 14 and found["pitch_class_entropy"] == pytest.approx(1.370951, abs=1e-6)


def test_drums_alone_have_rhythm_but_no_pitch() -> None:
    found = metrics.metrics_of(song(drums=[(beat, 0.25, 36) for beat in range(8)]))
    assert np.isnan(found["pitch_class_entropy"]) and np.isnan(found["harmonic_change"])
    assert found["grooving_similarity"] == 1.0 and found["empty_beat_rate"] == 0.0
