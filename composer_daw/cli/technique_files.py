"""`composer-daw techniques import` and `export`: maps from and for other programs, and what they lose."""

from __future__ import annotations

import json
from pathlib import Path

import click

from composer_daw.cli.options import force_option, json_option
from composer_daw.errors import ComposerError, InputError

FORMAT_NAMES = ("reaticulate", "cubase", "musescore", "sfz", "logic")


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-o", "--output", required=True, metavar="DIR", help="The folder of the maps, one for each bank."
)
@click.option(
    "--format", "format_name", type=click.Choice(FORMAT_NAMES), help="What the files are, else told by them."
)
@click.option(
    "--report", metavar="REPORT", help="Write all that was not understood or lost: .json, else text."
)
@force_option
@json_option
def import_maps(
    files: tuple[str, ...],
    output: str,
    format_name: str | None,
    report: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Read the maps of other programs from each FILE, and write a technique map (YAML) for each bank.

    FILE may be a folder: all that can be read in it is. Banks are filed as they are in their program, else
    as their files were. Names are brought to the vocabulary. At the end stands what was not understood,
    which keeps its name, and what could not be carried, and why. A file that cannot be read stops no other;
    the exit code is 1 then, and where nothing was written.
    """
    from composer_daw.cli import import_report
    from composer_daw.cli.progress import bar
    from composer_daw.files import check_targets
    from composer_daw.techniques.interchange.importing import files_in, read_files, save_maps

    found = files_in(files, format_name)
    check_targets(report, source=files[0])
    with bar("import", len(found)) as advance:
        read = read_files(found, format_name, advance)
    refused = [one for one in read if one.problem]
    if len(refused) == len(read) == 1:
        raise InputError(refused[0].problem)
    placed = save_maps(read, output, force)
    if report:
        import_report.write_report(report, placed)
    if as_json:
        click.echo(json.dumps(import_report.as_json(placed), ensure_ascii=False))
    else:
        import_report.print_report(placed, output)
    if refused:
        raise ComposerError(f"could not be read: {len(refused)} of {len(read)} files")
    if not any(one.path for file in placed for one in file.maps):
        raise ComposerError("no techniques in what was read; nothing is written")


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
    from composer_daw.cli.import_report import print_losses
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
    print_losses(losses)
