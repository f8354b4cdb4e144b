"""Jobs for the pool: module-level functions, as its workers import them."""

from __future__ import annotations

import os
import time

from composer_daw.errors import MidiError


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
