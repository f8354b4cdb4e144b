"""What all tests share: small scores, a small instrument, and the folder of shared data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("untimed")  # in CI the same examples each time; at home new ones

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))  # importlib mode does not look there

import probe_plugin  # noqa: E402
from midi_building import save_score  # noqa: E402
from small_instruments import write_instrument  # noqa: E402


@pytest.fixture
def score(tmp_path: Path) -> Path:
    """Four quarter notes at 120, C4 to F4, 0.5 s each: a file of its own."""
    return save_score(tmp_path / "score.mid", [(480 * step, 480, 60 + step) for step in range(4)])


@pytest.fixture
def fake_preset(tmp_path: Path) -> Path:
    """The preset of an instrument that plays sines, with its map beside it."""
    return write_instrument(tmp_path)


def lacking(problem: str) -> None:
    """Skip a test for what is not on this machine; fail it where all is required."""
    pytest.fail(problem) if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1" else pytest.skip(problem)


@pytest.fixture(scope="session")
def probe_plugins() -> probe_plugin.ProbePlugins:
    """The probe plugin, compiled on first use; see tests/plugins/probe.cpp."""
    if problem := probe_plugin.missing_tools():
        lacking(problem)
    return probe_plugin.build()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data that is not ours; tests that need it skip without, or fail where all is required."""
    named = os.environ.get("COMPOSER_DAW_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        lacking(f"no shared data at {folder}; set COMPOSER_DAW_DATA")
    return folder
