"""SoundFonts (sf2, sf3), played by TinySoundFont (PyPI `tinysoundfont`).

    with SoundFontHost(find_soundfont("MuseScore_General_Lite.sf3", Path()), 44100) as host:
        audio = host.render(events, duration_s=4.0)

The engine plays from one moment to the next, so it is asked for the sound between two events at a time, and
every event is heard on its exact sample. A program is chosen by bank and number, each of the 16 channels for
itself; channel 10 plays drums unless it is sent another bank. The engine has no damper pedal: notes that the
pedal holds are held here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.audio import Audio, Samples
from composer_daw.errors import HostError, LoadError
from composer_daw.events import BANK_SELECT, EventArray, Events, Kind
from composer_daw.files import sha256_of
from composer_daw.hosts.base import ClosesItself, Parameter
from composer_daw.hosts.soundfont_file import DRUM_BANK, find_soundfont, read_programs

__all__ = ["SoundFontHost", "find_soundfont", "sound_digest"]

DRUM_CHANNEL = 9
PEDAL, PEDAL_DOWN = 64, 64

NO_BEND = 8192
"""The middle of the engine's wheel."""


def sound_digest(path: Path) -> str:
    """Return the SHA-256 of what makes the sound: the bytes of the file, and the version of the engine."""
    try:
        engine = version("tinysoundfont")
    except PackageNotFoundError:
        engine = "absent"
    return hashlib.sha256(f"{engine}:{sha256_of(path)}".encode()).hexdigest()


