"""A probe for each way of playing that a score uses, so that samples that lack are missed by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from probe_instrument import write_probe_instrument
from probe_plugin import TECHNIQUES, ProbePlugins
from small_instruments import DRUMS, piece, write_instrument

from composer_daw.errors import HostError, InputError
from composer_daw.events import Events, Kind
from composer_daw.hosts.fake import FakeHost
from composer_daw.performance import Performance, Text
from composer_daw.rendering import Instrument, load_instrument, open_host, render
from composer_daw.rendering.readiness import PROBE_S, USUAL, Probe, Probed, probes_for, probes_of
from composer_daw.techniques import realize

PLAIN = "limits: {load_s: 20, ready_s: 0.5, render_s: 20}"


def made(probes: dict[str, Probe]) -> dict[str, Events]:
    return {name: probe() for name, probe in probes.items()}


def notes_of(probe: Events) -> list[tuple[int, int]]:
    """Return pitch and velocity of each note."""
    return [(int(row["number"]), int(row["value"])) for row in probe.of(Kind.NOTE_ON)]


def switches_of(probe: Events) -> list[int]:
    return probe.of(Kind.SWITCH_ON)["number"].tolist()


@pytest.fixture
def fake(fake_preset: Path) -> Instrument:
    return load_instrument(fake_preset)


@pytest.fixture
def drums(tmp_path: Path) -> Instrument:
    preset = write_instrument(tmp_path / "drums")
    (preset.parent / "map.yaml").write_text(DRUMS, encoding="utf-8")
    return load_instrument(preset)


def test_one_probe_for_each_way_of_playing_on_its_middle_note(fake: Instrument) -> None:
    score = piece(
        *((step * 0.5, 0.4, pitch, 100) for step, pitch in enumerate((72, 48, 60, 50, 55, 62))),
        techniques=[
            ("sustain",),
            ("sustain",),
            ("sustain",),
            ("pizzicato",),
            ("pizzicato", "con_sordino"),
            (),
        ],
    )
    probes = made(probes_of(realize(score, fake.technique_map).labels, fake))
    assert {name: notes_of(probe) for name, probe in probes.items()} == {
        "sustain+senza_sordino": [(62, 100)],  # of 48, 60, 62 and 72 the upper of the middle two
        "pizzicato+senza_sordino": [(50, 100)],
        "pizzicato+con_sordino": [(55, 100)],
    }
    assert switches_of(probes["pizzicato+con_sordino"]) == [15, 17]
    assert all(probe.duration_s == pytest.approx(PROBE_S) for probe in probes.values())


def test_a_probe_is_no_softer_than_it_takes_to_be_heard(fake: Instrument) -> None:
    labels = realize(piece((0.0, 1.0, 60, 1), (1.0, 1.0, 60, 3)), fake.technique_map).labels
    (probe,) = made(probes_of(labels, fake)).values()
    assert notes_of(probe) == [(60, USUAL[1])]


def test_of_drums_every_key_that_is_struck_is_probed(drums: Instrument) -> None:
    score = piece(
        (0.0, 0.1, 36, 100),
        (0.5, 0.1, 35, 100),
        (1.0, 0.1, 38, 100),
        (1.5, 0.1, 38, 100),
        techniques=[(), (), ("snare=rimshot",), ()],
    )
    probes = made(probes_of(realize(score, drums.technique_map).labels, drums))
    assert {name: notes_of(probe)[0][0] for name, probe in probes.items()} == {
        "kick (key 36)": 36,
        "snare (key 38)": 38,
        "snare (key 40)": 40,
    }


def test_all_that_an_instrument_has(fake: Instrument, drums: Instrument) -> None:
    probes = made(probes_for(fake))
    assert set(probes) == {"sustain", "legato", "staccato", "pizzicato", "senza_sordino", "con_sordino"}
    assert {notes_of(probe)[0][0] for probe in probes.values()} == {USUAL[0]}
    assert set(probes_for(fake, ["staccato"])) == {"staccato"}
    kit = made(probes_for(drums))
    assert {name: notes_of(kit[name])[0][0] for name in kit} == {"kick": 36, "snare": 38}


def test_beside_drums_techniques_are_played_on_other_pitches(tmp_path: Path) -> None:
    preset = write_instrument(tmp_path)
    path = tmp_path / "map.yaml"
    drums = "pieces:\n  knock: {written: [C4, D4], hit: C3}\n  slap: {written: [], hit: D3}\n"
    path.write_text(path.read_text(encoding="utf-8") + drums, encoding="utf-8")
    probes = made(probes_for(load_instrument(preset)))
    notes = {name: notes_of(probe)[0][0] for name, probe in probes.items()}
    assert notes["knock"] == 48 and notes["sustain"] == 59
    assert "slap" not in notes and len(notes) == 7


def test_a_drum_that_no_score_writes_is_not_probed(drums: Instrument) -> None:
    text = DRUMS.replace("[35, 36]", "[]").replace("[38, 40]", "[]")
    drums.map_path.write_text(text, encoding="utf-8")
    assert probes_for(load_instrument(drums.map_path.parent / "fake.yaml")) == {}


def test_the_usual_note_lies_in_the_range(tmp_path: Path) -> None:
    preset = write_instrument(tmp_path)
    text = (tmp_path / "map.yaml").read_text(encoding="utf-8")
    (tmp_path / "map.yaml").write_text(text.replace("[G2, C7]", "[G5, C7]"), encoding="utf-8")
    (note,) = notes_of(probes_for(load_instrument(preset), ["sustain"])["sustain"]())
    assert note[0] == 79


def test_a_map_whose_techniques_leave_its_range_is_named(tmp_path: Path) -> None:
    preset = write_instrument(tmp_path)
    text = (tmp_path / "map.yaml").read_text(encoding="utf-8")
    shifted = text.replace("on: [{keyswitch: C0}]", "on: [{keyswitch: C0}], note: {transpose: 60}")
    (tmp_path / "map.yaml").write_text(shifted, encoding="utf-8")
    with pytest.raises(InputError, match=r"map\.yaml: 1 note outside G2\.\.C7 of Fake Strings"):
        probes_for(load_instrument(preset), ["sustain"])["sustain"]()


class AskedHost(FakeHost):
    """A fake host that keeps what it is asked to probe."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []

    def need(self, probes: dict[str, Probe]) -> None:
        self.asked.append(sorted(probes))


