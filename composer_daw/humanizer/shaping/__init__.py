"""Technique shaping: controls and small changes that each technique asks for, after the humanizer."""

from composer_daw.humanizer.shaping.dynamics import told_by_score
from composer_daw.humanizer.shaping.figures import Figures
from composer_daw.humanizer.shaping.shape import shape, shaped

__all__ = ["Figures", "shape", "shaped", "told_by_score"]
