"""The hall of a mix: how loud its return must be to lie as far under the mix as it should.

How much a reverb gives back depends on the sound that goes into it, so it is measured: the loudest section
goes through the hall once, before the mix is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from composer_daw.audio import Audio, Samples
from composer_daw.measure.loudness import SILENT_LUFS, loudness_of, step_powers
from composer_daw.rendering.effects import in_stereo, open_chain
from composer_daw.rendering.graph import Graph, GraphTrack
from composer_daw.rendering.mixing import Sum, factor, fader, ridden, turned

LONGEST_S = 30.0
"""So much of the loudest section is listened to."""
HIGHEST_DB = 24.0
"""As far as a fader goes up."""


def hall_level_db(
    takes: Mapping[str, Audio], graph: Graph, hall: str, span: tuple[float, float], under_lu: float
) -> float:
    """Return the level with which the return of a bus lies so far under the mix; 0 where nothing sounds.

    `span`, in seconds, is what is listened to. Every track goes to the master and, as `sends` has it, to
    the bus.
    """
    start_s, end_s = span[0], min(span[1], span[0] + LONGEST_S)
    direct, sent = Sum(), Sum()
    for name, audio in takes.items():
        part = _turned(audio, graph.tracks[name], start_s, end_s)
        direct.add(part)
        if hall in graph.tracks[name].sends:
            sent.add(part, factor(graph.tracks[name].sends[hall]))
    if not sent.samples.size:
        return 0.0
    rate = next(iter(takes.values())).sample_rate
    with open_chain(graph.buses[hall].effects, rate, Path()) as process:
        wet = process(Audio(sent.samples, rate)).samples
    dry_lufs, wet_lufs = (loudness_of(step_powers(one, rate)) for one in (direct.samples, wet))
    if SILENT_LUFS in (dry_lufs, wet_lufs):
        return 0.0
    both_db = -10.0 * float(np.log10(1.0 - 10.0 ** (-under_lu / 10.0)))  # the mix has the hall in it
    return round(min(dry_lufs + both_db - under_lu - wet_lufs, HIGHEST_DB), 1)


def _turned(audio: Audio, track: GraphTrack, start_s: float, end_s: float) -> Samples:
    """Return a stretch of a take as its fader lets it through."""
    rate = audio.sample_rate
    part = Audio(audio.samples[:, round(start_s * rate) : round(end_s * rate)], rate)
    samples = ridden(in_stereo(part).samples, track.ride, rate, start_s)
    return turned(samples, fader(track.level_db, track.pan, audio.channels == 1))
