"""What a page may hold, and what of it stands in the HTML."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import studio_samples as samples

from composer_daw.audio import Audio, save_audio
from composer_daw.errors import AudioError, InputError, OutputError
from composer_daw.studio import AuditionPage, Marker, Piece, Stem, Version, write_audition
from composer_daw.studio.audition import render_audition
from composer_daw.studio.templating import VENDOR


def version(title: str = "one", **more: Any) -> Version:
    return Version(title, samples.audio(samples.tone(220.0, length_s=1.0)), **more)


def told(html: str) -> dict[str, Any]:
    """Return what the scripts of a page are told."""
    found = re.search(r'id="audition-data">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_page_without_anything_to_hear_is_refused() -> None:
    with pytest.raises(InputError, match="empty: there is no version to hear"):
        Piece("empty", [])
    with pytest.raises(InputError, match="Page: there is no piece to hear"):
        AuditionPage("Page", [])


def test_stems_of_one_name_are_refused() -> None:
    audio = samples.audio(samples.tone(220.0))
    with pytest.raises(InputError, match="mix: two stems are called 'bass'"):
        Version("mix", audio, stems=[Stem("bass", audio), Stem("bass", audio)])


@pytest.mark.parametrize(
    ("sound", "problem"),
    [
        (np.zeros((2, 0), np.float32), "holds no samples"),
        (np.full((1, 99), np.nan, np.float32), "NaN or infinite"),
        (np.zeros((4, 99), np.float32), "has 4 channels"),
    ],
)
def test_what_cannot_be_heard_is_refused(sound: Any, problem: str) -> None:
    page = AuditionPage("Page", [Piece("piece", [Version("bad", Audio(sound, 44_100))])])
    with pytest.raises(AudioError, match=f"bad: .*{problem}"):
        render_audition(page)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    page = AuditionPage("Page", [Piece("piece", [Version("gone", tmp_path / "gone.wav")])])
    with pytest.raises(InputError, match=r"gone\.wav: no such file"):
        write_audition(page, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError, match="out: is a file; give a folder"):
        write_audition(AuditionPage("Page", [Piece("piece", [version()])]), tmp_path / "out")


def test_files_and_samples_make_the_same_page(tmp_path: Path) -> None:
    audio = samples.audio(samples.tone(220.0, length_s=1.0))
    save_audio(audio, tmp_path / "one.wav", "FLOAT")
    pages = [
        render_audition(AuditionPage("Page", [Piece("piece", [Version("one", given)])]))
        for given in (audio, tmp_path / "one.wav")
    ]
    assert pages[0] == pages[1]


def test_the_scripts_are_told_all_of_it() -> None:
    data = told(render_audition(samples.page()))
    assert data["rate"] == samples.RATE and [one["span"] for one in data["pieces"]] == [6.0, 6.0, 6.0]
    twins, _, song = data["pieces"]
    assert [one["title"] for one in twins["versions"]] == ["loud", "soft"]
    louder, softer = (one["gain"] for one in twins["versions"])
    assert softer / louder == pytest.approx(2.0, abs=0.001)
    assert [(one["title"], one["start"], one["end"]) for one in twins["markers"]] == [
        ("intro", 0.0, 2.0),
        ("verse", 2.0, 3.5),
        ("chorus", 3.5, 6.0),
    ]
    assert [stem["name"] for stem in song["versions"][0]["stems"]] == ["bass", "chords", "melody"]
    ids = [
        part["sound"]["id"]
        for piece in data["pieces"]
        for one in piece["versions"]
        for part in (one, *one["stems"])
    ]
    assert ids == [f"sound-{number}" for number in range(12)]


def test_one_version_alone_is_left_at_its_level() -> None:
    html = render_audition(AuditionPage("Page", [Piece("piece", [version()])]))
    assert [one["gain"] for one in told(html)["pieces"][0]["versions"]] == [1.0]
    assert "Matched by" not in html and "Loudness, LUFS" in html
    assert "Matched by" in render_audition(samples.page())


def test_texts_cannot_break_out_of_the_page() -> None:
    evil = "</script><script>alert(1)</script>"
    marker = Marker(0.2, evil, evil)
    piece = Piece(evil, [version(evil, facts={evil: evil}, caption=evil)], markers=[marker], text=evil)
    html = render_audition(AuditionPage(evil, [piece], evil, evil))
    assert "<script>alert" not in html
    assert told(html)["pieces"][0]["markers"][0]["title"] == evil


def test_the_page_holds_what_it_needs_and_asks_for_nothing() -> None:
    html = render_audition(samples.page())
    outside = re.findall(
        r'(?:src|href)\s*=\s*"(?!#|data:)([^"]*)"', re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    )
    assert outside == []
    assert (VENDOR / "LICENSE").read_text() in html and (VENDOR / "wavesurfer.min.js").read_text() in html
    assert "FLAC, 16 bits, 44.1 kHz" in html


def test_a_piece_that_has_the_name_of_the_page_is_not_titled_twice() -> None:
    one, other = (
        render_audition(AuditionPage("Song", [Piece(name, [version()])])) for name in ("Song", "Tune")
    )
    assert 'class="audition untitled"' in one and 'class="audition"' in other


def test_a_japanese_page_says_so() -> None:
    html = render_audition(AuditionPage("夜明けの歌", [Piece("夜明け", [version()])], lang="ja"))
    assert '<html lang="ja">' in html and "夜明けの歌</h1>" in html


def test_the_vendored_files_are_those_that_are_written_down() -> None:
    from composer_daw.files import sha256_of

    listed = (VENDOR / "VENDORED.md").read_text(encoding="utf-8")
    names = {path.name for path in VENDOR.iterdir()} - {"VENDORED.md"}
    assert names == {"wavesurfer.min.js", "LICENSE"}
    for name in names:
        row = next(line for line in listed.splitlines() if line.startswith(f"| `{name}`"))
        assert sha256_of(VENDOR / name) in row
