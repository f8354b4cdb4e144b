"""A song file for a small band of sines, and a generator that writes the plainest score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from small_instruments import DRUMS, PRESET, write_instrument

from composer_daw.composing.band import load_band
from composer_daw.composing.conditions import Part, SongConditions
from composer_daw.performance import Performance, TempoMap, Text, Track, note_rows

SONG = """\
song: 1
title: Small
genre: ballad
seed: 3
form: [verse, chorus, verse]
sections:
  verse: {bars: 8, story: "Rain at night; she waits alone.", techniques: {violin: pizzicato}}
  chorus: {bars: 8, story: "The sun returns, and they laugh and dance.", lyrics: "La la la\\nLa la"}
"""

BAND = """\
instruments:
  melody: fake.yaml
  chords: null
  bass: {instrument: fake.yaml, range: [G2, C5]}
  drums: kit.yaml
  violin: fake.yaml
  viola: null
  cello: null
  contrabass: null
"""

CHANNELS = [channel for channel in range(16) if channel != 9]


def write_band(folder: Path) -> None:
    """Write the instruments of the small band beside a song."""
    write_instrument(folder)
    (folder / "kit_map.yaml").write_text(DRUMS, encoding="utf-8")
    kit = PRESET.format(name="Fake Drums", source="sine", map="kit_map.yaml")
    (folder / "kit.yaml").write_text(kit, encoding="utf-8")


def write_song(folder: Path, song: str = SONG, band: str = BAND) -> Path:
    """Write a song file and its band; return the path of the song."""
    write_band(folder)
    path = folder / "song.yaml"
    path.write_text(song + band, encoding="utf-8")
    return path


class Plain:
    """A generator: a quarter note on each beat for each part, louder in choruses."""

    name = "plain 1"
    genres = frozenset(load_band().genres)

    def generate(self, song: SongConditions, seed: int) -> Performance:
        """Return the score."""
        tempo = TempoMap(np.zeros(1), np.array([song.bpm]))
        beat_s = 60.0 / song.bpm
        sets: dict[tuple[str, ...], int] = {(): 0}
        rows, texts, start = [], [], 0.0
        for section in song.sections:
            texts.append(Text(start * beat_s, section.name, "marker", 0))
            for number, part in enumerate(song.parts):
                named = section.techniques.get(part.name)
                technique = sets.setdefault(tuple(named.split("+")) if named else (), len(sets))
                velocity = 90 if section.kind == "chorus" else 60
                notes = [
                    ((start + beat) * beat_s, beat_s, _pitch(part, beat + seed), velocity)
                    for beat in range(4 * section.bars)
                ]
                channel = 9 if part.role == "drums" else CHANNELS[number]
                rows.append(note_rows(notes, track=number, channel=channel, technique=technique))
            start += 4 * section.bars
        notes = np.concatenate(rows)
        notes["source"] = np.arange(len(notes))
        tracks = tuple(Track(part.name) for part in song.parts)
        return Performance(notes, texts=tuple(texts), tempo=tempo, tracks=tracks, techniques=tuple(sets))


def _pitch(part: Part, step: int) -> int:
    """Return a pitch of the middle of a part's range; of a kit, kick and snare in turn."""
    if part.role == "drums":
        return (36, 38)[step % 2]
    middle = (max(part.lowest, 36) + min(part.highest, 84)) // 2
    return middle + (0, 2, 4, 5, 7)[step % 5]
