"""`composer-daw compose`: what is written, what is said, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_composing import SONG, write_song

from composer_daw.cli.compose import compose as command
from composer_daw.composing import compose
from composer_daw.files import sha256_of


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(compose.GENERATORS, "plain", "small_composing:Plain")
    (option,) = (one for one in command.params if one.name == "generator")
    assert list(option.type.choices) == ["arranger"]  # type: ignore[attr-defined]
    monkeypatch.setattr(option.type, "choices", ("arranger", "plain"))
    for name in ("URL", "MODEL", "KEY"):
        monkeypatch.delenv(f"COMPOSER_DAW_LLM_{name}", raising=False)


def test_a_song_and_its_page(run: Callable, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run("compose", write_song(tmp_path), "-o", out, "--generator", "plain", "--workers", 1)
    assert (ran.code, ran.err) == (0, "")
    first, verse, chorus, last = ran.out.splitlines()
    assert first.startswith(f"{out}: 'Small', 24 bars, 384 notes, ") and first.endswith("-16.0 LUFS")
    assert verse == "  verse: a lonely melody at night in the rain, of waiting, slow and tender"
    assert chorus.startswith("  chorus: a ")
    assert last == f"open {out / 'index.html'}"
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "a lonely melody at night in the rain" in page and "melody" in page and "Small" in page
    record = json.loads((out / "song.json").read_text(encoding="utf-8"))
    assert record["files"]["index.html"] == sha256_of(out / "index.html")
    assert set(record["files"]) == {
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    } - {"song.json"}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_json_and_no_audio(run: Callable, tmp_path: Path) -> None:
    song, out = write_song(tmp_path), tmp_path / "out"
    ran = run("compose", song, "-o", out, "--generator", "plain", "--no-audio", "--json", "--seed", 8)
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert (told["output"], told["seed"], told["conditions"]["bpm"]) == (str(out), 8, 71.0)
    assert sorted(path.name for path in out.iterdir()) == ["performance.mid", "score.mid", "song.json"]


def test_the_seed_of_the_song_and_one_that_is_given(run: Callable, tmp_path: Path) -> None:
    song = write_song(tmp_path)
    call = ("compose", song, "--generator", "plain", "--no-audio", "-o")
    for name, more in (("a", ()), ("b", ("--seed", 3)), ("c", ("--seed", 4))):
        assert run(*call, tmp_path / name, *more).code == 0
    files = [(tmp_path / name / "performance.mid").read_bytes() for name in "abc"]
    assert files[0] == files[1] != files[2]
    assert (tmp_path / "a" / "song.json").read_bytes() == (tmp_path / "b" / "song.json").read_bytes()


def test_what_stands_there_is_not_written_over(run: Callable, tmp_path: Path) -> None:
    song, out = write_song(tmp_path), tmp_path / "out"
    call = ("compose", song, "-o", out, "--generator", "plain", "--no-audio")
    assert run(*call).code == 0
    ran = run(*call)
    assert (ran.code, ran.err) == (
        1,
        f"error: {out}: holds a song already; give another folder, or --force\n",
    )
    (out / "my.rpp").write_text("a project")
    ran = run(*call, "--force", "--seed", 9)
    assert ran.code == 1 and ran.err.startswith(f"error: {out / 'my.rpp'}: is not of a song that stands here")
    (out / "my.rpp").unlink()
    assert run(*call, "--force", "--seed", 9).code == 0
    assert json.loads((out / "song.json").read_text())["seed"] == 9


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("tempo: 90", "tempo: 9", "song.yaml:3: tempo: "),
        ('bars: 8, story: "The', 'story: "The', "song.yaml:9: sections: chorus: 'bars' is missing"),
        (
            "violin: pizzicato",
            "violin: harmonics",
            "song.yaml:8: sections: verse: techniques: violin: 'fake.yaml' does not have 'harmonics'",
        ),
        ("[verse, chorus, verse]", "[verse, choir]", "song.yaml:6: form[1]: no section 'choir'"),
        (
            "The sun returns",
            "Le soleil est dans la rue et elle ne pleure pas",
            "song.yaml:9: sections: chorus: story: this looks like French",
        ),
    ],
)
def test_bad_songs_are_one_line(run: Callable, tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = SONG.replace("title: Small", "title: Small\ntempo: 90")
    assert old in text
    ran = run(
        "compose",
        write_song(tmp_path, text.replace(old, new)),
        "-o",
        tmp_path / "out",
        "--generator",
        "plain",
    )
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert problem in ran.err
    assert not (tmp_path / "out").exists()


def test_other_bad_calls(run: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = write_song(tmp_path)
    ran = run("compose", tmp_path / "sonk.yaml", "-o", tmp_path / "out")
    assert (ran.code, ran.err.count("\n")) == (1, 1) and "did you mean 'song.yaml'" in ran.err
    ran = run("compose", song, "-o", tmp_path / "out", "--generator", "magic")
    assert ran.code == 2 and "'magic' is not one of 'arranger', 'plain'" in ran.err
    monkeypatch.setenv("COMPOSER_DAW_LLM_URL", "http://127.0.0.1:9/v1")
    ran = run("compose", song, "-o", tmp_path / "out", "--generator", "plain", "--no-audio")
    assert (
        ran.err == "error: COMPOSER_DAW_LLM_URL is set, but COMPOSER_DAW_LLM_MODEL is not; name the model\n"
    )
    monkeypatch.setenv("COMPOSER_DAW_LLM_MODEL", "tiny")
    ran = run("compose", song, "-o", tmp_path / "out", "--generator", "plain", "--no-audio")
    assert ran.code == 0
    assert ran.err.startswith("note: no caption from tiny: ") and ran.err.count("\n") == 1
    assert run("compose", song).code == 2
