"""The page about a humanized score."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from random_scores import POINTS, scores
from written_lines import rich

from composer_daw.errors import OutputError
from composer_daw.humanizer import EmotionProfile, humanize, load_profile
from composer_daw.humanizer.report import Told, before_and_after, report_page, rule_by_rule, save_report
from composer_daw.performance import Performance


def test_the_page_tells_before_and_after_and_every_rule() -> None:
    score = rich().performance
    page = report_page(score, humanize(score, emotion="triumphant", tempo="map", rubato=0.4, seed=1), "Tune")
    for heading in (
        "Tempo",
        "The notes",
        "Velocity",
        "Timing, ms",
        "Length",
        "High loud",
        "Phrase arch",
        "Rubato",
    ):
        assert f"<h3>{heading}</h3>" in page
    assert "Tune: triumphant, valence +0.75, arousal +0.85" in page
    assert "a map is written (+" in page
    assert "Friberg &amp; Sundberg 1999" in page
    assert "rubato alone (rules)" in page or "rubato alone (" in page
    assert "nan" not in page and "inf" not in re.sub("[a-z]*info?[a-z]*|[a-z]+inf[a-z]*", "", page.lower())


def test_the_same_performance_the_same_page() -> None:
    score = rich().performance
    pages = [report_page(score, humanize(score, 0.5, 0.5, seed=2)) for _ in range(2)]
    assert pages[0] == pages[1]


def test_each_rule_has_what_it_changed() -> None:
    score = rich().performance
    humanized = humanize(score, -0.5, 0.8, tempo="map", seed=1)
    charts = rule_by_rule(Told.of(score, humanized))
    told = [chart.title for chart in charts.charts if chart.title]
    still = re.search("nothing to do here: (.*)\\.", charts.text)
    quiet = still[1].split(", ") if still else []
    assert len(told) + len(quiet) == len(humanized.plan.rules)
    assert all(chart.low < chart.high for chart in charts.charts)


def test_the_tempo_is_that_of_the_output() -> None:
    score = rich().performance
    humanized = humanize(score, -1, -1, tempo="map")
    tempo = before_and_after(Told.of(score, humanized)).charts[0]
    assert tempo.figures.startswith("120 → 6")
    kept = before_and_after(Told.of(score, humanize(score, -1, -1))).charts[0]
    assert kept.figures == "120 → 120 quarter notes a minute on average"


def test_the_clips_are_those_of_the_profile() -> None:
    data = load_profile().model_dump()
    data["figures"]["timing_ms"]["clip"] = (3.5, 17.25)
    score = rich().performance
    page = report_page(score, humanize(score, emotion="sad", profile=EmotionProfile.model_validate(data)))
    row = page[page.index(">timing ms<") :]
    row = row[: row.index("</tr>")]
    assert ">3.5<" in row and re.search(r">17\.[23]<", row) and ">30" not in row


def test_swing_is_told_as_its_ratio() -> None:
    score = rich().performance
    page = report_page(score, humanize(score, 1, 1))
    assert "ratio 1.08 ·" in page and "k 1.08" not in page


def test_the_notes_are_those_that_are_played() -> None:
    score = rich().performance
    charts = before_and_after(Told.of(score, humanize(score, register=12))).charts
    (notes,) = [one for one in charts if one.title == "The notes"]
    assert notes.series[0].y.max() == score.notes["pitch"].max() + 12


def test_a_page_has_the_name_of_a_page(tmp_path: Path) -> None:
    score = rich().performance
    with pytest.raises(
        OutputError, match=r"page\.txt: the report is a page; give a name that ends in \.html"
    ):
        save_report(score, humanize(score), tmp_path / "page.txt")
    assert not (tmp_path / "page.txt").exists()


def test_it_is_written(tmp_path: Path) -> None:
    score = rich().performance
    save_report(score, humanize(score), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")


@settings(max_examples=30)
@given(scores(), POINTS)
def test_any_score_has_a_page(score: Performance, point: tuple[float, float]) -> None:
    assert "NaN" not in report_page(score, humanize(score, *point, tempo="map"))


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_no_note_and_no_strength(strength: float) -> None:
    for score in (Performance(), rich().performance):
        assert "Before and after" in report_page(score, humanize(score, strength=strength))
