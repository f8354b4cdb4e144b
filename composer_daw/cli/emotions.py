"""`composer-daw emotions`: words, points, and how they are played."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from composer_daw.cli.lazy import LazyGroup
from composer_daw.cli.options import json_option

if TYPE_CHECKING:
    from composer_daw.humanizer.emotion import EmotionProfile
    from composer_daw.humanizer.emotion_fit import Fit

COMMANDS = {
    "list": ("composer_daw.cli.emotions:list_emotions", "List the words and their points."),
    "show": ("composer_daw.cli.emotions:show", "Show how a word or a point is played."),
    "plot": ("composer_daw.cli.emotions:plot", "Draw the words and the surfaces."),
    "fit": ("composer_daw.cli.emotions:fit", "Fit a profile to labelled MIDI files."),
}

profile_option = click.option(
    "--profile", "profile_path", metavar="FILE", help="An emotion profile (YAML), else the one that ships."
)


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def emotions() -> None:
    """Show how emotions are played, and fit that to data."""


@click.command("list")
@profile_option
@json_option
def list_emotions(profile_path: str | None, as_json: bool) -> None:
    """List the words that --emotion knows: valence, arousal, other spellings, and where the point is from."""
    from composer_daw.cli.tables import print_table

    profile = _profile(profile_path)
    if as_json:
        words = [
            {"word": name, "valence": one.at[0], "arousal": one.at[1], "also": one.also, "source": one.source}
            for name, one in profile.words.items()
        ]
        click.echo(json.dumps(words, ensure_ascii=False))
        return
    rows = [
        (name, f"{one.at[0]:+.2f}", f"{one.at[1]:+.2f}", one.source, ", ".join(one.also))
        for name, one in profile.words.items()
    ]
    print_table(("word", "valence", "arousal", "source", "also"), rows, right=("valence", "arousal"))
    _print_sources(profile, [one.source for one in profile.words.values()])


@click.command()
@click.argument("word", required=False)
@click.option("--valence", type=float, help="From -1 to 1, instead of WORD.")
@click.option("--arousal", type=float, help="From -1 to 1, instead of WORD.")
@profile_option
@json_option
def show(
    word: str | None, valence: float | None, arousal: float | None, profile_path: str | None, as_json: bool
) -> None:
    """Show the figures of WORD, or of a point: beside neutral, with their units and sources."""
    from composer_daw.cli.tables import print_table
    from composer_daw.humanizer.expression import FIGURES

    by_point = valence is not None or arousal is not None
    if by_point == (word is not None):
        raise click.UsageError("Give a WORD, or --valence and --arousal.")
    profile = _profile(profile_path)
    point = profile.point(word) if word is not None else (valence or 0.0, arousal or 0.0)
    played, neutral = profile.at(*point), profile.at(0, 0).figures()
    if as_json:
        click.echo(played.model_dump_json())
        return
    title = f"{word}: " if word is not None else ""
    click.echo(f"{title}valence {played.valence:+.2f}, arousal {played.arousal:+.2f}; mode: {played.mode}\n")
    rows = [
        (figure, f"{value:.3g}", f"{neutral[figure]:.3g}", unit, what, profile.figures[figure].source)
        for figure, value in played.figures().items()
        for unit, _, _, what in [FIGURES[figure]]
    ]
    heads = ("figure", "value", "neutral", "unit", "what it is", "source")
    print_table(heads, rows, right=("value", "neutral"))
    _print_sources(profile, [one.source for one in profile.figures.values()])


@click.command()
@click.option("-o", "--output", required=True, metavar="FILE", help="A PNG, SVG or PDF.")
@profile_option
def plot(output: str, profile_path: str | None) -> None:
    """Draw where the words lie, and the surfaces of the main figures over valence and arousal."""
    from composer_daw.humanizer.emotion_plot import draw_profile

    unwritten = draw_profile(_profile(profile_path), output)
    click.echo(output)
    if unwritten:
        words = ", ".join(f"{word} ({other or 'a dot alone'})" for word, other in unwritten.items())
        click.echo(f"note: no font here has the glyphs of these; drawn instead: {words}", err=True)


@click.command()
@click.argument("folder")
@click.option("-o", "--output", required=True, metavar="FILE", help="The profile (YAML) to write.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, show_default=True, help="Of the bootstrap.")
@profile_option
def fit(folder: str, output: str, seed: int, profile_path: str | None) -> None:
    """Fit tempo, level, articulation and register to the labelled MIDI files of FOLDER.

    Labels stand in a CSV with columns midi, valence and arousal (VGMIDI), or in names like Q1_x_0.mid
    (EMOPIA). A figure whose main effect the files cannot tell stays as it was, and so does all else of the
    profile, comments included. What could not be told is printed.
    """
    from composer_daw.cli.progress import bar
    from composer_daw.files import check_targets, shipped, write_text
    from composer_daw.humanizer.emotion import PROFILE
    from composer_daw.humanizer.emotion_corpus import labelled_files
    from composer_daw.humanizer.emotion_fit import fit_profile

    base = profile_path or shipped("configs") / PROFILE
    check_targets(output, source=base)
    files = labelled_files(folder)
    with bar("measuring", len(files)) as advance:
        fitted = fit_profile(files, base, seed, advance)
    write_text(output, fitted.text)
    _print_fit(fitted)
    click.echo(f"\n{output}: fitted to {fitted.files} files")


def _print_fit(fitted: Fit) -> None:
    from composer_daw.cli.tables import print_table
    from composer_daw.humanizer.expression import ANCHORS

    def bounds(between: tuple[float, float]) -> str:
        return f"{between[0]:+.2g} .. {between[1]:+.2g}"

    rows = [
        (
            name,
            *(f"{value:g}" for value in one.at),
            bounds(one.valence),
            bounds(one.arousal),
            "yes" if one.taken else "no",
        )
        for name, one in fitted.figures.items()
    ]
    print_table(("figure", *ANCHORS, "valence, 95 %", "arousal, 95 %", "taken"), rows, right=tuple(ANCHORS))
    click.echo()
    for remark in fitted.remarks:
        click.echo(f"note: {remark}", err=True)


def _print_sources(profile: EmotionProfile, named: Iterable[str]) -> None:
    click.echo("\nsources:")
    for name in dict.fromkeys(named):
        click.echo(f"  {name}: {profile.sources[name]}")


def _profile(path: str | None) -> EmotionProfile:
    from composer_daw.humanizer.emotion import load_profile

    return load_profile(path)
