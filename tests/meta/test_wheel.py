"""The wheel: what ships is found in it, from anywhere, without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "renders", "tests", "build", "*.egg-info")


def pip(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which a wheel of a copy of the checkout is installed, without what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "copy", ignore=LEFT_OUT)  # a build leaves traces where it runs
    built = pip("wheel", "--quiet", "--no-deps", "--wheel-dir", folder, folder / "copy")
    if built.returncode:
        problem = f"pip cannot build a wheel here: {built.stderr[-300:]}"
        pytest.fail(problem) if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1" else pytest.skip(problem)
    shutil.rmtree(folder / "copy")
    (wheel,) = folder.glob("*.whl")
    done = pip("install", "--quiet", "--no-deps", "--target", folder / "site", wheel)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def run(installed: Path, *arguments: str) -> str:
    """Run Python where nothing but the installed wheel can be found, but for its dependencies."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=installed.parent, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _data(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_all_that_ships_is_in_the_wheel(installed: Path) -> None:
    for folder in ("technique_maps", "presets", "configs"):
        there = {path.relative_to(ROOT).as_posix() for path in _data(ROOT / folder)}
        inside = installed / "composer_daw" / "shipped"
        assert {path.relative_to(inside).as_posix() for path in _data(inside / folder)} == there
    package = {path.relative_to(ROOT) for path in (ROOT / "composer_daw").rglob("*") if path.is_file()}
    wanted = {path.as_posix() for path in package if "__pycache__" not in path.parts}
    assert {path for path in wanted if not (installed / path).is_file()} == set()


def test_the_package_and_its_data_come_from_the_wheel(installed: Path) -> None:
    code = (
        "import composer_daw; from composer_daw.files import shipped\n"
        "print(composer_daw.__file__); print(shipped('presets'))"
    )
    package, presets = run(installed, "-c", code).splitlines()
    assert Path(package) == installed / "composer_daw" / "__init__.py"
    assert Path(presets) == installed / "composer_daw" / "shipped" / "presets"


def test_the_command_works_from_the_wheel(installed: Path) -> None:
    here = subprocess.run(
        [sys.executable, "-m", "composer_daw", "instruments", "list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout
    assert "studio/violin" in here
    assert run(installed, "-m", "composer_daw", "instruments", "list") == here


def test_nothing_but_the_package_is_installed(installed: Path) -> None:
    names = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert names <= {"composer_daw", "bin"}
