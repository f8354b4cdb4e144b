"""What a file is, decided without loading it: a VST2 or VST3 that this machine can host, or why it is not."""

from __future__ import annotations

import mmap
import os
import platform
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from composer_daw.errors import InputError, did_you_mean, naming
from composer_daw.files import sha256_of
from composer_daw.plugins.executable import Library, Machine, read_libraries
from composer_daw.plugins.search import PluginKind

_ENTRY_POINTS = {
    "VSTPluginMain": "vst2",
    "main": "vst2",
    "main_macho": "vst2",
    "GetPluginFactory": "vst3",
    "clap_entry": "a CLAP plugin",
    "lv2_descriptor": "an LV2 plugin",
    "lv2_lib_descriptor": "an LV2 plugin",
    "dssi_descriptor": "a DSSI plugin",
    "ladspa_descriptor": "a LADSPA plugin",
}
"""The exported names by which a host finds its way into a plugin; the first that is there decides."""

_OTHER_SUFFIXES = {
    ".lv2": "an LV2 plugin; only VST2 and VST3 are hosted",
    ".clap": "a CLAP plugin; only VST2 and VST3 are hosted",
    ".component": "an Audio Unit; only VST2 and VST3 are hosted",
    ".aaxplugin": "an AAX plugin; only VST2 and VST3 are hosted",
    ".sf2": "a SoundFont; say 'host: soundfont'",
    ".sf3": "a SoundFont; say 'host: soundfont'",
    ".sfz": "an SFZ instrument; say 'host: sfizz'",
    ".fxp": "a preset; give the plugin that it belongs to",
    ".fxb": "a bank of presets; give the plugin that it belongs to",
    ".vstpreset": "a preset; give the plugin that it belongs to",
}
_HOSTED = "give a VST2 (.so, .dll, .vst) or a VST3 (.vst3)"
_SYSTEMS = {"darwin": "macOS", "win32": "Windows"}
_PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64", "i386": "x86", "i586": "x86", "i686": "x86"}


@dataclass(frozen=True)
class PluginFile:
    """A plugin that this machine can load: what to hand to a host, and what stands behind it."""

    path: Path
    """What a host loads, absolute: the file of a VST2, the bundle of a VST3."""
    kind: PluginKind
    binary: Path
    """The shared library itself; of a VST2, `path` again."""
    sha256: str
    """Of `binary`, 64 hexadecimal digits: what a preset or a record knows the plugin by."""


def check_plugin(path: str | Path) -> PluginFile:
    """Return what a path holds when it is a plugin for this machine; else raise InputError, one clear line.

    Only headers and exported names are read; nothing of the plugin runs. A path into a bundle stands for the
    bundle.
    """
    given = Path(path)
    with naming(given):
        try:
            return _checked(_bundle_of(Path(os.path.abspath(given))))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}") from error


def plugin_digest(path: str | Path) -> str:
    """Return the SHA-256 of the library that is loaded for a plugin: 64 hexadecimal digits."""
    return check_plugin(path).sha256


def this_machine() -> Machine:
    """Return the machine that this process runs as; its word size is that of Python, not of the system."""
    processor = platform.machine().lower()
    return Machine(
        _SYSTEMS.get(sys.platform, "Linux"),
        _PROCESSORS.get(processor, processor),
        8 * struct.calcsize("P"),
    )


def _checked(place: Path) -> PluginFile:
    _check_name(place)
    binary = _binary_in(place) if place.is_dir() else place
    kind = _kind_of(binary)
    if kind != ("vst3" if place.suffix.lower() == ".vst3" else "vst2"):
        raise InputError(_misplaced(kind, place))
    if kind == "vst2" and sys.platform == "linux" and place.suffix.lower() != ".so":
        raise InputError("is a VST2 plugin, but hosts go by its name; let that end in .so")
    return PluginFile(place, kind, binary, sha256_of(binary))


def _bundle_of(path: Path) -> Path:
    """Return the outermost bundle that a path lies in, or the path itself."""
    inside = [parent for parent in path.parents if parent.suffix.lower() in (".vst3", ".vst", ".lv2")]
    return inside[-1] if inside and inside[-1].is_dir() and path.exists() else path


