"""The files of a preset: the YAML, the state and the fingerprint beside it, and where they point to."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from composer_daw.authoring.fingerprint import Fingerprint
from composer_daw.errors import InputError, OutputError
from composer_daw.files import shipped, written_whole
from composer_daw.plugins.search import find_plugin
from composer_daw.plugins.state_files import SavedState
from composer_daw.rendering import Preset

STATES = "states"
"""The folder beside a preset in which its state and its fingerprint stand."""

_SUFFIXES = {"vst2": ".fxb", "vst3": ".vstpreset"}
_WORD = re.compile(r"(?:[A-Za-z_/]|\.\.?/)[\w ./+@()-]*")
_NOT_WORDS = {"null", "true", "false"}

MAP = """\
# Written with the preset, so that it plays at once: one way of playing, on all keys. Say more here.
technique_map: 1
instrument: {instrument}
range: [0, 127]
groups:
  articulation: {{default: sustain}}
techniques:
  sustain: {{group: articulation}}
"""


def map_text(instrument: str) -> str:
    """Return the smallest technique map there is: sustain, on all keys."""
    return MAP.format(instrument=_scalar(instrument))


def check_free(path: Path, force: bool) -> None:
    """Raise OutputError for a file that is there already, but for `force`."""
    if path.exists() and not force:
        raise OutputError(f"{path}: is there already; give another name, or --force")


def check_place(output: Path, kind: str, with_map: bool, force: bool) -> None:
    """Raise InputError or OutputError unless a preset can be written to `output`.

    What stands there already is left alone, but for `force`.
    """
    if output.suffix not in (".yaml", ".yml"):
        raise InputError(f"{output}: a preset is a YAML file; let its name end in .yaml")
    places = [output, *_beside(output, kind)] + ([map_place(output)] if with_map else [])
    there = [place for place in places if place.exists()]
    if there and not force:
        raise OutputError(f"{there[0]}: is there already; give another name, or --force")


def map_place(output: Path) -> Path:
    """Return where the map of a preset stands that came with none."""
    return output.with_name(f"{output.stem}.map.yaml")


def write_preset(
    preset: Preset,
    output: Path,
    state: SavedState,
    fingerprint: Fingerprint,
    technique_map: str | None = None,
) -> Preset:
    """Write a preset with its state, its fingerprint and, where given, its map: all of it, or nothing.

    Returns the preset as it was written: with the names of its files.
    """
    state_place, print_place = _beside(output, state.kind)
    named = {
        "state": f"{STATES}/{state_place.name}",
        "fingerprint": f"{STATES}/{print_place.name}",
    }
    whole = preset.model_copy(update=named)
    files = {
        output: preset_text(whole).encode(),
        state_place: state.to_bytes(),
        print_place: fingerprint.to_json().encode(),
    }
    if technique_map is not None:
        files[map_place(output)] = technique_map.encode()
    with ExitStack() as opened:  # the preset is entered first, so it takes its name last
        for place, content in files.items():
            opened.enter_context(written_whole(place)).write_bytes(content)
    return whole


def _beside(output: Path, kind: str) -> tuple[Path, Path]:
    """Return the places of state and fingerprint."""
    folder = output.parent / STATES
    return folder / f"{output.stem}{_SUFFIXES[kind]}", folder / f"{output.stem}.json"


def source_for(plugin: Path, output: Path) -> str:
    """Return how a preset names its plugin: by name where that is enough, from its folder, or by path."""
    try:
        if find_plugin(plugin.stem, output.parent) == plugin:
            return plugin.stem
    except InputError:
        pass
    return _from(output.parent, plugin)


def map_for(path: Path, output: Path) -> str:
    """Return how a preset names its technique map: as the data that ships, from its folder, or by path."""
    home = shipped("technique_maps").resolve().parent
    if path.resolve().is_relative_to(home / "technique_maps"):
        return path.resolve().relative_to(home).as_posix()
    return _from(output.parent, path)


def _from(folder: Path, path: Path) -> str:
    """Return a path from a folder where it lies near, else the whole of it."""
    here, there = folder.resolve(), Path(os.path.abspath(path))
    near = os.path.relpath(there, here)
    return Path(near).as_posix() if near.count("..") <= 1 else there.as_posix()


def preset_text(preset: Preset) -> str:
    """Return a preset as YAML: what it says, without what goes without saying."""
    data = preset.model_dump(mode="json", exclude={"plugin", "licence", "limits"})
    fields = type(preset).model_fields
    said = {name for name in fields if getattr(preset, name) != fields[name].default}
    parts = {name: data[name] for name in data if name in said}
    for name in ("plugin", "limits"):
        if name in said:
            parts[name] = getattr(preset, name).model_dump(mode="json", exclude_defaults=True)
    parts["licence"] = preset.licence.model_dump(mode="json")
    return "".join(f"{name}: {_value(value)}\n" for name, value in parts.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """Return a value as YAML reads it back: words as they are, what could be taken for more in quotes."""
    if isinstance(value, str) and _WORD.fullmatch(value) and value.lower() not in _NOT_WORDS:
        return value if value == value.strip() else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)
