"""Every rung of the ladder from what is asked to what is played."""

from __future__ import annotations

import pytest
from small_instruments import DRUMS, MAP, read_map

from composer_daw.performance import TechniqueSet
from composer_daw.techniques import Rung, load_vocabulary, resolve
from composer_daw.techniques.resolve import without

VOCABULARY = load_vocabulary()


@pytest.mark.parametrize(
    ("asked", "played", "state", "rung"),
    [
        ((), (), ("sustain", "senza_sordino"), Rung.EXACT),
        (("staccato",), ("staccato",), ("staccato", "senza_sordino"), Rung.EXACT),
        (("con_sordino",), ("con_sordino",), ("sustain", "con_sordino"), Rung.EXACT),
        (
            ("pizzicato", "con_sordino"),
            ("pizzicato", "con_sordino"),
            ("pizzicato", "con_sordino"),
            Rung.COMBINED,
        ),
        (("pizzicato", "legato"), ("legato",), ("legato", "senza_sordino"), Rung.PRIORITY),
        (("tremolo",), ("sustain",), ("sustain", "senza_sordino"), Rung.FALLBACK),  # the map's own chain
        (("spiccato",), ("staccato",), ("staccato", "senza_sordino"), Rung.FALLBACK),  # the vocabulary's
        (("snap_pizzicato",), ("pizzicato",), ("pizzicato", "senza_sordino"), Rung.FALLBACK),
        (("ricochet",), ("staccato",), ("staccato", "senza_sordino"), Rung.FALLBACK),
        (("sul_ponticello",), (), ("sustain", "senza_sordino"), Rung.DEFAULT),
        (("pizzicato", "sul_ponticello"), ("pizzicato",), ("pizzicato", "senza_sordino"), Rung.DEFAULT),
        (("ordinario",), (), ("sustain", "senza_sordino"), Rung.EXACT),  # it can play in no other place
    ],
)
def test_each_rung(
    asked: tuple[str, ...], played: tuple[str, ...], state: tuple[str, ...], rung: Rung
) -> None:
    found = resolve(asked, read_map(MAP), VOCABULARY)
    assert (found.asked, found.played, found.state, found.rung) == (asked, played, state, rung)


@pytest.mark.parametrize(
    ("asked", "named", "rung"),
    [
        (("vibrato", "staccato"), ("staccato",), Rung.EXACT),
        (("pizzicato", "ordinario", "senza_sordino"), ("pizzicato",), Rung.EXACT),
        (("senza_sordino", "pizzicato"), ("pizzicato",), Rung.EXACT),
        (("sustain", "con_sordino"), ("con_sordino",), Rung.EXACT),
        (("sustain", "senza_sordino"), ("sustain",), Rung.EXACT),  # all go without saying
        (("staccato", "con_sordino", "ordinario"), ("staccato", "con_sordino"), Rung.COMBINED),
        (("tremolo", "senza_sordino"), ("tremolo",), Rung.FALLBACK),
        (("con_sordino", "staccato"), ("staccato", "con_sordino"), Rung.COMBINED),  # whatever was said first
        (("senza_sordino", "sustain"), ("sustain",), Rung.EXACT),
    ],
)
def test_defaults_are_no_part_of_what_is_asked(asked: TechniqueSet, named: TechniqueSet, rung: Rung) -> None:
    found, plain = (resolve(names, read_map(MAP), VOCABULARY) for names in (asked, named))
    assert (found.asked, found.rung) == (named, rung) == (plain.asked, plain.rung)
    assert found.state == plain.state


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (("a", "x", "b", "y"), ("a", "b")),
        (("x", "a"), ("a",)),
        (("x", "y"), ("x",)),
        (("a",), ("a",)),
        ((), ()),
    ],
)
def test_without_defaults_something_is_left(names: TechniqueSet, left: TechniqueSet) -> None:
    assert without(("x", "y"), names) == left


