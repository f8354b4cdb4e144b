"""Chords by their Roman numerals, as text-books and lead sheets have them.

    IV   ii7   IVmaj7   V7/vi   iv   bVII   Vsus4   ii^3

Upper case is major, lower case minor; `^3`, `^5` and `^7` put that chord tone into the bass. In minor keys
the numerals count from the natural scale (VI of A minor is F major), but vii° stands on the raised seventh.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from dataclasses import dataclass
from functools import lru_cache

from composer_daw.composing.arranger.scales import STEPS, scale_of
from composer_daw.composing.conditions import Key

NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")
UPPER = {
    "": (0, 4, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "6": (0, 4, 7, 9),
    "9": (0, 4, 7, 10, 2),
    "maj9": (0, 4, 7, 11, 2),
    "add9": (0, 4, 7, 2),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "sus2": (0, 2, 7),
}
LOWER = {
    "": (0, 3, 7),
    "7": (0, 3, 7, 10),
    "9": (0, 3, 7, 10, 2),
    "add9": (0, 3, 7, 2),
    "6": (0, 3, 7, 9),
    "°": (0, 3, 6),
    "°7": (0, 3, 6, 9),
    "ø7": (0, 3, 6, 10),
}
"""Semitones above the root: third and fifth in second and third place, then what is added."""

NAME = re.compile(
    r"([b#]?)(VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)([^/^]*)(?:\^([357]))?(?:/([b#]?[ivIV]+))?"
)


@dataclass(frozen=True)
class Chord:
    """A chord of the plan: where it stands in the song (quarter notes) and what it is made of."""

    name: str
    key: Key
    """The key that the numeral is read in."""
    root: int
    intervals: tuple[int, ...]
    bass: int
    """The pitch class in the bass."""
    dominant: bool
    """Whether it pulls to the chord a fifth below, or (vii°) a semitone above."""
    start: float = 0.0
    beats: float = 4.0

    @property
    def end(self) -> float:
        """Return where it ends, in quarter notes."""
        return self.start + self.beats

    @functools.cached_property
    def tones(self) -> tuple[int, ...]:
        """Return its pitch classes, the root first."""
        return tuple((self.root + step) % 12 for step in self.intervals)

    @property
    def third(self) -> int:
        """Return the pitch class of the third, or of what is suspended before it."""
        return self.tones[1]

    @property
    def seventh(self) -> int | None:
        """Return the pitch class of the seventh, if there is one."""
        found = [
            step for step in self.intervals[3:] if step in (10, 11) or (step == 9 and 6 in self.intervals)
        ]
        return (self.root + found[0]) % 12 if found else None

    @property
    def leading(self) -> int | None:
        """Return the leading tone of a dominant, which rises by a semitone."""
        if not self.dominant:
            return None
        return self.root if self.intervals[2] == 6 else self.third if self.intervals[1] == 4 else None

    @functools.cached_property
    def scale(self) -> tuple[int, ...]:
        """Return the pitch classes a melody may use: the key's, altered as the chord alters them."""
        classes = set(scale_of(self.key))
        for tone in self.tones:
            if tone in classes:
                continue
            raised = self.dominant and tone in (self.leading, self.tones[2])
            classes.discard((tone + (-1 if raised else 1)) % 12)
            classes.add(tone)
        return tuple(sorted(classes))

    def at(self, start: float, beats: float) -> Chord:
        """Return the chord at another place."""
        return dataclasses.replace(self, start=start, beats=beats)

    def inverted(self, over: int) -> Chord:
        """Return the chord with one of its tones in the bass: 1 for the third, 2 for the fifth."""
        return dataclasses.replace(self, bass=self.tones[over])


@lru_cache(maxsize=4096)
def chord(name: str, key: Key) -> Chord:
    """Return the chord that a numeral means in a key; raise ValueError for what is no numeral."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"'{name}' is no chord; write a numeral such as ii7, IVmaj7, V7/vi or bVII")
    accidental, numeral, quality, inversion, of = found.groups()
    local = key if of is None else _key_on(of, key)
    upper = numeral.isupper()
    table = UPPER if upper else LOWER
    if quality not in table:
        raise ValueError(f"'{name}': no chord of kind '{quality}'; there are {', '.join(table)}")
    degree = NUMERALS.index(numeral.lower())
    shift = {"": 0, "b": -1, "#": 1}[accidental]
    step = STEPS[local.mode][degree]
    if degree == 6 and quality.startswith(("°", "ø")):
        step = 11
    intervals = table[quality]
    root = (local.tonic + step + shift) % 12
    tone = {None: 0, "3": intervals[1], "5": intervals[2], "7": intervals[-1]}[inversion]
    pulls = not accidental and ((degree == 4 and upper) or (degree == 6 and intervals[2] == 6))
    return Chord(name, key, root, intervals, (root + tone) % 12, pulls)


def _key_on(of: str, key: Key) -> Key:
    """Return the key whose tonic triad a numeral is."""
    target = chord(of, key)
    return Key(target.root, "major" if target.intervals[1] == 4 else "minor")


def plain(name: str) -> str:
    """Return a numeral without quality and inversion: what it is in the grammar (`ii7^3` is `ii`)."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"'{name}' is no chord")
    accidental, numeral, quality, _, of = found.groups()
    kept = "°" if quality.startswith(("°", "ø")) else ""
    return f"{accidental}{numeral}{kept}" + (f"/{of}" if of else "")


def bars_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the chords of each bar of a progression: "I V | vi IV" has two bars of two chords.

    Raises ValueError where a bar has more than two, or one is no chord.
    """
    bars = tuple(tuple(bar.split()) for bar in text.split("|"))
    for bar in bars:
        if not 1 <= len(bar) <= 2:
            raise ValueError(f"'{text}': a bar has one chord or two")
        for name in bar:
            chord(name, Key(0, "major"))
    return bars
