"""One plugin inside DawDreamer. Runs in a plugin's own process only: whatever happens here, happens there.

A plugin is loaded with its state in one go, by the way that DawDreamer's pickling takes: it opens no window,
where `load_state` does and dies without a display.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.audio import Samples
from composer_daw.errors import HostError, LoadError, did_you_mean
from composer_daw.events import EventArray, Events, Kind
from composer_daw.hosts.plugin_events import FLUSH_S, QUIET
from composer_daw.hosts.plugin_midi import check_sample_rate, save_sample_exact
from composer_daw.hosts.plugin_text import value_of_text

NAME = "plugin"
MIDI_PARAMETER = "MIDI Ch. "
"""How the parameters begin that a VST3 plugin shows for MIDI controllers; they are played, not set."""

FLOOR, STEADY = 1e-3, 0.9
"""What stays below -60 dBFS and hardly falls in a second is the noise that a plugin always makes."""

LONGEST_FLUSH_S = 10.0


class PluginEngine:
    """A loaded plugin: plays events, or processes audio."""

    def __init__(
        self, path: str, sample_rate: int, block: int, state: bytes, settings: Mapping[str, float | str]
    ) -> None:
        """Load the plugin at `path` with its raw state (empty: its own) and these parameters set."""
        check_sample_rate(sample_rate)
        self.path, self.sample_rate, self.block = path, sample_rate, block
        self.state_given, self.settings = state, dict(settings)
        self.renew()

    def renew(self) -> None:
        """Load the plugin anew, as at first."""
        self._engine: Any = None  # the old instance goes before the new one comes
        self._plugin: Any = None
        self._engine, self._plugin = self._loaded()
        self._engine.load_graph([(self._plugin, [])])  # a VST2 reports its latency only in a graph
        described = self._plugin.get_parameters_description()
        self.indices = {
            int(one["index"]): str(one["name"])
            for one in described
            if not str(one["name"]).startswith(MIDI_PARAMETER)
        }
        self._fixed = {int(one["index"]) for one in described if not one["isAutomatable"]}
        """DawDreamer leaves these alone, without a word, when they are automated."""
        for name, value in self.settings.items():
            self.set(name, value)

    def _loaded(self) -> tuple[Any, Any]:
        import dawdreamer

        try:
            if not self.state_given:
                engine = dawdreamer.RenderEngine(self.sample_rate, self.block)
                return engine, engine.make_plugin_processor(NAME, self.path)
            engine = dawdreamer.RenderEngine.__new__(dawdreamer.RenderEngine)
            engine.__setstate__(self._pickled())
            return engine, engine.get_processor(NAME)
        except RuntimeError as error:
            raise LoadError(f"{self.path}: could not be loaded: {str(error).strip()}") from error

    def _pickled(self) -> dict[str, Any]:
        """Return what DawDreamer's engine is restored from, with the state in it."""
        plugin = {
            "pickle_version": 1,
            "unique_name": NAME,
            "plugin_path": self.path,
            "sample_rate": float(self.sample_rate),
            "plugin_state": self.state_given,
        }
        return {
            "pickle_version": 1,
            "sample_rate": float(self.sample_rate),
            "buffer_size": self.block,
            "processors": [{"type": "PluginProcessor", "state": plugin}],
            "dag": [{"processor_name": NAME, "inputs": []}],
        }

    @property
    def latency(self) -> int:
        """Return the delay that the plugin reports, in samples."""
        return max(0, int(self._plugin.get_latency_samples()))

    @property
    def channels(self) -> tuple[int, int]:
        """Return the numbers of its inputs and outputs."""
        return int(self._plugin.get_num_input_channels()), int(self._plugin.get_num_output_channels())

    @property
    def state(self) -> bytes:
        """Return all that the plugin would have a host save."""
        self._plugin.clear_midi()
        self._engine.load_graph([(self._plugin, [])])
        self._engine.render(self.block / self.sample_rate)  # a VST3 takes up what it was told when it plays
        return bytes(self._plugin.__getstate__()["plugin_state"])

    def parameters(self) -> list[tuple[int, str, float, str]]:
        """Return index, name, value (0..1) and text of each parameter, as the plugin has them now."""
        values = self._values()
        return [
            (index, name, values[index], str(self._plugin.get_parameter_text(index)))
            for index, name in self.indices.items()
        ]

    def recalled(self) -> list[tuple[int, str, float, str]]:
        """Return the parameters as the plugin itself has them.

        A VST3 has two halves: the one that shows parameters takes them from a state even where the one that
        plays does not. So what it gives back as its state is read in an instance of its own, if it is another
        than it was given.
        """
        if not self.path.lower().endswith(".vst3") or (own := self.state) == self.state_given:
            return self.parameters()
        return PluginEngine(self.path, self.sample_rate, self.block, own, {}).parameters()

    def _values(self) -> dict[int, float]:
        """Return the values: true once loaded; after `set`, what the plugin was told, taken or not."""
        return {index: float(self._plugin.get_parameter(index)) for index in self.indices}

    def index_of(self, name: str) -> int:
        """Return the index of a parameter by its name, or by "#" and its index; raise HostError."""
        if name.startswith("#") and name[1:].isdigit():
            if int(name[1:]) in self.indices:
                return int(name[1:])
            raise HostError(
                f"no parameter {name}: they count from #{min(self.indices, default=0)} "
                f"to #{max(self.indices, default=0)}"
            )
        found = [index for index, known in self.indices.items() if known == name]
        found = found or [index for index, known in self.indices.items() if known.lower() == name.lower()]
        if len(found) > 1:
            numbers = " or ".join(f"#{index}" for index in found)
            raise HostError(f"{len(found)} parameters are called '{name}'; say which: {numbers}")
        if not found:
            raise HostError(
                f"no parameter '{name}'{did_you_mean(name, self.indices.values())}; "
                "`composer-daw plugins describe` shows them"
            )
        return found[0]

    def set(self, name: str, value: float | str) -> None:
        """Set a parameter to a value in 0..1, or to the value that the plugin shows as this text."""
        index = self.index_of(name)
        if isinstance(value, str):
            value = self._value_shown_as(value, index, name)
        if not 0.0 <= value <= 1.0:
            raise HostError(
                f"{name}: {value} is outside 0..1; give a value there, or what the plugin shows "
                f"(now '{self._plugin.get_parameter_text(index)}')"
            )
        self._plugin.set_parameter(index, float(value))

    def _value_shown_as(self, text: str, index: int, name: str) -> float:
        before = float(self._plugin.get_parameter(index))
        try:
            return value_of_text(text, lambda at: self._text_at(index, at), name)
        except HostError:
            self._plugin.set_parameter(index, before)  # a text that it never shows changes nothing
            raise

    def _text_at(self, index: int, value: float) -> str:
        self._plugin.set_parameter(index, float(value))
        return str(self._plugin.get_parameter_text(index))

    def play(self, events: Events, duration_s: float) -> Samples:
        """Return the audio from `-events.pre_roll_s` to `duration_s`, latency taken out."""
        total = max(0, round((duration_s + events.pre_roll_s) * self.sample_rate))
        handle, midi = tempfile.mkstemp(prefix="composer_daw-", suffix=".mid")
        os.close(handle)
        try:
            save_sample_exact(events, Path(midi), self.sample_rate)
            self._plugin.load_midi(midi, beats=False, all_events=True)
        finally:
            os.unlink(midi)  # before the plugin plays, which may end this process
        self._engine.load_graph([(self._plugin, [])])
        automated = self._automate(events, total)
        try:
            return self._run(total)
        finally:
            for index, value in automated.items():
                self._plugin.set_parameter(index, value)

    def process(self, audio: Samples) -> Samples:
        """Return what the plugin makes of the audio (channels x frames), latency taken out."""
        inputs, _ = self.channels
        if not inputs:
            raise HostError("takes no audio: it is an instrument, not an effect")
        if len(audio) > inputs:
            raise HostError(f"takes {inputs} channels of audio, not {len(audio)}; use its other version")
        fitted = np.array(np.broadcast_to(audio, (inputs, audio.shape[1])) if len(audio) == 1 else audio)
        fitted = np.pad(fitted, ((0, inputs - len(fitted)), (0, self.latency + self.block)))
        source = self._engine.make_playback_processor("input", fitted)
        self._engine.load_graph([(source, []), (self._plugin, ["input"])])
        try:
            return self._run(audio.shape[1])
        finally:
            self._engine.load_graph([(self._plugin, [])])
            self._engine.remove_processor("input")

    def _run(self, frames: int) -> Samples:
        late = self.latency
        self._engine.render((frames + late + 0.25) / self.sample_rate)  # rounding may not lose the last one
        sound: Samples = self._engine.get_audio()[:, late : late + frames]
        return sound

    def _automate(self, events: Events, total: int) -> dict[int, float]:
        """Lay the parameter events over time; return what each of them was before.

        DawDreamer looks once in each block, at its start: a change takes hold from the start of its block.
        """
        rows = events.of(Kind.PARAMETER)
        named = {n: self.index_of(events.parameters[n]) for n in np.unique(rows["number"]).tolist()}
        moved = np.array([named[number] for number in rows["number"].tolist()], int)
        blocks = np.arange((total + self.latency) // self.block + 2)
        before: dict[int, float] = {}
        for index in sorted(set(named.values())):
            mine = rows[moved == index]
            before[index] = float(self._plugin.get_parameter(index))
            if index in self._fixed:
                self._set_for_all(index, mine, events)
                continue
            since = events.to_samples(mine["time_s"], self.sample_rate) // self.block
            values = np.append(np.float32(before[index]), mine["value"])
            lane = values[np.searchsorted(since, blocks, side="right")]
            self._plugin.set_automation(index, np.repeat(lane, self.block))
        return before

    def _set_for_all(self, index: int, rows: EventArray, events: Events) -> None:
        """Set a parameter that the plugin lets nobody automate, where one value holds for all notes."""
        notes = events.of(Kind.NOTE_ON)
        first = float(notes["time_s"][0]) if len(notes) else np.inf
        if rows["time_s"][-1] > first and len(np.unique(rows["value"])) > 1:
            raise HostError(
                f"{self.indices[index]}: the plugin does not let it be automated; keep it as it is at the "
                "start, or choose another parameter"
            )
        self._plugin.set_parameter(index, float(rows["value"][-1]))

    def falls_silent(self) -> bool:
        """Let the plugin ring out without notes; return whether it does, so that nothing is heard later."""
        self._plugin.clear_midi()
        self._engine.load_graph([(self._plugin, [])])
        levels: list[float] = []
        for _ in range(round(LONGEST_FLUSH_S / FLUSH_S)):
            sound = self._run(round(FLUSH_S * self.sample_rate))
            levels.append(float(np.abs(sound).max(initial=0.0)))
            second_ago = levels[-round(1 / FLUSH_S)] if len(levels) >= round(1 / FLUSH_S) else np.inf
            if levels[-1] < QUIET or (levels[-1] < FLOOR and levels[-1] > STEADY * second_ago):
                return True
        return False

    def edit(self) -> None:
        """Open the plugin's own window, and return when it is closed; raise HostError without a display."""
        try:
            self._plugin.open_editor()
        except RuntimeError as error:
            raise HostError(f"its window could not be opened: {str(error).strip()}") from error