def _check_name(path: Path) -> None:
    """Refuse what is absent, and what its name says is something else."""
    if not os.path.lexists(path):
        beside = os.listdir(path.parent) if path.parent.is_dir() else []
        raise InputError(f"no such file{did_you_mean(path.name, beside)}; {_HOSTED}")
    try:
        os.stat(path)
    except FileNotFoundError as error:
        raise InputError(f"is a link to '{os.readlink(path)}', which is not there; {_HOSTED}") from error
    if path.suffix.lower() in _OTHER_SUFFIXES:
        raise InputError(f"is {_OTHER_SUFFIXES[path.suffix.lower()]}")
    if not path.is_dir() and not path.is_file():
        raise InputError(f"is neither a file nor a folder; {_HOSTED}")


def _binary_in(bundle: Path) -> Path:
    """Return the library for this machine in a bundle (`Name.vst3/Contents/x86_64-linux/Name.so`)."""
    if bundle.suffix.lower() not in (".vst3", ".vst"):
        raise InputError(f"is a folder; {_HOSTED}")
    contents = bundle / "Contents"
    try:
        there = sorted(part.name for part in contents.iterdir() if _is_for_machine(part.name))
    except FileNotFoundError as error:
        raise InputError("is no whole bundle: it has no folder 'Contents'; install it again") from error
    machine = this_machine()
    folder, name = _inside_bundle(machine, bundle.stem)
    if folder not in there:
        held = f"binaries for {', '.join(there)}, but none for {folder}" if there else "no binary at all"
        raise InputError(f"holds {held}; install the plugin's build for {machine}")
    binary = contents / folder / name
    if not binary.is_file():
        others = sorted(part.name for part in binary.parent.iterdir() if part.suffix == binary.suffix)
        found = f"there is {', '.join(others)}: was the bundle renamed?" if others else "it is empty"
        raise InputError(f"has no Contents/{folder}/{name} ({found}); install the plugin again")
    return binary


def _is_for_machine(name: str) -> bool:
    return name == "MacOS" or name.endswith(("-linux", "-win"))


def _inside_bundle(machine: Machine, stem: str) -> tuple[str, str]:
    """Return the folder below Contents for a machine, and the name that the library has there."""
    if machine.system == "macOS":
        return "MacOS", stem
    if machine.system == "Windows":
        return {"aarch64": "arm64-win"}.get(machine.processor, f"{machine.processor}-win"), f"{stem}.vst3"
    return f"{platform.machine()}-linux", f"{stem}.so"


def _kind_of(binary: Path) -> PluginKind:
    """Return the kind of plugin that the entry points of a library for this machine show."""
    libraries = _libraries(binary)
    if not libraries:
        raise InputError(f"is no plugin: not a shared library at all; {_HOSTED}")
    here = this_machine()
    library = next((found for found in libraries if found.machine == here), None)
    if library is None:
        those = " and ".join(str(found.machine) for found in libraries)
        raise InputError(f"is built for {those}; this is {here}: install the plugin's build for it")
    if not library.loadable and "VSTPluginMain" not in library.exports:
        raise InputError(f"is a program or an object file, not a plugin; {_HOSTED}")
    shown = next((kind for name, kind in _ENTRY_POINTS.items() if name in library.exports), None)
    if shown == "vst2" or shown == "vst3":
        return "vst2" if shown == "vst2" else "vst3"
    if shown:
        raise InputError(f"is {shown}; only VST2 and VST3 are hosted")
    raise InputError(
        "is a shared library but no VST plugin: it exports neither VSTPluginMain nor main (VST2) "
        f"nor GetPluginFactory (VST3); {_HOSTED}"
    )


def _libraries(binary: Path) -> tuple[Library, ...]:
    with open(binary, "rb") as stream:
        if os.fstat(stream.fileno()).st_size == 0:
            raise InputError("is empty; install it again")
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as image:
            return read_libraries(image, _ENTRY_POINTS)


def _misplaced(kind: PluginKind, place: Path) -> str:
    if kind == "vst2":
        return f"is a VST2 plugin under the name of a VST3; call it {place.stem}.so, outside of any bundle"
    folder, name = _inside_bundle(this_machine(), place.stem)
    return (
        f"is the library of a VST3 without its bundle; put it at {place.stem}.vst3/Contents/{folder}/{name}"
    )
