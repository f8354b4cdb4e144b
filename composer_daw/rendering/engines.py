"""The engines by name: where the sound of an instrument lies, what it is known by, and how it is opened.

One row for each value of `host:` in a preset. Everything else asks this table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from composer_daw.errors import HostError, InputError, LoadError
from composer_daw.files import check_is_file, sha256_of
from composer_daw.hosts.base import Host
from composer_daw.hosts.plugin_seat import PluginSound
from composer_daw.plugins.binary import PluginFile
from composer_daw.plugins.introspect import PluginIdentity
from composer_daw.rendering.preset import HostName, Preset


@dataclass(frozen=True)
class Manner:
    """How an engine is to be run; only plugins ask."""

    fresh: bool = False
    """With a new instance for each render."""
    block: int = 512
    """In blocks of so many samples."""


@dataclass(frozen=True)
class Engine:
    """What one kind of host needs: each function takes the preset and the path it stands at."""

    find: Callable[[Preset, Path], Path | None]
    """Return where the sound lies; None where it is built in. Raises InputError."""
    digest: Callable[[Preset, Path], str]
    """Return the SHA-256 of all that makes the sound, state included."""
    open: Callable[[Preset, Path, int, Manner], Host]
    """Start the engine at a sample rate."""
    check: Callable[[Preset, Path], object]
    """Raise, before anything is rendered, for a sound that is not here or cannot play notes."""
    ships: bool = False
    """Its sounds come with the package: a name that is not there is wrong, not merely absent here."""


def engine_of(preset: Preset) -> Engine:
    """Return the row of a preset."""
    return ENGINES[preset.host]


def _built_in(preset: Preset, path: Path) -> None:
    return None


def _open_fake(preset: Preset, path: Path, sample_rate: int, manner: Manner) -> Host:
    from composer_daw.hosts.fake import FakeHost

    return FakeHost(preset.source, sample_rate)


def _fake_digest(preset: Preset, path: Path) -> str:
    return hashlib.sha256(preset.source.encode()).hexdigest()


def _open_faust(preset: Preset, path: Path, sample_rate: int, manner: Manner) -> Host:
    from composer_daw.hosts.faust import open_faust

    return open_faust(preset.source, sample_rate, preset.bend_range)


def _find_faust(preset: Preset, path: Path) -> None:
    from composer_daw.hosts.faust import check_faust_name

    check_faust_name(preset.source)


def _faust_digest(preset: Preset, path: Path) -> str:
    from composer_daw.hosts.faust import sound_digest

    return sound_digest(preset.source)


def _find_sfz(preset: Preset, path: Path) -> Path:
    return check_is_file(path.parent / preset.source, "an SFZ file (.sfz)")


def _open_sfz(preset: Preset, path: Path, sample_rate: int, manner: Manner) -> Host:
    from composer_daw.hosts.sfizz import SfizzHost

    return SfizzHost(_find_sfz(preset, path), sample_rate, preset.bend_range)


def _sfz_digest(preset: Preset, path: Path) -> str:
    from composer_daw.hosts.sfizz import sound_digest

    return sound_digest(_find_sfz(preset, path))


def _find_soundfont(preset: Preset, path: Path) -> Path:
    from composer_daw.hosts.soundfont import find_soundfont

    return find_soundfont(preset.source, path.parent)


def _open_soundfont(preset: Preset, path: Path, sample_rate: int, manner: Manner) -> Host:
    from composer_daw.hosts.soundfont import SoundFontHost

    return SoundFontHost(_find_soundfont(preset, path), sample_rate, preset.bend_range)


def _soundfont_digest(preset: Preset, path: Path) -> str:
    from composer_daw.hosts.soundfont import sound_digest

    return sound_digest(_find_soundfont(preset, path))


def _find_plugin(preset: Preset, path: Path) -> Path:
    from composer_daw.plugins.search import find_plugin

    return find_plugin(preset.source, path.parent)


def _plugin_digest(preset: Preset, path: Path) -> str:
    from composer_daw.plugins.binary import plugin_digest

    state = sha256_of(path.parent / preset.state) if preset.state else ""
    return hashlib.sha256(f"{plugin_digest(_find_plugin(preset, path))}:{state}".encode()).hexdigest()


def _open_plugin(preset: Preset, path: Path, sample_rate: int, manner: Manner) -> Host:
    from composer_daw.hosts.plugin import open_plugin

    sound = replace(_plugin_sound(preset, path), fresh=manner.fresh or preset.fresh, block=manner.block)
    return open_plugin(sound, sample_rate, preset.limits.of_host())


def _plugin_sound(preset: Preset, path: Path) -> PluginSound:
    found = _check_plugin(preset, path)
    return PluginSound(found.path, _raw_state(preset, path, found), preset.set, _expected(preset, path))


def _check_plugin(preset: Preset, path: Path) -> PluginFile:
    """Return the plugin of a preset, when it is the one the preset was made with, and an instrument."""
    from composer_daw.plugins.binary import check_plugin

    found, made_with = check_plugin(_find_plugin(preset, path)), preset.plugin
    identity = _instrument_identity(found, preset.limits.load_s)
    if made_with and (made_with.kind, made_with.id or identity.id) != (found.kind, identity.id):
        raise LoadError(
            f"{path}: is a preset of another plugin ({made_with.kind.upper()} '{made_with.id}'), not of "
            f"{found.path.name} ({found.kind.upper()} '{identity.id}')"
        )
    if made_with and not made_with.any_version and made_with.sha256 != found.sha256:
        raise LoadError(
            f"{path}: was made with another version of {found.path.name} (its SHA-256 begins "
            f"{made_with.sha256[:8]}, this one's {found.sha256[:8]}); capture it again, or set "
            "'any_version: true' under plugin"
        )
    return found


def _instrument_identity(found: PluginFile, limit_s: float) -> PluginIdentity:
    from composer_daw.plugins.roles import check_role

    try:
        return check_role(found.path, "instrument", limit_s)
    except HostError as error:  # it does not even say what it is
        raise LoadError(str(error)) from error


def _raw_state(preset: Preset, path: Path, found: PluginFile) -> bytes:
    """Return what the plugin saved, as a host hands it over; refuse what another plugin saved."""
    from composer_daw.plugins.state_files import raw_state_for

    if preset.state is None:
        return b""
    return raw_state_for(found, path.parent / preset.state, preset.plugin.id if preset.plugin else "")


def _expected(preset: Preset, path: Path) -> dict[str, float]:
    """Return the parameters that must come back, by name, but for those that are set anew."""
    if preset.fingerprint is None:
        return {}
    file = check_is_file(path.parent / preset.fingerprint, "a fingerprint (JSON)")
    try:
        values = json.loads(file.read_text(encoding="utf-8"))["parameters"]
        set_anew = {name.lower() for name in preset.set}
        return {str(n): float(value) for n, value in values.items() if str(n).lower() not in set_anew}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{file}: is no fingerprint; capture the preset again") from error


ENGINES: dict[HostName, Engine] = {
    "fake": Engine(_built_in, _fake_digest, _open_fake, _built_in),
    "faust": Engine(_find_faust, _faust_digest, _open_faust, _find_faust, ships=True),
    "sfizz": Engine(_find_sfz, _sfz_digest, _open_sfz, _find_sfz),
    "soundfont": Engine(_find_soundfont, _soundfont_digest, _open_soundfont, _find_soundfont),
    "plugin": Engine(_find_plugin, _plugin_digest, _open_plugin, _plugin_sound),
}
