"""The regions of an SFZ instrument, and what tells them apart: keyswitches, held keys, controllers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

from composer_daw.sfz_text import SfzText
from composer_daw.techniques.interchange.conversion import Loss
from composer_daw.techniques.pitch_names import pitch_of

Span = tuple[int, int]
Placed = dict[str, tuple[str, int]]
"""Opcode -> its value, and where that stands in the text."""

LAST, HELD, RESTING = "last", "held", "resting"
"""Kinds of switches, beside `cc0` to `cc119`: keys that latch, keys that are held, and those that are not."""

UNTOLD = {
    **{"sw_previous": "", "sw_note_offset": "0", "sw_octave_offset": "0", "lochan": "1", "hichan": "16"},
    **{"loprog": "0", "hiprog": "127", "lobend": "-8192", "hibend": "8191 8192", "lochanaft": "0"},
    **{"hichanaft": "127", "lopolyaft": "0", "hipolyaft": "127"},
}
"""What a map has not, or sfizz does not heed -> the values at which it asks for nothing."""

OPCODES = "|".join(
    (
        r"sw_\w+|(?:lo|hi)(?:key|(?:hd|)cc\d+)|key|trigger|(?:label|set)_cc\d+|label_key\d+",
        r"hivel(?==0(?!\d))|(?:global|master|group|region)_label|(?:note|octave)_offset|[\w$]*\$[\w$]*",
        *UNTOLD,
    )
)
"""The pattern of all opcodes that count here, but for those of samples."""

LABELS = ("sw_label", "label_key", "group_label", "master_label", "region_label", "global_label")
"""What may name a setting, the best first."""

PLAIN = {"lokey", "hikey", "hivel", "trigger", "sample"}
"""Opcodes that ask nothing of a switch, and say nothing of one."""

SWITCHING = {"sw_last", "sw_lolast", "sw_hilast", "sw_down", "sw_up"}

_ABOVE = {"global": (), "master": ("global",), "group": ("global", "master")}
_RELEASE = (("release",), ("release_key",))
_CONTROLLER = re.compile(r"(lo|hi)(hd)?cc(\d{1,3})")


class Setting(NamedTuple):
    """One value of a switch that a region asks for."""

    kind: str
    span: Span
    """The keys of which one is pressed, or the values of the controller."""
    offset: int
    """Where it is said."""
    labels: tuple[tuple[str, str], ...] = ()
    """What it is called there: one of `LABELS`, and the words."""


class Region(NamedTuple):
    """A region that keys play, with what it asks for."""

    pitches: Span
    settings: tuple[Setting, ...]
    sample: str
    """Its path as written, where samples are read."""


class Survey:
    """Reads the regions of an instrument, and keeps what its `<control>` says and what cannot be carried."""

    def __init__(self, source: SfzText, samples: bool = False) -> None:
        """Take the text; `samples`: with the opcodes that name them."""
        self.source = source
        self.control: dict[str, str] = {}
        self.default: int | None = None
        """The keyswitch that is in force at first."""
        self._shift = 0
        self._pattern = OPCODES + ("|sample|default_path" if samples else r"|sample(?==\*silence)")
        self._losses: dict[tuple[str, str], Loss] = {}
        self._more: Counter[tuple[str, str]] = Counter()
        for path in source.guessed:
            self._losses[str(path), ""] = Loss(f"{path}:1", path.name, "not UTF-8; read as Latin-1")

    @property
    def losses(self) -> tuple[Loss, ...]:
        """Return what was lost; the same opcode for the same reason once, and how many more there are."""
        return tuple(
            loss._replace(what=f"{loss.what} (and {self._more[key]} more)") if self._more[key] else loss
            for key, loss in self._losses.items()
        )

    def lose(self, offset: int, opcode: str, value: object, why: str) -> None:
        """Keep a loss, or count it where this opcode was lost for this reason before."""
        if (opcode, why) in self._losses:
            self._more[opcode, why] += 1
        else:
            self._losses[opcode, why] = Loss(self.source.place(offset), f"{opcode}={value}", why)

    def regions(self) -> Iterator[Region]:
        """Yield the regions that sound when a key goes down."""
        known: Placed | None = None
        settings: tuple[Setting, ...] = ()
        for above, own in self._all():
            merged = own if not above else above | own
            if above is not known or not own.keys() <= PLAIN:
                known = above if own.keys() <= PLAIN else None
                settings = self._judged(merged)
            low, high = self._key(merged, "lokey", 0), self._key(merged, "hikey", 127)
            sample = merged["sample"][0] if "sample" in merged else ""
            silent = sample == "*silence" or "hivel" in own or merged.get("trigger", "")[:1] in _RELEASE
            if low <= high and high != -1 and not silent:
                yield Region((low if low > 0 else 0, high), settings, sample)

    def _all(self) -> Iterator[tuple[Placed, Placed]]:
        """Yield for every region what is said above it, the same object while it is, and what it says."""
        levels: dict[str, Placed] = {}
        above, own, header, folder = Placed(), Placed(), "", ""
        for found, opcode, value, offset in self.source.tokens(self._pattern):
            if found:
                if header == "region":
                    yield above, own
                elif header in _ABOVE or header == "control":
                    above = {name: said for level in _ABOVE for name, said in levels.get(level, {}).items()}
                header, own = found, {}
                if header in _ABOVE:
                    levels = {name: levels[name] for name in _ABOVE[header] if name in levels}
                    levels[header] = own
            elif header == "control":
                folder = value if opcode == "default_path" else folder
                self._say(opcode, value, offset)
            elif opcode == "key":
                own["lokey"] = own["hikey"] = value, offset
            else:
                own[opcode] = (folder + value if opcode == "sample" else value), offset
        if header == "region":
            yield above, own

    def _judged(self, opcodes: Placed) -> tuple[Setting, ...]:
        """Return what a region asks of the switches; keep what it says that cannot be carried."""
        for opcode in UNTOLD.keys() & opcodes.keys():
            value, offset = opcodes[opcode]
            if value not in UNTOLD[opcode].split():
                self.lose(offset, opcode, value, "a condition that maps do not have")
        if "sw_default" in opcodes and (key := self._key(opcodes, "sw_default", -1)) >= 0:
            if self.default not in (None, key):  # as in sfizz
                self.lose(opcodes["sw_default"][1], "sw_default", self.default, "a later one counts")
            self.default = key
        settings = (*self._keyswitches(opcodes), *self._controllers(opcodes))
        return tuple(
            setting._replace(labels=tuple(self._labels(opcodes, setting, number == 0)))
            for number, setting in enumerate(settings)
        )

    def _labels(self, opcodes: Placed, setting: Setting, foremost: bool) -> Iterator[tuple[str, str]]:
        """Yield what a region says that one of its settings is called; `sw_label` is for the foremost."""
        for kind in LABELS:
            label = opcodes[kind][0] if kind in opcodes else ""
            if kind == "label_key" and setting.kind in (LAST, HELD):
                label = self.control.get(f"label_key{setting.span[0]}", "")
            elif kind == "sw_label" and not foremost:
                label = ""
            if label:
                yield kind, label

    def _say(self, opcode: str, value: str, offset: int) -> None:
        if opcode in ("sw_note_offset", "sw_octave_offset"):
            self.lose(offset, opcode, value, "players differ on it; left out, as by sfizz")
        self.control[opcode] = value
        notes, octaves = (figure_of(self.control.get(f"{unit}_offset", "0")) for unit in ("note", "octave"))
        self._shift = int(notes or 0) + 12 * int(octaves or 0)

    def _keyswitches(self, opcodes: Placed) -> Iterator[Setting]:
        if not opcodes.keys() & SWITCHING:
            return
        for kind, low, high in (
            (LAST, "sw_lolast", "sw_hilast"),
            (LAST, "sw_last", "sw_last"),
            (HELD, "sw_down", "sw_down"),
            (RESTING, "sw_up", "sw_up"),
        ):
            stated = [name for name in dict.fromkeys((low, high)) if name in opcodes]
            if not stated or (low == "sw_last" and {"sw_lolast", "sw_hilast"} & opcodes.keys()):
                continue
            keys = [self._key(opcodes, name, -1) for name in stated]
            if min(keys) >= 0:
                yield Setting(kind, (min(keys), max(keys)), opcodes[stated[0]][1])

    def _controllers(self, opcodes: Placed) -> Iterator[Setting]:
        spans: dict[int, list[int]] = {}
        offsets: dict[int, int] = {}
        for opcode, (value, offset) in opcodes.items():
            found = _CONTROLLER.fullmatch(opcode) if "cc" in opcode else None
            if found is None or int(found[3]) > 119:
                continue
            figure = figure_of(value)
            if figure is None or not 0 <= figure <= (1 if found[2] else 127):
                self.lose(offset, opcode, value, "no value of a controller")
                continue
            span = spans.setdefault(int(found[3]), [0, 127])
            exact = round(figure * 127, 6) if found[2] else figure
            span[found[1] == "hi"] = floor(exact) if found[1] == "hi" else ceil(exact)
            offsets.setdefault(int(found[3]), offset)
        for number, (low, high) in spans.items():
            if low <= high and (low, high) != (0, 127):
                yield Setting(f"cc{number}", (low, high), offsets[number])

    def _key(self, opcodes: Placed, opcode: str, otherwise: int) -> int:
        """Return the key that an opcode names, or `otherwise`; -1 is what it is in SFZ: none."""
        if opcode not in opcodes:
            return otherwise
        value, offset = opcodes[opcode]
        key = key_of(value)
        if key is None or not (key == -1 or 0 <= key + self._shift <= 127):
            self.lose(offset, opcode, value, "no key")
            return otherwise
        return key if key == -1 else key + self._shift


@lru_cache(maxsize=4096)
def key_of(text: str) -> int | None:
    """Return a key by its number or its name, c4 is 60; -1 for none, None for what is no key."""
    figure = figure_of(text)
    try:
        return int(figure) if figure is not None and -1 <= figure <= 127 else pitch_of(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def figure_of(text: str) -> float | None:
    """Return a number, or None for what is none."""
    return float(text) if re.fullmatch(r"[-+]?\d{1,9}(?:\.\d{0,9})?", text, re.ASCII) else None
