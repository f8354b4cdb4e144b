"""Files are written whole or not at all, and found from where they ship."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from composer_daw.errors import InputError, OutputError
from composer_daw.files import (
    PARTIAL,
    SHIPPED,
    check_is_file,
    sha256_of,
    shipped,
    sweep,
    write_text,
    written_whole,
)

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_name_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "a.txt"
    with written_whole(target) as temporary:
        temporary.write_text("whole")
        assert names_in(target.parent) == [temporary.name]
        assert (temporary.name.startswith(PARTIAL), temporary.suffix) == (True, ".txt")
    assert names_in(target.parent) == ["a.txt"]
    assert target.read_text() == "whole"


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write_text(tmp_path / "ours.txt", "x")
    (tmp_path / "plain.txt").write_text("x")
    assert (tmp_path / "ours.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


@quick
@given(written=st.binary(max_size=300), error=st.sampled_from([ValueError, KeyboardInterrupt, RuntimeError]))
def test_an_error_leaves_nothing_behind(tmp_path: Path, written: bytes, error: type[BaseException]) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"before")
    with pytest.raises(error), written_whole(target) as temporary:
        temporary.write_bytes(written)
        raise error
    assert names_in(tmp_path) == ["a.bin"]
    assert target.read_bytes() == b"before"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_what_the_system_refuses_becomes_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError) as caught:
        write_text(tmp_path / "a.txt", "x")
    assert str(caught.value) == f"{tmp_path}/a.txt: cannot be written: {os.strerror(number)}"
    assert names_in(tmp_path) == []


def test_a_folder_or_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="folder: is a folder; give the name of a file"):
        write_text(tmp_path / "folder", "x")
    with pytest.raises(OutputError, match=r"a\.txt: cannot be written: a file stands where a folder"):
        write_text(tmp_path / "file" / "a.txt", "x")
    assert names_in(tmp_path) == ["file", "folder"]


def test_a_sweep_takes_partial_files_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    kept, partial = ("a.wav", "deep/partial-b.wav"), (f"{PARTIAL}a.wav", f"deep/er/{PARTIAL}b.csv")
    for name in (*kept, *partial):
        (tmp_path / name).write_text("x")
    sweep(tmp_path)
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()} == set(kept)
    sweep(tmp_path / "nowhere")


@quick
@given(text=st.text())
def test_text_is_utf8_with_plain_newlines(tmp_path: Path, text: str) -> None:
    write_text(tmp_path / "a.txt", text)
    assert (tmp_path / "a.txt").read_bytes() == text.encode("utf-8")


def test_an_input_must_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "score.mid").write_bytes(b"x")
    assert check_is_file(tmp_path / "score.mid", "a score") == tmp_path / "score.mid"
    with pytest.raises(InputError) as folder:
        check_is_file(tmp_path, "a score")
    with pytest.raises(InputError) as missing:
        check_is_file(tmp_path / "scor.mid", "a score")
    with pytest.raises(InputError) as nowhere:
        check_is_file(tmp_path / "no" / "x.mid", "a score")
    assert str(folder.value) == f"{tmp_path}: is a folder; give a score"
    assert str(missing.value) == (
        f"{tmp_path}/scor.mid: no such file (did you mean 'score.mid'?); give a score"
    )
    assert str(nowhere.value) == f"{tmp_path}/no/x.mid: no such file; give a score"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_an_input_is_no_pipe_and_no_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "score.mid")
    for path in (tmp_path / "score.mid", Path(os.devnull)):
        with pytest.raises(InputError) as caught:
            check_is_file(path, "a score")
        assert str(caught.value) == f"{path}: is a pipe, a device or the like; give a score, as a file"


def test_an_input_that_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        check_is_file(tmp_path / ("x" * 5000), "a score")
    (tmp_path / "secret.mid").write_bytes(b"")
    monkeypatch.setattr(Path, "open", _refused)
    with pytest.raises(InputError, match=r"secret\.mid: cannot be read: Permission denied"):
        check_is_file(tmp_path / "secret.mid", "a score")


def _refused(*_: object) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def test_the_digest_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")  # the test vector of FIPS 180-4
    assert sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("folder", SHIPPED)
def test_data_ships(folder: str) -> None:
    assert list(shipped(folder).rglob("*.yaml"))


def test_only_three_folders_ship() -> None:
    with pytest.raises(ValueError, match="nothing called 'tests' ships; there are technique_maps, presets"):
        shipped("tests")
