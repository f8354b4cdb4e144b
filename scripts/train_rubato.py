"""Train the rubato model on aligned performances that you have, into the store of models.

    python scripts/train_rubato.py FOLDER [--epochs N] [--members N] [--seed N] [--hold-out piece|composer]

FOLDER is (n)ASAP, or any folder of .match files. With --hold-out the figures of the card are measured first,
each performance held out once, which takes as many trainings as there are folds. Weights carry the licence of
the data: ASAP's is CC-BY-NC-SA, so keep them to yourself unless you keep to it.
"""

from __future__ import annotations

import argparse
import datetime
import shlex
import sys
from pathlib import Path

from environment import run_inside


def main() -> None:
    """Read the folder, train, and store the weights with their card."""
    from composer_daw.cli.progress import bar
    from composer_daw.humanizer.rubato.alignments import load_folder
    from composer_daw.humanizer.rubato.evaluation import held_out, summaries
    from composer_daw.humanizer.rubato.samples import samples_of
    from composer_daw.humanizer.rubato.training import Settings, store, train
    from composer_daw.models import Source

    arguments = _arguments()
    settings = Settings(seed=arguments.seed, epochs=arguments.epochs, members=arguments.members)
    samples, names = samples_of(load_folder(arguments.folder))
    figures: dict[str, float | str] = {"held out": "nothing: not measured"}
    if arguments.hold_out:
        rows = held_out(samples, arguments.hold_out, lambda inside: train(inside, names, settings), _say)
        figures = {"held out": f"each {arguments.hold_out} once; median correlations"}
        figures |= {one.figure: round(one.model, 3) for one in summaries(rows)}
    with bar("training") as advance:
        network = train(samples, names, settings, lambda done, total: advance("", total=total))
    source = Source(name=arguments.data_name, licence=arguments.data_licence)
    command = f"python scripts/train_rubato.py {shlex.join(sys.argv[1:])}"
    folder = store(network, samples, settings, command, source, figures, datetime.date.today())
    pieces = len({sample.aligned.piece for sample in samples})
    print(f"{folder}: trained on {len(samples)} performances of {pieces} pieces")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the rubato model on aligned performances.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--members", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hold-out", choices=("piece", "composer"))
    parser.add_argument("--data-name", default="(n)ASAP", help="what the card calls the data")
    parser.add_argument("--data-licence", default="CC-BY-NC-SA-4.0", help="the data's licence, for the card")
    return parser.parse_args()


def _say(done: int, total: int) -> None:
    print(f"  fold {done} of {total}", flush=True)


if __name__ == "__main__":
    run_inside(Path(__file__), "[train]")
    from composer_daw.errors import ComposerError

    try:
        main()
    except ComposerError as error:
        sys.exit(f"train_rubato: {error}")
