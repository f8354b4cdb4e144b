"""The fingerprint of a preset: every parameter, and how a fixed phrase sounds.

It is small enough for JSON, and answers two questions: are these the same samples, bit for bit, and if not,
is it the same sound? For the second it keeps the level of each third of an octave while each note sounds, and
the level over time, channel by channel.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from composer_daw.audio import Audio
from composer_daw.errors import InputError
from composer_daw.files import check_is_file
from composer_daw.hosts.base import Host, Parameter
from composer_daw.measure.frames import Array, decibels_of, mean_power
from composer_daw.measure.spectrum import mean_spectrum
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import Instrument
from composer_daw.rendering.automation import automated
from composer_daw.rendering.readiness import Probed, probes_of
from composer_daw.techniques import TechniqueMap, realize

SAMPLE_RATE = 44_100
TAIL_S = 1.5
"""How long the last note is listened to after its end."""

THIRDS_HZ = tuple(1000.0 * 2.0 ** (number / 3) for number in range(-14, 14))
"""The middles of the bands: 39 Hz to 20 kHz."""

WINDOW_S = 0.18
"""Long enough for several values of the spectrum in the lowest band."""

HOP_S = 0.05
DEPTH_DB = 60.0
"""Levels that lie this far below the loudest are not compared."""

SAME_SOUND_DB, SPREADS = 0.02, 2.0
"""What another processor's rounding may do, and how many times the spread of takes that differ anyway."""

LOWEST, HIGHEST = 36, 84
"""The phrase stays within C2 to C6, and within the range of the instrument."""

_STEPS = ((0.0, 90, 0.4), (0.25, 50, 0.4), (0.5, 100, 0.7), (0.6, 30, 0.4), (0.8, 127, 0.25), (1.0, 70, 0.4))
"""Single notes: place between lowest and highest, velocity, length in seconds."""
_CHORD = ((0.3, 80), (0.45, 110), (0.65, 64))
_GAP_S = 0.2


Notes = tuple[tuple[float, float, int, int], ...]
"""A phrase: onset and duration in seconds, pitch, velocity."""


class SoundPrint(BaseModel):
    """How the phrase sounded: its samples as SHA-256, and levels in dB of full scale."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    sample_rate: int
    notes: Notes
    sha256: str
    """Of the float32 samples, channel after channel."""
    bands_db: tuple[tuple[float, ...], ...]
    """For each channel and each onset a row: the level in each third of an octave."""
    envelope_db: tuple[tuple[float, ...], ...]
    """For each channel a row: the level every 50 ms."""
    spread_db: float = 0.0
    """How far takes of it were from each other when it was made; 0 where they were the same."""

    @property
    def limit_db(self) -> float:
        """Return how far another take may be and still count as the same sound."""
        return SAME_SOUND_DB + SPREADS * self.spread_db


class Fingerprint(BaseModel):
    """What must come back with a preset."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    parameters: dict[str, float]
    """Values in 0..1 by name; parameters that share a name go by "#" and their index."""
    sound: SoundPrint

    def to_json(self) -> str:
        """Return it as text, one key to a line (reverse of `load_fingerprint`)."""
        data = self.model_dump(mode="json")
        sound = ",\n  ".join(f"{json.dumps(key)}: {json.dumps(data['sound'][key])}" for key in data["sound"])
        names = ",\n  ".join(
            f"{json.dumps(name, ensure_ascii=False)}: {value}" for name, value in self.parameters.items()
        )
        return f'{{"parameters": {{\n  {names}}},\n"sound": {{\n  {sound}}}}}\n'


@dataclass(frozen=True)
class Difference:
    """How far two sounds of one phrase are from each other; RMS over bands and over time, in dB."""

    identical: bool
    """Sample for sample, bit for bit."""
    spectrum_db: float = 0.0
    envelope_db: float = 0.0

    @property
    def largest_db(self) -> float:
        """Return the larger one of the two."""
        return max(self.spectrum_db, self.envelope_db)


def load_fingerprint(path: Path) -> Fingerprint:
    """Read a fingerprint; raise InputError where the file holds none."""
    try:
        return Fingerprint.model_validate_json(check_is_file(path, "a fingerprint (JSON)").read_bytes())
    except ValidationError as error:
        raise InputError(f"{path}: is no fingerprint; capture the preset again") from error


