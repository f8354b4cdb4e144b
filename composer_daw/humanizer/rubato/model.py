"""The rubato model: from features of each onset to the beat period and level that players give it.

A line through all features of an onset and those beside it (ridge regression) plus the mean of a few small
networks of dilated convolutions over onsets, that have learned what the line leaves over. Training is torch's
(`training.py`); playing needs NumPy alone, for a convolution over three onsets is one product of matrices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import JsonValue

from composer_daw.errors import InputError
from composer_daw.humanizer.rubato.baseline import RubatoRules, final_ritard
from composer_daw.humanizer.rubato.features import Onsets, features, matrix
from composer_daw.models import Weights
from composer_daw.performance import Array, Floats

MODEL = "rubato"
"""The name of the weights in the store."""
CLIP = 12.0
"""Standard deviations that a feature may lie from its mean: a score unlike all others stays within what is
known.
"""
MEMBER_CLIP = 3.0
RITARD_SHARE = 0.5
"""How much of the rule's final ritard is added to what was learned: endings are few and great, and a model
that has not heard the composer is too shy of them.
"""
LARGEST_LOG_PERIOD, LARGEST_DB = 1.4, 16.0
"""What no curve goes beyond: 4 times slower; half of it (twice as slow, 8 dB) is reached unbent."""

Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Network:
    """Trained weights, ready to play.

    `names` are the features in their order; `spread` turns the two outputs, which are in standard deviations
    of a performance, into log beat period and dB; `source` names the weights.
    """

    arrays: Arrays
    names: Sequence[str]
    dilations: Sequence[int]
    members: int
    neighbours: int
    spread: tuple[float, float]
    source: str = "weights"

    def stretched(self, by: tuple[float, float]) -> Network:
        """Return the network with its curves made larger (outputs stay)."""
        return replace(self, spread=(self.spread[0] * by[0], self.spread[1] * by[1]))

    def standardized(self, rows: Floats) -> Floats:
        """Return features as the networks take them."""
        return np.clip((rows - self.arrays["mean"]) / self.arrays["deviation"], -CLIP, CLIP)

    def outputs(self, rows: Floats) -> Floats:
        """Return log beat period and level for rows of features, in standard deviations: (onsets, 2)."""
        inside = self.standardized(rows)
        line = widened(inside, self.neighbours) @ self.arrays["line.weight"] + self.arrays["line.bias"]
        if not self.members:
            return np.asarray(line)
        return np.asarray(
            line
            + np.mean([self._member(bounded(inside), f"member{n}.") for n in range(self.members)], axis=0)
        )

    def curves(self, onsets: Onsets) -> tuple[Floats, Floats]:
        """Return log beat period and level in dB at each onset, around the piece's own tempo and level."""
        columns = features(onsets)
        if list(columns) != list(self.names):
            raise InputError(f"models: '{MODEL}' was trained on other features; train it again")
        period, level = self.outputs(matrix(columns)).T
        spans = np.diff(onsets.beat, append=onsets.beat[-1] + 1.0)
        period = (period - np.average(period, weights=spans)) * self.spread[0]
        period = period + RITARD_SHARE * final_ritard(onsets.beat, RubatoRules())
        level = (level - level.mean()) * self.spread[1]
        return _within(period, LARGEST_LOG_PERIOD), _within(level, LARGEST_DB)

    def _member(self, inside: Floats, prefix: str) -> Floats:
        def through(values: Floats, layer: str) -> Floats:
            return np.asarray(
                values @ self.arrays[f"{prefix}{layer}.weight"].T + self.arrays[f"{prefix}{layer}.bias"]
            )

        hidden = np.maximum(through(inside, "entry"), 0.0)
        for number, reach in enumerate(self.dilations):
            hidden = hidden + np.maximum(through(beside(hidden, reach), f"layers.{number}"), 0.0)
        return through(hidden, "exit")


def beside(hidden: Floats, reach: int) -> Floats:
    """Return each row with those `reach` before and after it, (rows, 3 x width); beyond the ends 0."""
    edge = np.zeros((reach, hidden.shape[1]))
    padded = np.concatenate([edge, hidden, edge])
    count = len(hidden)
    return np.concatenate([padded[:count], hidden, padded[2 * reach :][:count]], axis=1)


def bounded(inside: Floats) -> Floats:
    """Return standardized features as a member takes them: rare ones, large at the end of a piece, are the
    line's.
    """
    return np.clip(inside, -MEMBER_CLIP, MEMBER_CLIP)


def widened(rows: Floats, neighbours: int) -> Floats:
    """Return each row with those before and after it; beyond the ends the last one holds."""
    at = np.arange(len(rows))
    near = range(-neighbours, neighbours + 1)
    return np.concatenate([rows[np.clip(at + step, 0, len(rows) - 1)] for step in near], axis=1)


def network_of(weights: Weights) -> Network:
    """Return the network that weights of the store make; raise InputError where they make none."""
    told, arrays = weights.card.settings, weights.arrays
    try:
        network = Network(
            {name: array.astype(np.float64) for name, array in arrays.items()},
            [str(name) for name in _list(told["features"])],
            [int(str(reach)) for reach in _list(told["dilations"])],
            int(str(told["members"])),
            int(str(told["neighbours"])),
            (float(str(told["spread_log_period"])), float(str(told["spread_level_db"]))),
            f"weights {weights.card.sha256[:12]}",
        )
        network.outputs(np.zeros((2, len(network.names))))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"models: '{weights.card.name}' is no rubato model ({error}); train it again"
        ) from error
    return network


def settings_of(network: Network) -> dict[str, JsonValue]:
    """Return what the card must tell for `network_of`."""
    return {
        "features": list(network.names),
        "dilations": list(network.dilations),
        "members": network.members,
        "neighbours": network.neighbours,
        "spread_log_period": round(network.spread[0], 5),
        "spread_level_db": round(network.spread[1], 5),
    }


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value


def _within(values: Floats, most: float) -> Floats:
    """Return values as they are up to half of `most`, and from there bent softly to stay below it."""
    half = most / 2
    size = np.abs(values)
    return np.asarray(
        np.sign(values) * (np.minimum(size, half) + half * np.tanh(np.maximum(size - half, 0) / half))
    )
