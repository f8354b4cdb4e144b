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
    record = json.loads((out / "audition.json").read_text(encoding="utf-8"))
    assert set(record["files"]) == {"index.html", "audio/score-legato.flac", "audio/score-staccato.flac"}
    assert (record["scores"][0]["score"], record["techniques"]) == ("score.mid", ["staccato", "legato"])
    assert str(tmp_path) not in json.dumps(record)
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
        (
            score,
            "-i",
            other,
            "-o",
            tmp_path / "in the way",
        ): "in the way: is no folder; give a folder for an audition",
        (
            score,
            "-i",
            other,
            "-o",
            tmp_path / "in the way" / "page",
        ): "in the way/page: cannot be written: ",
        (score, score, "-i", other, "-o", out): "is named twice; give each score once",
    }.items():
        ran = run("audition", *arguments)
        assert ran.code == 1 and problem in ran.err and ran.err.startswith("error: ")
        assert ran.err.count("\n") == 1 and ran.out == ""
    assert not (out / "index.html").exists()


def test_nothing_is_written_over(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("mine")
    call = ("audition", score, "-i", fake_preset, "--workers", 1, "-o")
    for more in ((), ("--force",)):
        ran = run(*call, site, *more)
        assert ran.err == f"error: {site}: holds something else than an audition; give a folder of its own\n"
    assert (site / "index.html").read_text() == "mine" and len(list(site.iterdir())) == 1

    out = tmp_path / "page"
    assert run(*call, out, "-t", "legato").code == 0
    ran = run(*call, out)
    assert ran.err == f"error: {out}: holds an audition already; give another folder, or --force\n"
    assert run(*call, out, "-t", "staccato", "--force").code == 0
    assert [path.name for path in (out / "audio").iterdir()] == ["score-staccato.flac"]
    (out / "audio" / "mine.txt").write_text("mine")
    ran = run(*call, out, "--force")
    assert ran.code == 1 and "mine.txt: is not of an audition that stands here" in ran.err
    assert (out / "audio" / "score-staccato.flac").is_file()


def test_a_run_that_fails_leaves_nothing(run: Callable, score: Path, tmp_path: Path) -> None:
    broken = write_instrument(tmp_path / "broken", source="broken")
    before = sorted(path.name for path in tmp_path.iterdir())
    ran = run("audition", score, "-i", broken, "--workers", 1, "-o", tmp_path / "page")
    assert ran.code == 1 and "broken on purpose" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_wrong_call(run: Callable, score: Path, tmp_path: Path) -> None:
    assert "Missing argument 'SCORE...'" in run("audition", "-i", "studio/violin", "-o", tmp_path).err
    ran = run("audition", score, "-o", tmp_path)
    assert ran.code == 2 and "Missing option '-i' / '--instrument'" in ran.err
