"""`composer-daw dataset render`: versions of scores, what was there already, and one record again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from midi_building import meta, note, save_tracks
from small_instruments import write_instrument

from composer_daw.dataset import load_manifest
from composer_daw.rendering import load_instrument


@pytest.fixture
def made(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> Path:
    """A data set of one score in two techniques."""
    ran = run(
        *("dataset", "render", score, "-i", fake_preset, "-t", "staccato", "-t", "legato"),
        *("-o", tmp_path / "set", "--workers", 1),
    )
    assert (ran.code, ran.err) == (0, "")  # no bar where nobody looks
    assert ran.out == (
        f"{tmp_path}/set/manifest.jsonl: 2 rendered (3.8 s of audio), 0 were there already, 0 failed\n"
    )
    return tmp_path / "set"


def test_a_data_set_is_made_once(run: Callable, made: Path, score: Path, fake_preset: Path) -> None:
    assert [record.technique for record in load_manifest(made / "manifest.jsonl")] == ["legato", "staccato"]
    ran = run("dataset", "render", score, "-i", fake_preset, "-t", "staccato", "-t", "legato", "-o", made)
    assert ran.out == f"{made}/manifest.jsonl: 0 rendered (0.0 s of audio), 2 were there already, 0 failed\n"


def test_one_record_again(run: Callable, made: Path, tmp_path: Path) -> None:
    record = load_manifest(made / "manifest.jsonl")[0]
    ran = run("dataset", "render", made / "manifest.jsonl", "--record", record.id, "-o", tmp_path / "again")
    assert ran.out == f"{tmp_path}/again/{record.id}.wav: the same bytes as before\n"
    assert (tmp_path / "again" / f"{record.id}.wav").read_bytes() == (made / f"{record.id}.wav").read_bytes()


def test_a_record_that_is_not_there(run: Callable, made: Path, score: Path, tmp_path: Path) -> None:
    record = load_manifest(made / "manifest.jsonl")[0]
    ran = run(
        "dataset", "render", made / "manifest.jsonl", "--record", record.id + "x", "-o", tmp_path / "again"
    )
    assert (ran.code, ran.err) == (
        1,
        f"error: no record '{record.id}x' in this manifest (did you mean '{record.id}'?)\n",
    )
    ran = run("dataset", "render", score, "--record", record.id, "-o", tmp_path / "again")
    assert ran.code == 1
    assert ran.err.startswith(f"error: {score}:1: no record of this version: Invalid JSON: ")
    assert ran.err.count("\n") == 1
    ran = run("dataset", "render", score, score, "--record", record.id, "-o", tmp_path / "again")
    assert ran.code == 2
    assert "--record takes one manifest." in ran.err


def test_items_that_fail_are_told_one_by_one(run: Callable, score: Path, tmp_path: Path) -> None:
    broken = write_instrument(tmp_path, source="broken")
    ran = run(
        "dataset", "render", score, "-i", broken, "-t", "legato", "-o", tmp_path / "set", "--workers", 1
    )
    assert ran.code == 1
    assert ran.out.endswith("0 rendered (0.0 s of audio), 0 were there already, 1 failed\n")
    failed, error = ran.err.splitlines()
    assert failed.startswith(f"failed: fake-strings-{load_instrument(broken).digest[:8]}/legato/score-")
    assert failed.endswith(": fake: broken on purpose")
    assert error == "error: failed items: 1; run the command again to try only those"


def test_what_is_not_as_one_might_think_is_told(run: Callable, tmp_path: Path) -> None:
    """Three techniques at once on two channels, one note too low, two in a technique that is not there."""
    score = save_tracks(
        tmp_path / "score.mid",
        *(
            [meta(0, "text", text=text), *note(tick, 1920, pitch, 127)]
            for tick, pitch, text in (
                (0, 60, "stacc."),
                (10, 62, "legato"),
                (20, 64, "pizz."),
                (0, 20, "arco"),
            )
        ),
        [meta(0, "text", text="[technique:tremolo]"), *note(3840, 480, 65), *note(4320, 480, 67)],
    )
    loud = write_instrument(tmp_path, more="level_db: 24\n")
    command = ("dataset", "render", score, "-i", loud, "-o", tmp_path / "set", "--workers", 1)
    notes = [
        "note: play another technique than the score asks for (see rung), notes: 2",
        "note: gave way to a technique that sounded with them (see conflict), notes: 1",
        "note: dropped as out of range, notes: 1",
        "note: turned down so that nothing clips (see gain_db), items: 1",
    ]
    first = run(*command, "--out-of-range", "drop")
    assert (first.code, first.err.splitlines()) == (0, notes)
    other = run(*command, "--out-of-range", "drop", "--seed", 1)
    replaced = "note: replaced an older version (another seed, setting or instrument), items: 1"
    assert (other.code, other.err.splitlines()) == (0, [replaced, *notes])
    same = run(*command, "--out-of-range", "drop", "--seed", 1)
    assert (same.code, same.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--record", "x", "-i", "fake.yaml"], "--record takes instrument and technique from the manifest."),
        (["--record", "x", "-t", "legato"], "--record takes instrument and technique from the manifest."),
        ([], "A manifest goes with --record ID: which of its items to render again."),
        (["-i", "fake.yaml"], "A manifest goes with --record ID: which of its items to render again."),
    ],
)
def test_a_manifest_goes_with_record_and_with_nothing_else(
    run: Callable, made: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = run("dataset", "render", made / "manifest.jsonl", "-o", tmp_path / "again", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-t", ""], "an empty technique; name one, or 'written' for those of the score"),
        (
            ["-t", "tremolo"],
            "has no 'tremolo'; it would play sustain under a wrong label; it has sustain, legato,",
        ),
        (["-t", "stacato"], "unknown technique 'stacato' (did you mean 'staccato'?)"),
        (["-o", "score.mid"], "score.mid: is a file; give a folder"),
        (["score.mid"], "score.mid: the same file as"),
    ],
)
def test_what_is_refused_before_the_run(
    run: Callable,
    score: Path,
    fake_preset: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(score.parent)
    before = sorted(score.parent.iterdir())
    ran = run("dataset", "render", score, "-i", fake_preset, "-o", "set", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert sorted(score.parent.iterdir()) == before


def test_several_instruments_go_into_one_data_set(run: Callable, score: Path, tmp_path: Path) -> None:
    presets = [write_instrument(tmp_path / name, name=name) for name in ("Soft", "Hard")]
    given = [word for preset in presets for word in ("-i", preset)]
    ran = run("dataset", "render", score, *given, "-t", "staccato", "-o", tmp_path / "set", "--workers", 1)
    assert (ran.code, ran.err) == (0, "")
    records = load_manifest(tmp_path / "set" / "manifest.jsonl")
    assert sorted(record.id.split("-")[0] for record in records) == ["hard", "soft"]
    ran = run("dataset", "render", score, "-i", presets[0], "-i", presets[0], "-o", tmp_path / "twice")
    assert (ran.code, ran.err) == (1, "error: an instrument is named twice; give it once\n")
