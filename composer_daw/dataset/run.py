"""Run a plan: render what is not there yet, and keep a manifest of what is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from composer_daw.audio import save_audio
from composer_daw.dataset.labels import save_labels
from composer_daw.dataset.manifest import append, load_finished, open_journal, save_manifest
from composer_daw.dataset.plan import Plan, copy_assets, instrument_assets, instrument_of
from composer_daw.dataset.record import File, Outcome, Record, Repeats
from composer_daw.errors import ComposerError, InputError, OutputError, did_you_mean
from composer_daw.files import sha256_of, sweep
from composer_daw.hosts.base import Host
from composer_daw.midi import load_midi, save_midi
from composer_daw.performance import Performance
from composer_daw.rendering import Done, Instrument, Take, open_host, render, run_jobs
from composer_daw.rendering.effects import Plugin
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
    replaced: int = 0
    """How many of the rendered stood there with another seed, other settings or another instrument."""


LOCK = ".lock"

LIMIT_S = 3600.0
"""A job may take this long, in seconds, where no plugin's host watches it."""

Progress = Callable[[Record, ComposerError | None], None]
"""Called after each item, with its error if it failed."""


def run_plan(plan: Plan, folder: str | Path, workers: int = 1, progress: Progress | None = None) -> Report:
    """Render a plan into a folder; what stands there finished and whole is skipped.

    An item that fails costs itself only: it is in the report, and the next run tries it again. The bytes do
    not depend on the number of workers, as far as the instrument repeats itself. Raises OutputError where
    the folder cannot be written.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target}: is a file; give a folder")
    with _alone_in(target):
        sweep(target)
        return _run(plan, target, load_finished(target), workers, progress)


def _run(
    plan: Plan, folder: Path, finished: dict[str, Record], workers: int, progress: Progress | None
) -> Report:
    """Render what is not done; keep `finished`, the journal and at the end the manifest up to date."""
    skipped = [finished[new.id] for new in plan.records if is_done(finished.get(new.id), new, folder)]
    done = {record.id for record in skipped}
    jobs = [Job(record, str(folder)) for record in plan.records if record.id not in done]
    report = Report(skipped=skipped)
    with open_journal(folder) as journal:
        copy_assets(plan, folder)
        for ended in _ended(jobs, folder, workers):
            old = finished.pop(ended.job.record.id, None)
            if ended.result is not None:
                append(ended.result, journal)
                _remove_superseded(old, ended.result, folder)
                finished[ended.result.id] = ended.result
                report.rendered.append(ended.result)
                report.replaced += _differs(old, ended.job.record)
            elif ended.error is not None:
                report.failed.append((ended.job.record, ended.error))
            if progress:
                progress(ended.job.record, ended.error)
    save_manifest(finished.values(), folder)
    return report


def _ended(jobs: Sequence[Job], folder: Path, workers: int) -> Iterator[Done[Job, Record]]:
    """Yield the jobs as they end, those of one instrument by the same workers.

    Where a licence limits how many copies of a plugin may run, all its instruments are one group. A plugin's
    own host watches its time; the pool watches the engines that run inside the workers.
    """
    instruments: dict[str, Instrument] = {}
    for job in jobs:
        if job.record.instrument_sha256 not in instruments:
            instruments[job.record.instrument_sha256] = instrument_of(job.record, folder)
    by_group = {_group(job.record, instruments): instruments[job.record.instrument_sha256] for job in jobs}
    watched = all(instrument.preset.host != "plugin" for instrument in instruments.values())
    return run_jobs(
        render_job,
        jobs,
        workers,
        LIMIT_S if watched else None,
        group=lambda job: _group(job.record, instruments),
        seats=lambda group: by_group[group].preset.seats,
        finish=close_opened,
    )


def _group(record: Record, instruments: dict[str, Instrument]) -> str:
    """Return what a worker keeps open for a record: an instrument, or a plugin whose copies are counted."""
    instrument = instruments[record.instrument_sha256]
    if instrument.preset.seats is not None:
        return f"{instrument.sound_path}"
    return f"{record.instrument_sha256}@{record.sample_rate}"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep a second run out of the folder while this one writes there."""
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, blocking=False):
            yield
    except Timeout as error:
        raise OutputError(f"{folder}: another run is writing there; wait, or give another folder") from error
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _differs(found: Record | None, planned: Record) -> bool:
    return found is not None and found.planned() != planned


def _remove_superseded(old: Record | None, new: Record, folder: Path) -> None:
    """Remove the audio of an older version in another format."""
    if old and old.outcome and new.outcome and old.outcome.audio.path != new.outcome.audio.path:
        (folder / old.outcome.audio.path).unlink(missing_ok=True)


