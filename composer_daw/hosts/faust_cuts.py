"""Strokes that later strokes cut short: the same key struck again, or a hi-hat that closes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from composer_daw.hosts.faust_declaration import ByValue, Declaration
from composer_daw.hosts.faust_gestures import NEVER
from composer_daw.hosts.faust_notes import Ints, Notes


@dataclass(frozen=True)
class Cuts:
    """Where each note is silent at the latest, and how long it fades before that, in samples."""

    stop: Ints
    fade: Ints

    def earlier(self, other: Cuts) -> Cuts:
        """Return, for each note, the cut that comes first."""
        mine = self.stop <= other.stop
        return Cuts(np.where(mine, self.stop, other.stop), np.where(mine, self.fade, other.fade))


def find_cuts(
    notes: Notes, first: npt.NDArray[np.bool_], declaration: Declaration, sample_rate: int
) -> Cuts | None:
    """Return what cuts the notes short, or None where the instrument knows no such thing.

    `first` marks the notes that begin a stroke. Strokes that begin at one instant do not cut each other.
    """
    restruck, choked = _restruck(notes, first, declaration), _choked(notes, first, declaration)
    found = [
        Cuts(begins + (fade := round(fade_s * sample_rate)), np.full(len(notes), fade))
        for begins, fade_s in ((restruck, declaration.restrike_s), (choked, declaration.choke_s))
        if begins is not None
    ]
    return None if not found else found[0] if len(found) == 1 else found[0].earlier(found[1])


def _restruck(notes: Notes, first: npt.NDArray[np.bool_], declaration: Declaration) -> Ints | None:
    restrikes = declaration.restrikes
    if isinstance(restrikes, ByValue):
        kind = restrikes.places(notes.lanes)
        return _later(notes, first, kind, np.asarray(restrikes.values, dtype=np.int64)[kind])
    if restrikes is False:
        return None
    return _later(notes, first, notes.pitch, np.full(len(notes), int(restrikes)))


def _choked(notes: Notes, first: npt.NDArray[np.bool_], declaration: Declaration) -> Ints | None:
    if declaration.chokes is None:
        return None
    group = np.asarray(declaration.chokes.values)[declaration.chokes.places(notes.lanes)]
    begins = _later(notes, first, group, np.ones(len(notes), dtype=np.int64))
    return np.asarray(np.where(group > 0, begins, NEVER), dtype=np.int64)


def _later(notes: Notes, first: npt.NDArray[np.bool_], kind: Ints, count: Ints) -> Ints:
    """Return the onset of the `count`-th later stroke of each note's channel and kind, NEVER without one."""
    span = int(notes.onset.max(initial=0)) + 1
    place = (notes.channel * (int(kind.max(initial=0)) + 1) + kind) * span
    begins = np.sort((place + notes.onset)[first])
    at = np.searchsorted(begins, place + notes.onset, side="right") + count - 1
    found = np.append(begins, -1)[np.minimum(at, len(begins))] - place
    return np.asarray(np.where((found >= 0) & (found < span), found, NEVER), dtype=np.int64)
