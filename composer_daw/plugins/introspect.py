"""What a plugin says of itself: its ID, name, vendor, and whether it is an instrument.

It is loaded for that in a process of its own, `python -m composer_daw.plugins.introspect KIND FILE`, which
answers with one line of JSON: what the plugin prints, breaks or hangs, it does there.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from composer_daw.errors import ComposerError, CrashError, HostError, LoadError
from composer_daw.plugins.binary import PluginFile, check_plugin
from composer_daw.plugins.search import PluginKind

LIMIT_S = 30.0
"""How long a plugin may take to say what it is; sample libraries load their samples later."""

LAST_WORDS = 2000
"""How much of what a plugin printed last is kept, in bytes."""

LONGEST_ANSWER = 1 << 20


@dataclass(frozen=True)
class PluginIdentity:
    """What a plugin says of itself."""

    kind: PluginKind
    sha256: str
    """Of its binary, 64 hexadecimal digits."""
    id: str
    """What its presets know it by: four characters (VST2), or 32 hexadecimal digits (VST3)."""
    name: str
    vendor: str
    version: str
    categories: str
    """In the plugin's own words, such as "Instrument|Synth"; empty where it has none."""
    is_instrument: bool
    inputs: int
    """Audio channels, of all buses."""
    outputs: int


def introspect(path: str | Path, limit_s: float = LIMIT_S) -> PluginIdentity:
    """Load a plugin in a process of its own, and return what it says of itself.

    Raises InputError for what is no plugin, LoadError for one that cannot be loaded, CrashError for one that
    dies of it, and HostError for one that takes longer than `limit_s`; each with its last words.
    """
    with Introspection(check_plugin(path)) as running:
        return running.identity(limit_s)


class Introspection:
    """The process in which a plugin is asked; it ends with the `with` block, or when it is closed."""

    def __init__(self, plugin: PluginFile) -> None:
        """Start the process."""
        self.plugin = plugin
        self._said: deque[bytes] = deque()
        self._answer: deque[bytes] = deque()
        self._process = _start(plugin)
        self._threads = [
            _thread(_hear_out, self._process.stdout, self._answer),
            _thread(_overhear, self._process.stderr, self._said),
        ]

    def identity(self, limit_s: float) -> PluginIdentity:
        """Wait for the answer and return it; raise HostError."""
        name = self.plugin.path.stem
        try:
            code = self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.close()
            words = self._last_words()
            raise HostError(
                f"{name}: hung while it was asked what it is: no answer in {limit_s:.3g} s{words}"
            ) from None
        self.close()  # and hear what it said last
        answer = self._parsed()
        if answer is None:
            raise CrashError(
                f"{name}: crashed while it was asked what it is ({_ending(code)}){self._last_words()}"
            )
        if "error" in answer:
            raise LoadError(f"{name}: {answer['error']}{self._last_words()}")
        answer["name"] = answer["name"] or name
        return PluginIdentity(kind=self.plugin.kind, sha256=self.plugin.sha256, **answer)

    def close(self) -> None:
        """End the process, and what it started; nothing of it stays."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=2.0)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def __enter__(self) -> Self:
        """Return this; the process ends with the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def _parsed(self) -> dict[str, Any] | None:
        """Return the answer, None where there is none, or half of one."""
        try:
            answer = json.loads(b"".join(self._answer))
        except ValueError:
            return None
        return answer if isinstance(answer, dict) else None

    def _last_words(self) -> str:
        lines = b"".join(self._said)[-LAST_WORDS:].decode("utf-8", "replace").splitlines()
        said = [" ".join(line.split()) for line in lines if line.strip()]
        return f"; it said last: {said[-1][:160]}" if said else ""


def _start(plugin: PluginFile) -> subprocess.Popen[bytes]:
    package = str(Path(__file__).resolve().parents[2])
    inherited = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "composer_daw.plugins.introspect", plugin.kind, str(plugin.binary)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(inherited)},
        start_new_session=True,  # an interrupt at the keyboard is for us
    )


def _ending(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def _thread(work: Any, stream: IO[bytes] | None, store: deque[bytes]) -> threading.Thread:
    thread = threading.Thread(target=work, args=(stream, store), daemon=True)
    thread.start()
    return thread


def _hear_out(stream: IO[bytes], store: deque[bytes]) -> None:
    with contextlib.suppress(ValueError, OSError):
        store.append(stream.read(LONGEST_ANSWER))


def _overhear(stream: IO[bytes], store: deque[bytes]) -> None:
    """Keep the end of what a plugin prints; a plugin that prints without end fills nothing."""
    with contextlib.suppress(ValueError, OSError):
        while said := os.read(stream.fileno(), 65_536):
            store.append(said[-LAST_WORDS:])
            if len(store) > 4:
                store.popleft()


# ------------------------------------------------------------------------------- in the process of its own


def _own_answers() -> IO[bytes]:
    """Return the pipe for the answer; what the plugin prints goes to standard error, and it reads nothing.

    The process ends when whoever started it is gone, whatever the plugin is at.
    """
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def end_with_the_caller() -> None:
        asked.read()
        os._exit(1)

    threading.Thread(target=end_with_the_caller, daemon=True).start()
    return answers


def _looked_at(kind: str, binary: Path) -> dict[str, Any]:
    try:
        if kind == "vst2":
            from composer_daw.plugins.vst2_binary import read_vst2

            return read_vst2(binary)
        from composer_daw.plugins.vst3_binary import read_vst3

        return read_vst3(binary)
    except ComposerError as error:
        return {"error": str(error)}


def main() -> None:
    """Answer for one plugin, and end without giving it another chance to crash."""
    answers = _own_answers()
    with contextlib.suppress(OSError):  # some plugins keep settings there and fail without it
        Path("~/.local/share").expanduser().mkdir(parents=True, exist_ok=True)
    answer = _looked_at(sys.argv[1], Path(sys.argv[2]))
    answers.write(json.dumps(answer).encode())
    answers.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
