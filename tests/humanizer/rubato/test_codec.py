"""The codec: what is encoded comes back, and agrees with partitura's own."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from aligned_building import player
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.humanizer.rubato.alignments import NOTE, Aligned, load_aligned
from composer_daw.humanizer.rubato.codec import beat_periods, decode, distinct_onsets, encode, rising


@st.composite
def performances(draw: st.DrawFn) -> Aligned:
    count = draw(st.integers(2, 30))
    rows = np.zeros(count, NOTE)
    rows["beat"] = sorted(draw(st.lists(st.integers(0, 40), min_size=count, max_size=count)))
    rows["beat"] /= 4
    for name, low, high in (("length", 0.0, 4.0), ("onset_s", 0.0, 20.0), ("duration_s", 0.01, 4.0)):
        rows[name] = draw(st.lists(st.floats(low, high), min_size=count, max_size=count))
    rows["length"] = np.where(rows["length"] < 0.05, 0.0, rows["length"])
    rows["velocity"] = 64
    gone = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    for name in ("onset_s", "duration_s", "velocity"):
        rows[name][gone] = np.nan
    return Aligned("x", "c", "p", "p", rows, ((0.0, 4, 4),))


@given(performances())
def test_decoding_gives_back_what_was_played(aligned: Aligned) -> None:
    encoded = encode(aligned)
    onset, duration = decode(encoded, aligned.score)
    played = np.isfinite(aligned.notes["onset_s"])
    np.testing.assert_allclose(onset[played], aligned.notes["onset_s"][played], atol=1e-6)
    real = played & (aligned.notes["length"] > 0)
    np.testing.assert_allclose(duration[real], aligned.notes["duration_s"][real], rtol=1e-6)
    assert (encoded.beat_period_s > 0).all()
    assert np.isnan(encoded.timing_s[~played]).all()


def test_by_hand() -> None:
    rows = np.zeros(4, NOTE)
    rows["beat"], rows["length"] = [0, 1, 1, 3], [1, 2, 1, 1]
    rows["onset_s"], rows["duration_s"] = [1.0, 1.5, 1.6, 3.0], [0.55, 1.45, 0.3625, 1.0]
    rows["velocity"] = [10, 20, 30, 40]
    encoded = encode(Aligned("x", "c", "p", "p", rows, ((0.0, 4, 4),)))
    np.testing.assert_allclose(encoded.beat_period_s, [0.55, 0.725, 0.725])
    np.testing.assert_allclose(encoded.timing_s, [0.0, 0.05, -0.05, 0.0], atol=1e-12)  # positive is early
    np.testing.assert_allclose(encoded.articulation_log2, [0.0, 0.0, -1.0, np.log2(1 / 0.725)], atol=1e-12)
    assert encoded.start_s == 1.0 and encoded.velocity.tolist() == [10, 20, 30, 40]


def test_what_is_out_of_order_does_not_count() -> None:
    assert rising(np.array([1.0, 2.0, 9.0, 3.0, 4.0])).tolist() == [0, 1, 3, 4]
    assert rising(np.array([1.0, 1.0])).tolist() == [1]
    assert rising(np.zeros(0)).tolist() == []
    aligned = player()
    notes = aligned.notes.copy()
    notes["onset_s"][20:22] = 50.0  # one chord, far too late
    late = encode(Aligned("x", "c", "p", "p", notes, aligned.metres))
    assert not late.heard[10] and late.heard.sum() == len(late.heard) - 1
    np.testing.assert_allclose(late.onset_s[11:], encode(aligned).onset_s[11:])
    np.testing.assert_allclose(late.timing_s[20:22], late.onset_s[10] - 50.0)


def test_nearly_the_same_position_is_one_onset() -> None:
    beat, onset_of = distinct_onsets(np.array([0.0, 0.0001, 0.3333, 0.3334, 0.5]))
    assert beat.tolist() == [0.0, 0.3333, 0.5] and onset_of.tolist() == [0, 0, 1, 1, 2]


def test_beat_periods_on_a_grid() -> None:
    np.testing.assert_allclose(
        beat_periods(np.array([0.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0]), np.arange(4.0)), [0.5, 0.5, 1.0]
    )


def test_as_partitura_encodes_it(shared_data: Path) -> None:
    path = shared_data / "asap" / "Bach" / "Fugue" / "bwv_875" / "CaoJ01M.match"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from partitura.io.importmatch import load_match
        from partitura.musicanalysis.performance_codec import encode_performance

        performance, alignment, score = load_match(path, create_score=True, pedal_threshold=128)
        theirs, ids = encode_performance(score[0], performance[0], alignment)
        notes = score[0].note_array()
    place = {note["id"]: (round(float(note["onset_quarter"]), 2), int(note["pitch"])) for note in notes}
    once = Counter(place.values())  # two voices in unison are two notes at one place
    theirs_at = {place[name]: row for name, row in zip(ids, theirs, strict=True) if once[place[name]] == 1}
    aligned = load_aligned(path)
    encoded = encode(aligned)
    whole = np.isfinite(aligned.notes["onset_s"])
    compared = 0
    last = aligned.notes["beat"].max()
    for row in np.flatnonzero(whole & (aligned.notes["beat"] < last)):
        key = (round(float(aligned.notes["beat"][row]), 2), int(aligned.notes["pitch"][row]))
        if key not in theirs_at:
            continue
        other = theirs_at[key]
        onset = encoded.onset_of[row]
        if not encoded.heard[onset]:
            continue
        compared += 1
        assert round(float(other["velocity"]) * 127) == encoded.velocity[row]
        np.testing.assert_allclose(encoded.timing_s[row], other["timing"], atol=2e-3)
        np.testing.assert_allclose(encoded.beat_period_s[onset], other["beat_period"], rtol=5e-3)
        if aligned.notes["duration_s"][row] > 0.1:  # partitura makes shorter ones longer
            np.testing.assert_allclose(encoded.articulation_log2[row], other["articulation_log"], atol=0.01)
    assert compared > 700
