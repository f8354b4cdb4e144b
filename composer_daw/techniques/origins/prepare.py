"""Bring together where techniques come from: another library's switches, a sidecar, the score, rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from composer_daw.errors import DocumentError, TechniqueError, did_you_mean
from composer_daw.performance import Performance, TechniqueSet
from composer_daw.techniques.conditions import holds
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.origins.annotate import EARLY_S, Names, annotate, check_techniques
from composer_daw.techniques.origins.decode import decode
from composer_daw.techniques.origins.sidecar import Rule, Sidecar, Span, beat_of
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Prepared:
    """A performance whose notes carry what they ask for, and what a person should be told, in words."""

    performance: Performance
    notes: tuple[str, ...] = ()


def prepare(
    performance: Performance,
    technique_map: TechniqueMap,
    *,
    from_map: TechniqueMap | None = None,
    sidecars: tuple[Sidecar, ...] = (),
    vocabulary: Vocabulary | None = None,
) -> Prepared:
    """Return a score with the techniques of each note, for the instrument of `technique_map`.

    `from_map` is that of the library whose switches stand in the score. Where several speak of one group,
    the first of these counts: spans (the later in the files), what the note carries (its marks, or what was
    decoded), texts in force, rules (the earlier). Raises DocumentError for a sidecar that does not fit the
    score, TechniqueError, and InputError.
    """
    names = Names(technique_map, vocabulary or load_vocabulary())
    told: tuple[str, ...] = ()
    if from_map is not None:
        decoded = decode(performance, from_map, names.vocabulary)
        performance, told = decoded.performance, decoded.unread
    spans = [one for sidecar in sidecars for one in sidecar.spans]
    rules = [one for sidecar in sidecars for one in sidecar.rules]
    carried, unmet = with_spans(performance, spans, names)
    annotated, _ = with_spans(annotate(performance, technique_map, names.vocabulary), spans, names)
    return Prepared(with_rules(annotated, carried, rules, names), (*told, *unmet))


def with_spans(
    performance: Performance, spans: list[tuple[str, Span]], names: Names
) -> tuple[Performance, tuple[str, ...]]:
    """Return the score with what spans ask for on its notes, and what is said of spans without notes."""
    unmet = []
    for place, span in spans:
        asked = _checked(span.technique, place, names)
        inside = _inside(span, place, performance)
        if not inside.any():
            unmet.append(f"{place}: no note begins there")
        performance = _changed(performance, inside, lambda own, asked=asked: _over(own, asked, names))  # type: ignore[misc]
    return performance, tuple(unmet)


def with_rules(
    annotated: Performance, carried: Performance, rules: list[tuple[str, Rule]], names: Names
) -> Performance:
    """Return the score with what rules ask for, where nothing was asked in that group.

    `carried` has what notes carry by themselves: that counts as asked even where it goes without saying.
    """
    notes = annotated.notes
    line = notes["track"].astype(int) * 16 + notes["channel"]
    columns = (*(notes[name] for name in ("onset_s", "duration_s", "pitch", "velocity")), line)
    for place, rule in rules:
        asked = _checked(rule.technique, place, names)
        own = [_gives_way(one, asked, names) for one in carried.techniques]
        now = [
            _gives_way(tuple(name for name in one if name not in names.unsaid), asked, names)
            for one in annotated.techniques
        ]
        free = ~np.array(own)[carried.notes["technique"]] & ~np.array(now)[annotated.notes["technique"]]
        met = free & holds(rule.when, *columns) & _on_track(rule.track, place, annotated)
        annotated = _changed(annotated, met, lambda one, asked=asked: _over(one, asked, names))  # type: ignore[misc]
    return annotated


def _checked(technique: str, place: str, names: Names) -> TechniqueSet:
    try:
        asked = check_techniques(technique, names.technique_map, names.vocabulary)
    except TechniqueError as error:
        raise DocumentError(f"{place}: technique: {error}") from error
    if not asked:
        raise DocumentError(f"{place}: technique: names none; write what is to be played, such as sustain")
    return asked


def _inside(span: Span, place: str, performance: Performance) -> Mask:
    """Return which notes begin in a span."""
    start_s, end_s = span.from_s or 0.0, np.inf if span.to_s is None else span.to_s
    for key, position in (("from", span.start), ("to", span.to)):
        if position is None:
            continue
        try:
            time_s = float(performance.tempo.seconds_at(beat_of(position, performance.tempo)))
        except ValueError as error:
            raise DocumentError(f"{place}: {key}: {error}") from error
        start_s, end_s = (time_s, end_s) if key == "from" else (start_s, time_s)
    if end_s <= start_s:
        raise DocumentError(f"{place}: ends at {end_s:.2f} s, not after its start at {start_s:.2f} s")
    onset_s = performance.notes["onset_s"]
    inside = (onset_s >= start_s - EARLY_S) & (onset_s < end_s - EARLY_S)
    return np.asarray(inside & _on_track(span.track, place, performance))


def _on_track(track: str | int | None, place: str, performance: Performance) -> Mask:
    """Return which notes are on a track; raise DocumentError for one that the score does not have."""
    notes = performance.notes
    if track is None:
        return np.ones(len(notes), bool)
    titles = [one.name.strip().casefold() for one in performance.tracks]
    if isinstance(track, int):
        numbers = [track - 1] if 1 <= track <= len(titles) else []
    else:
        numbers = [number for number, title in enumerate(titles) if title == track.strip().casefold()]
    if not numbers:
        playing = np.unique(notes["track"]).tolist()
        there = ", ".join(f"{number + 1} '{performance.tracks[number].name}'" for number in playing)
        hint = did_you_mean(str(track), [one.name for one in performance.tracks])
        raise DocumentError(f"{place}: track: no track '{track}'{hint}; the score has {there}")
    return np.isin(notes["track"], numbers)


def _gives_way(there: TechniqueSet, asked: TechniqueSet, names: Names) -> bool:
    """Tell whether anything that is there is taken away by what is asked."""
    return _over(there, asked, names) != tuple(dict.fromkeys((*there, *asked)))


def _over(own: TechniqueSet, asked: TechniqueSet, names: Names) -> TechniqueSet:
    """Return what holds when something is asked for over what is there: that stays in other groups."""
    taken = {group for name in asked for group, _ in names.parts(name)}
    over = {other for name in asked for other in names.ends(name)} - set(asked)
    kept: list[str] = []
    for name in own:
        parts = names.parts(name)
        left = [part for group, part in parts if group not in taken and part not in over]
        kept += [name] if len(left) == len(parts) else left
    return tuple(dict.fromkeys((*kept, *asked)))


def _changed(
    performance: Performance, where: Mask, change: Callable[[TechniqueSet], TechniqueSet]
) -> Performance:
    """Return the performance with the sets of some notes changed."""
    technique = performance.notes["technique"].copy()
    table = {one: number for number, one in enumerate(performance.techniques)}
    for number in np.unique(technique[where]).tolist():
        mine = where & (performance.notes["technique"] == number)
        technique[mine] = table.setdefault(change(performance.techniques[number]), len(table))
    return dataclasses.replace(performance.with_notes(technique=technique), techniques=tuple(table))
