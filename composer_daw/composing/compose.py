"""Compose a song: conditions to a score, a score to a performance, a performance to stems and a mix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from composer_daw.audio import Audio, save_audio
from composer_daw.composing.conditions import Generator
from composer_daw.composing.generators import GENERATORS, check_genre, generator_named
from composer_daw.composing.keys import fifths_of, key_name
from composer_daw.composing.mix import SAMPLE_RATE, Mixed, Rendering, mix, reference
from composer_daw.composing.outputs import GRAPH, MIX, PERFORMANCE, SCORE, STEMS, record_of
from composer_daw.composing.perform import Performed, perform
from composer_daw.composing.request import Request
from composer_daw.composing.score_check import check_score
from composer_daw.composing.spans import spans_of
from composer_daw.midi import load_midi, save_midi
from composer_daw.performance import KeySignature, Performance
from composer_daw.rendering.graph_files import save_stems
from composer_daw.rendering.graph_play import readied
from composer_daw.techniques import Rung

__all__ = ["GENERATORS", "Composed", "compose", "generator_named", "section_times", "stem_audio"]

AS_ASKED = tuple(rung.name.lower() for rung in (Rung.EXACT, Rung.COMBINED))
"""The rungs on which a note plays what was asked."""


@dataclass(frozen=True)
class Composed:
    """A song: its score, how it is played, how it sounds, and the record of what it was made of."""

    request: Request
    score: Performance
    performed: Performed
    mixed: Mixed | None
    record: dict[str, Any]
    remarks: tuple[str, ...]


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
    conditions, band = request.conditions, [one.instrument for one in request.band]
    check_genre(generator, conditions.genre)
    with readied(band, SAMPLE_RATE, workers if audio else 1) as crew:
        score = _signed(generator.generate(conditions, seed), request)
        check_score(score, conditions)
        save_midi(score, folder / SCORE, by_track=True)
        told("score")
        performed = perform(score, conditions, request.band, seed)
        save_midi(performed.performance, folder / PERFORMANCE, by_track=True)
        told("performance")
        remarks = [*request.remarks, *_silent(score)]
        mixed = None
        if audio:
            played = load_midi(folder / PERFORMANCE)
            times = section_times(performed, request)
            how = Rendering(seed, workers, told, crew)
            mixed = mix(played, request, times, folder / GRAPH, home or folder, how)
    record = record_of(request, seed, generator.name, song_as_composed(request, seed, home or folder))
    if mixed is not None:
        save_audio(mixed.mixdown.audio, folder / MIX)
        _save_stems(mixed, folder / STEMS)
        told("mix")
        record["mix"] = _mix_facts(mixed)
        remarks += [*_stood_in(mixed), *mixed.mixdown.notes, *mixed.remarks]
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


def song_as_composed(request: Request, seed: int, home: Path) -> dict[str, Any]:
    """Return the song file that gives this song again: with the seed, key and captions that were used.

    A language model may answer otherwise next time, and instruments of the user's own stand where they do as
    seen from `home`. `load_request` reads it out of the record.
    """
    captions = {section.name: section.caption for section in request.conditions.sections}
    song = request.song.model_dump(mode="json", exclude_defaults=True) | {
        "key": key_name(request.conditions.key),
        "seed": seed,
    }
    for name, caption in captions.items():
        song["sections"][name]["caption"] = caption
    for one in request.band:
        own = request.song.instruments.get(one.part.name)
        if own is not None and own.instrument:
            song["instruments"][one.part.name]["instrument"] = reference(one, home)
    return song


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
        "ride_db": mixed.balance.ride_db,
        "under_the_mix_lu": mixed.under_lu,
    }


def stem_audio(mixed: Mixed) -> dict[str, Audio]:
    """Return the stems that add up to the mix, by name."""
    return {stem.name: stem.audio for stem in mixed.mixdown.stems if stem.in_mix}
