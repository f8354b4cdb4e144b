"""The lexicon: what words of a story mean for its music, as `configs/captions/lexicon.yaml` has it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from composer_daw.documents import PlacedError, load_document
from composer_daw.files import shipped

LEXICON = "captions/lexicon.yaml"

Class = Literal["feeling", "time", "place", "weather", "theme", "motion"]
Third = Literal["low", "middle", "high"]
"""A third of valence or arousal."""

Unit = Annotated[float, Field(ge=-1, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Row(_Part):
    """Words of both languages that mean one thing."""

    en: tuple[str, ...] = ()
    ja: tuple[str, ...] = ()
    at: tuple[Unit, Unit] | None = None
    """(valence, arousal)"""
    weight: Annotated[float, Field(gt=0, le=2)] = 1.0
    says: str
    """The words of the caption."""
    tokens: tuple[str, ...] = ()


class BothLanguages(_Part):
    """A list of words for each language."""

    en: tuple[str, ...]
    ja: tuple[str, ...]


class Lexicon(_Part):
    """The schema of the lexicon."""

    lexicon: Literal[1]
    negations: BothLanguages
    affirmed: BothLanguages
    turns: BothLanguages
    between: tuple[str, ...]
    titles: tuple[str, ...]
    skip: tuple[str, ...]
    manners: dict[Third, tuple[str, str, str]]
    voices: dict[Third, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]
    adjectives: dict[str, str]
    feelings: tuple[Row, ...]
    times: tuple[Row, ...]
    places: tuple[Row, ...]
    weathers: tuple[Row, ...]
    themes: tuple[Row, ...]
    motions: tuple[Row, ...]

    @model_validator(mode="after")
    def _each_word_once(self) -> Lexicon:
        seen: dict[str, str] = {}
        for section, number, row in self._placed():
            for word in (*row.en, *row.ja):
                if word in seen:
                    problem = f"'{word}' stands under '{seen[word]}', too; keep one"
                    raise PlacedError(problem, section, number)
                seen[word] = row.says
        return self

    def rows(self) -> Iterator[tuple[Class, Row]]:
        """Yield every row with its class."""
        for section, _, row in self._placed():
            yield CLASSES[section], row

    def _placed(self) -> Iterator[tuple[str, int, Row]]:
        for section in CLASSES:
            for number, row in enumerate(getattr(self, section)):
                yield section, number, row


CLASSES: dict[str, Class] = {
    "feelings": "feeling",
    "times": "time",
    "places": "place",
    "weathers": "weather",
    "themes": "theme",
    "motions": "motion",
}


def load_lexicon(path: str | Path | None = None) -> Lexicon:
    """Read a lexicon, or the one that ships; raise DocumentError with file, line and remedy."""
    return load_document(path, Lexicon, "a lexicon (.yaml)") if path else _shipping()


@functools.cache
def _shipping() -> Lexicon:
    return load_document(shipped("configs") / LEXICON, Lexicon, "a lexicon (.yaml)")
