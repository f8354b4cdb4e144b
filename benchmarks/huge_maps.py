"""How long a map of a hundred thousand lines takes to be read or refused, in every format.

    python benchmarks/huge_maps.py [--runs N]

The goal is a second for each file, however it is filled. Times are medians of the runs, with the least and
the largest.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from composer_daw.errors import ComposerError
from composer_daw.techniques import TechniqueMap, load_map
from composer_daw.techniques.interchange.expressionmap import read_expressionmap, write_expressionmap
from composer_daw.techniques.interchange.musescore import read_musescore
from composer_daw.techniques.interchange.reabank import read_reabank
from composer_daw.techniques.interchange.sfz import read_sfz

LINES = 100_000
GOAL_S = 1.0
HEAD = "technique_map: 1\ninstrument: X\n"
GROUP = "groups: {a: {default: t1}}\ntechniques:\n"


def yaml_maps() -> dict[str, str]:
    """Return maps of our own, by what fills them."""
    techniques = "".join(f" t{number}:\n  group: a\n" for number in range(LINES // 2))
    return {
        "comments": HEAD + "#\n" * LINES,
        "one long text": HEAD + "source: |\n" + " a\n" * LINES,
        "one long list": HEAD + "chase:\n" + "- 1\n" * LINES,
        "techniques": HEAD + GROUP + techniques,
        "lists never closed": HEAD + "techniques:\n" + " - [1\n" * LINES,
        "nested": HEAD + "techniques: " + "[\n" * LINES,
    }


def reabanks() -> dict[str, str]:
    """Return Reaticulate banks."""
    bank = "Bank * * {0}\n" + "".join(
        f'//! c=long i=note g=1 o=note:{n}@127\n{n} "Long {n}"\n' for n in range(128)
    )
    return {
        "banks": "".join(bank.format(number) for number in range(300)),
        "empty banks": "Bank * * V\n" * 90_000,
        "comments": "// nothing\n" * LINES,
    }


def expression_maps() -> dict[str, str]:
    """Return Cubase expression maps."""
    techniques = {f"Slot of {row}": {"group": "g", "on": [{"keyswitch": row % 128}]} for row in range(1480)}
    data = {"technique_map": 1, "instrument": "Big", "groups": {"g": {}}, "techniques": techniques}
    slots = write_expressionmap(TechniqueMap.model_validate(data, context=data))[0]
    return {"sound slots": slots, "objects": "<InstrumentMap>\n" + "<obj>\n" * LINES}


def key_switches() -> dict[str, str]:
    """Return key switches of MuseScore."""
    keys = {f"Sound {row}": f"{row % 128}|{row % 127 + 1}" for row in range(80)}
    sets = {f"Set {row}": {"techniqueKeyMap": keys} for row in range(100)}
    return {"sets": json.dumps(sets, indent=0).replace(",", "," + "\n" * 12)}


def sfz_files() -> dict[str, str]:
    """Return SFZ instruments."""
    opcodes = ("sw_last={0}", "lobend={1} lokey=x{1}", "locc{2}={0} hicc{2}={0}")
    return {
        opcode.partition("=")[0]: "".join(
            f"<region> {opcode.format(row % 25, row, row % 30)}\nlovel=1\n" for row in range(LINES // 2)
        )
        for opcode in opcodes
    }


FORMATS: tuple[tuple[str, Callable[[], dict[str, str]], Callable[[Path], object]], ...] = (
    (".yaml", yaml_maps, load_map),
    (".reabank", reabanks, read_reabank),
    (".expressionmap", expression_maps, read_expressionmap),
    (".json", key_switches, read_musescore),
    (".sfz", sfz_files, read_sfz),
)


def outcome(path: Path, read: Callable[[Path], object]) -> tuple[float, str]:
    """Return the seconds that reading a file takes, and whether it is read or refused."""
    began = time.perf_counter()
    try:
        read(path)
        told = "read"
    except ComposerError:
        told = "refused"
    return time.perf_counter() - began, told


def main() -> None:
    """Read every file and print what was found."""
    parser = argparse.ArgumentParser(description="Maps of a hundred thousand lines.")
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        for suffix, texts, read in FORMATS:
            for filling, text in texts().items():
                path = Path(folder) / f"huge{suffix}"
                path.write_text(text, encoding="utf-8")
                tried = [outcome(path, read) for _ in range(runs)]
                taken = [seconds for seconds, _ in tried]
                median, lines = statistics.median(taken), text.count("\n")
                spread = f"{min(taken):.2f} to {max(taken):.2f}"
                met, told = "met" if median < GOAL_S else "MISSED", tried[0][1]
                print(f"{suffix} of {filling}, {lines:,} lines: {told} in {median:.2f} s ({spread}; {met})")


if __name__ == "__main__":
    main()
