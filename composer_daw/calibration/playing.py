"""Playing figures: an instrument is asked for techniques, and every figure is heard by itself, dry."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.audio import Audio, Samples
from composer_daw.calibration.figures import Figure, length_s
from composer_daw.errors import InputError
from composer_daw.events import Events, Kind
from composer_daw.hosts.base import Host
from composer_daw.performance import CONTROL, Array, Performance, TechniqueSet, note_rows
from composer_daw.rendering import Instrument
from composer_daw.rendering.automation import automated
from composer_daw.rendering.effects import in_stereo
from composer_daw.rendering.readiness import Probed, probes_of
from composer_daw.techniques import Labels, TechniqueMap, realize
from composer_daw.techniques.parts import Latency, NoteShape

BEFORE_S = 0.1
"""How much is heard before the onset of a figure."""

START_S = 0.25
"""When the first figure begins: what is sent early has room before it."""


@dataclass(frozen=True)
class Cue:
    """A figure, and the techniques that are asked for."""

    asked: TechniqueSet
    figure: Figure


@dataclass(frozen=True)
class Heard:
    """One figure as it sounded, from `BEFORE_S` before its onset (stereo), and the labels of its notes.

    `entries` are those of the map that play each note, with the strokes of drums as "snare=rimshot".
    """

    cue: Cue
    samples: Samples
    sample_rate: int
    rows: Array
    entries: tuple[TechniqueSet, ...]

    @property
    def mono(self) -> Samples:
        """Return the mean of the channels."""
        return np.asarray(self.samples.mean(axis=0), np.float32)

    @property
    def peak_db(self) -> float:
        """Return the largest sample in dB of full scale."""
        return Audio(self.samples, self.sample_rate).peak_db

    def plays(self, names: Iterable[str]) -> bool:
        """Tell whether one of its notes is played by all of these."""
        wanted = set(names)
        return any(wanted <= set(entries) for entries in self.entries)


@dataclass(frozen=True)
class Player:
    """An instrument whose host is open."""

    instrument: Instrument
    host: Host

    def play(
        self,
        cues: Sequence[Cue],
        technique_map: TechniqueMap | None = None,
        rest_s: float = 1.0,
        seed: int = 0,
        controls: Sequence[tuple[int, int]] = (),
    ) -> list[Heard]:
        """Return the figures, played one after the other with `rest_s` between them.

        `technique_map` takes the place of the instrument's; `controls` are controllers of the score and
        their values, from its start. Raises HostError where the engine refuses.
        """
        known = technique_map or self.instrument.technique_map
        starts_s, onset_s = [], START_S
        for cue in cues:
            starts_s.append(onset_s)
            onset_s += length_s(cue.figure) + rest_s
        performance = performance_of(cues, starts_s, controls)
        realization = realize(performance, known)
        if isinstance(self.host, Probed):
            self.host.need(
                probes_of(realization.labels, dataclasses.replace(self.instrument, technique_map=known))
            )
        events = automated(realization.events, self.instrument.preset.automation)
        if realization.more:
            raise InputError("figures that need several instances of an instrument cannot be heard apart")
        audio = self.render(events, onset_s, seed)
        edges_s = [*(start - BEFORE_S for start in starts_s), onset_s - BEFORE_S]
        return [
            _cut(audio, realization.labels, cue, edges_s[number], edges_s[number + 1])
            for number, cue in enumerate(cues)
        ]

    def labels(self, cues: Sequence[Cue], rest_s: float = 1.0) -> Labels:
        """Return the labels of figures as the instrument's own map plays them; nothing is rendered."""
        starts_s = START_S + np.arange(len(cues)) * (rest_s + max(length_s(cue.figure) for cue in cues))
        return realize(performance_of(cues, starts_s.tolist()), self.instrument.technique_map).labels

    def entries(self, cues: Sequence[Cue]) -> tuple[TechniqueSet, ...]:
        """Return the entries of the map that play each note of figures; nothing is rendered."""
        labels = self.labels(cues)
        return tuple(_entries(labels, row) for row in labels.rows)

    def reason(self, cues: Sequence[Cue]) -> str:
        """Return why notes of figures are not played as they were asked; empty where they are."""
        labels = self.labels(cues)
        return "; ".join(dict.fromkeys(one.why for one in labels.resolutions if one.why))

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return what the host makes of events, dry, in stereo, from the start of the score."""
        audio = in_stereo(self.host.render(events, duration_s, seed))
        start = round(events.pre_roll_s * audio.sample_rate)
        gained = Audio(audio.samples[:, start:], audio.sample_rate)
        return gained.gained(self.instrument.preset.level_db)

    def switches_alone(self, cue: Cue, listen_s: float = 0.5) -> Audio:
        """Return what is heard of a figure's switches without its notes, from before the first one."""
        realization = realize(performance_of([cue], [START_S]), self.instrument.technique_map)
        stream = realization.events.stream
        listen_s += START_S
        silent = stream[~np.isin(stream["kind"], [int(Kind.NOTE_ON), int(Kind.NOTE_OFF)])]
        sound = self.host.render(dataclasses.replace(realization.events, stream=silent), listen_s)
        return sound.gained(self.instrument.preset.level_db)


