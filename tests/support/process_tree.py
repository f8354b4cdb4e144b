"""What runs below a process: who is there, how much memory they hold, and who is left at the end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import psutil

PLUGIN_WORKER = "composer_daw.hosts.plugin_worker"
TRACKER = "resource_tracker"
"""Python's own process beside those that are spawned; it ends with the process that started the first."""

Sample = tuple[float, int]
"""Seconds since the watch began, and bytes."""


def below(root: int | None = None) -> list[psutil.Process]:
    """Return all that runs below a process (this one, if none is given), zombies too, but for the tracker."""
    try:
        found = psutil.Process(root).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [one for one in found if not _says(one, TRACKER)]


def plugin_processes(root: int | None = None) -> list[psutil.Process]:
    """Return the processes in which plugins live."""
    return [one for one in below(root) if _says(one, PLUGIN_WORKER)]


def has_open(process: psutil.Process, name: str) -> bool:
    """Tell whether a library whose path holds `name` is loaded in a process."""
    try:
        return name in Path(f"/proc/{process.pid}/maps").read_text(errors="replace")
    except OSError:
        return False


def _says(process: psutil.Process, word: str) -> bool:
    try:
        return any(word in part for part in process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


class Watch:
    """Looks at the tree every `every_s` seconds while a block runs; use it in a `with` block.

    `samples` are the bytes of resident memory, summed over the process and all below it. `seen` are all the
    processes that were ever there.
    """

    def __init__(self, root: int | None = None, every_s: float = 0.25) -> None:
        self.root, self.every_s = root or os.getpid(), every_s
        self._root = psutil.Process(self.root)
        self.samples: list[Sample] = []
        self.seen: dict[int, psutil.Process] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Watch:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    @property
    def now_s(self) -> float:
        """Return how long it has been watching."""
        return time.monotonic() - self._began

    def _look_on(self) -> None:
        while not self._end.wait(self.every_s):
            tree = below(self.root)
            self.seen.update({one.pid: one for one in tree})
            held = sum(_resident(one) for one in [self._root, *tree])
            self.samples.append((self.now_s, held))

    def left(self, wait_s: float = 5.0) -> list[str]:
        """Return what still runs, or is dead and was not seen off, of all that was ever there."""
        end = time.monotonic() + wait_s
        while (there := [one for one in self.seen.values() if one.is_running()]) and time.monotonic() < end:
            time.sleep(0.05)
        return [f"{one.pid} {one.status()} {' '.join(one.cmdline())[:100]}" for one in there]


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def wait_until(true: Callable[[], bool], limit_s: float = 30.0) -> None:
    """Wait until something is so; raise AssertionError when it never is."""
    end = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end, f"still not so after {limit_s:.0f} s"
        time.sleep(0.02)
