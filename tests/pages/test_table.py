"""Tables of figures."""

from __future__ import annotations

import page_samples as samples
import pytest

from composer_daw.errors import InputError
from composer_daw.pages import Column, Table, render_table

TABLE = Table(
    ["Name", Column("Level", 1, "dBFS"), "Count", "Good"],
    [["a<b", -3.25, 12, True], ["c", None, -4, False], ["d", float("nan"), 0, None]],
    "Levels",
)


def test_numbers_are_formatted_and_missing_ones_dashed() -> None:
    outline = samples.Outline(render_table(TABLE))
    assert outline.texts("td") == ["−3.2", "12", "yes", "–", "−4", "no", "–", "0", "–"]
    assert outline.texts("caption") == ["Levels"]


def test_numeric_columns_are_marked_for_the_right() -> None:
    outline = samples.Outline(render_table(TABLE))
    assert [a.get("class") for a in outline.tags("th")[:4]] == [None, "number", "number", None]
    assert len(outline.tags("td", "number")) == 6


def test_sorting_goes_by_the_full_number() -> None:
    assert [a["data-sort"] for a in samples.Outline(render_table(TABLE)).tags("td")][:2] == ["-3.25", "12"]


def test_headings_are_buttons_and_first_cells_head_their_rows() -> None:
    outline = samples.Outline(render_table(TABLE))
    assert outline.texts("button") == ["Name", "Level", "Count", "Good"]
    assert [a["scope"] for a in outline.tags("th")] == ["col"] * 4 + ["row"] * 3
    assert outline.texts("th")[4] == "a<b"


def test_table_without_rows() -> None:
    assert samples.Outline(render_table(Table(["A", "B"], []))).texts("td") == []


def test_row_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="row 2 of the table has 1 cells, not 2"):
        Table(["A", "B"], [[1, 2], [3]])
