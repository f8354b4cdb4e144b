"""Take a part out of a score: notes by track, channel or program, and what belongs to them.

Numbers are as people count: tracks and channels from 1, programs as General MIDI lists them (41 is Violin).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from composer_daw.errors import InputError, did_you_mean
from composer_daw.events import Kind
from composer_daw.performance import Array, Performance

Mask = npt.NDArray[np.bool_]

EARLY_S = 1e-4
"""A program change this much after a note still counts for it: half a tick at most tempos."""


@dataclass(frozen=True)
class Selection:
    """Which notes are meant: those on one of the tracks, channels and programs; an empty kind means any."""

    tracks: tuple[str | int, ...] = ()
    """Names, or numbers from 1 in the order of the file."""
    channels: tuple[int, ...] = ()
    """1..16."""
    programs: tuple[int, ...] = ()
    """1..128: the program in force on the note's channel when it begins."""

    def __str__(self) -> str:
        """Return it in words."""
        kinds = (("track", self.tracks), ("channel", self.channels), ("program", self.programs))
        return ", ".join(f"{kind} {' or '.join(map(str, values))}" for kind, values in kinds if values)


def select_notes(performance: Performance, selection: Selection) -> Mask:
    """Return which notes are selected; raise InputError for a track that the score does not have."""
    notes = performance.notes
    chosen = np.ones(len(notes), np.bool_)
    if selection.tracks:
        numbers = [number for track in selection.tracks for number in track_numbers(performance, track)]
        chosen &= np.isin(notes["track"], numbers)
    if selection.channels:
        chosen &= np.isin(notes["channel"].astype(int) + 1, selection.channels)
    if selection.programs:
        chosen &= np.isin(programs_in_force(performance) + 1, selection.programs)
    return chosen


def track_numbers(performance: Performance, track: str | int) -> list[int]:
    """Return the tracks, from 0, that a name or a number from 1 stands for; raise InputError for none.

    Several tracks may share a name. Where no name is the same, upper and lower case count alike.
    """
    names = [one.name.strip() for one in performance.tracks]
    if isinstance(track, int):
        found = [track - 1] if 1 <= track <= len(names) else []
    else:
        wanted = track.strip()
        found = [number for number, name in enumerate(names) if name == wanted] or [
            number for number, name in enumerate(names) if name.casefold() == wanted.casefold()
        ]
    if not found:
        near = did_you_mean(track, filter(None, names)) if isinstance(track, str) else ""
        raise InputError(f"no track '{track}'{near}; the score has {track_list(performance)}")
    return found


def track_list(performance: Performance) -> str:
    """Return the tracks that hold notes, as "2 'Melody', 3 'Bass'"."""
    playing = np.unique(performance.notes["track"]).tolist()
    return ", ".join(f"{number + 1} '{performance.tracks[number].name.strip()}'" for number in playing)


def programs_in_force(performance: Performance) -> npt.NDArray[np.int64]:
    """Return the program, 0..127, in force at each note on its channel; 0 where none was sent before."""
    notes, controls = performance.notes, performance.controls
    programs = np.zeros(len(notes), np.int64)
    changes = controls[controls["kind"] == Kind.PROGRAM]
    for channel in np.unique(changes["channel"]):
        mine = changes[changes["channel"] == channel]
        rows = np.flatnonzero(notes["channel"] == channel)
        last = np.searchsorted(mine["time_s"], notes["onset_s"][rows] + EARLY_S, side="right") - 1
        programs[rows] = np.where(last >= 0, mine["number"][last], 0)
    return programs


def part_of(performance: Performance, chosen: Mask) -> Performance:
    """Return the chosen notes with the controls and texts that belong to them; tempo and tracks stay.

    A control belongs to notes of its own channel, on its own track or on none: one that stands on a track
    with no notes of that channel speaks to the whole channel. A text belongs to the notes of its track; on a
    track that holds no notes it speaks to all.
    """
    notes = performance.notes[chosen]
    tracks, playing = set(notes["track"].tolist()), set(performance.notes["track"].tolist())
    texts = tuple(text for text in performance.texts if text.track in tracks or text.track not in playing)
    theirs, mine = _places(performance.notes), _places(notes)
    channels = {channel for _, channel in mine}
    kept = [
        place in mine or (place[1] in channels and place not in theirs)
        for place in _pairs(performance.controls)
    ]
    controls = performance.controls[np.array(kept, np.bool_)]
    return dataclasses.replace(performance, notes=notes, controls=controls, texts=texts)


def _places(rows: Array) -> set[tuple[int, int]]:
    """Return the (track, channel) pairs of notes."""
    return set(_pairs(rows))


def _pairs(rows: Array) -> Iterable[tuple[int, int]]:
    return zip(rows["track"].tolist(), rows["channel"].tolist(), strict=True)
