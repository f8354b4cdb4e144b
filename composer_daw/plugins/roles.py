"""Whether a plugin can take the part it is given: an instrument plays notes, an effect changes audio.

Asking a plugin takes a tenth of a second or more, in a process of its own. What it said is kept in the user's
cache folder under the SHA-256 of its binary, so each plugin is asked once.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from composer_daw.errors import InputError, OutputError
from composer_daw.files import write_text
from composer_daw.plugins.binary import PluginFile, check_plugin
from composer_daw.plugins.introspect import LIMIT_S, Introspection, PluginIdentity

Role = Literal["instrument", "effect"]

FORM = 1
"""The form of what is kept; another one is asked for anew."""

_REMEDY = {
    "instrument": "is an effect, not an instrument: name it under 'effects:', as {plugin: {source: ...}}",
    "effect": "is an instrument, not an effect: make it the source of a preset, with 'host: plugin'",
}


def check_role(path: str | Path, role: Role, limit_s: float = LIMIT_S) -> PluginIdentity:
    """Return what a plugin says of itself, when it can be used as an instrument or as an effect.

    Raises InputError, in one line, for one that cannot, and what `introspect` raises.
    """
    identity = identity_of(path, limit_s)
    if identity.is_instrument != (role == "instrument"):
        raise InputError(f"{path}: {_REMEDY[role]}")
    return identity


def identity_of(path: str | Path, limit_s: float = LIMIT_S) -> PluginIdentity:
    """Return what a plugin says of itself, as `introspect` does; one that was asked before is not loaded."""
    plugin = check_plugin(path)
    kept = _kept_at(plugin)
    identity = _read(kept, plugin)
    if identity is None:
        with Introspection(plugin) as running:
            identity = running.identity(limit_s)
        with contextlib.suppress(OutputError):  # a home that cannot be written costs time, nothing else
            write_text(kept, json.dumps({"form": FORM, **asdict(identity)}) + "\n")
    return identity


def _kept_at(plugin: PluginFile) -> Path:
    import platformdirs

    return platformdirs.user_cache_path("composer_daw") / "plugins" / f"{plugin.sha256}.{plugin.kind}.json"


def _read(path: Path, plugin: PluginFile) -> PluginIdentity | None:
    """Return what is kept; None where there is nothing, or nothing that makes sense."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("form") != FORM:
            return None
        identity = PluginIdentity(**kept)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return identity if (identity.sha256, identity.kind) == (plugin.sha256, plugin.kind) else None
