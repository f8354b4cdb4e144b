"""Notes of the parts in quarter notes, and the performance that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.form import Section
from composer_daw.composing.conditions import DRUM_CHANNEL, MOST_TUNED, Part, SongConditions
from composer_daw.errors import InputError
from composer_daw.events import Kind
from composer_daw.performance import CONTROL, Performance, TechniqueSet, TempoMap, Text, Track, note_rows

CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
PEDAL = 64
SHORTEST = 0.0625
"""Quarter notes: no note is written shorter."""


@dataclass(frozen=True)
class Note:
    """A written note: onset and length in quarter notes."""

    onset: float
    beats: float
    pitch: int
    velocity: int
    techniques: TechniqueSet = ()
    syllable: str = ""

    @property
    def end(self) -> float:
        """Return where it ends."""
        return self.onset + self.beats


@dataclass(frozen=True)
class Written:
    """What one part plays: its notes, and where its pedal goes down (1) and up (0)."""

    notes: tuple[Note, ...] = ()
    pedal: tuple[tuple[float, int], ...] = ()


def channels_of(parts: Sequence[Part]) -> list[int]:
    """Return the channel of each part: a kit has the tenth, the others theirs in order without it.

    Raises InputError for more parts than MIDI has channels, or more than one kit.
    """
    tuned = [number for number, part in enumerate(parts) if part.role != "drums"]
    if len(tuned) > MOST_TUNED:
        raise InputError(f"{len(tuned)} parts with pitches; there are channels for {MOST_TUNED}")
    if len(parts) - len(tuned) > 1:
        raise InputError(f"{len(parts) - len(tuned)} drum kits; there is a channel for one")
    own = dict(zip(tuned, CHANNELS, strict=False))
    return [own.get(number, DRUM_CHANNEL) for number in range(len(parts))]


def perform(song: SongConditions, sections: Sequence[Section], written: Sequence[Written]) -> Performance:
    """Return the performance: a track for each part, a marker where each section begins."""
    tempo = TempoMap(np.zeros(1), np.array([float(song.bpm)]))
    sets: dict[TechniqueSet, int] = {(): 0}
    channels = channels_of(song.parts)
    blocks, controls, texts = [], [], []
    for section in sections:
        texts.append(Text(float(tempo.seconds_at(section.start)), section.asked.name, "marker", 0))
    for number, one in enumerate(written):
        channel = channels[number]
        notes = sorted(one.notes, key=lambda note: (note.onset, note.pitch))
        blocks.append(_rows(notes, tempo, sets, channel, number))
        controls += _pedal(one, tempo, channel, number)
        texts += [
            Text(float(tempo.seconds_at(note.onset)), note.syllable, "lyric", number)
            for note in notes
            if note.syllable
        ]
    rows = np.concatenate(blocks) if blocks else note_rows([])
    rows = rows[np.lexsort((rows["track"], rows["pitch"], rows["onset_s"]))]
    rows["source"] = np.arange(len(rows))
    return Performance(
        rows,
        np.array(controls, CONTROL),
        tuple(sorted(texts, key=lambda text: (text.time_s, text.track))),
        tempo,
        tuple(Track(part.name) for part in song.parts),
        tuple(sets),
    )


def _rows(
    notes: Sequence[Note], tempo: TempoMap, sets: dict[TechniqueSet, int], channel: int, track: int
) -> np.ndarray:
    starts = tempo.seconds_at(np.array([note.onset for note in notes], float))
    ends = tempo.seconds_at(np.array([max(note.end, note.onset + SHORTEST) for note in notes], float))
    timed = [
        (float(start), float(end - start), note.pitch, int(np.clip(note.velocity, 1, 127)))
        for start, end, note in zip(starts, ends, notes, strict=True)
    ]
    asked = [sets.setdefault(note.techniques, len(sets)) for note in notes]
    return note_rows(timed, channel=channel, track=track, technique=np.array(asked, np.uint16))


def _pedal(
    one: Written, tempo: TempoMap, channel: int, track: int
) -> list[tuple[float, int, int, int, int, int]]:
    return [
        (float(tempo.seconds_at(beat)), int(Kind.CONTROL), channel, track, PEDAL, 127 * down)
        for beat, down in one.pedal
    ]
