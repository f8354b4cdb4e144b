"""Rubato by rule: arches and ritard against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from composer_daw.humanizer.phrases import Phrases
from composer_daw.humanizer.rubato.baseline import Arch, RubatoRules, arch_at, final_ritard, ruled_curves


def test_an_arch_by_hand() -> None:
    longer, level_db = arch_at(np.array([0.0, 0.15, 0.3, 0.65, 1.0]), Arch(k=1.5, turn=0.3, amp=2.0))
    np.testing.assert_allclose(longer, [0.15, 0.0375, 0.0, 0.075, 0.3])
    np.testing.assert_allclose(level_db, [-1.5, -0.375, 0.0, -0.75, -3.0])


def test_a_ritard_by_hand() -> None:
    rules = RubatoRules(ritard=0.4, ritard_beats=8.0)
    got = final_ritard(np.array([0.0, 4.0, 8.0, 12.0]), rules)
    end = 1 / 2.2
    half = (1 + (end**3 - 1) * 0.5) ** (1 / 3)
    np.testing.assert_allclose(got, [0.0, 0.0, -np.log(half), -np.log(end)], atol=1e-12)


def test_curves_add_up_and_a_level_that_is_not_there_is_passed_over() -> None:
    phrases = Phrases((np.array([0.0, 8.0]),), 16.0)
    beats = np.arange(16.0)
    rules = RubatoRules(arches=(Arch(k=1.0, level=0, turn=0.5), Arch(level=3)), ritard=0)
    log_period, level_db = ruled_curves(beats, phrases, rules)
    np.testing.assert_allclose(log_period[:8], log_period[8:])
    np.testing.assert_allclose(log_period[[0, 4]], [np.log(1.1), 0.0])
    assert level_db[0] == pytest.approx(-0.5 * 4)
    assert final_ritard(np.array([3.0]), RubatoRules()).tolist() == [0.0]
    with pytest.raises(ValidationError):
        Arch(turn=1.0)
