"""Every note of a dense score starts on its exact sample, with its technique, in either format of plugin.

The probe plugin marks each note that starts with its pitch, channel and technique, whatever the rate, the
block size and the latency that it reports: see tests/plugins/probe.cpp.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pytest
from host_events import PRE_ROLL_S, note, stream, switch
from plugin_opening import OpenProbe
from probe_instrument import MAP
from probe_plugin import FORMATS, TECHNIQUES, Format, Onset, ProbePlugins, read_onsets

from composer_daw.documents import parse_document
from composer_daw.events import Kind
from composer_daw.hosts.plugin import open_plugin
from composer_daw.hosts.plugin_seat import PluginSound
from composer_daw.performance import Performance, note_rows
from composer_daw.techniques import TechniqueMap, realize
from composer_daw.techniques.realize import Realization

NOTES, CHANGES, RUNS = 500, 50, 5
STEP_S = 0.005
BLOCKS, RATES, LATENCIES = (64, 128, 256, 480, 1024, 2048), (44_100, 48_000, 96_000), (0, 64, 4096)
Case = tuple[Format, int, int, int]
"""Format, block size, sample rate and reported latency."""

NINE: tuple[Case, ...] = tuple(
    (
        ("vst2", "vst3", FORMATS[row % 2])[(row + 2 * column) % 3],
        (64, 480, 2048)[row],
        RATES[column],
        LATENCIES[(row + column) % 3],
    )
    for row, column in product(range(3), repeat=2)
)


def test_the_nine_cases_hold_every_pair() -> None:
    for first, second in combinations(range(4), 2):
        values = [{case[place] for case in NINE} for place in (first, second)]
        assert {(case[first], case[second]) for case in NINE} == set(product(*values))
    assert [len({case[place] for case in NINE}) for place in range(4)] == [2, 3, 3, 3]


def dense_score(seed: int = 3) -> Performance:
    """500 notes in 51 passages, each of another technique than the one before.

    Most are alone or in chords, and end in a chord that is held far into the next passage. Twenty passages
    are single notes in runs of four, 5 ms apart, so each needs a switch 5 ms after the last one.
    """
    rng = np.random.default_rng(seed)
    kinds = rng.permutation(["run"] * RUNS + ["chords"] * (CHANGES + 1 - 4 * RUNS))
    sizes = iter(np.diff(np.linspace(0, NOTES - 4 * RUNS, CHANGES + 2 - 4 * RUNS).astype(int)).tolist())
    notes: list[tuple[float, float, int, int]] = []
    technique: list[int] = []
    now_s, last = 0.0, 0

    def play(pitches: npt.NDArray[np.int64], held_s: float) -> None:
        notes.extend((now_s, held_s, int(pitch), int(rng.integers(1, 128))) for pitch in pitches)
        technique.extend([last] * len(pitches))

    def another() -> int:
        return (last + int(rng.integers(1, len(TECHNIQUES)))) % len(TECHNIQUES)

    for kind in kinds:
        if kind == "run":
            now_s += 0.2
            for _ in range(4):
                last, now_s = another(), now_s + STEP_S
                play(rng.integers(40, 100, 1), 0.06)
            now_s += 0.05
            continue
        last, left = another(), next(sizes)
        while left:
            chord = min(left, int(rng.integers(1, 5)))
            left -= chord
            play(
                rng.permutation(np.arange(40, 100))[:chord], float(rng.uniform(0.02, 0.05)) if left else 0.15
            )
            now_s += float(rng.uniform(0.003, 0.06)) if left else 0.06
    return Performance(
        note_rows(notes, technique=technique), techniques=tuple((name,) for name in TECHNIQUES)
    )


@cache
def realized(channels: int = 4) -> Realization:
    text = MAP.replace("[1, 2, 3, 4]", str(list(range(1, channels + 1))))
    return realize(dense_score(), parse_document(text, TechniqueMap, "probe_map.yaml"))


def test_the_score_is_as_dense_as_it_should_be() -> None:
    notes, labels = dense_score().notes, realized().labels
    assert len(notes) == len(labels.rows) == NOTES
    assert np.count_nonzero(np.diff(notes["technique"])) == CHANGES
    together = np.unique(notes["onset_s"], return_counts=True)[1]
    assert set(together.tolist()) == {1, 2, 3, 4}
    assert not labels.rows["conflict"].any()
    assert labels.played_names() == [TECHNIQUES[number] for number in notes["technique"]]
    assert len(np.unique(labels.rows["channel"])) == 4
    ends = np.maximum.accumulate(labels.rows["sent_offset_s"])[:-1]
    overlapping = ends > labels.rows["sent_onset_s"][1:]
    of_two = labels.rows["played"][:-1] != labels.rows["played"][1:]
    assert np.count_nonzero(overlapping & of_two) >= 30
    assert len(realized().events.of(Kind.SWITCH_ON)) >= 20
    assert realized(1).labels.rows["conflict"].sum() >= 20
    assert len(realized(1).events.of(Kind.SWITCH_ON)) >= 35


def check(probe_plugins: ProbePlugins, case: Case, channels: int = 4) -> None:
    format, block, rate, latency = case
    plugin = probe_plugins.variant(f"latency={latency},marks" if latency else "marks", format)
    events, labels = realized(channels).events, realized(channels).labels
    with open_plugin(PluginSound(plugin, block=block), rate) as host:
        tone, marks = host.render(events, events.duration_s + 0.2).samples
        assert host.latency_samples == latency
    expected = [
        Onset(
            round(row["sent_onset_s"] * rate) + round(events.pre_roll_s * rate),
            row["channel"],
            row["sent_pitch"],
            name,
        )
        for row, name in zip(labels.rows, labels.played_names(), strict=True)
    ]
    assert read_onsets(marks) == sorted(expected)
    assert np.flatnonzero(tone)[0] == min(expected).sample


@pytest.mark.parametrize("case", NINE, ids=lambda case: "-".join(map(str, case)))
def test_every_note_starts_on_its_sample(probe_plugins: ProbePlugins, case: Case) -> None:
    check(probe_plugins, case)


@pytest.mark.parametrize("format", FORMATS)
def test_where_one_channel_must_do_every_note_plays_what_its_label_says(
    probe_plugins: ProbePlugins, format: Format
) -> None:
    check(probe_plugins, (format, 512, 44_100, 0), channels=1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("format", FORMATS)
def test_switches_5_ms_apart_on_one_channel(open_probe: OpenProbe, format: Format, rate: int) -> None:
    rng = np.random.default_rng(4)
    techniques = np.cumsum(rng.integers(1, len(TECHNIQUES), 200)) % len(TECHNIQUES)
    parts, expected = [], []
    for step, technique in enumerate(techniques.tolist()):
        onset_s = STEP_S * (step + 1)
        pitch = int(rng.integers(40, 100))
        parts += [switch(onset_s - 0.0025, technique), note(onset_s, 0.002, pitch)]
        expected.append(
            Onset(round(onset_s * rate) + round(PRE_ROLL_S * rate), 0, pitch, TECHNIQUES[technique])
        )
    marks = open_probe("marks", format, rate=rate).render(stream(*parts), 1.1).samples[1]
    assert read_onsets(marks) == expected


@pytest.mark.long
@pytest.mark.parametrize("latency", LATENCIES)
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("format", FORMATS)
def test_every_note_starts_on_its_sample_in_all_cases(
    probe_plugins: ProbePlugins, format: Format, block: int, rate: int, latency: int
) -> None:
    check(probe_plugins, (format, block, rate, latency))
