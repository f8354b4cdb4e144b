"""Folders that are written whole or not at all, and what of somebody else's is never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from composer_daw.errors import OutputError
from composer_daw.files import FolderKind, check_home, folder_whole, sha256_of, write_record

SONG = FolderKind("a song", "song.json", "song_record")
OTHER = FolderKind("an audition", "audition.json", "audition_record")


def written(home: Path, text: str = "old", force: bool = False) -> Path:
    """Write a small folder of ours."""
    with folder_whole(home, SONG, force) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "notes.txt").write_text(text)
        write_record({"song_record": 1}, folder, SONG)
    return home


def test_a_folder_is_written_whole(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "song"
    with folder_whole(home, SONG) as folder:
        (folder / "half").write_text("x")
        assert not home.exists()
    assert [path.name for path in home.iterdir()] == ["half"]
    assert [path.name for path in home.parent.iterdir()] == ["song"]
    assert home.stat().st_mode & 0o777 == (tmp_path / "deep").stat().st_mode & 0o777


def test_or_not_at_all(tmp_path: Path) -> None:
    home = tmp_path / "song"
    with pytest.raises(KeyboardInterrupt), folder_whole(home, SONG) as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_the_record_lists_every_file_but_itself(tmp_path: Path) -> None:
    home = written(tmp_path / "song")
    record = json.loads((home / "song.json").read_text())
    assert record == {"song_record": 1, "files": {"deep/notes.txt": sha256_of(home / "deep" / "notes.txt")}}
    write_record({"song_record": 1}, home, SONG)  # again: the same
    assert json.loads((home / "song.json").read_text()) == record


def test_what_stands_there_is_left_unless_it_is_ours_and_forced(tmp_path: Path) -> None:
    home = tmp_path / "song"
    home.mkdir()
    written(home)  # an empty one may go
    with pytest.raises(OutputError, match="song: holds a song already; give another folder, or --force"):
        written(home, "new")
    with pytest.raises(ZeroDivisionError), folder_whole(home, SONG, force=True):
        raise ZeroDivisionError
    assert (home / "deep" / "notes.txt").read_text() == "old"
    written(home, "new", force=True)
    assert (home / "deep" / "notes.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["song"]
    (home / "deep" / "notes.txt").unlink()
    written(home, "newest", force=True)  # what is gone cannot be lost


@pytest.mark.parametrize(
    "record", ["", "[]", "{}", '{"song_record": 1}', '{"song_record": true, "files": {}}']
)
def test_a_file_that_has_the_name_of_the_record_is_none(tmp_path: Path, record: str) -> None:
    home = tmp_path / "thesis"
    home.mkdir()
    (home / "thesis.tex").write_text("years")
    (home / "song.json").write_text(record)
    with pytest.raises(OutputError, match="holds something else than a song; give a folder of its own"):
        check_home(home, SONG, force=True)
    (home / "song.json").write_text("[" * 60_000)
    with pytest.raises(OutputError, match="something else than a song"):
        check_home(home, SONG, force=True)


def test_a_file_that_was_added_or_changed_is_never_lost(tmp_path: Path) -> None:
    home = written(tmp_path / "song")
    (home / "my.rpp").write_text("a project")
    with pytest.raises(OutputError, match=r"song/my\.rpp: is not of a song that stands here; move it"):
        written(home, force=True)
    (home / "my.rpp").unlink()
    (home / "deep" / "link").symlink_to(home / "song.json")
    with pytest.raises(OutputError, match="deep/link: is not of a song"):
        written(home, force=True)
    (home / "deep" / "link").unlink()
    (home / "deep" / "notes.txt").write_text("mine now")
    with pytest.raises(OutputError, match=r"deep/notes\.txt: was changed since it was written; move it"):
        written(home, force=True)
    assert (home / "deep" / "notes.txt").read_text() == "mine now"


def test_what_comes_while_the_work_goes_on_is_kept(tmp_path: Path) -> None:
    home = written(tmp_path / "song")
    with pytest.raises(OutputError, match="idea"), folder_whole(home, SONG, force=True):
        (home / "idea").write_text("quick")
    assert (home / "idea").read_text() == "quick" and (home / "song.json").is_file()
    with pytest.raises(OutputError, match="something else"), folder_whole(tmp_path / "new", SONG):
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "idea").write_text("quick")
    assert (tmp_path / "new" / "idea").read_text() == "quick"


def test_a_folder_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    home = written(tmp_path / "song")
    with pytest.raises(OutputError, match="holds something else than an audition"):
        check_home(home, OTHER, force=True)


def test_what_is_no_folder_of_its_own_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    (tmp_path / "link").symlink_to(tmp_path)
    for place in ("letter.txt", "link"):
        with pytest.raises(OutputError, match=f"{place}: is no folder; give a folder for a song"):
            check_home(tmp_path / place, SONG, force=True)
    with (
        pytest.raises(OutputError, match="cannot be written"),
        folder_whole(tmp_path / "letter.txt" / "a", SONG),
    ):
        pass
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for place in (".", "..", tmp_path / "empty"):
        with pytest.raises(
            OutputError, match="is the folder that this runs in; give a song a folder of its own"
        ):
            check_home(place, SONG)
