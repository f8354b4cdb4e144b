"""The palette names every rule, and every rule keeps to what the palette says of it."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from written_lines import Step, rich, written

from composer_daw.humanizer import rules
from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.palette import PALETTE, ROWS, Row, rule_of
from composer_daw.humanizer.rules.rule import Rule

COLUMNS = [one.name for one in fields(Changes)]
STRAIGHT = set(PALETTE) - {
    "final_ritard",
    "score_legato",
    "score_staccato",
    "harmonic_charge",
    "swing",
    "melody_lead",
}
"""Rules whose changes are k times what they are at k = 1; the others' formulas bend or are cut."""

EDGES = {
    "nothing": lambda: written(),
    "one note": lambda: written([(60, 500)]),
    "one chord": lambda: written([((60, 64, 67), 500)]),
    "two notes": lambda: written([(60, 500), (64, 250)]),
    "a rest first": lambda: written([(None, 4000), (60, 500)]),
    "drums only": lambda: written([(36, 250), (38, 250)] * 8, channels=(9,)),
    "one pitch": lambda: written([(60, 250)] * 20),
    "very long": lambda: written([(60, 1e7), (62, 1e7)]),
    "very fast": lambda: written([(60, 1.0), (62, 1.0)] * 30, bpm=600.0),
    "unusual metres": lambda: written(
        [(60 + step % 7, 300) for step in range(40)], metres=((0, 7, 8), (7, 5, 16))
    ),
}


def changed(row: Row, k: float, lines: Lines, seed: int = 0) -> Changes:
    return row.at(k).draw(lines, np.random.default_rng(seed)).changes(lines)


def columns(changes: Changes) -> list[list[float]]:
    return [getattr(changes, name).tolist() for name in COLUMNS]


def test_every_rule_of_the_package_is_in_the_palette() -> None:
    for module in pkgutil.iter_modules(rules.__path__):
        importlib.import_module(f"{rules.__name__}.{module.name}")
    found, waiting = set(), [Rule]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if "name" in kind.__annotations__:
                found.add(kind)
    assert found == {row.rule for row in ROWS} and len(PALETTE) == len(ROWS)


def test_the_strengths_are_those_of_the_default_palette() -> None:
    assert {name: row.k for name, row in PALETTE.items() if row.k} == {
        "high_loud": 1.0,
        "melodic_charge": 1.0,
        "harmonic_charge": 1.0,
        "duration_contrast": 1.0,
        "duration_contrast_articulation": 1.0,
        "double_duration": 1.0,
        "punctuation": 1.1,
        "phrase_arch": 1.5,
        "final_ritard": 1.0,
    }
    assert PALETTE["punctuation"].at().k == 1.1 and PALETTE["punctuation"].at(0.3).k == 0.3


@pytest.mark.parametrize("name", PALETTE)
def test_a_rule_changes_the_columns_it_names_and_no_others(name: str) -> None:
    row, lines = PALETTE[name], rich()
    changes = changed(row, 1.0, lines)
    assert {column for column in COLUMNS if getattr(changes, column).any()} == set(row.changes)


@pytest.mark.parametrize("name", PALETTE)
def test_strength_0_changes_nothing(name: str) -> None:
    assert not np.any(columns(changed(PALETTE[name], 0.0, rich())))


@pytest.mark.parametrize("name", sorted(STRAIGHT))
def test_changes_grow_with_strength(name: str) -> None:
    lines = rich()
    once, thrice = (columns(changed(PALETTE[name], k, lines)) for k in (1.0, 3.0))
    assert np.allclose(3.0 * np.array(once), thrice)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", PALETTE)
def test_odd_scores_have_finite_changes_and_the_record_makes_them_again(name: str, edge: str) -> None:
    lines = EDGES[edge]()
    rule = PALETTE[name].at(1.0).draw(lines, np.random.default_rng(1))
    changes = rule.changes(lines)
    assert np.isfinite(columns(changes)).all()
    assert all(getattr(changes, column).shape == (len(lines),) for column in COLUMNS)
    again = rule_of(rule.model_dump(mode="json"))
    assert again == rule and columns(again.changes(lines)) == columns(changes)


steps = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 127)), st.integers(1, 3000).map(float)),
    min_size=0,
    max_size=25,
)


@given(st.lists(steps, max_size=4), st.floats(20, 400), st.sampled_from([1.0, -1.0, 4.0]))
def test_any_score_has_finite_changes(parts: list[list[Step]], bpm: float, k: float) -> None:
    lines = written(*parts, bpm=bpm, channels=(0, 1, 9, 1)[: len(parts)])
    for row in ROWS:
        if k > 0 or row.name not in ("score_legato", "score_staccato"):
            assert np.isfinite(columns(changed(row, k, lines))).all(), row.name


def test_a_record_tells_an_unknown_rule_or_setting() -> None:
    with pytest.raises(ValidationError, match="louder"):
        rule_of({"name": "louder", "k": 1.0})
    with pytest.raises(ValidationError, match="strength"):
        rule_of({"name": "high_loud", "strength": 1.0})
    with pytest.raises(ValidationError, match="finite"):
        rule_of({"name": "high_loud", "k": float("nan")})


def test_the_table_says_what_each_rule_does_and_where_it_comes_from() -> None:
    for row in ROWS:
        assert row.does and row.source and "\n" not in row.source + row.does
        assert "Source" in (row.rule.__doc__ or "")
