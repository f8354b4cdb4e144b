"""VST plugins, each in a process of its own: it may crash, hang, print or leak without harm to us.

    with open_plugin(PluginSound(path), 44100) as host:
        audio = host.render(events, duration_s=4.0)

The process is started when it is first needed, and replaced when it dies, hangs, grows too large or has
rendered often enough. What is decided here, `plugin_worker` carries out; `plugin_wire` is their language.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from composer_daw.audio import Audio
from composer_daw.errors import HostError
from composer_daw.events import Events
from composer_daw.hosts.plugin_events import WARM_UP_S, Control, beginning, left_behind, set_before_notes
from composer_daw.hosts.plugin_seat import Limits, PluginSound, Seat, named

SILENT_DB = -70.0
"""A technique whose probe stays below this does not sound (dBFS)."""

AGREE_DB = 0.5
"""Two takes of a probe agree when their levels differ by no more than this."""

FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 0.5


def open_plugin(sound: PluginSound, sample_rate: int, limits: Limits | None = None) -> PluginHost:
    """Return the host of an instrument plugin; it is loaded when first used."""
    return PluginHost(sound, sample_rate, limits or Limits())


@contextmanager
def open_effect(
    path: Path,
    sample_rate: int,
    *,
    state: bytes = b"",
    settings: Mapping[str, float | str] | None = None,
    limits: Limits | None = None,
) -> Iterator[PluginEffect]:
    """Yield an effect plugin, in a process of its own until the block ends."""
    effect = PluginEffect(PluginSound(path, state, settings or {}), sample_rate, limits or Limits())
    try:
        effect.load()
        yield effect
    finally:
        effect.close()


class PluginHost(Seat):
    """An instrument plugin; see `hosts.base.Host` for what it promises.

    `deterministic` is False: whether a plugin repeats itself is found out by playing it.
    """

    deterministic = False

    def _forget(self) -> None:
        self._ready: dict[str, str] = {}  # technique -> what is wrong with it, or "" where it sounds
        self._left: set[Control] = set()
        self._used = self._dirty = False

    def __init__(self, sound: PluginSound, sample_rate: int, limits: Limits) -> None:
        """Keep what is to be loaded; nothing is loaded yet."""
        super().__init__(sound, sample_rate, limits)
        self._probes: dict[str, Callable[[], Events]] = {}
        self._forget()

    def need(self, probes: Mapping[str, Callable[[], Events]]) -> None:
        """Name what must sound before the next render, and what makes a few notes of it.

        Each is played after every load until it sounds and two takes agree; one that stays silent fails the
        renders that need it, by name.
        """
        self._probes = dict(probes)

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        """Return the audio from `-events.pre_roll_s` to `duration_s`, dry; a plugin knows no seed."""
        self._load()
        with named(self.name):
            self._prepare(events)
            sound = self._play(events, duration_s, rings_out=not self.sound.fresh)
            if not self._used:
                self._facts["loaded_rss"] = self._facts["rss"]  # the samples that it needs are there now
            self._used = True
            return sound

    def _prepare(self, events: Events) -> None:
        """Have an instance that nothing of earlier renders is left in, warm and ready."""
        if self._dirty or (self._used and self.sound.fresh) or self._left - set_before_notes(events):
            self._renew()
        for technique, probe in self._probes.items():
            if technique not in self._ready:
                self._ready[technique] = self._wait_for(technique, probe())
            if self._ready[technique]:
                raise HostError(self._ready[technique])
        if self._dirty or self._left - set_before_notes(events):  # by the probes themselves
            ready = self._ready
            self._renew()
            self._ready = ready  # it was, a moment ago; probing again would leave the same behind
        if not self._probes and not self._used and not self.sound.fresh:
            self._play(beginning(events), min(events.duration_s, WARM_UP_S))  # what comes first may differ
            if self._dirty:
                self._renew()  # better without a warm-up than with its end in the take

    def _renew(self) -> None:
        self._asked({"do": "renew"}, "loading anew", limit_s=self.limits.load_s)
        self._forget()

    def _wait_for(self, technique: str, probe: Events) -> str:
        """Play a probe until it sounds and two takes agree; return what is wrong, or "" when it is ready."""
        end, pause_s, last = time.monotonic() + self.limits.ready_s, FIRST_WAIT_S, None
        while True:
            level = self._play(probe, probe.duration_s + 0.2).rms_db
            if last is not None and min(last, level) > SILENT_DB and abs(level - last) <= AGREE_DB:
                return ""
            if time.monotonic() > end:
                break
            if level <= SILENT_DB:
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_WAIT_S)
            last = level
        if level > SILENT_DB:
            return f"{technique}: two takes of a note still differ after {self.limits.ready_s:.3g} s"
        inputs = self._facts["inputs"]
        hint = "is it an effect?" if inputs else "are its samples there?"
        return f"{technique} stays silent for {self.limits.ready_s:.3g} s; {hint}"

    def _play(self, events: Events, duration_s: float, rings_out: bool = True) -> Audio:
        head = {
            "do": "play",
            "duration_s": duration_s,
            "score_s": events.duration_s,
            "pre_roll_s": events.pre_roll_s,
            "parameters": events.parameters,
            "rings_out": rings_out,
        }
        limit_s = self.limits.render_s + duration_s
        self._left |= left_behind(events)
        self._dirty = True  # until it has come back well
        answer, _ = self._asked(head, "rendering", events.stream.tobytes(), limit_s)
        assert self._process is not None
        samples = self._process.sound(answer, limit_s)
        self._dirty = not answer["silent"]
        self._facts["rss"] = answer["rss"]
        self._renders += 1
        return Audio(samples, self.sample_rate)


class PluginEffect(Seat):
    """An effect plugin: audio goes in, as much comes out."""

    def load(self) -> None:
        """Load it now; raise LoadError for what it does not take, such as a parameter that it has not."""
        self._load()

    def process(self, audio: Audio) -> Audio:
        """Return what the plugin makes of the audio, as long as it is, latency taken out.

        The caller leaves room for the tail. Each call gets a new instance: nothing of the last one rings on.
        """
        if not audio.samples.size:
            return audio
        self._load()
        limit_s = self.limits.render_s + audio.duration_s
        with named(self.name):
            assert self._process is not None
            if self._renders:
                self._asked({"do": "renew"}, "loading anew", limit_s=self.limits.load_s)
            self._renders += 1
            self._process.put(audio.samples, limit_s)
            answer, _ = self._asked({"do": "process"}, "processing", limit_s=limit_s)
            self._facts["rss"] = answer["rss"]
            return Audio(self._process.sound(answer, limit_s), self.sample_rate)
