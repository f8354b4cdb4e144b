"""`composer-daw humanize`: a score as it is played in an emotion, written as MIDI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from composer_daw.cli.options import json_option, seed_option

if TYPE_CHECKING:
    from composer_daw.cli.humanize_report import Shaping
    from composer_daw.humanizer import Humanized
    from composer_daw.performance import Performance

DRAWN = (
    "valence",
    "arousal",
    "emotion",
    "tempo",
    "rubato",
    "strength",
    "seed",
    "profile",
    "rule",
    "phrases",
    "mode",
    "register",
    "tempo_class",
)
"""Options that a plan has answered already."""


@click.command()
@click.argument("score", metavar="SCORE")
@click.option("-o", "--output", required=True, metavar="OUT", help="The MIDI file to write (.mid).")
@click.option("--emotion", metavar="WORD", help="Such as 切ない or tender; `emotions list` shows all.")
@click.option("--valence", type=float, help="From -1 (sad, scary) to 1 (happy, peaceful).")
@click.option("--arousal", type=float, help="From -1 (sad, peaceful) to 1 (happy, scary).")
@click.option(
    "--tempo",
    type=click.Choice(["keep", "map"]),
    default="keep",
    show_default=True,
    help="Keep the grid and the length, or write a tempo map for it to follow.",
)
@click.option("--rubato", type=float, default=0.0, show_default=True, help="How much rubato, 0 to 1.")
@click.option("--strength", type=float, default=1.0, show_default=True, help="Of everything, 0 to 2.")
@seed_option
@click.option("--profile", metavar="YAML", help="An emotion profile, else the one that ships.")
@click.option("--rule", multiple=True, metavar="NAME=K", help="The strength of one rule; repeatable.")
@click.option("--phrases", metavar="BARS", help="Where phrases start, as in 1,5,9; else they are found.")
@click.option(
    "--mode",
    type=click.Choice(["parallel", "major", "minor"]),
    help="Change the notes to this mode; parallel: to the one that suits the valence.",
)
@click.option("--register", type=int, metavar="SEMITONES", help="Move the notes, but for drums.")
@click.option(
    "--tempo-class",
    type=click.Choice(["advised", "slow", "moderate", "fast"]),
    help="Change the score's tempo to such a one; advised: as the emotion would have it.",
)
@click.option(
    "-i",
    "--instrument",
    metavar="INSTRUMENT",
    help="Also write controllers for it: a name that ships, or the path of a YAML (or of a map).",
)
@click.option("--ornaments", is_flag=True, help="With -i, a kit: add ghost notes and flams.")
@click.option("--plan", metavar="JSON", help="Play a plan again, instead of all that is drawn or changed.")
@click.option("--save-plan", metavar="JSON", help="Also write what was drawn, to be played again.")
@click.option("--report", metavar="HTML", help="Also write a page that shows what each rule did.")
@json_option
@click.pass_context
def humanize(context: click.Context, /, score: str, output: str, as_json: bool, **more: Any) -> None:
    """Play SCORE, MIDI or MusicXML, in an emotion, into OUT.

    With neither a word nor a point it is played neutrally. The same seed gives the same bytes.
    """
    from composer_daw.cli.humanize_report import tell
    from composer_daw.errors import naming
    from composer_daw.files import check_targets
    from composer_daw.humanizer.speed import check_tempo
    from composer_daw.midi import load_score, save_midi

    _check_call(context, output)
    written = load_score(score)
    check_targets(output, more["save_plan"], more["report"], source=score)
    with naming(score):
        check_tempo(written.tempo)
    humanized = _played(written, more)
    shaping = _shaped(humanized, more["instrument"], more["ornaments"], score)
    save_midi(shaping.performance if shaping else humanized.performance, output, by_track=True)
    _write_beside(written, humanized, more, score)
    tell(output, humanized, shaping, as_json)


def _check_call(context: click.Context, output: str) -> None:
    """Raise for options that do not go together, and for a name that is no MIDI file's, or no page's."""
    from composer_daw.errors import OutputError
    from composer_daw.humanizer.report import check_report_path

    values = context.params
    given = [name for name in DRAWN if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if values["plan"] and given:
        option = f"--{given[0].replace('_', '-')}"
        raise click.UsageError(f"{option} does not go with --plan, which has its own", context)
    if values["ornaments"] and not values["instrument"]:
        raise click.UsageError("--ornaments goes with -i INSTRUMENT: its map knows the drums", context)
    if not output.lower().endswith((".mid", ".midi")):
        raise OutputError(f"{output}: what is written is MIDI; give a name that ends in .mid")
    if values["report"]:
        check_report_path(values["report"])


def _played(written: Performance, more: dict[str, Any]) -> Humanized:
    """Return the performance of a score by a plan, or by the other options."""
    from composer_daw.humanizer import apply, humanize, load_plan, load_profile

    if more["plan"]:
        return apply(written, load_plan(more["plan"]))
    given = {name: more[name] for name in DRAWN if name not in ("profile", "rule", "phrases")}
    return humanize(
        written,
        profile=load_profile(more["profile"]),
        rules=_strengths(more["rule"]),
        phrases=_bars(more["phrases"]),
        **given,
    )


def _strengths(given: tuple[str, ...]) -> dict[str, float]:
    """Return the strengths that --rule gives; raise InputError."""
    from composer_daw.errors import InputError

    strengths: dict[str, float] = {}
    for one in given:
        name, _, k = one.partition("=")
        name = name.strip().replace("-", "_")
        if name in strengths:
            raise InputError(f"--rule {one}: {name} is given twice; give it once")
        try:
            strengths[name] = float(k)
        except ValueError as error:
            raise InputError(f"--rule {one}: give a name and a number, as in high_loud=1.5") from error
    return strengths


def _bars(given: str | None) -> list[float] | None:
    """Return the bars that --phrases gives; raise InputError."""
    from composer_daw.errors import InputError

    if given is None:
        return None
    try:
        return [float(one) for one in given.split(",")]
    except ValueError as error:
        raise InputError(f"--phrases {given}: give the bars at which phrases start, as in 1,5,9") from error


def _shaped(humanized: Humanized, instrument: str | None, ornaments: bool, score: str) -> Shaping | None:
    """Return the performance with controllers for an instrument, if there is one."""
    from composer_daw.cli.humanize_report import Shaping
    from composer_daw.cli.techniques import map_of
    from composer_daw.errors import naming
    from composer_daw.humanizer.shaping import shaped

    if instrument is None:
        return None
    technique_map, _ = map_of(instrument)
    with naming(score):
        performance = shaped(humanized, technique_map, ornaments=ornaments)
    return Shaping(instrument, technique_map.is_kit, ornaments, humanized.performance, performance)


def _write_beside(written: Performance, humanized: Humanized, more: dict[str, Any], score: str) -> None:
    from composer_daw.humanizer import save_plan
    from composer_daw.humanizer.report import save_report

    if more["save_plan"]:
        save_plan(humanized.plan, more["save_plan"])
    if more["report"]:
        save_report(written, humanized, more["report"], Path(score).stem)
