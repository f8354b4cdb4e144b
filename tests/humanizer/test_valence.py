"""Changes of the score: register, the class of tempo, and what an expression advises."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from composer_daw.errors import InputError
from composer_daw.events import Kind
from composer_daw.humanizer.emotion import load_profile
from composer_daw.humanizer.valence import change_score, class_of, main_tempo, shift_register, to_tempo_class
from composer_daw.performance import CONTROL, KeySignature, Performance, TempoMap, Text, note_rows


def two_parts_and_drums() -> Performance:
    """Return C major in two parts, with a bass drum."""
    melody = [(0.5 * step, 0.5, pitch, 80) for step, pitch in enumerate((72, 76, 79, 84))]
    bass = [(float(step), 1.0, pitch, 80) for step, pitch in enumerate((36, 43))]
    drums = [(0.0, 0.1, 36, 100)]
    rows = note_rows([*melody, *bass, *drums], track=[0] * 4 + [1] * 2 + [2], channel=[0] * 4 + [1] * 2 + [9])
    return Performance(rows)


def by_channel(performance: Performance, channel: int) -> list[int]:
    return performance.notes["pitch"][performance.notes["channel"] == channel].tolist()


def test_register_moves_all_but_drums() -> None:
    changed, report = shift_register(two_parts_and_drums(), -9)
    assert by_channel(changed, 0) == [63, 67, 70, 75]
    assert by_channel(changed, 1) == [27, 34]
    assert by_channel(changed, 9) == [36]
    assert report.summary == "register: -9 semitones; 6 of 7 notes moved"
    assert (report.notes["after"] - report.notes["before"] == -9).all()


def test_a_part_stays_in_its_range_by_octaves() -> None:
    ranges = {(0, 0): (60, 90), (1, 1): (28, 67)}
    changed, report = shift_register(two_parts_and_drums(), -9, ranges)
    assert by_channel(changed, 0) == [63, 67, 70, 75]
    assert by_channel(changed, 1) == [39, 46]
    assert report.remarks == ("track 2, channel 2: moved +1 octaves besides",)


def test_a_part_that_fits_nowhere() -> None:
    with pytest.raises(
        InputError, match=r"^track 1, channel 1: 72\.\.84 cannot move by \+2 semitones within 72\.\.85"
    ):
        shift_register(two_parts_and_drums(), 2, {(0, 0): (72, 85)})


@pytest.mark.parametrize(("semitones", "fifths"), [(2, 3), (-3, 4), (12, 1), (-24, 1)])
def test_key_signatures_move_with_the_register(semitones: int, fifths: int) -> None:
    score = dataclasses.replace(two_parts_and_drums(), keys=(KeySignature(0.0, 1, True, 2),))
    assert shift_register(score, semitones)[0].keys == (KeySignature(0.0, fifths, True, 2),)


def test_no_shift_is_no_change() -> None:
    score = two_parts_and_drums()
    changed, report = shift_register(score, 0)
    assert changed is score and len(report.notes) == 0


def test_an_empty_score() -> None:
    for changed, report in (shift_register(Performance(), 5), to_tempo_class(Performance(), "slow")):
        assert len(changed.notes) == 0 and len(report.notes) == 0


@pytest.mark.parametrize(
    ("bpm", "name"),
    [(40, "slow"), (76, "slow"), (77, "moderate"), (119, "moderate"), (120, "fast"), (200, "fast")],
)
def test_classes_of_tempo(bpm: float, name: str) -> None:
    assert class_of(bpm) == name


@pytest.mark.parametrize(("aim", "bpm"), [("slow", 76), ("moderate", 100), ("fast", 120)])
def test_to_the_nearest_tempo_of_a_class(aim: str, bpm: float) -> None:
    tempo = TempoMap(np.array([0.0, 2.0, 10.0]), np.array([50.0, 100.0, 200.0]), ((0.0, 3, 4),))
    rows = note_rows([(1.2, 0.6, 60, 80), (tempo.seconds_at(9.0).item(), 0.6, 62, 80)])
    controls = np.array([(1.2, Kind.CONTROL, 0, 0, 1, 64)], CONTROL)
    score = Performance(rows, controls, (Text(1.2, "A"),), tempo)
    changed, report = to_tempo_class(score, aim)  # type: ignore[arg-type]
    factor = bpm / 100
    assert main_tempo(changed) == pytest.approx(bpm)
    assert changed.tempo.bpm == pytest.approx(tempo.bpm * factor)
    for column in ("onset_s", "duration_s", "written_onset_s", "written_duration_s"):
        assert changed.notes[column] == pytest.approx(rows[column] / factor)
    assert (changed.controls["time_s"][0], changed.texts[0].time_s) == pytest.approx(
        (1.2 / factor, 1.2 / factor)
    )
    assert changed.tempo.beats_at(changed.notes["onset_s"]) == pytest.approx(tempo.beats_at(rows["onset_s"]))
    assert changed.tempo.metres == tempo.metres
    same = "tempo: nothing changed; 100 beats a minute is moderate"
    assert report.summary == (same if factor == 1 else f"tempo: 100 to {bpm} beats a minute ({aim})")


def test_the_tempo_that_holds_longest() -> None:
    tempo = TempoMap(np.array([0.0, 4.0, 6.0, 10.0]), np.array([90.0, 240.0, 90.0, 60.0]))
    assert main_tempo(Performance(note_rows([(0.0, 8.0, 60, 80)]), tempo=tempo)) == 90


def test_what_an_expression_advises() -> None:
    score, profile = two_parts_and_drums(), load_profile()
    changed, reports = change_score(
        score, profile.at(*profile.point("切ない")), ("mode", "register", "tempo")
    )
    assert [one.what for one in reports] == ["mode", "register", "tempo"]
    assert [one.summary.split(";")[0] for one in reports] == [
        "mode: C major to C minor",
        "register: -2 semitones",
        "tempo: 120 to 76 beats a minute (slow)",
    ]
    assert by_channel(changed, 0) == [70, 73, 77, 82]


def test_only_what_is_named_changes() -> None:
    score, happy = two_parts_and_drums(), load_profile().at(1, 1)
    assert change_score(score, happy, ()) == (score, ())
    changed, (report,) = change_score(score, happy, ("register",))
    assert report.summary == "register: +7 semitones; 6 of 7 notes moved"
    assert main_tempo(changed) == 120


def test_where_nothing_is_advised_nothing_is_reported() -> None:
    assert change_score(two_parts_and_drums(), load_profile().at(0, 0), ("mode",))[1] == ()


def test_an_unknown_change() -> None:
    with pytest.raises(InputError, match=r"no change of the score 'modes' \(did you mean 'mode'\?\)"):
        change_score(two_parts_and_drums(), load_profile().at(0, 0), ("modes",))  # type: ignore[arg-type]
