"""What one map cannot play of another: rungs, chains of fallbacks, combinations, notes."""

from __future__ import annotations

import pytest
from small_instruments import DRUMS, MAP, read_map

from composer_daw.documents import parse_document
from composer_daw.techniques import Rung, Vocabulary
from composer_daw.techniques.compare import Comparison, Played, compare_maps

WORDS = parse_document(
    """\
vocabulary: 1
groups: {articulation: {default: sustain}, mute: {default: senza_sordino}, position: {default: ordinario}}
techniques:
  sustain: {group: articulation}
  legato: {group: articulation, fallback: [sustain]}
  staccato: {group: articulation, fallback: [spiccato, detache]}
  spiccato: {group: articulation, fallback: [martele]}
  martele: {group: articulation, fallback: [staccato]}
  detache: {group: articulation, fallback: [sustain]}
  pizzicato: {group: articulation}
  tremolo: {group: articulation, fallback: [sustain]}
  senza_sordino: {group: mute}
  con_sordino: {group: mute}
  ordinario: {group: position}
  sul_tasto: {group: position}
""",
    Vocabulary,
    "words.yaml",
)
HEAD = "technique_map: 1\ninstrument: B\nrange: [G2, C7]\n"


def compared(second: str, first: str = MAP) -> Comparison:
    return compare_maps(read_map(first), read_map(second), WORDS)


def row(found: Comparison, *asked: str) -> Played:
    (one,) = (one for one in found.techniques if one.asked == asked)
    return one


def test_a_map_can_play_itself() -> None:
    found = compared(MAP)
    assert [one.asked[0] for one in found.techniques] == list(read_map(MAP).playable())
    assert found.lost == found.combinations == ()
    assert found.counts() == {"exact": 6}
    assert (found.lower, found.higher) == (0, 0)
    assert found.pairs == found.pairs_in_all == 3  # con_sordino with legato, staccato and pizzicato


SHORT = f"""\
{HEAD}groups: {{a: {{default: sustain}}}}
techniques: {{sustain: {{group: a}}, detache: {{group: a, on: [{{cc: 1, value: 1}}]}}}}
"""


def test_the_chain_of_fallbacks_that_fires() -> None:
    found = compared(SHORT)
    assert row(found, "staccato").plays == ("detache",)
    assert row(found, "staccato").chain == (("staccato", "detache"),)
    assert row(found, "staccato").rung is Rung.FALLBACK
    assert row(found, "legato").chain == (("legato", "sustain"),)
    assert row(found, "senza_sordino") == Played(("senza_sordino",), (), Rung.EXACT)
    pizzicato = row(found, "pizzicato")
    assert (pizzicato.rung, pizzicato.chain, pizzicato.plays) == (Rung.DEFAULT, (), ())
    assert "pizzicato is not there" in pizzicato.remark
    assert {one.asked for one in found.lost} == {("legato",), ("staccato",), ("pizzicato",), ("con_sordino",)}


def test_a_longer_chain_and_a_fallback_of_the_map_itself() -> None:
    first = MAP.replace("pizzicato:", "spiccato:")
    assert row(compared(SHORT, first), "spiccato").chain == (("spiccato", "martele", "staccato", "detache"),)
    own = SHORT.replace("techniques: {", "techniques: {spiccato: {group: a, fallback: [detache]}, ")
    assert row(compared(own, first), "spiccato").chain == (("spiccato", "detache"),)


def test_a_combination_that_stands_as_such_is_asked_for_as_such() -> None:
    first = HEAD + (
        "groups: {a: {default: sustain}}\ntechniques:\n  sustain: {group: a}\n"
        "  long_cs: {group: a, plays: sustain+con_sordino, on: [{cc: 1, value: 1}]}\n"
    )
    found = compared(MAP, first)
    assert row(found, "sustain", "con_sordino").rung in (Rung.EXACT, Rung.COMBINED)
    assert row(compared(SHORT, first), "sustain", "con_sordino").is_lost


def test_what_is_there_one_by_one_but_not_together() -> None:
    second = HEAD + (
        "groups: {all: {default: sustain}}\ntechniques:\n"
        + "".join(
            f"  {name}: {{group: all, on: [{{cc: 1, value: {number}}}]}}\n"
            for number, name in enumerate(("sustain", "legato", "staccato", "pizzicato", "con_sordino"))
        )
        + "  legato+con_sordino: {group: all, on: [{cc: 1, value: 9}]}\n"
    )
    found = compared(second)
    assert [one.asked for one in found.lost] == [("senza_sordino",)]  # there is nothing that ends con_sordino
    assert [one.asked for one in found.combinations] == [
        ("staccato", "con_sordino"),
        ("pizzicato", "con_sordino"),
    ]
    assert {one.rung for one in found.combinations} == {Rung.PRIORITY}
    assert all(one.remark for one in found.combinations)


def test_a_condition_is_told() -> None:
    second = MAP.replace("pizzicato: {", "pizzicato: {when: {velocity: [1, 90]}, ")
    found = row(compared(second), "pizzicato")
    assert (found.rung, found.remark) == (Rung.EXACT, "pizzicato only if velocity 1..90")


@pytest.mark.parametrize(
    ("ends", "lower", "higher"),
    [("[G2, C7]", 0, 0), ("[A2, B6]", 2, 1), ("[C0, C2]", 0, 54), ("[C8, C9]", 54, 0), ("[0, 127]", 0, 0)],
)
def test_notes_out_of_range(ends: str, lower: int, higher: int) -> None:
    found = compared(MAP.replace("[G2, C7]", ends))
    assert (found.lower, found.higher) == (lower, higher)


def test_drums() -> None:
    second = "technique_map: 1\ninstrument: B\npieces: {snare: {written: [38], hit: 38, ghost: 39}}\n"
    found = {one.asked: one for one in compared(second, DRUMS).techniques}
    assert found[("snare=hit",)].rung is Rung.EXACT
    assert found[("snare=ghost",)].plays == ("snare=ghost",)
    assert found[("snare=rimshot",)].plays == ("snare=hit",)
    assert found[("snare=rimshot",)].is_lost
    assert found[("kick=hit",)] == Played(("kick=hit",), (), Rung.DEFAULT, remark="it has no kick")
