"""Draw a technique map as a piano keyboard: range, switches in colour, and all that is told otherwise.

The drawing is SVG that stands alone. It follows a light or dark page, prints dark on white, and says in words
what it shows. Lengths are in pixels.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

from composer_daw.techniques.display.in_words import TechniqueWords, describe
from composer_daw.techniques.display.keys import LEAST_WIDTH, MARGIN, SPACING, WHITE, keys_for, played_range
from composer_daw.techniques.display.labels import (
    DRUMS,
    KeyLabel,
    is_told_by_keys,
    key_labels,
    shared_velocity,
    shortened,
    spoken,
    spread,
    text_width,
)
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.pitch_names import name_of

HUES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#8a7fb8")
"""One for each group, the first seven by Okabe and Ito (2008); from the ninth group on again, hatched."""

KEY_HEIGHT, BLACK_HEIGHT = 96.0, 60.0
LEAN = math.radians(55)
"""How steep labels rise: 13 pixels are between their lines."""
LONGEST, COLUMN, ROW = 210.0, 360.0, 19.0
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

STYLE = """
.kb text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans JP", sans-serif; }
.kb text { fill: #1c1b1a; } .kb .quiet { fill: #5f5b56; } .kb .strong { font-weight: 700; }
.kb .head { font-size: 17px; font-weight: 600; }
.kb .back { fill: #fff; } .kb .white { fill: #fff; stroke: #8d877f; } .kb .black { fill: #2b2926; }
.kb .white.out { fill: #dedad3; } .kb .black.out { fill: #8d877f; }
.kb .switch { stroke: #1c1b1a; stroke-width: .7; } .kb .leader { fill: none; stroke-width: 1.4; }
.kb .range { stroke: #1c1b1a; stroke-width: 1.5; fill: none; } .kb .shade { fill: #000; fill-opacity: .3; }
@media (prefers-color-scheme: dark) {
  .kb text { fill: #eceae6; } .kb .quiet { fill: #a8a39b; } .kb .back { fill: #1f1e1c; }
  .kb .white { fill: #e4e0d9; stroke: #45423d; } .kb .black { fill: #0b0a0a; }
  .kb .white.out { fill: #77726b; } .kb .black.out { fill: #3a3733; } .kb .range { stroke: #eceae6; }
}
@media print {
  .kb { max-width: 100%; height: auto; }
  .kb * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .kb text { fill: #000; } .kb .quiet { fill: #333; } .kb .back { fill: #fff; } .kb .range { stroke: #000; }
  .kb .white { fill: #fff; stroke: #555; } .kb .black { fill: #222; }
  .kb .white.out { fill: #dedad3; } .kb .black.out { fill: #8d877f; }
}
"""


def keyboard_svg(technique_map: TechniqueMap, name: str = "keyboard") -> str:
    """Return the drawing of a map as SVG; its ids begin with `name`, where several stand on a page."""
    return _Drawing(technique_map, name).text()


class _Drawing:
    """One drawing, from the top down: the head, the labels, the keys, the range, the groups, the rest."""

    def __init__(self, technique_map: TechniqueMap, name: str) -> None:
        self.map, self.name = technique_map, name
        self.labels = key_labels(technique_map)
        self.groups = [*technique_map.groups, *([DRUMS] if technique_map.pieces else [])]
        self.low, self.high = played_range(technique_map, self.labels)
        keys = keys_for(self.labels, (self.low, self.high))
        places = spread([keys.middle(label.pitch) for label in self.labels], SPACING)
        inset = max(0.0, MARGIN + 4 - min(places, default=math.inf))  # room for labels left of their keys
        self.keys, self.places = replace(keys, first=MARGIN + inset), [place + inset for place in places]
        away = [
            abs(place - self.keys.middle(one.pitch))
            for one, place in zip(self.labels, self.places, strict=True)
        ]
        self.leader = 16.0 + 0.4 * max(away, default=0.0)
        lengths = [text_width(label.shown(LONGEST)) for label in self.labels]
        ends = [place + length * math.cos(LEAN) for place, length in zip(self.places, lengths, strict=True)]
        self.width = MARGIN + max([LEAST_WIDTH, self.keys.left(self.keys.high) + self.keys.width, *ends])
        above = max([length * math.sin(LEAN) + self.leader + 12 for length in lengths], default=6.0)
        self.top = MARGIN + 36 + above
        self.root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "kb", "role": "img"})

    def text(self) -> str:
        """Draw all of it, and return it as XML."""
        self.root.set("aria-labelledby", f"{self.name}-title {self.name}-desc")
        self._add("title", f"Keyboard of {self.map.instrument}", id=f"{self.name}-title")
        self._add("desc", self._in_words(), id=f"{self.name}-desc")
        self._add("style", STYLE)
        self._patterns()
        self._add("rect", class_="back", width="100%", height="100%", rx="12")
        self._write(MARGIN, MARGIN + 14, self.map.instrument, "head", self.width - 2 * MARGIN, 10.0)
        self._write(MARGIN, MARGIN + 32, self._facts(), "quiet", self.width - 2 * MARGIN)
        for pitch in sorted(range(self.keys.low, self.keys.high + 1), key=lambda one: one % 12 not in WHITE):
            self._key(pitch)
        for label, place in zip(self.labels, self.places, strict=True):
            self._label(label, place)
        bottom = self._otherwise(self._legend(self._feet(self.top + KEY_HEIGHT)))
        size = {"width": _figure(self.width), "height": _figure(bottom + MARGIN)}
        self.root.attrib |= {"viewBox": f"0 0 {size['width']} {size['height']}", **size}
        return ET.tostring(self.root, encoding="unicode") + "\n"

    def _facts(self) -> str:
        told = [f"plays {self._note(self.low)}..{self._note(self.high)}", f"middle C is {self.map.middle_c}"]
        if (self.low, self.high) == (0, 127):
            told[0] = "the range is not said"
        if velocity := shared_velocity(self.map):
            told.append(f"keys are pressed with velocity {velocity}")
        several = len(self.map.channels) > 1
        told.append(f"channel{'s' if several else ''} {', '.join(str(one) for one in self.map.channels)}")
        return " · ".join([*told, *([self.map.requires_patch] if self.map.requires_patch else [])])

    def _in_words(self) -> str:
        switches = "; ".join(f"{self._note(label.pitch)}: {label.text}" for label in self.labels)
        others = "; ".join(f"{row.name}: {_told(row)}" for row in self._rows())
        parts = [self._facts(), switches and f"Keys: {switches}", others and f"Otherwise: {others}"]
        return ". ".join(part for part in parts if part) + "."

    def _note(self, pitch: int) -> str:
        return name_of(pitch, self.map.middle_c)

    def _patterns(self) -> None:
        if len(self.groups) > len(HUES):
            pattern = ET.SubElement(
                self._add("defs"),
                "pattern",
                {"id": f"{self.name}-hatch", "width": "4", "height": "4", "patternUnits": "userSpaceOnUse"},
            )
            pattern.set("patternTransform", "rotate(45)")
            ET.SubElement(
                pattern, "rect", {"width": "1.6", "height": "4", "fill": "#000", "fill-opacity": ".7"}
            )

    def _key(self, pitch: int) -> None:
        colour = "white" if pitch % 12 in WHITE else "black"
        height = KEY_HEIGHT if colour == "white" else BLACK_HEIGHT
        left, span = self.keys.left(pitch), self.keys.span(pitch)
        inside = self.low <= pitch <= self.high
        self._add("rect", class_=colour if inside else f"{colour} out", **_box(left, self.top, span, height))
        label = next((one for one in self.labels if one.pitch == pitch), None)
        if label is None:
            return
        part = self._add("g")
        ET.SubElement(part, "title").text = _clean(f"{self._note(pitch)}: {label.text}")
        stripe = height / len(label.groups)
        for row, group in enumerate(label.groups):
            self._swatch(part, group, left, self.top + row * stripe, span, stripe)
        if colour == "black":
            ET.SubElement(part, "rect", {"class": "shade", **_box(left, self.top, span, height)})

    def _swatch(
        self, parent: ET.Element, group: str, left: float, top: float, width: float, height: float
    ) -> None:
        turn, hue = divmod(self.groups.index(group), len(HUES))
        box = _box(left, top, width, height)
        ET.SubElement(parent, "rect", {"class": "switch", "fill": HUES[hue], **box})
        if turn:
            ET.SubElement(parent, "rect", {"fill": f"url(#{self.name}-hatch)", **box})

    def _label(self, label: KeyLabel, place: float) -> None:
        x, foot = self.keys.middle(label.pitch), self.top - self.leader
        hue = HUES[self.groups.index(label.groups[0]) % len(HUES)]
        line = f"M{_figure(x)} {_figure(self.top)}V{_figure(self.top - 6)}L{_figure(place)} {_figure(foot)}"
        self._add("path", class_="leader", d=line, stroke=hue)
        turn = f"translate({_figure(place + 3)} {_figure(foot - 3)}) rotate({-math.degrees(LEAN):g})"
        shown = label.shown(LONGEST)
        written = self._add("text", shown, transform=turn)
        if shown != label.text:
            ET.SubElement(written, "title").text = _clean(f"{self._note(label.pitch)}: {label.text}")
        if label.is_default:
            written.set("class", "strong")

    def _feet(self, y: float) -> float:
        """Write the names of the Cs, and draw the range below them; return where it ends."""
        for pitch in range(self.keys.low, self.keys.high + 1, 12):
            written = self._write(self.keys.middle(pitch), y + 14, self._note(pitch), "quiet")
            written.set("text-anchor", "middle")
        if self.keys.low <= self.low and self.high <= self.keys.high:
            left, right = self.keys.left(self.low), self.keys.left(self.high) + self.keys.span(self.high)
            self._add("path", class_="range", d=f"M{_figure(left)} {_figure(y + 20)}v6H{_figure(right)}v-6")
        return y + 34

    def _legend(self, y: float) -> float:
        """List the groups with their colours and defaults; return where the list ends."""
        x = MARGIN
        for group in self.groups:
            default = DRUMS if group not in self.map.groups else self.map.groups[group].default
            told = spoken(group) if default in ("", DRUMS) else f"{spoken(group)} (default {spoken(default)})"
            told = shortened(told, self.width - 2 * MARGIN - 20)
            if x > MARGIN and x + 20 + text_width(told) > self.width - MARGIN:
                x, y = MARGIN, y + ROW
            self._swatch(self.root, group, x, y + 4, 12, 12)
            self._write(x + 18, y + 14, told)
            x += 18 + text_width(told) + 22
        return y + ROW + 8 if self.groups else y

    def _rows(self) -> list[TechniqueWords]:
        """Return the techniques that keys alone do not tell."""
        techniques = self.map.techniques
        return [row for row in describe(self.map) if not is_told_by_keys(techniques[row.name])]

    def _otherwise(self, y: float) -> float:
        """List what is told by controllers, programs, parameters or channels; return where the list ends."""
        rows = self._rows()
        if not rows:
            return y
        self._write(MARGIN, y + 14, "Told otherwise", "strong")
        columns = max(1, int((self.width - 2 * MARGIN) // COLUMN))
        deep = math.ceil(len(rows) / columns)
        for number, row in enumerate(rows):
            x, top = MARGIN + number // deep * COLUMN, y + 24 + number % deep * ROW
            part = self._add("g")
            ET.SubElement(part, "title").text = _clean(f"{row.name}: {_told(row)}")
            self._swatch(part, row.group, x, top, 12, 12)
            told = f"{spoken(row.name)}: {_told(row)}"
            self._write(x + 18, top + 10, told, "strong" if row.is_default else "", COLUMN - 34)
        return y + 24 + deep * ROW

    def _write(
        self, x: float, y: float, text: str, class_: str = "", width: float = math.inf, glyph: float = 0.0
    ) -> ET.Element:
        """Write a text, cut to `width`; `glyph` is how wide a letter is, where it is not 11 pixels high."""
        scale = 6.3 / glyph if glyph else 1.0
        written = self._add("text", shortened(text, width * scale), x=_figure(x), y=_figure(y))
        if class_:
            written.set("class", class_)
        return written

    def _add(self, tag: str, text: str = "", class_: str = "", **attributes: str) -> ET.Element:
        element = ET.SubElement(self.root, tag, ({"class": class_} if class_ else {}) | attributes)
        element.text = _clean(text) or None
        return element


def _told(row: TechniqueWords) -> str:
    """Return how a technique is told, where not by keys alone."""
    channel = f"channel {row.channel}" if row.channel else ""
    told = ", ".join(part for part in (row.told, channel) if part)
    if told:
        return told
    return "as it comes" if row.is_default else f"not there; plays {row.fallback or 'what comes nearest'}"


def _box(left: float, top: float, width: float, height: float) -> dict[str, str]:
    return {"x": _figure(left), "y": _figure(top), "width": _figure(width), "height": _figure(height)}


def _figure(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return NOT_XML.sub("", text)
