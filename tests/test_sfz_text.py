"""SFZ as text: includes, definitions and comments as sfizz takes them; faults have lines, and all is fast."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import DocumentError, InputError
from composer_daw.sfz_text import DEEPEST, MOST, SfzText, expanded, read_sfz_text

FRAGMENTS = (
    *("<region>", "<group>", "<control>", "<", ">", "=", " ", "\n", "\t", "//", "/*", "*/", '"', "#", "\\"),
    *("sw_last=", "sample=a b.wav", "base64data=", "c4", "$A", "#define $A ", '#include "'),
    *("x.sfz", "..", "é"),
)


def written(folder: Path, **files: str) -> Path:
    """Write `name.sfz` for each name, and return the first."""
    for name, text in files.items():
        (folder / f"{name}.sfz").write_text(text, "utf-8")
    return folder / f"{next(iter(files))}.sfz"


def opcodes(sfz: SfzText) -> list[tuple[str, str]]:
    return [(opcode, value) for _, opcode, value, _ in sfz.tokens() if opcode]


def test_values_have_spaces_and_comments_end_them(tmp_path: Path) -> None:
    text = (
        "<region> sample=My Piano a.wav key=60 // the low one\nsw_label=Long /* not\nshort */ lokey= <region>"
    )
    sfz = read_sfz_text(written(tmp_path, main=text))
    found = [("sample", "My Piano a.wav"), ("key", "60"), ("sw_label", "Long"), ("lokey", "")]
    assert opcodes(sfz) == found
    assert [header for header, *_ in sfz.tokens() if header] == ["region", "region"]


def test_definitions_reach_into_includes_and_back(tmp_path: Path) -> None:
    main = '#define $K 60\n<region> key=$K\n#include "in.sfz"\nlokey=$L\nname_$K=x'
    path = written(tmp_path, main=main, **{"in": "hikey=$K2\n#define $L 3"})
    found = [("key", "60"), ("hikey", "602"), ("lokey", "3"), ("name_60", "x")]
    assert opcodes(read_sfz_text(path)) == found


def test_the_shortest_name_that_is_defined_counts() -> None:
    assert expanded("$AB$B$BC_$X", {"A": "1", "AB": "2", "B": "$A"}) == "1B11C_"


def test_only_those_opcodes_that_are_asked_for(tmp_path: Path) -> None:
    sfz = read_sfz_text(written(tmp_path, main="<region> lokey=1 xlokey=2 lokey2=3 key=4"))
    assert [token[1:3] for token in sfz.tokens("lokey|key")] == [("", ""), ("lokey", "1"), ("key", "4")]


def test_every_token_knows_its_file_and_line(tmp_path: Path) -> None:
    main = '// one\n<region> a=1 /* 2\n 3 */ b=2\n#include "in.sfz" c=3\n\nd=4'
    path = written(tmp_path, main=main, **{"in": "\ne=5\n"})
    sfz = read_sfz_text(path)
    places = {opcode: sfz.place(at) for _, opcode, _, at in sfz.tokens() if opcode}
    folder = path.resolve().parent
    lines = {"a": "main.sfz:2", "b": "main.sfz:3", "e": "in.sfz:2", "c": "main.sfz:4", "d": "main.sfz:6"}
    assert places == {opcode: f"{folder}/{line}" for opcode, line in lines.items()}


def test_places_are_named_as_the_file_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, main='<region>\n#include "in.sfz"', **{"in": "a=1"})
    monkeypatch.chdir(tmp_path)
    sfz = read_sfz_text("main.sfz", confined=True)
    assert [sfz.place(offset) for *_, offset in sfz.tokens()] == ["main.sfz:1", "in.sfz:1"]
    (tmp_path / "there").mkdir()
    link = tmp_path / "there" / "link.sfz"
    link.symlink_to(tmp_path / "main.sfz")  # what it includes lies beside the file itself
    assert [value for *_, value, _ in read_sfz_text(link, confined=True).tokens("a")] == ["", "1"]


def test_ends_of_lines_are_those_of_any_system(tmp_path: Path) -> None:
    path = tmp_path / "main.sfz"
    path.write_bytes(b"\xef\xbb\xbf<region>\r\na=1\r\nb=x y\rc=3")
    assert opcodes(read_sfz_text(path)) == [("a", "1"), ("b", "x y"), ("c", "3")]


def test_what_is_not_utf_8_is_read_as_latin_1_and_said(tmp_path: Path) -> None:
    path = tmp_path / "main.sfz"
    path.write_bytes("<region> sw_label=gedämpft".encode("latin-1"))
    sfz = read_sfz_text(path)
    assert (opcodes(sfz), sfz.guessed) == ([("sw_label", "gedämpft")], (path.resolve(),))


@pytest.mark.parametrize(
    ("main", "inner", "said"),
    [
        ('\n<region> #include "none.sfz"', "", "main.sfz:2: includes 'none.sfz', and there is no such file"),
        (
            '<region>\n#include "in.sfz"',
            '\n\n#include "main.sfz"',
            "includes files more than 32 deep; does one",
        ),
        ('<region> #include "in\x01\udcff.sfz"', "", "and there is no such file"),
        (f'<region> #include "{"x" * 5000}"', "", "and there is no such file; is the set complete?"),
        ("<region> key=$A", "", ""),
        (
            "#define $A $B\n#define $B $A$A\n<region>\nkey=$A",
            "",
            "main.sfz:4: '.*' is defined by itself, with",
        ),
        ('#define $A $A\n<region>\n#include "$A"', "", "main.sfz:3: '.A' is defined by itself, without end"),
        ("<group> key=3", "", "main.sfz: holds no <region>; give an SFZ instrument"),
        ("<region>\0", "", "main.sfz: is not text; give an SFZ instrument, saved as UTF-8"),
    ],
)
def test_faults_have_a_line_and_a_remedy(tmp_path: Path, main: str, inner: str, said: str) -> None:
    for name, text in (("main", main), ("in", inner)):
        (tmp_path / f"{name}.sfz").write_bytes(text.encode("utf-8", "surrogatepass"))
    if not said:
        assert opcodes(read_sfz_text(tmp_path / "main.sfz")) == [("key", "")]  # as sfizz has it
        return
    with pytest.raises(DocumentError, match=said) as error:
        list(read_sfz_text(tmp_path / "main.sfz").tokens())
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "name", ["../out.sfz", "sub/../../out.sfz", "/etc/hosts", "C:\\x.sfz", "..\\out.sfz"]
)
def test_confined_includes_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    written(tmp_path, out="key=1")
    path = written(tmp_path / "in", main=f'<region>\n#include "{name}"')
    with pytest.raises(DocumentError, match="main.sfz:2: includes '.*', which leads out of the folder"):
        read_sfz_text(path, confined=True)


def test_a_link_leads_out_of_the_folder_as_well(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    outside = written(tmp_path, out="key=1")
    path = written(tmp_path / "in", main='<region> #include "link.sfz"')
    (tmp_path / "in" / "link.sfz").symlink_to(outside)
    assert opcodes(read_sfz_text(path)) == [("key", "1")]
    with pytest.raises(DocumentError, match="leads out of the folder"):
        read_sfz_text(path, confined=True)


def test_files_that_include_each_other_twice_come_to_an_end(tmp_path: Path) -> None:
    chain = {f"f{n}": f'#include "f{n + 1}.sfz"\n' * 2 for n in range(DEEPEST - 1)}
    path = written(tmp_path, **chain, **{f"f{DEEPEST - 1}": "<region>"})
    began = time.perf_counter()
    with pytest.raises(DocumentError, match=f"more than {MOST:,} includes"):
        read_sfz_text(path)
    assert time.perf_counter() - began < 5


def test_what_is_too_long_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, main='<region>\n#include "in.sfz"\n#include "in.sfz"', **{"in": "x" * 600})
    with pytest.raises(DocumentError, match=r"in.sfz:1: with its includes longer than 1,000 characters"):
        read_sfz_text(path, longest=1000)
    with pytest.raises(DocumentError, match="in.sfz: 600 bytes, more than 500"):
        read_sfz_text(path, longest=500)


@pytest.mark.parametrize(
    "piece",
    [
        "/*",
        "a",
        "x=a ",
        "x=\t",
        "$",
        "#define $a ",
        "<",
        "x=<",
        "base64data=",
        '#include "',
        "/* */",
        "$a",
        "x=$a ",
    ],
)
def test_no_text_takes_more_than_its_length(tmp_path: Path, piece: str) -> None:
    path = written(tmp_path, main="<region> " + piece * (400_000 // len(piece)))
    began = time.perf_counter()
    try:
        list(read_sfz_text(path).tokens())
    except DocumentError as error:
        assert "\n" not in str(error)
    assert time.perf_counter() - began < 3


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40), st.binary(max_size=20))
def test_garbage_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("garbage") / "x.sfz"
    path.write_bytes("".join(parts).encode() + tail)
    try:
        sfz = read_sfz_text(path, confined=True)
        places = [sfz.place(offset) for *_, offset in sfz.tokens()]
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(place.startswith(f"{path.resolve()}:") for place in places)
