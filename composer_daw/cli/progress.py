"""A progress bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Advance(Protocol):
    """What moves a bar by one: the name of what was done, and whether it failed.

    `total` sets how many there are, where that is found out on the way.
    """

    def __call__(self, name: str, failed: bool = False, total: int | None = None) -> None:
        """Move the bar."""


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Advance]:
    """Yield what moves the bar; it is called after each of `total` items."""
    if not sys.stderr.isatty():
        yield lambda name, failed=False, total=None: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("", total=total)

        def advance(name: str, failed: bool = False, total: int | None = None) -> None:
            shown.update(task, advance=1, total=total, description=f"{name}{' failed' if failed else ''}")

        yield advance
