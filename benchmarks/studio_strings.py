"""The studio strings: in tune, in time, louder with velocity; beside real players; and how fast they render.

    python -m benchmarks.studio_strings [-i NAME ...] [--recordings NAME=DIR ...] [--json OUT]

Recordings are folders of the Philharmonia Orchestra's samples (technique in the file name), such as
studio/cello=DIR. Of each technique, by register, it prints the median of what is measured on the real notes
and on the studio's (velocity 84, 1 s): `real / ours`. Without recordings it prints the studio's alone.
Before that, the worst of each technique over the range: cents, milliseconds from the label, the smallest of
nine steps of velocity, and how much brighter the hardest is than the softest but one.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.technique_recognition import ELEVEN, STRINGS, pitches_of
from composer_daw.calibration import render_single_notes
from composer_daw.evaluation.philharmonia import labelled_notes
from composer_daw.files import write_text
from composer_daw.measure import NoteFeatures, centroid_hz, cents_from, level_db, measure_note, onset_s
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import load_instrument, open_host, render

FIGURES = ("attack_ms", "above_10_db_s", "t60_s", "centroid_hz", "centroid_ratio", "hnr_db")
REGISTERS_HZ = (30, 65, 131, 262, 524, 1047, 4200)
EVERY = 3
"""The studio plays every third pitch of its range."""

BOWED = ("sustain", "legato", "harmonics", "sul_ponticello", "sul_tasto", "con_sordino")
"""Those whose pitch stands still for long enough to be measured to the cent."""
PLACES = 8
"""So many pitches of the range are played in three velocities for the labels."""

RATE = 44100
"""Of the renders, in Hz."""

Samples = npt.NDArray[np.float32]
Row = dict[str, float | str]
Notes = list[tuple[str, NoteFeatures]]


def studio_notes(instrument: str) -> Notes:
    """Return the technique and features of single notes of a studio instrument."""
    loaded = load_instrument(instrument)
    plan = [(pitch, 84, 1.0) for pitch in pitches_of(instrument)[::EVERY]]
    with open_host(loaded) as host:
        return [
            (technique, note.measured())
            for technique in ELEVEN
            for note in render_single_notes(loaded, host, technique, plan, seed=1)
        ]


def real_notes(folder: Path) -> Notes:
    """Return the technique and features of all notes in a folder."""
    return [
        (note.technique, measure_note(note.samples, note.sample_rate, note.frequency_hz))
        for note in labelled_notes(folder)
    ]


def demands(instrument: str) -> list[Row]:
    """Return what the tests ask for, measured: a row for each technique."""
    loaded = load_instrument(instrument)
    pitches = list(pitches_of(instrument))
    middle, places = pitches[len(pitches) // 3], pitches[:: len(pitches) // PLACES]
    rows: list[Row] = []
    with open_host(loaded) as host:

        def notes(technique: str, plan: Sequence[tuple[int, int]], held_s: float) -> list[Samples]:
            """Return the sound of notes (pitch, velocity), each alone, 0.2 s before its label to its end."""
            score = [(0.5 + 2.0 * n, held_s, pitch, velocity) for n, (pitch, velocity) in enumerate(plan)]
            audio = render(Performance(note_rows(score)), loaded, technique, host=host, seed=1).audio
            starts = [round((0.3 + 2.0 * n) * RATE) for n in range(len(plan))]
            return [audio.mono()[start : start + round(1.9 * RATE)] for start in starts]

        for technique in ELEVEN:
            row: Row = {"technique": technique, "cents": float("nan")}
            if technique in BOWED:
                heard = notes(technique, [(pitch, 84) for pitch in pitches[::2]], 0.9)
                cents = [
                    cents_from(sound[round(0.2 * RATE) : round(1.1 * RATE)], RATE, hertz(pitch))
                    for sound, pitch in zip(heard, pitches[::2], strict=True)
                ]
                row["cents"] = float(np.abs(cents).max())
            heard = notes(technique, list(product(places, (50, 84, 118))), 0.8)
            row["late_ms"] = float(1000 * np.abs([onset_s(sound, RATE) - 0.2 for sound in heard]).max())
            steps = [(middle, int(velocity)) for velocity in np.linspace(13, 127, 10).round()]
            heard = notes(technique, steps, 0.8)
            levels = [level_db(sound, RATE) for sound in heard]
            row["least_step_db"] = float(np.diff(levels).min())
            row["span_db"] = levels[-1] - levels[0]
            soft, loud = (centroid_hz(heard[n][: round(0.9 * RATE)], RATE) for n in (1, 9))
            row["brighter"] = loud / soft
            rows.append(row)
    return rows


def hertz(pitch: int) -> float:
    """Return the frequency in equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))


