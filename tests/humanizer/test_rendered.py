"""Heard: melodies humanized at nine arousals, shaped, played by the studio violin, measured in the audio."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from composer_daw.audio import Audio
from composer_daw.hosts.base import Host
from composer_daw.humanizer import humanize
from composer_daw.humanizer.shaping import shape
from composer_daw.measure.envelope import attack_ms
from composer_daw.measure.frames import between, decibels
from composer_daw.midi import load_midi
from composer_daw.performance import Floats, Performance
from composer_daw.rendering import Instrument, load_instrument, open_host, render

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
STEPS = np.linspace(-1.0, 1.0, 9)
FADE_S = 0.03
"""What is cut off a note's end, where the bow changes already."""


@pytest.fixture(scope="module")
def violin() -> Instrument:
    return load_instrument("studio/violin")


@pytest.fixture(scope="module")
def host(violin: Instrument) -> Iterator[Host]:
    with open_host(violin) as opened:
        yield opened


def beginning(name: str, seconds: float) -> Performance:
    """Return the first seconds of an example."""
    score = load_midi(EXAMPLES / f"{name}.mid")
    return dataclasses.replace(
        score,
        notes=score.notes[score.notes["onset_s"] < seconds],
        controls=score.controls[score.controls["time_s"] < seconds],
    )


def heard(
    score: Performance, arousal: float, violin: Instrument, host: Host, shaping: bool = True
) -> tuple[float, float]:
    """Return the level of the whole in dB (RMS) and the median attack of its longer notes in ms."""
    humanized = humanize(score, 0.0, arousal, seed=1)
    performance = humanized.performance
    if shaping:
        performance = shape(performance, violin.technique_map, humanized.plan.expression)
    take = render(performance, violin, host=host, seed=1)
    assert take.gain_db == 0.0
    loud = decibels(float(np.sqrt(np.mean(take.audio.mono() ** 2))))
    return loud, float(np.median(attacks(take.audio, performance)))


def attacks(audio: Audio, performance: Performance) -> Floats:
    """Return the attack of each note that is at least as long as the median, in ms."""
    notes = performance.notes
    next_s = np.append(notes["onset_s"][1:], np.inf)
    ends = np.minimum(notes["onset_s"] + notes["duration_s"], next_s) - FADE_S
    long = notes["written_duration_s"] >= np.median(notes["written_duration_s"])
    spans = zip(notes["onset_s"][long].tolist(), ends[long].tolist(), strict=True)
    mono, rate = audio.mono(), audio.sample_rate
    return np.array([attack_ms(between(mono, rate, *span), rate) for span in spans])


@pytest.mark.parametrize(("name", "seconds"), [("sakura", 16.0), ("bach_prelude", 10.0)])
def test_loudness_and_attack_follow_arousal(
    name: str, seconds: float, violin: Instrument, host: Host
) -> None:
    score = beginning(name, seconds)
    loud, attack = np.transpose([heard(score, arousal, violin, host) for arousal in STEPS])
    assert spearmanr(STEPS, loud).statistic >= 0.9
    assert spearmanr(STEPS, attack).statistic <= -0.9
    assert loud[-1] - loud[0] > 6.0 and attack[0] > 1.5 * attack[-1]


def test_without_shaping_the_attack_of_the_melody_does_not(violin: Instrument, host: Host) -> None:
    score = beginning("sakura", 16.0)
    attack = [heard(score, arousal, violin, host, shaping=False)[1] for arousal in STEPS]
    assert spearmanr(STEPS, attack).statistic > -0.5
