"""What of a technique map goes into a Reaticulate bank, and under which groups, numbers and names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from composer_daw.techniques.interchange.conversion import Loss, usual_default
from composer_daw.techniques.interchange.entries import Entry, keys_of, reading
from composer_daw.techniques.interchange.reabank_notation import GROUPS, one_line
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Technique
from composer_daw.techniques.vocabulary import Vocabulary
from composer_daw.techniques.writing import shown

NUMBERS = {
    "sustain": 1,
    "con_sordino": 7,
    "marcato": 9,
    "tremolo": 11,
    "sul_tasto": 17,
    "flautando": 17,
    "legato": 20,
    "staccato": 40,
    "spiccato": 42,
    "pizzicato": 56,
}
"""The numbers that its manual recommends, so that sketches play on any bank."""


FOUR = "Reaticulate has four groups"
MOST = 128


class BankPlan:
    """The techniques that a bank can hold, with their groups and numbers; and what is lost by that."""

    def __init__(self, technique_map: TechniqueMap, words: Vocabulary) -> None:
        """Decide all that; `words` tell which techniques their name alone brings back."""
        self.map = technique_map
        self.words = words
        self.lost: list[Loss] = []
        self.instrument = one_line(technique_map.instrument) or "unnamed"
        self.kept, self.groups = self._fitting()
        self.numbers = self._numbers()
        self.own_names = self._own_names()

    def lose(self, what: object, why: str, *place: str) -> None:
        """Keep a loss; `place` are the keys that lead there."""
        text = what if isinstance(what, str) else shown(what, self.map.middle_c)
        self.lost.append(Loss(": ".join(place), text if len(text) <= 200 else f"{text[:197]}...", why))

    def _groups(self, played: dict[str, Technique]) -> dict[str, int]:
        """Return the groups that can be kept, with their numbers, in the map's order."""
        used = [name for name in self.map.groups if any(one.group == name for one in played.values())]
        for name in self.map.groups:
            if name not in used:
                self.lose(name, "Reaticulate knows a group by its articulations", "groups", name)
        own = [GROUPS.index(name) + 1 for name in used if name in GROUPS]
        if len(own) == len(used) and own == sorted(own):
            return dict(zip(used, own, strict=True))
        for name, new in zip(used, GROUPS, strict=False):
            if name != new:
                why = "Reaticulate has numbers for groups, no names"
                self.lose(f"{name}; read back as {new}", why, "groups", name)
        for name in used[len(GROUPS) :]:
            self.lose(name, FOUR, "groups", name)
        return {name: number for number, name in enumerate(used[: len(GROUPS)], start=1)}

    def _fitting(self) -> tuple[dict[str, Technique], dict[str, int]]:
        """Return the techniques that a bank can hold, and their groups with their numbers."""
        kept = dict(self.map.techniques)

        def drop(names: Iterable[str], why: str) -> None:
            for name in names:
                self.lose(name, why, "techniques", name)
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
                self.lose(what, why, "techniques", name, "trigger")
            elif had.key is not None:
                why = "Reaticulate has no keys for articulations"
                self.lose(had, why, "techniques", name, "trigger")
        return numbers

    def _own_names(self) -> set[str]:
        """Return the techniques that their entry's name alone would not bring back."""
        own: set[str] = set()
        while True:
            entries = [
                Entry(
                    self.title(name),
                    technique.group,
                    self._named(name, own),
                    key=name if name in own else "",
                )
                for name, technique in self.kept.items()
            ]
            readings = [reading(entry, self.words, self.instrument) for entry in entries]
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

    def title(self, name: str) -> str:
        """Return the name that an articulation gets."""
        return one_line(self.kept[name].title) or one_line(name)

    def off(self) -> int | None:
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
                self.lose(what, "Reaticulate names one default for a bank", "groups", group, "default")
        return None if chosen is None else self.numbers[default[chosen]]
