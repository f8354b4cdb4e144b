"""Files: written whole or not at all, and found whether from a checkout or from an installed wheel."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from composer_daw.errors import InputError, OutputError, did_you_mean

PACKAGE = Path(__file__).resolve().parent
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
