"""`composer-daw techniques import` and `export`: maps from and for other programs, and what they lose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer_daw.cli.options import json_option
from composer_daw.errors import ComposerError, InputError

if TYPE_CHECKING:
    from composer_daw.techniques.interchange import Loss
    from composer_daw.techniques.interchange.importing import ImportedFile, ImportedMap

FORMAT_NAMES = ("reaticulate", "cubase", "musescore", "sfz", "logic")
MOST_NAMES = 20
"""How many of the names that were not understood are printed."""

HEADS = ("file", "format", "maps", "techniques", "in vocabulary", "not understood", "lost")

force_option = click.option("--force", is_flag=True, help="Write over what is there.")


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-o", "--output", required=True, metavar="DIR", help="The folder of the maps, one for each bank."
)
@click.option(
    "--format", "format_name", type=click.Choice(FORMAT_NAMES), help="What the files are, else told by them."
)
@force_option
@json_option
def import_maps(
    files: tuple[str, ...], output: str, format_name: str | None, force: bool, as_json: bool
) -> None:
    """Read the maps of other programs from each FILE, and write a technique map (YAML) for each bank.

    Names are brought to the vocabulary. At the end stands what was not understood, which keeps its name, and
    what could not be carried, and why. A file that cannot be read stops no other; the exit code is 1 then.
    """
    from composer_daw.cli.progress import bar
    from composer_daw.techniques.interchange.importing import read_files, save_maps

    with bar("import", len(files)) as advance:
        read = read_files(files, format_name, advance)
    refused = [one for one in read if one.problem]
    if len(refused) == len(read) == 1:
        raise InputError(refused[0].problem)
    placed = save_maps(read, output, force)
    click.echo(json.dumps(_as_json(placed), ensure_ascii=False)) if as_json else _print_report(placed, output)
    if refused:
        raise ComposerError(f"could not be read: {len(refused)} of {len(read)} files")


@click.command("export")
@click.argument("map_name", metavar="MAP")
@click.option("-o", "--output", required=True, metavar="FILE", help="Its suffix tells the format.")
@click.option(
    "--format", "format_name", type=click.Choice(FORMAT_NAMES), help="The format, else told by the suffix."
)
@force_option
@json_option
def export_map(map_name: str, output: str, format_name: str | None, force: bool, as_json: bool) -> None:
    """Write MAP for another program: .reabank, .expressionmap or .json; say what could not be carried.

    MAP is a technique map (YAML), an instrument's YAML, or the name of an instrument that ships.
    """
    from composer_daw.authoring.preset_files import check_free
    from composer_daw.cli.techniques import map_of
    from composer_daw.files import check_targets
    from composer_daw.techniques.interchange.formats import write_map_as

    known, source = map_of(map_name)
    check_targets(output, source=source)
    check_free(Path(output), force)
    losses = write_map_as(known, output, format_name)
    if as_json:
        report = {
            "file": output,
            "techniques": len(known.techniques),
            "losses": [one._asdict() for one in losses],
        }
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo(f"{output}: techniques: {len(known.techniques)}, lost: {len(losses)}")
    _print_losses(losses)


def _print_report(files: Sequence[ImportedFile], output: str) -> None:
    from composer_daw.cli.tables import print_table

    rows = [_row(one.path.name, one.format, [one]) for one in files if not one.problem]
    if len(rows) > 1:
        rows.append(_row("all", "", files))
    print_table(HEADS, rows, right=HEADS[2:])
    unread = list(dict.fromkeys(name for one in files for name in one.unread))
    if unread:
        more = f", and {len(unread) - MOST_NAMES} more" if len(unread) > MOST_NAMES else ""
        click.echo(f"\nnot understood, kept as they are: {', '.join(unread[:MOST_NAMES])}{more}")
    _print_losses([loss for one in files for loss in one.losses])
    for one in files:
        if one.problem:
            click.echo(f"\nnot read: {one.problem}")
    click.echo(f"\n{output}: maps: {sum(len(one.maps) for one in files)}")


def _row(name: str, format_name: str, files: Sequence[ImportedFile]) -> tuple[object, ...]:
    maps = [one for file in files for one in file.maps]
    techniques, understood = sum(one.techniques for one in maps), sum(one.understood for one in maps)
    lost = sum(len(one.conversion.losses) for one in maps)
    return name, format_name, len(maps), techniques, understood, techniques - understood, lost


def _print_losses(losses: Iterable[Loss]) -> None:
    """Print what was not carried, by its reason."""
    from composer_daw.cli.tables import print_table

    by_reason: dict[str, list[Loss]] = {}
    for loss in losses:
        by_reason.setdefault(loss.why, []).append(loss)
    if by_reason:
        click.echo()
        ranked = sorted(by_reason.items(), key=lambda one: -len(one[1]))
        rows = [(len(of), why, f"{of[0].what}, {of[0].place}") for why, of in ranked]
        print_table(("lost", "because", "first"), rows, right=("lost",))


def _as_json(files: Sequence[ImportedFile]) -> dict[str, object]:
    def one_map(one: ImportedMap) -> dict[str, object]:
        return {
            "instrument": one.conversion.technique_map.instrument,
            "path": str(one.path),
            "techniques": one.techniques,
            "in_vocabulary": one.understood,
            "not_understood": one.conversion.unread,
            "losses": [loss._asdict() for loss in one.conversion.losses],
        }

    rows = [
        {
            "file": str(one.path),
            "format": one.format,
            "problem": one.problem,
            "maps": [one_map(m) for m in one.maps],
        }
        for one in files
    ]
    totals = _row("all", "", files)[2:]
    return {
        "files": rows,
        **dict(zip(("maps", "techniques", "in_vocabulary", "not_understood", "lost"), totals, strict=True)),
    }
