"""A score made for one library is read back: its switches become techniques, note by note."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_instruments import DRUMS, MAP, one_channel, piece, read_map

from composer_daw.errors import InputError
from composer_daw.events import Kind
from composer_daw.files import shipped
from composer_daw.midi import load_midi, save_events
from composer_daw.performance import CONTROL, Performance, note_rows
from composer_daw.techniques import TechniqueMap, load_map, load_vocabulary, realize, resolve
from composer_daw.techniques.origins.decode import decode

VOCABULARY = load_vocabulary()
SHIPPED = sorted(path for path in shipped("technique_maps").rglob("*/*.yaml"))

RICH = """\
technique_map: 1
instrument: One Of Each
range: [C2, C7]
lead_ms: 10
groups:
  articulation: {default: sustain}
  mute: {default: senza_sordino}
  vibrato: {default: vibrato}
  position: {}
techniques:
  sustain: {group: articulation, on: [{keyswitch: C0}, {keyswitch: E0}]}
  legato: {group: articulation, on: [{keyswitch: C0}, {keyswitch: F0}]}
  staccato: {group: articulation, on: [{keyswitch: D0, velocity: 30}]}
  spiccato: {group: articulation, on: [{keyswitch: D0, velocity: 90}]}
  tremolo: {group: articulation, on: [{keyswitch: [C0, "D#0"]}]}
  pizzicato: {group: articulation, on: [{keyswitch: A0, mode: hold}], note: {transpose: 12}}
  trill: {group: articulation, on: [{program: 7, bank: 300}]}
  harmonics: {group: articulation, on: [{program: 7}, {cc: 30, value: 3}]}
  col_legno: {group: articulation, channel: 5}
  con_sordino+sustain: {group: articulation, on: [{keyswitch: B0}]}
  senza_sordino: {group: mute, on: [{keyswitch: [G0, "G#0"], mode: hold}]}
  con_sordino: {group: mute, on: [{cc: 70, value: 127}], off: [{cc: 70, value: 0}]}
  vibrato: {group: vibrato, on: [{pitch_bend: 0}]}
  senza_vibrato: {group: vibrato, on: [{pitch_bend: -8192}]}
  molto_vibrato: {group: vibrato, on: [{keyswitch: "F#0", mode: toggle}]}
  sul_tasto: {group: position, on: [{keyswitch: C1, mode: hold}]}
  sul_ponticello:
    group: position
    on:
      - {keyswitch: D1, only_with: staccato}
      - {keyswitch: E1, only_with: [sustain, legato]}
      - {cc: 31, value: 9}
    off: [{cc: 31, value: 0}]
channels: [1, 2]
init: [{keyswitch: F1}, {cc: 99, value: 5}]
"""


def names_of(performance: Performance) -> list[str]:
    """Return what each note asks for, without what goes without saying, as labels spell it."""
    asked = [performance.techniques[number] for number in performance.notes["technique"]]
    return [said(names) for names in asked]


def said(names: Sequence[str]) -> str:
    """Return names sorted by group, without the vocabulary's defaults, or only those where all are."""
    defaults = {group.default for group in VOCABULARY.groups.values()}
    return "+".join(sorted(set(names) - defaults)) or "default"


def sent_as_midi(
    performance: Performance, technique_map: TechniqueMap, folder: Path
) -> tuple[Any, Performance]:
    """Return the labels of a performance on an instrument, and the MIDI file that the instrument is sent."""
    realization = realize(performance, technique_map, VOCABULARY)
    save_events(realization.events, folder / "sent.mid", performance.tempo)
    return realization.labels, load_midi(folder / "sent.mid")


def round_trip(performance: Performance, technique_map: TechniqueMap, folder: Path) -> None:
    """Demand that what is sent is decoded to what was played, note by note."""
    labels, sent = sent_as_midi(performance, technique_map, folder)
    decoded = decode(sent, technique_map, VOCABULARY)
    assert decoded.unread == ()
    rows, notes = labels.rows, decoded.performance.notes
    order = np.lexsort((rows["sent_pitch"], rows["channel"], np.rint(rows["sent_onset_s"] * 500)))
    back = np.lexsort((notes["pitch"], notes["channel"], np.rint(notes["onset_s"] * 500)))
    played = [said(resolved(labels.states[row["played"]], technique_map)) for row in rows[order]]
    assert [names_of(decoded.performance)[row] for row in back] == played
    assert sorted(notes["pitch"].tolist()) == sorted(rows["pitch"].tolist())
    assert not np.isin(decoded.performance.controls["number"], [30, 70, 99]).any()


def resolved(state: tuple[str, ...], technique_map: TechniqueMap) -> list[str]:
    return [part for name in state if name for part in technique_map.plays(name)]


