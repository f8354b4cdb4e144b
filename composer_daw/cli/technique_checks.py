"""`composer-daw techniques verify` and `calibrate`: maps held against the sound of the instrument."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from composer_daw.cli.options import (
    force_option,
    instrument_option,
    json_option,
    sample_rate_option,
    seed_option,
)
from composer_daw.errors import ComposerError

if TYPE_CHECKING:
    from composer_daw.calibration.calibrate import Calibration, Change
    from composer_daw.calibration.findings import Verification
    from composer_daw.techniques.parts import Latency

technique_option = click.option(
    "-t",
    "--technique",
    "techniques",
    multiple=True,
    metavar="NAME",
    help="Only this one; may be given again.",
)

VERIFY_HEADS = ("technique", "peak dB", "cents", "late ms", "in map", "nearest", "apart dB", "found")


@click.command()
@instrument_option
@technique_option
@click.option(
    "--page", type=click.Path(path_type=Path), metavar="HTML", help="Write a page to hear and see it."
)
@sample_rate_option
@seed_option
@json_option
def verify(
    instrument: str,
    techniques: tuple[str, ...],
    page: Path | None,
    sample_rate: int,
    seed: int,
    as_json: bool,
) -> None:
    """Play every technique of INSTRUMENT and say from the sound whether its map is true.

    Finds what is silent, sounds like another technique or unlike its name, switches nothing, does not let
    go, is out of tune, stuck, clipped or unstable, and controllers that nothing hears. Exits with 1 if there
    is a fault; hints, in brackets, are none.
    """
    from composer_daw.calibration.verify import count_steps, verify_instrument
    from composer_daw.calibration.verify_page import save_page
    from composer_daw.cli.progress import bar
    from composer_daw.files import check_targets
    from composer_daw.rendering import load_instrument

    loaded = load_instrument(instrument)
    check_targets(page, source=loaded.map_path)
    named = techniques or None
    with bar("verify", count_steps(loaded, named)) as advance:
        found = verify_instrument(
            loaded, sample_rate, techniques=named, seed=seed, with_sounds=page is not None, done=advance
        )
    if page:
        save_page(found, page)
    click.echo(json.dumps(found.as_data(), ensure_ascii=False)) if as_json else _print_found(found)
    if found.faults:
        raise ComposerError(f"{loaded.map_path}: faults: {len(found.faults)}")


@click.command()
@instrument_option
@technique_option
@click.option("-o", "--output", metavar="MAP", help="Write the calibrated map to this file instead.")
@click.option("--uncertain", is_flag=True, help="Write figures too that are uncertain.")
@click.option("--dry-run", is_flag=True, help="Measure and print, and write nothing.")
@force_option
@sample_rate_option
@seed_option
@json_option
def calibrate(
    instrument: str,
    techniques: tuple[str, ...],
    output: str | None,
    uncertain: bool,
    dry_run: bool,
    force: bool,
    sample_rate: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure how late each technique of INSTRUMENT speaks, and write `latency_ms` into its map.

    By velocity where it has layers; for connected notes too, where the technique connects. Figures that
    spread, or come with a slow attack, are shown and kept as they are in the map. Comments, order and all
    else in the map stay as they are. A map that ships needs -o.
    """
    from composer_daw.calibration.calibrate import calibrate_instrument, count_steps
    from composer_daw.calibration.latency_file import write_latencies
    from composer_daw.cli.progress import bar
    from composer_daw.rendering import load_instrument

    loaded = load_instrument(instrument)
    if not dry_run:  # it takes minutes, so it is said before
        _check_place(loaded.map_path, output, force, instrument)
    named = techniques or None
    with bar("calibrate", count_steps(loaded, named)) as advance:
        found = calibrate_instrument(loaded, sample_rate, techniques=named, seed=seed, done=advance)
    wanted = found.to_write(uncertain)
    if not dry_run:
        write_latencies(found.map_path, wanted, found.map_bytes, output)
    target = output or str(found.map_path)
    if as_json:
        click.echo(json.dumps(_as_data(found, wanted, target, not dry_run), ensure_ascii=False))
        return
    _print_calibration(found, wanted, target, dry_run)


def _check_place(map_path: Path, output: str | None, force: bool, instrument: str) -> None:
    """Raise InputError or OutputError unless what is measured can be written, and may be."""
    from composer_daw.authoring.preset_files import check_free
    from composer_daw.errors import InputError
    from composer_daw.files import check_targets, shipped

    if output is None and map_path.resolve().is_relative_to(shipped("technique_maps").resolve()):
        raise InputError(f"{map_path}: ships with composer_daw; give -o MAP.yaml, a map of your own")
    if output is not None:
        check_free(Path(output), force)
    check_targets(output or map_path.resolve(), source=instrument)


def _print_found(found: Verification) -> None:
    from composer_daw.calibration.verify_page import found_in_words
    from composer_daw.cli.tables import print_table

    rows = [
        (
            name,
            _figure(one.level_db),
            _figure(one.cents),
            _figure(one.latency_ms),
            _figure(one.in_map_ms),
            one.nearest or "-",
            _figure(one.apart_db),
            found_in_words(found, name),
        )
        for name, one in found.measured.items()
    ]
    print_table(VERIFY_HEADS, rows, right=("peak dB", "cents", "late ms", "in map", "apart dB"))
    for finding in found.findings:
        click.echo(f"\n{'hint: ' if finding.is_hint else ''}{finding}", nl=False)
    click.echo(f"\nfaults: {len(found.faults)}, hints: {len(found.hints)}")


def _print_calibration(found: Calibration, wanted: Mapping[str, Latency], target: str, dry_run: bool) -> None:
    from composer_daw.cli.tables import print_table
    from composer_daw.techniques.display.in_words import latency_words

    rows = [
        (
            one.technique,
            latency_words(one.old) or "0 ms",
            latency_words(one.new) or "0 ms",
            _in_words(one, wanted.get(one.technique)),
            one.doubt or "-",
        )
        for one in found.changes
    ]
    print_table(("technique", "in the map", "measured", "then", "uncertain because"), rows)
    for problem in found.unmeasured:
        click.echo(f"not measured: {problem}")
    kept = sum(one.differs and one.to_write(True) != wanted.get(one.technique) for one in found.changes)
    more = f"; kept, for they are uncertain: {kept} (--uncertain writes them)" if kept else ""
    done = "would be written to" if dry_run else "written to"
    click.echo(f"latencies {done} {target}: {len(wanted)}{more}")


def _in_words(change: Change, written: Latency | None) -> str:
    """Return what becomes of a latency."""
    if written is not None:
        return "changed" if written == change.to_write(True) else "changed in part"
    if change.differs:
        return "kept: uncertain"
    return "adds nothing" if change.adds_nothing else "as measured"


def _as_data(found: Calibration, wanted: Mapping[str, Latency], target: str, written: bool) -> dict[str, Any]:
    return {
        "instrument": found.instrument,
        "map": target,
        "written": written,
        "techniques": {one.technique: _change(one, wanted.get(one.technique)) for one in found.changes},
        "unmeasured": list(found.unmeasured),
    }


def _change(one: Change, written: Latency | None) -> dict[str, Any]:
    return {
        "old": one.old.model_dump(mode="json"),
        "new": one.new.model_dump(mode="json"),
        "differs": one.differs,
        "doubt": one.doubt,
        "then": _in_words(one, written),
    }


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
