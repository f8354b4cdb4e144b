"""Play the tracks of a graph: one after the other, or by several workers; the takes are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from composer_daw.errors import HostError, naming
from composer_daw.hosts.base import Host
from composer_daw.performance import Performance
from composer_daw.rendering.graph_plan import Part, Plan
from composer_daw.rendering.instrument import Instrument, load_instrument, open_host
from composer_daw.rendering.pool import Crew, opened_crew, run_jobs
from composer_daw.rendering.render import Take, render
from composer_daw.sampling import seed_for
from composer_daw.techniques.shape import OutOfRange

LIMIT_S = 3600.0
"""A part may take this long, in seconds, where no plugin's host watches it."""

Told = Callable[[str], None]
"""Called with the name of each track, bus and the master when it is done."""


def play(
    plan: Plan,
    seed: int = 0,
    out_of_range: OutOfRange = "fail",
    told: Told = lambda name: None,
    workers: int = 1,
    crew: Crew | None = None,
) -> dict[str, Take]:
    """Return the take of each track, in the order of the plan; raise what `render` raises, with its name.

    Tracks that share an instrument share one open host. The same seed gives the same bytes, whatever the
    workers; a `crew` that is `readied` takes their place.
    """
    if workers > 1 and len(plan.parts) > 1:
        return _by_workers(plan, seed, out_of_range, told, workers, crew)
    by_instrument: dict[Path, list[Part]] = {}
    for part in plan.parts:
        by_instrument.setdefault(part.instrument.path, []).append(part)
    takes: dict[str, Take] = {}
    for parts in by_instrument.values():
        with ExitStack() as stack:
            with telling(parts[0].name):
                host = stack.enter_context(open_host(parts[0].instrument, plan.sample_rate))
            for part in parts:
                job = _job(part, plan, seed, out_of_range)
                with telling(part.name):
                    takes[part.name] = _rendered(job, part.instrument, host)
                told(part.name)
    return {part.name: takes[part.name] for part in plan.parts}


@dataclass(frozen=True, eq=False)
class Job:
    """One track for a worker."""

    name: str
    performance: Performance
    instrument: str
    map_path: str
    technique: str
    sample_rate: int
    seed: int
    out_of_range: OutOfRange


def _job(part: Part, plan: Plan, seed: int, out_of_range: OutOfRange) -> Job:
    return Job(
        part.name,
        part.performance,
        str(part.instrument.path),
        str(part.instrument.map_path),
        part.track.technique,
        plan.sample_rate,
        seed_for(seed, part.name) % 2**31,
        out_of_range,
    )


@contextmanager
def readied(instruments: Sequence[Instrument], sample_rate: int, workers: int) -> Iterator[Crew | None]:
    """Open workers for `play`, each with one of the instruments, while their parts are being written.

    None where one worker is enough, or where a plugin is among them: its own host watches its time.
    """
    embedded = {str(one.path): one for one in instruments if one.preset.host != "plugin"}
    if min(workers, len(embedded)) < 2 or len(embedded) < len({one.path for one in instruments}):
        yield None
        return
    with opened_crew(min(workers, len(embedded)), LIMIT_S, close_opened) as crew:
        ahead = [(str(one.path), str(one.map_path), sample_rate) for one in embedded.values()]
        crew.ready(_open_ahead, ahead, group=lambda key: key[0])
        yield crew


def _by_workers(
    plan: Plan, seed: int, out_of_range: OutOfRange, told: Told, workers: int, crew: Crew | None
) -> dict[str, Take]:
    """Return the takes; the longest parts begin, so that none is left for one worker at the end."""
    jobs = [_job(part, plan, seed, out_of_range) for part in plan.parts]
    jobs.sort(key=lambda job: -len(job.performance.notes))
    seats = {str(part.instrument.path): part.instrument.preset.seats for part in plan.parts}
    watched = all(part.instrument.preset.host != "plugin" for part in plan.parts)
    takes: dict[str, Take] = {}
    for done in run_jobs(
        play_job,
        jobs,
        workers,
        LIMIT_S if watched else None,
        group=lambda job: job.instrument,
        seats=lambda group: seats[group],
        finish=close_opened,
        crew=crew,
    ):
        with telling(done.job.name):
            if done.error is not None:
                raise done.error
        assert done.result is not None
        takes[done.job.name] = done.result
        told(done.job.name)
    return {part.name: takes[part.name] for part in plan.parts}


def play_job(job: Job) -> Take:
    """Play one track in a worker; its instrument stays open."""
    instrument, host = _opened((job.instrument, job.map_path, job.sample_rate))
    return _rendered(job, instrument, host)


def _rendered(job: Job, instrument: Instrument, host: Host) -> Take:
    return render(
        job.performance,
        instrument,
        job.technique,
        host=host,
        seed=job.seed,
        out_of_range=job.out_of_range,
    )


_Key = tuple[str, str, int]
"""Where an instrument and its map stand, and the sample rate."""

_OPEN: dict[_Key, tuple[Instrument, Host]] = {}
"""The instrument that this worker has open: one at a time, for engines are large."""


def _opened(key: _Key) -> tuple[Instrument, Host]:
    if key not in _OPEN:
        close_opened()
        path, map_path, sample_rate = key
        instrument = load_instrument(path, Path(map_path))
        _OPEN[key] = (instrument, open_host(instrument, sample_rate))
    return _OPEN[key]


def _open_ahead(key: _Key) -> None:
    _opened(key)


def close_opened() -> None:
    """Close what this worker has open; the pool calls it at the end."""
    for _, host in _OPEN.values():
        host.close()
    _OPEN.clear()


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Put the name of a track or bus before the errors of a block."""
    try:
        with naming(name):
            yield
    except HostError as error:
        raise type(error)(f"{name}: {error}") from error
