"""A map of a hundred thousand lines is refused or read, and no nesting blows the stack.

How long that takes is measured by `benchmarks/huge_maps.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from composer_daw.documents import DEEPEST, MOST_VALUES
from composer_daw.errors import DocumentError
from composer_daw.techniques import load_map
from composer_daw.techniques.lint import lint_map

HEAD = "technique_map: 1\ninstrument: X\n"
GROUP = "groups: {a: {default: t1}}\ntechniques:\n"
LINES = 100_000


def load(tmp_path: Path, text: str) -> str:
    """Return what is said about a map: "" where it is read."""
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_map(path)
        said = ""
    except DocumentError as error:
        said = str(error)
    return said.removeprefix(f"{path}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "#\n" * LINES, ""),
        (HEAD + "source: |\n" + " a\n" * LINES, ""),
        (HEAD + "chase:\n" + "- 1\n" * LINES, f"more than {MOST_VALUES:,} keys and values; split the file"),
        (HEAD + "chase:\n" + "- x\n" * LINES, f"more than {MOST_VALUES:,} keys and values; split the file"),
        (HEAD + "init:\n" + "-\n" * LINES, f"more than {MOST_VALUES:,} keys and values; split the file"),
        (
            HEAD + GROUP + "".join(f" t{n}:\n  group: a\n" for n in range(LINES // 2)),
            f"more than {MOST_VALUES:,} keys and values; split the file",
        ),
        (HEAD + "techniques:\n" + " - [1\n" * LINES, "not YAML"),
        (HEAD + "chase: [" + "1,\n" * LINES, "more than"),
    ],
    ids=["comments", "text", "list", "wrong", "empty", "techniques", "unclosed", "flow"],
)
def test_a_hundred_thousand_lines(tmp_path: Path, text: str, said: str) -> None:
    assert text.count("\n") >= LINES
    told = load(tmp_path, text)
    assert bool(told) == bool(said)
    assert said in told


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
@pytest.mark.parametrize("place", ["source: ", "techniques: {t: {on: [{keyswitch: ", "pieces: "])
def test_deep_nesting_is_refused_in_one_line(tmp_path: Path, opening: str, place: str) -> None:
    start = "\n" if opening == "- " else ""
    told = load(tmp_path, HEAD + place + start + opening * 100_000 + "\n")
    assert f"nested more than {DEEPEST} deep" in told or "not YAML" in told
    assert "\n" not in told


def test_the_largest_map_that_is_read_is_linted_too(tmp_path: Path) -> None:
    count = (MOST_VALUES - 20) // 4
    text = HEAD + GROUP + "".join(f" t{number}: {{group: a}}\n" for number in range(count))
    assert load(tmp_path, text) == ""
    findings = lint_map(tmp_path / "map.yaml")
    assert len(findings) == 2 * count - 1  # unknown, and (but for the default) with nothing to play
