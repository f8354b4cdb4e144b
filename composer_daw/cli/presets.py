"""`composer-daw presets`: sounds of plugins, captured, checked, varied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import force_option, json_option, seed_option
from composer_daw.errors import ComposerError

if TYPE_CHECKING:
    from composer_daw.authoring.capture import Captured
    from composer_daw.authoring.vary import Made

HERE = "composer_daw.cli.presets"
COMMANDS = {
    "list": (f"{HERE}:list_presets", "List presets of plugins."),
    "show": (f"{HERE}:show", "Show what a preset changes in its plugin, and a picture of its sound."),
    "capture": (f"{HERE}:capture", "Set a plugin up and write a preset of it."),
    "check": (f"{HERE}:check", "Restore presets and say what does not come back."),
    "apply": (f"{HERE}:apply", "Restore a preset and write the plugin's state for a DAW."),
    "export": (f"{HERE}:export", "Write the state of a preset in another form."),
    "vary": (f"{HERE}:vary", "Draw many presets from one."),
    "morph": (f"{HERE}:morph", "Go from one preset to another in steps."),
}
any_version_option = click.option(
    "--any-version", is_flag=True, help="Take another version of the plugin than the preset was made with."
)
folder_option = click.option(
    "-o", "--output", required=True, metavar="DIR", help="The folder of the presets."
)


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def presets() -> None:
    """Capture, check and vary the sounds of plugins."""


@click.command("list")
@click.argument("folder", required=False, metavar="[FOLDER]")
@json_option
def list_presets(folder: str | None, as_json: bool) -> None:
    """List the presets of plugins in FOLDER and below, or those that ship."""
    from composer_daw.authoring.listing import preset_rows

    rows = preset_rows(Path(folder) if folder else None)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        told = row.get("error") or f"{row['source']:<20} {row['kind']}  repeats: {row['repeats']}"
        click.echo(f"{row['name']:<32} {told}")


@click.command()
@click.argument("preset")
@click.option("--picture", metavar="PNG", help="Also draw its spectrum and its envelope over a short phrase.")
@any_version_option
@json_option
def show(preset: str, picture: str | None, any_version: bool, as_json: bool) -> None:
    """Show the parameters of PRESET that differ from the plugin as it comes."""
    from composer_daw.authoring.listing import portrait_of, show_preset

    shown = show_preset(preset, any_version)
    if picture:
        portrait_of(preset, Path(picture), any_version)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    _print_shown(shown)


def _print_shown(shown: dict[str, Any]) -> None:
    from composer_daw.cli.tables import print_table

    click.echo(f"{shown['instrument']}: {shown['source']}, repeats: {shown['repeats']}\n")
    if not shown["parameters"]:
        click.echo("no parameter differs from the plugin as it comes")
        return
    rows = [
        (row["name"], f"{row['value']:.4g}", row["text"], row["default_text"]) for row in shown["parameters"]
    ]
    print_table(["parameter", "value", "shows", "as it comes"], rows, right=("value",))


@click.command()
@click.argument("plugin")
@click.option("-o", "--output", required=True, metavar="YAML", help="The preset; its state goes beside it.")
@click.option(
    "--from", "from_file", metavar="FILE", help="Begin with a state: .fxp, .fxb, .vstpreset or raw."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="'NAME=VALUE'",
    help="A value in 0..1, or what the plugin shows, in quotes where that is a number: 'Cutoff=\"440\"'.",
)
@click.option("--edit", is_flag=True, help="Open the plugin's own window first; close it to go on.")
@click.option("--map", "technique_map", metavar="YAML", help="The technique map; a small one if not given.")
@click.option(
    "--name", metavar="TEXT", help="The name of the instrument; the map's or plugin's if not given."
)
@click.option("--licence", default="unknown", show_default=True, help="Of the sound.")
@click.option(
    "--redistribution", type=click.Choice(["yes", "no", "unknown"]), default="unknown", show_default=True
)
@click.option("--any-version", is_flag=True, help="Have the preset take any version of the plugin.")
@click.option("--load-limit", type=click.FloatRange(min=1.0), metavar="S", help="Longest time to load, in s.")
@force_option
def capture(plugin: str, output: str, **more: Any) -> None:
    """Load PLUGIN, set it up, and write a preset, its state and its fingerprint.

    The sound is brought up again in a process of its own; what does not come back the same is told.
    """
    from composer_daw.authoring.capture import Wanted
    from composer_daw.authoring.capture import capture as capture_preset
    from composer_daw.authoring.settings import read_settings
    from composer_daw.rendering import Licence
    from composer_daw.rendering.preset import Limits

    wanted = Wanted(
        plugin,
        from_file=Path(more["from_file"]) if more["from_file"] else None,
        settings=read_settings(more["settings"]),
        edit=more["edit"],
        technique_map=Path(more["technique_map"]) if more["technique_map"] else None,
        name=more["name"],
        licence=Licence(name=more["licence"], audio_redistribution=more["redistribution"]),
        any_version=more["any_version"],
        limits=Limits() if more["load_limit"] is None else Limits(load_s=more["load_limit"]),
    )
    _tell_captured(capture_preset(wanted, Path(output), more["force"]))


def _tell_captured(captured: Captured) -> None:
    kept = captured.kept
    click.echo(
        f"{captured.path}: {len(kept.fingerprint.parameters)} parameters, "
        f"{len(kept.state.to_bytes()):,} bytes of state; repeats: {captured.repeats}"
    )
    if captured.map_written:
        click.echo(f"{captured.map_written}: one technique on all keys, as no map was given")
    _tell_notes(str(captured.path), kept.notes, bool(kept.lost or not kept.sounds_the_same))


def _tell_notes(path: str, notes: list[str], failed: bool) -> None:
    for note in notes:
        click.echo(f"note: {note}", err=True)
    if failed:
        raise ComposerError(f"{path}: is written, but not all of it came back in a fresh process")


@click.command()
@click.argument("presets", nargs=-1, required=True, metavar="PRESET...")
@any_version_option
@json_option
def check(presets: tuple[str, ...], any_version: bool, as_json: bool) -> None:
    """Restore each PRESET in a fresh process, and compare parameters and sound with its fingerprint.

    The exit code is 1 where something does not come back.
    """
    from composer_daw.authoring.restore import check_preset

    rows: list[dict[str, Any]] = []
    for preset in presets:
        try:
            checked = check_preset(preset, any_version)
            rows.append({"preset": preset, "came_back": checked.came_back, "found": checked.lines()})
        except ComposerError as error:
            rows.append({"preset": preset, "came_back": False, "found": [str(error)]})
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in rows if not as_json else []:
        click.echo(f"{row['preset']}: {'came back' if row['came_back'] else 'did NOT come back'}")
        for line in row["found"]:
            click.echo(f"  {line}")
    failed = sum(not row["came_back"] for row in rows)
    if failed:
        raise ComposerError(f"presets that did not come back: {failed} of {len(rows)}")


@click.command()
@click.argument("preset")
@click.option(
    "-o", "--output", required=True, metavar="FILE", help=".fxp, .fxb, .vstpreset, or .bin for raw."
)
@any_version_option
@force_option
def apply(preset: str, output: str, any_version: bool, force: bool) -> None:
    """Restore PRESET in a fresh process, and write the state that the plugin then has, for a DAW to load."""
    from composer_daw.authoring.preset_files import check_free
    from composer_daw.authoring.restore import apply_preset

    check_free(Path(output), force)
    lost = apply_preset(preset, Path(output), any_version)
    if not lost:
        click.echo(f"{output}: all parameters came back")
    _tell_notes(output, [f"did not come back: {one}" for one in lost], bool(lost))


@click.command()
@click.argument("preset")
@click.option(
    "--format", "form", type=click.Choice(["fxp", "fxb", "vstpreset", "raw"]), required=True, help="Of FILE."
)
@click.option("-o", "--output", required=True, metavar="FILE")
@force_option
def export(preset: str, form: Literal["fxp", "fxb", "vstpreset", "raw"], output: str, force: bool) -> None:
    """Write the state of PRESET as a file for other programs; the plugin need not be there."""
    from composer_daw.authoring.preset_files import check_free
    from composer_daw.authoring.restore import export_preset

    check_free(Path(output), force)

    export_preset(preset, Path(output), form)
    click.echo(output)


@click.command()
@click.argument("preset")
@click.option("--n", "count", type=click.IntRange(1, 100_000), required=True, help="How many.")
@click.option(
    "--spec", metavar="YAML", help="Distributions over named parameters; all move a little without."
)
@folder_option
@seed_option
@any_version_option
@force_option
def vary(
    preset: str, count: int, spec: str | None, output: str, seed: int, any_version: bool, force: bool
) -> None:
    """Draw presets from PRESET into DIR: each with its own state and fingerprint."""
    from composer_daw.authoring.vary import vary_preset
    from composer_daw.cli.progress import bar

    with bar("presets", count) as advance:
        made = vary_preset(
            preset,
            Path(output),
            count,
            seed=seed,
            spec=Path(spec) if spec else None,
            any_version=any_version,
            force=force,
            done=lambda made: advance(made.path.stem, made.error is not None),
        )
    _tell_made(made, output)


@click.command()
@click.argument("first", metavar="PRESET")
@click.argument("last", metavar="PRESET")
@click.option(
    "--steps", type=click.IntRange(2, 1000), default=8, show_default=True, help="Both ends included."
)
@folder_option
@any_version_option
@force_option
def morph(first: str, last: str, steps: int, output: str, any_version: bool, force: bool) -> None:
    """Write presets from one PRESET to another of the same plugin into DIR."""
    from composer_daw.authoring.morph import morph_presets
    from composer_daw.cli.progress import bar

    with bar("presets", steps) as advance:
        made = morph_presets(
            first,
            last,
            Path(output),
            steps,
            any_version=any_version,
            force=force,
            done=lambda made: advance(made.path.stem, made.error is not None),
        )
    _tell_made(made, output)


def _tell_made(made: list[Made], output: str) -> None:
    written = [one for one in made if one.kept]
    click.echo(f"{output}: {len(written)} presets written")
    for one in made:
        for note in [str(one.error)] if one.error else one.kept.notes if one.kept else []:
            click.echo(f"note: {one.path.name}: {note}", err=True)
    if len(written) < len(made):
        raise ComposerError(f"presets that could not be written: {len(made) - len(written)}")
