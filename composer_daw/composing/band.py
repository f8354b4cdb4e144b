"""The band that plays where a song names none, how it is mixed, and the tempos of genres."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from composer_daw.composing.conditions import Role
from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import InputError, did_you_mean
from composer_daw.files import shipped

BAND = "compose/band.yaml"
HALL = "hall"
"""The bus of the mix that all are sent to."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Seat(_Part):
    """A part of the band: its instrument, what captions call it, and its place in the mix."""

    instrument: str
    called: str
    pan: Annotated[float, Field(ge=-1, le=1)] = 0.0
    under_lu: Annotated[float, Field(ge=0, le=24)]
    hall_db: Annotated[float, Field(ge=-60, le=0)]


class GenreRow(_Part):
    """The other names of a genre, its tempos, and who plays its chords."""

    also: tuple[str, ...] = ()
    tempo: tuple[float, float, float]
    chords: str
    called: str

    @model_validator(mode="after")
    def _in_order(self) -> GenreRow:
        slowest, usual, fastest = self.tempo
        if not 0 < slowest <= usual <= fastest:
            raise ValueError("write the slowest, the usual and the fastest tempo, in this order")
        return self


class Hall(_Part):
    """The room that all are sent to."""

    room_size: Annotated[float, Field(ge=0, le=1)]
    damping: Annotated[float, Field(ge=0, le=1)]
    low_cut_hz: Annotated[float, Field(gt=0, le=2000)]
    under_lu: Annotated[float, Field(ge=6, le=40)]


class Band(_Part):
    """The schema of `configs/compose/band.yaml`."""

    band: Literal[1]
    parts: dict[Role, Seat]
    genres: dict[str, GenreRow]
    tempo_share: Annotated[float, Field(ge=0, le=1)]
    level_share: Annotated[float, Field(ge=0, le=1)]
    hall: Hall

    @model_validator(mode="after")
    def _each_name_once(self) -> Band:
        seen: dict[str, str] = {}
        for genre, row in self.genres.items():
            for one in (genre, *row.also):
                if (other := seen.setdefault(_folded(one), genre)) != genre:
                    raise PlacedError(f"'{one}' is a name of {other}, too; keep one", "genres", genre)
        return self


@functools.cache
def load_band() -> Band:
    """Return the band that ships."""
    return load_document(shipped("configs") / BAND, Band, "a band (.yaml)")


def genre_named(name: str) -> str:
    """Return the genre that a word stands for, as `genres` has it; raise InputError for none."""
    genres = load_band().genres
    spelt = {one: genre for genre, row in genres.items() for one in (genre, *row.also)}
    folded = {_folded(one): genre for one, genre in spelt.items()}
    if _folded(name) not in folded:
        raise InputError(f"no genre '{name}'{did_you_mean(name, spelt)}; there is {', '.join(genres)}")
    return folded[_folded(name)]


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-']+", "", unicodedata.normalize("NFKC", name)).casefold()
