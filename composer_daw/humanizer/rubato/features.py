"""What the score says at each distinct onset, in numbers: all that the rubato model sees.

Nothing here is taken from a performance, nor from the tempo or velocities of the file: those of a score as
MIDI are often the program's defaults. Time is in beats of the metre (of 6/8: dotted quarters), windows too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer import phrases as ph
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rubato.alignments import Score
from composer_daw.humanizer.rubato.baseline import RubatoRules, final_ritard, ruled_curves
from composer_daw.humanizer.rubato.codec import distinct_onsets
from composer_daw.humanizer.rubato.harmony import harmony
from composer_daw.performance import Floats

Columns = dict[str, Floats]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
WINDOWS = (2.0, 8.0, 32.0)
"""Half widths in beats of the windows that texture is looked at through."""


@dataclass(frozen=True)
class Onsets:
    """The distinct onsets of a score; one value or row for each, positions in quarter notes."""

    score: Score
    beat: Floats
    onset_of: Ints
    pulse: Floats
    """Beats of the metre from the start."""
    phrases: ph.Phrases

    def highest(self, values: Floats) -> Floats:
        """Return the largest value of the notes of each onset."""
        return np.maximum.reduceat(values, np.flatnonzero(np.diff(self.onset_of, prepend=-1)))

    def total(self, values: Floats) -> Floats:
        """Return the sum over the notes of each onset."""
        return np.asarray(np.bincount(self.onset_of, values, len(self.beat)))


def score_of(lines: Lines) -> Score:
    """Return the score of all parts together, without drums."""
    rows = np.flatnonzero(~lines.is_drum[lines.chord_of])
    beat, pitch = lines.beat[rows], lines.performance.notes["pitch"][rows].astype(float)
    order = np.lexsort((pitch, beat))
    length = np.maximum(lines.end_beat[rows] - beat, 1e-3)
    return Score(beat[order], length[order], pitch[order], lines.performance.tempo.metres)


def onsets_of(score: Score, phrases: ph.Phrases | None = None) -> Onsets:
    """Return the distinct onsets of a score, and its phrases where none are given."""
    beat, onset_of = distinct_onsets(score.beat)
    found = phrases or ph.group(score.beat, score.length, score.pitch, score.metres)
    unit = ph.beat_length(score.metres, beat)
    pulse = np.concatenate([[0.0], np.cumsum(np.diff(beat) / unit[:-1])]) if len(beat) else beat
    return Onsets(score, beat, onset_of, pulse, found)


def features(onsets: Onsets) -> Columns:
    """Return each feature by name: one finite value for each distinct onset."""
    columns: Columns = {}
    for part in (_metre, _lengths, _melody, _texture, _form, harmony_columns, _rules):
        columns |= part(onsets)
    return columns


def matrix(columns: Columns) -> Floats:
    """Return features as rows of onsets, columns in the order of `columns`."""
    return np.column_stack(list(columns.values()))


def _metre(on: Onsets) -> Columns:
    phase = ph.bar_phase(on.score.metres, on.beat)
    bar = ph.bar_length(on.score.metres, on.beat)
    unit = ph.beat_length(on.score.metres, on.beat)
    columns: Columns = {}
    for name, length in (("bar", bar), ("beat", unit), ("two_bars", 2 * bar), ("four_bars", 4 * bar)):
        turn = 2 * np.pi * (phase if length is bar else on.beat) / length
        columns |= {f"{name}_sin": np.sin(turn), f"{name}_cos": np.cos(turn)}
    columns["downbeat"] = (phase < 1e-3).astype(float)
    columns["on_beat"] = (np.abs(phase / unit - np.round(phase / unit)) < 1e-3).astype(float)
    columns["beats_of_bar"] = bar / unit
    columns["compound"] = (np.mod(unit * 8 / 3 + 1e-6, 1) < 1e-3).astype(float)
    return columns


def _lengths(on: Onsets) -> Columns:
    ioi = np.diff(on.pulse, append=on.pulse[-1] + 1)
    unit = ph.beat_length(on.score.metres, on.beat)
    longest = on.highest(on.score.length) / unit
    sounding = np.maximum.accumulate(on.highest(on.score.beat + on.score.length))
    rest = np.maximum(np.diff(on.beat, append=on.beat[-1]) - (sounding - on.beat), 0) / unit
    log_ioi = np.log2(np.clip(ioi, 1 / 32, 16))
    columns = {"ioi": log_ioi, "longest": np.log2(np.clip(longest, 1 / 32, 16)), "rest": np.minimum(rest, 4)}
    for back in (1, 2):
        columns[f"ioi_back_{back}"] = _moved(log_ioi, back)
        columns[f"ioi_on_{back}"] = _moved(log_ioi, -back)
    columns["rest_before"] = _moved(columns["rest"], 1)
    columns["ioi_against"] = log_ioi - _smooth(on.pulse, log_ioi, 4.0)
    columns["graces"] = np.minimum(on.total((on.score.length <= 0).astype(float)), 4)
    columns["grace_next"] = _moved(columns["graces"], -1)
    return columns


def _melody(on: Onsets) -> Columns:
    score = on.score
    rows = ph.melody(score.beat, score.length, score.pitch)
    at = on.onset_of[rows]
    rows, at = rows[np.unique(at, return_index=True)[1]], np.unique(at)
    pitch = np.interp(np.arange(len(on.beat)), at, score.pitch[rows])
    step = np.diff(score.pitch[rows], prepend=score.pitch[rows[0]])
    follows, comes = np.zeros(len(on.beat)), np.zeros(len(on.beat))
    follows[at], comes[at[:-1]] = step, step[1:]
    begins = np.zeros(len(on.beat))
    begins[at] = 1.0
    span = np.diff(score.beat[rows], append=score.beat[rows[-1]] + 1.0)
    strengths = ph.boundary_strengths(
        score.beat[rows], np.minimum(score.length[rows], span), score.pitch[rows]
    )
    edge, long = np.zeros(len(on.beat)), np.zeros(len(on.beat))
    edge[at], long[at] = strengths, np.log2(np.clip(span, 1 / 32, 16))
    bass = -on.highest(-score.pitch)
    columns = {
        "melody": (pitch - 72) / 12,
        "melody_begins": begins,
        "step": np.clip(follows, -12, 12) / 12,
        "step_on": np.clip(comes, -12, 12) / 12,
        "leap": np.clip(np.abs(comes) - 2, 0, 24) / 12,
        "boundary": edge,
        "boundary_on": _moved(edge, -1),
        "melody_length": long,
        "bass_leap": np.clip(np.abs(np.diff(bass, append=bass[-1])), 0, 36) / 12,
    }
    for width in WINDOWS:
        columns[f"melody_against_{width:g}"] = (pitch - _smooth(on.pulse, pitch, width)) / 12
        columns[f"boundaries_{width:g}"] = _smooth(on.pulse, edge, width) * min(width, 8)
    return columns


def _texture(on: Onsets) -> Columns:
    count = on.total(np.ones(len(on.score.beat)))
    top, bottom = on.highest(on.score.pitch), -on.highest(-on.score.pitch)
    mean = on.total(on.score.pitch) / count
    columns = {
        "notes": np.log2(count),
        "top": (top - 72) / 12,
        "bottom": (bottom - 48) / 12,
        "span": (top - bottom) / 24,
        "sounding": np.log2(1 + _sounding(on)),
    }
    overall = np.log2(len(on.score.beat) / max(on.pulse[-1], 1.0))
    columns["piece_density"] = np.full(len(on.beat), overall)
    for width in WINDOWS:
        notes, onsets_ = _rate(on.pulse, count, width), _rate(on.pulse, np.ones(len(on.beat)), width)
        columns[f"density_{width:g}"] = np.log2(np.maximum(notes, 1 / 16)) - overall
        columns[f"onsets_{width:g}"] = np.log2(np.maximum(onsets_, 1 / 16))
        columns[f"register_{width:g}"] = (_smooth(on.pulse, mean, width) - mean.mean()) / 12
        columns[f"density_change_{width:g}"] = _change(on.pulse, np.log2(1 + count), width)
        columns[f"register_change_{width:g}"] = _change(on.pulse, mean, width) / 12
    return columns


def _form(on: Onsets) -> Columns:
    left, gone = on.pulse[-1] - on.pulse, on.pulse
    columns = {
        "through": gone / max(on.pulse[-1], 1e-9),
        "piece_length": np.full(len(on.beat), np.log2(1 + on.pulse[-1]) / 8),
    }
    for reach in (2.0, 8.0, 32.0):
        columns[f"ending_{reach:g}"], columns[f"beginning_{reach:g}"] = (
            np.exp(-left / reach),
            np.exp(-gone / reach),
        )
    for level in range(len(on.phrases.levels)):
        start, end = on.phrases.around(on.beat, level)
        place = on.phrases.place(on.beat, level)
        columns[f"phrase_{level}"] = place
        columns[f"phrase_{level}_arch"] = (2 * place - 1) ** 2
        columns[f"phrase_{level}_from"] = np.exp(-(on.beat - start))
        columns[f"phrase_{level}_to"] = np.exp(-(end - on.beat) / 2)
        columns[f"phrase_{level}_length"] = np.log2(np.maximum(end - start, 0.25)) / 4
    return columns


def harmony_columns(on: Onsets) -> Columns:
    """Return what `harmony` says, by onsets."""
    return harmony(on.pulse, on.onset_of, on.score.pitch, on.score.length)


def _rules(on: Onsets) -> Columns:
    log_period, level_db = ruled_curves(on.beat, on.phrases, RubatoRules(ritard=0))
    columns = {"ruled_period": log_period, "ruled_level": level_db}
    for beats in (2.0, 4.0, 8.0, 16.0):
        columns[f"ritard_{beats:g}"] = final_ritard(on.pulse, RubatoRules(ritard_beats=beats))
    return columns


def _moved(values: Floats, rows: int) -> Floats:
    """Return values `rows` onsets earlier (later, where negative); the edges hold."""
    return values[np.clip(np.arange(len(values)) - rows, 0, len(values) - 1)]


def _windows(at: Floats, behind: float, ahead: float) -> tuple[Ints, Ints]:
    return np.searchsorted(at, at - behind - 1e-6), np.searchsorted(at, at + ahead + 1e-6)


def _sums(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _smooth(at: Floats, values: Floats, width: float) -> Floats:
    """Return the mean over the onsets up to `width` away."""
    first, until = _windows(at, width, width)
    sums = _sums(values)
    return np.asarray((sums[until] - sums[first]) / (until - first))


def _rate(at: Floats, values: Floats, width: float) -> Floats:
    """Return the sum over a window for each beat of it; windows end with the piece."""
    first, until = _windows(at, width, width)
    sums = _sums(values)
    span = np.minimum(at + width, at[-1] + 1) - np.maximum(at - width, at[0])
    return np.asarray((sums[until] - sums[first]) / span)


def _change(at: Floats, values: Floats, width: float) -> Floats:
    """Return the mean over the beats to come less the mean over those before."""
    sums = _sums(values)
    here = np.arange(len(at))
    first, until = _windows(at, width, width)
    before = np.where(here > first, (sums[here] - sums[first]) / np.maximum(here - first, 1), values)
    return np.asarray((sums[until] - sums[here]) / np.maximum(until - here, 1) - before)


def _sounding(on: Onsets) -> Floats:
    """Return how many notes sound at each onset, those that begin there too."""
    ends = np.sort(on.score.beat + on.score.length)
    begun = np.cumsum(on.total(np.ones(len(on.score.beat))))
    return begun - np.searchsorted(ends, on.beat + 1e-6)
