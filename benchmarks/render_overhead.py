"""What the batch path costs over a bare DawDreamer loop: the same Faust instrument, as many files.

    python benchmarks/render_overhead.py [--scores N] [--runs N]

Both sides render the same scores in the same techniques and write a WAV, a MIDI file and a CSV of notes for
each version. The bare side is a hand-written loop in this process: the programs compiled once, the control
lanes filled, DawDreamer's engine run, the three files written; no labels, no checks, no manifest, no resume.
It comes in two kinds: `same sound` fills the lanes as the host does, every tail rings out; `one voice` lays
the notes on one string, where each cuts the tail of the one before.

The batch side starts a worker process and compiles, as it always does. The runs alternate; what is printed
is the median of the ratios batch / bare, one for each run.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import dawdreamer
import numpy as np
import soundfile

from composer_daw.dataset import plan_versions, run_plan
from composer_daw.hosts.faust import COMPILE_FLAGS, HOME
from composer_daw.hosts.faust_declaration import BASE_LANES, load_declaration
from composer_daw.hosts.faust_lanes import build_lanes, control_tracks, lay_out, packets, plan_strokes, to_hz
from composer_daw.hosts.faust_notes import read_notes
from composer_daw.midi import load_midi, save_midi
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import load_instrument
from composer_daw.techniques import realize

TECHNIQUES = ("sustain", "legato", "staccato", "pizzicato")
KEYS = {"sustain": 0, "legato": 1, "staccato": 2, "pizzicato": 4}
RATE, TAIL_S, STUDIO = 44_100, 2.0, HOME / "studio"


def write_scores(folder: Path, count: int) -> list[Path]:
    """Write melodies of 64 notes, about half a minute each."""
    rng = np.random.default_rng(0)
    paths = []
    for number in range(count):
        pitches = np.clip(67 + np.cumsum(rng.integers(-4, 5, 64)), 57, 96)
        lengths = rng.choice([0.25, 0.5, 1.0], 64)
        onsets = np.cumsum(lengths) - lengths
        rows = [(float(o), float(d), int(p), 80) for o, d, p in zip(onsets, lengths, pitches, strict=True)]
        paths.append(folder / f"melody{number}.mid")
        save_midi(Performance(note_rows(rows)), paths[-1])
    return paths


class Bare:
    """The two programs of the violin in engines of their own, as a script would set them up."""

    def __init__(self) -> None:
        """Compile both."""
        self.declaration = load_declaration(STUDIO / "violin.yaml")
        lanes = len(BASE_LANES) + len(self.declaration.lanes)
        self.strings = self._program(self.declaration.programs[0], lanes)
        self.body = self._program(self.declaration.body_dsp, 1)

    def _program(self, name: str, inputs: int) -> Callable[[np.ndarray], np.ndarray]:
        engine = dawdreamer.RenderEngine(RATE, 512)
        lanes = engine.make_playback_processor("lanes", np.zeros((inputs, 1), np.float32))
        faust = engine.make_faust_processor("faust")
        faust.compile_flags, faust.faust_libraries_paths = COMPILE_FLAGS, [str(STUDIO)]
        faust.set_dsp_string((STUDIO / name).read_text())
        faust.compile()
        engine.load_graph([(lanes, []), (faust, ["lanes"])])

        def run(data: np.ndarray) -> np.ndarray:
            lanes.set_data(np.ascontiguousarray(data, dtype=np.float32))
            engine.render(data.shape[1] / RATE)
            return np.asarray(engine.get_audio())

        return run

    def one_voice(self, score: Performance, technique: str) -> np.ndarray:
        """Return the sound with the notes on one string."""
        notes = score.notes
        total = int((score.duration_s + TAIL_S) * RATE)
        lanes = np.zeros((len(BASE_LANES) + len(self.declaration.lanes), total), np.float32)
        lanes[1], lanes[4], lanes[5] = 440.0, 1.0, KEYS[technique]
        for number, note in enumerate(notes):
            start, end = int(note["onset_s"] * RATE), int((note["onset_s"] + note["duration_s"]) * RATE) - 64
            lanes[0, start:end] = 1.0
            lanes[1, start:] = to_hz(float(note["pitch"]))
            lanes[2, start:] = note["velocity"] / 127
            lanes[3, start:] = number / len(notes)
        return self.body(self.strings(lanes)[:1])

    def same_sound(self, score: Performance, technique: str) -> np.ndarray:
        """Return the sound with every tail ringing out, as the host gives it."""
        events = realize(
            score.with_technique([technique]), load_instrument("studio/violin").technique_map
        ).events
        total = round((events.duration_s + TAIL_S + events.pre_roll_s) * RATE)
        timeline = np.zeros((1, total), np.float32)
        notes = read_notes(events, self.declaration, RATE, total, 0)
        controls = control_tracks(events, self.declaration, RATE, total)
        for packet in packets(plan_strokes(notes, self.declaration, RATE, total), RATE):
            sound = self.strings(build_lanes(packet, self.declaration, None, controls))[:1].copy()
            lay_out(packet, sound, timeline)
        return self.body(timeline)


def bare_loop(scores: list[Path], folder: Path, kind: str) -> float:
    """Return the seconds that the bare loop takes."""
    started = time.perf_counter()
    bare = Bare()
    play = bare.same_sound if kind == "same sound" else bare.one_voice
    for path in scores:
        score = load_midi(path)
        for technique in TECHNIQUES:
            stem = folder / f"{path.stem}-{technique}"
            soundfile.write(stem.with_suffix(".wav"), play(score, technique).T, RATE, subtype="PCM_24")
            save_midi(score, stem.with_suffix(".mid"))
            with stem.with_suffix(".csv").open("w", newline="") as stream:
                csv.writer(stream).writerows(score.notes.tolist())
    return time.perf_counter() - started


def batch_path(scores: list[Path], folder: Path) -> float:
    """Return the seconds that plan and run take with one worker."""
    started = time.perf_counter()
    plan = plan_versions(scores, load_instrument("studio/violin"), TECHNIQUES)
    report = run_plan(plan, folder, workers=1)
    if report.failed:
        raise SystemExit(f"the batch path failed: {report.failed[0][1]}")
    return time.perf_counter() - started


def main() -> None:
    """Alternate the sides and print the ratios."""
    parser = argparse.ArgumentParser(description="The batch path against a bare DawDreamer loop.")
    parser.add_argument("--scores", type=int, default=12)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    ratios: dict[str, list[float]] = {"same sound": [], "one voice": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scores = write_scores(folder, arguments.scores)
        for run in range(arguments.runs):
            batch_s = batch_path(scores, folder / f"batch{run}")
            for kind, values in ratios.items():
                out = folder / f"{kind}{run}"
                out.mkdir()
                bare_s = bare_loop(scores, out, kind)
                values.append(batch_s / bare_s)
                print(
                    f"run {run + 1}: batch {batch_s:.2f} s, {kind} {bare_s:.2f} s: {values[-1]:.2f}",
                    flush=True,
                )
    for kind, values in ratios.items():
        print(
            f"batch / bare ({kind}): {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
        )


if __name__ == "__main__":
    main()
