"""Files: written whole or not at all, and found whether from a checkout or from an installed wheel."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer_daw.errors import InputError, OutputError, did_you_mean

PACKAGE = Path(__file__).resolve().parent
REMOVALS, REMOVED_S = 20, 0.1
"""How often a folder that is not wanted is removed, and how long the next try waits."""

PARTIAL = ".partial-"
"""How the name of a file begins until it is whole."""

SHIPPED = ("technique_maps", "presets", "configs")
_ASKING = threading.Lock()


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """Yield a temporary file beside `path` that takes its name when the block ends without error.

    Missing folders are made. Raises OutputError when the place cannot be written; the temporary file is
    removed and a file that stood there before is left as it was.
    """
    target = Path(path)
    temporary = _temporary_beside(target)
    try:
        yield temporary
        os.replace(temporary, target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the partial files that a killed process left in a folder and below."""
    for path in folder.rglob(f"{PARTIAL}*"):
        path.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8 with plain newlines, whole or not at all."""
    with written_whole(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


@dataclass(frozen=True)
class FolderKind:
    """What a folder of ours holds, and the record in it that says so and lists its files."""

    what: str
    """In words: "a song"."""
    record: str
    """The name of its record, a JSON: "song.json"."""
    mark: str
    """The key that marks the record, with the number of its form: "song_record"."""


@contextmanager
def folder_whole(target: str | Path, kind: FolderKind, force: bool = False) -> Iterator[Path]:
    """Yield a folder beside `target` that takes its name when the block ends without error.

    Raises OutputError where something stands there already, as `check_home` does: an empty folder goes, and
    with `force` one of the same kind in which nothing was changed or added.
    """
    home = Path(target)
    check_home(home, kind, force)
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        made = _folder_beside(home)
    except OSError as error:
        raise OutputError(f"{home}: cannot be written: {error.strerror or error}") from error
    try:
        yield made
        check_home(home, kind, force)  # the work took its time
        _take_place(made, home)
    except OSError as error:
        raise OutputError(f"{home}: cannot be written: {error.strerror or error}") from error
    finally:
        _remove(made)


def check_home(target: str | Path, kind: FolderKind, force: bool = False) -> None:
    """Raise OutputError where a folder of this kind may not be written.

    With `force` one may that its own record describes to the byte; else the first file is named that would
    be lost.
    """
    home = Path(target)
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        raise OutputError(f"{home}: is no folder; give a folder for {kind.what}")
    if not home.is_dir():
        return
    if home.resolve() in (Path.cwd(), *Path.cwd().parents):
        raise OutputError(f"{home}: is the folder that this runs in; give {kind.what} a folder of its own")
    try:
        if any(home.iterdir()):
            _check_replaceable(home, kind, force)
    except OSError as error:
        raise OutputError(f"{home}: cannot be read: {error.strerror or error}") from error


def write_record(record: Mapping[str, Any], folder: Path, kind: FolderKind) -> None:
    """Write the record of a folder with the digest of every file that stands in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / kind.record)
    files = {path.relative_to(folder).as_posix(): sha256_of(path) for path in paths}
    text = json.dumps({**record, "files": files}, indent=1, ensure_ascii=False)
    write_text(folder / kind.record, text + "\n")


def _check_replaceable(home: Path, kind: FolderKind, force: bool) -> None:
    """Raise OutputError unless all that stands in a folder is of this kind, as it was written, and may go."""
    listed = _listed(home / kind.record, kind)
    if listed is None:
        raise OutputError(f"{home}: holds something else than {kind.what}; give a folder of its own")
    if not force:
        raise OutputError(f"{home}: holds {kind.what} already; give another folder, or --force")
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if name == kind.record or (path.is_dir() and not path.is_symlink()):
            continue
        if name not in listed or path.is_symlink():
            raise OutputError(
                f"{path}: is not of {kind.what} that stands here; move it, or give another folder"
            )
        if sha256_of(path) != listed[name]:
            raise OutputError(f"{path}: was changed since it was written; move it, or give another folder")


def _listed(path: Path, kind: FolderKind) -> dict[str, str] | None:
    """Return the files that a record lists, with their digests; None for what is no record of this kind."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        record = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    files = record.get("files") if isinstance(record, dict) else None
    if not isinstance(files, dict) or type(record.get(kind.mark)) is not int:
        return None
    return {str(name): str(digest) for name, digest in files.items()}


def _remove(folder: Path) -> None:
    """Remove a folder, more than once where threads that were interrupted still finish a file in it."""
    for _ in range(REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(REMOVED_S)


def _take_place(made: Path, home: Path) -> None:
    """Give a folder its name; what stood there is there until the new one is."""
    if not home.exists():
        os.replace(made, home)
        return
    before = _folder_beside(home)
    os.replace(home, before)
    try:
        os.replace(made, home)
    except OSError:
        os.replace(before, home)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _folder_beside(home: Path) -> Path:
    """Make an empty folder beside another, under a name of its own."""
    made = home.parent / f"{PARTIAL}{secrets.token_hex(8)}"
    made.mkdir()
    return made


def check_is_file(path: str | Path, what: str) -> Path:
    """Return `path` when it is a file that can be read; else raise InputError, saying what was expected."""
    source = Path(path)
    try:
        if source.is_dir():
            raise InputError(f"{source}: is a folder; give {what}")
        if not source.exists():
            beside = [p.name for p in source.parent.iterdir()] if source.parent.is_dir() else []
            raise InputError(f"{source}: no such file{did_you_mean(source.name, beside)}; give {what}")
        if not source.is_file():  # reading a pipe would wait for whoever writes into it
            raise InputError(f"{source}: is a pipe, a device or the like; give {what}, as a file")
        source.open("rb").close()
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror or error}") from error
    return source


def check_targets(*targets: str | Path | None, source: str | Path) -> None:
    """Raise OutputError unless all these files can be written, each its own, and none over the source."""
    places = [Path(target) for target in targets if target]
    for place in places:
        if [other.resolve() for other in (*places, Path(source))].count(place.resolve()) > 1:
            raise OutputError(f"{place}: is named twice, or is the score itself; give each file its own name")
        _temporary_beside(place).unlink()


def sha256_of(path: str | Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def shipped(folder: str) -> Path:
    """Return a folder of data that ships with the package: technique_maps, presets or configs."""
    if folder not in SHIPPED:
        raise ValueError(f"nothing called '{folder}' ships; there are {', '.join(SHIPPED)}")
    beside = PACKAGE.parent / folder
    in_checkout = (PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir()
    return beside if in_checkout else PACKAGE / "shipped" / folder


def _temporary_beside(target: Path) -> Path:
    if target.is_dir():
        raise OutputError(f"{target}: is a folder; give the name of a file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PARTIAL, suffix=target.suffix, dir=target.parent)
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(f"{target}: cannot be written: a file stands where a folder should be") from error
    except OSError as error:
        raise OutputError(f"{target}: cannot be written: {error.strerror or error}") from error
    os.close(handle)
    os.chmod(name, 0o666 & ~_umask())
    return Path(name)


def _umask() -> int:
    with _ASKING:  # two threads that ask at once would leave it at 0
        mask = os.umask(0)
        os.umask(mask)
    return mask
