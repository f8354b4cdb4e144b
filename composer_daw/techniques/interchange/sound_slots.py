"""The sound slots of Cubase, and the techniques that they are here.

A slot is chosen by a set of articulations, one at most of each of four groups, and then sends its messages.
Where nothing is asked for, Cubase plays the first slot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from composer_daw.techniques.actions import Action, ControlChange, Follow, Keyswitch, PitchBend, Program
from composer_daw.techniques.actions import SetParameter as Parameter
from composer_daw.techniques.interchange.conversion import Conversion, Entry, Loss, map_of_entries
from composer_daw.techniques.naming import read_name
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

GROUPS = ("articulation", "group_2", "group_3", "group_4")
"""What we call Cubase's groups, which have no names; by its manual the first is the most important."""

_SHADES = [
    *("#c0504d", "#d98a3d", "#e3c53f", "#a5c34a", "#5fae4e", "#3fa58c", "#3f8fb5", "#4467c4"),
    *("#6b50bd", "#9a4fb4", "#c04f92", "#8c6d55", "#7a8a99", "#55697d", "#3d4d3f"),
]
COLORS = dict(enumerate(_SHADES, start=2))
"""Cubase keeps a number for the colour of a slot, and each project says what it looks like; these stand for
2 to 16. 1 is what a slot has that nobody coloured."""

NOTE_OFF, NOTE_ON, POLY, CONTROL, PROGRAM, PRESSURE, BEND = 128, 144, 160, 176, 192, 208, 224
NO_ACTION = {NOTE_OFF: "note off", POLY: "poly aftertouch", PRESSURE: "aftertouch"}
BANK = [(CONTROL, 0), (CONTROL, 32)]
"""The controllers that choose the bank of a program."""

VELOCITY = 100

FIXED = "slots send fixed values"
ONE_CHANNEL = "all messages of a slot go to its one channel"

NAMED = "the names of its articulations are left out: the slot has a name of its own, which is its title"

_UNNAMED = re.compile(r"Slot \d+")


@dataclass(frozen=True)
class Articulation:
    """What a slot is chosen by: its name, its group (0 to 3), and whether it holds for one note only."""

    name: str
    group: int
    one_note: bool


@dataclass(frozen=True)
class Message:
    """A MIDI message: status (128 to 239) and two data bytes (0 to 127)."""

    status: int
    data1: int
    data2: int
    line: int = 0

    @property
    def head(self) -> tuple[int, int]:
        """Return the status and the first byte, which say what the second is the value of."""
        return self.status, self.data1

    def __str__(self) -> str:
        """Return the three bytes."""
        return f"{self.status} {self.data1} {self.data2}"


@dataclass(frozen=True)
class Slot:
    """A sound slot, in Cubase's own terms but for channels, which are 1 to 16 or None."""

    name: str
    articulations: tuple[Articulation, ...] = ()
    messages: tuple[Message, ...] = ()
    key: int | None = None
    """The remote key that chooses it."""
    color: int = 1
    channel: int | None = None
    velocity: float = 1.0
    length: float = 1.0
    velocities: tuple[int, int] = (0, 127)
    transpose: int = 0
    pitches: tuple[int, int] = (0, 127)
    line: int = 0

    @property
    def is_idle(self) -> bool:
        """Tell whether it is never chosen, and would do nothing: what is set first to have no default."""
        return self == Slot(self.name, color=self.color, line=self.line)

    @property
    def joined(self) -> str:
        """Return the names of its articulations with '+' between them."""
        return "+".join(one.name for one in self.articulations)


def conversion_of(
    instrument: str,
    slots: Sequence[Slot],
    place: Callable[[int], str],
    losses: Sequence[Loss] = (),
    vocabulary: Vocabulary | None = None,
) -> Conversion:
    """Return the map of these slots (reverse of `slots_of`); `place` names a line of the file."""
    words = vocabulary or load_vocabulary()
    converter = _Converter(instrument, place, words)
    converter.lost += losses
    entries = []
    for number, slot in enumerate(slots, start=1):
        if not slot.is_idle:
            entries.append(converter.entry(slot, number))
        elif number > 1:
            why = "the slot has no articulation and no messages"
            converter.lost.append(Loss(place(slot.line), slot.name, why))
    first = entries[0] if entries and not slots[0].is_idle else None
    acts = first is not None and bool(first.technique.get("on") or first.technique.get("channel"))
    return map_of_entries(
        instrument,
        entries,
        vocabulary=words,
        groups=[name for name in GROUPS if any(entry.group == name for entry in entries)],
        defaults={first.group: first.label} if first is not None and acts else {},
        losses=converter.lost,
        middle_c="C3",
    )


