"""Instruments on the probe plugin: a preset and a map that tell it its five techniques by keyswitch."""

from __future__ import annotations

from pathlib import Path

MAP = """\
technique_map: 1
instrument: Probe
range: [C2, C8]
lead_ms: 5
groups:
  articulation: {default: sustain}
techniques:
  sustain: {group: articulation, on: [{keyswitch: 0}]}
  staccato: {group: articulation, on: [{keyswitch: 1}]}
  pizzicato: {group: articulation, on: [{keyswitch: 2}]}
  tremolo: {group: articulation, on: [{keyswitch: 3}]}
  harmonic: {group: articulation, on: [{keyswitch: 4}]}
channels: [1, 2, 3, 4]
"""

PRESET = """\
instrument: {name}
host: plugin
source: {source}
technique_map: probe_map.yaml
licence: {{name: CC0-1.0, audio_redistribution: yes}}
{more}"""


def write_probe_instrument(
    folder: Path,
    plugin: Path,
    name: str = "Probe",
    more: str = "limits: {load_s: 10, ready_s: 3, render_s: 5}",
) -> Path:
    """Write the preset of a plugin and its map into a folder; `more` is added to the preset."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "probe_map.yaml").write_text(MAP, encoding="utf-8")
    preset = folder / f"{name.lower().replace(' ', '_')}.yaml"
    preset.write_text(PRESET.format(name=name, source=plugin.as_posix(), more=more + "\n"), encoding="utf-8")
    return preset
