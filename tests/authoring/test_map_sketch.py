"""The beginning of a map: what a plugin or a SoundFont shows becomes techniques where that is certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from installed_plugins import installed, probe_plugins
from probe_plugin import ProbePlugins
from small_instruments import write_instrument
from small_sf2 import write_small_sf2

from composer_daw.authoring.choices import STEPS
from composer_daw.authoring.map_sketch import Sketch, blank_sketch
from composer_daw.authoring.sketch_sources import sketch_of, sketch_of_parameters, sketch_of_preset
from composer_daw.authoring.sketch_text import MOST_COMMENTS, write_sketch
from composer_daw.errors import InputError, OutputError
from composer_daw.techniques import TechniqueMap, load_map
from composer_daw.techniques.actions import SetParameter
from composer_daw.techniques.lint import lint_map


@pytest.fixture(scope="module")
def probe() -> ProbePlugins:
    return probe_plugins()


def stepped(*texts: str) -> list[str]:
    """Return what a parameter shows that goes through these in equal steps."""
    return [texts[min(len(texts) - 1, step * len(texts) // (STEPS + 1))] for step in range(STEPS + 1)]


def written(sketch: Sketch, tmp_path: Path, **more: object) -> tuple[TechniqueMap, str, list[str]]:
    """Return a sketch as it is read back, its text, and the kinds of findings."""
    path = tmp_path / "m.yaml"
    write_sketch(sketch, path, **more)  # type: ignore[arg-type]
    return load_map(path), path.read_text(encoding="utf-8"), [one.kind for one in lint_map(path)]


def test_a_blank_map(tmp_path: Path) -> None:
    known, text, kinds = written(blank_sketch(" My: Violin "), tmp_path, ends=("C2", "C6"), middle_c="C3")
    assert (known.instrument, known.range, known.middle_c) == ("My: Violin", (48, 96), "C3")
    assert known.defaults == {"sustain"}
    assert kinds == []
    assert "`composer-daw techniques lint m.yaml`" in text


def test_what_is_not_known_is_a_finding_or_a_comment(tmp_path: Path) -> None:
    known, text, kinds = written(blank_sketch("X"), tmp_path, ends=("C2", "100"))
    assert kinds == ["octave-names"]
    assert known.range == (36, 100)
    assert "\n# middle_c: C3 " in text
    assert "\n# range:" in written(blank_sketch("Y"), tmp_path, force=True)[1]


TEXTS = {
    "Articulation": stepped("Sustain", "Con Sord. Trem", "Zzyzx"),
    "Mute": stepped("Off", "On"),
    "Osc Mode": stepped("saw", "sine", ""),
    "Cutoff": [f"{step / STEPS:.3f}" for step in range(STEPS + 1)],
}
NOW = {"Articulation": "Sustain", "Mute": "Off", "Osc Mode": "saw", "Cutoff": "0.5"}


def test_choices_between_techniques_are_techniques(tmp_path: Path) -> None:
    sketch = sketch_of_parameters("X", "what X shows", TEXTS, NOW, 512)
    known, text, kinds = written(sketch, tmp_path)
    assert set(known.techniques) == {
        "sustain",
        "tremolo+con_sordino",
        "zzyzx",
        "con_sordino",
        "senza_sordino",
    }
    assert {name: known.techniques[name].group for name in ("sustain", "zzyzx")} == {
        "sustain": "articulation",
        "zzyzx": "articulation",
    }
    assert known.groups["articulation"].default == "sustain"
    assert known.groups["mute"].default == "senza_sordino"
    (mute,), (unmute,) = known.techniques["con_sordino"].on, known.techniques["con_sordino"].off
    assert (mute, unmute) == (
        SetParameter(parameter="Mute", value=1),
        SetParameter(parameter="Mute", value=0),
    )
    values = [known.techniques[name].on[0].value for name in ("sustain", "tremolo+con_sordino", "zzyzx")]
    assert [TEXTS["Articulation"][round(float(value) * STEPS)] for value in values] == [
        "Sustain",
        "Con Sord. Trem",
        "Zzyzx",
    ]
    assert kinds == ["unknown-name"]
    assert "shows 'Off' or 'On'; is this what it is?" in text
    assert "#   Osc Mode: saw = 0, sine = 0.5078, (nothing) = 1" in text
    assert "Cutoff" not in text
    assert "It reports 512 samples of latency." in text


def test_one_parameter_is_enough_to_say_what_plays_now(tmp_path: Path) -> None:
    texts = {"Style": stepped("Funky", "Staccato")}
    known, _, kinds = written(sketch_of_parameters("X", "", texts, {"Style": "Staccato"}), tmp_path)
    assert known.groups["style"].default == "staccato"
    assert kinds == ["unknown-name"]


def test_programs_of_a_soundfont(tmp_path: Path) -> None:
    programs = [(0, 40, "Violin Pizz.", 0.1), (20, 44, "Violin Trem.", 0.2), (0, 3, "Zither", 0.3)]
    font = write_small_sf2(tmp_path / "small.sf2", [*programs, (0, 45, "Pizzicato 2", 0.4)])
    known, text, kinds = written(sketch_of(str(font)), tmp_path)
    assert known.instrument == "small"
    actions = {
        name: one.on[0].model_dump(include={"program", "bank"}) for name, one in known.techniques.items()
    }
    assert actions == {
        "pizzicato": {"program": 40, "bank": 0},
        "tremolo": {"program": 44, "bank": 20},
        "pizzicato_2": {"program": 45, "bank": 0},
    }
    assert known.plays("pizzicato_2") == ("pizzicato",)
    assert known.techniques["tremolo"].title == "Violin Trem."
    assert len(known.groups) == 1  # a channel has one program
    assert kinds == ["no-default"]
    assert "#   {program: 3, bank: 0}  Zither" in text


def test_a_plugin(probe: ProbePlugins, tmp_path: Path) -> None:
    known, text, kinds = written(sketch_of(str(probe.variant("latency=64", "vst3"))), tmp_path)
    assert known.instrument == "Probe"
    assert kinds == []
    assert "#   Waveform: sine = 0, " in text
    assert "It reports 64 samples of latency." in text


def test_a_plugin_that_is_installed(tmp_path: Path) -> None:
    known, text, kinds = written(sketch_of(str(installed("amsynth_vst"))), tmp_path, middle_c="C4")
    assert (known.instrument, kinds) == ("amsynth", [])
    assert "#   keyboard_mode: 0 = 0, 1 = " in text


def test_a_preset_of_a_plugin(tmp_path: Path) -> None:
    installed("amsynth_vst")
    assert sketch_of_preset("plugins/amsynth").instrument == "amsynth"


def test_what_cannot_be_looked_at(probe: ProbePlugins, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is an effect, not an instrument"):
        sketch_of(str(probe.variant("", "vst2", "ProbeEffect")))
    with pytest.raises(InputError, match="is played by the host 'fake'"):
        sketch_of_preset(str(write_instrument(tmp_path)))
    with pytest.raises(InputError, match=r"no SoundFont 'nothing\.sf2'"):
        sketch_of("nothing.sf2")
    with pytest.raises(InputError, match="the instrument has no name"):
        blank_sketch("  ")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (("C6", "C2"), "--range: C6 is above C2; give the lowest note first"),
        (("H2", "C6"), "--range: 'H2' is not a note; write C1, F#2, Bb3 or a number from 0 to 127"),
        (("C2", "C12"), r"--range: key 'C12' is outside 0\.\.127"),
    ],
)
def test_a_range_that_is_none(ends: tuple[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        write_sketch(blank_sketch("X"), tmp_path / "m.yaml", ends)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("mine")
    with pytest.raises(OutputError, match="is there already; give another name, or --force"):
        write_sketch(blank_sketch("X"), path)
    assert path.read_text() == "mine"
    write_sketch(blank_sketch("X"), path, force=True)
    assert load_map(path).instrument == "X"
    with pytest.raises(InputError, match=r"let its name end in \.yaml"):
        write_sketch(blank_sketch("X"), tmp_path / "m.txt")


texts = st.text(min_size=1, max_size=20)


@given(
    texts.filter(str.strip),
    texts,
    st.dictionaries(texts, st.lists(texts, min_size=1, max_size=4), max_size=3),
)
def test_whatever_a_plugin_calls_things_the_map_loads(
    tmp_path_factory: pytest.TempPathFactory, name: str, source: str, parameters: dict[str, list[str]]
) -> None:
    path = tmp_path_factory.mktemp("maps") / "m.yaml"
    shown = {f"{one} style": stepped("Legato", *choices) for one, choices in parameters.items()}
    sketch = sketch_of_parameters(name.strip(), source, shown, {one: "Legato" for one in shown})
    write_sketch(sketch, path)
    known = load_map(path)
    assert known.instrument == name.strip()
    assert "load" not in {one.kind for one in lint_map(path)}
    assert set(known.techniques) == set(sketch.techniques)


def test_many_remarks_are_counted(tmp_path: Path) -> None:
    sketch = blank_sketch("X")
    sketch.remarks = [f"remark {number}\nin two lines" for number in range(MOST_COMMENTS + 7)]
    text = written(sketch, tmp_path)[1]
    assert "# remark 0 in two lines\n" in text
    assert text.endswith("# and 7 more\n")
