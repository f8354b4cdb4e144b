"""Versions of scores: each score by each instrument and technique, rendered by the pool into files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from composer_daw.dataset.plan import check_playable
from composer_daw.errors import HostError, InputError, naming
from composer_daw.files import sha256_of
from composer_daw.midi import load_score
from composer_daw.performance import Performance
from composer_daw.rendering import (
    Done,
    Instrument,
    default_workers,
    load_instrument,
    run_jobs,
    with_techniques,
)
from composer_daw.studio.drawing import named
from composer_daw.studio.page import Piece, Version
from composer_daw.studio.scores import markers_of, tempo_curve
from composer_daw.studio.version_render import Job, Rendered, close_opened, file_name, render_version
from composer_daw.techniques import AS_WRITTEN, realize
from composer_daw.techniques.shape import OutOfRange

AUDIO = "audio"
"""The folder, beside the page, of what was rendered: lossless, 24 bits."""

LIMIT_S = 3600.0
"""A version may take this long, in seconds, where no plugin's host watches it."""


class Progress(Protocol):
    """Called with the name of each version when it is done, and with how many there are."""

    def __call__(self, name: str, *, total: int) -> None:
        """Move on by one."""


@dataclass(frozen=True)
class Planned:
    """A version before it is rendered."""

    title: str
    instrument: Instrument
    technique: str
    job: Job


