"""The parallel mode: which key, which notes move, which stay and why."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import InputError
from composer_daw.humanizer.parallel_mode import Key, find_key, to_mode
from composer_daw.performance import KeySignature, Performance, note_rows

C_MAJOR, C_MINOR = Key(0, "major"), Key(0, "minor")
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def melody(*pitches: int, channel: int = 0) -> Performance:
    """Return notes of half a second, one after the other."""
    return Performance(
        note_rows([(0.5 * step, 0.5, pitch, 80) for step, pitch in enumerate(pitches)], channel=channel)
    )


def chords(*chords: tuple[int, ...]) -> Performance:
    """Return chords of a second, one after the other."""
    notes = [(float(step), 1.0, pitch, 80) for step, chord in enumerate(chords) for pitch in chord]
    return Performance(note_rows(notes))


def pitches(performance: Performance) -> list[int]:
    return performance.notes["pitch"].tolist()


CADENCE = [(48, 60, 64, 67), (53, 60, 65, 69), (55, 59, 62, 67), (48, 60, 64, 67)]
"""C F G C."""


@pytest.mark.parametrize("tonic", range(12))
def test_the_key_is_found_in_every_transposition(tonic: int) -> None:
    up = [tuple(pitch + tonic for pitch in chord) for chord in CADENCE]
    key, remarks = find_key(chords(*up))
    assert key == Key(tonic, "major") and remarks == ()
    minor, _ = to_mode(chords(*up), "minor")
    assert find_key(minor)[0] == Key(tonic, "minor")


def test_names_of_keys() -> None:
    assert [str(Key(tonic, "minor")) for tonic in (0, 3, 6)] == ["C minor", "Eb minor", "F# minor"]


def test_a_key_that_is_not_sure_is_told() -> None:
    key, (remark,) = find_key(melody(60, 62, 64, 65, 67, 69, 71))
    assert remark.startswith(f"the key is taken for {key}; ") and remark.endswith(" is about as likely")


def test_to_minor_moves_third_and_sixth_and_keeps_what_leads() -> None:
    changed, report = to_mode(chords(*CADENCE), "minor", C_MAJOR)
    # 64 -> 63 twice, 69 -> 68; 59 over G leads to C and stays
    assert pitches(changed) == [48, 60, 63, 67, 53, 60, 65, 68, 55, 59, 62, 67, 48, 60, 63, 67]
    assert report.summary == "mode: C major to C minor; 3 of 16 notes moved"
    assert report.notes["before"].tolist() == [64, 69, 64]
    assert report.notes["after"].tolist() == [63, 68, 63]
    assert report.notes["onset_s"].tolist() == [0, 1, 3]
    assert report.remarks == ("sixths and sevenths that lead to the tonic and stay: 1",)


def test_the_melodic_minor_scale() -> None:
    up_and_down = (*SCALE, 71, 69, 67)
    changed, report = to_mode(melody(*up_and_down), "minor", C_MAJOR)
    assert pitches(changed) == [
        60,
        62,
        63,
        65,
        67,
        69,
        71,
        72,
        70,
        68,
        67,
    ]  # up: 6 and 7 stay; down: both move
    assert report.remarks == ("sixths and sevenths that lead to the tonic and stay: 2",)


def test_to_major_moves_all_three_degrees() -> None:
    changed, report = to_mode(melody(60, 63, 68, 70, 72), "major", C_MINOR)
    assert pitches(changed) == [60, 64, 69, 71, 72]
    assert report.remarks == ()


def test_notes_out_of_the_scale_stay() -> None:
    changed, _ = to_mode(melody(60, 61, 63, 66, 68, 70), "minor", C_MAJOR)
    assert pitches(changed) == [60, 61, 63, 66, 68, 70]


def test_a_score_in_that_mode_stays_as_it_is() -> None:
    score = melody(*SCALE)
    changed, report = to_mode(score, "major", C_MAJOR)
    assert changed is score
    assert report.summary == "mode: nothing changed; C major is major"


def test_drums_stay() -> None:
    drums = Performance(note_rows([(0.0, 0.5, 64, 80), (0.0, 0.5, 64, 80)], channel=[9, 0]))
    changed, _ = to_mode(drums, "minor", C_MAJOR)
    assert sorted(zip(changed.notes["channel"].tolist(), pitches(changed), strict=True)) == [(0, 63), (9, 64)]
    alone = melody(36, 38, 42, channel=9)
    changed, report = to_mode(alone, "minor")
    assert (
        changed is alone
        and report.summary == "mode: nothing changed; the score has no key: nothing but drums plays"
    )
    with pytest.raises(InputError, match="no key"):
        find_key(alone)


def test_a_note_that_would_meet_another_stays() -> None:
    score = Performance(note_rows([(0.0, 2.0, 63, 80), (1.0, 1.0, 64, 80), (2.0, 1.0, 64, 80)]))
    changed, report = to_mode(score, "minor", C_MAJOR)
    assert pitches(changed) == [
        63,
        64,
        63,
    ]  # the second would meet the held first; the third begins as it ends
    assert report.remarks == ("notes that would meet another of their pitch and stay: 1",)
    apart = score.with_notes(channel=[0, 1, 1])
    assert pitches(to_mode(apart, "minor", C_MAJOR)[0]) == [63, 63, 63]


def test_key_signatures_follow_into_the_mode() -> None:
    score = dataclasses.replace(chords(*CADENCE), keys=(KeySignature(0.0, 0), KeySignature(2.0, 1, track=1)))
    minor = to_mode(score, "minor", C_MAJOR)[0]
    assert minor.keys == (KeySignature(0.0, -3, True), KeySignature(2.0, -2, True, 1))
    assert to_mode(minor, "major", C_MINOR)[0].keys == score.keys
    assert to_mode(score, "major", C_MAJOR)[0] is score


def test_a_key_signature_of_many_flats_is_respelt() -> None:
    score = dataclasses.replace(chords(*CADENCE), keys=(KeySignature(0.0, -6),))
    assert to_mode(score, "minor", Key(6, "major"))[0].keys == (KeySignature(0.0, 3, True),)  # F# minor


def test_nothing_leaves_the_keyboard() -> None:
    score = Performance(note_rows([(0.0, 1.0, 0, 80), (1.0, 1.0, 127, 80)]))
    assert pitches(to_mode(score, "minor", Key(8, "major"))[0]) == [0, 126]  # 0 is the third of Ab
    assert pitches(to_mode(score, "major", Key(4, "minor"))[0]) == [1, 127]  # 127 is the third of E


NOTES = st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(0, 127), st.integers(0, 15))


def overlaps(performance: Performance) -> set[tuple[int, int]]:
    """Return the pairs of notes that sound at once on one channel and pitch, by their sources."""
    rows = [
        (one["onset_s"], one["onset_s"] + one["duration_s"], one["channel"], one["pitch"], int(one["source"]))
        for one in performance.notes
    ]
    return {
        (min(a[4], b[4]), max(a[4], b[4]))
        for a in rows
        for b in rows
        if a[4] < b[4] and a[2:4] == b[2:4] and a[0] < b[1] - 1e-6 and b[0] < a[1] - 1e-6
    }


@given(st.lists(NOTES, max_size=25), st.integers(0, 11), st.booleans())
def test_it_keeps_notes_times_and_new_overlaps_out(
    notes: list[tuple[int, int, int, int]], tonic: int, major: bool
) -> None:
    rows = note_rows([(0.25 * at, 0.25 * long, pitch, 80) for at, long, pitch, _ in notes])
    rows["channel"] = [channel for *_, channel in notes]
    score = Performance(rows)
    aim, key = ("minor", Key(tonic, "major")) if major else ("major", Key(tonic, "minor"))
    changed, report = to_mode(score, aim, key)  # type: ignore[arg-type]
    before, after = (np.sort(one.notes, order="source") for one in (score, changed))
    for column in ("onset_s", "duration_s", "velocity", "channel", "technique"):
        assert (before[column] == after[column]).all()
    moved = after["pitch"].astype(int) - before["pitch"]
    assert set(moved.tolist()) <= {0, -1 if major else 1}
    assert sorted(report.notes["source"].tolist()) == np.flatnonzero(moved).tolist()
    assert overlaps(changed) <= overlaps(score)
