"""MIDI files: read into a `Performance`, written from a performance or from events."""

from composer_daw.midi.read import load_midi
from composer_daw.midi.write import save_events, save_midi

__all__ = ["load_midi", "save_events", "save_midi"]
