"""`composer-daw compose`: a song file becomes a score, a performance, stems, a mix and a page."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer_daw.cli.options import json_option, workers_option
from composer_daw.composing.generators import GENERATORS

if TYPE_CHECKING:
    from composer_daw.composing.compose import Composed


@click.command()
@click.argument("song", metavar="SONG")
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder of the song.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    help="The same seed, the same bytes.  [default: that of the song]",
)
@click.option(
    "--generator",
    type=click.Choice(GENERATORS),
    default="arranger",
    show_default=True,
    help="Who writes the notes.",
)
@click.option("--no-audio", is_flag=True, help="Write the score and the performance only.")
@click.option("--force", is_flag=True, help="Write over a song that stands in DIR already.")
@workers_option
@json_option
def compose(
    song: str,
    output: str,
    seed: int | None,
    generator: str,
    no_audio: bool,
    force: bool,
    workers: int | None,
    as_json: bool,
) -> None:
    """Compose SONG into DIR: score, performance, stems, mix and a page to hear them on.

    SONG is a YAML, and docs/compose.md tells what it may say; or the song.json of a song, which composes it
    again. COMPOSER_DAW_LLM_URL and COMPOSER_DAW_LLM_MODEL name a language model for the captions, where one
    is wanted.
    """
    from composer_daw.captions import Captioner, endpoint_from
    from composer_daw.cli.progress import bar
    from composer_daw.rendering.memory import keep_freed_memory
    from composer_daw.studio.song import Wish, compose_song

    keep_freed_memory()

    wish = Wish(seed, generator, not no_audio)
    captioner = Captioner(endpoint_from(os.environ))
    with bar("composing") as told:
        done = compose_song(
            song, output, wish, captioner=captioner, force=force, workers=workers, progress=told
        )
    _tell(done, Path(output), as_json)


def _tell(done: Composed, home: Path, as_json: bool) -> None:
    """Print what was written and, on standard error, what should be known besides."""
    from composer_daw.studio.audition import PAGE

    conditions = done.request.conditions
    if as_json:
        click.echo(json.dumps({"output": str(home), **done.record}, ensure_ascii=False))
        return
    bars = sum(section.bars for section in conditions.sections)
    what = f"{home}: '{conditions.title}', {bars} bars, {len(done.score.notes)} notes"
    if done.mixed is not None:
        mastered = done.mixed.mixdown.mastered
        what += f", {done.mixed.mixdown.audio.duration_s:.1f} s, {mastered.loudness_lufs:.1f} LUFS"
    click.echo(what)
    for name, caption in dict.fromkeys((one.name, one.caption) for one in conditions.sections):
        click.echo(f"  {name}: {caption}")
    if done.mixed is not None:
        click.echo(f"open {home / PAGE}")
    for remark in done.remarks:
        click.echo(f"note: {remark}", err=True)
