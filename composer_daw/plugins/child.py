"""A process of our own that holds a plugin: started, overheard, and seen off, whatever the plugin does.

The first half is for whoever starts it, the second for the process itself. It is asked on its standard input
and answers on its standard output; what the plugin prints goes to standard error, and the end of it is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from pathlib import Path
from typing import IO, Any, NoReturn

from composer_daw.errors import HostError

LAST_WORDS = 2000
"""How much of what a plugin printed last is kept, in bytes."""


CHATTER = ("Attempting to load VST", "Creating VST instance", "Initialising VST")
"""What JUCE prints for every plugin; these are nobody's last words."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""NumPy's threads would take the cores of other workers; a plugin brings its own."""


class Child:
    """One process, `python -m MODULE ARGUMENTS...`; it dies with this object, or when it is closed."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Start the process; raise HostError where it cannot be started."""
        self._process = _start(module, arguments)
        self._words: deque[bytes] = deque()
        self._overhearing = threading.Thread(target=_overhear, args=(self.errors, self._words), daemon=True)
        self._overhearing.start()
        self._finalizer = weakref.finalize(self, _end, self._process)

    @property
    def requests(self) -> IO[bytes]:
        """Return its standard input; it ends when this is closed."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def answers(self) -> IO[bytes]:
        """Return its standard output."""
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def errors(self) -> IO[bytes]:
        """Return its standard error, which is overheard already."""
        assert self._process.stderr is not None
        return self._process.stderr

    def line(self, longest: int) -> bytes:
        """Return its answer up to the end of the line, or what there is of it; wait as long as it takes."""
        said = b""
        with contextlib.suppress(ValueError, OSError):  # closed meanwhile
            while not said.endswith(b"\n") and (part := self.answers.read(longest - len(said))):
                said += part
        return said

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Tell whether it runs."""
        if self._process.returncode is not None or not hasattr(os, "waitid"):
            return self._process.poll() is None
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT  # not reaped: until then its group is surely its own
        try:
            return os.waitid(os.P_PID, self._process.pid, look) is None
        except ChildProcessError:  # somebody else has seen it off
            return False

    def wait(self) -> None:
        """Wait until it has ended by itself, a moment at the most, and hear its last words."""
        end = time.monotonic() + 5.0
        while self.alive and time.monotonic() < end:
            time.sleep(0.002)
        self.kill()

    def kill(self) -> None:
        """End the process and what it started, and hear it to its very last word; no zombie stays."""
        _kill(self._process)
        self._overhearing.join(timeout=5.0)

    def close(self) -> None:
        """Kill the process and close its pipes."""
        self.kill()
        self._finalizer()

    @property
    def ending(self) -> str:
        """Return how it ended: the signal or the exit code."""
        code = self._process.returncode
        if code is None or code >= 0:
            return f"exit code {code}"
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
        return f"signal {-code}"

    @property
    def last_words(self) -> str:
        """Return what the plugin printed last, to be put after an error; that it said nothing, if so."""
        return self.said or "; it said nothing"

    @property
    def said(self) -> str:
        """Return what the plugin printed last, to be put after an error; nothing where it said nothing."""
        lines = b"".join(self._words)[-LAST_WORDS:].decode("utf-8", "replace").splitlines()
        said = [" ".join(line.split()) for line in lines if line.strip() and not line.startswith(CHATTER)]
        return f"; it said last: {said[-1][:160]}" if said else ""


def _start(module: str, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
    package = str(Path(__file__).resolve().parents[2])
    inherited = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],  # no module of the folder that we are in
            bufsize=0,  # a stream can be closed while a thread reads it: no lock is held
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**ONE_THREAD, **os.environ, "PYTHONPATH": os.pathsep.join(inherited)},
            start_new_session=True,  # an interrupt at the keyboard is for us, and we end it in order
        )
    except OSError as error:
        raise HostError(f"its process could not be started: {error.strerror or error}") from error


def _overhear(stream: IO[bytes], words: deque[bytes]) -> None:
    """Keep the end of what a plugin prints; a plugin that prints without end fills nothing."""
    with contextlib.suppress(ValueError, OSError):
        while said := os.read(stream.fileno(), 65_536):
            words.append(said[-LAST_WORDS:])
            if len(words) > 4:
                words.popleft()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its group, also where it is dead already and only what it started lives on."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    for stream in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()


def parsed(said: bytes) -> dict[str, Any] | None:
    """Return the answer of a process (reverse of `answer_and_end`); None where there is none, or half."""
    try:
        answer = json.loads(said)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


# ------------------------------------------------------------------------------- in the process of its own


def own_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Return the pipes of requests and answers, and put others there for the plugin to read and disturb."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    with contextlib.suppress(OSError):  # some plugins keep settings there and fail without it
        Path("~/.local/share").expanduser().mkdir(parents=True, exist_ok=True)
    return requests, answers


def end_with_the_caller(requests: IO[bytes]) -> None:
    """End this process when whoever started it is gone, whatever the plugin is at."""

    def wait() -> None:
        requests.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def answer_and_end(answers: IO[bytes], answer: dict[str, Any]) -> NoReturn:
    """Write one line of JSON, and end without giving the plugin another chance to crash."""
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()
    os._exit(0)
