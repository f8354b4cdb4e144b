"""The techniques of the studio strings can be told apart by ear, and are like those of real players."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.technique_recognition import (
    SIX,
    STRINGS,
    eleven_techniques,
    six_classes,
    studio_notes,
    varied,
    whole_range,
)

VIOLIN, *OTHERS = STRINGS


def told_apart(instrument: str, plan: str, seed: int = 1) -> float:
    """Return the accuracy on unseen pitches; every technique must be known seven times in ten."""
    notes = varied(instrument) if plan == "varied" else whole_range(instrument)
    found = eleven_techniques(instrument, notes, seed)
    assert found["notes"] == 11 * len(notes)
    assert min(found["recalls"].values()) >= 0.70
    return float(found["accuracy"])


@pytest.mark.parametrize(
    ("plan", "least"),
    [
        ("varied", 0.90),  # G3 to B5, four dynamics, four lengths
        ("whole", 0.89),  # up to A7, where few partials are left; docs/studio_violin.md has the figure
    ],
)
def test_eleven_techniques_are_told_apart_on_unseen_pitches(plan: str, least: float) -> None:
    assert told_apart(VIOLIN, plan) >= least


@pytest.mark.parametrize("instrument", OTHERS)
def test_the_lower_strings_are_told_apart_on_a_few_unseen_pitches(instrument: str) -> None:
    """Every sixth pitch only: trained on three or four notes of each technique, tested on the others."""
    assert eleven_techniques(instrument, whole_range(instrument, every=6))["accuracy"] >= 0.85


@pytest.mark.long
@pytest.mark.parametrize("plan", ["varied", "whole"])
@pytest.mark.parametrize("instrument", OTHERS)
def test_the_lower_strings_are_told_apart_on_unseen_pitches(instrument: str, plan: str) -> None:
    assert told_apart(instrument, plan) >= 0.90


@pytest.mark.parametrize("instrument", [VIOLIN, pytest.param(OTHERS[-1], marks=pytest.mark.long)])
def test_their_centroids_sort_the_notes_of_a_real_double_bass(instrument: str, shared_data: Path) -> None:
    """Chance is one in six; the floor stands well below what docs/studio_violin.md reports."""
    vectors, names = studio_notes(instrument, list(SIX), varied(instrument), seed=2)
    found = six_classes(shared_data / "philharmonia" / "double_bass", vectors, names)
    assert found["recordings"] > 100
    assert found["balanced_accuracy"] >= 0.70
    assert found["interval_95"][0] > 0.60
    assert set(found["classes"]) == set(SIX.values())


@pytest.mark.long
@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("instrument", STRINGS)
def test_another_seed_tells_the_same(instrument: str, seed: int) -> None:
    assert told_apart(instrument, "whole", seed) >= 0.88
    assert told_apart(instrument, "varied", seed) >= 0.90
