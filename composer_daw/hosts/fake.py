"""A host without an engine: sines that tell keys, velocities and keyswitches apart, the same every time.

Everything above the hosts is tested on it. A note sounds as a sine of its pitch; the number of the keyswitch
pressed last on its channel sets the strength of the octave above.
"""

from __future__ import annotations

import numpy as np

from composer_daw.audio import Audio
from composer_daw.errors import HostError
from composer_daw.events import Events, Kind
from composer_daw.hosts.base import ClosesItself, Parameter

FADE_S = 0.005
RELEASE_S = 0.05


class FakeHost(ClosesItself):
    """Plays sines; fills in `hosts.base.Host`."""

    deterministic = True

    def __init__(self, source: str = "sine", sample_rate: int = 44_100) -> None:
        """Take any source but "broken", which fails when it renders, as an engine may."""
        self.source, self.sample_rate = source, sample_rate

    @property
    def latency_samples(self) -> int:
        """Return 0."""
        return 0

    @property
    def state(self) -> bytes:
        """Return the name of the source."""
        return self.source.encode()

    def parameters(self) -> tuple[Parameter, ...]:
        """Return none."""
        return ()

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return the sines from `-events.pre_roll_s` to `duration_s`; the seed turns their phase."""
        if self.source == "broken":
            raise HostError("fake: broken on purpose")
        samples = np.zeros(round((events.pre_roll_s + duration_s) * self.sample_rate))
        switch: dict[int, int] = {}
        waiting: dict[tuple[int, int], tuple[float, float, int]] = {}
        for row in events.stream:
            channel, number = int(row["channel"]), int(row["number"])
            if row["kind"] == Kind.SWITCH_ON:
                switch[channel] = number
            elif row["kind"] == Kind.NOTE_ON:
                waiting[channel, number] = (float(row["time_s"]), float(row["value"]), switch.get(channel, 0))
            elif row["kind"] == Kind.NOTE_OFF and (channel, number) in waiting:
                start, velocity, key = waiting.pop((channel, number))
                self._add(
                    samples,
                    start + events.pre_roll_s,
                    float(row["time_s"]) - start,
                    number,
                    velocity,
                    key,
                    seed,
                )
        return Audio(samples.astype(np.float32), self.sample_rate)

    def _add(
        self,
        samples: np.ndarray,
        start_s: float,
        held_s: float,
        pitch: int,
        velocity: float,
        key: int,
        seed: int,
    ) -> None:
        first = round(start_s * self.sample_rate)
        time = (
            np.arange(min(round((held_s + RELEASE_S) * self.sample_rate), len(samples) - first))
            / self.sample_rate
        )
        phase = 2 * np.pi * (440.0 * 2 ** ((pitch - 69) / 12) * time + seed / 7.0)
        level = (
            0.1
            * velocity
            / 127
            * np.clip(time / FADE_S, 0, 1)
            * np.clip((held_s + RELEASE_S - time) / RELEASE_S, 0, 1)
        )
        samples[first : first + len(time)] += level * (np.sin(phase) + key / 127 * np.sin(2 * phase))

    def close(self) -> None:
        """Do nothing."""
