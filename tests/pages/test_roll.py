"""The roll: notes where they belong, named by technique."""

from __future__ import annotations

import page_samples as samples
import pytest

from composer_daw.pages import Axes, RollNote, look_of, roll_svg
from composer_daw.pages.roll import labels_of, technique_runs

AXES = Axes(span_s=4.0, low_pitch=60, high_pitch=79)
PHRASE = [
    RollNote(2.0, 2.2, 67, "pizzicato", 2.0, 2.9),
    RollNote(0.0, 0.9, 60, "legato"),
    RollNote(1.0, 1.9, 79, "legato"),
    RollNote(3.0, 5.0, 64, "legato"),
]


def rects(css: str) -> list[dict[str, str | None]]:
    return samples.Outline(roll_svg(PHRASE, AXES)).tags("rect", css)


def test_sounding_notes_lie_at_their_time_and_pitch() -> None:
    first, second, *_ = rects("sounding")
    assert (first["x"], first["width"], first["y"], first["height"]) == ("0.0%", "22.5%", "95.0%", "5.0%")
    assert (second["x"], second["y"]) == ("25.0%", "0.0%")


def test_written_length_is_an_outline_of_its_own() -> None:
    (outline,) = rects("written")
    assert (outline["x"], outline["width"]) == ("50.0%", "22.5%")


def test_notes_are_named_and_coloured() -> None:
    outline = samples.Outline(roll_svg(PHRASE, AXES))
    assert outline.texts("title")[2] == "G4 · pizzicato · 2.00–2.20 s"
    assert outline.tags("g")[2]["style"] == f"--c:{look_of('pizzicato').colour}"


def test_runs_join_successive_notes_of_one_technique() -> None:
    runs = technique_runs(PHRASE, AXES)
    assert [(r.label, r.left, r.width) for r in runs] == [
        ("legato", 0.0, 47.5),
        ("pizzicato", 50.0, 5.0),
        ("legato", 75.0, 25.0),
    ]
    assert labels_of(PHRASE) == ["legato", "pizzicato"]


def test_notes_without_technique_are_drawn_unnamed() -> None:
    notes = [RollNote(0.0, 1.0, 61)]
    assert technique_runs(notes, AXES) == []
    assert samples.Outline(roll_svg(notes, AXES)).texts("title") == ["C♯4 · 0.00–1.00 s"]


@pytest.mark.parametrize("notes", [[], [RollNote(1.0, 1.0, 60, "x")], [RollNote(2.0, 1.0, 60, "x")]])
def test_no_notes_and_empty_notes_draw(notes: list[RollNote]) -> None:
    widths = samples.Outline(roll_svg(notes, AXES)).tags("rect", "sounding")
    assert all(r["width"] == "0.0%" for r in widths)
