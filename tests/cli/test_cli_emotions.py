"""`composer-daw emotions`: words, figures, the picture and the fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from midi_building import note, save_tracks

from composer_daw.files import shipped
from composer_daw.humanizer.emotion import PROFILE, load_profile
from composer_daw.humanizer.expression import FIGURES


def save_labelled(folder: Path) -> Path:
    for quadrant, ticks in ((1, 160), (2, 170), (3, 340), (4, 320)):
        for number in range(3):
            played = [one for step in range(8) for one in note(step * (ticks + number), 120, 60)]
            save_tracks(folder / f"Q{quadrant}_abcdefghijk_{number}.mid", played)
    return folder


def test_list(run: Callable) -> None:
    ran = run("emotions", "list")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["word", "valence", "arousal", "source", "also"]
    (sad,) = [line for line in lines if line.startswith("sad ")]
    assert sad.split()[:4] == ["sad", "-0.60", "-0.30", "xmidi"] and "悲しい, 哀しい" in sad
    assert "  ours: our choice" in lines


def test_list_as_json(run: Callable) -> None:
    words = json.loads(run("emotions", "list", "--json").out)
    assert [one["word"] for one in words] == list(load_profile().words)
    assert words[0]["valence"] == words[0]["arousal"] == 0


def test_show_a_word(run: Callable) -> None:
    ran = run("emotions", "show", "切ない")
    lines = ran.out.splitlines()
    assert lines[0] == "切ない: valence -0.60, arousal -0.60; mode: minor"
    rows = {line.split()[0]: line.split()[1:3] for line in lines[3 : 3 + len(FIGURES)]}
    assert list(rows) == list(FIGURES)
    assert (rows["tempo_factor"], rows["timing_ms"]) == (["0.625", "1"], ["12.5", "9"])
    assert "  bresin_friberg: Bresin & Friberg 2011" in ran.out


def test_show_a_point_as_json(run: Callable) -> None:
    played = json.loads(run("emotions", "show", "--valence", "1", "--arousal", "1", "--json").out)
    assert played["tempo_factor"] == 1.57 and played["level_db"] == 8 and played["mode"] == "major"


def test_show_what_cannot_be_shown(run: Callable) -> None:
    assert run("emotions", "show").code == 2
    assert run("emotions", "show", "sad", "--valence", "0").code == 2
    assert run("emotions", "show", "--valence", "3").err == "error: valence 3 is outside -1..1\n"
    ran = run("emotions", "show", "triumphent")
    near = "near it: triumphant; `composer-daw emotions list` shows all"
    assert (ran.code, ran.err) == (1, f"error: no emotion 'triumphent'; {near}\n")


def test_a_profile_of_ones_own(run: Callable, tmp_path: Path) -> None:
    text = (shipped("configs") / PROFILE).read_text(encoding="utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        text.replace("words:\n", "words:\n  mine: {at: [0.5, 0.5], source: ours}\n"), encoding="utf-8"
    )
    assert run("emotions", "show", "mine", "--profile", mine).code == 0
    assert run("emotions", "show", "mine").code == 1


def test_plot(run: Callable, tmp_path: Path) -> None:
    ran = run("emotions", "plot", "-o", tmp_path / "surface.png")
    assert (ran.code, ran.out) == (0, f"{tmp_path / 'surface.png'}\n")
    assert (tmp_path / "surface.png").read_bytes().startswith(b"\x89PNG")
    assert ran.err == "" or ran.err.startswith("note: no font here has the glyphs of these; drawn instead: ")
    assert run("emotions", "plot", "-o", tmp_path / "surface.gif").code == 1


def test_fit(run: Callable, tmp_path: Path) -> None:
    ran = run("emotions", "fit", save_labelled(tmp_path / "data"), "-o", tmp_path / "fitted.yaml")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split()[:6] == ["figure", "happy", "scary", "neutral", "peaceful", "sad"]
    assert lines[1].startswith("tempo_factor") and lines[1].rstrip().endswith("yes")
    assert lines[-1] == f"{tmp_path / 'fitted.yaml'}: fitted to 12 files"
    assert "note: level_db: the same in all files; kept as it was\n" in ran.err
    fitted = load_profile(tmp_path / "fitted.yaml").figures["tempo_factor"]
    assert fitted.source == "fitted" and fitted.at[0] / fitted.at[4] > 1.9


def test_fit_never_writes_over_the_profile_it_reads(run: Callable, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_bytes((shipped("configs") / PROFILE).read_bytes())
    ran = run("emotions", "fit", save_labelled(tmp_path / "data"), "-o", mine, "--profile", mine)
    assert ran.code == 1 and "give each file its own name" in ran.err
    assert mine.read_bytes() == (shipped("configs") / PROFILE).read_bytes()


def test_fit_without_labels(run: Callable, tmp_path: Path) -> None:
    ran = run("emotions", "fit", tmp_path, "-o", tmp_path / "fitted.yaml")
    assert ran.code == 1 and "no labels" in ran.err
    assert not (tmp_path / "fitted.yaml").exists()
