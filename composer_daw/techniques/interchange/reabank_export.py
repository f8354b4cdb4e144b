"""Technique maps as Reaticulate banks, and what a bank cannot say (reverse of `reabank`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from composer_daw.techniques.interchange.conversion import Entry, Loss, keys_of, reading, usual_default
from composer_daw.techniques.interchange.reabank_fitting import fitted
from composer_daw.techniques.interchange.reabank_notation import (
    COLORS,
    DEFAULT_CHASE,
    GROUPS,
    ICONS,
    NUMBERS,
    PLAIN_ICON,
    SHAPES,
    bank_of,
    chase_of,
    encoded,
    one_line,
    quoted,
    shape_attributes,
    unquoted,
)
from composer_daw.techniques.interchange.reabank_outputs import write_outputs
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import NoteShape, Technique
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary
from composer_daw.techniques.writing import shown

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
FOUR = "Reaticulate has four groups"
MOST = 128
ONE_LINE = "in Reaticulate it is one line, without blanks at its ends"


def write_reabank(
    technique_map: TechniqueMap, vocabulary: Vocabulary | None = None
) -> tuple[str, tuple[Loss, ...]]:
    """Return a map as the text of a `.reabank` file with one bank, and what that does not carry.

    Techniques keep their numbers; others get the number that Reaticulate's manual recommends, or a free one.
    """
    writer = _Writer(technique_map, vocabulary or load_vocabulary())
    return writer.text(), tuple(writer.lost)


class _Writer:
    """Writes one map, and keeps what is lost on the way."""

    def __init__(self, technique_map: TechniqueMap, words: Vocabulary) -> None:
        self.map = technique_map
        self.words = words
        self.lost: list[Loss] = []
        self.kept, self.groups = self._fitting()
        self.numbers = self._numbers()
        self.own_names = self._own_names()

    def text(self) -> str:
        programs = [line for name in self.kept for line in self._program(name)]
        return "\n".join([*self._bank(), *programs]) + "\n"

    def _lose(self, what: object, why: str, *place: str) -> None:
        text = what if isinstance(what, str) else shown(what, self.map.middle_c)
        self.lost.append(Loss(": ".join(place), text if len(text) <= 200 else f"{text[:197]}...", why))

    def _groups(self, played: dict[str, Technique]) -> dict[str, int]:
        """Return the groups that can be kept, with their numbers, in the map's order."""
        used = [name for name in self.map.groups if any(one.group == name for one in played.values())]
        for name in self.map.groups:
            if name not in used:
                self._lose(name, "Reaticulate knows a group by its articulations", "groups", name)
        own = [GROUPS.index(name) + 1 for name in used if name in GROUPS]
        if len(own) == len(used) and own == sorted(own):
            return dict(zip(used, own, strict=True))
        for name, new in zip(used, GROUPS, strict=False):
            if name != new:
                why = "Reaticulate has numbers for groups, no names"
                self._lose(f"{name}; read back as {new}", why, "groups", name)
        for name in used[len(GROUPS) :]:
            self._lose(name, FOUR, "groups", name)
        return {name: number for number, name in enumerate(used[: len(GROUPS)], start=1)}

    def _fitting(self) -> tuple[dict[str, Technique], dict[str, int]]:
        """Return the techniques that a bank can hold, and their groups with their numbers."""
        kept = dict(self.map.techniques)

        def drop(names: Iterable[str], why: str) -> None:
            for name in names:
                self._lose(name, why, "techniques", name)
                del kept[name]

        lacking = [name for name, one in kept.items() if one.fallback and name not in self.map.playable()]
        drop(lacking, "the instrument lacks it, and Reaticulate has no fallbacks")
        drop(list(kept)[MOST:], f"Reaticulate has {MOST} articulations in a bank")
        groups = self._groups(kept)
        drop([name for name, one in kept.items() if one.group not in groups], FOUR)
        return kept, groups

    def _numbers(self) -> dict[str, int]:
        """Return a number for each technique: its own, a recommended one, a free one."""
        free = [*(number for number in range(128) if number not in NUMBERS.values()), *NUMBERS.values()]
        numbers: dict[str, int] = {}
        own = {name: one.trigger.program for name, one in self.kept.items() if one.trigger}
        for wished in (own, NUMBERS, dict.fromkeys(self.kept, -1)):
            for name in self.kept:
                number = wished.get(name)
                if name not in numbers and number is not None and (number in free or number < 0):
                    numbers[name] = number if number in free else free[0]
                    free = [one for one in free if one != numbers[name]]
        for name, technique in self.kept.items():
            had = technique.trigger
            if had is None or had.program != numbers[name]:
                what = f"{'none' if had is None else shown(had, self.map.middle_c)}; it gets {numbers[name]}"
                why = "in Reaticulate each articulation has a number of its own"
                self._lose(what, why, "techniques", name, "trigger")
            elif had.key is not None:
                why = "Reaticulate has no keys for articulations"
                self._lose(had, why, "techniques", name, "trigger")
        return numbers

    def _own_names(self) -> set[str]:
        """Return the techniques that their entry's name alone would not bring back."""
        own: set[str] = set()
        while True:
            entries = [
                Entry(
                    self._title(name),
                    technique.group,
                    self._named(name, own),
                    key=name if name in own else "",
                )
                for name, technique in self.kept.items()
            ]
            readings = [reading(entry, self.words, self._instrument()) for entry in entries]
            keys = keys_of(entries, readings, self.words)
            wrong = {
                name
                for name, key, plays in zip(self.kept, keys, readings, strict=True)
                if name not in own and (key != name or self._plays(key, plays) != self.kept[name].plays)
            }
            if not wrong:
                return own
            own |= wrong

    def _named(self, name: str, own: set[str]) -> dict[str, Any]:
        return {"plays": self.kept[name].plays} if name in own and self.kept[name].plays else {}

    @staticmethod
    def _plays(key: str, plays: tuple[str, ...]) -> tuple[str, ...]:
        return () if not plays or key == "+".join(plays) else plays

    def _instrument(self) -> str:
        return one_line(self.map.instrument) or "unnamed"

    def _title(self, name: str) -> str:
        return one_line(self.kept[name].title) or one_line(name)

    def _bank(self) -> Iterator[str]:
        (most, least), attributes = bank_of(self.map.source)
        if self.map.source and not attributes and (most, least) == ("*", "*"):
            self._lose(self.map.source, "in Reaticulate it is a comment", "source")
            yield f"// {one_line(self.map.source)}"
        for name, why in MAP_FIELDS.items():
            value = getattr(self.map, name)
            if value != TechniqueMap.model_fields[name].get_default():
                self._lose(value, why, name)
        if self._instrument() != self.map.instrument:
            self._lose(self.map.instrument, ONE_LINE, "instrument")
        identity = [f'id="{attributes["id"]}"'] if "id" in attributes else []
        line = [f'{key}="{value}"' for key, value in attributes.items() if key != "id"]
        off = self._off()
        line += [f"off={off}"] if off is not None else []
        if not self.map.chase:
            line.append("f=!chase")
        elif self.map.chase != DEFAULT_CHASE:
            line.append(f"chase={chase_of(self.map.chase)}")
        if self.map.requires_patch:
            line.append(f"m={self._text(self.map.requires_patch, 'requires_patch')}")
        yield from (f"//! {' '.join(part)}" for part in (line, identity) if part)
        yield f"Bank {most} {least} {self._instrument()}"

    def _off(self) -> int | None:
        """Return the number of the default that `off` names: where keys are held, or another than usual."""
        given = {name: {"group": one.group, "plays": one.plays} for name, one in self.kept.items()}
        usual = {group: usual_default(group, given, self.words) for group in self.groups}
        default = {group: self.map.groups[group].default for group in self.groups}
        holding = {
            one.group for one in self.kept.values() if any(getattr(a, "mode", "") == "hold" for a in one.on)
        }
        asked = [group for group in self.groups if group in holding or default[group] != usual[group]]
        chosen = next((group for group in asked if default[group] in self.kept), None)
        for group in self.groups:
            if default[group] != usual[group] and group != chosen:
                what = f"{default[group] or 'none'}; read back as {usual[group] or 'none'}"
                self._lose(what, "Reaticulate names one default for a bank", "groups", group, "default")
        return None if chosen is None else self.numbers[default[chosen]]

    def _program(self, name: str) -> Iterator[str]:
        technique = self.kept[name]
        for field, why in FIELDS.items():
            value = getattr(technique, field)
            if value != Technique.model_fields[field].get_default():
                self._lose(value, why, "techniques", name, field)
        title = self._title(name)
        if ("" if title == name else title) != technique.title != name:
            self._lose(technique.title or "none", ONE_LINE, "techniques", name, "title")
        icon = next((ICONS[part] for part in self.map.plays(name) if part in ICONS), PLAIN_ICON)
        color = next((word for word, color in COLORS.items() if color == technique.color), technique.color)
        line = [f"i={icon}"] if not technique.color else [f"c={color}", f"i={icon}"]
        group = self.groups[technique.group]
        line += [f"g={group}"] if group > 1 else []
        on, losses = fitted(technique, self.numbers)
        for row, action, why in losses:
            self._lose(action, why, "techniques", name, f"on[{row}]")
        line += ["f=toggle"] if any(getattr(action, "mode", "") == "toggle" for action in on) else []
        outputs = write_outputs(on, technique.channel, self.numbers)
        line += [f"o={outputs}"] if outputs else []
        line += [f"{key}={value}" for key, value in self._shape(name, technique.note).items()]
        if technique.setup:
            line.append(f"m={self._text(technique.setup, 'techniques', name, 'setup')}")
        if name in self.own_names:
            line.append(f"technique={encoded(name)}")
            if technique.plays:
                line.append(
                    "plays=" + "+".join(encoded(part).replace("+", "%2B") for part in technique.plays)
                )
        yield f"//! {' '.join(line)}"
        yield f"{self.numbers[name]} {title}"

    def _text(self, text: str, *place: str) -> str:
        value = quoted(text)
        if unquoted(value[1:-1]) != text:
            self._lose(text, "Reaticulate reads \\n and &quot; in a text as a line's end and a quote", *place)
        return value

    def _shape(self, name: str, note: NoteShape) -> dict[str, str]:
        attributes = shape_attributes(note)
        read: dict[str, Any] = {}
        for key, text in attributes.items():
            read |= SHAPES[key](text, read)
        again = NoteShape(**read)
        for field in NoteShape.model_fields:
            if getattr(again, field) != getattr(note, field):
                self._lose(getattr(note, field), SHAPE.get(field, LENGTHS), "techniques", name, "note", field)
        return attributes
