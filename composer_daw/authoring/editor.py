"""A plugin's own window: opened on the state it is given, closed by a person, and the state it has then."""

from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from composer_daw.authoring.fingerprint import SAMPLE_RATE
from composer_daw.authoring.x11_window import open_display, x11_library
from composer_daw.errors import CrashError, HostError
from composer_daw.hosts.base import Parameter
from composer_daw.hosts.plugin import PluginHost
from composer_daw.plugins.binary import PluginFile, check_plugin
from composer_daw.plugins.child import Child, parsed

X11_NAMES = (
    "WM_PROTOCOLS",
    "WM_DELETE_WINDOW",
    "WM_TAKE_FOCUS",
    "WM_STATE",
    "UTF8_STRING",
    "_NET_WM_NAME",
    "_NET_WM_ICON_NAME",
    "_NET_WM_PID",
    "_NET_WM_PING",
    "_NET_WM_STATE",
    "_NET_WM_WINDOW_TYPE",
    "_NET_WM_WINDOW_TYPE_NORMAL",
    "_NET_ACTIVE_WINDOW",
    "_NET_FRAME_EXTENTS",
    "_KDE_NET_WM_WINDOW_TYPE_OVERRIDE",
    "_MOTIF_WM_HINTS",
    "_XEMBED",
    "_XEMBED_INFO",
    "XdndAware",
)
"""What window managers make known to an X server. JUCE, in DawDreamer, takes it for granted: without a window
manager (Xvfb, some VNC) it dies for want of the first of them, and its windows cannot be closed."""


LONGEST_ANSWER = 1 << 30
"""A state may hold samples; what answers is our own."""


@dataclass(frozen=True)
class Edited:
    """What a plugin had when its window was closed: its raw state, and what must come back with it."""

    state: bytes
    values: dict[int, float]
    """Parameters by index, 0..1; empty where the window does not tell."""
    texts: dict[int, str]
    """What is shown for them, where only that is known."""

    def not_in(self, parameters: tuple[Parameter, ...], same: float) -> list[str]:
        """Return the parameters that are not as the window left them, in words."""
        found = []
        for one in parameters:
            value, text = self.values.get(one.index), self.texts.get(one.index)
            if value is not None and abs(value - one.value) > same:
                found.append(f"{one.name} is {one.value:.4g} and was {value:.4g} in the window")
            if text is not None and text != one.text:
                found.append(f"{one.name} is '{one.text}' and was '{text}' in the window")
        return found


def edit(host: PluginHost) -> Edited:
    """Open the window of the plugin that a host has, in the state it is in; return when it is closed.

    Raises HostError without a display, or for a plugin without a window.
    """
    plugin = check_plugin(host.sound.path)
    if not sys.platform.startswith("linux"):
        return _edited_in_place(host)
    with _display():
        if plugin.kind == "vst2":
            state = host.state
            host.close()
            return edited_aside(plugin, state)
        return _edited_in_place(host)


def _edited_in_place(host: PluginHost) -> Edited:
    """Have DawDreamer open the window; what it then says of values is older, the texts are the plugin's."""
    host.edit()
    state = host.state
    return Edited(state, {}, {one.index: one.text for one in host.parameters() if one.text})


def edited_aside(plugin: PluginFile, state: bytes) -> Edited:
    """Open the window of a VST2 in a process of its own; see `vst2_editor` for why."""
    with tempfile.TemporaryDirectory(prefix="composer_daw-") as folder:
        given = Path(folder) / "state"
        given.write_bytes(state)
        arguments = str(plugin.binary), str(given), plugin.path.stem, str(SAMPLE_RATE)
        child = Child("composer_daw.authoring.vst2_editor", *arguments)
        try:
            answer = parsed(child.line(LONGEST_ANSWER))  # however long a person takes
            child.wait()
        finally:
            child.close()
    if answer is None:
        raise CrashError(f"{plugin.path.stem}: crashed while its window was open{child.last_words}")
    if "error" in answer:
        raise HostError(f"{plugin.path.stem}: {answer['error']}")
    return Edited(base64.b64decode(answer["state"]), dict(enumerate(answer["values"])), {})


@contextmanager
def _display() -> Iterator[None]:
    """Hold the display ready until the block ends; raise HostError, before anything opens, without one."""
    library = x11_library()
    server = open_display(library)
    try:
        for name in X11_NAMES:
            library.XInternAtom(server, name.encode(), 0)
        yield  # the names stay known as long as a client is connected
    finally:
        library.XCloseDisplay(server)
