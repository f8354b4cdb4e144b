"""Tables: as wide as the terminal, and in a pipe as wide as they are."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

WIDEST = 1000


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    right: Sequence[str] = (),
    folds: Sequence[str] = (),
) -> None:
    """Print rows under their heads; the last column breaks where a terminal ends, the others stay whole.

    The columns named in `right` are aligned there; those in `folds` break, too.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        breaks = head == heads[-1] or head in folds
        table.add_column(
            head, justify="right" if head in right else "left", overflow="fold", no_wrap=not breaks
        )
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # as text: a plugin may be called "[bold]"
    on_terminal = sys.stdout.isatty()
    Console(width=None if on_terminal else WIDEST, file=sys.stdout).print(table)


def print_text(text: str) -> None:
    """Print a paragraph, broken between words where a terminal ends, whole in a pipe."""
    wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else len(text) + 1
    print("\n".join(textwrap.wrap(text, wide)))
