"""Where the sections of a song stand in its score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.composing.conditions import BEATS_IN_A_BAR, SongConditions


@dataclass(frozen=True)
class Span:
    """A section in the score: from which beat to which."""

    name: str
    start: float
    end: float


def spans_of(song: SongConditions) -> tuple[Span, ...]:
    """Return where each section stands, in quarter notes."""
    edges = [0, *np.cumsum([BEATS_IN_A_BAR * section.bars for section in song.sections]).tolist()]
    return tuple(
        Span(section.name, float(start), float(end))
        for section, start, end in zip(song.sections, edges, edges[1:], strict=False)
    )
