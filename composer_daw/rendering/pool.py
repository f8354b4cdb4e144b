"""The pool of workers: jobs run in processes of their own, so a crash or a hang costs one job.

Every worker is a fresh process (spawn): engines may not be shared by fork or by thread. Jobs of one group
want the same engine: a worker stays with a group as long as it has jobs, so that an engine is loaded once.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Generic, TypeVar

from composer_daw.errors import ComposerError, CrashError, HangError, HostError, LoadError
from composer_daw.rendering.memory import keep_freed_memory

Job = TypeVar("Job")
Result = TypeVar("Result")

AHEAD = 2
"""Jobs that a worker has at once: one to do and one to go on with while the first is being looked at."""

JOBS_PER_PROCESS = 1000
"""After so many jobs a worker is replaced: engines in its own process leak, too."""

TRIES = 2
"""A job whose process died, or found none to load its engine, is tried once more: it may not be at fault."""

FAILED_LOADS = 2
"""An instrument that failed to load so often, and never came up, is not tried again."""

FAILED_JOBS = 10
"""An instrument whose plugin crashed, hung or did not load in so many jobs, and in no other, is given up."""

LOOK_S = 1.0
"""How often it is seen to that no worker died between two jobs."""

STALLED_S = 60.0
"""A worker that has begun none of its jobs for so long is replaced: one killed in the middle of taking a job
or of handing over a result leaves a lock that the next one waits for."""

FINISH_S = 30.0
"""A worker may take so long to close what it has open."""

MEMORY_SHARE = 0.8
"""How much of the free memory the workers may have together."""


@dataclass(frozen=True)
class Done(Generic[Job, Result]):
    """A job that ended: with a result, or with the error that it cost."""

    job: Job
    result: Result | None = None
    error: ComposerError | None = None


def default_workers(memory_mb: float = 500.0) -> int:
    """Return how many workers the cores and the free memory allow, `memory_mb` being what each needs."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    room = MEMORY_SHARE * psutil.virtual_memory().available / 2**20 / memory_mb
    return max(1, min(cores, int(room)))


def run_jobs(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    limit_s: float | None = 600.0,
    *,
    group: Callable[[Job], str] = lambda job: "",
    seats: Callable[[str], int | None] = lambda group: None,
    finish: Callable[[], None] | None = None,
    crew: Crew | None = None,
) -> Iterator[Done[Job, Result]]:
    """Yield each job as it ends, in any order; `work` is a module-level function.

    A `crew` that is open already does the jobs; `workers`, `limit_s` and `finish` are then its own.

    `group` names the engine that a job wants, `seats` how many workers may have one group at a time (None:
    all). `finish`, a module-level function, is called in every worker at the end, to close what it has open.

    A job over `limit_s` seconds is killed, and a worker that dies is replaced. A job whose process died is
    tried a second time; what then remains is that job's HostError, as is any error that is no ComposerError.
    So is a job whose engine did not load, but when that has failed twice in a group and never succeeded, or
    ten jobs of it have crashed or hung and none has ended well, the rest of it is set aside. When the caller
    stops early (an interrupt, say), the workers are stopped too.
    """
    if not jobs:
        return
    queue = _Queue(jobs, group, seats)
    with ExitStack() as stack:
        if crew is None:
            crew = stack.enter_context(opened_crew(min(workers, len(jobs)) or 1, limit_s, finish))
        lanes = crew.lanes
        running: dict[Future[Result], tuple[_Lane, _Try[Job]]] = {}
        while running or queue.waiting:
            for depth in range(AHEAD):
                for lane in lanes:
                    if len(lane.groups) <= depth and (one := queue.take(lane, lanes)) is not None:
                        running[lane.start(work, one)] = lane, one
            ended, _ = wait(running, LOOK_S, return_when=FIRST_COMPLETED)
            for lane in lanes:
                lane.mend()
            for future in ended:
                lane, one = running.pop(future)
                lane.groups.remove(one.group)
                done = _done(one.job, future, lane.limit_s)
                queue.note(one.group, done)
                if queue.again(one, done):
                    continue
                yield done
                yield from queue.set_aside(one.group, done)


