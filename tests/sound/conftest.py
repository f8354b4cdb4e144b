"""The studio instruments, rendered to WAV files and read back: these tests hear what a user hears."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.technique_recognition import ELEVEN as TECHNIQUES
from composer_daw.audio import load_audio, save_audio
from composer_daw.hosts.base import Host
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import Instrument, load_instrument, open_host, render

__all__ = ["TECHNIQUES"]

Note = tuple[float, float, int, int]
"""onset_s, duration_s, pitch, velocity"""


@dataclass(frozen=True)
class Heard:
    """A rendered file, read back."""

    mono: npt.NDArray[np.float32]
    stereo: npt.NDArray[np.float32]
    rate: int
    gain_db: float

    def between(self, start_s: float, end_s: float) -> npt.NDArray[np.float32]:
        """Return the samples from one time to another."""
        return self.mono[round(start_s * self.rate) : round(end_s * self.rate)]


Play = Callable[..., Heard]


@pytest.fixture(scope="session")
def violin() -> Instrument:
    return load_instrument("studio/violin")


@pytest.fixture(scope="session")
def host(violin: Instrument) -> Iterator[Host]:
    with open_host(violin) as opened:
        yield opened


@pytest.fixture(scope="session")
def play(violin: Instrument, host: Host, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Return the player of the violin."""
    return player(violin, host, tmp_path_factory.mktemp("violin"))


def player(instrument: Instrument, host: Host, folder: Path) -> Play:
    """Return a function that renders notes with a technique into a WAV and reads it back; each once."""
    known: dict[tuple[object, ...], Heard] = {}

    def played(technique: str, notes: Sequence[Note], seed: int = 1) -> Heard:
        key = (technique, tuple(notes), seed)
        if key not in known:
            known[key] = _rendered(instrument, host, technique, notes, seed, folder / f"{len(known)}.wav")
        return known[key]

    return played


def _rendered(
    instrument: Instrument, host: Host, technique: str, notes: Sequence[Note], seed: int, path: Path
) -> Heard:
    take = render(Performance(note_rows(notes)), instrument, technique, host=host, seed=seed)
    save_audio(take.audio, path)
    audio = load_audio(path)
    return Heard(audio.mono(), audio.samples, audio.sample_rate, take.gain_db)


def one_by_one(pitches: Sequence[int], held_s: float, every_s: float, velocity: int = 84) -> list[Note]:
    """Return notes that are each alone."""
    return [(number * every_s, held_s, pitch, velocity) for number, pitch in enumerate(pitches)]


def hertz(pitch: int) -> float:
    """Return the frequency in equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))
