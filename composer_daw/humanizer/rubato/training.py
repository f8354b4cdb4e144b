"""Training of the rubato model in torch: minutes on one core, the same weights for the same seed."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from composer_daw.errors import InputError
from composer_daw.humanizer.rubato.model import CLIP, MODEL, Network, bounded, settings_of, widened
from composer_daw.humanizer.rubato.samples import Sample
from composer_daw.models import Card, Source, save_weights
from composer_daw.performance import Array, Floats

if TYPE_CHECKING:
    import torch

    from composer_daw.humanizer.rubato.net import Member

Progress = Callable[[int, int], None]


class Settings(BaseModel):
    """How the model is trained; see docs for how the defaults were chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: int = 1
    epochs: Annotated[int, Field(ge=0)] = 8
    members: Annotated[int, Field(ge=0)] = 3
    width: Annotated[int, Field(ge=1)] = 32
    dilations: tuple[Annotated[int, Field(ge=1)], ...] = (1, 2, 4)
    neighbours: Annotated[int, Field(ge=0)] = 1
    """How many onsets to each side the line sees."""
    ridge: Annotated[float, Field(gt=0)] = 300.0
    crop: int = 256
    """Onsets of one piece that a step sees."""
    batch: int = 16
    rate: float = 1e-3
    decay: float = 1e-2
    dropout: float = 0.4
    noise: float = 0.3
    """Standard deviations of the noise added to each feature: no two crops are alike."""
    blanked: float = 0.3
    """The share of features that a crop does not see."""


