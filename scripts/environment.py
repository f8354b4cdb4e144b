"""Set up `.venv` beside the checkout, once, and run a script inside it. Standard library only."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
DECIDES = ("pyproject.toml", "setup.cfg", "constraints.txt")
"""What the contents of the environment follow from; a change of these installs again."""
WITHOUT_THEIR_OWN = ("tinysoundfont",)
"""Wanted by the tests, without what they ask for: it takes PyAudio to play live, which needs a compiler."""


def run_inside(script: Path, extras: str = "") -> None:
    """Go on in `.venv`, with the package and `extras` installed; return when already inside."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    prepare(extras)
    sys.exit(subprocess.call([str(python()), str(script), *sys.argv[1:]]))


def prepare(extras: str = "") -> None:
    """Make `.venv` if need be and install the package into it, editable, with the pinned versions."""
    if sys.version_info < (3, 11):  # noqa: UP036  an older Python gets here, before any package
        sys.exit(f"composer_daw needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    wanted = _wanted(extras)
    stamp = VENV / f"installed{extras.strip('[]') and '-' + extras.strip('[]')}.txt"
    if stamp.is_file() and stamp.read_text() == wanted and python().is_file():
        return
    print(f"setting up {VENV} (once) ...", flush=True)
    if not python().is_file():
        venv.EnvBuilder(with_pip=True, clear=VENV.exists()).create(VENV)
    # A path on sys.path, not an import hook: beside a checkout called composer_daw, a hook comes too late.
    _install("--editable", f"{ROOT}{extras}", "--config-settings", "editable_mode=compat")
    if "test" in extras:
        _install("--no-deps", *WITHOUT_THEIR_OWN)
    stamp.write_text(wanted)


def _install(*what: str) -> None:
    command = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*command, "--constraint", str(ROOT / "constraints.txt"), *what]):
        sys.exit("the packages could not be installed; see pip's message above")


def python() -> Path:
    """Return the interpreter of `.venv`."""
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _wanted(extras: str) -> str:
    parts = [(ROOT / name).read_bytes() for name in DECIDES] + [sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest() + extras
