"""The settings of an SFZ instrument's switches, and what each is called: by its labels, or by its samples."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from composer_daw.sfz_text import SfzText
from composer_daw.techniques.interchange.sfz_regions import LABELS, Region, Setting, Span, Survey

MOST_WORDS = 8
"""How many words of samples make a name at most."""

_WORD = re.compile(r"[^\W\d_]+")


@dataclass
class Choice:
    """One setting of a switch, and what the regions that sound with it say."""

    offset: int
    """Where it is first asked for."""
    low: int = 127
    high: int = 0
    labels: dict[str, dict[str, None]] = field(default_factory=dict)
    """Kind -> the labels of it, in order."""
    shared: dict[str, None] | None = None
    """The words that the names of all its samples share, in order."""
    words: set[str] = field(default_factory=set)
    """The words of any of them."""

    def add(self, region: Region, setting: Setting) -> None:
        """Take a region in."""
        low, high = region.pitches
        self.low = low if low < self.low else self.low
        self.high = high if high > self.high else self.high
        for kind, label in setting.labels:
            self.labels.setdefault(kind, {})[label] = None
        if region.sample:
            words = dict.fromkeys(_WORD.findall(region.sample.rpartition(".")[0]))
            self.words |= words.keys()
            self.shared = words if self.shared is None else {w: None for w in self.shared if w in words}


Choices = dict[Span, Choice]


class Instrument:
    """What the regions of an instrument say: its switches by kind, and the pitches that it plays."""

    def __init__(self, source: SfzText, samples: bool) -> None:
        """Go through the regions; `samples`: keep the words in the names of their samples, too."""
        self.survey = Survey(source, samples)
        self.switches: dict[str, Choices] = {}
        low, high = 127, 0
        for region in self.survey.regions():
            low, high = min(low, region.pitches[0]), max(high, region.pitches[1])
            for setting in region.settings:
                choices = self.switches.setdefault(setting.kind, {})
                choice = choices.get(setting.span) or choices.setdefault(setting.span, Choice(setting.offset))
                choice.add(region, setting)
        self.pitches = (low, high) if low <= high else (0, 127)


def labelled(choices: Choices) -> dict[Span, str]:
    """Return the settings that have a label.

    A label of a header counts where the setting has one only, and no other setting has it.
    """
    named: dict[Span, str] = {}
    for kind in LABELS:
        for span, choice in choices.items():
            labels = list(choice.labels.get(kind, ()))
            if span in named or not labels:
                continue
            own = len(labels) == 1 and _only_here(labels[0], kind, choices)
            if kind in ("sw_label", "label_key") or own:
                named[span] = labels[0]
    return named


def _only_here(label: str, kind: str, choices: Choices) -> bool:
    having = sum(label in choice.labels.get(kind, {}) for choice in choices.values())
    return having == 1 and (len(choices) > 1 or kind != "global_label")


def by_samples(choices: Choices) -> dict[Span, str]:
    """Return names for settings from words that all their samples have, and those of no other setting."""
    named = {}
    for span, choice in choices.items():
        others = set().union(*(other.words for other in choices.values() if other is not choice))
        words = [word for word in choice.shared or {} if word not in others and len(word) > 1]
        if words and len(choices) > 1:
            named[span] = " ".join(words[-MOST_WORDS:])
    return named
