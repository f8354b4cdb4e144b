"""`composer-daw evaluate score`: what is printed, what is refused, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from plain_song import plain_song, plain_tracks
from small_instruments import MAP

from composer_daw.midi import save_midi


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """The plain song, right by every check."""
    path = tmp_path / "song.mid"
    save_midi(plain_song(), path, by_track=True)
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The plain song with a bridge without its motif, and a violin that goes down to E1."""
    tracks = plain_tracks()
    bridge = [(64 + 2 * n, 2, p) for n, p in enumerate((69, 72, 65, 74, 67, 71, 76, 64) * 2)]
    tracks["Melody"] = [one for one in tracks["Melody"] if not 64 <= one[0] < 96] + bridge
    tracks["Violin"][4] = (16.0, 4.0, 28)
    path = tmp_path / "broken.mid"
    save_midi(plain_song(tracks), path, by_track=True)
    return path


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_a_song_that_is_right(run: Callable, song: Path) -> None:
    ran = run("evaluate", "score", song)
    assert ran.code == 0
    assert "pitch_class_entropy" in ran.out and "2.767" in ran.out
    assert "parallels holds" in squeezed(ran.out) and "FAILS" not in ran.out
    assert ran.err == f"note: {song}: guessed the key, from the notes\n"
    assert run("evaluate", "score", song, "--key", "C major").err == ""


def test_findings_and_the_exit_code(run: Callable, broken: Path, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP)
    ran = run("evaluate", "score", broken, "-i", f"Violin={tmp_path / 'map.yaml'}")
    assert ran.code == 1
    assert "motif FAILS" in squeezed(ran.out) and "the motif does not return" in ran.out
    assert "ranges: bar 5, beat 1: Violin: E1 is outside G2..C7" in ran.out
    assert "techniques: Violin: 1 note that the instrument lacks" in ran.out


def test_json_and_two_songs_that_are_the_same(run: Callable, song: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mid"
    save_midi(plain_song(), copy, by_track=True)
    ran = run("evaluate", "score", song, copy, "--json")
    data = json.loads(ran.out)
    assert ran.code == 1 and list(data["scores"]) == [str(song), str(copy)]
    assert all(one["holds"] for one in data["scores"].values())
    assert data["apart"]["holds"] is False and "100% of the melody" in data["apart"]["findings"][0]["what"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--key", "H dur"], "key 'H dur': give a tonic and a mode, such as 'A minor' or 'F# major'"),
        (["-p", "Melody"], "--part Melody: give a track and what it is, as in Violin=melody"),
        (["-p", "Melody=tenor"], "song.mid: part 'Melody': no role 'tenor'"),
        (["-p", "Mellody=melody"], "song.mid: no track 'Mellody' (did you mean 'Melody'?)"),
        (["-i", "Violin=studio/violn"], "studio/violn"),
    ],
)
def test_wrong_options_are_one_line(run: Callable, song: Path, options: list[str], error: str) -> None:
    ran = run("evaluate", "score", song, *options)
    assert ran.code == 1 and ran.out == ""
    assert ran.err.startswith("error: ") and ran.err.count("\n") == 1
    assert error in ran.err


def test_files_that_are_no_score_are_one_line(run: Callable, tmp_path: Path) -> None:
    text = tmp_path / "text.mid"
    text.write_text("no MIDI")
    for path in (text, tmp_path / "missing.mid"):
        ran = run("evaluate", "score", path)
        assert ran.code == 1 and ran.err.startswith(f"error: {path}: ") and ran.err.count("\n") == 1
