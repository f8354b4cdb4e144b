"""The sample files of an SFZ instrument: found as the engine finds them, checked before it plays silence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from composer_daw.errors import LoadError, did_you_mean
from composer_daw.hosts.sfizz_text import Sfz

UNCHECKED = {".wv"}
"""Formats that the engine reads and libsndfile does not."""


def check_samples(sfz: Sfz) -> float:
    """Return how long the shortest sample lasts (s); raise LoadError for those missing or no audio.

    The engine itself leaves out the regions of a missing sample without a word, and plays the regions of an
    unreadable one as silence.
    """
    missing = [path for path in sfz.samples if found(path) is None]
    if missing:
        first = missing[0]
        hint = did_you_mean(first.name, _names(first.parent).values())
        more = f" and {len(missing) - 1} more of {len(sfz.samples)}" if len(missing) > 1 else ""
        raise LoadError(f"{sfz.path}: no sample '{first}'{hint}{more}; is the library complete?")
    return min((_duration_s(path, sfz) for path in sfz.samples), default=math.inf)


def found(path: Path) -> Path | None:
    """Return the file of this name, in other letter case where there is none in this, or None."""
    if path.is_file():
        return path
    place = Path(path.anchor)
    for part in path.parts[1:]:
        inner = place / part
        if part != ".." and not inner.exists():
            name = _names(place).get(part.casefold())
            if name is None:
                return None
            inner = place / name
        place = inner
    return place if place.is_file() else None


def sizes(sfz: Sfz) -> Iterable[tuple[str, int]]:
    """Yield the name and the size in bytes of every sample, -1 for one that is missing."""
    for path in sfz.samples:
        file = found(path)
        yield path.name, file.stat().st_size if file else -1


def _names(folder: Path) -> dict[str, str]:
    try:
        return _listing(folder, folder.stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=64)
def _listing(folder: Path, _changed_ns: int) -> dict[str, str]:
    return {entry.name.casefold(): entry.name for entry in folder.iterdir()}


def _duration_s(path: Path, sfz: Sfz) -> float:
    """Return the length of a sample; raise LoadError when the engine could not play it."""
    import soundfile

    if path.suffix.lower() in UNCHECKED:
        return math.inf
    problem = "it holds no samples"
    try:
        info = soundfile.info(found(path) or path)
        if info.channels not in (1, 2):
            problem = f"it has {info.channels} channels, and the engine plays 1 or 2"
        elif info.frames:
            return float(info.frames / info.samplerate)
    except (soundfile.LibsndfileError, OSError) as error:
        problem = f"it is not audio that can be read ({str(error).splitlines()[0].strip('. ')})"
    raise LoadError(f"{sfz.path}: the sample '{path}' cannot be played: {problem}")
