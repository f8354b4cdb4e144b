"""Calibrate: how late each technique of an instrument speaks, by velocity, alone and connected.

    calibration = calibrate_instrument(load_instrument("studio/violin"))
    write_latencies(calibration.map_path, calibration.to_write(), calibration.map_bytes)

Every note is sent at its time, and its onset measured: for a first note where it rises out of silence (-30
dB below its peak), for a connected one where its own partials arrive. Figures are medians over pitches and
takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from composer_daw.calibration.figures import plays_drums
from composer_daw.calibration.latencies import SPREAD_MS, Latencies, measure_first, measure_transition
from composer_daw.calibration.layers import TOLERANCE_MS, value_at
from composer_daw.calibration.playing import Player
from composer_daw.calibration.verify import check_names
from composer_daw.errors import HostError, InputError
from composer_daw.rendering import Instrument, open_host
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.parts import ByVelocity, Latency, Technique

CONNECTING = ("legato", "portamento", "glissando")
"""What connects notes, whatever the map says of their overlap."""

SAME_MS = 1.0
"""Figures this near are left as they are."""

WORTH_MS = 0.5
"""A latency below this is none."""


@dataclass(frozen=True)
class Doubt:
    """What makes figures uncertain, in words (empty: nothing), and by how many ms they spread."""

    why: str = ""
    spread_ms: float = 0.0

    @property
    def same_ms(self) -> float:
        """Return how far from what was measured the map may be: by as much as that itself is uncertain."""
        return self.spread_ms if self.spread_ms > SPREAD_MS else SAME_MS


@dataclass(frozen=True)
class Change:
    """The latency of one technique, as it stands in the map and as it was measured.

    `new` holds what was measured: it lacks a connected note where the technique connects none, and has the
    old figure for a first note where the technique plays none.
    """

    technique: str
    old: Latency
    new: Latency
    first: Doubt = Doubt()
    connected: Doubt = Doubt()
    adds_nothing: bool = False
    """Whether it is heard beside others, and makes none of them later."""

    @property
    def doubt(self) -> str:
        """Return what makes the figures uncertain, in words."""
        connected = f"connected: {self.connected.why}" if self.connected.why else ""
        return "; ".join(filter(None, (self.first.why, connected)))

    @property
    def differs(self) -> bool:
        """Tell whether the map is off at some velocity, by more than the figures spread."""
        return self.to_write(uncertain=True) is not None

    def to_write(self, uncertain: bool = False) -> Latency | None:
        """Return what is to stand in the map, with what is right there as it is; None: all is right.

        What is uncertain is left as it is, unless it is asked for. An empty `transition` is left alone.
        """
        off = _differ(self.old.first, self.new.first, self.first.same_ms)
        first = self.new.first if off and (uncertain or not self.first.why) else self.old.first
        connected = first if self.old.transition == {} else self.old.transition
        transition: float | ByVelocity = {}
        if self.new.transition != {} and _differ(connected, self.new.transition, self.connected.same_ms):
            transition = self.new.transition if uncertain or not self.connected.why else {}
        is_right = (first, transition) == (self.old.first, {})
        return None if is_right else Latency(first=first, transition=transition)


@dataclass(frozen=True)
class Calibration:
    """The latencies of an instrument; `map_bytes` is the map as it was read, to see that it stayed so."""

    instrument: str
    map_path: Path
    map_bytes: bytes
    changes: tuple[Change, ...]
    unmeasured: tuple[str, ...] = ()
    """Techniques that could not be measured, each with the reason."""

    def to_write(self, uncertain: bool = False) -> dict[str, Latency]:
        """Return the latencies that are not in the map as they were measured; see `Change.to_write`."""
        wanted = {one.technique: one.to_write(uncertain) for one in self.changes}
        return {technique: one for technique, one in wanted.items() if one is not None}


Step = Callable[[str], None]


def calibrate_instrument(
    instrument: Instrument,
    sample_rate: int = 44_100,
    *,
    techniques: Sequence[str] | None = None,
    seed: int = 0,
    done: Step = lambda name: None,
) -> Calibration:
    """Measure how late the techniques of an instrument speak, with the map's own latencies left out.

    A technique that is in force beside others is given a latency only where it makes them later: the slowest
    of those in force counts. Raises TechniqueError for a name that the map has not, InputError for a drum
    map, and HostError for an instrument that does not load.
    """
    known = instrument.technique_map
    check_names(instrument, techniques)
    if not known.playable():
        raise InputError(f"{instrument.map_path}: has no techniques, and only they have latencies")
    if plays_drums(known):
        raise InputError(f"{instrument.map_path}: plays drums alone, and strokes have no latencies")
    read = instrument.map_path.read_bytes()
    with open_host(instrument, sample_rate, instrument.preset.repeats == "fresh") as host:
        measuring = _Measuring(Player(instrument, host), seed)
        names = _first_named(known, techniques)
        for name in names:
            measuring.technique(name)
            done(name)
    kept = [one for one in measuring.changes if techniques is None or one.technique in techniques]
    return Calibration(instrument.name, instrument.map_path, read, tuple(kept), tuple(measuring.unmeasured))


def count_steps(instrument: Instrument, techniques: Sequence[str] | None = None) -> int:
    """Return how often `calibrate_instrument` tells that something is done."""
    return len(_first_named(instrument.technique_map, techniques))


class _Measuring:
    """A calibration under way: what was found so far."""

    def __init__(self, player: Player, seed: int) -> None:
        self.player, self.seed = player, seed
        self.changes: list[Change] = []
        self.unmeasured: list[str] = []
        self.owned: dict[str, dict[int, float]] = {}
        """What each technique itself is late, by velocity."""

    def technique(self, name: str) -> None:
        """Measure one technique."""
        known = self.player.instrument.technique_map
        entry = known.techniques[name]
        try:
            first = measure_first(self.player, name, self.seed)
            connects = _connects(name, entry, known)
            transition = measure_transition(self.player, name, self.seed) if connects else None
        except HostError as error:
            self.unmeasured.append(f"{name}: {error}")
            return
        if not first.layers and not (transition and transition.layers):
            self.unmeasured.append(f"{name}: {first.doubt}")
            return
        own = self._own(name, first) if first.layers else {}
        self.owned[name] = own
        new = Latency(
            first=_told(own) if own else entry.latency_ms.first,
            transition=_told(transition.layers) if transition and transition.layers else {},
        )
        adds_nothing = bool(own) and own is not first.layers and max(first.layers.values()) > WORTH_MS
        connected = Doubt(transition.doubt, transition.spread_ms) if transition else Doubt()
        doubt = Doubt() if adds_nothing else Doubt(first.doubt, first.spread_ms)
        self.changes.append(Change(name, entry.latency_ms, new, doubt, connected, adds_nothing))

    def _own(self, name: str, first: Latencies) -> dict[int, float]:
        """Return what a technique adds to those that are in force with it: nothing, or all that was heard."""
        known = self.player.instrument.technique_map
        group = known.techniques[name].group
        beside = [one for one in first.beside if known.techniques[one].group != group]
        for velocity, value in first.layers.items():
            least = max((value_at(self.owned.get(one, {}), velocity) for one in beside), default=0.0)
            if value > least + TOLERANCE_MS or (not beside and value > WORTH_MS):
                return first.layers
        # All of a group whose default is measured first have the latency of what plays with them.
        return first.layers if self._is_leading(group) else {1: 0.0}

    def _is_leading(self, group: str) -> bool:
        """Tell whether a group is the one that latencies are put down to: the first with a default."""
        known = self.player.instrument.technique_map
        return group == next((one for one in known.groups if known.of_group(one)), group)


def _first_named(technique_map: TechniqueMap, techniques: Sequence[str] | None) -> list[str]:
    """Return what is measured: the techniques asked for, after the defaults, which play beside them."""
    names = [name for name in technique_map.playable() if techniques is None or name in techniques]
    defaults = [name for name in technique_map.playable() if name in technique_map.defaults]
    return list(dict.fromkeys([*defaults, *names]))


def _connects(name: str, technique: Technique, technique_map: TechniqueMap) -> bool:
    near = {technique.when.next, technique.when.previous} & {"overlaps", "connects"}
    return (
        bool(near) or technique.note.overlap_ms > 0 or bool(set(CONNECTING) & set(technique_map.plays(name)))
    )


def _differ(old: float | ByVelocity, new: float | ByVelocity, same_ms: float) -> bool:
    """Tell whether two latencies are farther apart than that at some velocity."""
    one, other = _steps(old), _steps(new)
    return any(abs(value_at(one, step) - value_at(other, step)) > same_ms for step in {*one, *other})


def _steps(latency_ms: float | ByVelocity) -> dict[int, float]:
    return dict(latency_ms) if isinstance(latency_ms, dict) else {1: float(latency_ms)}


def _told(layers: dict[int, float]) -> float | dict[int, float]:
    """Return layers as the map has them: one figure where there is one layer."""
    rounded = {velocity: _rounded(value) for velocity, value in layers.items()}
    return next(iter(rounded.values())) if len(rounded) == 1 else rounded


def _rounded(value: float) -> float:
    tenths = round(max(0.0, value), 1)
    return 0.0 if tenths < WORTH_MS else tenths
