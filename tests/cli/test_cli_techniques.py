"""`composer-daw techniques`: the vocabulary, and the linter of maps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from composer_daw.techniques import load_vocabulary


def test_list(run: Callable) -> None:
    ran = run("techniques", "list")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == list(load_vocabulary().techniques)
    assert "ピチカート" in ran.out


def test_list_as_json(run: Callable) -> None:
    listed = json.loads(run("techniques", "list", "--json").out)
    assert list(listed["techniques"]) == list(load_vocabulary().techniques)
    assert listed["techniques"]["con_sordino"]["group"] == "mute"


def test_lint_finds_nothing(run: Callable, fake_preset: Path) -> None:
    ran = run("techniques", "lint", fake_preset.parent / "map.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert json.loads(run("techniques", "lint", fake_preset.parent / "map.yaml", "--json").out) == []


def test_lint_names_what_it_finds(run: Callable, fake_preset: Path) -> None:
    path = fake_preset.parent / "map.yaml"
    path.write_text(path.read_text().replace("pizzicato:", "pizz:"))
    ran = run("techniques", "lint", path)
    assert (ran.code, ran.err) == (1, "error: findings: 1\n")
    assert ran.out == f"{path}: pizz: not in the vocabulary; write pizzicato\n"
    ran = run("techniques", "lint", path, "--json")
    assert (ran.code, json.loads(ran.out)) == (1, [f"{path}: pizz: not in the vocabulary; write pizzicato"])


def test_lint_of_nothing(run: Callable, tmp_path: Path) -> None:
    ran = run("techniques", "lint", tmp_path / "x.yaml")
    assert (ran.code, ran.err) == (1, "error: findings: 1\n")
    assert ran.out == f"{tmp_path}/x.yaml: no such file; give a technique map (YAML)\n"
