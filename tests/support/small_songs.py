"""A small song of three parts, and graphs for it on the fake instrument."""

from __future__ import annotations

from pathlib import Path

import mido
from midi_building import meta, note, save_tracks
from small_instruments import write_instrument

PARTS = (("Melody", 0, 67), ("Alto", 1, 60), ("Bass", 2, 48))


def save_song(path: Path) -> Path:
    """Write three parts of four notes, two bars of 4/4 at 120 with one marker, each on its own channel."""
    conductor = [meta(0, "time_signature", numerator=4, denominator=4), meta(0, "set_tempo", tempo=500_000)]
    conductor += [meta(960, "marker", text="B")]
    tracks = []
    for name, channel, pitch in PARTS:
        part = [
            meta(0, "track_name", name=name),
            (0, mido.Message("program_change", channel=channel, program=40)),
        ]
        for step in range(4):
            part += note(480 * step, 480, pitch + step, 80, channel)
        tracks.append(part)
    return save_tracks(path, conductor, *tracks)


TRACKS = """\
  melody: {track: Melody, instrument: fake.yaml}
  alto: {track: Alto, instrument: fake.yaml}
  bass: {track: Bass, instrument: fake.yaml}
"""


def write_graph(folder: Path, tracks: str = TRACKS, rest: str = "") -> Path:
    """Write a graph of these tracks, and the fake instrument beside it."""
    write_instrument(folder)
    path = folder / "graph.yaml"
    path.write_text(f"graph: 1\ntracks:\n{tracks}{rest}", encoding="utf-8")
    return path
