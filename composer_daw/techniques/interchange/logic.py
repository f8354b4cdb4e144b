"""Articulation sets of Logic Pro (`.plist`), to technique maps.

Apple publishes no description of the file. What the fields are for is told by the manual ("Use the
Articulation Set Editor"), what they are called by sets that people publish. Where neither says what a figure
means, it is not guessed but left out, and said. Middle C is C3 there.
"""

from __future__ import annotations

import plistlib
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.parsers.expat import ErrorString, ExpatError

from composer_daw.errors import DocumentError
from composer_daw.files import check_is_file
from composer_daw.techniques.interchange.conversion import Conversion, Entry, Loss, map_of_entries
from composer_daw.techniques.vocabulary import Vocabulary

WHAT = "an articulation set of Logic (.plist)"
LARGEST_BYTES = 2_000_000
MOST_ARTICULATIONS = 5_000
MOST_OUTPUTS = 16
"""Logic has three for each articulation."""

VELOCITY = 100
GROUP = "articulation"

SET_FIELDS = ("Articulations", "Switches", "Name", "MultipleOutputsActive", "SwitchingEnabled")
ARTICULATION_FIELDS = ("Name", "ID", "ArticulationID", "Output", "OutputChannel", "Symbol", "MidiChannel")
NEUTRAL = {"InputMidiChannel": -1, "OctaveOffset": 0}
"""Fields that say nothing where they have this value."""

NO_ACTION = ("note off", "poly aftertouch", "aftertouch")

_SIZES = {4: 1, 5: 1, 6: 2, 10: 1, 12: 1, 13: 2}
"""Bytes for each item of data, of texts of two kinds; references for each of lists, sets and mappings."""

_BROKEN = (
    *(plistlib.InvalidFileException, ExpatError, struct.error, EOFError, RecursionError, MemoryError),
    *(ValueError, OverflowError, LookupError, TypeError, AttributeError),
)
"""What plistlib raises on files that are broken or made to break it."""


def read_logic(path: str | Path, vocabulary: Vocabulary | None = None) -> Conversion:
    """Return the map of an articulation set, binary or XML; raise DocumentError with the remedy.

    An articulation is a technique; what cannot be read of it is a loss, with its number in the set.
    """
    source = check_is_file(path, WHAT)
    size = source.stat().st_size
    if size > LARGEST_BYTES:
        raise DocumentError(
            f"{source}: {size:,} bytes, more than the {LARGEST_BYTES:,} that are read; split it"
        )
    data = _parsed(source)
    articulations = data.get("Articulations") if isinstance(data, dict) else None
    if not isinstance(articulations, list):
        raise DocumentError(f"{source}:1: no list of articulations; give {WHAT}")
    if len(articulations) > MOST_ARTICULATIONS:
        problem = f"{len(articulations):,} articulations, more than the {MOST_ARTICULATIONS:,} that are read"
        raise DocumentError(f"{source}:1: {problem}; split it")
    return _Reader(str(source), data).conversion(articulations, source.stem, vocabulary)


def _parsed(source: Path) -> Any:
    data = source.read_bytes()
    try:
        if data.startswith(b"bplist"):
            _check_objects(data)
        return plistlib.loads(data)
    except ExpatError as error:
        problem = f"{source}:{error.lineno}: no property list: {ErrorString(error.code)}"
        raise DocumentError(f"{problem}; give {WHAT}") from error
    except _BROKEN as error:
        problem = " ".join(str(error).split()) or "it is broken"
        raise DocumentError(f"{source}:1: no property list: {problem[:200]}; give {WHAT}") from error


