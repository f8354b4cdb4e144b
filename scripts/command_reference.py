"""Write docs/command_line.md from the commands themselves; `--check` says whether it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from environment import ROOT, run_inside

if TYPE_CHECKING:
    import click

TARGET = ROOT / "docs" / "command_line.md"
WIDTH = 100
HEAD = "# The command line\n\nWritten by `python scripts/command_reference.py` from the commands.\n"


def reference() -> str:
    """Return the help of every command, in the order of the command line."""
    from composer_daw.cli import root

    return "\n".join([HEAD, *pages(root, "composer-daw", None)])


def pages(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """Yield the help of a command, then that of the commands below it."""
    import click

    context = command.make_context(name, [], parent, resilient_parsing=True, terminal_width=WIDTH)
    yield f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None  # it is in the list
            yield from pages(found, below, context)


def main() -> int:
    """Write the page, or compare it."""
    if "--check" in sys.argv:
        return 0 if TARGET.read_text(encoding="utf-8") == reference() else 1
    TARGET.write_bytes(reference().encode("utf-8"))
    return 0


if __name__ == "__main__":
    run_inside(Path(__file__))
    sys.exit(main())
