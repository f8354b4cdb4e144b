"""How long it takes to humanize 100,000 notes with every rule.

    python benchmarks/humanizer.py [--notes N] [--runs N]

The score has four parts: melody, chords, bass and drums. Every rule of the palette plays, beside them the
rubato by rule or by the weights in the store. The goal is 3 s. Times are medians of the runs, with the least
and the largest.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import get_args

import numpy as np

from composer_daw.humanizer import Plan, apply, humanize, lines_of
from composer_daw.humanizer.plan import Tempo
from composer_daw.humanizer.rules.palette import PALETTE
from composer_daw.performance import NOTE, Array, Performance, TempoMap, Track

GOAL_S = 3.0
EVERY_RULE = {name: row.k or 1.0 for name, row in PALETTE.items()}


def score(notes: int) -> Performance:
    """Return a score of so many notes in four parts, eighths at 120."""
    rng = np.random.default_rng(1)
    each = -(-notes // 6)
    parts = [
        _part(72 + np.clip(np.cumsum(rng.integers(-2, 3, each)), -12, 12), 0, 0),
        *(
            _part(np.repeat(60 + step + 2 * rng.integers(0, 4, each // 8 + 1), 8)[:each], 1, 1)
            for step in (0, 4, 7)
        ),
        _part(np.repeat(36 + rng.integers(0, 12, each // 4 + 1), 4)[:each], 2, 2),
        _part(np.tile([36, 42, 38, 42], each // 4 + 1)[:each], 3, 9),
    ]
    rows = np.concatenate(parts)
    rows["velocity"], rows["source"] = rng.integers(50, 100, len(rows)), np.arange(len(rows))
    tracks = tuple(Track(name) for name in ("Melody", "Chords", "Bass", "Drums"))
    return Performance(rows, tempo=TempoMap(np.zeros(1), np.full(1, 120.0)), tracks=tracks)


def _part(pitch: Array, track: int, channel: int) -> Array:
    rows = np.zeros(len(pitch), NOTE)
    rows["onset_s"], rows["duration_s"] = 0.25 * np.arange(len(pitch)), 0.25
    rows["written_onset_s"], rows["written_duration_s"] = rows["onset_s"], rows["duration_s"]
    rows["pitch"], rows["track"], rows["channel"] = pitch, track, channel
    return rows


def measured(work: Callable[[], object], runs: int) -> tuple[float, float, float]:
    """Return median, least and largest of the seconds that something takes."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), min(times), max(times)


def main() -> int:
    """Print the times; return 1 where a median misses the goal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    performance = score(options.notes)
    print(f"{len(performance.notes)} notes, {len(lines_of(performance))} chords, {len(EVERY_RULE)} rules")
    missed = False
    for tempo in get_args(Tempo):
        plan: Plan = humanize(performance, -0.6, -0.3, tempo=tempo, rubato=0.5, rules=EVERY_RULE).plan
        rows = {
            f"humanize, {tempo}": lambda tempo=tempo: humanize(
                performance, -0.6, -0.3, tempo=tempo, rules=EVERY_RULE
            ),
            f"the same with rubato, {tempo}": lambda tempo=tempo: humanize(
                performance, -0.6, -0.3, tempo=tempo, rubato=0.5, rules=EVERY_RULE
            ),
            f"apply a plan, {tempo}": lambda plan=plan: apply(performance, plan),
        }
        for name, work in rows.items():
            median, least, largest = measured(work, options.runs)
            print(f"{name:32} {median:6.2f} s  ({least:.2f} .. {largest:.2f})")
            missed |= median > GOAL_S
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
