"""Techniques: tell playing techniques apart by nearest centroid, and say how well that works.

Vectors are rows (notes x features, from `measure.features.vector`), labels are strings, one per row. Balanced
accuracy is the mean of the recalls of the classes, so that frequent classes count no more than rare ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from composer_daw.errors import InputError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Centroids:
    """A fitted classifier (read-only arrays): `whitening` takes a vector to where distances count equally.

    `centres` (classes x features) are the whitened means of the classes, in the order of `labels`.
    """

    labels: tuple[str, ...]
    centres: Array
    whitening: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.centres.setflags(write=False)
        self.whitening.setflags(write=False)


def fit(vectors: Array, labels: Sequence[str], shrinkage: float = 1.0, between: float = 0.1) -> Centroids:
    """Return the centroids of the classes in standardised features.

    Each feature is divided by its standard deviation within the classes (all counting the same), to whose
    square `between` of the variance between the classes is added: a synthetic instrument may hardly vary in
    a feature, and a player's slightest variation must not decide everything. With `shrinkage` below 1 the
    correlations between features count too, by that much less than observed: linear discriminant analysis
    with a shrunk covariance (J. Friedman, JASA 84 (1989) 165-175). Raises InputError when there are not two
    classes, or vectors and labels do not match.
    """
    rows, names = _checked(vectors, labels)
    classes = tuple(sorted(set(names.tolist())))
    if len(classes) < 2:
        raise InputError(f"a classifier needs two techniques or more, not {list(classes)}")
    means = np.array([rows[names == name].mean(axis=0) for name in classes])
    residues = [rows[names == name] - mean for name, mean in zip(classes, means, strict=True)]
    covariance = np.mean([residue.T @ residue / len(residue) for residue in residues], axis=0)
    covariance += np.diag(between * means.var(axis=0))
    whitening = _whitening(covariance, shrinkage)
    return Centroids(classes, means @ whitening, whitening)


def predict(centroids: Centroids, vectors: Array) -> list[str]:
    """Return the label of the nearest centroid for each row."""
    white = np.atleast_2d(vectors) @ centroids.whitening
    distances = np.square(white[:, None, :] - centroids.centres[None, :, :]).sum(axis=2)
    return [centroids.labels[index] for index in np.argmin(distances, axis=1)]


def recalls(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Return for each class in `truth` the share of its notes that were recognised (0 to 1)."""
    true, guess = _pair(truth, predicted)
    return {name: float(np.mean(guess[true == name] == name)) for name in sorted(set(true.tolist()))}


def balanced_accuracy(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Return the mean of the recalls (0 to 1)."""
    return float(np.mean(list(recalls(truth, predicted).values())))


def confusion(truth: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return how often each label (row) was taken for each label (column); labels not listed are left out."""
    true, guess = _pair(truth, predicted)
    order = np.array(labels)
    counts = (true[:, None] == order).astype(np.int64).T @ (guess[:, None] == order).astype(np.int64)
    return np.asarray(counts, dtype=np.int64)


def bootstrap_interval(
    truth: Sequence[str],
    predicted: Sequence[str],
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = 2000,
    groups: Sequence[str] | None = None,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the balanced accuracy.

    Notes are drawn with replacement within each class, so none dies out; with `groups` (the file or player
    of each note) whole groups are drawn, for notes of one recording are no independent witnesses. Source:
    B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    true, guess = _pair(truth, predicted)
    clusters = np.arange(len(true)).astype(str) if groups is None else np.asarray(groups, dtype=str)
    means = [
        _drawn_recalls(true == name, guess == name, clusters, rng, draws)
        for name in sorted(set(true.tolist()))
    ]
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(np.mean(means, axis=0), [tail, 1.0 - tail])
    return float(low), float(high)


def _drawn_recalls(
    of_class: npt.NDArray[np.bool_],
    taken: npt.NDArray[np.bool_],
    clusters: npt.NDArray[np.str_],
    rng: np.random.Generator,
    draws: int,
) -> Array:
    """Return the recall of one class in each of `draws` resamples of its clusters."""
    _, index = np.unique(clusters[of_class], return_inverse=True)
    hits = np.bincount(index, weights=taken[of_class])
    sizes = np.bincount(index)
    chosen = rng.integers(0, len(sizes), size=(draws, len(sizes)))
    return np.asarray(hits[chosen].sum(axis=1) / sizes[chosen].sum(axis=1))


def _whitening(covariance: Array, shrinkage: float) -> Array:
    """Return W with W W^T the inverse of the covariance whose correlations are shrunk towards none."""
    spread = np.sqrt(np.diag(covariance))
    spread = np.where(spread > 1e-9, spread, 1.0)  # a feature that never varies tells nothing either way
    correlation = (1.0 - shrinkage) * covariance / np.outer(spread, spread)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(np.linalg.cholesky(np.linalg.inv(correlation)) / spread[:, None])


def _checked(vectors: Array, labels: Sequence[str]) -> tuple[Array, npt.NDArray[np.str_]]:
    rows, names = np.asarray(vectors, dtype=np.float64), np.asarray(labels, dtype=str)
    if rows.ndim != 2 or len(rows) != len(names) or not np.isfinite(rows).all():
        raise InputError(
            f"need finite vectors, notes x features, a label each: {rows.shape}, {len(names)} labels"
        )
    return rows, names


def _pair(
    truth: Sequence[str], predicted: Sequence[str]
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_]]:
    true, guess = np.asarray(truth, dtype=str), np.asarray(predicted, dtype=str)
    if len(true) != len(guess) or not len(true):
        raise InputError(f"need one prediction for each label: {len(true)} labels, {len(guess)} predictions")
    return true, guess