def scored(
    technique_map: TechniqueMap, asked: Sequence[tuple[str, ...]], overlap: float = 0.8
) -> Performance:
    """Return a note for each set, half a second apart, within the map's range, no pitch twice in a row."""
    middle = (technique_map.range[0] + technique_map.range[1]) // 2
    notes = [(0.5 * row, 0.5 * overlap, middle + row % 5, 60 + row % 40) for row in range(len(asked))]
    return piece(*notes, techniques=list(asked))


MELODIC = [path for path in SHIPPED if not load_map(path).pieces]
"""The strokes of drums have tests of their own."""


@pytest.mark.parametrize("path", MELODIC, ids=lambda path: path.stem)
def test_what_is_realized_is_decoded_on_every_map_that_ships(path: Path, tmp_path: Path) -> None:
    known = load_map(path)
    singles = [(name,) for name in known.playable()]
    pairs = [(one, other) for (one,) in singles for (other,) in singles if one < other]
    asked = [(), *singles, *reversed(singles), *pairs[:40], ()]
    round_trip(scored(known, asked), known, tmp_path)


@given(st.data())
def test_every_kind_of_switch_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    known = read_map(RICH)
    names = [st.sampled_from(["", *known.of_group(group)]) for group in known.groups]
    sets = st.tuples(*names).map(lambda picked: tuple(name for name in picked if name and "+" not in name))
    asked = data.draw(st.lists(sets | st.just(("con_sordino", "sustain")), min_size=1, max_size=12))
    round_trip(scored(known, asked), known, tmp_path_factory.mktemp("midi"))


@given(
    st.lists(st.sampled_from([(), ("pizzicato",), ("staccato",), ("con_sordino",)]), min_size=1, max_size=12)
)
def test_techniques_that_sound_together_on_channels_of_their_own(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, ...]]
) -> None:
    round_trip(scored(read_map(), asked, 1.7), read_map(), tmp_path_factory.mktemp("midi"))


# --- by hand --------------------------------------------------------------------------------------------

C0, STACCATO, PIZZICATO, MUTED = 12, 14, 15, 17


def played(*notes: tuple[float, float, int, int], known: str = MAP, **columns: Any) -> list[str]:
    """Return the techniques of notes that are no switches, of (onset_s, duration_s, pitch, velocity)."""
    score = Performance(note_rows(notes, **columns))
    return names_of(decode(score, read_map(known), VOCABULARY).performance)


def test_a_switch_at_the_instant_of_a_note_counts_for_it_and_one_inside_for_the_next() -> None:
    music = [(1.0, 1.0, 60, 80), (2.0, 1.0, 62, 80), (3.0, 1.0, 64, 80)]
    assert played((1.0, 0.1, STACCATO, 1), *music) == ["staccato"] * 3
    assert played((1.5, 0.1, STACCATO, 1), *music) == ["default", "staccato", "staccato"]
    assert played((2.00005, 0.1, STACCATO, 1), *music) == ["default", "staccato", "staccato"]
    assert played((2.01, 0.1, STACCATO, 1), *music) == ["default", "default", "staccato"]


def test_groups_latch_by_themselves_and_the_last_in_the_file_wins() -> None:
    switches = [(0.0, 0.1, MUTED, 1), (0.0, 0.1, PIZZICATO, 1), (0.0, 0.1, STACCATO, 1)]
    assert played(*switches, (1.0, 1.0, 60, 80)) == ["con_sordino+staccato"]
    assert played(*switches[::-1], (1.0, 1.0, 60, 80)) == ["con_sordino+pizzicato"]


def test_what_was_switched_is_asked_for_though_it_goes_without_saying() -> None:
    notes = note_rows([(0.0, 0.1, C0, 1), (1.0, 1.0, 60, 80)])
    decoded = decode(Performance(notes), read_map(), VOCABULARY).performance
    assert decoded.techniques[decoded.notes["technique"][0]] == ("sustain",)
    bare = decode(Performance(notes[1:]), read_map(), VOCABULARY).performance
    assert bare.techniques[bare.notes["technique"][0]] == ()
    legato = MAP.replace("articulation: {default: sustain}", "articulation: {default: legato}")
    assert played((1.0, 1.0, 60, 80), known=legato) == ["legato"]


def test_switches_speak_to_their_own_channel_and_track_or_to_all_from_a_track_of_their_own() -> None:
    notes = [(0.0, 0.1, STACCATO, 1), (1.0, 1.0, 60, 80), (1.0, 1.0, 64, 80)]
    assert played(*notes, channel=[0, 0, 1]) == ["staccato", "default"]
    assert played(*notes, track=[1, 1, 2]) == ["staccato", "default"]
    assert played(*notes, track=[0, 1, 2]) == ["staccato", "staccato"]


