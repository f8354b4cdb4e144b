"""Effects: DawDreamer's own processors, and plugins in a process of their own, as a chain.

One class for each kind, as in technique maps: the word that begins an effect in YAML names the class. The
fields of a built-in effect are the arguments of DawDreamer's processor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Protocol

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from composer_daw.audio import Audio
from composer_daw.errors import did_you_mean
from composer_daw.files import check_is_file, sha256_of
from composer_daw.plugins.binary import PluginFile

Unit = Annotated[float, Field(ge=0, le=1)]
BLOCK = 512


class Effect(BaseModel):
    """The base of all effects."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    key: ClassVar[str]

    def digest(self, beside: Path) -> str:
        """Return what its sound is known by besides its settings: nothing, unless it has files."""
        return ""


class BuiltIn(Effect):
    """The base of DawDreamer's own effects; none of them delays the sound."""

    def processor(self, engine: Any, name: str) -> Any:
        """Return DawDreamer's processor, set as this effect says."""
        make = getattr(engine, f"make_{self.key}_processor")
        return make(name, *self.model_dump().values())


class Reverb(BuiltIn):
    """A room (Freeverb): all values in 0..1."""

    key = "reverb"
    room_size: Unit = 0.5
    damping: Unit = 0.5
    wet_level: Unit = 0.25
    dry_level: Unit = 0.75
    width: Unit = 1.0

    def processor(self, engine: Any, name: str) -> Any:
        """Return the processor, its values set once more: DawDreamer 0.9 makes it with all of them at 0."""
        made = super().processor(engine, name)
        for field, value in self:
            setattr(made, field, value)
        return made


class Filter(BuiltIn):
    """A filter: frequency in Hz, gain as a factor (shelves only)."""

    key = "filter"
    mode: Literal["high", "low", "high_shelf", "low_shelf", "notch"] = "high"
    frequency: Annotated[float, Field(gt=0, le=24_000)] = 80.0
    q: Annotated[float, Field(gt=0)] = 0.7071
    gain: Annotated[float, Field(gt=0)] = 1.0


class Compressor(BuiltIn):
    """A compressor: threshold in dB, attack and release in ms."""

    key = "compressor"
    threshold: Annotated[float, Field(ge=-100, le=0)] = -18.0
    ratio: Annotated[float, Field(ge=1)] = 2.0
    attack: Annotated[float, Field(ge=0)] = 5.0
    release: Annotated[float, Field(ge=0)] = 100.0


class Plugin(Effect):
    """A VST effect: a path or a name, what it saved, and its parameters by name (values, or their texts)."""

    key = "plugin"
    source: str
    state: str | None = None
    parameters: Annotated[dict[str, float | str], Field(alias="set")] = {}

    def plugin_file(self, beside: Path) -> PluginFile:
        """Return the plugin: beside the YAML, or from the folders of plugins; raise InputError."""
        from composer_daw.plugins.binary import check_plugin
        from composer_daw.plugins.search import find_plugin

        return check_plugin(find_plugin(self.source, beside))

    def checked(self, beside: Path) -> PluginFile:
        """Return the plugin, when it can be used as an effect; raise InputError or HostError."""
        from composer_daw.plugins.roles import check_role

        plugin = self.plugin_file(beside)
        check_role(plugin.path, "effect")
        return plugin

    def source_path(self, beside: Path) -> Path:
        """Return where the plugin lies; raise InputError."""
        return self.plugin_file(beside).path

    def digest(self, beside: Path) -> str:
        """Return the SHA-256 of the plugin and of its state."""
        state = self.state_path(beside)
        return f"{self.plugin_file(beside).sha256} {sha256_of(state) if state else '-'}"

    def moved(self, beside: Path, state: str) -> Plugin:
        """Return the effect for a document elsewhere, its state to be found as `state` from there."""
        here = (beside / self.source).exists()
        source = self.source_path(beside).as_posix() if here else self.source
        return self.model_copy(update={"source": source, "state": state if self.state else None})

    def state_path(self, beside: Path) -> Path | None:
        """Return the file of the state, from the folder of the YAML; raise InputError where there is none."""
        return check_is_file(beside / self.state, "what the plugin saved") if self.state else None


EFFECTS: dict[str, type[Effect]] = {effect.key: effect for effect in (Reverb, Filter, Compressor, Plugin)}


def _check_kind(value: Any) -> Any:
    """Pass on an effect, or `{reverb: {room_size: 0.8}}`; raise ValueError for a word that is no effect."""
    if isinstance(value, Effect):
        return value
    word = str(next(iter(value), "")) if isinstance(value, dict) else str(value)
    if word not in EFFECTS or not isinstance(value, dict) or len(value) != 1:
        raise ValueError(
            f"'{word}' is no effect{did_you_mean(word, EFFECTS)}; write one of {', '.join(EFFECTS)}"
        )
    return value


