"""Technique maps as expression maps of Cubase, and what those cannot say (reverse of `expressionmap`)."""

from __future__ import annotations

from composer_daw.techniques.interchange.conversion import Loss
from composer_daw.techniques.interchange.differences import losses_of
from composer_daw.techniques.interchange.slot_articulations import slots_of
from composer_daw.techniques.interchange.sound_slots import (
    CONTROL,
    NOTE_ON,
    Articulation,
    Slot,
    conversion_of,
)
from composer_daw.techniques.interchange.steinberg_xml import XmlText, written
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

ROOT = "InstrumentMap"

VERSION = 600
"""Of the action of a slot, in all files seen."""

TEXT_SYMBOL = 73
"""The score symbol that Cubase gives an articulation which is shown as text."""

REASONS = {
    "instrument": "XML does not hold such characters, and a map needs a name",
    "middle_c": "Cubase calls MIDI 60 C3",
    "groups": "Cubase numbers its four groups",
    "groups.empty": "a group without techniques is not written",
    "groups.order": "the slot that Cubase plays unasked comes first; what stands first has priority",
    "groups.default": "Cubase plays its first slot where nothing is asked",
    "key": "Cubase keeps the name of a slot only, and it is read again as another",
    "plays": "Cubase keeps the name of a slot only, and it is read again as something else",
    "title": "XML does not hold such characters, or it is no name in Cubase",
    "on": "two controllers before a program are its bank",
    "technique": "the instrument lacks it, and Cubase has no fallbacks",
    "off": "Cubase sends nothing when a technique ends",
    "note.velocity": "Cubase has one factor for the velocity, no curve",
    "note.length": "Cubase keeps 50 decimals",
    "note.velocity_range": "the lowest velocity is 1",
    "note.pitch_range": "0 and 127 are as good as open",
    "color": "Cubase has sixteen colours, by number",
    "trigger.program": "remote keys are notes",
    "pieces": "Cubase has drum maps for that",
    "latency_ms": "Cubase delays whole tracks only",
    "when": "Cubase chooses by what is written, not by the note",
    "fallback": "Cubase goes by its groups instead",
}


def write_expressionmap(
    technique_map: TechniqueMap, vocabulary: Vocabulary | None = None
) -> tuple[str, tuple[Loss, ...]]:
    """Return a map as the text of an `.expressionmap`, and what Cubase has no place for.

    The default comes first, as that is the slot which Cubase plays unasked; where the map has none, a slot
    that sends nothing.
    """
    words = vocabulary or load_vocabulary()
    slots, names, told = slots_of(technique_map, words)
    name = written(technique_map.instrument)
    title = name if name.strip() else "unnamed"
    carried = conversion_of(title, slots, str, vocabulary=words).technique_map
    keys = dict(zip(names, carried.techniques, strict=True))
    return _text(title, slots), losses_of(technique_map, carried, keys, REASONS, told)


def _text(name: str, slots: tuple[Slot, ...]) -> str:
    xml = XmlText()
    with xml.inside(ROOT):
        xml.values("string", name=name)
        shown = dict.fromkeys(one for slot in slots for one in slot.articulations)
        with xml.member("slotvisuals", 1, listed=bool(shown)):
            for one in shown:
                _write_articulation(xml, one)
        with xml.member("slots", 1, listed=bool(slots)):
            for slot in slots:
                with xml.instance("PSoundSlot"):
                    _write_slot(xml, slot)
        with xml.member("controller", 1, listed=False):
            pass
    return str(xml)


def _write_articulation(xml: XmlText, one: Articulation) -> None:
    with xml.instance("USlotVisuals"):
        xml.values("int", displaytype=1, articulationtype=0 if one.one_note else 1, symbol=TEXT_SYMBOL)
        xml.values("string", text=one.name, description=one.name)
        xml.values("int", group=one.group)


def _write_slot(xml: XmlText, slot: Slot) -> None:
    with xml.instance("PSlotThruTrigger", "remote"):
        xml.values("int", status=NOTE_ON, data1=-1 if slot.key is None else slot.key)
    with xml.instance("PSlotMidiAction", "action"):
        _write_action(xml, slot)
    with xml.member("sv", 2, listed=bool(slot.articulations)):
        for one in slot.articulations:
            _write_articulation(xml, one)
    with xml.inside("member", name="name"):
        xml.values("string", s=slot.name)
    xml.values("int", color=slot.color)


def _write_action(xml: XmlText, slot: Slot) -> None:
    xml.values("int", version=VERSION)
    with xml.member("noteChanger", 1), xml.instance("PSlotNoteChanger"):
        _write_changes(xml, slot, minPitch=slot.pitches[0], maxPitch=slot.pitches[1])
    with xml.member("midiMessages", 1, listed=bool(slot.messages)):
        for message in slot.messages:
            with xml.instance("POutputEvent"):
                xml.values("int", status=message.status, data1=message.data1, data2=message.data2)
    _write_changes(xml, slot, maxPitch=slot.pitches[1], minPitch=slot.pitches[0])
    controls = [message for message in slot.messages if message.status == CONTROL][:1]
    keys = [message.data1 for message in slot.messages if message.status == NOTE_ON]
    for control in controls:
        xml.values("int", controller1num=control.data1, controller1value=control.data2)
    xml.values("int", key=keys[0] if keys else -1)
    if len(keys) > 1:
        xml.values("int", key2=keys[1])


def _write_changes(xml: XmlText, slot: Slot, **pitches: int) -> None:
    xml.values("int", channel=-1 if slot.channel is None else slot.channel - 1)
    xml.values("float", velocityFact=slot.velocity, lengthFact=slot.length)
    xml.values(
        "int", minVelocity=slot.velocities[0], maxVelocity=slot.velocities[1], transpose=slot.transpose
    )
    xml.values("int", **pitches)
