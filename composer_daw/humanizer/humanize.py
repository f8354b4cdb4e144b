"""Humanize a score in one call: emotion to figures, figures to rules, rules to a performance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from composer_daw.errors import InputError, did_you_mean
from composer_daw.humanizer.apply import Humanized, apply
from composer_daw.humanizer.draw import draw_plan
from composer_daw.humanizer.emotion import EmotionProfile, load_profile
from composer_daw.humanizer.lines import lines_of
from composer_daw.humanizer.plan import Rubato, Tempo, speed_of
from composer_daw.humanizer.speed import at_speed, check_tempo
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
    nothing. `rubato` 0..1 blends the trained curves in, or the rules' where there are no weights (the plan
    says which). `rules` gives strengths of one's own by the rule's name. Raises InputError for an unknown
    word or rule, for a figure out of range, and for a tempo that cannot be played.
    """
    profile = profile or load_profile()
    _check_within("strength", strength, MOST_STRENGTH)
    _check_within("rubato", rubato, 1.0)
    if tempo not in get_args(Tempo):
        raise InputError(f"no tempo '{tempo}'{did_you_mean(tempo, get_args(Tempo))}; give keep or map")
    check_tempo(performance.tempo)
    point = profile.point(emotion) if emotion else (0.0, 0.0)
    expression = profile.at(
        point[0] if valence is None else valence, point[1] if arousal is None else arousal
    )
    plan = draw_plan(
        lines_of(at_speed(performance, speed_of(expression, tempo, strength))),
        expression,
        tempo=tempo,
        strength=strength,
        seed=seed,
        rubato=_curves(performance) if rubato else None,
        amount=rubato,
        emotion=emotion,
        rules=rules,
    )
    return apply(performance, plan)


def _check_within(name: str, value: float, most: float) -> None:
    if not 0.0 <= value <= most:
        raise InputError(f"{name} {value:g} is outside 0..{most:g}")


def _curves(performance: Performance) -> Rubato:
    """Return the curves of a score: trained ones, or those of the rules; its source says which."""
    from composer_daw.humanizer.rubato.curves import best_available

    return Rubato.of(best_available(lines_of(performance)))
