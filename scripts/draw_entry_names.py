"""Draw entry names from other people's technique maps and print them as CSV; see tests/data/README.md."""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from environment import ROOT

SEED = 4
COUNT = 300
BANK_LINE = re.compile(r"Bank\s+\S+\s+\S+\s+(?P<name>.+)")
ENTRY_LINE = re.compile(r"\d+\s+(?P<name>.+)")


@dataclass(frozen=True)
class Entry:
    """One entry of a map: the format of its file, the bank (map) it stands in, and its name."""

    file_format: str
    bank: str
    name: str


def cubase_entries(path: Path) -> Iterator[Entry]:
    """Yield the sound slots of a Cubase expression map, in file order; slots without a name are left out."""
    root = ElementTree.parse(path).getroot()
    title = root.find("./string[@name='name']")
    bank = path.stem if title is None else title.get("value", path.stem)
    for slot in root.iterfind(".//obj[@class='PSoundSlot']"):
        name = slot.find("./member[@name='name']/string[@name='s']")
        if name is not None:
            yield Entry("cubase", bank, name.get("value", "").strip())


def reaticulate_entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of a Reaticulate bank file, in file order: `NUM name` below a `//!` line."""
    bank, annotated = None, False
    for line in map(str.strip, path.read_text(encoding="utf-8-sig").splitlines()):
        if heading := BANK_LINE.fullmatch(line):
            bank, annotated = heading["name"], False
        elif line.startswith("//!"):
            annotated = True
        elif bank is not None and annotated and (entry := ENTRY_LINE.fullmatch(line)):
            yield Entry("reaticulate", bank, entry["name"].strip())
            annotated = False


def all_entries(folder: Path) -> Iterator[Entry]:
    """Yield the entries of all maps below `folder`: Cubase first, in the order of the paths."""
    for path in sorted(folder.rglob("*.expressionmap"), key=Path.as_posix):
        yield from cubase_entries(path)
    for path in sorted(folder.rglob("*.reabank"), key=Path.as_posix):
        yield from reaticulate_entries(path)


def fold(name: str) -> str:
    """Return the letters and digits of a name without case, width and compatibility forms."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def draw(entries: Iterable[Entry], count: int, seed: int) -> list[Entry]:
    """Draw `count` entries of different folded names, each name equally likely, in draw order.

    A name that stands in several banks is given with the first of them. Raises ValueError when there are
    fewer names than `count`.
    """
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(fold(entry.name), entry)
    first.pop("", None)
    if len(first) < count:
        raise ValueError(f"has {len(first)} different entry names, and {count} are to be drawn")
    return [first[name] for name in random.Random(seed).sample(sorted(first), count)]


def main() -> int:
    """Print the drawn entries as CSV, in UTF-8."""
    shared = Path(os.environ.get("COMPOSER_DAW_DATA") or ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=shared / "maps", help="where the maps lie")
    folder = parser.parse_args().folder
    try:
        drawn = draw(all_entries(folder), COUNT, SEED)
    except ValueError as error:
        parser.error(f"{folder}: {error}; give the folder of the maps")
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["file_format", "bank", "name"])
    out.writerows([entry.file_format, entry.bank, entry.name] for entry in drawn)
    sys.stdout.buffer.write(text.getvalue().encode("utf-8"))  # the terminal's own encoding may lack a sign
    return 0


if __name__ == "__main__":
    sys.exit(main())
