"""Expression maps of Cubase and Nuendo (`.expressionmap`) as technique maps.

The structure is that of files which Cubase saved; what the fields mean is told by Cubase's manual, chapter
"Expression Maps". Middle C is C3 there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from composer_daw.techniques.interchange.conversion import Conversion, Loss
from composer_daw.techniques.interchange.expressionmap_export import ROOT, write_expressionmap
from composer_daw.techniques.interchange.slot_articulations import slots_of
from composer_daw.techniques.interchange.sound_slots import (
    NOTE_ON,
    VELOCITY,
    Articulation,
    Message,
    Slot,
    conversion_of,
)
from composer_daw.techniques.interchange.steinberg_xml import Node, read_xml
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

__all__ = ["read_expressionmap", "write_expressionmap"]

WHAT = "an expression map that Cubase saved (.expressionmap)"


def read_expressionmap(path: str | Path, vocabulary: Vocabulary | None = None) -> Conversion:
    """Return the map of an expression map; raise DocumentError with file, line and remedy.

    A slot is a technique; one with several articulations is a combination of them. What cannot be read of a
    slot is a loss, with its line.
    """
    root = read_xml(path, ROOT, WHAT)
    reader = _Reader(str(path))
    slots = [reader.slot(node) for node in _items(root, "slots", "PSoundSlot")]
    reader.check_shown(root, slots)
    name = root.text("name")
    title = name if name.strip() else Path(path).stem
    conversion = conversion_of(title, slots, reader.place, reader.losses, vocabulary)
    reader.losses = list(conversion.losses)
    reader.check_groups(slots, slots_of(conversion.technique_map, vocabulary or load_vocabulary()).slots)
    return replace(conversion, losses=tuple(reader.losses))


def _items(root: Node, member: str, kind: str) -> Iterator[Node]:
    node = root.child(member)
    return node.items(kind) if node is not None else iter(())


class _Reader:
    """Reads slots, and gathers what it cannot read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.losses: list[Loss] = []

    def place(self, line: int) -> str:
        """Return where a line is."""
        return f"{self.name}:{line}"

    def lose(self, node: Node, what: str, why: str) -> None:
        """Note something that is not carried."""
        self.losses.append(Loss(self.place(node.line), what, why))

    def slot(self, node: Node) -> Slot:
        """Read a slot."""
        nothing = Node("obj", "", "", "", node.line)
        remote, action = node.child("remote") or nothing, node.child("action") or nothing
        changers = list(_items(action, "noteChanger", "PSlotNoteChanger"))
        changer = changers[0] if changers else action
        if len(changers) > 1:
            self.lose(changers[1], f"{len(changers)} note changers", "only the first is read")
        channel = self.whole(changer, "channel", -1, -1, 15)
        name = node.child("name")
        return Slot(
            name="" if name is None else name.text("s"),
            articulations=tuple(self.articulation(visual) for visual in _items(node, "sv", "USlotVisuals")),
            messages=tuple(self.messages(action)),
            key=self.key(remote),
            color=self.whole(node, "color", 1, 0, 16),
            channel=None if channel < 0 else channel + 1,
            velocity=self.factor(changer, "velocityFact"),
            length=self.factor(changer, "lengthFact"),
            velocities=self.span(changer, "minVelocity", "maxVelocity", 1),
            transpose=self.whole(changer, "transpose", 0, -127, 127),
            pitches=self.span(changer, "minPitch", "maxPitch", 0),
            line=node.line,
        )

    def articulation(self, node: Node) -> Articulation:
        """Read an articulation of a slot, or of the list of all."""
        name = node.text("description") or node.text("text")
        group = self.whole(node, "group", 0, 0, 3)
        return Articulation(name, group, self.whole(node, "articulationtype", 1, 0, 1) == 0)

    def messages(self, action: Node) -> Iterator[Message]:
        """Read the messages of a slot; a file that has none may name a key."""
        sent = action.child("midiMessages")
        for node in sent.items("POutputEvent") if sent is not None else ():
            status, data1 = self.byte(node, "status", 128, 239), self.byte(node, "data1", 0, 127)
            data2 = self.byte(node, "data2", 0, 127)
            if status is not None and data1 is not None and data2 is not None:
                yield Message(status, data1, data2, node.line)
        key = action.child("key")
        if sent is None and key is not None and key.value != "-1":
            number = self.byte(action, "key", 0, 127)
            if number is not None:
                self.lose(key, f"key {number}", f"its velocity is not said; it is pressed with {VELOCITY}")
                yield Message(NOTE_ON, number, VELOCITY, key.line)

    def byte(self, node: Node, name: str, low: int, high: int) -> int | None:
        """Read a byte of a message; None, and a loss, where it is not there or out of range."""
        number = self.whole(node, name, -1, low, high)
        if number >= 0:
            return number
        if node.text(name, "-1") == "-1":
            self.lose(node, f"a message without {name}", f"a number from {low} to {high} belongs here")
        return None

    def key(self, remote: Node) -> int | None:
        """Read the remote key of a slot."""
        key, status = self.whole(remote, "data1", -1, -1, 127), remote.text("status", str(NOTE_ON))
        if key >= 0 and status != str(NOTE_ON):
            self.lose(remote, f"remote {status} {key}", "only remote keys that are notes are read")
        return key if key >= 0 and status == str(NOTE_ON) else None

    def whole(self, node: Node, name: str, otherwise: int, low: int, high: int) -> int:
        """Read a whole number, or lose it for what it is otherwise."""
        text = node.text(name, str(otherwise))
        number = int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else high + 1
        if low <= number <= high or number == otherwise:
            return number
        self.lose(
            node.child(name) or node, f"{name} {text}"[:80], f"a number from {low} to {high} belongs here"
        )
        return otherwise

    def factor(self, node: Node, name: str) -> float:
        """Read a factor above 0, up to 100."""
        text = node.text(name, "1")
        if re.fullmatch(r"\d{1,9}(\.\d{1,80})?", text, re.ASCII) and 0 < float(text) <= 100:
            return float(text)
        why = "a factor above 0, up to 100, belongs here"
        self.lose(node.child(name) or node, f"{name} {text}"[:80], why)
        return 1.0

    def span(self, node: Node, low: str, high: str, least: int) -> tuple[int, int]:
        """Read the lowest and the highest of something."""
        ends = self.whole(node, low, 0, 0, 127), self.whole(node, high, 127, 0, 127)
        if max(ends[0], least) <= ends[1]:
            return ends
        what = f"{low} {ends[0]}, {high} {ends[1]}"
        self.lose(node.child(low) or node, what, "the lower end belongs first")
        return 0, 127

    def check_groups(self, slots: list[Slot], again: tuple[Slot, ...]) -> None:
        """Note the groups that combined articulations would not have when the map is written again."""
        kept = {(one.name, one.group) for slot in again for one in slot.articulations}
        names = {name for name, _ in kept}
        moved: dict[tuple[str, int], int] = {}
        for slot in slots:
            for one in slot.articulations[1:]:
                if one.name in names and (one.name, one.group) not in kept:
                    moved.setdefault((one.name, one.group), slot.line)
        for (name, group), line in moved.items():
            why = "a map has the group of a slot's first articulation; the others are placed anew"
            self.losses.append(Loss(self.place(line), f"{name}: group {group + 1}", why))

    def check_shown(self, root: Node, slots: list[Slot]) -> None:
        """Note what is shown as a symbol, and what no slot plays."""
        played = {(one.name, one.group) for slot in slots for one in slot.articulations}
        for node in _items(root, "slotvisuals", "USlotVisuals"):
            before = len(self.losses)
            one = self.articulation(node)
            del self.losses[before:]  # said where the slots have it
            if (one.name, one.group) not in played:
                self.lose(node, one.name, "no slot has this articulation")
            elif node.text("displaytype", "1") == "0":
                self.lose(node, f"{one.name}: symbol {node.text('symbol')}", "maps have no score symbols")
        for member, kind in (("controller", ""), ("slots", "PSoundSlot"), ("slotvisuals", "USlotVisuals")):
            owner = root.child(member)
            for other in owner.others(kind) if owner is not None else ():
                self.lose(other, f"{member}: {other.kind}", "what Cubase keeps there is not known")
