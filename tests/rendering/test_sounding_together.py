"""Two voices with conflicting techniques: channels, instances or priority, in the labels and in the audio."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_instruments import MAP, piece, write_instrument
from small_sfz import CODES, SWITCHES, write_small_sfz

from composer_daw.audio import Audio
from composer_daw.rendering import Take, load_instrument, render
from composer_daw.techniques import load_map

VOICES = piece((0.0, 2.0, 57, 80), (1.0, 0.8, 76, 80), techniques=[("sustain",), ("pizzicato",)])
"""A pizzicato under a held bow."""
HELD_HZ, SECOND_HZ = 220.0, 659.2551
KEYS = {"sustain": 12, "pizzicato": 15}
"""The fake host's octave is as strong as its channel's last keyswitch says."""


def octave_of(audio: Audio, frequency_hz: float, start_s: float, end_s: float) -> float:
    """Return how strong the octave of a tone is, as a part of the tone."""
    part = audio.mono()[round(start_s * audio.sample_rate) : round(end_s * audio.sample_rate)]
    time = np.arange(len(part)) / audio.sample_rate
    window = np.hanning(len(part))
    one, two = (abs(np.sum(window * part * np.exp(-2j * np.pi * n * frequency_hz * time))) for n in (1, 2))
    return float(two / one)


def take(folder: Path, more: str) -> Take:
    preset = write_instrument(folder)
    only_bow = MAP.replace(
        "senza_sordino: {group: mute, on: [{keyswitch: E0}]}", "senza_sordino: {group: mute}"
    )
    (folder / "map.yaml").write_text(only_bow.replace("channels: [1, 2]", more), encoding="utf-8")
    return render(VOICES, load_instrument(preset))


@pytest.mark.parametrize(
    ("more", "together", "second"),
    [
        ("channels: [1, 2]", "channel", "pizzicato"),
        ("instances: 2", "instance", "pizzicato"),
        ("", "priority", "sustain"),
    ],
)
def test_the_three_outcomes_are_labelled_and_heard(
    tmp_path: Path, more: str, together: str, second: str
) -> None:
    found = take(tmp_path, more)
    assert found.labels.together_names() == ["", together]
    assert found.labels.played_names() == ["sustain", second]
    assert found.labels.rows["conflict"].tolist() == [False, together == "priority"]
    heard = octave_of(found.audio, SECOND_HZ, 1.05, 1.75)
    assert heard == pytest.approx(KEYS[second] / 127, rel=0.02)
    assert octave_of(found.audio, HELD_HZ, 1.05, 1.75) == pytest.approx(KEYS["sustain"] / 127, rel=0.02)


def test_what_gave_way_is_told(tmp_path: Path) -> None:
    assert take(tmp_path, "").labels.reasons()[1] == "gives way to what sounds with it"


SFZ_MAP = """\
technique_map: 1
instrument: Small SFZ
range: [36, 96]
groups: {{articulation: {{default: sustain}}}}
techniques:
{lines}
{more}
"""


def sfz_take(folder: Path, more: str) -> Take:
    pytest.importorskip("pysfizz")
    write_small_sfz(folder)
    lines = "\n".join(
        f"  {n}: {{group: articulation, on: [{{keyswitch: {k}}}]}}" for n, k in SWITCHES.items()
    )
    (folder / "map.yaml").write_text(SFZ_MAP.format(lines=lines, more=more), encoding="utf-8")
    (folder / "sfz.yaml").write_text(
        "instrument: Small SFZ\nhost: sfizz\nsource: small.sfz\ntechnique_map: map.yaml\n"
        "licence: {name: CC0-1.0, audio_redistribution: yes}\n",
        encoding="utf-8",
    )
    return render(VOICES, load_instrument(folder / "sfz.yaml"))


@pytest.mark.parametrize(("more", "second"), [("instances: 2", "pizzicato"), ("", "sustain")])
def test_a_real_engine_plays_instances_too(tmp_path: Path, more: str, second: str) -> None:
    """The first sample of each note says which technique sounds."""
    found = sfz_take(tmp_path, more)
    assert found.labels.played_names() == ["sustain", second]
    samples = found.audio.samples[0]
    first, later = (samples[round(at * found.audio.sample_rate)] for at in (0.0, 1.0))
    assert later / first == pytest.approx(CODES[second] / CODES["sustain"], rel=1e-3)


def test_more_instances_than_are_needed_change_nothing(tmp_path: Path) -> None:
    write_instrument(tmp_path)
    alone = piece((0.0, 1.0, 60, 80), (1.0, 1.0, 62, 80), techniques=[("sustain",), ("pizzicato",)])
    takes = []
    for more in ("", "instances: 4"):
        (tmp_path / "map.yaml").write_text(MAP.replace("channels: [1, 2]", more), encoding="utf-8")
        assert load_map(tmp_path / "map.yaml").instances == (4 if more else 1)
        takes.append(render(alone, load_instrument(tmp_path / "fake.yaml")))
    assert takes[1].more_events == ()
    assert np.array_equal(takes[0].audio.samples, takes[1].audio.samples)
