"""The command line as a whole: help, version, exit codes, and what it does not load."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from composer_daw import __version__
from composer_daw.cli import root
from composer_daw.cli.lazy import LazyGroup

HEAVY = ("numpy", "dawdreamer", "torch", "transformers", "ray", "scipy", "matplotlib", "pydantic")
ROOT = Path(__file__).parents[2]


def paths(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and group."""
    yield path
    if isinstance(group, LazyGroup):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from paths(command, (*path, name))


@pytest.mark.parametrize("path", list(paths(root)), ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_has_help(run: Callable, path: tuple[str, ...], option: str) -> None:
    ran = run(*path, option)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: ")


@pytest.mark.parametrize("path", [path for path in paths(root) if path], ids=" ".join)
def test_the_list_of_commands_says_what_the_command_says(path: tuple[str, ...]) -> None:
    group: click.Command | None = root
    for name in path[:-1]:
        assert isinstance(group, LazyGroup)
        group = group.get_command(click.Context(group), name)
    assert isinstance(group, LazyGroup)
    command = group.get_command(click.Context(group), path[-1])
    assert command is not None
    assert command.name == path[-1]
    assert (command.help or "").strip()
    assert group.commands_at[path[-1]][1].endswith(".")


def test_version(run: Callable) -> None:
    assert run("--version").out == f"composer-daw, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rendr"], "No such command 'rendr'"),
        (["render"], "Missing argument 'SCORE'"),
        (["render", "a.mid"], "give either -i INSTRUMENT or --graph YAML"),
        (["render", "a.mid", "-i", "x", "-o", "a.wav", "--sample-rate", "1"], "1 is not in the range"),
        (["dataset", "render", "a.mid", "-o", "x"], "Missing option '-i' / '--instrument'"),
        (["dataset", "render", "a.mid", "-i", "x", "-o", "x", "--workers", "0"], "0 is not in the range"),
        (["techniques", "lint"], "Missing argument 'MAP...'"),
    ],
)
def test_a_wrong_call_is_exit_code_2(run: Callable, arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_an_interrupt_is_one_word(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("composer_daw.rendering.instrument_names", interrupted)
    ran = run("instruments", "list")
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "stopped")


def fresh(code: str) -> str:
    """Run Python in a new process; return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    "path", [(), ("render",), ("dataset", "render"), ("instruments",), ("techniques", "lint")], ids=" ".join
)
def test_help_loads_nothing_heavy(path: tuple[str, ...]) -> None:
    arguments = ["composer-daw", *path, "--help"]
    loaded = fresh(
        f"import sys; sys.argv = {arguments!r}\nfrom composer_daw.cli import main\ntry: main()\n"
        f"except SystemExit as left: print('exit', left.code)\nprint('loaded', [m for m in {HEAVY!r} "
        f"if m in sys.modules])"
    )
    assert loaded.startswith("Usage: composer-daw")
    assert loaded.endswith("exit 0\nloaded []\n")


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, composer_daw; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert fresh(code) == "[]\n"


def test_python_m_and_the_script_are_the_same_command() -> None:
    for command in (
        ["-m", "composer_daw", "--version"],
        ["scripts/batch_articulation_renderer.py", "--help"],
    ):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        assert "composer-daw, version" in done.stdout or "MIDI_OR_MANIFEST" in done.stdout
