"""Looks of techniques: stable, distinct, and told apart by colour-blind readers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.pages.colours import HUES, KNOWN, MARKINGS, look_of

# Machado, Oliveira and Fernandes (2009), full protanopia and deuteranopia, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "deuteranopia": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}


def lab(colour: str, vision: str) -> np.ndarray:
    """Return CIE L*a*b* (D65) of #rrggbb as a reader with this vision sees it."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISION[vision] @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ seen / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
def test_hues_are_told_apart(vision: str) -> None:
    distances = {
        (a, b): float(np.linalg.norm(lab(a, vision) - lab(b, vision))) for a, b in combinations(HUES, 2)
    }
    assert min(distances.values()) > 10, min(distances, key=distances.__getitem__)


def test_known_techniques_have_looks_of_their_own() -> None:
    looks = [(look_of(name).colour, look_of(name).marking) for name in KNOWN]
    assert len(set(looks)) == len(KNOWN) == len(HUES) * len(MARKINGS)


def test_look_rests_on_the_name_alone() -> None:
    assert look_of("Con sordino") == look_of("con_sordino") == look_of("con-sordino")
    assert look_of("détaché").short == "dét."
    one, other = look_of("own_technique"), look_of("Own-Technique")
    assert (one.colour, one.marking) == (other.colour, other.marking) == ("#cc79a7", one.marking)


def test_addons_keep_the_look_of_the_base() -> None:
    look = look_of("tremolo + con_sordino")
    assert (look.colour, look.short) == (look_of("tremolo").colour, "trem. + con sord.")


@given(st.text())
def test_any_name_has_a_look(name: str) -> None:
    look = look_of(name)
    assert look.colour in HUES and look.marking in MARKINGS
