"""Switches that depend on more than their technique: on others, on the channel, on a whole chord."""

from __future__ import annotations

import numpy as np
import pytest
from generated_maps import technique_maps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_instruments import piece, read_map

from composer_daw.errors import InputError
from composer_daw.events import Kind
from composer_daw.techniques import Realization, TechniqueMap, realize

HEAD = """\
technique_map: 1
instrument: X
groups: {bow: {default: sustain}, mute: {}}
techniques:
  sustain: {group: bow, on: [{keyswitch: 0}]}
"""
NOTES = ((0.0, 1.0, 60, 80), (1.0, 1.0, 62, 80))


def told(
    known: str, *asked: tuple[str, ...], notes: tuple[tuple[float, float, int, int], ...] = NOTES
) -> Realization:
    return realize(piece(*notes, techniques=list(asked)), read_map(HEAD + known))


def controllers(realization: Realization) -> list[tuple[float, int, int, float]]:
    rows = realization.events.of(Kind.CONTROL)
    return [
        (round(float(r["time_s"]), 2), int(r["channel"]), int(r["number"]), float(r["value"])) for r in rows
    ]


@pytest.mark.parametrize(("bow", "sent"), [("staccato", [9]), ("sustain", [9, 10])])
def test_what_ends_a_technique_counts_only_with_another_too(bow: str, sent: list[int]) -> None:
    known = """\
  staccato: {group: bow, on: [{keyswitch: 1}]}
  con_sordino:
    group: mute
    on: [{cc: 9, value: 127}]
    off: [{cc: 9, value: 0}, {cc: 10, value: 5, only_with: sustain}]
"""
    found = controllers(told(known, (bow, "con_sordino"), (bow,)))
    assert [number for time_s, _, number, _ in found if time_s > 0] == sent


def test_what_is_sent_once_goes_to_every_channel_in_use_but_to_its_own_channel_once() -> None:
    known = "  staccato: {group: bow, on: [{keyswitch: 1}]}\nchannels: [1, 2]\n"
    init = "init: [{cc: 3, value: 4, channel: 7}, {cc: 5, value: 6}]\n"
    wide = ((0.0, 2.0, 60, 80), (1.0, 1.0, 62, 80))
    found = controllers(told(known + init, (), ("staccato",), notes=wide))
    assert sorted((channel, number) for _, channel, number, _ in found) == [(0, 5), (1, 5), (6, 3)]


def test_notes_of_a_chord_do_not_connect_each_other() -> None:
    known = "  legato: {group: bow, on: [{keyswitch: 1}], latency_ms: {first: 10, transition: 300}}\n"
    chords = ((1.0, 1.1, 60, 80), (1.0, 1.1, 64, 80), (2.0, 1.0, 62, 80), (2.0, 1.0, 65, 80))
    rows = told(known, *[("legato",)] * 4, notes=chords).labels.rows
    assert rows["sent_onset_s"].tolist() == pytest.approx([0.99, 0.99, 1.7, 1.7])


@pytest.mark.parametrize(("own", "together"), [("", "channel"), (", channel: 16", "priority")])
def test_channels_keep_apart_only_what_is_switched_on_them(own: str, together: str) -> None:
    known = f"  tremolo: {{group: bow, on: [{{keyswitch: 1{own}}}]}}\nchannels: [1, 2]\n"
    wide = ((0.0, 2.0, 60, 80), (1.0, 2.0, 62, 80))
    assert told(known, (), ("tremolo",), notes=wide).labels.together_names() == ["", together]


