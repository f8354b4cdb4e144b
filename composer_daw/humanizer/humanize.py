"""Humanize a score in one call: emotion to figures, figures to rules, rules to a performance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar, cast, get_args

import numpy as np

from composer_daw.errors import InputError, did_you_mean
from composer_daw.humanizer.apply import Humanized, apply
from composer_daw.humanizer.draw import draw_plan
from composer_daw.humanizer.emotion import EmotionProfile, check_point, load_profile
from composer_daw.humanizer.expression import Expression
from composer_daw.humanizer.lines import Lines, lines_of
from composer_daw.humanizer.phrases import Phrases, given_phrases
from composer_daw.humanizer.plan import Rubato, Tempo, check_counts_once, speed_of
from composer_daw.humanizer.score_change import ScoreChanges, TempoClass
from composer_daw.humanizer.speed import at_speed, check_tempo
from composer_daw.humanizer.valence import advised_tempo, changed_score
from composer_daw.humanizer.warp import bar_lines
from composer_daw.performance import Performance

MOST_STRENGTH = 2.0

AskedMode = Literal["parallel", "major", "minor"]
AskedTempo = Literal["advised"] | TempoClass
Word = TypeVar("Word", bound=str)


def humanize(
    performance: Performance,
    valence: float | None = None,
    arousal: float | None = None,
    *,
    emotion: str | None = None,
    tempo: Tempo = "keep",
    rubato: float = 0.0,
    strength: float = 1.0,
    seed: int = 0,
    profile: EmotionProfile | None = None,
    rules: Mapping[str, float] | None = None,
    phrases: Sequence[float] | None = None,
    mode: AskedMode | None = None,
    register: int | None = None,
    tempo_class: AskedTempo | None = None,
) -> Humanized:
    """Return a score as it is played in an emotion: a word, or valence and arousal, each -1..1.

    With a word, `valence` and `arousal` take the place of its own where they are given. `strength` 0 changes
    nothing. `rubato` 0..1 blends the trained curves in, or the rules' where there are no weights (the plan
    says which). `rules` gives strengths of one's own by the rule's name. `phrases` are the bars, from 1, at
    which phrases start, 4.75 for the last quarter of the fourth; found from the score if not given.

    `mode`, `register` (semitones) and `tempo_class` change the score itself first: `parallel` and `advised`
    as the emotion advises. Raises InputError for an unknown word or rule, for a figure out of range, and for
    a tempo that cannot be played.
    """
    profile = profile or load_profile()
    _check_within("strength", strength, MOST_STRENGTH)
    _check_within("rubato", rubato, 1.0)
    tempo = _one_of("tempo", tempo, get_args(Tempo))
    check_tempo(performance.tempo)
    word = profile.point(emotion) if emotion is not None else None
    base = word or (0.0, 0.0)
    point = check_point(base[0] if valence is None else valence, base[1] if arousal is None else arousal)
    expression = profile.at(*point)
    changes = _changes(performance, expression, tempo, mode, register, tempo_class)
    changed, _ = changed_score(performance, changes)
    lines = lines_of(at_speed(changed, speed_of(expression, tempo, strength)))
    given = _phrases(lines, phrases) if phrases is not None else None
    plan = draw_plan(
        lines,
        expression,
        tempo=tempo,
        strength=strength,
        seed=seed,
        rubato=_curves(changed, given) if rubato else None,
        amount=rubato,
        emotion=emotion or "",
        moved=word is not None and word != point,
        changes=changes,
        phrases=given,
        rules=rules,
    )
    return apply(performance, plan)


def _check_within(name: str, value: float, most: float) -> None:
    if not 0.0 <= value <= most:
        raise InputError(f"{name} {value:g} is outside 0..{most:g}")


def _one_of(name: str, word: Word, known: tuple[str, ...]) -> Word:
    """Return a word that is known; raise InputError for another."""
    if word not in known:
        raise InputError(f"no {name} '{word}'{did_you_mean(word, known)}; give {' or '.join(known)}")
    return word


def _changes(
    performance: Performance,
    expression: Expression,
    tempo: Tempo,
    mode: AskedMode | None,
    register: int | None,
    tempo_class: AskedTempo | None,
) -> ScoreChanges:
    """Return what of the score is to be changed; raise InputError for what cannot be."""
    if mode:
        mode = _one_of("mode", mode, get_args(AskedMode))
    if register is not None and not -127 <= register <= 127:
        raise InputError(f"register {register} is outside -127..127 semitones")
    if tempo_class:
        known = ("advised", *get_args(TempoClass))
        tempo_class = _one_of("class of tempo", tempo_class, known)
    try:
        check_counts_once(tempo_class, tempo)
    except ValueError as error:
        raise InputError(str(error)) from error
    advised = tempo_class == "advised"
    return ScoreChanges(
        mode=expression.mode if mode == "parallel" else mode,
        register_semitones=register,
        tempo_class=advised_tempo(performance, expression) if advised else cast(TempoClass, tempo_class),
    )


def _phrases(lines: Lines, bars: Sequence[float]) -> Phrases:
    """Return the phrases that start at bars; raise InputError where there are no such bars."""
    edges = bar_lines(lines.performance.tempo, float(lines.chords["beat"].max(initial=0.0)) + 1e-6)
    last = len(edges) - 1
    if not len(bars) or np.any(np.diff(bars) <= 0) or not all(1 <= bar < last + 1 for bar in bars):
        told = ",".join(f"{bar:g}" for bar in bars)
        raise InputError(f"phrases {told}: bars must rise; there are 1 to {last}")
    return given_phrases(lines, np.interp(bars, np.arange(1, last + 2), edges).tolist())


def _curves(performance: Performance, phrases: Phrases | None) -> Rubato:
    """Return the curves of a score: trained ones, or those of the rules; its source says which."""
    from composer_daw.humanizer.rubato.curves import best_available

    return Rubato.of(best_available(lines_of(performance), phrases))
