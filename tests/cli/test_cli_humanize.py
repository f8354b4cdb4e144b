"""`composer-daw humanize`: what is written, what is said, and what is refused."""

from __future__ import annotations

import json
from collections import Counter
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
    options = ("--mode", "parallel", "--profile", mine, "--save-plan", plan)
    first = run("humanize", tune, "-o", outs[0], *WORD, *options)
    again = run("humanize", tune, "-o", outs[1], "--plan", plan)
    assert "mode: as written" in first.err and again.err == first.err
    assert outs[0].read_bytes() == outs[1].read_bytes()


@pytest.mark.parametrize("more", [("--tempo", "map"), ("--tempo-class", "advised")])
def test_a_plan_keeps_what_was_changed_in_the_score(
    run: Callable, tune: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    plan, outs = tmp_path / "plan.json", [tmp_path / "1.mid", tmp_path / "2.mid"]
    changes = ("--mode", "parallel", "--register", "-3", "--phrases", "1,2")
    first = run("humanize", tune, "-o", outs[0], *WORD, *changes, *more, "--save-plan", plan)
    again = run("humanize", tune, "-o", outs[1], "--plan", plan)
    assert "D major to D minor" in first.err and "-3 semitones" in first.err and again.err == first.err
    assert ("tempo: 120 to 76 beats a minute (slow)" in first.err) == ("advised" in more)
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_an_old_plan_knows_nothing_of_changes(run: Callable, tune: Path, tmp_path: Path) -> None:
    plan, outs = tmp_path / "plan.json", [tmp_path / "1.mid", tmp_path / "2.mid"]
    run("humanize", tune, "-o", outs[0], *WORD, "--save-plan", plan)
    data = json.loads(plan.read_text("utf-8"))
    del data["changes"], data["moved"], data["expression"]["clips"]
    plan.write_text(json.dumps(data), "utf-8")
    assert run("humanize", tune, "-o", outs[1], "--plan", plan).code == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_a_word_moved_to_another_point_says_so(run: Callable, tune: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "o.mid", tmp_path / "page.htm"
    ran = run("humanize", tune, "-o", out, *WORD, "--valence", 0.5, "--report", page)
    assert "; 切ない, moved to valence +0.50, arousal -0.60; " in ran.out
    assert "<h1>tune: 切ない, moved to valence +0.50, arousal −0.60</h1>" in page.read_text("utf-8")
    facts = json.loads(run("humanize", tune, "-o", out, *WORD, "--valence", 0.5, "--json").out)
    assert (facts["emotion"], facts["moved"], facts["valence"]) == ("切ない", True, 0.5)
    same = run("humanize", tune, "-o", out, *WORD, "--valence", -0.6)
    assert "; 切ない, valence -0.60, arousal -0.60; " in same.out


def test_swing_is_told_as_its_ratio(run: Callable, tune: Path, tmp_path: Path) -> None:
    happy = ("--valence", 1, "--arousal", 1, "--json")
    facts = json.loads(run("humanize", tune, "-o", tmp_path / "o.mid", *happy).out)
    assert facts["rules"]["swing_ratio"] == pytest.approx(1.08) and "swing" not in facts["rules"]
    by_tempo = json.loads(run("humanize", tune, "-o", tmp_path / "o.mid", *happy, "--rule", "swing=0.5").out)
    assert by_tempo["rules"]["swing"] == 0.5 and "swing_ratio" not in by_tempo["rules"]


def test_what_the_clip_holds_is_told(run: Callable, tune: Path, tmp_path: Path) -> None:
    out, page, sad = tmp_path / "o.mid", tmp_path / "o.html", ("--valence", -1, "--arousal", -1)
    ran = run("humanize", tune, "-o", out, *sad, "--tempo", "map", "--strength", 2, "--report", page)
    assert "note: held at the clip: tempo, level" in ran.err
    assert "held at the clip: tempo, level" in page.read_text("utf-8")
    assert "at the clip" not in run("humanize", tune, "-o", out, *sad, "--tempo", "map").err
    assert "clip: tempo" not in run("humanize", tune, "-o", out, *sad, "--strength", 2).err


def test_phrases_of_ones_own(run: Callable, tune: Path, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.json", tmp_path / "o.mid"
    run("humanize", tune, "-o", out, *WORD, "--phrases", "1,1.5,2", "--save-plan", plan)
    (arch,) = [rule for rule in load_plan(plan).rules if rule.name == "phrase_arch"]
    for level in arch.phrases[:-1]:
        assert level[:-1] == (0.0, 2.0, 4.0)
    assert set(arch.phrases[-1]) >= {0.0, 2.0, 4.0}
    found = run("humanize", tune, "-o", tmp_path / "found.mid", *WORD)
    assert found.code == 0 and out.read_bytes() != (tmp_path / "found.mid").read_bytes()


def controllers(path: Path) -> dict[int, int]:
    """Return how many points each controller of a file has."""
    messages = [one for track in mido.MidiFile(path).tracks for one in track]
    return dict(Counter(one.control for one in messages if one.type == "control_change"))


def test_an_instrument_gets_its_controllers(run: Callable, tune: Path, tmp_path: Path) -> None:
    plain, out, again, plan = (tmp_path / name for name in ("p.mid", "o.mid", "a.mid", "plan.json"))
    run("humanize", tune, "-o", plain, *WORD)
    ran = run("humanize", tune, "-o", out, *WORD, "-i", "studio/violin", "--save-plan", plan)
    points = controllers(out)
    assert controllers(plain) == {} and points.keys() == {11} and points[11] > 64
    assert f"; shaped for studio/violin: {points[11]} points on CC11\n" in ran.out
    notes = ("onset_s", "duration_s", "pitch", "velocity", "channel", "track")
    for name in notes:
        assert (load_midi(plain).notes[name] == load_midi(out).notes[name]).all()
    facts = json.loads(
        run("humanize", tune, "-o", again, "--plan", plan, "-i", "studio/violin", "--json").out
    )
    added = {"instrument": "studio/violin", "points": {"CC11": points[11]}, "notes_added": 0}
    assert facts["shaped"] == added and again.read_bytes() == out.read_bytes()


def test_a_map_will_do_for_an_instrument(run: Callable, tune: Path, tmp_path: Path) -> None:
    from composer_daw.files import shipped

    outs = [tmp_path / "1.mid", tmp_path / "2.mid"]
    run("humanize", tune, "-o", outs[0], "-i", "studio/violin")
    run("humanize", tune, "-o", outs[1], "-i", shipped("technique_maps") / "studio" / "violin.yaml")
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_a_kit_gets_ornaments_where_asked(run: Callable, tmp_path: Path) -> None:
    beat = [one for n in range(16) for one in note(480 * n, 120, (36, 38)[n % 2], 90 + n, channel=9)]
    drums, out = save_tracks(tmp_path / "drums.mid", beat), tmp_path / "o.mid"
    kit = ("humanize", drums, "-o", out, "-i", "general_midi/drums")
    plain = run(*kit)
    assert plain.out.endswith("; shaped for general_midi/drums: nothing to add\n")
    assert "note: general_midi/drums: drums have --ornaments only" in plain.err
    assert len(load_midi(out).notes) == 16
    ran = run(*kit, "--ornaments")
    assert len(load_midi(out).notes) == 17
    assert "17 notes; " in ran.out and ran.out.endswith("general_midi/drums: notes added: 1\n")
    keys = save_tracks(tmp_path / "keys.mid", note(0, 480, 60, 80))
    ran = run("humanize", keys, "-o", out, "-i", "general_midi/drums", "--ornaments")
    assert "general_midi/drums: no stroke for a ghost note or a flam" in ran.err


def test_what_an_instrument_cannot_be(run: Callable, tune: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.mid"
    ran = run("humanize", tune, "-o", out, "--ornaments")
    assert ran.code == 2 and "--ornaments goes with -i INSTRUMENT: its map knows the drums" in ran.err
    ran = run("humanize", tune, "-o", out, "-i", "studio/violine")
    assert ran.code == 1 and ran.err.startswith("error: ") and ran.err.count("\n") == 1
    ran = run("humanize", tune, "-o", out, "-i", "studio/violin", "--strength", 0)
    assert "note: studio/violin: its map has no controller to shape with, or the score no note" in ran.err
    assert not (tmp_path / "nothing.mid").exists()


def test_the_report(run: Callable, tune: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = run("humanize", tune, "-o", tmp_path / "o.mid", *WORD, "--report", page, "--register", 1)
    assert ran.code == 0
    html = page.read_text("utf-8")
    assert "<h1>tune: 切ない, valence −0.60, arousal −0.60</h1>" in html
    assert "In the score itself, register: +1 semitones" in html


def test_a_profile_of_ones_own(run: Callable, tune: Path, tmp_path: Path) -> None:
    from composer_daw.files import shipped

    text = (shipped("configs") / "emotion_profile.yaml").read_text("utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        text.replace("wistful:     {at: [-0.6, -0.6]", "wistful:     {at: [-0.65, -0.65]"), "utf-8"
    )
    ran = run("humanize", tune, "-o", tmp_path / "o.mid", *WORD, "--profile", mine)
    assert "切ない, valence -0.65, arousal -0.65" in ran.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--valence", "3"), "valence 3 is outside -1..1"),
        (("--arousal", "nan"), "arousal nan is outside -1..1"),
        (("--emotion", "setunaii"), "no emotion 'setunaii'; near it: せつない (wistful)"),
        (("--rubato", "2"), "rubato 2 is outside 0..1"),
        (("--strength", "-1"), "strength -1 is outside 0..2"),
        (("--rule", "high_loud"), "--rule high_loud: give a name and a number, as in high_loud=1.5"),
        (("--rule", "swing=1", "--rule", "swing=2"), "--rule swing=2: swing is given twice; give it once"),
        (("--rule", "high-loud=1", "--rule", "high_loud=1"), "high_loud is given twice"),
        (("--emotion", ""), "no emotion ''; `composer-daw emotions list` shows all"),
        (("--phrases", "1,five"), "--phrases 1,five: give the bars at which phrases start, as in 1,5,9"),
        (("--phrases", ""), "--phrases : give the bars at which phrases start"),
        (("--phrases", "1,5,9"), "phrases 1,5,9: bars must rise; there are 1 to 2"),
        (("--phrases", "3,2"), "phrases 3,2: bars must rise; there are 1 to 2"),
        (("--phrases", "0,2"), "phrases 0,2: bars must rise; there are 1 to 2"),
        (("--phrases", "1,nan"), "phrases 1,nan: bars must rise; there are 1 to 2"),
        (("--register", "200"), "register 200 is outside -127..127 semitones"),
        (("--tempo", "map", "--tempo-class", "slow"), "would change the tempo twice; give one"),
        (("--report", "page.txt"), "page.txt: the report is a page; give a name that ends in .html"),
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
    for option, value in (
        ("--seed", 3),
        ("--emotion", "sad"),
        ("--rule", "swing=1"),
        ("--mode", "minor"),
        ("--register", 1),
        ("--tempo-class", "slow"),
        ("--phrases", "1"),
    ):
        ran = run("humanize", tune, "-o", out, "--plan", plan, option, value)
        assert ran.code == 2 and f"{option} does not go with --plan" in ran.err
    other = save_tracks(tmp_path / "other.mid", note(0, 480, 60))
    assert "drawn for a score of 32 chords, not of 1" in run("humanize", other, "-o", out, "--plan", plan).err
