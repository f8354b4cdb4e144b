"""When everything of a MusicXML page is: the seam to partitura, which unfolds repeats, ties and voices.

Times are beats (quarter notes) from the start, repeats played out. Notes and signs are the numbers that
`score_marks.read_page` put into the tree.
"""

from __future__ import annotations

import copy
import io
import warnings
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from xml.etree import ElementTree

from composer_daw.errors import InputError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

JUMPS = ("dacapo", "dalsegno", "segno", "coda", "tocoda", "fine")

Slurred = Literal["", "inside", "last"]
Metre = tuple[float, int, int]
Key = tuple[float, int, bool]
"""The beat of a key signature, its sharps as written (flats are negative), and whether it is minor."""


class TimedNote(NamedTuple):
    """A note as it is played, ties joined; `pitch` as it is written."""

    number: int
    beat: float
    end: float
    voice: int
    pitch: int
    is_grace: bool
    slurred: Slurred


class TimedPart(NamedTuple):
    """One part of the score: its id, its notes, signs (beat, number), metres (beat, top, bottom) and keys.

    `end` is the beat at which its last bar ends.
    """

    name: str
    notes: list[TimedNote]
    signs: list[tuple[float, int]]
    metres: tuple[Metre, ...]
    keys: tuple[Key, ...]
    end: float


