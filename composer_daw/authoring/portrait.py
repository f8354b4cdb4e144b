"""A picture of a preset: its spectrum and its envelope over the phrase, drawn from the fingerprint."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.authoring.fingerprint import DEPTH_DB, HOP_S, THIRDS_HZ, SoundPrint
from composer_daw.errors import InputError
from composer_daw.files import written_whole
from composer_daw.measure.frames import Array
from composer_daw.techniques.pitch_names import name_of

INK, SOFT, MARK = "#20435c", "#7fa6bf", "#b4552d"
SIZE_INCHES, DPI = (10.0, 3.6), 120


def save_portrait(sound: SoundPrint, title: str, path: Path) -> None:
    """Draw spectrum and envelope into a PNG, whole or not at all.

    The spectrum is the mean over the notes, and a thin line for each of them; both sum the channels' power.
    """
    if path.suffix.lower() != ".png":
        raise InputError(f"{path}: the picture is a PNG; let its name end in .png")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11)
    spectrum, envelope = figure.subplots(1, 2, width_ratios=(2, 3))
    _draw_spectrum(spectrum, sound)
    _draw_envelope(envelope, sound)
    for axes in (spectrum, envelope):
        axes.grid(True, color="#e3e3e3", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylabel("level in dBFS")
        axes.tick_params(labelsize=8)
    with written_whole(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a title in a script that the font has not
        figure.savefig(temporary, format="png", metadata={"Software": None})


def spectra_db(sound: SoundPrint) -> Array:
    """Return the level in each third of an octave, onsets x bands: the sum of the channels."""
    rows = np.array(sound.bands_db).reshape(len(sound.envelope_db), -1, len(THIRDS_HZ))
    return np.asarray(10.0 * np.log10((10.0 ** (rows / 10.0)).sum(axis=0)))


def levels_db(sound: SoundPrint) -> Array:
    """Return the level every 50 ms: the sum of the channels."""
    return np.asarray(10.0 * np.log10((10.0 ** (np.array(sound.envelope_db) / 10.0)).sum(axis=0)))


def _draw_spectrum(axes: Any, sound: SoundPrint) -> None:
    rows = spectra_db(sound)
    mean = 10.0 * np.log10((10.0 ** (rows / 10.0)).mean(axis=0))
    for row in rows:
        axes.semilogx(THIRDS_HZ, row, color=SOFT, linewidth=0.7, alpha=0.7)
    axes.semilogx(THIRDS_HZ, mean, color=INK, linewidth=2.0, drawstyle="steps-mid")
    top = max(float(rows.max()), -100.0)
    axes.set_ylim(top - DEPTH_DB, top + 5.0)
    axes.set_xlim(THIRDS_HZ[0], THIRDS_HZ[-1])
    axes.set_xticks([50, 100, 200, 500, 1000, 2000, 5000, 10_000])
    axes.set_xticklabels(["50", "100", "200", "500", "1k", "2k", "5k", "10k"])
    axes.minorticks_off()
    axes.set_xlabel("frequency in Hz, thirds of an octave")


def _draw_envelope(axes: Any, sound: SoundPrint) -> None:
    levels = levels_db(sound)
    times = (np.arange(len(levels)) + 0.5) * HOP_S
    top = max(float(levels.max()), -100.0)
    axes.fill_between(times, np.maximum(levels, top - DEPTH_DB), top - DEPTH_DB, color=SOFT, linewidth=0.0)
    axes.plot(times, levels, color=INK, linewidth=1.2)
    axes.set_ylim(top - DEPTH_DB, top + 8.0)
    axes.set_xlim(0.0, len(levels) * HOP_S)
    for onset in sorted({note[0] for note in sound.notes}):
        names = " ".join(name_of(pitch) for at, _, pitch, _ in sound.notes if at == onset)
        axes.axvline(onset, color=MARK, linewidth=0.7, alpha=0.6)
        axes.text(onset + 0.02, top + 7.5, names, fontsize=7, color=MARK, va="top")
    axes.set_xlabel("time in s; the notes of the phrase by name")
