"""Hearing an instrument: what all checks share - the open host, the trials, their takes, the findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from composer_daw.calibration.figures import Figure, Trial, base_trial, single, trials_of
from composer_daw.calibration.findings import Finding
from composer_daw.calibration.likeness import Likeness, Sounding, compare
from composer_daw.calibration.playing import BEFORE_S, Cue, Heard, Player, neutral
from composer_daw.errors import InputError
from composer_daw.measure import onset_s, sounding_duration_s
from composer_daw.performance import TechniqueSet
from composer_daw.techniques import TechniqueMap

SHORTEST_REST_S, LONGEST_REST_S = 0.9, 3.0
"""Silence between figures, by how long the instrument rings."""

SILENT_DB = -80.0
"""Peaks below this are silence (dBFS)."""

BASE_FIGURES = 24
"""On so many figures at most is heard what plays when nothing is asked."""


@dataclass
class Hearing:
    """One verification under way."""

    player: Player
    named: Sequence[str] | None = None
    seed: int = 0
    findings: list[Finding] = field(default_factory=list)
    rest_s: float = SHORTEST_REST_S
    left_out: set[str] = field(default_factory=set)
    """Trials that cannot be compared: silent, refused, or played by something else."""
    cents: dict[str, list[float]] = field(default_factory=dict)
    likenesses: dict[tuple[str, str], Likeness | None] = field(default_factory=dict)
    _soundings: dict[str, Sounding] = field(default_factory=dict)
    _entries: dict[str, tuple[TechniqueSet, ...]] = field(default_factory=dict)

    @property
    def technique_map(self) -> TechniqueMap:
        """Return the map that is verified."""
        return self.player.instrument.technique_map

    @cached_property
    def plain_map(self) -> TechniqueMap:
        """Return the map without what shapes notes."""
        return neutral(self.technique_map)

    @cached_property
    def trials(self) -> list[Trial]:
        """Return what is tried; raise InputError where nothing is."""
        trials = trials_of(self.technique_map, self.named)
        if not trials:
            raise InputError(f"{self.player.instrument.map_path}: has no technique that can be played")
        return trials

    @cached_property
    def base(self) -> Trial:
        """Return the trial in which nothing is asked, on the figures of all others."""
        own = base_trial(self.technique_map)
        others = (figure for trial in self.trials if not trial.is_stroke for figure in trial.figures)
        figures = dict.fromkeys((*own.figures, *others))
        return Trial("", (), tuple(figures)[:BASE_FIGURES])

    @property
    def heard_trials(self) -> list[Trial]:
        """Return the trials that can be compared."""
        return [trial for trial in self.trials if trial.name not in self.left_out]

    @property
    def has_base(self) -> bool:
        """Tell whether techniques can be compared with what plays when nothing is asked."""
        return self.base.name not in self.left_out

    def sounding(self, trial: Trial) -> Sounding:
        """Return what a trial sounds like under the neutral map; takes are played when they are wanted."""
        if trial.name not in self._soundings:
            one = self.variant(trial.name, trial.asked, trial.figures, self.plain_map)
            if trial.is_stroke:  # strokes of all drums are compared, whatever pitch is written for them
                one.figures = tuple(single(0, figure[0].velocity) for figure in trial.figures)
            self._soundings[trial.name] = one
        return self._soundings[trial.name]

    def variant(
        self,
        name: str,
        asked: TechniqueSet,
        figures: tuple[Figure, ...],
        technique_map: TechniqueMap,
        controls: Sequence[tuple[int, int]] = (),
    ) -> Sounding:
        """Return what some figures sound like under another map, or with controllers in the score."""
        cues = [Cue(asked, figure) for figure in figures]

        def play(take: int) -> list[Heard]:
            return self.player.play(cues, technique_map, self.rest_s, self.seed + take, controls)

        return Sounding(name, figures, play)

    def is_base(self, trial: Trial) -> bool:
        """Tell whether a technique is what plays when nothing is asked."""
        if not trial.asked or trial.is_stroke:
            return not trial.asked
        return set(self.entries(trial)) <= set(self.entries(self.base))

    def entries(self, trial: Trial) -> tuple[TechniqueSet, ...]:
        """Return the entries of the map that play the notes of a trial; nothing is rendered."""
        if trial.name not in self._entries:
            self._entries[trial.name] = self.player.entries([Cue(trial.asked, one) for one in trial.figures])
        return self._entries[trial.name]

    def compared(self, one: Trial, other: Trial) -> Likeness | None:
        """Return how alike two trials sound; None where they share no figure."""
        names = one.name, other.name
        if names not in self.likenesses:
            self.likenesses[names] = compare(self.sounding(one), self.sounding(other))
        return self.likenesses[names]

    def nearest(self, trial: Trial) -> tuple[str, float]:
        """Return which of the techniques that a trial was compared with sounds most like it; NaN: none."""
        own = self.base.name if self.is_base(trial) else trial.name
        found = [
            (likeness.apart_db, next((name for name in names if name != own), own) or "default")
            for names, likeness in self.likenesses.items()
            if likeness and own in names
        ]
        apart_db, name = min(found, default=(float("nan"), ""))
        return name, apart_db

    def latency_ms(self, trial: Trial) -> float | None:
        """Return how long after it is sent a note speaks: the median over single notes."""
        return _median_ms([onset_s(one.mono, one.sample_rate) - BEFORE_S for one in self._singles(trial)])

    def lasts_ms(self, trial: Trial) -> float | None:
        """Return how long a note sounds whose key is held for `figures.HELD_S`: the median."""
        return _median_ms([sounding_duration_s(one.mono, one.sample_rate) for one in self._singles(trial)])

    def _singles(self, trial: Trial) -> list[Heard]:
        return [heard for heard in self.sounding(trial).heard if len(heard.cue.figure) == 1]

    def latency_in_map_ms(self, trial: Trial) -> float | None:
        """Return how early the map sends the single notes of a trial: the median."""
        singles = [Cue(trial.asked, figure) for figure in trial.figures if len(figure) == 1]
        if not singles:
            return None
        rows = self.player.labels(singles).rows
        early = 1000.0 * (rows["sounding_onset_s"] - rows["sent_onset_s"])
        return float(np.median(early))

    def found(self, technique: str, check: str, problem: str, also: str = "", is_hint: bool = False) -> None:
        """Keep a finding."""
        self.findings.append(Finding(technique, check, problem, also, is_hint))


def _median_ms(times_s: Sequence[float]) -> float | None:
    """Return the median in ms, None where nothing is known."""
    known = [time_s for time_s in times_s if np.isfinite(time_s)]
    return 1000.0 * float(np.median(known)) if known else None
