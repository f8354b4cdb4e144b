"""A plugin's process, seen from the host: start it, ask it, wait as long as allowed, hear its last words."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections import deque
from pathlib import Path
from typing import IO, Any

from composer_daw.audio import Samples
from composer_daw.errors import CrashError, HostError, LoadError
from composer_daw.hosts.plugin_wire import Message, new_shared_file, receive, send

START_LIMIT_S = 60.0
LAST_WORDS = 2000
"""How much of what a plugin printed last is kept, in bytes."""


class PluginProcess:
    """One process with one plugin in it, from start to end."""

    def __init__(self) -> None:
        """Start the process; raise HostError where it does not come up."""
        try:
            path, self.shared = new_shared_file()
        except OSError as error:
            raise HostError(f"no memory to share with its process: {error.strerror or error}") from error
        try:
            self._process = _start(path)
            self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
            self._words: deque[bytes] = deque()
            self._threads = [
                _thread(_collect, self._process.stdout, self._answers),
                _thread(_overhear, self._process.stderr, self._words),
            ]
            self._finalizer = weakref.finalize(self, _end, self._process)
            self._wait("starting", START_LIMIT_S)
        finally:
            path.unlink(missing_ok=True)  # both sides have it mapped

    def ask(self, head: dict[str, Any], body: bytes = b"", *, doing: str, limit_s: float) -> Message:
        """Send a request and return the answer.

        `doing` tells in errors what it was at. Raises CrashError where the process dies, HostError where it
        refuses or takes longer than `limit_s` (it is killed), LoadError where the plugin cannot be loaded.
        """
        assert self._process.stdin is not None
        try:
            with contextlib.suppress(OSError):  # it died between two requests; what it left behind says so
                send(self._process.stdin, {**head, "limit_s": limit_s}, body)
            return self._wait(doing, limit_s)
        except HostError:
            raise
        except BaseException:  # an interrupt, say: its answer would be taken for that to the next request
            self.close()
            raise

    def sound(self, answer: dict[str, Any], limit_s: float) -> Samples:
        """Return the samples that an answer describes, part by part."""
        import numpy as np

        channels, frames = answer["channels"], answer["frames"]
        parts = []
        for start, stop in self.shared.parts(channels, frames):
            if start:
                self.ask({"do": "part", "start": start, "stop": stop}, doing="handing over", limit_s=limit_s)
            parts.append(self.shared.read(channels, stop - start))
        return np.concatenate(parts, axis=1) if parts else np.zeros((channels, 0), np.float32)

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
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Tell whether it runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; nothing of it stays."""
        _kill(self._process)
        for thread in self._threads:
            thread.join(timeout=5.0)  # to its very last word
        self._finalizer()

    def _wait(self, doing: str, limit_s: float) -> Message:
        try:
            message = self._answers.get(timeout=limit_s)
        except queue.Empty:
            self.close()
            raise HostError(f"hung while {doing}: no answer in {limit_s:.3g} s{self._last_words()}") from None
        if message is None:
            self.close()
            raise CrashError(f"crashed while {doing} ({self._how_it_ended()}){self._last_words()}")
        head, _ = message
        if "error" in head:
            kind = {error.__name__: error for error in (LoadError, CrashError)}.get(head["kind"], HostError)
            raise kind(head["error"])
        return message

    def _how_it_ended(self) -> str:
        code = self._process.returncode
        if code is None or code >= 0:
            return f"exit code {code}"
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
        return f"signal {-code}"

    def _last_words(self) -> str:
        lines = b"".join(self._words)[-LAST_WORDS:].decode("utf-8", "replace").splitlines()
        said = [" ".join(line.split()) for line in lines if line.strip()]
        return f"; it said last: {said[-1][:160]}" if said else "; it said nothing"


def _start(shared: Path) -> subprocess.Popen[bytes]:
    package = str(Path(__file__).resolve().parents[2])
    inherited = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "composer_daw.hosts.plugin_worker", str(shared)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(inherited)},
            start_new_session=True,  # an interrupt at the keyboard is for the host, which ends the plugin
        )
    except OSError as error:
        raise HostError(f"its process could not be started: {error.strerror or error}") from error


def _thread(work: Any, stream: IO[bytes] | None, store: Any) -> threading.Thread:
    thread = threading.Thread(target=work, args=(stream, store), daemon=True)
    thread.start()
    return thread


def _collect(stream: IO[bytes], answers: queue.SimpleQueue[Message | None]) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed by the host, or not a message at all
        while (message := receive(stream)) is not None:
            answers.put(message)
    answers.put(None)


def _overhear(stream: IO[bytes], words: deque[bytes]) -> None:
    """Keep the end of what a plugin prints; a plugin that prints without end fills nothing."""
    with contextlib.suppress(ValueError, OSError):
        while said := os.read(stream.fileno(), 65_536):
            words.append(said[-LAST_WORDS:])
            if len(words) > 4:
                words.popleft()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, if it still runs, and see it off: no zombie stays."""
    if process.poll() is None:
        process.kill()
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and close its pipes."""
    _kill(process)
    for stream in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
