"""What a plugin does to itself costs one render, says why, and changes nothing of the next."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
from host_events import note, stream, switch
from plugin_opening import PATIENT, OpenProbe
from probe_plugin import FORMATS, TECHNIQUES, Format

from composer_daw.errors import CrashError, HostError, LoadError
from composer_daw.events import Events
from composer_daw.hosts.plugin import PluginHost, open_plugin
from composer_daw.hosts.plugin_seat import PluginSound

A = stream(note(0.0, 0.3, 69), duration_s=0.4)
STRUCK = stream(note(0.0, 0.3, 69), note(0.2, 0.1, 127), duration_s=0.4)
SHORT_S = 0.5
both_formats = pytest.mark.parametrize("format", FORMATS)


def play(host: PluginHost, events: Events = A) -> bytes:
    return host.render(events, events.duration_s + 0.1).samples.tobytes()


def probe_of(*techniques: str) -> dict[str, Callable[[], Events]]:
    return {name: partial(probe, name) for name in techniques}


def probe(technique: str) -> Events:
    return stream(switch(-0.03, TECHNIQUES.index(technique)), note(0.0, 0.3, 60), duration_s=0.3)


# ---- at load


@both_formats
def test_a_crash_at_load_is_told_with_its_last_words(open_probe: OpenProbe, format: Format) -> None:
    host = open_probe("crash-load", format)
    for tries in (1, 2):
        with pytest.raises(LoadError) as error:
            play(host)
        assert str(error.value) == (
            "Probe@crash-load: crashed while loading (SIGSEGV); it said last: Probe: crashing at load"
        )
        assert (host.started, host.process_id) == (tries, None)


@both_formats
def test_a_hang_at_load_is_ended(open_probe: OpenProbe, format: Format) -> None:
    host, began = open_probe("hang-load", format, limits=replace(PATIENT, load_s=SHORT_S)), time.monotonic()
    with pytest.raises(LoadError) as error:
        play(host)
    assert str(error.value) == (
        "Probe@hang-load: hung while loading: no answer in 0.5 s; it said last: Probe: hanging at load"
    )
    assert time.monotonic() - began < 10
    assert host.process_id is None


def test_what_is_no_plugin_does_not_load(tmp_path: Path) -> None:
    path = tmp_path / "no_plugin.so"
    path.write_bytes(b"nothing")
    with (
        open_plugin(PluginSound(path), 44_100) as host,
        pytest.raises(LoadError, match="^no_plugin: ") as error,
    ):
        play(host)
    assert "could not be loaded" in str(error.value) and "\n" not in str(error.value)


@both_formats
def test_a_plugin_that_forgets_its_state_is_found_out(open_probe: OpenProbe, format: Format) -> None:
    made = open_probe("", format, settings={"Cutoff": 0.3, "Level": 0.5, "Detune": 0.25, "Waveform": 0.5})
    state = made.state
    expected = {one.name: one.value for one in made.parameters()}
    keeps = open_probe("", format, state=state, expected=expected)
    assert play(keeps) == play(made)
    forgets = open_probe("forget", format, state=state, expected=expected)
    with pytest.raises(LoadError) as error:
        play(forgets)
    assert str(error.value) == (
        "Probe@forget: did not take its state back: Level is 1 and was 0.5; Cutoff is 1 and was 0.3; "
        "Waveform is 0 and was 0.5 and 1 more"
    )
    gone = open_probe("", format, expected={"Sparkle": 0.5})
    with pytest.raises(LoadError, match="^Probe: did not take its state back: Sparkle is gone$"):
        play(gone)


def test_a_process_that_cannot_be_started_is_an_error_of_the_host(
    open_probe: OpenProbe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = open_probe()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(tmp_path / "no_python"))
        with pytest.raises(
            HostError, match="^Probe: its process could not be started: No such file"
        ) as error:
            play(host)
    assert not isinstance(error.value, LoadError)  # the plugin is not at fault
    assert play(host)


# ---- on a note


@both_formats
def test_a_crash_on_a_note_costs_that_render(open_probe: OpenProbe, format: Format) -> None:
    host = open_probe("crash-note", format)
    before = play(host)
    with pytest.raises(CrashError) as error:
        play(host, STRUCK)
    assert str(error.value) == (
        "Probe@crash-note: crashed while rendering (SIGSEGV); it said last: Probe: crashing on key 127"
    )
    assert play(host) == before
    assert host.started == 2


@both_formats
def test_a_hang_on_a_note_costs_that_render(open_probe: OpenProbe, format: Format) -> None:
    host = open_probe("hang-note", format, limits=replace(PATIENT, render_s=SHORT_S))
    before = play(host)
    with pytest.raises(HostError) as error:
        play(host, STRUCK)
    assert str(error.value) == (
        "Probe@hang-note: hung while rendering: no answer in 1 s; it said last: Probe: hanging on key 127"
    )
    assert not isinstance(error.value, CrashError)
    assert play(host) == before
    assert host.started == 2


@both_formats
@pytest.mark.parametrize("fault", ["nan-note", "inf-note"])
def test_what_is_not_sound_is_refused(open_probe: OpenProbe, format: Format, fault: str) -> None:
    host = open_probe(fault, format)
    before = play(host)
    with pytest.raises(HostError, match=f"^Probe@{fault}: rendered NaN or infinite samples$"):
        play(host, STRUCK)
    assert play(host) == before
    assert host.started == 1


# ---- what it prints, how it grows


@both_formats
def test_a_flood_of_output_harms_nothing(open_probe: OpenProbe, format: Format) -> None:
    assert play(open_probe("flood", format)) == play(open_probe("", format))


def test_a_process_that_grows_is_replaced(open_probe: OpenProbe) -> None:
    host = open_probe("leak=60", limits=replace(PATIENT, growth_mb=100.0))
    clean = play(open_probe())
    for _ in range(10):
        assert play(host) == clean
        assert psutil.Process(host.process_id).memory_info().rss < 600 * 2**20
    assert host.started >= 3


# ---- samples that come late, or never


@both_formats
def test_slow_samples_are_waited_for(open_probe: OpenProbe, format: Format) -> None:
    events = stream(switch(-0.03, 2), note(0.0, 0.3, 69), duration_s=0.4)
    expected = play(open_probe("", format), events)
    deaf, host = open_probe("slow=1", format), open_probe("slow=1", format)
    assert not np.frombuffer(play(deaf, events), np.float32).any()
    host.need(probe_of("sustain", "pizzicato"))
    assert play(host, events) == expected
    began = time.monotonic()
    assert play(host, events) == expected
    assert time.monotonic() - began < 0.9  # known to be there


def test_samples_that_are_too_slow_are_an_error(open_probe: OpenProbe) -> None:
    host = open_probe("slow=60", limits=replace(PATIENT, ready_s=0.3))
    host.need(probe_of("sustain"))
    with pytest.raises(HostError, match="sustain stays silent for 0.3 s; are its samples there[?]$"):
        play(host)


@both_formats
def test_a_technique_that_is_missing_is_named_and_the_others_play(
    open_probe: OpenProbe, format: Format
) -> None:
    host = open_probe("missing=pizzicato", format, limits=replace(PATIENT, ready_s=0.3))
    host.need(probe_of("sustain", "tremolo"))
    expected = play(host)
    host.need(probe_of("sustain", "pizzicato"))
    for _ in range(2):
        with pytest.raises(HostError) as error:
            play(host)
        assert str(error.value) == (
            "Probe@missing=pizzicato: pizzicato stays silent for 0.3 s; are its samples there?"
        )
        assert not isinstance(error.value, LoadError)
    host.need(probe_of("sustain"))
    assert play(host) == expected
    assert host.started == 1


def test_an_effect_that_is_played_as_an_instrument_is_suspected(open_probe: OpenProbe) -> None:
    host = open_probe("", "vst3", "ProbeEffect", limits=replace(PATIENT, ready_s=0.1))
    host.need(probe_of("sustain"))
    with pytest.raises(HostError, match="^ProbeEffect: sustain stays silent for 0.1 s; is it an effect[?]$"):
        play(host)


# ---- from outside


def soon(act: Callable[[], None], after_s: float = 0.2) -> threading.Timer:
    timer = threading.Timer(after_s, act)
    timer.start()
    return timer


@both_formats
def test_a_process_that_is_killed_while_it_renders_costs_that_render(
    open_probe: OpenProbe, format: Format
) -> None:
    host = open_probe("", format)
    before, process_id = play(host), host.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGSTOP)  # so that it is sure to be in the middle
    timer = soon(lambda: os.kill(process_id, signal.SIGKILL))
    with pytest.raises(CrashError, match=r"^Probe: crashed while rendering \(SIGKILL\); it said"):
        play(host)
    timer.join()
    assert play(host) == before
    assert host.started == 2


def test_a_process_that_is_killed_between_two_renders_is_replaced(open_probe: OpenProbe) -> None:
    host = open_probe()
    before, process = play(host), psutil.Process(host.process_id)
    process.kill()
    process.wait(10)
    assert play(host) == before
    assert host.started == 2


def test_a_process_that_is_stopped_counts_as_hung(open_probe: OpenProbe) -> None:
    host = open_probe(limits=replace(PATIENT, render_s=SHORT_S))
    before, process_id = play(host), host.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGSTOP)
    with pytest.raises(HostError, match="^Probe: hung while rendering: no answer in 1 s"):
        play(host)
    assert play(host) == before
    assert not psutil.pid_exists(process_id)


def test_an_interrupted_render_is_not_taken_for_the_next(
    open_probe: OpenProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = open_probe()
    before = play(host)
    other = stream(note(0.0, 0.3, 50), duration_s=0.4)

    class Interrupted:
        def get(self, timeout: float) -> None:
            raise KeyboardInterrupt

    assert host._process is not None
    monkeypatch.setattr(host._process, "_answers", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        play(host, other)
    assert play(host) == before


@both_formats
def test_after_every_fault_no_process_is_left(open_probe: OpenProbe, format: Format) -> None:
    before = set(psutil.Process().children(recursive=True))
    short = replace(PATIENT, load_s=SHORT_S, render_s=SHORT_S)
    for options in ("crash-load", "hang-load", "crash-note", "hang-note", "flood,crash-note"):
        limits = replace(short, load_s=SHORT_S if options == "hang-load" else PATIENT.load_s)
        host = open_probe(options, format, limits=limits)
        with pytest.raises(HostError):
            play(host, STRUCK)
        assert set(psutil.Process().children(recursive=True)) <= before, options
