"""`composer-daw audition`: what it writes, what it says, and what it says of bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_instruments import write_instrument

from composer_daw.audio import load_audio


def test_a_page_of_versions(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    out = tmp_path / "page"
    ran = run(
        "audition", score, "-i", fake_preset, "-t", "staccato", "-t", "legato", "-o", out, "--workers", 1
    )
    size = (out / "index.html").stat().st_size / 1e6
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{out}/index.html: 1 piece, 2 versions, {size:.1f} MB\n"
    assert sorted(path.name for path in (out / "audio").iterdir()) == [
        "score-legato.flac",
        "score-staccato.flac",
    ]
    html = (out / "index.html").read_text(encoding="utf-8")
    assert "<title>score</title>" in html and html.count('class="version"') == 2


def test_json_and_the_title(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    out = tmp_path / "page"
    ran = run(
        *("audition", score, "-i", fake_preset, "-o", out, "--workers", 1, "--json", "--stems"),
        *("--title", "夜", "--encoding", "mp3", "--seed", 3),
    )
    facts = json.loads(ran.out)
    assert facts["page"] == str(out / "index.html")
    assert facts["bytes"] == (out / "index.html").stat().st_size
    (version,) = facts["pieces"]["score"]
    assert version["title"] == "Fake Strings" and version["stems"] == []
    assert load_audio(version["audio"]).sample_rate == 44_100
    assert facts["notes"] == [f"{score}, Fake Strings: has one track only, so no stems"]
    html = (out / "index.html").read_text(encoding="utf-8")
    assert "<title>夜</title>" in html and "Sound: MP3" in html


@pytest.mark.parametrize("opens", [True, False])
def test_the_page_is_opened(
    run: Callable,
    score: Path,
    fake_preset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opens: bool,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: asked.append(url) or opens)
    ran = run("audition", score, "-i", fake_preset, "-o", tmp_path / "page", "--workers", 1, "--open")
    path = tmp_path / "page" / "index.html"
    assert ran.code == 0 and asked == [path.as_uri()]
    assert ran.err == ("" if opens else f"note: no browser opens here; open {path} by hand\n")


def test_bad_input_is_one_line(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    out = tmp_path / "page"
    (tmp_path / "in the way").write_text("a file")
    other = write_instrument(tmp_path / "other")
    for arguments, problem in {
        (
            score.with_name("scor.mid"),
            "-i",
            fake_preset,
            "-o",
            out,
        ): "scor.mid: no such file (did you mean 'score.mid'?)",
        (
            score,
            "-i",
            "studio/violn",
            "-o",
            out,
        ): "no instrument 'studio/violn' (did you mean 'studio/violin'?)",
        (
            score,
            "-i",
            fake_preset,
            "-t",
            "legatto",
            "-o",
            out,
        ): "unknown technique 'legatto' (did you mean 'legato'?)",
        (score, "-i", fake_preset, "-t", "tremolo", "-o", out): "has no 'tremolo'; it would play sustain",
        (score, "-i", other, "-o", tmp_path / "in the way"): "in the way: is a file; give a folder",
        (
            score,
            "-i",
            other,
            "-o",
            tmp_path / "in the way" / "page",
        ): "a file stands where a folder should be",
        (score, score, "-i", other, "-o", out): "is named twice; give each score once",
    }.items():
        ran = run("audition", *arguments)
        assert ran.code == 1 and problem in ran.err and ran.err.startswith("error: ")
        assert ran.err.count("\n") == 1 and ran.out == ""
    assert not (out / "index.html").exists()


def test_a_wrong_call(run: Callable, score: Path, tmp_path: Path) -> None:
    assert "Missing argument 'SCORE...'" in run("audition", "-i", "studio/violin", "-o", tmp_path).err
    ran = run("audition", score, "-o", tmp_path)
    assert ran.code == 2 and "Missing option '-i' / '--instrument'" in ran.err
