"""Repeat structure: what repeats is found over the length it has, and what does not is not."""

from __future__ import annotations

import numpy as np
import pytest
from plain_song import Beats, written

from composer_daw.evaluation.song_score import song_of
from composer_daw.evaluation.song_structure import fitness_scape, similarity, structure_of


def random_bars(rng: np.random.Generator, bars: int) -> Beats:
    return [(float(beat), 1.0, int(rng.integers(60, 72))) for beat in range(4 * bars)]


def test_the_fitness_of_exact_repeats() -> None:
    """Four times the same: (N - N/4) / N of the score and of the piece, 0.75 by the formula."""
    rng = np.random.default_rng(0)
    alike = np.kron(np.ones((4, 4)), np.where(np.eye(5), 1.0, -2.0))
    scape = fitness_scape(alike)
    assert scape[4, 0] == pytest.approx(0.75)
    assert scape[9, 0] == pytest.approx(0.5)  # twice the same of ten
    assert scape[19, 0] == 0.0  # the whole explains nothing but itself
    assert fitness_scape(similarity(np.eye(6))).max() == 0.0
    assert similarity(rng.random((8, 12))).shape == (8, 8)


def test_a_repeat_at_another_speed_counts_for_less_than_one_at_the_same() -> None:
    def scape(order: list[int]) -> float:
        alike = np.where(np.array(order)[:, None] == np.array(order)[None, :], 1.0, -2.0)
        return float(fitness_scape(alike)[3, 0])

    same, slower, other = (
        scape([0, 1, 2, 3, 0, 1, 2, 3]),
        scape([0, 1, 2, 3, 0, 0, 1, 1, 2, 2, 3, 3]),
        scape(list(range(8))),
    )
    assert same == pytest.approx(0.5) and slower > 0.2 and other == 0.0


def test_phrases_that_return_are_found_at_their_length() -> None:
    rng = np.random.default_rng(4)
    phrase = random_bars(rng, 8)
    twice = phrase + [(beat + 32, length, pitch) for beat, length, pitch in phrase]
    found = structure_of(song_of(written({"Melody": twice})))
    through = structure_of(song_of(written({"Melody": random_bars(rng, 16)})))
    assert found["structure_long"] > 0.45 > 0.2 > through["structure_long"]
    assert found["repeated_bars"] == pytest.approx(0.5) and through["repeated_bars"] == 0.0


def test_the_length_of_a_short_score_is_no_error() -> None:
    found = structure_of(song_of(written({"Melody": [(0, 1, 60)]})))
    assert np.isnan(found["structure_long"]) and found["repeated_bars"] == 0.0
