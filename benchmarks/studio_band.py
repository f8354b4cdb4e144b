"""The studio band on one table: tuning, dynamics, repetition, cleanness and speed, instrument by instrument.

    python -m benchmarks.studio_band [-i NAME ...] [--every 3]

Single notes only, each alone, at 44.1 kHz. How well the techniques are told apart is a study of its own:
benchmarks/technique_recognition.py; that of the kit is in tests/sound/test_studio_drums.py. Exits with 1
where a figure misses what is asked: 5 cents, louder and brighter with velocity, no clone, no clipping, no
click where the key is let go.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.calibration import BEFORE_S, SingleNote, render_single_notes
from composer_daw.hosts.base import Host
from composer_daw.measure import centroid_hz, cents_from, click_db, level_db
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
MOST_CENTS, MOST_ALIKE_DB, LOUDEST_CLICK_DB = 5.0, -40.0, 12.0


@dataclass(frozen=True)
class Row:
    """What is told of one instrument."""

    name: str
    lowest: int
    highest: int
    techniques: int
    notes: int
    worst_cents: float
    where: str
    steps: int
    dynamics_db: float
    brighter: float
    apart_db: float
    peak: float
    click_db: float
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

    def line(self) -> str:
        """Return it as a line of the table."""
        cells = (
            self.name.replace("_", " "),
            f"{self.lowest} to {self.highest}",
            f"{self.techniques}",
            f"{self.worst_cents:.1f} ({self.where})",
            f"{self.dynamics_db:.0f} dB in {self.steps} of {len(VELOCITIES) - 1} steps",
            f"x {self.brighter:.2f}",
            f"{self.apart_db:.0f}",
            f"{self.peak:.2f}",
            f"{self.click_db:.1f}",
            f"{self.times_real:.0f}",
        )
        return "| " + " | ".join(cells) + " |"


TITLES = (
    "instrument",
    "MIDI pitches",
    "techniques",
    "furthest off, cents",
    "soft to hard",
    "centroid, soft to hard",
    "repeated notes, difference, dB",
    "highest peak",
    "worst click, dB",
    "times real time",
)


def row(name: str, every: int) -> Row:
    """Measure one instrument."""
    instrument = load_instrument(f"studio/{name}")
    lowest, highest = instrument.technique_map.range
    techniques = PLAIN[name]
    with open_host(instrument) as host:
        started = time.perf_counter()
        notes: list[SingleNote] = []
        for technique in techniques:
            plan = [(pitch, 84, HELD_S) for pitch in range(lowest, highest + 1, every)]
            notes += render_single_notes(instrument, host, technique, plan)
        heard_s = sum(len(note.samples) / note.sample_rate for note in notes)
        times_real = heard_s / (time.perf_counter() - started)
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
        worst_cents=worst_cents,
        where=where,
        steps=int((np.diff(levels) > 0).sum()),
        dynamics_db=float(levels[-1] - levels[0]),
        brighter=hard / soft,
        apart_db=apart_db,
        peak=max(float(np.abs(note.samples).max()) for note in (*notes, *ladder)),
        click_db=max(click_db(note.samples, note.sample_rate, BEFORE_S + HELD_S) for note in notes),
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 where a figure misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-i", "--instruments", nargs="*", choices=list(PLAIN), default=list(PLAIN))
    parser.add_argument("--every", type=int, default=1, help="Every n-th pitch of the range.")
    given = parser.parse_args(arguments)
    print("| " + " | ".join(TITLES) + " |\n" + "|---" * len(TITLES) + "|")
    missed = []
    for name in given.instruments:
        found = row(name, given.every)
        print(found.line(), flush=True)
        missed += [] if found.holds else [name]
    if missed:
        print(f"missed: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
