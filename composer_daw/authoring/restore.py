"""Bring a preset up in a process of its own, and see what came back: its parameters, and its sound."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from composer_daw.authoring.fingerprint import (
    SAMPLE_RATE,
    Difference,
    Fingerprint,
    Notes,
    SoundPrint,
    by_name,
    difference,
    load_fingerprint,
    phrase_for,
    play_phrase,
    print_of,
    values_of,
)
from composer_daw.errors import InputError, LoadError, naming
from composer_daw.files import written_whole
from composer_daw.hosts.base import Parameter
from composer_daw.hosts.plugin import PluginHost, open_plugin
from composer_daw.hosts.plugin_seat import Limits, PluginSound, lost_parameters
from composer_daw.plugins.roles import check_role
from composer_daw.plugins.state_files import (
    SavedState,
    StateForm,
    converted,
    load_state,
    read_state,
    save_state,
)
from composer_daw.rendering import Instrument, load_instrument, open_host


@dataclass(frozen=True)
class Patch:
    """A preset of a plugin, ready to be brought up: the instrument, and what its host loads."""

    instrument: Instrument
    sound: PluginSound
    limits: Limits

    @property
    def fingerprint(self) -> Fingerprint | None:
        """Return what must come back; None where nothing was captured."""
        named = self.instrument.preset.fingerprint
        return load_fingerprint(self.instrument.path.parent / named) if named else None

    def with_sound(self, sound: PluginSound) -> Patch:
        """Return the same with another sound in the plugin."""
        return dataclasses.replace(self, sound=sound)


@dataclass(frozen=True)
class Seen:
    """What a plugin had and how it sounded, once a patch was in it."""

    parameters: tuple[Parameter, ...]
    state: bytes
    sound: SoundPrint

    @property
    def values(self) -> dict[str, float]:
        """Return the parameters as a fingerprint keeps them."""
        return values_of(self.parameters)


@dataclass(frozen=True)
class Checked:
    """How much of a preset came back."""

    lost: tuple[str, ...]
    """Parameters that did not, each as "name is 0.5 and was 0.3"."""
    difference: Difference
    limit_db: float
    """How far the sound may be from that of the fingerprint."""

    @property
    def sounds_the_same(self) -> bool:
        """Tell whether the sound came back."""
        return self.difference.identical or self.difference.largest_db <= self.limit_db

    @property
    def came_back(self) -> bool:
        """Tell whether all came back."""
        return not self.lost and self.sounds_the_same

    def lines(self) -> list[str]:
        """Return what a person should read: first the sound, then each parameter that was lost."""
        return [describe(self.difference, self.limit_db), *self.lost]


def describe(found: Difference, limit_db: float) -> str:
    """Return in words how far two sounds are apart."""
    if found.identical:
        return "sound: bit-identical"
    apart = f"{found.largest_db:.2f} dB (spectrum {found.spectrum_db:.2f}, envelope {found.envelope_db:.2f})"
    if found.largest_db <= limit_db:
        return f"sound: the same within {apart}, not bit-identical"
    return f"sound: another one, {apart} from what was captured; {limit_db:.2f} dB would be the same"


def load_patch(name: str | Path, any_version: bool = False) -> Patch:
    """Load a preset of a plugin, by the path of its YAML or by the name under which it ships.

    Raises InputError for a preset of another host or a state of another plugin, and LoadError where the
    plugin is another one, an effect, or (unless `any_version`) another version than it was made with.
    """
    instrument = load_instrument(name)
    preset = instrument.preset
    if preset.host != "plugin":
        raise InputError(f"{name}: is played by the host '{preset.host}'; this works on presets of plugins")
    if any_version and preset.plugin is not None:
        identity = preset.plugin.model_copy(update={"any_version": True})
        preset = preset.model_copy(update={"plugin": identity})
        instrument = dataclasses.replace(instrument, preset=preset)
    check_whose(instrument)
    check_whose(instrument)
    return patch_of(instrument)


def patch_of(instrument: Instrument) -> Patch:
    """Return what the host of an instrument would load; nothing is started, nor compared yet."""
    with open_host(instrument, SAMPLE_RATE, fresh=True) as host:
        assert isinstance(host, PluginHost)
        return Patch(instrument, dataclasses.replace(host.sound, expected={}), host.limits)


def check_whose(instrument: Instrument) -> None:
    """Raise LoadError where the plugin that a preset names is another one than it was made with."""
    place, named = instrument.sound_path, instrument.preset.plugin
    assert place is not None
    identity = check_role(place, "instrument")
    if named is not None and named.id and (named.kind, named.id) != (identity.kind, identity.id):
        raise LoadError(
            f"{instrument.path}: is a preset of another plugin ({named.kind.upper()} '{named.id}') than "
            f"{place.name} ({identity.kind.upper()} '{identity.id}'); give that one as its source"
        )


def look_at(patch: Patch, notes: Notes | None = None) -> Seen:
    """Bring a patch up in a process of its own; return what the plugin has then, and how it sounds."""
    phrase = notes or phrase_for(patch.instrument.technique_map)
    sound = dataclasses.replace(patch.sound, expected={}, fresh=True)
    with open_plugin(sound, SAMPLE_RATE, patch.limits) as host:
        return seen_on(host, patch.instrument, phrase)


def seen_on(host: PluginHost, instrument: Instrument, notes: Notes) -> Seen:
    """Return what a host has now; its state is taken before it plays."""
    parameters, state = host.recalled(), host.state
    return Seen(parameters, state, print_of(play_phrase(host, instrument, notes), notes))


def check_preset(name: str | Path, any_version: bool = False) -> Checked:
    """Restore a preset in a fresh process, and compare parameters and sound with its fingerprint."""
    patch = load_patch(name, any_version)
    expected = patch.fingerprint
    if expected is None:
        raise InputError(
            f"{name}: has no fingerprint to be compared with; `composer-daw presets capture` makes one"
        )
    seen = look_at(patch, expected.sound.notes)
    lost = lost_parameters(expected.parameters, seen.values)
    return Checked(tuple(lost), difference(expected.sound, seen.sound), expected.sound.limit_db)


def apply_preset(name: str | Path, output: Path, any_version: bool = False) -> list[str]:
    """Restore a preset in a fresh process, and write the state that the plugin has then, for a DAW to load.

    The suffix of `output` names the form (.fxp, .fxb, .vstpreset, .bin). Returns the parameters that did not
    come back.
    """
    patch = load_patch(name, any_version)
    with open_plugin(patch.sound, SAMPLE_RATE, patch.limits) as host:
        now, state = values_of(host.parameters()), read_state(host.state)
    save_state(output, state, class_id=_class_id(patch, state), name=patch.instrument.preset.instrument)
    expected = patch.fingerprint
    return lost_parameters(expected.parameters, now) if expected else []


def export_preset(name: str | Path, output: Path, form: StateForm) -> None:
    """Write the state of a preset in another form; the plugin itself is not needed, and not asked.

    Raises InputError where the state cannot take that form, or is not all that makes the sound.
    """
    instrument = load_instrument(name)
    preset = instrument.preset
    if preset.host != "plugin" or preset.state is None:
        raise InputError(f"{name}: has no state of a plugin that could be exported")
    if preset.set:
        raise InputError(
            f"{name}: sets {', '.join(preset.set)} on top of its state, which is not in the file; "
            "`composer-daw presets apply` writes a state with it"
        )
    state = load_state(instrument.path.parent / preset.state)
    with naming(output):
        data = converted(
            state, form, class_id=preset.plugin.id if preset.plugin else None, name=preset.instrument
        ).to_bytes()
    with written_whole(output) as temporary:
        temporary.write_bytes(data)


def _class_id(patch: Patch, state: SavedState) -> str | None:
    if state.kind == "vst2":
        return None
    return check_role(patch.sound.path, "instrument").id


def changed(patch: Patch, seen: Seen) -> list[tuple[Parameter, Parameter]]:
    """Return the parameters in which a patch differs from the plugin as it comes: each as (own, patch's)."""
    bare = dataclasses.replace(patch.sound, state=b"", settings={}, expected={})
    with open_plugin(bare, SAMPLE_RATE, patch.limits) as host:
        own = by_name(host.parameters())
    return [
        (own[name], one)
        for name, one in by_name(seen.parameters).items()
        if name in own and lost_parameters({name: own[name].value}, {name: one.value})
    ]


def parameters_of(patch: Patch) -> tuple[Parameter, ...]:
    """Return the parameters that a plugin has with a patch in it."""
    sound = dataclasses.replace(patch.sound, expected={})
    with open_plugin(sound, SAMPLE_RATE, patch.limits) as host:
        return host.parameters()


def values_at(patch: Patch) -> dict[str, float]:
    """Return the values of these parameters by name."""
    return {name: one.value for name, one in by_name(parameters_of(patch)).items()}
