"""How true the studio instruments' techniques are: told apart on unseen pitches, and on real recordings.

    python benchmarks/technique_recognition.py [-i NAME ...] [--recordings DIR ...] [--json OUT]

Trains nearest-centroid classifiers on single notes of one studio instrument alone. Eleven techniques of a
bowed instrument, or those of a plucked one, are tested on the other half of the pitches. Plucked ones are
heard in busy bars, too: eighths at 120 to the minute, each cut out from its onset to the next one's. Eight
of the bowed ones, gathered in six classes, are tested on real notes: folders of the Philharmonia Orchestra's
samples, technique in the file name, phrases cut into their notes. The interval is a bootstrap over
recordings, for the notes of one recording are alike.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.calibration import render_single_notes
from composer_daw.evaluation.philharmonia import labelled_notes
from composer_daw.evaluation.techniques import (
    balanced_accuracy,
    bootstrap_interval,
    confusion,
    fit,
    predict,
    recalls,
)
from composer_daw.files import write_text
from composer_daw.measure import measure_note, vector
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import load_instrument, open_host, render

ELEVEN = (
    "sustain",
    "legato",
    "staccato",
    "spiccato",
    "pizzicato",
    "tremolo",
    "harmonics",
    "col_legno",
    "sul_ponticello",
    "sul_tasto",
    "con_sordino",
)
SIX = {
    "sustain": "arco",
    "legato": "arco",
    "staccato": "short",
    "spiccato": "short",
    "pizzicato": "pizzicato",
    "tremolo": "tremolo",
    "harmonics": "harmonic",
    "col_legno": "col legno",
}
REAL = tuple(name for name in SIX if name != "legato")
"""Real notes are taken from files of these; a legato phrase is no test of single notes."""

STRINGS = ("studio/violin", "studio/viola", "studio/cello", "studio/contrabass")
PLUCKED = {
    "studio/guitar": ("sustain", "picked", "palm_mute", "harmonics", "tremolo_picking", "ghost"),
    "studio/electric_bass": ("fingered", "picked", "slap", "pop", "mute", "harmonics", "ghost"),
}
"""Techniques of single notes; strums are of chords."""

EIGHTH_S, BEFORE_S = 0.25, 0.02
VELOCITIES, LENGTHS_S = (36, 64, 84, 104), (0.3, 0.5, 1.0, 1.5)
USUAL = 30
"""So many semitones from the lowest up are an instrument's usual range."""

Vectors = npt.NDArray[np.float64]
Note = tuple[int, int, float]
Heard = Callable[[str, Sequence[str], Sequence[Note], int], tuple[Vectors, list[str]]]


def pitches_of(instrument: str) -> range:
    """Return the pitches of the instrument's range, lowest first."""
    lowest, highest = load_instrument(instrument).technique_map.range
    return range(lowest, highest + 1)


def whole_range(instrument: str, every: int = 1) -> list[Note]:
    """Return the instrument's pitches, or every few of them, at one dynamic and one length."""
    return [(pitch, 84, 1.0) for pitch in pitches_of(instrument)[::every]]


def varied(instrument: str, every: int = 1) -> list[Note]:
    """Return the usual range in four dynamics and four lengths, so that neither tells the technique."""
    return [
        (pitch, velocity, LENGTHS_S[(number + place) % 4])
        for number, pitch in enumerate(pitches_of(instrument)[:USUAL:every])
        for place, velocity in enumerate(VELOCITIES)
    ]


def studio_notes(
    instrument: str, techniques: Sequence[str], plan: Sequence[Note], seed: int
) -> tuple[Vectors, list[str]]:
    """Return the vectors and techniques of single notes of an instrument, technique by technique."""
    loaded = load_instrument(instrument)
    with open_host(loaded) as host:
        notes = [note for name in techniques for note in render_single_notes(loaded, host, name, plan, seed)]
    return np.array([vector(note.measured()) for note in notes]), [note.technique for note in notes]


def busy_bars(
    instrument: str, techniques: Sequence[str], plan: Sequence[Note], seed: int
) -> tuple[Vectors, list[str]]:
    """Return the same of notes that follow each other without a rest, in an order drawn from the seed."""
    loaded, order = load_instrument(instrument), np.random.default_rng(seed).permutation(len(plan))
    times = BEFORE_S + EIGHTH_S * np.argsort(order)
    rows = [(at_s, EIGHTH_S, pitch, velocity) for at_s, (pitch, velocity, _) in zip(times, plan, strict=True)]
    vectors, names = [], []
    with open_host(loaded) as host:
        for name in techniques:
            audio = render(Performance(note_rows(sorted(rows))), loaded, name, host=host, seed=seed).audio
            mono, rate = audio.mono(), audio.sample_rate
            for at_s, length_s, pitch, _ in rows:
                sound = mono[round((at_s - BEFORE_S) * rate) : round((at_s + length_s - BEFORE_S) * rate)]
                hertz = 440.0 * 2.0 ** ((pitch - 69) / 12.0)
                vectors.append(vector(measure_note(sound, rate, hertz, length_s)))
                names.append(name)
    return np.array(vectors), names


