"""Render and articulate MIDI through real instruments.

    import composer_daw as daw

    take = daw.render(daw.load_midi("score.mid"), daw.load_instrument("studio/violin"), "pizzicato")
    daw.save_audio(take.audio, "pizzicato.wav")

The names below are loaded when they are first used: importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from composer_daw.audio import Audio as Audio
    from composer_daw.audio import load_audio as load_audio
    from composer_daw.audio import save_audio as save_audio
    from composer_daw.dataset import plan_versions as plan_versions
    from composer_daw.dataset import run_plan as run_plan
    from composer_daw.errors import ComposerError as ComposerError
    from composer_daw.midi import load_midi as load_midi
    from composer_daw.midi import load_score as load_score
    from composer_daw.midi import save_events as save_events
    from composer_daw.midi import save_midi as save_midi
    from composer_daw.performance import Performance as Performance
    from composer_daw.rendering import Instrument as Instrument
    from composer_daw.rendering import Take as Take
    from composer_daw.rendering import load_instrument as load_instrument
    from composer_daw.rendering import open_host as open_host
    from composer_daw.rendering import render as render
    from composer_daw.techniques import load_map as load_map
    from composer_daw.techniques import load_vocabulary as load_vocabulary
    from composer_daw.techniques import realize as realize

__version__ = "0.1.0"

_HOMES = {
    "Audio": "audio",
    "ComposerError": "errors",
    "Instrument": "rendering",
    "Performance": "performance",
    "Take": "rendering",
    "load_audio": "audio",
    "load_instrument": "rendering",
    "load_map": "techniques",
    "load_midi": "midi",
    "load_score": "midi",
    "load_vocabulary": "techniques",
    "open_host": "rendering",
    "plan_versions": "dataset",
    "realize": "techniques",
    "render": "rendering",
    "run_plan": "dataset",
    "save_audio": "audio",
    "save_events": "midi",
    "save_midi": "midi",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'composer_daw' has no attribute '{name}'")
    return getattr(importlib.import_module(f"composer_daw.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
