"""The studio band on one table: tuning, dynamics, repetition, cleanness and speed, instrument by instrument.

    python -m benchmarks.studio_band [-i NAME ...] [--every 3] [--recognition JSON ...]

Single notes only, each alone, at 44.1 kHz. How well the techniques are told apart is a study of its own:
what `benchmarks/technique_recognition.py --json` wrote is put into the table as it stands, a dash where
nothing was given; that of the kit is in tests/sound/test_studio_drums.py. Prints Markdown. Exits with 1
where a figure misses what is asked: 5 cents, louder and brighter with velocity, no clone, no clipping, no
click where the key is let go.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer_daw.calibration import BEFORE_S, SingleNote, render_single_notes
from composer_daw.hosts.base import Host
from composer_daw.measure import centroid_hz, cents_from, click_db, level_db, onset_s
from composer_daw.rendering import Instrument, load_instrument, open_host

PLAIN: dict[str, tuple[str, ...]] = {
    "violin": ("sustain", "legato", "pizzicato", "harmonics", "sul_tasto", "con_sordino"),
    "viola": ("sustain", "legato", "pizzicato", "harmonics", "sul_tasto", "con_sordino"),
    "cello": ("sustain", "legato", "pizzicato", "harmonics", "sul_tasto", "con_sordino"),
    "contrabass": ("sustain", "legato", "pizzicato", "harmonics", "sul_tasto", "con_sordino"),
    "guitar": ("sustain", "picked", "palm_mute", "harmonics", "tremolo_picking"),
    "electric_bass": ("fingered", "picked", "slap", "pop", "mute", "harmonics"),
    "electric_piano": ("sustain", "staccato"),
}
"""Techniques that have a pitch, the usual one first."""

VELOCITIES = tuple(range(19, 128, 12))
HELD_S = 1.0
STUDIES = (
    ("unseen pitches", "unseen pitches"),
    ("varied", "four dynamics and four lengths"),
    ("busy bars", "busy bars, four dynamics"),
)
"""What a column is called, and how a title of the study of recognition ends."""

MOST_CENTS, MOST_ALIKE_DB, LOUDEST_CLICK_DB = 5.0, -40.0, 12.0


@dataclass(frozen=True)
class Row:
    """What is told of one instrument."""

    name: str
    lowest: int
    highest: int
    techniques: int
    notes: int
    median_cents: float
    worst_cents: float
    where: str
    steps: int
    dynamics_db: float
    brighter: float
    apart_db: float
    peak: float
    click_db: float
    late_ms: float
    times_real: float

    @property
    def holds(self) -> bool:
        """Tell whether all is as it should be."""
        return (
            self.worst_cents <= MOST_CENTS
            and self.steps == len(VELOCITIES) - 1
            and self.brighter > 1.0
            and self.apart_db > MOST_ALIKE_DB
            and self.peak < 1.0
            and self.click_db < LOUDEST_CLICK_DB
        )

    def line(self, recognised: Mapping[str, float]) -> str:
        """Return it as a line of the table, with the accuracies of the studies of recognition by column."""
        cells = (
            self.name.replace("_", " "),
            f"{self.lowest} to {self.highest}",
            f"{self.techniques}",
            f"{self.median_cents:.1f}",
            f"{self.worst_cents:.1f} ({self.where})",
            f"{self.dynamics_db:.0f} dB in {self.steps} of {len(VELOCITIES) - 1} steps",
            f"x {self.brighter:.2f}",
            f"{self.apart_db:.0f}",
            f"{self.peak:.2f}",
            f"{self.click_db:.1f}",
            f"{self.late_ms:.1f}",
            *(f"{recognised[title]:.3f}" if title in recognised else "-" for title, _ in STUDIES),
            f"{self.times_real:.0f}",
        )
        return "| " + " | ".join(cells) + " |"


TITLES = (
    "instrument",
    "MIDI pitches",
    "techniques",
    "median, cents",
    "furthest off, cents",
    "soft to hard",
    "centroid, soft to hard",
    "repeated notes, difference, dB",
    "highest peak",
    "worst click, dB",
    "most from the label, ms",
    *(f"told apart, {title}" for title, _ in STUDIES),
    "times real time",
)


def row(name: str, every: int) -> Row:
    """Measure one instrument."""
    instrument = load_instrument(f"studio/{name}")
    lowest, highest = instrument.technique_map.range
    techniques = PLAIN[name]
    with open_host(instrument) as host:
        started = time.process_time()
        notes: list[SingleNote] = []
        for technique in techniques:
            plan = [(pitch, 84, HELD_S) for pitch in range(lowest, highest + 1, every)]
            notes += render_single_notes(instrument, host, technique, plan)
        heard_s = sum(len(note.samples) / note.sample_rate for note in notes)
        times_real = heard_s / (time.process_time() - started)
        middle = (lowest + highest) // 2
        ladder = render_single_notes(
            instrument, host, techniques[0], [(middle, velocity, HELD_S) for velocity in VELOCITIES]
        )
        apart_db = least_apart_db(instrument, host, techniques[0], middle)
    off = [(cents(note), f"{note.technique} {note.pitch}") for note in notes]
    worst_cents, where = max(off)
    levels = np.array([level_db(note.samples, note.sample_rate) for note in ladder])
    soft, hard = (centroid_hz(note.samples, note.sample_rate) for note in (ladder[0], ladder[-1]))
    return Row(
        name=name,
        lowest=lowest,
        highest=highest,
        techniques=len(instrument.technique_map.playable()),
        notes=len(notes),
        median_cents=float(np.median([far for far, _ in off])),
        worst_cents=worst_cents,
        where=where,
        steps=int((np.diff(levels) > 0).sum()),
        dynamics_db=float(levels[-1] - levels[0]),
        brighter=hard / soft,
        apart_db=apart_db,
        peak=max(float(np.abs(note.samples).max()) for note in (*notes, *ladder)),
        click_db=max(click_db(note.samples, note.sample_rate, BEFORE_S + HELD_S) for note in notes),
        late_ms=max(1000 * abs(onset_s(note.samples, note.sample_rate) - BEFORE_S) for note in notes),
        times_real=times_real,
    )


def least_apart_db(instrument: Instrument, host: Host, technique: str, pitch: int) -> float:
    """Return how far apart two notes in a row of eight alike are at least: their difference against one."""
    notes = render_single_notes(instrument, host, technique, [(pitch, 84, HELD_S)] * 8)
    size = min(len(note.samples) for note in notes)
    takes = [note.samples[:size].astype(np.float64) for note in notes]
    pairs = zip(takes, takes[1:], strict=False)
    return float(min(10.0 * np.log10(np.sum((one - other) ** 2) / np.sum(one**2)) for one, other in pairs))


def cents(note: SingleNote) -> float:
    """Return how far a note is from its pitch while the key is held; stop where none is heard."""
    start, rate = round(BEFORE_S * note.sample_rate), note.sample_rate
    found = cents_from(note.samples[start : start + round(0.9 * HELD_S * rate)], rate, note.frequency_hz)
    if not np.isfinite(found):
        raise SystemExit(f"no pitch is heard in {note.technique} {note.pitch}")
    return abs(found)


def recognition(files: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Return the accuracies that the study of recognition wrote, by instrument and column."""
    found: dict[str, dict[str, float]] = {}
    for path in files:
        for title, result in json.loads(path.read_text(encoding="utf-8")).items():
            name, _, rest = title.removeprefix("studio/").partition(": ")
            for column, ending in STUDIES:
                if rest.endswith(ending):
                    found.setdefault(name, {})[column] = result["accuracy"]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 where a figure misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-i", "--instruments", nargs="*", choices=list(PLAIN), default=list(PLAIN))
    parser.add_argument("--every", type=int, default=1, help="Every n-th pitch of the range.")
    parser.add_argument("--recognition", nargs="*", type=Path, default=[], metavar="JSON")
    given = parser.parse_args(arguments)
    recognised = recognition(given.recognition)
    print("| " + " | ".join(TITLES) + " |\n" + "|---" * len(TITLES) + "|")
    missed = []
    for name in given.instruments:
        found = row(name, given.every)
        print(found.line(recognised.get(name, {})), flush=True)
        missed += [] if found.holds else [name]
    if missed:
        print(f"missed: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
