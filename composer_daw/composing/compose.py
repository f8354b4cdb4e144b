"""Compose a song: conditions to a score, a score to a performance, a performance to stems and a mix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from composer_daw.audio import Audio, save_audio
from composer_daw.composing.arranger import Arranger
from composer_daw.composing.conditions import Generator
from composer_daw.composing.keys import fifths_of
from composer_daw.composing.mix import Mixed, mix
from composer_daw.composing.outputs import GRAPH, MIX, PERFORMANCE, SCORE, STEMS, record_of
from composer_daw.composing.perform import Performed, check_score, perform, spans_of
from composer_daw.composing.request import Request
from composer_daw.errors import InputError, did_you_mean
from composer_daw.midi import load_midi, save_midi
from composer_daw.performance import KeySignature, Performance
from composer_daw.rendering.graph_files import save_stems

AS_ASKED = ("exact", "combined")
"""The rungs on which a note plays what was asked."""
GENERATORS: dict[str, Callable[[], Generator]] = {"arranger": Arranger}
"""Who can write a song, by name."""


@dataclass(frozen=True)
class Composed:
    """A song: its score, how it is played, how it sounds, and the record of what it was made of."""

    request: Request
    score: Performance
    performed: Performed
    mixed: Mixed | None
    record: dict[str, Any]
    remarks: tuple[str, ...]


def generator_named(name: str) -> Generator:
    """Return a generator; raise InputError for a name that none has."""
    if name not in GENERATORS:
        hint = did_you_mean(name, GENERATORS)
        raise InputError(f"no generator '{name}'{hint}; there is {', '.join(GENERATORS)}")
    return GENERATORS[name]()


def compose(
    request: Request,
    folder: Path,
    *,
    seed: int,
    generator: Generator,
    home: Path | None = None,
    audio: bool = True,
    workers: int = 1,
    told: Callable[[str], None] = lambda name: None,
) -> Composed:
    """Write a song into a folder: score, performance, and with `audio` the graph, stems and mix.

    `home` is where the folder will stand in the end. The same request and seed give the same bytes, whatever
    the workers. What is rendered is the performance as its file has it, so that the graph renders it again.
    """
    conditions = request.conditions
    score = _signed(generator.generate(conditions, seed), request)
    check_score(score, conditions)
    save_midi(score, folder / SCORE, by_track=True)
    told("score")
    performed = perform(score, conditions, request.band, seed)
    save_midi(performed.performance, folder / PERFORMANCE, by_track=True)
    told("performance")
    record = record_of(request, seed, generator.name)
    remarks = [*request.remarks, *_silent(score)]
    mixed = None
    if audio:
        played = load_midi(folder / PERFORMANCE)
        mixed = mix(
            played,
            request.band,
            section_times(performed, request),
            request.song.master,
            folder / GRAPH,
            home or folder,
            seed=seed,
            workers=workers,
            told=told,
        )
        save_audio(mixed.mixdown.audio, folder / MIX)
        _save_stems(mixed, folder / STEMS)
        told("mix")
        record["mix"] = _mix_facts(mixed)
        remarks += [*_stood_in(mixed), *mixed.mixdown.notes]
    record["remarks"] = remarks
    return Composed(request, score, performed, mixed, record, tuple(remarks))


def _signed(score: Performance, request: Request) -> Performance:
    """Return a score with key signatures and its end, where the generator wrote none."""
    conditions, spans = request.conditions, spans_of(request.conditions)
    keys = score.keys or tuple(
        KeySignature(span.start, *fifths_of(section.key or conditions.key))
        for span, section, before in zip(
            spans, conditions.sections, (None, *conditions.sections), strict=False
        )
        if before is None or section.key != before.key
    )
    return replace(score, keys=keys, end_beat=max(score.end_beat, spans[-1].end))


def section_times(performed: Performed, request: Request) -> list[tuple[float, float]]:
    """Return from when to when each section is played, in seconds."""
    spans = spans_of(request.conditions)
    edges = performed.performance.tempo.seconds_at([spans[0].start, *(span.end for span in spans)]).tolist()
    return list(zip(edges, edges[1:], strict=False))


def _silent(score: Performance) -> list[str]:
    """Return a remark for each part that has no notes."""
    playing = set(score.notes["track"].tolist())
    return [f"{track.name}: plays nothing" for row, track in enumerate(score.tracks) if row not in playing]


def _stood_in(mixed: Mixed) -> list[str]:
    """Return a remark for each technique that an instrument could not play as it was asked."""
    remarks = []
    for name, take in mixed.mixdown.takes.items():
        labels = take.labels
        rows = zip(labels.asked_names(), labels.played_names(), labels.rung_names(), strict=True)
        counted = Counter(row for row in rows if row[2] not in AS_ASKED)
        remarks += [
            f"{name}: asked for {asked}, plays {played} ({rung}), notes: {count}"
            for (asked, played, rung), count in counted.items()
        ]
    return remarks


def _save_stems(mixed: Mixed, folder: Path) -> None:
    """Write the stems that add up to the mix."""
    kept = tuple(stem for stem in mixed.mixdown.stems if stem.in_mix)
    save_stems(replace(mixed.mixdown, stems=kept), mixed.plan, folder, compact=True)


def _mix_facts(mixed: Mixed) -> dict[str, Any]:
    mastered, audio = mixed.mixdown.mastered, mixed.mixdown.audio
    return {
        "duration_s": round(audio.duration_s, 3),
        "sample_rate": audio.sample_rate,
        "loudness_lufs": round(mastered.loudness_lufs, 2),
        "true_peak_db": round(mastered.true_peak_db, 2),
        "limited_db": round(mastered.limited_db, 2),
        "level_db": mixed.balance.level_db,
        "under_the_mix_lu": mixed.under_lu,
    }


def stem_audio(mixed: Mixed) -> dict[str, Audio]:
    """Return the stems that add up to the mix, by name."""
    return {stem.name: stem.audio for stem in mixed.mixdown.stems if stem.in_mix}
