"""Studio: the page on which versions of a piece are heard side by side."""

from composer_daw.studio.audition import write_audition
from composer_daw.studio.page import AuditionPage, Marker, Piece, Stem, Version
from composer_daw.studio.scores import markers_of, roll_notes, tempo_curve

__all__ = [
    "AuditionPage",
    "Marker",
    "Piece",
    "Stem",
    "Version",
    "markers_of",
    "roll_notes",
    "tempo_curve",
    "write_audition",
]
