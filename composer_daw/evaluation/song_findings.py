"""What a check says: figures, whether it holds, and a finding for each place where it does not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from composer_daw.evaluation.song_score import Song


@dataclass(frozen=True)
class Finding:
    """One place where something is wrong: `bar`, `beat` from 1 (0: the whole song), and who plays."""

    bar: int
    beat: float
    parts: tuple[str, ...]
    what: str

    def __str__(self) -> str:
        """Return it as a line."""
        place = f"bar {self.bar}, beat {self.beat:g}: " if self.bar else ""
        who = f"{', '.join(self.parts)}: " if self.parts else ""
        return f"{place}{who}{self.what}"


@dataclass(frozen=True)
class Check:
    """One check: `holds` is None where it could not be made, and `why` says why not.

    `figures` are rates and counts by name; a check holds or not by what its docstring says.
    """

    name: str
    holds: bool | None
    figures: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    why: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it; what is no number becomes null."""
        return {
            "holds": self.holds,
            "why": self.why,
            "figures": plain(self.figures),
            "findings": [
                {"bar": one.bar, "beat": one.beat, "parts": list(one.parts), "what": one.what}
                for one in self.findings
            ],
        }


def skipped(name: str, why: str) -> Check:
    """Return a check that could not be made."""
    return Check(name, None, why=why)


def at(song: Song, tick: int, what: str, *parts: str) -> Finding:
    """Return a finding at a time in ticks."""
    return Finding(*song.place(tick), parts, what)


def plain(figures: Mapping[str, float]) -> dict[str, float | None]:
    """Return figures as JSON can have them: rounded, null for what has no meaning."""
    return {name: round(float(value), 4) if math.isfinite(value) else None for name, value in figures.items()}
