"""Processes killed at the worst moments cost nothing: a plugin as it loads, a worker before it has begun."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from fault_batch import VICTIM
from midi_building import save_score
from pebble.pool.channel import WorkerChannel
from pool_jobs import worker
from probe_instrument import write_probe_instrument
from probe_plugin import ProbePlugins
from process_tree import Watch, below, has_open, plugin_processes, wait_until

from composer_daw.dataset import plan_versions, run_plan
from composer_daw.rendering import load_instrument, pool, run_jobs


class KillsOne(threading.Thread):
    """Kills the first process that `find` returns, `delay_s` after it was found."""

    def __init__(self, find: Callable[[], list[psutil.Process]], delay_s: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.find, self.delay_s = find, delay_s
        self.killed: list[int] = []
        self.start()

    def run(self) -> None:
        wait_until(lambda: bool(self.find()))
        threading.Event().wait(self.delay_s)
        for process in self.find()[:1]:
            process.kill()
            self.killed.append(process.pid)


def workers() -> list[psutil.Process]:
    """Return the processes that the pool has started."""
    return [one for one in below() if "spawn_main" in " ".join(one.cmdline())]


def test_a_plugin_killed_while_it_loads(tmp_path: Path, probe_plugins: ProbePlugins) -> None:
    preset = write_probe_instrument(tmp_path, probe_plugins.variant(VICTIM))
    scores = [save_score(tmp_path / f"{pitch}.mid", [(0, 200, pitch)]) for pitch in (60, 61, 62)]
    plan = plan_versions(scores, load_instrument(preset), ["sustain"])
    killer = KillsOne(lambda: [one for one in plugin_processes() if has_open(one, f"/Probe@{VICTIM}")])
    with Watch(every_s=0.05) as watch:
        report = run_plan(plan, tmp_path / "set", workers=1)
    assert (len(killer.killed), len(report.rendered), report.failed) == (1, 3, [])
    assert watch.left() == []


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.3])
def test_a_worker_killed_before_its_first_job_or_soon_after(delay_s: float) -> None:
    killer = KillsOne(workers, delay_s)
    done = list(run_jobs(worker, range(40), workers=2, limit_s=20.0))
    assert len(killer.killed) == 1
    assert [one.error for one in done if one.error] == []
    assert sorted(one.job for one in done) == list(range(40))
    assert len({one.result for one in done} - set(killer.killed)) == 2


def take_the_lock_along(job: str) -> str:
    """Die as one does who is killed while it hands over a result: with the pool's lock in its hands."""
    marker = Path(job)
    if not marker.exists():
        marker.touch()
        channel = next(one for one in gc.get_objects() if isinstance(one, WorkerChannel))
        channel.mutex.acquire()
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def test_a_worker_killed_with_the_lock_in_its_hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "STALLED_S", 4.0)
    jobs = [str(tmp_path / "fatal"), *(str(tmp_path / f"{number}") for number in range(3))]
    for path in jobs[1:]:
        Path(path).touch()
    done = list(run_jobs(take_the_lock_along, jobs, workers=1, limit_s=20.0))
    assert sorted((one.job, one.result) for one in done) == sorted((job, job) for job in jobs)
