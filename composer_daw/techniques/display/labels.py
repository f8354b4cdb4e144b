"""What the keys of a keyboard mean in a technique map, and where their labels go so that none overlaps."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from composer_daw.techniques.actions import Keyswitch
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Technique
from composer_daw.techniques.pitch_names import name_of

DRUMS = "drums"
"""The group under which the strokes of drums are drawn."""

USUAL_VELOCITY = 100
GLYPH, WIDE_GLYPH = 6.3, 11.5
"""How wide a letter is at 11 pixels, and one of Chinese or Japanese."""


@dataclass(frozen=True)
class KeyLabel:
    """A key, and all that it means: for each meaning its group, what it is called, and whether by default."""

    pitch: int
    meanings: tuple[tuple[str, str, bool], ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the groups that it belongs to, each once."""
        return tuple(dict.fromkeys(group for group, _, _ in self.meanings))

    @property
    def is_default(self) -> bool:
        """Tell whether it is what is in force where nothing is asked."""
        return any(default for _, _, default in self.meanings)

    @property
    def text(self) -> str:
        """Return all that it means."""
        return ", ".join(text for _, text, _ in self.meanings)

    def shown(self, longest: float) -> str:
        """Return as much of the text as fits into so many pixels; the rest is counted."""
        texts = [text for _, text, _ in self.meanings]
        for count in range(len(texts), 0, -1):
            more = f" +{len(texts) - count}" if count < len(texts) else ""
            if count == 1 or text_width(", ".join(texts[:count]) + more) <= longest:
                return shortened(", ".join(texts[:count]), longest - text_width(more)) + more
        return ""


def key_labels(technique_map: TechniqueMap) -> list[KeyLabel]:
    """Return the keys that switch, or that a drum is played by, from low to high."""
    meanings: dict[int, list[tuple[str, str, bool]]] = {}
    usual = shared_velocity(technique_map) or USUAL_VELOCITY
    for name, technique in technique_map.techniques.items():
        for pitch, text in _switches(name, technique, technique_map.middle_c, usual):
            meanings.setdefault(pitch, []).append((technique.group, text, name in technique_map.defaults))
    for piece, entry in technique_map.pieces.items():
        for stroke, way in entry.strokes.items():
            told = f"{spoken(piece)} {spoken(stroke)}" if len(entry.strokes) > 1 else spoken(piece)
            meanings.setdefault(way.play, []).append((DRUMS, told, False))
    return [KeyLabel(pitch, tuple(dict.fromkeys(meanings[pitch]))) for pitch in sorted(meanings)]


def shared_velocity(technique_map: TechniqueMap) -> int | None:
    """Return the velocity that all keys, two or more, are pressed with, where that is not the usual one."""
    velocities = [one.velocity for one in technique_map.actions() if isinstance(one, Keyswitch)]
    first = velocities[0] if len(velocities) > 1 else None
    shared = isinstance(first, int) and first != USUAL_VELOCITY and all(one == first for one in velocities)
    return first if isinstance(first, int) and shared else None


def _switches(name: str, technique: Technique, middle_c: str, usual: int) -> Iterator[tuple[int, str]]:
    for before, actions in (("", technique.on), ("off: ", technique.off)):
        for action in actions:
            if not isinstance(action, Keyswitch):
                continue
            marks: list[str] = [] if action.mode == "latch" else [action.mode]
            marks += [] if action.velocity == usual else [_velocity(action)]
            for key in action.keyswitch:
                others = [f"with {name_of(other, middle_c)}" for other in action.keyswitch if other != key]
                told = ", ".join((*marks, *others))
                yield key, f"{before}{spoken(name)}{f' ({told})' if told else ''}"


def _velocity(action: Keyswitch) -> str:
    return f"velocity {action.velocity}" if isinstance(action.velocity, int) else "by velocity"


def is_told_by_keys(technique: Technique) -> bool:
    """Tell whether keyswitches alone put a technique in force."""
    actions = (*technique.on, *technique.off)
    return bool(actions) and not technique.channel and all(isinstance(one, Keyswitch) for one in actions)


def spoken(name: str) -> str:
    """Return a name as people say it: underscores as spaces."""
    return name.replace("_", " ")


def text_width(text: str) -> float:
    """Return about how many pixels a text takes at 11 pixels."""
    return sum(WIDE_GLYPH if unicodedata.east_asian_width(one) in "WF" else GLYPH for one in text)


def shortened(text: str, width: float) -> str:
    """Return a text that is no wider than so many pixels, with an ellipsis where it was cut."""
    if text_width(text) <= width:
        return text
    while text and text_width(text) > width - GLYPH:
        text = text[:-1]
    return text.rstrip(" ,(") + "…"


def spread(wanted: Sequence[float], apart: float) -> list[float]:
    """Return places as near to the wanted ones (rising) as they can be, and `apart` from each other at least.

    Neighbours that are too near are moved together, by as little as may be in the sense of least squares.
    """
    blocks: list[tuple[float, int]] = []  # (mean of what is wanted less the distance, how many)
    for number, place in enumerate(wanted):
        mean, count = place - number * apart, 1
        while blocks and blocks[-1][0] > mean:
            before, others = blocks.pop()
            mean, count = (before * others + mean * count) / (others + count), others + count
        blocks.append((mean, count))
    level = [mean for mean, count in blocks for _ in range(count)]
    return [mean + number * apart for number, mean in enumerate(level)]
