"""`composer-daw render`: one score, one file of audio, by one instrument or through a render graph."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from composer_daw.cli.beside import beside_options, load_beside
from composer_daw.cli.options import (
    json_option,
    out_of_range_option,
    sample_rate_option,
    seed_option,
)
from composer_daw.errors import naming

if TYPE_CHECKING:
    from composer_daw.rendering import Take


@click.command()
@click.argument("score", metavar="SCORE")
@click.option(
    "-i",
    "--instrument",
    metavar="INSTRUMENT",
    help="A name that ships, or the path of a YAML: plays all of it.",
)
@click.option(
    "--graph", metavar="YAML", help="A render graph instead: tracks to instruments, buses, effects, loudness."
)
@click.option("-o", "--output", metavar="OUT", help="A .wav or .flac file; needed unless --dry-run.")
@click.option(
    "-t",
    "--technique",
    default="written",
    show_default=True,
    help="For all notes; 'written': as the score says. A graph has its own.",
)
@beside_options
@click.option("--labels", metavar="CSV", help="Also write a label for every note.")
@click.option("--midi", metavar="MID", help="Also write what the instrument was sent, keyswitches included.")
@click.option("--stems", metavar="DIR", help="With --graph: also write stems and labels into a folder.")
@click.option(
    "--handoff", type=click.Choice(["reaper"]), help="With --stems: also write a project beside OUT."
)
@click.option("--dry-run", is_flag=True, help="With --graph: only check it and show it as a tree.")
@sample_rate_option
@seed_option
@out_of_range_option
@json_option
@click.pass_context
def render(
    context: click.Context, /, score: str, instrument: str | None, graph: str | None, **more: Any
) -> None:
    """Render SCORE, MIDI or MusicXML, into OUT: with one INSTRUMENT, or as a render graph says."""
    _check_call(context, instrument, graph)
    if graph is None:
        _render_one(score, str(instrument), **_only(_render_one, more))
        return
    from composer_daw.cli.render_graph import GraphCall, run_graph

    if context.get_parameter_source("sample_rate") is not ParameterSource.COMMANDLINE:
        more["sample_rate"] = None  # then that of the graph
    run_graph(GraphCall(score, graph, **_only(GraphCall, more)))


def _only(taker: Callable[..., Any], options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that a function takes."""
    return {name: options[name] for name in inspect.signature(taker).parameters if name in options}


def _check_call(context: click.Context, instrument: str | None, graph: str | None) -> None:
    """Raise UsageError for options that do not go together."""
    if (instrument is None) == (graph is None):
        raise click.UsageError("give either -i INSTRUMENT or --graph YAML", context)
    values = context.params
    if values["dry_run"] and not graph:
        raise click.UsageError("--dry-run goes with --graph: it shows its plan", context)
    if values["output"] is None and not (graph and values["dry_run"]):
        raise click.UsageError("Missing option '-o' / '--output'.", context)
    if graph is None:
        stray = [name for name in ("stems", "handoff") if values[name]]
        if stray:
            raise click.UsageError(f"--{stray[0].replace('_', '-')} goes with --graph", context)
        return
    alone = [name for name in ("labels", "midi") if values[name]]
    if context.get_parameter_source("technique") is ParameterSource.COMMANDLINE:
        alone.append("technique")
    if alone:
        raise click.UsageError(f"--{alone[0]} goes with -i; a graph has its own", context)
    if values["handoff"] and not values["stems"]:
        raise click.UsageError("--handoff needs --stems DIR: a project is made of stems", context)


def _render_one(
    score: str,
    instrument: str,
    *,
    output: str,
    technique: str,
    from_map: str | None,
    techniques: str | None,
    rules: str | None,
    labels: str | None,
    midi: str | None,
    sample_rate: int,
    seed: int,
    out_of_range: Literal["fail", "drop"],
    as_json: bool,
) -> None:
    import composer_daw as daw
    from composer_daw.audio import check_audio_path
    from composer_daw.dataset.labels import save_labels
    from composer_daw.files import check_targets
    from composer_daw.rendering import check_technique

    check_audio_path(output)
    performance, loaded = daw.load_score(score), daw.load_instrument(instrument)
    beside = load_beside(from_map, techniques, rules)
    check_targets(output, labels, midi, source=score)
    check_technique(technique, loaded)
    loaded.check_sound()
    prepared = beside.prepared(performance, loaded.technique_map, score)
    with naming(score):
        take = daw.render(
            prepared.performance,
            loaded,
            technique,
            sample_rate=sample_rate,
            seed=seed,
            out_of_range=out_of_range,
        )
    daw.save_audio(take.audio, output)
    if labels:
        save_labels(take.labels, labels)
    if midi:
        daw.save_events(take.events, midi, performance.tempo)
    _tell(take, prepared.notes, output, as_json)


def _tell(take: Take, told: tuple[str, ...], output: str, as_json: bool) -> None:
    """Print what was written and, on standard error, whatever is not as it was asked."""
    import json

    if as_json:
        facts = {
            "output": output,
            "duration_s": round(take.audio.duration_s, 6),
            "peak_db": round(take.audio.peak_db, 3),
            "loudness_lufs": round(take.audio.loudness_lufs(), 3),
            "gain_db": round(take.gain_db, 3),
            "notes": len(take.labels.rows),
            "dropped": take.labels.dropped,
            "conflicts": int(take.labels.rows["conflict"].sum()),
            "unread": list(told),
            "stood_in": [
                dict(zip(("asked", "played", "rung", "notes"), row, strict=True)) for row in stood_in(take)
            ],
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(
        f"{output}: {take.audio.duration_s:.2f} s, {len(take.labels.rows)} notes, "
        f"{take.audio.peak_db:.1f} dBFS"
    )
    for note in (*told, *notes_on(take)):
        click.echo(f"note: {note}", err=True)
    if take.gain_db < 0:
        click.echo(f"note: turned down by {-take.gain_db:.1f} dB so that nothing clips", err=True)


def stood_in(take: Take) -> list[tuple[str, str, str, int]]:
    """Return what was asked, what plays for it, on which rung, and how often, where they differ."""
    from collections import Counter

    triples = Counter(
        zip(take.labels.asked_names(), take.labels.played_names(), take.labels.rung_names(), strict=True)
    )
    return [(*key, count) for key, count in triples.items() if key[2] in ("priority", "fallback", "default")]


def notes_on(take: Take) -> list[str]:
    """Return, in words, whatever of a take is not as it was asked."""
    from composer_daw.techniques import load_vocabulary, unread_texts

    notes = [
        f"asked for {asked}, plays {played} ({rung}), notes: {count}"
        for asked, played, rung, count in stood_in(take)
    ]
    if conflicts := int(take.labels.rows["conflict"].sum()):
        notes.append(f"gave way to a technique that sounded with them, notes: {conflicts}")
    if take.labels.dropped:
        notes.append(f"dropped as out of range, notes: {take.labels.dropped}")
    for text, near in unread_texts(take.performance, load_vocabulary()):
        notes.append(f"'{text.text}' at {text.time_s:.2f} s is not read (is it {near}?)")
    return notes
