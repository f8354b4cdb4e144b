"""The manifest is sorted and whole; the journal survives a crash, even in the middle of a line."""

from __future__ import annotations

import errno
import os
from io import RawIOBase
from pathlib import Path

import pytest

from composer_daw.dataset import Record, load_manifest
from composer_daw.dataset.manifest import (
    JOURNAL,
    MANIFEST,
    append,
    load_finished,
    open_journal,
    save_manifest,
)
from composer_daw.errors import DocumentError, InputError, OutputError
from composer_daw.rendering import Licence


def record(name: str, seed: int = 0) -> Record:
    return Record(
        id=name,
        source="sources/a.mid",
        source_sha256="0" * 64,
        instrument="fake",
        instrument_sha256="1" * 64,
        technique="legato",
        seed=seed,
        sample_rate=44_100,
        out_of_range="fail",
        licence=Licence(name="CC0-1.0"),
        tool="composer_daw 0",
    )


def test_a_manifest_is_sorted_and_reads_back(tmp_path: Path) -> None:
    save_manifest([record("b"), record("a"), record("さくら\u2028\x85")], tmp_path)
    assert [one.id for one in load_manifest(tmp_path / MANIFEST)] == ["a", "b", "さくら\u2028\x85"]
    assert load_manifest(tmp_path / MANIFEST)[0] == record("a")
    assert (tmp_path / MANIFEST).read_bytes().count(b"\n") == 3


def test_the_journal_goes_over_the_manifest_and_ends_with_it(tmp_path: Path) -> None:
    save_manifest([record("a", seed=1), record("b", seed=1)], tmp_path)
    with open_journal(tmp_path) as journal:
        append(record("b", seed=2), journal)
        append(record("c", seed=2), journal)
        assert {name: one.seed for name, one in load_finished(tmp_path).items()} == {"a": 1, "b": 2, "c": 2}
    save_manifest(load_finished(tmp_path).values(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]
    assert [one.id for one in load_manifest(tmp_path / MANIFEST)] == ["a", "b", "c"]


def test_a_half_written_line_is_forgotten_wherever_it_was_cut(tmp_path: Path) -> None:
    whole, half = (record(name).model_dump_json().encode() + b"\n" for name in ("a", "さくら"))
    for length in range(len(half)):
        (tmp_path / JOURNAL).write_bytes(whole + half[:length])
        assert list(load_finished(tmp_path)) == ["a"]
        with open_journal(tmp_path) as journal:
            append(record("b"), journal)
        assert list(load_finished(tmp_path)) == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{}", "manifest.jsonl:2: no record of this version: id: Field required"),
        (b"not json", "manifest.jsonl:2: no record of this version: Invalid JSON: "),
        (b"\xff\xfe RIFF", "manifest.jsonl:2: no record of this version: Invalid JSON: "),
        (b'{"format": 2}', "manifest.jsonl:2: no record of this version: format: Input should be 1"),
    ],
)
def test_what_is_no_record_names_its_line(tmp_path: Path, line: bytes, problem: str) -> None:
    (tmp_path / MANIFEST).write_bytes(record("a").model_dump_json().encode() + b"\n" + line + b"\n")
    with pytest.raises(DocumentError) as caught:
        load_manifest(tmp_path / MANIFEST)
    assert str(caught.value).startswith(f"{tmp_path}/{problem}")
    assert "\n" not in str(caught.value)


def test_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is a folder; give a manifest \(manifest\.jsonl\)"):
        load_manifest(tmp_path)
    assert load_finished(tmp_path) == {}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file/set: cannot be written: Not a directory"):
        open_journal(tmp_path / "file" / "set")


def test_a_disk_that_is_full() -> None:
    class Full(RawIOBase):
        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match=r"journal\.jsonl: cannot be written: No space left on device"):
        append(record("a"), Full())
