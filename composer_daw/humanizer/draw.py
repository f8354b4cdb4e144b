"""Draw: choose the rules and their strengths for an expression, and what chance decides, once for a score."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from composer_daw.errors import InputError, did_you_mean
from composer_daw.humanizer.expression import Expression
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.phrases import Phrases
from composer_daw.humanizer.plan import Plan, Rubato, Tempo, digest_of
from composer_daw.humanizer.rules.noise import TIMING_MS
from composer_daw.humanizer.rules.palette import PALETTE
from composer_daw.humanizer.rules.phrase_arch import PhraseArch
from composer_daw.humanizer.rules.rule import MOST_K, Rule
from composer_daw.humanizer.rules.swing import Swing
from composer_daw.humanizer.score_change import ScoreChanges
from composer_daw.sampling import generator_for

STEADY = {
    "high_loud": 1.0,
    "melodic_charge": 0.5,
    "harmonic_charge": 0.5,
    "double_duration": 0.5,
    "melody_lead": 0.5,
}
"""Rules that no emotion changes, and their strengths. Our choice: Director Musices' default.pal has 1 for the
first four, which together with the arches is more than one wants on top of an emotion."""


def rules_of(
    expression: Expression, tempo: Tempo, rubato: float = 0.0, strength: float = 1.0
) -> dict[str, Rule]:
    """Return the rules for an expression, by name; `rubato` 0..1 takes the place of the arches.

    Where the grid is kept there is no final ritard: inside a bar that may not last longer, its first notes
    would have to hurry. `strength` is what all is multiplied with: timing stays within its limit.
    """
    strengths = dict(STEADY)
    strengths["duration_contrast"] = expression.duration_contrast
    strengths["duration_contrast_articulation"] = max(expression.duration_contrast, 0.0)
    strengths["punctuation"] = expression.punctuation
    strengths["phrase_arch"] = expression.phrase_arch * (1.0 - rubato)
    strengths["final_ritard"] = expression.final_ritard * (1.0 - rubato) if tempo == "map" else 0.0
    widest_ms = expression.clip("timing_ms")[1] / max(strength, 1.0)
    strengths["timing_noise"] = min(expression.timing_ms, widest_ms) / TIMING_MS
    rules: dict[str, Rule] = {name: rule_at(name, k) for name, k in strengths.items()}
    if expression.swing > 1.0:
        rules["swing"] = Swing(ratio=expression.swing, delay=0.0, accent=0.0)
    return rules


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
    moved: bool = False,
    changes: ScoreChanges | None = None,
    phrases: Phrases | None = None,
    rules: Mapping[str, float] | None = None,
) -> Plan:
    """Return all that is drawn for a score; `rules` gives strengths of one's own by the rule's name.

    `rubato` are the curves at their full size, of which `amount` (0..1) is played. `changes` are made in the
    score already. `phrases` are those of the arches, found from the score where none are given.
    """
    chosen = rules_of(expression, tempo, amount if rubato else 0.0, strength)
    chosen |= {name: rule_at(name, k) for name, k in (rules or {}).items()}
    if phrases is not None:
        chosen |= {name: rule.over(phrases) for name, rule in chosen.items() if isinstance(rule, PhraseArch)}
    drawn = [rule.draw(lines, generator_for(seed, rule.name)) for rule in chosen.values() if rule.k]
    return Plan(
        valence=expression.valence,
        arousal=expression.arousal,
        emotion=emotion,
        moved=moved,
        expression=expression,
        tempo=tempo,
        strength=strength,
        seed=seed,
        chords=len(lines),
        score=digest_of(lines),
        changes=changes or ScoreChanges(),
        rules=tuple(drawn),  # type: ignore[arg-type]
        rubato=rubato.scaled(amount) if rubato else Rubato(),
    )


def rule_at(name: str, k: float) -> Rule:
    """Return a rule; raise InputError for one that is not there, or that cannot be so strong."""
    if name not in PALETTE:
        raise InputError(f"no rule '{name}'{did_you_mean(name, PALETTE)}; there are {', '.join(PALETTE)}")
    if not abs(k) <= MOST_K:
        raise InputError(f"{name}: strength {k:g} is outside -{MOST_K:g}..{MOST_K:g}")
    try:
        return PALETTE[name].at(k)
    except ValidationError as error:
        raise InputError(f"{name}: strength {k:g}: {error.errors()[0]['msg']}") from error
