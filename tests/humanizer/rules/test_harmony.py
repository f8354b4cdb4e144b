"""Keys, chords and their charges, against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from written_lines import Step, written

from composer_daw.humanizer.rules.charge import HarmonicCharge, MelodicCharge, swell
from composer_daw.humanizer.rules.harmony import find_harmony
from composer_daw.humanizer.rules.key import MAJOR, MINOR, key_fit, keys_of_bars

C, D_MINOR, F, G, A_MINOR, B_DIM = (
    (60, 64, 67),
    (62, 65, 69),
    (60, 65, 69),
    (59, 62, 67),
    (57, 60, 64),
    (59, 62, 65),
)


def bars(*chords: tuple[int, ...], ms: float = 4000.0) -> list[Step]:
    return [(chord, ms) for chord in chords]


@pytest.mark.parametrize("tonic", range(12))
def test_a_profile_is_its_own_key(tonic: int) -> None:
    fit = key_fit(np.array([np.roll(MAJOR, tonic), np.roll(MINOR, tonic)]))
    assert fit.argmax(axis=1).tolist() == [tonic, 12 + tonic]
    assert fit.max(axis=1) == pytest.approx([1.0, 1.0])


def test_silence_fits_no_key() -> None:
    assert not key_fit(np.zeros((1, 12))).any()


def test_a_piece_that_moves_to_another_key_for_long_is_heard_there() -> None:
    c_major, f_sharp_major = np.zeros((2, 12))
    c_major[[0, 2, 4, 5, 7, 9, 11]] = f_sharp_major[[6, 8, 10, 11, 1, 3, 5]] = 1.0
    c_major[[0, 7]] = f_sharp_major[[6, 1]] = 3.0
    keys = keys_of_bars(np.array([c_major] * 40 + [f_sharp_major] * 30))
    assert keys[:30].tolist() == [0] * 30 and keys[-20:].tolist() == [6] * 20


def test_chords_of_bars_have_roots_kinds_and_a_key() -> None:
    harmony = find_harmony(written(bars(C, A_MINOR, D_MINOR, G, B_DIM, C)))
    assert harmony.root.tolist() == [0, 9, 2, 7, 11, 0]
    assert harmony.kind.tolist() == [0, 1, 1, 0, 2, 0]
    assert harmony.beat.tolist() == [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]
    assert set(harmony.tonic.tolist()) == {0}
    assert harmony.at(np.array([-1.0, 3.9, 4.0, 99.0])).tolist() == [0, 0, 1, 5]


def test_a_bar_can_have_chords_by_the_beat() -> None:
    harmony = find_harmony(written(bars(C, F, G, C, ms=1000.0) + bars(C)))
    assert harmony.root.tolist() == [0, 5, 7, 0] and harmony.beat.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_a_chord_is_the_same_however_it_is_broken_and_passing_notes_do_not_change_it() -> None:
    broken: list[Step] = [(pitch, 500) for pitch in (48, 55, 60, 64, 62, 64, 55, 52)]
    assert find_harmony(written(broken * 2)).root.tolist() == [0]


def test_a_silent_bar_keeps_its_chord_and_drums_have_none() -> None:
    assert find_harmony(written([*bars(G), (None, 8000), *bars(G)])).root.tolist() == [7]
    assert len(find_harmony(written([(36, 500)], channels=(9,)))) == 0
    assert len(find_harmony(written())) == 0


def test_three_four_and_changes_of_metre() -> None:
    part = bars(C, G, C, ms=3000.0) + bars(F, G, ms=2000.0)
    harmony = find_harmony(written(part, metres=((0.0, 3, 4), (9.0, 2, 4))))
    assert harmony.beat.tolist() == [0.0, 3.0, 6.0, 9.0, 11.0] and harmony.root.tolist() == [0, 7, 0, 5, 7]


def test_melodic_charge_over_c() -> None:
    melody: list[Step] = [(72, 1000), (73, 500), (74, 500), (79, 1000), (78, 1000)]
    changes = MelodicCharge(k=1).changes(written(melody, bars((48, 52, 55))))
    # charges of C, C#, D, G, F#: 0, 6.5, 2, 1, 6; 0.2 dB of each, and dr x 2/300 of each
    assert changes.level_db[:5] == pytest.approx([0, 1.3, 0.4, 0.2, 1.2])
    assert changes.duration_ms[:5] == pytest.approx([0, 21.66667, 6.66667, 6.66667, 40.0])
    assert changes.level_db[5] == pytest.approx(0.2)  # the chord's highest note, G


def test_melodic_charge_leaves_drums() -> None:
    changes = MelodicCharge(k=1).changes(written(bars(C), [(42, 500), (37, 500)], channels=(0, 9)))
    assert not changes.level_db[1:].any() and not changes.duration_ms[1:].any()
    only = MelodicCharge(k=1).changes(written([(37, 500)], channels=(9,)))
    assert not only.level_db.any()


def test_the_level_falls_at_once_and_rises_late() -> None:
    at = np.array([-1.0, 0.0, 2000.0, 3050.0, 4000.0, 6000.0, 8000.0, 9000.0])
    level = swell(at, np.array([0.0, 4000.0, 8000.0]), np.array([0.0, 2.0, 1.0]))
    # up from 2100 on: at 3050 half of 2; down from 4000 to 8000: at 6000 half of the way
    assert level.tolist() == [0.0, 0.0, 0.0, 1.0, 2.0, 1.5, 1.0, 1.0]


def test_harmonic_charge_of_tonic_subdominant_and_dominant() -> None:
    changes = HarmonicCharge(k=1).changes(written(bars(C, F, G, C)))
    # charges 0, 3, 1.5, 0: 1.5 sqrt(C) = 0, 2.598, 1.837, 0
    assert changes.level_db == pytest.approx([0, 2.598076, 1.837117, 0], abs=1e-5)
    # F: 4000 (sqrt(1 + 0.018 x 2.598076) - 1) = 92.462, and 10 sqrt(3) = 17.321 at its first note
    longer = 4000 * (math.sqrt(1 + 0.018 * 2.598076) - 1)
    assert longer == pytest.approx(92.462, abs=0.01)
    assert changes.duration_ms[1] == pytest.approx(longer + 17.320508, abs=1e-3)
    assert changes.duration_ms[0] == changes.duration_ms[3] == 0.0


def test_only_the_first_note_of_a_chord_waits() -> None:
    changes = HarmonicCharge(k=1, amp=0).changes(written([*bars(C), (F, 2000), (F, 2000), *bars(C)]))
    assert not changes.level_db.any()
    first, second = 2.598076, 1.299038  # falling to C
    expected = [
        2000 * (math.sqrt(1 + 0.018 * level) - 1) + wait
        for level, wait in ((first, 17.3205), (second, 3.4641))
    ]
    assert changes.duration_ms[1:3] == pytest.approx(expected, abs=1e-3)


def test_minor_keys_and_diminished_chords() -> None:
    tonic_minor = HarmonicCharge(k=1).changes(written(bars(A_MINOR, D_MINOR, (59, 64, 68), A_MINOR)))
    # i 0.3, iv 3.5, V 1.5
    assert tonic_minor.level_db[:3] == pytest.approx([1.5 * math.sqrt(c) for c in (0.3, 3.5, 1.5)])
    assert HarmonicCharge(k=1).changes(written(bars(C, F, B_DIM, C))).level_db[2] == pytest.approx(
        1.5 * math.sqrt(5)
    )


def test_sevenths_keep_the_root_of_their_triad() -> None:
    dominant_on_its_third, supertonic_on_its_seventh = (59, 62, 65, 67), (60, 62, 65, 69)
    harmony = find_harmony(written(bars(C, supertonic_on_its_seventh, dominant_on_its_third, C)))
    assert harmony.root.tolist() == [0, 2, 7, 0] and harmony.kind.tolist() == [0, 1, 0, 0]
