"""Plugins are found by path, beside the file that names them, or by name in the folders of the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from composer_daw.errors import InputError
from composer_daw.plugins.search import find_plugin, list_plugins, plugin_folders


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with plugins; the folders of the machine itself are still looked into after it."""
    home = tmp_path / "home"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(home))
    for name in ("VST_PATH", "LXVST_PATH", "VST3_PATH"):
        monkeypatch.delenv(name, raising=False)
    for file in (".vst/maker/Brassy.so", ".vst/Twice.so", ".vst3/Twice.vst3/Contents/x86_64-linux/Twice.so"):
        path = home / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"library")
    return home


def test_the_folders_of_the_environment_come_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VST_PATH", os.pathsep.join(["/one", "~/two", "", "/one"]))
    monkeypatch.setenv("LXVST_PATH", "/three")
    monkeypatch.setenv("VST3_PATH", "/four")
    vst2 = plugin_folders("vst2")
    assert vst2[:4] == [Path("/one"), home / "two", Path("/three"), home / ".vst"]
    assert Path("/usr/lib/vst") in vst2 and Path("/usr/lib/lxvst") in vst2
    assert plugin_folders("vst3")[:2] == [Path("/four"), home / ".vst3"]


@pytest.mark.parametrize(
    ("system", "expected"),
    [("darwin", "Library/Audio/Plug-Ins/VST3"), ("win32", "Common/VST3"), ("freebsd14", "/usr/lib/vst3")],
)
def test_each_system_has_its_own(system: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("CommonProgramFiles", "C:/Common")
    monkeypatch.delenv("ProgramFiles", raising=False)
    assert any(str(folder).endswith(expected) for folder in plugin_folders("vst3"))
    unknown = [folder for kind in ("vst2", "vst3") for folder in plugin_folders(kind) if "$" in str(folder)]
    assert unknown == []  # a variable that is not set names no folder


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Brassy", ".vst/maker/Brassy.so"),
        ("Brassy.so", ".vst/maker/Brassy.so"),
        ("Twice", ".vst3/Twice.vst3"),
        ("Twice.so", ".vst/Twice.so"),
        ("Twice.vst3", ".vst3/Twice.vst3"),
        ("~/.vst/Twice.so", ".vst/Twice.so"),
    ],
)
def test_by_name(home: Path, tmp_path: Path, name: str, file: str) -> None:
    assert find_plugin(name, tmp_path) == home / file


def test_by_path_and_beside(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = tmp_path / "presets"
    own = beside / "plugins" / "Own.so"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"library")
    (beside / "Twice").mkdir()  # a folder that happens to have the name of a plugin
    monkeypatch.chdir(tmp_path)
    assert find_plugin(str(own), Path("/nowhere")) == own
    assert find_plugin("plugins/Own.so", beside) == own
    assert find_plugin("./plugins/Own.so", Path("presets")) == own  # always absolute
    assert find_plugin("Own.so", own.parent) == own
    assert find_plugin("Twice", beside) == home / ".vst3/Twice.vst3"
    (beside / "Twice.so").write_bytes(b"library")
    assert find_plugin("Twice.so", beside) == beside / "Twice.so"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Brasy", r"no plugin 'Brasy' \(did you mean 'Brassy'\?\); looked in .*\.vst3, .*\.vst"),
        ("./Own.so", r"/Own\.so: no such plugin; give"),
        ("sub/Twice.so", r"sub/Twice\.so: no such plugin"),
        ("~/.vst/Twic.so", r"Twic\.so: no such plugin \(did you mean 'Twice\.so'\?\)"),
        ("~nobody-at-all/x.so", r"no such plugin"),
        ("", r"'' names no plugin"),
        ("  ", r"names no plugin"),
        ("..", r"'\.\.' names no plugin"),
        ("a" * 5000, r"no plugin 'aaa"),
    ],
)
def test_what_is_not_there(home: Path, tmp_path: Path, name: str, line: str) -> None:
    with pytest.raises(InputError, match=line) as caught:
        find_plugin(name, tmp_path)
    assert "\n" not in str(caught.value)


def test_without_any_folder_the_variables_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("composer_daw.plugins.search.plugin_folders", lambda kind: [tmp_path / "none"])
    with pytest.raises(InputError, match="none of the standard plugin folders exists; .*VST3_PATH"):
        find_plugin("Brassy", tmp_path)


def test_a_list_has_each_plugin_once_and_looks_into_no_bundle(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for file in ("a.so", "B.vst3/Contents/x86_64-linux/B.so", "c.lv2/c.so", "d.clap", "sub/e.SO", "note.txt"):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"library")
    (folder / "folder.so").mkdir()
    (folder / "z.so").symlink_to("a.so")
    (folder / "sub" / "round").symlink_to(folder, target_is_directory=True)
    (folder / "loop.so").symlink_to("loop.so")
    found = [path.relative_to(folder).as_posix() for path in list_plugins([folder, folder / "absent"])]
    assert found == ["B.vst3", "a.so", "loop.so", "sub/e.SO"]
    assert list_plugins([folder, folder]) == list_plugins([folder])
    assert {home / ".vst3/Twice.vst3", home / ".vst/Twice.so", home / ".vst/maker/Brassy.so"} <= set(
        list_plugins()
    )
