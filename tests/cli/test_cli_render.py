"""`composer-daw render`: one file of audio, and one line for all that can be wrong with what it is given."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import mido
import pytest
from midi_building import save_score, save_tracks
from small_instruments import write_instrument

from composer_daw.audio import load_audio
from composer_daw.midi import load_midi


def test_a_score_becomes_audio(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    ran = run("render", score, "-i", fake_preset, "-o", tmp_path / "a.wav", "-t", "stacc.")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{tmp_path}/a.wav: 1.80 s, 4 notes, -23.8 dBFS\n"
    assert load_audio(tmp_path / "a.wav").sample_rate == 44_100


def test_labels_midi_rate_and_flac(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    more = ["--labels", tmp_path / "a.csv", "--midi", tmp_path / "a.mid", "--sample-rate", "22050"]
    assert run("render", score, "-i", fake_preset, "-o", tmp_path / "a.flac", *more).code == 0
    assert load_audio(tmp_path / "a.flac").sample_rate == 22_050
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 5
    assert {12, 16, 60, 61, 62, 63} == set(load_midi(tmp_path / "a.mid").notes["pitch"].tolist())


def test_json(run: Callable, tmp_path: Path, fake_preset: Path) -> None:
    score = save_score(tmp_path / "a.mid", [(0, 480, 60), (480, 480, 20)])
    out = tmp_path / "a.wav"
    ran = run(
        "render", score, "-i", fake_preset, "-o", out, "-t", "tremolo", "--out-of-range", "drop", "--json"
    )
    facts = json.loads(ran.out)
    assert {
        key: facts[key] for key in ("output", "notes", "dropped", "conflicts", "gain_db", "stood_in")
    } == {
        "output": str(out),
        "notes": 1,
        "dropped": 1,
        "conflicts": 0,
        "gain_db": 0.0,
        "stood_in": [{"asked": "tremolo", "played": "sustain", "rung": "fallback", "notes": 1}],
    }
    assert ran.err == ""


def test_what_is_not_as_asked_is_told(run: Callable, tmp_path: Path) -> None:
    loud = write_instrument(tmp_path, more="level_db: 24\n")
    score = save_score(tmp_path / "a.mid", [(0, 480, 60), (480, 480, 20)])
    ran = run(
        "render", score, "-i", loud, "-o", tmp_path / "a.wav", "-t", "tremolo", "--out-of-range", "drop"
    )
    assert (ran.code, ran.out.count("\n")) == (0, 1)
    assert ran.err.splitlines() == [
        "note: asked for tremolo, plays sustain (fallback), notes: 1",
        "note: dropped as out of range, notes: 1",
        "note: turned down by 0.5 dB so that nothing clips",
    ]


def test_the_same_seed_the_same_bytes(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run("render", score, "-i", fake_preset, "-o", tmp_path / f"{name}.wav", "--seed", seed)
    a, b, c = ((tmp_path / f"{name}.wav").read_bytes() for name in "abc")
    assert a == b != c


# --- bad input: one line, exit code 1, nothing written ---------------------------------------------------


def bad_score(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.mid"
    whole = save_score(folder / "whole.mid", [(0, 480, 60)]).read_bytes()
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "truncated":
            path.write_bytes(whole[:-5])
        case "text":
            path.write_text("no MIDI")
        case "folder":
            path.mkdir()
        case "silent":
            save_tracks(path, [(0, mido.Message("control_change", control=1, value=1))])
        case "low":
            save_score(path, [(0, 480, 20), (480, 480, 60)])
        case "tagged":
            save_score(path, [(0, 480, 60)], (0, "[technique:stacato]"))
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("missing", "missing.mid: no such file; give a MIDI file (.mid)"),
        ("empty", "empty.mid: is empty; give a Standard MIDI File"),
        ("truncated", "truncated.mid: is cut short or damaged"),
        ("text", "text.mid: is not a MIDI file (it does not begin with MThd); give a Standard MIDI File"),
        ("folder", "folder.mid: is a folder; give a MIDI file (.mid)"),
        ("silent", "silent.mid: holds no notes; there is nothing to play"),
        (
            "low",
            "1 note outside G2..C7 of Fake Strings: G#0 at 0.00 s; transpose the score, or drop them with",
        ),
        ("tagged", "marker at 0.00 s: unknown technique 'stacato' (did you mean 'staccato'?)"),
    ],
)
@pytest.mark.parametrize("command", ["render", "dataset render"])
def test_bad_scores(
    run: Callable, fake_preset: Path, tmp_path: Path, kind: str, said: str, command: str
) -> None:
    score = bad_score(kind, tmp_path)
    out = tmp_path / ("out.wav" if command == "render" else "out")
    ran = run(*command.split(), score, "-i", fake_preset, "-o", out)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
    assert said in ran.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        (None, "no instrument 'nothing'; `composer-daw instruments list` shows them"),
        ("", "fake.yaml: holds no keys; a mapping such as 'name: value' is expected"),
        (
            "instrument: !!python/object:x {}\n",
            "fake.yaml:1: the tag tag:yaml.org,2002:python/object:x is not",
        ),
        (
            "a: &a [x]\nb: [*a, *a]\n",
            "fake.yaml:1: anchors and aliases are not read here; write the value out",
        ),
        ("instrument: [\n", "fake.yaml:2: not YAML: "),
        ("\xff", "fake.yaml: not UTF-8 (byte 0); save it as UTF-8"),
        (
            "instrument: x\nhost: fak\n",
            "fake.yaml:2: host: Input should be 'faust', 'plugin', 'sfizz', 'soundfont' or 'fake' (and 2",
        ),
    ],
)
def test_bad_presets(
    run: Callable, score: Path, fake_preset: Path, tmp_path: Path, preset: str | None, said: str
) -> None:
    if preset is not None:
        fake_preset.write_bytes(preset.encode("latin-1"))
    name = "nothing" if preset is None else fake_preset
    ran = run("render", score, "-i", name, "-o", tmp_path / "out.wav")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-t", "stacato"], "error: unknown technique 'stacato' (did you mean 'staccato'?)"),
        (["-o", "folder.wav"], "folder.wav: is a folder; give the name of a file"),
        (
            ["-o", "score.mid/a.wav"],
            "score.mid/a.wav: cannot be written: a file stands where a folder should be",
        ),
        (["-o", "a.mp3"], "a.mp3: cannot write '.mp3'; give the file one of .wav, .flac"),
        (["-o", "/proc/a.wav"], "/proc/a.wav: cannot be written: "),
    ],
)
def test_bad_options(
    run: Callable,
    score: Path,
    fake_preset: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(score.parent)
    (score.parent / "folder.wav").mkdir()
    before = sorted(score.parent.iterdir())
    ran = run("render", score, "-i", fake_preset, "-o", "a.wav", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert sorted(score.parent.iterdir()) == before


def test_a_full_disk(
    run: Callable, score: Path, fake_preset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("soundfile.write", full)
    ran = run("render", score, "-i", fake_preset, "-o", tmp_path / "a.wav")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: {tmp_path}/a.wav: cannot be written: No space left on device\n"
    assert sorted(tmp_path.iterdir()) == before


def test_an_engine_that_breaks(run: Callable, score: Path, tmp_path: Path) -> None:
    ran = run("render", score, "-i", write_instrument(tmp_path, source="broken"), "-o", tmp_path / "a.wav")
    assert (ran.code, ran.err) == (1, "error: fake: broken on purpose\n")
