"""The table of formats: files are known by their names and by what they hold; what cannot be is said."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest
from small_instruments import MAP, read_map

from composer_daw.errors import ComposerError, DocumentError, InputError, OutputError
from composer_daw.techniques.interchange.formats import FORMATS, format_of, read_maps, write_map_as

SAMPLES = {
    "reaticulate": b"\xef\xbb\xbf// Mine\r\nBank 1 2 Violins\r\n//! o=note:24\r\n1 long\r\n",
    "cubase": b'<?xml version="1.0"?>\n<InstrumentMap>\n<string name="name" value="V"/></InstrumentMap>',
    "musescore": b'{"Violin": {"articulationKeyMap": {"staccato": 2}}}',
    "sfz": b"<global> sw_lokey=24 <region> sw_last=24 sw_label=Pizz sample=a.wav",
    "logic": plistlib.dumps({"Articulations": [{"Name": "Long", "ID": 1}], "Name": "V"}),
}


def test_every_format_has_a_sample_here() -> None:
    assert SAMPLES.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_known_by_its_name_whatever_its_case(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{FORMATS[name].suffix.upper()}"
    path.write_bytes(SAMPLES[name])
    told, maps = read_maps(path)
    assert (told, len(maps)) == (name, 1)


@pytest.mark.parametrize("suffix", ["", ".txt", ".xml", ".yaml"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_known_by_what_it_holds(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(SAMPLES[name])
    assert format_of(path) == name


def test_a_binary_articulation_set_is_known(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(plistlib.dumps({"Articulations": []}, fmt=plistlib.FMT_BINARY))
    assert format_of(path) == "logic"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("other", FORMATS)
def test_a_file_in_the_name_of_another_format_says_which_it_is(name: str, other: str, tmp_path: Path) -> None:
    if name == other:
        return
    path = tmp_path / f"x{FORMATS[other].suffix}"
    path.write_bytes(SAMPLES[name])
    with pytest.raises(DocumentError, match=rf"x\..*it looks like .*: --format {name}\)$") as error:
        read_maps(path)
    assert "\n" not in str(error.value)
    assert read_maps(path, name)[0] == name


@pytest.mark.parametrize("held", [b"", b"hello", b"\0\xff" * 50, b"<group> Bank 1 2 x\nBank 1 2 x"])
def test_what_is_nothing_or_several_is_refused(held: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.reabanks"
    path.write_bytes(held)
    said = r"x.reabanks: nothing that is read here \(did you mean '.reabank'\?\); give .*, or say --format"
    with pytest.raises(DocumentError, match=said):
        read_maps(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file; give a technique map of another program"):
        read_maps(tmp_path / "x.sfz")
    with pytest.raises(InputError, match="is a folder"):
        read_maps(tmp_path)


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.write])
def test_a_map_is_written_by_the_suffix_or_the_word(name: str, tmp_path: Path) -> None:
    strings = read_map(MAP)
    by_suffix, by_word = tmp_path / f"x{FORMATS[name].suffix}", tmp_path / "x.txt"
    assert write_map_as(strings, by_suffix) == write_map_as(strings, by_word, name) != ()
    assert by_suffix.read_bytes() == by_word.read_bytes()
    (conversion,) = read_maps(by_suffix)[1]
    assert {"staccato", "pizzicato"} <= conversion.technique_map.techniques.keys()


@pytest.mark.parametrize(
    ("target", "error", "said"),
    [
        ("x.sfz", InputError, "an SFZ instrument is only read; let its name end in .reabank, .expressionmap"),
        ("x.plist", InputError, "an articulation set of Logic is only read; let its name end in"),
        ("x.yaml", InputError, "x.yaml: that is no format of another program; let its name end in .reabank"),
        ("file/x.json", OutputError, "a file stands where a folder should be"),
    ],
)
def test_what_cannot_be_written_is_said(
    target: str, error: type[ComposerError], said: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(error, match=said):
        write_map_as(read_map(MAP), tmp_path / target)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
