"""An instrument: a host, its sound, its technique map and its effects, as a YAML in `presets/`."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from composer_daw.documents import load_document
from composer_daw.errors import InputError, did_you_mean
from composer_daw.files import sha256_of, shipped
from composer_daw.hosts.base import Host
from composer_daw.rendering.engines import Manner, engine_of
from composer_daw.rendering.preset import Preset
from composer_daw.techniques import TechniqueMap, load_map
from composer_daw.techniques.actions import Keyswitch
from composer_daw.techniques.index import map_path_for

USUAL_BLOCK, SMALL_BLOCK = 512, 64


@dataclass(frozen=True)
class Instrument:
    """A preset with its technique map; `name` is how a record refers to it."""

    name: str
    preset: Preset
    technique_map: TechniqueMap
    path: Path
    map_path: Path

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 over all that makes the sound and its labels: another digest, another one.

        Where the files stand does not count. Raises InputError where the sound is not on this machine.
        """
        vocabulary = shipped("technique_maps") / "vocabulary.yaml"
        preset = json.dumps(self.preset.sounding(), sort_keys=True)
        sound = engine_of(self.preset).digest(self.preset, self.path)
        effects = [part.digest(self.path.parent) for part in self.preset.effects]
        parts = [preset, sha256_of(self.map_path), sha256_of(vocabulary), sound, *effects]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def sound_path(self) -> Path | None:
        """Return where its sound lies, None where it is built in; raise InputError where it is not found."""
        return engine_of(self.preset).find(self.preset, self.path)

    @property
    def is_here(self) -> bool:
        """Tell whether its sound is on this machine, or built in."""
        try:
            engine_of(self.preset).find(self.preset, self.path)
        except InputError:
            return False
        return True

    def check_sound(self) -> None:
        """Raise InputError or HostError where its sound is not on this machine, or cannot play notes."""
        engine_of(self.preset).check(self.preset, self.path)

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
    if engine_of(preset).ships:
        engine_of(preset).find(preset, path)
    map_path = (technique_map or _map_path(preset, path)).resolve()
    return Instrument(_name_of(path, name), preset, load_map(map_path), path, map_path)


def instrument_names() -> list[str]:
    """Return the names of the instruments that ship."""
    folder = shipped("presets")
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))


def open_host(instrument: Instrument, sample_rate: int = 44_100, fresh: bool = False) -> Host:
    """Start the engine of an instrument; close it, or use it in a `with` block.

    `fresh` gives a plugin a new instance for each render, so that nothing it played before can be heard.
    """
    manner = Manner(fresh, SMALL_BLOCK if _is_told_in_blocks(instrument) else USUAL_BLOCK)
    return engine_of(instrument.preset).open(instrument.preset, instrument.path, sample_rate, manner)


def _is_told_in_blocks(instrument: Instrument) -> bool:
    """Tell whether more than keys is sent: VST3 takes controllers by the block, all take parameters so."""
    known, preset = instrument.technique_map, instrument.preset
    keys_only = all(isinstance(action, Keyswitch) for action in known.actions())
    return not keys_only or known.dynamics is not None or bool(preset.automation)


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
