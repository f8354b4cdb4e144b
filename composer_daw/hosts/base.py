"""The page that every host fills in: events go in, audio comes out.

A host is one engine with one sound loaded. It lives in one process and is used from one thread.

| promise | |
|---|---|
| time | sample 0 of the audio is `-events.pre_roll_s`; an event at time t is heard at t (latency taken out) |
| state | each render starts afresh: nothing of the render before is heard, and no keyswitch stays down |
| seed | the same events, duration and seed give the same samples, where `deterministic` is True |
| errors | whatever the engine raises becomes a HostError |
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from composer_daw.audio import Audio
from composer_daw.events import Events


@dataclass(frozen=True)
class Parameter:
    """One parameter that a host exposes: its value in 0..1, and what the engine shows for it."""

    name: str
    value: float
    text: str = ""
    index: int = 0


@runtime_checkable
class Host(Protocol):
    """An engine that turns events into audio."""

    sample_rate: int
    deterministic: bool

    @property
    def latency_samples(self) -> int:
        """Return the delay that the engine reports and `render` takes out."""

    @property
    def tail_s(self) -> float:
        """Return how long it may sound after its last event; 0 where that is not known."""

    @property
    def state(self) -> bytes:
        """Return what identifies the sound that is loaded, as bytes."""

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters that PARAMETER events can set."""

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return the audio from `-events.pre_roll_s` to `duration_s`, dry."""

    def close(self) -> None:
        """Let go of the engine; the host cannot render after this."""

    def __enter__(self) -> Self:
        """Return the host; it closes at the end of the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the host."""


class ClosesItself:
    """What every host does in a `with` block, for hosts to inherit; and a tail that is not known."""

    @property
    def tail_s(self) -> float:
        """Return 0: how long it sounds after its last event is not known."""
        return 0.0

    def close(self) -> None:
        """Let go of the engine."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Return the host; it closes at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the host."""
        self.close()
