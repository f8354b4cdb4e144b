"""Weights on disk: a folder for each model, with `card.yaml` and the .safetensors file that the card names.

The store is the folder in `COMPOSER_DAW_MODELS`, or else `models` in the user's data folder. A file of
weights is named by its SHA-256, and the card is written last: a model is the old one or the new one, never
half of each.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from composer_daw.documents import load_document
from composer_daw.errors import InputError, OutputError, did_you_mean
from composer_daw.files import sha256_of, write_text, written_whole
from composer_daw.models.card import Card
from composer_daw.performance import Array

FOLDER = "COMPOSER_DAW_MODELS"
CARD = "card.yaml"


@dataclass(frozen=True)
class Weights:
    """The arrays of a model by name, read-only, and its card."""

    arrays: Mapping[str, Array]
    card: Card


def models_folder() -> Path:
    """Return the folder of the store; it need not be there yet."""
    if named := os.environ.get(FOLDER):
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("composer_daw", appauthor=False) / "models"


def stored_names() -> list[str]:
    """Return the names of all models in the store."""
    return sorted(path.parent.name for path in models_folder().glob(f"*/{CARD}"))


def save_weights(name: str, arrays: Mapping[str, Array], card: Card) -> Path:
    """Write arrays and card as the model `name`, in place of one of that name; return its folder.

    The card's name must be `name`; its `sha256` is filled in. Reverse of `load_weights`.
    """
    from safetensors.numpy import save

    if card.name != name:
        raise OutputError(f"models: the card is of '{card.name}', not of '{name}'; give both one name")
    for key, array in arrays.items():
        if array.dtype.kind not in "fiub":
            raise OutputError(
                f"models: {name}: '{key}' holds {array.dtype}, not numbers; it cannot be stored"
            )
    data = save({key: np.ascontiguousarray(array) for key, array in arrays.items()})
    sha256 = hashlib.sha256(data).hexdigest()
    folder = models_folder() / name
    before, target = _file_named_by(folder), folder / f"{sha256}.safetensors"
    with written_whole(target) as temporary:
        temporary.write_bytes(data)
    document = card.model_copy(update={"sha256": sha256}).model_dump(mode="json")
    write_text(folder / CARD, yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    if before and before != target:
        before.unlink(missing_ok=True)
    return folder


def weights_file(name: str) -> tuple[Path, Card]:
    """Return the .safetensors file of a model, checked against the SHA-256 of its card, and the card.

    Raises InputError where there is no such model, or it is damaged.
    """
    folder = models_folder() / name
    if name not in stored_names():
        raise InputError(
            f"models: no '{name}' in {models_folder()}{did_you_mean(name, stored_names())}; "
            f"train or fetch it, or set {FOLDER} to the folder that has it"
        )
    card = load_document(folder / CARD, Card, "the card of a model")
    if card.name != name:
        raise InputError(
            f"{folder / CARD}: the card is of '{card.name}'; the folder must have the model's name"
        )
    path = folder / f"{card.sha256}.safetensors"
    if not path.is_file():
        raise InputError(f"{path}: no such file, but the card names it; train or fetch '{name}' again")
    if sha256_of(path) != card.sha256:
        raise InputError(f"{path}: damaged: not the SHA-256 of its card; train or fetch '{name}' again")
    return path, card


def load_weights(name: str) -> Weights:
    """Return the arrays of a model and its card (reverse of `save_weights`)."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path, card = weights_file(name)
    try:
        arrays = load_file(path)
    except SafetensorError as error:
        raise InputError(
            f"{path}: not a file of safetensors ({error}); train or fetch '{name}' again"
        ) from error
    for array in arrays.values():
        array.setflags(write=False)
    return Weights(arrays, card)


def _file_named_by(folder: Path) -> Path | None:
    """Return the file that the card of a folder names now."""
    try:
        return folder / f"{load_document(folder / CARD, Card, 'the card of a model').sha256}.safetensors"
    except InputError:
        return None
