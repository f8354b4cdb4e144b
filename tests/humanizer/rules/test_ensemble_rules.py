"""Swing, melody lead and who plays what, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from written_lines import Step, written

from composer_daw.humanizer.rules.melody_lead import MelodyLead
from composer_daw.humanizer.rules.roles import Role, roles
from composer_daw.humanizer.rules.swing import Swing, off_beat_ms, off_beats, ratio_at

EIGHTHS: list[Step] = [(72, 250), (74, 250), (76, 250), (77, 250)]
LOW: list[Step] = [(36, 250), (38, 250), (40, 250), (41, 250)]


@pytest.mark.parametrize(
    ("bpm", "late"),
    [
        (120.0, 121.8573),  # SR 2.9019: 250 x 1.9019 / 3.9019 = 250 x 0.487429
        (200.0, 53.2851),  # SR 2.1019: 150 x 1.1019 / 3.1019 = 150 x 0.355234
        (60.0, 250.0),  # SR 3.5019 is cut to 3: 500 x 2 / 4
        (320.0, 0.0),  # SR under 1 is 1
    ],
)
def test_off_beats_by_tempo(bpm: float, late: float) -> None:
    assert off_beat_ms(np.array([bpm]), 1.0)[0] == pytest.approx(late, abs=1e-4)


def test_the_ratio_of_players() -> None:
    assert ratio_at(np.array([100.0, 200.0, 400.0])) == pytest.approx([3.1019, 2.1019, 1.0])


def test_half_of_swing_and_the_widest() -> None:
    at = np.array([120.0])
    assert off_beat_ms(at, 0.5)[0] == pytest.approx(60.92865, abs=1e-4)
    assert (250 + off_beat_ms(at, 9.0)[0]) / (250 - off_beat_ms(at, 9.0)[0]) == pytest.approx(3.0)


def test_one_player_swings_without_delay() -> None:
    changes = Swing(k=1).changes(written(EIGHTHS, bpm=120.0))
    assert changes.shift_ms == pytest.approx([0, 121.8573, 0, 121.8573], abs=1e-3)
    assert not changes.level_db.any() and not changes.duration_ms.any()


def test_in_a_band_the_soloist_is_late_on_the_beat_and_all_meet_off_it() -> None:
    drums: list[Step] = [(42, 250)] * 4
    changes = Swing(k=1).changes(written(EIGHTHS, LOW, drums, bpm=120.0, channels=(0, 1, 9)))
    solo, bass, kit = np.split(changes.shift_ms, 3)
    # 125.1 - 0.4101 x 120 = 75.888; 23.28 - 0.0536 x 120 = 16.848
    assert solo == pytest.approx([75.888, 121.8573, 75.888, 121.8573], abs=1e-3)
    assert bass == pytest.approx([16.848, 121.8573, 16.848, 121.8573], abs=1e-3)
    assert kit == pytest.approx([0, 121.8573, 0, 121.8573], abs=1e-3)
    assert changes.level_db.tolist() == [0.0] * 4 + [0.0, 3.0] * 4


def test_no_delay_at_very_fast_tempos() -> None:
    changes = Swing(k=1).changes(written(EIGHTHS, LOW, bpm=440.0))
    assert (changes.shift_ms >= 0).all()


def test_sixteenths_triplets_and_compound_beats_do_not_swing() -> None:
    sixteenths: list[Step] = [(60 + step, 125) for step in range(8)]
    triplets: list[Step] = [(60 + step, 500 / 3) for step in range(6)]
    assert not off_beats(written(sixteenths, bpm=120.0)).any()
    assert not off_beats(written(triplets, bpm=120.0)).any()
    assert not off_beats(written(EIGHTHS, bpm=120.0, metres=((0.0, 6, 8),))).any()
    assert off_beats(written(EIGHTHS, bpm=120.0, metres=((0.0, 2, 2),))).tolist() == [False, True] * 2


def test_an_eighth_after_a_rest_swings_and_one_before_a_sixteenth_does_not() -> None:
    pickup: list[Step] = [(None, 250), (60, 250), (62, 500), (None, 250), (64, 250)]
    assert off_beats(written(pickup, bpm=120.0)).tolist() == [True, False, True]
    dotted: list[Step] = [(60, 250), (62, 125), (64, 125), (65, 375), (67, 125)]
    assert not off_beats(written(dotted, bpm=120.0)).any()


def test_short_drum_strokes_on_off_beats_swing() -> None:
    strokes: list[Step] = [(42, 30), (None, 220)] * 4
    assert off_beats(written(strokes, bpm=120.0, channels=(9,))).tolist() == [False, True] * 2


def test_roles_by_register() -> None:
    lines = written([(60, 500)], [(40, 500)], [(76, 500)], [(90, 500)], channels=(0, 1, 2, 9))
    assert roles(lines).tolist() == [Role.OTHER, Role.BASS, Role.MELODY, Role.DRUMS]


def test_a_duet_of_high_parts_has_no_bass_and_a_single_part_is_the_melody() -> None:
    assert roles(written([(72, 500)], [(60, 500)])).tolist() == [Role.MELODY, Role.OTHER]
    assert roles(written([(36, 500)])).tolist() == [Role.MELODY]
    assert roles(written([(36, 500)], channels=(9,))).tolist() == [Role.DRUMS]
    assert not len(roles(written()))


def test_a_bass_program_or_name_decides() -> None:
    parts: tuple[list[Step], ...] = ([(40, 500)], [(60, 500)], [(72, 500)])
    by_program = written(*parts, programs=[(1, 33), (2, 40)])
    assert roles(by_program).tolist() == [Role.OTHER, Role.BASS, Role.MELODY]
    by_name = written(*parts, names=["Bass clarinet", "Fretless Bass", "Violin"])
    assert roles(by_name).tolist() == [Role.OTHER, Role.BASS, Role.MELODY]
    japanese = written(*parts, names=["チェロ", "エレキベース", "ヴァイオリン"])
    assert roles(japanese).tolist() == [Role.OTHER, Role.BASS, Role.MELODY]


def test_the_melody_leads_what_is_written_with_it() -> None:
    melody: list[Step] = [((60, 64, 76), 500), (77, 500), (79, 500), (None, 500)]
    below: list[Step] = [(None, 500), (60, 250), (62, 750), (64, 500)]
    leads = MelodyLead(k=1).changes(written(melody, below)).lead_ms
    # a chord of its own; with another part; alone; and the other part never
    assert leads.tolist() == [30.0, 30.0, 0.0, 0.0, 0.0, 0.0]


def test_the_lead_is_bounded_and_drums_are_no_company() -> None:
    chord: list[Step] = [((60, 64), 500)]
    assert MelodyLead(k=9).changes(written(chord)).lead_ms.tolist() == [50.0]
    assert MelodyLead(k=-1).changes(written(chord)).lead_ms.tolist() == [-30.0]
    drums = written([(60, 500)], [(42, 500)], channels=(0, 9))
    assert not MelodyLead(k=1).changes(drums).lead_ms.any()
