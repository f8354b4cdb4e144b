"""How the string section plays a section of the song: what is asked of a part, else one texture for all."""

from __future__ import annotations

from composer_daw.composing.arranger.articulation import JOINED
from composer_daw.composing.arranger.drawing import weighted
from composer_daw.composing.arranger.form import Draws, Section
from composer_daw.composing.arranger.playing import asked, first_of
from composer_daw.composing.arranger.tables import Genre, StringTexture, common
from composer_daw.composing.conditions import Part
from composer_daw.performance import TechniqueSet

PLUCKED = frozenset({"pizzicato", "snap_pizzicato", "left_hand_pizzicato", "col_legno", "slap"})
SHORT = frozenset(
    {"staccato", "staccatissimo", "spiccato", "martele", "ricochet", "short", "marcato", "accent"}
)
TREMBLING = frozenset({"tremolo", "measured_tremolo", "trill", "trill_half", "trill_whole"})
GROUPS: dict[StringTexture, frozenset[str]] = {
    "pizzicato": PLUCKED,
    "ostinato": SHORT,
    "tremolo": TREMBLING,
    "legato": JOINED,
}
"""The texture of techniques that a song asks for, the first that has one of them; else a pad."""
NAMES: dict[StringTexture, tuple[str, ...]] = {
    "legato": ("legato",),
    "pizzicato": ("pizzicato",),
    "tremolo": ("tremolo", "measured_tremolo"),
    "ostinato": ("spiccato", "staccato"),
    "muted": ("con_sordino",),
}
"""The techniques of a texture, the first that a part has."""
NEEDED = frozenset({"pizzicato", "tremolo", "muted"})
"""Textures that are pads on an instrument without the technique."""


ASKED, ASKED_NEW = 3.0, 0.7
"""What a texture weighs more that words ask for, and what one weighs that its kind of section has not."""


def texture_of(section: Section, genre: Genre, draws: Draws) -> StringTexture:
    """Draw the texture of a section: by its kind, genre, arousal and words; it is the same when it returns,
    but for a rest.
    """
    rng = draws.of(section.kind, "strings", "texture")
    base = {texture: ASKED_NEW for texture in section.strings} | dict(common().strings[section.kind])
    table: dict[StringTexture, float] = {}
    for texture, weight in base.items():
        lively = 2.0 ** (2.0 * section.asked.arousal)
        mood = (
            lively
            if texture in ("ostinato", "tremolo")
            else 1 / lively
            if texture in ("pad", "muted")
            else 1.0
        )
        weight *= ASKED if texture in section.strings else 1.0
        table[texture] = weight * genre.strings.get(texture, 1.0) * mood
    drawn = weighted(rng, table)
    if drawn in ("rest", "late") and (section.time or section.number > 1):
        return "pad"
    return drawn


def texture_of_part(
    texture: StringTexture, part: Part, section: Section
) -> tuple[StringTexture, TechniqueSet]:
    """Return how one part plays: as it is asked to, else as the section does, if it has the technique."""
    wanted = asked(part, section)
    if wanted is not None:
        names = set(wanted)
        return next((found for found, group in GROUPS.items() if names & group), "pad"), wanted
    techniques = first_of(part, *NAMES.get(texture, ()))
    return ("pad", ()) if texture in NEEDED and not techniques else (texture, techniques)
