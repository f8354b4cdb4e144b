"""What is played to find out about a sound: a few plain notes, and something busy."""

from __future__ import annotations

import numpy as np

from composer_daw.events import Events
from composer_daw.performance import Performance, TechniqueSet, note_rows
from composer_daw.techniques import TechniqueMap, realize

ANY_SOUND = TechniqueMap(technique_map=1, instrument="any sound", range=(36, 84))
"""The map for a plugin that has none: C2 to C6, nothing to switch."""

MOST_TECHNIQUES = 6
STEP_S, HELD_S = 0.4, 0.35
CHORDS, VOICES = 8, 4
CHORD_STEP_S, CHORD_HELD_S = 0.25, 0.6

Note = tuple[float, float, int, int]


def plain_music(technique_map: TechniqueMap) -> Events:
    """Return a few single notes, in up to six techniques, and a chord: about three seconds."""
    pitches = _pitches(technique_map, 2 * MOST_TECHNIQUES)
    names = list(technique_map.playable())
    picked = names[:: -(-len(names) // MOST_TECHNIQUES)] if names else []
    asked: list[TechniqueSet] = [(name,) for name in picked] or [()]
    asked = asked if len(asked) > 3 else asked * (4 // len(asked))
    notes: list[Note] = [
        (number * STEP_S, HELD_S, pitches[2 * number % len(pitches)], 60 + 20 * (number % 4))
        for number in range(len(asked))
    ]
    end_s = len(notes) * STEP_S
    chord = sorted({pitches[0], pitches[len(pitches) // 2], pitches[-1]})
    notes += [(end_s, 2 * HELD_S, pitch, 90) for pitch in chord]
    return _events(notes, [*asked, *[asked[0]] * len(chord)], technique_map)


def busy_music(technique_map: TechniqueMap) -> Events:
    """Return eight chords that overlap, all over the range: 32 notes in two seconds and a half.

    What a synthesizer does with its voices depends on how many it used; quiet music does not bring it out.
    """
    pitches = _pitches(technique_map, CHORDS * VOICES)
    rows: dict[tuple[int, int], Note] = {}
    for chord in range(CHORDS):
        for voice in range(VOICES):
            pitch = pitches[(chord + voice * CHORDS) % len(pitches)]
            rows[chord, pitch] = (chord * CHORD_STEP_S, CHORD_HELD_S, pitch, 70 + 18 * voice)
    return _events(list(rows.values()), [()] * len(rows), technique_map)


def _pitches(technique_map: TechniqueMap, most: int) -> list[int]:
    """Return pitches that the instrument has, evenly over its range, rising."""
    if technique_map.pieces:
        return sorted({pitch for piece in technique_map.pieces.values() for pitch in piece.written})
    low, high = technique_map.range
    return sorted({int(pitch) for pitch in np.linspace(max(low, 24), max(low, min(high, 108)), most)})


def _events(notes: list[Note], asked: list[TechniqueSet], technique_map: TechniqueMap) -> Events:
    table = list(dict.fromkeys(asked))
    rows = note_rows(notes, technique=[table.index(one) for one in asked])
    return realize(Performance(rows, techniques=tuple(table)), technique_map).events
