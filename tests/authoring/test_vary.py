"""Presets drawn from one: within their distributions, the same for the same seed, each checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from installed_plugins import probe_plugins

from composer_daw.authoring.capture import Wanted, capture
from composer_daw.authoring.choices import choices_of, in_steps
from composer_daw.authoring.fingerprint import load_fingerprint
from composer_daw.authoring.restore import check_preset, load_patch
from composer_daw.authoring.vary import Made, read_spec, usual_spec, vary_preset
from composer_daw.errors import DocumentError, InputError, OutputError
from composer_daw.hosts.base import Parameter
from composer_daw.sampling import Normal, generator_for

SPEC = """\
vary: 1
parameters:
  Cutoff: {kind: uniform, low: 0.3, high: 0.9}
  Waveform: {kind: choice, values: [saw, square]}
  Level: {kind: normal, mean: 0.8, deviation: 0.5}
"""
KNOWN = {name: Parameter(name, 0.5) for name in ("Cutoff", "Waveform", "Level")}


@pytest.fixture(scope="module")
def preset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("presets") / "pad.yaml"
    capture(Wanted(str(probe_plugins().variant("", "vst2")), settings={"Cutoff": 0.7}), path)
    return path


def written(folder: Path, text: str = SPEC) -> Path:
    path = folder / "vary.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.*")
        if path.is_file()
    }


def test_presets_are_drawn_and_come_back(preset: Path, tmp_path: Path) -> None:
    told: list[Made] = []
    made = vary_preset(preset, tmp_path / "out", 4, seed=1, spec=written(tmp_path), done=told.append)
    assert [one.path.name for one in made] == [f"pad-{number:03d}.yaml" for number in range(1, 5)]
    assert {one.path for one in told} == {one.path for one in made}
    assert [one.kept.notes for one in made if one.kept] == [[]] * 4
    for one in made:
        values = load_fingerprint(tmp_path / "out" / "states" / f"{one.path.stem}.json").parameters
        assert 0.3 <= values["Cutoff"] <= 0.9
        assert values["Waveform"] == {"saw": 0.5, "square": 1.0}[str(one.settings["Waveform"])]
        assert values["Level"] == pytest.approx(float(one.settings["Level"]), abs=1e-4)
    assert len({float(one.settings["Cutoff"]) for one in made}) == 4
    assert check_preset(made[2].path).lines() == ["sound: bit-identical"]


def test_the_same_seed_the_same_bytes_another_seed_others(preset: Path, tmp_path: Path) -> None:
    spec = written(tmp_path)
    for name, seed, count in (("a", 1, 3), ("b", 1, 2), ("c", 2, 2)):
        vary_preset(preset, tmp_path / name, count, seed=seed, spec=spec)
    one, again, other = (contents(tmp_path / name) for name in "abc")
    assert len(again) == 6
    assert {name: one[name] for name in again} == again  # however many are drawn
    assert all(other[name] != again[name] for name in again if "states" in name)


def test_without_a_spec_all_but_the_choices_move_a_little(preset: Path, tmp_path: Path) -> None:
    (made,) = vary_preset(preset, tmp_path, 1, seed=3)
    assert set(made.settings) == {"Spare", "Level", "Cutoff", "Detune"}
    assert 0.4 < float(made.settings["Cutoff"]) < 1.0


def test_the_choices_of_a_plugin(preset: Path) -> None:
    assert choices_of(load_patch(preset)) == {"Waveform", "Marks"}


@pytest.mark.parametrize(
    ("texts", "steps"),
    [
        (["0.000000"] * 32 + ["1.000000"] * 33, True),
        (["off"] * 32 + ["on"] * 33, True),
        ([str(number // 3) for number in range(65)], True),
        ([f"{number / 64:.1f}" for number in range(65)], False),
        ([f"{number} %" for number in range(65)], False),
        (["1e-3"] * 30 + ["1e-2"] * 35, False),
        (["always"] * 65, False),
        ([""] * 65, False),
    ],
    ids=[
        "switch in numbers",
        "switch",
        "whole numbers",
        "tenths",
        "percent",
        "powers",
        "one text",
        "no text",
    ],
)
def test_what_goes_in_steps(texts: list[str], steps: bool) -> None:
    assert in_steps(texts) is steps


def test_a_draw_that_cannot_be_kept_costs_only_itself(preset: Path, tmp_path: Path) -> None:
    spec = written(tmp_path, "vary: 1\nparameters: {Waveform: {kind: choice, values: [saw, bells]}}\n")
    made = vary_preset(preset, tmp_path / "out", 6, seed=1, spec=spec)
    drawn = [str(one.settings["Waveform"]) for one in made]
    assert set(drawn) == {"saw", "bells"}
    assert [one.error is None for one in made] == [wave == "saw" for wave in drawn]
    assert all("never shows 'bells'" in str(one.error) for one in made if one.error)
    assert len(list((tmp_path / "out").glob("*.yaml"))) == drawn.count("saw")


def test_nothing_is_written_over(preset: Path, tmp_path: Path) -> None:
    (tmp_path / "pad-002.yaml").write_text("mine")
    with pytest.raises(OutputError, match="pad-002.yaml: is there already"):
        vary_preset(preset, tmp_path, 3)
    assert [path.name for path in tmp_path.iterdir()] == ["pad-002.yaml"]


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (
            "Cutof: {kind: constant, value: 0.5}",
            r"Cutof: the plugin has no such parameter \(did you mean 'Cutoff'",
        ),
        ("Cutoff: {kind: uniform, low: 0.2, high: 2}", "Cutoff: 2 is outside 0..1"),
        ("Cutoff: {kind: normal, mean: -1, deviation: 0.1}", "Cutoff: -1 is outside 0..1"),
        ("Cutoff: {kind: constant, value: 440}", "Cutoff: 440 is outside 0..1"),
        ("Cutoff: {kind: choice, values: [0.5, 7]}", "Cutoff: 7 is outside 0..1"),
    ],
)
def test_a_spec_that_does_not_fit(tmp_path: Path, spec: str, problem: str) -> None:
    path = written(tmp_path, f"vary: 1\nparameters:\n  {spec}\n")
    with pytest.raises(InputError, match=problem):
        read_spec(path, KNOWN)


def test_a_spec_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"vary\.yaml:2: .*unknown key \(did you mean 'parameters'\?\)"):
        read_spec(written(tmp_path, "vary: 1\nparameter: {}\n"), KNOWN)


def test_bell_curves_stay_within_what_a_parameter_takes(tmp_path: Path) -> None:
    level = read_spec(written(tmp_path), KNOWN)["Level"]
    assert isinstance(level, Normal)
    drawn = [level.draw(generator_for(0, str(number))) for number in range(200)]
    assert 0.0 <= min(drawn) < 0.3
    assert max(drawn) <= 1.0
    (edge,) = usual_spec({"Level": Parameter("Level", 1.0)}, frozenset()).values()
    assert all(0.5 < float(edge.draw(generator_for(0, str(number)))) <= 1.0 for number in range(50))
