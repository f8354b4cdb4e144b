"""Run commands as `main` does, and see all that a person would see."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from composer_daw.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command printed, and the exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a function that runs `composer-daw` with arguments, in this process."""

    def run_here(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["composer-daw", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Ran(int(left.value.code or 0), printed.out, printed.err)

    return run_here