class SoundFontHost(ClosesItself):
    """One SoundFont, loaded; see `hosts.base.Host` for what it promises.

    The engine hears volume (7), pan (10), expression (11), the pedal (64) and the wheel; no modulation wheel
    and no aftertouch. It has as many voices as are needed.
    """

    deterministic = True

    def __init__(self, path: Path, sample_rate: int, bend_range: float = 2.0) -> None:
        """Load the SoundFont at `path`; `bend_range` is how far the wheel bends, in semitones.

        Raises LoadError for a file that is no SoundFont, and where the engine is not installed.
        """
        self.path, self.sample_rate, self.bend_range = path, sample_rate, bend_range
        self.programs = read_programs(path)
        self._loaded: Any = _load(path, sample_rate)
        self.state = bytes.fromhex(sound_digest(path))

    @property
    def latency_samples(self) -> int:
        """Return 0: a note is heard when it is sent."""
        return 0

    def parameters(self) -> tuple[Parameter, ...]:
        """Return none: a SoundFont has programs and controllers only."""
        return ()

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return the audio from `-events.pre_roll_s` to `duration_s`; the engine takes no seed.

        Raises HostError for parameters, and for a program that the file does not have.
        """
        if self._loaded is None:
            raise HostError(f"{self.path}: the host is closed; open it again to render")
        if len(events.of(Kind.PARAMETER)):
            raise HostError(f"{self.path}: has no parameters, only programs and controllers")
        total = max(0, round((duration_s + events.pre_roll_s) * self.sample_rate))
        times = events.to_samples(events.stream["time_s"], self.sample_rate)
        with _engine_errors(self.path):
            sound = self._play(events.stream, times, total)
        if not np.isfinite(sound).all():
            raise HostError(f"{self.path}: rendered NaN or infinite samples")
        return Audio(sound.T, self.sample_rate)

    def close(self) -> None:
        """Let go of the engine and its samples."""
        self._loaded = None

    def _play(self, stream: EventArray, times: np.ndarray, total: int) -> Samples:
        """Return the sound of all channels, samples x 2."""
        engine = type(self._loaded)(self._loaded)  # shares the samples, and has played nothing yet
        channels = {number: self._channel(engine, number) for number in np.unique(stream["channel"]).tolist()}
        columns = (times, *(stream[name] for name in ("channel", "kind", "number", "value")))
        sound, done = np.zeros((total, 2), np.float32), 0
        for time, channel, kind, number, value in zip(*(one.tolist() for one in columns), strict=True):
            if time >= total:
                break
            if time > done:
                engine.render(sound[done:time])
                done = time
            channels[channel].send(kind, number, value)
        if done < total:
            engine.render(sound[done:])
        return sound

    def _channel(self, engine: Any, number: int) -> _Channel:
        channel = _Channel(self, engine, number)
        engine.channel_set_pitch_range(number, self.bend_range)
        first = DRUM_BANK if number == DRUM_CHANNEL else 0
        engine.channel_set_preset_index(number, max(0, engine.get_preset_index(first, 0)))
        return channel


@dataclass
class _Channel:
    """One channel of a render: its bank, its pedal, and the notes that only the pedal holds."""

    host: SoundFontHost
    engine: Any
    number: int
    bank_bytes: dict[int, int] = field(default_factory=dict)
    pedal: bool = False
    held: list[int] = field(default_factory=list)

    def send(self, kind: int, number: int, value: float) -> None:
        """Pass one event on to the engine."""
        match kind:
            case Kind.NOTE_ON | Kind.SWITCH_ON if value > 0:
                self.engine.channel_note_on(self.number, number, min(127.0, value) / 127.0)
            case Kind.NOTE_ON | Kind.SWITCH_ON | Kind.NOTE_OFF | Kind.SWITCH_OFF:
                self._release(number)
            case Kind.PROGRAM:
                self._choose(number)
            case Kind.CONTROL:
                self._control(number, min(127, max(0, round(value))))
            case Kind.PITCH_BEND:
                self.engine.channel_set_pitch_wheel(self.number, NO_BEND + round(value))

    def _release(self, key: int) -> None:
        if self.pedal:
            self.held.append(key)
        else:
            self.engine.channel_note_off(self.number, key)

    def _control(self, number: int, value: int) -> None:
        if number in BANK_SELECT:
            self.bank_bytes[number] = value
        elif number == PEDAL:
            self.pedal = value >= PEDAL_DOWN
            while self.held and not self.pedal:
                self.engine.channel_note_off(self.number, self.held.pop(0))
        else:
            self.engine.channel_midi_control(self.number, number, value)

    def _choose(self, program: int) -> None:
        index = self.engine.get_preset_index(self.bank, program)
        if index < 0:
            raise HostError(f"{self.host.path}: {_no_program(self.host, self.bank, program)}")
        self.engine.channel_set_preset_index(self.number, index)

    @property
    def bank(self) -> int:
        """Return the bank that the next program is taken from: both bytes in one number, or the one sent."""
        if not self.bank_bytes:
            return DRUM_BANK if self.number == DRUM_CHANNEL else 0
        most, least = (self.bank_bytes.get(number) for number in BANK_SELECT)
        return most * 128 + least if most is not None and least is not None else (most or least or 0)


def _no_program(host: SoundFontHost, bank: int, program: int) -> str:
    there = [f"{one.program} {one.name}" for one in host.programs if one.bank == bank]
    if there:
        more = f" and {len(there) - 6} more" if len(there) > 6 else ""
        return f"no program {program} in bank {bank}; it has {', '.join(there[:6])}{more}"
    banks = sorted({one.bank for one in host.programs})
    return f"no bank {bank}; it has {', '.join(map(str, banks))}"


def _load(path: Path, sample_rate: int) -> Any:
    try:
        from tinysoundfont import _tinysoundfont
    except ImportError as error:
        raise LoadError(f"{path}: needs tinysoundfont; run: pip install --no-deps tinysoundfont") from error
    try:
        loaded = _tinysoundfont.SoundFont(str(path))
    except RuntimeError as error:
        raise LoadError(f"{path}: the engine cannot read it; is it whole, and an .sf2 or .sf3?") from error
    loaded.set_output(_tinysoundfont.OutputMode.StereoInterleaved, sample_rate, 0.0)
    return loaded


@contextmanager
def _engine_errors(path: Path) -> Iterator[None]:
    """Turn whatever the engine raises into a HostError."""
    try:
        yield
    except RuntimeError as error:
        raise HostError(f"{path}: failed while rendering: {' '.join(str(error).split())}") from error
