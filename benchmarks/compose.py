"""How long it takes to compose and render a song, all stems included.

    python benchmarks/compose.py [SONG ...] [--workers N] [--page]

The song that ships if none is named. Time counts from the song file to the written mix and stems; Python's
imports are told apart. The goal is 8 times real time on two cores. The page is told apart
(`--page`).
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL = 8.0
"""Times real time."""


@dataclass
class Taken:
    """Seconds by the clock, and of all cores together."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def timed() -> Iterator[Taken]:
    """Yield what a block takes; it is filled in when the block ends."""
    taken, wall, cpu = Taken(), time.perf_counter(), _cpu_s()
    yield taken
    taken.wall_s, taken.cpu_s = time.perf_counter() - wall, _cpu_s() - cpu


def _cpu_s() -> float:
    """Return the processor time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(song: Path, workers: int, with_page: bool) -> tuple[float, dict[str, Taken]]:
    """Return how long a song sounds, in seconds, and what each step of it takes."""
    with timed() as imports:
        from composer_daw.composing.compose import compose, generator_named
        from composer_daw.composing.request import load_request
        from composer_daw.rendering.memory import keep_freed_memory
        from composer_daw.studio import write_audition
        from composer_daw.studio.song import song_page
    keep_freed_memory()
    folder = Path(tempfile.mkdtemp())
    page = Taken()
    try:
        with timed() as render:
            request = load_request(song)
            done = compose(
                request,
                folder,
                seed=request.song.seed,
                generator=generator_named("arranger"),
                workers=workers,
            )
        if with_page and done.mixed is not None:
            with timed() as page:
                write_audition(song_page(done, done.mixed), folder)
    finally:
        shutil.rmtree(folder)
    assert done.mixed is not None
    return done.mixed.mixdown.audio.duration_s, {"imports": imports, "song": render, "page": page}


def main() -> int:
    """Print the times; return 1 where a song misses the goal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("songs", nargs="*", type=Path, default=[ROOT / "examples" / "song.yaml"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", action="store_true", help="Write the page, too.")
    options = parser.parse_args()
    missed = False
    for song in options.songs:
        duration_s, steps = measured(song, options.workers, options.page)
        times = duration_s / steps["song"].wall_s
        told = ", ".join(
            f"{name} {one.wall_s:.1f} s ({one.cpu_s:.1f} s of cores)" for name, one in steps.items()
        )
        print(f"{song.stem}: {duration_s:.1f} s of music, {times:.1f} times real time: {told}", flush=True)
        missed |= times < GOAL
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
