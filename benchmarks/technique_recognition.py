"""How true the studio violin's techniques are: told apart on unseen pitches, and on real recordings.

    python benchmarks/technique_recognition.py --recordings DIR [DIR ...] [--json OUT]

Trains nearest-centroid classifiers on single notes of the studio violin alone: eleven techniques, tested on
the other half of the pitches; then six classes, tested on real single notes and phrases (folders of the
Philharmonia Orchestra's samples, technique in the file name), with a bootstrap interval over recordings.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.calibration import SingleNote, render_single_notes
from composer_daw.evaluation.philharmonia import LabelledNote, labelled_notes
from composer_daw.evaluation.techniques import balanced_accuracy, confusion, fit, predict, recalls
from composer_daw.measure import measure_note, vector
from composer_daw.rendering import load_instrument, open_host

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
    "pizzicato": "pizzicato",
    "tremolo": "tremolo",
    "col_legno": "col legno",
    "staccato": "short",
    "spiccato": "short",
    "harmonics": "harmonic",
}
PITCHES = range(55, 106)
VELOCITIES = (36, 64, 84, 104)
"""What the notes are trained on: four dynamics, four lengths, so that neither tells the technique."""

LENGTHS_S = (0.3, 0.5, 1.0, 1.5)

Array = npt.NDArray[np.float64]


def violin_notes(techniques: Sequence[str], pitches: Sequence[int], seed: int) -> list[SingleNote]:
    """Return notes of the studio violin; length and velocity vary from note to note."""
    instrument = load_instrument("studio/violin")
    plan = [
        (pitch, VELOCITIES[number % 4], LENGTHS_S[(number // 4 + number) % 4])
        for number, pitch in enumerate(pitches)
    ]
    with open_host(instrument) as host:
        return [
            note for name in techniques for note in render_single_notes(instrument, host, name, plan, seed)
        ]


def eleven_techniques() -> dict[str, Any]:
    """Train on every other pitch, test on the rest."""
    notes = violin_notes(ELEVEN, [*PITCHES, *PITCHES], seed=1)
    vectors = np.array([vector(note.measured()) for note in notes])
    names = np.array([note.technique for note in notes])
    seen = np.array([note.pitch % 2 == 0 for note in notes])
    guessed = predict(fit(vectors[seen], names[seen].tolist()), vectors[~seen])
    truth = names[~seen].tolist()
    return {
        "accuracy": float(np.mean(np.array(guessed) == truth)),
        "recalls": recalls(truth, guessed),
        "confusion": confusion(truth, guessed, ELEVEN).tolist(),
        "notes": len(truth),
    }


def six_classes(folders: Sequence[Path], trained_on: Array, names: Sequence[str]) -> dict[str, Any]:
    """Test the violin's centroids on the recordings in the folders."""
    found = [note for folder in folders for note in labelled_notes(folder) if note.technique in SIX]
    vectors = np.array([_real_vector(note) for note in found])
    truth = [SIX[note.technique] for note in found]
    guessed = predict(fit(trained_on, names), vectors)
    files = [note.path.name for note in found]
    low, high = by_recording(truth, guessed, files, np.random.default_rng(0))
    classes = sorted(set(SIX.values()))
    return {
        "balanced_accuracy": balanced_accuracy(truth, guessed),
        "interval_95": [low, high],
        "recalls": recalls(truth, guessed),
        "classes": classes,
        "confusion": confusion(truth, guessed, classes).tolist(),
        "notes": len(found),
        "recordings": len(set(files)),
    }


def by_recording(
    truth: Sequence[str], guessed: Sequence[str], files: Sequence[str], rng: np.random.Generator
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the balanced accuracy, drawing whole recordings.

    The notes of one phrase are alike, so they are drawn together. A draw that misses a class is drawn again.
    """
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(files):
        groups.setdefault(name, []).append(row)
    recordings, classes = list(groups.values()), set(truth)
    scores: list[float] = []
    while len(scores) < 2000:
        rows = [row for pick in rng.integers(0, len(recordings), len(recordings)) for row in recordings[pick]]
        if {truth[row] for row in rows} == classes:
            scores.append(balanced_accuracy([truth[row] for row in rows], [guessed[row] for row in rows]))
    low, high = np.quantile(scores, [0.025, 0.975])
    return float(low), float(high)


def training_set(seed: int = 2) -> tuple[Array, list[str]]:
    """Return the violin's vectors and the six classes."""
    notes = violin_notes(list(SIX), [*PITCHES, *PITCHES], seed)
    return np.array([vector(note.measured()) for note in notes]), [SIX[note.technique] for note in notes]


def _real_vector(note: LabelledNote) -> Array:
    return vector(measure_note(note.samples, note.sample_rate, note.frequency_hz))


def main() -> None:
    """Run both studies and print what they found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--recordings", nargs="*", type=Path, default=[], metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    results: dict[str, Any] = {"eleven techniques, unseen pitches": eleven_techniques()}
    vectors, names = training_set()
    for folder in arguments.recordings:
        results[f"six classes, {folder.name}"] = six_classes([folder], vectors, names)
    for title, result in results.items():
        print(title)
        for key, value in result.items():
            if key == "confusion":
                for name, row in zip(result.get("classes", ELEVEN), value, strict=True):
                    print(f"    {name:<16}", *(f"{count:>4}" for count in row))
            else:
                print(f"  {key}: {value}")
    if arguments.json:
        from composer_daw.files import write_text

        write_text(arguments.json, json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
