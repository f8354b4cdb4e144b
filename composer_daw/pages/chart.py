"""Charts: curves, dots and stems over one shared axis, as inline SVG; words stand beside it as HTML.

A drawing is 1000 wide and 100 high whatever it shows, and stretches with the page; lines keep their width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from composer_daw.pages.templating import fill

if TYPE_CHECKING:
    from markupsafe import Markup

MOST_POINTS = 1200
"""What is more is drawn in so many stretches: of stems the farthest of each, of dots some."""

Floats = npt.NDArray[np.float64]
Kind = Literal["line", "steps", "dots", "stems", "spans"]


@dataclass(frozen=True, eq=False)
class Series:
    """Values over the axis: `x` and `y` of one length; spans have an end `until` for each x.

    `role` gives the colour: what was there before, what is there now, or something third.
    """

    name: str
    x: Floats
    y: Floats
    kind: Kind = "line"
    role: Literal["before", "after", "third"] = "after"
    until: Floats | None = None


@dataclass(frozen=True)
class Chart:
    """One chart: its title, a line of figures beside it, the series, and the values that are marked.

    `low` and `high` bound the vertical axis; `marks` are (value, text) pairs, the first drawn as the base.
    """

    title: str
    series: Sequence[Series]
    low: float
    high: float
    marks: Sequence[tuple[float, str]] = ()
    figures: str = ""
    text: str = ""
    tall: bool = False
    joined: bool = False
    """It goes on with the one above it."""


@dataclass(frozen=True)
class Charts:
    """Charts under one title on one axis from 0 to `span`; `ticks` are (place, text) pairs."""

    title: str
    charts: Sequence[Chart]
    span: float
    ticks: Sequence[tuple[float, str]] = ()
    axis: str = ""
    text: str = ""
    legend: Sequence[tuple[str, str]] = field(default_factory=tuple)
    """(role, text) pairs."""
    beside: bool = False
    """Where the page is wide, titles stand beside the charts, which are lower."""


def render_charts(charts: Charts, *, name: str = "s1") -> Markup:
    """Render a section of charts; `name` is its id in the page."""
    span = max(charts.span, 1e-9)
    return fill(
        "charts.html",
        charts=charts,
        name=name,
        paragraphs=[part.strip() for part in charts.text.split("\n\n") if part.strip()],
        ticks=[(text, round(100.0 * at / span, 2)) for at, text in charts.ticks],
        drawn=[(one, _paths(one, span), _marks(one)) for one in charts.charts],
    )


def _marks(chart: Chart) -> list[tuple[str, float]]:
    """Return the text of each mark, and how far below the top it stands, in per cent."""
    return [(text, round(float(_height(chart, np.array([value]))[0]), 2)) for value, text in chart.marks]


def _paths(chart: Chart, span: float) -> list[tuple[Series, str]]:
    return [(one, _path(one, chart, span)) for one in chart.series if len(one.x)]


def _path(series: Series, chart: Chart, span: float) -> str:
    x = 1000.0 * np.clip(series.x / span, 0.0, 1.0)
    y = _height(chart, series.y)
    if series.kind in ("dots", "stems"):
        rows = _fewer(series)
        base = _height(chart, np.zeros(1))[0]
        stem = series.kind == "stems"
        return "".join(
            f"M{at:.1f} {base:.1f}V{to:.1f}" if stem else f"M{at:.1f} {to:.1f}h0"
            for at, to in zip(x[rows].tolist(), y[rows].tolist(), strict=True)
        )
    if series.kind == "spans" and series.until is not None:
        ends = 1000.0 * np.clip(series.until / span, 0.0, 1.0)
        rows = _fewer(series)
        columns = (x[rows].tolist(), y[rows].tolist(), ends[rows].tolist())
        return "".join(f"M{at:.1f} {to:.1f}H{end:.1f}" for at, to, end in zip(*columns, strict=True))
    joint = "H{0:.1f}V{1:.1f}" if series.kind == "steps" else "L{0:.1f} {1:.1f}"
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    return f"M{points[0][0]:.1f} {points[0][1]:.1f}" + "".join(joint.format(*one) for one in points[1:])


def _height(chart: Chart, y: Floats) -> Floats:
    """Return how far below the top values stand, 0..100; what is outside stands at the edge."""
    share = (np.asarray(y, float) - chart.low) / max(chart.high - chart.low, 1e-9)
    return np.asarray(100.0 * (1.0 - np.clip(share, 0.0, 1.0)))


def _fewer(series: Series) -> npt.NDArray[np.int64]:
    """Return the rows to draw."""
    rows = np.arange(len(series.x))
    if len(rows) <= MOST_POINTS:
        return rows
    if series.kind != "stems":
        return np.asarray(rows[np.linspace(0, len(rows) - 1, 2 * MOST_POINTS).astype(np.int64)])
    stretch = (np.argsort(np.argsort(series.x, kind="stable")) * MOST_POINTS) // len(rows)
    order = np.lexsort((-np.abs(series.y), stretch))
    first = np.insert(np.diff(stretch[order]) != 0, 0, True)
    return np.asarray(order[first])


def rounded_up(value: float) -> float:
    """Return the next round number, 1, 2 or 5 times a power of ten, at or above a value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))