def is_done(found: Record | None, planned: Record, folder: Path) -> bool:
    """Tell whether a planned record stands in the folder, with the same constants and its files whole."""
    if found is None or found.outcome is None or _differs(found, planned):
        return False
    files = (found.outcome.audio, found.outcome.midi, found.outcome.labels)
    return all(_is_whole(folder / file.path, file) for file in files)


def render_again(record: Record, source_folder: Path, folder: Path) -> Record:
    """Render one record of a data set anew into another folder; raise InputError when its assets changed."""
    instrument = instrument_of(record, source_folder)
    if instrument.digest != record.instrument_sha256:
        raise InputError(
            f"{record.id}: the instrument {record.instrument} has changed since it was rendered "
            f"({record.tool}); the audio would not be the same"
        )
    source = source_folder / record.source
    if not source.is_file() or sha256_of(source) != record.source_sha256:
        raise InputError(f"{source}: is missing or has changed since {record.id} was rendered")
    copy_assets(Plan((record,), {record.source: source, **instrument_assets(instrument)}), folder)
    with open_host(instrument, record.sample_rate, record.fresh) as host:
        return render_record(record.planned(), folder, instrument, host)


def render_job(job: Job) -> Record:
    """Render one record in a worker, where the instrument stays open from job to job."""
    instrument, host = _opened(job.record, job.folder)
    if instrument.digest != job.record.instrument_sha256:
        raise InputError(f"{instrument.name}: was changed while the run went on; run the command again")
    return render_record(job.record, Path(job.folder), instrument, host)


def render_record(record: Record, folder: Path, instrument: Instrument, host: Host) -> Record:
    """Render a record and write its files; return it with its outcome."""
    take = render(
        _score(folder / record.source, record.source_sha256),
        instrument,
        record.technique,
        host=host,
        seed=seed_for(record.seed, record.id) % 2**32,
        out_of_range=record.out_of_range,
    )
    save_audio(take.audio, folder / f"{record.id}.{record.audio_format}")
    save_midi(take.performed(), folder / f"{record.id}.mid", tag="played")
    save_labels(take.labels, folder / f"{record.id}.csv")
    return record.model_copy(update={"outcome": _outcome(record, take, folder, _repeats(instrument, host))})


@lru_cache(maxsize=4)
def _score(path: Path, sha256: str) -> Performance:
    """Return a score, which is likely to be played in the next technique, too."""
    return load_midi(path)


def _repeats(instrument: Instrument, host: Host) -> Repeats:
    """Return what is known of an instrument's repeating itself: of plugins only what the preset says."""
    effects = any(isinstance(effect, Plugin) for effect in instrument.preset.effects)
    if effects or instrument.preset.host == "plugin":
        return instrument.preset.repeats
    return "yes" if host.deterministic else "no"


def _outcome(record: Record, take: Take, folder: Path, repeats: Repeats) -> Outcome:
    names = take.labels.rung_names()
    return Outcome(
        audio=_file(folder, f"{record.id}.{record.audio_format}"),
        midi=_file(folder, f"{record.id}.mid"),
        labels=_file(folder, f"{record.id}.csv"),
        duration_s=round(take.audio.duration_s, 6),
        peak_db=round(take.audio.peak_db, 3),
        rms_db=round(take.audio.rms_db, 3),
        gain_db=round(take.gain_db, 3),
        repeats=repeats,
        notes=len(take.labels.rows),
        dropped=take.labels.dropped,
        conflicts=int(take.labels.rows["conflict"].sum()),
        rungs={name: names.count(name) for name in dict.fromkeys(names)},
    )


def _file(folder: Path, path: str) -> File:
    return File(path=path, sha256=sha256_of(folder / path))


def _is_whole(path: Path, file: File) -> bool:
    return path.is_file() and sha256_of(path) == file.sha256


_OPEN: dict[tuple[str, int, bool, str], tuple[Instrument, Host]] = {}
"""The instrument that this worker has open: one at a time, for engines are large."""


def _opened(record: Record, folder: str) -> tuple[Instrument, Host]:
    key = (record.instrument_sha256, record.sample_rate, record.fresh, folder)
    if key not in _OPEN:
        close_opened()
        instrument = instrument_of(record, Path(folder))
        _OPEN[key] = (instrument, open_host(instrument, record.sample_rate, record.fresh))
    return _OPEN[key]


def close_opened() -> None:
    """Close what this worker has open; the pool calls it at the end, so that no plugin's process stays."""
    for _, host in _OPEN.values():
        host.close()
    _OPEN.clear()


def find_record(records: Sequence[Record], record_id: str) -> Record:
    """Return the record of an id; raise InputError with the nearest one."""
    found = next((record for record in records if record.id == record_id), None)
    if found is None:
        hint = did_you_mean(record_id, [record.id for record in records])
        raise InputError(f"no record '{record_id}' in this manifest{hint}")
    return found