def test_a_key_held_holds_until_it_is_let_go_over_what_is_latched() -> None:
    music = [(float(at), 0.9, 60, 80) for at in range(1, 5)]
    switches = [(0.0, 0.1, 14, 30), (1.5, 1.4, 21, 1)]
    assert played(*switches, *music, known=RICH) == ["staccato", "pizzicato", "staccato", "staccato"]


def test_velocities_tell_switches_apart_and_a_guess_is_said() -> None:
    music = (1.0, 1.0, 60, 80)
    assert played((0.0, 0.1, 14, 30), music, known=RICH) == ["staccato"]
    assert played((0.0, 0.1, 14, 90), music, known=RICH) == ["spiccato"]
    score = Performance(note_rows([(0.5, 0.1, 14, 100), music]))
    decoded = decode(score, read_map(RICH), VOCABULARY)
    assert names_of(decoded.performance) == ["spiccato"]
    assert decoded.unread == (
        "keyswitch D0: velocity 100 is none of its own, taken for 90 (1 times, first at 0.50 s)",
    )


def test_a_chord_of_keys_is_another_switch_than_its_keys() -> None:
    music = (1.0, 1.0, 60, 80)
    assert played((0.0, 0.1, 12, 1), (0.02, 0.1, 15, 1), music, known=RICH) == ["tremolo"]
    assert played((0.0, 0.1, 12, 1), (0.2, 0.1, 15, 1), music, known=RICH) == ["default"]


def test_a_toggle_counts_its_presses_from_where_it_starts() -> None:
    toggled = MAP.replace("[{keyswitch: F0}]", "[{keyswitch: F0, mode: toggle, starts: on}]")
    music = [(float(at), 0.5, 60, 80) for at in range(3)]
    presses = [(0.7, 0.1, MUTED, 1), (1.7, 0.1, MUTED, 1)]
    assert played(*music, *presses, known=toggled) == ["con_sordino", "default", "con_sordino"]


def test_a_switch_with_a_channel_of_its_own_speaks_to_every_channel() -> None:
    away = MAP.replace("[{keyswitch: F0}]", "[{keyswitch: F0, channel: 16}]")
    notes = [(0.0, 0.1, MUTED, 1), (1.0, 1.0, 60, 80), (1.0, 1.0, 64, 80)]
    assert played(*notes, known=away, channel=[15, 0, 1]) == ["con_sordino", "con_sordino"]
    elsewhere = decode(Performance(note_rows(notes, channel=[0, 0, 1])), read_map(away), VOCABULARY)
    assert names_of(elsewhere.performance) == ["default", "default"]
    assert elsewhere.unread == (
        "key F0 is no keyswitch, and outside G2..C7: left out (1 times, first at 0.00 s)",
    )


def test_one_switch_and_conditions_on_the_notes() -> None:
    twins = MAP.replace(
        "  tremolo: {group: articulation, fallback: [sustain]}",
        "  spiccato: {group: articulation, on: [{keyswitch: D0}], when: {length_ms: [null, 200]}}",
    )
    notes = [(0.0, 0.1, STACCATO, 1), (1.0, 0.1, 60, 80), (2.0, 0.9, 60, 80)]
    assert played(*notes, known=twins) == ["spiccato", "staccato"]


def controlled(*controls: tuple[float, Kind, int, int]) -> Performance:
    """Return notes at 1, 2 and 3 s, and controls of (time_s, kind, number, value)."""
    rows = np.zeros(len(controls), CONTROL)
    for name, values in zip(("time_s", "kind", "number", "value"), zip(*controls, strict=True), strict=True):
        rows[name] = values
    return Performance(note_rows([(float(at), 0.9, 60, 80) for at in (1, 2, 3)]), rows)


def test_controllers_programs_and_bends_are_taken_out_and_the_music_stays() -> None:
    score = controlled(
        (0.0, Kind.CONTROL, 70, 127),
        (0.5, Kind.CONTROL, 0, 2),
        (0.5, Kind.CONTROL, 32, 44),
        (0.5, Kind.PROGRAM, 7, 0),
        (0.6, Kind.CONTROL, 11, 50),
        (1.5, Kind.PITCH_BEND, 0, -8192),
        (1.6, Kind.PITCH_BEND, 0, 77),
        (2.5, Kind.CONTROL, 70, 0),
    )
    decoded = decode(score, read_map(RICH), VOCABULARY)
    assert names_of(decoded.performance) == [
        "con_sordino+trill",
        "con_sordino+senza_vibrato+trill",
        "senza_vibrato+trill",
    ]
    left = decoded.performance.controls[["kind", "number", "value"]].tolist()
    assert left == [(Kind.CONTROL, 11, 50), (Kind.PITCH_BEND, 0, 77)]
    assert decoded.unread == ()


