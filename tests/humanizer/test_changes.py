"""Changes add up and scale."""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.changes import Changes


def test_what_is_not_named_is_nothing() -> None:
    one = Changes.of(2, level_db=np.array([1.0, 2.0]))
    assert one.level_db.tolist() == [1, 2]
    assert not one.duration_ms.any() and not one.lead_ms.any()
    assert not Changes.none(3).gap_ms.any() and len(Changes.none(3).gap_ms) == 3


def test_they_add_up_and_scale() -> None:
    one = Changes.of(2, level_db=np.array([1.0, 2.0]), shift_ms=np.array([3.0, 0.0]))
    total = Changes.total([one, one.scaled(0.5)], 2)
    assert total.level_db.tolist() == [1.5, 3.0]
    assert total.shift_ms.tolist() == [4.5, 0.0]
    assert not one.scaled(0).level_db.any()


def test_the_total_of_none_is_none() -> None:
    assert Changes.total([], 4).level_db.tolist() == [0.0] * 4
