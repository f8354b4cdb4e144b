"""Words of captions and attributes, and how they tilt the arranger's choices
(`configs/arranger/words.yaml`).
"""

from __future__ import annotations

import re

import numpy as np

from composer_daw.composing.arranger.tables import StringTexture, Tilt, words
from composer_daw.composing.conditions import SectionConditions

FIGURES = ("density", "fullness", "smoothness", "rise", "syncopation", "tension")
CAPTION = 0.5
"""What a word of the caption counts against an attribute token."""
MOST = 0.6
"""What all words together tilt a figure by, at most."""
HIGHEST = 4.0
"""Semitones that words move a section, at most."""


def tilt_of(asked: SectionConditions) -> Tilt:
    """Return how the words of a section tilt it, all together; each word counts once."""
    table = words()
    told = {word: CAPTION for word in _words(asked.caption) if word in table}
    told |= {word: 1.0 for one in asked.attributes for word in _words(one) if word in table}

    def total(name: str, most: float) -> float:
        asks = sum(getattr(table[word], name) * weight for word, weight in told.items())
        return float(most * np.tanh(asks / most))

    return Tilt.model_validate(
        {name: total(name, MOST) for name in FIGURES}
        | {"height": round(total("height", HIGHEST)), "dynamics": round(total("dynamics", 1.2))}
    )


def strings_of(asked: SectionConditions) -> tuple[StringTexture, ...]:
    """Return how the words of a section would have the strings play, each way once."""
    told = [word for one in (*asked.attributes, asked.caption) for word in _words(one)]
    ways = [tilt.strings for word in told if (tilt := words().get(word)) and tilt.strings]
    return tuple(dict.fromkeys(ways))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.casefold())