class _Converter:
    """Makes techniques of slots, and keeps what is lost on the way."""

    def __init__(self, instrument: str, place: Callable[[int], str], vocabulary: Vocabulary) -> None:
        self.instrument = instrument
        self.place = place
        self.words = vocabulary
        self.lost: list[Loss] = []

    def entry(self, slot: Slot, number: int) -> Entry:
        title = _title(slot, number)
        if slot.name.strip() and slot.name != title:
            self._lose(slot.line, slot.name, "the articulations of the slot say more than its name")
        elif slot.articulations and title != slot.joined:
            self._lose(slot.line, slot.joined, NAMED)
        on = list(self._actions(slot, title))
        fields: dict[str, Any] = {"on": on} if on else {}
        fields |= {} if slot.channel is None else {"channel": slot.channel}
        fields |= {"note": note} if (note := _note(slot)) else {}
        fields |= {} if slot.key is None else {"trigger": {"key": slot.key}}
        fields |= {"color": COLORS[slot.color]} if slot.color in COLORS else {}
        fields |= {"scope": "note"} if any(one.one_note for one in slot.articulations) else {}
        if title != slot.joined and not self._reading(title) and (plays := self._reading(slot.joined)):
            fields["plays"] = plays
        if not on and slot.channel is None:
            self._lose(slot.line, title, "it sends nothing; it counts as lacking unless it is a default")
        group = min((one.group for one in slot.articulations), default=0)
        return Entry(title, GROUPS[group], fields, label=f"slot {number}", place=self.place(slot.line))

    def _lose(self, line: int, what: str, why: str) -> None:
        self.lost.append(Loss(self.place(line), what, why))

    def _reading(self, text: str) -> tuple[str, ...]:
        return read_name(text, self.words, self.instrument).techniques

    def _actions(self, slot: Slot, title: str) -> Iterator[dict[str, Any]]:
        """Yield what a slot sends, as in YAML; two controllers before a program choose its bank."""
        row = 0
        while row < len(slot.messages):
            three = slot.messages[row : row + 3]
            if [one.head for one in three[:2]] == BANK and three[2:] and three[2].status == PROGRAM:
                bank = three[0].data2 * 128 + three[1].data2
                yield {"program": three[2].data1, "bank": bank}
                row += 3
                continue
            action, why = _action(slot.messages[row])
            if why:
                self._lose(slot.messages[row].line, f"{title}: message {slot.messages[row]}", why)
            if action is not None:
                yield action
            row += 1


def _title(slot: Slot, number: int) -> str:
    """Return the slot's name, or those of its articulations where Cubase has only numbered the slot."""
    numbered = not slot.name.strip() or _UNNAMED.fullmatch(slot.name)
    if numbered and slot.joined.strip():
        return slot.joined
    return slot.name if slot.name.strip() else f"Slot {number}"


def _note(slot: Slot) -> dict[str, Any]:
    low, high = slot.velocities
    lowest, highest = slot.pitches
    fields: dict[str, Any] = {}
    if slot.length != 1.0:
        fields["length"] = slot.length
    if slot.velocity != 1.0:
        fields["velocity"] = slot.velocity
    if (max(low, 1), high) != (1, 127):
        fields["velocity_range"] = (max(low, 1), high)
    if slot.transpose:
        fields["transpose"] = slot.transpose
    if slot.pitches != (0, 127):
        fields["pitch_range"] = (lowest or None, highest if highest < 127 else None)
    return fields


def _action(message: Message) -> tuple[dict[str, Any] | None, str]:
    """Return the action of a message, as in YAML, and what is wrong with it."""
    kind, channel = message.status & 0xF0, message.status & 0x0F
    own = {"channel": channel + 1} if channel else {}
    first, second = message.data1, message.data2
    if kind == NOTE_ON and second == 0:
        why = f"a key pressed with velocity 0 is released; it is pressed with {VELOCITY}"
        return {"keyswitch": (first,), "velocity": VELOCITY, **own}, why
    if kind == NOTE_ON:
        return {"keyswitch": (first,), "velocity": second, **own}, ""
    if kind == CONTROL:
        return {"cc": first, "value": second, **own}, ""
    if kind == PROGRAM:
        return {"program": first, **own}, ""
    if kind == BEND:
        return {"pitch_bend": second * 128 + first - 8192, **own}, ""
    return None, f"maps have no action for {NO_ACTION[kind]}"


def messages_of(actions: Sequence[Action]) -> tuple[tuple[Message, ...], tuple[tuple[int, str], ...]]:
    """Return actions as messages (reverse of `actions_of`), and what they do not say: the row, and why."""
    messages: list[Message] = []
    problems: list[tuple[int, str]] = []
    for row, action in enumerate(actions):
        whole, why = _messages(action)
        messages += whole
        problems += [(row, reason) for reason in why]
    return tuple(messages), tuple(problems)


def _messages(action: Action) -> tuple[list[Message], list[str]]:
    if action.only_with:
        return [], ["slots send all of their messages always"]
    why = [ONE_CHANNEL] if action.channel is not None else []
    if isinstance(action, Keyswitch):
        velocity = action.velocity
        if isinstance(velocity, Follow):
            why.append(FIXED)
            velocity = VELOCITY
        if len(action.keyswitch) > 1:
            why.append("there are no chords: the keys come one after the other")
        if action.mode != "latch" or action.starts is not None:
            why.append("keys are tapped, neither held nor toggled")
        return [Message(NOTE_ON, key, velocity) for key in action.keyswitch], why
    if isinstance(action, ControlChange):
        if isinstance(action.value, Follow):
            return [], [FIXED]
        return [Message(CONTROL, action.cc, action.value)], why
    if isinstance(action, Program):
        bank = () if action.bank is None else enumerate(divmod(action.bank, 128))
        choose = [Message(CONTROL, 32 * row, value) for row, value in bank]
        return [*choose, Message(PROGRAM, action.program, 0)], why
    if isinstance(action, PitchBend):
        return [], ["slots send notes, controllers and programs"]
    assert isinstance(action, Parameter)
    return [], ["slots know nothing of a plugin's parameters"]
