"""What a song leaves behind: a folder that is written whole or not at all, and its record."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from composer_daw import __version__
from composer_daw.composing.keys import key_name
from composer_daw.composing.request import Request
from composer_daw.errors import OutputError
from composer_daw.files import PARTIAL, sha256_of, write_text

SCORE, PERFORMANCE, GRAPH = "score.mid", "performance.mid", "graph.yaml"
MIX, STEMS, RECORD = "mix.wav", "stems", "song.json"


@contextmanager
def folder_whole(target: str | Path, force: bool = False) -> Iterator[Path]:
    """Yield a folder beside `target` that takes its name when the block ends without error.

    Raises OutputError where something stands there already: an empty folder goes, and with `force` a song
    that was written before, but nothing else.
    """
    home = Path(target)
    check_home(home, force)
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        made = _beside(home)
    except OSError as error:
        raise OutputError(f"{home}: cannot be written: {error.strerror or error}") from error
    try:
        yield made
        _take_place(made, home)
    except OSError as error:
        raise OutputError(f"{home}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def check_home(home: Path, force: bool) -> None:
    """Raise OutputError where a song may not be written."""
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        raise OutputError(f"{home}: is no folder; give a folder for the song")
    if not home.is_dir() or not any(home.iterdir()):
        return
    if not (home / RECORD).is_file():
        raise OutputError(f"{home}: holds something else than a song; give a folder of its own")
    if not force:
        raise OutputError(f"{home}: holds a song already; give another folder, or --force")


def _take_place(made: Path, home: Path) -> None:
    """Give a folder its name; what stood there is there until the new one is."""
    if not home.exists():
        os.replace(made, home)
        return
    before = _beside(home)
    os.replace(home, before)
    try:
        os.replace(made, home)
    except OSError:
        os.replace(before, home)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _beside(home: Path) -> Path:
    """Make an empty folder beside another, under a name of its own."""
    made = home.parent / f"{PARTIAL}{secrets.token_hex(8)}"
    made.mkdir()
    return made


def record_of(request: Request, seed: int, generator: str) -> dict[str, Any]:
    """Return what a song was made of."""
    conditions = dataclasses.asdict(request.conditions)
    conditions["key"] = key_name(request.conditions.key)
    sections = zip(conditions["sections"], request.conditions.sections, request.captioned, strict=True)
    for told, section, source in sections:
        told["key"] = key_name(section.key) if section.key else None
        told["caption_from"] = source
    for part in conditions["parts"]:
        part["techniques"] = sorted(part["techniques"])
    return {
        "song_record": 1,
        "composer_daw": __version__,
        "generator": generator,
        "seed": seed,
        "song": request.song.model_dump(mode="json", exclude_defaults=True),
        "conditions": conditions,
        "instruments": {
            one.part.name: {
                "instrument": one.instrument.name if one.instrument.ships else one.instrument.path.name,
                "digest": one.instrument.digest,
                "licence": one.instrument.preset.licence.model_dump(),
            }
            for one in request.band
        },
        "remarks": list(request.remarks),
    }


def save_record(record: dict[str, Any], folder: Path) -> None:
    """Write the record with the digest of every file that stands in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
    text = json.dumps({**record, "files": digests}, indent=1, ensure_ascii=False)
    write_text(folder / RECORD, text + "\n")
