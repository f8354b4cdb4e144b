"""Songs of the arranger for tests: conditions, scores (each made once), and lines read from the notes."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from composer_daw.composing.arranger import Arranger
from composer_daw.composing.arranger.planning import Plan, plan
from composer_daw.composing.conditions import Key, Kind, Mode, Part, SectionConditions, SongConditions
from composer_daw.performance import Performance

BOWED = frozenset(
    [
        "sustain",
        "legato",
        "staccato",
        "spiccato",
        "pizzicato",
        "tremolo",
        "harmonics",
        "col_legno",
        "con_sordino",
        "sul_tasto",
    ]
)
PICKED = frozenset({"sustain", "palm_mute", "strum_down", "strum_up"})
KIT = frozenset({"snare=hit", "snare=ghost", "snare=side_stick", "snare=rimshot", "snare=flam", "kick=hit"})

MELODY = Part("melody", "melody", 55, 105, BOWED)
GUITAR = Part("guitar", "chords", 40, 88, PICKED)
PIANO = Part("piano", "chords", 28, 100, frozenset({"sustain", "staccato"}))
BASS = Part("bass", "bass", 23, 67, frozenset({"sustain", "picked", "slap", "mute"}))
DRUMS = Part("drums", "drums", 0, 127, KIT)
QUARTET = (
    Part("violin", "violin", 55, 105, BOWED),
    Part("viola", "viola", 48, 88, BOWED),
    Part("cello", "cello", 36, 84, BOWED),
    Part("contrabass", "contrabass", 28, 67, BOWED),
)
BAND = (MELODY, GUITAR, BASS, DRUMS, *QUARTET)

FORM: tuple[Kind, ...] = (
    "intro",
    "verse",
    "prechorus",
    "chorus",
    "verse",
    "chorus",
    "bridge",
    "chorus",
    "outro",
)
SHORT: tuple[Kind, ...] = ("verse", "chorus", "bridge", "chorus")

GENRES = ("ballad", "bossa", "classical", "folk", "j-pop", "jazz", "lofi", "pop", "rock")
MOODS = {"happy": (0.7, 0.5), "sad": (-0.7, -0.5), "angry": (-0.6, 0.7), "calm": (0.5, -0.6)}


def section(kind: Kind, valence: float, arousal: float, **more: object) -> SectionConditions:
    """Return the conditions of a section: eight bars, four of an intro or outro."""
    bars = 4 if kind in ("intro", "outro") else 8
    told = {"name": kind, "kind": kind, "bars": bars, "valence": valence, "arousal": arousal, **more}
    return SectionConditions(**told)  # type: ignore[arg-type]


def song(
    genre: str = "pop",
    mode: Mode = "major",
    mood: str = "happy",
    form: tuple[Kind, ...] = SHORT,
    parts: tuple[Part, ...] = BAND,
    title: str = "A Test",
    tonic: int = 0,
    **more: object,
) -> SongConditions:
    """Return the conditions of a song in one mood; `more` goes to every section."""
    valence, arousal = MOODS[mood]
    sections = tuple(section(kind, valence, arousal, **more) for kind in form)
    return SongConditions(title, Key(tonic, mode), 100.0, genre, sections, parts)


@lru_cache(maxsize=64)
def arranged(genre: str, mode: Mode, mood: str, seed: int, form: tuple[Kind, ...] = SHORT) -> Performance:
    """Return a score of the whole band."""
    return Arranger().generate(song(genre, mode, mood, form, title=f"{genre} {mood}"), seed)


@lru_cache(maxsize=64)
def planned(genre: str, mode: Mode, mood: str, seed: int) -> Plan:
    """Return what the score that `arranged` gives is made of."""
    return plan(song(genre, mode, mood, title=f"{genre} {mood}"), seed)


CASES = [
    (genre, ("major", "minor")[number % 2], tuple(MOODS)[number % 4], number)
    for number, genre in enumerate(GENRES * 2)
]
"""Eighteen songs: every genre twice, in both modes, in four moods."""


class Heard(NamedTuple):
    """A note of a track, in quarter notes."""

    onset: float
    end: float
    pitch: int
    velocity: int
    techniques: tuple[str, ...]


def track(score: Performance, name: str) -> list[Heard]:
    """Return the notes of a part, in order."""
    number = [one.name for one in score.tracks].index(name)
    rows = score.notes[score.notes["track"] == number]
    beat = np.round(score.tempo.beats_at(rows["onset_s"]), 4)
    end = np.round(score.tempo.beats_at(rows["onset_s"] + rows["duration_s"]), 4)
    return [
        Heard(
            float(one),
            float(two),
            int(row["pitch"]),
            int(row["velocity"]),
            score.techniques[row["technique"]],
        )
        for one, two, row in zip(beat, end, rows, strict=True)
    ]


def starts(conditions: SongConditions) -> list[float]:
    """Return where sections begin, in quarter notes, and where the last one ends."""
    return [0.0, *accumulate(4.0 * one.bars for one in conditions.sections)]


def within(notes: list[Heard], start: float, end: float) -> list[Heard]:
    """Return the notes that begin in a stretch."""
    return [note for note in notes if start - 1e-6 <= note.onset < end - 1e-6]
