"""Building blocks of the project's HTML pages: player, waveform, spectrogram, note roll, table, page."""

from composer_daw.pages.axes import Axes
from composer_daw.pages.colours import Look, look_of
from composer_daw.pages.page import (
    Page,
    Section,
    relative_href,
    render_page,
    render_section,
    render_shell,
    write_page,
)
from composer_daw.pages.player import VIEWS, Clip, axes_of, render_clip
from composer_daw.pages.roll import RollNote, roll_svg
from composer_daw.pages.spectrogram import Spectrogram, render_spectrogram
from composer_daw.pages.table import Column, Table, render_table
from composer_daw.pages.waveform import waveform_svg

__all__ = [
    "VIEWS",
    "Axes",
    "Clip",
    "Column",
    "Look",
    "Page",
    "RollNote",
    "Section",
    "Spectrogram",
    "Table",
    "axes_of",
    "look_of",
    "relative_href",
    "render_clip",
    "render_page",
    "render_section",
    "render_shell",
    "render_spectrogram",
    "render_table",
    "roll_svg",
    "waveform_svg",
    "write_page",
]