@dataclass(frozen=True)
class Auditioned:
    """Pieces ready for a page, and in words what is not as it was asked."""

    pieces: tuple[Piece, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """What holds for all versions."""

    sample_rate: int = 44_100
    seed: int = 0
    out_of_range: OutOfRange = "fail"
    stems: bool = False


def render_versions(
    scores: Sequence[str | Path],
    instruments: Sequence[str | Path],
    techniques: Sequence[str],
    folder: str | Path,
    settings: Settings | None = None,
    *,
    workers: int | None = None,
    progress: Progress = lambda name, *, total: None,
) -> Auditioned:
    """Render every score by each instrument in each technique into `folder`/audio.

    Everything is checked before anything sounds: raises InputError for a score or an instrument that is
    missing or given twice, for notes out of range, and TechniqueError for a technique that an instrument
    would only imitate. The same seed gives the same bytes, whatever the workers.
    """
    loaded = _loaded(instruments)
    plans = _planned(scores, loaded, techniques, Path(folder), settings or Settings())
    jobs = [one.job for _, _, versions in plans for one in versions]
    names = {one.job: f"{path}, {one.title}" for path, _, versions in plans for one in versions}
    watched = all(one.preset.host != "plugin" for one in loaded)
    seats = {_reference(one): one.preset.seats for one in loaded}
    done: dict[Job, Rendered] = {}
    for ended in run_jobs(
        render_version,
        jobs,
        workers or default_workers(max(one.preset.limits.memory_mb for one in loaded)),
        LIMIT_S if watched else None,
        group=lambda job: job.instrument,
        seats=lambda name: seats.get(name),
        finish=close_opened,
    ):
        done[ended.job] = _result(ended, names[ended.job])
        progress(names[ended.job], total=len(jobs))
    pieces = tuple(_piece(path, score, versions, done, plans) for path, score, versions in plans)
    told = tuple(f"{names[job]}: {text}" for job in jobs for text in done[job].told)
    return Auditioned(pieces, told)


def _result(ended: Done[Job, Rendered], name: str) -> Rendered:
    """Return what a job gave; raise its error with the name of the version."""
    if ended.error is not None:
        raise type(ended.error)(f"{name}: {ended.error}") from ended.error
    if ended.result is None:
        raise HostError(f"{name}: the worker gave back nothing")
    return ended.result


def _loaded(instruments: Sequence[str | Path]) -> list[Instrument]:
    """Return the instruments, each once; raise InputError for none, and for a sound that is missing."""
    if not instruments:
        raise InputError("no instrument is named; give one at least, as -i studio/violin")
    loaded = {one.path: one for one in (load_instrument(name) for name in instruments)}
    for one in loaded.values():
        one.check_sound()
    return list(loaded.values())


def _planned(
    scores: Sequence[str | Path],
    instruments: Sequence[Instrument],
    techniques: Sequence[str],
    folder: Path,
    settings: Settings,
) -> list[tuple[Path, Performance, list[Planned]]]:
    """Return for each score its versions; everything about them is checked."""
    played = {
        one.path: list(dict.fromkeys(check_playable(name, one) for name in techniques or [AS_WRITTEN]))
        for one in instruments
    }
    plans: list[tuple[Path, Performance, list[Planned]]] = []
    slugs: set[str] = set()
    for path in map(Path, scores):
        if path.resolve() in (known.resolve() for known, _, _ in plans):
            raise InputError(f"{path}: is named twice; give each score once")
        score = load_score(path)
        versions = []
        for instrument in instruments:
            for technique in played[instrument.path]:
                with naming(path):
                    asked = with_techniques(score, instrument, technique)
                    realize(asked, instrument.technique_map, out_of_range=settings.out_of_range)
                title = _title(instrument, technique, instruments, played[instrument.path])
                slug = _unlike(file_name(f"{path.stem}-{title}"), slugs)
                job = _job(path, instrument, technique, folder / AUDIO / f"{slug}.flac", settings)
                versions.append(Planned(title, instrument, technique, job))
        sections = with_techniques(score, instruments[0], AS_WRITTEN)  # its texts are no techniques
        plans.append((path, sections, versions))
    return plans


def _job(path: Path, instrument: Instrument, technique: str, target: Path, settings: Settings) -> Job:
    return Job(
        score=str(path),
        score_sha256=sha256_of(path),
        instrument=_reference(instrument),
        technique=technique,
        target=str(target),
        sample_rate=settings.sample_rate,
        seed=settings.seed,
        out_of_range=settings.out_of_range,
        stems=settings.stems,
    )


def _reference(instrument: Instrument) -> str:
    """Return how a worker finds an instrument."""
    return instrument.name if instrument.ships else str(instrument.path)


def _title(
    instrument: Instrument, technique: str, instruments: Sequence[Instrument], techniques: Sequence[str]
) -> str:
    """Return what tells a version from the others: its instrument, its technique, or both."""
    shared = [one.preset.instrument for one in instruments].count(instrument.preset.instrument) > 1
    name = instrument.name if shared else instrument.preset.instrument
    how = "as written" if technique == AS_WRITTEN else " + ".join(map(named, technique.split("+")))
    if len(instruments) == 1:
        return how if len(techniques) > 1 or technique != AS_WRITTEN else name
    return f"{name}, {how}" if len(techniques) > 1 or technique != AS_WRITTEN else name


def _piece(
    path: Path,
    score: Performance,
    versions: Sequence[Planned],
    done: dict[Job, Rendered],
    plans: Sequence[tuple[Path, Performance, list[Planned]]],
) -> Piece:
    shared = [other.stem for other, _, _ in plans].count(path.stem) > 1
    return Piece(
        str(path) if shared else path.stem,
        [_version(one, done[one.job]) for one in versions],
        tempo_curve(score.tempo),
        markers_of(score),
    )


def _version(planned: Planned, rendered: Rendered) -> Version:
    licence = planned.instrument.preset.licence
    facts = {"Instrument": planned.instrument.name, "Audio may be shared": licence.audio_redistribution}
    technique = "" if planned.technique == AS_WRITTEN else planned.technique
    audio, stems = Path(rendered.audio), rendered.stems
    return Version(planned.title, audio, rendered.notes, technique, stems, facts)


def _unlike(name: str, taken: set[str]) -> str:
    """Return the name with a number where it is taken, and take it."""
    numbered = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    free = next(one for one in numbered if one not in taken)
    taken.add(free)
    return free
