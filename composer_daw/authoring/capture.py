"""Capture a preset: load a plugin, set it up, save its state, and see elsewhere that it comes back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from composer_daw.authoring.determinism import Repeats, probe_repeats
from composer_daw.authoring.editor import edit
from composer_daw.authoring.fingerprint import (
    SAMPLE_RATE,
    Difference,
    Fingerprint,
    by_name,
    difference,
    phrase_for,
)
from composer_daw.authoring.preset_files import (
    check_place,
    map_for,
    map_place,
    map_text,
    source_for,
    write_preset,
)
from composer_daw.authoring.restore import Patch, Seen, describe, look_at, patch_of, seen_on
from composer_daw.documents import parse_document
from composer_daw.hosts.base import Parameter
from composer_daw.hosts.plugin import open_plugin
from composer_daw.hosts.plugin_seat import SAME, lost_parameters
from composer_daw.plugins.fxp import Bank, Program
from composer_daw.plugins.introspect import PluginIdentity
from composer_daw.plugins.roles import check_role
from composer_daw.plugins.search import find_plugin
from composer_daw.plugins.state_files import SavedState, check_belongs, converted, load_state, read_state
from composer_daw.rendering import Instrument, Licence, Preset
from composer_daw.rendering.preset import Identity, Limits
from composer_daw.techniques import TechniqueMap, load_map

Settings = Mapping[str, float | str]
"""Parameters by name or "#index": a value in 0..1, or what the plugin shows."""

UNKNOWN_LICENCE = "unknown"
OTHER_STATE = (
    "the plugin saves another state than the one it was given: listen whether this is the sound of the window"
)
TAKES = 3
"""How often the phrase is played where no two takes are the same, to learn how far they are apart."""


@dataclass(frozen=True)
class Wanted:
    """What is to be captured."""

    plugin: str
    """A path, or a name that is found in the plugin folders."""
    from_file: Path | None = None
    """A state to begin with: .fxp, .fxb, .vstpreset or raw."""
    settings: Settings = field(default_factory=dict)
    edit: bool = False
    """Open the plugin's own window, and go on when it is closed."""
    technique_map: Path | None = None
    name: str | None = None
    licence: Licence = Licence(name=UNKNOWN_LICENCE)
    any_version: bool = False
    """Have the preset take other versions of the plugin."""
    limits: Limits = Limits()
    """How long the plugin may take; sample libraries need minutes to load."""


@dataclass(frozen=True)
class Kept:
    """A sound that was saved and brought up again elsewhere: what is written of it."""

    state: SavedState
    fingerprint: Fingerprint
    on_top: Mapping[str, float]
    """Parameters that the state does not hold; they are set after it."""
    lost: tuple[str, ...]
    """Parameters that did not come back in any way."""
    difference: Difference
    """How far the sound that came back is from the one that was made."""
    remarks: tuple[str, ...] = ()
    """What may be well, and should be listened to."""

    @property
    def sounds_the_same(self) -> bool:
        """Tell whether the sound came back."""
        return self.difference.identical or self.difference.largest_db <= self.fingerprint.sound.limit_db

    @property
    def notes(self) -> list[str]:
        """Return what did not come back by itself; empty where all did."""
        found = [f"did not come back: {one}" for one in self.lost]
        if self.on_top:
            names = ", ".join(self.on_top)
            found.append(f"the state does not hold {names}: set on top of it, in the preset")
        if not self.sounds_the_same:
            found.append(describe(self.difference, self.fingerprint.sound.limit_db))
        return [*found, *self.remarks]


@dataclass(frozen=True)
class Captured:
    """A preset that was written."""

    path: Path
    kept: Kept
    repeats: Repeats
    map_written: Path | None
    """The smallest map there is, where none was given."""


def capture(wanted: Wanted, output: Path, force: bool = False) -> Captured:
    """Write a preset of a plugin as it is set up; see `Wanted` for how.

    Nothing is written unless the sound could be brought up again in a process of its own. What did not come
    back the same stands in the result. Raises InputError, HostError and OutputError.
    """
    plugin = find_plugin(wanted.plugin, Path.cwd())
    identity = check_role(plugin, "instrument")
    check_place(output, identity.kind, wanted.technique_map is None, force)
    bare = patch_of(_instrument(wanted, plugin, identity, output))
    if wanted.from_file is not None:
        begin = load_state(wanted.from_file)
        check_belongs(begin, wanted.from_file, identity.name, identity.kind, identity.id)
        bare = bare.with_sound(dataclasses.replace(bare.sound, state=begin.raw))
    made, lost, remarks = authored(bare, wanted.settings, open_window=wanted.edit)
    state = _as_kept(made.state, identity)
    repeats = probe_repeats(dataclasses.replace(bare.sound, state=state.raw), SAMPLE_RATE, bare.limits)
    kept = keep(bare, made, state, repeats.verdict)
    kept = dataclasses.replace(kept, lost=(*lost, *kept.lost), remarks=remarks)
    preset = bare.instrument.preset.model_copy(
        update={"source": source_for(plugin, output), "repeats": repeats.verdict, "set": dict(kept.on_top)}
    )
    own_map = map_text(preset.instrument) if wanted.technique_map is None else None
    write_preset(preset, output, kept.state, kept.fingerprint, own_map)
    return Captured(output, kept, repeats, map_place(output) if own_map else None)


