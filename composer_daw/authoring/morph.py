"""From one preset to another of the same plugin, in steps: every parameter on the way between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from composer_daw.authoring.choices import choices_of
from composer_daw.authoring.restore import Patch, load_patch, values_at
from composer_daw.authoring.vary import Made, write_all
from composer_daw.errors import InputError
from composer_daw.plugins.binary import plugin_digest

SAME = 1e-6


def morph_presets(
    first: str | Path,
    last: str | Path,
    output: Path,
    steps: int,
    *,
    any_version: bool = False,
    force: bool = False,
    done: Callable[[Made], None] = lambda made: None,
) -> list[Made]:
    """Write `steps` presets into a folder, from the sound of one preset to that of another, both included.

    Parameters move in a straight line. What cannot lie between the two switches in the middle: choices (see
    `choices_of`), and what a state holds beside parameters. Raises InputError for presets of two plugins.
    """
    one, other = load_patch(first, any_version), load_patch(last, any_version)
    if plugin_digest(one.sound.path) != plugin_digest(other.sound.path):
        raise InputError(
            f"{first} and {last}: are presets of two plugins, {one.sound.path.name} and "
            f"{other.sound.path.name}; morph between presets of one"
        )
    ends, choices = (values_at(one), values_at(other)), choices_of(one)
    stem = f"{one.instrument.path.stem}-{other.instrument.path.stem}"
    jobs = []
    for number in range(steps):
        place = number / (steps - 1)
        name = f"{one.instrument.preset.instrument} to {other.instrument.preset.instrument} {number + 1:02d}"
        path = output / f"{stem}-{number + 1:02d}.yaml"
        jobs.append((path, name, settings_between(*ends, place, choices)))

    def base(number: int) -> Patch:
        return one if number / (steps - 1) < 0.5 else other

    return write_all(base, jobs, force, done)


def settings_between(
    first: Mapping[str, float], last: Mapping[str, float], place: float, choices: frozenset[str]
) -> dict[str, float]:
    """Return what must be set at a place from 0 (`first`) to 1 (`last`), on the end that is nearer.

    In the middle that is the last one.
    """
    near = first if place < 0.5 else last
    settings = {}
    for name in first.keys() & last.keys() - choices:
        value = (1.0 - place) * first[name] + place * last[name]
        if abs(value - near[name]) > SAME:
            settings[name] = value
    return dict(sorted(settings.items(), key=lambda item: list(near).index(item[0])))
