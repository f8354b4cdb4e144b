"""A module imports only from the rows below its own, or from its own package; nothing runs in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "composer_daw"

ROWS = (
    ("errors", "events"),
    ("files", "smf"),
    ("performance", "audio", "sampling", "documents", "sfz_text"),
    ("plugins",),
    ("midi", "techniques", "hosts", "models", "measure", "pages"),
    ("humanizer", "listening", "transcription", "captions"),
    ("rendering", "labels", "evaluation"),
    ("authoring", "calibration", "dataset", "composing"),
    ("loop", "studio"),
    ("cli",),
)
ROW_OF = {part: number for number, row in enumerate(ROWS) for part in row}
FRONT = ("__init__", "__main__")
"""The front door of the package: it may lead anywhere, and only the command line goes through it."""


def modules() -> dict[str, Path]:
    """Return every module by its dotted name below `composer_daw`."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)] = path
    return found


MODULES = modules()


def imports(path: Path, runtime_only: bool = False) -> Iterator[str]:
    """Yield the modules below `composer_daw` that a module imports, wherever in it the import stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(inner) for node in ast.walk(tree) if _is_deferred(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if runtime_only and id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("composer_daw."))
            yield from ("composer_daw.__init__" for alias in node.names if alias.name == "composer_daw")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the import from composer_daw on"
            if node.module and node.module.split(".")[0] == "composer_daw":
                yield from (_meant(node.module, alias.name) for alias in node.names)


def _is_deferred(node: ast.AST) -> bool:
    """Tell whether what stands in here is not imported with the module."""
    guarded = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return guarded or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _meant(module: str, name: str) -> str:
    """Return the module that `from module import name` speaks of."""
    inner = f"{module}.{name}".removeprefix("composer_daw.")
    return (
        f"composer_daw.{inner}"
        if inner in MODULES
        else f"{module}.__init__"
        if module == "composer_daw"
        else module
    )


@pytest.mark.parametrize("name", [name for name in MODULES if name not in FRONT])
def test_a_module_imports_only_from_lower_rows(name: str) -> None:
    own = name.split(".")[0]
    wrong = []
    for imported in imports(MODULES[name]):
        part = imported.removeprefix("composer_daw.").split(".")[0]
        if part == "__init__":
            continue  # the version, or the front door: see below
        if part != own and ROW_OF[part] >= ROW_OF[own]:
            wrong.append(imported)
    assert wrong == []


def test_the_front_door_is_for_the_version_and_for_the_command_line() -> None:
    through = {}
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "composer_daw":
                names = {alias.name for alias in node.names} - set(ROW_OF)
                if names - {"__version__"}:
                    through[name] = names
            elif isinstance(node, ast.Import) and any(alias.name == "composer_daw" for alias in node.names):
                through[name] = {"composer_daw"}
    assert {name for name in through if name.split(".")[0] != "cli"} == set()


def test_every_package_has_a_row() -> None:
    assert {name.split(".")[0] for name in MODULES} - set(FRONT) <= set(ROW_OF)


def test_no_module_stands_in_a_circle_of_imports() -> None:
    graph = {
        f"composer_daw.{name}": set(imports(path, runtime_only=True))
        for name, path in MODULES.items()
        if name not in FRONT
    }
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


def test_the_test_sees_what_it_should(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "from typing import TYPE_CHECKING\nimport numpy\nfrom composer_daw.midi import load_midi\n"
        "from composer_daw.hosts import fake\nif TYPE_CHECKING:\n    from composer_daw.cli import main\n"
        "def late():\n    import composer_daw.audio\n    import composer_daw as daw\n"
    )
    at_once = {"composer_daw.midi", "composer_daw.hosts.fake"}
    later = {"composer_daw.cli", "composer_daw.audio", "composer_daw.__init__"}
    assert set(imports(module)) == at_once | later
    assert set(imports(module, runtime_only=True)) == at_once
