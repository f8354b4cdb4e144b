"""Table: measured figures in rows, numbers right-aligned, sorted by a click on a heading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from composer_daw.errors import InputError
from composer_daw.pages.templating import fill

if TYPE_CHECKING:
    from markupsafe import Markup

Value = str | int | float | bool | None
MISSING = "–"


@dataclass(frozen=True)
class Column:
    """A column: its heading, the decimals of its numbers, and a hint that says how it was measured."""

    title: str
    digits: int = 2
    hint: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of plain values under columns; a heading given as text is a Column with the defaults.

    None and NaN show as a dash and sort last. Raises InputError for a row of another length.
    """

    columns: Sequence[Column | str]
    rows: Sequence[Sequence[Value]]
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise InputError(f"row {number} of the table has {len(row)} cells, not {len(self.columns)}")

    @property
    def headings(self) -> list[Column]:
        """Return the columns, those given as text made into Columns."""
        return [c if isinstance(c, Column) else Column(c) for c in self.columns]


@dataclass(frozen=True)
class Cell:
    """A cell ready to show: its text, and the number to sort by, empty when it is none."""

    text: str
    sort: str
    numeric: bool


def render_table(table: Table) -> Markup:
    """Render a table; the first column names the row."""
    headings = table.headings
    columns = list(zip(*table.rows, strict=True)) or [()] * len(headings)
    numeric = [_is_numeric(column) for column in columns]
    rows = [
        [_cell(v, h.digits, n) for v, h, n in zip(row, headings, numeric, strict=True)] for row in table.rows
    ]
    described = list(zip(headings, numeric, strict=True))
    return fill("table.html", caption=table.caption, headings=described, rows=rows)


def _cell(value: Value, digits: int, numeric: bool) -> Cell:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Cell(MISSING, "", numeric)
    if isinstance(value, bool):
        return Cell("yes" if value else "no", "", False)
    if isinstance(value, int):
        return Cell(str(value).replace("-", "−"), str(value), numeric)
    if isinstance(value, float):
        return Cell(f"{value:.{digits}f}".replace("-", "−"), repr(value), numeric)
    return Cell(value, "", numeric)


def _is_numeric(column: Sequence[Value]) -> bool:
    present = [v for v in column if v is not None]
    return bool(present) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in present)
