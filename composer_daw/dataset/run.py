"""Run a plan: render what is not there yet, and keep a manifest of what is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from composer_daw.audio import save_audio
from composer_daw.dataset.labels import save_labels
from composer_daw.dataset.manifest import append, load_finished, open_journal, save_manifest
from composer_daw.dataset.plan import Plan, copy_sources
from composer_daw.dataset.record import File, Outcome, Record
from composer_daw.errors import ComposerError, InputError, OutputError, did_you_mean
from composer_daw.files import sha256_of
from composer_daw.hosts.base import Host
from composer_daw.midi import load_midi, save_midi
from composer_daw.rendering import Instrument, Take, load_instrument, open_host, render, run_jobs
from composer_daw.sampling import seed_for


@dataclass(frozen=True)
class Job:
    """One record to render into a folder; a worker gets nothing else."""

    record: Record
    folder: str


@dataclass
class Report:
    """What a run did."""

    rendered: list[Record] = field(default_factory=list)
    skipped: list[Record] = field(default_factory=list)
    failed: list[tuple[Record, ComposerError]] = field(default_factory=list)


Progress = Callable[[Record, ComposerError | None], None]
"""Called after each item, with its error if it failed."""


def run_plan(plan: Plan, folder: str | Path, workers: int = 1, progress: Progress | None = None) -> Report:
    """Render a plan into a folder; what stands there finished and whole is skipped.

    An item that fails costs itself only: it is in the report, and the next run tries it again. The bytes do
    not depend on the number of workers. Raises OutputError where the folder cannot be written.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target}: is a file; give a folder")
    finished = load_finished(target) if target.is_dir() else {}
    report = Report()
    report.skipped = [
        finished[record.id] for record in plan.records if is_done(finished.get(record.id), record, target)
    ]
    done = {record.id for record in report.skipped}
    jobs = [Job(record, str(target)) for record in plan.records if record.id not in done]
    with open_journal(target) as journal:
        copy_sources(plan, target)
        for ended in run_jobs(render_job, jobs, workers) if jobs else ():
            if ended.result is not None:
                append(ended.result, journal)
                finished[ended.result.id] = ended.result
                report.rendered.append(ended.result)
            elif ended.error is not None:
                finished.pop(ended.job.record.id, None)
                report.failed.append((ended.job.record, ended.error))
            if progress:
                progress(ended.job.record, ended.error)
    save_manifest(finished.values(), target)
    return report


def is_done(found: Record | None, planned: Record, folder: Path) -> bool:
    """Tell whether a planned record stands in the folder, with the same constants and its files whole."""
    if found is None or found.outcome is None or found.planned() != planned:
        return False
    files = (found.outcome.audio, found.outcome.midi, found.outcome.labels)
    return all(_is_whole(folder / file.path, file) for file in files)


def render_again(record: Record, source_folder: Path, folder: Path) -> Record:
    """Render one record of a data set anew into another folder; raise InputError when its assets changed."""
    instrument = load_instrument(record.instrument)
    if instrument.digest != record.instrument_sha256:
        raise InputError(
            f"{record.id}: the instrument {record.instrument} has changed since it was rendered "
            f"({record.tool}); the audio would not be the same"
        )
    source = source_folder / record.source
    if not source.is_file() or sha256_of(source) != record.source_sha256:
        raise InputError(f"{source}: is missing or has changed since {record.id} was rendered")
    copy_sources(Plan((record,), {record.source: source}), folder)
    with open_host(instrument, record.sample_rate) as host:
        return render_record(record.planned(), folder, instrument, host)


def render_job(job: Job) -> Record:
    """Render one record in a worker, where the instrument stays open from job to job."""
    instrument, host = _opened(job.record.instrument, job.record.sample_rate)
    if instrument.digest != job.record.instrument_sha256:
        raise InputError(f"{instrument.name}: was changed while the run went on; run the command again")
    return render_record(job.record, Path(job.folder), instrument, host)


def render_record(record: Record, folder: Path, instrument: Instrument, host: Host) -> Record:
    """Render a record and write its files; return it with its outcome."""
    take = render(
        load_midi(folder / record.source),
        instrument,
        record.technique,
        host=host,
        seed=seed_for(record.seed, record.id) % 2**32,
        out_of_range=record.out_of_range,
    )
    save_audio(take.audio, folder / f"{record.id}.{record.audio_format}")
    save_midi(take.performed(), folder / f"{record.id}.mid", tag="played")
    save_labels(take.labels, folder / f"{record.id}.csv")
    return record.model_copy(update={"outcome": _outcome(record, take, folder)})


def _outcome(record: Record, take: Take, folder: Path) -> Outcome:
    names = take.labels.rung_names()
    return Outcome(
        audio=_file(folder, f"{record.id}.{record.audio_format}"),
        midi=_file(folder, f"{record.id}.mid"),
        labels=_file(folder, f"{record.id}.csv"),
        duration_s=round(take.audio.duration_s, 6),
        peak_db=round(take.audio.peak_db, 3),
        loudness_lufs=round(take.audio.loudness_lufs(), 3),
        gain_db=round(take.gain_db, 3),
        notes=len(take.labels.rows),
        dropped=take.labels.dropped,
        conflicts=int(take.labels.rows["conflict"].sum()),
        rungs={name: names.count(name) for name in dict.fromkeys(names)},
    )


def _file(folder: Path, path: str) -> File:
    return File(path=path, sha256=sha256_of(folder / path))


def _is_whole(path: Path, file: File) -> bool:
    return path.is_file() and sha256_of(path) == file.sha256


@functools.lru_cache(maxsize=4)
def _opened(name: str, sample_rate: int) -> tuple[Instrument, Host]:
    instrument = load_instrument(name)
    return instrument, open_host(instrument, sample_rate)


def find_record(records: Sequence[Record], record_id: str) -> Record:
    """Return the record of an id; raise InputError with the nearest one."""
    found = next((record for record in records if record.id == record_id), None)
    if found is None:
        hint = did_you_mean(record_id, [record.id for record in records])
        raise InputError(f"no record '{record_id}' in this manifest{hint}")
    return found
