"""An SFZ instrument whose techniques speak late, each by another time, and by velocity; and its map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

Layers = dict[int, float]
"""From this velocity up, this many ms."""

FIRST: dict[str, Layers] = {
    "sustain": {1: 40.0, 64: 12.0},
    "legato": {1: 30.0},
    "staccato": {1: 5.0},
    "spiccato": {1: 31.0, 33: 26.0, 97: 17.0},
    "pizzicato": {1: 180.0, 50: 120.0, 100: 60.0},
    "tremolo": {1: 75.0},
    "harmonics": {1: 133.0},
    "marcato": {1: 20.0, 90: 8.0},
}
"""How late each technique speaks."""

TRANSITION: dict[str, Layers] = {"legato": {1: 160.0, 65: 90.0}}
"""How late a note speaks that is connected to the one before."""

PARTIALS = {
    "sustain": (1.0, 0.6, 0.4, 0.3, 0.2),
    "legato": (1.0, 0.3, 0.5, 0.1, 0.3),
    "staccato": (1.0, 0.1, 0.1, 0.4, 0.1),
    "spiccato": (1.0, 0.7, 0.1, 0.1, 0.5),
    "pizzicato": (1.0, 0.2, 0.6, 0.6, 0.1),
    "tremolo": (1.0, 0.9, 0.8, 0.1, 0.1),
    "harmonics": (1.0, 0.05, 0.05, 0.05, 0.05),
    "marcato": (1.0, 0.8, 0.3, 0.7, 0.6),
}
"""The strengths of its partials tell a technique apart."""

DYING = ("staccato", "spiccato", "pizzicato")
FADE_S = 0.08
"""They fall by 8.7 dB in so many seconds."""

LOWEST_SWITCH = 24
SWINGS_HZ = (7.0, 12.0, 21.0)
"""A trembling note swings so fast, whatever its pitch does to that."""

SWITCHES = {name: LOWEST_SWITCH + number for number, name in enumerate(FIRST)}
ATTACK_S, LENGTH_S = 0.0005, 2.0

HEAD = f"""\
<global> pitch_keycenter=69 lokey=48 hikey=96 ampeg_release=0.03 amp_veltrack=30
sw_lokey={LOWEST_SWITCH} sw_hikey={LOWEST_SWITCH + len(FIRST) - 1} sw_default={LOWEST_SWITCH}
"""

MAP = """\
# How the late instrument is told; a person wrote this line.
technique_map: 1
instrument: Late
range: [C3, C7]   # four octaves
groups:
  articulation: {{default: sustain}}

techniques:
{techniques}"""

PRESET = """\
instrument: Late
host: sfizz
source: late.sfz
technique_map: late_map.yaml
licence: {name: CC0-1.0, audio_redistribution: yes}
"""


def write_late_instrument(folder: Path, sample_rate: int = 44_100) -> Path:
    """Write the instrument, its map without latencies, and its preset; return the preset."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [HEAD]
    for name, layers in FIRST.items():
        _write_tone(folder / f"{name}.wav", name, sample_rate)
        parts.append(f"<group> sample={name}.wav sw_last={SWITCHES[name]}\n")
        trigger = " trigger=first" if name in TRANSITION else ""
        parts += _regions(layers, trigger) + _regions(TRANSITION.get(name, {}), " trigger=legato")
    (folder / "late.sfz").write_text("".join(parts), encoding="utf-8")
    (folder / "late_map.yaml").write_text(MAP.format(techniques=_techniques()), encoding="utf-8")
    (folder / "late.yaml").write_text(PRESET, encoding="utf-8")
    return folder / "late.yaml"


def late_ms(technique: str, velocity: int, connected: bool) -> float:
    """Return how late a note speaks."""
    layers = TRANSITION[technique] if connected and technique in TRANSITION else FIRST[technique]
    return next(layers[step] for step in sorted(layers, reverse=True) if velocity >= step)


def _regions(layers: Layers, trigger: str) -> list[str]:
    steps = [*layers, 128]
    return [
        f"<region> lovel={low} hivel={high - 1} delay={layers[low] / 1000}{trigger}\n"
        for low, high in zip(steps[:-1], steps[1:], strict=True)
    ]


def _techniques() -> str:
    lines = []
    for name, key in SWITCHES.items():
        lines += [f"  {name}:", "    group: articulation", f"    on: [{{keyswitch: {key}}}]   # its key"]
        lines += ["    note: {overlap_ms: 30}"] if name in TRANSITION else []
        lines += ["    fallback: [sustain]"] if name != "sustain" else []
    return "\n".join(lines) + "\n"


def _write_tone(path: Path, name: str, sample_rate: int) -> None:
    """Write a tone of 440 Hz that is there at once; some die away, one trembles."""
    time = np.arange(round(LENGTH_S * sample_rate)) / sample_rate
    partials = [
        strength * np.cos(2 * np.pi * 440.0 * number * time + number)
        for number, strength in enumerate(PARTIALS[name], 1)
    ]
    tone = 0.1 * np.sum(partials, axis=0) * np.minimum(1.0, time / ATTACK_S)
    tone *= np.exp(-time / FADE_S) if name in DYING else 1.0
    if name == "tremolo":
        tone *= 1.0 + 0.2 * sum(np.cos(2 * np.pi * hertz * time) for hertz in SWINGS_HZ)
    soundfile.write(path, tone.astype(np.float32), sample_rate, "FLOAT")
