"""`composer-daw presets`: what a person sees of it, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from installed_plugins import installed, probe_plugins
from PIL import Image

from composer_daw.authoring.capture import Wanted, capture
from composer_daw.plugins.state_files import load_state
from composer_daw.rendering import load_instrument


def probe(options: str = "", format: str = "vst2") -> Path:
    return probe_plugins().variant(options, format)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two presets of the probe; tests leave them as they are."""
    place = tmp_path_factory.mktemp("presets")
    for name, level in (("soft", 0.5), ("loud", 1.0)):
        wanted = Wanted(str(probe()), settings={"Level": level, "Waveform": "saw"}, name=name.title())
        capture(wanted, place / f"{name}.yaml")
    return place


def test_capture(run: Callable, tmp_path: Path) -> None:
    output = tmp_path / "x.yaml"
    arguments = ["--set", "Waveform=saw", "--set", 'Cutoff="440"', "--name", "Dark", "--licence", "ISC"]
    ran = run(
        "presets", "capture", probe(), "-o", output, *arguments, "--redistribution", "yes", "--any-version"
    )
    assert (ran.code, ran.err) == (0, "")
    size = len((tmp_path / "states" / "x.fxb").read_bytes())
    assert ran.out.splitlines() == [
        f"{output}: 6 parameters, {size:,} bytes of state; repeats: yes",
        f"{tmp_path / 'x.map.yaml'}: one technique on all keys, as no map was given",
    ]
    preset = load_instrument(output).preset
    assert (preset.instrument, preset.licence.name, preset.licence.audio_redistribution) == (
        "Dark",
        "ISC",
        "yes",
    )
    assert preset.plugin is not None
    assert preset.plugin.any_version
    again = run("presets", "capture", probe(), "-o", output)
    assert (again.code, again.err) == (
        1,
        f"error: {output}: is there already; give another name, or --force\n",
    )
    assert run("presets", "capture", probe(), "-o", output, "--force").code == 0
    assert load_instrument(output).preset.instrument == "Probe"


def test_capture_says_what_is_set_on_top(run: Callable, tmp_path: Path) -> None:
    ran = run("presets", "capture", probe("forget"), "--set", "Level=0.5", "-o", tmp_path / "x.yaml")
    assert ran.code == 0
    assert ran.err == "note: the state does not hold Level: set on top of it, in the preset\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--set", "Cutof=0.5"], "error: Probe: no parameter 'Cutof' (did you mean 'Cutoff'?)"),
        (["--set", "Cutoff=5"], "error: --set 'Cutoff=5': 5 is outside 0..1"),
        (["--from", __file__], "holds no state of a VST2 or VST3"),
        (["--map", "nowhere.yaml"], "error: nowhere.yaml: no such file"),
    ],
)
def test_what_cannot_be_captured(run: Callable, tmp_path: Path, arguments: list[str], problem: str) -> None:
    ran = run("presets", "capture", probe(), "-o", tmp_path / "x.yaml", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert problem in ran.err
    assert len(ran.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_effect(run: Callable, tmp_path: Path) -> None:
    ran = run("presets", "capture", installed("DragonflyHallReverb-vst"), "-o", tmp_path / "x.yaml")
    assert ran.code == 1
    assert "is an effect, not an instrument" in ran.err


def test_check(run: Callable, folder: Path) -> None:
    ran = run("presets", "check", folder / "soft.yaml", folder / "loud.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"{folder / 'soft.yaml'}: came back",
        "  sound: bit-identical",
        f"{folder / 'loud.yaml'}: came back",
        "  sound: bit-identical",
    ]


def test_check_says_what_did_not_come_back(run: Callable, folder: Path) -> None:
    other = folder / "forgetful.yaml"
    other.write_text((folder / "soft.yaml").read_text().replace(str(probe()), str(probe("forget"))))
    ran = run("presets", "check", folder / "loud.yaml", other)
    as_json = run("presets", "check", other, "--json")
    other.unlink()
    assert ran.code == as_json.code == 1
    assert ran.err == "error: presets that did not come back: 1 of 2\n"
    lines = ran.out.splitlines()
    assert lines[2] == f"{other}: did NOT come back"
    assert lines[3].startswith("  sound: another one, ")
    assert lines[4:] == ["  Level is 1 and was 0.5", "  Waveform is 0 and was 0.5"]
    (row,) = json.loads(as_json.out)
    assert (row["preset"], row["came_back"], len(row["found"])) == (str(other), False, 3)


def test_show(run: Callable, folder: Path, tmp_path: Path) -> None:
    ran = run("presets", "show", folder / "soft.yaml", "--picture", tmp_path / "soft.png")
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()[3:]] == [
        ["Level", "0.5", "0.500000", "1.000000"],
        ["Waveform", "0.5", "saw", "sine"],
    ]
    with Image.open(tmp_path / "soft.png") as image:
        assert image.format == "PNG"
    shown = json.loads(run("presets", "show", folder / "loud.yaml", "--json").out)
    assert [(row["name"], row["text"], row["default"]) for row in shown["parameters"]] == [
        ("Waveform", "saw", 0.0)
    ]


def test_list(run: Callable, folder: Path) -> None:
    ran = run("presets", "list", folder)
    assert [line.split()[0] for line in ran.out.splitlines()] == [
        f"{folder}/loud.yaml",
        f"{folder}/soft.yaml",
    ]
    rows = json.loads(run("presets", "list", "--json").out)
    assert {"plugins/amsynth", "plugins/zynaddsubfx"} <= {row["name"] for row in rows}


def test_apply_and_export(run: Callable, folder: Path, tmp_path: Path) -> None:
    applied, exported = tmp_path / "applied.fxp", tmp_path / "exported.fxp"
    ran = run("presets", "apply", folder / "soft.yaml", "-o", applied)
    assert (ran.code, ran.out) == (0, f"{applied}: all parameters came back\n")
    assert run("presets", "export", folder / "soft.yaml", "--format", "fxp", "-o", exported).code == 0
    assert load_state(applied) == load_state(exported)
    refused = run("presets", "export", folder / "soft.yaml", "--format", "vstpreset", "-o", tmp_path / "x")
    assert (refused.code, refused.err) == (
        1,
        f"error: {tmp_path / 'x'}: the state of a VST2 cannot be written as vstpreset\n",
    )


def test_vary_and_morph(run: Callable, folder: Path, tmp_path: Path) -> None:
    spec = tmp_path / "vary.yaml"
    spec.write_text("vary: 1\nparameters: {Waveform: {kind: choice, values: [saw, bells]}}\n")
    ran = run(
        "presets", "vary", folder / "soft.yaml", "--n", 6, "--seed", 1, "--spec", spec, "-o", tmp_path / "v"
    )
    written = len(list((tmp_path / "v").glob("*.yaml")))
    assert 0 < written < 6
    assert ran.code == 1
    assert ran.out == f"{tmp_path / 'v'}: {written} presets written\n"
    assert ran.err.splitlines()[-1] == f"error: presets that could not be written: {6 - written}"
    assert "never shows 'bells'" in ran.err
    pair = (folder / "soft.yaml", folder / "loud.yaml")
    ran = run("presets", "morph", *pair, "--steps", 3, "-o", tmp_path / "m")
    assert (ran.code, ran.out, ran.err) == (0, f"{tmp_path / 'm'}: 3 presets written\n", "")
    assert [path.name for path in sorted((tmp_path / "m").glob("*.yaml"))] == [
        f"soft-loud-0{number}.yaml" for number in (1, 2, 3)
    ]
    assert run("presets", "morph", *pair, "--steps", 1, "-o", tmp_path / "n").code == 2
