"""SFZ libraries, played by the sfizz engine (PyPI `pysfizz`).

    with SfizzHost(Path("violin.sfz"), 44100) as host:
        audio = host.render(events, duration_s=4.0)

Every event is heard on its exact sample, whatever the size of the engine's blocks. Keyswitches are notes to
the engine, as the library's `sw_` opcodes say. The engine knows no channels: each channel of the events is
played by itself, from a state of its own, and the sum is returned, so keyswitches and controllers of one
channel are not those of another, and the samples are in memory once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.audio import Audio, Samples
from composer_daw.errors import HostError, LoadError
from composer_daw.events import EventArray, Events, Kind
from composer_daw.hosts.base import ClosesItself, Parameter
from composer_daw.hosts.sfizz_samples import check_samples, sizes
from composer_daw.hosts.sfizz_text import Sfz, read_sfz

BLOCKS = (16, 64)
"""The fewest and the most samples that the engine renders at once; see `_block_for`.

Where its first block ends, a note repeats one sample: a fault of the engine. In blocks this short it falls
into the first 1.5 ms of the attack. Blocks of 512 would be a third faster.
"""

MOST_VOICES = 256
"""What the engine can sound at once, on one channel; beyond, it cuts off the oldest."""

RESET_CONTROLLERS = 121

SAMPLE_RATES = (8_000, 192_000)


def sound_digest(path: Path) -> str:
    """Return the SHA-256 of what makes the sound: the text with its includes, each sample's name and size.

    The samples themselves may be gigabytes and are not read. The version of the engine counts too.
    """
    return _digest(read_sfz(path)).hex()


class SfizzHost(ClosesItself):
    """One SFZ instrument, its samples loaded; see `hosts.base.Host` for what it promises.

    `deterministic` is False for a library that draws random numbers (`lorand`, `pitch_random`, noise ...):
    the engine draws them from one generator for the whole process, which nothing can seed. All else, round
    robins too, starts afresh with every render.
    """

    def __init__(self, path: Path, sample_rate: int, bend_range: float = 2.0, block: int = 0) -> None:
        """Load the SFZ at `path`; `bend_range` is how far the wheel bends, in semitones.

        `block` is how many samples the engine renders at once, 0 for what suits the library.
        Raises LoadError for a file that is no SFZ, samples that are missing or unreadable, and a range wider
        than the library bends.
        """
        if not SAMPLE_RATES[0] <= sample_rate <= SAMPLE_RATES[1]:
            raise LoadError(f"{path}: {sample_rate} Hz is outside the {SAMPLE_RATES} Hz of the engine")
        self.path, self.sample_rate = path, sample_rate
        sfz = read_sfz(path)
        block = block or _block_for(check_samples(sfz), sample_rate)
        self.deterministic = not sfz.draws_random
        self.state = _digest(sfz)
        self._bend = _bend_factor(sfz, bend_range)
        self._engine: Any = _new_engine(path, sample_rate, block)
        folder = Path(tempfile.mkdtemp(prefix="sfz-"))
        self._clean = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._text = _laid_out(sfz, folder)
        self._load()

    @property
    def latency_samples(self) -> int:
        """Return 0: a note is heard when it is sent."""
        return 0

    def parameters(self) -> tuple[Parameter, ...]:
        """Return none: an SFZ has keyswitches and controllers only."""
        return ()

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return the audio from `-events.pre_roll_s` to `duration_s`; the engine takes no seed.

        Raises HostError for parameters and programs, which an SFZ has not, for a bend that the library's
        regions would take differently, and where more voices sound than the engine has.
        """
        if self._engine is None:
            raise HostError(f"{self.path}: the host is closed; open it again to render")
        self._check(events)
        total = max(0, round((duration_s + events.pre_roll_s) * self.sample_rate))
        sound = np.zeros((2, total), np.float32)
        times = events.to_samples(events.stream["time_s"], self.sample_rate)
        for channel in np.unique(events.stream["channel"]):
            mine = np.flatnonzero(events.stream["channel"] == channel)
            self._play(events.stream[mine], times[mine], sound)
        if not np.isfinite(sound).all():
            raise HostError(f"{self.path}: rendered NaN or infinite samples")
        return Audio(sound, self.sample_rate)

    def close(self) -> None:
        """Let go of the engine and its samples."""
        self._engine = None
        self._clean()

    def _check(self, events: Events) -> None:
        if len(events.of(Kind.PARAMETER)):
            raise HostError(f"{self.path}: has no parameters, only keyswitches and controllers")
        if len(events.of(Kind.PROGRAM)):
            raise HostError(f"{self.path}: has no programs; switch its techniques by keyswitch or controller")
        if self._bend is None and np.any(events.of(Kind.PITCH_BEND)["value"]):
            raise HostError(
                f"{self.path}: its regions bend by different ranges; leave the wheel in the middle"
            )

    def _load(self) -> None:
        """Load the instrument, or, where it is loaded, bring it back to the state it had then.

        Controllers go back first: a second loading keeps them. It keeps the samples too, and clears all else.
        """
        if self._engine.get_num_regions():
            self._engine.cc(0, RESET_CONTROLLERS, 0)
        with _last_words() as words:
            loaded = self._engine.load_sfz_file(str(self._text))
        if not loaded or not self._engine.get_num_regions():
            said = f" ({words[0]})" if words else ""
            raise LoadError(f"{self.path}: the engine found no region that it can play{said}")

    def _play(self, stream: EventArray, times: np.ndarray, sound: Samples) -> None:
        """Add what the engine makes of one channel's events to `sound`."""
        self._load()
        block, total = self._engine.get_block_size(), sound.shape[1]
        columns = (times, stream["kind"], stream["number"], stream["value"])
        rows = list(zip(*(column.tolist() for column in columns), strict=True))
        upcoming = 0
        for start in range(0, total, block):
            while upcoming < len(rows) and rows[upcoming][0] < start + block:
                time, kind, number, value = rows[upcoming]
                self._send(time - start, kind, number, value)
                upcoming += 1
            left, right = self._engine.render_block()
            size = min(block, total - start)
            sound[0, start : start + size] += left[:size]
            sound[1, start : start + size] += right[:size]
            if self._engine.get_num_active_voices() >= MOST_VOICES:
                raise HostError(
                    f"{self.path}: more than {MOST_VOICES} voices at {start / self.sample_rate:.2f} s of the "
                    "take, and the engine would cut some off; use fewer layers, less pedal, or split the part"
                )

    def _send(self, delay: int, kind: int, number: int, value: float) -> None:
        match kind:
            case Kind.NOTE_ON | Kind.SWITCH_ON if value > 0:
                self._engine.note_on(delay, number, _seven_bits(max(1.0, value)))
            case Kind.NOTE_ON | Kind.SWITCH_ON | Kind.NOTE_OFF | Kind.SWITCH_OFF:
                self._engine.note_off(delay, number, 0)
            case Kind.CONTROL:
                self._engine.cc(delay, number, _seven_bits(value))
            case Kind.PITCH_BEND:
                self._engine.pitch_wheel(delay, round(value * (self._bend or 0.0)))


