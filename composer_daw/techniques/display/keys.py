"""The keys of a drawn keyboard: which are shown, where they lie, how wide they are; lengths are in pixels."""

from __future__ import annotations

from dataclasses import dataclass

from composer_daw.techniques.display.labels import DRUMS, KeyLabel
from composer_daw.techniques.maps import TechniqueMap

MARGIN, LEAST_WIDTH = 20.0, 720.0
NARROWEST, WIDEST = 15.0, 27.0
"""How wide a white key is: the more labels, the wider."""
SPACING = 16.0
"""How far apart labels stand."""
FARTHEST = 60.0
"""How far from its key a label may come to stand, where wider keys can help it."""
WHITE = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True)
class Keys:
    """The keys that are drawn, from a C up, and where they lie; `width` is that of a white key."""

    low: int
    high: int
    width: float
    first: float = MARGIN
    """The left edge of the first."""

    def left(self, pitch: int) -> float:
        """Return the left edge of a key."""
        octave, step = divmod(pitch - self.low, 12)
        edge = self.first + (octave * 7 + sum(white < step for white in WHITE)) * self.width
        return edge if step in WHITE else edge - 0.3 * self.width

    def span(self, pitch: int) -> float:
        """Return the width of a key."""
        return self.width if pitch % 12 in WHITE else 0.6 * self.width

    def middle(self, pitch: int) -> float:
        """Return the middle of a key."""
        return self.left(pitch) + self.span(pitch) / 2


def played_range(technique_map: TechniqueMap, labels: list[KeyLabel]) -> tuple[int, int]:
    """Return the lowest and the highest note that is played: of the range, if it is said, and of drums."""
    played = [label.pitch for label in labels if DRUMS in label.groups]
    if "range" in technique_map.model_fields_set or not played:
        played += technique_map.range
    return min(played), max(played)


def keys_for(labels: list[KeyLabel], played: tuple[int, int]) -> Keys:
    """Return the octaves that hold what is played and all keys with a label, wide enough for the labels.

    Where any note is played, as far as is known, the keys with a label are enough.
    """
    pitches = [label.pitch for label in labels]
    if not pitches or played != (0, 127):
        pitches += played
    low, high = min(pitches) // 12 * 12, min(127, max(pitches) // 12 * 12 + 11)
    whites = sum(pitch % 12 in WHITE for pitch in range(low, high + 1))
    wanted = (SPACING - 2 * FARTHEST / max(1, len(labels))) * 12 / 7
    return Keys(low, high, min(WIDEST, max(NARROWEST, wanted, LEAST_WIDTH / whites / 2)))