def _kind_of(value: Any) -> str:
    return value.key if isinstance(value, Effect) else str(next(iter(value)))


def _inside(value: Any) -> Any:
    """Return what stands under the word that tells the kind; nothing there means all defaults."""
    return value if isinstance(value, Effect) else next(iter(value.values())) or {}


AnyEffect = Annotated[
    Annotated[Reverb, BeforeValidator(_inside), Tag("reverb")]
    | Annotated[Filter, BeforeValidator(_inside), Tag("filter")]
    | Annotated[Compressor, BeforeValidator(_inside), Tag("compressor")]
    | Annotated[Plugin, BeforeValidator(_inside), Tag("plugin")],
    Discriminator(_kind_of),
    BeforeValidator(_check_kind),
]
"""Any effect, told apart by the word it begins with."""

Process = Callable[[Audio], Audio]
"""From audio to stereo audio of the same length, nothing delayed."""


class OpenEffect(Protocol):
    """A plugin that is loaded, as `hosts.plugin.open_effect` hands it out."""

    def process(self, audio: Audio) -> Audio:
        """Return the audio after the effect, as long as the input, its latency taken out."""


def apply_effects(audio: Audio, effects: tuple[Effect, ...], beside: Path | None = None) -> Audio:
    """Return the audio after a chain of effects, in stereo; as it is where there are none.

    The result is as long as the input: the caller leaves room for the tail. Paths of plugins are read from
    the folder `beside`, or from the working folder.
    """
    if not effects:
        return audio
    with open_chain(effects, audio.sample_rate, beside) as process:
        return process(audio)


@contextmanager
def open_chain(
    effects: tuple[Effect, ...], sample_rate: int, beside: Path | None = None
) -> Iterator[Process]:
    """Load the plugins of a chain, and yield what audio goes through; they are let go at the end.

    Neighbouring built-in effects are one graph of DawDreamer's. Every call begins afresh, so a longer input
    can be tried when a tail needs more room.
    """
    with ExitStack() as stack:
        links: list[Process] = []
        for is_plugin, run in groupby(effects, lambda effect: isinstance(effect, Plugin)):
            members = tuple(run)
            if not is_plugin:
                links.append(lambda audio, members=members: _built_in(audio, members))  # type: ignore[misc]
                continue
            for effect in members:
                assert isinstance(effect, Plugin)
                opened = stack.enter_context(open_plugin(effect, sample_rate, beside or Path()))
                links.append(opened.process)

        def process(audio: Audio) -> Audio:
            for link in links:
                audio = link(in_stereo(audio))
            return audio

        yield process


def open_plugin(effect: Plugin, sample_rate: int, beside: Path) -> AbstractContextManager[OpenEffect]:
    """Load a VST effect in a process of its own."""
    from composer_daw.hosts.plugin import open_effect
    from composer_daw.plugins.state_files import raw_state_for

    plugin, saved = effect.checked(beside), effect.state_path(beside)
    state = raw_state_for(plugin, saved) if saved else b""
    return open_effect(plugin.path, sample_rate, state=state, settings=effect.parameters)


def in_stereo(audio: Audio) -> Audio:
    """Return the audio in two channels: mono on both sides; of more outputs, each pair on top of the last."""
    if audio.channels == 2:
        return audio
    samples = audio.samples
    if audio.channels % 2:
        samples = np.concatenate([samples, samples[-1:]])
    return Audio(samples.reshape(-1, 2, samples.shape[1]).sum(axis=0), audio.sample_rate)


def _built_in(audio: Audio, effects: tuple[BuiltIn, ...]) -> Audio:
    import dawdreamer

    stereo = audio.samples.copy()  # DawDreamer writes to it
    engine = dawdreamer.RenderEngine(audio.sample_rate, BLOCK)
    graph: list[tuple[Any, list[str]]] = [(engine.make_playback_processor("dry", stereo), [])]
    for number, effect in enumerate(effects):
        graph.append((effect.processor(engine, f"effect{number}"), [graph[-1][0].get_name()]))
    engine.load_graph(graph)
    engine.render((stereo.shape[1] + 0.25) / audio.sample_rate)  # rounding may not lose the last sample
    made = engine.get_audio()[:, : stereo.shape[1]]
    made.setflags(write=False)  # it is nobody else's, and need not be copied
    return Audio(made, audio.sample_rate)
