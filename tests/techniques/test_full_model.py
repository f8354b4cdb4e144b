"""What a map can say beyond switches: conditions, combinations, followed values, routing, instances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_instruments import piece, read_map

from composer_daw.events import Events, Kind
from composer_daw.performance import CONTROL, Performance
from composer_daw.techniques import Realization, Rung, TechniqueMap, load_vocabulary, realize, resolve
from composer_daw.techniques.conditions import holds
from composer_daw.techniques.parts import Condition

VOCABULARY = load_vocabulary()


def strings(
    *techniques: str, more: str = "", groups: str = "bow: {default: sustain}, mute: {}"
) -> TechniqueMap:
    """Return a map of a sustained bow and of these lines of techniques."""
    lines = "".join(f"  {line}\n" for line in ("sustain: {group: bow, on: [{keyswitch: 0}]}", *techniques))
    return read_map(
        f"technique_map: 1\ninstrument: X\nrange: [36, 96]\ngroups: {{{groups}}}\ntechniques:\n{lines}{more}"
    )


def switches(realization: Realization, *kinds: Kind) -> list[tuple[float, int, float]]:
    """Return (time, number, value) of the switches, or of these kinds, after the start."""
    rows = realization.events.of(*(kinds or (Kind.SWITCH_ON,)))
    return [
        (round(float(r["time_s"]), 4), int(r["number"]), float(r["value"])) for r in rows if r["time_s"] >= 0
    ]


def keys_before_notes(events: Events) -> list[int]:
    """Return the last key that was pressed before each note."""
    last, found = -1, []
    for row in events.stream:
        if row["kind"] == Kind.SWITCH_ON:
            last = int(row["number"])
        elif row["kind"] == Kind.NOTE_ON:
            found.append(last)
    return found


# --- conditions -----------------------------------------------------------------------------------------


def one_by_one(condition: Condition, notes: list[tuple[float, float, int, int]]) -> list[bool]:
    onset, duration, pitch, velocity = (np.array(column) for column in zip(*notes, strict=True))
    return holds(condition, onset, duration, pitch, velocity, np.zeros(len(notes), int)).tolist()


LINE = [(0.0, 0.5, 60, 80), (0.5, 0.6, 64, 20), (1.0, 0.1, 62, 127), (2.0, 1.0, 50, 64)]
"""A note that meets the next, one that overlaps it, a short one with a rest after it, and the last."""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition(), [True, True, True, True]),
        (Condition(length_ms=(None, 500)), [True, False, True, False]),
        (Condition(length_ms=(500, None)), [True, True, False, True]),
        (Condition(velocity=(21, 126)), [True, False, False, True]),
        (Condition(pitch=(None, 60)), [True, False, False, True]),
        (Condition(interval=(1, 12)), [True, False, False, False]),
        (Condition(interval=(None, -1)), [False, True, True, False]),
        (Condition(next="overlaps"), [False, True, False, False]),
        (Condition(next="connects"), [True, True, False, False]),
        (Condition(next="apart"), [False, False, True, True]),
        (Condition(previous="overlaps"), [False, False, True, False]),
        (Condition(previous="connects"), [False, True, True, False]),
        (Condition(previous="apart"), [True, False, False, True]),
        (Condition(next="apart", velocity=(100, None)), [False, False, True, False]),
    ],
)
def test_a_condition_on_each_note_of_a_line(condition: Condition, expected: list[bool]) -> None:
    assert one_by_one(condition, LINE) == expected


def test_notes_of_a_chord_see_the_next_chord_and_its_nearest_note() -> None:
    chords = [(0.0, 1.0, 60, 80), (0.0, 1.0, 67, 80), (1.0, 1.0, 62, 80), (1.0, 1.0, 65, 80)]
    assert one_by_one(Condition(interval=(2, 2)), chords) == [True, False, False, False]
    assert one_by_one(Condition(interval=(-2, -2)), chords) == [False, True, False, False]
    assert one_by_one(Condition(next="connects"), chords) == [True, True, False, False]


times = st.integers(0, 40).map(lambda n: n / 8)
drawn = st.lists(
    st.tuples(times, st.sampled_from([0.1, 0.125, 0.25, 1.0]), st.integers(40, 60), st.just(80)),
    min_size=1,
    max_size=12,
).map(lambda notes: sorted(set(notes)))


@given(drawn)
def test_the_next_note_is_what_a_walk_over_the_notes_finds(
    notes: list[tuple[float, float, int, int]],
) -> None:
    wide = Condition(interval=(-100, 100))
    for found, (onset, *_) in zip(one_by_one(wide, notes), notes, strict=True):
        assert found == any(other[0] > onset for other in notes)
    for limit in ("overlaps", "connects", "apart"):
        for found, (onset, duration, _, _) in zip(
            one_by_one(Condition(next=limit), notes), notes, strict=True
        ):
            gap = min((other[0] for other in notes if other[0] > onset), default=np.inf) - onset - duration
            expected = {"overlaps": gap < -1e-9, "connects": gap <= 0.05, "apart": gap > 0.05}[limit]
            assert found == expected
    for semitones in range(-20, 21):
        found_here = one_by_one(Condition(interval=(semitones, semitones)), notes)
        for found, (onset, _, pitch, _) in zip(found_here, notes, strict=True):
            after = min((other[0] for other in notes if other[0] > onset), default=None)
            steps = [other[2] - pitch for other in notes if other[0] == after]
            assert not found or semitones in steps
            assert found or not steps or min(steps, key=abs) != semitones or -semitones in steps


# --- which entry serves ---------------------------------------------------------------------------------

LEGATO = "legato: {group: bow, when: {previous: connects}, on: [{keyswitch: 1}], fallback: [sustain]}"


def test_a_technique_for_connected_notes_only() -> None:
    notes = piece((0, 0.5, 60, 80), (0.5, 0.5, 62, 80), (2, 0.5, 64, 80), techniques=[("legato",)] * 3)
    realization = realize(notes, strings(LEGATO))
    assert realization.labels.played_names() == ["sustain", "legato", "sustain"]
    assert realization.labels.rung_names() == ["condition", "exact", "condition"]
    assert realization.labels.reasons()[0] == "legato is not for such a note; sustain stands in"
    assert keys_before_notes(realization.events) == [0, 1, 0]


def test_the_entry_whose_condition_holds_goes_before_the_general_one() -> None:
    short = "very short: {group: bow, plays: staccato, when: {length_ms: [null, 200]}, on: [{keyswitch: 3}]}"
    long = "staccato: {group: bow, on: [{keyswitch: 2}]}"
    notes = piece((0, 0.5, 60, 80), (1, 0.1, 62, 80), techniques=[("staccato",)] * 2)
    for lines in ((short, long), (long, short)):
        realization = realize(notes, strings(*lines))
        assert keys_before_notes(realization.events) == [2, 3]
        assert realization.labels.played_names() == ["staccato", "staccato"]
        assert realization.labels.rung_names() == ["exact", "exact"]


MUTED = (
    "tremolo: {group: bow, on: [{keyswitch: 1}]}",
    "con_sordino: {group: mute, on: [{cc: 9, value: 127}], off: [{cc: 9, value: 0}]}",
    "tremolo+con_sordino: {group: bow, on: [{keyswitch: 5}]}",
)


def test_a_combination_that_the_map_has_as_such_goes_before_its_parts() -> None:
    asked = [("tremolo",), ("con_sordino",), ("tremolo", "con_sordino"), ("con_sordino", "tremolo"), ()]
    notes = piece(*((n, 1, 60, 80) for n in range(5)), techniques=asked)
    realization = realize(notes, strings(*MUTED))
    assert keys_before_notes(realization.events) == [1, 0, 5, 5, 0]
    assert realization.labels.rung_names() == ["exact"] * 5
    assert realization.labels.played_names()[2:4] == ["tremolo+con_sordino"] * 2
    muted = [(time, value) for time, number, value in switches(realization, Kind.CONTROL) if number == 9]
    assert muted == [(0.9805, 127), (1.98, 0)]  # the combination says all by itself


def test_without_the_combination_its_parts_are_combined() -> None:
    found = resolve(("tremolo", "con_sordino"), strings(*MUTED[:2]), VOCABULARY)
    assert found.rung is Rung.COMBINED
    assert found.state == ("tremolo", "con_sordino")


def test_what_goes_without_saying_may_stand_in_an_entry() -> None:
    entry = "Long CS: {group: bow, plays: sustain+con_sordino, on: [{keyswitch: 7}]}"
    found = resolve(("con_sordino",), strings(entry), VOCABULARY)
    assert (found.rung, found.state, found.played) == (
        Rung.EXACT,
        ("Long CS", ""),
        ("sustain", "con_sordino"),
    )
    assert resolve((), strings(entry), VOCABULARY).state == ("sustain", "")
    assert resolve(("Long CS",), strings(entry), VOCABULARY).rung is Rung.EXACT
    near = resolve(("tremolo", "con_sordino"), strings(entry), VOCABULARY)
    assert (near.rung, near.state) == (Rung.FALLBACK, ("Long CS", ""))  # the stand-in is part of it
    assert near.why == "tremolo is not there; sustain stands in"


def test_two_of_one_group_say_which_gave_way() -> None:
    both = strings(
        "tremolo: {group: bow, on: [{keyswitch: 1}]}", "pizzicato: {group: bow, on: [{keyswitch: 2}]}"
    )
    found = resolve(("pizzicato", "tremolo"), both, VOCABULARY)
    assert (found.rung, found.state) == (Rung.PRIORITY, ("tremolo", ""))
    assert found.why == "pizzicato gives way to tremolo"


def test_a_group_without_a_default_has_nothing_in_force() -> None:
    notes = piece((0, 1, 60, 80), (1, 1, 60, 80), techniques=[("con_sordino",), ()])
    realization = realize(notes, strings(MUTED[1]))
    assert [realization.labels.states[n] for n in realization.labels.rows["played"]] == [
        ("sustain", "con_sordino"),
        ("sustain", ""),
    ]
    assert switches(realization, Kind.CONTROL) == [(0.98, 9, 0.0)]


# --- how it is told -------------------------------------------------------------------------------------


def back_and_forth(*lines: str, more: str = "", controls: np.ndarray | None = None) -> Realization:
    """Realize a bowed note, two of tremolo (soft and loud), and a bowed one."""
    notes = piece(
        (0, 1, 60, 80),
        (1, 1, 60, 10),
        (2, 1, 62, 120),
        (3, 1, 60, 80),
        techniques=[(), ("tremolo",), ("tremolo",), ()],
    )
    if controls is not None:
        notes = Performance(notes.notes, controls, techniques=notes.techniques)
    return realize(notes, strings(*lines, more=more))


def test_actions_keep_their_order_though_kinds_have_another_at_one_instant() -> None:
    told = back_and_forth("tremolo: {group: bow, on: [{keyswitch: 1}, {cc: 3, value: 4}, {program: 5}]}")
    rows = [row for row in told.events.stream if 0.5 < row["time_s"] < 1.0]
    kinds = [Kind(int(row["kind"])) for row in rows if row["kind"] != Kind.SWITCH_OFF]
    assert kinds == [Kind.SWITCH_ON, Kind.CONTROL, Kind.PROGRAM]
    assert rows[-1]["time_s"] < 1.0


def test_a_chord_of_keys_is_pressed_and_released_together() -> None:
    told = back_and_forth("tremolo: {group: bow, on: [{keyswitch: [1, 2, 3]}]}")
    assert switches(told)[:3] == [(0.98, 1, 100), (0.98, 2, 100), (0.98, 3, 100)]
    assert switches(told, Kind.SWITCH_OFF)[:3] == [(0.985, 1, 0), (0.985, 2, 0), (0.985, 3, 0)]


def test_a_toggle_that_starts_on_is_switched_off_first_and_on_again_at_the_end() -> None:
    told = back_and_forth("tremolo: {group: bow, on: [{keyswitch: 9, mode: toggle, starts: on}]}")
    pressed = [round(float(r["time_s"]), 3) for r in told.events.of(Kind.SWITCH_ON) if r["number"] == 9]
    assert pressed == [-0.05, 0.98, 2.98, 4.0]


def test_a_toggle_that_starts_off_is_off_again_at_the_end() -> None:
    notes = piece((0, 1, 60, 80), techniques=[("tremolo",)])
    told = realize(notes, strings("tremolo: {group: bow, on: [{keyswitch: 9, mode: toggle, starts: off}]}"))
    assert [round(float(r["time_s"]), 3) for r in told.events.of(Kind.SWITCH_ON)] == [-0.05, 1.0]


def test_an_action_on_a_channel_of_its_own() -> None:
    told = back_and_forth("tremolo: {group: bow, on: [{cc: 3, value: 4, channel: 7}]}")
    rows = told.events.of(Kind.CONTROL)
    assert rows["channel"].tolist() == [6]


def test_an_action_that_counts_only_with_another_technique() -> None:
    tremolo = (
        "tremolo: {group: bow, on: [{keyswitch: 1}, {keyswitch: 2, only_with: con_sordino}]}",
        MUTED[1],
    )
    asked = [("tremolo",), ("tremolo", "con_sordino"), ("con_sordino",)]
    notes = piece(*((n, 1, 60, 80) for n in range(3)), techniques=asked)
    assert switches(realize(notes, strings(*tremolo))) == [(0.98, 2, 100), (1.98, 0, 100)]


def test_what_is_sent_once_comes_before_the_state() -> None:
    told = back_and_forth(
        "tremolo: {group: bow, on: [{keyswitch: 1}]}", more="init: [{program: 7}, {cc: 4, value: 1}]\n"
    )
    first = told.events.stream[:3]
    assert first["kind"].tolist() == [Kind.PROGRAM, Kind.CONTROL, Kind.SWITCH_ON]
    assert first["time_s"][0] < first["time_s"][2] - 0.04
    assert told.events.pre_roll_s == pytest.approx(0.1)


CONTROLS = np.array(
    [
        (0.0, Kind.CONTROL, 0, 0, 11, 0),
        (1.5, Kind.CONTROL, 0, 0, 11, 127),
        (2.5, Kind.CONTROL, 0, 0, 11, 64),
        (3.5, Kind.CONTROL, 0, 0, 11, 1),
    ],
    CONTROL,
)


def test_a_controller_that_follows_another_while_the_technique_is_in_force() -> None:
    follows = "tremolo: {group: bow, on: [{cc: 3, value: {follow: dynamics, range: [10, 20]}}]}"
    told = [row for row in switches(back_and_forth(follows, controls=CONTROLS), Kind.CONTROL) if row[1] == 3]
    assert told == [(0.98, 3, 10), (1.5, 3, 20), (1.98, 3, 20), (2.5, 3, 15)]


def test_a_controller_that_follows_the_velocity_of_each_note() -> None:
    follows = (
        "tremolo: {group: bow, on: [{cc: 3, value: {follow: velocity, source: [10, 120], range: [127, 0]}}]}"
    )
    assert switches(back_and_forth(follows), Kind.CONTROL) == [(0.98, 3, 127), (1.98, 3, 0)]


def test_a_keyswitch_whose_velocity_follows_is_pressed_again_when_it_moves() -> None:
    follows = "tremolo: {group: bow, on: [{keyswitch: 1, velocity: {follow: dynamics}}]}"
    found = [row for row in switches(back_and_forth(follows, controls=CONTROLS)) if row[1] == 1]
    assert found == [(0.98, 1, 1), (1.98, 1, 127)]  # no key is pressed with velocity 0
    steady = switches(back_and_forth("tremolo: {group: bow, on: [{keyswitch: 1, velocity: {follow: cc20}}]}"))
    assert [row for row in steady if row[1] == 1] == [(0.98, 1, 1)]


def test_a_parameter_that_follows_the_length() -> None:
    follows = "{parameter: Size, value: {follow: length_ms, source: [0, 2000], range: [0, 1]}}"
    told = back_and_forth(f"tremolo: {{group: bow, on: [{follows}]}}")
    assert told.events.parameters == ("Size",)
    assert switches(told, Kind.PARAMETER) == [(0.98, 0, 0.5), (1.98, 0, 0.5)]


# --- what happens to notes ------------------------------------------------------------------------------


def shaped(shape: str, *notes: tuple[float, float, int, int]) -> Realization:
    played = piece(*notes, techniques=[("tremolo",)] * len(notes))
    return realize(played, strings(f"tremolo: {{group: bow, on: [{{keyswitch: 1}}], note: {shape}}}"))


def test_a_gap_is_kept_before_the_next_note() -> None:
    rows = shaped("{gap_ms: 100}", (0, 1, 60, 80), (1, 0.5, 62, 80), (2, 1, 64, 80)).labels.rows
    assert rows["sent_offset_s"].tolist() == pytest.approx([0.9, 1.5, 3.0])


def test_a_velocity_curve_and_the_ends_of_the_range() -> None:
    curve = shaped("{velocity: {1: 20, 64: 64, 127: 90}}", (0, 1, 60, 1), (1, 1, 60, 64), (2, 1, 60, 127))
    assert curve.labels.rows["velocity"].tolist() == [20, 64, 90]
    ends = shaped("{velocity: 2.0, velocity_range: [30, 100]}", (0, 1, 60, 1), (1, 1, 60, 40), (2, 1, 60, 90))
    assert ends.labels.rows["velocity"].tolist() == [30, 80, 100]


def test_pitches_are_brought_into_the_range_of_a_technique() -> None:
    rows = shaped(
        "{pitch_range: [60, 72], transpose: 12}", (0, 1, 50, 80), (1, 1, 66, 80), (2, 1, 80, 80)
    ).labels.rows
    assert rows["sent_pitch"].tolist() == [72, 78, 84]
    assert rows["pitch"].tolist() == [50, 66, 80]


@pytest.mark.parametrize(("velocity", "early_s"), [(1, 0.18), (49, 0.18), (50, 0.04), (127, 0.04)])
def test_latency_by_velocity_for_first_notes(velocity: int, early_s: float) -> None:
    late = strings("tremolo: {group: bow, on: [{keyswitch: 1}], latency_ms: {first: {1: 180, 50: 40}}}")
    rows = realize(piece((1, 1, 60, velocity), techniques=[("tremolo",)]), late).labels.rows
    assert rows["sent_onset_s"][0] == pytest.approx(1 - early_s)
    assert rows["sounding_onset_s"][0] == 1.0


# --- sounding together ----------------------------------------------------------------------------------

TOGETHER = piece((0, 2, 60, 80), (1, 2, 67, 80), techniques=[(), ("tremolo",)])
"""A tremolo that begins over a held note."""
TREMOLO = "tremolo: {group: bow, on: [{keyswitch: 1}]}"


def test_a_channel_of_its_own() -> None:
    told = realize(TOGETHER, strings(TREMOLO, more="channels: [1, 5]\ninstances: 2\n"))
    assert told.more == ()
    rows = told.labels.rows
    assert (rows["channel"].tolist(), rows["instance"].tolist()) == ([0, 4], [0, 0])
    assert told.labels.together_names() == ["", "channel"]
    assert told.labels.reasons()[1] == "on channel 5, apart from what sounds with it"
    assert told.labels.played_names() == ["sustain", "tremolo"]


def test_an_instance_of_its_own() -> None:
    told = realize(TOGETHER, strings(TREMOLO, more="instances: 2\n"))
    rows = told.labels.rows
    assert (rows["channel"].tolist(), rows["instance"].tolist()) == ([0, 0], [0, 1])
    assert told.labels.together_names() == ["", "instance"]
    assert told.labels.reasons()[1] == "on instance 2, apart from what sounds with it"
    (second,) = told.more
    assert [keys_before_notes(one) for one in (told.events, second)] == [[0], [1]]
    assert second.duration_s == told.events.duration_s == 3.0
    assert second.pre_roll_s == told.events.pre_roll_s


def test_neither_so_priority_decides() -> None:
    told = realize(TOGETHER, strings(TREMOLO))
    assert told.labels.together_names() == ["", "priority"]
    assert told.labels.rows["conflict"].tolist() == [False, True]
    assert told.labels.played_names() == ["sustain", "sustain"]
    assert told.labels.reasons()[1] == "gives way to what sounds with it"
    assert keys_before_notes(told.events) == [0, 0]


def test_a_technique_with_a_channel_of_its_own_is_routed_there() -> None:
    routed = strings("tremolo: {group: bow, channel: 3}", "pizzicato: {group: bow, on: [{keyswitch: 2}]}")
    told = realize(TOGETHER, routed)
    assert told.labels.rows["channel"].tolist() == [0, 2]
    assert told.labels.rows["conflict"].tolist() == [False, False]
    assert told.labels.rung_names() == ["exact", "exact"]


@given(
    st.lists(
        st.tuples(
            times,
            st.sampled_from([0.25, 1.0, 3.0]),
            st.integers(40, 60),
            st.sampled_from([(), ("tremolo",), ("pizzicato",)]),
        ),
        min_size=1,
        max_size=10,
    ),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_where_a_note_did_not_give_way_nothing_else_speaks_to_its_line(
    drawn_notes: list, channels: int, instances: int
) -> None:
    """Of two notes that overlap on one channel of one instance, the later has the same state or priority."""
    more = f"channels: {list(range(1, channels + 1))}\ninstances: {instances}\n"
    notes = piece(
        *((at, long, pitch, 80) for at, long, pitch, _ in drawn_notes), techniques=[n[3] for n in drawn_notes]
    )
    told = realize(notes, strings(TREMOLO, "pizzicato: {group: bow, on: [{keyswitch: 2}]}", more=more))
    rows = told.labels.rows
    assert len(told.more) == rows["instance"].max()
    calm, order = rows[~rows["conflict"]], ("sustain", "tremolo", "pizzicato")
    for one in calm:
        for other in calm:
            apart = (one["channel"], one["instance"]) != (other["channel"], other["instance"])
            later = other["sounding_onset_s"] > one["sounding_onset_s"] + 1e-6
            ends = one["sounding_onset_s"] + (one["written_offset_s"] - one["written_onset_s"])
            if not apart and later and other["sounding_onset_s"] < ends - 1e-6:
                first, second = (told.labels.states[int(note["played"])][0] for note in (one, other))
                assert order.index(second) <= order.index(first)
    for number, events in enumerate((told.events, *told.more)):
        assert len(events.of(Kind.NOTE_ON)) == (rows["instance"] == number).sum()


def test_hands_that_let_go_a_little_late_are_no_conflict() -> None:
    close = piece((0, 1.03, 60, 80), (1, 1, 67, 80), techniques=[(), ("tremolo",)])
    assert realize(close, strings(TREMOLO)).labels.together_names() == ["", ""]
    wide = piece((0, 1.04, 60, 80), (1, 1, 67, 80), techniques=[(), ("tremolo",)])
    assert realize(wide, strings(TREMOLO)).labels.together_names() == ["", "priority"]


def test_what_goes_without_saying_yields_to_what_was_asked() -> None:
    found = resolve(("sustain", "legato"), strings("legato: {group: bow, on: [{keyswitch: 1}]}"), VOCABULARY)
    assert (found.rung, found.state) == (Rung.EXACT, ("legato", ""))
    open_again = resolve(("senza_sordino",), strings(MUTED[1]), VOCABULARY)
    assert (open_again.rung, open_again.state) == (Rung.EXACT, ("sustain", ""))


def test_a_key_that_two_entries_share_is_pressed_for_each_but_held_on_for_both() -> None:
    both = (
        "tremolo: {group: bow, on: [{keyswitch: 1}, {keyswitch: 2}]}",
        "pizzicato: {group: bow, on: [{keyswitch: 1}]}",
    )
    asked = [("tremolo",), ("pizzicato",)]
    notes = piece((0, 1, 60, 80), (1, 1, 60, 80), techniques=asked)
    assert switches(realize(notes, strings(*both))) == [(0.98, 1, 100)]
    held = tuple(line.replace("keyswitch: 1}", "keyswitch: 1, mode: hold}") for line in both)
    told = realize(notes, strings(*held))
    assert switches(told) == []
    assert switches(told, Kind.SWITCH_OFF) == [(2.0, 1, 0)]


def test_one_thing_by_two_names_is_found_by_either() -> None:
    both = strings("Spic/Stac: {group: bow, plays: spiccato+staccato, on: [{keyswitch: 1}]}")
    for name in ("spiccato", "staccato"):
        assert resolve((name,), both, VOCABULARY).state == ("Spic/Stac", "")


def test_a_technique_may_be_a_shape_of_the_note_and_nothing_else() -> None:
    short = strings("staccato: {group: bow, note: {length: 0.5}}", "tremolo: {group: bow}")
    assert short.playable() == ("sustain", "staccato")
    rows = realize(piece((0, 1, 60, 80), techniques=[("staccato",)]), short).labels.rows
    assert rows["sent_offset_s"].tolist() == [0.5]
