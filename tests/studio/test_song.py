"""A whole song in one call from Python, and what its page shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_composing import Plain, write_song

from composer_daw.composing import compose
from composer_daw.errors import OutputError
from composer_daw.midi import load_midi
from composer_daw.studio.song import Wish, compose_song, song_page


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "generator_named", lambda name: Plain())
    monkeypatch.setattr("composer_daw.studio.song.generator_named", lambda name: Plain())


def test_a_song_in_one_call(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    out = tmp_path / "out"
    done = compose_song(
        write_song(tmp_path),
        out,
        Wish(seed=5),
        workers=1,
        progress=lambda name, *, total: told.append((name, total)),
    )
    assert len(told) == told[0][1] == 8 and [told[0][0], told[-1][0]] == ["score", "page"]
    record = json.loads((out / "song.json").read_text(encoding="utf-8"))
    assert record["seed"] == 5 and {"index.html", "mix.wav", "graph.yaml"} <= set(record["files"])
    assert record["mix"]["under_the_mix_lu"] == done.record["mix"]["under_the_mix_lu"]

    assert done.mixed is not None
    page = song_page(done, done.mixed)
    (piece,) = page.pieces
    assert page.intro.startswith("ballad in D major · 71 beats a minute · 24 bars · 1:2")
    (version,) = piece.versions
    assert [(stem.name, stem.caption, stem.percussion) for stem in version.stems] == [
        ("melody", "Fake Strings", False),
        ("bass", "Fake Strings", False),
        ("drums", "Fake Drums", True),
        ("violin", "Fake Strings", False),
        ("hall", "", False),
    ]
    assert [marker.title for marker in piece.markers] == ["verse", "chorus", "verse"]
    (table,) = piece.tables
    assert [row[:3] for row in map(list, table.rows)] == [
        ["verse", "0:00", 8],
        ["chorus", "0:27", 8],
        ["verse", "0:54", 8],
    ]
    assert "Rain at night; she waits alone." in table.rows[0] and "La la la / La la" in table.rows[1]


def test_without_audio_there_is_no_page(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = compose_song(write_song(tmp_path), out, Wish(audio=False))
    assert done.mixed is None and done.record["seed"] == 3
    assert sorted(path.name for path in out.iterdir()) == ["performance.mid", "score.mid", "song.json"]
    assert len(load_midi(out / "score.mid").notes) == len(done.score.notes)
    with pytest.raises(OutputError, match="holds a song already"):
        compose_song(tmp_path / "song.yaml", out, Wish(audio=False))
    compose_song(tmp_path / "song.yaml", out, Wish(seed=9, audio=False), force=True)
    assert json.loads((out / "song.json").read_text())["seed"] == 9
