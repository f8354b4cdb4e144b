"""How well the rubato model agrees with players it has not learned from, against rules and other players.

    python benchmarks/rubato.py FOLDER [--by piece composer] [--seed N] [--json OUT]

FOLDER holds aligned performances, such as (n)ASAP. Every performance is held out once by piece (eight folds;
all versions of a piece go together) and once by composer; the model is trained anew for each fold.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from composer_daw.files import write_text
from composer_daw.humanizer.rubato.alignments import load_folder
from composer_daw.humanizer.rubato.evaluation import Agreement, HeldOut, Summary, held_out, summaries, table
from composer_daw.humanizer.rubato.samples import Sample, samples_of
from composer_daw.humanizer.rubato.training import Settings, train

By = Literal["piece", "composer"]


def study(folder: Path, by: Sequence[By] = ("piece", "composer"), seed: int = 1) -> dict[By, list[HeldOut]]:
    """Return every performance of a folder, held out by each of `by`."""
    samples, names = samples_of(load_folder(folder))
    return {way: study_samples(samples, names, way, seed) for way in by}


def study_samples(samples: Sequence[Sample], names: Sequence[str], by: By, seed: int) -> list[HeldOut]:
    """Train for each fold and judge what was held out; tell on the way."""
    settings = Settings(seed=seed)
    return held_out(
        samples,
        by,
        lambda inside: train(inside, names, settings),
        lambda done, total: print(f"  by {by}: fold {done} of {total}", flush=True),
    )


def tell(by: By, rows: Sequence[HeldOut]) -> None:
    """Print the summaries, and a table by composer for each figure."""
    print(f"\n## Held out by {by}: {len(rows)} performances\n")
    for one in summaries(rows):
        print(line(one))
    for figure in Agreement._fields:
        print(f"\n### {figure.replace('_', ' ')}\n\n{table(rows, figure)}")


def line(one: Summary) -> str:
    """Return one summary in a line."""
    return (
        f"- {one.figure.replace('_', ' ')}: model {one.model:.2f}, rules {one.rules:.2f}; ahead on "
        f"{100 * one.ahead:.0f} %, median gain {one.gain:.2f} [{one.low:.2f}, {one.high:.2f}]; with three "
        f"players or more ({one.contested}): model {one.model_there:.2f}, other players {one.players:.2f}"
    )


def main() -> None:
    """Run the study and print what it found."""
    parser = argparse.ArgumentParser(description="How well the rubato model agrees with unseen players.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--by", nargs="+", choices=("piece", "composer"), default=["piece", "composer"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    found = study(arguments.folder, arguments.by, arguments.seed)
    for by, rows in found.items():
        tell(by, rows)
    if arguments.json:
        told: dict[str, Any] = {
            by: {"summaries": [asdict(one) for one in summaries(rows)], "rows": [asdict(row) for row in rows]}
            for by, rows in found.items()
        }
        write_text(arguments.json, json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
