"""Stems on disk: what is written, and what the list says about it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_songs import TRACKS, save_song, write_graph

from composer_daw.audio import Audio, load_audio
from composer_daw.errors import OutputError
from composer_daw.events import Events
from composer_daw.hosts.fake import FakeHost
from composer_daw.midi import load_midi
from composer_daw.rendering.graph_files import save_stems
from composer_daw.rendering.graph_plan import plan_graph
from composer_daw.rendering.graph_render import render_graph

ROOM = "buses:\n  room: {effects: [{reverb: {}}]}\n"
TO_ROOM = TRACKS.replace("Bass,", "Bass, output: room,")


def test_the_files_and_their_list(tmp_path: Path) -> None:
    song = load_midi(save_song(tmp_path / "song.mid"))
    plan = plan_graph(write_graph(tmp_path, TO_ROOM, ROOM + "master: {loudness_lufs: -9}\n"), song)
    mixdown = render_graph(plan)
    paths = save_stems(mixdown, plan, tmp_path / "stems")
    listed = json.loads((tmp_path / "stems" / "stems.json").read_text(encoding="utf-8"))
    names = ["dry/melody", "dry/alto", "dry/bass", "wet/melody", "wet/alto", "wet/bass", "bus/room"]
    assert [entry["file"] for entry in listed["files"]] == [f"{name}.wav" for name in names]
    assert paths == [tmp_path / "stems" / f"{name}.wav" for name in names]
    assert {soundfile.info(path).subtype for path in paths} == {"FLOAT"}
    total = sum(
        soundfile.read(tmp_path / "stems" / entry["file"])[0] for entry in listed["files"] if entry["in_mix"]
    )
    assert np.abs(total.T - mixdown.audio.samples).max() < 10 ** (-100 / 20)
    bass = next(entry for entry in listed["files"] if entry["file"] == "wet/bass.wav")
    assert (bass["in_mix"], bass["technique"], bass["licence"]["name"]) == (False, "written", "CC0-1.0")
    assert listed["in_mix_adds_up_to"] == "the mix"
    assert listed["gain_db"] == pytest.approx(mixdown.mastered.gain_db, abs=0.001)


def test_the_premaster_is_named_where_the_master_has_effects(tmp_path: Path) -> None:
    song = load_midi(save_song(tmp_path / "song.mid"))
    plan = plan_graph(write_graph(tmp_path, TRACKS, "master: {effects: [{reverb: {}}]}\n"), song)
    save_stems(render_graph(plan), plan, tmp_path / "stems")
    listed = json.loads((tmp_path / "stems" / "stems.json").read_text(encoding="utf-8"))
    assert listed["in_mix_adds_up_to"] == "premaster.wav"
    assert (tmp_path / "stems" / "premaster.wav").is_file()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    song = load_midi(save_song(tmp_path / "song.mid"))
    plan = plan_graph(write_graph(tmp_path), song)
    (tmp_path / "stems").write_text("")
    with pytest.raises(OutputError, match="a file stands where a folder should be"):
        save_stems(render_graph(plan), plan, tmp_path / "stems")


def test_outputs_of_an_instrument_become_stems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two outputs that the host sounds on are kept apart, and their sum is the track."""
    real = FakeHost.render

    def on_two_outputs(self: FakeHost, events: Events, duration_s: float, seed: int = 0) -> Audio:
        mono = real(self, events, duration_s, seed).samples
        return Audio(np.concatenate([mono, mono, 2 * mono, 3 * mono]), self.sample_rate)

    monkeypatch.setattr(FakeHost, "render", on_two_outputs)
    song = load_midi(save_song(tmp_path / "song.mid"))
    path = write_graph(tmp_path, "  drums: {track: [2, 3, 4], instrument: fake.yaml}\n")
    preset = tmp_path / "fake.yaml"
    preset.write_text(preset.read_text() + "outputs: [kick/in]\nlevel_db: 24\n")
    plan = plan_graph(path, song)
    mixdown = render_graph(plan)
    paths = save_stems(mixdown, plan, tmp_path / "stems")
    names = ["drums kick_in", "drums output 2"]
    assert paths[1:3] == [tmp_path / "stems" / "output" / f"{name}.wav" for name in names]
    dry, first, second = (load_audio(path).samples for path in paths[:3])
    np.testing.assert_allclose(first + second, dry, atol=1e-5)
    np.testing.assert_allclose(second[1], 3 * first[0], atol=1e-4)
    assert mixdown.takes["drums"].gain_db < 0
    assert {stem.kind for stem in mixdown.stems if stem.in_mix} == {"wet"}
