"""`composer-daw techniques new`: a map that loads, and what is still to be filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_sf2 import write_small_sf2

from composer_daw.techniques import load_map


def test_a_blank_map(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "maps" / "viola.yaml"
    ran = run("techniques", "new", "--blank", "My Viola", "--range", "C3", "E6", "-o", path)
    assert (ran.code, ran.err) == (0, "")
    first, last = ran.out.splitlines()
    assert first.startswith(f"{path}:11: hint: range[0]: 'C3' is an octave higher or lower")
    assert last == f"{path}: techniques: 1, findings: 1; its head says what to do next"
    assert load_map(path).instrument == "My Viola"
    ran = run("techniques", "lint", path)
    assert (ran.code, ran.out.splitlines()) == (0, [first])


def test_from_a_soundfont(run: Callable, tmp_path: Path) -> None:
    font = write_small_sf2(tmp_path / "s.sf2", [(0, 45, "Pizzicato", 0.1)])
    ran = run("techniques", "new", "--from-plugin", font, "--middle-c", "C4", "-o", tmp_path / "s.yaml")
    assert ran.code == 0
    assert load_map(tmp_path / "s.yaml").playable() == ("pizzicato",)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "give one of --from-plugin, --from-preset and --blank"),
        (["--blank", "X", "--from-preset", "studio/violin"], 2, "give one of --from-plugin"),
        (["--blank", "X", "--range", "C4"], 2, "'--range' requires 2 arguments"),
        (["--blank", ""], 1, "error: the instrument has no name; give one"),
        (
            ["--blank", "X", "--range", "C4", "C3"],
            1,
            "error: --range: C4 is above C3; give the lowest note first",
        ),
        (["--from-preset", "studio/violin"], 1, "error: studio/violin: is played by the host 'faust'"),
        (["--from-preset", "studio/violn"], 1, "error: no instrument 'studio/violn' (did you mean"),
        (["--from-plugin", "no-such-plugin"], 1, "error: no plugin 'no-such-plugin'"),
        (["--from-plugin", "README.md"], 1, "error: "),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    run: Callable, arguments: list[str], code: int, said: str, tmp_path: Path
) -> None:
    ran = run("techniques", "new", "-o", tmp_path / "m.yaml", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert code == 2 or ran.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    assert run("techniques", "new", "--blank", "One", "-o", path).code == 0
    ran = run("techniques", "new", "--blank", "Two", "-o", path)
    assert (ran.code, ran.err) == (1, f"error: {path}: is there already; give another name, or --force\n")
    assert run("techniques", "new", "--blank", "Two", "--force", "-o", path).code == 0
    assert load_map(path).instrument == "Two"
