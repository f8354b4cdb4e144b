"""What it costs to host a plugin: composer_daw against scripts that drive DawDreamer themselves.

    python benchmarks/hosting.py [--jobs N] [--runs N] [--seconds LEAST MOST] [--json OUT] [--profile]

Four sides render the same scores (8 to 20 s each) and write a WAV, a MIDI file and a CSV of notes for each:

- `one` and `two`: a data set by one worker and by two, from reading the preset to the manifest;
- `bare`: a loop in this process with one engine and one plugin: mido reads the score, a MIDI file is written
  with every event on its sample, the plugin plays it for as long as the take of `one` lasts;
- `naive`: the same, with a new engine and a new plugin for each score.

The scripts do not look for the end of a tail, check nothing, and lose all when the plugin dies. They are told
how long each take is. The sides alternate. Ratios are of medians over the runs, "without start" counting from
the end of the first job: the data set starts two processes and loads the plugin before that. Needs amsynth
(Debian: amsynth) and, for the probe plugin of the tests, g++ and dpf-source; says so where it has none.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import importlib
import json
import math
import os
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mido
import numpy as np
import soundfile

from composer_daw.dataset import Plan, plan_versions, run_plan
from composer_daw.dataset.plan import copy_assets
from composer_daw.dataset.run import render_record
from composer_daw.errors import ComposerError
from composer_daw.files import write_text
from composer_daw.midi import save_midi
from composer_daw.performance import Performance, note_rows
from composer_daw.plugins.search import find_plugin
from composer_daw.rendering import load_instrument, open_host

RATE, BLOCK = 48_000, 512
SUPPORT = Path(__file__).resolve().parents[1] / "tests" / "support"
GOALS: dict[str, tuple[float, float]] = {
    "one / bare": (0.0, 1.15),
    "naive / one": (2.0, math.inf),
    "naive / two": (0.0, math.inf),
    "one / two": (1.7, math.inf),
}
"""The ratios that are told, and where they should lie: the last on two idle cores, the third has no goal."""

MAP = """\
technique_map: 1
instrument: Synth
range: [C1, C7]
groups:
  articulation: {default: sustain}
techniques:
  sustain: {group: articulation}
