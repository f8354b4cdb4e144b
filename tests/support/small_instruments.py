"""A small instrument on the fake host, and the map that most tests of techniques read."""

from __future__ import annotations

from pathlib import Path

from composer_daw.documents import parse_document
from composer_daw.performance import Performance, note_rows
from composer_daw.techniques import TechniqueMap

MAP = """\
technique_map: 1
instrument: Fake Strings
range: [G2, C7]
lead_ms: 20
groups:
  articulation: {default: sustain}
  mute: {default: senza_sordino}
techniques:
  sustain: {group: articulation, on: [{keyswitch: C0}]}
  legato:
    group: articulation
    on: [{keyswitch: "C#0"}]
    note: {overlap_ms: 30}
    latency_ms: {first: 60, transition: {1: 300, 65: 200, 101: 100}}
  staccato: {group: articulation, on: [{keyswitch: D0}], note: {length: 0.5}, latency_ms: {first: 12}}
  pizzicato: {group: articulation, on: [{keyswitch: "D#0"}]}
  tremolo: {group: articulation, fallback: [sustain]}
  senza_sordino: {group: mute, on: [{keyswitch: E0}]}
  con_sordino: {group: mute, on: [{keyswitch: F0}]}
channels: [1, 2]
"""

PRESET = """\
instrument: {name}
host: fake
source: {source}
technique_map: {map}
licence: {{name: CC0-1.0, audio_redistribution: yes}}
"""

DRUMS = """\
technique_map: 1
instrument: Fake Drums
pieces:
  kick: {written: [35, 36], hit: 36}
  snare: {written: [38, 40], hit: 38, rimshot: 40, ghost: {play: 38, velocity: 0.35}}
"""


def read_map(text: str = MAP) -> TechniqueMap:
    """Return a technique map from its YAML."""
    return parse_document(text, TechniqueMap, "map.yaml")


def one_channel(text: str = MAP) -> TechniqueMap:
    """Return the map of an instrument that listens on channel 1 only."""
    return read_map(text.replace("channels: [1, 2]", "channels: [1]"))


def piece(
    *notes: tuple[float, float, int, int], techniques: list[tuple[str, ...]] | None = None
) -> Performance:
    """Return notes of (onset_s, duration_s, pitch, velocity), each with its techniques if they are given."""
    asked = techniques or [()] * len(notes)
    table = list(dict.fromkeys(asked))
    rows = note_rows(notes, technique=[table.index(one) for one in asked])
    return Performance(rows, techniques=tuple(table))


def write_instrument(folder: Path, name: str = "Fake Strings", source: str = "sine", more: str = "") -> Path:
    """Write a preset and its map into a folder; `more` is added to the preset."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    preset = folder / "fake.yaml"
    preset.write_text(PRESET.format(name=name, source=source, map="map.yaml") + more, encoding="utf-8")
    return preset