def _check_objects(data: bytes) -> None:
    """Raise ValueError where the objects of a binary list lie over each other, as they do in bombs."""
    offset_size, reference_size, count, _, table = struct.unpack(">6xBBQQQ", data[-32:])
    if table + count * offset_size > len(data):
        raise ValueError("it ends too early")
    total = 0
    for place in range(table, table + count * offset_size, offset_size or 1):
        offset = int.from_bytes(data[place : place + offset_size], "big")
        kind, length = divmod(data[offset], 16)
        if length == 15:
            digits = 1 << (data[offset + 1] & 3)
            length = int.from_bytes(data[offset + 2 : offset + 2 + digits], "big")
        total += length * _SIZES.get(kind, 0) * (reference_size if kind > 9 else 1)
        if total > len(data):
            raise ValueError("its objects lie over each other")


class _Reader:
    """Reads a set, and gathers what it cannot read."""

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self.name = name
        self.data = data
        self.losses: list[Loss] = []
        self.several = data.get("MultipleOutputsActive") is not False

    def conversion(self, articulations: list[Any], stem: str, vocabulary: Vocabulary | None) -> Conversion:
        """Read the set."""
        for field, value in self.data.items():
            if field not in SET_FIELDS and value != NEUTRAL.get(field):
                self.lose("the set", f"{field} {brief(value)}", "it is about playing by hand, or not known")
        triggers = dict(self.triggers())
        entries = []
        for number, articulation in enumerate(articulations, start=1):
            place = f"articulation {number}"
            if not isinstance(articulation, dict):
                self.lose(place, brief(articulation), "an articulation with a name belongs here")
                continue
            entries.append(self.entry(articulation, number, place, triggers))
        name = self.data.get("Name")
        title = name.removesuffix(".plist") if isinstance(name, str) else ""
        return map_of_entries(
            title if title.strip() else stem,
            entries,
            vocabulary=vocabulary,
            groups=[GROUP] if entries else [],
            losses=self.losses,
            middle_c="C3",
        )

    def lose(self, place: str, what: str, why: str) -> None:
        """Note something that is not carried."""
        self.losses.append(Loss(f"{self.name}: {place}", what, why))

    def entry(
        self, articulation: Mapping[str, Any], number: int, place: str, triggers: Mapping[int, int]
    ) -> Entry:
        """Read an articulation."""
        name = articulation.get("Name")
        title = name if isinstance(name, str) and name.strip() else f"Articulation {number}"
        fields: dict[str, Any] = {}
        channel = self.channel(articulation, "OutputChannel", place)
        outputs = articulation.get("Output")
        if on := list(self.actions(outputs if isinstance(outputs, list) else [outputs], channel, place)):
            fields["on"] = on
        if channel is not None:
            fields["channel"] = channel
        if not on and channel is None:
            self.lose(place, title, "it sends nothing: Logic asks its own instruments by the ID")
        own = articulation.get("ID")
        if isinstance(own, int) and own in triggers:
            fields["trigger"] = {"key": triggers[own]}
        if articulation.get("ArticulationID", number) != number:
            shown = f"{title}: ID {brief(articulation['ArticulationID'])}"
            self.lose(place, shown, "articulations are numbered by their order")
        if "Symbol" in articulation:
            self.lose(place, f"symbol {brief(articulation['Symbol'])}", "maps have no score symbols")
        if articulation.get("MidiChannel", -1) != -1:
            shown = f"channel {brief(articulation['MidiChannel'])}"
            self.lose(place, shown, "the channel by which Logic chooses an articulation is not kept")
        for field in articulation:
            if field not in ARTICULATION_FIELDS:
                self.lose(place, f"{brief(field)} {brief(articulation[field])}", "not known")
        return Entry(title, GROUP, fields, place=f"{self.name}: {place}")

    def actions(self, outputs: list[Any], channel: int | None, place: str) -> Iterator[dict[str, Any]]:
        """Yield what an articulation sends, in order."""
        most = MOST_OUTPUTS if self.several else 1
        if len(outputs) > most:
            why = (
                f"{MOST_OUTPUTS} outputs are read"
                if self.several
                else "the set has several outputs switched off"
            )
            self.lose(place, f"{len(outputs) - most} outputs", why)
        for output in outputs[:most]:
            if not isinstance(output, dict):
                if output is not None:
                    self.lose(place, brief(output), "an output belongs here")
                continue
            own = self.channel(output, "MidiChannel", place)
            action = self.action(output, place)
            if action is not None:
                yield action if own in (None, channel) else {**action, "channel": own}

    def action(self, output: Mapping[str, Any], place: str) -> dict[str, Any] | None:
        """Return what one output sends; None where that is nothing here, which is a loss."""
        kind = str(output.get("Status", "")).casefold()
        first, second = (_seven_bit(output.get(field)) for field in ("MB1", "ValueLow"))
        what = f"{output.get('Status')} {brief(output.get('MB1'))} {brief(output.get('ValueLow'))}"[:80]
        if kind == "note on" and first is not None and (second is not None or "ValueLow" not in output):
            if second == 0:
                why = f"a key pressed with velocity 0 is released; it is pressed with {VELOCITY}"
                self.lose(place, what, why)
            return {"keyswitch": first, "velocity": second or VELOCITY}
        if kind == "controller" and first is not None and (second is not None or "ValueLow" not in output):
            return {"cc": first, "value": second or 0}
        if kind == "program" and (first or second) is not None and not (first == 0 and second):
            return {"program": second if first is None else first}
        if kind == "pitch bend" and second is not None and (first is not None or "MB1" not in output):
            return {"pitch_bend": second * 128 + (first or 0) - 8192}
        if kind in NO_ACTION:
            self.lose(place, what, f"maps have no action for {kind}")
        elif kind == "program" and first == 0 and second:
            self.lose(place, what, "it is not documented which of the two is the program")
        else:
            self.lose(place, what, "no output that is known: Status, MB1 and ValueLow from 0 to 127")
        return None

    def channel(self, place_of: Mapping[str, Any], field: str, place: str) -> int | None:
        """Return a channel as 1 to 16; the file counts from 0, and -1 is any."""
        value = place_of.get(field, -1)
        if isinstance(value, int) and not isinstance(value, bool) and -1 <= value <= 15:
            return None if value == -1 else value + 1
        self.lose(place, f"{field} {brief(value)}", "a number from -1 to 15 belongs here")
        return None

    def triggers(self) -> Iterator[tuple[int, int]]:
        """Yield the ID of an articulation and the key that chooses it."""
        switches = self.data.get("Switches", [])
        seen: set[int] = set()
        for number, switch in enumerate(switches if isinstance(switches, list) else [], start=1):
            place = f"switch {number}"
            if not isinstance(switch, dict) or not isinstance(switch.get("ID"), int):
                self.lose(place, brief(switch), "a switch with the ID of an articulation belongs here")
                continue
            key = _seven_bit(switch.get("MB1"))
            if str(switch.get("Status", "")).casefold() != "note on" or key is None:
                self.lose(place, brief(switch.get("Status")), "only switches that are keys are read")
            elif switch["ID"] in seen:
                self.lose(place, f"key {key}", "the articulation has a switch already")
            else:
                seen.add(switch["ID"])
                yield switch["ID"], key
                if switch.get("Mode", "Permanent") != "Permanent":
                    self.lose(place, f"mode {brief(switch['Mode'])}", "a trigger has no mode")
                if switch.get("ValueLow", 1) not in (0, 1) or switch.get("ValueHigh", 127) != 127:
                    shown = f"velocity {brief(switch.get('ValueLow'))} to {brief(switch.get('ValueHigh'))}"
                    self.lose(place, shown, "a trigger has no velocity")


def _seven_bit(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 127
    return int(value) if whole else None


def brief(value: Any) -> str:
    """Return a value in a few words; what holds other values is not opened, as it may hold itself."""
    if isinstance(value, (str, int, float, bool)):
        return str(value)[:60]
    return "nothing" if value is None else type(value).__name__