"""
PRESET = """\
instrument: {name}
host: plugin
source: {source}
technique_map: map.yaml
licence: {{name: GPL-3.0-or-later, audio_redistribution: yes}}
"""


@dataclass
class Timing:
    """How long one run of one side took, in seconds: all of it, and from the end of its first job."""

    total_s: float
    rest_s: float


@dataclass
class Clock:
    """Notes when jobs end."""

    began: float = field(default_factory=time.perf_counter)
    ends: list[float] = field(default_factory=list)

    def tick(self, *_: object) -> None:
        """Note the end of a job."""
        self.ends.append(time.perf_counter())

    def timing(self) -> Timing:
        """Return what was taken until now."""
        return Timing(time.perf_counter() - self.began, self.ends[-1] - self.ends[0])


def write_scores(folder: Path, count: int, seconds: tuple[float, float]) -> list[Path]:
    """Write pieces in two voices, as long as `seconds` say: the shortest and the longest."""
    rng = np.random.default_rng(0)
    paths = []
    for number in range(count):
        length_s, rows = float(rng.uniform(*seconds)), []
        for middle in (50, 69):
            at_s, pitch = 0.0, middle
            while at_s < length_s:
                held_s = float(rng.choice([0.125, 0.25, 0.5, 1.0]))
                pitch = int(np.clip(pitch + rng.integers(-4, 5), middle - 9, middle + 9))
                rows.append((at_s, 0.9 * held_s, pitch, int(rng.integers(50, 110))))
                at_s += held_s
        paths.append(folder / f"piece{number}.mid")
        save_midi(Performance(note_rows(sorted(rows))), paths[-1])
    return paths


def dataset(scores: list[Path], preset: Path, folder: Path, workers: int) -> Timing:
    """Render a data set, as the command does."""
    clock = Clock()
    report = run_plan(plan_of(scores, preset), folder, workers, clock.tick)
    if report.failed:
        raise SystemExit(f"the data set failed: {report.failed[0][1]}")
    return clock.timing()


def plan_of(scores: list[Path], preset: Path) -> Plan:
    """Return the plan of all scores in the one technique."""
    return plan_versions(scores, load_instrument(preset), ["sustain"], sample_rate=RATE)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep out of the figures what plugins print as they come and go."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


class Script:
    """One engine with one plugin, as a script would set it up."""

    def __init__(self, plugin: Path) -> None:
        """Load the plugin."""
        import dawdreamer

        self.engine = dawdreamer.RenderEngine(RATE, BLOCK)
        self.plugin = self.engine.make_plugin_processor("plugin", str(plugin))
        self.engine.load_graph([(self.plugin, [])])

    def play(self, score: Path, stem: Path, frames: int) -> None:
        """Render a score for so many samples; write audio, MIDI and notes."""
        rows = write_sample_exact(mido.MidiFile(score), stem.with_suffix(".mid"))
        self.plugin.load_midi(str(stem.with_suffix(".mid")), beats=False, all_events=True)
        self.engine.render((frames + 0.25) / RATE)
        audio = self.engine.get_audio()[:, :frames]
        soundfile.write(stem.with_suffix(".wav"), audio.T, RATE, subtype="PCM_24")
        with stem.with_suffix(".csv").open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)


def write_sample_exact(file: Any, path: Path) -> list[tuple[float, str, int, int]]:
    """Write the notes of a MIDI file with four ticks to a sample, each event inside its own; return them."""
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=62_500)])
    rows, at_s, last = [], 0.0, 0
    for message in file:
        at_s += message.time
        if message.type in ("note_on", "note_off"):
            tick = 4 * round(at_s * RATE) + 1
            track.append(message.copy(time=tick - last))
            rows.append((at_s, message.type, message.note, message.velocity))
            last = tick
    copy = mido.MidiFile(ticks_per_beat=RATE // 4)
    copy.tracks.append(track)
    copy.save(path)
    return rows


def script(scores: list[Path], plugin: Path, folder: Path, frames: list[int], anew: bool) -> Timing:
    """Render all scores with one engine, or `anew` with one for each."""
    folder.mkdir()
    with quiet():
        clock, player = Clock(), None
        for score, length in zip(scores, frames, strict=True):
            if player is None or anew:
                player = Script(plugin)
            player.play(score, folder / score.stem, length)
            clock.tick()
        timing = clock.timing()
        del player
    return timing


def takes(folder: Path, scores: list[Path]) -> list[Path]:
    """Return the WAV files of a data set, in the order of the scores."""
    return [next(folder.glob(f"*/sustain/{score.stem}-*.wav")) for score in scores]


def difference_db(one: list[Path], other: list[Path]) -> float:
    """Return the largest difference between any two takes, in dB of full scale."""
    pairs = zip(one, other, strict=True)
    gaps = [np.abs(soundfile.read(a)[0] - soundfile.read(b)[0]).max() for a, b in pairs]
    return float(20 * np.log10(max(*gaps, 1e-9)))


def compare(plugin: Path, name: str, folder: Path, size: argparse.Namespace) -> dict[str, Any]:
    """Alternate the four sides; return their times, the ratios, and how far the sounds are apart."""
    preset, scores = write_preset(folder, plugin, name), write_scores(folder, size.jobs, size.seconds)
    dataset(scores, preset, folder / "first", 1)
    first = takes(folder / "first", scores)
    frames = [soundfile.info(path).frames for path in first]
    sides: dict[str, Callable[[Path], Timing]] = {
        "one": lambda out: dataset(scores, preset, out, 1),
        "bare": lambda out: script(scores, plugin, out, frames, anew=False),
        "naive": lambda out: script(scores, plugin, out, frames, anew=True),
        "two": lambda out: dataset(scores, preset, out, 2),
    }
    timings: dict[str, list[Timing]] = {side: [] for side in sides}
    for run in range(size.runs):
        for side, work in sides.items():
            timings[side].append(work(folder / f"{side}{run}"))
            print(f"{name}, run {run + 1}: {side} {timings[side][-1].total_s:.2f} s", flush=True)
    bare = [folder / "bare0" / f"{score.stem}.wav" for score in scores]
    return {
        "jobs": size.jobs,
        "audio_s": sum(frames) / RATE,
        "apart_db": difference_db(first, bare),
        "total_s": {side: [one.total_s for one in values] for side, values in timings.items()},
        "rest_s": {side: [one.rest_s for one in values] for side, values in timings.items()},
        **{kind: ratios(timings, kind) for kind in ("total", "rest")},
    }


def ratios(timings: dict[str, list[Timing]], kind: str) -> dict[str, dict[str, float]]:
    """Return the ratios, of medians over the runs, and the least and largest of any one run."""
    found = {}
    for name in GOALS:
        above, below = ([getattr(one, f"{kind}_s") for one in timings[side]] for side in name.split(" / "))
        each = [a / b for a, b in zip(above, below, strict=True)]
        median = statistics.median(above) / statistics.median(below)
        found[name] = {"median": median, "least": min(each), "largest": max(each)}
    return found


def write_preset(folder: Path, plugin: Path, name: str) -> Path:
    """Write an instrument that plays the plugin as it is, in one technique."""
    write_text(folder / "map.yaml", MAP)
    preset = folder / "preset.yaml"
    write_text(preset, PRESET.format(name=name, source=plugin.as_posix()))
    return preset


def profile(plugin: Path, name: str, folder: Path, size: argparse.Namespace) -> None:
    """Print where one worker's time goes, in ms for each job; the plugin's own process is not looked into."""
    plan = plan_of(write_scores(folder, size.jobs, size.seconds), write_preset(folder, plugin, name))
    copy_assets(plan, folder / "set")
    instrument = load_instrument(folder / "preset.yaml")
    watch = cProfile.Profile()
    with open_host(instrument, RATE) as host:
        render_record(plan.records[0], folder / "set", instrument, host)
        watch.enable()
        for record in plan.records[1:]:
            render_record(record, folder / "set", instrument, host)
        watch.disable()
    each = 1000 / (size.jobs - 1)
    rows = pstats.Stats(watch).stats.items()  # type: ignore[attr-defined]
    print(f"{name}: ms for each of {size.jobs - 1} jobs, with all that is called and without")
    for (file, line, function), (_, calls, own_s, all_s, _) in sorted(rows, key=lambda row: -row[1][3])[:45]:
        place = f"{Path(file).name}:{line} {function}"
        print(f"  {all_s * each:8.2f} {own_s * each:8.2f} {calls * each / 1000:8.1f} calls  {place}")


def tell(name: str, result: dict[str, Any]) -> None:
    """Print one plugin's table."""
    apart = f"{result['apart_db']:.0f} dBFS apart at most"
    print(f"{name}: {result['jobs']} jobs, {result['audio_s']:.0f} s of audio, {apart}")
    for side, values in result["total_s"].items():
        per_job = 1000 * statistics.median(values) / result["jobs"]
        spread = f"{min(values):.2f} to {max(values):.2f}"
        print(f"  {side:<12} {statistics.median(values):6.2f} s ({spread}), {per_job:.0f} ms a job")
    for ratio, (least, most) in GOALS.items():
        shown = [
            "{median:.2f} ({least:.2f} to {largest:.2f})".format(**result[kind][ratio])
            for kind in ("total", "rest")
        ]
        goal = f"; goal: at most {most}" if most < math.inf else f"; goal: at least {least}" if least else ""
        met = " (met)" if least <= result["rest"][ratio]["median"] <= most else " (MISSED)"
        print(f"  {ratio:<12} {shown[0]}; without start {shown[1]}{goal}{met if goal else ''}")