notes = st.tuples(
    st.integers(0, 40).map(lambda n: n / 8),
    st.sampled_from([0.01, 0.1, 0.125, 1.0]),
    st.integers(0, 127),
    st.integers(1, 127),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(technique_maps(largest=4), st.lists(notes, min_size=1, max_size=8), st.data())
def test_whatever_a_map_says_is_sent_as_midi_has_it(
    known: TechniqueMap, written: list[tuple[float, float, int, int]], data: st.DataObject
) -> None:
    names = st.lists(st.sampled_from([*known.techniques, "staccato", "con_sordino"]), max_size=3, unique=True)
    asked = [tuple(data.draw(names)) for _ in written]
    try:
        realization = realize(piece(*written, techniques=asked), known, out_of_range="drop")
    except InputError as error:
        assert "no note is left" in str(error)
        return
    for events in (realization.events, *realization.more):
        rows = events.stream
        assert (np.diff(rows["time_s"], prepend=-events.pre_roll_s) >= -1e-9).all()
        pressed, moved, shares = (
            events.of(*kinds)["value"]
            for kinds in ((Kind.SWITCH_ON, Kind.NOTE_ON), (Kind.CONTROL,), (Kind.PARAMETER,))
        )
        assert ((pressed >= 1) & (pressed <= 127)).all()
        assert ((moved >= 0) & (moved <= 127)).all()
        assert ((shares >= 0) & (shares <= 1)).all()
        keys = [
            sorted(events.of(kind)[["channel", "number"]].tolist())
            for kind in (Kind.SWITCH_ON, Kind.SWITCH_OFF)
        ]
        assert keys[0] == keys[1]


LATE = "  staccato: {group: bow, on: [{keyswitch: 1}], latency_ms: {first: 250}}\n"


def keyed(realization: Realization) -> dict[int, int]:
    """Return the keyswitch that was pressed last before each note, on its channel."""
    last: dict[int, int] = {}
    found = {}
    for row in realization.events.stream:
        if row["kind"] == Kind.SWITCH_ON:
            last[int(row["channel"])] = int(row["number"])
        elif row["kind"] == Kind.NOTE_ON:
            found[int(row["note"])] = last[int(row["channel"])]
    return found


def test_a_note_that_ends_where_its_pitch_is_repeated_is_let_go_first() -> None:
    """0.6 + (1.8 - 0.6) is later than 1.8 by the last bit."""
    repeated = ((0.6, 1.5, 60, 80), (1.8, 0.5, 60, 80))
    stream = told("", notes=repeated).events.of(Kind.NOTE_ON, Kind.NOTE_OFF)
    assert [int(row["kind"]) for row in stream] == [Kind.NOTE_ON, Kind.NOTE_OFF] * 2


def test_notes_that_latencies_bring_to_one_instant_have_their_own_switches() -> None:
    """At 120 bpm an eighth lasts as long as the second note's latency: both are sent at 1 s."""
    notes = ((1.0, 0.2, 60, 80), (1.25, 0.2, 62, 80), (1.25, 0.2, 64, 80))
    found = told(LATE, (), ("staccato",), ("staccato",), notes=notes)
    assert keyed(found) == {0: 0, 1: 1, 2: 1}
    assert found.labels.rows["sent_onset_s"].tolist() == pytest.approx([1.0, 1.001, 1.001])


@pytest.mark.parametrize("lasts_s", [0.02, 0.2])
def test_of_notes_that_begin_together_on_one_channel_one_gives_way(lasts_s: float) -> None:
    notes = ((1.0, lasts_s, 60, 80), (1.0, lasts_s, 62, 80))
    found = told("  staccato: {group: bow, on: [{keyswitch: 1}]}\n", (), ("staccato",), notes=notes)
    assert found.labels.played_names() == ["sustain", "sustain"]
    assert found.labels.rows["conflict"].tolist() == [False, True]


LATENCIES = st.sampled_from([0, 10, 100, 250])
ONSETS = st.sampled_from([0.0, 0.01, 0.1, 0.15, 0.25, 0.5])


@given(
    st.lists(LATENCIES, min_size=3, max_size=3),
    st.lists(st.tuples(ONSETS, ONSETS, st.integers(0, 2))),
    st.data(),
)
@settings(max_examples=200, deadline=None)
def test_every_note_follows_the_switch_of_what_its_label_says(
    latencies: list[int], scored: list[tuple[float, float, int]], data: st.DataObject
) -> None:
    names = ["sustain", "staccato", "tremolo"]
    entries = [
        f"  {name}: {{group: bow, on: [{{keyswitch: {key}}}], latency_ms: {{first: {late}}}}}\n"
        for key, (name, late) in enumerate(zip(names, latencies, strict=True))
    ]
    known = (
        HEAD[: HEAD.index("  sustain")]
        + "".join(entries)
        + data.draw(st.sampled_from(["", "channels: [1, 2]\n"]))
    )
    onsets = np.cumsum([gap for gap, _, _ in scored])
    notes = [(float(at), 0.02 + lasts, 60, 80) for at, (_, lasts, _) in zip(onsets, scored, strict=True)]
    asked = [(names[key],) for _, _, key in scored]
    found = realize(piece(*notes, techniques=asked), read_map(known))
    states = [names.index(found.labels.states[row["played"]][0]) for row in found.labels.rows]
    assert keyed(found) == dict(zip(found.labels.rows["note"].tolist(), states, strict=True))


def test_a_toggle_whose_velocity_follows_the_score_is_brought_back_as_hard_as_for_the_last_note() -> None:
    key = "{keyswitch: 1, mode: toggle, starts: on, velocity: {follow: velocity}}"
    notes = ((0.0, 1.0, 60, 80), (1.0, 1.0, 62, 90))
    stream = told(f"  staccato: {{group: bow, on: [{key}]}}\n", notes=notes).events.of(Kind.SWITCH_ON)
    assert [float(row["value"]) for row in stream if row["number"] == 1] == [80, 90]
