"""Plugins for tests: the probe, built when it is first asked for, and those that Debian installs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from probe_plugin import ProbePlugins, build, missing_tools

from composer_daw.errors import InputError
from composer_daw.plugins.search import find_plugin


def probe_plugins() -> ProbePlugins:
    """Return the probe plugins; a test skips where they cannot be built, or fails where all is required."""
    if missing_tools():
        _missing(missing_tools())
    return build()


def installed(name: str) -> Path:
    """Return an installed plugin by its name; a test skips without it, or fails where all is required."""
    try:
        return find_plugin(name, Path())
    except InputError as error:
        _missing(str(error))
        raise


def _missing(problem: str) -> None:
    pytest.fail(problem) if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1" else pytest.skip(problem)
