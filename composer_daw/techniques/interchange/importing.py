"""Files of other programs to a folder of technique maps, a YAML for each bank: all are written, or none.

A bank without techniques has no map. Banks that their program files under a maker and a product, and files
that were found in a folder, get folders of these names.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from composer_daw.documents import parse_document
from composer_daw.errors import DocumentError, InputError, OutputError
from composer_daw.files import written_whole
from composer_daw.techniques.interchange.conversion import Conversion, Loss
from composer_daw.techniques.interchange.formats import FORMATS, is_known, read_maps
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.writing import write_map

LONG = 200_000
"""From this many characters on a map may have more than can be loaded; it is tried."""

LONGEST_NAME = 120
"""How many bytes the name of a file has at most, its suffix left out."""

MOST_FOLDERS = 4
"""How deep maps are filed at most."""

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class ImportedMap:
    """A bank that was read, and the YAML that it becomes."""

    conversion: Conversion
    text: str
    path: Path | None = None
    """Where it was written; None: it was not, or not yet."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to ask for."""
        return not self.conversion.technique_map.techniques and not self.conversion.technique_map.pieces

    @property
    def techniques(self) -> int:
        """Return how many techniques it has."""
        return len(self.conversion.technique_map.techniques)

    @property
    def understood(self) -> int:
        """Return how many of them were brought to the vocabulary."""
        return self.techniques - len(self.conversion.unread)


@dataclass(frozen=True)
class ImportedFile:
    """A file of another program, and what came of it."""

    path: Path
    format: str = ""
    maps: tuple[ImportedMap, ...] = ()
    problem: str = ""
    """Why nothing came of it."""
    folder: tuple[str, ...] = ()
    """Where it lay, seen from the folder that was given; empty where the file itself was."""

    @property
    def losses(self) -> tuple[Loss, ...]:
        """Return all that was not carried."""
        return tuple(loss for one in self.maps for loss in one.conversion.losses)

    @property
    def unread(self) -> tuple[str, ...]:
        """Return the names that were not understood."""
        return tuple(name for one in self.maps for name in one.conversion.unread)


class Found(NamedTuple):
    """A file to be read, and where it lay in the folder that was given."""

    path: Path
    folder: tuple[str, ...] = ()


def files_in(paths: Iterable[str | Path], format_name: str | None = None) -> list[Found]:
    """Return files as they are given, and for a folder all files below it that can be read, by name.

    In a folder a file counts whose suffix and beginning are those of a format, of the one that is named.
    Raises InputError for a folder without any.
    """
    found: list[Found] = []
    for path in map(Path, paths):
        if not path.is_dir():
            found.append(Found(path))
            continue
        inside = [one for one in sorted(_below(path)) if is_known(one, format_name)]
        if not inside:
            endings = ", ".join(form.suffix for form in FORMATS.values())
            raise InputError(f"{path}: holds no map of another program; give a folder with {endings}")
        found += [Found(one, one.relative_to(path).parent.parts) for one in inside]
    return found


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; links to folders are not followed, hidden ones not looked at."""
    for home, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(home) / name for name in names if not name.startswith("."))


def read_files(
    paths: Iterable[str | Path | Found],
    format_name: str | None = None,
    tell: Callable[[str, bool], None] = lambda name, failed: None,
) -> list[ImportedFile]:
    """Read files of other programs; a file that is refused has a `problem`, and does not stop the others.

    `tell` is called after each with its name, and whether it was refused.
    """
    read = []
    for path in paths:
        found = path if isinstance(path, Found) else Found(Path(path))
        one = replace(_read(found.path, format_name), folder=found.folder)
        tell(one.path.name, bool(one.problem))
        read.append(one)
    return read


def save_maps(files: Sequence[ImportedFile], folder: str | Path, force: bool = False) -> list[ImportedFile]:
    """Write all maps into a folder, each under the name of its bank; return the files with their places.

    A map is in the folders that its program files it under, else where its file lay. One without techniques
    is not written. Raises OutputError where a map would be written over a file, but for `force`, and when
    the folder cannot be written; then nothing is.
    """
    home, taken = Path(folder), set[str]()
    placed = [
        replace(one, maps=tuple(replace(m, path=_place(m, one.folder, home, taken)) for m in one.maps))
        for one in files
    ]
    targets = {one.path: one.text for file in placed for one in file.maps if one.path}
    if home.exists() and not home.is_dir():
        raise OutputError(f"{home}: is a file; give a folder")
    there = [path for path in targets if path.exists()]
    if there and not force:
        more = f", and {len(there) - 1} more" if len(there) > 1 else ""
        raise OutputError(f"{there[0]}: is there already{more}; give another folder, or --force")
    with ExitStack() as stack:
        for path, text in targets.items():
            temporary = stack.enter_context(written_whole(path))
            temporary.write_bytes(text.encode("utf-8"))
    return placed


def file_name(title: str) -> str:
    """Return a title as the name of a file on any system, without a suffix."""
    text = _NOT_IN_NAMES.sub(" ", unicodedata.normalize("NFC", title))
    text = text.encode("utf-8", "ignore")[:LONGEST_NAME].decode("utf-8", "ignore")
    text = " ".join(text.split()).strip(" .-") or "unnamed"
    return f"_{text}" if _RESERVED.match(text) else text


def _place(one: ImportedMap, folder: tuple[str, ...], home: Path, taken: set[str]) -> Path | None:
    """Return where a map goes: with a number behind its name where another is there, in whatever case."""
    if one.is_empty:
        return None
    folders = [file_name(part) for part in (one.conversion.folder or folder)[:MOST_FOLDERS]]
    name = file_name(one.conversion.technique_map.instrument)
    free, count = name, 1
    while (whole := "/".join((*folders, free)).casefold()) in taken:
        count += 1
        free = f"{name} {count}"
    taken.add(whole)
    return home.joinpath(*folders, f"{free}.yaml")


def _read(path: Path, format_name: str | None) -> ImportedFile:
    told = ""
    try:
        told, conversions = read_maps(path, format_name)
        return ImportedFile(path, told, tuple(_imported(path, one) for one in conversions))
    except (InputError, OutputError) as error:
        return ImportedFile(path, told, problem=str(error))


def _imported(path: Path, conversion: Conversion) -> ImportedMap:
    """Return a map with its YAML; raise InputError where that would be more than can be loaded again."""
    text = write_map(conversion.technique_map)
    if len(text) > LONG:
        try:
            parse_document(text, TechniqueMap, "the map")
        except DocumentError as error:
            title = conversion.technique_map.instrument[:40]
            raise InputError(f"{path}: '{title}' is too large to be a map; split it ({error})") from error
    return ImportedMap(conversion, text)
