"""Scores that hypothesis makes up: several tracks and channels, drums, overlaps, unisons, odd metres."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from composer_daw.events import Kind
from composer_daw.performance import CONTROL, NOTE, Performance, TempoMap, Text, Track

BEATS = st.integers(0, 64).map(lambda sixteenth: sixteenth / 4) | st.floats(0, 16, width=32)
LENGTHS = st.sampled_from([0.0, 1 / 480, 0.125, 0.25, 0.5, 1.0, 2.0, 8.0]) | st.floats(0, 4, width=32)
METRES = st.sampled_from([(4, 4), (3, 4), (6, 8), (5, 8), (1, 4), (7, 16)])
PITCHES = st.integers(58, 64) | st.integers(0, 127)
TECHNIQUES = ((), ("legato",), ("staccato",))
BESIDE = ("doubled", "doubled", "unison", "no length", "overlapping", "at its end")
"""How a note may stand to an earlier one of its pitch and channel."""

Written = tuple[float, float, int, int, int]
"""Beat, length in beats, pitch, track and channel of a note."""


@st.composite
def tempo_maps(draw: st.DrawFn) -> TempoMap:
    beats = sorted({0.0, *draw(st.lists(st.integers(1, 20).map(float), max_size=3))})
    bpm = [draw(st.floats(20, 300)) for _ in beats]
    places = sorted({0.0, *draw(st.lists(st.sampled_from([1.0, 3.0, 4.0, 8.0]), max_size=2))})
    return TempoMap(np.array(beats), np.array(bpm), tuple((at, *draw(METRES)) for at in places))


def beside(how: str, other: Written, length: float) -> Written:
    """Return a note that stands so to another."""
    beat, others, pitch, track, channel = other
    match how:
        case "unison":
            return beat, others, pitch, (track + 1) % 3, channel
        case "no length":
            return beat, 0.0, pitch, track, channel
        case "overlapping":
            return beat + others / 2, length, pitch, track, channel
        case "at its end":
            return beat + others, length, pitch, (track + 1) % 3, channel
    return beat, length, pitch, track, channel


@st.composite
def written_notes(draw: st.DrawFn, earlier: list[Written]) -> Written:
    if earlier and draw(st.integers(0, 2)) == 0:
        return beside(draw(st.sampled_from(BESIDE)), draw(st.sampled_from(earlier)), draw(LENGTHS))
    track, channel = draw(st.integers(0, 2)), draw(st.sampled_from([0, 0, 1, 9]))
    return draw(BEATS), draw(LENGTHS), draw(PITCHES), track, channel


@st.composite
def scores(draw: st.DrawFn, least: int = 1, most: int = 24, deviate: bool = True) -> Performance:
    """Return a score; `deviate`: its notes may be played beside where they are written.

    Some double another, play in unison with it on one channel, overlap it, or have no length.
    """
    tempo = draw(tempo_maps())
    rows = np.zeros(draw(st.integers(least, most)), NOTE)
    written: list[Written] = []
    for row in rows:
        written.append(draw(written_notes(written)))
        beat, length, row["pitch"], row["track"], row["channel"] = written[-1]
        row["written_onset_s"] = tempo.seconds_at(beat)
        row["written_duration_s"] = tempo.seconds_at(beat + length) - row["written_onset_s"]
        row["velocity"] = draw(st.integers(1, 127))
        row["technique"] = draw(st.sampled_from([0, 0, 1, 2]))
        row["onset_s"], row["duration_s"] = row["written_onset_s"], row["written_duration_s"]
        if deviate and draw(st.booleans()):
            row["onset_s"] = max(0.0, row["onset_s"] + draw(st.floats(-0.05, 0.05)))
            row["duration_s"] *= draw(st.floats(0.5, 1.5))
    rows["source"] = np.arange(len(rows))
    controls = np.zeros(draw(st.integers(0, 6)), CONTROL)
    controls["kind"], controls["number"] = Kind.CONTROL, 11
    for one in controls:
        one["time_s"], one["value"] = draw(st.floats(0, 30)), draw(st.integers(0, 127))
    texts = tuple(
        Text(draw(st.floats(0, 10)), text) for text in draw(st.sampled_from([(), ("arco", "pizz.")]))
    )
    return Performance(rows, controls, texts, tempo, (Track("a"), Track(), Track("b")), TECHNIQUES)


POINTS = st.tuples(st.floats(-1, 1), st.floats(-1, 1)) | st.sampled_from(
    [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0), (0.0, 0.0)]
)
