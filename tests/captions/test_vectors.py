"""Captions as vectors: the encoder that ships."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.captions import HashingEncoder
from composer_daw.captions.vectors import features_of

ENCODER = HashingEncoder()


def likeness(one: str, other: str) -> float:
    """Return the cosine between the vectors of two lines."""
    return float(np.dot(ENCODER.encode(one), ENCODER.encode(other)))


def test_the_features_of_a_line() -> None:
    assert features_of("Slow, a slow sea") == {
        ("word", "slow"): 2,
        ("word", "a"): 1,
        ("word", "sea"): 1,
        ("pair", "slow a"): 1,
        ("pair", "a slow"): 1,
        ("pair", "slow sea"): 1,
        ("letters", "^sl"): 2,
        ("letters", "slo"): 2,
        ("letters", "low"): 2,
        ("letters", "ow$"): 2,
        ("letters", "^a$"): 1,
        ("letters", "^se"): 1,
        ("letters", "sea"): 1,
        ("letters", "ea$"): 1,
    }


def test_a_known_vector() -> None:
    """Machines and versions write the same: values from the first run."""
    found = HashingEncoder(8).encode("a lonely cello at dusk, slow and tender")
    assert found == (-0.244796, 0.244796, -0.550791, -0.367194, -0.428393, 0.244796, -0.428393, -0.122398)
    assert HashingEncoder(8).name == "hashing 8"


def test_lines_that_share_words_lie_nearer() -> None:
    near = likeness("a lonely cello at dusk, slow and tender", "a lonely viola at dusk, slow and calm")
    far = likeness("a lonely cello at dusk, slow and tender", "laughing drums running in summer")
    assert near > 0.5 > far + 0.2
    assert likeness("a slow cello", "a slower cello") > likeness("a slow cello", "a bright cello")


def test_the_order_of_words_counts() -> None:
    assert ENCODER.encode("rain then sun") != ENCODER.encode("sun then rain")


@given(st.text(max_size=80))
def test_any_text_has_length_one_or_nothing_at_all(text: str) -> None:
    vector = np.array(ENCODER.encode(text))
    assert len(vector) == 64
    assert (np.abs(vector) <= 1).all()
    if not features_of(text):
        assert not vector.any()
    assert tuple(vector) == ENCODER.encode(text)


@pytest.mark.parametrize("text", ["a lonely cello", "夜の歌", "x"])
def test_lines_with_words_have_length_one(text: str) -> None:
    assert np.linalg.norm(ENCODER.encode(text)) == pytest.approx(1.0, abs=1e-5)
