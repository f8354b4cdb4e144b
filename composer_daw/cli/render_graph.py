"""`composer-daw render --graph`: a song through its render graph, or the plan of it as a tree."""

from __future__ import annotations

import dataclasses
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from composer_daw.cli.beside import load_beside
from composer_daw.cli.render import notes_on
from composer_daw.errors import naming

if TYPE_CHECKING:
    from rich.tree import Tree

    from composer_daw.rendering.graph_plan import Plan
    from composer_daw.rendering.graph_render import Mixdown

WIDE = 1000


@dataclass(frozen=True)
class GraphCall:
    """What the command line asks for; `output` may be missing for a dry run only."""

    score: str
    graph: str
    output: str | None = None
    stems: str | None = None
    handoff: str | None = None
    from_map: str | None = None
    techniques: str | None = None
    rules: str | None = None
    dry_run: bool = False
    sample_rate: int | None = None
    seed: int = 0
    out_of_range: Literal["fail", "drop"] = "fail"
    as_json: bool = False


def run_graph(call: GraphCall) -> None:
    """Plan, render, write and tell; with `dry_run` plan and tell only."""
    from composer_daw.cli.progress import bar
    from composer_daw.rendering.graph_render import render_graph
    from composer_daw.rendering.memory import keep_freed_memory

    keep_freed_memory()

    plan, told_first = _planned(call)
    if call.dry_run:
        _show(plan, call)
        return
    _check_targets(call)
    total = len(plan.parts) + len(plan.graph.buses) + 1
    with naming(call.score), bar("tracks and buses", total) as told:
        mixdown = render_graph(
            plan, seed=call.seed, out_of_range=call.out_of_range, stems=bool(call.stems), told=told
        )
    _write(mixdown, plan, call)
    _tell(mixdown, plan, told_first, call)