def unfold(root: Element) -> list[TimedPart]:
    """Return the parts of a numbered `score-partwise` as they are played; raise InputError where none can.

    Repeats and jumps that only one part has count for all.
    """
    _agree(root)
    data = ElementTree.tostring(root, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # partitura warns of all that it passes over
        try:
            from partitura import score
            from partitura.io.importmusicxml import load_musicxml
        except ImportError as error:
            remedy = "install it by `pip install 'composer_daw[scores]'`"
            raise InputError(f"MusicXML is read by partitura, which is not here; {remedy}") from error
        try:
            parts = load_musicxml(io.BytesIO(data)).parts
            slurs = [_slurred(part) for part in parts]
            unfolded = [
                score.unfold_part_maximal(part, update_ids=False, ignore_leaps=False) for part in parts
            ]
            _check_alike(parts, unfolded)
            return [_timed(part, held) for part, held in zip(unfolded, slurs, strict=True)]
        except InputError:
            raise
        except Exception as error:  # it meets damage with errors of many kinds
            what = " ".join(str(error).split())[:120] or type(error).__name__
            raise InputError(f"cannot be played as it is written ({what}); export it again") from error


def _timed(part: Any, slurs: dict[str, set[str]]) -> TimedPart:
    from partitura import score

    start = float(part.quarter_map(part.first_point.t)) if part.first_point else 0.0
    notes = []
    for note in part.iter_all(score.GenericNote, include_subclasses=True):
        if isinstance(note, score.Rest) or note.tie_prev is not None:
            continue
        beats = part.quarter_map([note.start.t, note.end_tied.t]) - start  # an upbeat is below 0 there
        slurred: Slurred = (
            "last" if note.id in slurs["last"] else "inside" if note.id in slurs["inside"] else ""
        )
        is_grace = isinstance(note, score.GraceNote)
        notes.append(
            TimedNote(
                int(note.id),
                float(beats[0]),
                float(beats[1]),
                int(note.voice or 1),
                int(note.midi_pitch),
                is_grace,
                slurred,
            )
        )
    signs = [
        (float(part.quarter_map(one.start.t)) - start, int(one.text[1:]))
        for one in part.iter_all(score.Words)
        if one.text[1:].isdigit()
    ]
    notes.sort(key=lambda one: (one.beat, one.number))
    keys = tuple(
        (float(part.quarter_map(one.start.t)) - start, int(one.fifths or 0), one.mode == "minor")
        for one in part.iter_all(score.KeySignature)
    )
    end = float(part.quarter_map(part.last_point.t)) - start if part.last_point else 0.0
    return TimedPart(part.id, notes, sorted(signs), _metres(part, start), keys, end)


def _slurred(part: Any) -> dict[str, set[str]]:
    """Return the ids of the notes that slurs hold ("inside"), and of those that end one ("last")."""
    from partitura import score

    found: dict[str, set[str]] = {"inside": set(), "last": set()}
    notes = [note for note in part.iter_all(score.Note, include_subclasses=True) if note.tie_prev is None]
    slurs = [slur for slur in part.iter_all(score.Slur) if slur.start_note and slur.end_note]
    for slur in slurs:
        last = slur.end_note
        while last.tie_prev is not None:
            last = last.tie_prev
        voices, span = (slur.start_note.voice, last.voice), (slur.start_note.start.t, last.start.t)
        held = [note for note in notes if note.voice in voices and span[0] <= note.start.t <= span[1]]
        if len({(note.start.t, isinstance(note, score.GraceNote)) for note in held}) > 1:
            found["inside"] |= {note.id for note in held}
            found["last"] |= {note.id for note in held if note.start.t == span[1]}
    begins = {(slur.start_note.start.t, slur.start_note.voice) for slur in slurs}
    found["last"] -= {note.id for note in notes if (note.start.t, note.voice) in begins}
    return found


def _metres(part: Any, start: float) -> tuple[Metre, ...]:
    """Return the metres; an upbeat is a bar of its own, as long as it is."""
    from partitura import score

    found: dict[float, tuple[int, int]] = {}
    last = (0, 0)
    for one in part.iter_all(score.TimeSignature):
        metre = (int(one.beats), int(one.beat_type))
        if min(metre) > 0 and metre != last:
            found[float(part.quarter_map(one.start.t)) - start] = last = metre
    bars = [one for one in part.iter_all(score.Measure) if one.end is not None]
    if bars and 0.0 in found:
        top, bottom = found[0.0]
        length = float(part.quarter_map(bars[0].end.t)) - start
        upbeat = length * bottom / 4
        if 0 < upbeat < top and upbeat == round(upbeat) and len(bars) > 1:
            rest = {beat: metre for beat, metre in found.items() if beat > length}
            found = {0.0: (round(upbeat), bottom), length: found.get(length, (top, bottom)), **rest}
    if 0.0 not in found:
        found = {0.0: (4, 4), **found}
    return tuple((beat, *metre) for beat, metre in found.items())


def _check_alike(parts: list[Any], unfolded: list[Any]) -> None:
    """Raise InputError where parts of as many bars would be repeated differently: they would drift apart."""
    from partitura import score

    orders: dict[int, list[int]] = {}
    for part, played in zip(parts, unfolded, strict=True):
        bars = len(list(part.iter_all(score.Measure)))
        order = [one.number for one in played.iter_all(score.Measure)]
        if orders.setdefault(bars, order) != order:
            raise InputError("its parts are repeated differently; make their repeats the same")


def _agree(root: Element) -> None:
    """Give every part the repeats and jumps of all: some programs write them into the first only."""
    parts = [part.findall("measure") for part in root.findall("part")]
    for column in zip(*parts, strict=False):
        for found, add in ((_repeats, _add_repeats), (_jumps, _add_jumps)):
            most = max(column, key=lambda measure, found=found: len(found(measure)))  # type: ignore[misc]
            for measure in column:
                if len(found(measure)) < len(found(most)):
                    add(measure, most)


def _repeats(measure: Element) -> list[Element]:
    told = ("repeat", "ending")
    return [bar for bar in measure.findall("barline") if any(bar.find(tag) is not None for tag in told)]


def _add_repeats(measure: Element, model: Element) -> None:
    for barline in _repeats(measure):
        measure.remove(barline)
    for barline in _repeats(model):
        place = 0 if barline.get("location") == "left" else len(measure)
        measure.insert(place, copy.deepcopy(barline))


def _jumps(measure: Element) -> list[Element]:
    """Return the directions of a bar that jump, or are jumped to."""
    return [
        one
        for one in measure.findall("direction")
        if any(sound.get(jump) is not None for sound in one.findall("sound") for jump in JUMPS)
    ]


def _add_jumps(measure: Element, model: Element) -> None:
    """Add the jumps of another part's bar: before the notes what stands before its own, else at the end."""
    for direction in _jumps(measure):
        for sound in direction.findall("sound"):
            direction.remove(sound)
    first_note = next((place for place, one in enumerate(model) if one.tag == "note"), len(model))
    for direction in _jumps(model):
        early = list(model).index(direction) < first_note
        silent = ElementTree.Element("direction")
        words = ElementTree.SubElement(ElementTree.SubElement(silent, "direction-type"), "words")
        words.text = "(jump)"
        silent.extend(direction.findall("sound"))
        measure.insert(0 if early else len(measure), silent)
