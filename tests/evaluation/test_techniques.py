import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_daw.errors import InputError
from composer_daw.evaluation.techniques import (
    balanced_accuracy,
    bootstrap_interval,
    confusion,
    fit,
    predict,
    recalls,
)


def clouds(seed: int = 0, distance: float = 6.0) -> tuple[np.ndarray, list[str]]:
    """Three classes, 40, 20 and 10 notes, apart along an axis whose scale is a thousandth of the noise's."""
    rng = np.random.default_rng(seed)
    labels = ["arco"] * 40 + ["pizzicato"] * 20 + ["tremolo"] * 10
    place = np.repeat([0.0, distance, 2.0 * distance], [40, 20, 10])
    return np.stack([0.001 * (rng.standard_normal(70) + place), rng.standard_normal(70)], axis=1), labels


def test_separate_classes_are_told_apart_whatever_their_scale() -> None:
    vectors, labels = clouds()
    new, truth = clouds(seed=1)
    assert balanced_accuracy(truth, predict(fit(vectors, labels), new)) > 0.97


def test_classes_that_are_one_are_not_told_apart() -> None:
    vectors, labels = clouds(distance=0.0)
    new, truth = clouds(seed=1, distance=0.0)
    assert 0.15 < balanced_accuracy(truth, predict(fit(vectors, labels), new)) < 0.55


def test_correlated_features_need_less_shrinkage() -> None:
    rng = np.random.default_rng(0)
    shared = 5.0 * rng.standard_normal(400)
    labels = ["a"] * 200 + ["b"] * 200
    offset = np.repeat([0.0, 3.0], 200)
    vectors = np.stack([shared + offset, shared + 0.3 * rng.standard_normal(400)], axis=1)
    accuracies = [balanced_accuracy(labels, predict(fit(vectors, labels, s), vectors)) for s in (1.0, 0.01)]
    assert accuracies[0] < 0.8 < 0.95 < accuracies[1]


def test_a_constant_feature_does_no_harm() -> None:
    vectors, labels = clouds()
    padded = np.concatenate([vectors, np.full((70, 1), 7.0)], axis=1)
    assert predict(fit(padded, labels), padded) == predict(fit(vectors, labels), vectors)
    assert predict(fit(padded, labels, 0.3), padded) == predict(fit(vectors, labels, 0.3), vectors)


@settings(deadline=None, max_examples=20)
@given(scale=st.floats(1e-3, 1e3), shift=st.floats(-100.0, 100.0))
def test_units_do_not_matter(scale: float, shift: float) -> None:
    vectors, labels = clouds()
    vectors[:, 0] *= 1000.0
    moved = vectors * [scale, 1.0] + [shift, 0.0]
    assert predict(fit(moved, labels), moved) == predict(fit(vectors, labels), vectors)


def test_the_figures_of_a_worked_example() -> None:
    truth = ["a", "a", "a", "a", "b", "b", "c"]
    guess = ["a", "a", "a", "b", "b", "c", "c"]
    assert recalls(truth, guess) == {"a": 0.75, "b": 0.5, "c": 1.0}
    assert balanced_accuracy(truth, guess) == pytest.approx(0.75)
    assert confusion(truth, guess, ["a", "b", "c"]).tolist() == [[3, 1, 0], [0, 1, 1], [0, 0, 1]]


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(200):
        truth = np.repeat(["a", "b"], 100)
        right = rng.random(200) < np.repeat([0.9, 0.7], 100)
        guess = np.where(right, truth, "c")
        low, high = bootstrap_interval(truth.tolist(), guess.tolist(), rng, draws=300)
        covered += low <= 0.8 <= high
    assert 0.89 <= covered / 200 <= 0.985


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    truth, guess = ["a"] * 20 + ["b"] * 20, ["a"] * 15 + ["b"] * 25
    first, second = (bootstrap_interval(truth, guess, np.random.default_rng(7)) for _ in range(2))
    assert first == second
    assert first[0] < balanced_accuracy(truth, guess) < first[1]


def test_notes_of_one_file_widen_the_interval() -> None:
    truth = ["a"] * 40 + ["b"] * 40
    guess = (["a"] * 10 + ["b"] * 10) * 2 + (["b"] * 10 + ["a"] * 10) * 2
    files = [str(index // 10) for index in range(80)]
    alone = bootstrap_interval(truth, guess, np.random.default_rng(0))
    by_file = bootstrap_interval(truth, guess, np.random.default_rng(0), groups=files)
    assert by_file[1] - by_file[0] > 2.0 * (alone[1] - alone[0])


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(InputError, match="two techniques"):
        fit(np.zeros((3, 2)), ["a"] * 3)
    with pytest.raises(InputError, match="2 labels"):
        fit(np.zeros((3, 2)), ["a", "b"])
    with pytest.raises(InputError, match="finite"):
        fit(np.full((2, 2), np.nan), ["a", "b"])
    with pytest.raises(InputError):
        balanced_accuracy(["a"], [])


def test_the_classifier_is_frozen() -> None:
    centroids = fit(*clouds())
    with pytest.raises(ValueError, match="read-only"):
        centroids.centres[0, 0] = 1.0
