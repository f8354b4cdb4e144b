"""A plugin's own window under Xvfb: opened, a knob turned in it, closed, the sound brought up elsewhere."""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from installed_plugins import installed, probe_plugins

from composer_daw.authoring.capture import Wanted, capture
from composer_daw.authoring.editor import Edited, edit, edited_aside
from composer_daw.authoring.fingerprint import load_fingerprint
from composer_daw.authoring.restore import check_preset
from composer_daw.authoring.x11_window import open_display, x11_library
from composer_daw.errors import CrashError, HostError
from composer_daw.hosts.base import Parameter
from composer_daw.hosts.plugin import open_plugin
from composer_daw.hosts.plugin_seat import PluginSound
from composer_daw.plugins.binary import check_plugin

CUTOFF_AT = (360, 155)
"""Where amsynth's knob for the cutoff is, in its window."""

LIMIT_S = 20.0


def needed(*programs: str) -> None:
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        problem = f"needs {' and '.join(missing)}"
        pytest.fail(problem) if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1" else pytest.skip(problem)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An X server of its own, without a window manager, named by DISPLAY."""
    needed("Xvfb", "xdotool")
    ours, theirs = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(theirs),
        "-screen",
        "0",
        "1024x768x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    server = subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        with os.fdopen(ours) as said:
            name = f":{said.readline().strip()}"
        monkeypatch.setenv("DISPLAY", name)
        yield name
    finally:
        server.terminate()
        server.wait()


def xdotool(*arguments: object) -> str:
    done = subprocess.run(["xdotool", *map(str, arguments)], capture_output=True, text=True)
    return done.stdout.strip()


def window_called(name: str) -> str:
    """Return the window with this title, once it is there and drawn."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        found = xdotool("search", "--onlyvisible", "--name", name).splitlines()
        if found:
            time.sleep(1.0)
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"no window called {name} in {LIMIT_S} s")


def close(window: str) -> None:
    """Ask a window to close, as a window manager does; xdotool could only destroy it."""
    x11 = x11_library()
    x11.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
    server = open_display(x11)
    protocols, delete = (x11.XInternAtom(server, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    message = ctypes.create_string_buffer(192)
    client_message, words_of_32_bits = 33, 32
    struct.pack_into(
        "@iLiPLLiL", message, 0, client_message, 0, 1, 0, int(window), protocols, words_of_32_bits, delete
    )
    x11.XSendEvent(server, int(window), 0, 0, message)
    x11.XSync(server, 0)
    x11.XCloseDisplay(server)


def turned_down(position: tuple[int, int]) -> None:
    """Turn a knob down with the mouse."""
    xdotool("mousemove", *position, "mousedown", 1)
    for _ in range(10):
        xdotool("mousemove_relative", "--", 0, 4)
        time.sleep(0.03)
    xdotool("mouseup", 1)
    time.sleep(0.3)


def test_a_knob_turned_in_the_window_is_in_the_preset(
    screen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "edited.yaml"
    command = [sys.executable, "-m", "composer_daw", "presets", "capture", str(installed("amsynth_vst"))]
    command += ["--set", "amp_release=0.25", "--edit", "-o", str(output)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        window = window_called("amsynth_vst")
        turned_down(CUTOFF_AT)
        close(window)
        told, problems = running.communicate(timeout=60.0)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, problems) == (0, "")
    assert "41 parameters" in told
    values = load_fingerprint(tmp_path / "states" / "edited.json").parameters
    assert 0.5 < values["filter_cutoff"] < 0.99  # it was 1
    assert values["amp_release"] == 0.25  # what was set before is in the window, too
    monkeypatch.delenv("DISPLAY")
    assert check_preset(output).lines() == ["sound: bit-identical"]


def test_a_window_that_is_only_closed_changes_nothing(screen: str) -> None:
    import threading

    with open_plugin(PluginSound(installed("amsynth_vst")), 44_100) as host:
        before = host.parameters()
        closing = threading.Thread(target=lambda: close(window_called("amsynth_vst")))
        closing.start()
        edited = edit(host)
        closing.join()
    assert edited.not_in(before, 1e-4) == []
    assert len(edited.values) == 41


def test_a_vst3_without_a_window(screen: str) -> None:
    with open_plugin(PluginSound(probe_plugins().variant("", "vst3")), 44_100) as host:
        with pytest.raises(HostError, match=r"its window could not be opened: .*no available editor"):
            edit(host)
        assert len(host.parameters()) == 8


@pytest.mark.parametrize(
    "find", [lambda: installed("ZynAddSubFX"), lambda: probe_plugins().variant("", "vst2")]
)
def test_a_plugin_without_a_window(screen: str, find: object, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="has no window of its own; set its parameters with --set"):
        capture(Wanted(str(find()), edit=True), tmp_path / "one.yaml")  # type: ignore[operator]
    assert list(tmp_path.iterdir()) == []


def test_without_a_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plugin = probe_plugins().variant("", "vst2")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(HostError, match=r"there is no display .*DISPLAY is not set.*or without --edit"):
        capture(Wanted(str(plugin), edit=True), tmp_path / "one.yaml")
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(HostError, match="the display ':4711' cannot be opened"):
        capture(Wanted(str(plugin), edit=True), tmp_path / "one.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_plugin_that_crashes_in_its_window(screen: str) -> None:
    crashing = check_plugin(probe_plugins().variant("crash-load", "vst2"))
    with pytest.raises(CrashError, match="crashed while its window was open; it said last: Probe: crash"):
        edited_aside(crashing, b"")


def test_what_the_window_left_is_compared() -> None:
    edited = Edited(b"", {0: 0.5, 1: 0.25}, {2: "saw"})
    now = (Parameter("A", 0.5, index=0), Parameter("B", 0.3, index=1), Parameter("C", 0.0, "sine", index=2))
    assert edited.not_in(now, 1e-4) == [
        "B is 0.3 and was 0.25 in the window",
        "C is 'sine' and was 'saw' in the window",
    ]
