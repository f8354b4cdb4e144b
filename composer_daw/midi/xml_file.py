"""MusicXML as bytes: unpacked and checked before anything builds a score from it.

Entities, endless nesting and archives that unpack to more than a score can be are refused here, in one line.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from composer_daw.errors import InputError
from composer_daw.files import check_is_file

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_BYTES = 64_000_000
"""Of the XML itself; a full orchestra's hour has less."""

DEEPEST = 64
CONTAINER = "META-INF/container.xml"


def load_xml(path: str | Path) -> Element:
    """Read a MusicXML file, plain (.musicxml, .xml) or packed (.mxl), into its checked tree.

    Raises InputError with file, line where there is one, and remedy.
    """
    source = check_is_file(path, "a MusicXML file (.musicxml, .xml or .mxl)")
    if zipfile.is_zipfile(source):
        return _tree(_unpacked(source), str(source))
    size = source.stat().st_size
    if size > LARGEST_BYTES:
        raise InputError(f"{source}: {size:,} bytes, more than the {LARGEST_BYTES:,} that a score may have")
    data = source.read_bytes()
    if not data.strip():
        raise InputError(f"{source}: is empty; give a MusicXML file")
    if source.suffix.lower() == ".mxl":
        raise InputError(
            f"{source}: is no packed MusicXML (no zip archive), or is cut short; export it again"
        )
    return _tree(data, str(source))


def _unpacked(source: Path) -> bytes:
    """Return the score inside a packed file, no more of it than a score may have."""
    try:
        with zipfile.ZipFile(source) as archive:
            name = _score_of(archive, source)
            return _member(archive, name, source)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise InputError(f"{source}: cannot be unpacked ({error}); export it again") from error
    except Exception as error:
        if isinstance(error, InputError) or type(error).__module__ not in ("zlib", "lzma"):
            raise
        raise InputError(f"{source}: cannot be unpacked ({error}); export it again") from error


def _score_of(archive: zipfile.ZipFile, source: Path) -> str:
    """Return the name of the score in an archive: as its container says, or the only one there."""
    names = archive.namelist()
    if CONTAINER in names:
        container = _tree(_member(archive, CONTAINER, source), f"{source}: {CONTAINER}")
        paths = [one.get("full-path", "") for one in container.iter() if one.tag.endswith("rootfile")]
        found = next((path for path in paths if path in names), None)
        if found is None:
            raise InputError(f"{source}: its container names no score that is in it; export it again")
        return found
    scores = [name for name in names if Path(name).suffix.lower() in (".xml", ".musicxml")]
    if len(scores) != 1:
        raise InputError(f"{source}: holds {len(scores)} scores and no container; give one MusicXML file")
    return scores[0]


def _member(archive: zipfile.ZipFile, name: str, source: Path) -> bytes:
    with archive.open(name) as stream:
        data = stream.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise InputError(
            f"{source}: '{name}' unpacks to more than the {LARGEST_BYTES:,} bytes that a score may have"
        )
    return data


def _tree(data: bytes, name: str) -> Element:
    """Return the root of an XML document that declares no entities and is not nested too deep."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth = 0
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(data), ("start", "end")):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                raise InputError(f"{name}: nested more than {DEEPEST} deep; this is no score")
    except DefusedXmlException as error:
        raise InputError(
            f"{name}: declares entities, which are not read here; export it again without"
        ) from error
    except ParseError as error:
        line, column = error.position
        what = str(error).partition(":")[0]
        raise InputError(
            f"{name}:{line}: not XML at column {column + 1} ({what}); cut short? export it again"
        ) from error
    except (LookupError, UnicodeError, ValueError) as error:
        raise InputError(f"{name}: cannot be read as text ({error}); save it as UTF-8") from error
    if root is None:
        raise InputError(f"{name}: holds no elements; give a MusicXML file")
    return root
