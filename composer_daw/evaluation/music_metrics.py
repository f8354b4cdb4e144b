"""Metrics of symbolic music from the literature, each with its source and unit; NaN where one has no meaning.

Drums count in rhythm and are left out of pitch. Sources:

- Wu & Yang, "The Jazz Transformer on the front line", ISMIR 2020: pitch-class entropy over windows of one and
  four bars (H1, H4), grooving similarity; chord progression irregularity.
- Dong, Chen, McAuley & Berg-Kirkpatrick, "MusPy", ISMIR 2020: pitch-class entropy of a piece, scale
  consistency (after Mogren 2016), polyphony, polyphony rate, empty-beat and empty-measure rate, groove
  consistency, pitch range.
- Dong, Hsiao, Yang & Yang, "MuseGAN", AAAI 2018: tonal distance between tracks.
- Harte, Sandler & Gasser, "Detecting harmonic change in musical audio", ACM MM 2006: the tonal centroid.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer_daw.evaluation.song_score import TICKS, Ints, Mask, Song
from composer_daw.performance import Array, Floats

POSITIONS = 64
"""Positions of a bar in the grooving similarity, as Wu & Yang have it."""

STEPS = 16
"""Positions of a bar in the groove consistency; MusPy leaves that to its user."""

NAN = float("nan")


def metrics_of(song: Song) -> dict[str, float]:
    """Return every metric of this module by its name."""
    pitched = song.pitched
    return {
        "pitch_class_entropy": pitch_class_entropy(pitched),
        "pitch_class_entropy_1_bar": windowed_entropy(song, 1),
        "pitch_class_entropy_4_bars": windowed_entropy(song, 4),
        "scale_consistency": scale_consistency(pitched),
        "pitch_range": pitch_range(pitched),
        "polyphony": polyphony(pitched),
        "polyphony_rate": polyphony_rate(pitched),
        "notes_per_beat": notes_per_beat(song),
        "empty_beat_rate": empty_beat_rate(song),
        "empty_bar_rate": empty_bar_rate(song),
        "grooving_similarity": grooving_similarity(song),
        "groove_consistency": groove_consistency(song),
        "harmonic_change": harmonic_change(song),
        "harmonic_deviation": harmonic_deviation(song),
    }


def entropy(counts: Sequence[float] | Floats | Ints) -> float:
    """Return the entropy of a histogram in bits; NaN when it is empty."""
    values = np.asarray(counts, np.float64)
    shares = values[values > 0] / max(values.sum(), 1e-300)
    return float(-(shares * np.log2(shares)).sum()) + 0.0 if len(shares) else NAN


def pitch_class_entropy(rows: Array) -> float:
    """Return the entropy of the pitch classes, each note counting once: 0 to log2(12) = 3.58 bits (MusPy)."""
    return entropy(np.bincount(rows["pitch"] % 12, minlength=12))


def windowed_entropy(song: Song, bars: int) -> float:
    """Return the mean pitch-class entropy of all windows of so many bars, in bits (Wu & Yang's H1 and H4).

    Windows without notes are left out.
    """
    bar = song.bar_of(song.pitched["start"])
    counts = np.zeros((song.bars, 12))
    np.add.at(counts, (bar, song.pitched["pitch"] % 12), 1)
    sums = np.concatenate([np.zeros((1, 12)), np.cumsum(counts, axis=0)])
    bars = min(bars, song.bars)
    values = [entropy(row) for row in sums[bars:] - sums[:-bars] if row.any()]
    return float(np.mean(values)) if values else NAN


def scale_consistency(rows: Array) -> float:
    """Return the largest share of notes in one major or natural minor scale: 0 to 1 (MusPy)."""
    if not len(rows):
        return NAN
    counts = np.bincount(rows["pitch"] % 12, minlength=12)
    scale = np.isin(np.arange(12), (0, 2, 4, 5, 7, 9, 11))  # natural minor is the same set from another tonic
    return float(max(counts[np.roll(scale, tonic)].sum() for tonic in range(12)) / counts.sum())


def pitch_range(rows: Array) -> float:
    """Return the highest pitch less the lowest, in semitones (MusPy)."""
    return float(np.ptp(rows["pitch"])) if len(rows) else NAN


def polyphony(rows: Array) -> float:
    """Return how many pitches sound on average, over the time in which any does (MusPy)."""
    counts = _sounding(rows)
    return float(counts[counts > 0].mean()) if counts.any() else NAN


def polyphony_rate(rows: Array, least: int = 2) -> float:
    """Return the share of time in which `least` pitches or more sound: 0 to 1 (MusPy)."""
    counts = _sounding(rows)
    return float((counts >= least).mean()) if len(counts) else NAN


def notes_per_beat(song: Song) -> float:
    """Return the notes that begin per quarter note of the score, drums included."""
    return float(len(song.notes) / (song.bar_lines[-1] / TICKS))


def empty_beat_rate(song: Song) -> float:
    """Return the share of beats in which nothing sounds: 0 to 1.

    MusPy's measure, but that a note ends before the beat on whose very tick it is let go, and that beats are
    those of the metre, up to the last bar line.
    """
    spans = zip(song.bar_lines[:-1], song.bar_lines[1:], song.beat_ticks, strict=True)
    edges = [tick for start, end, beat in spans for tick in range(int(start), int(end), int(beat))]
    return _silent_share(song.notes, np.array([*edges, song.bar_lines[-1]]))


def empty_bar_rate(song: Song) -> float:
    """Return the share of bars in which nothing sounds: 0 to 1 (MusPy's empty-measure rate)."""
    return _silent_share(song.notes, song.bar_lines)


def grooving_similarity(song: Song) -> float:
    """Return the mean likeness of the onset patterns of all pairs of bars: 0 to 1 (Wu & Yang).

    A pattern has 64 positions; the likeness is the share of them in which both begin something or neither.
    """
    patterns = onset_patterns(song, POSITIONS).astype(np.float64)
    count = len(patterns)
    if count < 2:
        return NAN
    both = patterns @ patterns.T + (1 - patterns) @ (1 - patterns).T
    return float((both.sum() - np.trace(both)) / (count * (count - 1) * POSITIONS))


def groove_consistency(song: Song) -> float:
    """Return the mean likeness of the onset patterns of neighbouring bars: 0 to 1 (MusPy, 16 positions)."""
    patterns = onset_patterns(song, STEPS)
    return float((patterns[:-1] == patterns[1:]).mean()) if len(patterns) > 1 else NAN


def onset_patterns(
    song: Song, positions: int, rows: Array | None = None
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return for each bar in which of its positions something begins (bars x positions)."""
    rows = song.notes if rows is None else rows
    bar = song.bar_of(rows["start"])
    length = np.diff(song.bar_lines)[bar]
    patterns = np.zeros((song.bars, positions), bool)
    patterns[bar, (rows["start"] - song.bar_lines[bar]) * positions // length] = True
    return patterns


def tonal_centroid(chroma: Floats) -> Floats:
    """Return the tonal centroid (Harte 2006) of each row of 12 pitch classes: rows x 6, zeros for silence.

    Circles of fifths, minor thirds and major thirds, of radius 1, 1 and 0.5.
    """
    pitch = np.arange(12)[:, None]
    angles = pitch * np.pi * np.array([7 / 6, 3 / 2, 2 / 3])
    basis = np.stack([np.sin(angles), np.cos(angles)], axis=2) * np.array([1.0, 1.0, 0.5])[:, None]
    total = chroma.sum(axis=1, keepdims=True)
    shares = np.divide(chroma, total, out=np.zeros_like(chroma, np.float64), where=total > 0)
    return np.asarray(shares @ basis.reshape(12, 6))


def harmonic_change(song: Song) -> float:
    """Return the mean way of the tonal centroid from beat to beat (Harte 2006), over beats that sound.

    0 is a chord that stays; C major to G major is 1.21, C major to F sharp major 1.97.
    """
    chroma = chroma_of(song, song.pitched, TICKS)
    centroid = tonal_centroid(chroma)
    sounds: Mask = np.asarray(chroma.any(axis=1))
    joined = np.flatnonzero(sounds[:-1] & sounds[1:])
    steps = np.linalg.norm(np.diff(centroid, axis=0), axis=1)[joined]
    return float(steps.mean()) if len(steps) else NAN


def harmonic_deviation(song: Song) -> float:
    """Return how far the tonal centroid of each track lies from that of the others, on average.

    The tonal distance of MuseGAN, beat by beat, between a track and all others together, the mean over
    tracks. 0 is unison; a root against its triad is 1.03 already. NaN with one track.
    """
    tracks = np.unique(song.pitched["track"])
    chroma = np.array([chroma_of(song, song.pitched[song.pitched["track"] == one], TICKS) for one in tracks])
    values = []
    for number in range(len(tracks)):
        own: Floats = np.asarray(chroma[number])
        others: Floats = np.asarray(chroma.sum(axis=0)) - own
        both = np.asarray(own.any(axis=1) & others.any(axis=1))
        apart = np.asarray(np.linalg.norm(tonal_centroid(own) - tonal_centroid(others), axis=1))
        values += [float(apart[both].mean())] if both.any() else []
    return float(np.mean(values)) if values else NAN


def chroma_of(song: Song, rows: Array, frame: int) -> Floats:
    """Return how long each pitch class sounds in each frame of so many ticks (frames x 12, in frames)."""
    count = -(-int(song.bar_lines[-1]) // frame)
    lengths = np.zeros((count, 12))
    for row in rows:
        first, last = int(row["start"]) // frame, (int(row["end"]) - 1) // frame
        for number in range(first, min(last, count - 1) + 1):
            inside = min(int(row["end"]), (number + 1) * frame) - max(int(row["start"]), number * frame)
            lengths[number, row["pitch"] % 12] += inside / frame
    return lengths


def _sounding(rows: Array) -> Ints:
    """Return how many different pitches sound at each tick, up to the end of the last note."""
    if not len(rows):
        return np.zeros(0, np.int64)
    roll = np.zeros((int(rows["end"].max()) + 1, 128), np.int32)
    np.add.at(roll, (rows["start"], rows["pitch"]), 1)
    np.add.at(roll, (rows["end"], rows["pitch"]), -1)
    return np.asarray((np.cumsum(roll, axis=0)[:-1] > 0).sum(axis=1))


def _silent_share(rows: Array, edges: Ints) -> float:
    changes = np.zeros(int(max(edges[-1], rows["end"].max())) + 1, np.int64)
    np.add.at(changes, rows["start"], 1)
    np.add.at(changes, rows["end"], -1)
    sounds = np.concatenate([[0], np.cumsum(np.cumsum(changes) > 0)])
    return float((sounds[edges[1:]] == sounds[edges[:-1]]).mean())