def authored(
    patch: Patch, settings: Settings, *, open_window: bool = False
) -> tuple[Seen, list[str], tuple[str, ...]]:
    """Bring a patch up, set parameters, open its window if asked; return what the plugin has then.

    With it come the parameters that did not get from the window to a fresh process, and remarks.
    """
    phrase = phrase_for(patch.instrument.technique_map)
    with open_plugin(patch.sound, SAMPLE_RATE, patch.limits) as host:
        for name, value in settings.items():
            host.set(name, value)
        if not open_window:
            return seen_on(host, patch.instrument, phrase), [], ()
        edited = edit(host)
    seen = look_at(
        patch.with_sound(dataclasses.replace(patch.sound, state=edited.state, settings={})), phrase
    )
    other = _substance(seen.state) != _substance(edited.state)
    return seen, edited.not_in(seen.parameters, SAME), (OTHER_STATE,) if other else ()


def keep(patch: Patch, made: Seen, state: SavedState, repeats: str) -> Kept:
    """Bring a saved state up in a fresh process, and compare it with what was made.

    Parameters that do not come back with the state are set on top of it.
    """
    restored = patch.with_sound(dataclasses.replace(patch.sound, state=state.raw, settings={}))
    back = look_at(restored, made.sound.notes)
    missing = _missing(patch, made, back)
    on_top: dict[str, float] = {}
    if missing:
        settings = {name: one.value for name, one in by_name(made.parameters).items() if name in missing}
        again = restored.with_sound(dataclasses.replace(restored.sound, settings=settings))
        seen = look_at(again, made.sound.notes)
        if not _missing(patch, made, seen):
            restored, back, missing, on_top = again, seen, {}, settings
    spread_db = _spread_db(restored, back) if repeats == "no" else 0.0
    sound = back.sound.model_copy(update={"spread_db": spread_db})
    print_ = Fingerprint(parameters=back.values, sound=sound)
    return Kept(state, print_, on_top, tuple(missing.values()), difference(made.sound, sound))


def _missing(patch: Patch, made: Seen, back: Seen) -> dict[str, str]:
    """Return the parameters that are not as they were made, by name, in words."""
    told, now = by_name(made.parameters), by_name(back.parameters)
    missing = {}
    for name, one in told.items():
        other = now.get(name)
        words = lost_parameters({name: one.value}, {} if other is None else {name: other.value})
        if words and not (other is not None and one.text == other.text and _shows(patch, one)):
            missing[name] = words[0]
    return missing


def _shows(patch: Patch, parameter: Parameter) -> bool:
    """Tell whether the text of a parameter depends on its value: a choice shows one text for many values."""
    with open_plugin(patch.sound, SAMPLE_RATE, patch.limits) as host:
        texts = set()
        for value in (0.0, 1.0):
            host.set(f"#{parameter.index}", value)
            texts |= {one.text for one in host.parameters() if one.index == parameter.index}
    return len(texts) > 1


def _spread_db(patch: Patch, first: Seen) -> float:
    """Return how far takes of a sound that never repeats are apart, each from a process of its own."""
    takes = [first, *(look_at(patch, first.sound.notes) for _ in range(TAKES - 1))]
    pairs = [(one, other) for number, one in enumerate(takes) for other in takes[:number]]
    return round(max(difference(one.sound, other.sound).largest_db for one, other in pairs), 3)


def _substance(raw: bytes) -> object:
    """Return what a plugin itself wrote of a state, without the header that hosts fill in differently."""
    content = read_state(raw).content
    return content.chunk or content if isinstance(content, (Program, Bank)) else content


def _as_kept(raw: bytes, identity: PluginIdentity) -> SavedState:
    """Return a state in the form that other hosts load, too."""
    state = read_state(raw)
    return converted(state, "fxb" if state.kind == "vst2" else "vstpreset", class_id=identity.id)


def _instrument(wanted: Wanted, plugin: Path, identity: PluginIdentity, output: Path) -> Instrument:
    """Return the instrument that is to be made, still without a state, its plugin named by its path."""
    known = load_map(wanted.technique_map) if wanted.technique_map else None
    name = wanted.name or (known.instrument if known else identity.name)
    place = wanted.technique_map or map_place(output)
    preset = Preset(
        instrument=name,
        host="plugin",
        source=str(plugin),
        plugin=Identity(
            kind=identity.kind, id=identity.id, sha256=identity.sha256, any_version=wanted.any_version
        ),
        technique_map=map_for(place, output) if wanted.technique_map else place.name,
        licence=wanted.licence,
        limits=wanted.limits,
    )
    own = known or parse_document(map_text(name), TechniqueMap, str(place))
    return Instrument(output.as_posix(), preset, own, output.resolve(), place)


def derive(patch: Patch, settings: Settings, name: str, output: Path) -> Kept:
    """Write a preset that differs from another one in these parameters; checked as `capture` does."""
    made, _, _ = authored(patch, settings)
    state = _as_kept(made.state, check_role(patch.sound.path, "instrument"))
    preset = patch.instrument.preset
    kept = keep(patch, made, state, preset.repeats)
    changed = {
        "instrument": name,
        "source": source_for(patch.sound.path, output),
        "set": dict(kept.on_top),
        "technique_map": map_for(patch.instrument.map_path, output),
    }
    write_preset(preset.model_copy(update=changed), output, kept.state, kept.fingerprint)
    return kept
