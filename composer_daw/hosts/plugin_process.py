"""A plugin's process, seen from the host: ask it, wait as long as allowed, hear its last words."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import IO, Any

import numpy as np

from composer_daw.audio import Samples
from composer_daw.errors import CrashError, HangError, HostError, LoadError
from composer_daw.hosts.plugin_wire import Message, new_shared_file, receive, send
from composer_daw.plugins.child import Child

START_LIMIT_S = 60.0


class PluginProcess:
    """One process with one plugin in it, from start to end."""

    def __init__(self) -> None:
        """Start the process; raise HostError where it does not come up."""
        try:
            path, self.shared = new_shared_file()
        except OSError as error:
            raise HostError(f"no memory to share with its process: {error.strerror or error}") from error
        try:
            self._child = Child("composer_daw.hosts.plugin_worker", str(path))
            self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
            listening = (self._child.answers, self._answers)
            self._listening = threading.Thread(target=_collect, args=listening, daemon=True)
            self._listening.start()
            self._wait("starting", START_LIMIT_S)
        finally:
            path.unlink(missing_ok=True)  # both sides have it mapped

    def ask(self, head: dict[str, Any], body: bytes = b"", *, doing: str, limit_s: float) -> Message:
        """Send a request and return the answer.

        `doing` tells in errors what it was at. Raises CrashError where the process dies, HostError where it
        refuses or takes longer than `limit_s` (it is killed), LoadError where the plugin cannot be loaded.
        """
        try:
            with contextlib.suppress(OSError):  # it died between two requests; what it left behind says so
                send(self._child.requests, {**head, "limit_s": limit_s}, body)
            return self._wait(doing, limit_s)
        except HostError:
            raise
        except BaseException:  # an interrupt, say: its answer would be taken for that to the next request
            self.close()
            raise

    def sound(self, answer: dict[str, Any], limit_s: float) -> Samples:
        """Return the samples that an answer describes, read-only, part by part."""
        channels, frames = answer["channels"], answer["frames"]
        sound = np.empty((channels, frames), np.float32)
        for start, stop in self.shared.parts(channels, frames):
            if start:
                self.ask({"do": "part", "start": start, "stop": stop}, doing="handing over", limit_s=limit_s)
            sound[:, start:stop] = self.shared.seen(channels, stop - start)
        sound.setflags(write=False)
        return sound

    def put(self, audio: Samples, limit_s: float) -> None:
        """Hand over audio that is to be processed, part by part."""
        channels, frames = audio.shape
        for start, stop in self.shared.parts(channels, frames):
            self.shared.write(audio[:, start:stop])
            head = {"do": "put", "start": start, "stop": stop, "channels": channels, "frames": frames}
            self.ask(head, doing="handing over", limit_s=limit_s)

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Tell whether it runs."""
        return self._child.alive

    def close(self) -> None:
        """End the process; nothing of it stays."""
        self._child.kill()
        self._listening.join(timeout=5.0)
        self._child.close()

    def _wait(self, doing: str, limit_s: float) -> Message:
        try:
            message = self._answers.get(timeout=limit_s)
        except queue.Empty:
            self.close()
            words = self._child.last_words
            raise HangError(f"hung while {doing}: no answer in {limit_s:.3g} s{words}") from None
        if message is None:
            self.close()
            raise CrashError(f"crashed while {doing} ({self._child.ending}){self._child.last_words}")
        head, _ = message
        if "error" in head:
            kind = {error.__name__: error for error in (LoadError, CrashError)}.get(head["kind"], HostError)
            raise kind(head["error"] + (self._child.said if head.get("words") else ""))
        return message


def _collect(stream: IO[bytes], answers: queue.SimpleQueue[Message | None]) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed by the host, or not a message at all
        while (message := receive(stream)) is not None:
            answers.put(message)
    answers.put(None)
