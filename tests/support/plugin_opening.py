"""How tests ask for the probe plugin as a host; the fixture `open_probe` does it."""

from __future__ import annotations

from typing import Any, Protocol

from probe_plugin import Format, Kind

from composer_daw.hosts.plugin import PluginHost
from composer_daw.hosts.plugin_seat import Limits

PATIENT = Limits(load_s=20.0, ready_s=10.0, render_s=20.0)
"""Longer than a busy machine needs: only what hangs meets these."""


class OpenProbe(Protocol):
    """Opens a variant of the probe; what is left over goes into its PluginSound."""

    def __call__(
        self,
        options: str = "",
        format: Format = "vst3",
        kind: Kind = "Probe",
        *,
        rate: int = 44_100,
        limits: Limits = PATIENT,
        **sound: Any,
    ) -> PluginHost: ...
