"""The table of foreign formats of technique maps: what reads each, and what writes it.

To add a format, write its reader and writer and give it a row in `FORMATS`; commands and tests go by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from composer_daw.errors import DocumentError, InputError, did_you_mean
from composer_daw.files import check_is_file, write_text
from composer_daw.techniques.interchange.conversion import Conversion, Loss
from composer_daw.techniques.interchange.expressionmap import read_expressionmap, write_expressionmap
from composer_daw.techniques.interchange.logic import read_logic
from composer_daw.techniques.interchange.musescore import read_musescore, write_musescore
from composer_daw.techniques.interchange.reabank import read_reabank, write_reabank
from composer_daw.techniques.interchange.sfz import read_sfz
from composer_daw.techniques.maps import TechniqueMap

Reader = Callable[[Path], Sequence[Conversion]]
Writer = Callable[[TechniqueMap], tuple[str, tuple[Loss, ...]]]

HEAD_BYTES = 8192
"""How much of a file is looked at to tell what it is."""


@dataclass(frozen=True)
class Format:
    """A format of other programs."""

    title: str
    """What its files are, as a person says it."""
    suffix: str
    """How their names end."""
    looks: re.Pattern[bytes]
    """What stands near the beginning of such a file, and of no other format's."""
    read: Reader
    """Return the maps of a file; raise DocumentError with file, line and remedy."""
    write: Writer | None = None
    """Return a map as the text of a file, and what that does not carry; None: it is only read."""


FORMATS = {
    "reaticulate": Format(
        "a bank of Reaticulate",
        ".reabank",
        re.compile(rb"^[ \t]*(?://!|Bank[ \t]+[\d*])", re.MULTILINE),
        read_reabank,
        write_reabank,
    ),
    "cubase": Format(
        "an expression map of Cubase",
        ".expressionmap",
        re.compile(rb"<InstrumentMap\b"),
        lambda path: [read_expressionmap(path)],
        write_expressionmap,
    ),
    "musescore": Format(
        "keyswitch sets of MuseScore",
        ".json",
        re.compile(rb'"(?:articulation|technique)KeyMap"'),
        read_musescore,
        write_musescore,
    ),
    "sfz": Format(
        "an SFZ instrument",
        ".sfz",
        re.compile(rb"<(?:region|group|master|global|control)>"),
        lambda path: [read_sfz(path)],
    ),
    "logic": Format(
        "an articulation set of Logic",
        ".plist",
        re.compile(rb"\Abplist|<plist\b"),
        lambda path: [read_logic(path)],
    ),
}
"""The formats, by the word that a command takes."""


def read_maps(path: str | Path, name: str | None = None) -> tuple[str, Sequence[Conversion]]:
    """Return the name of a file's format, and its maps.

    Without a name the format goes by the suffix, and by what stands in the file where that says nothing.
    Raises DocumentError with file, line and remedy, InputError where there is no such file.
    """
    source = check_is_file(path, "a technique map of another program")
    told = name or format_of(source)
    try:
        return told, FORMATS[told].read(source)
    except DocumentError as error:
        seen = _looks_like(source)
        if seen in (None, told):
            raise
        hint = f"it looks like {FORMATS[seen].title}: --format {seen}"
        raise DocumentError(f"{str(error).rstrip('.')} ({hint})") from error


def write_map_as(technique_map: TechniqueMap, path: str | Path, name: str | None = None) -> tuple[Loss, ...]:
    """Write a map for another program, whole or not at all; return what was not carried.

    Without a name the format goes by the suffix. Raises InputError and OutputError.
    """
    told = name or _by_suffix(Path(path))
    writable = [one for one, form in FORMATS.items() if form.write]
    write = FORMATS[told].write if told else None
    if write is None:
        endings = ", ".join(FORMATS[one].suffix for one in writable)
        why = f"{FORMATS[told].title} is only read" if told else "that is no format of another program"
        raise InputError(f"{path}: {why}; let its name end in {endings}, or give --format")
    text, losses = write(technique_map)
    write_text(path, text)
    return losses


def format_of(path: Path) -> str:
    """Return the name of a file's format; raise DocumentError where neither name nor content tells it."""
    told = _by_suffix(path) or _looks_like(path)
    if told is None:
        endings = ", ".join(form.suffix for form in FORMATS.values())
        hint = did_you_mean(path.suffix.lower(), [form.suffix for form in FORMATS.values()])
        raise DocumentError(f"{path}: nothing that is read here{hint}; give {endings}, or say --format")
    return told


def is_known(path: Path, name: str | None = None) -> bool:
    """Tell whether a file is one that is read: its name and its beginning are of a format, or of this one."""
    told = _by_suffix(path)
    return told is not None and name in (None, told) and path.is_file() and _looks_like(path) == told


def _by_suffix(path: Path) -> str | None:
    suffix = path.suffix.lower()
    return next((name for name, form in FORMATS.items() if form.suffix == suffix), None)


def _looks_like(path: Path) -> str | None:
    """Return the format that the beginning of a file speaks of, if it is one alone."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return None
    seen = [name for name, form in FORMATS.items() if form.looks.search(head)]
    return seen[0] if len(seen) == 1 else None
