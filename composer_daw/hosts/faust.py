"""Instruments in Faust inside DawDreamer, told by keyswitches and controllers like any plugin.

    with open_faust("studio/violin", 44100) as host:
        audio = host.render(events, duration_s=4.0, seed=1)

An instrument is a declaration (YAML) beside two Faust programs: a mono string, fed with control lanes that
are accurate to the sample, and a body that colours the sum of all notes. See `faust_lanes` for how notes
become lanes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.audio import Audio, Samples
from composer_daw.errors import HostError, did_you_mean
from composer_daw.events import Events, Kind
from composer_daw.hosts.base import ClosesItself, Parameter
from composer_daw.hosts.faust_declaration import BASE_LANES, Declaration, load_declaration
from composer_daw.hosts.faust_lanes import (
    bend_track,
    build_lanes,
    control_tracks,
    lay_out,
    packets,
    plan_strokes,
)
from composer_daw.hosts.faust_notes import read_notes

HOME = Path(__file__).parent
"""Where the instruments that ship are looked up: "studio/violin" is `studio/violin.yaml` here."""

COMPILE_FLAGS = ["-ftz", "2"]
"""Flush denormals; without it a ringing string costs four times as much."""

BLOCK = 512


def open_faust(name: str, sample_rate: int, bend_range: float = 2.0) -> FaustHost:
    """Return the host of the built-in Faust instrument `name`, such as "studio/violin".

    `bend_range` is how far the wheel bends, in semitones.
    """
    return FaustHost(check_faust_name(name), sample_rate, bend_range)


def check_faust_name(name: str) -> Path:
    """Return the declaration of a built-in instrument; raise HostError for a name that is not there."""
    if name not in faust_names():
        close = did_you_mean(name, faust_names())
        raise HostError(f"no Faust instrument '{name}'{close}; there are {', '.join(faust_names())}")
    return HOME / f"{name}.yaml"


def faust_names() -> list[str]:
    """Return the names that `open_faust` knows."""
    return sorted(path.relative_to(HOME).with_suffix("").as_posix() for path in HOME.glob("*/*.yaml"))


def sound_digest(name: str) -> str:
    """Return the SHA-256 of all that makes the sound of an instrument: its files, our lanes, the engine."""
    from importlib.metadata import version

    files = [*sorted(Path(__file__).parent.glob("faust*.py"))]
    ours = b"".join(path.read_bytes() for path in files)
    return hashlib.sha256(
        _fingerprint(check_faust_name(name)) + ours + version("dawdreamer").encode()
    ).hexdigest()


class FaustHost(ClosesItself):
    """One Faust instrument, loaded and compiled; see `hosts.base.Host` for what it promises."""

    deterministic = True

    def __init__(self, path: Path, sample_rate: int, bend_range: float = 2.0) -> None:
        """Load the declaration at `path` and compile its programs for `sample_rate` Hz."""
        self.sample_rate = sample_rate
        declaration = load_declaration(path)
        self.declaration: Declaration = declaration.model_copy(update={"bend_range": bend_range})
        self.state = _fingerprint(path)
        lanes = len(BASE_LANES) + len(self.declaration.lanes)
        strings, body = path.parent / self.declaration.strings_dsp, path.parent / self.declaration.body_dsp
        self._strings: _Program | None = _Program(strings, sample_rate, lanes, 1)
        self._body: _Program | None = _Program(body, sample_rate, 1, self.declaration.channels)

    @property
    def latency_samples(self) -> int:
        """Return 0: a note is heard when it is sent."""
        return 0

    def parameters(self) -> tuple[Parameter, ...]:
        """Return none: these instruments have keyswitches and controllers only."""
        return ()

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return the audio from `-events.pre_roll_s` to `duration_s`; `seed` varies every note a little."""
        if self._strings is None or self._body is None:
            raise HostError(f"{self.declaration.name}: the host is closed; open it again to render")
        if len(events.of(Kind.PARAMETER)):
            raise HostError(f"{self.declaration.name}: has no parameters, only keyswitches and controllers")
        total = max(0, round((duration_s + events.pre_roll_s) * self.sample_rate))
        sound = self._body.run(self._play(events, total, seed, self._strings)[np.newaxis])
        if not np.isfinite(sound).all():
            raise HostError(f"{self.declaration.name}: rendered NaN or infinite samples")
        return Audio(sound, self.sample_rate)

    def _play(self, events: Events, total: int, seed: int, strings: _Program) -> Samples:
        """Return the force at the bridge, one channel, all notes summed."""
        declaration, rate = self.declaration, self.sample_rate
        timeline = np.zeros(total, dtype=np.float32)
        notes = read_notes(events, declaration, rate, total, seed)
        bend = bend_track(events, declaration, rate, total)
        controls = control_tracks(events, declaration, rate, total)
        for packet in packets(plan_strokes(notes, declaration, rate, total), rate):
            lay_out(packet, strings.run(build_lanes(packet, declaration, bend, controls))[0], timeline, rate)
        return timeline

    def close(self) -> None:
        """Let go of the engines."""
        self._strings = self._body = None


class _Program:
    """One Faust program in an engine of its own: samples in, samples out, from a fresh state each time."""

    def __init__(self, path: Path, sample_rate: int, inputs: int, outputs: int) -> None:
        self.path, self.sample_rate, self.outputs = path, sample_rate, outputs
        with _engine_errors(f"{path}: cannot be compiled"):
            import dawdreamer

            self._engine: Any = dawdreamer.RenderEngine(sample_rate, BLOCK)
            self._lanes: Any = self._engine.make_playback_processor(
                "lanes", np.zeros((inputs, 1), np.float32)
            )
            faust = _compiled(self._engine.make_faust_processor("faust"), path)
            found = (faust.get_num_input_channels(), faust.get_num_output_channels())
            self._engine.load_graph([(self._lanes, []), (faust, ["lanes"])])
        if found[0] != inputs or found[1] < outputs:
            raise HostError(
                f"{path}: has {found[0]} inputs, {found[1]} outputs; needs {inputs} and {outputs}"
            )

    def run(self, lanes: Samples) -> Samples:
        """Return what the program makes of `lanes` (float32, inputs x samples), as outputs x samples."""
        if not lanes.shape[1]:
            return np.zeros((self.outputs, 0), dtype=np.float32)
        with _engine_errors(f"{self.path}: failed while rendering"):
            self._lanes.set_data(np.ascontiguousarray(lanes, dtype=np.float32))
            self._engine.render((lanes.shape[1] + 0.25) / self.sample_rate)
            return np.array(self._engine.get_audio()[: self.outputs, : lanes.shape[1]], dtype=np.float32)


def _compiled(faust: Any, path: Path) -> Any:
    faust.num_voices = 0
    faust.compile_flags = COMPILE_FLAGS
    faust.faust_libraries_paths = [str(path.parent)]
    faust.set_dsp_string(path.read_text(encoding="utf-8"))
    if not faust.compile():
        raise HostError(f"{path}: Faust did not compile it")
    return faust


@contextmanager
def _engine_errors(what: str) -> Iterator[None]:
    """Turn whatever DawDreamer raises into a HostError."""
    try:
        yield
    except HostError:
        raise
    except Exception as error:
        raise HostError(f"{what}: {str(error).strip()}") from error


def _fingerprint(path: Path) -> bytes:
    """Return a hash over the declaration and every Faust file beside it."""
    digest = hashlib.sha256()
    for part in sorted([path, *path.parent.glob("*.dsp"), *path.parent.glob("*.lib")]):
        digest.update(part.read_bytes())
    return digest.digest()
