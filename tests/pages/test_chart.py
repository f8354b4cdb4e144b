"""Charts over one axis."""

from __future__ import annotations

import re

import numpy as np
import page_samples as samples
import pytest

from composer_daw.pages.chart import MOST_POINTS, Chart, Charts, Series, render_charts, rounded_up

X, Y = np.array([0.0, 5.0, 10.0]), np.array([0.0, 2.0, 1.0])


def drawn(series: Series, low: float = 0.0, high: float = 2.0) -> str:
    page = render_charts(Charts("All", [Chart("One", [series], low, high)], 10.0))
    found = re.search(f'class="{series.kind} of-[a-z]+" d="([^"]*)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("line", "M0.0 100.0L500.0 0.0L1000.0 50.0"),
        ("steps", "M0.0 100.0H500.0V0.0H1000.0V50.0"),
        ("dots", "M0.0 100.0h0M500.0 0.0h0M1000.0 50.0h0"),
        ("stems", "M0.0 100.0V100.0M500.0 100.0V0.0M1000.0 100.0V50.0"),
    ],
)
def test_each_kind_of_series(kind: str, path: str) -> None:
    assert drawn(Series("a", X, Y, kind)) == path  # type: ignore[arg-type]


def test_spans_have_ends() -> None:
    assert (
        drawn(Series("a", X, Y, "spans", until=X + 1))
        == "M0.0 100.0H100.0M500.0 0.0H600.0M1000.0 50.0H1000.0"
    )


def test_what_is_outside_stands_at_the_edge() -> None:
    assert drawn(Series("a", X, Y), low=0.5, high=1.0) == "M0.0 100.0L500.0 0.0L1000.0 0.0"


def test_of_many_stems_the_farthest_are_drawn() -> None:
    many = np.zeros(50_000)
    many[[777, 40_000]] = (1.0, -1.0)
    path = drawn(Series("a", np.linspace(0, 10, len(many)), many, "stems"), low=-1.0, high=1.0)
    assert path.count("M") == MOST_POINTS
    assert path.count("V0.0") == path.count("V100.0") == 1


def test_words_marks_and_ticks() -> None:
    chart = Chart("Tempo & time", [Series("a", X, Y)], 0, 2, [(0, "0"), (2, "2 <")], "80 → 90", "Why")
    page = render_charts(
        Charts("All", [chart], 10.0, [(0.0, "1"), (5.0, "9")], "bar", "One.\n\nTwo.", (("before", "was"),))
    )
    outline = samples.Outline(page)
    assert outline.texts("h3") == ["Tempo & time"]
    assert outline.texts("p")[:2] == ["One.", "Two."]
    assert 'style="left:50.0%">9<' in page and 'style="top:0.0%">2 &lt;<' in page
    assert "80 → 90" in page and "stroke of-before" in page


def test_a_series_of_nothing_is_left_out() -> None:
    assert drawn(Series("a", np.zeros(0), np.zeros(0))) == ""


def test_round_numbers() -> None:
    assert [rounded_up(one) for one in (0.0, 0.03, 1.0, 1.2, 49.0, 51.0)] == [1, 0.05, 1, 2, 50, 100]
