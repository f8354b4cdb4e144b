"""Tables: as wide as the terminal, and in a pipe as wide as they are."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

WIDEST = 1000


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> None:
    """Print rows under their heads; the last column breaks where a terminal ends, the others stay whole.

    The columns named in `right` are aligned there.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        last = head == heads[-1]
        table.add_column(
            head, justify="right" if head in right else "left", overflow="fold", no_wrap=not last
        )
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # as text: a plugin may be called "[bold]"
    on_terminal = sys.stdout.isatty()
    Console(width=None if on_terminal else WIDEST, file=sys.stdout).print(table)
