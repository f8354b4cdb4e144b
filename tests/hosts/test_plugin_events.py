"""What events leave behind in a plugin, what they set before their first note, and how they begin."""

from __future__ import annotations

import dataclasses

import numpy as np
from host_events import Row, control, note, parameter, stream, switch
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.events import Kind
from composer_daw.hosts.plugin_events import (
    FLUSH_S,
    QUIET,
    WARM_UP_S,
    beginning,
    has_rung_out,
    left_behind,
    set_before_notes,
)

PROGRAM: list[Row] = [(0.3, Kind.PROGRAM, 1, 40, 0.0, -1)]
BEND: list[Row] = [(0.3, Kind.PITCH_BEND, 0, 0, 100.0, -1)]
PRESSURE: list[Row] = [(0.3, Kind.PRESSURE, 2, 0, 100.0, -1)]


def test_what_stays_is_each_control_by_channel_and_any_keyswitch_or_program_as_one() -> None:
    events = stream(
        note(0.0, 1.0, 60),
        parameter(0.1, 0, 0.5),
        switch(0.2, 24),
        switch(0.4, 25),
        switch(0.4, 25, channel=3),
        control(0.2, 1, 40),
        control(0.5, 1, 80),
        control(0.5, 11, 80, channel=1),
        PROGRAM,
        BEND,
        PRESSURE,
        parameters=("Level",),
    )
    assert left_behind(events) == {
        (Kind.SWITCH_ON, 0, 0),
        (Kind.SWITCH_ON, 3, 0),
        (Kind.CONTROL, 0, 1),
        (Kind.CONTROL, 1, 11),
        (Kind.PROGRAM, 1, 0),
        (Kind.PITCH_BEND, 0, 0),
        (Kind.PRESSURE, 2, 0),
    }


def test_what_acts_once_does_not_stay() -> None:
    assert left_behind(stream(*(control(0.1, number, 0) for number in range(120, 128)))) == set()
    assert left_behind(stream(note(0.0, 1.0, 60))) == set()


def test_only_what_comes_no_later_than_the_first_note_is_set_before_it() -> None:
    events = stream(
        switch(-0.02, 24), control(0.1, 1, 40), note(0.1, 0.5, 60), control(0.2, 11, 40), note(0.3, 0.1, 62)
    )
    assert set_before_notes(events) == {(Kind.SWITCH_ON, 0, 0), (Kind.CONTROL, 0, 1)}


def test_without_notes_everything_is_set_before_them() -> None:
    events = stream(control(0.1, 1, 40), switch(3.0, 24))
    assert set_before_notes(events) == left_behind(events) == {(Kind.CONTROL, 0, 1), (Kind.SWITCH_ON, 0, 0)}


times = st.floats(-0.05, 4.0, allow_nan=False)
pieces = st.one_of(
    st.builds(note, times, st.floats(0.01, 3.0), st.integers(40, 44), channel=st.integers(0, 1)),
    st.builds(switch, times, st.integers(0, 3), channel=st.integers(0, 1)),
    st.builds(control, times, st.sampled_from([1, 11, 123]), st.integers(0, 127), channel=st.integers(0, 1)),
)


@given(st.lists(pieces, max_size=12))
def test_a_beginning_leaves_nothing_that_its_events_do_not_set_first(given_pieces: list[list[Row]]) -> None:
    events = stream(*given_pieces, duration_s=5.0)
    begun = beginning(events)
    assert left_behind(begun) <= set_before_notes(events)
    assert begun.duration_s == WARM_UP_S
    assert np.all(np.diff(begun.stream["time_s"]) >= 0)
    assert begun.stream["time_s"].max(initial=0.0) <= WARM_UP_S
    down: set[tuple[int, int]] = set()
    for one in begun.stream:
        key = int(one["channel"]), int(one["number"])
        if one["kind"] in (Kind.NOTE_ON, Kind.SWITCH_ON):
            down.add(key)
        elif one["kind"] in (Kind.NOTE_OFF, Kind.SWITCH_OFF):
            down.discard(key)
    assert down == set()


def test_the_beginning_of_what_is_short_is_all_of_it() -> None:
    events = stream(switch(-0.03, 24), control(-0.03, 1, 90), note(0.0, 0.5, 60), note(0.5, 0.5, 62))
    begun = beginning(events)
    np.testing.assert_array_equal(begun.stream, events.stream)
    assert dataclasses.replace(begun, stream=events.stream) == events


# ---- what has rung out


RATE = 1000


def ringing_until(end_s: float, after: float = 0.0) -> np.ndarray:
    """Return two seconds of sound that falls to `after` at `end_s`."""
    sound = np.full((2, 2 * RATE), after, np.float32)
    sound[1, : round(end_s * RATE)] = 0.5
    return sound


def test_a_sound_has_rung_out_when_its_last_tenth_of_a_second_is_silent() -> None:
    events, latest = stream(note(0.0, 1.0, 60)), 2.0 - FLUSH_S
    assert has_rung_out(events, ringing_until(latest), RATE)
    assert not has_rung_out(events, ringing_until(latest + 1 / RATE), RATE)
    assert has_rung_out(events, ringing_until(1.0, after=0.9 * QUIET), RATE)
    assert not has_rung_out(events, ringing_until(1.0, after=1.1 * QUIET), RATE)
    assert not has_rung_out(events, ringing_until(1.0, after=np.nan), RATE)


def test_what_is_sent_in_the_silence_may_still_sound() -> None:
    """The sound begins 0.05 s before the score."""
    assert has_rung_out(stream(note(0.0, 1.84, 60)), ringing_until(1.0), RATE)
    assert not has_rung_out(stream(note(0.0, 1.85, 60)), ringing_until(1.0), RATE)
    assert not has_rung_out(stream(note(0.0, 2.5, 60)), ringing_until(1.0), RATE)
    assert not has_rung_out(stream(note(0.0, 0.01, 60)), ringing_until(0.0)[:, :50], RATE)


def test_a_plugin_whose_parameters_are_set_back_is_let_ring_out() -> None:
    events = stream(note(0.0, 1.0, 60), parameter(0.1, 0, 0.5), parameters=("Level",))
    assert not has_rung_out(events, ringing_until(1.0), RATE)