def test_a_host_that_probes_is_told_what_a_render_needs(fake: Instrument) -> None:
    host = AskedHost()
    assert isinstance(host, Probed) and not isinstance(FakeHost(), Probed)
    render(piece((0.0, 0.5, 60, 90)), fake, "staccato", host=host)
    render(piece((0.0, 0.5, 60, 90)), fake, "pizzicato", host=host)
    assert host.asked == [["staccato+senza_sordino"], ["pizzicato+senza_sordino"]]


# ---- on a plugin


def each_technique() -> Performance:
    """Five notes, each of the technique that a text before it names."""
    texts = tuple(Text(0.1 * step, f"[technique:{name}]") for step, name in enumerate(TECHNIQUES))
    return replace(piece(*((0.1 * step, 0.1, 60 + step, 90) for step in range(5))), texts=texts)


def test_a_technique_without_samples_costs_the_takes_that_play_it(
    probe_plugins: ProbePlugins, tmp_path: Path
) -> None:
    preset = write_probe_instrument(tmp_path, probe_plugins.variant("missing=pizzicato"), more=PLAIN)
    instrument = load_instrument(preset)
    says = "^Probe@missing=pizzicato: pizzicato stays silent for 0.5 s; are its samples there[?]$"
    with open_host(instrument) as host:
        for asked in (*TECHNIQUES, "written"):
            if asked in ("pizzicato", "written"):
                with pytest.raises(HostError, match=says):
                    render(each_technique(), instrument, asked, host=host)
            else:
                take = render(each_technique(), instrument, asked, host=host)
                assert take.audio.peak_db > -20
                assert set(take.labels.played_names()) == {asked}


def test_slow_samples_are_there_for_every_technique(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    patient = "limits: {load_s: 20, ready_s: 10, render_s: 20}"
    slow, quick = (
        load_instrument(write_probe_instrument(tmp_path / name, probe_plugins.variant(options), more=patient))
        for name, options in (("slow", "slow=0.7"), ("quick", ""))
    )
    takes = [render(each_technique(), one) for one in (slow, quick)]
    assert takes[0].labels.played_names() == list(TECHNIQUES)
    np.testing.assert_array_equal(takes[0].audio.samples, takes[1].audio.samples)


def test_the_softest_notes_of_a_soft_sound_are_no_missing_samples(
    probe_plugins: ProbePlugins, tmp_path: Path
) -> None:
    soft = load_instrument(
        write_probe_instrument(tmp_path, probe_plugins.variant(), more=f"set: {{Level: 0.1}}\n{PLAIN}")
    )
    take = render(piece((0.0, 0.5, 60, 1)), soft)
    assert -80 < take.audio.peak_db < -60


MUTED = """\
technique_map: 1
instrument: Probe
groups:
  mute: {default: open}
techniques:
  open: {group: mute}
  con_sordino: {group: mute, on: [{cc: 11, value: 40}], off: [{cc: 11, value: 127}]}
"""


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_what_a_probe_leaves_behind_is_not_heard(
    probe_plugins: ProbePlugins, tmp_path: Path, format: str
) -> None:
    """The default here sends nothing of its own: what the probe of the mute has set must be gone."""
    preset = write_probe_instrument(tmp_path, probe_plugins.variant("latch", format), more=PLAIN)
    (tmp_path / "probe_map.yaml").write_text(MUTED, encoding="utf-8")
    instrument = load_instrument(preset)
    score = replace(piece((0.0, 0.3, 60, 90), (0.5, 0.3, 60, 90)), texts=(Text(0.45, "con sord."),))
    with open_host(instrument) as host:
        takes = [render(score, instrument, host=host) for _ in range(2)]
    for take in takes:
        assert take.labels.played_names() == ["open", "con_sordino"]
        first, second = (take.audio.samples[:, start : start + 10_000] for start in (0, 22_050))
        assert np.abs(first).max() == pytest.approx(127 / 40 * np.abs(second).max(), rel=0.05)