def test_what_cannot_be_read_is_said_once_and_left_out() -> None:
    score = controlled((0.0, Kind.CONTROL, 70, 64), (1.0, Kind.CONTROL, 70, 64), (2.0, Kind.PROGRAM, 9, 0))
    notes = np.concatenate([score.notes, note_rows([(0.5, 0.1, 0, 80)])])
    decoded = decode(dataclasses.replace(score, notes=notes), read_map(RICH), VOCABULARY)
    assert decoded.unread == (
        "key C-1 is no keyswitch, and outside C2..C7: left out (1 times, first at 0.50 s)",
        "controller 70 at 64 is no switch of One Of Each: left out (2 times, first at 0.00 s)",
        "program 9 is no switch of One Of Each: left out (1 times, first at 2.00 s)",
    )
    assert names_of(decoded.performance) == ["default"] * 3
    assert not len(decoded.performance.controls)


def test_what_only_a_parameter_tells_is_said() -> None:
    told = MAP.replace("[{keyswitch: F0}]", "[{parameter: Mute, value: 1}]")
    decoded = decode(piece((0.0, 1.0, 60, 80)), read_map(told), VOCABULARY)
    assert decoded.unread == (
        "told by parameters, which MIDI does not carry, so not looked for: con_sordino",
    )


def test_a_controller_that_followed_the_score_is_told_back() -> None:
    follows = MAP.replace(
        "[{keyswitch: C0}]",
        "[{keyswitch: C0}, {cc: 21, value: {follow: dynamics, range: [20, 120]}}]",
    )
    score = controlled((0.0, Kind.CONTROL, 21, 20), (1.0, Kind.CONTROL, 21, 70))
    back = decode(score, read_map(follows), VOCABULARY).performance.controls
    assert back[["time_s", "number", "value"]].tolist() == [(0.0, 11, 0), (1.0, 11, 64)]


def test_dynamics_by_velocity_are_not_music() -> None:
    loud = MAP + "dynamics: {cc: 1, follow: velocity}\n"
    score = controlled((0.0, Kind.CONTROL, 1, 77), (0.0, Kind.CONTROL, 64, 127))
    left = decode(score, read_map(loud), VOCABULARY).performance.controls
    assert left["number"].tolist() == [64]


def test_a_note_ends_where_the_next_is_played_otherwise_but_not_where_they_are_alike() -> None:
    notes = [(0.0, 0.53, 60, 80), (0.45, 0.01, STACCATO, 1), (0.5, 0.53, 62, 80), (1.0, 0.5, 64, 80)]
    score = decode(Performance(note_rows(notes)), read_map(), VOCABULARY).performance
    assert score.notes["duration_s"].tolist() == [0.5, 0.53, 0.5]
    long = decode(
        Performance(note_rows([(0.0, 0.6, 60, 80), *notes[1:]])), read_map(), VOCABULARY
    ).performance
    assert long.notes["duration_s"].tolist() == [0.6, 0.53, 0.5]


def test_drum_strokes_come_back_to_what_is_written() -> None:
    score = piece((0.0, 0.5, 36, 80), (1.0, 0.5, 40, 80), (2.0, 0.5, 38, 80))
    decoded = decode(score, read_map(DRUMS), VOCABULARY).performance
    assert names_of(decoded) == ["default", "snare=rimshot", "default"]
    assert decoded.notes["pitch"].tolist() == [36, 40, 38]


def test_nothing_but_switches_is_an_error() -> None:
    with pytest.raises(InputError, match=r"^holds nothing but switches of Fake Strings; there is nothing"):
        decode(piece((0.0, 1.0, 12, 80)), one_channel(), VOCABULARY)


def test_techniques_that_the_notes_had_before_stay() -> None:
    score = piece((0.0, 0.1, STACCATO, 80), (1.0, 1.0, 60, 80), techniques=[(), ("accent",)])
    assert names_of(decode(score, read_map(), VOCABULARY).performance) == ["accent+staccato"]


def test_what_is_decoded_can_be_asked_of_another_instrument() -> None:
    decoded = decode(
        Performance(note_rows([(0.0, 0.1, MUTED, 1), (1.0, 1.0, 60, 80)])), read_map(), VOCABULARY
    )
    other = read_map(MAP.replace("F0", "A0"))
    asked = decoded.performance.techniques[decoded.performance.notes["technique"][0]]
    assert resolve(asked, other, VOCABULARY).state == ("sustain", "con_sordino")
