"""The host of plugins keeps what `hosts.base` promises: each render afresh, whatever the plugin remembers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from host_events import Row, control, note, stream, switch
from plugin_opening import PATIENT, OpenProbe
from probe_plugin import FORMATS, Format, Onset, ProbePlugins, read_onsets

from composer_daw.audio import Audio
from composer_daw.events import Events, Kind
from composer_daw.hosts import plugin_wire
from composer_daw.hosts.base import Host
from composer_daw.hosts.plugin import PluginHost, open_plugin
from composer_daw.hosts.plugin_seat import PluginSound

A = stream(note(0.0, 0.3, 69), note(0.25, 0.3, 76, 60), duration_s=0.6)
B = stream(
    switch(0.0, 3),
    control(0.0, 1, 40),
    [(0.1, Kind.PITCH_BEND, 0, 0, 2000.0, -1)],
    note(0.1, 0.4, 50),
    duration_s=0.6,
)
both_formats = pytest.mark.parametrize("format", FORMATS)


def bytes_of(audio: Audio) -> bytes:
    return audio.samples.tobytes()


def play(host: PluginHost, events: Events = A) -> bytes:
    return bytes_of(host.render(events, events.duration_s + 0.1))


# ---- the page that every host fills in


def test_it_fills_in_the_page(open_probe: OpenProbe) -> None:
    host = open_probe("latency=64", rate=48_000)
    assert (host.sample_rate, host.deterministic, host.started, host.process_id) == (48_000, False, 0, None)
    sound = host.render(A, 0.7)
    assert (sound.channels, sound.sample_rate, sound.samples.shape[1]) == (2, 48_000, round(0.75 * 48_000))
    assert (host.latency_samples, host.channels, host.started) == (64, (0, 2), 1)
    assert sound.samples.any()
    assert isinstance(host, Host)


def test_nothing_is_loaded_before_it_is_needed_nor_after_it_is_closed(open_probe: OpenProbe) -> None:
    host = open_probe()
    assert host.process_id is None
    before = play(host)
    process = psutil.Process(host.process_id)
    host.close()
    assert not process.is_running()
    assert host.process_id is None
    assert play(host) == before
    assert host.started == 2


@both_formats
def test_latency_is_taken_out(open_probe: OpenProbe, format: Format) -> None:
    sounds = {play(open_probe(f"latency={samples}", format)) for samples in (0, 1, 4096)}
    assert len(sounds) == 1


@pytest.mark.parametrize("duration_s", [0.0, 1e-4, 0.123456])
def test_a_render_is_as_long_as_asked(open_probe: OpenProbe, duration_s: float) -> None:
    samples = open_probe("latency=64").render(A, duration_s).samples
    assert samples.shape[1] == round((duration_s + A.pre_roll_s) * 44_100)


def test_no_events_give_silence(open_probe: OpenProbe) -> None:
    assert not open_probe().render(stream(duration_s=0.5), 0.5).samples.any()


# ---- each render afresh


@both_formats
@pytest.mark.parametrize("options", ["", "latch"])
def test_a_a_b_a_and_a_in_a_fresh_process(open_probe: OpenProbe, format: Format, options: str) -> None:
    host = open_probe(options, format)
    first, again, other, after = play(host), play(host), play(host, B), play(host)
    fresh = play(open_probe(options, format))
    assert {first, again, after, fresh} == {first}
    assert other != first
    assert host.started == 1


@both_formats
@pytest.mark.parametrize(
    "left",
    [
        switch(0.1, 2),
        control(0.1, 1, 0),
        control(0.1, 11, 64),
        control(0.1, 119, 77),  # the probe's hidden state
        [(0.1, Kind.PITCH_BEND, 0, 0, -8000.0, -1)],
        [(0.1, Kind.PROGRAM, 0, 1, 0.0, -1)],
    ],
    ids=["keyswitch", "cc1", "cc11", "state", "bend", "program"],
)
def test_what_a_render_leaves_behind_is_not_heard_in_the_next(
    open_probe: OpenProbe, format: Format, left: list[Row]
) -> None:
    host = open_probe("latch", format)
    expected = play(host)
    play(host, stream(left, note(0.2, 0.2, 60)))
    assert play(host) == expected
    assert host.started == 1


@both_formats
@pytest.mark.parametrize("late", [control(0.4, 1, 0), switch(0.4, 4)], ids=["cc1", "keyswitch"])
def test_what_the_warm_up_leaves_behind_is_not_heard_in_the_render(
    open_probe: OpenProbe, format: Format, late: list[Row]
) -> None:
    host = open_probe("latch,marks", format)
    tone, marks = host.render(stream(note(0.0, 0.3, 69), late, note(0.5, 0.1, 69)), 0.7).samples
    assert read_onsets(marks)[0] == Onset(2205, 0, 69, "sustain")
    assert np.abs(tone[2205:10_000]).max() > 0.1


def test_what_the_events_set_themselves_needs_no_new_instance(
    open_probe: OpenProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, renewed = open_probe("latch"), []
    events = stream(switch(-0.04, 1), control(-0.04, 1, 90), note(0.0, 0.3, 69))
    monkeypatch.setattr(host, "_renew", lambda: renewed.append(1))
    assert play(host, events) == play(host, events)
    assert renewed == []


def test_fresh_gives_each_render_an_instance_of_its_own(
    open_probe: OpenProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, renewed = open_probe("latch", fresh=True), []
    renew = host._renew
    monkeypatch.setattr(host, "_renew", lambda: (renewed.append(1), renew()))
    assert play(host) == play(host) == play(host)
    assert renewed == [1, 1]
    assert host.started == 1


# ---- long, many, at once


def test_a_render_longer_than_the_shared_memory_is_whole(open_probe: OpenProbe) -> None:
    host, rate = open_probe("", "vst2", rate=48_000), 48_000
    rng = np.random.default_rng(1)
    events = stream(*(note(float(at), 0.4, int(rng.integers(40, 90))) for at in np.arange(0.0, 60.0, 0.3)))
    whole = host.render(events, 60.5).samples
    assert whole.nbytes > 2 * plugin_wire.SHARED_BYTES
    shift_s = 7.3
    shifted = host.render(replace(events, pre_roll_s=events.pre_roll_s + shift_s), 60.5).samples
    np.testing.assert_array_equal(shifted[:, round(shift_s * rate) :], whole)
    assert not shifted[:, : round(shift_s * rate)].any()
    short = host.render(events, 10.0).samples  # in one part
    np.testing.assert_array_equal(whole[:, : short.shape[1]], short)


def test_drums_come_in_two_pairs(open_probe: OpenProbe) -> None:
    sound = open_probe("marks", "vst3", "ProbeDrums").render(
        stream(note(0.0, 0.1, 36), note(0.2, 0.1, 72)), 0.4
    )
    assert sound.channels == 4
    assert [[onset.pitch for onset in read_onsets(marks)] for marks in sound.samples[1::2]] == [[36], [72]]


def test_two_hosts_play_on_two_threads_at_once(open_probe: OpenProbe) -> None:
    hosts = [open_probe("", "vst2"), open_probe("latch", "vst3")]
    together = threading.Barrier(2, timeout=30)

    def work(host: PluginHost) -> list[bytes]:
        together.wait()
        return [play(host, events) for events in (A, B) * 5]

    with ThreadPoolExecutor(2) as threads:
        heard = list(threads.map(work, hosts))
    assert heard == [[play(host, events) for events in (A, B) * 5] for host in hosts]


def test_a_process_that_has_rendered_often_enough_is_replaced(open_probe: OpenProbe) -> None:
    host = open_probe(limits=replace(PATIENT, renders=4))
    assert len({play(host) for _ in range(9)}) == 1
    assert host.started == 3  # one of the four is the warm-up


# ---- nothing of it stays


def test_nothing_stays_behind(
    probe_plugins: ProbePlugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    shared = Path("/dev/shm")
    with open_plugin(PluginSound(probe_plugins.variant()), 44_100, PATIENT) as host:
        play(host)
        process = psutil.Process(host.process_id)
        assert list(tmp_path.iterdir()) == []
        assert list(shared.glob(f"composer_daw-{os.getpid()}-*")) == []
    assert not process.is_running()
    assert [one for one in psutil.Process().children() if one.status() == psutil.STATUS_ZOMBIE] == []
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_nobody_closed_ends_its_process(probe_plugins: ProbePlugins) -> None:
    host = open_plugin(PluginSound(probe_plugins.variant()), 44_100, PATIENT)
    play(host)
    process = psutil.Process(host.process_id)
    del host
    assert not process.is_running()


OWNER = """\
import sys
from pathlib import Path
import numpy as np
from composer_daw.events import EVENT, Events, Kind
from composer_daw.hosts.plugin import open_plugin
from composer_daw.hosts.plugin_seat import PluginSound

