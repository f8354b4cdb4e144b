"""One window on an X server, by ctypes: something for a plugin to draw into, and to be closed by a person."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from types import TracebackType
from typing import Any, Self

from composer_daw.errors import HostError

_CLIENT_MESSAGE = 33
_EVENT_BYTES = 192
_MESSAGE_AT = 56
"""Where the first word of a client message stands in an event, on 64-bit systems."""

_Display, _Window, _Size, _Text = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_uint, ctypes.c_char_p
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "XOpenDisplay": (_Display, [_Text]),
    "XDefaultRootWindow": (_Window, [_Display]),
    "XCreateSimpleWindow": (
        _Window,
        [_Display, _Window, ctypes.c_int, ctypes.c_int, _Size, _Size, _Size, _Window, _Window],
    ),
    "XStoreName": (ctypes.c_int, [_Display, _Window, _Text]),
    "XInternAtom": (_Window, [_Display, _Text, ctypes.c_int]),
    "XSetWMProtocols": (ctypes.c_int, [_Display, _Window, ctypes.POINTER(_Window), ctypes.c_int]),
    "XMapRaised": (ctypes.c_int, [_Display, _Window]),
    "XResizeWindow": (ctypes.c_int, [_Display, _Window, _Size, _Size]),
    "XSync": (ctypes.c_int, [_Display, ctypes.c_int]),
    "XPending": (ctypes.c_int, [_Display]),
    "XNextEvent": (ctypes.c_int, [_Display, ctypes.c_void_p]),
    "XCloseDisplay": (ctypes.c_int, [_Display]),
}


def x11_library() -> ctypes.CDLL:
    """Return libX11 with the types of what is used of it; raise HostError where it is not installed."""
    name = ctypes.util.find_library("X11")
    if name is None:
        raise HostError("the plugin's window needs libX11, which is not installed")
    library = ctypes.CDLL(name)
    for function, (result, arguments) in _FUNCTIONS.items():
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library


def open_display(library: ctypes.CDLL) -> Any:
    """Return a connection to the X server that DISPLAY names; raise HostError where there is none."""
    name = os.environ.get("DISPLAY", "")
    if not name:
        raise HostError(
            "there is no display to open the plugin's window on (DISPLAY is not set); "
            "run this on a desktop, or without --edit"
        )
    display = library.XOpenDisplay(None)
    if not display:
        raise HostError(f"the display '{name}' cannot be opened; run this on a desktop, or without --edit")
    return display


class X11Window:
    """A window with a title, on the screen until the `with` block ends."""

    def __init__(self, title: str, width: int, height: int) -> None:
        """Open it; sizes in pixels. Raises HostError without a display."""
        self._x = x11_library()
        self._display = open_display(self._x)
        root = self._x.XDefaultRootWindow(self._display)
        self.id: int = self._x.XCreateSimpleWindow(self._display, root, 0, 0, width, height, 0, 0, 0)
        """What a plugin is given to draw into."""
        self._x.XStoreName(self._display, self.id, title.encode("latin-1", "replace"))
        self._close = self._x.XInternAtom(self._display, b"WM_DELETE_WINDOW", 0)
        self._x.XSetWMProtocols(self._display, self.id, ctypes.byref(_Window(self._close)), 1)
        self._x.XMapRaised(self._display, self.id)
        self._x.XSync(self._display, 0)

    def resize(self, width: int, height: int) -> None:
        """Give it another size, in pixels."""
        self._x.XResizeWindow(self._display, self.id, width, height)
        self._x.XSync(self._display, 0)

    def asked_to_close(self) -> bool:
        """Read what has happened since the last call; tell whether somebody closed the window."""
        event = ctypes.create_string_buffer(_EVENT_BYTES)
        while self._x.XPending(self._display):
            self._x.XNextEvent(self._display, event)
            kind = ctypes.c_int.from_buffer(event).value
            if kind == _CLIENT_MESSAGE and _Window.from_buffer(event, _MESSAGE_AT).value == self._close:
                return True
        return False

    def __enter__(self) -> Self:
        """Return the window."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._x.XCloseDisplay(self._display)
