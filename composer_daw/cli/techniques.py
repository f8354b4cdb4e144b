"""`composer-daw techniques`: the names of techniques, and the maps."""

from __future__ import annotations

import json

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import json_option

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
    """Load each MAP (YAML) and say what is wrong with it, a line each; exit with 1 if anything is."""
    from composer_daw.errors import ComposerError
    from composer_daw.techniques.lint import lint_map

    findings = [finding for path in maps for finding in lint_map(path)]
    if as_json:
        click.echo(json.dumps(findings, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(finding)
    if findings:
        raise ComposerError(f"findings: {len(findings)}")
