"""Options for what stands beside a score: the map it was made for, spans of techniques, rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from composer_daw.performance import Performance
    from composer_daw.techniques import TechniqueMap
    from composer_daw.techniques.origins.prepare import Prepared
    from composer_daw.techniques.origins.sidecar import Sidecar

Command = TypeVar("Command", bound=Callable[..., Any])

OPTIONS = (
    click.option(
        "--from-map",
        metavar="MAP",
        help="The library that the score was made for (a map, or an instrument): its switches are read.",
    ),
    click.option("--techniques", metavar="YAML", help="Spans of techniques, and rules, for this score."),
    click.option(
        "--rules", metavar="YAML|default", help="Rules on notes, such as short and detached: staccato."
    ),
)


def beside_options(command: Command) -> Command:
    """Give a command these options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Beside:
    """What stands beside a score, loaded."""

    from_map: TechniqueMap | None
    sidecars: tuple[Sidecar, ...]

    def prepared(self, performance: Performance, technique_map: TechniqueMap, score: str) -> Prepared:
        """Return a score with its techniques for an instrument; errors name the file that is wrong."""
        from composer_daw.errors import DocumentError, InputError
        from composer_daw.techniques.origins.prepare import prepare

        try:
            return prepare(performance, technique_map, from_map=self.from_map, sidecars=self.sidecars)
        except DocumentError:
            raise  # it names the sidecar
        except InputError as error:
            raise type(error)(f"{score}: {error}") from error


def load_beside(from_map: str | None, techniques: str | None, rules: str | None) -> Beside:
    """Load what the options name; raise InputError."""
    from composer_daw.cli.techniques import map_of
    from composer_daw.techniques.origins.sidecar import load_rules, load_sidecar

    sidecars = [load_sidecar(techniques)] if techniques else []
    if rules:
        sidecars.append(load_rules(rules))
    return Beside(map_of(from_map)[0] if from_map else None, tuple(sidecars))
