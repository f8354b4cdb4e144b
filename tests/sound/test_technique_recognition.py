"""The techniques of the studio violin can be told apart by ear, and are like those of real players."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.technique_recognition import (
    SIX,
    VARIED,
    WHOLE_RANGE,
    Note,
    eleven_techniques,
    six_classes,
    violin_notes,
)


@pytest.mark.parametrize(
    ("plan", "least"),
    [
        (VARIED, 0.90),  # G3 to B5, four dynamics, four lengths
        (WHOLE_RANGE, 0.89),  # up to A7, where few partials are left; docs/studio_violin.md has the figure
    ],
    ids=["varied", "whole range"],
)
def test_eleven_techniques_are_told_apart_on_unseen_pitches(plan: list[Note], least: float) -> None:
    found = eleven_techniques(plan)
    assert found["notes"] == 11 * len(plan)
    assert found["accuracy"] >= least
    assert min(found["recalls"].values()) >= 0.70


def test_centroids_of_the_violin_sort_the_notes_of_a_real_double_bass(shared_data: Path) -> None:
    """Chance is one in six; the floor stands well below what docs/studio_violin.md reports."""
    vectors, names = violin_notes(list(SIX), VARIED, seed=2)
    found = six_classes(shared_data / "philharmonia" / "double_bass", vectors, names)
    assert found["recordings"] > 100
    assert found["balanced_accuracy"] >= 0.70
    assert found["interval_95"][0] > 0.60
    assert set(found["classes"]) == set(SIX.values())


@pytest.mark.long
@pytest.mark.parametrize("seed", [3, 4])
def test_another_seed_tells_the_same(seed: int) -> None:
    assert eleven_techniques(seed=seed)["accuracy"] >= 0.88
    assert eleven_techniques(VARIED, seed)["accuracy"] >= 0.90
