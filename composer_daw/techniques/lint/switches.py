"""Checks of a technique map: keys and strokes that are taken, alike, or not told well enough."""

from __future__ import annotations

from collections.abc import Iterator

from composer_daw.techniques.actions import Keyswitch
from composer_daw.techniques.lint.subject import Subject, Told

NOTE_KEYS = {"range", "keyswitch", "pitch", "pitch_range", "key", "play", "written"}
"""The keys of a map whose values are notes; strokes of drums are, too."""


def keyswitch_in_range(subject: Subject) -> Iterator[Told]:
    """Find keyswitches among the notes that the instrument plays: a note would switch."""
    known, kind = subject.technique_map, "keyswitch-in-range"
    switches = [(place, action) for place, action in subject.actions if isinstance(action, Keyswitch)]
    if switches and not known.pieces and "range" not in known.model_fields_set:
        problem = "the range is not said, so every keyswitch lies among the notes that are played"
        yield Told((), problem, "write `range`, the lowest and the highest note", kind, "hint")
        return
    note_channels = {*known.channels, *(one.channel for one in known.techniques.values() if one.channel)}
    heard = _played(subject)
    for place, action in switches:
        for key in action.keyswitch if not action.channel or action.channel in note_channels else ():
            if key in heard:
                problem = f"keyswitch {subject.note_name(key)} lies inside {heard[key]}"
                yield Told((*place, "keyswitch"), problem, "move the one or narrow the other", kind)


def _played(subject: Subject) -> dict[int, str]:
    """Return every pitch that notes are sent at, and what it is part of."""
    known = subject.technique_map
    low, high = known.range
    heard: dict[int, str] = {}
    for name, technique in subject.techniques.items():
        first, last = technique.note.pitch_range
        if (first, last) != (None, None):
            ends = (low if first is None else first), (high if last is None else last)
            moved = range(ends[0] + technique.note.transpose, ends[1] + technique.note.transpose + 1)
            heard |= dict.fromkeys(moved, f"the pitch range of {name}")
    for piece, entry in known.pieces.items():
        heard |= {stroke.play: f"the drums, as {piece}={name}" for name, stroke in entry.strokes.items()}
    if "range" in known.model_fields_set or not known.pieces:
        heard |= dict.fromkeys(range(low, high + 1), "the playable range")
    return heard


def same_actions(subject: Subject) -> Iterator[Told]:
    """Find techniques that are switched on alike, on the same notes: they sound alike."""
    seen: dict[object, str] = {}
    for name, technique in subject.techniques.items():
        if technique.on or technique.channel:
            told = (technique.on, technique.off, technique.channel, technique.when)
            if (twin := seen.setdefault(told, name)) != name:
                remedy = f"give it a switch of its own, or none and `fallback: [{twin}]`"
                problem = f"switched on exactly as {twin}; the two cannot sound different"
                yield Told(("techniques", name, "on"), problem, remedy, "same-actions")


def toggle_start(subject: Subject) -> Iterator[Told]:
    """Find toggles of which nobody knows whether they are on at the start."""
    for place, action in subject.actions:
        if isinstance(action, Keyswitch) and action.mode == "toggle" and action.starts is None:
            problem = "a toggle of which it is not said whether it is on at the start"
            yield Told(place, problem, "write `starts: off` or `starts: on`", "toggle-start")


def octave_names(subject: Subject) -> Iterator[Told]:
    """Find note names in a map that does not say which C is middle C: libraries differ by an octave."""
    if "middle_c" in subject.technique_map.model_fields_set:
        return
    for location, place in subject.places.items():
        words = [part for part in location if isinstance(part, str)]
        of_notes = words[-1] in NOTE_KEYS or (words[0] == "pieces" and len(words) == 3)
        letter = (place.text or "").strip()[:1].lower()
        if of_notes and "labels" not in words and letter in tuple("abcdefg"):
            problem = f"'{place.text}' is an octave higher or lower where middle C is called otherwise"
            remedy = "write `middle_c: C4` (or C3, C5) at the top, or numbers for notes"
            yield Told(location, problem, remedy, "octave-names", "hint")
            return


def drums(subject: Subject) -> Iterator[Told]:
    """Find strokes of a drum that are alike, and notes that two drums are written as."""
    written: dict[int, str] = {}
    for name, piece in subject.technique_map.pieces.items():
        seen: dict[object, str] = {}
        for stroke, entry in piece.strokes.items():
            if (twin := seen.setdefault((entry.play, entry.velocity), stroke)) != stroke:
                problem = f"played exactly as {twin}; the two cannot sound different"
                yield Told(("pieces", name, stroke), problem, "give it a key of its own", "same-actions")
        for pitch in piece.written:
            if (other := written.setdefault(pitch, name)) != name:
                problem = f"{subject.note_name(pitch)} ({pitch}) is written for {other}, too"
                yield Told(("pieces", name, "written"), problem, "leave it to one of the two", "unreachable")
