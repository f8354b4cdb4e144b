"""SFZ instruments as technique maps: their keyswitches, held keys and controllers.

Where sfizz and other players differ, sfizz is followed, which plays SFZ here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from composer_daw.errors import DocumentError
from composer_daw.sfz_text import read_sfz_text
from composer_daw.techniques.interchange.conversion import Conversion, Entry, Loss, map_of_entries
from composer_daw.techniques.interchange.sfz_choices import Choices, Instrument, by_samples, labelled
from composer_daw.techniques.interchange.sfz_regions import HELD, LAST, RESTING, Span, figure_of
from composer_daw.techniques.naming import read_name
from composer_daw.techniques.pitch_names import name_of
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

LONGEST, MOST_HEADERS = 10_000_000, 50_000
"""How many characters an instrument may have with all its includes, and how many headers."""

PEDALS = (64, 65, 66, 67, 68, 69)
"""Controllers that scores play themselves."""

STARTS = {7: 100, 10: 64, 11: 127}
"""Where sfizz has controllers before anything is sent, if not at 0."""


def read_sfz(path: str | Path, vocabulary: Vocabulary | None = None) -> Conversion:
    """Return the map of an SFZ instrument; raise DocumentError with file, line and remedy.

    Includes may not leave the folder of the file. A setting without a label is named by the words that only
    the names of its samples have; that, and what a map has no place for, are losses.
    """
    source = read_sfz_text(path, confined=True, longest=LONGEST)
    if source.text.count("<") > MOST_HEADERS:
        raise DocumentError(f"{path}: more than {MOST_HEADERS:,} headers; give a smaller instrument")
    instrument = Instrument(source, samples=False)
    if any(len(labelled(choices)) < len(choices) for choices in instrument.switches.values()):
        instrument = Instrument(source, samples=True)
    groups = list(_groups(instrument, vocabulary or load_vocabulary()))
    losses = instrument.survey.losses
    if not groups:
        losses += (Loss(source.place(0), source.path.name, "no switches: it has one way of playing"),)
    return map_of_entries(
        source.path.stem,
        [entry for group in groups for entry in group.entries],
        source=source.path.name,
        vocabulary=vocabulary,
        groups=[group.name for group in groups],
        defaults={group.name: group.default for group in groups if group.default},
        losses=losses,
        range=instrument.pitches,
    )


@dataclass(frozen=True)
class _Group:
    """A switch on its way to a group of the map."""

    name: str
    entries: list[Entry]
    default: str
    """The label of the entry that is in force at first, if any."""


def _groups(instrument: Instrument, words: Vocabulary) -> Iterator[_Group]:
    """Yield a group for each switch that tells techniques, keyswitches first; say what is left out."""
    control, taken = instrument.survey.control, set[str]()
    for kind in sorted(instrument.switches, key=lambda kind: (kind != LAST, kind != HELD)):
        choices = _told(kind, instrument, words)
        if not choices:
            continue
        usual = {LAST: "articulation", HELD: "held keys"}
        name = usual.get(kind) or control.get(f"label_{kind}") or kind
        name = f"{name} ({kind})" if name in taken else name
        taken.add(name)
        entries = list(_entries(kind, name, choices, instrument))
        default = _start(kind, choices, instrument)
        if kind == HELD and (entry := _resting(name, choices, instrument)):
            entries, default = [entry, *entries], RESTING
        yield _Group(name, entries, default)


def _told(kind: str, instrument: Instrument, words: Vocabulary) -> Choices:
    """Return the settings of a switch that tell techniques; what else it tells is lost."""
    survey, choices = instrument.survey, instrument.switches[kind]
    if kind in (LAST, RESTING):
        return choices if kind == LAST else {}
    if kind == HELD:
        low, high = instrument.pitches
        told = {span: choice for span, choice in choices.items() if not low <= span[0] <= high}
        why = "a key that is played, too: a technique told by the notes before"
    else:
        why = _no_switch(int(kind[2:]), choices, words)
        told = {} if why else choices
    for span, choice in choices.items():
        if span not in told:
            survey.lose(choice.offset, *_stated(kind, span), why)
    return told


def _no_switch(controller: int, choices: Choices, words: Vocabulary) -> str:
    """Return why the settings of a controller are no techniques, or nothing."""
    if controller in PEDALS:
        return "a pedal, which scores play themselves"
    spans = sorted(choices)
    if len(spans) < 2 or any(low <= before for (_, before), (low, _) in pairwise(spans)):
        return "layers of a controller that sound together, no switch"
    named = labelled(choices)
    guesses = by_samples(choices)
    for span in spans:
        if span not in named and not (span in guesses and read_name(guesses[span], words).techniques):
            return "layers of a controller without names; where they are techniques, add them by hand"
    return ""


def _entries(kind: str, group: str, choices: Choices, instrument: Instrument) -> Iterator[Entry]:
    named, guesses = labelled(choices), by_samples(choices)
    for span, choice in choices.items():
        place = instrument.survey.source.place(choice.offset)
        title = named.get(span) or guesses.get(span) or f"keyswitch {name_of(span[0])}"
        if span not in named:
            why = "no label; named after its samples" if span in guesses else "no label; named after its key"
            instrument.survey.lose(choice.offset, *_stated(kind, span), why)
        others = list(choice.labels.get("sw_label", ()))[1:] if span in named else []
        for label in others:
            instrument.survey.lose(choice.offset, "sw_label", label, "another label of the same switch")
        technique: dict[str, Any] = {"on": [_action(kind, span)]}
        if (choice.low, choice.high) != instrument.pitches:
            technique["when"] = {"pitch": [choice.low, choice.high]}
        yield Entry(title, group, technique, label="=".join(_stated(kind, span)), place=place)


def _resting(group: str, choices: Choices, instrument: Instrument) -> Entry | None:
    """Return what sounds while none of the keys is held, where it has a name."""
    resting = instrument.switches.get(RESTING, {})
    for span, title in labelled(resting).items():
        if span in choices:
            place = instrument.survey.source.place(resting[span].offset)
            return Entry(title, group, label=RESTING, place=place)
    return None


def _start(kind: str, choices: Choices, instrument: Instrument) -> str:
    """Return the label of what is in force before anything is sent, or nothing."""
    survey = instrument.survey
    at: float | None = survey.default
    if kind not in (LAST, HELD):
        said = figure_of(survey.control.get(f"set_{kind}", ""))
        at = STARTS.get(int(kind[2:]), 0) if said is None else said
    told = (span for span in choices if kind != HELD and at is not None and span[0] <= at <= span[1])
    return next(("=".join(_stated(kind, span)) for span in told), "")


def _action(kind: str, span: Span) -> dict[str, Any]:
    if kind in (LAST, HELD):
        return {"keyswitch": [span[0]]} | ({"mode": "hold"} if kind == HELD else {})
    return {"cc": int(kind[2:]), "value": sum(span) // 2}


def _stated(kind: str, span: Span) -> tuple[str, str]:
    """Return a setting as an SFZ says it, an opcode and its value."""
    if kind in (LAST, HELD):
        return "sw_last" if kind == LAST else "sw_down", str(span[0])
    return f"lo{kind}", f"{span[0]} hi{kind}={span[1]}"