def _new_engine(path: Path, sample_rate: int, block: int) -> Any:
    try:
        from pysfizz import _sfizz
    except ImportError as error:
        raise LoadError(f"{path}: SFZ needs pysfizz; run: pip install 'composer_daw[hosts]'") from error
    engine = _sfizz.Synth(sample_rate, block)
    engine.set_num_voices(MOST_VOICES)
    engine.enable_freewheeling()  # the best resampling that it has
    return engine


def _block_for(shortest_s: float, sample_rate: int) -> int:
    """Return the samples of a block, few enough that no sample ends in the block in which it begins.

    The engine does not play such a note: its end falls before its delay. Two octaves up are allowed for.
    """
    fewest, most = BLOCKS
    return int(max(fewest, min(most, shortest_s * sample_rate / 4)))


def _laid_out(sfz: Sfz, folder: Path) -> Path:
    """Write the instrument as the engine is to read it; a link leads from there to the samples."""
    home, text = folder / "library", folder / "instrument.sfz"
    try:
        home.symlink_to(sfz.path.parent, target_is_directory=True)
        text.write_bytes(sfz.for_engine(home).encode("utf-8"))
    except OSError as error:
        raise LoadError(f"{text}: cannot be written: {error.strerror or error}") from error
    return text


def _bend_factor(sfz: Sfz, bend_range: float) -> float | None:
    """Return the factor on the wheel by which it bends `bend_range` semitones; None where there is none."""
    if len(sfz.bend_cents) != 1:
        return None if sfz.bend_cents else 0.0
    (cents,) = sfz.bend_cents
    factor = bend_range * 100.0 / cents
    if not 0 < factor <= 1:
        raise LoadError(f"{sfz.path}: bends {cents / 100:g} semitones; set bend_range to {cents / 100:g}")
    return factor


def _digest(sfz: Sfz) -> bytes:
    try:
        engine = version("pysfizz")
    except PackageNotFoundError:
        engine = "absent"
    parts = [engine, sfz.text, *(f"{name}:{size}" for name, size in sizes(sfz))]
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _seven_bits(value: float) -> int:
    return min(127, max(0, round(value)))


@contextlib.contextmanager
def _last_words() -> Iterator[list[str]]:
    """Yield a list that holds, after the block, the lines that the engine wrote to the process's stderr."""
    words: list[str] = []
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield words
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            caught.seek(0)
            words += caught.read().decode("utf-8", "replace").splitlines()
