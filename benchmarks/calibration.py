"""How well latencies are measured, and how well notes are on time once they are known.

    python benchmarks/calibration.py [--plot docs/images/calibration.png] [--json OUT]

An SFZ instrument is written whose eight techniques speak 5 to 180 ms late, each by its own time, some by
velocity, one otherwise when connected. It is calibrated, and a score of 500 mixed notes is rendered before
and after: the onset of every note is looked for in the audio and set against the time at which it is written.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.calibration import calibrate_instrument, write_latencies
from composer_daw.calibration.arrival import find_arrival
from composer_daw.calibration.layers import value_at
from composer_daw.files import write_text, written_whole
from composer_daw.measure import onset_s
from composer_daw.performance import Performance, Text, note_rows
from composer_daw.rendering import load_instrument, render
from composer_daw.techniques.parts import Latency

SUPPORT = Path(__file__).resolve().parents[1] / "tests" / "support"
Layers = Mapping[str, dict[int, float]]

NOTES, SEED = 500, 4
STEP_S, HELD_S, SLUR_S = 0.65, 0.28, 0.4
LOOK_S, LOOK_SLURRED_S = (0.06, 0.3), (0.25, 0.3)
"""How long before and after its written time a note is looked for; a connected one has another before it."""

LOWEST_SLURRED = 65
"""Slurs lie above F4: below, the arrival of a note in the midst of another can be told to 3 ms only."""

GOAL_MEASURED_MS, GOAL_ONSET_MS = 2.0, 3.0
MARKERS = {"plain": "o", "hatched": "s", "dotted": "D"}
SIZE_INCHES, DPI = (10.0, 6.0), 110


@dataclass(frozen=True)
class Note:
    """One note of the score; `slurred_from` is the pitch before it, where it is connected to one."""

    onset_s: float
    held_s: float
    pitch: int
    velocity: int
    technique: str
    slurred_from: int | None = None


def main() -> None:
    """Measure, print, and draw where it is asked for."""
    parser = argparse.ArgumentParser(description="How well latencies are measured and made good.")
    parser.add_argument("--plot", type=Path, help="draw the onsets before and after into a PNG")
    parser.add_argument("--json", type=Path, help="write the figures")
    options = parser.parse_args()
    sys.path.insert(0, str(SUPPORT))
    late = importlib.import_module("late_sfz")
    with tempfile.TemporaryDirectory() as folder:
        preset = late.write_late_instrument(Path(folder))
        notes = draw_notes(list(late.FIRST), NOTES, SEED)
        before = onset_errors_ms(preset, notes)
        begun = time.monotonic()
        calibration = calibrate_instrument(load_instrument(preset))
        took_s = time.monotonic() - begun
        measured = {one.technique: one.new for one in calibration.changes}
        write_latencies(calibration.map_path, calibration.to_write(), calibration.map_bytes)
        after = onset_errors_ms(preset, notes)
    figures = {
        "calibration_s": round(took_s, 1),
        "measured_off_ms": round(max(measured_off_ms(late.FIRST, late.TRANSITION, measured).values()), 2),
        "before": _summary(before),
        "after": _summary(after),
    }
    _report(late, measured, figures)
    if options.plot:
        draw(notes, before, after, options.plot)
    if options.json:
        write_text(options.json, json.dumps(figures, indent=2) + "\n")


def draw_notes(techniques: list[str], count: int, seed: int) -> list[Note]:
    """Return so many notes of mixed techniques and velocities; legato comes in slurred pairs."""
    rng = np.random.default_rng(seed)
    notes: list[Note] = []
    onset_s = 1.0
    while len(notes) < count:
        technique = str(rng.choice(techniques))
        pitch, velocity = int(rng.integers(62, 86)), int(rng.integers(1, 128))
        if technique != "legato":
            notes.append(Note(onset_s, HELD_S, pitch, velocity, technique))
            onset_s += STEP_S
            continue
        pitch = max(pitch, LOWEST_SLURRED + 6)
        other = pitch + int(rng.choice([-6, -5, 5, 6, 7]))
        notes.append(Note(onset_s, SLUR_S, pitch, velocity, technique))
        notes.append(Note(onset_s + SLUR_S, SLUR_S, other, int(rng.integers(1, 128)), technique, pitch))
        onset_s += SLUR_S + STEP_S
    return notes[:count]


def onset_errors_ms(preset: Path, notes: list[Note]) -> npt.NDArray[np.float64]:
    """Render the notes as the map says now; return how late each one's onset is in the audio."""
    rows = note_rows([(note.onset_s, note.held_s, note.pitch, note.velocity) for note in notes])
    texts = tuple(Text(note.onset_s, f"[technique:{note.technique}]") for note in notes)
    audio = render(Performance(rows, texts=texts), load_instrument(preset)).audio
    mono = audio.mono()
    return np.array([_late_ms(mono, audio.sample_rate, note) for note in notes])


