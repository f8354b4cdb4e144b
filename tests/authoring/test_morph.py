"""From one preset to another: straight lines, choices in the middle, the ends as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from installed_plugins import installed, probe_plugins

from composer_daw.authoring.capture import Wanted, capture
from composer_daw.authoring.fingerprint import Fingerprint, load_fingerprint
from composer_daw.authoring.morph import morph_presets, settings_between
from composer_daw.authoring.restore import check_preset
from composer_daw.errors import InputError


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two presets of the probe, with hidden states of their own."""
    folder = tmp_path_factory.mktemp("presets")
    plugins = probe_plugins()
    for name, patch, settings in (
        ("dull", "patch=bells", {"Cutoff": 0.2, "Level": 0.5, "Waveform": "sine"}),
        ("bright", "patch=glass", {"Cutoff": 0.8, "Level": 0.9, "Waveform": "square"}),
    ):
        capture(Wanted(str(plugins.variant(patch, "vst2")), settings=settings), folder / f"{name}.yaml")
    return folder / "dull.yaml", folder / "bright.yaml"


def prints(folder: Path) -> list[Fingerprint]:
    return [load_fingerprint(path) for path in sorted((folder / "states").glob("*.json"))]


def test_five_steps(ends: tuple[Path, Path], tmp_path: Path) -> None:
    made = morph_presets(*ends, tmp_path, 5)
    assert [one.path.name for one in made] == [f"dull-bright-{number:02d}.yaml" for number in range(1, 6)]
    assert [one.kept.notes for one in made if one.kept] == [[]] * 5
    steps = prints(tmp_path)
    assert [step.parameters["Cutoff"] for step in steps] == pytest.approx(
        [0.2, 0.35, 0.5, 0.65, 0.8], abs=1e-4
    )
    assert [step.parameters["Level"] for step in steps] == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9], abs=1e-4)
    assert [step.parameters["Waveform"] for step in steps] == [0.0, 0.0, 1.0, 1.0, 1.0]
    for end, step in ((ends[0], steps[0]), (ends[1], steps[-1])):
        assert load_fingerprint(end.parent / "states" / f"{end.stem}.json") == step
    assert check_preset(made[1].path).lines() == ["sound: bit-identical"]


def test_presets_of_two_plugins(ends: tuple[Path, Path], tmp_path: Path) -> None:
    capture(Wanted(str(installed("amsynth_vst"))), tmp_path / "other.yaml")
    with pytest.raises(
        InputError, match=r"are presets of two plugins, Probe@patch=bells\.so and amsynth_vst\.so"
    ):
        morph_presets(ends[0], tmp_path / "other.yaml", tmp_path / "out", 3)
    assert not (tmp_path / "out").exists()


UNIT = st.floats(0.0, 1.0)


@given(one=UNIT, other=UNIT, place=UNIT)
def test_what_lies_between_lies_between(one: float, other: float, place: float) -> None:
    first, last = {"a": one, "b": one, "same": 0.5}, {"a": other, "b": other, "same": 0.5}
    settings = settings_between(first, last, place, frozenset({"b"}))
    assert set(settings) <= {"a"}
    value = settings.get("a", one if place < 0.5 else other)
    assert value == pytest.approx((1 - place) * one + place * other, abs=1e-5)
    assert min(one, other) - 1e-9 <= value <= max(one, other) + 1e-9


def test_the_ends_are_left_as_they_are() -> None:
    first, last = {"a": 0.1, "b": 0.2}, {"a": 0.7, "b": 0.9}
    assert settings_between(first, last, 0.0, frozenset()) == {}
    assert settings_between(first, last, 1.0, frozenset()) == {}
    assert list(settings_between(first, last, 0.5, frozenset())) == ["a", "b"]
