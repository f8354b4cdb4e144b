"""The example song: its MIDI is what its texts say, and its graphs render it as they promise."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import mido
import numpy as np
import pytest
import soundfile

from composer_daw.errors import ComposerError
from composer_daw.midi import load_midi
from composer_daw.rendering.graph_files import save_stems
from composer_daw.rendering.graph_plan import Plan, plan_graph
from composer_daw.rendering.graph_render import render_graph

EXAMPLES = Path(__file__).parents[2] / "examples"
SONG = EXAMPLES / "song"


@pytest.fixture
def make_song(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    spec = importlib.util.spec_from_file_location("make_song", EXAMPLES / "make_song.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_song", module)
    spec.loader.exec_module(module)
    return module


def test_the_song_is_what_its_texts_say(make_song: ModuleType, tmp_path: Path) -> None:
    written = make_song.make_song(tmp_path)
    assert written.read_bytes() == (SONG / "song.mid").read_bytes(), "run make_song.py"


def test_the_song_has_three_parts_of_one_length() -> None:
    file = mido.MidiFile(SONG / "song.mid")
    assert [track.name for track in file.tracks] == ["Evening Round", "Melody", "Counter", "Plucked"]
    assert len({sum(message.time for message in track) for track in file.tracks}) == 1
    score = load_midi(SONG / "song.mid")
    assert 25 < score.duration_s < 40
    assert [text.text for text in score.texts if text.track == 0 and text.kind == "marker"] == [
        "Round",
        "Second round",
        "Evening",
    ]
    assert len(score.tempo.bpm) > 5


def check_render(plan: Plan, folder: Path) -> None:
    """Render, write, and check the promises: the sum within -80 dBFS, the loudness within 0.5 LU."""
    mixdown = render_graph(plan)
    save_stems(mixdown, plan, folder)
    listed = json.loads((folder / "stems.json").read_text(encoding="utf-8"))["files"]
    total = sum(soundfile.read(folder / entry["file"])[0] for entry in listed if entry["in_mix"])
    assert np.abs(total.T - mixdown.audio.samples).max() < 10 ** (-80 / 20)
    assert mixdown.audio.loudness_lufs() == pytest.approx(-16, abs=0.5)
    assert mixdown.audio.true_peak_db <= -1.0
    assert mixdown.notes == ()
    hall = next(stem.audio for stem in mixdown.stems if stem.name == "hall")
    assert -50 < hall.rms_db < mixdown.audio.rms_db


def test_the_song_renders_with_nothing_installed(tmp_path: Path) -> None:
    check_render(plan_graph(SONG / "graph.yaml", load_midi(SONG / "song.mid"), 22_050), tmp_path)


def test_the_song_renders_in_dragonflys_hall(tmp_path: Path) -> None:
    try:
        plan = plan_graph(SONG / "graph_dragonfly.yaml", load_midi(SONG / "song.mid"))
    except ComposerError as error:
        if "DragonflyHallReverb" not in str(error):
            raise
        missing = pytest.fail if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1" else pytest.skip
        missing(f"install Debian's dragonfly-reverb-vst: {error}")
    check_render(plan, tmp_path)
