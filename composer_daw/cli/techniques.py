"""`composer-daw techniques`: the names of techniques, and the maps."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import force_option, json_option

if TYPE_CHECKING:
    from composer_daw.techniques import TechniqueMap
    from composer_daw.techniques.compare import Comparison, Played
    from composer_daw.techniques.lint import Finding

COMMANDS = {
    "list": ("composer_daw.cli.techniques:list_techniques", "List the vocabulary of techniques."),
    "lint": ("composer_daw.cli.techniques:lint", "Check technique maps."),
    "show": ("composer_daw.cli.techniques:show", "Show a map: a table, or a picture of its keyboard."),
    "diff": ("composer_daw.cli.techniques:diff", "Say what one instrument cannot play of another."),
    "new": ("composer_daw.cli.techniques:new", "Begin a map for an instrument."),
    "verify": ("composer_daw.cli.technique_checks:verify", "Hear whether a map is true of the sound."),
    "calibrate": ("composer_daw.cli.technique_checks:calibrate", "Measure how late each technique speaks."),
    "import": ("composer_daw.cli.technique_files:import_maps", "Read the maps of other programs."),
    "export": ("composer_daw.cli.technique_files:export_map", "Write a map for another program."),
}


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def techniques() -> None:
    """Show and check technique maps."""


@click.command("list")
@json_option
def list_techniques(as_json: bool) -> None:
    """List the vocabulary: each technique, its group, and how people write it."""
    from composer_daw.techniques import load_vocabulary

    vocabulary = load_vocabulary()
    if as_json:
        click.echo(vocabulary.model_dump_json())
        return
    for name, term in vocabulary.techniques.items():
        aliases = [alias for language in term.aliases.values() for alias in language]
        click.echo(f"{name:<20} {term.group:<13} {', '.join(aliases)}")


@click.command()
@click.argument("maps", nargs=-1, required=True, metavar="MAP...")
@json_option
def lint(maps: tuple[str, ...], as_json: bool) -> None:
    """Load each MAP and say what is wrong with it, a line each; exit with 1 if anything is.

    MAP is a technique map (YAML), an instrument's YAML, or the name of an instrument that ships. What is only
    worth a look is marked "hint", and is no reason for exit code 1.
    """
    from composer_daw.errors import ComposerError

    findings = [finding for name in maps for finding in _findings(name)]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(finding)
    faults = sum(finding.severity == "fault" for finding in findings)
    if faults:
        raise ComposerError(f"faults: {faults}, hints: {len(findings) - faults}")


def _findings(name: str) -> list[Finding]:
    from composer_daw.errors import InputError
    from composer_daw.techniques.lint import finding_of_error, lint_map

    try:
        return lint_map(map_path_of(name))
    except InputError as error:
        return [finding_of_error(name, error)]


@click.command()
@click.argument("map_name", metavar="MAP")
@click.option("--svg", type=click.Path(path_type=Path), metavar="OUT", help="Draw the keyboard.")
@click.option(
    "--html", type=click.Path(path_type=Path), metavar="OUT", help="Write a page: keyboard and tables."
)
@json_option
def show(map_name: str, svg: Path | None, html: Path | None, as_json: bool) -> None:
    """Show MAP: how each technique is told, how late it speaks, and what stands in for it.

    MAP is a technique map (YAML), an instrument's YAML, or the name of an instrument that ships.
    """
    from composer_daw.cli.technique_tables import map_page, print_map
    from composer_daw.files import check_targets, write_text
    from composer_daw.techniques.display.in_words import describe
    from composer_daw.techniques.display.keyboard import keyboard_svg

    known, source = map_of(map_name)
    check_targets(svg, html, source=source)
    if svg:
        write_text(svg, keyboard_svg(known))
    if html:
        write_text(html, map_page(known))
    if as_json:
        words = {row.name: asdict(row) for row in describe(known)}
        click.echo(json.dumps({**known.model_dump(mode="json"), "in_words": words}, ensure_ascii=False))
        return
    print_map(known)


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@json_option
def diff(first: str, second: str, as_json: bool) -> None:
    """Say what B cannot play of A, and what plays instead: for techniques, combinations and notes.

    A and B are technique maps (YAML), instruments' YAMLs, or names of instruments that ship.
    """
    from composer_daw.cli.technique_tables import print_comparison
    from composer_daw.techniques.compare import compare_maps

    (one, _), (other, _) = map_of(first), map_of(second)
    found = compare_maps(one, other)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False))
        return
    print_comparison(found, one.instrument, other.instrument)


@click.command()
@click.option("--from-plugin", metavar="PLUGIN", help="A plugin, or a SoundFont: look at what it shows.")
@click.option(
    "--from-preset",
    metavar="PRESET",
    help="An instrument (YAML, or a name that ships) of a plugin or SoundFont: look at it in its state.",
)
@click.option("--blank", metavar="NAME", help="An instrument of which only the name is known.")
@click.option(
    "--range",
    "ends",
    nargs=2,
    metavar="LOW HIGH",
    help="The lowest and the highest note, such as C2 C6.",
)
@click.option("--middle-c", type=click.Choice(["C3", "C4", "C5"]), help="What the manual calls MIDI 60.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="MAP", help="The YAML to write."
)
@force_option
def new(
    from_plugin: str | None,
    from_preset: str | None,
    blank: str | None,
    ends: tuple[str, str] | None,
    middle_c: str | None,
    output: Path,
    force: bool,
) -> None:
    """Begin the map of an instrument: a YAML that loads, with notes on what to fill in."""
    from composer_daw.authoring.map_sketch import blank_sketch
    from composer_daw.authoring.sketch_sources import sketch_of, sketch_of_preset
    from composer_daw.authoring.sketch_text import write_sketch
    from composer_daw.techniques.lint import lint_map

    makers = ((sketch_of, from_plugin), (sketch_of_preset, from_preset), (blank_sketch, blank))
    given = [(make, name) for make, name in makers if name is not None]
    if len(given) != 1:
        raise click.UsageError("give one of --from-plugin, --from-preset and --blank")
    sketch = given[0][0](given[0][1])
    write_sketch(sketch, output, ends, middle_c, force=force)
    findings = lint_map(output)
    for finding in findings:
        click.echo(finding)
    counts = f"techniques: {len(sketch.techniques)}, findings: {len(findings)}"
    click.echo(f"{output}: {counts}; its head says what to do next")


def map_of(name: str) -> tuple[TechniqueMap, Path]:
    """Return the map that a name stands for, and its file: a map, an instrument, or one that ships."""
    from composer_daw.techniques import load_map

    path = map_path_of(name)
    return load_map(path), path


def map_path_of(name: str) -> Path:
    """Return the file of the map that a name stands for; raise InputError where there is none."""
    from composer_daw.rendering import instrument_names, load_instrument
    from composer_daw.techniques.index import load_index, map_path_for
    from composer_daw.techniques.maps import FOREIGN

    path = Path(name)
    if path.suffix.lower() in FOREIGN and path.is_file():
        return path  # to be refused by what it is
    if path.suffix in (".yaml", ".yml") or path.exists():
        return load_instrument(path).map_path if _is_instrument(path) else path
    if name in load_index().instruments and name not in instrument_names():
        return map_path_for(name)
    return load_instrument(name).map_path


def _is_instrument(path: Path) -> bool:
    """Tell whether a YAML is an instrument's: it names a host, or the file of its map."""
    from composer_daw.documents import places_of
    from composer_daw.errors import DocumentError

    try:
        places = places_of(path, "a technique map, or an instrument (YAML)")
    except DocumentError:
        return False  # whoever loads it says why
    version = places.get(("technique_map",))
    names_a_map = version is not None and not (version.text or "").isdigit()
    return ("host",) in places or names_a_map


def _as_json(found: Comparison) -> dict[str, object]:
    def row(one: Played) -> dict[str, object]:
        return {**asdict(one), "rung": one.rung.name.lower(), "lost": one.is_lost}

    figures = ("pairs", "pairs_in_all", "lower", "higher")
    return {
        "techniques": [row(one) for one in found.techniques],
        "combinations": [row(one) for one in found.combinations],
        "looked_at": [list(pair) for pair in found.looked_at],
        "rungs": found.counts(),
        **{name: getattr(found, name) for name in figures},
    }
