"""A performance becomes one stream of events: what is sent, when, where, and what the labels say of it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_instruments import DRUMS, MAP, one_channel, piece, read_map

from composer_daw.errors import InputError
from composer_daw.events import Events, Kind, ranks
from composer_daw.performance import CONTROL, Performance
from composer_daw.techniques import Realization, TechniqueMap, realize

STRINGS = read_map()


def told(events: Events) -> list[str]:
    """Return the stream as text: time, kind, channel from 1, number, value."""
    return [
        f"{row['time_s']:+.3f} {Kind(int(row['kind'])).name.lower()} {row['channel'] + 1} {row['number']} "
        f"{row['value']:g}"
        for row in events.stream
    ]


def first_only(action: str, more: str = "") -> TechniqueMap:
    """Return a map of two techniques, `sustain` without actions and `mute` with these."""
    return read_map(
        "technique_map: 1\ninstrument: X\ngroups: {g: {default: sustain}}\ntechniques:\n"
        f"  sustain: {{group: g}}\n  con_sordino: {{group: g, on: [{action}]{more}}}\n"
    )


def there_and_back(strings: TechniqueMap) -> list[str]:
    """Return what is told, notes left out, when one of three notes in a row is played con sordino."""
    notes = piece((0, 1, 60, 80), (1, 1, 62, 80), (2, 1, 64, 80), techniques=[(), ("con_sordino",), ()])
    return [line for line in told(realize(notes, strings).events) if " note_" not in line]


# --- a stream spelt out ---------------------------------------------------------------------------------


def test_a_small_stream_spelt_out() -> None:
    """Two slurred notes, a muted staccato, and a pizzicato that begins under it, on a channel of its own."""
    notes = piece(
        (0.0, 0.5, 60, 80),
        (0.5, 0.5, 62, 80),
        (1.0, 0.5, 64, 80),
        (1.2, 1.0, 67, 90),
        techniques=[("legato",), ("legato",), ("staccato", "con_sordino"), ("pizzicato",)],
    )
    events = realize(notes, STRINGS).events
    assert told(events) == [
        "-0.110 switch_on 1 13 100",
        "-0.110 switch_on 1 16 100",
        "-0.110 switch_on 2 15 100",
        "-0.110 switch_on 2 16 100",
        "-0.105 switch_off 1 13 0",
        "-0.105 switch_off 1 16 0",
        "-0.105 switch_off 2 15 0",
        "-0.105 switch_off 2 16 0",
        "-0.060 note_on 1 60 80",
        "+0.300 note_on 1 62 80",
        "+0.530 note_off 1 60 0",
        "+0.968 switch_on 1 14 100",
        "+0.968 switch_on 1 17 100",
        "+0.973 switch_off 1 14 0",
        "+0.973 switch_off 1 17 0",
        "+0.988 note_on 1 64 80",
        "+1.000 note_off 1 62 0",
        "+1.200 note_on 2 67 90",
        "+1.250 note_off 1 64 0",
        "+2.200 note_off 2 67 0",
    ]
    assert (events.pre_roll_s, events.duration_s) == (pytest.approx(0.11), 2.2)


def test_the_same_piece_on_one_channel_gives_way_by_priority_and_says_so() -> None:
    notes = piece((0.0, 1.0, 60, 80), (0.5, 1.0, 67, 80), techniques=[("staccato",), ("pizzicato",)])
    assert realize(notes, one_channel()).labels.rows["conflict"].tolist() == [
        False,
        False,
    ]  # 0.5 s: over by then
    notes = piece((0.0, 2.0, 60, 80), (0.5, 1.0, 67, 80), techniques=[("staccato",), ("pizzicato",)])
    realization = realize(notes, one_channel())
    assert realization.labels.rows["conflict"].tolist() == [False, True]
    assert realization.labels.played_names() == ["staccato", "staccato"]
    assert realization.labels.asked_names() == ["staccato", "pizzicato"]
    assert [line for line in told(realization.events) if "switch_on" in line] == [
        "-0.062 switch_on 1 14 100",
        "-0.062 switch_on 1 16 100",
    ]


@pytest.mark.parametrize("asked", [("pizzicato", "legato"), ("legato", "pizzicato")])
def test_a_chord_on_one_channel_cannot_be_split_and_the_loser_alone_says_so(asked: tuple[str, ...]) -> None:
    notes = piece((0, 1, 60, 80), (0, 1, 64, 80), techniques=[(name,) for name in asked])
    labels = realize(notes, one_channel()).labels
    assert labels.played_names() == ["legato", "legato"]
    assert labels.rows["conflict"].tolist() == [name != "legato" for name in asked]


def test_both_give_way_to_a_mixture_that_neither_asked_for() -> None:
    techniques = [("legato", "con_sordino"), ("pizzicato", "senza_sordino")]
    labels = realize(piece((0, 1, 60, 80), (0, 1, 64, 80), techniques=techniques), one_channel()).labels
    assert labels.asked_names() == ["legato+con_sordino", "pizzicato"]
    assert labels.played_names() == ["legato", "legato"]
    assert labels.rows["conflict"].tolist() == [True, True]


def test_one_way_of_playing_has_one_name_whatever_the_score_has_said_before() -> None:
    techniques = [
        ("pizzicato",),
        ("pizzicato", "ordinario", "senza_sordino"),
        ("sustain", "senza_sordino"),
        ("con_sordino", "sustain"),
        ("staccato", "con_sordino"),
    ]
    notes = piece(*((float(at), 0.5, 60, 80) for at in range(len(techniques))), techniques=techniques)
    labels = realize(notes, STRINGS).labels
    names = ["pizzicato", "pizzicato", "sustain", "con_sordino", "staccato+con_sordino"]
    assert labels.asked_names() == labels.played_names() == names
    assert labels.rung_names() == [*["exact"] * 4, "combined"]


def test_labels_say_the_track_of_the_score() -> None:
    notes = piece((0, 1, 60, 80), (1, 1, 62, 80), (2, 1, 64, 80)).with_notes(track=[2, 0, 1])
    assert realize(notes, STRINGS).labels.rows["track"].tolist() == [2, 0, 1]


def test_a_chord_on_two_channels_is_played_as_asked() -> None:
    notes = piece((0, 1, 60, 80), (0, 1, 64, 80), techniques=[("pizzicato",), ("legato",)])
    labels = realize(notes, STRINGS).labels
    assert labels.played_names() == ["pizzicato", "legato"]
    assert labels.rows[["channel", "conflict"]].tolist() == [(0, False), (1, False)]


def test_notes_that_only_touch_stay_on_one_channel() -> None:
    """Ends and onsets that differ in the last bits are no overlap."""
    onset = np.cumsum(np.full(300, 0.1))
    names = [("pizzicato",) if step % 2 else () for step in range(300)]
    notes = piece(*((at, 0.1 + 1e-9, 60 + step % 5, 80) for step, at in enumerate(onset)), techniques=names)
    labels = realize(notes, one_channel()).labels
    assert set(labels.rows["channel"].tolist()) == {0}
    assert not labels.rows["conflict"].any()


# --- times ----------------------------------------------------------------------------------------------


def test_a_switch_leads_by_lead_ms_but_never_past_half_the_way_to_the_note_before() -> None:
    for gap, switched in ((0.5, 0.48), (0.02, 0.01)):
        notes = piece((0, gap, 60, 80), (gap, 0.5, 62, 80), techniques=[(), ("pizzicato",)])
        switch = realize(notes, STRINGS).events.of(Kind.SWITCH_ON)[-1]
        assert (switch["time_s"], switch["number"]) == (pytest.approx(switched), 15)


def test_a_tapped_key_is_released_before_its_note() -> None:
    notes = piece((0, 0.004, 60, 80), (0.004, 0.5, 62, 80), techniques=[(), ("pizzicato",)])
    tap = realize(notes, STRINGS).events.of(Kind.SWITCH_ON, Kind.SWITCH_OFF)[-2:]
    assert tap["time_s"].tolist() == pytest.approx([0.002, 0.003])


def test_the_pre_roll_makes_room_for_lead_and_latency() -> None:
    plain = realize(piece((0, 1, 60, 80)), STRINGS).events
    early = realize(piece((0, 1, 60, 80), techniques=[("legato",)]), STRINGS).events
    late = realize(piece((5, 1, 60, 80), techniques=[("legato",)]), STRINGS).events
    assert plain.pre_roll_s == pytest.approx(0.02 + 0.03)
    assert early.pre_roll_s == pytest.approx(0.02 + 0.03 + 0.06)
    assert late.pre_roll_s == pytest.approx(0.05)
    for events in (plain, early, late):
        assert events.stream["time_s"][0] == -events.pre_roll_s
        assert events.stream["kind"][0] == Kind.SWITCH_ON


@pytest.mark.parametrize(
    ("velocity", "early"), [(1, 0.3), (64, 0.3), (65, 0.2), (100, 0.2), (101, 0.1), (127, 0.1)]
)
def test_a_transition_is_early_by_velocity_and_a_first_note_is_not(velocity: int, early: float) -> None:
    notes = piece((0, 1, 60, 80), (1, 1, 62, velocity), (3, 1, 64, velocity)).with_technique(["legato"])
    rows = realize(notes, STRINGS).labels.rows
    assert (rows["sounding_onset_s"] - rows["sent_onset_s"]).tolist() == pytest.approx([0.06, early, 0.06])


def test_staccato_is_half_as_long_but_never_under_20_ms() -> None:
    notes = piece((0, 1, 60, 80), (1, 0.03, 62, 80)).with_technique(["staccato"])
    rows = realize(notes, STRINGS).labels.rows
    assert (rows["sounding_offset_s"] - rows["sounding_onset_s"]).tolist() == pytest.approx([0.5, 0.02])
    assert (rows["written_offset_s"] - rows["written_onset_s"]).tolist() == pytest.approx([1.0, 0.03])


def test_legato_overlaps_only_into_connected_notes_of_its_own_state() -> None:
    notes = piece(
        (0, 1, 60, 80),  # connected to the next
        (1, 1, 62, 80),  # the next is staccato
        (2, 1, 64, 80),
        (3, 1, 65, 80),  # a rest of 0.2 s follows
        (4.2, 1, 67, 80),  # nothing follows
        techniques=[("legato",), ("legato",), ("staccato",), ("legato",), ("legato",)],
    )
    rows = realize(notes, STRINGS).labels.rows
    assert rows["sent_offset_s"].tolist() == pytest.approx([1.03, 2.0, 2.5, 4.0, 5.2])
    assert rows["sounding_offset_s"].tolist() == pytest.approx([1.0, 2.0, 2.5, 4.0, 5.2])


def test_a_note_that_dies_away_sounds_no_longer_than_it_lasts() -> None:
    plucked = read_map(MAP.replace('{keyswitch: "D#0"}]', '{keyswitch: "D#0"}], note: {lasts_ms: 320}'))
    notes = piece((0, 1, 60, 80), (1, 0.2, 62, 80), (2, 1, 64, 80))
    rows = realize(notes.with_technique(["pizzicato"]), plucked).labels.rows
    assert rows["sounding_offset_s"].tolist() == pytest.approx([0.32, 1.2, 2.32])
    assert rows["sent_offset_s"].tolist() == pytest.approx([1.0, 1.2, 3.0])


def test_a_repeated_note_is_let_go_before_it_is_sent_again() -> None:
    notes = piece((0, 0.5, 60, 80), (0.5, 0.5, 60, 80)).with_technique(["legato"])
    assert [line for line in told(realize(notes, STRINGS).events) if "note" in line] == [
        "-0.060 note_on 1 60 80",
        "+0.440 note_off 1 60 0",
        "+0.440 note_on 1 60 80",
        "+1.000 note_off 1 60 0",
    ]


def test_affects_held_waits_for_the_release() -> None:
    notes = piece((0, 0.99, 60, 80), (1, 1, 62, 80), techniques=[(), ("con_sordino",)])
    plain = first_only("{cc: 20, value: 127}")
    waits = first_only("{cc: 20, value: 127}", ", affects_held: true")
    assert realize(notes, plain).events.of(Kind.CONTROL)["time_s"].tolist() == pytest.approx([0.98])
    assert realize(notes, waits).events.of(Kind.CONTROL)["time_s"].tolist() == pytest.approx([0.99])
    held = piece((0, 1.0, 60, 80), (1, 1, 62, 80), techniques=[(), ("con_sordino",)])
    assert realize(held, waits).events.of(Kind.CONTROL)["time_s"].tolist() == pytest.approx([1.0])


# --- actions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "more", "lines"),
    [
        ("{keyswitch: 10}", "", ["+0.980 switch_on 1 10 100", "+0.985 switch_off 1 10 0"]),
        ("{keyswitch: 10, mode: hold}", "", ["+0.980 switch_on 1 10 100", "+1.980 switch_off 1 10 0"]),
        (
            "{keyswitch: 10, velocity: 7, mode: toggle}",
            "",
            [
                "+0.980 switch_on 1 10 7",
                "+0.985 switch_off 1 10 0",
                "+1.980 switch_on 1 10 7",
                "+1.985 switch_off 1 10 0",
            ],
        ),
        (
            "{cc: 20, value: 127}",
            ", off: [{cc: 20, value: 0}]",
            ["-0.050 control 1 20 0", "+0.980 control 1 20 127", "+1.980 control 1 20 0"],
        ),
        (
            "{program: 5, bank: 130}",
            "",
            ["+0.980 control 1 0 1", "+0.980 control 1 32 2", "+0.980 program 1 5 0"],
        ),
        (
            "{pitch_bend: -100}",
            ", off: [{pitch_bend: 0}]",
            ["-0.050 pitch_bend 1 0 0", "+0.980 pitch_bend 1 0 -100", "+1.980 pitch_bend 1 0 0"],
        ),
        (
            "{parameter: Mute, value: 0.5}",
            ", off: [{parameter: Mute, value: 0}]",
            ["-0.050 parameter 1 0 0", "+0.980 parameter 1 0 0.5", "+1.980 parameter 1 0 0"],
        ),
    ],
)
def test_each_action_there_and_back(action: str, more: str, lines: list[str]) -> None:
    assert there_and_back(first_only(action, more)) == lines


def test_parameters_are_numbered_as_they_are_met() -> None:
    strings = first_only("{parameter: B, value: 1}, {parameter: A, value: 1}, {parameter: B, value: 0}")
    events = realize(piece((0, 1, 60, 80)).with_technique(["con_sordino"]), strings).events
    assert events.parameters == ("B", "A")
    assert events.of(Kind.PARAMETER)["number"].tolist() == [0, 1, 0]


def test_a_key_held_at_the_end_is_released() -> None:
    notes = piece((0, 1, 60, 80)).with_technique(["con_sordino"])
    assert told(realize(notes, first_only("{keyswitch: 10, mode: hold}")).events) == [
        "-0.050 switch_on 1 10 100",
        "+0.000 note_on 1 60 80",
        "+1.000 note_off 1 60 0",
        "+1.000 switch_off 1 10 0",
    ]


# --- controls -------------------------------------------------------------------------------------------


def with_controls(*rows: tuple[float, Kind, int, int]) -> Performance:
    controls = np.array(
        [(time_s, kind, 0, 0, number, value) for time_s, kind, number, value in rows], CONTROL
    )
    return dataclasses.replace(piece((0, 1, 60, 80), (1, 1, 62, 90)), controls=controls)


def controls_told(
    notes: Performance, more: str, text: str = "technique_map: 1\ninstrument: X\n"
) -> list[str]:
    return [line for line in told(realize(notes, read_map(text + more)).events) if " note_" not in line]


def test_the_score_is_chased_at_the_start_and_followed_after() -> None:
    notes = with_controls(
        (0.0, Kind.CONTROL, 1, 30),
        (0.0, Kind.CONTROL, 1, 40),
        (0.5, Kind.CONTROL, 1, 50),
        (0.0, Kind.PITCH_BEND, 0, -200),
        (0.5, Kind.PRESSURE, 0, 9),
        (0.5, Kind.PROGRAM, 9, 0),
        (0.5, Kind.CONTROL, 121, 0),
    )
    assert controls_told(notes, "chase: [1, 11, 7, 64]\n") == [
        "-0.050 control 1 1 40",
        "-0.050 control 1 11 127",
        "-0.050 control 1 7 100",
        "-0.050 control 1 64 0",
        "-0.050 pitch_bend 1 0 -200",
        "+0.500 control 1 1 50",
        "+0.500 pressure 1 0 9",
    ]


def test_controls_go_to_every_channel_in_use() -> None:
    notes = piece((0, 1, 60, 80), (0, 1, 64, 80), techniques=[("pizzicato",), ()])
    controls = np.array([(0.5, Kind.CONTROL, 7, 0, 1, 50)], CONTROL)
    told_now = told(realize(dataclasses.replace(notes, controls=controls), STRINGS).events)
    assert [line for line in told_now if "control" in line] == [
        "+0.500 control 1 1 50",
        "+0.500 control 2 1 50",
    ]


def test_controllers_of_the_maps_own_actions_are_not_passed_on() -> None:
    notes = with_controls((0.5, Kind.CONTROL, 20, 64), (0.5, Kind.CONTROL, 0, 1), (0.5, Kind.CONTROL, 21, 64))
    lines = [
        line for line in told(realize(notes, first_only("{cc: 20, value: 127}")).events) if "control" in line
    ]
    assert lines == ["+0.500 control 1 0 1", "+0.500 control 1 21 64"]


def test_dynamics_follow_the_velocity_instead_of_the_score() -> None:
    notes = with_controls((0.0, Kind.CONTROL, 11, 30), (0.5, Kind.CONTROL, 11, 50))
    assert controls_told(notes, "dynamics: {cc: 11, follow: velocity}\n") == [
        "-0.050 control 1 11 80",
        "+1.000 control 1 11 90",
    ]
    assert controls_told(notes, "dynamics: {cc: 11, follow: score}\n") == [
        "-0.050 control 1 11 30",
        "+0.500 control 1 11 50",
    ]


# --- pitch, velocity, range -----------------------------------------------------------------------------


def test_transposition_velocity_and_what_is_heard() -> None:
    strings = first_only("{cc: 20, value: 1}", ", note: {transpose: -12, sounds: 24, velocity: 1.5}")
    rows = realize(
        piece((0, 1, 60, 80), (1, 1, 62, 120)).with_technique(["con_sordino"]), strings
    ).labels.rows
    assert rows[["pitch", "sent_pitch", "sounding_pitch", "velocity"]].tolist() == [
        (60, 48, 72, 120),
        (62, 50, 74, 127),
    ]


@pytest.mark.parametrize(
    ("technique", "sent", "names"),
    [
        (
            (),
            [(36, 100), (38, 100), (40, 100), (36, 100)],
            ["kick=hit", "snare=hit", "snare=rimshot", "kick=hit"],
        ),
        (
            ("snare=rimshot",),
            [(36, 100), (40, 100), (40, 100), (36, 100)],
            ["kick=hit", "snare=rimshot", "snare=rimshot", "kick=hit"],
        ),
        (
            ("snare=ghost", "kick=hit"),
            [(36, 100), (38, 35), (38, 35), (36, 100)],
            ["kick=hit", "snare=ghost", "snare=ghost", "kick=hit"],
        ),
    ],
)
def test_drum_strokes(technique: tuple[str, ...], sent: list[tuple[int, int]], names: list[str]) -> None:
    notes = piece((0, 1, 36, 100), (1, 1, 38, 100), (2, 1, 40, 100), (3, 1, 35, 100)).with_technique(
        technique
    )
    labels = realize(notes, read_map(DRUMS)).labels
    assert labels.rows[["sent_pitch", "velocity"]].tolist() == sent
    assert labels.played_names() == names
    assert labels.rows["pitch"].tolist() == [36, 38, 40, 35]


def test_what_a_kit_has_no_drum_for_is_refused() -> None:
    notes = piece((0, 1, 36, 100), (1, 1, 60, 100))
    with pytest.raises(InputError) as caught:
        realize(notes, read_map(DRUMS))
    assert str(caught.value) == (
        "1 note written for no drum of Fake Drums: C4 at 1.00 s; put them on its drums, or drop them with "
        "--out-of-range drop"
    )
    with_range = read_map(DRUMS.replace("pieces:", "range: [60, 72]\npieces:"))
    assert realize(notes, with_range).labels.rows["sent_pitch"].tolist() == [36, 60]


def test_a_written_pitch_can_mean_a_stroke() -> None:
    text = "pieces: {hat: {written: {42: closed, A#1: open}, closed: 22, pedal: 46, open: 26}}\n"
    kit = read_map("technique_map: 1\ninstrument: X\n" + text.replace("A#1", "A#2"))
    labels = realize(piece((0, 1, 42, 100), (1, 1, 46, 100)), kit).labels
    assert labels.rows["sent_pitch"].tolist() == [22, 26]
    assert labels.played_names() == ["hat=closed", "hat=open"]
    asked = piece((0, 1, 42, 100), (1, 1, 46, 100)).with_technique(("hat=pedal",))
    assert realize(asked, kit).labels.rows["sent_pitch"].tolist() == [46, 46]


def test_notes_out_of_range_are_named_and_counted() -> None:
    notes = piece((0, 1, 60, 80), *((1.0 + step, 1, 20 + step, 80) for step in range(6)), (9, 1, 97, 80))
    with pytest.raises(InputError) as caught:
        realize(notes, STRINGS)
    assert str(caught.value) == (
        "7 notes outside G2..C7 of Fake Strings: G#0 at 1.00 s, A0 at 2.00 s, A#0 at 3.00 s, B0 at "
        "4.00 s and "
        "3 more; transpose the score, or drop them with --out-of-range drop"
    )
    labels = realize(notes, STRINGS, out_of_range="drop").labels
    assert (labels.rows["note"].tolist(), labels.dropped) == ([0], 7)


SWITCHES = "; if they are keyswitches, name their map: composer-daw render --from-map MAP"


@pytest.mark.parametrize(
    ("outside", "are_switches"),
    [
        ((0, 1, 5), True),
        ((42,), True),
        ((97, 100), True),
        ((5, 42), False),  # too far apart
        ((42, 97), False),  # on both sides
    ],
)
def test_notes_that_lie_as_keyswitches_do_may_be_some(outside: tuple[int, ...], are_switches: bool) -> None:
    notes = piece((0, 1, 60, 80), *((1.0 + step, 1, key, 80) for step, key in enumerate(outside)))
    with pytest.raises(InputError) as caught:
        realize(notes, STRINGS)
    assert str(caught.value).endswith(f"--out-of-range drop{SWITCHES if are_switches else ''}")


def test_one_note_out_of_range_and_middle_c_as_the_map_names_it() -> None:
    strings = read_map(
        MAP.replace("technique_map: 1", "technique_map: 1\nmiddle_c: C3").replace("[G2, C7]", "[G1, C6]")
    )
    with pytest.raises(
        InputError, match=r"^1 note outside G1\.\.C6 of Fake Strings: F#1 at 0\.00 s; transpose"
    ):
        realize(piece((0, 1, 42, 80), (1, 1, 60, 80)), strings)


def test_dropping_every_note_is_refused() -> None:
    with pytest.raises(InputError, match="C0 at 0.00 s; transpose the score: no note is left to play$"):
        realize(piece((0, 1, 12, 80)), STRINGS, out_of_range="drop")


def test_nothing_gives_nothing() -> None:
    realization = realize(Performance(), STRINGS)
    assert (len(realization.events), len(realization.labels.rows), realization.events.duration_s) == (
        0,
        0,
        0.0,
    )


# --- what holds for every performance -------------------------------------------------------------------

sets = st.sampled_from(
    [(), ("legato",), ("staccato",), ("pizzicato", "con_sordino"), ("tremolo",), ("con_sordino",)]
)
GRID_S = 0.09  # no two latencies of the map differ by a multiple of it
drawn_notes = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 8), st.integers(43, 60), st.integers(1, 127), sets),
    min_size=1,
    max_size=14,
    unique_by=lambda note: (note[0], note[2]),
)
maps = st.sampled_from(
    [STRINGS, one_channel(), read_map(MAP.replace("channels: [1, 2]", "channels: [3, 9, 16]"))]
)


def realized(notes: list[tuple[int, int, int, int, tuple[str, ...]]], strings: TechniqueMap) -> Realization:
    rows = [(start * GRID_S, length * GRID_S, pitch, loud) for start, length, pitch, loud, _ in notes]
    return realize(piece(*rows, techniques=[one for *_, one in notes]), strings)


@settings(max_examples=150, deadline=None)
@given(drawn_notes, maps)
def test_the_stream_is_in_order_and_every_note_is_labelled(notes: list, strings: TechniqueMap) -> None:
    realization = realized(notes, strings)
    stream, rows = realization.events.stream, realization.labels.rows
    order = list(zip(stream["time_s"].tolist(), ranks(stream).tolist(), strict=True))
    assert order == sorted(order)
    assert len(rows) == len(notes) == len(realization.events.of(Kind.NOTE_ON))
    assert sorted(rows["note"].tolist()) == list(range(len(notes)))
    assert stream["time_s"].min() == -realization.events.pre_roll_s
    assert set((stream["channel"] + 1).tolist()) <= set(strings.channels)
    assert (rows["sent_onset_s"] <= rows["sounding_onset_s"]).all()
    assert (rows["sounding_onset_s"] < rows["sounding_offset_s"]).all()


@settings(max_examples=150, deadline=None)
@given(drawn_notes, maps)
def test_each_note_ends_before_its_key_sounds_again(notes: list, strings: TechniqueMap) -> None:
    sounding: dict[tuple[int, int], int] = {}
    for row in realized(notes, strings).events.of(Kind.NOTE_ON, Kind.NOTE_OFF):
        key = int(row["channel"]), int(row["number"])
        if row["kind"] == Kind.NOTE_ON:
            assert key not in sounding
            sounding[key] = int(row["note"])
        else:
            assert sounding.pop(key) == row["note"]
    assert sounding == {}


@settings(max_examples=150, deadline=None)
@given(drawn_notes, maps)
def test_every_note_finds_its_channel_switched_to_its_state(notes: list, strings: TechniqueMap) -> None:
    """Walk the stream as an instrument would: the last key of each group is that of the note's state."""
    realization = realized(notes, strings)
    labels = realization.labels
    state_of = {int(row["note"]): labels.states[int(row["played"])] for row in labels.rows}
    owner = {one.on[0].keyswitch[0]: name for name, one in strings.techniques.items() if one.on}
    in_force: dict[int, dict[str, str]] = defaultdict(dict)
    note_on_s: dict[int, float] = defaultdict(lambda: -np.inf)
    for row in realization.events.stream:
        channel = int(row["channel"])
        if row["kind"] == Kind.SWITCH_ON:
            name = owner[int(row["number"])]
            in_force[channel][strings.techniques[name].group] = name
            assert row["time_s"] >= note_on_s[channel]
        elif row["kind"] == Kind.NOTE_ON:
            assert tuple(in_force[channel][group] for group in strings.groups) == state_of[int(row["note"])]
            note_on_s[channel] = float(row["time_s"])


@settings(max_examples=100, deadline=None)
@given(drawn_notes, maps)
def test_a_conflict_is_a_note_that_plays_another_state_than_was_resolved(
    notes: list, strings: TechniqueMap
) -> None:
    labels = realized(notes, strings).labels
    for row in labels.rows:
        resolved = labels.resolutions[int(row["asked"])].state
        assert row["conflict"] == (labels.states[int(row["played"])] != resolved)
