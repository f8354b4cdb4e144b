"""Parameters of plugins: by name, by number and by what the plugin shows; states; and values that move."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from host_events import PRE_ROLL_S, note, parameter, stream
from plugin_opening import OpenProbe
from probe_plugin import FORMATS, PARAMETERS, Format

from composer_daw.errors import HostError, LoadError
from composer_daw.events import Events
from composer_daw.hosts.base import Parameter
from composer_daw.hosts.plugin import PluginHost
from composer_daw.hosts.plugin_engine import PluginEngine

RATE = 44_100
A = stream(note(0.0, 0.9, 69), duration_s=1.0)
both_formats = pytest.mark.parametrize("format", FORMATS)


def play(host: PluginHost, events: Events = A) -> bytes:
    return host.render(events, events.duration_s + 0.1).samples.tobytes()


def by_name(host: PluginHost) -> dict[str, Parameter]:
    return {one.name: one for one in host.parameters()}


# ---- by name, number and text


@both_formats
def test_a_plugin_tells_its_parameters(open_probe: OpenProbe, format: Format) -> None:
    known = by_name(open_probe("", format))
    own = [known[name] for name in PARAMETERS]
    assert [one.value for one in own] == [0.0, 1.0, 1.0, 0.0, 0.5, 0.0]
    assert (known["Cutoff"].text, known["Waveform"].text) == ("20000.000000", "sine")
    assert np.diff([one.index for one in own]).tolist() == [1] * 5
    assert not [name for name in known if name.startswith("MIDI Ch.")]
    assert ("Current Program" in known) == (format == "vst3")


CUTOFF = [
    (0.25, 0.25, 5015.0),
    ("200", 180 / 19_980, 200.0),
    ("200.0 Hz", 180 / 19_980, 200.0),
    ("20", 0.0, 20.0),
    ("20000.000000", 1.0, 20_000.0),
    ("1234.5", 1214.5 / 19_980, 1234.5),  # between two steps of the grid that is tried
]


@both_formats
def test_a_parameter_is_set_to_a_value_or_to_what_is_shown(open_probe: OpenProbe, format: Format) -> None:
    host = open_probe("", format)
    for value, becomes, shown in CUTOFF:
        host.set("Cutoff", value)
        found = by_name(host)["Cutoff"]
        assert found.value == pytest.approx(becomes, abs=1e-5)
        assert float(found.text) == pytest.approx(shown, rel=1e-4)


@both_formats
def test_words_are_found_whatever_their_case(open_probe: OpenProbe, format: Format) -> None:
    host = open_probe("", format)
    for text, value in (("sine", 0.0), ("SAW", 0.5), (" square ", 1.0)):
        host.set("waveform", text)
        found = by_name(host)["Waveform"]
        assert (found.text, found.value) == (text.strip().lower(), pytest.approx(value, abs=0.25))
        by_text = play(host)
        host.set("Waveform", value)
        assert play(host) == by_text


@both_formats
def test_a_number_counts_as_the_plugin_does(open_probe: OpenProbe, format: Format) -> None:
    host = open_probe("", format)
    host.set(f"#{by_name(host)['Detune'].index}", 0.25)
    assert by_name(host)["Detune"].value == pytest.approx(0.25, abs=1e-4)


SHOWS_NOW = "give a value there, or what the plugin shows (now '18002.000000')"
DESCRIBE = "`composer-daw plugins describe` shows them"
WRONG = [
    ("Cutof", 0.5, f"no parameter 'Cutof' (did you mean 'Cutoff'?); {DESCRIBE}"),
    ("Volume", 0.5, f"no parameter 'Volume'; {DESCRIBE}"),
    ("#7", 0.5, "no parameter #7: they count from #0 to #5"),
    ("Cutoff", 1.5, f"Cutoff: 1.5 is outside 0..1; {SHOWS_NOW}"),
    ("Cutoff", -0.1, f"Cutoff: -0.1 is outside 0..1; {SHOWS_NOW}"),
    ("Cutoff", float("nan"), f"Cutoff: nan is outside 0..1; {SHOWS_NOW}"),
    ("Waveform", "sow", "Waveform: never shows 'sow' (did you mean 'saw'?); it shows sine, saw, square"),
    ("Cutoff", "many", "Cutoff: never shows 'many'; it shows 20.000000 to 20000.000000"),
    ("Cutoff", "30000", "Cutoff: never shows '30000'; it shows 20.000000 to 20000.000000"),
]


def test_what_is_wrong_with_a_setting_is_said_in_a_line_and_changes_nothing(open_probe: OpenProbe) -> None:
    host = open_probe("", "vst2", settings={"Cutoff": 0.9, "Waveform": "saw"})
    before = host.parameters(), play(host)
    for name, value, says in WRONG:
        with pytest.raises(HostError) as error:
            host.set(name, value)
        assert str(error.value) == f"Probe: {says}"
        assert (host.parameters(), play(host)) == before
    assert host.started == 1


def test_a_setting_that_does_not_exist_keeps_the_plugin_from_loading(open_probe: OpenProbe) -> None:
    host = open_probe(settings={"Level": 0.5, "Cutof": 0.5})
    with pytest.raises(LoadError, match=r"^Probe: no parameter 'Cutof' \(did you mean 'Cutoff'\?\)"):
        play(host)
    assert host.process_id is None


def test_two_parameters_of_one_name_need_a_number() -> None:
    engine = PluginEngine.__new__(PluginEngine)
    engine.indices = {3: "Cutoff", 4: "Gain", 9: "cutoff", 12: "Mix", 15: "Mix"}
    assert [engine.index_of(name) for name in ("Cutoff", "cutoff", "GAIN", "#15")] == [3, 9, 4, 15]
    with pytest.raises(HostError, match="2 parameters are called 'CUTOFF'; say which: #3 or #9"):
        engine.index_of("CUTOFF")
    with pytest.raises(HostError, match="2 parameters are called 'Mix'; say which: #12 or #15"):
        engine.index_of("Mix")
    with pytest.raises(HostError, match="no parameter #5: they count from #3 to #15"):
        engine.index_of("#5")


# ---- states


@both_formats
def test_a_state_comes_back_in_a_fresh_process(open_probe: OpenProbe, format: Format) -> None:
    made = open_probe("", format, settings={"Cutoff": 0.4, "Waveform": "saw", "Detune": 0.7})
    sound, state = play(made), made.state
    assert sound != play(open_probe("", format))
    given = open_probe("", format, state=state)
    assert play(given) == sound
    values = [{name: one.value for name, one in by_name(host).items()} for host in (given, made)]
    assert values[0] == pytest.approx(values[1], abs=1e-4)


@both_formats
def test_a_state_is_there_before_anything_was_played(open_probe: OpenProbe, format: Format) -> None:
    settings = {"Cutoff": 0.4, "Waveform": "saw"}
    made = open_probe("", format, settings=settings)
    state = made.state
    assert play(open_probe("", format, state=state)) == play(made)


@both_formats
def test_a_state_that_no_parameter_shows_comes_back(open_probe: OpenProbe, format: Format) -> None:
    patched = open_probe("patch=glass", format)
    assert play(patched) != play(open_probe("", format))
    assert play(open_probe("", format, state=patched.state)) == play(patched)


@both_formats
def test_settings_come_on_top_of_a_state_and_stay_when_it_is_loaded_anew(
    open_probe: OpenProbe, format: Format
) -> None:
    state = open_probe("", format, settings={"Waveform": "saw", "Level": 0.5}).state
    host = open_probe("", format, state=state, settings={"Level": 0.8}, fresh=True)
    straight = open_probe("", format, settings={"Waveform": "saw", "Level": 0.8})
    assert [play(host), play(host)] == [play(straight)] * 2


# ---- values that move


@both_formats
@pytest.mark.parametrize("block", [64, 512])
def test_a_parameter_event_acts_from_the_start_of_its_block_and_is_undone(
    open_probe: OpenProbe, format: Format, block: int
) -> None:
    host = open_probe("", format, block=block)
    plain, before = host.render(A, 1.0).samples, host.parameters()
    at_s = 0.5
    moved = stream(note(0.0, 0.9, 69), parameter(at_s, 0, 0.0), parameter(0.7, 0, 1.0), parameters=("level",))
    sound = host.render(dataclasses.replace(moved, duration_s=1.0), 1.0).samples
    stop, back = (round((time_s + PRE_ROLL_S) * RATE) // block * block for time_s in (at_s, 0.7))
    assert stop % 512 or block == 512
    np.testing.assert_array_equal(sound[:, :stop], plain[:, :stop])
    assert not sound[:, stop:back].any()
    np.testing.assert_array_equal(sound[:, back:], plain[:, back:])
    assert host.parameters() == before
    np.testing.assert_array_equal(host.render(A, 1.0).samples, plain)
    assert host.started == 1


def test_two_names_of_one_parameter_move_it_together(open_probe: OpenProbe) -> None:
    host = open_probe("", "vst2")
    names = ("Level", "#1")
    both = stream(
        note(0.0, 0.9, 69), parameter(0.2, 0, 0.0), parameter(0.4, 1, 1.0), duration_s=1.0, parameters=names
    )
    one = stream(
        note(0.0, 0.9, 69), parameter(0.2, 0, 0.0), parameter(0.4, 0, 1.0), duration_s=1.0, parameters=names
    )
    assert play(host, both) == play(host, one) != play(host)


def test_a_parameter_that_does_not_exist_is_named(open_probe: OpenProbe) -> None:
    host = open_probe("", "vst2")
    before = play(host)
    with pytest.raises(HostError, match=r"^Probe: no parameter 'Levl' \(did you mean 'Level'\?\)"):
        host.render(stream(note(0.0, 0.5, 69), parameter(0.1, 0, 0.5), parameters=("Levl",)), 0.6)
    assert play(host) == before
    assert host.started == 1


def test_an_envelope_of_many_steps_costs_little(open_probe: OpenProbe) -> None:
    """30,000 values over five minutes: laid out one after the other, they took longer than the music."""
    times_s = np.arange(0.0, 300.0, 0.01).tolist()
    moves = [row for at_s in times_s for row in parameter(at_s, 0, at_s % 1.0)]
    host = open_probe("", "vst2")
    events = stream(note(299.0, 0.5, 69), moves, parameters=("Level",), duration_s=300.0)
    sound = host.render(events, 300.0).samples[0]
    start = round((299.0 + PRE_ROLL_S) * RATE)
    level = np.abs(sound[start : start + 20_000]).reshape(-1, 1000).max(axis=1)
    assert np.corrcoef(level, np.arange(20))[0, 1] > 0.98


def test_parameters_that_share_a_name_are_remembered_by_their_number(open_probe: OpenProbe) -> None:
    level = PARAMETERS.index("Level")
    assert open_probe("", "vst2", expected={f"#{level}": 1.0}).parameters()[level].name == "Level"
    with pytest.raises(LoadError, match=rf"did not take its state back: #{level} is 1 and was 0\.5"):
        play(open_probe("", "vst2", expected={f"#{level}": 0.5}))