def tell_demands(instrument: str, rows: Sequence[Row]) -> None:
    """Print a line for each technique."""
    print(f"{instrument}: worst of each technique")
    names = [name for name in rows[0] if name != "technique"]
    print(f"{'':<15}" + "".join(f"{name:>15}" for name in names))
    for row in rows:
        print(f"{row['technique']:<15}" + "".join(f"{row[name]:>15.2f}" for name in names))


def packed_speed(instrument: str, seconds: int = 20) -> float:
    """Return how many times faster than real time it renders notes that follow each other without a rest."""
    loaded = load_instrument(instrument)
    middle = pitches_of(instrument)[len(pitches_of(instrument)) // 2]
    score = Performance(note_rows([(0.5 * n, 0.5, middle, 84) for n in range(2 * seconds)]))
    with open_host(loaded) as host:
        render(score, loaded, "sustain", host=host)
        start_s = time.process_time()
        render(score, loaded, "sustain", host=host)
        return seconds / (time.process_time() - start_s)


def compare(ours: Notes, real: Notes) -> list[Row]:
    """Return a row for each technique and register that the studio has."""
    rows: list[Row] = []
    for technique, (low, high) in product(ELEVEN, pairwise(REGISTERS_HZ)):
        if found := select(ours, technique, low, high):
            place: Row = {"technique": technique, "from_hz": low, "to_hz": high}
            rows.append(place | medians("ours", found) | medians("real", select(real, technique, low, high)))
    return rows


def select(notes: Notes, technique: str, low: float, high: float) -> list[NoteFeatures]:
    """Return the notes of one technique in one register."""
    return [one for name, one in notes if name == technique and low <= one.frequency_hz < high]


def medians(whose: str, notes: Iterable[NoteFeatures]) -> Row:
    """Return how many notes there are, and the median of each figure over those that have it."""
    rows = [dataclasses.asdict(note) for note in notes]
    found: Row = {f"{whose}_notes": float(len(rows))}
    for figure in FIGURES:
        values = np.array([row[figure] for row in rows], dtype=float)
        values = values[np.isfinite(values)]
        found[f"{whose}_{figure}"] = float(np.median(values)) if len(values) else float("nan")
    return found


def tell(instrument: str, rows: Sequence[Row]) -> None:
    """Print `real / ours` of each figure, a line for each technique and register."""
    print(f"{instrument}: real / ours")
    print(f"{'':<15}{'Hz':>11} {'notes':>9}" + "".join(f"{figure:>19}" for figure in FIGURES))
    for row in rows:
        figures = "".join(f"{row[f'real_{f}']:>9.3g} /{row[f'ours_{f}']:>8.3g}" for f in FIGURES)
        span, count = f"{row['from_hz']}-{row['to_hz']}", f"{row['real_notes']:.0f} /{row['ours_notes']:.0f}"
        print(f"{row['technique']:<15}{span:>11} {count:>9}{figures}")


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description="The studio strings beside real players.")
    parser.add_argument("-i", "--instruments", nargs="*", choices=STRINGS, default=STRINGS)
    parser.add_argument("--recordings", nargs="*", default=[], metavar="NAME=DIR")
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    folders = dict(item.split("=", 1) for item in arguments.recordings)
    results: dict[str, dict[str, list[Row]]] = {}
    for instrument in arguments.instruments:
        measured = demands(instrument)
        tell_demands(instrument, measured)
        real = real_notes(Path(folders[instrument])) if instrument in folders else []
        compared = compare(studio_notes(instrument), real)
        tell(instrument, compared)
        results[instrument] = {"worst": measured, "compared": compared}
        print(f"{instrument}: {packed_speed(instrument):.0f} times real time, notes without a rest")
    if arguments.json:
        write_text(arguments.json, json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
