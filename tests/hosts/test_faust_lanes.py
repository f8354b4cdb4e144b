"""Controllers along the packed stream: the value that holds at the time of each sample."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.hosts.faust_lanes import Strokes, Track
from composer_daw.hosts.faust_notes import Notes

TOTAL = 2000


def track_of(moves: list[tuple[int, int, float]]) -> Track:
    """Return the track of (channel, sample, value), 1 in every channel before the first."""
    span = TOTAL + 2
    found = sorted((channel * span + sample + 1, value) for channel, sample, value in moves)
    rows = sorted([*((channel * span, 1.0) for channel in range(16)), *found], key=lambda row: row[0])
    return Track(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]), span)


def strokes_of(rows: list[tuple[int, int, int, int, int]]) -> Strokes:
    """Return strokes of (channel, onset, forget, held, ring)."""
    channel, onset, forget, held, ring = np.array(sorted(rows), dtype=np.int64).T
    plain = np.zeros(len(rows))
    notes = Notes(channel, onset, onset, onset + held, plain, plain, {})
    return Strokes(notes, np.ones(len(rows), bool), forget, held, ring, np.zeros(len(rows), np.int64))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, TOTAL), st.floats(0, 1)), max_size=40),
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, TOTAL),
            st.integers(0, 150),
            st.integers(0, 400),
            st.integers(0, 200),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_a_track_is_looked_up_at_the_time_of_each_packed_sample(
    moves: list[tuple[int, int, float]], rows: list[tuple[int, int, int, int, int]]
) -> None:
    track, strokes = track_of(moves), strokes_of(rows)
    expected: list[float] = []
    for channel, onset, forget, length in zip(
        strokes.notes.channel, strokes.notes.onset, strokes.forget, strokes.lengths, strict=True
    ):
        for time in range(onset - forget, onset - forget + length):
            wanted = channel * track.span + max(time, 0) + 1
            expected.append(float(track.value[np.flatnonzero(track.key <= wanted)[-1]]))
    assert track.along(strokes).tolist() == expected
