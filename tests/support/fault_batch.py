"""A batch in which every kind of fault strikes, and the same batch on plugins that have none.

Both plans have the same records: an instrument is known by what its plugin is, not by where it stands, and
the variants of the probe are copies of one file.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
from midi_building import save_score
from probe_instrument import write_probe_instrument
from probe_plugin import FORMATS, Format, ProbePlugins
from process_tree import has_open, plugin_processes

from composer_daw.dataset import Plan, Record, plan_versions
from composer_daw.hosts.plugin import PluginSound, open_plugin
from composer_daw.plugins.state_files import read_state, save_state
from composer_daw.rendering import load_instrument

PATIENT = "limits: {load_s: 30, ready_s: 20, render_s: 30}"
"""Limits that no clean job meets, however busy the machine is."""

VICTIM = "latency=0"
"""A plugin with nothing wrong, under a name by which those who kill it find it."""

SETTINGS = {"Level": 0.5, "Cutoff": 0.25, "Waveform": 1.0}
"""What a state holds that is to come back."""


@dataclass(frozen=True)
class Fault:
    """One row: how the plugin is made to fail, and what must come of it."""

    name: str
    variant: str
    says: str = ""
    """What the error of a lost job must match; empty where no job may be lost."""
    key: int | None = None
    """It strikes in scores that hold this key; the others on the same plugin are clean."""
    technique: str = "sustain"
    """It strikes with this technique."""
    more: str = PATIENT
    """The rest of the preset."""
    stateful: bool = False
    """The preset has a state, and says what must come back with it."""

    @property
    def mixed(self) -> bool:
        """Tell whether clean jobs go to the same plugin."""
        return self.key is not None or self.technique != "sustain" or self.variant == VICTIM


FAULTS = (
    Fault("crash at load", "crash-load", r"crashed while loading \(SIGSEGV\).*: Probe: crashing at load"),
    Fault(
        "hang at load",
        "hang-load",
        r"hung while loading: no answer in 3 s.*: Probe: hanging at load",
        more="limits: {load_s: 3}",
    ),
    Fault(
        "crash on a note",
        "crash-note=100",
        r"crashed while rendering \(SIGSEGV\).*: Probe: crashing on key 100",
        key=100,
    ),
    Fault(
        "hang on a note",
        "hang-note=101",
        r"hung while rendering: no answer in [\d.]+ s.*: Probe: hanging on key 101",
        key=101,
        more="limits: {load_s: 30, ready_s: 20, render_s: 3}",
    ),
    Fault("NaN", "nan-note=102", r"rendered NaN or infinite samples", key=102),
    Fault("flood of output", "flood"),
    Fault("slow samples", "slow=1"),
    Fault(
        "missing samples",
        "missing=pizzicato",
        r"pizzicato stays silent for 2 s; are its samples there\?",
        technique="pizzicato",
        more="limits: {load_s: 30, ready_s: 2, render_s: 30}",
    ),
    Fault("lost state", "forget", r"did not take its state back: Level is 1 and was 0\.5", stateful=True),
    Fault("leaking heap", "leak=25", more="limits: {load_s: 30, ready_s: 20, render_s: 30, growth_mb: 60}"),
    Fault("killed from outside", VICTIM, more=f"{PATIENT}\nseats: 1"),
)
CLEAN = Fault("clean", "")


@dataclass(frozen=True)
class Item:
    """One job of the batch."""

    fault: Fault
    format: Format
    struck: bool
    """The fault strikes in this one."""
    number: int

    @property
    def instrument(self) -> str:
        """Return the name of the instrument that plays it."""
        return f"{self.fault.name} {self.format}"

    @property
    def technique(self) -> str:
        """Return the technique in which all is played."""
        return self.fault.technique if self.struck else "sustain"

    @property
    def says(self) -> str:
        """Return what the error must match; empty where the job may not be lost."""
        return self.fault.says if self.struck else ""


def items(each: int, seed: int) -> list[Item]:
    """Return `each` jobs of every fault and nine times as many clean ones, in an order drawn by the seed."""
    found: list[Item] = []
    for place, fault in enumerate(FAULTS):
        for number in range(each):
            format = FORMATS[(place + number) % 2]
            found.append(Item(fault, format, True, number))
            if fault.mixed:
                found.append(Item(fault, format, False, number))
    while len(found) < 20 * each:
        found.append(Item(CLEAN, FORMATS[len(found) % 2], False, len(found)))
    order = np.random.default_rng(seed).permutation(len(found))
    return [found[place] for place in order.tolist()]


class Batch:
    """The items in a folder: their scores, and plans of them on faulty and on clean plugins."""

    def __init__(self, folder: Path, plugins: ProbePlugins, each: int, seed: int = 1) -> None:
        """Write the scores and the saved states."""
        self.folder, self.plugins, self.seed = folder, plugins, seed
        self.items = items(each, seed)
        self.scores = {item: self._score(item, place) for place, item in enumerate(self.items)}
        self._states: dict[Format, Path] = {}

    def plan(self, faulty: bool) -> tuple[Plan, dict[str, Item]]:
        """Return the plan on plugins that fail, or on those that do not, and the item of each record's id."""
        presets = {item.instrument: self._preset(item, faulty) for item in self.items}
        instruments = {name: load_instrument(path) for name, path in presets.items()}
        records: list[Record] = []
        assets = {}
        by_id = {}
        for item in self.items:
            one = plan_versions([self.scores[item]], instruments[item.instrument], [item.technique])
            assets.update(one.assets)
            records += one.records
            by_id[one.records[0].id] = item
        return Plan(tuple(records), assets), by_id

    def _score(self, item: Item, place: int) -> Path:
        """Write five notes, or as many as give a killer time; the one that strikes is not the middle one."""
        rng = np.random.default_rng([self.seed, place])
        count = 200 if item.fault.variant == VICTIM else 5
        notes = [(240 * step, 240, int(rng.integers(48, 84))) for step in range(count)]
        if item.struck and item.fault.key is not None:
            notes[3] = (720, 240, item.fault.key)
        return save_score(self.folder / "scores" / f"item{place}.mid", notes)

    def _preset(self, item: Item, faulty: bool) -> Path:
        folder = self.folder / ("faulty" if faulty else "clean")
        more = item.fault.more if faulty else PATIENT
        if item.fault.stateful:
            more += self._saved(item.format)
        plugin = self.plugins.variant(item.fault.variant if faulty else "", item.format)
        return write_probe_instrument(folder, plugin, item.instrument, more)

    def _saved(self, format: Format) -> str:
        """Return the lines of a preset with a state and what must come back of it; both lie in files."""
        state, fingerprint = (self.folder / f"{format}.{suffix}" for suffix in ("state", "json"))
        if not state.exists():
            sound = PluginSound(self.plugins.variant("", format), settings=SETTINGS)
            with open_plugin(sound, 44_100) as host:
                save_state(state, read_state(host.state))
                values = {one.name: one.value for one in host.parameters() if one.name in SETTINGS}
            fingerprint.write_text(json.dumps({"parameters": values}), encoding="utf-8")
        return f"\nstate: {state.as_posix()}\nfingerprint: {fingerprint.as_posix()}"


