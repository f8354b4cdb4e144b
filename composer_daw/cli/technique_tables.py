"""Technique maps and what they can play of each other, as tables of a terminal and of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from composer_daw.cli.tables import print_table, print_text
from composer_daw.techniques.display.action_words import action_words
from composer_daw.techniques.display.in_words import describe
from composer_daw.techniques.pitch_names import name_of

if TYPE_CHECKING:
    from composer_daw.techniques import TechniqueMap
    from composer_daw.techniques.compare import Comparison, Played

MOST_NAMED = 20
"""How many combinations are named that were looked at."""

HEADS = ("technique", "plays", "how it is told", "channel", "latency", "its notes", "fallback")


def print_map(known: TechniqueMap) -> None:
    """Print what holds for the whole map, then a table for each group."""
    for name, fact in _facts(known).items():
        click.echo(f"{name:<11} {fact}")
    for group in known.groups:
        click.echo(f"\n{_group_title(known, group)}:")
        print_table(*_filled(known, group, "-"))
    if known.pieces:
        click.echo("\ndrums:")
        print_table(DRUM_HEADS, _drum_rows(known))


def map_page(known: TechniqueMap) -> str:
    """Return a page about a map: its keyboard, and a table for each group."""
    from markupsafe import Markup

    from composer_daw.pages import Section, Table, render_section, render_shell
    from composer_daw.techniques.display.keyboard import keyboard_svg

    picture = Markup('<section><div class="scroll">{}</div></section>').format(Markup(keyboard_svg(known)))
    sections = [
        Section(_group_title(known, group), table=Table(*_filled(known, group, ""))) for group in known.groups
    ]
    if known.pieces:
        sections.append(Section("drums", table=Table(DRUM_HEADS, _drum_rows(known))))
    body = [render_section(section, name=f"s{number}") for number, section in enumerate(sections, 1)]
    contents = [(f"s{number}", section.title) for number, section in enumerate(sections, 1)]
    facts = [f"{name}: {fact}" for name, fact in _facts(known).items() if name != "instrument"]
    return render_shell(known.instrument, [picture, *body], intro=" · ".join(facts), contents=contents)


def _facts(known: TechniqueMap) -> dict[str, str]:
    low, high = (name_of(pitch, known.middle_c) for pitch in known.range)
    dynamics, init = known.dynamics, ", ".join(action_words(one, known.middle_c) for one in known.init)
    several = f" on {known.instances} instances" if known.instances > 1 else ""
    facts = {
        "instrument": known.instrument,
        "source": known.source,
        "range": f"{low}..{high}, middle C is {known.middle_c}",
        "channels": ", ".join(str(one) for one in known.channels) + several,
        "lead": f"{known.lead_ms:g} ms",
        "dynamics": f"CC {dynamics.cc} follows the {dynamics.follow}" if dynamics else "",
        "at first": init,
        "chase": ", ".join(f"CC {number}" for number in known.chase),
        "patch": known.requires_patch,
    }
    setups = {f"set up {row.name}": row.setup for row in describe(known)}
    return {name: fact for name, fact in {**facts, **setups}.items() if fact}


def _group_title(known: TechniqueMap, group: str) -> str:
    default = known.groups[group].default
    return f"{group} (default {default})" if default else group


def _filled(known: TechniqueMap, group: str, empty: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the heads and rows of a group, without the columns that are empty in every group of the map."""
    everywhere = [row for one in known.groups for row in _rows(known, one)]
    columns = [place for place in range(len(HEADS)) if any(row[place] for row in everywhere)]
    rows = [tuple(row[place] or empty for place in columns) for row in _rows(known, group)]
    return [HEADS[place] for place in columns], rows


def _rows(known: TechniqueMap, group: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for one in describe(known):
        if one.group == group:
            name = f"{one.name} ({one.title})" if one.title else one.name
            name = f"{name}, if {one.when}" if one.when else name
            told = one.told or ("as it comes" if one.is_default else "" if one.channel else "not there")
            rows.append((name, one.plays, told, one.channel, one.latency, one.note, one.fallback))
    return rows


DRUM_HEADS = ("drum", "written", "strokes")


def _drum_rows(known: TechniqueMap) -> list[tuple[str, str, str]]:
    def note(pitch: int) -> str:
        return f"{name_of(pitch, known.middle_c)} ({pitch})"

    rows = []
    for name, piece in known.pieces.items():
        strokes = [
            f"{stroke}: {note(way.play)}" + (f" x {way.velocity:g}" if way.velocity != 1 else "")
            for stroke, way in piece.strokes.items()
        ]
        rows.append((name, ", ".join(note(pitch) for pitch in piece.written), ", ".join(strokes)))
    return rows


def print_comparison(found: Comparison, first: str, second: str) -> None:
    """Print what the second plays for every technique of the first, and what it loses."""
    heads = ("asked", "plays", "rung", "fallbacks", "")
    print_table(heads, [_played(one) for one in found.techniques])
    if found.combinations:
        click.echo("\nnot together, though one by one:")
        print_table(heads, [_played(one) for one in found.combinations])
    rungs = ", ".join(f"{count} {rung}" for rung, count in found.counts().items()) or "none"
    lacks = f"lacks {len(found.lost)} of {len(found.techniques)} techniques of"
    click.echo(f"\n{second} {lacks} {first}: {rungs}")
    if found.pairs:
        unseen = found.pairs_in_all - found.pairs
        more = f" ({unseen} more not looked at)" if unseen else ""
        names = ["+".join(pair) for pair in found.looked_at]
        rest = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        print_text(
            f"two techniques of {first} together, where {second} has each: {len(found.combinations)} of "
            f"{found.pairs} are lost{more}: {', '.join(names[:MOST_NAMED])}{rest}"
        )
    if found.lower or found.higher:
        click.echo(f"notes out of its range: {found.lower} below, {found.higher} above")


def _played(one: Played) -> tuple[str, ...]:
    chains = ", ".join(" > ".join(chain) for chain in one.chain)
    plays = "+".join(one.plays) or ("as it comes" if not one.is_lost else "the default")
    told = bool(one.chain) and len(one.asked) == 1  # the chain says it all
    return "+".join(one.asked), plays, one.rung.name.lower(), chains or "-", "" if told else one.remark
