"""Techniques beside a score: spans win over what it says, rules speak where it says nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_instruments import MAP, piece, read_map

from composer_daw.errors import DocumentError, InputError
from composer_daw.performance import Performance, TempoMap, Text, Track
from composer_daw.techniques import load_vocabulary
from composer_daw.techniques.origins.annotate import Names
from composer_daw.techniques.origins.prepare import Prepared, prepare, with_spans
from composer_daw.techniques.origins.sidecar import Span, beat_of, load_rules, load_sidecar

STRINGS, VOCABULARY = read_map(MAP), load_vocabulary()
HEAD = "technique_spans: 1\n"


def quarters(count: int, length: float = 0.45, **columns: object) -> Performance:
    """Return quarter notes at 120 in 4/4."""
    notes = piece(*((0.5 * row, length, 60 + row % 12, 80) for row in range(count)))
    return notes.with_notes(**columns)  # type: ignore[arg-type]


def beside(text: str, performance: Performance, folder: Path, rules: str = "") -> Prepared:
    """Return the score as a sidecar of this text makes it, and further rules."""
    path = folder / "spans.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    sidecars = [load_sidecar(path)]
    if rules:
        (folder / "rules.yaml").write_text(f"technique_rules: 1\nrules:\n{rules}", encoding="utf-8")
        sidecars.append(load_rules(folder / "rules.yaml"))
    return prepare(performance, STRINGS, sidecars=tuple(sidecars), vocabulary=VOCABULARY)


def asked(prepared: Prepared) -> list[str]:
    score = prepared.performance
    return ["+".join(score.techniques[number]) for number in score.notes["technique"]]


def test_spans_by_bar_and_beat_and_by_seconds(tmp_path: Path) -> None:
    spans = """\
spans:
  - {from: 1.3, to: 2, technique: pizz.}
  - {from_s: 2.0, to_s: 3.0, technique: con_sordino+tremolo}
  - {from: 2.4, technique: stacc.}
