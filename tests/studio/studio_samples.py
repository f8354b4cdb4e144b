"""Sounds whose place can be told from any few samples of them, and pages made of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

from composer_daw.audio import Audio
from composer_daw.pages import RollNote
from composer_daw.studio import AuditionPage, Marker, Piece, Stem, Version

RATE = 44_100
LENGTH_S, LONG_S = 6.0, 30.0
"""A slow machine does not get through the long ones while it tests."""

STEM_HZ = {"bass": 110.0, "chords": 700.0, "melody": 1900.0}


def noise(seed: int = 0, length_s: float = LENGTH_S) -> npt.NDArray[np.float32]:
    """Return noise below 4 kHz, two channels: no two stretches of it are alike."""
    raw = np.random.default_rng(seed).standard_normal((2, round(length_s * RATE)))
    smooth = sosfilt(butter(4, 4000, fs=RATE, output="sos"), raw, axis=1)
    return np.asarray(0.4 * smooth / np.abs(smooth).max(), np.float32)


def tone(
    hz: float, phase: float = 0.0, partials: int = 10, length_s: float = LENGTH_S
) -> npt.NDArray[np.float32]:
    """Return a tone of partials that fall by 1/n, 0.3 loud."""
    at = np.arange(round(length_s * RATE)) / RATE
    waves = [np.sin(2 * np.pi * hz * n * at + phase * n) / n for n in range(1, partials + 1)]
    sound = np.sum(waves, axis=0)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(2205) / 2205)  # the tone itself has no edge
    sound[: len(rise)] *= rise
    sound[-len(rise) :] *= rise[::-1]
    return np.asarray(0.3 * sound / np.abs(sound).max(), np.float32)


def audio(samples: npt.NDArray[np.float32]) -> Audio:
    return Audio(samples, RATE)


def notes(label: str = "legato", shift: int = 0) -> list[RollNote]:
    return [
        RollNote(0.5 * at, 0.5 * at + 0.4, 60 + shift + at % 5, label, 0.5 * at, 0.5 * at + 0.5)
        for at in range(12)
    ]


def markers() -> list[Marker]:
    return [Marker(0.0, "intro"), Marker(2.0, "verse", "a lonely cello at dusk"), Marker(3.5, "chorus")]


def stems(scale: float = 1.0, length_s: float = LENGTH_S) -> list[Stem]:
    return [
        Stem(
            name,
            audio(scale * tone(hz, partials=1, length_s=length_s)),
            notes("sustain", 4 * at),
            percussion=name == "bass",
        )
        for at, (name, hz) in enumerate(STEM_HZ.items())
    ]


def mixed(parts: list[Stem]) -> Audio:
    samples = [part.audio.samples for part in parts if isinstance(part.audio, Audio)]
    return audio(np.sum(samples, axis=0))


def twins(length_s: float = LENGTH_S) -> Piece:
    """Return one noise twice, then 6 dB down: what is heard tells the place and the version."""
    one = noise(length_s=length_s)
    versions = [Version("loud", audio(one), notes()), Version("soft", audio(0.5 * one), notes("pizzicato"))]
    return Piece("twins", versions, [(0.0, 120.0), (3.0, 90.0)], markers())


def tones() -> Piece:
    """Return two tones, in which any seam stands out."""
    versions = [
        Version("low", audio(tone(110.0, 0.3)), notes("staccato"), "staccato"),
        Version("high", audio(0.3 * tone(277.0, 1.1)), notes("legato"), "legato"),
    ]
    return Piece("tones", versions)


def song(length_s: float = LENGTH_S) -> Piece:
    """Return a version of three stems, and one of them played otherwise."""
    versions = [
        Version(name, mixed(parts), stems=parts)
        for name, parts in (("mix", stems(1.0, length_s)), ("quiet", stems(0.25, length_s)))
    ]
    return Piece("song", versions, [(0.0, 100.0)], markers())


def page() -> AuditionPage:
    return AuditionPage("Audition", [twins(), tones(), song()], "A page.")


def long_page() -> AuditionPage:
    return AuditionPage("Long", [twins(LONG_S), song(LONG_S)])
