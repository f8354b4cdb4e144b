"""Fit the surfaces of a profile to MIDI files that people have labelled with emotions.

A robust fit over the labels gives the values at the anchors. Labelled files differ as compositions, not only
in how they are played: what is fitted is both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from composer_daw.documents import parse_document
from composer_daw.errors import InputError
from composer_daw.humanizer.emotion import EmotionProfile, load_profile
from composer_daw.humanizer.emotion_corpus import MEASURED, Labelled, measure
from composer_daw.humanizer.expression import ANCHORS, FIGURES, NEUTRAL, Axis, Figure
from composer_daw.humanizer.lines import lines_of
from composer_daw.midi import load_midi
from composer_daw.performance import Floats

FEWEST_FILES = 8
DRAWS, SURE = 300, (2.5, 97.5)
"""Bootstrap samples, and the percentiles between which an effect is taken to lie."""

Bounds = tuple[float, float]


@dataclass(frozen=True)
class FittedFigure:
    """What the files say of one figure."""

    at: tuple[float, ...]
    """At the anchors, against neutral; of articulation: as it is."""
    valence: Bounds
    """The effect of valence from 0 to 1 lies between these; of tempo, as a logarithm."""
    arousal: Bounds
    taken: bool
    """Whether it went into the profile: where its main effect can be told, and no order of words breaks."""


@dataclass(frozen=True)
class Fit:
    """A fitted profile as YAML text, with what the files said and what they could not say."""

    text: str
    files: int
    figures: dict[str, FittedFigure]
    remarks: tuple[str, ...]


def fit_profile(
    files: Sequence[Labelled],
    base: str | Path,
    seed: int = 0,
    advance: Callable[[str, bool], None] = lambda name, failed: None,
) -> Fit:
    """Fit the figures that MIDI can tell, and put them into the profile at `base`; all else of it stays.

    A figure is taken where the axis that moves it most in `base` has an effect that the files can tell.
    Raises InputError where fewer than 8 files can be read, or they leave a part of the square empty.
    """
    old, text = load_profile(base), Path(base).read_text(encoding="utf-8-sig")
    points, rows, remarks = _measured(files, advance)
    if len(points) < FEWEST_FILES:
        raise InputError(f"labelled files that can be read: {len(points)}; a fit needs {FEWEST_FILES}")
    design, curved = _design(points)
    figures = {}
    for column, name in enumerate(MEASURED):
        if np.ptp(rows[:, column]) < 1e-6:
            remarks.append(f"{name}: the same in all files; kept as it was")
            continue
        _, of_valence, of_arousal, *_ = old.figures[name].coefficients
        main: Axis = "valence" if abs(of_valence) > abs(of_arousal) else "arousal"
        figures[name] = _fitted(name, main, design, rows[:, column], seed)
        remarks += _untold(name, main, figures[name])
    if not curved:
        remarks.append("neutral: no label lies between the corners; the middle of the four is taken for it")
    remarks.append("labels are of whole pieces: what was composed and how it was played are not told apart")
    remarks += _left_in_order(old, figures)
    text = _written(text, figures, f"fitted to {len(points)} labelled MIDI files")
    parse_document(text, EmotionProfile, f"{base} as fitted")
    return Fit(text, len(points), figures, tuple(remarks))


def _measured(
    files: Sequence[Labelled], advance: Callable[[str, bool], None]
) -> tuple[Floats, Floats, list[str]]:
    """Return points and measurements of the files that can be read, and what was said of the others."""
    points, rows, problems = [], [], []
    for path, point in files:
        try:
            rows.append(measure(lines_of(load_midi(path))))
            points.append(point)
        except InputError as error:
            problems.append(str(error) if str(path) in str(error) else f"{path}: {error}")
        advance(path.name, bool(problems and str(path) in problems[-1]))
    remarks = (
        [f"left out: {len(problems)} of {len(files)} files; the first: {problems[0]}"] if problems else []
    )
    return np.array(points, float).reshape(-1, 2), np.array(rows), remarks


def _design(points: Floats) -> tuple[Floats, bool]:
    """Return the terms of the surface at points, and whether the square of arousal is among them."""
    valence, arousal = points.T
    plane = np.column_stack([np.ones(len(points)), valence, arousal, valence * arousal])
    if np.linalg.matrix_rank(plane) < plane.shape[1]:
        raise InputError("the labels leave a part of the square empty; give files of all four quadrants")
    whole = np.column_stack([plane, arousal**2])
    return (whole, True) if np.linalg.matrix_rank(whole) == whole.shape[1] else (plane, False)


def _fitted(name: str, main: Axis, design: Floats, values: Floats, seed: int) -> FittedFigure:
    anchors = np.array([(1, v, a, v * a, a * a) for v, a in ANCHORS.values()])[:, : design.shape[1]]
    at = np.asarray(anchors @ _robust(design, values))
    if name == "articulation":
        low, high = FIGURES[name].lowest, FIGURES[name].highest
        at[NEUTRAL] = np.clip(at[NEUTRAL], low, high)
    else:
        at = at - at[NEUTRAL]
    at = np.exp(at) if name == "tempo_factor" else at
    rng = np.random.default_rng(seed)
    drawn = [_resampled(design, values, rng) for _ in range(DRAWS)]
    bounds = np.percentile(drawn, SURE, axis=0)[:, 1:3].T
    valence, arousal = ((float(low), float(high)) for low, high in bounds)
    low, high = valence if main == "valence" else arousal
    values_at = tuple(round(float(value), 3) for value in at)
    return FittedFigure(values_at, valence, arousal, taken=not low <= 0 <= high)


def _resampled(design: Floats, values: Floats, rng: np.random.Generator) -> Floats:
    """Return the fit to as many files drawn with replacement; where a quadrant is missed, drawn again."""
    for _ in range(100):
        rows = rng.integers(0, len(values), len(values))
        if np.linalg.matrix_rank(design[rows]) == design.shape[1]:
            return _robust(design[rows], values[rows])
    return _robust(design, values)


def _robust(design: Floats, values: Floats) -> Floats:
    """Return coefficients by Huber's weights (1.345 deviations), reweighted ten times."""
    weights = np.ones(len(values))
    coefficients: Floats = np.zeros(design.shape[1])
    for _ in range(10):
        root = np.sqrt(weights)[:, None]
        solved = np.linalg.lstsq(design * root, values * root[:, 0], rcond=None)
        coefficients = np.asarray(solved[0], float)
        away = np.abs(values - design @ coefficients)
        deviation = max(1.4826 * float(np.median(away)), 1e-9)
        weights = np.minimum(1.0, 1.345 * deviation / np.maximum(away, 1e-12))
    return coefficients


