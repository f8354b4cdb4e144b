"""The process in which one plugin lives: `python -m composer_daw.hosts.plugin_worker SHARED_FILE`.

It answers one request at a time on its standard input and output. What the plugin prints goes to standard
error, where the host listens for last words. It ends when the host does.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import sys
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from composer_daw.errors import ComposerError, HostError, LoadError
from composer_daw.events import EVENT, Events
from composer_daw.hosts.plugin_engine import PluginEngine
from composer_daw.hosts.plugin_events import has_rung_out
from composer_daw.hosts.plugin_wire import Message, SharedSamples, receive, send
from composer_daw.plugins.child import own_streams

if TYPE_CHECKING:
    import psutil

BEYOND = 1.5
"""The host kills a process that hangs; where the host is gone too, it ends itself after this many limits."""


class Worker:
    """One plugin, and what the host may ask of it: each method named `do_...` is a request."""

    def __init__(self, shared: SharedSamples) -> None:
        """Begin without a plugin."""
        self.shared = shared
        self.engine: PluginEngine | None = None
        self.sound = self.given = np.zeros((0, 0), np.float32)

    def answer(self, head: dict[str, Any], body: bytes) -> Message:
        """Do what a request asks; return the answer, an error among them."""
        faulthandler.dump_traceback_later(head.get("limit_s", 60.0) * BEYOND + 5.0, exit=True)
        try:
            answer = getattr(self, f"do_{head['do']}")(head, body)
            return answer if isinstance(answer, tuple) else (answer, b"")
        except ComposerError as error:
            words = isinstance(error, LoadError) or head["do"] in ("play", "process")
            return {"error": str(error), "kind": type(error).__name__, "words": words}, b""
        except Exception as error:  # whatever an engine raises costs this request
            return {"error": f"{type(error).__name__}: {error}", "kind": HostError.__name__}, b""
        finally:
            faulthandler.cancel_dump_traceback_later()

    def do_load(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Load the plugin; the body is its raw state."""
        self.engine = PluginEngine(head["path"], head["sample_rate"], head["block"], body, head["settings"])
        inputs, outputs = self._engine.channels
        return {"latency": self._engine.latency, "inputs": inputs, "outputs": outputs, "rss": _rss()}

    def do_renew(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Put a new instance in the place of the old one."""
        self._engine.renew()
        return {"latency": self._engine.latency}

    def do_play(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Play events; the body is their stream."""
        stream = np.frombuffer(body, EVENT).copy()
        events = Events(stream, head["score_s"], head["pre_roll_s"], tuple(head["parameters"]))
        self.sound = self._engine.play(events, head["duration_s"])
        heard = self._heard()
        silent = not head["rings_out"] or has_rung_out(events, self.sound, self._engine.sample_rate)
        return {**heard, "silent": silent or self._engine.falls_silent()}

    def do_put(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Take a part of the audio that is to be processed."""
        if head["start"] == 0:
            self.given = np.zeros((head["channels"], head["frames"]), np.float32)
        stop: int = head["stop"]
        self.given[:, head["start"] : stop] = self.shared.seen(head["channels"], stop - head["start"])
        return {}

    def do_process(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Process the audio that was put."""
        self.sound = self._engine.process(self.given)
        return self._heard()

    def do_part(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Show a further part of the sound."""
        self.shared.write(self.sound[:, head["start"] : head["stop"]])
        return {}

    def do_state(self, head: dict[str, Any], body: bytes) -> Message:
        """Return the plugin's raw state."""
        return {}, self._engine.state

    def do_parameters(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Return all parameters."""
        return {"parameters": self._engine.parameters()}

    def do_recalled(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Return all parameters as the plugin itself has them, not as it only shows them."""
        return {"parameters": self._engine.recalled()}

    def do_set(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Set a parameter."""
        self._engine.set(head["name"], head["value"])
        return {}

    def do_edit(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Open the plugin's window until it is closed."""
        faulthandler.cancel_dump_traceback_later()
        self._engine.edit()
        return {}

    @property
    def _engine(self) -> PluginEngine:
        if self.engine is None:
            raise HostError("no plugin is loaded")
        return self.engine

    def _heard(self) -> dict[str, Any]:
        """Describe the sound; its first part is in the shared memory already. Raises HostError for NaN."""
        channels, frames = self.sound.shape
        parts = list(self.shared.parts(channels, frames))
        finite = all(np.isfinite(self.sound[:, start:stop]).all() for start, stop in parts[1:])
        if parts:
            finite &= self.shared.write(self.sound[:, : parts[0][1]])
        if not finite:
            raise HostError("rendered NaN or infinite samples")
        return {"channels": channels, "frames": frames, "latency": self._engine.latency, "rss": _rss()}


@cache
def _this_process() -> psutil.Process:
    import psutil

    return psutil.Process()


def _rss() -> int:
    return int(_this_process().memory_info().rss)


def _listen(requests: BinaryIO, waiting: queue.SimpleQueue[Message]) -> None:
    """Queue what the host asks; end the process when the host is gone, whatever the plugin is at."""
    while (message := receive(requests)) is not None:
        waiting.put(message)
    os._exit(0)


def main() -> None:
    """Serve until the host closes the pipe."""
    requests, answers = own_streams()
    worker = Worker(SharedSamples(Path(sys.argv[1])))
    send(answers, {"ready": True})
    waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, waiting), daemon=True).start()
    while True:
        send(answers, *worker.answer(*waiting.get()))


if __name__ == "__main__":
    main()
