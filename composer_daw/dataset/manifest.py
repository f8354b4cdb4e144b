"""The manifest of a data set: one record a line, sorted by id, written whole.

While a run goes on, finished records are appended to a journal, so that an interrupted run loses only what
was in flight; at the end the journal is folded into the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from composer_daw.dataset.record import Record
from composer_daw.errors import DocumentError, OutputError
from composer_daw.files import check_is_file, write_text

MANIFEST, JOURNAL = "manifest.jsonl", "journal.jsonl"


def load_manifest(path: str | Path) -> list[Record]:
    """Read a manifest; raise DocumentError with the line of what is no record."""
    source = check_is_file(path, f"a manifest ({MANIFEST})")
    lines = source.read_text(encoding="utf-8").splitlines()
    return [_record(line, f"{source}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def load_finished(folder: Path) -> dict[str, Record]:
    """Return the records of the manifest and of an interrupted run's journal, by id."""
    manifest, journal = folder / MANIFEST, folder / JOURNAL
    records = load_manifest(manifest) if manifest.is_file() else []
    if journal.is_file():
        whole = journal.read_text(encoding="utf-8").splitlines(keepends=True)
        records += [_record(line, str(journal)) for line in whole if line.endswith("\n")]
    return {record.id: record for record in records}


def save_manifest(records: Iterable[Record], folder: Path) -> None:
    """Write the manifest, sorted by id, and end the journal."""
    lines = (record.model_dump_json() for record in sorted(records, key=lambda record: record.id))
    write_text(folder / MANIFEST, "".join(f"{line}\n" for line in lines))
    (folder / JOURNAL).unlink(missing_ok=True)


def append(record: Record, journal: IO[str]) -> None:
    """Add a finished record to the journal, and have it on the disk before going on."""
    journal.write(record.model_dump_json() + "\n")
    journal.flush()


def open_journal(folder: Path) -> IO[str]:
    """Open the journal of a folder for appending; raise OutputError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / JOURNAL).open("a", encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _record(line: str, place: str) -> Record:
    try:
        return Record.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise DocumentError(f"{place}: no record of this version: {where}: {problem['msg']}") from error
