"""The probe plugin: built once, copied under the names that make it fail, and read back from its sound."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

SOURCES = Path(__file__).resolve().parents[1] / "plugins"
BUILDS = SOURCES / ".build"
"""Where the tests keep what was compiled; ignored by git."""

DPF = Path("/usr/share/dpf/distrho")
COMPILER = "g++"
FLAGS = ("-std=c++17", "-O1", "-fPIC", "-fvisibility=hidden", "-fno-gnu-unique")

Kind = Literal["Probe", "ProbeDrums", "ProbeEffect"]
Format = Literal["vst2", "vst3"]
KINDS: dict[Kind, tuple[str, str]] = {
    "Probe": ("probe.cpp", "-DPROBE"),
    "ProbeDrums": ("probe.cpp", "-DPROBE_DRUMS"),
    "ProbeEffect": ("probe_effect.cpp", "-DPROBE_EFFECT"),
}
"""The plugins: the source of each, and what tells it which it is."""
FORMATS: tuple[Format, ...] = ("vst2", "vst3")

TECHNIQUES = ("sustain", "staccato", "pizzicato", "tremolo", "harmonic")
"""What the keyswitches 0 to 4 choose."""

PARAMETERS = ("Spare", "Level", "Cutoff", "Waveform", "Detune", "Marks")
PROGRAMS = ("dry", "bright", "dark")
FAULT_KEY = 127

OPTIONS = {
    "latency": "reports this many samples, and is as late",
    "slow": "notes are silent until this many seconds after it was loaded",
    "missing": "this technique is always silent",
    "random": "no two renders are alike",
    "latch": "keeps techniques and controllers when it is reset, from one render to the next",
    "forget": "ignores a state that is restored",
    "marks": "begins with Marks on",
    "patch": "begins with this hidden state",
    "leak": "loses this many MB each time it is activated",
    "flood": "writes 2 MB to stdout and to stderr at load, and 16 KB to each for every block",
    "crash-load": "dies of a signal while it is made",
    "hang-load": "never finishes being made",
    "crash-note": "dies of a signal when key 127, or the key named, is played",
    "hang-note": "never returns when key 127, or the key named, is played",
    "nan-note": "key 127, or the key named, sounds as NaN",
    "inf-note": "key 127, or the key named, sounds as infinity",
}
"""The words that a file name may carry after '@', separated by commas; '=' joins a value."""


class Onset(NamedTuple):
    """One note that started, as its mark tells: sorted by sample."""

    sample: int
    channel: int
    pitch: int
    technique: str


@dataclass(frozen=True)
class ProbePlugins:
    """The compiled plugins in one folder, and copies of them that fail."""

    folder: Path

    def variant(self, options: str = "", format: Format = "vst3", kind: Kind = "Probe") -> Path:
        """Return the path of a plugin that does what `options` say: "latency=64,missing=pizzicato"."""
        for word in filter(None, options.split(",")):
            option, _, value = word.partition("=")
            if option not in OPTIONS:
                raise ValueError(f"{word}: the probe knows {', '.join(OPTIONS)}")
            if option == "missing" and value not in TECHNIQUES:
                raise ValueError(f"{word}: the techniques are {', '.join(TECHNIQUES)}")
        name = f"{kind}@{options}" if options else kind
        target = self.folder / "variants" / format / (f"{name}.so" if format == "vst2" else f"{name}.vst3")
        if not target.exists():
            self._copy(self.folder / f"{kind}.{format}.so", target, name)
        return target

    def _copy(self, binary: Path, target: Path, name: str) -> None:
        """Copy a binary under a name at once; never link it: the loader takes two links for one library."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            made = Path(scratch) / target.name
            inside = made / "Contents" / "x86_64-linux" / f"{name}.so" if made.suffix == ".vst3" else made
            inside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(binary, inside)
            try:
                made.rename(target)
            except OSError:
                if not target.exists():  # else another process was faster
                    raise


