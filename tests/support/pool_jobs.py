"""Jobs for the pool: module-level functions, as its workers import them."""

from __future__ import annotations

import os
import signal
import time

from composer_daw.errors import CrashError, LoadError, MidiError


def work(job: int | str) -> int:
    """Return ten times a number, or misbehave as the word says."""
    match job:
        case "refuse":
            raise MidiError("x.mid: is empty")
        case "die":
            os._exit(7)
        case "hang":
            time.sleep(60)
        case "bug":
            raise ZeroDivisionError("a bug")
        case "confuse":
            raise TypeError("unsupported types")
    return int(job) * 10


def worker(_: int) -> int:
    """Return the process that works."""
    time.sleep(0.05)
    return os.getpid()


_loaded: str | None = None
_loads = 0


def play(job: str) -> tuple[str, int, int, float, float]:
    """Return the group of "group number", the process, how often it had to load so far, and when it worked.

    Loading takes 30 ms and playing 10 ms; only one engine is kept.
    """
    global _loaded, _loads
    began, group = time.monotonic(), job.split()[0]
    if _loaded != group:
        time.sleep(0.03)
        _loaded, _loads = group, _loads + 1
    time.sleep(0.01)
    return group, os.getpid(), _loads, began, time.monotonic()


def group_of(job: str) -> str:
    """Return the first word."""
    return job.split()[0]


def kill_once(job: str) -> str:
    """Return the job, "group number [file]"; where a file is named that is not there yet, make it and die."""
    *_, place = job.split()
    if os.sep in place and not os.path.exists(place):
        open(place, "x").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def load(job: str) -> str:
    """Return the job; groups that are called broken do not load, and the word "crash" crashes an engine."""
    if job.startswith("broken"):
        raise LoadError("no such plugin")
    if "crash" in job:
        raise CrashError("crashed while rendering (SIGSEGV)")
    if "limp" in job:
        raise LoadError("out of memory")
    time.sleep(0.02)
    return job


def say_goodbye() -> None:
    """Leave a file with the number of the process in the folder that GOODBYES names."""
    open(os.path.join(os.environ["GOODBYES"], str(os.getpid())), "x").close()


def refuse_to_go() -> None:
    """Fail at the end."""
    raise RuntimeError("not yet")
