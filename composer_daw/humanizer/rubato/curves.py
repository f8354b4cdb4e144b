"""Curves of rubato: how much slower and louder than its tempo and level a score goes at each onset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.errors import InputError
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.main_tempo import missing, written_slowing
from composer_daw.humanizer.phrases import Phrases
from composer_daw.humanizer.rubato.baseline import RubatoRules, ruled_curves
from composer_daw.humanizer.rubato.features import onsets_of, score_of
from composer_daw.humanizer.rubato.model import MODEL, Network, network_of
from composer_daw.models import load_weights, stored_names
from composer_daw.performance import Floats


@dataclass(frozen=True)
class Curves:
    """Tempo and level over a score; each value holds from its onset to the next.

    `beat` is in quarter notes, rising; `log_period` is the natural log of the beat period against that of the
    score's tempo (0.1 is 10.5 % slower), `level_db` is added to the level. `source` says what drew them.
    Where the score slows down or hurries by itself, only what is missing is left (see `main_tempo`).
    """

    beat: Floats
    log_period: Floats
    level_db: Floats
    source: str

    def at(self, beats: Floats) -> tuple[Floats, Floats]:
        """Return log period and level in dB at positions in quarter notes; before the first onset, 0."""
        if not len(self.beat):
            return np.zeros(len(beats)), np.zeros(len(beats))
        row = np.searchsorted(self.beat, np.asarray(beats) + 1e-6, side="right") - 1
        return np.where(row >= 0, self.log_period[row], 0.0), np.where(row >= 0, self.level_db[row], 0.0)


def predict(lines: Lines, network: Network | None = None, phrases: Phrases | None = None) -> Curves:
    """Return the curves that a trained network gives a score: the one in the store, where none is given.

    All parts get the same curves. Raises InputError where the store has no such weights.
    """
    network = network or network_of(load_weights(MODEL))
    onsets = onsets_of(score_of(lines), phrases)
    if len(onsets.beat) < 2:
        return Curves(onsets.beat, np.zeros(len(onsets.beat)), np.zeros(len(onsets.beat)), network.source)
    log_period, level_db = network.curves(onsets)
    return Curves(onsets.beat, _missing(lines, onsets.beat, log_period), level_db, network.source)


def by_rule(lines: Lines, rules: RubatoRules | None = None, phrases: Phrases | None = None) -> Curves:
    """Return the curves of phrase arches and final ritard: what plays where no weights are."""
    onsets = onsets_of(score_of(lines), phrases)
    log_period, level_db = ruled_curves(onsets.beat, onsets.phrases, rules)
    return Curves(onsets.beat, _missing(lines, onsets.beat, log_period), level_db, "rules")


def best_available(lines: Lines, phrases: Phrases | None = None) -> Curves:
    """Return the curves of trained weights where the store has some, else those by rule; `source` tells."""
    return predict(lines, phrases=phrases) if MODEL in stored_names() else by_rule(lines, phrases=phrases)


def blend(curves: Curves, amount: float) -> Curves:
    """Return the curves at a share of their size: 0 is none, 1 as drawn; the command's `--rubato`."""
    if not 0 <= amount <= 1:
        raise InputError(f"rubato {amount:g} is outside 0..1")
    return Curves(curves.beat, curves.log_period * amount, curves.level_db * amount, curves.source)


def _missing(lines: Lines, beat: Floats, log_period: Floats) -> Floats:
    """Return what is missing to a curve where the score's own tempo does some of it."""
    if not len(beat):
        return log_period
    end_beat = max(float(lines.end_beat.max()), float(beat[-1]) + 1e-6)
    slowing = written_slowing(lines.performance.tempo, np.append(beat, end_beat))
    return missing(log_period, np.log(slowing))
