"""`composer-daw compose`: a song file becomes a score, a performance, stems, a mix and a page."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer_daw.cli.options import json_option

if TYPE_CHECKING:
    from composer_daw.composing.compose import Composed
    from composer_daw.composing.request import Request
    from composer_daw.studio import AuditionPage


@click.command()
@click.argument("song", metavar="SONG")
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder of the song.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    help="The same seed, the same bytes.  [default: that of the song]",
)
@click.option("--generator", default="arranger", show_default=True, help="Who writes the notes: arranger.")
@click.option("--no-audio", is_flag=True, help="Write the score and the performance only.")
@click.option("--force", is_flag=True, help="Write over a song that stands in DIR already.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; as many as cores and memory allow.")
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
    """Compose SONG, a YAML, into DIR: score, performance, stems, mix and a page to hear them on.

    docs/compose.md tells what the song file may say. COMPOSER_DAW_LLM_URL and COMPOSER_DAW_LLM_MODEL name a
    language model for the captions, where one is wanted.
    """
    from composer_daw.captions import Captioner, endpoint_from
    from composer_daw.cli.progress import bar
    from composer_daw.composing.compose import compose as composed_into
    from composer_daw.composing.compose import generator_named
    from composer_daw.composing.outputs import check_home, folder_whole, save_record
    from composer_daw.composing.request import load_request
    from composer_daw.rendering import default_workers
    from composer_daw.studio import write_audition

    writer, home = generator_named(generator), Path(output)
    check_home(home, force)
    request = load_request(song, Captioner(endpoint_from(os.environ)))
    chosen = request.song.seed if seed is None else seed
    steps = 2 if no_audio else 4 + len(request.band)
    with folder_whole(home, force) as folder, bar("composing", steps) as told:
        done = composed_into(
            request,
            folder,
            seed=chosen,
            generator=writer,
            home=home,
            audio=not no_audio,
            workers=workers or default_workers(),
            told=told,
        )
        if done.mixed is not None:
            write_audition(song_page(done), folder)
            told("page")
        save_record(done.record, folder)
    _tell(done, home, as_json)


def song_page(done: Composed) -> AuditionPage:
    """Return the page of a song: the mix with its stems, its sections with their captions."""
    from composer_daw.composing.compose import stem_audio
    from composer_daw.composing.perform import spans_of
    from composer_daw.studio import AuditionPage, Marker, Piece, Stem, Version, roll_notes, tempo_curve

    assert done.mixed is not None
    mixdown, conditions = done.mixed.mixdown, done.request.conditions
    kits = {part.name for part in conditions.parts if part.role == "drums"}
    stems = [
        Stem(name, audio, roll_notes(mixdown.takes[name]) if name in mixdown.takes else (), name in kits)
        for name, audio in stem_audio(done.mixed).items()
    ]
    performance = done.performed.performance
    markers = [
        Marker(float(performance.tempo.seconds_at(span.start)), span.name, _under(done.request, number))
        for number, span in enumerate(spans_of(conditions))
    ]
    facts = _facts(done)
    version = Version("Mix", mixdown.audio, stems=stems, facts=facts)
    tempo = tempo_curve(performance.tempo)
    return AuditionPage(conditions.title, [Piece(conditions.title, [version], tempo, markers)])


def _under(request: Request, number: int) -> str:
    """Return what stands under the name of a section."""
    section = request.conditions.sections[number]
    return " · ".join(filter(None, (section.emotion, section.caption)))


def _facts(done: Composed) -> dict[str, str]:
    from composer_daw.composing.keys import key_name

    conditions = done.request.conditions
    return {
        "Key": key_name(conditions.key),
        "Tempo": f"{conditions.bpm:g} beats a minute",
        "Genre": conditions.genre,
        "Written by": str(done.record["generator"]),
        "Seed": str(done.record["seed"]),
    }


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