host = open_plugin(PluginSound(Path(sys.argv[1])), 44_100)
notes = [(0.0, Kind.NOTE_ON, 0, int(sys.argv[2]), 100, 0), (0.1, Kind.NOTE_OFF, 0, int(sys.argv[2]), 0, 0)]
host.render(Events(np.array(notes, EVENT), 0.1, 0.0), 0.2)
print("idle", file=sys.stderr, flush=True)
input()
"""


@pytest.fixture
def owner() -> Iterator[list[subprocess.Popen]]:
    """Processes that are killed at the end of the test, and what they had started."""
    started: list[subprocess.Popen] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def is_gone(process: psutil.Process) -> bool:
    """Tell whether a process has ended; one without a parent may stay a zombie until it is seen off."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(("options", "key"), [("", 69), ("hang-load", 69), ("hang-note", 127)])
def test_the_death_of_its_owner_ends_a_plugin_whatever_it_is_at(
    probe_plugins: ProbePlugins, owner: list[subprocess.Popen], options: str, key: int
) -> None:
    command = [sys.executable, "-c", OWNER, str(probe_plugins.variant(options)), str(key)]
    owner.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE))
    workers: list[psutil.Process] = []
    if options:
        while not workers or not has_loaded(workers[0], options):
            assert owner[0].poll() is None
            workers = psutil.Process(owner[0].pid).children()
            time.sleep(0.02)
    else:
        assert owner[0].stderr.readline() == b"idle\n"
        workers = psutil.Process(owner[0].pid).children()
    os.kill(owner[0].pid, signal.SIGKILL)
    owner[0].communicate()
    end = time.monotonic() + 10
    while not is_gone(workers[0]) and time.monotonic() < end:
        time.sleep(0.02)
    assert is_gone(workers[0])


def has_loaded(worker: psutil.Process, name: str) -> bool:
    """Tell whether a library whose path holds `name` is in a process."""
    try:
        return name in Path(f"/proc/{worker.pid}/maps").read_text(errors="replace")
    except OSError:
        return False
