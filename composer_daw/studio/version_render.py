"""One version in a worker: rendered as one take, or track by track where stems are asked for."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer_daw.audio import Audio, save_audio
from composer_daw.hosts.base import Host
from composer_daw.midi import load_score
from composer_daw.midi.select import part_of
from composer_daw.pages import RollNote
from composer_daw.performance import Performance
from composer_daw.rendering import Instrument, Take, load_instrument, open_host, render
from composer_daw.rendering.effects import in_stereo
from composer_daw.rendering.mixing import padded
from composer_daw.rendering.render import CEILING_DB
from composer_daw.sampling import seed_for
from composer_daw.studio.page import Stem
from composer_daw.studio.scores import roll_notes
from composer_daw.techniques.shape import OutOfRange

DRUMS = 9
"""The channel of drums, from 0."""

AS_ASKED = ("exact", "combined")
"""The rungs on which a note plays what was asked."""


@dataclass(frozen=True)
class Job:
    """One version to render into files; a worker gets nothing else."""

    score: str
    score_sha256: str
    instrument: str
    technique: str
    target: str
    """The FLAC to write; stems go into a folder of its name."""
    sample_rate: int
    seed: int
    out_of_range: OutOfRange
    stems: bool


@dataclass(frozen=True)
class Rendered:
    """A version in files, and in words what of it is not as it was asked."""

    audio: str
    notes: tuple[RollNote, ...]
    stems: tuple[Stem, ...]
    told: tuple[str, ...]


def render_version(job: Job) -> Rendered:
    """Render one version, and its tracks as stems where it has several; the instrument stays open.

    Where anything would clip, the version and its stems are turned down together.
    """
    instrument, host = _opened(job)
    score = load_score(job.score)
    tracks = np.unique(score.notes["track"]).tolist()
    if job.stems and len(tracks) > 1:
        return _by_tracks(job, score, tracks, instrument, host)
    take = _take(job, score, "", instrument, host)
    save_audio(take.audio, job.target)
    told = [*_told(take, take.gain_db)]
    if job.stems:
        told.append("has one track only, so no stems")
    return Rendered(job.target, tuple(roll_notes(take)), (), tuple(told))


def _by_tracks(
    job: Job, score: Performance, tracks: list[int], instrument: Instrument, host: Host
) -> Rendered:
    names = stem_names(score, tracks)
    takes = {
        name: _take(job, part_of(score, score.notes["track"] == track), name, instrument, host)
        for track, name in zip(tracks, names, strict=True)
    }
    length = max(take.audio.samples.shape[1] for take in takes.values())
    parts = {
        name: padded(in_stereo(take.audio.gained(-take.gain_db)).samples, length)
        for name, take in takes.items()
    }
    mix = np.zeros((2, length), np.float32)
    for samples in parts.values():
        mix += samples
    loudest = max(Audio(samples, job.sample_rate).peak_db for samples in (mix, *parts.values()))
    gain_db = min(0.0, CEILING_DB - loudest)
    save_audio(Audio(mix, job.sample_rate).gained(gain_db), job.target)
    stems: list[Stem] = []
    for (name, samples), track in zip(parts.items(), tracks, strict=True):
        path = Path(job.target).with_suffix("") / f"{len(stems) + 1:02d}-{file_name(name)}.flac"
        save_audio(Audio(samples, job.sample_rate).gained(gain_db), path)
        drums = bool(np.all(score.notes["channel"][score.notes["track"] == track] == DRUMS))
        stems.append(Stem(name, path, tuple(roll_notes(takes[name])), drums))
    told = [f"{name}: {text}" for name, take in takes.items() for text in _told(take, 0.0)]
    told += [_turned_down(gain_db)] if gain_db < 0 else []
    return Rendered(job.target, (), tuple(stems), tuple(told))


def stem_names(score: Performance, tracks: list[int]) -> list[str]:
    """Return a name for each track, each its own, whichever way it is spelled."""
    names: list[str] = []
    for track in tracks:
        name = score.tracks[track].name.strip() or f"Track {track + 1}"
        taken = {one.casefold() for one in names}
        names.append(f"{name} ({track + 1})" if name.casefold() in taken else name)
    return names


def file_name(text: str) -> str:
    """Return a text as the name of a file: letters and digits of any script, and hyphens."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-_") or "untitled"


def _take(job: Job, part: Performance, name: str, instrument: Instrument, host: Host) -> Take:
    item = f"{job.score_sha256}/{instrument.digest}/{job.technique}/{name}"
    return render(
        part,
        instrument,
        job.technique,
        host=host,
        seed=seed_for(job.seed, item) % 2**31,
        out_of_range=job.out_of_range,
    )


def _told(take: Take, gain_db: float) -> list[str]:
    """Return, in words, what of a take is not as it was asked."""
    labels = take.labels
    asked = zip(labels.asked_names(), labels.played_names(), labels.rung_names(), strict=True)
    told = [
        f"asked for {one}, plays {other} ({rung}), notes: {count}"
        for (one, other, rung), count in Counter(asked).items()
        if rung not in AS_ASKED
    ]
    if conflicts := int(labels.rows["conflict"].sum()):
        told.append(f"gave way to a technique that sounded with them, notes: {conflicts}")
    if labels.dropped:
        told.append(f"dropped as out of range, notes: {labels.dropped}")
    if gain_db < 0:
        told.append(_turned_down(gain_db))
    return told


def _turned_down(gain_db: float) -> str:
    return f"turned down by {-gain_db:.1f} dB so that nothing clips"


_OPEN: dict[tuple[str, int], tuple[Instrument, Host]] = {}
"""The instrument that this worker has open: one at a time, for engines are large."""


def _opened(job: Job) -> tuple[Instrument, Host]:
    key = (job.instrument, job.sample_rate)
    if key not in _OPEN:
        close_opened()
        instrument = load_instrument(job.instrument)
        fresh = instrument.preset.fresh or instrument.preset.repeats == "fresh"
        _OPEN[key] = (instrument, open_host(instrument, job.sample_rate, fresh))
    return _OPEN[key]


def close_opened() -> None:
    """Close what this worker has open; the pool calls it at the end."""
    for _, host in _OPEN.values():
        host.close()
    _OPEN.clear()
