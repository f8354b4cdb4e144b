"""Draw: choose the rules and their strengths for an expression, and what chance decides, once for a score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from composer_daw.humanizer.expression import Expression
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.plan import Plan, Rubato, Tempo
from composer_daw.humanizer.rules.noise import TIMING_MS
from composer_daw.humanizer.rules.palette import PALETTE
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.humanizer.rules.swing import ratio_at
from composer_daw.sampling import generator_for

STEADY = {
    "high_loud": 1.0,
    "melodic_charge": 0.5,
    "harmonic_charge": 0.5,
    "double_duration": 0.5,
    "melody_lead": 0.5,
}
"""Rules that no emotion changes, and their strengths. Our choice: Director Musices' default.pal has 1 for the first
four, which together with the arches is more than one wants on top of an emotion."""

ARCHES = ("phrase_arch", "final_ritard")
"""What a drawn rubato takes the place of."""


def strengths_of(expression: Expression, lines: Lines, rubato: float = 0.0) -> dict[str, float]:
    """Return the strength of each rule for an expression; `rubato` 0..1 takes the place of the arches."""
    strengths = dict(STEADY)
    strengths["duration_contrast"] = expression.duration_contrast
    strengths["duration_contrast_articulation"] = max(expression.duration_contrast, 0.0)
    strengths["punctuation"] = expression.punctuation
    strengths["phrase_arch"] = expression.phrase_arch * (1.0 - rubato)
    strengths["final_ritard"] = expression.final_ritard * (1.0 - rubato)
    strengths["swing"] = _swing(expression.swing, lines)
    strengths["timing_noise"] = expression.timing_ms / TIMING_MS
    return strengths


def draw_plan(
    lines: Lines,
    expression: Expression,
    *,
    tempo: Tempo = "keep",
    strength: float = 1.0,
    seed: int = 0,
    rubato: Rubato | None = None,
    amount: float = 0.0,
    emotion: str = "",
    rules: Mapping[str, float] | None = None,
) -> Plan:
    """Return all that is drawn for a score; `rules` gives strengths of one's own by the rule's name.

    `rubato` are the curves at their full size, of which `amount` (0..1) is played.
    """
    strengths = strengths_of(expression, lines, amount if rubato else 0.0) | dict(rules or {})
    chosen = [_rule(name, k) for name, k in strengths.items() if k]
    drawn = tuple(rule.draw(lines, generator_for(seed, rule.name)) for rule in chosen)
    return Plan(
        valence=expression.valence,
        arousal=expression.arousal,
        emotion=emotion,
        expression=expression,
        tempo=tempo,
        strength=strength,
        seed=seed,
        chords=len(lines),
        rules=drawn,  # type: ignore[arg-type]
        rubato=rubato.scaled(amount) if rubato else Rubato(),
    )


def _rule(name: str, k: float) -> Rule:
    rule = PALETTE[name].at(k)
    return rule.model_copy(update={"delay": 0.0, "accent": 0.0}) if name == "swing" else rule


def _swing(ratio: float, lines: Lines) -> float:
    """Return the strength of swing that gives a ratio at the tempo of the score."""
    if ratio <= 1.0 or not len(lines):
        return 0.0
    tempo = lines.performance.tempo
    row = np.clip(np.searchsorted(tempo.beats, lines.chords["beat"] + 1e-9, side="right") - 1, 0, None)
    usual = float(ratio_at(np.array([np.median(tempo.bpm[row])]))[0])
    return 0.0 if usual <= 1.0 else (ratio - 1) / (ratio + 1) * (usual + 1) / (usual - 1)
