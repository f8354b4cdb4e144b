"""`composer-daw techniques lint`: a line for each finding, and exit code 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_instruments import MAP


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A map that is clean."""
    (tmp_path / "map.yaml").write_text(MAP.replace("range:", "middle_c: C4\nrange:"), encoding="utf-8")
    return tmp_path / "map.yaml"


def test_lint_finds_nothing(run: Callable, path: Path) -> None:
    ran = run("techniques", "lint", path)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert json.loads(run("techniques", "lint", path, "--json").out) == []


def test_lint_names_what_it_finds(run: Callable, path: Path) -> None:
    path.write_text(path.read_text().replace("pizzicato:", "pizz:"))
    ran = run("techniques", "lint", path)
    assert (ran.code, ran.err) == (1, "error: faults: 1, hints: 0\n")
    assert ran.out == f"{path}:17: techniques: pizz: 'pizz' is not in the vocabulary; write pizzicato\n"
    ran = run("techniques", "lint", path, "--json")
    assert ran.code == 1
    assert json.loads(ran.out) == [
        {
            "path": str(path),
            "line": 17,
            "place": "techniques: pizz",
            "problem": "'pizz' is not in the vocabulary",
            "remedy": "write pizzicato",
            "kind": "unknown-name",
            "severity": "fault",
        }
    ]


def test_lint_of_several_maps(run: Callable, path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(path.read_text().replace("D#0", "D0"))
    ran = run("techniques", "lint", path, other, tmp_path / "x.yaml")
    assert (ran.code, ran.err) == (1, "error: faults: 2, hints: 0\n")
    first, second = ran.out.splitlines()
    assert first.startswith(f"{other}:17: techniques: pizzicato: on: switched on exactly as staccato;")
    assert second.startswith(f"{tmp_path}/x.yaml: no such file")


def test_hints_are_no_reason_to_fail(run: Callable, path: Path) -> None:
    path.write_text(path.read_text().replace("middle_c: C4\n", ""), encoding="utf-8")
    ran = run("techniques", "lint", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{path}:3: hint: range[0]: 'G2' is an octave higher or lower")
    (one,) = json.loads(run("techniques", "lint", path, "--json").out)
    assert (one["kind"], one["severity"]) == ("octave-names", "hint")
    path.write_text(path.read_text().replace("pizzicato:", "pizz:"), encoding="utf-8")
    assert run("techniques", "lint", path).err == "error: faults: 1, hints: 1\n"


def test_lint_takes_names_as_show_does(run: Callable, fake_preset: Path, tmp_path: Path) -> None:
    ran = run("techniques", "lint", "studio/violin", "General MIDI Drums")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    ran = run("techniques", "lint", fake_preset)
    assert ran.out.startswith(f"{fake_preset.parent / 'map.yaml'}:")
    ran = run("techniques", "lint", "studio/violn")
    assert (ran.code, "did you mean 'studio/violin'?" in ran.out) == (1, True)
    (tmp_path / "x.reabank").write_text("Bank 1 1 X\n1 Long\n")
    ran = run("techniques", "lint", tmp_path / "x.reabank")
    assert (ran.code, "bring it over first" in ran.out) == (1, True)
