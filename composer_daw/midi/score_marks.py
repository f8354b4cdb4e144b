"""What a MusicXML page says beside its notes: marks on them, and directions between them.

Notes and directions are numbered in the tree, so that whoever works out their times can be asked which is
which. Names are those of the vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MARKS = {
    "staccato": "staccato",
    "staccatissimo": "staccatissimo",
    "tenuto": "tenuto",
    "detached-legato": "portato",
    "spiccato": "spiccato",
    "accent": "accent",
    "strong-accent": "marcato",
    "scoop": "scoop",
    "doit": "doit",
    "falloff": "fall",
    "trill-mark": "trill",
    "mordent": "mordent",
    "inverted-mordent": "mordent",
    "shake": "shake",
    "turn": "ornament",
    "inverted-turn": "ornament",
    "delayed-turn": "ornament",
    "delayed-inverted-turn": "ornament",
    "vertical-turn": "ornament",
    "up-bow": "bow_up",
    "down-bow": "bow_down",
    "snap-pizzicato": "snap_pizzicato",
    "double-tongue": "double_tongue",
    "triple-tongue": "triple_tongue",
    "hammer-on": "hammer_on",
    "pull-off": "pull_off",
    "bend": "bend",
    "brass-bend": "bend",
    "tap": "tap",
}
"""Elements of articulations, ornaments and technical marks, and the technique that each asks for."""

STARTS = {"glissando": "glissando", "slide": "glissando", "hammer-on": "hammer_on", "pull-off": "pull_off"}
"""Elements that lead from one note to another: the first is played so."""

STROKES = (
    "staccato",
    "staccatissimo",
    "tenuto",
    "portato",
    "spiccato",
    "trill",
    "tremolo",
    "measured_tremolo",
    "legato",
)
"""What a bow does: of no meaning while the strings are plucked ..."""

ALWAYS_BOWED = ("trill", "tremolo", "measured_tremolo")
"""... but for these, which are bowed even there: someone forgot to write arco."""

LOUDNESS = {
    "pppppp": 10, "ppppp": 12, "pppp": 16, "ppp": 24, "pp": 36, "p": 49, "mp": 64, "mf": 80, "f": 96,
    "ff": 112, "fff": 122, "ffff": 125, "fffff": 126, "ffffff": 127, "n": 1, "fp": 49, "pf": 96, "sfp": 49,
    "sfpp": 36, "sfzp": 49,
}  # fmt: skip
"""The velocity from a dynamic mark on; p, mf, f and ff as most notation programs play them."""

SUDDEN = {mark: "sforzando" for mark in ("sf", "sfz", "sffz", "fz", "rf", "rfz", "sfp", "sfpp", "sfzp")} | {
    "fp": "fortepiano"
}
"""Dynamic marks that speak to the notes they stand at, and the technique that they ask for."""

FORTE = 90
"""The velocity of which MusicXML's `dynamics` attributes are percentages."""

SHOWN = ("touching-pitch", "sounding-pitch")
"""Notes of a harmonic that are not themselves played."""

BOWED = re.compile(r"viol|\bvla|\bvc|cell|bass|string|geige|bratsche|alto\b", re.IGNORECASE)
BEATS = {"whole": 4.0, "half": 2.0, "quarter": 1.0, "eighth": 0.5, "16th": 0.25, "32nd": 0.125}


@dataclass(frozen=True)
class NoteMarks:
    """What is written on one note; `pitch` stands for an unpitched one, `velocity` where it has its own."""

    techniques: tuple[str, ...] = ()
    shift: int = 0
    """Semitones from the written to the sounding pitch of the part."""
    pitch: int | None = None
    velocity: int | None = None
    silent: bool = False
    """A cue, or a note that only shows where to touch the string."""
    in_chord: bool = False
    fermata: bool = False
    lyric: str = ""


@dataclass
class Sign:
    """A direction: words, a dynamic, the begin or end of a hairpin, a tempo, the pedal."""

    words: list[str] = field(default_factory=list)
    rehearsal: list[str] = field(default_factory=list)
    velocity: int | None = None
    sudden: str = ""
    wedges: list[tuple[str, str]] = field(default_factory=list)
    """(number, "crescendo", "diminuendo" or "stop")."""
    bpm: float | None = None
    pedal: str = ""


@dataclass
class Page:
    """All marks and signs, by the numbers that were put into the tree, and the names of the parts."""

    notes: list[NoteMarks] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)


def read_page(root: Element) -> Page:
    """Read the marks of a `score-partwise` and number its notes (`id`) and directions (their words)."""
    page = Page()
    for entry in root.iter("score-part"):
        page.parts[entry.get("id", "")] = (entry.findtext("part-name") or "").strip()
    drums = {one.get("id", ""): one.findtext("midi-unpitched") for one in root.iter("midi-instrument")}
    for part in root.findall("part"):
        shift, is_bowed = 0, bool(BOWED.search(page.parts.get(part.get("id", ""), "")))
        for measure in part.findall("measure"):
            for place, element in enumerate(list(measure)):
                if element.tag == "attributes":
                    shift = _transposition(element, shift)
                elif element.tag == "note":
                    element.attrib.pop("ID", None)
                    element.set("id", str(len(page.notes)))
                    page.notes.append(_note_marks(element, shift, drums, is_bowed))
                elif element.tag in ("direction", "sound"):
                    measure[place] = _numbered(element, page)
    return page


