"""Scores: MIDI files and MusicXML become a `Performance`; MIDI is written from one, or from events."""

from composer_daw.midi.read import load_midi
from composer_daw.midi.score import load_score
from composer_daw.midi.write import save_events, save_midi

__all__ = ["load_midi", "load_score", "save_events", "save_midi"]