def _planned(call: GraphCall) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan, its notes with their techniques, and what a person should be told of those.

    A span is told to meet no note where it does so in no part.
    """
    from composer_daw.midi import load_score
    from composer_daw.rendering.graph_plan import plan_graph
    from composer_daw.techniques.origins.decode import decode

    score, beside = load_score(call.score), load_beside(call.from_map, call.techniques, call.rules)
    told: tuple[str, ...] = ()
    if beside.from_map is not None:
        with naming(call.score):
            decoded = decode(score, beside.from_map)
        score, told, beside = decoded.performance, decoded.unread, dataclasses.replace(beside, from_map=None)
    plan = plan_graph(call.graph, score, call.sample_rate)
    plays = [
        beside.prepared(part.performance, part.instrument.technique_map, call.score) for part in plan.parts
    ]
    parts = tuple(
        dataclasses.replace(part, performance=one.performance)
        for part, one in zip(plan.parts, plays, strict=True)
    )
    unmet = [note for note in plays[0].notes if all(note in one.notes for one in plays)]
    return dataclasses.replace(plan, parts=parts), (*told, *unmet)


def _project(call: GraphCall) -> Path | None:
    """Return where the REAPER project goes, if one is asked for: beside the mix."""
    return Path(str(call.output)).with_suffix(".rpp") if call.handoff == "reaper" else None


def _check_targets(call: GraphCall) -> None:
    """Raise, before anything is rendered, for files that cannot be written."""
    from composer_daw.audio import check_audio_path
    from composer_daw.files import check_targets
    from composer_daw.rendering.graph_files import LIST

    check_audio_path(str(call.output))
    listing = Path(call.stems) / LIST if call.stems else None
    check_targets(call.output, _project(call), listing, source=call.score)


def _write(mixdown: Mixdown, plan: Plan, call: GraphCall) -> None:
    from composer_daw.audio import save_audio
    from composer_daw.dataset.labels import save_labels
    from composer_daw.rendering.graph_files import save_stems
    from composer_daw.rendering.reaper import save_reaper

    save_audio(mixdown.audio, str(call.output))
    if call.stems:
        save_stems(mixdown, plan, call.stems)
        for name, take in mixdown.takes.items():
            save_labels(take.labels, Path(call.stems, "labels", f"{name}.csv"))
        if project := _project(call):
            save_reaper(mixdown, plan, project, str(call.output), call.stems)


def _tell(mixdown: Mixdown, plan: Plan, told: tuple[str, ...], call: GraphCall) -> None:
    """Print what was written and, on standard error, whatever is not as it was asked."""
    notes = [*told, *(f"{name}: {note}" for name, take in mixdown.takes.items() for note in notes_on(take))]
    notes += mixdown.notes
    if plan.dropped:
        notes.append(f"no track plays them, notes: {plan.dropped}")
    mastered = mixdown.mastered
    if call.as_json:
        facts = {
            "output": call.output,
            "duration_s": round(mixdown.audio.duration_s, 6),
            "sample_rate": mixdown.audio.sample_rate,
            "loudness_lufs": round(mastered.loudness_lufs, 3),
            "true_peak_db": round(mastered.true_peak_db, 3),
            "gain_db": round(mastered.gain_db, 3),
            "limited_db": round(mastered.limited_db, 3),
            "tracks": {name: len(take.labels.rows) for name, take in mixdown.takes.items()},
            "ignored": plan.ignored,
            "unassigned": plan.dropped,
            "stems": call.stems,
            "notes": notes,
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(
        f"{call.output}: {mixdown.audio.duration_s:.2f} s, {len(mixdown.takes)} tracks, "
        f"{mastered.loudness_lufs:.1f} LUFS, {mastered.true_peak_db:.1f} dBTP"
    )
    if call.stems:
        summed = sum(stem.in_mix for stem in mixdown.stems)
        whole = "the premaster" if plan.graph.master.effects else "the mix"
        click.echo(f"{call.stems}: {len(mixdown.stems)} stems; {summed} of them add up to {whole}")
    for note in notes:
        click.echo(f"note: {note}", err=True)


# --- the plan as a tree ----------------------------------------------------------------------------------


def plan_facts(plan: Plan) -> dict[str, Any]:
    """Return what a plan says, for JSON and for the tree."""
    graph = plan.graph
    parts = {part.name: part for part in plan.parts}
    strips = {}
    for (kind, name), strip in graph.strips():
        facts: dict[str, Any] = {"kind": "track" if kind == "tracks" else "bus"}
        if part := parts.get(name):
            facts |= {"plays": str(part.track.selection), "notes": len(part.performance.notes)}
            facts |= {"instrument": part.instrument.name, "technique": part.track.technique}
            facts |= {"ride": [list(point) for point in part.track.ride]}
        facts |= {"level_db": strip.level_db, "pan": strip.pan, "effects": _effect_names(strip.effects)}
        strips[name] = facts | {"output": strip.output, "sends": dict(strip.sends)}
    return {
        "sample_rate": plan.sample_rate,
        "duration_s": round(plan.score.duration_s, 6),
        "strips": strips,
        "master": graph.master.model_dump(exclude={"effects"})
        | {"effects": _effect_names(graph.master.effects)},
        "ignored": plan.ignored,
        "unassigned": plan.dropped,
    }


def _effect_names(effects: tuple[Any, ...]) -> list[str]:
    return [f"plugin {effect.source}" if effect.key == "plugin" else effect.key for effect in effects]


def _show(plan: Plan, call: GraphCall) -> None:
    facts = plan_facts(plan)
    if call.as_json:
        click.echo(json.dumps({"score": call.score, "graph": call.graph} | facts, ensure_ascii=False))
        return
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDE  # in a pipe nothing is cut or wrapped
    Console(highlight=False, width=width).print(plan_tree(facts, call))


def plan_tree(facts: dict[str, Any], call: GraphCall) -> Tree:
    """Return the plan as a tree: what is put out to the master, and inside each bus what is put out to it."""
    from rich.text import Text
    from rich.tree import Tree

    loudness = facts["master"]["loudness_lufs"]
    words = ["master", *facts["master"]["effects"]]
    words += [] if loudness is None else [f"{loudness:g} LUFS"]
    words.append(f"true peak at most {facts['master']['true_peak_db']:g} dBTP")
    head = f"{call.score}, {facts['duration_s']:.2f} s, at {facts['sample_rate']} Hz"
    tree = Tree(Text(head + (f" -> {call.output}" if call.output else "")))
    _add_strips(tree.add(Text(", ".join(words))), facts["strips"], "master")
    for what in ("ignored", "unassigned"):
        if facts[what]:
            tree.add(Text(f"{what}: {facts[what]} notes"))
    return tree


def _add_strips(tree: Tree, strips: dict[str, Any], target: str) -> None:
    from rich.text import Text

    for name, facts in strips.items():
        if facts["output"] == target:
            _add_strips(tree.add(Text(f"{name}: {_in_words(facts)}")), strips, name)


def _in_words(facts: dict[str, Any]) -> str:
    words = []
    if facts["kind"] == "track":
        words.append(f"{facts['plays']}, {facts['notes']} notes on {facts['instrument']}")
        words[-1] += f" ({facts['technique']})"
    else:
        words.append("bus")
    words += facts["effects"]
    words += [f"{facts['level_db']:+g} dB"] if facts["level_db"] else []
    words += ["ridden"] if facts.get("ride") else []
    words += [f"pan {facts['pan']:+g}"] if facts["pan"] else []
    words += [f"sends {level_db:+g} dB to {target}" for target, level_db in facts["sends"].items()]
    return ", ".join(words)