@dataclass
class _Try(Generic[Job]):
    """A job on its way, and how often it was tried."""

    job: Job
    group: str
    tries: int = 0


class _Queue(Generic[Job]):
    """The jobs that wait, by group, and what is known of each group."""

    def __init__(
        self, jobs: Sequence[Job], group: Callable[[Job], str], seats: Callable[[str], int | None]
    ) -> None:
        self.by_group: dict[str, deque[_Try[Job]]] = {}
        for job in jobs:
            name = group(job)
            self.by_group.setdefault(name, deque()).append(_Try(job, name))
        self.seats = {name: seats(name) for name in self.by_group}
        self.failed_loads = dict.fromkeys(self.by_group, 0)
        self.failed = dict.fromkeys(self.by_group, 0)
        self.loaded: set[str] = set()
        self.went_well: set[str] = set()

    @property
    def waiting(self) -> bool:
        """Tell whether any job waits."""
        return any(self.by_group.values())

    def take(self, lane: _Lane, lanes: Sequence[_Lane]) -> _Try[Job] | None:
        """Return the next job for a worker: of the group it has, else of the one with the most left to do."""
        busy = {
            name: sum(name == other.group for other in lanes if other is not lane) for name in self.by_group
        }
        free = [
            name
            for name, waiting in self.by_group.items()
            if waiting and ((seats := self.seats[name]) is None or busy[name] < seats)
        ]
        if not free:
            return None
        name = (
            lane.group
            if lane.group in free
            else max(free, key=lambda n: len(self.by_group[n]) / (1 + busy[n]))
        )
        if lane.groups and name != lane.group:
            return None  # it has a job of another group still; when that is done it may take this one
        lane.group = name
        return self.by_group[name].popleft()

    def again(self, one: _Try[Job], done: Done[Job, Any]) -> bool:
        """Put a job back whose process died, or whose engine did not load; tell whether it was put back."""
        one.tries += 1
        may_do = isinstance(done.error, CrashError | LoadError) and not self._given_up(one.group)
        if not may_do or one.tries >= TRIES:
            return False
        self.by_group[one.group].append(one)
        return True

    def note(self, group: str, done: Done[Job, Any]) -> None:
        """Note from how a job ended whether the engine of its group can be loaded."""
        if done.error is None:
            self.went_well.add(group)
        elif isinstance(done.error, LoadError):
            self.failed_loads[group] += 1
        elif not isinstance(done.error, CrashError | HangError):
            self.loaded.add(group)  # it has said what it does not like: it is there
        if isinstance(done.error, LoadError | CrashError | HangError):
            self.failed[group] += 1

    def _given_up(self, group: str) -> bool:
        if group in self.went_well:
            return False
        never_loads = self.failed_loads[group] >= FAILED_LOADS and group not in self.loaded
        return never_loads or self.failed[group] >= FAILED_JOBS

    def set_aside(self, group: str, done: Done[Job, Any]) -> Iterator[Done[Job, Any]]:
        """Yield the rest of a group whose engine cannot be loaded."""
        while self._given_up(group) and self.by_group[group]:
            one = self.by_group[group].popleft()
            why = "does not load" if isinstance(done.error, LoadError) else "failed in every job"
            yield Done(one.job, error=LoadError(f"set aside: its instrument {why}: {done.error}"))


@dataclass(frozen=True)
class Crew:
    """Workers that are open: they can be made ready before their jobs are known."""

    lanes: list[_Lane]

    def ready(self, work: Callable[[Job], object], jobs: Sequence[Job], group: Callable[[Job], str]) -> None:
        """Let each worker begin with one of these, and go on with the jobs of the same group.

        What fails here fails in the job that needs it, and is told there.
        """
        for lane, job in zip(self.lanes, jobs, strict=False):
            lane.group = group(job)
            lane.schedule(work, job)

    def dismiss(self) -> None:
        """Let each worker finish and go, without waiting for it."""
        for lane in self.lanes:
            lane.dismiss()


