"""Files of other programs become a folder of maps: each by the name of its bank, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw import documents
from composer_daw.errors import OutputError
from composer_daw.techniques import load_map
from composer_daw.techniques.interchange import importing
from composer_daw.techniques.interchange.importing import LONGEST_NAME, file_name, read_files, save_maps


def reabank(path: Path, *names: str) -> Path:
    """Write a file with a bank for each name, one articulation in each."""
    path.write_text(
        "".join(f"Bank 1 {number} {name}\n//! o=note:24\n1 Pizz\n" for number, name in enumerate(names)),
        "utf-8",
    )
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_bank_has_a_map_under_its_name(tmp_path: Path) -> None:
    banks = (
        "Solo / Violin",
        "solo violin?",
        "Solo: Violin",
        "AUX",
        "...",
        "../../etc/passwd",
        "ヴァイオリン",
    )
    files = read_files(
        [reabank(tmp_path / "a.reabank", *banks), reabank(tmp_path / "b.reabank", "Flute", "aux")]
    )
    placed = save_maps(files, tmp_path / "maps")
    found = [one.path.name for file in placed for one in file.maps if one.path]
    assert found == [
        *("Solo Violin.yaml", "solo violin 2.yaml", "Solo Violin 3.yaml", "_AUX.yaml", "unnamed.yaml"),
        *("etc passwd.yaml", "ヴァイオリン.yaml", "Flute.yaml", "_aux 2.yaml"),
    ]
    assert names_in(tmp_path / "maps") == sorted(found)
    for file in placed:
        for one in file.maps:
            assert one.path and load_map(one.path) == one.conversion.technique_map


def test_a_refused_file_stops_no_other(tmp_path: Path) -> None:
    told: list[tuple[str, bool]] = []
    (tmp_path / "bad.expressionmap").write_text("<no")
    paths = [tmp_path / "bad.expressionmap", reabank(tmp_path / "a.reabank", "Flute"), tmp_path / "none.sfz"]
    files = read_files(paths, tell=lambda name, failed: told.append((name, failed)))
    assert told == [("bad.expressionmap", True), ("a.reabank", False), ("none.sfz", True)]
    assert [len(file.maps) for file in files] == [0, 1, 0]
    assert all(str(file.path) in file.problem for file in files if not file.maps)
    save_maps(files, tmp_path / "maps")
    assert names_in(tmp_path / "maps") == ["Flute.yaml"]


def test_nothing_is_written_over_unless_forced(tmp_path: Path) -> None:
    files = read_files([reabank(tmp_path / "a.reabank", "Flute", "Oboe", "Horn")])
    home = tmp_path / "maps"
    home.mkdir()
    (home / "Oboe.yaml").write_text("mine")
    (home / "Horn.yaml").write_text("mine")
    with pytest.raises(
        OutputError, match="Oboe.yaml: is there already, and 1 more; give another folder, or --force"
    ):
        save_maps(files, home)
    assert names_in(home) == ["Horn.yaml", "Oboe.yaml"]
    assert (home / "Oboe.yaml").read_text() == "mine"
    save_maps(files, home, force=True)
    assert load_map(home / "Oboe.yaml").instrument == "Oboe"


def test_what_fails_on_the_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = read_files([reabank(tmp_path / "a.reabank", "Flute", "Oboe", "Horn")])
    home = tmp_path / "maps"
    home.mkdir()
    (home / "Flute.yaml").write_text("mine")
    whole = importing.written_whole

    def full_disk(path: Path) -> Iterator[Path]:
        if path.name == "Horn.yaml":
            raise OutputError(f"{path}: cannot be written: No space left on device")
        return whole(path)

    monkeypatch.setattr(importing, "written_whole", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        save_maps(files, home, force=True)
    assert names_in(home) == ["Flute.yaml"]
    assert (home / "Flute.yaml").read_text() == "mine"


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    files = read_files([reabank(tmp_path / "a.reabank", "Flute")])
    with pytest.raises(OutputError, match="a.reabank: is a file; give a folder"):
        save_maps(files, tmp_path / "a.reabank")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    files = read_files([reabank(tmp_path / "a.reabank", "Flute")])
    (tmp_path / "maps").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        save_maps(files, tmp_path / "maps")


def test_a_map_that_could_not_be_loaded_again_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LONG", 0)
    path = reabank(tmp_path / "a.reabank", "Flute", "Oboe")
    assert [len(file.maps) for file in read_files([path])] == [2]
    monkeypatch.setattr(documents, "MOST_VALUES", 10)
    (file,) = read_files([path])
    assert (file.format, file.maps) == ("reaticulate", ())
    assert file.problem.startswith(f"{path}: 'Flute' is too large to be a map; split it (the map:")


@given(st.text(max_size=300))
def test_any_title_makes_a_name_for_any_system(title: str) -> None:
    name = file_name(title)
    assert 0 < len(name.encode("utf-8")) <= LONGEST_NAME + 1
    assert not set(name) & set('<>:"/\\|?*\0\n\r\t')
    assert name == name.strip(" .-")
    assert name.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    assert file_name(name) == name
