"""`composer-daw audition`: scores by instruments and techniques, on one page to hear them on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from composer_daw.cli.options import (
    force_option,
    json_option,
    out_of_range_option,
    sample_rate_option,
    seed_option,
    workers_option,
)

if TYPE_CHECKING:
    from composer_daw.studio.session import Audition


@click.command()
@click.argument("scores", nargs=-1, required=True, metavar="SCORE...")
@click.option(
    "-i",
    "--instrument",
    "instruments",
    multiple=True,
    required=True,
    metavar="INSTRUMENT",
    help="A name that ships, or the path of a YAML; once for each.",
)
@click.option(
    "-t",
    "--technique",
    "techniques",
    multiple=True,
    help="Once for each version; 'written': as the score says.  [default: written]",
)
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder of the page.")
@click.option("--open", "show", is_flag=True, help="Open the page in a browser.")
@click.option("--stems", is_flag=True, help="Render each track by itself, to mute and solo it on the page.")
@click.option("--title", metavar="TEXT", help="Of the page.")
@click.option(
    "--encoding",
    type=click.Choice(["auto", "flac", "mp3"]),
    default="auto",
    show_default=True,
    help="Of the sound inside the page; auto: FLAC while it fits, else MP3.",
)
@workers_option
@sample_rate_option
@seed_option
@out_of_range_option
@force_option
@json_option
def audition(
    scores: tuple[str, ...],
    instruments: tuple[str, ...],
    techniques: tuple[str, ...],
    output: str,
    show: bool,
    stems: bool,
    title: str | None,
    encoding: Literal["auto", "flac", "mp3"],
    workers: int | None,
    sample_rate: int,
    seed: int,
    out_of_range: Literal["fail", "drop"],
    force: bool,
    as_json: bool,
) -> None:
    """Render every SCORE by each instrument in each technique, and write a page to hear them on.

    DIR gets index.html, which holds pictures and sound and opens without a server, the renders as FLAC, and
    audition.json, which lists them. It is written whole or not at all; --force replaces an audition, but no
    file that it did not write.
    """
    from composer_daw.cli.progress import bar
    from composer_daw.studio.session import Asked
    from composer_daw.studio.session import audition as auditioned
    from composer_daw.studio.versions import Settings

    settings = Settings(sample_rate, seed, out_of_range, stems)
    asked = Asked(scores, instruments, techniques, title or "", settings)
    with bar("rendering") as told:
        made = auditioned(asked, output, encoding=encoding, force=force, workers=workers, progress=told)
    _tell(made, as_json)
    if show:
        _open(made.page)


def _tell(made: Audition, as_json: bool) -> None:
    """Print what was written and, on standard error, whatever is not as it was asked."""
    path = made.page
    versions = [version for piece in made.pieces for version in piece.versions]
    if as_json:
        facts = {
            "page": str(path),
            "bytes": path.stat().st_size,
            "pieces": {
                piece.title: [
                    {"title": one.title, "audio": str(one.audio), "stems": [stem.name for stem in one.stems]}
                    for one in piece.versions
                ]
                for piece in made.pieces
            },
            "notes": made.told,
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(
        f"{path}: {_count(len(made.pieces), 'piece')}, {_count(len(versions), 'version')}, "
        f"{path.stat().st_size / 1e6:.1f} MB"
    )
    for text in made.told:
        click.echo(f"note: {text}", err=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _open(path: Path) -> None:
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        click.echo(f"note: no browser opens here; open {path} by hand", err=True)
