"""Scores of either kind, told apart by their names."""

from __future__ import annotations

from pathlib import Path

from composer_daw.midi.read import load_midi
from composer_daw.performance import Performance

MUSICXML = (".musicxml", ".xml", ".mxl")


def load_score(path: str | Path) -> Performance:
    """Read a score: MusicXML by its suffix (.musicxml, .xml, .mxl), else a MIDI file; raise InputError."""
    if Path(path).suffix.lower() in MUSICXML:
        from composer_daw.midi.musicxml import load_musicxml

        return load_musicxml(path)
    return load_midi(path)
