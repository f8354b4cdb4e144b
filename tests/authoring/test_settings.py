"""Parameters as a command line gives them."""

from __future__ import annotations

import pytest

from composer_daw.authoring.settings import read_settings
from composer_daw.errors import InputError


def test_numbers_are_values_and_all_else_is_what_the_plugin_shows() -> None:
    given = [
        "Cutoff=0.3",
        " Waveform = saw ",
        'Octave="2"',
        "Mode='0.5'",
        "#7=1",
        "Ratio=1:2=x",
        "Rate=440 Hz",
    ]
    assert read_settings(given) == {
        "Cutoff": 0.3,
        "Waveform": "saw",
        "Octave": "2",
        "Mode": "0.5",
        "#7": 1.0,
        "Ratio": "1:2=x",
        "Rate": "440 Hz",
    }


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (["Cutoff"], "write 'NAME=VALUE'"),
        (["=0.3"], "write 'NAME=VALUE'"),
        (["Cutoff="], "write 'NAME=VALUE'"),
        (["Cutoff=3"], "3 is outside 0..1; what the plugin shows stands in quotes: 'Cutoff=\"3\"'"),
        (["Cutoff=nan"], "nan is outside 0..1"),
        (["Cutoff=0.3", "Cutoff=0.4"], "Cutoff is set twice"),
    ],
)
def test_what_cannot_be_meant(given: list[str], problem: str) -> None:
    with pytest.raises(InputError, match=problem.replace("(", r"\(")):
        read_settings(given)
