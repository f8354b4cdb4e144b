"""`composer-daw techniques import` and `export`: a folder of maps and a report, and the way back."""

from __future__ import annotations

import json
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
    assert " ".join(lines[0]) == "file format maps techniques in vocabulary not understood lost"
    assert lines[1][:6] == ["banks.reabank", "reaticulate", "2", "4", "3", "1"]
    assert lines[2] == ["small.sfz", "sfz", "1", "5", "5", "0", "0"]
    assert lines[3][:5] == ["all", "3", "9", "8", "1"]
    assert "not understood, kept as they are: Blorp\n" in ran.out
    assert f"zzz=1, {banks}:10" in ran.out
    assert ran.out.endswith(f"{out}: maps: 3\n")
    names = ["Solo Violin.yaml", "Viola Ensemble.yaml", "small.yaml"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert list(load_map(out / "Solo Violin.yaml").techniques) == ["sustain", "staccato", "Blorp"]
    assert list(load_map(out / "Viola Ensemble.yaml").techniques) == ["pizzicato"]


def test_import_as_json(run: Callable, banks: Path, tmp_path: Path) -> None:
    ran = run("techniques", "import", banks, "-o", tmp_path / "maps", "--json")
    report = json.loads(ran.out)
    (file,) = report.pop("files")
    lost = report.pop("lost")
    assert report == {"maps": 2, "techniques": 4, "in_vocabulary": 3, "not_understood": 1}
    assert (file["file"], file["format"], file["problem"]) == (str(banks), "reaticulate", "")
    violin, viola = file["maps"]
    assert violin["instrument"] == "Solo Violin"
    assert violin["path"] == str(tmp_path / "maps" / "Solo Violin.yaml")
    assert (violin["techniques"], violin["in_vocabulary"], violin["not_understood"]) == (3, 2, ["Blorp"])
    assert lost == len(violin["losses"]) + len(viola["losses"])
    assert {"place": f"{banks}:10", "what": "zzz=1"}.items() <= viola["losses"][-1].items()


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
