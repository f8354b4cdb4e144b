"""Perform a score: each section in its own mood, then each part shaped for its instrument.

The humanizer plays one mood at a time. So each section is played by itself, its bar lines kept where they are
(`tempo: keep`), and the sections stand side by side again: nothing moves across a bar line but what the mood
moves around it. How loud a section is says the score, and its mood adds a share (`level_share` in
`configs/compose/band.yaml`); what the humanizer does to single notes lies on top. Then a tempo map gives each
section its pace, and the song its last ritard (`pace`).

Techniques are shaped (envelopes, vibrato, brightness) over the whole part, once for each mood, and each
section takes its own stretch of that, so that an envelope begun in one section ends in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.band import load_band
from composer_daw.composing.conditions import SongConditions
from composer_daw.composing.pace import paced
from composer_daw.composing.seating import Seated
from composer_daw.composing.spans import Span, spans_of
from composer_daw.humanizer import Expression, humanize
from composer_daw.humanizer.repair import apart
from composer_daw.humanizer.shaping import shape
from composer_daw.humanizer.velocities import below_full, level_of, velocity_of
from composer_daw.performance import CONTROL, Array, Performance, Text
from composer_daw.sampling import seed_for

EARLY = 1e-6
"""Quarter notes before a bar line that count as on it."""


@dataclass(frozen=True)
class Performed:
    """A song as it is played, and the expression of each section."""

    performance: Performance
    expressions: tuple[Expression, ...]


def perform(score: Performance, song: SongConditions, band: Sequence[Seated], seed: int) -> Performed:
    """Return a score as the band plays it; the same seed gives the same performance."""
    spans, beats = spans_of(song), score.tempo.beats_at(score.notes["onset_s"])
    share = load_band().level_share
    pieces: list[Performance] = []
    expressions: list[Expression] = []
    for number, (span, section) in enumerate(zip(spans, song.sections, strict=True)):
        own = _section(score, span, beats, number == 0, number == len(spans) - 1)
        item = f"perform/{number}/{section.name}"
        played = humanize(
            own, section.valence, section.arousal, tempo="keep", seed=seed_for(seed, item) % 2**31
        )
        expressions.append(played.plan.expression)
        pieces.append(_at_its_level(played.performance, own, share * expressions[-1].level_db))
    edges = [spans[0].start, *(span.end for span in spans)]
    whole = paced(joined(score, pieces), edges, expressions)
    controls = [_shaped(whole, number, one, spans, expressions) for number, one in enumerate(band)]
    shaped = dataclasses.replace(whole, controls=np.concatenate(controls) if controls else whole.controls)
    return Performed(shaped, tuple(expressions))


def _at_its_level(played: Performance, own: Performance, louder_db: float) -> Performance:
    """Return a section at the mean level that its score has, and so much louder; none above full."""
    if not len(own.notes):
        return played
    level = level_of(played.notes["velocity"])
    mean = float(level_of(own.notes["velocity"]).mean())
    return played.with_notes(velocity=velocity_of(below_full(level - float(level.mean()) + mean + louder_db)))


def joined(score: Performance, pieces: Sequence[Performance]) -> Performance:
    """Return sections side by side; a note that reaches over the next of its pitch ends there."""
    notes = np.concatenate([piece.notes for piece in pieces])
    end_s = apart(notes["onset_s"], notes["onset_s"] + notes["duration_s"], notes)
    notes["duration_s"] = end_s - notes["onset_s"]
    texts = tuple(text for piece in pieces for text in piece.texts)
    controls = np.concatenate([piece.controls for piece in pieces])
    return dataclasses.replace(score, notes=notes, controls=controls, texts=texts)


def _section(score: Performance, span: Span, beats: Array, first: bool, last: bool) -> Performance:
    """Return what begins in a section, where it stands in the song."""
    low = -np.inf if first else span.start - EARLY
    high = np.inf if last else span.end - EARLY

    def mine(time_s: Array) -> Array:
        at = score.tempo.beats_at(time_s)
        return (at >= low) & (at < high)

    texts = _within(score.texts, mine)
    chosen = (beats >= low) & (beats < high)
    controls = score.controls[mine(score.controls["time_s"])]
    return dataclasses.replace(score, notes=score.notes[chosen], controls=controls, texts=texts)


def _within(texts: Sequence[Text], mine: Callable[[Array], Array]) -> tuple[Text, ...]:
    kept = mine(np.array([text.time_s for text in texts], float))
    return tuple(text for text, keep in zip(texts, kept.tolist(), strict=True) if keep)


def _shaped(
    whole: Performance,
    number: int,
    seated: Seated,
    spans: Sequence[Span],
    expressions: Sequence[Expression],
) -> Array:
    """Return the controls of one part: in each section those that its expression asks for."""
    mine = whole.controls[whole.controls["track"] == number]
    notes = whole.notes[whole.notes["track"] == number]
    if not len(notes):
        return np.asarray(mine)
    alone = dataclasses.replace(whole, notes=notes, controls=mine, texts=())
    by_mood: dict[tuple[float, float], Array] = {}
    rows = []
    starts = whole.tempo.seconds_at([span.start for span in spans])
    ends = [*starts[1:], np.inf]
    for row, (expression, start, end) in enumerate(zip(expressions, starts, ends, strict=True)):
        mood = (expression.valence, expression.arousal)
        if mood not in by_mood:
            by_mood[mood] = shape(alone, seated.instrument.technique_map, expression).controls
        controls = by_mood[mood]
        time_s = controls["time_s"]
        if row:
            rows.append(_in_force(controls[time_s < start], start))
        rows.append(controls[(time_s >= (start if row else -np.inf)) & (time_s < end)])
    return np.concatenate(rows)


def _in_force(before: Array, time_s: float) -> Array:
    """Return the last value of each controller, said again at a time."""
    last: dict[tuple[int, ...], int] = {}
    for row, (kind, channel, number) in enumerate(
        zip(before["kind"].tolist(), before["channel"].tolist(), before["number"].tolist(), strict=True)
    ):
        last[kind, channel, number] = row
    again = before[sorted(last.values())].astype(CONTROL)
    again["time_s"] = time_s
    return np.asarray(again)
