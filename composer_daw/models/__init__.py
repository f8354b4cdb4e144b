"""The store of model weights: each with a card that tells what it is, whence, and under which licence."""

from composer_daw.models.card import Card, Source
from composer_daw.models.store import (
    Weights,
    load_weights,
    models_folder,
    save_weights,
    stored_names,
    weights_file,
)

__all__ = [
    "Card",
    "Source",
    "Weights",
    "load_weights",
    "models_folder",
    "save_weights",
    "stored_names",
    "weights_file",
]
