"""The networks of the rubato model in torch, to train them; `model.Network` plays them without torch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

Tensor = torch.Tensor


class Member(nn.Module):
    """A small network of dilated convolutions over onsets, with what it adds in each layer.

    Each layer sees an onset and those `reach` before and after it, as one product of matrices: that is
    quicker than torch's convolution on a processor, and the same in NumPy.
    """

    def __init__(self, features: int, width: int, dilations: Sequence[int], dropout: float) -> None:
        """Make the layers; the last starts at 0, so that a member begins by adding nothing."""
        super().__init__()
        self.dilations = tuple(dilations)
        self.entry = nn.Linear(features, width)
        self.layers = nn.ModuleList([nn.Linear(3 * width, width) for _ in dilations])
        self.exit = nn.Linear(width, 2)
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.exit.weight)

    def forward(self, rows: Tensor, there: Tensor) -> Tensor:
        """Return (pieces, onsets, 2) for features (pieces, onsets, features); `there` is 0 beyond an end."""
        count = rows.shape[1]
        hidden = functional.relu(self.entry(rows))
        for reach, layer in zip(self.dilations, self.layers, strict=True):
            padded = functional.pad(hidden * there[..., None], (0, 0, reach, reach))
            near = [padded[:, start : start + count] for start in (0, reach, 2 * reach)]
            hidden = hidden + self.dropout(functional.relu(layer(torch.cat(near, dim=2))))
        return torch.as_tensor(self.exit(self.dropout(hidden)))