def by_name(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """Return parameters by name; those that share one by "#" and their index."""
    known = tuple(parameters)
    times = Counter(one.name for one in known)
    return {one.name if times[one.name] == 1 else f"#{one.index}": one for one in known}


def values_of(parameters: Iterable[Parameter]) -> dict[str, float]:
    """Return the values of parameters by name, as a fingerprint keeps them."""
    return {name: round(one.value, 6) for name, one in by_name(parameters).items()}


def phrase_for(technique_map: TechniqueMap) -> Notes:
    """Return the notes by which an instrument is known: single notes and a chord all over its range.

    Of a drum map every piece is struck once, eight at the most.
    """
    if technique_map.pieces:
        struck = [next(iter(piece.written)) for piece in technique_map.pieces.values() if piece.written][:8]
        return tuple((0.1 + 0.4 * number, 0.3, pitch, 100) for number, pitch in enumerate(struck))
    low, high = technique_map.range
    bottom = max(low, min(LOWEST, high - 12))
    top = min(high, max(HIGHEST, low + 12))
    notes, at_s = [], 0.1
    for place, velocity, length_s in _STEPS:
        notes.append((round(at_s, 3), length_s, _pitch(bottom, top, place), velocity))
        at_s += length_s + _GAP_S
    chord = [(round(at_s, 3), 0.8, _pitch(bottom, top, place), velocity) for place, velocity in _CHORD]
    return tuple(dict.fromkeys([*notes, *chord]))


def _pitch(bottom: int, top: int, place: float) -> int:
    return bottom + round(place * (top - bottom))


def play_phrase(host: Host, instrument: Instrument, notes: Notes) -> Audio:
    """Return the phrase as the instrument plays it, dry, with its techniques at their defaults."""
    try:
        realization = realize(Performance(note_rows(notes)), instrument.technique_map)
    except InputError as error:  # the map is another one than the phrase was made for
        raise InputError(f"{instrument.map_path}: {error}; capture the preset again") from error
    if isinstance(host, Probed):
        host.need(probes_of(realization.labels, instrument))
    events = automated(realization.events, instrument.preset.automation)
    audio = host.render(events, events.duration_s + TAIL_S)
    start = round(events.pre_roll_s * audio.sample_rate)
    return Audio(audio.samples[:, start:], audio.sample_rate)


def print_of(audio: Audio, notes: Notes) -> SoundPrint:
    """Return what is kept of the sound of a phrase."""
    edges = [round(time_s * audio.sample_rate) for time_s in sorted({onset for onset, *_ in notes})]
    spans = list(zip(edges, [*edges[1:], audio.samples.shape[1]], strict=True))
    bands = [
        _thirds_db(channel[start:end], audio.sample_rate) for channel in audio.samples for start, end in spans
    ]
    envelope = [_levels_db(channel, audio.sample_rate) for channel in audio.samples]
    return SoundPrint(
        sample_rate=audio.sample_rate,
        notes=notes,
        sha256=hashlib.sha256(audio.samples.tobytes()).hexdigest(),
        bands_db=tuple(bands),
        envelope_db=tuple(envelope),
    )


def _thirds_db(samples: Array, sample_rate: int) -> tuple[float, ...]:
    """Return the RMS level in each band, on average over the frames that are heard."""
    spectrum = mean_spectrum(samples, sample_rate, WINDOW_S, above_db=-DEPTH_DB)
    edge, size = 2.0 ** (1 / 6), 2 * (len(spectrum.frequencies_hz) - 1)
    energies = np.array([spectrum.energy(middle / edge, middle * edge) for middle in THIRDS_HZ])
    return _rounded(np.sqrt(energies / 3.0) * 4.0 / size)  # of a sine in Hann's window: its RMS


def _levels_db(samples: Array, sample_rate: int) -> tuple[float, ...]:
    return _rounded(np.sqrt(mean_power(np.asarray(samples, np.float64), sample_rate, HOP_S)))


def _rounded(amplitudes: Array) -> tuple[float, ...]:
    return tuple(round(level, 2) for level in decibels_of(amplitudes).tolist())


def difference(one: SoundPrint, other: SoundPrint) -> Difference:
    """Return how far one sound is from another of the same phrase.

    Levels more than 60 dB below the loudest count as equally silent.
    """
    if one.sha256 == other.sha256:
        return Difference(True)
    return Difference(False, _apart(one.bands_db, other.bands_db), _apart(one.envelope_db, other.envelope_db))


def _apart(one: tuple[tuple[float, ...], ...], other: tuple[tuple[float, ...], ...]) -> float:
    """Return the RMS of the differences in dB, over what is loud enough in either."""
    if [len(row) for row in one] != [len(row) for row in other]:
        return DEPTH_DB  # other channels or another length: nothing alike
    first, second = np.concatenate(one), np.concatenate(other)
    floor = max(first.max(), second.max()) - DEPTH_DB
    heard = np.maximum(first, second) > floor
    gaps = np.maximum(first, floor)[heard] - np.maximum(second, floor)[heard]
    return float(np.sqrt(np.mean(np.square(gaps)))) if len(gaps) else 0.0
