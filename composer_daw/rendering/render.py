"""Render a performance on an instrument: annotate, realize, play, add effects, wait for silence."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from composer_daw.audio import PIECE, Audio, Samples
from composer_daw.errors import HostError, InputError
from composer_daw.events import Events
from composer_daw.hosts.base import Host
from composer_daw.performance import Performance, TechniqueSet
from composer_daw.rendering.automation import automated
from composer_daw.rendering.effects import in_stereo, open_chain
from composer_daw.rendering.instrument import Instrument, open_host
from composer_daw.rendering.readiness import Probed, probes_of
from composer_daw.techniques import AS_WRITTEN, Labels, annotate, check_techniques, load_vocabulary, realize
from composer_daw.techniques.shape import OutOfRange

SILENT_DB = -80.0
"""Below this a tail counts as silent (dBFS)."""

FIRST_TAIL_S, LONGEST_TAIL_S = 2.0, 32.0
RISE_S, FADE_S = 0.002, 0.5
"""Fades where the start of the score cuts into a note that is sent early, and where the longest tail ends."""

CEILING_DB = -0.3
"""A take that peaks higher is turned down to this, and says so in `gain_db`."""


@dataclass(frozen=True)
class Take:
    """One rendered version: the sound from the start of the score, and what every note of it is."""

    audio: Audio
    labels: Labels
    events: Events
    performance: Performance
    """The performance that was asked for, each note with its techniques."""
    gain_db: float = 0.0
    """What was taken off so that nothing clips; 0 where nothing was."""
    outputs: dict[str, Audio] = dataclasses.field(default_factory=dict)
    """The dry stereo pairs of an instrument with several outputs, as long as `audio`; empty for others."""
    more_events: tuple[Events, ...] = ()
    """What further instances of the instrument were told; all sound together in `audio`."""

    def performed(self) -> Performance:
        """Return the performance as it is played: sounding times, sent velocities, played techniques."""
        rows = self.labels.rows
        kept = self.performance.notes[np.isin(self.performance.notes["source"], rows["note"])]
        names = self.labels.played_names()
        table = {name: number for number, name in enumerate(dict.fromkeys(names))}
        notes = kept.copy()
        notes["onset_s"], notes["velocity"] = rows["sounding_onset_s"], rows["velocity"]
        notes["duration_s"] = rows["sounding_offset_s"] - rows["sounding_onset_s"]
        notes["technique"] = [table[name] for name in names]
        return dataclasses.replace(self.performance, notes=notes, techniques=tuple((name,) for name in table))


def render(
    performance: Performance,
    instrument: Instrument,
    technique: str = AS_WRITTEN,
    *,
    host: Host | None = None,
    sample_rate: int = 44_100,
    seed: int = 0,
    out_of_range: OutOfRange = "fail",
) -> Take:
    """Render a performance with one technique throughout, or as its texts say ("written").

    `technique` is a name of the vocabulary or the map, or several joined by '+'. A `host` that is open
    already is used at its own sample rate; without one the instrument's is opened and closed. Raises
    TechniqueError, InputError for notes out of range, and HostError.
    """
    if host is None:
        with open_host(instrument, sample_rate) as opened:
            return render(
                performance, instrument, technique, host=opened, seed=seed, out_of_range=out_of_range
            )
    asked = with_techniques(performance, instrument, technique)
    realization = realize(asked, instrument.technique_map, out_of_range=out_of_range)
    if isinstance(host, Probed):
        host.need(probes_of(realization.labels, instrument))
    played = (realization.events, *realization.more)
    events, *more = (automated(one, instrument.preset.automation) for one in played)
    dry = _mixed(
        [_until_silent(one, instrument, host, seed + copy) for copy, one in enumerate((events, *more))]
    )
    wet = _with_effects(dry, events, instrument)
    audio = _trimmed(wet, events).gained(instrument.preset.level_db)
    if not audio.is_finite:
        raise HostError(f"{instrument.name}: the engine or an effect gave samples that are not finite")
    gain_db = min(0.0, CEILING_DB - audio.peak_db)
    outputs = {
        name: _cut(pair, events, audio.samples.shape[1]).gained(instrument.preset.level_db + gain_db)
        for name, pair in _pairs(dry, instrument).items()
    }
    return Take(audio.gained(gain_db), realization.labels, events, asked, gain_db, outputs, tuple(more))


def with_techniques(performance: Performance, instrument: Instrument, technique: str) -> Performance:
    """Return the performance with each note's techniques: those of its texts, or one for all."""
    annotated = annotate(performance, instrument.technique_map, load_vocabulary())
    if technique == AS_WRITTEN:
        return annotated
    return annotated.with_technique(check_technique(technique, instrument))


