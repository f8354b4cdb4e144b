"""`composer-daw render --graph`: a song in one command, its plan, and one line for what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from small_songs import TRACKS, save_song, write_graph

from composer_daw.audio import load_audio

REST = """\
sample_rate: 22050
buses:
  hall: {effects: [{reverb: {dry_level: 0}}], level_db: -3}
master: {loudness_lufs: -20}
"""
SENT = TRACKS.replace("Melody,", "Melody, pan: -0.5, sends: {hall: -12},")


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A song and a graph in the working folder."""
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path, SENT, REST)
    return save_song(tmp_path / "song.mid")


def test_a_song_in_one_command(run: Callable, song: Path, tmp_path: Path) -> None:
    ran = run("render", "song.mid", "--graph", "graph.yaml", "-o", "song.wav", "--stems", "stems")
    assert (ran.code, ran.err) == (0, "")
    first, second = ran.out.splitlines()
    assert re.fullmatch(r"song\.wav: \d\.\d\d s, 3 tracks, -20\.0 LUFS, -\d+\.\d dBTP", first)
    assert second == "stems: 7 stems; 4 of them add up to the mix"
    assert load_audio("song.wav").sample_rate == 22_050
    assert load_audio("song.wav").loudness_lufs() == pytest.approx(-20, abs=0.1)
    found = sorted(
        path.relative_to(tmp_path / "stems").as_posix() for path in Path("stems").resolve().rglob("*.*")
    )
    assert found == sorted(
        [f"{kind}/{name}" for kind in ("dry", "wet") for name in ("melody.wav", "alto.wav", "bass.wav")]
        + [f"labels/{name}.csv" for name in ("melody", "alto", "bass")]
        + ["bus/hall.wav", "stems.json"]
    )
    assert len(Path("stems/labels/alto.csv").read_text().splitlines()) == 5
    assert not Path("song.rpp").exists()


def test_the_rate_of_the_command_line_goes_first(run: Callable, song: Path) -> None:
    assert run("render", song, "--graph", "graph.yaml", "-o", "a.wav", "--sample-rate", 44_100).code == 0
    assert load_audio("a.wav").sample_rate == 44_100


def test_json_and_notes(run: Callable, song: Path, tmp_path: Path) -> None:
    tracks = "  melody: {track: Melody, instrument: fake.yaml, technique: tremolo}\n"
    write_graph(tmp_path, tracks, "unassigned: drop\nignore: [{channel: 3}]\nmaster: {loudness_lufs: -16}\n")
    ran = run("render", song, "--graph", "graph.yaml", "-o", "a.wav", "--json")
    facts = json.loads(ran.out)
    assert (ran.err, facts["tracks"], facts["ignored"], facts["unassigned"]) == ("", {"melody": 4}, 4, 4)
    assert facts["loudness_lufs"] == pytest.approx(-16, abs=0.1)
    assert facts["true_peak_db"] <= -1
    assert facts["notes"] == [
        "melody: asked for tremolo, plays sustain (fallback), notes: 4",
        "no track plays them, notes: 4",
    ]
    told = run("render", song, "--graph", "graph.yaml", "-o", "a.wav")
    assert told.err.splitlines() == [f"note: {note}" for note in facts["notes"]]


def test_a_project_beside_the_mix(run: Callable, song: Path) -> None:
    out = ["-o", "out/song.flac", "--stems", "out/stems", "--handoff", "reaper"]
    assert run("render", song, "--graph", "graph.yaml", *out).code == 0
    text = Path("out/song.rpp").read_text(encoding="utf-8")
    assert 'FILE "stems/wet/melody.wav"' in text
    assert 'FILE "song.flac"' in text


def test_a_dry_run_shows_the_plan_and_writes_nothing(run: Callable, song: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    ran = run("render", "song.mid", "--graph", "graph.yaml", "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "song.mid, 2.00 s, at 22050 Hz",
        "└── master, -20 LUFS, true peak at most -1 dBTP",
        "    ├── melody: track Melody, 4 notes on fake.yaml (written), pan -0.5, sends -12 dB to hall",
        "    ├── alto: track Alto, 4 notes on fake.yaml (written)",
        "    ├── bass: track Bass, 4 notes on fake.yaml (written)",
        "    └── hall: bus, reverb, -3 dB",
    ]
    assert sorted(tmp_path.iterdir()) == before


def test_a_dry_run_in_json(run: Callable, song: Path, tmp_path: Path) -> None:
    facts = json.loads(run("render", song, "--graph", "graph.yaml", "--dry-run", "--json").out)
    assert facts["strips"]["hall"] == {
        "kind": "bus",
        "level_db": -3.0,
        "pan": 0.0,
        "effects": ["reverb"],
        "output": "master",
        "sends": {},
    }
    assert facts["strips"]["melody"]["notes"] == 4
    assert facts["master"] == {"loudness_lufs": -20.0, "true_peak_db": -1.0, "effects": []}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "a.wav"], "give either -i INSTRUMENT or --graph YAML"),
        (["-o", "a.wav", "-i", "fake.yaml", "--graph", "graph.yaml"], "give either -i INSTRUMENT or --graph"),
        (["--graph", "graph.yaml"], "Missing option '-o' / '--output'"),
        (["-i", "fake.yaml", "--dry-run"], "--dry-run goes with --graph"),
        (["-i", "fake.yaml", "-o", "a.wav", "--dry-run"], "--dry-run goes with --graph"),
        (["-i", "fake.yaml", "-o", "a.wav", "--stems", "s"], "--stems goes with --graph"),
        (["--graph", "graph.yaml", "-o", "a.wav", "-t", "trem."], "--technique goes with -i"),
        (["--graph", "graph.yaml", "-o", "a.wav", "--labels", "a.csv"], "--labels goes with -i"),
        (["--graph", "graph.yaml", "-o", "a.wav", "--handoff", "reaper"], "--handoff needs --stems DIR"),
    ],
)
def test_options_that_do_not_go_together(
    run: Callable, song: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    before = sorted(tmp_path.iterdir())
    ran = run("render", song, *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        (("output", "output"), ["-o", "a.mp3"], "a.mp3: cannot write '.mp3'"),
        (("output", "output"), ["-o", "song.mid/a.wav"], "a file stands where a folder should be"),
        (
            ("output", "output"),
            ["-o", "a.wav", "--stems", "song.mid"],
            "a file stands where a folder should b",
        ),
        (("Alto", "Alt"), ["-o", "a.wav"], "graph.yaml:4: tracks: alto: track: no track 'Alt' (did you mean"),
        (
            ("Alto, instrument: fake.yaml", "Alto"),
            ["-o", "a.wav"],
            "graph.yaml:4: tracks: alto: 'instrument' is",
        ),
        (("{hall: -12}", "{hal: -12}"), ["-o", "a.wav"], "graph.yaml:3: tracks: melody: sends: hal: no bus"),
    ],
)
def test_one_line_and_nothing_written(
    run: Callable, song: Path, tmp_path: Path, change: tuple[str, str], arguments: list[str], said: str
) -> None:
    graph = tmp_path / "graph.yaml"
    graph.write_text(graph.read_text().replace(*change))
    before = sorted(tmp_path.iterdir())
    ran = run("render", song, "--graph", "graph.yaml", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert sorted(tmp_path.iterdir()) == before
