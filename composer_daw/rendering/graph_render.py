"""Render a song through its graph: tracks, buses, master, and the stems that add up to the mix.

A bus without effects only adds: what goes through it is turned up or down, and can still be told apart. So
the mix is the sum of the tracks and of the buses with effects that reach the master through such buses alone.
Their stems are marked `in_mix`. A track that feeds a bus with effects is inside that bus's stem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from composer_daw.audio import Audio, Samples
from composer_daw.errors import HostError
from composer_daw.rendering.effects import Effect, in_stereo, open_chain
from composer_daw.rendering.graph import MASTER, Graph, GraphTrack
from composer_daw.rendering.graph_master import Curve, Mastered, master_gain, notes_on
from composer_daw.rendering.graph_plan import Plan
from composer_daw.rendering.graph_play import Told, play, telling
from composer_daw.rendering.mixing import (
    UNITY,
    Gains,
    Sum,
    factor,
    fader,
    frozen,
    padded,
    ridden,
    ring_out,
    turned,
)
from composer_daw.rendering.render import FADE_S, LONGEST_TAIL_S, SILENT_DB, Take
from composer_daw.techniques.shape import OutOfRange

StemKind = Literal["dry", "output", "wet", "bus", "premaster"]


@dataclass(frozen=True)
class Stem:
    """One part of a song, as long as the mix.

    dry: a track before its effects, as the instrument gave it. output: one of several outputs of its
    instrument, as "drums kick". wet: a track as it is heard. bus: the same for a bus. premaster: what enters
    the effects of the master, where it has any. `in_mix` marks the stems whose sum is the mix, or the
    premaster where there is one.
    """

    name: str
    kind: StemKind
    audio: Audio
    in_mix: bool = False


@dataclass(frozen=True)
class Mixdown:
    """A song: the mix, its stems, what the master did, the take of each track, and what to know about it."""

    audio: Audio
    stems: tuple[Stem, ...]
    mastered: Mastered
    takes: dict[str, Take]
    notes: tuple[str, ...] = ()


@dataclass
class _Desk:
    """The sums on their way through the graph; a sound is let go once it is passed on, but for stems."""

    plan: Plan
    keep: bool
    waiting: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    outputs: dict[str, Samples] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rings_on: bool = False

    def through(self, name: str, audio: Audio, effects: tuple[Effect, ...]) -> Audio:
        """Return the audio after effects, until it is silent."""
        if not effects:
            return audio
        with telling(name), open_chain(effects, self.plan.sample_rate, self.plan.folder) as process:
            wet, ended = ring_out(process, audio)
            if not np.isfinite(wet.samples).all():
                raise HostError("an effect gave samples that are not finite")
        if not ended:
            self.rings_on = True
            self.notes.append(f"{name}: still sounds after {LONGEST_TAIL_S:.0f} s; the song fades out there")
        return wet

    def pass_on(self, name: str, samples: Samples) -> None:
        """Give what a track or bus sounds like to all it goes to."""
        strip = self.plan.graph.strip(name)
        self.waiting[strip.output].add(samples)
        for target, level_db in strip.sends.items():
            self.waiting[target].add(samples, factor(level_db))
        if self.keep:
            self.outputs[name] = samples

    def take(self, target: str) -> Audio:
        """Return, once, what has come together for a bus or the master."""
        return Audio(frozen(self.waiting.pop(target).samples), self.plan.sample_rate)


def render_graph(
    plan: Plan,
    *,
    seed: int = 0,
    out_of_range: OutOfRange = "fail",
    stems: bool = True,
    dry_stems: bool = True,
    told: Told = lambda name: None,
    takes: dict[str, Take] | None = None,
) -> Mixdown:
    """Render a song: every track on its instrument, then buses, then the master.

    `takes` are the tracks where they were played before, by `graph_play.play`.

    Raises what `render` raises, with the name of the track, and InputError for a mix that is silent. Stems
    take the memory of a mix each; leave them out, or only the dry ones, where nobody asks for them.
    """
    takes = play(plan, seed, out_of_range, told) if takes is None else takes
    desk = _Desk(plan, stems)
    for name in plan.graph.order():
        if name in takes:
            dry = as_the_graph_says(takes[name])
            if dry.peak_db < SILENT_DB:
                desk.notes.append(f"{name}: is silent")
            mono, source = dry.channels == 1, in_stereo(dry)
        else:
            mono, source = False, desk.take(name)
        strip = plan.graph.strip(name)
        wet = desk.through(name, source, strip.effects)
        ride = strip.ride if isinstance(strip, GraphTrack) else ()
        moved = ridden(wet.samples, ride, plan.sample_rate)
        desk.pass_on(name, turned(moved, fader(strip.level_db, strip.pan, mono)))
        if name not in takes:
            told(name)
    premaster = desk.take(MASTER)
    mixdown = _mastered(desk, premaster, takes, dry_stems)
    told(MASTER)
    return mixdown


def as_the_graph_says(take: Take) -> Audio:
    """Return a take at its own level: here nothing clips, so what was turned down is turned up again."""
    return take.audio.gained(-take.gain_db)


def direct_gains(graph: Graph) -> dict[str, Gains]:
    """Return how each track and bus reaches the master through buses that only add; zeros where it does not.

    One that goes by several ways, by its output and by sends, has the sum of all.
    """
    gains: dict[str, Gains] = {MASTER: UNITY}

    def beyond(target: str) -> Gains:
        """Return the gains from the entry of a bus, or of the master, to the master."""
        if target == MASTER:
            return UNITY
        bus = graph.buses[target]
        return np.zeros(2) if bus.effects else fader(bus.level_db, bus.pan) * gains[target]

    for name in reversed(graph.order()):
        strip = graph.strip(name)
        sends = (factor(level_db) * beyond(target) for target, level_db in strip.sends.items())
        gains[name] = beyond(strip.output) + sum(sends, np.zeros(2))
    del gains[MASTER]
    return gains


def only_adds(graph: Graph, name: str) -> bool:
    """Tell whether it is a bus without effects: its sound is that of the stems that go through it."""
    return name in graph.buses and not graph.buses[name].effects


def _mastered(desk: _Desk, premaster: Audio, takes: dict[str, Take], dry_stems: bool) -> Mixdown:
    """Return the mix and its stems, all under the one curve of the master."""
    master, rate = desk.plan.graph.master, premaster.sample_rate
    mix = desk.through(MASTER, premaster, master.effects)
    mastered = master_gain(mix, master.loudness_lufs, master.true_peak_db)
    if desk.rings_on:
        _fade(mastered.curve, rate)
    length = mix.samples.shape[1]
    stems = list(_dry(takes, length)) if desk.keep and dry_stems else []
    for stem in _wet(desk):
        samples = stem.audio.samples
        shown = padded(samples, length) if master.effects else mastered.apply(samples)
        stems.append(Stem(stem.name, stem.kind, Audio(shown, rate), stem.in_mix))
    if master.effects and desk.keep:
        stems.append(Stem("premaster", "premaster", Audio(padded(premaster.samples, length), rate)))
    notes = (*desk.notes, *notes_on(mastered, master.loudness_lufs))
    return Mixdown(Audio(mastered.apply(mix.samples), rate), tuple(stems), mastered, takes, notes)


def _dry(takes: dict[str, Take], length: int) -> Iterator[Stem]:
    """Yield tracks before their effects, then the outputs of those that have several."""
    for name, take in takes.items():
        audio = as_the_graph_says(take)
        yield Stem(name, "dry", Audio(padded(audio.samples, length), audio.sample_rate))
    for name, take in takes.items():
        for output, audio in take.outputs.items():
            samples = padded(audio.gained(-take.gain_db).samples, length)
            yield Stem(f"{name} {output}", "output", Audio(samples, audio.sample_rate))


def _wet(desk: _Desk) -> Iterator[Stem]:
    """Yield tracks and buses as they are heard, or as they enter the bus whose effects they go through."""
    graph, rate = desk.plan.graph, desk.plan.sample_rate
    gains = direct_gains(graph)
    for (_, name), _ in graph.strips():
        if name not in desk.outputs:
            continue
        reaches = bool(np.any(gains[name]))
        samples = turned(desk.outputs.pop(name), gains[name] if reaches else UNITY)
        in_mix = reaches and not only_adds(graph, name)
        yield Stem(name, "wet" if name in graph.tracks else "bus", Audio(samples, rate), in_mix)


def _fade(curve: Curve, sample_rate: int) -> None:
    ramp = np.linspace(1.0, 0.0, min(len(curve), round(FADE_S * sample_rate)), dtype=np.float32)
    curve[len(curve) - len(ramp) :] *= ramp
