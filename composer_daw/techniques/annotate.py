"""Find the techniques of a score: its texts and markers, each in force until the next of its group."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

import numpy as np

from composer_daw.errors import TechniqueError
from composer_daw.performance import Performance, TechniqueSet, Text
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.vocabulary import Vocabulary, folded

TAG = re.compile(r"\[technique:([^\]]*)\]", re.IGNORECASE)
"""An explicit marker: `[technique:staccato]`, several joined by '+', or `[technique:default]`."""

AS_WRITTEN = "written"
"""The name that asks for the techniques that stand in the score."""

EARLY_S = 1e-4
"""A text this much after a note still counts for it: half a tick at most tempos."""


def annotate(performance: Performance, technique_map: TechniqueMap, vocabulary: Vocabulary) -> Performance:
    """Return the performance with the technique of each note, from the texts that name techniques.

    A text on a track that has notes speaks to that track; on any other (a tempo or marker track), to all.
    Texts that are understood are taken out of `texts`. Raises TechniqueError for a `[technique:...]` marker
    that names nothing known; other texts that are no techniques stay as they are.
    """
    read = [(text, _named(text, technique_map, vocabulary)) for text in performance.texts]
    directions = sorted(
        ((t, names) for t, names in read if names is not None), key=lambda pair: pair[0].time_s
    )
    notes = performance.notes
    table: dict[TechniqueSet, int] = {(): 0}
    technique = np.zeros(len(notes), np.uint16)
    playing = set(notes["track"].tolist())
    for track in playing:
        mine = np.flatnonzero(notes["track"] == track)
        heard = [
            (text, names) for text, names in directions if text.track == track or text.track not in playing
        ]
        sets = list(_in_force((names for _, names in heard), technique_map, vocabulary))
        times = np.array([text.time_s for text, _ in heard])
        index = np.array([table.setdefault(names, len(table)) for names in sets], np.uint16)
        technique[mine] = index[np.searchsorted(times, notes["onset_s"][mine] + EARLY_S, side="right")]
    annotated = performance.with_notes(technique=technique)
    kept = tuple(text for text, names in read if names is None)
    return dataclasses.replace(annotated, techniques=tuple(table), texts=kept)


def unread_texts(annotated: Performance, vocabulary: Vocabulary) -> list[tuple[Text, str]]:
    """Return the texts that name no technique, but nearly: each with the one it was most likely meant for."""
    left = [text for text in annotated.texts if text.kind != "lyric"]
    return [(text, near) for text in left if (near := vocabulary.near_miss(text.text))]


def check_techniques(text: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> TechniqueSet:
    """Return the techniques that a word or several joined by '+' stand for; raise TechniqueError."""
    if not text.strip():
        raise TechniqueError("an empty technique; name one, or 'written' for those of the score")
    names = (part.strip() for part in text.split("+"))
    return tuple(
        _checked(name, technique_map, vocabulary) for name in names if folded(name) not in ("", "default")
    )


def _checked(name: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> str:
    strokes = tuple(
        f"{piece}={stroke}" for piece, entry in technique_map.pieces.items() for stroke in entry.strokes
    )
    return vocabulary.check_name(name, (*technique_map.techniques, *strokes))


def _named(text: Text, technique_map: TechniqueMap, vocabulary: Vocabulary) -> TechniqueSet | None:
    """Return the techniques that a text names; None where it is about something else."""
    if text.kind == "lyric":
        return None
    if tag := TAG.search(text.text):
        try:
            return check_techniques(tag.group(1), technique_map, vocabulary) or ("default",)
        except TechniqueError as error:
            raise TechniqueError(f"marker at {text.time_s:.2f} s: {error}") from error
    name = vocabulary.name_for(text.text)
    return None if name is None else (name,)


def _in_force(
    directions: Iterable[TechniqueSet], technique_map: TechniqueMap, vocabulary: Vocabulary
) -> Iterable[TechniqueSet]:
    """Yield the set in force before the first direction, then after each."""
    force: dict[str, str] = {}
    yield ()
    for names in directions:
        if names == ("default",):
            force.clear()
        for name in names:
            group = _group(name, technique_map, vocabulary)
            if group is not None:
                over = vocabulary.techniques[name].ends if name in vocabulary.techniques else ()
                force = {g: other for g, other in force.items() if other not in over}
                force[group] = name
        yield tuple(force.values())


def _group(name: str, technique_map: TechniqueMap, vocabulary: Vocabulary) -> str | None:
    if "=" in name:
        return name.partition("=")[0]
    if name == "default":
        return None
    return vocabulary.group_of(name) or technique_map.techniques[name].group