def _transposition(attributes: Element, shift: int) -> int:
    transpose = attributes.find("transpose")
    if transpose is None:
        return shift
    return _whole(transpose.findtext("chromatic")) + 12 * _whole(transpose.findtext("octave-change"))


def _note_marks(note: Element, shift: int, drums: dict[str, str | None], is_bowed: bool) -> NoteMarks:
    instrument = note.find("instrument")
    drum = drums.get(instrument.get("id", "")) if instrument is not None else None
    percent = _figure(note.get("dynamics"))
    return NoteMarks(
        tuple(dict.fromkeys(_techniques(note, is_bowed))),
        shift,
        _whole(drum) - 1 if drum and note.find("unpitched") is not None else None,
        None if percent is None else round(min(max(percent * FORTE / 100, 1), 127)),
        note.find("cue") is not None or any(note.find(f".//{tag}") is not None for tag in SHOWN),
        note.find("chord") is not None,
        note.find("notations/fermata") is not None,
        "-".join(filter(None, (one.text for one in note.findall("lyric/text")))),
    )


def _techniques(note: Element, is_bowed: bool) -> Iterator[str]:
    """Yield the techniques that a note's own notations ask for; slurs are told of elsewhere."""
    for notations in note.findall("notations"):
        for family in ("articulations", "ornaments", "technical"):
            for mark in notations.findall(f"{family}/*"):
                yield from _of_mark(mark, is_bowed)
        for tag, name in STARTS.items():
            if any(one.get("type") == "start" for one in notations.findall(tag)):
                yield name


def _of_mark(mark: Element, is_bowed: bool) -> Iterator[str]:
    if mark.tag == "tremolo":
        is_slow = mark.get("type", "single") == "single" and 0 < _whole(mark.text) < 3
        yield "measured_tremolo" if is_slow else "tremolo"
    elif mark.tag == "harmonic":
        kind = next((kind for kind in ("natural", "artificial") if mark.find(kind) is not None), None)
        yield f"{kind}_harmonics" if kind else "harmonics"
    elif mark.tag == "stopped":  # a plus: the left hand plucks, or the hand stops the horn
        yield "left_hand_pizzicato" if is_bowed else "stopped"
    elif mark.tag in STARTS:
        if mark.get("type", "start") == "start":
            yield STARTS[mark.tag]
    elif mark.tag in MARKS:
        yield MARKS[mark.tag]


def _numbered(element: Element, page: Page) -> Element:
    """Keep what a direction says under its number, and return one that has only that, and its sounds."""
    from xml.etree.ElementTree import Element, SubElement

    sounds = element.findall("sound") if element.tag == "direction" else [element]
    kinds = element.findall("direction-type")
    replaced = Element("direction")
    SubElement(SubElement(replaced, "direction-type"), "words").text = f"#{len(page.signs)}"
    page.signs.append(_sign(kinds, sounds))
    for sound in sounds:
        for own in ("tempo", "dynamics"):
            sound.attrib.pop(own, None)
        replaced.append(sound)
    return replaced


def _sign(kinds: list[Element], sounds: list[Element]) -> Sign:
    sign = Sign()
    for kind in kinds:
        for element in kind:
            _read(element, sign)
    for sound in sounds:
        percent, bpm = _figure(sound.get("dynamics")), _figure(sound.get("tempo"))
        if percent is not None:
            sign.velocity = round(min(max(percent * FORTE / 100, 1), 127))
        if bpm is not None and bpm > 0:
            sign.bpm = bpm
        plucked = sound.get("pizzicato")
        if plucked in ("yes", "no") and not sign.words:
            sign.words.append("pizz." if plucked == "yes" else "arco")
    return sign


def _read(element: Element, sign: Sign) -> None:
    text = " ".join((element.text or "").split())
    if element.tag == "words" and text:
        sign.words.append(text)
    elif element.tag == "rehearsal" and text:
        sign.rehearsal.append(text)
    elif element.tag == "dynamics":
        for mark in element:
            name = (mark.text or "").strip() if mark.tag == "other-dynamics" else mark.tag
            sign.velocity = LOUDNESS.get(name, sign.velocity)
            sign.sudden = SUDDEN.get(name, sign.sudden)
    elif element.tag == "wedge":
        sign.wedges.append((element.get("number", "1"), element.get("type", "")))
    elif element.tag == "metronome":
        sign.bpm = _bpm(element) or sign.bpm
    elif element.tag == "pedal":
        sign.pedal = element.get("type", "")
    elif element.tag == "string-mute":
        sign.words.append("senza sord." if element.get("type") == "off" else "con sord.")


def _bpm(metronome: Element) -> float | None:
    """Return the quarters a minute of a metronome mark; None for one that compares two notes."""
    per_minute = re.search(r"\d+(\.\d+)?", metronome.findtext("per-minute") or "")
    unit = BEATS.get(metronome.findtext("beat-unit") or "")
    if per_minute is None or unit is None or float(per_minute[0]) <= 0:
        return None
    dots = len(metronome.findall("beat-unit-dot"))
    return float(per_minute[0]) * unit * (2 - 0.5**dots)


def _whole(text: str | None) -> int:
    return round(_figure(text) or 0)


def _figure(text: str | None) -> float | None:
    """Return a number as it is written, or None for what is none."""
    found = re.fullmatch(r"\s*([-+]?\d{1,9}(\.\d{1,9})?)\s*", text or "")
    return float(found[1]) if found else None