@contextmanager
def opened_crew(
    workers: int, limit_s: float | None = 600.0, finish: Callable[[], None] | None = None
) -> Iterator[Crew]:
    """Open workers for `run_jobs`, which says what `limit_s` and `finish` are."""
    with ExitStack() as stack:
        yield Crew([stack.enter_context(_Lane(limit_s, finish)) for _ in range(workers)])


@dataclass
class _Lane:
    """One worker: a pool of one process, so that we decide which job goes where."""

    limit_s: float | None
    finish: Callable[[], None] | None
    group: str | None = None
    groups: list[str] = field(default_factory=list)
    """The group of each job that it has now."""
    given: list[Future[Any]] = field(default_factory=list)
    """What it was given and may not have done yet."""
    idle_since: float | None = None
    """Since when it has had jobs and been at none of them."""
    leaving: Thread | None = None

    def __enter__(self) -> _Lane:
        self._open()
        return self

    def _open(self) -> None:
        from pebble import ProcessPool

        context = multiprocessing.get_context("spawn")
        self.pool = ProcessPool(
            max_workers=1, max_tasks=JOBS_PER_PROCESS, initializer=keep_freed_memory, context=context
        )

    def start(self, work: Callable[[Job], Result], one: _Try[Job]) -> Future[Result]:
        """Give the worker a job."""
        self.groups.append(one.group)
        try:
            return self.schedule(work, one.job)
        except RuntimeError:  # the pool has given up
            self.mend()
            return self.schedule(work, one.job)

    def schedule(self, work: Callable[[Job], Result], job: Job) -> Future[Result]:
        """Let the worker do something; raise RuntimeError when its pool has given up."""
        future: Future[Result] = self.pool.schedule(work, args=(job,), timeout=self.limit_s)
        self.given = [*(other for other in self.given if not other.done()), future]
        return future

    def mend(self) -> None:
        """Replace a pool that gave up or stands still, its worker dead between two jobs; its jobs crash."""
        if self.pool.active and not self._stands_still():
            return
        self.idle_since = None
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()
        for future in self.given:
            if not future.done():
                future.set_exception(BrokenProcessPool())
        self._open()

    def _stands_still(self) -> bool:
        waiting = [future for future in self.given if not future.done()]
        if not waiting or any(future.running() for future in waiting):
            self.idle_since = None
        elif self.idle_since is None:
            self.idle_since = time.monotonic()
        return self.idle_since is not None and time.monotonic() - self.idle_since > STALLED_S

    def dismiss(self) -> None:
        """Let the worker close what it has open, and go; it gets no more jobs. Does not wait for it."""
        if self.leaving is None:
            self.leaving = Thread(target=self._leave)
            self.leaving.start()

    def _leave(self) -> None:
        if self.finish is not None and self.pool.active:
            wait([self.pool.schedule(self.finish, timeout=FINISH_S)])
        self.pool.close()  # type: ignore[no-untyped-call]
        self.pool.join()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or self.leaving is not None:
            self.dismiss()
            assert self.leaving is not None
            self.leaving.join()
            return
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()


def _done(job: Job, future: Future[Result], limit_s: float | None) -> Done[Job, Result]:
    from pebble import ProcessExpired

    try:
        return Done(job, result=future.result())
    except ComposerError as error:
        return Done(job, error=error)
    except TimeoutError:
        return Done(job, error=HangError(f"hung: no result after {limit_s:.0f} s; its worker was killed"))
    except BrokenProcessPool:
        return Done(job, error=CrashError("crashed: its worker died before it began"))
    except ProcessExpired as error:
        return Done(job, error=CrashError(f"crashed: its worker died with exit code {error.exitcode}"))
    except Exception as error:  # a bug here or in a library: it may cost this job, never the batch
        return Done(job, error=HostError(f"failed: {type(error).__name__}: {error}"))
