"""Reaticulate's `.reabank` files: every bank becomes a technique map (reverse of `reabank_export`).

The notation is described at https://reaticulate.com/reabank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from composer_daw.errors import did_you_mean
from composer_daw.techniques.interchange.conversion import Conversion, Entry, Loss, map_of_entries, text_of
from composer_daw.techniques.interchange.reabank_calls import written_out
from composer_daw.techniques.interchange.reabank_clones import write_clones
from composer_daw.techniques.interchange.reabank_export import write_reabank
from composer_daw.techniques.interchange.reabank_notation import (
    COLORS,
    DEFAULT_CHASE,
    GROUPS,
    decoded,
    source_of,
)
from composer_daw.techniques.interchange.reabank_outputs import read_outputs
from composer_daw.techniques.interchange.reabank_shapes import SHAPES
from composer_daw.techniques.interchange.reabank_text import Bank, Program, banks_of
from composer_daw.techniques.vocabulary import Vocabulary

__all__ = ["read_reabank", "read_reabank_text", "write_reabank"]

LARGEST_BYTES = 8_000_000
FLAGS = ("chase", "antihang", "antihangcc", "nobank", "toggle", "hidden")
LIVE = "belongs to playing live in Reaticulate"
"""Why flags about hanging notes, buttons and routing are not carried."""


def read_reabank(path: str | Path, vocabulary: Vocabulary | None = None) -> list[Conversion]:
    """Return the maps of a reabank, one for each bank; none for a file of comments alone.

    Raises DocumentError with file, line and remedy for what is no reabank. An entry, an attribute or an
    output that cannot be read is a loss of its bank, with its line, and the rest is kept.
    """
    text = text_of(path, "a reabank", LARGEST_BYTES)
    return read_reabank_text(text, str(path), vocabulary)


def read_reabank_text(text: str, name: str, vocabulary: Vocabulary | None = None) -> list[Conversion]:
    """Return the maps of a reabank's text; `name` stands for the file in errors and losses."""
    banks, colors = banks_of(text, name)
    write_clones(banks)
    return [_Converter(bank, COLORS | colors).conversion(vocabulary) for bank in banks]


