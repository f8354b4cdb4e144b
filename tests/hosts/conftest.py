"""The probe plugin, opened as a host and closed after the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from plugin_opening import PATIENT, OpenProbe
from probe_plugin import Format, Kind, ProbePlugins

from composer_daw.hosts.plugin import PluginHost, open_plugin
from composer_daw.hosts.plugin_seat import Limits, PluginSound


@pytest.fixture
def open_probe(probe_plugins: ProbePlugins) -> Iterator[OpenProbe]:
    """A function that opens the probe plugin; all are closed at the end of the test."""
    with ExitStack() as stack:

        def opened(
            options: str = "",
            format: Format = "vst3",
            kind: Kind = "Probe",
            *,
            rate: int = 44_100,
            limits: Limits = PATIENT,
            **sound: Any,
        ) -> PluginHost:
            path = probe_plugins.variant(options, format, kind)
            return stack.enter_context(open_plugin(PluginSound(path, **sound), rate, limits))

        yield opened
