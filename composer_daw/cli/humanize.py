"""`composer-daw humanize`: a score as it is played in an emotion, written as MIDI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from composer_daw.cli.options import json_option, seed_option

if TYPE_CHECKING:
    from composer_daw.humanizer import Humanized
    from composer_daw.humanizer.score_change import ScoreChange
    from composer_daw.performance import Performance

DRAWN = ("valence", "arousal", "emotion", "tempo", "rubato", "strength", "seed", "profile", "rules")
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
@click.option(
    "--rule", "rules", multiple=True, metavar="NAME=K", help="The strength of one rule; repeatable."
)
@click.option(
    "--mode",
    type=click.Choice(["parallel", "major", "minor"]),
    help="Change the notes to this mode; parallel: to the one that suits the valence.",
)
@click.option("--register", type=int, metavar="SEMITONES", help="Move the notes, but for drums.")
@click.option(
    "--plan", metavar="JSON", help="Play a plan again, instead of all these but --mode, --register."
)
@click.option("--save-plan", metavar="JSON", help="Also write what was drawn, to be played again.")
@click.option("--report", metavar="HTML", help="Also write a page that shows what each rule did.")
@json_option
@click.pass_context
def humanize(
    context: click.Context, /, score: str, output: str, plan: str | None, as_json: bool, **more: Any
) -> None:
    """Play SCORE, MIDI or MusicXML, in an emotion, into OUT.

    With neither a word nor a point it is played neutrally. The same seed gives the same bytes.
    """
    from composer_daw.errors import naming
    from composer_daw.files import check_targets
    from composer_daw.humanizer.speed import check_tempo
    from composer_daw.midi import load_score, save_midi

    _check_call(context, output, plan)
    written = load_score(score)
    check_targets(output, more["save_plan"], more["report"], source=score)
    with naming(score):
        check_tempo(written.tempo)
    changed, changes, humanized = _played(written, plan, more)
    save_midi(humanized.performance, output, by_track=True)
    _write_beside(changed, changes, humanized, more, score)
    (_tell_json if as_json else _tell)(output, changes, humanized)


def _check_call(context: click.Context, output: str, plan: str | None) -> None:
    """Raise for options that do not go together, and for a name that is no MIDI file's."""
    from composer_daw.errors import OutputError

    given = [name for name in DRAWN if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if plan and given:
        name = given[0].removesuffix("s") if given[0] == "rules" else given[0]
        raise click.UsageError(f"--{name} does not go with --plan, which has its own", context)
    if not output.lower().endswith((".mid", ".midi")):
        raise OutputError(f"{output}: what is written is MIDI; give a name that ends in .mid")


def _played(
    written: Performance, plan: str | None, more: dict[str, Any]
) -> tuple[Performance, tuple[ScoreChange, ...], Humanized]:
    """Return the score as it was changed, what was changed, and the performance."""
    from composer_daw.humanizer import apply, humanize, load_plan, load_profile

    if plan:
        loaded = load_plan(plan)
        changed, changes = _changed(written, more["mode"], more["register"], loaded.expression.mode)
        return changed, changes, apply(changed, loaded)
    profile, valence = load_profile(more["profile"]), more["valence"]
    if valence is None:
        valence = profile.point(more["emotion"]).valence if more["emotion"] else 0.0
    changed, changes = _changed(written, more["mode"], more["register"], profile.mode.at(valence))
    options = {name: more[name] for name in ("valence", "arousal", "tempo", "rubato", "strength", "seed")}
    humanized = humanize(
        changed, emotion=more["emotion"] or "", profile=profile, rules=_rules(more["rules"]), **options
    )
    return changed, changes, humanized


def _changed(
    score: Performance,
    mode: Literal["parallel", "major", "minor"] | None,
    register: int | None,
    advised: Literal["major", "minor", "as written"],
) -> tuple[Performance, tuple[ScoreChange, ...]]:
    """Return the score in another mode and register, as far as asked for, and a report of each."""
    from composer_daw.humanizer.parallel_mode import to_mode
    from composer_daw.humanizer.score_change import ScoreChange
    from composer_daw.humanizer.valence import shift_register

    changes = []
    if mode and (wanted := advised if mode == "parallel" else mode) != "as written":
        score, change = to_mode(score, wanted)
        changes.append(change)
    elif mode:
        changes.append(ScoreChange("mode", "mode: as written; the valence advises neither major nor minor"))
    if register is not None:
        score, change = shift_register(score, register)
        changes.append(change)
    return score, tuple(changes)


def _rules(given: tuple[str, ...]) -> dict[str, float]:
    """Return the strengths that --rule gives; raise InputError."""
    from composer_daw.errors import InputError

    strengths = {}
    for one in given:
        name, _, k = one.partition("=")
        try:
            strengths[name.strip().replace("-", "_")] = float(k)
        except ValueError as error:
            raise InputError(f"--rule {one}: give a name and a number, as in high_loud=1.5") from error
    return strengths


def _write_beside(
    score: Performance,
    changes: tuple[ScoreChange, ...],
    humanized: Humanized,
    more: dict[str, Any],
    path: str,
) -> None:
    from pathlib import Path

    from composer_daw.humanizer import save_plan
    from composer_daw.humanizer.report import save_report

    if more["save_plan"]:
        save_plan(humanized.plan, more["save_plan"])
    if more["report"]:
        save_report(score, humanized, more["report"], Path(path).stem, changes)


def _facts(output: str, changes: tuple[ScoreChange, ...], humanized: Humanized) -> dict[str, Any]:
    plan = humanized.plan
    return {
        "output": output,
        "notes": len(humanized.performance.notes),
        "duration_s": round(humanized.performance.duration_s, 6),
        "emotion": plan.emotion,
        "valence": plan.valence,
        "arousal": plan.arousal,
        "tempo": plan.tempo,
        "speed": round(plan.speed, 6),
        "strength": plan.strength,
        "seed": plan.seed,
        "rubato": plan.rubato.source,
        "rules": {str(rule.name): rule.k for rule in plan.rules},
        "expression": plan.expression.figures(),
        "changes": [change.summary for change in changes],
        "remarks": [*humanized.remarks, *(remark for change in changes for remark in change.remarks)],
    }


def _tell_json(output: str, changes: tuple[ScoreChange, ...], humanized: Humanized) -> None:
    click.echo(json.dumps(_facts(output, changes, humanized), ensure_ascii=False))


def _tell(output: str, changes: tuple[ScoreChange, ...], humanized: Humanized) -> None:
    """Print what was written and, on standard error, whatever else should be known."""
    facts = _facts(output, changes, humanized)
    word = f"{facts['emotion']}, " if facts["emotion"] else ""
    tempo = f"tempo map, {facts['speed']:.2f} times as fast" if facts["tempo"] == "map" else "tempo kept"
    point = f"{word}valence {facts['valence']:+.2f}, arousal {facts['arousal']:+.2f}"
    click.echo(f"{output}: {facts['duration_s']:.2f} s, {facts['notes']} notes; {point}; {tempo}")
    notes = [*facts["changes"], *facts["remarks"]]
    if facts["rubato"] != "none":
        notes.append(f"rubato by {facts['rubato']}")
    for note in notes:
        click.echo(f"note: {note}", err=True)
