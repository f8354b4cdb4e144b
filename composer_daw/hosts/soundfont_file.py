"""SoundFont files (sf2, sf3): where they lie, and which programs their headers list."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from struct import Struct, error
from typing import BinaryIO

from composer_daw.errors import InputError, LoadError, did_you_mean
from composer_daw.files import check_is_file

SUFFIXES = (".sf2", ".sf3")

INSTALL = {
    "MuseScore_General_Lite.sf3": "Debian and Ubuntu have it in musescore-general-soundfont-small",
    "MuseScore_General.sf3": "Debian and Ubuntu have it in musescore-general-soundfont",
    "FluidR3_GM.sf2": "Debian and Ubuntu have it in fluid-soundfont-gm",
    "TimGM6mb.sf2": "Debian and Ubuntu have it in timgm6mb-soundfont",
}
"""Where the files that presets name come from."""

DRUM_BANK = 128

_CHUNK, _PRESET = Struct("<4sI"), Struct("<20sHHHIII")


@dataclass(frozen=True, order=True)
class Program:
    """One program of a SoundFont; `bank` is the number in the file's header, 128 for drums."""

    bank: int
    program: int
    name: str


def find_soundfont(source: str, beside: Path) -> Path:
    """Return the path of a SoundFont: from the folder `beside`, or by its bare name from `folders()`.

    Raises InputError that says what to install, or where the file may be put.
    """
    places = [beside / source]
    if Path(source).name == source:
        places += [folder / source for folder in folders()]
    for place in places:
        if place.is_file():
            return check_is_file(place, "a SoundFont (.sf2 or .sf3)")
    known = {path.name for folder in (beside, *folders()) for path in _soundfonts_in(folder)}
    hint = INSTALL.get(source) or f"put it into {folders()[0]}, or give its path"
    raise InputError(f"no SoundFont '{source}'{did_you_mean(source, known)}; {hint}")


def folders() -> tuple[Path, ...]:
    """Return where this system keeps SoundFonts, the user's own folders first."""
    home = Path.home()
    if sys.platform == "darwin":
        return tuple(base / "Library/Audio/Sounds/Banks" for base in (home, Path("/")))
    if sys.platform == "win32":
        data = os.environ.get("APPDATA", str(home / "AppData/Roaming"))
        return (Path(data) / "soundfonts", Path("C:/soundfonts"))
    own = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    shared = ("/usr/local/share", "/usr/share")
    names = ("soundfonts", "sounds/sf2", "sounds/sf3")
    return tuple(Path(base) / name for base in (own, *shared) for name in names)


def read_programs(path: Path) -> tuple[Program, ...]:
    """Return the programs that the header of a SoundFont lists, by bank and program.

    Raises LoadError for a file that is no SoundFont, or that ends too early.
    """
    try:
        check_is_file(path, "a SoundFont (.sf2 or .sf3)")
        with path.open("rb") as stream:
            head = stream.read(12)
            if head[:4] != b"RIFF" or head[8:] != b"sfbk":
                raise LoadError(f"{path}: is no SoundFont; give an .sf2 or .sf3 file")
            declared, size = _CHUNK.unpack(head[:8])[1] + 8, path.stat().st_size
            if declared > size:
                raise LoadError(f"{path}: ends after {size:,} of {declared:,} bytes; copy it again")
            data = _preset_headers(stream, size)
    except InputError as failure:
        raise LoadError(str(failure)) from failure
    except (OSError, error) as failure:
        raise LoadError(f"{path}: cannot be read: {failure}") from failure
    rows = list(_PRESET.iter_unpack(data[: len(data) // _PRESET.size * _PRESET.size]))[
        :-1
    ]  # the last: an end
    if not rows:
        raise LoadError(f"{path}: lists no program; it is broken, or no SoundFont")
    return tuple(
        sorted(
            Program(bank, program, name.split(b"\0")[0].decode("latin-1").strip())
            for name, program, bank, *_ in rows
        )
    )


def _preset_headers(stream: BinaryIO, size: int) -> bytes:
    """Return the `phdr` chunk, which stands in the list `pdta`; empty where there is none."""
    place = stream.tell()
    while place + _CHUNK.size <= size:
        stream.seek(place)
        name, length = _CHUNK.unpack(stream.read(_CHUNK.size))
        if name == b"phdr":
            return stream.read(length)
        if name == b"LIST" and stream.read(4) == b"pdta":
            place += 12
            continue
        place += _CHUNK.size + length
        stream.seek(place)
        place += length % 2 and stream.read(4) != b"LIST"  # many an sf3 lacks the byte that makes it even
    return b""


def _soundfonts_in(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
    except OSError:
        return []
