"""Parameters as they are given on a command line: 'Cutoff=0.3', 'Waveform=saw', 'Octave="2"'."""

from __future__ import annotations

from collections.abc import Iterable

from composer_daw.errors import InputError


def read_settings(given: Iterable[str]) -> dict[str, float | str]:
    """Return parameters by name: a number is a value in 0..1, all else what the plugin shows.

    A number that the plugin shows stands in quotes. Raises InputError for what is no 'NAME=VALUE'.
    """
    settings: dict[str, float | str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or not value:
            raise InputError(f"--set '{one}': write 'NAME=VALUE', such as 'Cutoff=0.3' or 'Waveform=saw'")
        if name in settings:
            raise InputError(f"--set '{one}': {name} is set twice; keep one")
        settings[name] = _value(value, one)
    return settings


def _value(value: str, given: str) -> float | str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    try:
        number = float(value)
    except ValueError:
        return value
    if not 0.0 <= number <= 1.0:
        raise InputError(
            f"--set '{given}': {value} is outside 0..1; what the plugin shows stands in quotes: "
            f"'{given.partition('=')[0]}=\"{value}\"'"
        )
    return number
