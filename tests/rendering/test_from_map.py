"""A score that was written with one library's switches plays on another with the same techniques."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from midi_building import meta, note, save_score, save_tracks
from small_instruments import MAP, PRESET, write_instrument

from composer_daw.midi import load_midi, save_events
from composer_daw.rendering import Instrument, Take, load_instrument, render
from composer_daw.techniques.origins.prepare import prepare

OTHER = """\
technique_map: 1
instrument: Other Strings
range: [G2, C7]
groups:
  bowing: {default: Long}
  muting: {default: senza_sordino}
techniques:
  Long: {group: bowing, plays: sustain, on: [{program: 1, bank: 5}]}
  Short: {group: bowing, plays: staccato, on: [{program: 2, bank: 5}]}
  Plucked: {group: bowing, plays: pizzicato, on: [{program: 3, bank: 5}]}
  legato: {group: bowing, on: [{program: 4, bank: 5}], note: {overlap_ms: 20}}
  senza_sordino: {group: muting, on: [{cc: 90, value: 0}]}
  con_sordino: {group: muting, on: [{cc: 90, value: 127}]}
"""

TEXTS = ("pizz.", "con sord.", "arco", "stacc.", "senza sord.", "legato", "arco", "pizz.")


@pytest.fixture
def libraries(tmp_path: Path) -> tuple[Instrument, Instrument]:
    """Two instruments with nothing in common but what they can play."""
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "map.yaml").write_text(OTHER, encoding="utf-8")
    preset = folder / "other.yaml"
    preset.write_text(PRESET.format(name="Other Strings", source="sine", map="map.yaml"), encoding="utf-8")
    return load_instrument(write_instrument(tmp_path / "first")), load_instrument(preset)


def written(folder: Path) -> Path:
    """A scale of 16 notes in which every text stands once."""
    notes = [(240 * step, 230, 60 + step % 8) for step in range(16)]
    return save_score(folder / "written.mid", notes, *((480 * row, text) for row, text in enumerate(TEXTS)))


def of(take: Take) -> list[tuple[int, str]]:
    """Return the pitch and the techniques of each note, as far as they do not go without saying."""
    unsaid = {"sustain", "senza_sordino", "default"}
    names = ["+".join(sorted(set(name.split("+")) - unsaid)) for name in take.labels.played_names()]
    return list(zip(take.labels.rows["pitch"].tolist(), names, strict=True))


@pytest.mark.parametrize("way", ["there", "back"])
def test_the_same_techniques_on_another_library(
    libraries: tuple[Instrument, Instrument], tmp_path: Path, way: str
) -> None:
    first, second = libraries if way == "there" else libraries[::-1]
    take = render(load_midi(written(tmp_path)), first)
    save_events(take.events, tmp_path / "first.mid")
    score = load_midi(tmp_path / "first.mid")
    moved = prepare(score, second.technique_map, from_map=first.technique_map)
    assert moved.notes == ()
    again = render(moved.performance, second)
    assert of(again) == of(take)
    assert len({name for _, name in of(take)}) == 7
    assert set(again.labels.rung_names()) <= {"exact", "combined"}
    gap = again.labels.rows["sounding_onset_s"] - take.labels.rows["sent_onset_s"]
    np.testing.assert_allclose(gap, take.events.pre_roll_s, atol=0.001)  # the file begins with the pre-roll


def test_a_file_of_a_daw_with_keyswitches_by_hand(
    libraries: tuple[Instrument, Instrument], tmp_path: Path
) -> None:
    """Keyswitches stand in the melody's track, and one on a track of its own."""
    keys = [message for tick, key in ((0, 14), (960, 15), (1920, 12)) for message in note(tick, 60, key)]
    melody = [message for step in range(12) for message in note(240 * step, 220, 60 + step)]
    mute = [meta(0, "track_name", name="Switches"), *note(1440, 30, 17)]
    score = load_midi(save_tracks(tmp_path / "daw.mid", [*keys, *melody], mute))
    first, second = libraries
    moved = prepare(score, second.technique_map, from_map=first.technique_map)
    take = render(moved.performance, second)
    assert [name for _, name in of(take)] == [
        *["staccato"] * 4,
        *["pizzicato"] * 2,
        *["con_sordino+pizzicato"] * 2,
        *["con_sordino"] * 4,
    ]
    assert not np.isin(take.labels.rows["pitch"], [12, 14, 15, 17]).any()


def test_on_the_studio_violin(libraries: tuple[Instrument, Instrument], tmp_path: Path) -> None:
    first, violin = libraries[0], load_instrument("studio/violin")
    take = render(load_midi(written(tmp_path)), first)
    save_events(take.events, tmp_path / "first.mid")
    moved = prepare(load_midi(tmp_path / "first.mid"), violin.technique_map, from_map=first.technique_map)
    assert of(render(moved.performance, violin, sample_rate=16_000)) == of(take)


def test_the_library_as_it_is_in_the_first_map(libraries: tuple[Instrument, Instrument]) -> None:
    assert set(libraries[0].technique_map.techniques) & set(libraries[1].technique_map.techniques) == {
        "legato",
        "senza_sordino",
        "con_sordino",
    }
    assert "D0" in MAP
