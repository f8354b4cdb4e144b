"""Where plugins are: the folders of each system, and a plugin found by its path or by its name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from composer_daw.errors import InputError, did_you_mean

PluginKind = Literal["vst2", "vst3"]

VARIABLES: dict[PluginKind, tuple[str, ...]] = {"vst2": ("VST_PATH", "LXVST_PATH"), "vst3": ("VST3_PATH",)}
"""The environment variables that name further folders, divided as in PATH; these come first."""

_FOLDERS: dict[str, dict[PluginKind, tuple[str, ...]]] = {
    "linux": {
        "vst2": (
            "~/.vst",
            "~/.lxvst",
            "/usr/local/lib/vst",
            "/usr/local/lib/lxvst",
            "/usr/lib/vst",
            "/usr/lib/lxvst",
            "/usr/lib64/vst",
            "/usr/lib64/lxvst",
        ),
        "vst3": ("~/.vst3", "/usr/local/lib/vst3", "/usr/lib/vst3", "/usr/lib64/vst3"),
    },
    "darwin": {
        "vst2": ("~/Library/Audio/Plug-Ins/VST", "/Library/Audio/Plug-Ins/VST"),
        "vst3": ("~/Library/Audio/Plug-Ins/VST3", "/Library/Audio/Plug-Ins/VST3"),
    },
    "win32": {
        "vst2": (
            "$ProgramFiles/VstPlugins",
            "$ProgramFiles/Steinberg/VstPlugins",
            "$CommonProgramFiles/VST2",
            "$CommonProgramFiles/Steinberg/VST2",
        ),
        "vst3": ("$LOCALAPPDATA/Programs/Common/VST3", "$CommonProgramFiles/VST3"),
    },
}
_VST2_SUFFIX = {"linux": ".so", "darwin": ".vst", "win32": ".dll"}
_BUNDLES = {".vst3", ".vst", ".lv2", ".clap", ".component", ".app"}
"""Folders that are one plugin or program each: what lies inside is no plugin of its own."""


def plugin_folders(kind: PluginKind) -> list[Path]:
    """Return the folders where plugins of this kind are looked for, in order, whether they exist or not.

    First those that the environment names (VST_PATH and LXVST_PATH, VST3_PATH), then those of this system.
    """
    named = [part for name in VARIABLES[kind] for part in os.environ.get(name, "").split(os.pathsep)]
    standard = [os.path.expandvars(part) for part in _FOLDERS[_system()][kind]]
    places = [Path(os.path.expanduser(part)) for part in (*named, *standard) if part and part[0] != "$"]
    return list(dict.fromkeys(places))


def list_plugins(folders: Iterable[Path] | None = None) -> list[Path]:
    """Return what may be plugins, by the names of the files: VST3 bundles, then VST2 files, sorted by folder.

    Without `folders`, those of `plugin_folders`. Bundles are not looked into; of several names for one file
    (symbolic links) the first is kept. `check_plugin` tells which of them are plugins.
    """
    seen: dict[str, Path] = {}
    for path in _candidates(folders):
        seen.setdefault(os.path.realpath(path), path)
    return list(seen.values())


def find_plugin(source: str, beside: Path) -> Path:
    """Return the plugin that `source` names, an absolute path; `check_plugin` tells whether it is one.

    A path is taken as it stands, or from the folder `beside`. A plain name (`amsynth_vst`, with or without
    its suffix) is looked for beside first, then in the folders of `plugin_folders`, VST3 before VST2.
    Raises InputError.
    """
    given = Path(os.path.expanduser(source))
    if not source.strip() or given.name in ("", ".", ".."):
        raise InputError(f"'{source}' names no plugin; give a path, or a name such as 'amsynth_vst'")
    place = Path(os.path.abspath(beside / given))
    if os.path.isfile(place) or (place.suffix in _BUNDLES and os.path.isdir(place)):
        return place
    if "/" in source or os.sep in source:
        return _at(place)
    known = _candidates(None)
    found = next((path for path in known if path.name == source), None)
    found = found or next((path for path in known if path.stem == source), None)
    if found is None:
        hint = did_you_mean(source, [name for path in known for name in (path.stem, path.name)])
        raise InputError(f"no plugin '{source}'{hint}; {_looked_in()}")
    return Path(os.path.abspath(found))


def _system() -> str:
    return sys.platform if sys.platform in _FOLDERS else "linux"


def _at(place: Path) -> Path:
    """Return a path that must exist."""
    if not os.path.lexists(place):
        near = [path.name for path in _entries(place.parent)]
        raise InputError(f"{place}: no such plugin{did_you_mean(place.name, near)}; give an existing file")
    return place


def _candidates(folders: Iterable[Path] | None) -> list[Path]:
    """Return every path that looks like a plugin, links and all, VST3 first."""
    vst3, vst2 = ".vst3", _VST2_SUFFIX[_system()]
    if folders is not None:
        chosen = list(folders)
        places = [(folder, suffix) for suffix in (vst3, vst2) for folder in chosen]
    else:
        places = [(folder, vst3) for folder in plugin_folders("vst3")]
        places += [(folder, vst2) for folder in plugin_folders("vst2")]
    return [path for folder, suffix in places for path in _below(folder, suffix, set())]


def _below(folder: Path, suffix: str, walked: set[Path]) -> Iterator[Path]:
    """Yield what ends in `suffix`, folder by folder; links are followed, and no folder is walked twice."""
    real = Path(os.path.realpath(folder))
    if real in walked:
        return
    walked.add(real)
    for path in _entries(folder):
        ending, is_folder = path.suffix.lower(), os.path.isdir(path)
        if ending == suffix and (ending in _BUNDLES or not is_folder):
            yield path
        elif is_folder and ending not in _BUNDLES:
            yield from _below(path, suffix, walked)


def _entries(folder: Path) -> list[Path]:
    """Return what stands in a folder, sorted; of one that is absent or locked, nothing."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _looked_in() -> str:
    places = [*plugin_folders("vst3"), *plugin_folders("vst2")]
    there = [str(place) for place in places if os.path.isdir(place)]
    if not there:
        names = ", ".join(name for kind in VARIABLES.values() for name in kind)
        return f"none of the standard plugin folders exists; give a path, or set {names}"
    return f"looked in {', '.join(there)}; `composer-daw plugins scan` lists what is there"
