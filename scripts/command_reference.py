"""Write docs/command_line.md from the commands themselves; `--check` says whether it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from environment import ROOT, run_inside

TARGET = ROOT / "docs" / "command_line.md"
WIDTH = 100
HEAD = "# The command line\n\nWritten by `python scripts/command_reference.py` from the commands.\n"


def reference() -> str:
    """Return the help of every command, in the order of the command line."""
    import click

    from composer_daw.cli import root

    def walk(command: click.Command, context: click.Context) -> Iterator[str]:
        yield f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                yield from walk(
                    below, click.Context(below, info_name=name, parent=context, terminal_width=WIDTH)
                )

    context = click.Context(root, info_name="composer-daw", terminal_width=WIDTH)
    return "\n".join([HEAD, *walk(root, context)])


def main() -> int:
    """Write the page, or compare it."""
    if "--check" in sys.argv:
        return 0 if TARGET.read_text(encoding="utf-8") == reference() else 1
    TARGET.write_bytes(reference().encode("utf-8"))
    return 0


if __name__ == "__main__":
    run_inside(Path(__file__))
    sys.exit(main())
