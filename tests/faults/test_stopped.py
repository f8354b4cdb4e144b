"""A data set stopped in the middle: soon over, nothing left running, and the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from midi_building import save_score
from probe_instrument import write_probe_instrument
from probe_plugin import ProbePlugins
from process_tree import Watch, plugin_processes, wait_until

SCORES = 48
STOPPED_S = 5.0


@pytest.fixture
def command(tmp_path: Path, probe_plugins: ProbePlugins) -> list[str]:
    """A data set of many pieces of fifty seconds on the probe, by two workers."""
    preset = write_probe_instrument(tmp_path, probe_plugins.variant(), more="repeats: yes")
    for number in range(SCORES):
        notes = [(240 * step, 240, 48 + (number + step) % 36) for step in range(200)]
        save_score(tmp_path / f"score{number}.mid", notes)
    scores = sorted(str(path) for path in tmp_path.glob("score*.mid"))
    render = ["dataset", "render", *scores, "-i", str(preset), "-t", "sustain", "-o", str(tmp_path / "set")]
    return [sys.executable, "-m", "composer_daw", *render, "--workers", "2"]


@pytest.fixture
def started(command: list[str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a session of its own, as from a terminal, when its first takes are out."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        wait_until(lambda: len(takes(tmp_path)) >= 3, limit_s=60.0)
        wait_until(lambda: len(plugin_processes(process.pid)) == 2)
        yield process
    finally:
        process.kill()
        process.communicate()


def takes(folder: Path) -> list[Path]:
    return list((folder / "set").glob("probe-*/*/[!.]*.wav"))


def by_keyboard(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)


def by_kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)


@pytest.mark.parametrize("interrupt", [by_keyboard, by_kill])
def test_an_interrupted_run(
    started: subprocess.Popen[str],
    command: list[str],
    tmp_path: Path,
    interrupt: Callable[[subprocess.Popen[str]], None],
) -> None:
    with Watch(started.pid, every_s=0.02) as watch:
        wait_until(lambda: len(watch.seen) >= 4)
        began = time.monotonic()
        interrupt(started)
        out, err = started.communicate(timeout=30)
        took_s = time.monotonic() - began
    assert (started.returncode, out, err.strip()) == (130, "", "stopped")
    assert watch.left(wait_s=STOPPED_S - took_s) == []
    assert took_s < STOPPED_S
    done = len(takes(tmp_path))
    assert 3 <= done < SCORES, "it was to be stopped in the middle"
    again = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (again.returncode, again.stderr) == (0, "")
    there = int(again.stdout.split(" were there already")[0].split()[-1])
    assert f"{SCORES - there} rendered" in again.stdout
    assert done - 2 <= there <= done, "finished takes were rendered again"


def test_a_killed_run_leaves_nothing_behind(started: subprocess.Popen[str]) -> None:
    with Watch(started.pid, every_s=0.02) as watch:
        wait_until(lambda: len(watch.seen) >= 4)
        started.kill()
        started.wait()
    assert watch.left(wait_s=STOPPED_S) == []