@dataclass
class Killer:
    """Kills the plugin's process of a victim, or the worker above it, while a `with` block runs.

    Of each instrument it kills `times` times, at moments drawn by the seed after a new take has come out: so
    no job is killed twice.
    """

    folder: Path
    times: dict[Format, int]
    seed: int = 1
    killed: list[str] = field(default_factory=list)

    def __enter__(self) -> Killer:
        self._end = threading.Event()
        self._threads = [
            threading.Thread(target=self._follow, args=(format, times), daemon=True)
            for format, times in self.times.items()
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _follow(self, format: Format, times: int) -> None:
        rng, takes = np.random.default_rng([self.seed, FORMATS.index(format)]), -1
        for number in range(times):
            plugin = next(self._victims(format, takes), None)
            if plugin is None or self._end.wait(float(rng.uniform(0.0, 0.1))):
                return
            takes = self._takes(format)
            self._kill(plugin, worker=(number + FORMATS.index(format)) % 2 == 1)

    def _victims(self, format: Format, takes: int) -> Iterator[psutil.Process]:
        """Yield the victim's process as soon as it is there and more takes than `takes` are done."""
        name = f"/{format}/Probe@{VICTIM}"
        while not self._end.wait(0.01):
            if self._takes(format) > takes:
                yield from (one for one in plugin_processes() if has_open(one, name))

    def _takes(self, format: Format) -> int:
        return len(list(self.folder.glob(f"killed-from-outside-{format}-*/*/[!.]*.wav")))

    def _kill(self, plugin: psutil.Process, worker: bool) -> None:
        try:
            chosen = plugin.parent() if worker else plugin
            assert chosen is not None
            chosen.send_signal(signal.SIGKILL)
            self.killed.append(f"{'worker' if worker else 'plugin'} {chosen.pid}")
        except psutil.NoSuchProcess:
            pass
