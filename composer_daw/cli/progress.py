"""A progress bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from composer_daw.dataset import Record
from composer_daw.errors import ComposerError


@contextmanager
def items_bar(total: int, what: str) -> Iterator[Callable[[Record, ComposerError | None], None]]:
    """Yield a function to call after each of `total` items; it moves a bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda record, error: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)

        def advance(record: Record, error: ComposerError | None) -> None:
            bar.update(task, advance=1, description=f"{record.id}{' failed' if error else ''}")

        yield advance
