"""A host that plays tones, told by keyswitch, controller and program, and does wrong what it is told to.

Quick, so that many faulty instruments can be listened to. Keys 24 to 27 choose the partials of a channel's
notes; controller 20 mutes, 11 makes softer, 21 makes darker; pitch is as sent.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from composer_daw.audio import Audio
from composer_daw.errors import HostError
from composer_daw.events import Events, Kind
from composer_daw.hosts.base import ClosesItself, Parameter

Samples = npt.NDArray[np.float64]

PARTIALS = {
    24: (1.0, 0.5, 0.3, 0.2),
    25: (1.0, 0.1, 0.8, 0.1),
    26: (1.0, 0.9, 0.1, 0.6),
    27: (1.0, 0.2, 0.2, 0.9),
}
MUTE, EXPRESSION, DARK, UNHEARD = 20, 11, 21, 85
ATTACK_S, RELEASE_S = 0.002, 0.04
PLUCKED, TREMBLING = 26, 27
FADE_S, SWING_HZ = 0.13, 12.0
"""A plucked note falls by 8.7 dB in so many seconds; a trembling one swings so often."""

MAP = """\
technique_map: 1
instrument: Keyed
middle_c: C4
range: [C3, C6]
groups:
  articulation: {default: sustain}
  mute: {default: senza_sordino}
techniques:
  sustain: {group: articulation, on: [{keyswitch: 24}]}
  staccato: {group: articulation, on: [{keyswitch: 25}], note: {length: 0.5}}
  pizzicato: {group: articulation, on: [{keyswitch: 26}]}
  tremolo: {group: articulation, on: [{keyswitch: 27}]}
  senza_sordino: {group: mute, on: [{cc: 20, value: 0}]}
  con_sordino: {group: mute, on: [{cc: 20, value: 127}]}
channels: [1, 2]
dynamics: {cc: 11}
chase: [11]
"""

DRUMS = """\
technique_map: 1
instrument: Keyed Drums
range: [60, 72]
pieces:
  kick: {written: 60, hit: 60}
  snare: {written: 62, hit: 62, rimshot: 64, ghost: {play: 62, velocity: 0.4}}
"""

PRESET = """\
instrument: Keyed
host: fake
source: keyed
technique_map: keyed_map.yaml
licence: {name: CC0-1.0, audio_redistribution: yes}
"""


def write_keyed_instrument(folder: Path, text: str = MAP) -> Path:
    """Write a preset and its map; the host is put in by the test."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keyed_map.yaml").write_text(text, encoding="utf-8")
    (folder / "keyed.yaml").write_text(PRESET, encoding="utf-8")
    return folder / "keyed.yaml"


@dataclass
class Faults:
    """What it does wrong, by the keyswitch that is in force where a number is asked for."""

    noise: float = 0.0
    """How much the strengths of the partials vary from note to note: no take is like another."""
    plucked: frozenset[int] = frozenset({PLUCKED})
    """What dies away while its key is held."""
    trembling: int = TREMBLING
    unsteady: dict[int, float] = field(default_factory=dict)
    """The same, for one technique."""
    silent: set[int] = field(default_factory=set)
    mute_pitches: set[int] = field(default_factory=set)
    """Pitches at which nothing sounds."""
    stuck: set[int] = field(default_factory=set)
    clipped: set[int] = field(default_factory=set)
    cents: dict[int, float] = field(default_factory=dict)
    late_s: dict[int, float] = field(default_factory=dict)
    scattered_s: float = 0.0
    """By so much at most notes of another pitch are late besides."""
    refused: set[int] = field(default_factory=set)
    deaf: set[int] = field(default_factory=set)
    """Channels (0..15) on which nothing sounds."""
    omni: bool = False
    """A switch counts for all channels."""
    audible: bool = False
    """Switches sound as notes do."""
    slow_s: float = 0.0
    """How long a switch takes until it counts."""


