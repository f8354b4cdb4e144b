"""An SFZ instrument with keyswitches, a mute on a controller, dynamics and round robins; and its map."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import soundfile

PARTIALS = {
    "sustain": (1.0, 0.6, 0.4, 0.3),
    "marcato": (1.0, 0.2, 0.7, 0.1),
    "tremolo": (1.0, 0.9, 0.1, 0.6),
}
SWINGS_HZ = (7.0, 12.0, 21.0)
"""A trembling note swings so fast, whatever its pitch does to that."""

SWITCHES = {name: 24 + number for number, name in enumerate(PARTIALS)}
MUTE_CC, MUTED = 20, 0.3
"""The mute is on from 64 up, and leaves this much of each partial but the first."""

ROUNDS, VARIED = 3, 0.15
"""So many samples take turns; their partials differ by about so much."""

MAP = f"""\
technique_map: 1
instrument: Muted
range: [C3, C6]
groups:
  articulation: {{default: sustain}}
  mute: {{default: senza_sordino}}
techniques:
@TECHNIQUES@
  senza_sordino: {{group: mute, on: [{{cc: {MUTE_CC}, value: 0}}]}}
  con_sordino: {{group: mute, on: [{{cc: {MUTE_CC}, value: 127}}]}}
dynamics: {{cc: 11, follow: score}}
"""

PRESET = """\
instrument: Muted
host: sfizz
source: muted.sfz
technique_map: muted_map.yaml
licence: {name: CC0-1.0, audio_redistribution: yes}
"""


def write_muted_instrument(folder: Path, sample_rate: int = 44_100) -> Path:
    """Write the instrument, its map and its preset; return the preset."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    lines = [
        "<global> pitch_keycenter=69 lokey=48 hikey=84 ampeg_release=0.03 amp_veltrack=60",
        f"sw_lokey=24 sw_hikey=26 sw_default=24 seq_length={ROUNDS} xfin_locc11=0 xfin_hicc11=127",
    ]
    for (name, key), muted, turn in itertools.product(SWITCHES.items(), (False, True), range(ROUNDS)):
        sample = f"{name}_{'muted' if muted else 'open'}_{turn + 1}.wav"
        strengths = np.array(PARTIALS[name]) * np.exp(VARIED * rng.standard_normal(4))
        strengths[1:] *= MUTED if muted else 1.0
        _write_tone(folder / sample, strengths, sample_rate, trembles=name == "tremolo")
        low, high = (64, 127) if muted else (0, 63)
        lines.append(
            f"<region> sample={sample} sw_last={key} seq_position={turn + 1} "
            f"locc{MUTE_CC}={low} hicc{MUTE_CC}={high}"
        )
    (folder / "muted.sfz").write_text("\n".join(lines) + "\n", encoding="utf-8")
    techniques = "\n".join(
        f"  {name}: {{group: articulation, on: [{{keyswitch: {key}}}]}}" for name, key in SWITCHES.items()
    )
    (folder / "muted_map.yaml").write_text(MAP.replace("@TECHNIQUES@", techniques), encoding="utf-8")
    (folder / "muted.yaml").write_text(PRESET, encoding="utf-8")
    return folder / "muted.yaml"


def _write_tone(path: Path, strengths: np.ndarray, sample_rate: int, trembles: bool) -> None:
    time = np.arange(2 * sample_rate) / sample_rate
    partials = [one * np.cos(2 * np.pi * 440.0 * number * time) for number, one in enumerate(strengths, 1)]
    tone = 0.1 * np.sum(partials, axis=0) * np.minimum(1.0, time / 0.002)
    if trembles:
        tone *= 1.0 + 0.2 * sum(np.cos(2 * np.pi * hertz * time) for hertz in SWINGS_HZ)
    soundfile.write(path, tone.astype(np.float32), sample_rate, "FLOAT")
