"""The manifest of a data set: one record a line, sorted by id, written whole.

While a run goes on, finished records are appended to a journal, so that an interrupted run loses only what
was in flight; at the end the journal is folded into the manifest.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import RawIOBase
from pathlib import Path

from pydantic import ValidationError

from composer_daw.dataset.record import Record
from composer_daw.errors import DocumentError, OutputError
from composer_daw.files import check_is_file, write_text

MANIFEST, JOURNAL = "manifest.jsonl", "journal.jsonl"


def load_manifest(path: str | Path) -> list[Record]:
    """Read a manifest; raise DocumentError with the line of what is no record."""
    source = check_is_file(path, f"a manifest ({MANIFEST})")
    lines = source.read_bytes().split(b"\n")
    return [_record(line, f"{source}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def load_finished(folder: Path) -> dict[str, Record]:
    """Return the records of the manifest and of an interrupted run's journal, by id."""
    manifest, journal = folder / MANIFEST, folder / JOURNAL
    records = load_manifest(manifest) if manifest.is_file() else []
    if journal.is_file():
        whole = journal.read_bytes().split(b"\n")[:-1]
        records += [_record(line, f"{journal}:{number}") for number, line in enumerate(whole, 1)]
    return {record.id: record for record in records}


def save_manifest(records: Iterable[Record], folder: Path) -> None:
    """Write the manifest, sorted by id, and end the journal."""
    lines = (record.model_dump_json() for record in sorted(records, key=lambda record: record.id))
    write_text(folder / MANIFEST, "".join(f"{line}\n" for line in lines))
    (folder / JOURNAL).unlink(missing_ok=True)


def append(record: Record, journal: RawIOBase) -> None:
    """Add a finished record to the journal, past any buffer of ours; raise OutputError when it is full."""
    try:
        journal.write(record.model_dump_json().encode() + b"\n")
    except OSError as error:
        raise OutputError(f"{JOURNAL}: cannot be written: {error.strerror or error}") from error


def open_journal(folder: Path) -> RawIOBase:
    """Open the journal of a folder for appending; raise OutputError where that cannot be.

    The line that an interrupted run left half-written is cut off: the next record begins on its own.
    """
    journal = folder / JOURNAL
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if journal.is_file():
            os.truncate(journal, journal.read_bytes().rfind(b"\n") + 1)
        return journal.open("ab", buffering=0)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _record(line: bytes, place: str) -> Record:
    try:
        return Record.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = "".join(f"{part}: " for part in problem["loc"])
        raise DocumentError(
            f"{place}: no record of this version: {where}{problem['msg']}; give another folder"
        ) from error
