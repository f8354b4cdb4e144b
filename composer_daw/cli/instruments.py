"""`composer-daw instruments`: what can be played."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import json_option, sample_rate_option

if TYPE_CHECKING:
    from composer_daw.authoring.instrument_probe import InstrumentFacts

COMMANDS = {
    "list": ("composer_daw.cli.instruments:list_instruments", "List the instruments that ship."),
    "show": ("composer_daw.cli.instruments:show", "Show one instrument and its techniques."),
    "probe": ("composer_daw.cli.instruments:probe", "Play every technique of an instrument."),
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
        {
            "name": one.name,
            "host": one.preset.host,
            "techniques": len(one.technique_map.playable()),
            "here": one.is_here,
        }
        for one in loaded
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        lacking = "" if row["here"] else "  (its sound is not on this machine)"
        click.echo(f"{row['name']:<24} {row['host']:<10} {row['techniques']:>2} techniques{lacking}")


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


@click.command()
@click.argument("instrument")
@sample_rate_option
@json_option
def probe(instrument: str, sample_rate: int, as_json: bool) -> None:
    """Load INSTRUMENT and play every technique of its map; exit with 1 if one does not sound.

    Also tells how long it takes to load, how late it is, how fast, and whether it repeats itself.
    """
    import dataclasses

    from composer_daw.authoring.instrument_probe import probe_instrument
    from composer_daw.errors import HostError
    from composer_daw.rendering import load_instrument

    loaded = load_instrument(instrument)
    facts = probe_instrument(loaded, sample_rate)
    click.echo(json.dumps(dataclasses.asdict(facts), ensure_ascii=False)) if as_json else _print_facts(facts)
    if facts.failing:
        raise HostError(f"{loaded.name}: techniques that do not sound: {', '.join(facts.failing)}")


def _print_facts(facts: InstrumentFacts) -> None:
    from composer_daw.cli.tables import print_table

    rows = [
        (one.technique, "-" if one.level_db is None else f"{one.level_db:.1f}", one.problem or "sounds")
        for one in facts.techniques
    ]
    print_table(["technique", "level dB", ""], rows, right=("level dB",))
    speed = "-" if facts.speed is None else f"{facts.speed:.0f} times real time"
    click.echo(
        f"\nloads in   {facts.load_s:.2f} s\nlatency    {facts.latency_samples} samples\n"
        f"speed      {speed}\nrepeats    {facts.repeats or '-'}"
    )
