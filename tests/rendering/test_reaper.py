"""The REAPER project, read back by a parser that is not ours."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rpp
from small_songs import save_song, write_graph

from composer_daw.audio import load_audio, save_audio
from composer_daw.midi import load_midi
from composer_daw.performance import Performance, TempoMap, Text
from composer_daw.rendering.graph_files import save_stems
from composer_daw.rendering.graph_plan import Plan, plan_graph
from composer_daw.rendering.graph_render import Mixdown, render_graph
from composer_daw.rendering.reaper import save_reaper

TRACKS = """\
  melody: {track: Melody, instrument: fake.yaml, output: high, sends: {hall: -6}}
  alto: {track: Alto, instrument: fake.yaml, output: high}
  bass: {track: Bass, instrument: fake.yaml, output: low}
"""
BUSES = """\
buses:
  all: {level_db: -3}
  high: {output: all, level_db: -4, pan: 0.3}
  low: {output: all, effects: [{compressor: {}}]}
  hall: {effects: [{reverb: {dry_level: 0}}]}
"""
TEMPO = TempoMap(
    np.array([0.0, 3.5, 8.0, 10.0]),
    np.array([120.0, 93.7, 60.0, 132.0]),
    ((0.0, 6, 8), (6.0, 4, 4), (9.0, 5, 4)),
)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan, Mixdown]:
    """Render a song with nested buses and many tempos; write mix, stems and project."""
    folder = tmp_path_factory.mktemp("reaper")
    song = load_midi(save_song(folder / "song.mid"))
    texts = (Text(2.0, 'the "B"', "marker"), Text(0.5, "pizz.", "marker", 2), Text(1.0, "no marker"))
    song = dataclasses.replace(song, tempo=TEMPO, texts=texts)
    plan = plan_graph(write_graph(folder, TRACKS, BUSES), song)
    mixdown = render_graph(plan)
    save_audio(mixdown.audio, folder / "out" / "song.flac")
    save_stems(mixdown, plan, folder / "stems")
    save_reaper(mixdown, plan, folder / "out" / "song.rpp", folder / "out" / "song.flac", folder / "stems")
    return folder, plan, mixdown


def project_of(folder: Path) -> rpp.Element:
    return rpp.loads((folder / "out" / "song.rpp").read_text(encoding="utf-8"))


def field(element: rpp.Element, tag: str) -> list[str]:
    return list(element.find(tag)[1:])


def tracks_of(project: rpp.Element) -> list[dict[str, Any]]:
    """Return every track with the folders it stands in, as REAPER nests them."""
    found, inside = [], []
    for track in project.findall("TRACK"):
        name, bus = field(track, "NAME")[0], [int(value) for value in field(track, "ISBUS")]
        sources = track.findall("ITEM/SOURCE")
        found.append(
            {
                "name": name,
                "inside": list(inside),
                "muted": field(track, "MUTESOLO")[0] == "1",
                "files": [field(source, "FILE")[0] for source in sources],
                "kinds": [source.attrib[0] for source in sources],
            }
        )
        if bus[0] == 1:
            inside.append(name)
        elif bus[0] == 2:
            del inside[bus[1] :]
    assert inside == []
    return found


def test_tracks_and_folders(done: tuple[Path, Plan, Mixdown]) -> None:
    tracks = tracks_of(project_of(done[0]))
    assert [(t["name"], t["inside"], t["muted"]) for t in tracks] == [
        ("all", [], False),
        ("high", ["all"], False),
        ("melody", ["all", "high"], False),
        ("alto", ["all", "high"], False),
        ("low", ["all"], False),
        ("bass", ["all", "low"], True),
        ("hall", [], False),
        ("dry", [], True),
        ("melody", ["dry"], True),
        ("alto", ["dry"], True),
        ("bass", ["dry"], True),
        ("mix", [], True),
    ]
    assert [t["kinds"] for t in tracks if t["files"]] == [["WAVE"]] * 8 + [["FLAC"]]


def test_the_project_sounds_as_the_mix(done: tuple[Path, Plan, Mixdown]) -> None:
    """Every file is there, found from the project's folder; those that sound add up to the mix."""
    folder, _, mixdown = done
    total: Any = 0
    for track in tracks_of(project_of(folder)):
        for file in track["files"]:
            assert not Path(file).is_absolute()
            audio = load_audio(folder / "out" / file)
            if not track["muted"]:
                total = total + audio.samples.astype(np.float64)
    assert np.abs(total - mixdown.audio.samples).max() < 10 ** (-100 / 20)
    assert {field(track, "VOLPAN")[0] for track in project_of(folder).findall("TRACK")} == {"1"}


def test_the_tempo_map(done: tuple[Path, Plan, Mixdown]) -> None:
    envelope = project_of(done[0]).find("TEMPOENVEX")
    points = [[float(value) for value in point[1:]] for point in envelope.findall("PT")]
    beats = [0.0, 3.5, 6.0, 8.0, 9.0, 10.0]
    assert [point[0] for point in points] == pytest.approx(TEMPO.seconds_at(beats).tolist())
    assert [point[1] for point in points] == pytest.approx([120, 93.7, 93.7, 60, 60, 132])
    assert {point[2] for point in points} == {1.0}
    metres = {beat: point[3:] for beat, point in zip(beats, points, strict=True) if len(point) > 3}
    assert metres == {
        0.0: [(8 << 16) + 6, 0, 1],
        6.0: [(4 << 16) + 4, 0, 1],  # after two bars of 6/8
        9.0: [(4 << 16) + 5, 0, 5],  # inside the first bar of 4/4, which is cut short
    }
    assert field(project_of(done[0]), "TEMPO") == ["120", "6", "8"]


def test_beats_fall_where_they_fall_in_the_score(done: tuple[Path, Plan, Mixdown]) -> None:
    """A tempo in steps is what REAPER reads: quarter notes counted from point to point."""
    envelope = project_of(done[0]).find("TEMPOENVEX")
    points = [[float(value) for value in point[1:3]] for point in envelope.findall("PT")]
    beats = np.cumsum([0.0] + [(b[0] - a[0]) * a[1] / 60 for a, b in zip(points, points[1:], strict=False)])
    assert beats == pytest.approx([0.0, 3.5, 6.0, 8.0, 9.0, 10.0])


def test_markers_in_order_and_those_of_a_part_say_so(done: tuple[Path, Plan, Mixdown]) -> None:
    markers = [line[1:4] for line in project_of(done[0]).findall("MARKER")]
    assert markers == [["1", "0.5", "Alto: pizz."], ["2", "2", 'the "B"']]


def test_the_same_song_the_same_bytes(done: tuple[Path, Plan, Mixdown], tmp_path: Path) -> None:
    folder, plan, mixdown = done
    again = folder / "out" / "again.rpp"
    save_reaper(mixdown, plan, again, folder / "out" / "song.flac", folder / "stems")
    assert again.read_bytes() == (folder / "out" / "song.rpp").read_bytes()


@pytest.mark.parametrize("name", ["plain", "two words", 'a "b"', "it's", 'a "b" it\'s', "`", "{x", ""])
def test_names_survive(name: str, done: tuple[Path, Plan, Mixdown], tmp_path: Path) -> None:
    _, plan, mixdown = done
    score: Performance = dataclasses.replace(plan.score, texts=(Text(1.0, name, "marker"),))
    save_reaper(
        mixdown, dataclasses.replace(plan, score=score), tmp_path / "a.rpp", tmp_path / "a.wav", tmp_path
    )
    project = rpp.loads((tmp_path / "a.rpp").read_text(encoding="utf-8"))
    assert project.find("MARKER")[3] == name
