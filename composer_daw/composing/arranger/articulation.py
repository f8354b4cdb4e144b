"""How long notes sound: joined where a section is smooth, detached where it is lively.

Happy and angry players detach, sad and tender ones join (P. Juslin and P. Laukka, "Communication of
emotions in vocal expression and music performance", Psychological Bulletin 129, 2003, table 7). The figures
are our own choice.
"""

from __future__ import annotations

import numpy as np

from composer_daw.composing.arranger.form import Section
from composer_daw.performance import TechniqueSet

SMOOTH = 0.5
"""Sections from this smoothness on are legato."""
LIVELY = 0.25
"""Sections of this smoothness, or less, are as detached as any."""
HELD = (0.66, 0.92)
"""How much of a beat sounds, from the liveliest sections to those that are nearly smooth."""
JOINED = frozenset({"legato", "portamento", "glissando"})
"""Techniques that bind notes."""
OF_BASS = 0.5
"""How much of the silence the bass has: it carries the rest."""


def is_smooth(section: Section) -> bool:
    """Tell whether a section is legato."""
    return section.smoothness >= SMOOTH


def held(section: Section, asked: TechniqueSet | None = None) -> float:
    """Return the share of a beat that a note of one beat sounds; all of it where binding is asked for."""
    if is_smooth(section) or set(asked or ()) & JOINED:
        return 1.0
    return float(np.interp(section.smoothness, (LIVELY, SMOOTH), HELD))


def sounding(beats: float, share: float) -> float:
    """Return how long a note sounds: what is longer than a beat loses no more than a beat does."""
    return beats - (1.0 - share) * min(beats, 1.0)
