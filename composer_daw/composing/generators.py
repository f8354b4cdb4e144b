"""The generators that can write a song, by name: each is loaded when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from composer_daw.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from composer_daw.composing.conditions import Generator

GENERATORS = {"arranger": "composer_daw.composing.arranger:Arranger"}
"""By name: the module and, after the colon, the class, which is made without arguments."""


def generator_named(name: str) -> Generator:
    """Return a generator; raise InputError for a name that none has."""
    if name not in GENERATORS:
        hint = did_you_mean(name, GENERATORS)
        raise InputError(f"no generator '{name}'{hint}; there is {', '.join(GENERATORS)}")
    module, _, kind = GENERATORS[name].partition(":")
    made: Generator = getattr(importlib.import_module(module), kind)()
    return made


def check_genre(generator: Generator, genre: str) -> None:
    """Raise InputError for a genre that a generator does not write."""
    if genre not in generator.genres:
        there = ", ".join(sorted(generator.genres))
        raise InputError(f"{generator.name} writes no '{genre}'; it has {there}")
