"""YAML documents: what is wrong stands in one line, with file, line, place and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, model_validator

from composer_daw.documents import (
    DEEPEST,
    LARGEST_BYTES,
    MOST_VALUES,
    Place,
    PlacedError,
    load_checked,
    load_document,
    parse_document,
    places_of,
)
from composer_daw.errors import DocumentError, InputError


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = 0
    word: str = ""


class Tree(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    mode: Literal["on", "off", "yes", "no"] = "on"
    share: float = 0.0
    alive: bool = True
    leaves: list[Leaf] = []
    by_name: dict[str, Leaf] = {}

    @model_validator(mode="after")
    def _placed(self) -> Tree:
        for number, leaf in enumerate(self.leaves):
            if leaf.size > 100:
                raise PlacedError(f"{leaf.size} is too much", "leaves", number, "size")
        return self


def parse(text: str) -> Tree:
    return parse_document(text, Tree, "tree.yaml")


def problem(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        parse(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_check_beside_the_model(tmp_path: Path) -> None:
    def size_of(tree: Tree) -> int:
        for number, leaf in enumerate(tree.leaves):
            if not leaf.word:
                raise PlacedError("a leaf without a word", "leaves", number, "size")
        return len(tree.leaves)

    path = tmp_path / "tree.yaml"
    path.write_text("name: oak\nleaves:\n  - {word: green}\n  - size: 3\n", encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_checked(path, Tree, "a tree", size_of)
    assert str(caught.value) == f"{path}:4: leaves[1]: size: a leaf without a word"
    path.write_text("name: oak\nleaves: [{word: green}]\n", encoding="utf-8")
    tree, size = load_checked(path, Tree, "a tree", size_of)
    assert (tree.name, size) == ("oak", 1)
    path.write_text("nane: oak\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="tree.yaml:1: nane: unknown key"):
        load_checked(path, Tree, "a tree", size_of)


def test_keys_are_shown_in_one_line_without_control_characters() -> None:
    said = problem('name: x\nby_name: {"one\\ntwo \\e[31m": {size: much}}\n')
    assert said.startswith("tree.yaml:2: by_name: one two ?[31m: size: a whole number is expected")


@pytest.mark.parametrize("word", ["on", "off", "yes", "no"])
def test_these_are_words(word: str) -> None:
    assert parse(f"name: {word}\nmode: {word}\n").model_dump(include={"name", "mode"}) == {
        "name": word,
        "mode": word,
    }


@pytest.mark.parametrize("word", ["2026-11-23", "12:30:00", "1_000", "0x1F", "=", "<<", ".nan", "Yes"])
def test_and_so_is_what_only_older_yaml_reads_otherwise(word: str) -> None:
    assert parse(f"name: {word}\n").name == word


def test_numbers_and_truth_values_are_those_of_yaml_1_2() -> None:
    tree = parse("name: n\nshare: -1.5e-2\nalive: false\nleaves: [{size: 010}, {size: +7}, {size: 09}]\n")
    assert (tree.share, tree.alive, [leaf.size for leaf in tree.leaves]) == (-0.015, False, [10, 7, 9])


def test_flow_block_quotes_and_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes("\ufeffname: 'ヴァイオリン: 1'\nleaves:\n  - {size: 1}\n".encode())
    tree = load_document(tmp_path / "t.yaml", Tree, "a tree")
    assert (tree.name, tree.leaves[0].size) == ("ヴァイオリン: 1", 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nam: x\n", "tree.yaml:1: nam: unknown key (did you mean 'name'?) (and 1 more)"),
        ("mode: on\n", "tree.yaml:1: 'name' is missing"),
        (
            "name: x\nmode: maybe\n",
            "tree.yaml:2: mode: Input should be 'on', 'off', 'yes' or 'no', not 'maybe'",
        ),
        (
            "name: x\nleaves:\n  - size: 1\n  - word: w\n    size: big\n",
            "tree.yaml:5: leaves[1]: size: a whole number is expected, not 'big'",
        ),
        (
            "name: x\nby_name:\n  a: {sise: 1}\n",
            "tree.yaml:3: by_name: a: sise: unknown key (did you mean 'size'?)",
        ),
        ("name: x\nleaves:\n- size: 1\n- size: 101\n", "tree.yaml:4: leaves[1]: size: 101 is too much"),
        ("name: x\nname: y\n", "tree.yaml:2: 'name' stands twice; keep one"),
        ("name: x\nby_name:\n  a: {size: 1, size: 2}\n", "tree.yaml:3: 'size' stands twice; keep one"),
        ("name: x\n? [a, b]\n: y\n", "tree.yaml:2: a key must be a plain word"),
        (
            "name: &a x\n",
            "tree.yaml:1: anchors and aliases are not read here; write the value out",
        ),
        ("name: x\nby_name: *a\n", "tree.yaml:2: anchors and aliases are not read here; write the value out"),
        (
            "name: !!python/object/apply:os.system ['true']\n",
            "tree.yaml:1: the tag tag:yaml.org,2002:python/object/apply:os.system is not read here; "
            "write a plain value",
        ),
        ("name: !mine x\n", "tree.yaml:1: the tag !mine is not read here; write a plain value"),
        ("name: x\n---\nname: y\n", "tree.yaml:2: not YAML: but found another document"),
        ("", "tree.yaml: holds no keys; a mapping such as 'name: value' is expected"),
        ("# nothing\n", "tree.yaml: holds no keys; a mapping such as 'name: value' is expected"),
        ("- a\n- b\n", "tree.yaml: holds no keys; a mapping such as 'name: value' is expected"),
        ("just words\n", "tree.yaml: holds no keys; a mapping such as 'name: value' is expected"),
    ],
)
def test_what_is_wrong_and_where(text: str, message: str) -> None:
    assert problem(text) == message


@pytest.mark.parametrize("text", ["name: [1, 2\n", "a: b: c\n", "name: 'x\n", "\tname: x\n", "name: @x\n"])
def test_what_is_not_yaml_names_the_line(text: str) -> None:
    assert problem("leaves: []\n" + text).startswith(("tree.yaml:2: not YAML", "tree.yaml:3: not YAML"))


def test_control_characters_are_no_yaml() -> None:
    assert problem("name: \x00\n").startswith("tree.yaml: not YAML: ")


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting_is_refused_before_it_is_built(opening: str) -> None:
    assert problem(f"name: {opening * 50_000}\n") == f"tree.yaml:1: nested more than {DEEPEST} deep"


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in ("ab", "bc", "cd", "de"))
    assert problem(bomb).startswith("tree.yaml:1: anchors and aliases")


def test_a_number_without_end_is_refused() -> None:
    said = problem(f"name: x\nleaves: [{{size: {'9' * 5000}}}]\n")
    assert said == "tree.yaml:2: leaves[0]: size: Input should be a finite number, not inf"


def test_files_that_are_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "huge.yaml").write_bytes(b"#" * (LARGEST_BYTES + 1))
    (tmp_path / "latin.yaml").write_bytes("name: é\n".encode("latin-1"))
    with pytest.raises(
        DocumentError, match=r"huge\.yaml: 1,000,001 bytes, more than the 1,000,000 that a tree"
    ):
        load_document(tmp_path / "huge.yaml", Tree, "a tree")
    with pytest.raises(DocumentError, match=r"latin\.yaml: not UTF-8 \(byte 6\); save it as UTF-8"):
        load_document(tmp_path / "latin.yaml", Tree, "a tree")
    with pytest.raises(InputError, match="is a folder; give a tree"):
        load_document(tmp_path, Tree, "a tree")
    with pytest.raises(InputError, match="no such file; give a tree"):
        load_document(tmp_path / "oak", Tree, "a tree")


yaml_like = st.lists(
    st.sampled_from(["name", "leaves", "size", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "1", "1e999"])
    | st.sampled_from(["'", '"', "|", ">", "&a", "*a", "!!x", "#", "?", "~", "é", "\t", "---", "%", "\x85"])
).map("".join)


@given(yaml_like)
def test_any_text_is_a_tree_or_an_error_of_one_line(text: str) -> None:
    try:
        assert isinstance(parse(text), Tree)
    except DocumentError as error:
        assert str(error).startswith("tree.yaml:")
        assert "\n" not in str(error)


def test_many_keys_and_values_are_refused_before_they_are_checked() -> None:
    many = "name: x\nleaves:\n" + "- {}\n" * (MOST_VALUES - 5)
    assert len(parse(many).leaves) == MOST_VALUES - 5
    said = problem(many + "- {}\n")
    assert said == f"tree.yaml:{MOST_VALUES - 2}: more than 50,000 keys and values; split the file"


class Either(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: int | Leaf


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "{size: big}",
            "value: size: a whole number is expected, not 'big'",
        ),
        ("{sise: 1}", "value: sise: unknown key (did you mean 'size'?) (and 1 more)"),
    ],
)
def test_of_two_forms_the_one_that_was_written_is_spoken_of(value: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(f"value: {value}\n", Either, "x.yaml")
    assert str(caught.value).removesuffix(" (and 1 more)") == f"x.yaml:1: {message}".removesuffix(
        " (and 1 more)"
    )


def test_places_are_found_by_the_way_to_them(tmp_path: Path) -> None:
    path = tmp_path / "tree.yaml"
    path.write_text("name: 'x: 1'\nleaves:\n  - size: 1\n    word: ''\n  - {size: 2}\nby_name: {}\n")
    assert places_of(path, "a tree") == {
        ("name",): Place(1, "x: 1"),
        ("leaves",): Place(2, None),
        ("leaves", 0): Place(3, None),
        ("leaves", 0, "size"): Place(3, "1"),
        ("leaves", 0, "word"): Place(4, ""),
        ("leaves", 1): Place(5, None),
        ("leaves", 1, "size"): Place(5, "2"),
        ("by_name",): Place(6, None),
    }
    with pytest.raises(InputError, match=r"no such file .*; give a tree"):
        places_of(tmp_path / "x.yaml", "a tree")
