"""The pool: a job that fails, dies or hangs costs itself, and nothing else."""

from __future__ import annotations

import os

from pool_jobs import work, worker

from composer_daw.errors import CrashError, HostError, MidiError
from composer_daw.rendering import Done, default_workers, run_jobs


def by_job(done: list[Done]) -> dict[int | str, Done]:
    return {one.job: one for one in done}


def test_every_job_ends_once_whatever_the_others_do() -> None:
    jobs = [1, "refuse", 2, "die", 3, "hang", "bug", 4]
    done = by_job(list(run_jobs(work, jobs, workers=2, limit_s=4.0)))
    assert set(done) == set(jobs)
    assert {job: one.result for job, one in done.items() if one.error is None} == {1: 10, 2: 20, 3: 30, 4: 40}
    errors = {job: (type(one.error), str(one.error)) for job, one in done.items() if one.error}
    assert errors == {
        "refuse": (MidiError, "x.mid: is empty"),
        "die": (CrashError, "crashed: its worker died with exit code 7"),
        "hang": (HostError, "hung: no result after 4 s; its worker was killed"),
        "bug": (HostError, "failed: ZeroDivisionError: a bug"),
    }


def test_jobs_run_in_processes_of_their_own() -> None:
    pids = {one.result for one in run_jobs(worker, range(6), workers=2)}
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= 2


def test_a_bug_costs_its_job_and_its_worker_goes_on() -> None:
    done = by_job(list(run_jobs(work, ["bug", 1, "confuse", 2], workers=1)))
    assert {job: one.result for job, one in done.items() if one.error is None} == {1: 10, 2: 20}
    errors = {job: (type(one.error), str(one.error)) for job, one in done.items() if one.error}
    assert errors == {
        "bug": (HostError, "failed: ZeroDivisionError: a bug"),
        "confuse": (HostError, "failed: TypeError: unsupported types"),
    }


def test_no_jobs_no_work() -> None:
    assert list(run_jobs(work, [], workers=4)) == []


def test_as_many_workers_as_cores() -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)
