"""Phrases begin slow and soft, quicken and swell, and slow down at their end."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.phrases import Phrases, find_phrases
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.performance import Floats


class Arch(BaseModel):
    """The arch over the groups of one level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Annotated[int, Field(ge=0)]
    """Of `Phrases.levels`: 0 are the longest groups."""
    k: FiniteFloat = 1.0
    """The strength of this arch beside the others."""
    turn: FiniteFloat = 2.0
    """Where the arch turns, from the start of the group, or in "ms" from its last note back."""
    turn_in: Literal["share", "notes", "ms"] = "notes"
    acc: FiniteFloat = 1.0
    """What the start is multiplied with."""
    next: FiniteFloat = 1.0
    """What the end is multiplied with where a group of the level above ends too."""
    two_next: FiniteFloat = 1.0
    """The same where one of two levels above ends."""
    last: FiniteFloat = 1.0
    """What the lengthening of the last note is multiplied with."""
    amp: FiniteFloat = 1.0
    power: Annotated[FiniteFloat, Field(gt=0)] = 2.0


DEFAULT_ARCHES = (
    Arch(level=1, turn=0.3, turn_in="share", next=1.3, amp=2.0),
    Arch(level=2, turn=2.0, turn_in="notes", amp=2.0, last=0.2),
)
"""The two arches of default.pal; its levels 5 and 6 are ours 1 and 2 (four and two bars)."""


class PhraseArch(Rule):
    """Shape each group: dr *= 1 + d, L -= l dB.

    From its first note (t0) to the turn d falls from 0.10 k acc to 0, l from 0.5 k amp acc to 0, as (1 -
    x)^power; from there to its last note (t1) d rises to 0.20 k, l to 1.0 k amp, as x^power; x is the share
    of the way in written time. `next` and `two_next` raise an end that ends a higher group too, `last`
    changes d of the last note alone. Where k is below 0 everything is turned round. Notes are those of all
    lines but drums together, and drums follow. Source: Director Musices, `phrase-arch` (phrasearch.lsp); see
    A. Friberg, "Matching the rule parameters of phrase arch to performances of Traumerei", STL-QPSR 1995.
    """

    name: Literal["phrase_arch"] = "phrase_arch"
    arches: tuple[Arch, ...] = DEFAULT_ARCHES
    phrases: tuple[tuple[FiniteFloat, ...], ...] = ()
    """The starts of the groups of each level in quarter notes, and the end; empty: found from the score."""

    @field_validator("phrases")
    @classmethod
    def _rising(cls, phrases: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        for level in phrases:
            if len(level) < 2 or any(later <= earlier for earlier, later in pairwise(level)):
                raise ValueError("the starts of groups and their end must rise, and be two numbers or more")
        return phrases

    def draw(self, lines: Lines, rng: np.random.Generator) -> Self:
        """Return the rule with the phrases of the score, unless they are given."""
        if self.phrases:
            return self
        found = find_phrases(lines)
        return self.over(found) if found.end else self

    def over(self, phrases: Phrases) -> Self:
        """Return the rule over these phrases."""
        levels = tuple(tuple([*starts.tolist(), phrases.end]) for starts in phrases.levels)
        return self.model_copy(update={"phrases": levels})

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration and level."""
        if not len(lines):
            return Changes.none(0)
        phrases = self._phrases(lines)
        onset, dr, rest = (lines.chords[one].astype(float) for one in ("onset_ms", "dr_ms", "rest_ms"))
        pitched = onset[~lines.is_drum]
        music = np.unique(pitched if len(pitched) else onset)
        longer, softer = np.zeros(len(lines)), np.zeros(len(lines))
        for arch in self.arches:
            if arch.level < len(phrases.levels):
                shape = _Shape(arch, phrases, music, lines)
                longer += arch.k * (dr * shape.slower(onset) + rest * shape.slower(onset + dr, rest=True))
                softer += arch.k * arch.amp * shape.softer(onset)
        return Changes.of(len(lines), duration_ms=self.k * longer, level_db=-self.k * softer)

    def _phrases(self, lines: Lines) -> Phrases:
        if not self.phrases:
            return find_phrases(lines)
        return Phrases(tuple(np.array(level[:-1]) for level in self.phrases), self.phrases[0][-1])


class _Shape:
    """The ramps of one arch over a score at k = 1: groups from `start` (ms) by `turn` to `last`."""

    def __init__(self, arch: Arch, phrases: Phrases, music: Floats, lines: Lines) -> None:
        beats = phrases.levels[arch.level]
        edges = 1000.0 * lines.performance.tempo.seconds_at(np.append(beats, phrases.end))
        edges[-1] = np.inf
        first = np.searchsorted(music, edges[:-1] - 0.5)
        last = np.searchsorted(music, edges[1:] - 0.5) - 1
        real = last >= first
        self.arch = arch
        self.row_start = edges[:-1][real]
        self.start, self.last = music[first[real]], music[last[real]]
        self.turn = self._turn(music, first[real], last[real])
        self.end = _end_factor(arch, phrases, np.append(beats[1:], phrases.end))[real]

    def _turn(self, music: Floats, first: np.ndarray, last: np.ndarray) -> Floats:
        arch = self.arch
        if arch.turn_in == "notes":
            turn = music[np.clip(first + int(arch.turn), first, last)]
        elif arch.turn_in == "share":
            turn = self.start + arch.turn * (self.last - self.start)
        else:
            turn = self.last - arch.turn
        return np.asarray(np.clip(turn, self.start, self.last))

    def _ramps(self, at_ms: Floats) -> tuple[Floats, Floats, np.ndarray]:
        """Return the ramps down from the start and up to the end, and the group, at each time."""
        row = np.clip(np.searchsorted(self.row_start, at_ms + 0.5, side="right") - 1, 0, len(self.start) - 1)
        start, turn, last = self.start[row], self.turn[row], self.last[row]
        rising = at_ms >= turn
        with np.errstate(divide="ignore", invalid="ignore"):
            down = 1.0 - np.clip((at_ms - start) / (turn - start), 0.0, 1.0)
            up = np.clip((at_ms - turn) / (last - turn), 0.0, 1.0)
        down, up = np.where(rising, 0.0, down), np.where(rising & (last > turn), up, 0.0)
        return self.arch.acc * down**self.arch.power, self.end[row] * up**self.arch.power, row

    def slower(self, at_ms: Floats, rest: bool = False) -> Floats:
        """Return by what share what begins at each time lasts longer; a rest after the group not at all."""
        down, up, row = self._ramps(at_ms)
        at_end = 0.0 if rest else self.arch.last
        return 0.1 * down + 0.2 * up * np.where(at_ms > self.last[row] - 0.5, at_end, 1.0)

    def softer(self, at_ms: Floats) -> Floats:
        """Return by how many dB what begins at each time is softer, without `amp`."""
        down, up, _ = self._ramps(at_ms)
        return 0.5 * down + up


def _end_factor(arch: Arch, phrases: Phrases, ends: Floats) -> Floats:
    """Return what the end of each group is multiplied with, by what else ends there."""
    factor = np.ones(len(ends))
    for up, times in ((1, arch.next), (2, arch.two_next)):
        if arch.level >= up:
            above = np.append(phrases.levels[arch.level - up][1:], phrases.end)
            factor[np.isin(np.round(ends, 6), np.round(above, 6))] = times
    return factor
