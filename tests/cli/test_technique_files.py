"""`composer-daw techniques import` and `export`: a folder of maps and a report, and the way back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_instruments import MAP
from small_sfz import write_small_sfz

from composer_daw.cli.technique_files import FORMAT_NAMES
from composer_daw.techniques import load_map
from composer_daw.techniques.interchange.formats import FORMATS, read_maps

BANKS = """Bank 1 1 Solo Violin
//! g=1 c=long i=note-whole o=note:24
1 Long
//! g=1 i=staccato o=note:25
40 Stac.
//! g=1 i=fx o=note:26
90 Blorp
Bank 1 2 Viola / Ensemble
//! o=note:24 zzz=1
1 ピチカート
"""


@pytest.fixture
def banks(tmp_path: Path) -> Path:
    path = tmp_path / "banks.reabank"
    path.write_text(BANKS, "utf-8")
    return path


def test_the_words_are_those_of_the_table() -> None:
    assert tuple(FORMATS) == FORMAT_NAMES


def test_import_writes_a_map_for_each_bank_and_reports(run: Callable, banks: Path, tmp_path: Path) -> None:
    sfz = write_small_sfz(tmp_path / "sfz")
    out = tmp_path / "maps"
    ran = run("techniques", "import", banks, sfz, "-o", out)
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split() for line in ran.out.splitlines()]
    heads = "file format maps techniques in vocabulary not understood lost icons, comments"
    assert " ".join(lines[0]) == heads
    assert lines[1][:6] == ["banks.reabank", "reaticulate", "2", "4", "3", "1"]
    assert lines[2] == ["small.sfz", "sfz", "1", "5", "5", "0", "0", "0"]
    assert lines[3][:5] == ["all", "3", "9", "8", "1"]
    assert "not understood, kept as they are: Blorp\n" in ran.out
    assert "zzz=1, banks.reabank:10" in ran.out
    assert ran.out.endswith(f"{out}: maps: 3\n")
    names = ["Solo Violin.yaml", "Viola Ensemble.yaml", "small.yaml"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert list(load_map(out / "Solo Violin.yaml").techniques) == ["sustain", "staccato", "Blorp"]
    assert list(load_map(out / "Viola Ensemble.yaml").techniques) == ["pizzicato"]


def test_import_as_json(run: Callable, banks: Path, tmp_path: Path) -> None:
    ran = run("techniques", "import", banks, "-o", tmp_path / "maps", "--json")
    report = json.loads(ran.out)
    (file,) = report.pop("files")
    lost = report.pop("lost") + report.pop("lost_for_show")
    assert report == {"maps": 2, "techniques": 4, "in_vocabulary": 3, "not_understood": 1}
    assert (file["file"], file["format"], file["problem"]) == (str(banks), "reaticulate", "")
    violin, viola = file["maps"]
    assert violin["instrument"] == "Solo Violin"
    assert violin["path"] == str(tmp_path / "maps" / "Solo Violin.yaml")
    assert (violin["techniques"], violin["in_vocabulary"], violin["not_understood"]) == (3, 2, ["Blorp"])
    assert lost == len(violin["losses"]) + len(viola["losses"])
    assert {"place": f"{banks}:10", "what": "zzz=1"}.items() <= viola["losses"][-1].items()


def test_banks_are_filed_as_in_their_program(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "many.reabank"
    banks = [
        ("Spitfire/Solo", "Violin"),
        ("Spitfire/Section", "Violin"),
        ("../../etc/..", "passwd"),
        ("/", "X"),
    ]
    path.write_text("".join(f'//! g="{g}"\nBank 1 1 {n}\n//! o=note:1\n1 Long\n' for g, n in banks))
    ran = run("techniques", "import", path, "-o", tmp_path / "maps")
    assert (ran.code, ran.err) == (0, "")
    assert {str(one.relative_to(tmp_path / "maps")) for one in (tmp_path / "maps").rglob("*.yaml")} == {
        "Spitfire/Solo/Violin.yaml",
        "Spitfire/Section/Violin.yaml",
        "unnamed/unnamed/etc/unnamed/passwd.yaml",
        "X.yaml",
    }


def test_a_folder_is_read_with_all_below(run: Callable, banks: Path, tmp_path: Path) -> None:
    home = tmp_path / "in"
    (home / "a" / "b").mkdir(parents=True)
    (home / ".git").mkdir()
    (home / "a" / "notes.json").write_text('{"no": "map"}')
    (home / "a" / "readme.txt").write_text("hello")
    for place in ("a/x.reabank", "a/b/x.reabank", ".git/x.reabank"):
        (home / place).write_text("Bank 1 1 Horn\n//! o=note:1\n1 Long\n")
    (home / "a" / "pipe.reabank").symlink_to("/dev/null")
    ran = run("techniques", "import", home, banks, "-o", tmp_path / "maps", "--json")
    assert (ran.code, json.loads(ran.out)["maps"]) == (0, 4)
    assert {str(one.relative_to(tmp_path / "maps")) for one in (tmp_path / "maps").rglob("*.yaml")} == {
        *("a/Horn.yaml", "a/b/Horn.yaml", "Solo Violin.yaml", "Viola Ensemble.yaml")
    }
    ran = run("techniques", "import", home, "-o", tmp_path / "cubase", "--format", "cubase")
    said = "holds no map of another program; give a folder with .reabank, .expressionmap, .json, .sfz, .plist"
    assert (ran.code, ran.err) == (1, f"error: {home}: {said}\n")


def test_a_bank_of_nothing_is_not_written(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "x.reabank"
    path.write_text("Bank 1 1 Empty\n")
    ran = run("techniques", "import", path, "-o", tmp_path / "maps")
    assert (ran.code, ran.err) == (1, "error: no techniques in what was read; nothing is written\n")
    assert "no techniques; not written: Empty, x.reabank" in ran.out
    assert not (tmp_path / "maps").exists()
    path.write_text("Bank 1 1 Empty\nBank 1 2 Horn\n//! o=note:1\n1 Long\n")
    ran = run("techniques", "import", path, "-o", tmp_path / "maps", "--json")
    report = json.loads(ran.out)
    assert (ran.code, report["maps"], [one["path"] for one in report["files"][0]["maps"]]) == (
        0,
        1,
        [None, str(tmp_path / "maps" / "Horn.yaml")],
    )
    assert [one.name for one in (tmp_path / "maps").iterdir()] == ["Horn.yaml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_at_once(run: Callable, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.reabank")
    ran = run("techniques", "import", tmp_path / "x.reabank", "-o", tmp_path / "maps")
    assert (ran.code, "is a pipe, a device or the like" in ran.err) == (1, True)


def test_all_that_was_not_understood_goes_into_a_report(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "x.reabank"
    names = [f"Blorp{'x' * number}" for number in range(25)]
    lines = "".join(f"//! o=note:{n} i=icon\n{n} {name}\n" for n, name in enumerate(names))
    path.write_text(f"// hello\nBank 1 1 X\n{lines}//! zzz=1\n90 Long\n")
    run_args = ("techniques", "import", path, "-o", tmp_path / "maps", "--force", "--report")
    ran = run(*run_args, tmp_path / "report.txt")
    assert (ran.code, ran.err) == (0, "")
    assert "and 5 more (--report FILE has all)" in ran.out
    head = ran.out.splitlines()[1].split()
    assert head[2:] == ["1", "26", "1", "25", "2", "2"]  # zzz, a note without outputs; icons, comments
    text = (tmp_path / "report.txt").read_text("utf-8")
    assert [line for line in text.splitlines() if "not understood" in line] == [
        f"    not understood: {name}" for name in names
    ]
    assert f"    lost: zzz=1 ({path}:" in text
    assert run(*run_args, tmp_path / "report.json").code == 0
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["files"][0]["maps"][0]["not_understood"] == names
    shown = [loss["why"] for loss in report["files"][0]["maps"][0]["losses"] if loss["for_show"]]
    assert shown == ["comments are not carried", "icons are for the window"]
    assert report["lost_for_show"] == 2
    ran = run(*run_args, tmp_path / "maps")
    assert (ran.code, "is a folder; give the name of a file" in ran.err) == (1, True)


def test_import_refuses_to_write_over(run: Callable, banks: Path, tmp_path: Path) -> None:
    out = tmp_path / "maps"
    assert run("techniques", "import", banks, "-o", out).code == 0
    (out / "Solo Violin.yaml").write_text("mine")
    (out / "Viola Ensemble.yaml").unlink()
    ran = run("techniques", "import", banks, "-o", out)
    said = f"error: {out}/Solo Violin.yaml: is there already; give another folder, or --force\n"
    assert (ran.code, ran.out, ran.err) == (1, "", said)
    assert [path.name for path in out.iterdir()] == ["Solo Violin.yaml"]
    assert run("techniques", "import", banks, "-o", out, "--force").code == 0
    assert load_map(out / "Solo Violin.yaml").instrument == "Solo Violin"


def test_a_file_that_is_refused_stops_no_other(run: Callable, banks: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.sfz").write_text('<region>\n#include "../x"')
    ran = run("techniques", "import", tmp_path / "bad.sfz", banks, "-o", tmp_path / "maps")
    assert (ran.code, ran.err) == (1, "error: could not be read: 1 of 2 files\n")
    assert "bad.sfz:2: includes '../x', which leads out of the folder of the instrument" in ran.out
    assert len(list((tmp_path / "maps").iterdir())) == 2
    ran = run("techniques", "import", tmp_path / "bad.sfz", banks, "-o", tmp_path / "json", "--json")
    assert ran.code == 1
    assert ["bad.sfz:2" in file["problem"] for file in json.loads(ran.out)["files"]] == [True, False]


@pytest.mark.parametrize(
    ("name", "text", "options", "said"),
    [
        ("x.sfz", "hello", (), "x.sfz: holds no <region>; give an SFZ instrument"),
        (
            "x.txt",
            "hello",
            (),
            "x.txt: nothing that is read here; give .reabank, .expressionmap, .json, .sfz",
        ),
        ("x.sfz", BANKS, (), "it looks like a bank of Reaticulate: --format reaticulate)"),
        ("x.reabank", "<region>", ("--format", "cubase"), "it looks like an SFZ instrument: --format sfz)"),
        ("none.sfz", None, (), "none.sfz: no such file"),
    ],
)
def test_one_file_that_is_refused_is_one_line(
    run: Callable, tmp_path: Path, name: str, text: str | None, options: tuple[str, ...], said: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    ran = run("techniques", "import", tmp_path / name, "-o", tmp_path / "maps", *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("error: ") and said in ran.err
    assert not (tmp_path / "maps").exists()


def test_import_by_the_word(run: Callable, banks: Path, tmp_path: Path) -> None:
    renamed = banks.rename(tmp_path / "banks.sfz")
    ran = run("techniques", "import", renamed, "-o", tmp_path / "maps", "--format", "reaticulate")
    assert (ran.code, len(list((tmp_path / "maps").iterdir()))) == (0, 2)
    assert run("techniques", "import", renamed, "-o", tmp_path / "maps", "--format", "dorico").code == 2


def test_import_of_a_hundred_banks(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "many.reabank"
    path.write_text("".join(f"Bank 1 {n} Horn\n//! o=note:{n}\n1 Long\n" for n in range(100)))
    ran = run("techniques", "import", path, "-o", tmp_path / "maps")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, f"{tmp_path}/maps: maps: 100")
    numbers = ["", *(f" {count}" for count in range(2, 101))]
    assert {path.name for path in (tmp_path / "maps").iterdir()} == {
        f"Horn{number}.yaml" for number in numbers
    }


@pytest.mark.parametrize("suffix", [".reabank", ".expressionmap", ".json"])
def test_export_and_what_is_lost(run: Callable, fake_preset: Path, tmp_path: Path, suffix: str) -> None:
    source, target = fake_preset.parent / "map.yaml", tmp_path / f"out{suffix}"
    ran = run("techniques", "export", source, "-o", target)
    assert (ran.code, ran.err) == (0, "")
    count = len(load_map(source).techniques)
    head, empty, columns, *rows = ran.out.splitlines()
    assert head.startswith(f"{target}: techniques: {count}, lost: ")
    assert (empty, columns.split()) == ("", ["lost", "because", "first"])
    assert sum(int(row.split()[0]) for row in rows) == int(head.split()[-1]) > 0
    (conversion,) = read_maps(target)[1]
    assert "staccato" in conversion.technique_map.techniques
    ran = run("techniques", "export", source, "-o", target, "--json")
    assert (ran.code, ran.err) == (1, f"error: {target}: is there already; give another name, or --force\n")
    report = json.loads(run("techniques", "export", source, "-o", target, "--force", "--json").out)
    assert (report["file"], report["techniques"]) == (str(target), count)
    assert len(report["losses"]) == int(head.split()[-1])
    assert report["losses"][0].keys() == {"place", "what", "why"}


def test_export_of_an_instrument_by_the_word(run: Callable, tmp_path: Path) -> None:
    ran = run("techniques", "export", "studio/violin", "-o", tmp_path / "violin.txt", "--format", "cubase")
    assert (ran.code, ran.err) == (0, "")
    assert read_maps(tmp_path / "violin.txt")[0] == "cubase"


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (
            "map.yaml",
            "out.yaml",
            "out.yaml: that is no format of another program; let its name end in .reabank",
        ),
        ("map.yaml", "out.sfz", "out.sfz: an SFZ instrument is only read; let its name end in .reabank"),
        ("map.yaml", "map.yaml", "map.yaml: is named twice, or is the score itself"),
        ("map.yaml", ".", "is a folder; give the name of a file"),
        ("none.yaml", "out.json", "none.yaml: no such file"),
        ("bad.yaml", "out.json", "bad.yaml:3: groups"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    run: Callable, tmp_path: Path, source: str, target: str, said: str
) -> None:
    (tmp_path / "map.yaml").write_text(MAP)
    (tmp_path / "bad.yaml").write_text("technique_map: 1\ninstrument: X\ngroups: 3\n")
    ran = run("techniques", "export", tmp_path / source, "-o", tmp_path / target)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "map.yaml"]
    assert (tmp_path / "map.yaml").read_text() == MAP
