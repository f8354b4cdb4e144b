"""Character: a technique that sounds against its name is a fault or a hint, and a true map has neither."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyed_host import MAP

from composer_daw.calibration import Finding, Verification
from composer_daw.techniques.vocabulary import load_vocabulary

Listen = Callable[..., Verification]

BOWED = ["sustain", "pizzicato", "tremolo"]


def keys(**other: int) -> str:
    """Return the map with other keys for some techniques."""
    own = {"sustain": 24, "staccato": 25, "pizzicato": 26, "tremolo": 27}
    text = MAP
    for name, key in other.items():
        old = f"{name}: {{group: articulation, on: [{{keyswitch: {own[name]}}}]"
        assert text.count(old) == 1
        text = text.replace(old, old.replace(str(own[name]), str(key)))
    return text


def unlike(found: Verification) -> list[Finding]:
    return [one for one in found.findings if one.check == "unlike"]


def test_two_that_were_exchanged_are_one_fault_that_names_both(listen: Listen) -> None:
    found = listen(keys(pizzicato=27, tremolo=26), BOWED)
    (fault,) = unlike(found)
    assert found.faults == (fault,)
    assert (fault.technique, fault.also) == ("pizzicato", "tremolo")
    assert str(fault) == (
        "pizzicato: unlike: goes on as long as its key is held, and tremolo dies away; "
        "they seem to be exchanged"
    )


def test_so_it_is_with_the_default(listen: Listen) -> None:
    found = listen(keys(pizzicato=24, sustain=26), BOWED)
    (fault,) = [one for one in unlike(found) if not one.is_hint]
    assert (fault.technique, fault.also) == ("pizzicato", "sustain")


def test_a_plucked_note_that_goes_on(listen: Listen) -> None:
    (fault,) = listen(only=BOWED, plucked=frozenset()).faults
    assert str(fault) == "pizzicato: unlike: goes on as long as its key is held"


def test_a_bowed_note_that_dies_away(listen: Listen) -> None:
    (fault,) = listen(only=BOWED, plucked=frozenset({26, 27})).faults
    assert str(fault) == "tremolo: unlike: dies away while its key is held, where sustain goes on"


def test_nothing_goes_on_where_the_default_dies_away(listen: Listen) -> None:
    assert unlike(listen(only=BOWED, plucked=frozenset({24, 26, 27}))) == []


def test_a_tremolo_that_does_not_tremble_is_a_hint_and_what_does_is_named(listen: Listen) -> None:
    found = listen(only=["sustain", "staccato", "tremolo"], trembling=25)
    (hint,) = unlike(found)
    assert (hint.technique, hint.also, hint.is_hint) == ("tremolo", "staccato", True)
    assert "does not tremble: its level swings by 0." in hint.problem


def test_a_staccato_that_no_one_shortens_is_a_hint(listen: Listen) -> None:
    uncut = MAP.replace(", note: {length: 0.5}", "")
    (hint,) = unlike(listen(uncut, ["sustain", "staccato"]))
    assert (hint.technique, hint.is_hint) == ("staccato", True)
    assert hint.problem.startswith("lasts as long as sustain")
    assert unlike(listen(only=["sustain", "staccato"])) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [("sul_tasto", "is brighter than "), ("con_sordino", "is brighter than "), ("sul_ponticello", "")],
)
def test_colours_are_hints(listen: Listen, name: str, told: str) -> None:
    """Controller 20 takes the upper partials away where the default is asked for, not here."""
    text = MAP.replace("senza_sordino: {group: mute, on: [{cc: 20, value: 0}]}", "SENZA")
    text = text.replace("con_sordino: {group: mute, on: [{cc: 20, value: 127}]}", "CON")
    text = text.replace("SENZA", "senza_sordino: {group: mute, on: [{cc: 20, value: 127}]}")
    text = text.replace("CON", f"{name}: {{group: mute, on: [{{cc: 20, value: 0}}]}}")
    found = [one for one in unlike(listen(text, [name])) if one.technique == name]
    assert [one.is_hint for one in found] == [True] * bool(told)
    assert all(one.problem.startswith(told) and one.also == "senza_sordino" for one in found)


def test_what_promises_both_promises_nothing_of_its_length(listen: Listen) -> None:
    text = MAP.replace("pizzicato: {group", "plucked: {plays: pizzicato+tremolo, group")
    assert unlike(listen(text, ["sustain", "plucked"], plucked=frozenset())) != []  # the tremolo of it
    assert all(one.is_hint for one in unlike(listen(text, ["sustain", "plucked"], plucked=frozenset())))


def test_the_vocabulary_promises_one_length_at_most() -> None:
    for term in load_vocabulary().techniques.values():
        assert len({"dies_away", "goes_on", "short"} & set(term.sound)) <= 1
        assert len({"darker", "brighter", "softer_or_darker"} & set(term.sound)) <= 1
