"""Effects: DawDreamer's own processors as a chain after the host.

One class for each kind, as in technique maps: the word that begins an effect in YAML names the class, and the
fields are the arguments of DawDreamer's processor.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from composer_daw.audio import Audio
from composer_daw.errors import did_you_mean

Unit = Annotated[float, Field(ge=0, le=1)]
BLOCK = 512


class Effect(BaseModel):
    """The base of all effects."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    key: ClassVar[str]

    def processor(self, engine: Any, name: str) -> Any:
        """Return DawDreamer's processor, set as this effect says."""
        make = getattr(engine, f"make_{self.key}_processor")
        return make(name, *self.model_dump().values())


class Reverb(Effect):
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


class Filter(Effect):
    """A filter: frequency in Hz, gain as a factor (shelves only)."""

    key = "filter"
    mode: Literal["high", "low", "high_shelf", "low_shelf", "notch"] = "high"
    frequency: Annotated[float, Field(gt=0, le=24_000)] = 80.0
    q: Annotated[float, Field(gt=0)] = 0.7071
    gain: Annotated[float, Field(gt=0)] = 1.0


class Compressor(Effect):
    """A compressor: threshold in dB, attack and release in ms."""

    key = "compressor"
    threshold: Annotated[float, Field(ge=-100, le=0)] = -18.0
    ratio: Annotated[float, Field(ge=1)] = 2.0
    attack: Annotated[float, Field(ge=0)] = 5.0
    release: Annotated[float, Field(ge=0)] = 100.0


EFFECTS: dict[str, type[Effect]] = {effect.key: effect for effect in (Reverb, Filter, Compressor)}


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
    | Annotated[Compressor, BeforeValidator(_inside), Tag("compressor")],
    Discriminator(_kind_of),
    BeforeValidator(_check_kind),
]
"""Any effect, told apart by the word it begins with."""


def apply_effects(audio: Audio, effects: tuple[Effect, ...]) -> Audio:
    """Return the audio after a chain of effects, in stereo; as it is where there are none.

    The result is as long as the input: the caller leaves room for the tail.
    """
    if not effects:
        return audio
    import dawdreamer
    import numpy as np

    stereo = np.array(np.broadcast_to(audio.samples, (2, audio.samples.shape[1])))  # DawDreamer writes to it
    engine = dawdreamer.RenderEngine(audio.sample_rate, BLOCK)
    graph: list[tuple[Any, list[str]]] = [(engine.make_playback_processor("dry", stereo), [])]
    for number, effect in enumerate(effects):
        graph.append((effect.processor(engine, f"effect{number}"), [graph[-1][0].get_name()]))
    engine.load_graph(graph)
    engine.render((stereo.shape[1] + 0.25) / audio.sample_rate)  # rounding may not lose the last sample
    return Audio(engine.get_audio()[:, : stereo.shape[1]], audio.sample_rate)
