"""A look at one plugin: what it says of itself, what a host finds, and whether it repeats itself.

Each step has a process of its own, within limits.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from composer_daw.authoring.determinism import Repeats, probe_effect_repeats, probe_repeats
from composer_daw.hosts.plugin import open_plugin
from composer_daw.hosts.plugin_seat import Limits, PluginSound
from composer_daw.plugins.binary import PluginFile, check_plugin
from composer_daw.plugins.introspect import Introspection
from composer_daw.plugins.search import PluginKind

SAMPLE_RATE = 44_100


class Part(BaseModel):
    """The base of what stands in a catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Shown(Part):
    """A parameter as it stands after loading: its value in 0..1, and what the plugin shows for it."""

    index: int
    name: str
    value: float
    text: str


class Entry(Part):
    """One plugin: what it says of itself, what a host finds, or what is wrong with it."""

    path: str
    kind: PluginKind | None = None
    """None for what turned out to be no plugin for this machine."""
    sha256: str = ""
    id: str = ""
    name: str = ""
    vendor: str = ""
    version: str = ""
    categories: str = ""
    is_instrument: bool | None = None
    inputs: int = 0
    outputs: int = 0
    latency_samples: int = 0
    parameters: tuple[Shown, ...] = ()
    load_s: float = 0.0
    """How long it took to load, in seconds."""
    repeats: Repeats | None = None
    """Whether it repeats itself; None where that was not asked."""
    error: str = ""
    """What went wrong; what was found out before stands all the same."""

    @property
    def role(self) -> str:
        """Return "instrument", "effect", or "?" where it did not say."""
        return {True: "instrument", False: "effect", None: "?"}[self.is_instrument]


class Look:
    """A look at one plugin, step by step; what is found out before a step fails is kept."""

    def __init__(self, plugin: PluginFile, determinism: bool, limit_s: float) -> None:
        """Keep what is to be found out; nothing is loaded yet."""
        self.plugin, self.determinism = plugin, determinism
        self.limits = Limits(load_s=limit_s, ready_s=min(limit_s, Limits.ready_s), render_s=limit_s)
        self.found = Entry(path=str(plugin.path), kind=plugin.kind, sha256=plugin.sha256)

    def take(self) -> None:
        """Find out all that is asked for, into `found`; raise the error that ends it."""
        self._ask()
        self._load()
        if self.determinism:
            self._play()

    def _ask(self) -> None:
        with Introspection(self.plugin) as running:
            self._keep(**asdict(running.identity(self.limits.load_s)))

    def _load(self) -> None:
        start = time.monotonic()
        with open_plugin(PluginSound(self.plugin.path), SAMPLE_RATE, self.limits) as host:
            latency = host.latency_samples
            inputs, outputs = host.channels
            self._keep(
                load_s=round(time.monotonic() - start, 3),
                latency_samples=latency,
                inputs=inputs,
                outputs=outputs,
                parameters=tuple(
                    Shown(index=one.index, name=one.name, value=one.value, text=one.text)
                    for one in host.parameters()
                ),
            )

    def _play(self) -> None:
        probe = probe_repeats if self.found.is_instrument else probe_effect_repeats
        self._keep(repeats=probe(PluginSound(self.plugin.path), SAMPLE_RATE, self.limits))

    def _keep(self, **facts: object) -> None:
        self.found = self.found.model_copy(update=facts)


def describe(path: str | Path, *, determinism: bool = False, limit_s: float = 60.0) -> Entry:
    """Load a plugin and return what it is and has; `determinism` plays it, too, which takes a while.

    Raises InputError for what is no plugin, and HostError for one that crashes, or takes longer than
    `limit_s` for any one step.
    """
    look = Look(check_plugin(path), determinism, limit_s)
    look.take()
    return look.found
