"""`composer-daw techniques show` and `diff`: tables, pictures, pages; maps by file or by name."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from small_instruments import DRUMS, MAP


def lines(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()]


def test_show_a_map(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        MAP + "requires_patch: load it\ninit: [{cc: 7, value: 100}]\ninstances: 2\ndynamics: {cc: 1}\n"
    )
    ran = run("techniques", "show", path)
    assert (ran.code, ran.err) == (0, "")
    rows = lines(ran.out)
    assert rows[:2] == [["instrument", "Fake", "Strings"], ["range", "G2..C7,", "middle", "C", "is", "C4"]]
    assert ["channels", "1,", "2", "on", "2", "instances"] in rows
    assert ["at", "first", "CC", "7", "=", "100"] in rows
    assert ["patch", "load", "it"] in rows
    assert "articulation (default sustain):" in ran.out
    heads = next(row for row in rows if row[:1] == ["technique"])
    assert " ".join(heads) == "technique how it is told latency its notes fallback"  # no empty columns
    assert ["staccato", "key", "D0", "12", "ms", "length", "x", "0.5", "-"] in rows
    assert ["tremolo", "not", "there", "-", "-", "sustain"] in rows


def test_show_drums(run: Callable, tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(DRUMS)
    ran = run("techniques", "show", tmp_path / "d.yaml")
    assert ran.code == 0
    assert "snare  D2 (38), E2 (40)  hit: D2 (38), rimshot: E2 (40), ghost: D2 (38) x 0.35" in ran.out


@pytest.mark.parametrize("name", ["studio/violin", "Studio Violin"])
def test_show_what_ships_by_name(run: Callable, name: str) -> None:
    ran = run("techniques", "show", name)
    assert (ran.code, ran.err) == (0, "")
    assert lines(ran.out)[0] == ["instrument", "Studio", "Violin"]


def test_show_an_instrument_by_its_yaml(run: Callable, fake_preset: Path) -> None:
    by_preset, by_map = (
        run("techniques", "show", path) for path in (fake_preset, fake_preset.parent / "map.yaml")
    )
    assert by_preset.code == 0
    assert by_preset.out == by_map.out != ""


def test_show_as_json(run: Callable, fake_preset: Path) -> None:
    shown = json.loads(run("techniques", "show", fake_preset, "--json").out)
    assert shown["instrument"] == "Fake Strings"
    assert shown["techniques"]["staccato"]["note"]["length"] == 0.5
    assert shown["in_words"]["staccato"]["told"] == "key D0"


def test_show_draws_and_writes_a_page(run: Callable, fake_preset: Path, tmp_path: Path) -> None:
    svg, html = tmp_path / "out" / "k.svg", tmp_path / "k.html"
    assert run("techniques", "show", fake_preset, "--svg", svg, "--html", html).code == 0
    assert ET.parse(svg).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    page = html.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert svg.read_text(encoding="utf-8").strip() in page
    for told in ("<h1>Fake Strings</h1>", "articulation (default sustain)", "key D0", "30 ms into the next"):
        assert told in page


def test_a_page_escapes_what_a_map_says(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(MAP.replace("Fake Strings", "<script>alert(1)</script>").replace("pizzicato", "<b>"))
    assert run("techniques", "show", path, "--html", tmp_path / "m.html").code == 0
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<b>" not in page.partition("<body>")[2].partition("<script>")[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["nothing.yaml"],
            "error: nothing.yaml: no such file; give a technique map, or an instrument (YAML)\n",
        ),
        (["studio/violn"], "error: no instrument 'studio/violn' (did you mean 'studio/violin'?); "),
        (
            ["studio/violin", "--svg", "a.svg", "--html", "a.svg"],
            "error: a.svg: is named twice, or is the score",
        ),
    ],
)
def test_show_of_nothing(
    run: Callable, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("techniques", "show", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(said)
    assert ran.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_map_that_is_broken_is_one_line(run: Callable, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MAP.replace("D#0", "H0"))
    ran = run("techniques", "show", tmp_path / "m.yaml")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith(
        f"error: {tmp_path}/m.yaml:16: techniques: pizzicato: on[0]: keyswitch: 'H0' is not a"
    )


SECOND = """\
technique_map: 1
instrument: Small
range: [C3, C7]
groups: {a: {default: sustain}}
techniques: {sustain: {group: a}, detache: {group: a, on: [{cc: 1, value: 1}]}}
"""


def test_diff(run: Callable, fake_preset: Path, tmp_path: Path) -> None:
    (tmp_path / "second.yaml").write_text(SECOND)
    ran = run("techniques", "diff", fake_preset, tmp_path / "second.yaml")
    assert (ran.code, ran.err) == (0, "")
    rows = lines(ran.out)
    assert ["sustain", "sustain", "exact", "-"] in rows
    staccato = next(row for row in rows if row[:1] == ["staccato"])
    assert staccato[1:3] == ["detache", "fallback"]
    assert "staccato > " in ran.out
    assert "Small lacks " in ran.out
    assert "notes out of its range: 5 below, 0 above" in ran.out


def test_diff_as_json(run: Callable, fake_preset: Path) -> None:
    ran = run("techniques", "diff", fake_preset, "studio/violin", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert [one["asked"][0] for one in found["techniques"]][:2] == ["sustain", "legato"]
    assert {one["rung"] for one in found["techniques"]} == {"exact"}
    assert not any(one["lost"] for one in found["techniques"])
    assert (found["rungs"], found["combinations"]) == ({"exact": 6}, [])
    assert found["lower"] == 12  # G2 to F#3


def test_diff_with_itself_loses_nothing(run: Callable) -> None:
    ran = run("techniques", "diff", "studio/violin", "studio/violin")
    assert "Studio Violin lacks 0 of 13 techniques of Studio Violin: 13 exact" in ran.out
    said = "two techniques of Studio Violin together, where Studio Violin has each: 0 of 23 are lost: "
    assert said + "legato+sul_ponticello, legato+sul_tasto, " in ran.out
    assert ran.out.endswith(" and 3 more\n")


def test_diff_needs_two(run: Callable) -> None:
    assert run("techniques", "diff", "studio/violin").code == 2
