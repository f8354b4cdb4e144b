"""Maps in words: each action, condition, note change and latency, short enough for a table."""

from __future__ import annotations

from typing import Any

import pytest
from small_instruments import MAP, read_map

from composer_daw.techniques.actions import ACTIONS
from composer_daw.techniques.display import action_words as words_of_actions
from composer_daw.techniques.display.action_words import action_words
from composer_daw.techniques.display.in_words import condition_words, describe, latency_words, note_words
from composer_daw.techniques.parts import Condition, Latency, NoteShape

HEAD = "technique_map: 1\ninstrument: X\ngroups: {a: {default: t}}\ntechniques:\n  t: {group: a, on: ["


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("{keyswitch: C1}", "key C1"),
        ("{keyswitch: [C1, 'F#1']}", "keys C1+F#1"),
        ("{keyswitch: C1, mode: hold, velocity: 64}", "hold key C1 at velocity 64"),
        (
            "{keyswitch: C1, mode: toggle, starts: off, channel: 16}",
            "toggle key C1 (starts off) on channel 16",
        ),
        ("{keyswitch: C1, velocity: {follow: vibrato_depth}}", "key C1, its velocity follows vibrato_depth"),
        ("{cc: 32, value: 11, only_with: t}", "CC 32 = 11 with t"),
        (
            "{cc: 1, value: {follow: cc7, source: [0, 100], range: [20, 90]}}",
            "CC 1 follows cc7 (0..100 to 20..90)",
        ),
        ("{program: 45, bank: 128}", "program 45, bank 128"),
        ("{program: 45}", "program 45"),
        ("{pitch_bend: -100}", "pitch bend -100"),
        ("{pitch_bend: 200}", "pitch bend +200"),
        ("{parameter: Mute, value: 0.25}", "parameter Mute = 0.25"),
        (
            "{parameter: Mute, value: {follow: dynamics, range: [0, 1]}}",
            "parameter Mute follows dynamics (0..127 to 0..1)",
        ),
    ],
)
def test_actions(action: str, words: str) -> None:
    (read,) = read_map(f"{HEAD}{action}]}}\n").techniques["t"].on
    assert action_words(read) == words


def test_every_kind_of_action_has_words() -> None:
    assert set(words_of_actions._WORDS) == set(ACTIONS)


def test_pitches_are_called_as_the_map_calls_them() -> None:
    text = f"{HEAD}{{keyswitch: C1}}], when: {{pitch: [C2, C3]}}, note: {{pitch_range: [null, C4]}}}}\n"
    (row,) = describe(read_map(text.replace("instrument: X", "instrument: X\nmiddle_c: C3")))
    assert (row.told, row.when, row.note) == ("key C1", "pitch C2..C3", "pitch within up to C4")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({}, ""),
        ({"length_ms": (None, 120)}, "length up to 120 ms"),
        ({"velocity": (64, 64), "next": "overlaps"}, "velocity 64, overlaps the next"),
        (
            {"interval": (-2, 2), "previous": "apart"},
            "-2..+2 semitones to the next, is apart from the previous",
        ),
        ({"pitch": (60, None), "next": "connects"}, "pitch from C4, connects to the next"),
    ],
)
def test_conditions(condition: dict[str, Any], words: str) -> None:
    assert condition_words(Condition(**condition)) == words


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ({}, ""),
        (
            {"length": 0.5, "gap_ms": 10, "overlap_ms": 30},
            "length x 0.5, ends 10 ms before the next, 30 ms into the next",
        ),
        ({"lasts_ms": 250, "velocity": 1.1}, "lasts 250 ms, velocity x 1.1"),
        ({"velocity": {127: 90, 1: 20}}, "velocity by curve (1: 20, 127: 90)"),
        (
            {"velocity_range": [10, 20], "transpose": 12, "sounds": -12},
            "velocity within 10..20, +12 semitones, sounds -12 semitones",
        ),
    ],
)
def test_notes(note: dict[str, Any], words: str) -> None:
    assert note_words(NoteShape(**note)) == words


@pytest.mark.parametrize(
    ("latency", "words"),
    [
        ({}, ""),
        ({"first": 12.5}, "12.5 ms"),
        ({"first": {1: 40, 64: 12}}, "40/12 ms from velocity 1/64"),
        ({"first": {1: 40}, "transition": 0}, "40 ms; connected 0 ms"),
        ({"transition": {1: 300, 65: 200}}, "0 ms; connected 300/200 ms from velocity 1/65"),
    ],
)
def test_latencies(latency: dict[str, Any], words: str) -> None:
    assert latency_words(Latency(**latency)) == words


def test_a_whole_map() -> None:
    rows = {row.name: row for row in describe(read_map(MAP))}
    assert list(rows) == list(read_map(MAP).techniques)
    assert (rows["sustain"].is_default, rows["legato"].is_default) == (True, False)
    assert (rows["legato"].told, rows["legato"].note) == ("key C#0", "30 ms into the next")
    assert (rows["tremolo"].told, rows["tremolo"].fallback) == ("", "sustain")
    more = "channel: 3, title: Long, plays: legato+con_sordino, setup: load it}"
    text = f"{HEAD}], off: [{{cc: 1, value: 0}}], {more}\n"
    (row,) = describe(read_map(text))
    assert (row.told, row.channel, row.title) == ("off: CC 1 = 0", "3", "Long")
    assert (row.plays, row.setup) == ("legato + con_sordino", "load it")
