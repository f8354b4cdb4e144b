"""Techniques that sound: what a section asks of a part stands on its notes, and its instrument has it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping

import numpy as np

from composer_daw.errors import InputError
from composer_daw.evaluation.song_findings import Check, Finding, skipped
from composer_daw.evaluation.song_score import TICKS, Song
from composer_daw.performance import Performance
from composer_daw.techniques import Labels, TechniqueMap, load_vocabulary, realize
from composer_daw.techniques.origins.prepare import prepare
from composer_daw.techniques.resolve import Resolution, Rung

AS_ASKED = (Rung.EXACT, Rung.COMBINED)
"""The rungs on which a note plays what it asks for."""


def check_techniques(
    song: Song,
    maps: Mapping[str, TechniqueMap],
    asked: Mapping[tuple[int, str], str] | None = None,
) -> Check:
    """Every note plays what it asks for (label rung exact or combined), and asks for what its section does.

    `maps` by the name of the part; `asked`: the technique by number of the section and name of the part.
    Notes that the instrument does not have are findings, too. Figures: notes that are played as asked, and
    how many of them ask for anything.
    """
    if not maps:
        return skipped("techniques", "no instruments are given")
    findings: list[Finding] = []
    counts: Counter[str] = Counter()
    for name, technique_map in maps.items():
        alone = _alone(song, name)
        wanted = {section: want for (section, part), want in (asked or {}).items() if part == name}
        if not len(alone.notes):
            findings.append(Finding(0, 0.0, (name,), "plays no note"))
            continue
        try:
            realized = realize(prepare(alone, technique_map).performance, technique_map, out_of_range="drop")
        except InputError as error:
            findings.append(Finding(0, 0.0, (name,), str(error)))
            continue
        findings += _of_part(song, name, realized.labels, wanted, counts)
    notes = counts["notes"]
    figures = {
        "notes": notes,
        "as_asked": counts["fine"] / notes if notes else float("nan"),
        "asking": counts["asking"] / notes if notes else float("nan"),
    }
    return Check("techniques", not findings, figures, tuple(findings))


def _of_part(
    song: Song, name: str, labels: Labels, wanted: Mapping[int, str], counts: Counter[str]
) -> list[Finding]:
    """Return what is wrong with the notes of one part, and add to the counts."""
    rows = labels.rows
    ticks = np.round(song.performance.tempo.beats_at(rows["written_onset_s"]) * TICKS).astype(int)
    sections = [song.section_at(tick) for tick in ticks.tolist()]
    unsaid = {entry.default for entry in load_vocabulary().groups.values()}
    wrongs: Counter[tuple[int, str]] = Counter()
    for row, section in zip(rows, sections, strict=True):
        resolution = labels.resolutions[int(row["asked"])]
        piece = labels.pieces.get(int(row["pitch"]), ("", ""))[0]
        want = wanted.get(section, "")
        wrong = _wrong(resolution, _lacking(resolution, want, piece), want)
        counts["notes"] += 1
        counts["asking"] += bool(set(resolution.asked) - unsaid or resolution.strokes)
        counts["fine"] += not wrong
        wrongs[section, wrong] += bool(wrong)
    findings = [_told(song, name, *place, count) for place, count in wrongs.items() if count]
    if labels.dropped:
        plural = "s" * (labels.dropped > 1)
        findings.append(Finding(0, 0.0, (name,), f"{labels.dropped} note{plural} that the instrument lacks"))
    return findings + [
        Finding(song.sections[one].first_bar + 1, 1.0, (name,), f"'{song.sections[one].name}' {what}")
        for one, want in wanted.items()
        if one not in sections
        for what in (f"asks for {want}, but the part is silent",)
    ]


def _alone(song: Song, name: str) -> Performance:
    """Return the score with the notes of one part, and the texts that speak to it."""
    performance = song.performance
    tracks = [number for number, track in enumerate(performance.tracks) if track.name == name]
    others = set(np.unique(performance.notes["track"]).tolist()) - set(tracks)
    return dataclasses.replace(
        performance,
        notes=performance.notes[np.isin(performance.notes["track"], tracks)],
        texts=tuple(text for text in performance.texts if text.track not in others),
    )


def _lacking(resolution: Resolution, want: str, piece: str) -> list[str]:
    """Return which of the wanted techniques a note does not ask for.

    What goes without saying (sustain) is there unless the note asks for another of its group; a stroke of a
    drum (snare=rimshot) concerns only the notes of that drum.
    """
    vocabulary = load_vocabulary()
    has = {*resolution.asked, *(f"{drum}={stroke}" for drum, stroke in resolution.strokes)}
    groups = {vocabulary.techniques[one].group for one in has if one in vocabulary.techniques}
    lacking = []
    for one in filter(None, want.split("+")):
        drum, is_stroke, _ = one.partition("=")
        term = vocabulary.techniques.get(one)
        free = term is not None and term.group not in groups
        by_itself = term is not None and free and vocabulary.groups[term.group].default == one
        if one not in has and not by_itself and not (is_stroke and drum != piece):
            lacking.append(one)
    return lacking


def _wrong(resolution: Resolution, lacking: list[str], want: str) -> str:
    """Return why a note is not as it or its section asks, or an empty string."""
    names = "+".join(resolution.asked) or "nothing"
    if resolution.rung not in AS_ASKED:
        played = "+".join(resolution.played) or "the default"
        return f"asks for {names}, plays {played} ({resolution.rung.name.lower()})"
    return f"the section asks for {want}, the notes for {names}" if lacking else ""


def _told(song: Song, part: str, section: int, wrong: str, count: int) -> Finding:
    where = song.sections[section] if section >= 0 else None
    bar = where.first_bar + 1 if where else 0
    return Finding(
        bar, 1.0 if where else 0.0, (part,), f"{count} notes{f' of {where.name!r}' if where else ''}: {wrong}"
    )
