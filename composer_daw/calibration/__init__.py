"""Calibration: find out what an instrument really does, by rendering it and measuring the sound."""

from composer_daw.calibration.single_notes import BEFORE_S, SingleNote, render_single_notes

__all__ = ["BEFORE_S", "SingleNote", "render_single_notes"]
