"""From what a plugin shows of a parameter back to its value."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import HostError
from composer_daw.hosts.plugin_text import STEPS, value_of_text

WAVES = ("Sine", "Saw Up", "Square")


def waves(value: float) -> str:
    return WAVES[min(2, int(value * 3))]


def hertz(value: float) -> str:
    return f"{20 * 1000**value:.2f} Hz"


def decibels(value: float) -> str:
    return f"{20 * math.log10(value):.1f} dB" if value else "-inf dB"


def falling(value: float) -> str:
    return f"{100 - 200 * value:.3f} %"


def test_a_word_is_the_middle_of_where_it_is_shown() -> None:
    for text, value in (("Sine", 1 / 6), ("  saw  UP ", 1 / 2), ("SQUARE", 5 / 6)):
        found = value_of_text(text, waves, "Wave")
        assert found == pytest.approx(value, abs=1 / STEPS)
        assert waves(found).lower() == " ".join(text.lower().split())


@given(st.floats(20.0, 20_000.0))
def test_a_number_between_two_steps_is_found_to_the_last_digit_that_is_shown(goal: float) -> None:
    assert float(hertz(value_of_text(f"{goal:.2f}", hertz, "Cutoff")).split()[0]) == pytest.approx(
        round(goal, 2), abs=0.011
    )


@given(st.floats(-100.0, 100.0))
def test_a_number_that_falls_is_found_too(goal: float) -> None:
    shown = falling(value_of_text(f"{goal:.3f} %", falling, "Pan"))
    assert float(shown.split()[0]) == pytest.approx(goal, abs=0.0011)


@pytest.mark.parametrize("text", ["440", "440 Hz", "440.00 hz", "4.4e2", "+440"])
def test_a_number_counts_whatever_stands_behind_it(text: str) -> None:
    assert hertz(value_of_text(text, hertz, "Cutoff")) == "440.00 Hz"


def test_what_is_shown_in_words_at_one_end_does_not_hide_the_numbers() -> None:
    assert decibels(value_of_text("-6.0", decibels, "Level")) == "-6.0 dB"
    assert value_of_text("-inf dB", decibels, "Level") == 0.0


@pytest.mark.parametrize(
    ("text", "shows", "says"),
    [
        ("Sin", waves, r"^X: never shows 'Sin' \(did you mean 'Sine'\?\); it shows Sine, Saw Up, Square$"),
        ("Noise", waves, "^X: never shows 'Noise'; it shows Sine, Saw Up, Square$"),
        ("30000", hertz, "^X: never shows '30000'; it shows 20.00 Hz to 20000.00 Hz$"),
        ("19.9", hertz, "^X: never shows '19.9'; it shows 20.00 Hz to 20000.00 Hz$"),
        ("loud", decibels, "^X: never shows 'loud'; it shows -inf dB to 0.0 dB$"),
        ("5", lambda value: "", "^X: never shows '5'; it shows "),
    ],
)
def test_what_is_never_shown_is_refused_with_what_there_is(
    text: str, shows: Callable[[float], str], says: str
) -> None:
    with pytest.raises(HostError, match=says):
        value_of_text(text, shows, "X")
