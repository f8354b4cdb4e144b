"""Drive a headless Chromium over its pipe: real keys and clicks, screenshots, and what its console says.

The DevTools protocol as it is: JSON with a NUL at its end, into file descriptor 3, out of 4.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = """
--headless --remote-debugging-pipe --no-sandbox --disable-gpu --disable-quic --no-first-run --mute-audio
--disable-background-networking --disable-component-update --disable-sync --disable-extensions
--disable-dev-shm-usage --hide-scrollbars --force-color-profile=srgb
"""
PATIENCE_S = 60.0
KEYS = {" ": ("Space", 32), "Enter": ("Enter", 13), "Tab": ("Tab", 9), "Escape": ("Escape", 27)}
KEYS |= {f"Arrow{way}": (f"Arrow{way}", 37 + at) for at, way in enumerate(("Left", "Up", "Right", "Down"))}
KEYS |= {"End": ("End", 35), "Home": ("Home", 36)}


def browser_path() -> str:
    """Return the browser's path, or skip; where all tests are required, fail."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None and os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1":
        pytest.fail(f"no browser found; install one of {', '.join(BROWSERS)}")
    return path or pytest.skip(f"no browser found, none of {', '.join(BROWSERS)}")


@dataclass
class Pipe:
    """The two ends of the browser's pipe, and the events that nobody has asked for yet."""

    into: int
    out: int
    process: subprocess.Popen[bytes]
    events: list[dict[str, Any]] = field(default_factory=list)
    waiting: bytes = b""
    last: int = 0

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; an error of the browser is an AssertionError."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.into, data) :]
        until = time.monotonic() + PATIENCE_S
        while (answer := self.next(until)).get("id") != self.last:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def next(self, until: float) -> dict[str, Any]:
        """Return the next message."""
        while b"\0" not in self.waiting:
            ready, _, _ = select.select([self.out], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(self.out, 1 << 20) if ready else b""
            assert piece, f"the browser says nothing more (exit code {self.process.poll()})"
            self.waiting += piece
        message, self.waiting = self.waiting.split(b"\0", 1)
        found: dict[str, Any] = json.loads(message)
        return found


@dataclass
class Tab:
    """One tab of the browser."""

    pipe: Pipe
    session: str

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command to the tab."""
        return self.pipe.call(method, self.session, **params)

    def screen(self, width: int, height: int, mobile: bool = False, dark: bool = False) -> None:
        """Give the tab a screen."""
        scale = 2 if mobile else 1
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=mobile,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=mobile)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, page: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.call("Page.navigate", url=page.as_uri())
        self.wait(f"document.readyState === 'complete' && location.href === {json.dumps(page.as_uri())}")

    def run(self, script: str) -> Any:
        """Return what an expression gives, or what its promise gives in the end."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + PATIENCE_S
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < until, f"never came true: {condition}"
            time.sleep(0.03)

    def press(self, key: str, shift: bool = False) -> None:
        """Press and let go a key as a person does."""
        code, number = KEYS.get(key) or (f"Key{key.upper()}", ord(key.upper()))
        text = {"text": "\r" if key == "Enter" else key} if len(key) == 1 or key == "Enter" else {}
        common = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": 8 * shift}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def middle(self, css: str) -> tuple[float, float]:
        """Return the middle of the first element that is shown, brought into view."""
        x, y = self.run(
            f"(() => {{ const all = [...document.querySelectorAll({json.dumps(css)})];"
            " const one = all.find((one) => one.checkVisibility());"
            " one.scrollIntoView({block: 'center', behavior: 'instant'});"
            " const b = one.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        return x, y

    def click(self, css: str) -> None:
        """Click with the mouse in the middle of an element, brought into view."""
        self.click_at(*self.middle(css))

    def tap(self, css: str) -> None:
        """Touch the middle of an element with a finger."""
        x, y = self.middle(css)
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def click_at(self, x: float, y: float) -> None:
        """Click with the mouse."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path: Path, whole: bool = False) -> None:
        """Save a screenshot, of what is seen or of the whole page."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def forget(self) -> None:
        """Forget what was said so far."""
        self.pipe.events.clear()

    def said(self) -> list[str]:
        """Return what the page has said on its console, errors and warnings of the browser included."""
        self.run("1")  # what was said before the answer has arrived by now
        told = []
        for event in self.pipe.events:
            params = event.get("params", {})
            if event["method"] == "Runtime.consoleAPICalled":
                told.append(" ".join(str(one.get("value", one)) for one in params["args"]))
            elif event["method"] == "Runtime.exceptionThrown":
                told.append(str(params["exceptionDetails"]))
            elif event["method"] == "Log.entryAdded":
                told.append(str(params["entry"]["text"]))
        return told


@contextmanager
def browsing(folder: Path) -> Iterator[Tab]:
    """Yield a tab of a browser of its own, whose profile is kept in a folder."""
    command = [browser_path(), *FLAGS.split(), f"--user-data-dir={folder / 'profile'}", "about:blank"]
    to_browser, into = os.pipe()
    out, from_browser = os.pipe()
    with (folder / "browser.log").open("wb") as log:
        process = subprocess.Popen(
            _with_pipe(command, to_browser, from_browser),
            stdout=log,
            stderr=log,
            pass_fds=(to_browser, from_browser),
        )
    for end in (to_browser, from_browser):
        os.close(end)
    pipe = Pipe(into, out, process)
    try:
        target = pipe.call("Target.createTarget", url="about:blank")["targetId"]
        session = pipe.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(pipe, session)
        for domain in ("Page", "Runtime", "Log"):
            tab.call(f"{domain}.enable")
        yield tab
    finally:
        for end in (into, out):
            os.close(end)
        process.terminate()
        process.wait(30)


def _with_pipe(command: list[str], to_browser: int, from_browser: int) -> list[str]:
    """Return a command that has the pipe where the browser looks for it: 3 to read, 4 to write."""
    move = (
        "import os, sys; os.dup2(int(sys.argv[1]), 60); os.dup2(int(sys.argv[2]), 61);"
        "os.dup2(60, 3); os.dup2(61, 4); os.execvp(sys.argv[3], sys.argv[3:])"
    )
    return [sys.executable, "-c", move, str(to_browser), str(from_browser), *command]
