"""The main tempo of a score, and ritards that are written out: what they leave to rules and rubato."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_scores import tempo_maps

from composer_daw.humanizer import humanize, lines_of
from composer_daw.humanizer.main_tempo import main_tempo, missing, written_slowing
from composer_daw.humanizer.rubato.curves import by_rule
from composer_daw.humanizer.rules.final_ritard import FinalRitard
from composer_daw.midi import load_midi
from composer_daw.performance import Performance, TempoMap, note_rows

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RITARD = [(30.0, 96.0), (30.5, 84.0), (31.0, 72.0), (31.5, 60.0)]
NO_NOISE = dict.fromkeys(("timing_noise", "melody_lead"), 0.0)


def tempos(*rows: tuple[float, float], metre: tuple[int, int] = (4, 4)) -> TempoMap:
    """Return a map of (beat, beats a minute)."""
    beats, bpm = np.array(rows, float).T
    return TempoMap(beats.copy(), bpm.copy(), ((0.0, *metre),))


def told(tempo: TempoMap) -> list[tuple[float, float]]:
    return list(zip(tempo.beats.tolist(), np.round(tempo.bpm, 6).tolist(), strict=True))


def score(tempo: TempoMap, beats: float = 32.0, step: float = 0.5) -> Performance:
    """Return notes one after another."""
    edges = tempo.seconds_at(np.arange(0.0, beats + step, step))
    rows = zip(edges[:-1].tolist(), np.diff(edges).tolist(), strict=True)
    return Performance(note_rows([(at, s, 60 + n % 5, 80) for n, (at, s) in enumerate(rows)]), tempo=tempo)


def periods(played: Performance) -> np.ndarray:
    """Return the seconds of a quarter note from each quarter of a beat on."""
    return np.asarray(np.diff(played.tempo.seconds_at(np.arange(0.0, 32.25, 0.25))) / 0.25)


def test_one_tempo_is_the_main_tempo() -> None:
    tempo = tempos((0, 90))
    assert main_tempo(tempo, 0.0) is tempo


def test_a_ritard_in_steps_or_at_once_leaves_the_main_tempo() -> None:
    assert told(main_tempo(tempos((0, 120), *RITARD), 31.5)) == [(0, 120)]
    assert told(main_tempo(tempos((0, 120), (28, 60)), 31.5)) == [(0, 120)]  # the last bar at half the tempo
    assert told(main_tempo(tempos((0, 120), (8, 40), (9, 120)), 31.5)) == [(0, 120), (9, 120)]  # a fermata


def test_a_tempo_that_holds_for_two_bars_is_a_section() -> None:
    assert told(main_tempo(tempos((0, 120), (24, 60)), 32.0)) == [(0, 120), (24, 60)]
    assert told(main_tempo(tempos((0, 120), (14, 100), (15, 80), (16, 60)), 31.5)) == [(0, 120), (16, 60)]
    waltz = tempos((0, 120), (24, 60), metre=(3, 4))
    assert told(main_tempo(waltz, 30.0)) == [(0, 120), (24, 60)]
    assert told(main_tempo(waltz, 29.5)) == [(0, 120)]


def test_a_ritard_ends_with_its_last_onset_however_long_that_is_held() -> None:
    assert told(main_tempo(tempos((0, 120), (30, 80), (32, 60)), 32.0)) == [(0, 120)]


def test_a_slow_start_belongs_to_what_follows() -> None:
    assert told(main_tempo(tempos((0, 60), (4, 120)), 31.0)) == [(0, 120)]


def test_a_map_that_a_player_tapped_has_its_mean() -> None:
    bpm = 100 + 10 * np.sin(np.arange(32.0))
    tempo = TempoMap(np.arange(32.0), bpm)
    mean = 60 * 32 / float(tempo.seconds_at(32.0))
    assert told(main_tempo(tempo, 32.0)) == [(0, round(mean, 6))]


@given(tempo_maps(), st.floats(0, 40))
def test_there_is_a_main_tempo_of_any_score(tempo: TempoMap, last_beat: float) -> None:
    main = main_tempo(tempo, last_beat)
    assert main.beats[0] == 0.0 and (np.diff(main.beats) > 0).all()
    assert tempo.bpm.min() - 1e-6 <= main.bpm.min() and main.bpm.max() <= tempo.bpm.max() + 1e-6
    slowing = written_slowing(tempo, np.array([0.0, last_beat + 0.5, last_beat + 1.0]))
    assert (slowing > 0).all() and np.isfinite(slowing).all()


def test_what_is_missing() -> None:
    change = np.array([3.0, 3.0, 3.0, -3.0, -3.0, -3.0, 0.0])
    already = np.array([1.0, 5.0, -2.0, -1.0, -5.0, 2.0, 1.0])
    assert missing(change, already).tolist() == [2.0, 0.0, 3.0, -2.0, 0.0, -3.0, 0.0]


def test_the_final_ritard_goes_as_far_as_it_would_and_no_further() -> None:
    plain, written = (lines_of(score(tempos(*rows))) for rows in ([(0, 120)], [(0, 120), *RITARD]))
    rule = FinalRitard(k=1)
    alone = plain.chords["ioi_ms"] + rule.changes(plain).duration_ms
    both = written.chords["ioi_ms"] + rule.changes(written).duration_ms
    assert written.chords["ioi_ms"][-4:] == pytest.approx([30000 / bpm for _, bpm in RITARD])
    assert both == pytest.approx(np.maximum(alone, written.chords["ioi_ms"]))
    assert both[-1] == pytest.approx(alone[-1]) and both[-4] == pytest.approx(alone[-4])


def test_a_ritard_written_as_far_as_the_rule_goes_is_left_alone() -> None:
    far = [(28.0 + 0.5 * n, 120 / (1 + 0.5 * n)) for n in range(8)]
    lines = lines_of(score(tempos((0, 120), *far)))
    assert not FinalRitard(k=1).changes(lines).duration_ms.any()
    assert FinalRitard(k=-1).changes(lines).duration_ms.min() < -50.0  # the other way all is to be done


def test_the_rules_of_rubato_add_what_is_missing() -> None:
    plain, written = (by_rule(lines_of(score(tempos(*rows)))) for rows in ([(0, 120)], [(0, 120), *RITARD]))
    own = np.log([120 / bpm for _, bpm in RITARD])
    assert written.log_period[:-4] == pytest.approx(plain.log_period[:-4])
    assert written.log_period[-4:] == pytest.approx(np.maximum(plain.log_period[-4:] - own, 0.0))
    assert np.array_equal(written.level_db, plain.level_db)


@pytest.mark.parametrize("rubato", [0.0, 0.6, 1.0])
def test_a_written_ritard_ends_about_where_the_same_without_it_does(rubato: float) -> None:
    ends = []
    for rows in ([(0, 120)], [(0, 120), *RITARD]):
        played = humanize(score(tempos(*rows)), tempo="map", rubato=rubato, rules=NO_NOISE).performance
        ends.append(periods(played)[-1] / np.median(periods(played)))
    assert 1.9 < ends[0] < 3.4
    assert 0.8 * ends[0] < ends[1] < 1.25 * ends[0]


def test_a_section_has_a_ritard_of_its_own() -> None:
    played = humanize(score(tempos((0, 120), (16, 60))), tempo="map", rules=NO_NOISE).performance
    of_section = periods(played)[64:]
    assert 2.0 < of_section[-1] / np.median(of_section) < 3.4


@pytest.mark.parametrize("emotion", ["neutral", "sad"])
def test_the_prelude_ends_within_what_is_measured(emotion: str) -> None:
    prelude = load_midi(EXAMPLES / "bach_prelude.mid")
    for rubato in (0.0, 0.6, 1.0):
        played = humanize(prelude, emotion=emotion, tempo="map", rubato=rubato, seed=1)
        slowest = played.performance.tempo.bpm.min() / (66 * played.plan.speed)
        assert 0.32 < slowest < 0.51
