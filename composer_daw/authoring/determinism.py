"""Does a sound repeat itself? Plain music (A) and busy music (B) are played, and the samples compared.

A, A, B, A with one instance, and A in another process: where all A are the same bit for bit, it repeats. A
plugin that does not gets a second chance with a new instance for each render, which costs it the loading.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np

from composer_daw.audio import Audio
from composer_daw.authoring.probe_music import ANY_SOUND, busy_music, plain_music
from composer_daw.errors import HostError
from composer_daw.events import Events
from composer_daw.hosts.base import Host
from composer_daw.hosts.plugin_seat import Limits, PluginSound, named
from composer_daw.rendering import Instrument, open_host, run_jobs
from composer_daw.rendering.automation import automated
from composer_daw.rendering.readiness import Probe, Probed, probes_for

Verdict = Literal["yes", "fresh", "no"]
Sound = Instrument | PluginSound

TAIL_S = 1.0
SILENT_DB = -90.0
SMALLEST = float(np.finfo(np.float32).tiny)
ELSEWHERE_LIMIT_S = 600.0

TAKES = ("a second take", "a take after busy music", "a take in another process")
"""What is compared with the first take, in this order."""


@dataclass(frozen=True)
class Repeats:
    """Whether the same notes give the same samples."""

    verdict: Verdict
    """Always; only with a new instance for each render; never."""
    broken: str = ""
    """Which take differed from the first: with one instance, or for "no" with new ones too."""
    difference_db: float | None = None
    """The largest difference of a sample of these takes, in dB of full scale; None where none differs."""

    def __str__(self) -> str:
        """Return it in a line, such as "no: a second take differs by -20.3 dB"."""
        if self.difference_db is None:
            return self.verdict
        how = " with one instance" if self.verdict == "fresh" else ""
        return f"{self.verdict}: {self.broken} differs by {self.difference_db:.1f} dB{how}"


def probe_repeats(sound: Sound, sample_rate: int = 44_100, limits: Limits | None = None) -> Repeats:
    """Return whether a plugin, or the dry sound of an instrument, repeats itself.

    `limits` are for a bare plugin; an instrument has its own. Raises HostError for a sound that fails, or
    stays silent: two silences are the same and say nothing.
    """
    with named(_name_of(sound)):
        kept = _compared(list(_takes(_Take(sound, sample_rate, limits or Limits(), fresh=False))))
        if kept.verdict == "yes" or not _is_plugin(sound):
            return kept
        anew = _compared(list(_takes(_Take(sound, sample_rate, limits or Limits(), fresh=True))))
    return dataclasses.replace(kept, verdict="fresh") if anew.verdict == "yes" else anew


def probe_effect_repeats(
    sound: PluginSound, sample_rate: int = 44_100, limits: Limits | None = None
) -> Repeats:
    """Return whether an effect plugin gives the same for the same; each take has a new instance anyway.

    Raises HostError for an effect that fails.
    """
    from composer_daw.hosts.plugin import open_effect

    plain, busy = (_noise(seed, sample_rate) for seed in (1, 2))
    takes: list[Audio] = []
    with named(_name_of(sound)):
        for given in ([plain, plain, busy, plain], [plain]):
            opened = open_effect(
                sound.path, sample_rate, state=sound.state, settings=sound.settings, limits=limits
            )
            with opened as effect:
                played = [(audio, effect.process(audio)) for audio in given]
            takes += [take for audio, take in played if audio is plain]
        return _compared(takes)


@dataclass(frozen=True)
class _Take:
    """What it takes to play a sound, here or in another process."""

    sound: Sound
    sample_rate: int
    limits: Limits
    fresh: bool


def _takes(take: _Take) -> Iterator[Audio]:
    """Yield plain music four times, in the order of `TAKES`."""
    with _opened(take) as play:
        yield play(plain_music)
        yield play(plain_music)
        play(busy_music)
        yield play(plain_music)
    if _is_plugin(take.sound):
        yield _played_alone(take)  # its process is a new one
        return
    (done,) = run_jobs(_played_alone, [take], workers=1, limit_s=ELSEWHERE_LIMIT_S)
    if done.result is None:
        raise done.error or HostError("gave nothing in another process")
    yield done.result


def _played_alone(take: _Take) -> Audio:
    with _opened(take) as play:
        return play(plain_music)


@contextmanager
def _opened(take: _Take) -> Iterator[Callable[[Callable[..., Events]], Audio]]:
    """Open the host of a sound, and yield what plays one kind of music on it."""
    with _host(take) as host:
        technique_map = take.sound.technique_map if isinstance(take.sound, Instrument) else ANY_SOUND
        if isinstance(host, Probed):
            host.need(_probes(take.sound))

        def play(music: Callable[..., Events]) -> Audio:
            events = music(technique_map)
            if isinstance(take.sound, Instrument):
                events = automated(events, take.sound.preset.automation)
            return host.render(events, events.duration_s + TAIL_S)

        yield play


def _host(take: _Take) -> Host:
    if isinstance(take.sound, PluginSound):
        from composer_daw.hosts.plugin import open_plugin

        return open_plugin(dataclasses.replace(take.sound, fresh=take.fresh), take.sample_rate, take.limits)
    preset = take.sound.preset.model_copy(update={"fresh": False})  # what it says is what is to be found out
    return open_host(dataclasses.replace(take.sound, preset=preset), take.sample_rate, take.fresh)


def _probes(sound: Sound) -> dict[str, Probe]:
    if isinstance(sound, Instrument):
        return probes_for(sound)
    return {"the sound": lambda: plain_music(ANY_SOUND)}


def _is_plugin(sound: Sound) -> bool:
    return isinstance(sound, PluginSound) or sound.preset.host == "plugin"


def _name_of(sound: Sound) -> str:
    return sound.path.stem if isinstance(sound, PluginSound) else sound.name


def _compared(takes: list[Audio]) -> Repeats:
    first, *others = takes
    if first.peak_db < SILENT_DB:
        raise HostError("stays silent under the music of the probe, so that nothing can be compared")
    differing = [
        (name, _difference_db(first, other))
        for name, other in zip(TAKES, others, strict=True)
        if first.samples.tobytes() != other.samples.tobytes()
    ]
    if not differing:
        return Repeats("yes")
    return Repeats("no", differing[0][0], max(difference for _, difference in differing))


def _difference_db(one: Audio, other: Audio) -> float:
    largest = float(np.abs(one.samples.astype(np.float64) - other.samples).max(initial=SMALLEST))
    return float(20.0 * np.log10(largest))


def _noise(seed: int, sample_rate: int) -> Audio:
    """Return half a second of noise at -12 dBFS, and as much silence after it, in stereo."""
    noise = np.random.default_rng(seed).uniform(-0.25, 0.25, (2, sample_rate // 2))
    return Audio(np.pad(noise, ((0, 0), (0, sample_rate // 2))).astype(np.float32), sample_rate)
