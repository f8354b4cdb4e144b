"""What every note of a realization is: what was asked, what plays and why, and when."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from composer_daw.performance import TechniqueSet
from composer_daw.techniques.lines import Array
from composer_daw.techniques.resolve import Resolution, Rung, without
from composer_daw.techniques.sounding_together import Together

LABEL = np.dtype(
    [
        ("note", "i4"),  # the note's number in the score: track by track, in the order of the file
        ("track", "u2"),  # of the score, from 0
        ("pitch", "i2"),  # as written
        ("sent_pitch", "i2"),
        ("sounding_pitch", "i2"),
        ("velocity", "u1"),  # as sent
        ("channel", "u1"),  # as sent, 0..15
        ("instance", "u1"),  # which copy of the instrument plays it, from 0
        ("written_onset_s", "f8"),
        ("written_offset_s", "f8"),
        ("sounding_onset_s", "f8"),  # when it should be heard: the performed onset
        (
            "sounding_offset_s",
            "f8",
        ),  # as planned: the key is let go, the note has died away, or the next is slurred
        ("sent_onset_s", "f8"),  # earlier than it sounds, by the technique's latency
        ("sent_offset_s", "f8"),  # when the key is let go
        ("asked", "u2"),  # index into `Labels.resolutions`
        ("played", "u2"),  # index into `Labels.states`
        ("rung", "u1"),
        ("conflict", "?"),  # its technique gave way to one that sounds with it
        ("together", "u1"),  # a `Together`: how it was kept apart from those that sound with it
    ]
)


@dataclass(frozen=True)
class Labels:
    """A label for every note that is played, sorted by onset; `rows` has dtype `LABEL`."""

    rows: Array
    resolutions: tuple[Resolution, ...]
    states: tuple[TechniqueSet, ...]
    dropped: int = 0
    pieces: dict[int, tuple[str, str]] = dataclasses.field(default_factory=dict)
    """The drum that each written pitch stands for, and the stroke where none is asked for."""
    plays: dict[str, TechniqueSet] = dataclasses.field(default_factory=dict)
    """What each entry of the map is, in terms of the vocabulary, without what goes without saying."""
    defaults: TechniqueSet = ()
    """The entry of each group that goes without saying."""

    def asked_names(self) -> list[str]:
        """Return what each note asked for, techniques joined by '+'."""
        names = ["+".join(resolution.asked) or "default" for resolution in self.resolutions]
        return [names[number] for number in self.rows["asked"]]

    def played_names(self) -> list[str]:
        """Return what each note plays: its techniques but for the defaults, a drum's stroke, or "default"."""
        memory: dict[tuple[int, int, int], str] = {}
        keys = zip(*(self.rows[name].tolist() for name in ("asked", "played", "pitch")), strict=True)
        return [memory.get(key) or memory.setdefault(key, self._played(*key)) for key in keys]

    def _played(self, asked: int, played: int, pitch: int) -> str:
        resolution, state = self.resolutions[asked], self.states[played]
        entries = without(self.defaults, tuple(name for name in state if name))
        parts = [part for name in entries for part in self.plays.get(name, (name,))]
        if pitch in self.pieces:
            piece, usual = self.pieces[pitch]
            parts.append(f"{piece}={dict(resolution.strokes).get(piece, usual)}")
        return "+".join(dict.fromkeys(parts)) or "default"

    def together_names(self) -> list[str]:
        """Return how each note was kept apart from others that sound with it, in lower case; empty: alone."""
        names = {one.value: one.name.lower() if one else "" for one in Together}
        return [names[number] for number in self.rows["together"].tolist()]

    def reasons(self) -> list[str]:
        """Return for each note why it is not played as it was asked, or by whom; empty where it is."""
        memory: dict[tuple[int, int, int, int], str] = {}
        fields = ("asked", "together", "channel", "instance")
        keys = zip(*(self.rows[name].tolist() for name in fields), strict=True)
        return [memory[key] if key in memory else memory.setdefault(key, self._reason(*key)) for key in keys]

    def _reason(self, asked: int, together: int, channel: int, instance: int) -> str:
        moved = {
            Together.CHANNEL: f"on channel {channel + 1}, apart from what sounds with it",
            Together.INSTANCE: f"on instance {instance + 1}, apart from what sounds with it",
            Together.PRIORITY: "gives way to what sounds with it",
        }
        told = (self.resolutions[asked].why, moved.get(Together(together), ""))
        return "; ".join(part for part in told if part)

    def rung_names(self) -> list[str]:
        """Return the rung of each note, in lower case."""
        return [Rung(number).name.lower() for number in self.rows["rung"]]
