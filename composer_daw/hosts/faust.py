"""Instruments in Faust inside DawDreamer, told by keyswitches and controllers like any plugin.

    with open_faust("studio/violin", 44100) as host:
        audio = host.render(events, duration_s=4.0, seed=1)

An instrument is a declaration (YAML) beside its Faust programs: a string (or one for each piece of a kit),
fed with control lanes that are accurate to the sample, and a body that colours the sum of all notes. See
`faust_lanes` for how notes become lanes, `faust_cuts` for what cuts them short.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.audio import Audio, Samples
from composer_daw.errors import HostError, did_you_mean
from composer_daw.events import Events, Kind
from composer_daw.hosts.base import ClosesItself, Parameter
from composer_daw.hosts.faust_declaration import BASE_LANES, ByValue, Declaration, load_declaration
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

COMPILE_FLAGS = ["-ftz", "2", "-sn"]
"""Flush denormals; without it a ringing string costs four times as much. And simple names: else Faust prints
the arguments of every function into the name of its diagram, two thirds of the time to compile a string."""

BLOCK = 512

BODY_S = 0.5
"""How long a body rings at the most when all strings are silent."""

IMPORT = re.compile(r'\b(?:import|library)\("([^"]+)"\)')
"""How a Faust file names another."""


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
    path = check_faust_name(name)
    sound = _fingerprint(path, load_declaration(path))
    return hashlib.sha256(sound + ours + version("dawdreamer").encode()).hexdigest()


class FaustHost(ClosesItself):
    """One Faust instrument, loaded and compiled; see `hosts.base.Host` for what it promises."""

    deterministic = True

    def __init__(self, path: Path, sample_rate: int, bend_range: float = 2.0) -> None:
        """Load the declaration at `path` and compile its programs for `sample_rate` Hz."""
        self.sample_rate = sample_rate
        declaration = load_declaration(path)
        self.declaration: Declaration = declaration.model_copy(update={"bend_range": bend_range})
        self.state = _fingerprint(path, declaration)
        self._folder, self._strings = path.parent, dict[str, _Program]()
        if len(self.declaration.programs) == 1:
            self._string(self.declaration.programs[0])
        body, wires = path.parent / self.declaration.body_dsp, self.declaration.strings_channels
        self._body: _Program | None = _Program(body, sample_rate, wires, self.declaration.channels)

    @property
    def latency_samples(self) -> int:
        """Return 0: a note is heard when it is sent."""
        return 0

    @property
    def tail_s(self) -> float:
        """Return how long it may sound after the last release, in seconds."""
        tail = self.declaration.tail_s
        return (max(tail.values) if isinstance(tail, ByValue) else tail) + BODY_S

    def parameters(self) -> tuple[Parameter, ...]:
        """Return none: these instruments have keyswitches and controllers only."""
        return ()

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return the audio from `-events.pre_roll_s` to `duration_s`; `seed` varies every note a little."""
        if self._body is None:
            raise HostError(f"{self.declaration.name}: the host is closed; open it again to render")
        if len(events.of(Kind.PARAMETER)):
            raise HostError(f"{self.declaration.name}: has no parameters, only keyswitches and controllers")
        total = max(0, round((duration_s + events.pre_roll_s) * self.sample_rate))
        sound = self._body.run(self._play(events, total, seed))
        if not np.isfinite(sound).all():
            raise HostError(f"{self.declaration.name}: rendered NaN or infinite samples")
        sound.setflags(write=False)  # it is nobody else's, and need not be copied
        return Audio(sound, self.sample_rate)

    def _play(self, events: Events, total: int, seed: int) -> Samples:
        """Return the force at the bridge, all notes summed, channels of the string programs x samples."""
        declaration, rate = self.declaration, self.sample_rate
        timeline = np.zeros((declaration.strings_channels, total), dtype=np.float32)
        notes = read_notes(events, declaration, rate, total, seed)
        bend = bend_track(events, declaration, rate, total)
        controls = control_tracks(events, declaration, rate, total)
        strokes = plan_strokes(notes, declaration, rate, total)
        for name in declaration.programs:
            for packet in packets(strokes.of_program(declaration, name), rate):
                lanes = build_lanes(packet, declaration, bend, controls)
                lay_out(packet, self._string(name).run(lanes), timeline)
        return timeline

    def _string(self, name: str) -> _Program:
        """Return a string program, compiled when it is first needed: a song uses a few of a kit's."""
        if name not in self._strings:
            lanes = len(BASE_LANES) + len(self.declaration.lanes)
            channels = self.declaration.strings_channels
            self._strings[name] = _Program(self._folder / name, self.sample_rate, lanes, channels)
        return self._strings[name]

    def close(self) -> None:
        """Let go of the engines."""
        self._strings, self._body = {}, None


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


def _fingerprint(path: Path, declaration: Declaration) -> bytes:
    """Return a hash over the declaration, its programs, and the libraries beside it that they import."""
    digest = hashlib.sha256(path.read_bytes())
    waiting, done = [*declaration.programs, declaration.body_dsp], set[str]()
    for name in waiting:
        part = path.parent / name
        if name in done or not part.is_file():  # Faust's own libraries count with the engine's version
            continue
        done.add(name)
        digest.update(name.encode() + part.read_bytes())
        waiting += IMPORT.findall(part.read_text(encoding="utf-8"))
    return digest.digest()
