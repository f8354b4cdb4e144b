"""Phrase arch and final ritard, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from written_lines import rich, written

from composer_daw.humanizer.rules.final_ritard import FinalRitard
from composer_daw.humanizer.rules.phrase_arch import Arch, PhraseArch

NINE = [(60 + step, 500) for step in range(9)]
WHOLE = ((0.0, 4.5),)
"""At 60 bpm nine notes of 500 ms are 4.5 quarter notes."""


def test_one_arch_over_nine_notes() -> None:
    rule = PhraseArch(k=1, arches=(Arch(level=0, turn=0.5, turn_in="share", amp=2),), phrases=WHOLE)
    changes = rule.changes(written(NINE))
    # first to last onset 4000 ms, the turn at 2000: 0.1 (1 - x)^2 before, 0.2 x^2 after it
    shares = [0.1, 0.05625, 0.025, 0.00625, 0.0, 0.0125, 0.05, 0.1125, 0.2]
    assert changes.duration_ms == pytest.approx([500 * share for share in shares])
    # 2 x 0.5 (1 - x)^2, then 2 x 1.0 x^2
    assert changes.level_db == pytest.approx([-1, -0.5625, -0.25, -0.0625, 0, -0.125, -0.5, -1.125, -2])


def test_the_turn_can_be_a_note_or_a_time_before_the_last() -> None:
    by_note = Arch(level=0, turn=2, turn_in="notes")
    by_time = Arch(level=0, turn=3000, turn_in="ms")
    results = [
        PhraseArch(k=1, arches=(arch,), phrases=WHOLE).changes(written(NINE)) for arch in (by_note, by_time)
    ]
    # both turn at 1000 ms: before it 0.1, 0.025; after it 0.2 (1/6)^2
    for changes in results:
        assert changes.duration_ms[:4] == pytest.approx([50.0, 12.5, 0.0, 500 * 0.2 / 36])
    late = PhraseArch(k=1, arches=(Arch(level=0, turn=9e9, turn_in="ms"),), phrases=WHOLE).changes(
        written(NINE)
    )
    assert late.duration_ms[0] == 0.0  # the turn is the first note


def test_the_two_arches_of_the_default_palette_meet_at_the_end() -> None:
    phrases = ((0.0, 4.5), (0.0, 4.5), (0.0, 4.5))
    changes = PhraseArch(k=1.5, phrases=phrases).changes(written(NINE))
    # 1.5 x 0.2 x 1.3 x 500 = 195 and 1.5 x 0.2 x 0.2 (last) x 500 = 30
    assert changes.duration_ms[-1] == pytest.approx(225.0)
    assert changes.level_db[-1] == pytest.approx(-6.9)  # 1.5 x 2 x 1.3 and 1.5 x 2
    assert changes.duration_ms[0] == pytest.approx(150.0)  # twice 1.5 x 0.1 x 500


def test_an_end_that_ends_more_is_slower() -> None:
    levels = ((0.0, 4.0), (0.0, 2.0, 4.0), (0.0, 1.0, 2.0, 3.0, 4.0))
    arch = Arch(level=2, turn=0.5, turn_in="share", next=1.5, two_next=2)
    lines = written([(60, 250)] * 16)
    changes = PhraseArch(k=1, arches=(arch,), phrases=levels).changes(lines)
    assert changes.duration_ms[3::4] == pytest.approx([50, 75, 50, 100])  # 0.2 x 250 times 1, 1.5, 1, 2


def test_all_is_turned_round_below_0_and_the_power_bends() -> None:
    rule = PhraseArch(k=1, arches=(Arch(level=0, power=3.5, acc=0, turn=2500, turn_in="ms"),), phrases=WHOLE)
    up, down = rule.changes(written(NINE)), rule.model_copy(update={"k": -1.0}).changes(written(NINE))
    assert up.duration_ms[:4].tolist() == [0.0] * 4
    assert up.duration_ms[6] == pytest.approx(500 * 0.2 * 0.6**3.5)  # (3000 - 1500) / 2500
    assert np.array_equal(down.duration_ms, -up.duration_ms) and np.array_equal(down.level_db, -up.level_db)


def test_rests_follow_the_arch_but_not_the_one_after_it() -> None:
    notes = [(60, 500), (62, 500), (None, 500), (64, 500), (65, 500), (None, 1000), (67, 500)]
    rule = PhraseArch(k=1, arches=(Arch(level=0, turn=0, turn_in="share"),), phrases=((0.0, 3.5, 4.0),))
    changes = rule.changes(written(notes))
    # onsets 0, 500, 1500, 2000; the rest from 1000: 500 (0.2 / 16) and 500 (0.2 / 4)
    assert changes.duration_ms[:4] == pytest.approx([0.0, 6.25 + 25.0, 100 * 0.5625, 100.0])


def test_parts_share_their_phrases_and_drums_follow() -> None:
    arch = Arch(level=0, turn=0.5, turn_in="share")
    lines = written(NINE, [(38, 500)] * 9, channels=(0, 9))
    changes = PhraseArch(k=1, arches=(arch,), phrases=WHOLE).changes(lines)
    assert np.array_equal(changes.duration_ms[:9], changes.duration_ms[9:])


def test_phrases_are_found_once_and_kept_in_the_record() -> None:
    lines, rng = rich(), np.random.default_rng(0)
    drawn = PhraseArch(k=1.5).draw(lines, rng)
    assert len(drawn.phrases) == 3 and all(level[-1] == drawn.phrases[0][-1] for level in drawn.phrases)
    again = PhraseArch.model_validate_json(drawn.model_dump_json())
    assert again == drawn and again.draw(lines, rng) is again
    assert np.array_equal(again.changes(lines).duration_ms, PhraseArch(k=1.5).changes(lines).duration_ms)


@pytest.mark.parametrize("phrases", [((0.0,),), ((0.0, 0.0),), ((4.0, 2.0, 8.0),)])
def test_phrases_must_rise(phrases: tuple[tuple[float, ...], ...]) -> None:
    with pytest.raises(ValidationError, match="must rise"):
        PhraseArch(phrases=phrases)


SIX = [(60, 500)] * 6


def test_the_final_ritard_of_six_notes() -> None:
    changes = FinalRitard(k=1).changes(written(SIX))
    # window 1500 ms from the third note; v_end 1/4, its cube less 1 is -63/64;
    # t(1/3) = 3 (0.671875^(2/3) - 1) / (-126/64) = 0.354878;
    # t(2/3) = 3 (0.34375^(2/3) - 1) / (-126/64) = 0.776058,
    # t(1) = 3 (1/16 - 1) / (-126/64) = 10/7;
    # notes of 532.317, 631.770, 978.770 ms, and 1.25 x 978.770 = 1223.463
    assert changes.duration_ms == pytest.approx([0, 0, 32.317, 131.770, 478.770, 723.463], abs=0.01)
    assert changes.duration_ms[2:5].sum() == pytest.approx(1500 * 3 / 7)


def test_q_of_2_slows_evenly_in_time() -> None:
    changes = FinalRitard(k=1, q=2).changes(written(SIX))
    # t(x) = 2 ((1 - 15/16 x)^(1/2) - 1) / (-15/16): t(1) = 1.6
    assert changes.duration_ms[2:5].sum() == pytest.approx(1500 * 0.6)


def test_a_ritard_below_0_hurries_by_the_same_ratio() -> None:
    slow, fast = (FinalRitard(k=k).changes(written(SIX)).duration_ms for k in (1, -1))
    assert (500 + slow[2:5]) * (500 + fast[2:5]) == pytest.approx([500.0**2] * 3)
    assert fast[5] == pytest.approx(fast[4])  # the last note as the one before it


def test_a_long_last_note_stays_and_a_short_piece_slows_as_a_whole() -> None:
    assert FinalRitard(k=1).changes(written([*SIX, (60, 4000)])).duration_ms[-1] == 0.0
    assert FinalRitard(k=1).changes(written([(60, 100), (60, 100)])).duration_ms[0] == pytest.approx(
        100 * 3 / 7
    )
    assert not FinalRitard(k=1).changes(written([(60, 100)])).duration_ms.any()
    assert not FinalRitard(k=1).changes(written([((60, 64), 100)])).duration_ms.any()


def test_all_parts_reach_the_last_note_together() -> None:
    lines = written(SIX, [(48, 1000)] * 2 + [(48, 500), (48, 1000)], [(36, 3000)], channels=(0, 1, 2))
    changes = FinalRitard(k=1).changes(lines).duration_ms
    first, second, third = changes[:6], changes[6:10], changes[10:]
    assert second[1] == pytest.approx(first[2] + first[3]) and second[2] == pytest.approx(first[4])
    assert third[0] == pytest.approx(first[2:].sum())
    assert second[3] == first[5] == 0.0  # the longest last note needs no more