def plugins() -> dict[str, Path]:
    """Return the plugins that there are; say what is lacking."""
    found: dict[str, Path] = {}
    try:
        found["amsynth"] = find_plugin("amsynth_vst", Path())
    except ComposerError as error:
        print(f"without amsynth: {error}", file=sys.stderr)
    sys.path.insert(0, str(SUPPORT))
    probe: Any = importlib.import_module("probe_plugin")
    if problem := probe.missing_tools():
        print(f"without the probe: {problem}", file=sys.stderr)
    else:
        found["probe VST3"] = probe.build().variant()
    return found


def main() -> None:
    """Compare the sides on each plugin and print what was found."""
    parser = argparse.ArgumentParser(description="Hosting a plugin: composer_daw against bare scripts.")
    parser.add_argument("--jobs", type=int, default=60)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument(
        "--profile", action="store_true", help="where one worker's time goes, and nothing else"
    )
    parser.add_argument("--seconds", type=float, nargs=2, default=(8.0, 20.0), metavar=("LEAST", "MOST"))
    arguments = parser.parse_args()
    results = {}
    for name, plugin in plugins().items():
        with tempfile.TemporaryDirectory() as folder:
            if arguments.profile:
                profile(plugin, name, Path(folder), arguments)
            else:
                results[name] = compare(plugin, name, Path(folder), arguments)
    for name, result in results.items():
        tell(name, result)
    if arguments.json:
        write_text(arguments.json, json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
