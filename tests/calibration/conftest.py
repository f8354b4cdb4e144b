"""Instruments that are quick to listen to, and wrong in the way that a test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from keyed_host import MAP, Faults, KeyedHost, write_keyed_instrument

from composer_daw.calibration import Verification, calibrate, verify, verify_instrument
from composer_daw.rendering import Instrument, load_instrument

RATE = 16_000

Verify = Callable[..., Verification]
Open = Callable[..., Instrument]


@pytest.fixture
def keyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return a function that makes an instrument of a map; its host does wrong what is asked for."""

    def made(text: str = MAP, **faults: object) -> Instrument:
        def opened(instrument: Instrument, sample_rate: int = 44_100, fresh: bool = False) -> KeyedHost:
            return KeyedHost(sample_rate, Faults(**faults))  # type: ignore[arg-type]

        monkeypatch.setattr(verify, "open_host", opened)
        monkeypatch.setattr(calibrate, "open_host", opened)
        return load_instrument(write_keyed_instrument(tmp_path, text))

    return made


@pytest.fixture
def listen(keyed: Open) -> Verify:
    """Return a function that verifies such an instrument, or some of its techniques."""

    def heard(text: str = MAP, only: Sequence[str] | None = None, **faults: object) -> Verification:
        return verify_instrument(keyed(text, **faults), RATE, techniques=only)

    return heard
