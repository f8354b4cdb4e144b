"""What an instrument does on this machine: do its techniques sound, how fast is it, does it repeat itself?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from composer_daw.authoring.determinism import Repeats, probe_repeats
from composer_daw.authoring.probe_music import busy_music
from composer_daw.errors import HostError
from composer_daw.hosts.base import Host
from composer_daw.hosts.plugin import SILENT_DB
from composer_daw.rendering import Instrument, open_host
from composer_daw.rendering.readiness import Probe, Probed, probes_for

LISTEN_S = 0.5
"""How long a note of a technique is listened to after its end."""


@dataclass(frozen=True)
class Sounding:
    """How one technique answered."""

    technique: str
    level_db: float | None
    """Of a note, root mean square in dB of full scale; None where it could not be played."""
    problem: str = ""
    """What is wrong with it; empty where it sounds."""


@dataclass(frozen=True)
class InstrumentFacts:
    """What `probe_instrument` found."""

    load_s: float
    latency_samples: int
    """What the engine reports, and a render takes out."""
    techniques: tuple[Sounding, ...]
    speed: float | None
    """Seconds of music in a second, dry; None where not even that could be played."""
    repeats: Repeats | None
    """None where a technique fails: there is nothing to compare then."""

    @property
    def failing(self) -> list[str]:
        """Return the techniques that do not sound."""
        return [one.technique for one in self.techniques if one.problem]


def probe_instrument(instrument: Instrument, sample_rate: int = 44_100) -> InstrumentFacts:
    """Load an instrument, play every technique of its map, and find out how fast it is and if it repeats.

    Its effects are left out. A technique that stays silent or fails is a finding; an instrument that does not
    load is a HostError.
    """
    start = time.monotonic()
    with open_host(instrument, sample_rate) as host:
        latency = host.latency_samples  # asking loads it
        load_s = time.monotonic() - start
        probes = probes_for(instrument)
        found = tuple(_sounding(name, probe, host) for name, probe in probes.items())
        speed = None if any(one.problem for one in found) else _speed(instrument, host)
    repeats = None if speed is None else probe_repeats(instrument, sample_rate)
    return InstrumentFacts(load_s, latency, found, speed, repeats)


def _sounding(technique: str, probe: Probe, host: Host) -> Sounding:
    if isinstance(host, Probed):
        host.need({technique: probe})
    try:
        events = probe()
        level = host.render(events, events.duration_s + LISTEN_S).rms_db
    except HostError as error:
        return Sounding(technique, None, str(error))
    return Sounding(technique, level, "" if level > SILENT_DB else "stays silent")


def _speed(instrument: Instrument, host: Host) -> float:
    """Return how much faster than real time busy music is rendered, the better of two times."""
    music = busy_music(instrument.technique_map)
    best = float("inf")
    for _ in range(2):
        start = time.monotonic()
        host.render(music, music.duration_s)
        best = min(best, time.monotonic() - start)
    return (music.duration_s + music.pre_roll_s) / best
