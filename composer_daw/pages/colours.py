"""Colours of techniques: one hue and one marking per name, the same on every page.

Hues are those of Okabe and Ito ("Color Universal Design", 2008), which readers with any common colour vision
tell apart; black is a dark grey here, so that it shows on a dark page too. With three markings (plain,
hatched, dotted) there are 24 looks, so a look never rests on colour alone.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

HUES = ("#0072b2", "#56b4e9", "#009e73", "#f0e442", "#e69f00", "#d55e00", "#cc79a7", "#666666")
MARKINGS = ("plain", "hatched", "dotted")

KNOWN = {
    # technique: (hue, marking, as it stands in a score)
    "sustain": (0, 0, "sustain"),
    "legato": (0, 1, "legato"),
    "portato": (0, 2, "portato"),
    "detache": (1, 0, "dét."),
    "tenuto": (1, 1, "ten."),
    "con_sordino": (1, 2, "con sord."),
    "pizzicato": (2, 0, "pizz."),
    "snap_pizzicato": (2, 1, "Bartók pizz."),
    "left_hand_pizzicato": (2, 2, "l.h. pizz."),
    "harmonics": (3, 0, "harm."),
    "senza_vibrato": (3, 1, "s. vib."),
    "flautando": (3, 2, "flaut."),
    "staccato": (4, 0, "stacc."),
    "staccatissimo": (4, 1, "stacciss."),
    "marcato": (4, 2, "marc."),
    "spiccato": (5, 0, "spicc."),
    "ricochet": (5, 1, "jeté"),
    "accent": (5, 2, "acc."),
    "tremolo": (6, 0, "trem."),
    "trill": (6, 1, "tr"),
    "vibrato": (6, 2, "vib."),
    "col_legno": (7, 0, "c. legno"),
    "sul_ponticello": (7, 1, "sul pont."),
    "sul_tasto": (7, 2, "sul tasto"),
}


@dataclass(frozen=True)
class Look:
    """How one technique is drawn: `colour` as #rrggbb, `marking` as one of MARKINGS, `short` as its label."""

    colour: str
    marking: str
    short: str


def look_of(technique: str) -> Look:
    """Return the look of a technique, which depends on its name alone.

    A name with add-ons ("pizzicato + con_sordino") takes the look of its base and names them all. A name that
    is not in KNOWN takes one of the 24 looks by its CRC-32.
    """
    base, *addons = (part.strip() for part in technique.split("+"))
    hue, marking, short = KNOWN.get(_key(base)) or (*_drawn_from(base), spoken(base))
    label = " + ".join([short, *(KNOWN[_key(a)][2] if _key(a) in KNOWN else spoken(a) for a in addons)])
    return Look(HUES[hue], MARKINGS[marking], label)


def spoken(technique: str) -> str:
    """Return the name as people write it: underscores as spaces."""
    return technique.replace("_", " ")


def _key(name: str) -> str:
    return name.casefold().replace(" ", "_").replace("-", "_").replace("é", "e")


def _drawn_from(name: str) -> tuple[int, int]:
    marking, hue = divmod(zlib.crc32(_key(name).encode()) % (len(HUES) * len(MARKINGS)), len(HUES))
    return hue, marking
