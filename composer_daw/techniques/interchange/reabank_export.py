"""Technique maps as Reaticulate banks, and what a bank cannot say (reverse of `reabank`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from composer_daw.techniques.interchange.conversion import Loss
from composer_daw.techniques.interchange.reabank_fitting import fitted
from composer_daw.techniques.interchange.reabank_notation import (
    COLORS,
    DEFAULT_CHASE,
    ICONS,
    PLAIN_ICON,
    bank_of,
    chase_of,
    encoded,
    one_line,
    quoted,
    unquoted,
)
from composer_daw.techniques.interchange.reabank_outputs import write_outputs
from composer_daw.techniques.interchange.reabank_plan import BankPlan
from composer_daw.techniques.interchange.reabank_shapes import SHAPES, shape_attributes
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import NoteShape, Technique
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

MAP_FIELDS = {
    "middle_c": "Reaticulate writes notes as numbers",
    "range": "Reaticulate knows no range",
    "lead_ms": "Reaticulate has no delays",
    "pieces": "Reaticulate knows no drum pieces",
    "channels": "in Reaticulate the track's routing chooses the channels",
    "instances": "in Reaticulate the tracks are the instances",
    "dynamics": "Reaticulate leaves the dynamics to the player",
    "init": "Reaticulate sends nothing before the first articulation",
}
FIELDS = {
    "when": "Reaticulate has no conditions on notes",
    "off": "Reaticulate sends nothing when an articulation ends",
    "latency_ms": "Reaticulate has no delays",
    "fallback": "Reaticulate has no fallbacks",
    "scope": "in Reaticulate an articulation holds until the next",
    "affects_held": "Reaticulate switches at once",
    "labels": "Reaticulate has no labels",
}
SHAPE = {
    "velocity": "Reaticulate has one factor on velocities, up to 10 and with two decimals",
    "velocity_range": "Reaticulate limits velocities within 0 to 127",
    "transpose": "Reaticulate transposes within 127 semitones",
    "pitch_range": "Reaticulate limits pitches after they are transposed, within 0 to 127",
}
LENGTHS = "Reaticulate leaves the lengths and the sound of notes alone"
ONE_LINE = "in Reaticulate it is one line, without blanks at its ends"


def write_reabank(
    technique_map: TechniqueMap, vocabulary: Vocabulary | None = None
) -> tuple[str, tuple[Loss, ...]]:
    """Return a map as the text of a `.reabank` file with one bank, and what that does not carry.

    Techniques keep their numbers; others get the number that Reaticulate's manual recommends, or a free one.
    """
    plan = BankPlan(technique_map, vocabulary or load_vocabulary())
    return _Writer(plan).text(), tuple(plan.lost)


class _Writer:
    """Writes one map as it is planned."""

    def __init__(self, plan: BankPlan) -> None:
        self.plan = plan
        self.map = plan.map

    def text(self) -> str:
        programs = [line for name in self.plan.kept for line in self._program(name)]
        return "\n".join([*self._bank(), *programs]) + "\n"

    def _bank(self) -> Iterator[str]:
        (most, least), attributes = bank_of(self.map.source)
        if self.map.source and not attributes and (most, least) == ("*", "*"):
            self.plan.lose(self.map.source, "in Reaticulate it is a comment", "source")
            yield f"// {one_line(self.map.source)}"
        for name, why in MAP_FIELDS.items():
            value = getattr(self.map, name)
            if value != TechniqueMap.model_fields[name].get_default(call_default_factory=True):
                self.plan.lose(value, why, name)
        if self.plan.instrument != self.map.instrument:
            self.plan.lose(self.map.instrument, ONE_LINE, "instrument")
        identity = [f'id="{attributes["id"]}"'] if "id" in attributes else []
        line = [f'{key}="{value}"' for key, value in attributes.items() if key != "id"]
        off = self.plan.off()
        line += [f"off={off}"] if off is not None else []
        if not self.map.chase:
            line.append("f=!chase")
        elif self.map.chase != DEFAULT_CHASE:
            line.append(f"chase={chase_of(self.map.chase)}")
        if self.map.requires_patch:
            line.append(f"m={self._text(self.map.requires_patch, 'requires_patch')}")
        yield from (f"//! {' '.join(part)}" for part in (line, identity) if part)
        yield f"Bank {most} {least} {self.plan.instrument}"

    def _program(self, name: str) -> Iterator[str]:
        technique = self.plan.kept[name]
        for field, why in FIELDS.items():
            value = getattr(technique, field)
            if value != Technique.model_fields[field].get_default(call_default_factory=True):
                self.plan.lose(value, why, "techniques", name, field)
        title = self.plan.title(name)
        if ("" if title == name else title) != technique.title != name:
            self.plan.lose(technique.title or "none", ONE_LINE, "techniques", name, "title")
        icon = next((ICONS[part] for part in self.map.plays(name) if part in ICONS), PLAIN_ICON)
        color = next((word for word, color in COLORS.items() if color == technique.color), technique.color)
        line = [f"i={icon}"] if not technique.color else [f"c={color}", f"i={icon}"]
        group = self.plan.groups[technique.group]
        line += [f"g={group}"] if group > 1 else []
        on, losses = fitted(technique, self.plan.numbers)
        for row, action, why in losses:
            self.plan.lose(action, why, "techniques", name, f"on[{row}]")
        line += ["f=toggle"] if any(getattr(action, "mode", "") == "toggle" for action in on) else []
        outputs = write_outputs(on, technique.channel, self.plan.numbers)
        line += [f"o={outputs}"] if outputs else []
        line += [f"{key}={value}" for key, value in self._shape(name, technique.note).items()]
        if technique.setup:
            line.append(f"m={self._text(technique.setup, 'techniques', name, 'setup')}")
        if name in self.plan.own_names:
            line.append(f"technique={encoded(name)}")
            if technique.plays:
                line.append(
                    "plays=" + "+".join(encoded(part).replace("+", "%2B") for part in technique.plays)
                )
        yield f"//! {' '.join(line)}"
        yield f"{self.plan.numbers[name]} {title}"

    def _text(self, text: str, *place: str) -> str:
        value = quoted(text)
        if unquoted(value[1:-1]) != text:
            self.plan.lose(
                text, "Reaticulate reads \\n and &quot; in a text as a line's end and a quote", *place
            )
        return value

    def _shape(self, name: str, note: NoteShape) -> dict[str, str]:
        attributes = shape_attributes(note)
        read: dict[str, Any] = {}
        for key, text in attributes.items():
            read |= SHAPES[key](text, read)
        again = NoteShape(**read)
        for field in NoteShape.model_fields:
            if getattr(again, field) != getattr(note, field):
                self.plan.lose(
                    getattr(note, field), SHAPE.get(field, LENGTHS), "techniques", name, "note", field
                )
        return attributes
