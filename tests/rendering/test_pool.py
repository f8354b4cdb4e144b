"""The pool: a job that fails, dies or hangs costs itself, and nothing else."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

import psutil
import pytest
from pool_jobs import group_of, kill_once, load, play, refuse_to_go, say_goodbye, work, worker

from composer_daw.errors import CrashError, HangError, HostError, LoadError, MidiError
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
        "hang": (HangError, "hung: no result after 4 s; its worker was killed"),
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


# ---- groups: an engine is loaded once


def test_a_worker_stays_with_its_group() -> None:
    jobs = [f"{group} {number}" for number in range(12) for group in ("a", "b", "c", "d")]
    results = [one.result for one in run_jobs(play, jobs, workers=2, group=group_of)]
    assert len(results) == len(jobs)
    loads = {pid: max(row[2] for row in results if row[1] == pid) for pid in {row[1] for row in results}}
    assert len(loads) == 2
    assert sum(loads.values()) <= 5  # four, and one where both workers end in the last group
    for pid in loads:
        order = [row[0] for row in sorted(results, key=lambda row: row[3]) if row[1] == pid]
        assert len(list(groupby(order))) == len(set(order))


def test_without_groups_every_worker_takes_what_comes() -> None:
    results = [one.result for one in run_jobs(play, [f"a {number}" for number in range(20)], workers=2)]
    assert len({row[1] for row in results}) == 2


def together(results: list[tuple[str, int, int, float, float]], group: str) -> int:
    """Return how many workers had jobs of a group at most at one time, from their first to their last one."""
    mine = [row for row in results if row[0] == group]
    spans = [
        (min(row[3] for row in mine if row[1] == pid), max(row[4] for row in mine if row[1] == pid))
        for pid in {row[1] for row in mine}
    ]
    return max(sum(start <= at <= end for start, end in spans) for at, _ in spans)


def test_seats_limit_how_many_workers_have_a_group() -> None:
    jobs = [f"{group} {number}" for number in range(16) for group in ("licensed", "free")]
    seats = {"licensed": 1, "free": None}
    results = [one.result for one in run_jobs(play, jobs, workers=3, group=group_of, seats=seats.get)]
    assert len(results) == len(jobs)
    assert together(results, "licensed") == 1
    assert together(results, "free") >= 2


def test_where_all_seats_are_taken_the_others_wait_and_all_is_done() -> None:
    jobs = [f"licensed {number}" for number in range(8)]
    results = [one.result for one in run_jobs(play, jobs, workers=3, group=group_of, seats=lambda _: 1)]
    assert len(results) == 8
    assert len({row[1] for row in results}) == 1


# ---- second tries and setting aside


def test_a_job_whose_worker_was_killed_once_is_done_by_the_next(tmp_path: Path) -> None:
    fatal = [f"a {number} {tmp_path / str(number)}" for number in (1, 3)]
    jobs = ["a 0", fatal[0], "a 2", fatal[1], "a 4"]
    done = by_job(list(run_jobs(kill_once, jobs, workers=1, group=group_of)))
    assert {job: (one.result, one.error) for job, one in done.items()} == {job: (job, None) for job in jobs}


def test_a_job_that_kills_every_worker_is_given_up_after_two(tmp_path: Path) -> None:
    done = by_job(list(run_jobs(work, [1, "die", 2], workers=1)))
    assert {job: one.result for job, one in done.items() if one.error is None} == {1: 10, 2: 20}
    assert isinstance(done["die"].error, CrashError)


def test_an_engine_that_does_not_load_sets_its_group_aside_and_no_other() -> None:
    jobs = [f"{group} {number}" for number in range(6) for group in ("broken", "whole")]
    done = by_job(list(run_jobs(load, jobs, workers=2, group=group_of)))
    assert len(done) == len(jobs)
    assert {job for job, one in done.items() if one.error is None} == {job for job in jobs if "whole" in job}
    errors = [one.error for job, one in done.items() if job.startswith("broken")]
    assert {type(error) for error in errors} == {LoadError}
    said = [str(error) for error in errors]
    assert set(said) == {"no such plugin", "set aside: its instrument does not load: no such plugin"}
    assert 1 <= said.count("no such plugin") <= 3  # tried twice; a further job may be on its way by then


def test_an_engine_that_did_load_is_not_set_aside() -> None:
    jobs = ["a 0", "a 1", "a limp 2", "a limp 3", "a limp 4", "a 5", "a 6"]
    done = by_job(list(run_jobs(load, jobs, workers=1, group=group_of)))
    assert {job for job, one in done.items() if one.error} == {job for job in jobs if "limp" in job}
    assert {str(one.error) for one in done.values() if one.error} == {"out of memory"}


def test_crashes_set_nothing_aside() -> None:
    jobs = [f"a crash {number}" for number in range(4)] + ["a 5"]
    done = by_job(list(run_jobs(load, jobs, workers=2, group=group_of)))
    assert done["a 5"].result == "a 5"
    assert {str(one.error) for one in done.values() if one.error} == {"crashed while rendering (SIGSEGV)"}


# ---- the end


def below() -> set[psutil.Process]:
    return {
        one
        for one in psutil.Process().children(recursive=True)
        if "resource_tracker" not in " ".join(one.cmdline())
    }


def test_every_worker_is_told_to_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODBYES", str(tmp_path))
    pids = {
        one.result[1]
        for one in run_jobs(play, [f"a {number}" for number in range(8)], workers=2, finish=say_goodbye)
    }
    assert {path.name for path in tmp_path.iterdir()} >= {str(pid) for pid in pids}
    assert len(list(tmp_path.iterdir())) == 2


def test_a_finish_that_fails_costs_nothing() -> None:
    done = list(run_jobs(work, [1, 2], workers=2, finish=refuse_to_go))
    assert sorted(one.result for one in done) == [10, 20]


@pytest.mark.parametrize("stop", ["raise", "close"])
def test_who_stops_early_leaves_no_process(stop: str) -> None:
    before = below()
    running = run_jobs(work, [1, "hang", "hang", 2], workers=2)
    assert next(iter(running)).result == 10
    assert len(below() - before) == 2
    if stop == "raise":
        with pytest.raises(KeyboardInterrupt):
            running.throw(KeyboardInterrupt)
    else:
        running.close()
    assert below() - before == set()


def test_as_many_workers_as_the_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    class Memory:
        available = 4_000 * 2**20

    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert default_workers(memory_mb=400.0) == 8  # four fifths of what is free
    assert default_workers(memory_mb=1.0) == 64
    assert default_workers(memory_mb=100_000.0) == 1