def test_the_maps_own_chain_goes_before_the_vocabularys() -> None:
    own = read_map(MAP.replace("fallback: [sustain]", "fallback: [pizzicato, sustain]"))
    assert resolve(("tremolo",), own, VOCABULARY).played == ("pizzicato",)


def test_chains_that_run_in_circles_end() -> None:
    text = "technique_map: 1\ninstrument: X\ngroups: {g: {default: sustain}}\n"
    text += "techniques: {sustain: {group: g}}\n"
    for name in VOCABULARY.techniques:
        assert resolve((name,), read_map(text), VOCABULARY).state == ("sustain",)
    far = resolve(("ricochet",), read_map(text), VOCABULARY)  # by spiccato and staccato
    assert (far.played, far.rung) == (("sustain",), Rung.FALLBACK)


def test_strokes_of_drums() -> None:
    found = resolve(("snare=rimshot", "kick=hit"), read_map(DRUMS), VOCABULARY)
    assert found.strokes == (("snare", "rimshot"), ("kick", "hit"))
    assert (found.played, found.state, found.rung) == (("snare=rimshot", "kick=hit"), (), Rung.EXACT)


def test_the_rungs_are_ordered_from_best_to_worst() -> None:
    assert [rung.name for rung in sorted(Rung)] == list(Rung.__members__)
    assert min(Rung) is Rung.EXACT
    assert Rung.PRIORITY < Rung.CONDITION < Rung.FALLBACK < max(Rung) is Rung.DEFAULT


def test_what_stands_in_is_part_of_a_combination_by_whatever_name_the_library_calls_it() -> None:
    own = """\
  Short: {group: articulation, plays: staccato, on: [{keyswitch: 1}]}
  Short Mute: {group: articulation, plays: staccato+con_sordino, on: [{keyswitch: 2}]}
"""
    head = MAP[: MAP.index("  legato:")].replace("mute: {default: senza_sordino}", "mute: {}")
    for asked in (("spiccato", "con_sordino"), ("Short", "con_sordino"), ("Short Mute",)):
        found = resolve(asked, read_map(head + own), VOCABULARY)
        assert (found.state, found.played) == (("Short Mute", ""), ("staccato", "con_sordino"))
        assert found.rung is (Rung.FALLBACK if "spiccato" in asked else Rung.EXACT)
    assert resolve(("Short",), read_map(head + own), VOCABULARY).state == ("Short", "")


COMBINED = """\
technique_map: 1
instrument: X
groups: {all: {default: sustain}}
techniques:
  sustain: {group: all, on: [{keyswitch: 0}]}
  Long CS: {group: all, plays: sustain+con_sordino, on: [{keyswitch: 1}]}
"""


def test_senza_sordino_goes_without_saying_where_the_mute_is_in_combinations_only() -> None:
    found = resolve(("senza_sordino",), read_map(COMBINED), VOCABULARY)
    assert (found.state, found.rung, found.why) == (("sustain",), Rung.EXACT, "")


@pytest.mark.parametrize("asked", [(), ("sustain",)])
def test_the_default_has_conditions_too_whether_it_is_asked_for_or_not(asked: tuple[str, ...]) -> None:
    """As in Dorico, where one playing technique has a switch for long notes and another for short ones."""
    short = "  short: {group: all, plays: sustain, when: {length_ms: [null, 150]}, on: [{keyswitch: 2}]}\n"
    known = read_map(COMBINED + short)
    assert resolve(asked, known, VOCABULARY, {"short"}).state == ("short",)
    assert resolve(asked, known, VOCABULARY, ()).state == ("sustain",)


def test_what_the_instrument_lacks_altogether_keeps_nothing_else_from_being_played() -> None:
    found = resolve(("pizzicato", "con_sordino"), read_map(COMBINED), VOCABULARY)
    assert (found.state, found.rung) == (("Long CS",), Rung.DEFAULT)
    assert found.why == "pizzicato is not there, nor anything near"
