"""A sketch of a technique map: what is known of an instrument before a person has read its manual."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from composer_daw.errors import InputError
from composer_daw.techniques import Vocabulary, load_vocabulary


@dataclass(frozen=True)
class Sketched:
    """One technique of a sketch: its group, what it is, and its actions as YAML."""

    group: str
    on: str = ""
    off: str = ""
    title: str = ""
    plays: str = ""
    remark: str = ""


@dataclass
class Sketch:
    """What is known of an instrument before a person has read its manual."""

    instrument: str
    source: str = ""
    techniques: dict[str, Sketched] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    """Group -> default; groups without one are left for a person to decide."""
    remarks: list[str] = field(default_factory=list)
    """What may be of use, a line each."""

    def add(self, names: tuple[str, ...], title: str, group: str, **more: str) -> str:
        """Add what plays these techniques, or is not understood, and return the name that it got.

        Where the name is taken, or nothing is understood, it is the title's words.
        """
        called = "+".join(names)
        key = called or key_of_words(title)
        for number in itertools.count(1):
            if key not in self.techniques:
                break
            key = key_of_words(title) if number == 1 else f"{key_of_words(title)}_{number}"
        plays = called if key != called else ""
        self.techniques[key] = Sketched(group, title=title, plays=plays, **more)
        return key


def blank_sketch(instrument: str) -> Sketch:
    """Return the sketch of an instrument of which only the name is known."""
    if not instrument.strip():
        raise InputError("the instrument has no name; give one")
    return with_defaults(Sketch(instrument.strip()), load_vocabulary())


def with_defaults(sketch: Sketch, vocabulary: Vocabulary) -> Sketch:
    """Give each group the default of the vocabulary, which is what plays as it comes; return the sketch."""
    groups = dict.fromkeys(one.group for one in sketch.techniques.values()) or {"articulation": None}
    for group in groups:
        usual = vocabulary.groups[group].default if group in vocabulary.groups else ""
        if usual and group not in sketch.defaults:
            sketch.defaults[group] = usual
            sketch.techniques.setdefault(usual, Sketched(group))
    return sketch


def key_of_words(text: str) -> str:
    """Return a text as a key."""
    return "_".join(re.findall(r"\w+", text.casefold())) or "unnamed"
