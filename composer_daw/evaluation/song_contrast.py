"""Sad against happy: do songs differ the way performances and scores of these emotions do?

Directions after P. Juslin & P. Laukka, "Communication of emotions in vocal expression and music performance",
Psychological Bulletin 129 (2003), and A. Gabrielsson & E. Lindstroem, "The role of structure in the musical
expression of emotions", in: Handbook of Music and Emotion (2010). Happy: major, fast, staccato, loud, high,
bright; sad: minor, slow, legato, soft, low, dark. Density: Gomez & Danuser, Emotion 7 (2007).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.audio import Audio
from composer_daw.evaluation.song_findings import Check, Finding, skipped
from composer_daw.evaluation.song_score import TICKS, Song, keys_fit
from composer_daw.evaluation.song_voices import Voice
from composer_daw.measure import centroid_hz
from composer_daw.measure.frames import decibels
from composer_daw.measure.onset_rate import onsets_per_second

HIGHER_WHEN_HAPPY = (
    "majorness",
    "tempo_bpm",
    "onsets_per_s",
    "onsets_per_beat",
    "melody_pitch",
    "mean_pitch",
    "detached",
    "velocity",
    "audio_level_db",
    "audio_centroid_hz",
    "audio_onsets_per_s",
)
"""Features that are higher in happy songs, in the sources."""

PIECE_S = 10.0


@dataclass(frozen=True)
class Direction:
    """One feature of sad and happy songs: their means, and the share of pairs that go the expected way.

    `share` counts ties as half: 0.5 is chance, 1 is every happy song above every sad one (the common-language
    effect size of McGraw & Wong, 1992).
    """

    feature: str
    sad: float
    happy: float
    share: float

    @property
    def holds(self) -> bool:
        """Tell whether happy songs lie above sad ones, by their means and by most pairs."""
        return self.happy > self.sad and self.share > 0.5


def score_features(song: Song, melody: Voice) -> dict[str, float]:
    """Return what of a score tells sad from happy.

    `majorness`: the correlation with the best major key less that with the best minor key. `detached`: the
    share of the time to the next note in which the melody is silent (0 legato, towards 1 staccato).
    """
    fit = keys_fit(song.pitched) if len(song.pitched) else np.full(24, np.nan)
    starts = np.unique(song.notes["start"])
    beats = song.bar_lines[-1] / TICKS
    duration_s = float(song.performance.tempo.seconds_at(beats))
    line = melody.rows
    apart = np.diff(line["start"])
    held = (line["end"] - line["start"])[:-1]
    near = apart <= 2 * TICKS
    pitch = song.pitched["pitch"]
    return {
        "majorness": float(fit[:12].max() - fit[12:].max()),
        "tempo_bpm": float(60.0 * beats / duration_s),
        "onsets_per_s": float(len(starts) / duration_s),
        "onsets_per_beat": float(len(starts) / beats),
        "melody_pitch": _mean(line["pitch"]),
        "mean_pitch": _mean(pitch),
        "detached": _mean(1.0 - held[near] / apart[near]),
        "velocity": _mean(song.notes["velocity"]),
    }


def audio_features(audio: Audio) -> dict[str, float]:
    """Return what of a mix tells sad from happy: level (RMS, dB), brightness and onsets.

    Level and centroid are medians over pieces of 10 s that sound; a level says nothing when mixes were
    brought to one loudness before.
    """
    mono, rate = audio.mono(), audio.sample_rate
    size = int(PIECE_S * rate)
    pieces = [mono[start : start + size] for start in range(0, len(mono), size)]
    pieces = [one for one in pieces if len(one) >= size // 2 and np.any(one)] or [mono]
    return {
        "audio_level_db": float(
            np.median([decibels(float(np.sqrt(np.mean(np.square(one))))) for one in pieces])
        ),
        "audio_centroid_hz": float(np.median([centroid_hz(one, rate) for one in pieces])),
        "audio_onsets_per_s": onsets_per_second(mono, rate),
    }


def directions(sad: Sequence[Mapping[str, float]], happy: Sequence[Mapping[str, float]]) -> list[Direction]:
    """Return how each feature that all songs have goes from sad to happy."""
    found = []
    for name in HIGHER_WHEN_HAPPY:
        low, high = (np.array([one.get(name, np.nan) for one in songs], float) for songs in (sad, happy))
        if len(low) and len(high) and np.isfinite(low).all() and np.isfinite(high).all():
            apart = high[:, None] - low[None, :]
            share = float((apart > 0).mean() + 0.5 * (apart == 0).mean())
            found.append(Direction(name, float(low.mean()), float(high.mean()), share))
    return found


def check_contrast(
    sad: Sequence[Mapping[str, float]], happy: Sequence[Mapping[str, float]], leave: Sequence[str] = ()
) -> Check:
    """Happy songs lie above sad ones in every feature but those to `leave`, by mean and by most pairs."""
    found = [one for one in directions(sad, happy) if one.feature not in leave]
    if not found:
        return skipped("contrast", "sad and happy songs have no feature in common")
    findings = [
        Finding(0, 0.0, (), f"{one.feature} is {one.happy:.4g} in happy songs, {one.sad:.4g} in sad ones")
        for one in found
        if not one.holds
    ]
    return Check("contrast", not findings, {one.feature: one.share for one in found}, tuple(findings))


def _mean(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> float:
    return float(np.mean(values.astype(float))) if len(values) else float("nan")
