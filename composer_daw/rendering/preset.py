"""The schema of `presets/*.yaml`: an instrument as people write it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, model_validator

from composer_daw.documents import PlacedError
from composer_daw.hosts.plugin_seat import Limits as PluginLimits
from composer_daw.rendering.effects import AnyEffect

HostName = Literal["faust", "plugin", "sfizz", "soundfont", "fake"]
SevenBit = Annotated[int, Field(ge=0, le=127)]
Unit = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Licence(_Part):
    """Under which terms the sound is used, and whether audio made with it may be passed on."""

    name: str
    audio_redistribution: Literal["yes", "no", "unknown"] = "unknown"


class Identity(_Part):
    """Which plugin a preset was made with: another version may sound otherwise, or not take the state."""

    kind: Literal["vst2", "vst3"]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    id: str = ""
    """The plugin's own identity: four characters (VST2) or 32 hexadecimal digits (VST3)."""
    any_version: bool = False
    """Take another version, too; the identity then only tells what the preset was made with."""


class Limits(_Part):
    """How long a plugin may take, in seconds, and how long one process of it is kept."""

    load_s: Annotated[float, Field(gt=0)] = PluginLimits.load_s
    ready_s: Annotated[float, Field(gt=0)] = PluginLimits.ready_s
    render_s: Annotated[float, Field(gt=0)] = PluginLimits.render_s
    renders: Annotated[int, Field(ge=1)] = PluginLimits.renders
    growth_mb: Annotated[float, Field(gt=0)] = PluginLimits.growth_mb

    memory_mb: Annotated[float, Field(gt=0)] = 500.0
    """What one process needs; no more workers are started than fit into the free memory."""

    def of_host(self) -> PluginLimits:
        """Return them as the host takes them."""
        return PluginLimits(**self.model_dump(exclude={"memory_mb"}))


class Automation(_Part):
    """A parameter that moves: with a controller of the score, or along an envelope of (seconds, value)."""

    parameter: str
    from_cc: SevenBit | None = None
    low: Unit = 0.0
    high: Unit = 1.0
    """The values for a controller at 0 and at 127."""
    envelope: tuple[tuple[Annotated[float, Field(ge=0)], Unit], ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Automation:
        if (self.from_cc is None) == (not self.envelope):
            raise ValueError("give either from_cc or an envelope")
        if any(
            later[0] <= earlier[0] for earlier, later in zip(self.envelope, self.envelope[1:], strict=False)
        ):
            raise ValueError("the times of an envelope must rise")
        return self


class Preset(_Part):
    """One instrument: engine, sound, map, effects, licence."""

    instrument: str
    host: HostName
    source: str
    """Built-in name, or path or name of the plugin, .sfz, .sf2 or .sf3."""
    state: str | None = None
    """The file that holds what the plugin saved: raw, .fxp, .fxb or .vstpreset."""
    set: dict[str, Unit | str] = {}
    """Parameters on top of the state, by name or "#index": values in 0..1, or what the plugin shows."""
    plugin: Identity | None = None
    fingerprint: str | None = None
    """A JSON file with the parameters and the sound that `presets capture` found: what must come back."""
    repeats: Literal["yes", "fresh", "no", "unknown"] = "unknown"
    """Whether the same notes give the same bytes: always, with a new instance for each render, or never."""
    fresh: bool = False
    """Give each render a new instance of the plugin."""
    outputs: tuple[str, ...] = ()
    """Names of the stereo pairs of an instrument with several outputs; each becomes a stem."""
    automation: tuple[Automation, ...] = ()
    limits: Limits = Limits()
    seats: Annotated[int, Field(ge=1)] | None = None
    """How many copies the licence allows at once; as many as there are workers if not given."""
    technique_map: str | None = None
    """From the preset's folder, or from the data that ships; without it the index is asked by name."""
    effects: tuple[AnyEffect, ...] = ()
    level_db: Annotated[float, Field(ge=-60, le=24)] = 0.0
    bend_range: Annotated[float, Field(gt=0, le=48)] = 2.0
    licence: Licence

    @field_serializer("effects")
    def _by_their_words(self, effects: tuple[AnyEffect, ...]) -> list[dict[str, Any]]:
        return [
            {one.key: one.model_dump(mode="json", by_alias=True, exclude_defaults=True)} for one in effects
        ]

    @model_validator(mode="after")
    def _for_plugins_only(self) -> Preset:
        if self.host != "plugin":
            for name in PLUGIN_ONLY:
                if getattr(self, name) != type(self).model_fields[name].default:
                    raise PlacedError(f"is for 'host: plugin', and this is '{self.host}'", name)
        return self

    def sounding(self) -> dict[str, Any]:
        """Return what of the preset changes the sound, wherever its files stand."""
        return self.model_dump(mode="json", include=SOUNDING)


PLUGIN_ONLY = ("state", "set", "plugin", "fingerprint", "fresh", "automation", "seats")
SOUNDING = {"instrument", "host", "set", "automation", "outputs", "effects", "level_db", "bend_range"}
