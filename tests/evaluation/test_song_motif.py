"""The motif is found when it returns, varied or not, and not found in what has none; songs that are alike."""

from __future__ import annotations

import numpy as np
import pytest
from plain_song import Beats, plain_song, plain_tracks, written

from composer_daw.evaluation.song_motif import check_apart, contour, likeness, shared_pattern, steps_of
from composer_daw.evaluation.song_report import check_song
from composer_daw.evaluation.song_score import Key, song_of
from composer_daw.evaluation.song_voices import melody_of

C = Key(0, False)
MOTIF = [(2, 24), (2, 24), (-4, 48), (6, 72), (-2, 24), (-2, 48)]


def random_steps(rng: np.random.Generator, count: int) -> list[tuple[int, int] | None]:
    return [(int(2 * rng.integers(-3, 4)), int(rng.choice([24, 48]))) for _ in range(count)]


def around(rng: np.random.Generator, motif: list[tuple[int, int]]) -> list[tuple[int, int] | None]:
    return [*random_steps(rng, 12), *motif, *random_steps(rng, 12)]


@pytest.mark.parametrize(
    ("name", "varied"),
    [
        ("as it was", MOTIF),
        ("inverted", [(-step, time) for step, time in MOTIF]),
        ("twice as long", [(step, 2 * time) for step, time in MOTIF]),
        ("half as long", [(step, time // 2) for step, time in MOTIF]),
    ],
)
def test_a_motif_is_found_however_it_returns(name: str, varied: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(3)
    found = shared_pattern(around(rng, MOTIF), around(rng, varied), rng)
    assert found.notes >= 7 and found.variation == name
    assert found.chance <= 0.025 and found.reach > found.baseline


def test_melodies_without_a_motif_pass_no_more_often_than_chance() -> None:
    rng = np.random.default_rng(0)
    chances = [
        shared_pattern(random_steps(rng, 30), random_steps(rng, 30), rng, 99).chance for _ in range(60)
    ]
    assert np.mean(np.array(chances) <= 0.05) <= 0.10


def test_a_short_figure_that_comes_again_and_again_counts_too() -> None:
    rng = np.random.default_rng(2)
    figure = MOTIF[:3]
    once = shared_pattern(around(rng, figure), around(rng, figure), rng)
    often = [*figure, (8, 96)] * 4
    assert shared_pattern(often, [*figure, (-6, 72)] * 4, rng).chance <= 0.01 < once.chance


def test_the_reach_by_hand() -> None:
    """Of a b c | x, a b c has three steps in a run of three, x none: 9 / 4 on average."""
    rng = np.random.default_rng(0)
    found = shared_pattern(MOTIF[:3], [*MOTIF[:3], (12, 7)], rng)
    assert found.reach == pytest.approx(9 / 4) and found.notes == 4 and found.variation == "as it was"


def test_a_breath_is_like_nothing() -> None:
    rng = np.random.default_rng(0)
    broken = [*MOTIF[:3], None, *MOTIF[3:]]
    assert shared_pattern(broken, broken, rng).notes == 4
    assert shared_pattern([], [], rng).notes == 0


def test_steps_follow_the_scale() -> None:
    song = song_of(written({"Melody": [(0, 1, 60), (1, 1, 64), (2, 0.5, 65), (2.5, 1, 66), (9, 1, 67)]}))
    assert steps_of(melody_of(song).rows, C) == [(4, 48), (2, 48), (1, 24), None]
    up = song_of(written({"Melody": [(0, 1, 62), (1, 1, 65)]}))  # a third within the scale is a third
    assert steps_of(melody_of(up).rows, C) == [(4, 48)]


def test_the_motif_of_the_plain_song_returns() -> None:
    check = check_song(plain_song()).check("motif")
    assert check.holds is True
    assert check.figures["bridge_notes"] >= 5 and check.figures["bridge_chance"] <= 0.05


def test_a_bridge_without_the_motif_is_found() -> None:
    tracks = plain_tracks()
    other: Beats = [(64 + 2 * n, 2, pitch) for n, pitch in enumerate((69, 72, 65, 74, 67, 71, 76, 64) * 2)]
    tracks["Melody"] = [one for one in tracks["Melody"] if not 64 <= one[0] < 96] + other
    check = check_song(plain_song(tracks)).check("motif")
    assert check.holds is False
    assert [one.bar for one in check.findings] == [17]
    assert "the motif does not return" in check.findings[0].what


def test_a_motif_moved_to_other_chords_is_known_by_its_contour() -> None:
    """Its steps are stretched by what the chords need, its ups and downs and its rhythm are as they were."""
    rng = np.random.default_rng(5)
    stretched = [(step * int(rng.integers(1, 4)), time) for step, time in MOTIF * 2]
    one, other = around(rng, MOTIF * 2), around(rng, stretched)
    assert shared_pattern(contour(one), contour(other), rng).chance <= 0.025
    assert contour([(-6, 24), None, (0, 48)]) == [(-1, 24), None, (0, 48)]


def test_one_kind_of_section_alone_has_no_return() -> None:
    score = written(plain_tracks(), {"Verse": 0.0, "Verse 2": 64.0})
    assert check_song(score).check("motif").holds is None


def test_copies_are_alike_whatever_their_key_and_tempo() -> None:
    steps = check_song(plain_song()).steps
    up = {
        name: [(b, n, p + 2) for b, n, p in notes]
        for name, notes in plain_tracks().items()
        if name != "Drums"
    }
    copy = check_song(written(up, bpm=90.0), key=Key(2, False)).steps
    assert likeness(steps, copy) == 1.0
    rng = np.random.default_rng(1)
    assert likeness(random_steps(rng, 100), random_steps(rng, 100)) < 0.05
    check = check_apart({"a": steps, "b": copy, "c": random_steps(rng, 100)})
    assert check.holds is False
    assert [one.parts for one in check.findings] == [("a", "b")]


def test_a_copy_with_some_notes_changed_is_still_a_copy() -> None:
    tracks = plain_tracks()
    tracks["Melody"] = [(b, n, p + 2 * (index % 20 == 7)) for index, (b, n, p) in enumerate(tracks["Melody"])]
    one, other = check_song(plain_song()).steps, check_song(plain_song(tracks)).steps
    assert check_apart({"a": one, "b": other}).holds is False


def test_one_song_is_like_no_other() -> None:
    assert check_apart({"a": ()}).holds is None
