"""The report on one song: metrics, checks, and what had to be guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from composer_daw.evaluation.music_metrics import metrics_of
from composer_daw.evaluation.song_contrast import score_features
from composer_daw.evaluation.song_counterpoint import (
    check_crossing,
    check_dissonances,
    check_leaps,
    check_parallels,
    check_ranges,
)
from composer_daw.evaluation.song_findings import Check, plain
from composer_daw.evaluation.song_form import check_cadences, check_form
from composer_daw.evaluation.song_harmony import chords_of, irregularity
from composer_daw.evaluation.song_motif import Step, check_motif, steps_of
from composer_daw.evaluation.song_score import Key, Section, Song, SongPart, key_of, song_of
from composer_daw.evaluation.song_structure import structure_of
from composer_daw.evaluation.song_techniques import check_techniques
from composer_daw.evaluation.song_voices import melody_of, outer_pairs, string_voices
from composer_daw.performance import Array, Performance
from composer_daw.techniques import TechniqueMap


@dataclass(frozen=True)
class SongReport:
    """What was measured and checked on one song.

    `steps` is its melody as `song_motif.likeness` takes it, `features` what tells sad from happy; `guessed`
    says in words what was not given.
    """

    key: Key
    metrics: Mapping[str, float]
    features: Mapping[str, float]
    checks: tuple[Check, ...]
    steps: tuple[Step | None, ...]
    guessed: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether no check fails; one that could not be made does not count."""
        return all(check.holds is not False for check in self.checks)

    def check(self, name: str) -> Check:
        """Return a check by its name."""
        return next(one for one in self.checks if one.name == name)

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "holds": self.holds,
            "key": str(self.key),
            "guessed": list(self.guessed),
            "metrics": plain(self.metrics),
            "features": plain(self.features),
            "checks": {check.name: check.as_data() for check in self.checks},
        }


def check_song(
    performance: Performance,
    *,
    parts: Sequence[SongPart] = (),
    sections: Sequence[Section] | None = None,
    key: Key | None = None,
    section_keys: Sequence[Key | None] = (),
    form: Sequence[str] = (),
    maps: Mapping[str, TechniqueMap] | None = None,
    asked: Mapping[tuple[int, str], str] | None = None,
) -> SongReport:
    """Measure and check a score as it is written, before any humanizing.

    `parts`: role and range of each track (else by the tracks' names); `sections` (else the markers); `key`
    (else that which its notes fit best), and keys of single sections; `form`: the sections' names in order;
    `maps`: technique maps by part; `asked`: techniques by number of section and part. Raises InputError for
    a score without notes, and for parts and sections that it does not have.
    """
    song = song_of(performance, parts, sections)
    home = key or key_of(song.pitched if len(song.pitched) else song.notes)
    melody, accompaniment = melody_of(song), _accompaniment(song)
    chords = chords_of(song, song.pitched)
    beneath = chords_of(song, accompaniment)
    checks = (
        check_form(song, form),
        check_cadences(song, chords, home, section_keys),
        check_ranges(song),
        check_parallels(song, outer_pairs(song)),
        check_crossing(song, string_voices(song)),
        check_leaps(song, melody),
        check_dissonances(song, melody, beneath),
        check_motif(song, melody, home),
        check_techniques(song, maps or {}, asked),
    )
    metrics = metrics_of(song) | structure_of(song) | {"chord_irregularity": irregularity(chords)}
    return SongReport(
        home,
        metrics,
        score_features(song, melody),
        checks,
        tuple(steps_of(melody.rows, home)),
        _guessed(song, key),
    )


def _accompaniment(song: Song) -> Array:
    """Return the pitched notes without the melody's; all of them where nothing else plays."""
    names = [part.name for part in song.parts_of("melody")]
    tracks = [number for number, track in enumerate(song.performance.tracks) if track.name in names]
    others = song.pitched[~np.isin(song.pitched["track"], tracks)]
    return np.asarray(others if len(others) else song.pitched)


def _guessed(song: Song, key: Key | None) -> tuple[str, ...]:
    told = []
    if key is None:
        told.append("the key, from the notes")
    if not song.parts_of("melody"):
        told.append("the melody: the highest line of all tracks")
    if not song.parts_of("bass", "contrabass", "cello"):
        told.append("the bass: the lowest line of all tracks")
    return tuple(told)
