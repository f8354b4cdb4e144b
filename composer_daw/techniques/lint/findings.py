"""Look for what a technique map may say, but cannot mean.

Each check is a function in `switches.py`, `checks.py` or `reach.py`; here it gets lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from composer_daw.documents import Location, Place, places_of
from composer_daw.errors import InputError
from composer_daw.techniques.lint import checks, reach, switches
from composer_daw.techniques.lint.subject import Severity, Subject, Told
from composer_daw.techniques.maps import load_map
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

CHECKS: tuple[Callable[[Subject], Iterator[Told]], ...] = (
    switches.keyswitch_in_range,
    switches.same_actions,
    switches.toggle_start,
    switches.octave_names,
    checks.empty,
    checks.fallbacks,
    checks.groups,
    checks.names,
    checks.times,
    checks.channels,
    checks.chased,
    switches.drums,
    reach.unreachable,
    reach.shadowed,
    reach.actions_never_sent,
)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a map, or worth a look; as text "file:line: place: problem; remedy"."""

    path: str
    line: int | None
    """From 1 on; None where the file cannot be read at all."""
    place: str
    problem: str
    remedy: str
    kind: str
    """A short code: that of the check, or "load" where the map does not fit its schema."""
    severity: Severity = "fault"

    def __str__(self) -> str:
        """Return the line that a person reads."""
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        told = "; ".join(part for part in (self.problem, self.remedy) if part)
        hint = "hint" if self.severity == "hint" else ""
        return ": ".join(part for part in (where, hint, self.place, told) if part)


def lint_map(path: str | Path, vocabulary: Vocabulary | None = None) -> list[Finding]:
    """Return the findings of one map by line; an empty list is a clean map.

    A map that does not load is one finding. Only one map is read at a time: nothing is said about others.
    """
    try:
        technique_map = load_map(path)
        places = places_of(path, "a technique map (YAML)")
    except InputError as error:
        return [finding_of_error(path, error)]
    subject = Subject(technique_map, vocabulary or load_vocabulary(), places)
    found = [
        Finding(str(Path(path)), _line(told.location, places), _shown(told.location), *told[1:])
        for check in CHECKS
        for told in check(subject)
    ]
    return sorted(found, key=lambda finding: finding.line or 0)


def finding_of_error(path: str | Path, error: InputError) -> Finding:
    """Return the finding of a map that does not load: its error is a line of the same form."""
    name = str(Path(path))
    told = str(error).removeprefix(f"{name}:")
    line = re.match(r"(\d+): ", told)
    problem = told[line.end() if line else 0 :].strip()
    return Finding(name, int(line[1]) if line else None, "", problem, "", "load")


def _line(location: Location, places: dict[Location, Place]) -> int:
    """Return the line of a place, or of the last thing on the way to it that is written out."""
    while location not in places and location:
        location = location[:-1]
    return places[location].line if location else 1


def _shown(location: Location) -> str:
    shown: list[str] = []
    for part in location:
        shown.append(f"{shown.pop()}[{part}]" if isinstance(part, int) and shown else str(part))
    return ": ".join(shown)
