"""Shape a performance for one instrument: controls and small changes by technique, before it is realized."""

from __future__ import annotations

import dataclasses

import numpy as np

from composer_daw.errors import InputError
from composer_daw.humanizer.apply import Humanized
from composer_daw.humanizer.expression import Expression
from composer_daw.humanizer.lines import DRUMS
from composer_daw.humanizer.shaping.bearing import Bearings, bearings
from composer_daw.humanizer.shaping.colours import left_to_envelopes, with_colours
from composer_daw.humanizer.shaping.dynamics import dynamics_of, listens_to
from composer_daw.humanizer.shaping.figures import Figures
from composer_daw.humanizer.shaping.loudness import with_loudness
from composer_daw.humanizer.shaping.ornaments import ornamented
from composer_daw.humanizer.shaping.strokes import played
from composer_daw.performance import Performance
from composer_daw.techniques import TechniqueMap, Vocabulary, annotate, load_vocabulary

MOST_STRENGTH = 2.0


def shape(
    performance: Performance,
    technique_map: TechniqueMap,
    expression: Expression,
    vocabulary: Vocabulary | None = None,
    *,
    strength: float = 1.0,
    ornaments: bool = False,
    one_player: bool = True,
) -> Performance:
    """Return a performance as an instrument is to play it in an expression: its notes, and more controls.

    Held notes get envelopes on the controller that the map declares as dynamics, and the controllers of
    sound that it follows or chases; what the score says on them is scaled, not replaced. Short, plucked and
    struck notes get none. `ornaments` adds ghost notes and flams on drums. `strength` (0..2) scales it all; 0
    gives the performance back as it is. With `one_player` the notes of all tracks are one player's, and the
    controls stand once, as the realizer reads them; without, each track and channel has its own, as in a DAW.
    Nothing is drawn: the same arguments give the same performance. Realize it with
    `told_by_score(technique_map)`. Raises InputError for a strength out of range.
    """
    if not 0.0 <= strength <= MOST_STRENGTH:
        raise InputError(f"strength {strength:g} is outside 0..{MOST_STRENGTH:g}")
    if strength == 0 or not len(performance.notes):
        return performance
    vocabulary, figures = vocabulary or load_vocabulary(), Figures.of(expression)
    if ornaments:
        performance = ornamented(performance, technique_map, figures)
    dynamics, listens = dynamics_of(technique_map), listens_to(technique_map)
    pitched = performance.notes["channel"] != DRUMS
    if technique_map.is_kit or not pitched.any():
        return performance
    found = bearings(performance, technique_map, vocabulary)
    sounding = dataclasses.replace(performance, notes=performance.notes[pitched])
    whole = played(sounding, Bearings(found.bearing[pitched], found.vibrato[pitched]), one_player)
    if dynamics is not None:
        here = left_to_envelopes(figures, listens)
        performance = with_loudness(performance, whole, dynamics, here, strength, one_player)
    return with_colours(performance, whole, listens, figures, strength, one_player)


def shaped(humanized: Humanized, technique_map: TechniqueMap, *, ornaments: bool = False) -> Performance:
    """Return a humanized performance with the controls for an instrument, part by part, to be written.

    Techniques are those of the score, note by note; its texts stay.
    """
    performance, plan = humanized.performance, humanized.plan
    score = annotate(humanized.lines.performance, technique_map, load_vocabulary())
    order = np.argsort(score.notes["source"], kind="stable")
    place = np.searchsorted(score.notes["source"], performance.notes["source"], sorter=order)
    marked = dataclasses.replace(
        performance.with_notes(technique=score.notes["technique"][order[place]]),
        techniques=score.techniques,
        texts=(),
    )
    done = shape(
        marked,
        technique_map,
        plan.expression,
        strength=plan.strength,
        ornaments=ornaments,
        one_player=False,
    )
    return dataclasses.replace(done, texts=performance.texts) if done is not marked else performance
