"""Install what the tests need, then run them: `python scripts/test.py [--long] [pytest's options]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from environment import ROOT, run_inside

CHECKS = (
    ("ruff", [sys.executable, "-m", "ruff", "check", "."]),
    ("format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    ("mypy", [sys.executable, "-m", "mypy"]),
)


def main() -> int:
    """Run the checks of the source, then the tests; return 1 if anything failed."""
    arguments = sys.argv[1:]
    whole = not [argument for argument in arguments if not argument.startswith("-")]
    failed = []
    if whole:
        failed = [name for name, command in CHECKS if subprocess.call(command, cwd=ROOT)]
    if "--long" in arguments:
        arguments.remove("--long")
    else:
        arguments += ["-m", "not long"]
    if subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=ROOT):
        failed.append("pytest")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    run_inside(Path(__file__), "[test]")
    sys.exit(main())
