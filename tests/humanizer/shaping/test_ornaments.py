"""Ghost notes and flams, only where they are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from shaped_playing import at, bowed, kit

from composer_daw.humanizer.shaping import shape
from composer_daw.performance import Performance, note_rows
from composer_daw.techniques import TechniqueMap, realize

GHOSTLY = kit(ghost={"play": 38, "velocity": 0.5}, flam=39)


def groove(bars: int = 4, soft: int = 40) -> Performance:
    """Return kick, hi-hat and snare at 120: backbeats of 90 (once 120), a soft snare off the third beat."""
    notes = []
    for bar in range(bars):
        at_s = 2.0 * bar
        notes += [(at_s + 0.25 * step, 0.1, 42, 70) for step in range(8)]
        notes += [(at_s + 0.5, 0.1, 38, 90), (at_s + 1.5, 0.1, 38, 120 if bar == 2 else 90)]
        notes += [(at_s, 0.1, 36, 100), (at_s + 1.125, 0.1, 38, soft)]
    return Performance(note_rows(sorted(notes), channel=9))


def asked(performance: Performance, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    here = np.array([name in names for names in performance.techniques])
    return here[performance.notes["technique"]]


def ornamented(performance: Performance, technique_map: TechniqueMap, arousal: float = 0.0) -> Performance:
    return shape(performance, technique_map, at(arousal), ornaments=True)


def test_drums_are_left_alone_unless_ornaments_are_asked_for() -> None:
    score = groove()
    assert shape(score, GHOSTLY, at(0.0)) is score
    assert shape(score, GHOSTLY, at(0.0), strength=0.0, ornaments=True) is score
    assert ornamented(score, bowed()) is score  # no kit


def test_soft_strokes_off_the_beat_become_ghosts_and_others_are_added() -> None:
    done = ornamented(groove(), GHOSTLY)
    ghosts = done.notes[asked(done, "snare=ghost")]
    soft = ghosts[ghosts["velocity"] == 40]
    assert soft["onset_s"] == pytest.approx([1.125, 3.125, 5.125, 7.125])
    added = ghosts[ghosts["velocity"] < 40]
    # 90 x 0.35 / 0.5 would be 63; no more than 0.6 of it is written: 54
    new = ghosts[ghosts["velocity"] > 40]
    assert not len(added) and set(new["velocity"]) == {54, 72}
    # round beats 3 and 1: 0.375 and 0.625 s after the backbeats, where the written ghost is not
    assert new["onset_s"][:4] == pytest.approx([0.875, 1.875, 2.125, 2.875])
    assert set(new["source"]) <= set(groove().notes["source"])


def test_the_loudest_of_four_bars_is_a_flam() -> None:
    done = ornamented(groove(8), GHOSTLY)
    flams = done.notes[asked(done, "snare=flam")]
    assert flams["onset_s"] == pytest.approx([5.5, 15.5])  # 120 in bar 3; of equals the last
    assert realize(done, GHOSTLY).labels.played_names().count("snare=flam") == 2


@pytest.mark.parametrize(("arousal", "early_s"), [(-1.0, 0.035), (0.0, 0.030), (1.0, 0.025)])
def test_without_a_stroke_for_it_a_softer_hit_goes_before(arousal: float, early_s: float) -> None:
    score = groove()
    done = ornamented(score, kit(), arousal)
    assert len(done.notes) == len(score.notes) + 1
    grace = done.notes[done.notes["velocity"] == 72]  # 0.6 x 120
    assert grace["onset_s"] == pytest.approx([5.5 - early_s])
    assert grace["duration_s"] == pytest.approx([early_s])
    assert len(realize(done, kit()).labels.rows) == len(done.notes)


def test_a_flam_that_the_score_asks_for() -> None:
    score = groove(1)
    rows = np.flatnonzero(score.notes["pitch"] == 38)[:1]
    technique = np.zeros(len(score.notes), int)
    technique[rows] = 1
    asking = Performance(score.with_notes(technique=technique).notes, techniques=((), ("flam",)))
    done = ornamented(asking, kit())
    grace = done.notes[np.isclose(done.notes["onset_s"], 0.47)]
    assert grace["velocity"].tolist() == [54]


def test_no_stroke_overlaps_another_of_its_drum_and_none_is_added_near_one() -> None:
    for technique_map in (GHOSTLY, kit()):
        notes = ornamented(groove(8), technique_map).notes
        for pitch in np.unique(notes["pitch"]):
            mine = notes[notes["pitch"] == pitch]
            gaps = np.diff(mine["onset_s"])
            assert (mine["duration_s"][:-1] <= gaps + 1e-9).all() and (mine["duration_s"] >= 0.02).all()
    snare = ornamented(groove(8), GHOSTLY).notes
    snare = snare[snare["pitch"] == 38]
    assert np.diff(snare["onset_s"]).min() >= 0.06


def test_added_strokes_are_played_with_their_neighbours() -> None:
    late = groove()
    late = late.with_notes(onset_s=late.notes["onset_s"] + 0.02)
    done = ornamented(late, GHOSTLY)
    new = done.notes[asked(done, "snare=ghost")]
    assert new["onset_s"] - new["written_onset_s"] == pytest.approx(np.full(len(new), 0.02))


def test_a_kit_without_a_snare_stroke_in_the_score() -> None:
    hats = Performance(note_rows([(0.5 * step, 0.1, 42, 80) for step in range(8)], channel=9))
    assert len(ornamented(hats, GHOSTLY).notes) == 8