def read_onsets(marks: npt.ArrayLike) -> list[Onset]:
    """Return the notes that started, from the channel that carries the marks (see probe.cpp).

    `marks` is the right channel of a render with Marks on, as float samples that nothing has scaled. Raises
    ValueError where a sample is no mark.
    """
    samples = np.asarray(marks, dtype=np.float64)
    places = np.flatnonzero(samples)
    codes = samples[places] * 2**22 - 1
    whole = np.rint(codes).astype(np.int64)
    if not np.array_equal(codes, whole) or np.any(whole < 0) or np.any(whole >> 18 >= len(TECHNIQUES)):
        raise ValueError("this channel carries more than marks: was it scaled, mixed or dithered?")
    onsets = [
        Onset(int(place - (code & 127)), int(code >> 14 & 15), int(code >> 7 & 127), TECHNIQUES[code >> 18])
        for place, code in zip(places, whole, strict=True)
    ]
    return sorted(onsets)


def missing_tools() -> str:
    """Return what the build lacks in words, or an empty string when all is there."""
    lacking = [] if shutil.which(COMPILER) else [COMPILER]
    lacking += [] if (DPF / "DistrhoPluginMain.cpp").is_file() else ["dpf-source"]
    return f"the probe plugin needs {' and '.join(lacking)}" if lacking else ""


def build(folder: Path = BUILDS) -> ProbePlugins:
    """Compile the plugins into a folder below `folder` named after their sources, unless they are there."""
    if missing_tools():
        raise FileNotFoundError(missing_tools())
    target = folder / _fingerprint()
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as scratch:
            _compile_all(Path(scratch) / "whole")
            try:
                (Path(scratch) / "whole").rename(target)
            except OSError:
                if not target.is_dir():
                    raise
    return ProbePlugins(target)


def _fingerprint() -> str:
    version = subprocess.run([COMPILER, "--version"], capture_output=True, check=True).stdout
    files = [*_sources(), *sorted((DPF / "src").glob("DistrhoPlugin*"))]
    digest = hashlib.sha256(version + " ".join(FLAGS).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> list[Path]:
    return sorted(path for path in SOURCES.iterdir() if re.fullmatch(r".*\.(cpp|hpp|h)", path.name))


def _compile_all(folder: Path) -> None:
    folder.mkdir()
    pairs = [(kind, format) for kind in KINDS for format in FORMATS]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        # our part does not know the format: it is compiled once for both
        ours = {kind: threads.submit(_compile_ours, folder, kind) for kind in KINDS}
        theirs = {pair: threads.submit(_compile_dpf, folder, *pair) for pair in pairs}
        for kind, format in pairs:
            parts = [str(ours[kind].result()), str(theirs[kind, format].result())]
            _run("-shared", "-s", *parts, "-o", str(folder / f"{kind}.{format}.so"), "-ldl", "-lpthread")
    for part in folder.glob("*.o"):
        part.unlink()


def _compile_ours(folder: Path, kind: Kind) -> Path:
    source, define = KINDS[kind]
    return _compile(SOURCES / source, folder / f"{kind}.o", define, "-Wall")


def _compile_dpf(folder: Path, kind: Kind, format: Format) -> Path:
    target = f"-DDISTRHO_PLUGIN_TARGET_{format.upper()}"
    made = folder / f"{kind}.{format}.o"
    return _compile(DPF / "DistrhoPluginMain.cpp", made, KINDS[kind][1], target, "-w")


def _compile(source: Path, made: Path, *flags: str) -> Path:
    _run(*FLAGS, *flags, f"-I{SOURCES}", "-isystem", str(DPF), "-c", str(source), "-o", str(made))
    return made


def _run(*arguments: str) -> None:
    done = subprocess.run([COMPILER, *arguments], capture_output=True, text=True)
    if done.returncode or done.stderr:
        raise RuntimeError(f"{COMPILER} {' '.join(arguments)}\n{done.stderr}")
