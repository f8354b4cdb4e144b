"""What is heard of a performance: tempo, level, articulation and timing, measured from the output alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer_daw.humanizer.velocities import level_of
from composer_daw.performance import Performance

SHORTEST_BEATS = 0.1
"""Grace notes of no length last 20 ms at any tempo: they tell nothing of articulation."""


@dataclass(frozen=True)
class Heard:
    """Figures of a played score."""

    tempo: float
    """Times as fast as written, from the first onset to the last written end, by the tempo map."""
    level_db: float
    """The mean over the notes of 40 log10(velocity / 127)."""
    articulation: float
    """The mean share of its written length, at the tempo of the map, for which a note is held."""
    timing_ms: float
    """The standard deviation of played onsets against the grid of the tempo map."""
    duration_s: float


def heard(score: Performance, played: Performance) -> Heard:
    """Return what is heard of a score as it is played."""
    before, after = (one.notes[np.argsort(one.notes["source"])] for one in (score, played))
    beat = score.tempo.beats_at(before["written_onset_s"])
    end_beat = score.tempo.beats_at(before["written_onset_s"] + before["written_duration_s"])
    long = end_beat - beat > SHORTEST_BEATS
    grid, grid_end = played.tempo.seconds_at(beat), played.tempo.seconds_at(end_beat)
    spans = [np.ptp(one.tempo.seconds_at([beat.min(), end_beat.max()])) for one in (score, played)]
    return Heard(
        float(spans[0] / spans[1]),
        float(level_of(after["velocity"]).mean()),
        float((after["duration_s"] / (grid_end - grid + 1e-9))[long].mean()),
        1000.0 * float((after["onset_s"] - grid).std()),
        played.duration_s,
    )


def twenty_scores(shared_data: Path, examples: Path) -> list[Path]:
    """Return ten scores of ASAP and six phrases of VGMIDI, evenly over their names, and the four examples."""
    asap = sorted((shared_data / "asap").rglob("midi_score.mid"))
    phrases = sorted((shared_data / "vgmidi" / "phrases").glob("*.mid"))
    picked = [asap[row] for row in np.linspace(0, len(asap) - 1, 10).astype(int)]
    picked += [phrases[row] for row in np.linspace(0, len(phrases) - 1, 6).astype(int)]
    return [*picked, *sorted(examples.glob("*.mid")), examples / "song" / "song.mid"]