def check_technique(technique: str, instrument: Instrument) -> TechniqueSet:
    """Return the techniques of a name, or of several joined by '+'; none for "written"."""
    named = "default" if technique == AS_WRITTEN else technique
    return check_techniques(named, instrument.technique_map, load_vocabulary())


def _until_silent(events: Events, instrument: Instrument, host: Host, seed: int) -> Audio:
    """Return all outputs of the host, dry, from before the start of the score until they are silent."""
    tail_s = min(max(FIRST_TAIL_S, host.tail_s), LONGEST_TAIL_S)
    dry = host.render(events, events.duration_s + tail_s, seed)
    while not _ends_silent(dry) and tail_s < LONGEST_TAIL_S:
        tail_s *= 2
        dry = host.render(events, events.duration_s + tail_s, seed)
    return dry


def _mixed(parts: list[Audio]) -> Audio:
    """Return the sum of what the instances of one instrument play, as long as the longest."""
    if len(parts) == 1:
        return parts[0]
    samples = np.zeros((parts[0].channels, max(part.samples.shape[1] for part in parts)), np.float32)
    for part in parts:
        samples[:, : part.samples.shape[1]] += part.samples
    return Audio(samples, parts[0].sample_rate)


def _with_effects(dry: Audio, events: Events, instrument: Instrument) -> Audio:
    """Return the sum of the outputs after the effects, until that is silent."""
    mixed = in_stereo(dry) if dry.channels > 2 else dry
    if not instrument.preset.effects:
        return mixed
    with open_chain(instrument.preset.effects, dry.sample_rate, instrument.path.parent) as process:
        audio, tail_s = process(mixed), FIRST_TAIL_S
        while not _ends_silent(audio) and tail_s < LONGEST_TAIL_S:
            tail_s *= 2
            room = round((tail_s + events.duration_s + events.pre_roll_s) * dry.sample_rate)
            longer = np.pad(mixed.samples, ((0, 0), (0, max(0, room - mixed.samples.shape[1]))))
            audio = process(Audio(longer, dry.sample_rate))
    return audio


def _pairs(dry: Audio, instrument: Instrument) -> dict[str, Audio]:
    """Return the stereo pairs of several outputs by name, or by number where they have none."""
    names = instrument.preset.outputs
    pairs = [Audio(dry.samples[at : at + 2], dry.sample_rate) for at in range(0, dry.channels, 2)]
    if len(names) > len(pairs):
        raise InputError(
            f"{instrument.path}: outputs: names {len(names)}, but the instrument has "
            f"{len(pairs)} stereo pair{'s' * (len(pairs) > 1)}"
        )
    if len(pairs) == 1:
        return {}
    named = (*names, *(f"output {number + 1}" for number in range(len(names), len(pairs))))
    return dict(zip(named, pairs, strict=False))


def _cut(audio: Audio, events: Events, frames: int) -> Audio:
    """Return `frames` samples from the start of the score, padded with silence."""
    start = round(events.pre_roll_s * audio.sample_rate)
    sound = audio.samples[:, start : start + frames]
    return Audio(np.pad(sound, ((0, 0), (0, frames - sound.shape[1]))), audio.sample_rate)


def _ends_silent(audio: Audio) -> bool:
    """Tell whether the last twentieth of a second is silent."""
    return Audio(audio.samples[:, -audio.sample_rate // 20 :], audio.sample_rate).peak_db < SILENT_DB


def _trimmed(audio: Audio, events: Events) -> Audio:
    """Return the audio from the start of the score to lasting silence, never before the last release."""
    start = round(events.pre_roll_s * audio.sample_rate)
    last = max(last_loud(audio.samples), start + round(events.duration_s * audio.sample_rate))
    cut_into, cut_off = bool(np.any(audio.samples[:, :start])), last == audio.samples.shape[1]
    if not cut_into and not cut_off:
        return Audio(audio.samples[:, start:last], audio.sample_rate)
    sound = audio.samples[:, start:last].copy()
    if cut_into:
        rise = sound[:, : round(RISE_S * audio.sample_rate)]
        rise *= np.linspace(0.0, 1.0, rise.shape[1], dtype=np.float32)
    if cut_off:  # it sounds on after the longest tail: fade, where a cut would click
        fall = sound[:, max(0, sound.shape[1] - round(FADE_S * audio.sample_rate)) :]
        fall *= np.linspace(1.0, 0.0, fall.shape[1], dtype=np.float32)
    sound.setflags(write=False)
    return Audio(sound, audio.sample_rate)


def last_loud(samples: Samples) -> int:
    """Return the end of what is not silent, looked for from the end; 0 where all is."""
    for stop in range(samples.shape[1], 0, -PIECE):
        first = max(0, stop - PIECE)
        loud = np.flatnonzero(np.abs(samples[:, first:stop]).max(axis=0) > 10 ** (SILENT_DB / 20))
        if len(loud):
            return first + int(loud[-1]) + 1
    return 0
