"""An SFZ instrument written by the test: five keyswitched techniques whose first values say which they are.

A note is three sample values and silence: `CODES[technique]`, half of it and its negative. Pitch and velocity
change nothing, so a score can be read off the audio, sample by sample.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

CODES = {"sustain": 0.50, "legato": 0.42, "staccato": 0.34, "pizzicato": 0.26, "tremolo": 0.18}
"""The first sample value of each technique, before the engine's own gain, the same for all."""

SWITCHES = {name: 24 + number for number, name in enumerate(CODES)}
"""The keyswitch of each technique; the first holds from the start."""

LOW, HIGH = 36, 96

LENGTH_S = 0.2
"""Longer than any block: the engine does not play a sample that ends in the block in which it begins."""


def write_small_sfz(folder: Path, sample_rate: int = 44_100, *, more: str = "", region: str = "") -> Path:
    """Write `small.sfz` and its samples: clicks that say their technique."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f"<global> loop_mode=one_shot amp_veltrack=0 {more}\n"]
    for name, code in CODES.items():
        click = np.zeros(round(LENGTH_S * sample_rate), np.float32)
        click[:3] = code, code / 2, -code
        soundfile.write(folder / f"{name}.wav", click, sample_rate, "FLOAT")
        parts.append(
            f"<group> sw_lokey=24 sw_hikey=28 sw_default=24 sw_last={SWITCHES[name]} sw_label={name}\n"
            f"<region> sample={name}.wav lokey={LOW} hikey={HIGH} pitch_keytrack=0 {region}\n"
        )
    path = folder / "small.sfz"
    path.write_text("".join(parts), encoding="utf-8")
    return path


def write_tones(folder: Path, text: str, seconds: float = 1.0, sample_rate: int = 44_100) -> Path:
    """Write `tones.sfz` with this text, and `a.wav` (440 Hz) and `b.wav` (880 Hz) beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    for name, hz in (("a", 440.0), ("b", 880.0)):
        tone = 0.3 * np.sin(2 * np.pi * hz * time)
        soundfile.write(folder / f"{name}.wav", tone.astype(np.float32), sample_rate, "FLOAT")
    path = folder / "tones.sfz"
    path.write_text(text, encoding="utf-8")
    return path


def write_small_instrument(folder: Path) -> Path:
    """Write `small.sfz`, its map and its preset; return the preset."""
    write_small_sfz(folder)
    techniques = "".join(
        f"  {name}: {{group: articulation, on: [{{keyswitch: {key}}}]}}\n" for name, key in SWITCHES.items()
    )
    head = f"technique_map: 1\ninstrument: Small SFZ\nrange: [{LOW}, {HIGH}]\n"
    groups = "groups: {articulation: {default: sustain}}\ntechniques:\n"
    (folder / "small_map.yaml").write_text(head + groups + techniques, encoding="utf-8")
    preset = "instrument: Small SFZ\nhost: sfizz\nsource: small.sfz\ntechnique_map: small_map.yaml\n"
    licence = "licence: {name: CC0-1.0, audio_redistribution: yes}\n"
    (folder / "small.yaml").write_text(preset + licence, encoding="utf-8")
    return folder / "small.yaml"