def _late_ms(mono: npt.NDArray[np.float32], rate: int, note: Note) -> float:
    before_s, after_s = LOOK_S if note.slurred_from is None else LOOK_SLURRED_S
    start = round((note.onset_s - before_s) * rate)
    part = mono[start : round((note.onset_s + after_s) * rate)]
    written_s = note.onset_s - start / rate
    if note.slurred_from is None:
        return 1000.0 * (onset_s(part, rate) - written_s)
    old, new = (440.0 * 2.0 ** ((pitch - 69) / 12) for pitch in (note.slurred_from, note.pitch))
    return 1000.0 * (find_arrival(part, rate, old, new, written_s - LOOK_S[0]).time_s - written_s)


def measured_off_ms(first: Layers, transition: Layers, measured: Mapping[str, Latency]) -> dict[str, float]:
    """Return how far the latency of each technique is off at the worst of all velocities, in ms.

    `first` and `transition` hold by technique and velocity what is true.
    """
    off = {}
    for name, latency in measured.items():
        parts = [(latency.first, first[name]), (latency.transition, transition.get(name, {}))]
        off[name] = max(
            abs(value_at(_layers(found), velocity) - value_at(true, velocity))
            for found, true in parts
            for velocity in range(1, 128)
        )
    return off


def _layers(latency: Any) -> dict[int, float]:
    return latency if isinstance(latency, dict) else {1: float(latency)}


def _summary(errors_ms: npt.NDArray[np.float64]) -> dict[str, float]:
    known = errors_ms[np.isfinite(errors_ms)]
    return {
        "notes": len(errors_ms),
        "not_found": int(len(errors_ms) - len(known)),
        "median_ms": round(float(np.median(known)), 2),
        "largest_ms": round(float(np.abs(known).max()), 2),
        "within_goal": int(np.count_nonzero(np.abs(known) <= GOAL_ONSET_MS)),
    }


def _report(late: Any, measured: dict[str, Latency], figures: dict[str, Any]) -> None:
    print(f"{'technique':<12} {'true':<34} measured")
    for name, latency in measured.items():
        true = f"{late.FIRST[name]}{late.TRANSITION.get(name, '')}"
        found = f"{latency.first}{latency.transition or ''}"
        print(f"{name:<12} {true:<44} {found}")
    print(f"\ncalibrated in {figures['calibration_s']:.0f} s")
    print(f"the worst figure is {figures['measured_off_ms']} ms off (goal: {GOAL_MEASURED_MS} ms)\n")
    for when in ("before", "after"):
        one = figures[when]
        print(
            f"{when:<7} {one['notes']} notes, late by {one['median_ms']:.1f} ms (median), off by at most "
            f"{one['largest_ms']:.1f} ms; {one['within_goal']} within {GOAL_ONSET_MS} ms, "
            f"{one['not_found']} not found"
        )


def draw(
    notes: list[Note], before: npt.NDArray[np.float64], after: npt.NDArray[np.float64], path: Path
) -> None:
    """Draw how late every note is heard, before and after, into a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True)
    for axes, errors in ((upper, before), (lower, after)):
        _scatter(axes, notes, errors)
        axes.axhspan(-GOAL_ONSET_MS, GOAL_ONSET_MS, color="#dddddd", zorder=0)
        axes.set_ylabel("heard after the written time, ms")
        axes.grid(True, color="#eeeeee", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    upper.set_title(f"{len(notes)} notes sent when they are written")
    lower.set_title("the same, with the latencies that were measured (another scale)")
    lower.set_ylim(-2 * GOAL_ONSET_MS, 2 * GOAL_ONSET_MS)
    lower.set_xlabel("velocity; the grey band is 3 ms either side")
    figure.legend(*upper.get_legend_handles_labels(), loc="outside right center", fontsize=8, frameon=False)
    with written_whole(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})


def _scatter(axes: Any, notes: list[Note], errors: npt.NDArray[np.float64]) -> None:
    """Draw one mark for each note, by technique; connected notes are triangles."""
    from composer_daw.pages import look_of

    velocity = np.array([note.velocity for note in notes])
    kinds = [(note.technique, note.slurred_from is not None) for note in notes]
    for name, slurred in sorted(set(kinds)):
        mine = np.array([kind == (name, slurred) for kind in kinds])
        look = look_of(name)
        label = f"{name}, connected" if slurred else name
        marker = "^" if slurred else MARKERS[look.marking]
        style = {"s": 14, "color": look.colour, "marker": marker, "alpha": 0.8, "linewidths": 0}
        axes.scatter(velocity[mine], errors[mine], label=label, **style)


if __name__ == "__main__":
    main()
