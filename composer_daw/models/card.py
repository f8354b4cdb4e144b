"""The card of a model: what stands beside its weights, for people and for the loader."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, JsonValue

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Line = Annotated[str, Field(min_length=1, max_length=2000)]


class Source(BaseModel):
    """What a model was trained on."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Line
    licence: Line
    """As its owner names it; "unknown" where nobody told."""
    items: Annotated[int, Field(ge=0)] | None = None


class Card(BaseModel):
    """A model card; `sha256` is of the file of weights, filled in by `save_weights`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    purpose: Line
    data: tuple[Source, ...]
    licence: Line
    """Of the weights."""
    command: Line
    """What makes the weights again, or where they were taken from."""
    date: datetime.date
    seed: int | None = None
    figures: dict[str, FiniteFloat | str] = {}
    """How good it is, and on what that was measured."""
    settings: dict[str, JsonValue] = {}
    """What the code needs to know to use the weights."""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
