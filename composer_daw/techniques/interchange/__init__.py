"""Technique maps to and from the formats of DAWs; every conversion says what it could not carry."""

from composer_daw.techniques.interchange.conversion import Conversion, Entry, Loss, map_of_entries

__all__ = ["Conversion", "Entry", "Loss", "map_of_entries"]