def train(
    samples: Sequence[Sample],
    names: Sequence[str],
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Network:
    """Return the network that these performances teach; `progress` is told (steps done, of how many).

    First the line through the features is solved for, then each member learns what the line leaves over.
    """
    chosen = settings or Settings()
    if not samples:
        raise InputError("rubato: no performance that anything can be learned from; give others")
    together = np.concatenate([sample.rows for sample in samples])
    mean, deviation = together.mean(axis=0), together.std(axis=0) + 1e-6
    inside = [np.clip((sample.rows - mean) / deviation, -CLIP, CLIP) for sample in samples]
    arrays: dict[str, Array] = {"mean": mean, "deviation": deviation}
    arrays |= _line(samples, inside, chosen)
    wide = [widened(rows, chosen.neighbours) for rows in inside]
    left = [
        np.stack([sample.log_period, sample.velocity], 1)
        - (rows @ arrays["line.weight"] + arrays["line.bias"])
        for sample, rows in zip(samples, wide, strict=True)
    ]
    if chosen.members and chosen.epochs:
        arrays |= _members(samples, [bounded(rows) for rows in inside], left, chosen, progress)
    spread = _typical_spread(samples)
    trained = chosen.members if chosen.epochs else 0
    stored = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    network = Network(stored, tuple(names), chosen.dilations, trained, chosen.neighbours, spread, "weights")
    return network.stretched(_size_of(network, samples))


def store(
    network: Network,
    samples: Sequence[Sample],
    settings: Settings,
    command: str,
    source: Source,
    figures: Mapping[str, float | str],
    date: datetime.date,
) -> Path:
    """Put a network into the store of models with its card; return the folder."""
    card = Card(
        name=MODEL,
        purpose="beat period and level of piano performances from the score alone, for composer-daw's rubato",
        data=(source.model_copy(update={"items": len(samples)}),),
        licence=f"as that of the data: {source.licence}",
        command=command,
        date=date,
        seed=settings.seed,
        figures=dict(figures),
        settings={**settings_of(network), "training": settings.model_dump(mode="json")},
    )
    return save_weights(MODEL, network.arrays, card)


def _line(samples: Sequence[Sample], inside: Sequence[Floats], settings: Settings) -> dict[str, Array]:
    """Solve for the line: ridge regression in which each performance counts the same, versions of a piece
    less.
    """
    counts = Counter(sample.aligned.piece for sample in samples)
    solved = []
    for target in ("log_period", "velocity"):
        left, right = 0.0, 0.0
        for sample, rows in zip(samples, inside, strict=True):
            with_one = np.column_stack([widened(rows, settings.neighbours), np.ones(len(rows))])
            weight = getattr(sample, "period_weight" if target == "log_period" else "velocity_weight")
            if weight.sum() > 0:
                share = weight * (100.0 / weight.sum() / np.sqrt(counts[sample.aligned.piece]))
                left = left + (with_one * share[:, None]).T @ with_one
                right = right + (with_one * share[:, None]).T @ getattr(sample, target)
        size = 1 + inside[0].shape[1] * (2 * settings.neighbours + 1)
        penalty = settings.ridge * np.eye(size)
        penalty[-1, -1] = 1e-3
        solved.append(np.linalg.solve(left + penalty, right + np.zeros(size)))
    weights = np.stack(solved, 1)
    return {"line.weight": weights[:-1], "line.bias": weights[-1]}


def _members(
    samples: Sequence[Sample],
    inside: Sequence[Floats],
    left: Sequence[Floats],
    settings: Settings,
    progress: Progress | None,
) -> dict[str, Array]:
    try:
        import torch

        from composer_daw.humanizer.rubato.net import Member
    except ImportError as error:
        raise InputError(
            "training needs torch, which is not here; pip install composer_daw[train]"
        ) from error
    threads = torch.get_num_threads()
    torch.set_num_threads(
        1
    )  # such small products only wait for each other; and one thread is the same each time
    try:
        arrays: dict[str, Array] = {}
        with torch.random.fork_rng(devices=[]):
            for number in range(settings.members):
                torch.manual_seed(settings.seed * 1000 + number)
                member = Member(inside[0].shape[1], settings.width, settings.dilations, settings.dropout)
                batches = _Batches(samples, inside, left, settings, settings.seed * 1000 + number)
                _fit(member, batches, settings, number, progress)
                for name, tensor in member.state_dict().items():
                    arrays[f"member{number}.{name}"] = tensor.numpy().copy()
        return arrays
    finally:
        torch.set_num_threads(threads)


def _fit(
    member: Member, batches: _Batches, settings: Settings, number: int, progress: Progress | None
) -> None:
    import torch

    total = batches.steps * settings.epochs
    optimizer = torch.optim.AdamW(member.parameters(), lr=settings.rate, weight_decay=settings.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.rate, total_steps=total, pct_start=0.1)
    member.train()
    for step in range(total):
        rows, wanted, weight, there = batches.draw()
        rows = rows + settings.noise * torch.randn_like(rows)
        rows = rows * (torch.rand(len(rows), 1, rows.shape[2]) >= settings.blanked)
        loss = ((member(rows, there) - wanted) ** 2 * weight).sum() / weight.sum().clamp(min=1e-6)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(member.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if progress:
            progress(number * total + step + 1, settings.members * total)


class _Batches:
    """Crops of pieces, drawn by the root of their length and the number of versions."""

    def __init__(
        self,
        samples: Sequence[Sample],
        inside: Sequence[Floats],
        left: Sequence[Floats],
        settings: Settings,
        seed: int,
    ) -> None:
        counts = Counter(sample.aligned.piece for sample in samples)
        lengths = np.array([len(rows) for rows in inside])
        chances = np.sqrt(lengths / [counts[sample.aligned.piece] for sample in samples])
        weights = [np.stack([one.period_weight, one.velocity_weight], 1) for one in samples]
        weights = [weight / np.maximum(weight.mean(axis=0), 1e-6) for weight in weights]
        there = [np.ones((len(rows), 1)) for rows in inside]
        self.pieces = [
            np.concatenate(parts, axis=1).astype(np.float32)
            for parts in zip(inside, left, weights, there, strict=True)
        ]
        self.chances = chances / chances.sum()
        self.settings, self.rng = settings, np.random.Generator(np.random.PCG64(seed))
        self.steps = int(lengths.sum() / (settings.crop * settings.batch)) + 1

    def draw(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return features, what is wanted, its weights, and 1 where there is an onset."""
        import torch

        crop = self.settings.crop
        batch = np.zeros((self.settings.batch, crop, self.pieces[0].shape[1]), np.float32)
        for row, which in enumerate(self.rng.choice(len(self.pieces), self.settings.batch, p=self.chances)):
            piece = self.pieces[which]
            start = int(self.rng.integers(0, max(len(piece) - crop, 0) + 1))
            part = piece[start : start + crop]
            batch[row, : len(part)] = part
        tensor: Any = torch.from_numpy(batch)
        return tensor[..., :-5], tensor[..., -5:-3], tensor[..., -3:-1], tensor[..., -1]


def _typical_spread(samples: Sequence[Sample]) -> tuple[float, float]:
    """Return the median standard deviations of log beat period, and of level in dB (40 log10 of velocity)."""
    heard = [sample for sample in samples if sample.spread[1] > 0]
    period = float(np.median([sample.spread[0] for sample in samples]))
    if not heard:
        return period, 0.0
    velocity = np.median([np.nanmean(sample.aligned.notes["velocity"]) for sample in heard])
    return period, float(
        40 / np.log(10) * np.median([sample.spread[1] for sample in heard]) / max(velocity, 1.0)
    )


def _size_of(network: Network, samples: Sequence[Sample]) -> tuple[float, float]:
    """Return by how much curves must grow to be as large as players'; a mean is flatter than any."""
    outputs = [network.outputs(sample.rows) for sample in samples]
    sizes = np.median([np.std(rows, axis=0) for rows in outputs], axis=0)
    return 1 / max(float(sizes[0]), 0.2), 1 / max(float(sizes[1]), 0.2)
