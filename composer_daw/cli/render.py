"""`composer-daw render`: one score, one instrument, one file of audio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from composer_daw.cli.options import (
    instrument_option,
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
@instrument_option
@click.option("-o", "--output", required=True, metavar="OUT", help="A .wav or .flac file.")
@click.option(
    "-t",
    "--technique",
    default="written",
    show_default=True,
    help="For all notes; 'written': as the score says.",
)
@click.option("--labels", metavar="CSV", help="Also write a label for every note.")
@click.option("--midi", metavar="MID", help="Also write what the instrument was sent, keyswitches included.")
@sample_rate_option
@seed_option
@out_of_range_option
@json_option
def render(
    score: str,
    instrument: str,
    output: str,
    technique: str,
    labels: str | None,
    midi: str | None,
    sample_rate: int,
    seed: int,
    out_of_range: Literal["fail", "drop"],
    as_json: bool,
) -> None:
    """Render SCORE, a MIDI file, with INSTRUMENT into OUT."""
    import composer_daw as daw
    from composer_daw.audio import check_audio_path
    from composer_daw.dataset.labels import save_labels
    from composer_daw.files import check_targets
    from composer_daw.rendering import check_technique

    check_audio_path(output)
    performance, loaded = daw.load_midi(score), daw.load_instrument(instrument)
    check_targets(output, labels, midi, source=score)
    check_technique(technique, loaded)
    with naming(score):
        take = daw.render(
            performance, loaded, technique, sample_rate=sample_rate, seed=seed, out_of_range=out_of_range
        )
    daw.save_audio(take.audio, output)
    if labels:
        save_labels(take.labels, labels)
    if midi:
        daw.save_events(take.events, midi, performance.tempo)
    _tell(take, output, as_json)


def _tell(take: Take, output: str, as_json: bool) -> None:
    """Print what was written and, on standard error, whatever is not as it was asked."""
    import json
    from collections import Counter

    from composer_daw.techniques import load_vocabulary, unread_texts

    triples = Counter(
        zip(take.labels.asked_names(), take.labels.played_names(), take.labels.rung_names(), strict=True)
    )
    stood_in = [
        (*key, count) for key, count in triples.items() if key[2] in ("priority", "fallback", "default")
    ]
    conflicts = int(take.labels.rows["conflict"].sum())
    if as_json:
        facts = {
            "output": output,
            "duration_s": round(take.audio.duration_s, 6),
            "peak_db": round(take.audio.peak_db, 3),
            "loudness_lufs": round(take.audio.loudness_lufs(), 3),
            "gain_db": round(take.gain_db, 3),
            "notes": len(take.labels.rows),
            "dropped": take.labels.dropped,
            "conflicts": conflicts,
            "stood_in": [
                dict(zip(("asked", "played", "rung", "notes"), row, strict=True)) for row in stood_in
            ],
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(
        f"{output}: {take.audio.duration_s:.2f} s, {len(take.labels.rows)} notes, "
        f"{take.audio.peak_db:.1f} dBFS"
    )
    for asked, played, rung, count in stood_in:
        click.echo(f"note: asked for {asked}, plays {played} ({rung}), notes: {count}", err=True)
    if conflicts:
        click.echo(f"note: gave way to a technique that sounded with them, notes: {conflicts}", err=True)
    if take.labels.dropped:
        click.echo(f"note: dropped as out of range, notes: {take.labels.dropped}", err=True)
    for text, near in unread_texts(take.performance, load_vocabulary()):
        click.echo(f"note: '{text.text}' at {text.time_s:.2f} s is not read (is it {near}?)", err=True)
    if take.gain_db < 0:
        click.echo(f"note: turned down by {-take.gain_db:.1f} dB so that nothing clips", err=True)
