"""What a plugin says of itself: its ID, name, vendor, and whether it is an instrument.

It is loaded for that in a process of its own, `python -m composer_daw.plugins.introspect KIND FILE`, which
answers with one line of JSON: what the plugin prints, breaks or hangs, it does there.
"""

from __future__ import annotations

import queue
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from composer_daw.errors import ComposerError, CrashError, HostError, LoadError
from composer_daw.plugins.binary import PluginFile, check_plugin
from composer_daw.plugins.child import Child, answer_and_end, end_with_the_caller, own_streams, parsed
from composer_daw.plugins.search import PluginKind

LIMIT_S = 30.0
"""How long a plugin may take to say what it is; sample libraries load their samples later."""

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
        self._child = Child("composer_daw.plugins.introspect", plugin.kind, str(plugin.binary))
        self._answer: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._hear_out, daemon=True).start()

    def identity(self, limit_s: float) -> PluginIdentity:
        """Wait for the answer and return it; raise HostError."""
        name, child = self.plugin.path.stem, self._child
        try:
            said = self._answer.get(timeout=limit_s)
        except queue.Empty:
            child.kill()
            raise HostError(
                f"{name}: hung while it was asked what it is: no answer in {limit_s:.3g} s{child.last_words}"
            ) from None
        child.wait()
        answer = parsed(said)
        if answer is None:
            raise CrashError(
                f"{name}: crashed while it was asked what it is ({child.ending}){child.last_words}"
            )
        if "error" in answer:
            raise LoadError(f"{name}: {answer['error']}{child.last_words}")
        answer["name"] = answer["name"] or name
        return PluginIdentity(kind=self.plugin.kind, sha256=self.plugin.sha256, **answer)

    def close(self) -> None:
        """End the process, and what it started; nothing of it stays."""
        self._child.close()

    def __enter__(self) -> Self:
        """Return this; the process ends with the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def _hear_out(self) -> None:
        self._answer.put(self._child.line(LONGEST_ANSWER))


# ------------------------------------------------------------------------------- in the process of its own


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
    requests, answers = own_streams()
    end_with_the_caller(requests)
    answer_and_end(answers, _looked_at(sys.argv[1], Path(sys.argv[2])))


if __name__ == "__main__":
    main()