def unseen_pitches(
    instrument: str,
    techniques: Sequence[str],
    plan: Sequence[Note],
    seed: int = 1,
    heard: Heard = studio_notes,
) -> dict[str, Any]:
    """Train on every other pitch of the plan and test on the rest, then the other way round."""
    vectors, names = heard(instrument, techniques, plan, seed)
    pitches = [pitch for pitch, *_ in plan]
    order = {pitch: number for number, pitch in enumerate(sorted(set(pitches)))}
    even = np.tile([order[pitch] % 2 == 0 for pitch in pitches], len(techniques))
    truth: list[str] = []
    guessed: list[str] = []
    for seen in (even, ~even):
        centroids = fit(vectors[seen], [name for name, use in zip(names, seen, strict=True) if use])
        guessed += predict(centroids, vectors[~seen])
        truth += [name for name, use in zip(names, seen, strict=True) if not use]
    return scores(truth, guessed, techniques)


def eleven_techniques(instrument: str, plan: Sequence[Note], seed: int = 1) -> dict[str, Any]:
    """Do so with the eleven techniques of a bowed instrument."""
    return unseen_pitches(instrument, ELEVEN, plan, seed)


def six_classes(folder: Path, vectors: Vectors, names: Sequence[str]) -> dict[str, Any]:
    """Test the centroids of a studio instrument on the recordings in a folder."""
    found = [note for note in labelled_notes(folder) if note.technique in REAL]
    heard = np.array([vector(measure_note(n.samples, n.sample_rate, n.frequency_hz)) for n in found])
    guessed = [SIX[name] for name in predict(fit(vectors, names), heard)]
    truth, files = [SIX[note.technique] for note in found], [note.path.name for note in found]
    interval = bootstrap_interval(truth, guessed, np.random.default_rng(0), groups=files)
    result = scores(truth, guessed, sorted(set(SIX.values())))
    return {**result, "interval_95": list(interval), "recordings": len(set(files))}


def scores(truth: Sequence[str], guessed: Sequence[str], classes: Sequence[str]) -> dict[str, Any]:
    """Return what is reported of any of the tests."""
    return {
        "notes": len(truth),
        "accuracy": float(np.mean(np.array(guessed) == np.array(truth))),
        "balanced_accuracy": balanced_accuracy(truth, guessed),
        "recalls": recalls(truth, guessed),
        "classes": list(classes),
        "confusion": confusion(truth, guessed, classes).tolist(),
    }


def tell(title: str, result: dict[str, Any]) -> None:
    """Print one result: the figures, then a row of the confusion for each class."""
    print(title)
    for key in ("notes", "recordings", "accuracy", "balanced_accuracy", "interval_95"):
        if key in result:
            print(f"  {key}: {np.round(result[key], 3)}")
    for name, row in zip(result["classes"], result["confusion"], strict=True):
        print(f"  {name:<16} recall {result['recalls'][name]:.2f}  ", *(f"{count:>4}" for count in row))


def study(instrument: str, folders: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Return all that is asked of one instrument, by title."""
    results = {
        f"{instrument}: eleven techniques, unseen pitches": eleven_techniques(
            instrument, whole_range(instrument)
        ),
        f"{instrument}: eleven techniques, unseen pitches, four dynamics and four lengths": eleven_techniques(
            instrument, varied(instrument)
        ),
    }
    if folders:
        vectors, names = studio_notes(instrument, list(SIX), varied(instrument), seed=2)
        for folder in folders:
            results[f"{instrument}: six classes, {folder.name}"] = six_classes(folder, vectors, names)
    return results


def plucked_study(instrument: str) -> dict[str, dict[str, Any]]:
    """Return all that is asked of a plucked instrument, by title."""
    names, whole = PLUCKED[instrument], whole_range(instrument)
    mixed = varied(instrument)
    return {
        f"{instrument}: unseen pitches": unseen_pitches(instrument, names, whole),
        f"{instrument}: unseen pitches, four dynamics and four lengths": unseen_pitches(
            instrument, names, mixed
        ),
        f"{instrument}: unseen pitches, busy bars, four dynamics": unseen_pitches(
            instrument, names, mixed, heard=busy_bars
        ),
    }


def main() -> None:
    """Run the studies and print what they found."""
    parser = argparse.ArgumentParser(description="How true the studio instruments' techniques are.")
    parser.add_argument("-i", "--instruments", nargs="*", choices=(*STRINGS, *PLUCKED), default=STRINGS)
    parser.add_argument("--recordings", nargs="*", type=Path, default=[], metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    for instrument in arguments.instruments:
        plucked = instrument in PLUCKED
        found = plucked_study(instrument) if plucked else study(instrument, arguments.recordings)
        for title, result in found.items():
            tell(title, result)
        results |= found
    if arguments.json:
        write_text(arguments.json, json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