"""
    prepared = beside(spans, quarters(9), tmp_path)
    assert asked(prepared) == [
        *["", "", "pizzicato", "pizzicato"],
        *["con_sordino+tremolo", "con_sordino+tremolo", "", "staccato", "staccato"],
    ]
    assert prepared.notes == ()


def test_beat_10_is_not_beat_1_and_a_third_figure_is_part_of_a_beat(tmp_path: Path) -> None:
    twelve = dataclasses.replace(quarters(12), tempo=TempoMap(metres=((0.0, 12, 8),)))
    prepared = beside("spans: [{from: 1.10, to: '2.1', technique: pizz.}]", twelve, tmp_path)
    assert asked(prepared) == ["", "", "", "", "", "pizzicato", *[""] * 6]  # the quarter on beat 11
    halves = beside("spans: [{from: 1.1.5, to: 1.3.5, technique: pizz.}]", quarters(4), tmp_path)
    assert asked(halves) == ["", "pizzicato", "pizzicato", ""]


@given(
    st.lists(
        st.tuples(st.integers(1, 8), st.sampled_from([2, 4, 8]), st.integers(1, 3)), min_size=1, max_size=4
    )
)
def test_every_beat_of_every_bar_has_its_place(metres: list[tuple[int, int, int]]) -> None:
    starts, beat, expected = [], 0.0, {}
    bar = 0
    for top, bottom, bars in metres:
        starts.append((beat, top, bottom))
        for _ in range(bars):
            bar += 1
            for number in range(1, top + 1):
                expected[f"{bar}.{number}"] = beat + (number - 1) * 4 / bottom
            beat += top * 4 / bottom
    tempo = TempoMap(metres=tuple(starts))
    assert {position: beat_of(position, tempo) for position in expected} == pytest.approx(expected)
    with pytest.raises(ValueError, match=r"^bar 1 has \d+ beats?, not "):
        beat_of(f"1.{metres[0][0] + 1}", tempo)


def test_a_bar_that_a_new_metre_cuts_short_counts_as_one() -> None:
    tempo = TempoMap(metres=((0.0, 1, 4), (1.0, 4, 4), (7.0, 3, 4)))
    assert [beat_of(bar, tempo) for bar in ("1", "2", "3", "4", "5")] == [0.0, 1.0, 5.0, 7.0, 10.0]


def test_a_span_wins_over_texts_and_marks_in_its_group_and_later_spans_over_earlier(tmp_path: Path) -> None:
    texts = (Text(0.0, "con sord."), Text(0.0, "pizz."))
    marked = [("staccato",), ("accent",), (), ()]
    notes = piece(*((0.5 * row, 0.45, 60 + row, 80) for row in range(4)), techniques=marked)
    spans = "spans: [{to: 1.4, technique: legato}, {from: 1.2, to: 1.3, technique: tremolo}]"
    prepared = beside(spans, dataclasses.replace(notes, texts=texts), tmp_path)
    assert [set(one.split("+")) for one in asked(prepared)] == [
        {"con_sordino", "legato"},
        {"con_sordino", "tremolo"},
        {"con_sordino", "legato"},
        {"con_sordino", "pizzicato"},
    ]
    assert prepared.performance.texts == ()


def test_a_span_of_one_track(tmp_path: Path) -> None:
    notes = quarters(4, track=[0, 1, 0, 1])
    score = dataclasses.replace(notes, tracks=(Track("Violin 1"), Track("Violin 2")))
    for track in ("violin 2", "2"):
        prepared = beside(f"spans: [{{track: {track}, technique: pizz.}}]", score, tmp_path)
        assert asked(prepared) == ["", "pizzicato", "", "pizzicato"]


def test_rules_speak_where_nothing_was_asked(tmp_path: Path) -> None:
    rules = "  - {when: {length_ms: [null, 200], next: apart}, technique: staccato}\n"
    lengths = [0.1, 0.1, 0.45, 0.1, 0.1, 0.1]
    notes = quarters(6).with_notes(duration_s=lengths)
    texts = (Text(0.5, "con sord."), Text(1.5, "pizz."), Text(2.0, "arco"), Text(2.5, "[technique:tremolo]"))
    prepared = beside("spans: []", dataclasses.replace(notes, texts=texts), tmp_path, rules)
    assert asked(prepared) == [
        "staccato",
        "con_sordino+staccato",
        "con_sordino",
        "con_sordino+pizzicato",
        "con_sordino+staccato",  # arco only ends the pizzicato
        "con_sordino+tremolo",
    ]


def test_what_a_span_says_counts_as_asked_though_it_goes_without_saying(tmp_path: Path) -> None:
    rules = "  - {when: {}, technique: staccato}\n  - {when: {}, technique: tremolo+con_sordino}\n"
    prepared = beside("spans: [{to: 1.2, technique: sustain}]", quarters(2), tmp_path, rules)
    assert asked(prepared) == ["sustain", "staccato"]  # a rule is all or nothing, and the first that holds


def test_rules_look_at_lines_and_tracks(tmp_path: Path) -> None:
    rules = "  - {when: {next: overlaps}, track: 1, technique: legato}\n"
    notes = quarters(4, length=0.6).with_notes(track=[0, 0, 1, 1], channel=[0, 1, 0, 0])
    score = dataclasses.replace(notes, tracks=(Track("A"), Track("B")))
    assert asked(beside("rules: []", score, tmp_path, rules)) == [""] * 4
    assert asked(beside("rules: []", score.with_notes(channel=0), tmp_path, rules)) == ["legato", "", "", ""]


def test_the_rules_that_ship(tmp_path: Path) -> None:
    notes = piece((0.0, 0.6, 60, 80), (0.5, 0.5, 62, 80), (1.0, 0.1, 64, 80), (2.0, 1.0, 65, 80))
    prepared = prepare(notes, STRINGS, sidecars=(load_rules("default"),), vocabulary=VOCABULARY)
    assert asked(prepared) == ["legato", "legato", "staccato", ""]


def test_a_part_of_a_combination_stays_when_a_span_takes_the_other() -> None:
    entry = "  Long CS: {group: articulation, plays: sustain+con_sordino, on: [{keyswitch: A0}]}\n"
    long_muted = read_map(MAP.replace("channels:", f"{entry}channels:"))
    notes = piece((0.0, 1.0, 60, 80), techniques=[("Long CS",)])
    names = Names(long_muted, VOCABULARY)
    for technique, expected in (
        ("pizz.", {"con_sordino", "pizzicato"}),
        ("sul tasto", {"Long CS", "sul_tasto"}),
    ):
        score, _ = with_spans(notes, [("x.yaml:2: spans[0]", Span(technique=technique))], names)
        assert set(score.techniques[score.notes["technique"][0]]) == expected


# --- what does not fit ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "spans:\n  - {from: 0.1, technique: pizz.}",
            ":3: spans: [0]: from: write a bar, or bar.beat, both from 1",
        ),
        (
            "spans:\n  - {from: 1.0, technique: pizz.}",
            ":3: spans: [0]: from: write a bar, or bar.beat, both from 1",
        ),
        ("spans:\n  - {from: bar 3, technique: pizz.}", ":3: spans: [0]: from: write a bar, or bar.beat"),
        (
            "spans:\n  - {form: 1, technique: pizz.}",
            ":3: spans: [0]: form: unknown key (did you mean 'from'?)",
        ),
        ("spans:\n  - {from: 1}", ":3: spans: [0]: 'technique' is missing"),
        (
            "spans:\n  - {from: 1, from_s: 1, technique: pizz.}",
            ":3: spans: [0]: give 'from' or 'from_s', not both",
        ),
        (
            "spans:\n  - {from_s: -1, technique: pizz.}",
            ":3: spans: [0]: from_s: Input should be greater than",
        ),
        ("rules:\n  - {when: {next: soon}, technique: pizz.}", ":3: rules: [0]: when: next: Input should be"),
        ("spans: [{from: 1.9, technique: pizz.}]", ":2: spans[0]: from: bar 1 has 4 beats, not 9"),
        (
            "spans: [{from: 3, to: 2, technique: pizz.}]",
            ":2: spans[0]: ends at 2.00 s, not after its start at 4.00 s",
        ),
        (
            "spans: [{technique: pizicato}]",
            ":2: spans[0]: technique: unknown technique 'pizicato' (did you mean 'pi",
        ),
        ("spans: [{technique: default}]", ":2: spans[0]: technique: names none; write what is to be played"),
        (
            "spans: [{track: Viola, technique: pizz.}]",
            ":2: spans[0]: track: no track 'Viola'; the score has 1 ''",
        ),
        ("spans: [{track: 9, technique: pizz.}]", ":2: spans[0]: track: no track '9'; the score has 1 ''"),
        ("spans: []\nrules:\n  - {when: {}, technique: x}", ":4: rules[0]: technique: unknown technique 'x'"),
    ],
)
def test_what_does_not_fit_says_where_and_what_to_do(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DocumentError) as caught:
        beside(text, quarters(2), tmp_path)
    told = str(caught.value)
    assert told.removeprefix(f"{tmp_path / 'spans.yaml'}").startswith(problem.replace(": [0]", "[0]"))
    assert "\n" not in told


def test_a_span_without_notes_is_said(tmp_path: Path) -> None:
    prepared = beside("spans:\n  - {from: 40, technique: pizz.}", quarters(2), tmp_path)
    assert prepared.notes == (f"{tmp_path / 'spans.yaml'}:3: spans[0]: no note begins there",)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("technique_map: 1\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="unknown key"):
        load_sidecar(tmp_path / "a.yaml")
    with pytest.raises(InputError, match=r"no such file.*; give a file of technique rules \(YAML\)"):
        load_rules(tmp_path / "b.yaml")


def test_switches_of_another_library_come_first(tmp_path: Path) -> None:
    notes = piece((0.0, 0.1, 14, 1), (0.5, 0.45, 60, 80), (1.0, 0.45, 62, 80), (1.5, 0.1, 0, 9))
    (tmp_path / "s.yaml").write_text(HEAD + "spans: [{from: 1.3, technique: pizz.}]", encoding="utf-8")
    sidecars = (load_sidecar(tmp_path / "s.yaml"), load_rules("default"))
    prepared = prepare(notes, read_map(MAP.replace("D0", "C1")), from_map=STRINGS, sidecars=sidecars)
    assert asked(prepared) == ["staccato", "pizzicato"]
    assert prepared.notes == (
        "key C-1 is no keyswitch, and outside G2..C7: left out (1 times, first at 1.50 s)",
    )
    assert np.all(np.diff(prepared.performance.notes["onset_s"]) > 0)
