"""Humanize a score in one call: emotion to figures, figures to rules, rules to a performance."""

from __future__ import annotations

from collections.abc import Mapping

from composer_daw.errors import InputError
from composer_daw.humanizer.apply import Humanized, apply
from composer_daw.humanizer.draw import draw_plan
from composer_daw.humanizer.emotion import EmotionProfile, load_profile
from composer_daw.humanizer.lines import lines_of
from composer_daw.humanizer.plan import Rubato, Tempo
from composer_daw.performance import Performance

MOST_STRENGTH = 2.0


def humanize(
    performance: Performance,
    valence: float | None = None,
    arousal: float | None = None,
    *,
    emotion: str = "",
    tempo: Tempo = "keep",
    rubato: float = 0.0,
    strength: float = 1.0,
    seed: int = 0,
    profile: EmotionProfile | None = None,
    rules: Mapping[str, float] | None = None,
) -> Humanized:
    """Return a score as it is played in an emotion: a word, or valence and arousal, each -1..1.

    With a word, `valence` and `arousal` take the place of its own where they are given. `strength` 0 changes
    nothing; `rubato` 0..1 blends the trained curves in, or the rules' where there are no weights (the plan says
    which). Raises InputError for an unknown word or a figure out of range.
    """
    profile = profile or load_profile()
    if not 0.0 <= strength <= MOST_STRENGTH:
        raise InputError(f"strength {strength:g} is outside 0..{MOST_STRENGTH:g}")
    point = profile.point(emotion) if emotion else (0.0, 0.0)
    expression = profile.at(
        point[0] if valence is None else valence, point[1] if arousal is None else arousal
    )
    lines = lines_of(performance)
    curves = _curves(performance, rubato) if rubato else None
    plan = draw_plan(
        lines,
        expression,
        tempo=tempo,
        strength=strength,
        seed=seed,
        rubato=curves,
        amount=rubato,
        emotion=emotion,
        rules=rules,
    )
    return apply(performance, plan)


def _curves(performance: Performance, amount: float) -> Rubato | None:
    """Return the trained curves of a score; None where the rules have to do."""
    from composer_daw.humanizer.rubato.curves import best_available

    if not 0.0 <= amount <= 1.0:
        raise InputError(f"rubato {amount:g} is outside 0..1")
    found = best_available(lines_of(performance))
    return Rubato.of(found)
