"""An instrument: a host, its sound, its technique map and its effects, as a YAML in `presets/`."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from composer_daw.documents import load_document
from composer_daw.errors import InputError, did_you_mean
from composer_daw.files import sha256_of, shipped
from composer_daw.hosts.base import Host
from composer_daw.rendering.effects import AnyEffect
from composer_daw.techniques import TechniqueMap, load_map
from composer_daw.techniques.index import map_path_for


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Licence(_Part):
    """Under which terms the sound is used, and whether audio made with it may be passed on."""

    name: str
    audio_redistribution: Literal["yes", "no", "unknown"] = "unknown"


class Preset(_Part):
    """The schema of `presets/*.yaml`."""

    instrument: str
    host: Literal["faust", "fake"]
    source: str
    state: None = None
    """What a plugin saved; the hosts that are here have none."""
    technique_map: str | None = None
    """From the preset's folder, or from the data that ships; without it the index is asked by name."""
    effects: tuple[AnyEffect, ...] = ()
    level_db: Annotated[float, Field(ge=-60, le=24)] = 0.0
    bend_range: Annotated[float, Field(gt=0, le=48)] = 2.0
    licence: Licence


@dataclass(frozen=True)
class Instrument:
    """A preset with its technique map; `name` is how a record refers to it."""

    name: str
    preset: Preset
    technique_map: TechniqueMap
    digest: str
    """SHA-256 over the preset, the map, the vocabulary and the sound: another digest, another instrument."""
    path: Path
    map_path: Path

    @property
    def ships(self) -> bool:
        """Tell whether it came with the package, so that its name is enough to find it anywhere."""
        presets, maps = shipped("presets").resolve(), shipped("technique_maps").resolve()
        return self.path.is_relative_to(presets) and self.map_path.is_relative_to(maps)


def load_instrument(name: str | Path, technique_map: Path | None = None) -> Instrument:
    """Load an instrument that ships, by name (`studio/violin`), or any, by the path of its YAML.

    `technique_map` takes the place of the map that the YAML names. Raises InputError and DocumentError.
    """
    path = _preset_path(name).resolve()
    preset = load_document(path, Preset, "an instrument (YAML)")
    map_path = (technique_map or _map_path(preset, path)).resolve()
    vocabulary = shipped("technique_maps") / "vocabulary.yaml"
    parts = [sha256_of(path), sha256_of(map_path), sha256_of(vocabulary), _sound_digest(preset)]
    digest = hashlib.sha256(":".join(parts).encode()).hexdigest()
    return Instrument(_name_of(path, name), preset, load_map(map_path), digest, path, map_path)


def instrument_names() -> list[str]:
    """Return the names of the instruments that ship."""
    folder = shipped("presets")
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))


def open_host(instrument: Instrument, sample_rate: int = 44_100) -> Host:
    """Start the engine of an instrument; close it, or use it in a `with` block."""
    if instrument.preset.host == "faust":
        from composer_daw.hosts.faust import open_faust

        return open_faust(instrument.preset.source, sample_rate, instrument.preset.bend_range)
    from composer_daw.hosts.fake import FakeHost

    return FakeHost(instrument.preset.source, sample_rate)


def _preset_path(name: str | Path) -> Path:
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or os.path.exists(path):
        return path
    shipping = shipped("presets") / f"{name}.yaml"
    if not os.path.isfile(shipping):
        hint = did_you_mean(str(name), instrument_names())
        raise InputError(f"no instrument '{name}'{hint}; `composer-daw instruments list` shows them")
    return shipping


def _name_of(path: Path, given: str | Path) -> str:
    """Return the name of an instrument that ships, however it was given; of any other, its path as given."""
    home = shipped("presets").resolve()
    if path.is_relative_to(home):
        return path.relative_to(home).with_suffix("").as_posix()
    return Path(given).as_posix()


def _map_path(preset: Preset, path: Path) -> Path:
    """Return the map that a preset names: from its folder, from the data that ships, or from the index."""
    if preset.technique_map is None:
        return map_path_for(preset.instrument)
    places = [folder / preset.technique_map for folder in (path.parent, shipped("technique_maps").parent)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        named = preset.technique_map
        raise InputError(f"{path}: no technique map '{named}' beside it, nor among those that ship")
    return found


def _sound_digest(preset: Preset) -> str:
    if preset.host == "faust":
        from composer_daw.hosts.faust import sound_digest

        return sound_digest(preset.source)
    return hashlib.sha256(preset.source.encode()).hexdigest()
