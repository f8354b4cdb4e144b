"""A plugin's place: loads it when needed, asks it, and replaces a process that died or served its time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from composer_daw.errors import HostError, LoadError
from composer_daw.hosts.base import ClosesItself, Parameter
from composer_daw.hosts.plugin_process import PluginProcess

SAME = 1e-4
"""Parameters that differ by less than this are the same: some plugins keep them in 16 bits or as text."""


@dataclass(frozen=True)
class Limits:
    """How long a plugin may take, and how long one process of it is kept."""

    load_s: float = 60.0
    """For loading the plugin and its state; sample libraries need minutes."""
    ready_s: float = 10.0
    """For the samples of a technique to arrive."""
    render_s: float = 60.0
    """For a render, on top of its own length."""
    renders: int = 500
    """After so many renders the process is replaced."""
    growth_mb: float = 1000.0
    """When the process has grown by this since it was loaded, it is replaced."""


@dataclass(frozen=True)
class PluginSound:
    """A plugin and all that makes its sound: its raw state and parameters, to be set after it.

    `expected` holds values (0..1) by parameter name that must stand after loading: a plugin that forgets its
    state is found out. With `fresh` each render gets a new instance, for plugins whose sound depends on what
    they played before.
    """

    path: Path
    state: bytes = b""
    settings: Mapping[str, float | str] = field(default_factory=dict)
    expected: Mapping[str, float] = field(default_factory=dict)
    fresh: bool = False
    block: int = 512


class Seat(ClosesItself):
    """A plugin that is loaded when it is first used; the base of instruments and effects."""

    def __init__(self, sound: PluginSound, sample_rate: int, limits: Limits) -> None:
        """Keep what is to be loaded; nothing is loaded yet."""
        self.sound, self.sample_rate, self.limits = sound, sample_rate, limits
        self.name = sound.path.stem
        self.started = 0
        """How many processes there were."""
        self._process: PluginProcess | None = None
        self._facts: dict[str, Any] = {}
        self._renders = 0

    @property
    def latency_samples(self) -> int:
        """Return the delay that the plugin reports, which is taken out of what it gives."""
        self._load()
        return int(self._facts["latency"])

    @property
    def channels(self) -> tuple[int, int]:
        """Return the numbers of its inputs and outputs."""
        self._load()
        return int(self._facts["inputs"]), int(self._facts["outputs"])

    @property
    def process_id(self) -> int | None:
        """Return the number of the process, where there is one."""
        return self._process.pid if self._process is not None else None

    @property
    def state(self) -> bytes:
        """Return the plugin's raw state, as a host would save it."""
        return self._ask({"do": "state"}, "saving its state")[1]

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters with their values and what the plugin shows for them."""
        answer, _ = self._ask({"do": "parameters"}, "telling its parameters")
        return _parameters(answer)

    def recalled(self) -> tuple[Parameter, ...]:
        """Return the parameters as the plugin itself has them, where a VST3 may show others."""
        answer, _ = self._ask({"do": "recalled"}, "telling its parameters", limit_s=self.limits.load_s)
        return _parameters(answer)

    def set(self, name: str, value: float | str) -> None:
        """Set a parameter by name or "#index", to a value in 0..1 or a text, until it is loaded anew."""
        self._ask({"do": "set", "name": name, "value": value}, f"setting {name}")

    def edit(self) -> None:
        """Open the plugin's own window until it is closed; what was changed there stays until a new load."""
        self._ask({"do": "edit"}, "showing its window", limit_s=24 * 3600.0)

    def close(self) -> None:
        """End the process; the next use would start another."""
        if self._process is not None:
            self._process.close()
        self._process = None
        self._forget()

    def _forget(self) -> None:
        """Forget what was found out about an instance that is gone."""

    def _load(self) -> None:
        """Start the process and load the plugin, where there is none or it has served its time."""
        if self._process is not None and (not self._process.alive or self._served_its_time()):
            self.close()
        if self._process is not None:
            return
        with named(self.name):
            self._process, self._renders = PluginProcess(), 0
            self.started += 1
            try:
                self._facts, _ = self._asked(self._loading(), "loading", self.sound.state, self.limits.load_s)
                self._facts["loaded_rss"] = self._facts["rss"]
                self._check_it_remembers()
            except HostError as error:
                self.close()
                raise LoadError(str(error)) from error

    def _loading(self) -> dict[str, Any]:
        return {
            "do": "load",
            "path": str(self.sound.path),
            "sample_rate": self.sample_rate,
            "block": self.sound.block,
            "settings": dict(self.sound.settings),
        }

    def _served_its_time(self) -> bool:
        grown = self._facts.get("rss", 0) - self._facts.get("loaded_rss", 0)
        return self._renders >= self.limits.renders or grown > self.limits.growth_mb * 2**20

    def _check_it_remembers(self) -> None:
        if not self.sound.expected:
            return
        answer, _ = self._asked({"do": "recalled"}, "telling its parameters", limit_s=self.limits.load_s)
        now = {f"#{index}": value for index, _, value, _ in answer["parameters"]}
        now |= {name: value for _, name, value, _ in answer["parameters"]}
        lost = lost_parameters(self.sound.expected, now)
        if lost:
            more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
            raise LoadError(f"did not take its state back: {'; '.join(lost[:3])}{more}")

    def _ask(
        self, head: dict[str, Any], doing: str, body: bytes = b"", limit_s: float | None = None
    ) -> tuple[dict[str, Any], bytes]:
        self._load()
        with named(self.name):
            return self._asked(head, doing, body, limit_s)

    def _asked(
        self, head: dict[str, Any], doing: str, body: bytes = b"", limit_s: float | None = None
    ) -> tuple[dict[str, Any], bytes]:
        assert self._process is not None
        return self._process.ask(head, body, doing=doing, limit_s=limit_s or self.limits.render_s)


def _parameters(answer: dict[str, Any]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(name, value, text=text, index=index) for index, name, value, text in answer["parameters"]
    )


def lost_parameters(expected: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """Return what did not come back, as "name is 0.5 and was 0.3"."""
    return [
        f"{name} is {now[name]:.4g} and was {value:.4g}" if name in now else f"{name} is gone"
        for name, value in expected.items()
        if abs(now.get(name, 2.0) - value) > SAME
    ]


@contextmanager
def named(name: str) -> Iterator[None]:
    """Put the name of the plugin before an error that does not have it."""
    try:
        yield
    except HostError as error:
        if str(error).startswith(f"{name}: "):
            raise
        raise type(error)(f"{name}: {error}") from error
