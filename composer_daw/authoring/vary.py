"""Many presets out of one: parameters drawn from distributions, each preset by a generator of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from composer_daw.authoring.capture import Kept, Settings, derive
from composer_daw.authoring.choices import choices_of
from composer_daw.authoring.fingerprint import by_name
from composer_daw.authoring.preset_files import check_place
from composer_daw.authoring.restore import Patch, load_patch, parameters_of
from composer_daw.documents import load_document
from composer_daw.errors import ComposerError, InputError, did_you_mean
from composer_daw.hosts.base import Parameter
from composer_daw.rendering import default_workers
from composer_daw.sampling import Constant, Distribution, Normal, Uniform, generator_for

DEVIATION = 0.1
"""How far parameters go from where they are, where nothing is said: the deviation of a bell curve."""


class VarySpec(BaseModel):
    """The schema of a YAML that says how presets vary: a distribution for each parameter named."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    vary: Literal[1]
    parameters: dict[str, Distribution] = Field(min_length=1)


@dataclass(frozen=True)
class Made:
    """A preset that was written, or why it was not."""

    path: Path
    settings: Settings
    kept: Kept | None = None
    error: ComposerError | None = None


def vary_preset(
    name: str | Path,
    output: Path,
    count: int,
    *,
    seed: int = 0,
    spec: Path | None = None,
    any_version: bool = False,
    force: bool = False,
    done: Callable[[Made], None] = lambda made: None,
) -> list[Made]:
    """Write `count` presets into a folder, and return them in order; the same seed, the same bytes.

    Without a spec every parameter but the choices moves a little about its value. A draw that stays silent,
    or that the plugin refuses, costs only itself. Raises InputError for a spec that does not fit the plugin.
    """
    patch = load_patch(name, any_version)
    known = by_name(parameters_of(patch))
    drawn_from = usual_spec(known, choices_of(patch)) if spec is None else read_spec(spec, known)
    stem = patch.instrument.path.stem
    jobs = []
    for number in range(1, count + 1):
        item = f"{stem}-{number:03d}"
        rng = generator_for(seed, item)
        settings = {parameter: one.draw(rng) for parameter, one in drawn_from.items()}
        jobs.append((output / f"{item}.yaml", f"{patch.instrument.preset.instrument} {number:03d}", settings))
    return write_all(patch, jobs, force, done)


def read_spec(path: Path, known: Mapping[str, Parameter]) -> dict[str, Distribution]:
    """Read the distributions of a spec; raise InputError for a parameter or a value that there is not."""
    spec = load_document(path, VarySpec, "a spec of variations (YAML)")
    for name in spec.parameters:
        if name not in known:
            raise InputError(f"{path}: {name}: the plugin has no such parameter{did_you_mean(name, known)}")
    return {name: _bounded(one, f"{path}: {name}") for name, one in spec.parameters.items()}


def usual_spec(known: Mapping[str, Parameter], choices: frozenset[str]) -> dict[str, Distribution]:
    """Return a bell curve about the value of each parameter that is no choice."""
    return {
        name: Normal(mean=min(1.0, max(0.0, one.value)), deviation=DEVIATION, low=0.0, high=1.0)
        for name, one in known.items()
        if name not in choices
    }


def _bounded(one: Distribution, where: str) -> Distribution:
    """Return the distribution with a bell curve cut to 0..1; raise InputError where it lies outside."""
    if isinstance(one, Normal) and 0.0 <= one.mean <= 1.0:
        return one.model_copy(update={"low": max(0.0, one.low), "high": min(1.0, one.high)})
    if isinstance(one, Constant):
        values: tuple[float | str, ...] = (one.value,)
    elif isinstance(one, Uniform):
        values = (one.low, one.high)
    else:
        values = (one.mean,) if isinstance(one, Normal) else one.values
    outside = [value for value in values if isinstance(value, float) and not 0.0 <= value <= 1.0]
    if outside:
        raise InputError(f"{where}: {outside[0]:g} is outside 0..1; a text is what the plugin shows")
    return one


def write_all(
    base: Patch | Callable[[int], Patch],
    jobs: Sequence[tuple[Path, str, Settings]],
    force: bool,
    done: Callable[[Made], None],
) -> list[Made]:
    """Write presets side by side, as many as cores, memory and seats allow: processes of plugins work.

    A job is a place, a name, and the parameters that are set on the base of its number.
    """

    def patch_for(number: int) -> Patch:
        return base if isinstance(base, Patch) else base(number)

    for number, (path, _, _) in enumerate(jobs):
        check_place(path, kind_of(patch_for(number)), False, force)

    def work(number: int) -> Made:
        path, name, settings = jobs[number]
        try:
            made = Made(path, settings, kept=derive(patch_for(number), settings, name, path))
        except ComposerError as error:
            made = Made(path, settings, error=error)
        done(made)
        return made

    preset = patch_for(0).instrument.preset
    at_once = min(default_workers(preset.limits.memory_mb), preset.seats or len(jobs))
    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(work, range(len(jobs))))


def kind_of(patch: Patch) -> str:
    """Return the kind of plugin that a patch is for."""
    return "vst3" if patch.sound.path.suffix == ".vst3" else "vst2"