def _untold(name: str, main: Axis, figure: FittedFigure) -> list[str]:
    remarks = []
    for axis, (low, high) in (("valence", figure.valence), ("arousal", figure.arousal)):
        if low <= 0 <= high:
            kept = "; kept as it was, for nothing moves it more" if axis == main else ""
            remarks.append(f"{name}: the effect of {axis} cannot be told ({low:.2g}..{high:.2g}){kept}")
    return remarks


def _left_in_order(old: EmotionProfile, figures: dict[str, FittedFigure]) -> list[str]:
    """Take back the figures under which an order of words would not hold, and say so."""
    taken = {
        name: Figure.model_construct(**(old.figures[name].model_dump() | {"at": one.at}))
        for name, one in figures.items()
        if one.taken
    }
    broken = {one.figure: one.problem for one in old.broken_orders(taken)}
    for name in broken:
        figures[name] = replace(figures[name], taken=False)
    return [f"{name}: kept as it was, for an order would break: {what}" for name, what in broken.items()]


def _written(text: str, figures: dict[str, FittedFigure], source: str) -> str:
    """Return the profile with the figures that were taken; every other character stays as it is."""
    whole: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    changes: list[tuple[int, int, str]] = []
    for name, figure in figures.items():
        if figure.taken:
            entry = _below(_below(whole, "figures"), name)
            at = zip(_below(entry, "at").value, figure.at, strict=True)
            changes += [(node.start_mark.index, node.end_mark.index, f"{value:g}") for node, value in at]
            named = _below(entry, "source")
            changes.append((named.start_mark.index, named.end_mark.index, "fitted"))
    if changes:
        changes.append(_source(_below(whole, "sources"), source))
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _source(sources: Any, source: str) -> tuple[int, int, str]:
    """Return the change that names the source `fitted`, anew or again."""
    for key, value in sources.value:
        if key.value == "fitted":
            return value.start_mark.index, value.end_mark.index, f'"{source}"'
    first = sources.value[0][0].start_mark
    end = ", " if sources.flow_style else "\n" + " " * first.column
    return first.index, first.index, f'fitted: "{source}"{end}'


def _below(node: Any, name: str) -> Any:
    return next(value for key, value in node.value if key.value == name)
