"""`composer-daw humanize`: what is written, what is said, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import mido
import pytest
from midi_building import meta, note, save_tracks

from composer_daw.humanizer import load_plan
from composer_daw.midi import load_midi

WORD = ("--emotion", "切ない")


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """Two tracks of names, sixteen notes each, in D major."""
    scale = [62, 64, 66, 67, 69, 71, 73, 74] * 2
    upper = [one for n, pitch in enumerate(scale) for one in note(240 * n, 220, pitch, 60 + 2 * n)]
    lower = [one for n, pitch in enumerate(scale) for one in note(240 * n, 240, pitch - 24, 70, channel=1)]
    names = (meta(0, "track_name", name="Upper"), meta(0, "track_name", name="Lower"))
    return save_tracks(tmp_path / "tune.mid", [names[0], *upper], [names[1], *lower])


def test_a_word_and_a_tempo_map(run: Callable, tune: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    ran = run("humanize", tune, "-o", out, *WORD, "--tempo", "map")
    assert ran.code == 0
    assert ran.err.startswith("note: brought down by ") and ran.err.count("\n") == 1
    assert ran.out.startswith(f"{out}: ")
    assert "32 notes; 切ない, valence -0.60, arousal -0.60; tempo map, 0.62 times as fast" in ran.out
    played = load_midi(out)
    assert len(played.tempo.bpm) > 4
    assert [track.name for track in played.tracks] == ["Upper", "Lower"]


def test_a_kept_tempo_keeps_the_length(run: Callable, tune: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    assert "tempo kept" in run("humanize", tune, "-o", out, "--valence", 0.5, "--arousal", 0.8).out
    assert load_midi(out).duration_s == pytest.approx(load_midi(tune).duration_s, abs=0.001)
    assert [one for one in mido.MidiFile(out).tracks[0] if one.type == "set_tempo"][0].tempo == 500_000


def test_the_same_seed_the_same_bytes_and_a_plan_again(run: Callable, tune: Path, tmp_path: Path) -> None:
    outs = [tmp_path / f"{number}.mid" for number in range(4)]
    plan = tmp_path / "plan.json"
    run("humanize", tune, "-o", outs[0], *WORD, "--seed", 5, "--save-plan", plan, "--rubato", 0.5)
    run("humanize", tune, "-o", outs[1], *WORD, "--seed", 5, "--rubato", 0.5)
    run("humanize", tune, "-o", outs[2], "--plan", plan)
    run("humanize", tune, "-o", outs[3], *WORD, "--seed", 6, "--rubato", 0.5)
    data = [out.read_bytes() for out in outs]
    assert data[0] == data[1] == data[2] != data[3]
    assert load_plan(plan).emotion == "切ない"


def test_json_says_all_of_it(run: Callable, tune: Path, tmp_path: Path) -> None:
    ran = run("humanize", tune, "-o", tmp_path / "o.mid", "--rule", "high-loud=2", "--rubato", 0.5, "--json")
    facts = json.loads(ran.out)
    assert (facts["notes"], facts["tempo"], facts["speed"], facts["valence"]) == (32, "keep", 1.0, 0.0)
    assert facts["rules"]["high_loud"] == 2.0
    assert facts["rubato"] not in ("none", "")
    assert facts["expression"]["articulation"] == pytest.approx(0.84)
    assert ran.err == ""


def test_the_notes_are_changed_only_where_asked_and_that_is_told(
    run: Callable, tune: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o.mid"
    before = sorted(load_midi(tune).notes["pitch"].tolist())
    run("humanize", tune, "-o", out, *WORD)
    assert sorted(load_midi(out).notes["pitch"].tolist()) == before
    ran = run("humanize", tune, "-o", out, *WORD, "--mode", "parallel", "--register", -2)
    assert "note: mode: D major to D minor" in ran.err
    assert "note: register: -2 semitones; 32 of 32 notes moved" in ran.err
    ran = run("humanize", tune, "-o", out, "--mode", "parallel")
    assert "note: mode: as written; the valence advises neither major nor minor" in ran.err


def test_a_plan_has_the_advice_of_its_profile(run: Callable, tune: Path, tmp_path: Path) -> None:
    from composer_daw.files import shipped

    text = (shipped("configs") / "emotion_profile.yaml").read_text("utf-8")
    mine, plan, outs = (
        tmp_path / "mine.yaml",
        tmp_path / "plan.json",
        [tmp_path / "1.mid", tmp_path / "2.mid"],
    )
    mine.write_text(text.replace("minor_below: -0.2", "minor_below: -0.9"), "utf-8")
    options = ("--mode", "parallel")
    first = run("humanize", tune, "-o", outs[0], *WORD, *options, "--profile", mine, "--save-plan", plan)
    again = run("humanize", tune, "-o", outs[1], *options, "--plan", plan)
    assert "mode: as written" in first.err and again.err == first.err
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_the_report(run: Callable, tune: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = run("humanize", tune, "-o", tmp_path / "o.mid", *WORD, "--report", page, "--register", 1)
    assert ran.code == 0
    html = page.read_text("utf-8")
    assert "<h1>tune: 切ない (valence −0.60, arousal −0.60)</h1>" in html
    assert "In the score itself, register: +1 semitones" in html


def test_a_profile_of_ones_own(run: Callable, tune: Path, tmp_path: Path) -> None:
    from composer_daw.files import shipped

    text = (shipped("configs") / "emotion_profile.yaml").read_text("utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        text.replace("at: [-0.6, -0.6], also: [切ない", "at: [-0.5, -0.4], also: [切ない"), "utf-8"
    )
    ran = run("humanize", tune, "-o", tmp_path / "o.mid", *WORD, "--profile", mine)
    assert "切ない, valence -0.50, arousal -0.40" in ran.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--valence", "3"), "valence 3 is outside -1..1"),
        (("--arousal", "nan"), "arousal nan is outside -1..1"),
        (("--emotion", "setunaii"), "no emotion 'setunaii'; near it: せつない (wistful)"),
        (("--rubato", "2"), "rubato 2 is outside 0..1"),
        (("--strength", "-1"), "strength -1 is outside 0..2"),
        (("--rule", "high_loud"), "--rule high_loud: give a name and a number, as in high_loud=1.5"),
        (("--rule", "hig_loud=1"), "no rule 'hig_loud' (did you mean 'high_loud'?)"),
        (("--plan", "nowhere.json"), "nowhere.json: no such file"),
        (("--profile", "nowhere.yaml"), "nowhere.yaml: no such file"),
    ],
)
def test_bad_input_in_one_line(
    run: Callable, tune: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    ran = run("humanize", tune, "-o", tmp_path / "o.mid", *options)
    assert ran.code == 1 and ran.out == ""
    assert ran.err.startswith("error: ") and said in ran.err and ran.err.count("\n") == 1
    assert not (tmp_path / "o.mid").exists()


def test_bad_scores_and_places(run: Callable, tune: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.mid"
    empty = save_tracks(tmp_path / "empty.mid", [])
    still = save_tracks(tmp_path / "still.mid", [meta(0, "set_tempo", tempo=0), *note(0, 480, 60)])
    assert "holds no notes" in run("humanize", empty, "-o", out).err
    assert "still.mid: the tempo at beat 0 is zero, or near it" in run("humanize", still, "-o", out).err
    assert "give a name that ends in .mid" in run("humanize", tune, "-o", tmp_path / "o.wav").err
    assert "is the score itself" in run("humanize", tune, "-o", tune).err
    assert not out.exists()


def test_a_plan_has_its_own_answers(run: Callable, tune: Path, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.json", tmp_path / "o.mid"
    run("humanize", tune, "-o", out, "--save-plan", plan)
    for option, value in (("--seed", 3), ("--emotion", "sad"), ("--rule", "swing=1")):
        ran = run("humanize", tune, "-o", out, "--plan", plan, option, value)
        assert ran.code == 2 and f"{option} does not go with --plan" in ran.err
    other = save_tracks(tmp_path / "other.mid", note(0, 480, 60))
    assert "drawn for a score of 32 chords, not of 1" in run("humanize", other, "-o", out, "--plan", plan).err
