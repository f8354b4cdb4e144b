"""A graph and a score: what fits, and one line with the place for all that does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_songs import TRACKS, save_song, write_graph

from composer_daw.documents import parse_document
from composer_daw.errors import DocumentError, InputError
from composer_daw.midi import load_midi
from composer_daw.performance import Performance
from composer_daw.rendering.graph import Graph
from composer_daw.rendering.graph_plan import plan_graph

TWO = """\
  melody: {track: Melody, instrument: fake.yaml}
  alto: {track: Alto, instrument: fake.yaml}
"""
HALL = "buses:\n  hall: {}\n"


@pytest.fixture
def song(tmp_path: Path) -> Performance:
    return load_midi(save_song(tmp_path / "song.mid"))


def test_every_note_goes_to_its_track(song: Performance, tmp_path: Path) -> None:
    plan = plan_graph(write_graph(tmp_path), song)
    assert [(part.name, part.performance.notes["pitch"].tolist()) for part in plan.parts] == [
        ("melody", [67, 68, 69, 70]),
        ("alto", [60, 61, 62, 63]),
        ("bass", [48, 49, 50, 51]),
    ]
    assert (plan.sample_rate, plan.ignored, plan.dropped, plan.folder) == (44_100, 0, 0, tmp_path)


def test_one_track_may_play_several_and_selectors_combine(song: Performance, tmp_path: Path) -> None:
    tracks = (
        "  high: {track: [Melody, 3], channel: [1, 2], instrument: fake.yaml}\n"
        "  low: {program: 41, channel: 3, instrument: fake.yaml}\n"
    )
    plan = plan_graph(write_graph(tmp_path, tracks), song)
    assert [len(part.performance.notes) for part in plan.parts] == [8, 4]


def test_ignored_dropped_and_the_sample_rate(song: Performance, tmp_path: Path) -> None:
    ignoring = plan_graph(write_graph(tmp_path, TWO, "ignore: [{channel: 3}]\nsample_rate: 48000\n"), song)
    assert (ignoring.ignored, ignoring.dropped, ignoring.sample_rate) == (4, 0, 48_000)
    dropping = plan_graph(write_graph(tmp_path, TWO, "unassigned: drop\nsample_rate: 48000\n"), song, 96_000)
    assert (dropping.ignored, dropping.dropped, dropping.sample_rate) == (0, 4, 96_000)


def test_what_is_ignored_is_played_by_nobody(song: Performance, tmp_path: Path) -> None:
    tracks = "  all: {program: 41, instrument: fake.yaml}\n"
    plan = plan_graph(write_graph(tmp_path, tracks, "ignore: [{track: Bass}]\n"), song)
    assert plan.parts[0].performance.notes["pitch"].min() == 60


def test_instruments_are_found_beside_the_graph_or_among_those_that_ship(
    song: Performance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    path = write_graph(
        tmp_path, TRACKS.replace("Bass, instrument: fake.yaml", "Bass, instrument: studio/violin")
    )
    names = [part.instrument.name for part in plan_graph(path, song).parts]
    assert names == [str(tmp_path / "fake.yaml")] * 2 + ["studio/violin"]


def test_order_follows_what_feeds_what() -> None:
    text = (
        "graph: 1\ntracks:\n  a: {track: A, instrument: x, output: inner}\nbuses:\n"
        "  hall: {}\n  outer: {sends: {hall: -6}}\n  inner: {output: outer, sends: {hall: 0}}\n"
    )
    assert parse_document(text, Graph, "g.yaml").order() == ["a", "inner", "outer", "hall"]


@pytest.mark.parametrize(
    ("tracks", "rest", "said"),
    [
        (
            TWO,
            "",
            "2: tracks: nobody plays track 4 'Bass', notes left over: 4; give it an instrument, put it und",
        ),
        (
            TRACKS.replace("Bass", "Bas"),
            "",
            "5: tracks: bass: track: no track 'Bas' (did you mean 'Bass'?); the s",
        ),
        (
            TRACKS.replace("track: Bass", "track: 9"),
            "",
            "5: tracks: bass: track: no track '9'; the score has 2 'M",
        ),
        (
            TRACKS.replace("track: Bass", "channel: 9"),
            "",
            "5: tracks: bass: no notes for channel 9; the score h",
        ),
        (
            TRACKS.replace("track: Bass", "program: 41"),
            "",
            "5: tracks: bass: 4 of its notes go to 'alto' too;",
        ),
        (
            TRACKS.replace("track: Bass, ", ""),
            "",
            "5: tracks: bass: say which notes it plays: give track, chann",
        ),
        (
            TRACKS.replace("track: Bass", "channel: 17"),
            "",
            "5: tracks: bass: channel: Input should be less than",
        ),
        (
            TRACKS.replace("Bass, instrument: fake", "Bass, instrument: no"),
            "",
            "no.yaml: no such file (did you mean 'map.yaml'?); give",
        ),
        (
            TRACKS.replace("Bass, instrument: fake.yaml", "Bass, instrument: studio/violn"),
            "",
            "5: tracks: bass: instrument: no instrument 'studio/violn' (did you mean 'studio/violin'?)",
        ),
        (
            TRACKS.replace("Bass, instrument: fake.yaml", "Bass"),
            "",
            "5: tracks: bass: 'instrument' is missing",
        ),
        (
            TRACKS.replace("Bass,", "Bass, technique: stacato,"),
            "",
            "5: tracks: bass: technique: unknown technique 'stacato' (did you mean 'staccato'?)",
        ),
        (
            TRACKS.replace("Bass,", "Bass, output: hal,"),
            HALL,
            "5: tracks: bass: output: no bus 'hal' (did you mean 'hall'?); there are hall, master",
        ),
        (
            TRACKS.replace("Bass,", "Bass, sends: {hall: 0, room: 0},"),
            HALL,
            "5: tracks: bass: sends: room: no bus 'room'",
        ),
        (
            TRACKS.replace("Bass,", "Bass, sends: {master: 0},"),
            "",
            "5: tracks: bass: sends: master: a send goes to a b",
        ),
        (TRACKS, HALL, "7: buses: hall: nothing goes to the bus 'hall'; send to it or take it out"),
        (
            TRACKS.replace("Bass,", "Bass, output: a,"),
            "buses:\n  a: {sends: {b: 0}}\n  b: {output: c}\n  c: {output: a}\n",
            " is a circle; cut one of these ways",
        ),
        (
            TRACKS.replace("Bass,", "Bass, output: a,"),
            "buses:\n  a: {sends: {a: 0}}\n",
            "7: buses: a: a -> a is a circle; cut one of these ways",
        ),
        (
            TRACKS.replace("  bass", "  b/s"),
            "",
            "5: tracks: b/s: 'b/s' cannot name a file; use letters, digits",
        ),
        (
            TRACKS.replace("  bass", "  master"),
            "",
            "5: tracks: master: the name 'master' is taken by 'master'",
        ),
        (
            TRACKS.replace("  bass", "  Alto"),
            "",
            "5: tracks: Alto: the name 'Alto' is taken by 'alto'; give each",
        ),
        (TRACKS, "ignore: [{track: Drum}]\n", "6: ignore[0]: track: no track 'Drum'; the score has"),
        (
            TRACKS,
            "master: {loudness: -16}\n",
            "6: master: loudness: unknown key (did you mean 'loudness_lufs'?)",
        ),
        (TRACKS, "master: {effects: [{revreb: {}}]}\n", "'revreb' is no effect (did you mean 'reverb'?)"),
        (
            TRACKS,
            "master:\n  effects:\n  - plugin:\n      source: ./nothing.so\n",
            "9: master: effects[0]: plugin: source: ",
        ),
    ],
)
def test_one_line_with_the_place(
    song: Performance, tmp_path: Path, tracks: str, rest: str, said: str
) -> None:
    path = write_graph(tmp_path, tracks, rest)
    with pytest.raises(DocumentError) as raised:
        plan_graph(path, song)
    text = str(raised.value)
    assert text.startswith(f"{path}:")
    assert said in text
    assert "\n" not in text


def test_a_graph_that_is_not_there(song: Performance, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"graph.yaml: no such file; give a render graph \(YAML\)"):
        plan_graph(tmp_path / "graph.yaml", song)


def test_a_left_over_channel_of_a_track_is_named(tmp_path: Path, song: Performance) -> None:
    notes = song.notes.copy()
    notes["track"] = 1
    mixed = Performance(notes, tracks=song.tracks)
    with pytest.raises(DocumentError, match="nobody plays track 2 'Melody' on channel 3, notes left over: 4"):
        plan_graph(write_graph(tmp_path, "  a: {channel: [1, 2], instrument: fake.yaml}\n"), mixed)


def test_a_ride_goes_forwards(song: Performance, tmp_path: Path) -> None:
    tracks = TRACKS.replace("Melody,", "Melody, ride: [[0, 0], [4, 3], [4, 0]],")
    with pytest.raises(DocumentError, match="melody: ride: .*each point comes after the one before"):
        plan_graph(write_graph(tmp_path, tracks), song)
