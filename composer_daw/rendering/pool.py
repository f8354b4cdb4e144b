"""The pool of workers: jobs run in processes of their own, so a crash or a hang costs one job.

Every worker is a fresh process (spawn): engines may not be shared by fork or by thread.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from composer_daw.errors import ComposerError, HostError

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Done(Generic[Job, Result]):
    """A job that ended: with a result, or with the error that it cost."""

    job: Job
    result: Result | None = None
    error: ComposerError | None = None


def default_workers() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_jobs(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int, limit_s: float = 600.0
) -> Iterator[Done[Job, Result]]:
    """Yield each job as it ends, in any order; `work` is a module-level function.

    A job over `limit_s` seconds is killed, and a worker that dies is replaced; both become that job's
    HostError, as does any error that is no ComposerError, with its name. When the caller stops early (an
    interrupt, say), the workers are stopped too.
    """
    from pebble import ProcessPool

    context = multiprocessing.get_context("spawn")
    with ProcessPool(max_workers=max(1, min(workers, len(jobs))), context=context) as pool:
        try:
            waiting: dict[Future[Result], Job] = {
                pool.schedule(work, args=(job,), timeout=limit_s): job for job in jobs
            }
            while waiting:
                ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ended:
                    yield _done(waiting.pop(future), future, limit_s)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _done(job: Job, future: Future[Result], limit_s: float) -> Done[Job, Result]:
    from pebble import ProcessExpired

    try:
        return Done(job, result=future.result())
    except ComposerError as error:
        return Done(job, error=error)
    except TimeoutError:
        return Done(job, error=HostError(f"hung: no result after {limit_s:.0f} s; its worker was killed"))
    except ProcessExpired as error:
        return Done(job, error=HostError(f"crashed: its worker died with exit code {error.exitcode}"))
    except Exception as error:  # a bug here or in a library: it may cost this job, never the batch
        return Done(job, error=HostError(f"failed: {type(error).__name__}: {error}"))
