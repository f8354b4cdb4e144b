"""A plain song that is right by every check, note by note, and ways to write others in beats."""

from __future__ import annotations

import numpy as np

from composer_daw.performance import Performance, TempoMap, Text, Track, note_rows

Beats = list[tuple[float, float, int]]
"""Notes as (beat, length in beats, pitch)."""

FORM = (("Verse", "C F Dm G C F G C"), ("Chorus", "F G C G7 F Dm G7 C"), ("Bridge", "Am Dm G C Am Dm G G7"))
FORM = (*FORM, ("Chorus 2", FORM[1][1]))

ROOTS = {"C": 48, "Dm": 50, "F": 53, "G": 55, "G7": 55, "Am": 57}

# each bar by its place in the chord: third, the step above or below it, fifth, root; "high" is an octave up
PATTERNS = {
    "a": ((0, 1, "third"), (1, 1, "above"), (2, 2, "fifth")),
    "b": ((0, 1.5, "third"), (1.5, 0.5, "below"), (2, 2, "root")),
    "c": ((0, 2, "third"),),
    "d": ((0, 0.5, "third"), (0.5, 1, "high"), (1.5, 0.5, "high below"), (2, 2, "fifth")),
    "e": ((0, 2, "third"), (2, 1, "root"), (3, 1, "below")),
}
SHAPES = {"Verse": "abacabac", "Chorus": "dabcdabc", "Bridge": "eabceabc", "Chorus 2": "dabcdabc"}
SCALE = (0, 2, 4, 5, 7, 9, 11)


def written(
    tracks: dict[str, Beats], markers: dict[str, float] | None = None, bpm: float = 120.0
) -> Performance:
    """Return a score of these tracks; one that is called Drums is on channel 10; markers stand on beats."""
    unit, parts = 60.0 / bpm, []
    for number, (name, notes) in enumerate(tracks.items()):
        if notes:
            rows = [(beat * unit, length * unit, pitch, 80) for beat, length, pitch in notes]
            channel = 9 if name == "Drums" else number
            parts.append(note_rows(rows, track=number, channel=channel))
    rows = np.concatenate(parts)
    rows["source"] = np.arange(len(rows))
    texts = tuple(Text(beat * unit, name, "marker") for name, beat in (markers or {}).items())
    tempo = TempoMap(np.zeros(1), np.full(1, bpm))
    return Performance(rows, texts=texts, tempo=tempo, tracks=tuple(Track(name) for name in tracks))


def plain_tracks() -> dict[str, Beats]:
    """Return the tracks of the plain song: 32 bars in C major."""
    tracks: dict[str, Beats] = {
        name: [] for name in ("Melody", "Chords", "Bass", "Violin", "Viola", "Cello", "Drums")
    }
    bar = 0
    for name, chords in FORM:
        for chord, shape in zip(chords.split(), SHAPES[name], strict=True):
            _write_bar(tracks, 4.0 * bar, chord, shape)
            bar += 1
    return tracks


def plain_markers() -> dict[str, float]:
    """Return where the sections of the plain song begin, in beats."""
    return {name: 32.0 * number for number, (name, _) in enumerate(FORM)}


def plain_song(tracks: dict[str, Beats] | None = None) -> Performance:
    """Return the plain song, or other tracks with its markers."""
    return written(tracks or plain_tracks(), plain_markers())


def _write_bar(tracks: dict[str, Beats], beat: float, chord: str, shape: str) -> None:
    root = ROOTS[chord]
    third = root + (3 if chord.endswith("m") else 4)
    melody = {"third": third + 12, "fifth": root + 19, "root": root + 12, "high": third + 24}
    melody |= {
        "above": _step(third + 12, 1),
        "below": _step(third + 12, -1),
        "high below": _step(third + 24, -1),
    }
    tracks["Melody"] += [(beat + at, length, melody[place]) for at, length, place in PATTERNS[shape]]
    tones = [root, third, root + 7] + ([root + 10] if chord.endswith("7") else [])
    tracks["Chords"] += [(beat + at, 2.0, pitch) for at in (0, 2) for pitch in tones]
    tracks["Bass"].append((beat, 4.0, root - 12))
    for name, pitch in (("Violin", third + 12), ("Viola", root + 7), ("Cello", root)):
        tracks[name].append((beat, 4.0, pitch))
    tracks["Drums"] += [(beat + at, 0.25, pitch) for at, pitch in ((0, 36), (1, 38), (2, 36), (3, 38))]


def _step(pitch: int, by: int) -> int:
    """Return the neighbour of a pitch in C major."""
    pitch += by
    return pitch if pitch % 12 in SCALE else pitch + by
