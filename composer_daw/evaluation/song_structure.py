"""Repeat structure: what of a piece comes again, and over how long a stretch.

Structureness indicators: Wu & Yang, ISMIR 2020, after the fitness of M. Mueller, N. Jiang & P. Grosche, "A
robust fitness measure for capturing repetitions in music recordings", IEEE TASLP 21 (2013). Fitness says of a
stretch how well and how much of the piece its repetitions explain: the harmonic mean of normalised score and
coverage, the stretch itself not counting. The indicator is the highest fitness of the stretches of some
length. Theirs is measured on audio, over stretches of 3 to 8, 8 to 15, and 15 or more seconds; ours on the
notes, half bar by half bar, over 2 to 4, 4 to 8, and 8 or more bars (a bar of 4/4 at 120 lasts 2 s).
"""

from __future__ import annotations

import numpy as np

from composer_daw.evaluation.music_metrics import NAN, chroma_of
from composer_daw.evaluation.song_score import Song
from composer_daw.performance import Floats

MOST_FRAMES = 128
"""Longer pieces are looked at in longer frames: the time goes with the fourth power of their number."""
PENALTY = -2.0
"""What unlike frames cost a path."""
KEPT = 0.15
"""The share of cells of the similarity matrix that count as alike; both figures are usual choices."""

SPANS_BARS = {"short": (2, 4), "middle": (4, 8), "long": (8, 10_000)}


def structure_of(song: Song) -> dict[str, float]:
    """Return the structureness of short, middle and long stretches (0 to 1), and the share of repeated bars.

    `repeated_bars`: bars that stood there before, note for note but for the octave, by any part.
    """
    frames, bars_a_frame = _frames(song)
    fitness = fitness_scape(similarity(frames))
    found = {}
    for name, (low, high) in SPANS_BARS.items():
        lengths = np.arange(1, len(fitness) + 1) * bars_a_frame
        rows = fitness[(lengths >= low) & (lengths < high)]
        found[f"structure_{name}"] = float(rows.max()) if rows.size else NAN
    return {**found, "repeated_bars": repeated_bars(song)}


def repeated_bars(song: Song) -> float:
    """Return the share of bars whose pitch classes, with their onsets, stood in an earlier bar: 0 to 1.

    Empty bars are left out.
    """
    bar = song.bar_of(song.pitched["start"])
    seen: set[frozenset[tuple[int, int]]] = set()
    again = full = 0
    for number in range(song.bars):
        rows = song.pitched[bar == number]
        notes = frozenset(
            zip((rows["start"] - song.bar_lines[number]).tolist(), (rows["pitch"] % 12).tolist(), strict=True)
        )
        full += bool(notes)
        again += bool(notes) and notes in seen
        seen.add(notes)
    return again / full if full else NAN


def similarity(frames: Floats) -> Floats:
    """Return how like each two frames are: the highest `KEPT` share from 0 to 1, all else `PENALTY`.

    The likeness is the cosine; the frames' own diagonal is 1.
    """
    norms = np.linalg.norm(frames, axis=1, keepdims=True)
    unit = np.divide(frames, norms, out=np.zeros_like(frames), where=norms > 0)
    alike = unit @ unit.T
    np.fill_diagonal(alike, 1.0)
    threshold = float(np.quantile(alike, 1 - KEPT))
    span = max(1.0 - threshold, 1e-9)
    scaled = (alike - threshold) / span
    kept = np.where(alike >= threshold - 1e-12, np.clip(scaled, 0.0, 1.0), PENALTY)
    kept = np.where(alike >= 1.0 - 1e-9, 1.0, kept)
    np.fill_diagonal(kept, 1.0)
    return np.asarray(kept)


def fitness_scape(alike: Floats) -> Floats:
    """Return the fitness of every stretch: row `length - 1`, column `first frame`; 0 past the end."""
    count = len(alike)
    scape = np.zeros((count, count))
    for length in range(1, count + 1):
        starts = np.arange(count - length + 1)
        block = np.stack(
            [alike[:, start : start + length] for start in starts]
        )  # stretches x frames x length
        scape[length - 1, : len(starts)] = _fitness(block)
    return scape


def _fitness(block: Floats) -> Floats:
    """Return the fitness of stretches of one length from the best family of paths over each.

    A path goes through the stretch from its first frame to its last by steps (1, 1), (2, 1) and (1, 2); paths
    of a family follow each other in the piece without overlap. Beside the score run the number of cells and
    the frames that are covered.
    """
    many, count, length = block.shape
    empty = np.zeros((3, many, length + 2))  # score, cells, frames covered; two columns more on the left
    empty[0] = -np.inf
    before, last = empty, empty
    waiting = np.zeros((3, many))  # the same, outside every path
    for frame in range(count):
        now = empty.copy()
        straight, over_frames, over_stretch = last[:, :, 1:-1], before[:, :, 1:-1], last[:, :, :-2]
        best = straight.copy()
        for other, covers in ((over_frames, 1.0), (over_stretch, 0.0)):
            better = other[0] > best[0]
            best = np.where(better, other, best)
            best[2] += covers * better
        now[:, :, 2:] = best
        now[:, :, 2] = waiting
        now[0, :, 2:] += block[:, frame]
        now[1:, :, 2:] += 1.0
        done = now[0, :, -1] > waiting[0]
        waiting = np.where(done, now[:, :, -1], waiting)
        before, last = last, now
    normal_score = (waiting[0] - length) / np.maximum(waiting[1], 1)
    coverage = (waiting[2] - length) / count
    counts = (normal_score > 0) & (coverage > 0)
    return np.asarray(
        np.divide(2 * normal_score * coverage, normal_score + coverage, out=np.zeros(many), where=counts)
    )


def _frames(song: Song) -> tuple[Floats, float]:
    """Return the pitch classes of each frame, as rows of unit length, and how many bars a frame has."""
    bar = int(np.median(np.diff(song.bar_lines)))
    frame = max(bar // 2, 1)
    while song.bar_lines[-1] / frame > MOST_FRAMES:
        frame *= 2
    chroma = chroma_of(song, song.pitched, frame)
    chroma /= np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-12)
    return chroma, frame / bar