def performance_of(
    cues: Sequence[Cue], starts_s: Sequence[float], controls: Sequence[tuple[int, int]] = ()
) -> Performance:
    """Return figures at these times as a performance, each note with what is asked of it."""
    table = list(dict.fromkeys(cue.asked for cue in cues))
    notes = [
        ((start + note.after_s, note.held_s, note.pitch, note.velocity), table.index(cue.asked))
        for cue, start in zip(cues, starts_s, strict=True)
        for note in cue.figure
    ]
    rows = note_rows([note for note, _ in notes], technique=[number for _, number in notes])
    sent = np.zeros(len(controls), CONTROL)
    sent["kind"] = Kind.CONTROL
    for row, (number, value) in zip(sent, controls, strict=True):
        row["number"], row["value"] = number, value
    return Performance(rows, sent, techniques=tuple(table))


def neutral(technique_map: TechniqueMap) -> TechniqueMap:
    """Return a map that sends all techniques the same notes: what differs then, its actions do.

    Lengths, factors on the velocity and latencies are left out; pitch and velocity ranges stay, for they may
    be what makes a technique sound.
    """
    on_time = without_latencies(technique_map)
    plain = {
        name: technique.model_copy(update={"note": _plain(technique.note)})
        for name, technique in on_time.techniques.items()
    }
    return on_time.model_copy(update={"techniques": plain})


def without_latencies(technique_map: TechniqueMap) -> TechniqueMap:
    """Return a map that sends every note at its time."""
    plain = {
        name: technique.model_copy(update={"latency_ms": Latency()})
        for name, technique in technique_map.techniques.items()
    }
    return technique_map.model_copy(update={"techniques": plain})


def _plain(shape: NoteShape) -> NoteShape:
    left_out = {
        "length": 1.0,
        "gap_ms": 0.0,
        "overlap_ms": 0.0,
        "lasts_ms": 0.0,
        "velocity": 1.0,
        "strum_ms": 0.0,
    }
    return shape.model_copy(update=left_out)


def _cut(audio: Audio, labels: Labels, cue: Cue, start_s: float, end_s: float) -> Heard:
    rate = audio.sample_rate
    first, last = round(start_s * rate), round(end_s * rate)
    sound = audio.samples[:, first:last]
    sound = np.pad(sound, ((0, 0), (0, last - first - sound.shape[1])))
    rows = labels.rows
    mine = rows[(rows["written_onset_s"] >= start_s) & (rows["written_onset_s"] < end_s)]
    return Heard(cue, sound, rate, mine, tuple(_entries(labels, row) for row in mine))


def _entries(labels: Labels, row: np.void) -> TechniqueSet:
    strokes = labels.resolutions[int(row["asked"])].strokes
    piece, _ = labels.pieces.get(int(row["pitch"]), ("", ""))
    struck = ("=".join(stroke) for stroke in strokes if stroke[0] == piece)
    return (*filter(None, labels.states[int(row["played"])]), *struck)