class _Converter:
    """Makes the map of one bank, and keeps what is lost on the way."""

    def __init__(self, bank: Bank, colors: dict[str, str]) -> None:
        self.bank = bank
        self.colors = colors
        self.lost = list(bank.losses)
        self.flags = self._flags(bank.attributes, bank.place)
        self.outputs = {program.number: program.attributes.get("o", "") for program in bank.programs}
        self.seen: set[int] = set()

    def conversion(self, vocabulary: Vocabulary | None) -> Conversion:
        entries = [self._entry(program) for program in self.bank.programs]
        attributes = self.bank.attributes
        for attribute, what in (("i", "icons"), ("spacer", "spacers")):
            count = sum(attribute in program.attributes for program in self.bank.programs)
            if count:
                self._lose(self.bank.place, f"{count} {what}", f"{what} are for the window")
        conversion = map_of_entries(
            self.bank.name,
            entries,
            source=source_of(self.bank.numbers, attributes),
            vocabulary=vocabulary,
            groups=[group for group in GROUPS if any(entry.group == group for entry in entries)],
            defaults=self._defaults(entries),
            losses=self.lost,
            requires_patch=attributes.get("m", ""),
            chase=self._chase(),
        )
        filed = tuple(part for part in map(str.strip, attributes.get("g", "").split("/")) if part)
        return replace(conversion, folder=filed)

    def _lose(self, place: str, what: str, why: str) -> None:
        self.lost.append(Loss(place, what, why))

    def _flags(self, attributes: dict[str, str], place: str) -> dict[str, bool]:
        """Return the flags that are set, or unset by '!'; what they ask of live playing is lost."""
        flags = {}
        for flag in filter(None, attributes.get("f", "").split(",")):
            name = flag.strip().removeprefix("!")
            if name not in FLAGS:
                self._lose(place, f"f={flag}", f"no such flag{did_you_mean(name, FLAGS)}")
            elif name == "hidden" or (name not in ("chase", "toggle") and flag.startswith("!")):
                self._lose(place, f"f={flag}", LIVE)
            flags[name] = not flag.strip().startswith("!")
        return flags

    def _chase(self) -> tuple[int, ...]:
        if not self.flags.get("chase", True):
            return ()
        if "chase" not in self.bank.attributes:
            return DEFAULT_CHASE
        numbers: list[int] = []
        for part in self.bank.attributes["chase"].split(","):
            match = re.fullmatch(r"\s*(\d{1,3})(?:-(\d{1,3}))?\s*", part, re.ASCII)
            low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
            numbers += range(low, min(high, 119) + 1)
            if low > high or high > 119:
                self._lose(self.bank.place, f"chase={part}", "a controller is a number from 0 to 119")
        return tuple(numbers)

    def _defaults(self, entries: Iterable[Entry]) -> dict[str, str]:
        """Return the default that `off` names, for the group it stands in."""
        off = self.bank.attributes.get("off")
        if off is None:
            return {}
        found = {entry.group: entry.label for entry in entries if entry.label and entry.label == off.strip()}
        if not found:
            self._lose(self.bank.place, f"off={off}", "there is no such entry")
        return found

    def _entry(self, program: Program) -> Entry:
        attributes = program.attributes
        technique: dict[str, Any] = {"note": self._note(program)}
        label = ""
        if program.number in self.seen:
            self._lose(
                program.place, f"{program.number} {program.name}", "its number stands twice in the bank"
            )
        else:
            self.seen.add(program.number)
            label, technique["trigger"] = str(program.number), {"program": program.number}
        technique |= self._outputs(program)
        if "m" in attributes:
            technique["setup"] = attributes["m"]
        if "c" in attributes:
            technique["color"] = self._color(program)
        if attributes.get("n", program.name) != program.name:
            self._lose(program.place, f"n={attributes['n']}", "a second name, for the window")
        key, plays = decoded(attributes.get("technique", "")), attributes.get("plays")
        if plays is not None:
            technique["plays"] = tuple(filter(None, (decoded(part).strip() for part in plays.split("+"))))
        return Entry(program.name, self._group(program), technique, label, key, program.place)

    def _group(self, program: Program) -> str:
        number = program.attributes.get("g", "1").strip()
        if number not in ("1", "2", "3", "4"):
            self._lose(program.place, f"g={number}", "a group is a number from 1 to 4; it is taken as 1")
            number = "1"
        return GROUPS[int(number) - 1]

    def _color(self, program: Program) -> str:
        color = program.attributes["c"]
        if re.fullmatch(r"#[0-9a-fA-F]{6}", color):
            return color
        if color not in self.colors:
            self._lose(program.place, f"c={color}", f"no such colour{did_you_mean(color, self.colors)}")
        return self.colors.get(color, "")

    def _outputs(self, program: Program) -> dict[str, Any]:
        flags = self.flags | self._flags(program.attributes, program.place)
        if "!chase" in program.attributes.get("f", "").split(","):
            self._lose(program.place, "f=!chase", LIVE)
        problems: list[tuple[str, str]] = []
        text = program.attributes.get("o", "")
        if "art" in text:
            text = written_out(program.number, self.outputs, problems)
        toggles = flags.get("toggle", False)
        on, channel, more = read_outputs(text, toggles)
        for what, why in (*problems, *more):
            self._lose(program.place, what, why)
        if toggles and not any(action.get("mode") == "toggle" for action in on):
            self._lose(program.place, "f=toggle", "only keys are toggled")
        if not on and channel is None:
            self._lose(
                program.place, program.name, "sends nothing; it counts as lacking unless it is a default"
            )
        return {"on": on, "channel": channel}

    def _note(self, program: Program) -> dict[str, Any]:
        note: dict[str, Any] = {}
        for attribute, read in SHAPES.items():
            text = program.attributes.get(attribute)
            try:
                note |= read(text, note) if text is not None else {}
            except ValueError as error:
                self._lose(program.place, f"{attribute}={text}", str(error))
        return note
