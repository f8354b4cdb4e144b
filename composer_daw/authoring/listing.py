"""Presets of plugins as people look at them: in a list, one by one, and as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from composer_daw.authoring.portrait import save_portrait
from composer_daw.authoring.restore import changed, load_patch, look_at
from composer_daw.errors import ComposerError, InputError
from composer_daw.files import shipped
from composer_daw.hosts.base import Parameter
from composer_daw.rendering import load_instrument


def preset_rows(folder: Path | None = None) -> list[dict[str, Any]]:
    """Return a row for each preset of a plugin in a folder and below, or among those that ship.

    Their plugins need not be there. One that cannot be read has an `error`.
    """
    if folder is not None and not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; give one with presets in it, or none for those that ship"
        )
    home = folder if folder is not None else shipped("presets")
    rows = [_row(path, home, ships=folder is None) for path in sorted(home.rglob("*.yaml"))]
    return [row for row in rows if row]


def show_preset(name: str | Path, any_version: bool = False) -> dict[str, Any]:
    """Return what a preset is, and the parameters in which it differs from the plugin as it comes."""
    patch = load_patch(name, any_version)
    preset = patch.instrument.preset
    differing = changed(patch, look_at(patch))
    return {
        **preset.model_dump(
            mode="json", include={"instrument", "source", "state", "repeats", "plugin", "licence"}
        ),
        "parameters": [_parameter(own, now) for own, now in differing],
    }


def portrait_of(name: str | Path, path: Path, any_version: bool = False) -> None:
    """Draw the sound of a preset into a PNG: that of its fingerprint, or without one, as it is played now."""
    instrument = load_instrument(name)
    patch = load_patch(name, any_version)
    known = patch.fingerprint
    sound = known.sound if known else look_at(patch).sound
    save_portrait(sound, f"{instrument.preset.instrument} ({Path(name).stem})", path)


def _row(path: Path, home: Path, ships: bool) -> dict[str, Any]:
    if path.name.endswith(".map.yaml"):
        return {}
    place = path.relative_to(home)
    name = place.with_suffix("").as_posix() if ships else path.as_posix()
    try:
        preset = load_instrument(path).preset
    except ComposerError as error:
        return {"name": name, "error": str(error)}
    if preset.host != "plugin":
        return {}
    return {
        "name": name,
        "instrument": preset.instrument,
        "source": Path(preset.source).name,
        "kind": preset.plugin.kind if preset.plugin else "",
        "repeats": preset.repeats,
        "licence": preset.licence.name,
    }


def _parameter(own: Parameter, now: Parameter) -> dict[str, Any]:
    return {
        "name": now.name,
        "index": now.index,
        "value": now.value,
        "text": now.text,
        "default": own.value,
        "default_text": own.text,
    }
