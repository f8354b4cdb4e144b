"""`composer-daw dataset`: many scores, many techniques, labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import out_of_range_option, sample_rate_option, seed_option, workers_option

if TYPE_CHECKING:
    from composer_daw.dataset import Report

AS_ASKED = ("exact", "combined")
"""The rungs on which a note plays what was asked."""

COMMANDS = {"render": ("composer_daw.cli.dataset:render", "Render every score in every technique.")}


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def dataset() -> None:
    """Make data sets of playing techniques."""


@click.command()
@click.argument("scores", nargs=-1, required=True, metavar="MIDI_OR_MANIFEST...")
@click.option(
    "-i",
    "--instrument",
    "instruments",
    multiple=True,
    metavar="INSTRUMENT",
    help="A name that ships, or the path of a YAML; once for each.",
)
@click.option(
    "-t",
    "--technique",
    "techniques",
    multiple=True,
    help="Once for each version; 'written': as the score says.",
)
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder of the data set.")
@click.option(
    "--format", "audio_format", type=click.Choice(["wav", "flac"]), default="wav", show_default=True
)
@workers_option
@click.option("--record", "record_id", metavar="ID", help="Render this one record of a manifest again.")
@click.option("--fresh", is_flag=True, help="A new instance of the plugin for each item.")
@sample_rate_option
@seed_option
@out_of_range_option
def render(
    scores: tuple[str, ...],
    instruments: tuple[str, ...],
    techniques: tuple[str, ...],
    output: str,
    audio_format: Literal["wav", "flac"],
    workers: int | None,
    record_id: str | None,
    fresh: bool,
    sample_rate: int,
    seed: int,
    out_of_range: Literal["fail", "drop"],
) -> None:
    """Render every MIDI file in every technique into DIR, or one record of a manifest again.

    DIR gets audio, performed MIDI and a CSV of note labels for each version, and manifest.jsonl, from which
    each item renders again. What stands there finished and whole is skipped.
    """
    if record_id is not None:
        if instruments or techniques:
            raise click.UsageError("--record takes instrument and technique from the manifest.")
        return _again(scores, record_id, output)
    if any(score.endswith(".jsonl") for score in scores):
        raise click.UsageError("A manifest goes with --record ID: which of its items to render again.")
    if not instruments:
        raise click.UsageError("Missing option '-i' / '--instrument'.")
    from composer_daw.cli.progress import bar
    from composer_daw.dataset import joined, plan_versions, run_plan
    from composer_daw.rendering import default_workers, load_instrument

    loaded = [load_instrument(instrument) for instrument in instruments]
    plans = [
        plan_versions(
            scores,
            one,
            techniques,
            seed=seed,
            sample_rate=sample_rate,
            out_of_range=out_of_range,
            audio_format=audio_format,
            fresh=fresh,
        )
        for one in loaded
    ]
    plan = joined(plans)
    workers = workers or default_workers(max(one.preset.limits.memory_mb for one in loaded))
    with bar("rendering", len(plan.records)) as advance:
        report = run_plan(plan, output, workers, lambda record, error: advance(record.id, error is not None))
    _tell(report, output)


def _tell(report: Report, output: str) -> None:
    from composer_daw.dataset.manifest import MANIFEST
    from composer_daw.errors import ComposerError

    seconds = sum(record.outcome.duration_s for record in report.rendered if record.outcome)
    click.echo(
        f"{output}/{MANIFEST}: {len(report.rendered)} rendered ({seconds:.1f} s of audio), "
        f"{len(report.skipped)} were there already, {len(report.failed)} failed"
    )
    _tell_exceptions(report)
    for record, error in report.failed:
        click.echo(f"failed: {record.id}: {error}", err=True)
    if report.failed:
        raise ComposerError(f"failed items: {len(report.failed)}; run the command again to try only those")


def _tell_exceptions(report: Report) -> None:
    """Print, on standard error, what of the rendered is not as one might think."""
    outcomes = [record.outcome for record in report.rendered if record.outcome]
    elsewhere = sum(
        count for outcome in outcomes for rung, count in outcome.rungs.items() if rung not in AS_ASKED
    )
    counts = {
        "replaced an older version (another seed, setting or instrument), items": report.replaced,
        "play another technique than the score asks for (see rung), notes": elsewhere,
        "gave way to a technique that sounded with them (see conflict), notes": sum(
            outcome.conflicts for outcome in outcomes
        ),
        "may not render again to the same bytes (see repeats and --fresh), items": sum(
            record.outcome.repeats != "yes" and not (record.outcome.repeats == "fresh" and record.fresh)
            for record in report.rendered
            if record.outcome
        ),
        "dropped as out of range, notes": sum(outcome.dropped for outcome in outcomes),
        "turned down so that nothing clips (see gain_db), items": sum(o.gain_db < 0 for o in outcomes),
    }
    for what, count in counts.items():
        if count:
            click.echo(f"note: {what}: {count}", err=True)


def _again(scores: tuple[str, ...], record_id: str, output: str) -> None:
    from pathlib import Path

    from composer_daw.dataset import find_record, load_manifest, render_again
    from composer_daw.errors import ComposerError

    if len(scores) != 1:
        raise click.UsageError("--record takes one manifest.")
    record = find_record(load_manifest(scores[0]), record_id)
    again = render_again(record, Path(scores[0]).parent, Path(output))
    file = f"{output}/{record.id}.{record.audio_format}"
    if again.outcome != record.outcome:
        repeats = again.outcome.repeats if again.outcome else "unknown"
        raise ComposerError(f"{file}: rendered, but NOT the same bytes as before; repeats: {repeats}")
    click.echo(f"{file}: the same bytes as before")
