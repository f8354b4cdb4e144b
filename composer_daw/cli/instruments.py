"""`composer-daw instruments`: what can be played."""

from __future__ import annotations

import json

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import json_option

COMMANDS = {
    "list": ("composer_daw.cli.instruments:list_instruments", "List the instruments that ship."),
    "show": ("composer_daw.cli.instruments:show", "Show one instrument and its techniques."),
}


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def instruments() -> None:
    """Show the instruments that ship."""


@click.command("list")
@json_option
def list_instruments(as_json: bool) -> None:
    """List the instruments that ship, with their hosts and how many techniques they have."""
    from composer_daw.rendering import instrument_names, load_instrument

    loaded = [load_instrument(name) for name in instrument_names()]
    rows = [
        {"name": one.name, "host": one.preset.host, "techniques": len(one.technique_map.playable())}
        for one in loaded
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['name']:<24} {row['host']:<8} {row['techniques']} techniques")


@click.command()
@click.argument("instrument")
@json_option
def show(instrument: str, as_json: bool) -> None:
    """Show INSTRUMENT: range, licence, and its techniques by group, defaults first named."""
    from composer_daw.rendering import load_instrument
    from composer_daw.techniques.pitch_names import name_of

    loaded = load_instrument(instrument)
    known = loaded.technique_map
    groups = {group: list(known.of_group(group)) for group in known.groups}
    if as_json:
        facts = {**loaded.preset.model_dump(mode="json"), "range": known.range, "groups": groups}
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    low, high = (name_of(pitch, known.middle_c) for pitch in known.range)
    click.echo(f"{loaded.preset.instrument} ({loaded.name}): {low}..{high}, {loaded.preset.licence.name}")
    for group, names in groups.items():
        click.echo(f"  {group}: {', '.join(names)} (default {known.groups[group].default})")
