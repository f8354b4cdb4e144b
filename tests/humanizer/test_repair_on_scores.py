"""Repair on scores as they are: notes of no length, doubled notes, tracks in unison on one channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from midi_building import meta, note, save_tracks

from composer_daw.humanizer import Humanized, humanize
from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.repair import SHORTEST_S
from composer_daw.midi import load_midi, save_midi

STRONG = [("keep", (-1.0, 1.0)), ("map", (-1.0, -1.0))]
NO_LENGTH = ["Beethoven/Piano_Sonatas/18-1", "Beethoven/Piano_Sonatas/10-1", "Schumann/Kreisleriana/7"]
UNISON = "Chrono_SNES_Chrono Trigger_Corridors of Time_0.mid"
FARTHEST_S = 0.08
"""No strong emotion asks for more, nor is any note further from its beat."""
TICK_S = 60.0 / 120.0 / 480.0


def off_beat_s(humanized: Humanized) -> np.ndarray:
    """Return how far each note begins from where the curve of time has its beat, in seconds."""
    notes, lines = humanized.performance.notes, humanized.lines
    played = notes["onset_s"][np.argsort(notes["source"])]
    return np.abs(played - humanized.warp.at(lines.beat)[np.argsort(lines.performance.notes["source"])])


def asked_s(humanized: Humanized) -> float:
    """Return the most that the rules move any chord, or its highest note, by itself."""
    total = Changes.total(humanized.by_rule.values(), len(humanized.lines))
    return float(np.abs(total.shift_ms).max() + np.abs(total.lead_ms).max()) / 1000.0


def moved(humanized: Humanized) -> list[str]:
    return [one for one in humanized.remarks if "are moved" in one]


@pytest.mark.parametrize(("tempo", "point"), STRONG)
@pytest.mark.parametrize("name", NO_LENGTH)
def test_no_note_waits_for_notes_of_no_length(
    shared_data: Path, name: str, tempo: str, point: tuple[float, float]
) -> None:
    score = load_midi(shared_data / "asap" / name / "midi_score.mid")
    assert (score.notes["duration_s"] < 0.003).sum() > 20
    humanized = humanize(score, *point, tempo=tempo, seed=1)
    assert off_beat_s(humanized).max() <= min(asked_s(humanized) + SHORTEST_S, FARTHEST_S)
    assert not moved(humanized)


@pytest.mark.parametrize(("tempo", "point"), STRONG)
def test_a_grid_of_notes_of_no_length_is_played_on_it(
    tmp_path: Path, tempo: str, point: tuple[float, float]
) -> None:
    crowd = [note(120 * step, 120 if last else 0, 60) for step in range(16) for last in [0, 0, 0, 0, 0, 1]]
    eighths = [note(240 * step, 240, 60 + step % 5) for step in range(8, 24)]
    path = save_tracks(tmp_path / "crowd.mid", [one for pair in (*crowd, *eighths) for one in pair])
    score = load_midi(path)
    assert (score.notes["duration_s"] < 0.003).sum() == 80
    humanized = humanize(score, *point, tempo=tempo, seed=1)
    assert off_beat_s(humanized).max() <= asked_s(humanized) + 1e-6
    assert not moved(humanized)


@pytest.mark.parametrize(("tempo", "point"), STRONG)
def test_a_doubled_note_keeps_its_length(shared_data: Path, tempo: str, point: tuple[float, float]) -> None:
    score = load_midi(shared_data / "vgmidi" / "phrases" / UNISON)
    played = humanize(score, *point, tempo=tempo, seed=1).performance
    before, after = (one.notes[np.argsort(one.notes["source"])]["duration_s"] for one in (score, played))
    assert after[before > 0.1].min() > 0.03


@pytest.mark.parametrize(("tempo", "point"), STRONG)
def test_five_tracks_in_unison_on_one_channel_all_sound(
    tmp_path: Path, tempo: str, point: tuple[float, float]
) -> None:
    tune = [one for step in range(32) for one in note(240 * step, 240, 60 + step % 3 // 2)]
    tracks = [[meta(0, "track_name", name=f"Violin {number}"), *tune] for number in range(5)]
    score = load_midi(save_tracks(tmp_path / "unison.mid", *tracks))
    humanized = humanize(score, *point, tempo=tempo, seed=1)
    save_midi(humanized.performance, tmp_path / "played.mid", by_track=True)
    for played in (humanized.performance, load_midi(tmp_path / "played.mid")):
        assert len(played.notes) == 160 and played.notes["duration_s"].min() > 0.05
    alone = humanize(load_midi(save_tracks(tmp_path / "one.mid", tracks[0])), *point, tempo=tempo, seed=1)
    lengths = [one.performance.notes["duration_s"].mean() for one in (humanized, alone)]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.05)


def test_a_file_has_the_shortest_notes_to_a_tick(tmp_path: Path) -> None:
    score = load_midi(
        save_tracks(tmp_path / "short.mid", [m for n in range(40) for m in note(97 * n, 1, 60)])
    )
    played = humanize(score, 1, 1, seed=1).performance
    assert played.notes["duration_s"].min() >= SHORTEST_S - 1e-6
    save_midi(played, tmp_path / "played.mid", by_track=True)
    assert load_midi(tmp_path / "played.mid").notes["duration_s"].min() >= SHORTEST_S - TICK_S
