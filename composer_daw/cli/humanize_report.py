"""What `composer-daw humanize` says: what was written, how it is played, what else should be known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from composer_daw.events import Kind

if TYPE_CHECKING:
    from composer_daw.humanizer import Humanized
    from composer_daw.performance import Array, Performance


@dataclass(frozen=True)
class Shaping:
    """A performance before and after it was shaped for an instrument."""

    instrument: str
    is_kit: bool
    ornaments: bool
    before: Performance
    performance: Performance

    @property
    def points(self) -> dict[int, int]:
        """Return how many points each controller has, of those that were written anew."""
        was, now = (_points(one) for one in (self.before, self.performance))
        counted = zip(*np.unique(now["number"], return_counts=True), strict=True)
        return {
            int(number): int(count)
            for number, count in counted
            if not np.array_equal(now[now["number"] == number], was[was["number"] == number])
        }

    @property
    def notes_added(self) -> int:
        """Return how many ghost notes and grace hits there are."""
        return len(self.performance.notes) - len(self.before.notes)

    @property
    def summary(self) -> str:
        """Return what was added, in words."""
        added = [f"{count} points on CC{number}" for number, count in self.points.items()]
        if self.notes_added:
            added.append(f"notes added: {self.notes_added}")
        return f"shaped for {self.instrument}: {', '.join(added) or 'nothing to add'}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return why nothing was added, where that is so."""
        if self.points or self.notes_added:
            return ()
        if not self.is_kit:
            why = "its map has no controller to shape with, or the score no note that it shapes"
        else:
            why = "no stroke for a ghost note or a flam" if self.ornaments else "drums have --ornaments only"
        return (f"{self.instrument}: {why}",)


def _points(performance: Performance) -> Array:
    """Return the points of all controllers."""
    return np.asarray(performance.controls[performance.controls["kind"] == Kind.CONTROL])


def tell(output: str, humanized: Humanized, shaping: Shaping | None, as_json: bool) -> None:
    """Print what was written and, on standard error, whatever else should be known; or all of it as JSON."""
    facts = _facts(output, humanized, shaping)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    tempo = f"tempo map, {facts['speed']:.2f} times as fast" if facts["tempo"] == "map" else "tempo kept"
    told = [f"{facts['duration_s']:.2f} s, {facts['notes']} notes", humanized.plan.feeling, tempo]
    told += [shaping.summary] if shaping else []
    click.echo(f"{output}: {'; '.join(told)}")
    notes = [*facts["changes"], *facts["remarks"]]
    if facts["rubato"] != "none":
        notes.append(f"rubato by {facts['rubato']}")
    for note in notes:
        click.echo(f"note: {note}", err=True)


def _facts(output: str, humanized: Humanized, shaping: Shaping | None) -> dict[str, Any]:
    plan = humanized.plan
    performance = shaping.performance if shaping else humanized.performance
    facts = {
        "output": output,
        "notes": len(performance.notes),
        "duration_s": round(performance.duration_s, 6),
        "emotion": plan.emotion,
        "moved": plan.moved,
        "valence": plan.valence,
        "arousal": plan.arousal,
        "tempo": plan.tempo,
        "speed": round(plan.speed, 6),
        "strength": plan.strength,
        "seed": plan.seed,
        "rubato": plan.rubato.source,
        "rules": dict(_strength(str(rule.name), *rule.figure) for rule in plan.rules),
        "expression": plan.expression.figures(),
        "changes": [change.summary for change in humanized.changes],
        "remarks": [*humanized.remarks, *(shaping.remarks if shaping else ())],
    }
    if shaping:
        points = {f"CC{number}": count for number, count in shaping.points.items()}
        facts["shaped"] = {
            "instrument": shaping.instrument,
            "points": points,
            "notes_added": shaping.notes_added,
        }
    return facts


def _strength(rule: str, figure: str, value: float) -> tuple[str, float]:
    """Return a rule's strength by its name; what is no k says so."""
    return (rule, value) if figure == "k" else (f"{rule}_{figure}", round(value, 6))