class KeyedHost(ClosesItself):
    """Fills in `hosts.base.Host`."""

    deterministic = False
    latency_samples = 0
    state = b"keyed"

    def __init__(self, sample_rate: int, faults: Faults) -> None:
        self.sample_rate, self.faults = sample_rate, faults
        self._rng = np.random.default_rng(7)

    def parameters(self) -> tuple[Parameter, ...]:
        return ()

    def close(self) -> None:
        """Do nothing."""

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        sound = np.zeros(round((events.pre_roll_s + duration_s) * self.sample_rate))
        switch: dict[int, int] = defaultdict(lambda: 24)
        before: dict[int, tuple[float, int]] = {}
        values: dict[tuple[int, int], float] = {}
        for row in events.stream:
            kind, channel, number = int(row["kind"]), int(row["channel"]), int(row["number"])
            at_s = float(row["time_s"]) + events.pre_roll_s
            place = 0 if self.faults.omni else channel
            if kind == Kind.SWITCH_ON and number in self.faults.refused:
                raise HostError(f"keyed: key {number} is refused")
            if kind == Kind.SWITCH_ON and number in PARTIALS:
                before[place] = at_s, switch[place]
                switch[place] = number
            elif kind == Kind.CONTROL:
                values[channel, number] = float(row["value"])
            if kind == Kind.NOTE_ON or (kind == Kind.SWITCH_ON and self.faults.audible):
                since, old = before.get(place, (-1.0, 24))
                key = old if at_s - since < self.faults.slow_s else switch[place]
                held_s = self._held_s(events, row) if kind == Kind.NOTE_ON else 0.1
                mine = {cc: value for (owner, cc), value in values.items() if owner == channel}
                if channel not in self.faults.deaf:
                    self._add(sound, at_s, held_s, number, float(row["value"]), key, mine)
        return Audio(sound.astype(np.float32), self.sample_rate)

    def _held_s(self, events: Events, row: np.void) -> float:
        ends = events.stream[
            (events.stream["kind"] == Kind.NOTE_OFF)
            & (events.stream["number"] == row["number"])
            & (events.stream["channel"] == row["channel"])
            & (events.stream["time_s"] > row["time_s"])
        ]
        return float(ends["time_s"].min() - row["time_s"])

    def _add(
        self,
        sound: Samples,
        at_s: float,
        held_s: float,
        pitch: int,
        velocity: float,
        key: int,
        values: dict[int, float],
    ) -> None:
        if key in self.faults.silent or pitch in self.faults.mute_pitches:
            return
        rate, faults = self.sample_rate, self.faults
        first = round((at_s + faults.late_s.get(key, 0.0) + pitch % 5 / 4 * faults.scattered_s) * rate)
        sounds_s = (len(sound) - first) / rate if key in faults.stuck else held_s + RELEASE_S
        time = np.arange(max(0, min(round(sounds_s * rate), len(sound) - first))) / rate
        hertz = 440.0 * 2 ** ((pitch - 69 + faults.cents.get(key, 0.0) / 100) / 12)
        strengths = self._strengths(key, values)
        tone = sum(
            strength * np.cos(2 * np.pi * hertz * number * time + number)
            for number, strength in enumerate(strengths, 1)
            if hertz * number < rate / 2
        )
        if key in faults.clipped:
            tone = np.clip(20.0 * np.asarray(tone), -1.0, 1.0) / 0.1
        level = 0.1 * (1.0 if key in faults.clipped else velocity / 127)
        level *= 10 ** (values.get(EXPRESSION, 127.0) / 127 - 1.0)
        fades = np.clip(time / ATTACK_S, 0, 1) * np.clip((sounds_s - time) / RELEASE_S, 0, 1)
        plucked = faults.plucked - faults.stuck - faults.clipped
        fades *= np.exp(-time / FADE_S) if key in plucked else 1.0
        fades *= 1.0 + 0.3 * np.cos(2 * np.pi * SWING_HZ * time) if key == faults.trembling else 1.0
        sound[first : first + len(time)] += level * fades * tone

    def _strengths(self, key: int, values: dict[int, float]) -> Samples:
        strengths = np.array(PARTIALS.get(key, PARTIALS[24]))
        strengths[1:] *= 1.0 - 0.9 * values.get(MUTE, 0.0) / 127
        strengths[2:] *= 1.0 - 0.9 * values.get(DARK, 0.0) / 127
        varied = max(self.faults.noise, self.faults.unsteady.get(key, 0.0))
        return np.asarray(strengths * np.exp(varied * self._rng.standard_normal(len(strengths))))
