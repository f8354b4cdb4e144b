"""How long technique maps take: loading one, and realizing a large score.

    python benchmarks/technique_maps.py [--notes N] [--changes N] [--runs N]

The score has N notes in four voices, and texts that change the technique N times. Realizing counts everything
from the texts to the sorted events. Times are medians of the runs, with the least and the largest; the ratio
is to the length of the music, so that machines can be compared. The goals: 1 s for 100,000 notes with 5,000
changes, and 50 ms for a map, the largest that ships or one of 100 techniques.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from composer_daw.files import shipped
from composer_daw.performance import Performance, Text, note_rows
from composer_daw.techniques import annotate, load_map, load_vocabulary, realize

NAMES = ("pizz.", "arco", "staccato", "legato", "tremolo", "sul pont.", "ord.", "con sord.", "senza sord.")
VOICES, STEP_S = 4, 0.125
HEAD = """\
technique_map: 1
instrument: Large
groups: {articulation: {default: technique 0}}
techniques:
"""
ENTRY = """\
  technique {number}:
    group: articulation
    on: [{{keyswitch: {number}}}, {{cc: 20, value: {number}}}]
    when: {{velocity: [1, 100]}}
    latency_ms: {{first: {{1: 40, 64: 20}}}}
"""


def score(notes: int, changes: int) -> Performance:
    """Return notes in four voices that overlap, with texts at even distances."""
    rng = np.random.default_rng(4)
    onsets = STEP_S * (np.arange(notes) // VOICES)
    lengths = rng.choice([0.06, 0.12, 0.13, 0.5], notes)
    columns = onsets, lengths, rng.integers(55, 105, notes), rng.integers(20, 120, notes)
    times = np.linspace(0.0, float(onsets[-1]), changes)
    texts = tuple(Text(float(at), NAMES[number % len(NAMES)]) for number, at in enumerate(times))
    return Performance(note_rows(list(zip(*columns, strict=True))), texts=texts)


def write_large_map(path: Path) -> Path:
    """Write a map of 100 techniques, as large as those that people share; return its path."""
    path.write_text(HEAD + "".join(ENTRY.format(number=number) for number in range(100)), encoding="utf-8")
    return path


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Return the seconds that each run takes, after one that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def tell(what: str, taken: list[float], goal_s: float) -> None:
    """Print a median, its spread, and whether the goal is met."""
    median, least, most = (1000 * one for one in (statistics.median(taken), min(taken), max(taken)))
    met = "met" if median < 1000 * goal_s else "MISSED"
    print(f"{what}: {median:.0f} ms ({least:.0f} to {most:.0f}); goal {1000 * goal_s:.0f} ms ({met})")


def main() -> None:
    """Time both and print what was found."""
    parser = argparse.ArgumentParser(description="Technique maps: loading, and realizing a large score.")
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=7)
    size = parser.parse_args()
    maps = [path for path in shipped("technique_maps").rglob("*.yaml") if path.name != "vocabulary.yaml"]
    largest = max(maps, key=lambda path: path.stat().st_size)
    with tempfile.TemporaryDirectory() as folder:
        for path in (largest, write_large_map(Path(folder) / "large.yaml")):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            tell(f"load {path.name} ({lines} lines)", timed(partial(load_map, path), size.runs), 0.05)
    violin, vocabulary = load_map(shipped("technique_maps") / "studio" / "violin.yaml"), load_vocabulary()
    piece = score(size.notes, size.changes)
    taken = timed(lambda: realize(annotate(piece, violin, vocabulary), violin, vocabulary), size.runs)
    tell(f"realize {size.notes:,} notes with {size.changes:,} changes", taken, 1.0)
    ratio = piece.duration_s / statistics.median(taken)
    print(f"the music lasts {ratio:,.0f} times as long as realizing it takes")


if __name__ == "__main__":
    main()
