"""The shape of the source: short modules, short functions, everything annotated and described."""

from __future__ import annotations

import ast
import configparser
import tomllib
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for folder in ("composer_daw", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, Function)]


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def unannotated(function: Function) -> list[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    arguments += [one for one in (function.args.vararg, function.args.kwarg) if one]
    missing = [one.arg for one in arguments if one.annotation is None and one.arg not in ("self", "cls")]
    return missing + (["return"] if function.returns is None else [])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_and_functions_are_short_and_annotated(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400
    assert {one.name: length(one) for one in functions(path) if length(one) > 60} == {}
    assert {one.name: unannotated(one) for one in functions(path) if unannotated(one)} == {}


def test_medians() -> None:
    modules = [len(path.read_text("utf-8").splitlines()) for path in SOURCES]
    assert median(modules) <= 135  # the aim is 120; formats and measurements come in longer pieces
    assert median(length(one) for path in SOURCES for one in functions(path)) <= 10


@pytest.mark.parametrize("name", ["utils", "helpers", "core", "manager", "common"])
def test_no_module_is_a_drawer_for_everything(name: str) -> None:
    assert [path for path in SOURCES if name in path.with_suffix("").parts] == []


def test_setup_cfg_lists_every_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = setup["options"]["packages"].split()
    found = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for path in (ROOT / "composer_daw").rglob("__init__.py")
    }
    assert listed == sorted(found | {"composer_daw.shipped"})


def test_the_core_needs_no_heavy_library() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    core = " ".join(project["dependencies"]).lower()
    assert [
        name for name in ("torch", "transformers", "ray", "tensorflow", "onnx", "librosa") if name in core
    ] == []
