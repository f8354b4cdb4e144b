"""`composer-daw evaluate`: what can be measured and checked, held against what it should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import json_option

if TYPE_CHECKING:
    from composer_daw.evaluation.song_findings import Check
    from composer_daw.evaluation.song_report import SongReport
    from composer_daw.evaluation.song_score import SongPart
    from composer_daw.performance import Performance
    from composer_daw.techniques import TechniqueMap

COMMANDS = {"score": ("composer_daw.cli.evaluate:score", "Measure and check written music.")}

SHOWN = 8
"""Findings of a check that are printed; --json has all."""


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def evaluate() -> None:
    """Measure and check music."""


@click.command()
@click.argument("scores", nargs=-1, required=True, metavar="SCORE...")
@click.option(
    "-p",
    "--part",
    "roles",
    multiple=True,
    metavar="TRACK=ROLE",
    help="What a track is, else by its name: melody, chords, bass, drums, violin, viola, cello, contrabass.",
)
@click.option(
    "-i",
    "--instrument",
    "instruments",
    multiple=True,
    metavar="TRACK=INSTRUMENT",
    help="Check range and techniques of a track against an instrument or a map.",
)
@click.option("--key", metavar="KEY", help="Such as 'A minor'; else that which the notes fit best.")
@json_option
def score(
    scores: tuple[str, ...],
    roles: tuple[str, ...],
    instruments: tuple[str, ...],
    key: str | None,
    as_json: bool,
) -> None:
    """Measure every SCORE (MIDI or MusicXML), check form, harmony and voice leading, and tell them apart.

    Sections are read from markers. Exits with 1 if a check fails; see docs/song_checks.md for what each says.
    """
    from composer_daw.errors import naming
    from composer_daw.evaluation.song_report import check_song
    from composer_daw.evaluation.song_score import parse_key
    from composer_daw.midi import load_score

    home = parse_key(key) if key else None
    maps = _maps(instruments)
    reports = {}
    for path in dict.fromkeys(scores):
        performance = load_score(path)
        with naming(path):
            parts = _parts(performance, _pairs(roles, "--part", "melody"), maps)
            reports[path] = check_song(performance, parts=parts, key=home, maps=maps)
    together = _together(reports)
    (_tell_json if as_json else _tell)(reports, together)
    if not all(report.holds for report in reports.values()) or (together and together.holds is False):
        raise click.exceptions.Exit(1)


def _pairs(given: tuple[str, ...], option: str, example: str) -> dict[str, str]:
    from composer_daw.errors import InputError

    found = {}
    for one in given:
        track, sign, value = one.rpartition("=")
        if not sign or not track or not value:
            raise InputError(f"{option} {one}: give a track and what it is, as in Violin={example}")
        found[track] = value
    return found


def _maps(instruments: tuple[str, ...]) -> dict[str, TechniqueMap]:
    from composer_daw.cli.techniques import map_of

    pairs = _pairs(instruments, "--instrument", "studio/violin")
    return {track: map_of(name)[0] for track, name in pairs.items()}


def _parts(performance: Performance, roles: dict[str, str], maps: dict[str, TechniqueMap]) -> list[SongPart]:
    """Return the parts that options and names tell of; a track with only an instrument is chords."""
    from composer_daw.evaluation.song_score import ROLES, SongPart

    named = {one.name: one.name.strip().casefold() for one in performance.tracks}
    found = {name: role for name, role in named.items() if role in ROLES} | roles
    found = {name: "chords" for name in maps if name not in found} | found
    ranges = {name: one.range for name, one in maps.items() if not one.is_kit}
    return [SongPart(name, role, *ranges.get(name, (0, 127))) for name, role in found.items()]


def _together(reports: dict[str, SongReport]) -> Check | None:
    from composer_daw.evaluation.song_motif import check_apart

    if len(reports) < 2:
        return None
    return check_apart({path: report.steps for path, report in reports.items()})


def _tell_json(reports: dict[str, SongReport], together: Check | None) -> None:
    facts: dict[str, object] = {"scores": {path: report.as_data() for path, report in reports.items()}}
    if together:
        facts["apart"] = together.as_data()
    click.echo(json.dumps(facts, ensure_ascii=False))


def _tell(reports: dict[str, SongReport], together: Check | None) -> None:
    from composer_daw.cli.tables import print_table

    names = [Path(path).name for path in reports]
    columns = list(reports.values())
    rows = [["key", *(str(one.key) for one in columns)]]
    for name in columns[0].metrics:
        rows.append([name, *(f"{one.metrics[name]:.3f}" for one in columns)])
    print_table(("metric", *names), rows, right=names)
    for path, report in reports.items():
        click.echo(f"\n{path}")
        print_table(("check", "", "figures"), [_row(check) for check in report.checks])
        for check in report.checks:
            _tell_findings(check)
        for guess in report.guessed:
            click.echo(f"note: {path}: guessed {guess}", err=True)
    if together:
        click.echo("")
        print_table(("check", "", "figures"), [_row(together)])
        _tell_findings(together)


def _row(check: Check) -> tuple[str, str, str]:
    verdict = {True: "holds", False: "FAILS", None: "-"}[check.holds]
    figures = ", ".join(f"{name} {value:.3g}" for name, value in check.figures.items())
    return check.name, verdict, check.why or figures


def _tell_findings(check: Check) -> None:
    """Print findings; in brackets where the check holds nevertheless, for it allows some."""
    for one in check.findings[:SHOWN]:
        line = f"{check.name}: {one}"
        click.echo(f"  ({line})" if check.holds else f"  {line}")
    if len(check.findings) > SHOWN:
        click.echo(f"  {check.name}: and {len(check.findings) - SHOWN} more; --json has all")
