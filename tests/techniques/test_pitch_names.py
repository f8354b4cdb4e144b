"""Note names, for every idea of where middle C is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.techniques.pitch_names import MIDDLE_C, name_of, pitch_of


@given(st.integers(0, 127), st.sampled_from(list(MIDDLE_C)))
def test_every_pitch_reads_back(pitch: int, middle_c: str) -> None:
    assert pitch_of(name_of(pitch, middle_c), middle_c) == pitch
    assert pitch_of(str(pitch)) == pitch_of(pitch) == pitch


@pytest.mark.parametrize("middle_c", MIDDLE_C)
def test_middle_c_is_60(middle_c: str) -> None:
    assert pitch_of(middle_c, middle_c) == 60
    assert name_of(60, middle_c) == middle_c


@pytest.mark.parametrize(
    ("name", "pitch"),
    [("A4", 69), ("c-1", 0), ("G9", 127), ("F#2", 42), ("Gb2", 42), ("B♭3", 58), ("d♯3", 51), ("Cb4", 59)],
)
def test_spellings(name: str, pitch: int) -> None:
    assert pitch_of(name) == pitch


@pytest.mark.parametrize("name", ["H4", "C", "C##4", "C4x", "", "C 4", "-1", "C123", 1.5, None, True, ["C4"]])
def test_what_is_no_note(name: object) -> None:
    with pytest.raises(ValueError, match=re.escape("is not a note; write C1, F#2, Bb3 or a number from 0")):
        pitch_of(name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "middle_c", "pitch"),
    [("C9", "C3", 132), ("B-2", "C4", -1), (128, "C4", 128), ("200", "C5", 200)],
)
def test_what_midi_does_not_have(name: str | int, middle_c: str, pitch: int) -> None:
    with pytest.raises(
        ValueError, match=rf"key '{name}' is outside 0\.\.127 \(it is {pitch} where middle C is"
    ):
        pitch_of(name, middle_c)


def test_an_unknown_middle_c() -> None:
    with pytest.raises(ValueError, match="middle_c is C3, C4, C5, not 'C9'"):
        pitch_of("C4", "C9")
