"""Captions as vectors: what a learned generator is told of a caption beside its words.

An encoder is anything that turns a line into a vector of one length. The one that ships hashes words, pairs
of words and their letters (Weinberger et al. 2009, "Feature hashing for large scale multitask learning"):
lines that share words lie near each other, but it knows nothing of meaning. A model's text encoder can take
its place.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

Vector = tuple[float, ...]

DIGITS = 6
"""Decimals of a value, so that all machines write the same."""
LETTERS = 3
"""Letters of a piece of a word."""
SHARES = {"word": 1.0, "pair": 0.5, "letters": 0.25}
"""What each kind of feature counts."""


class TextEncoder(Protocol):
    """Whoever turns captions into vectors."""

    @property
    def name(self) -> str:
        """What it is, with its version or digest, for the record."""

    def encode(self, text: str) -> Vector:
        """Return a text as a vector, always of the same length; the same text gives the same vector."""


@dataclass(frozen=True)
class HashingEncoder:
    """Counts the features of a line in so many bins, each feature in one bin with one sign, to length 1."""

    size: int = 64

    @property
    def name(self) -> str:
        """Return what it is."""
        return f"hashing {self.size}"

    def encode(self, text: str) -> Vector:
        """Return a text as a vector of length 1; all zeros for one without words."""
        found = np.zeros(self.size)
        for (kind, feature), count in features_of(text).items():
            digest = hashlib.blake2b(f"{kind}:{feature}".encode(), digest_size=8).digest()
            drawn = int.from_bytes(digest, "big")
            found[drawn % self.size] += SHARES[kind] * count * (1.0 if drawn >> 63 else -1.0)
        length = float(np.sqrt((found**2).sum()))
        return tuple((found / (length or 1.0)).round(DIGITS).tolist())


def features_of(text: str) -> Counter[tuple[str, str]]:
    """Return the words of a line, their pairs in a row, and their runs of letters, with how many of each."""
    words = re.findall(r"[^\W_]+", text.casefold())
    found = Counter(("word", word) for word in words)
    found += Counter(("pair", f"{one} {other}") for one, other in pairwise(words))
    for word in words:
        spelt = f"^{word}$"
        found += Counter(("letters", spelt[at : at + LETTERS]) for at in range(len(spelt) - LETTERS + 1))
    return found
