"""`composer-daw plugins`: what plugins there are, and what one of them has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import json_option

if TYPE_CHECKING:
    from composer_daw.authoring.catalogue import Catalogue
    from composer_daw.authoring.look import Entry

COMMANDS = {
    "scan": ("composer_daw.cli.plugins:scan", "Look at every plugin, each in a process of its own."),
    "describe": ("composer_daw.cli.plugins:describe", "Show what one plugin is, and its parameters."),
}

determinism_option = click.option(
    "--determinism", is_flag=True, help="Also play it, to find out whether it repeats itself."
)
limit_option = click.option(
    "--limit",
    "limit_s",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a plugin may take to load, or to do anything else.",
)


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def plugins() -> None:
    """Show the plugins of this machine."""


@click.command()
@click.argument("folders", nargs=-1, metavar="[FOLDER]...", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="JSON", help="Write a catalogue.")
@click.option("--again", is_flag=True, help="Load those again that the catalogue has already.")
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Plugins at once; as many as cores if not given."
)
@determinism_option
@limit_option
@json_option
def scan(
    folders: tuple[Path, ...],
    output: Path | None,
    again: bool,
    workers: int | None,
    determinism: bool,
    limit_s: float,
    as_json: bool,
) -> None:
    """Look at the plugins in each FOLDER, or in the standard ones; list those that fail as such.

    With a catalogue that is there already, plugins that are as they were are not loaded again.
    """
    from composer_daw.authoring import catalogue
    from composer_daw.cli.progress import bar

    known = catalogue.load_catalogue(output) if output and output.exists() and not again else None
    with bar("plugins") as advance:
        found = catalogue.scan(
            folders or None,
            known,
            determinism=determinism,
            limit_s=limit_s,
            workers=workers,
            progress=lambda entry, total: advance(Path(entry.path).stem, bool(entry.error), total),
        )
    if output:
        catalogue.save_catalogue(found, output)
    click.echo(found.model_dump_json()) if as_json else _print_catalogue(found, output)


@click.command()
@click.argument("plugin")
@determinism_option
@limit_option
@json_option
def describe(plugin: str, determinism: bool, limit_s: float, as_json: bool) -> None:
    """Show PLUGIN, a path or a name: identity, latency, channels, and every parameter as it stands."""
    from composer_daw.authoring import look
    from composer_daw.plugins.search import find_plugin

    entry = look.describe(find_plugin(plugin, Path()), determinism=determinism, limit_s=limit_s)
    click.echo(entry.model_dump_json()) if as_json else _print_entry(entry)


def _print_catalogue(found: Catalogue, output: Path | None) -> None:
    from composer_daw.cli.tables import print_table

    well = [entry for entry in found.plugins if not entry.error]
    heads = ["role", "kind", "name", "version", "params", "repeats", "file"]
    for folder in sorted({Path(entry.path).parent for entry in well}):
        rows = [_row(entry) for entry in well if Path(entry.path).parent == folder]
        click.echo(f"{folder}:")
        print_table(heads, rows, right=("params",))
        click.echo()
    for entry in found.plugins:
        if entry.error:
            where = "" if entry.error.startswith(entry.path) else f"{entry.path}: "
            click.secho(f"failed: {where}{entry.error}", fg="red" if sys.stdout.isatty() else None)
    written = f", catalogue: {output}" if output else ""
    click.echo(f"plugins: {len(well)}, failed: {len(found.plugins) - len(well)}{written}")


def _row(entry: Entry) -> tuple[object, ...]:
    repeats = entry.repeats.verdict if entry.repeats else "-"
    number, file = len(entry.parameters), Path(entry.path).name
    return entry.role, entry.kind, entry.name, entry.version or "-", number, repeats, file


def _print_entry(entry: Entry) -> None:
    from composer_daw.cli.tables import print_table

    facts = {
        "name": entry.name,
        "vendor": entry.vendor or "-",
        "version": entry.version or "-",
        "role": " ".join(filter(None, (entry.role, f"({entry.categories})" if entry.categories else ""))),
        "kind": entry.kind,
        "id": entry.id,
        "path": entry.path,
        "sha256": entry.sha256,
        "channels": f"{entry.inputs} in, {entry.outputs} out",
        "latency": f"{entry.latency_samples} samples",
        "loads in": f"{entry.load_s:.2f} s",
        **({"repeats": str(entry.repeats)} if entry.repeats else {}),
    }
    for name, fact in facts.items():
        click.echo(f"{name:<10} {fact}")
    click.echo(f"{'parameters':<10} {len(entry.parameters)}\n")
    rows = [(f"#{one.index}", one.name, f"{one.value:.4f}", one.text) for one in entry.parameters]
    if rows:
        print_table(["index", "name", "value", "text"], rows, right=("index", "value"))
