"""The table of the studio band: the study of recognition is read back into the right columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import technique_recognition
from benchmarks.studio_band import STUDIES, recognition

SEEN = {"notes": 4, "balanced_accuracy": 0.5, "recalls": {"a": 1.0, "b": 0.0}, "classes": ["a", "b"]}


def stand_in(accuracies: list[float]) -> object:
    """Return a study that hears nothing and hands out these accuracies, one after the other."""
    left = iter(accuracies)
    return lambda *_, **__: {**SEEN, "accuracy": next(left), "confusion": [[2, 0], [2, 0]]}


@pytest.fixture
def studied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what the study itself writes of a bowed and of a plucked instrument."""
    monkeypatch.setattr(technique_recognition, "unseen_pitches", stand_in([0.91, 0.92, 0.93, 0.94, 0.95]))
    found = technique_recognition.study("studio/viola", [])
    found |= technique_recognition.plucked_study("studio/guitar")
    path = tmp_path / "study.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


def test_every_study_of_recognition_finds_its_column(studied: Path) -> None:
    """The two modules agree on the titles: a title that is reworded in one leaves no dash in the other."""
    whole, mixed, busy = (title for title, _ in STUDIES)
    assert recognition([studied]) == {
        "viola": {whole: 0.91, mixed: 0.92},
        "guitar": {whole: 0.93, mixed: 0.94, busy: 0.95},
    }


def test_several_files_make_one_table(studied: Path, tmp_path: Path) -> None:
    title = "studio/guitar: unseen pitches, busy bars, four dynamics"
    later = tmp_path / "later.json"
    later.write_text(json.dumps({title: {"accuracy": 0.5}}), encoding="utf-8")
    found = recognition([studied, later])
    assert found["guitar"] == {"unseen pitches": 0.93, "varied": 0.94, "busy bars": 0.5}
    assert set(found) == {"viola", "guitar"}
