"""The store of weights: what is saved comes back, and what is not whole is told."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
import yaml

from composer_daw.errors import ComposerError, DocumentError, InputError, OutputError
from composer_daw.models import (
    Card,
    Source,
    load_weights,
    models_folder,
    save_weights,
    stored_names,
    weights_file,
)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPOSER_DAW_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def card(name: str = "rubato", **changes: object) -> Card:
    told = {
        "name": name,
        "purpose": "a test",
        "data": (Source(name="ASAP", licence="CC-BY-NC-SA-4.0", items=168),),
        "licence": "CC-BY-NC-SA-4.0",
        "command": "scripts/train_rubato.py asap",
        "date": datetime.date(2026, 11, 23),
        "seed": 1,
        "figures": {"correlation": 0.5, "on": "held-out pieces"},
        "settings": {"features": ["ioi", "拍"], "widths": [1, 2]},
    }
    return Card.model_validate(told | changes)


ARRAYS = {
    "kernel": np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2],
    "steps": np.array([3], np.int64),
    "none": np.zeros((0, 2), np.float64),
}


def test_what_is_saved_comes_back_with_its_card() -> None:
    folder = save_weights("rubato", ARRAYS, card())
    weights = load_weights("rubato")
    assert folder == models_folder() / "rubato"
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(weights.arrays[name], array)
        assert weights.arrays[name].dtype == array.dtype
        assert not weights.arrays[name].flags.writeable
    assert set(weights.arrays) == set(ARRAYS)
    assert weights.card.model_copy(update={"sha256": ""}) == card()
    assert stored_names() == ["rubato"]


def test_the_same_weights_are_the_same_bytes(store: Path) -> None:
    save_weights("rubato", ARRAYS, card())
    first = {path.name: path.read_bytes() for path in (store / "rubato").iterdir()}
    save_weights("rubato", ARRAYS, card())
    assert {path.name: path.read_bytes() for path in (store / "rubato").iterdir()} == first


def test_new_weights_take_the_place_of_the_old(store: Path) -> None:
    save_weights("rubato", ARRAYS, card())
    save_weights("rubato", {"kernel": np.ones(2)}, card(seed=2))
    weights = load_weights("rubato")
    assert list(weights.arrays) == ["kernel"] and weights.card.seed == 2
    assert len(list((store / "rubato").iterdir())) == 2


def test_when_writing_fails_the_old_weights_stay(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_weights("rubato", ARRAYS, card())

    def full_disk(*_: object) -> None:
        raise OutputError("card.yaml: cannot be written: No space left on device")

    monkeypatch.setattr("composer_daw.models.store.write_text", full_disk)
    with pytest.raises(OutputError):
        save_weights("rubato", {"kernel": np.ones(2)}, card(seed=2))
    assert set(load_weights("rubato").arrays) == set(ARRAYS)


def test_a_damaged_file_is_told(store: Path) -> None:
    save_weights("rubato", ARRAYS, card())
    path, _ = weights_file("rubato")
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(
        InputError, match=r"damaged: not the SHA-256 of its card; train or fetch 'rubato' again"
    ):
        load_weights("rubato")
    path.unlink()
    with pytest.raises(InputError, match="no such file, but the card names it"):
        load_weights("rubato")


def test_a_file_of_another_kind_under_the_right_sum_is_told(store: Path) -> None:
    import hashlib

    save_weights("rubato", ARRAYS, card())
    junk = b"not safetensors"
    sha256 = hashlib.sha256(junk).hexdigest()
    (store / "rubato" / f"{sha256}.safetensors").write_bytes(junk)
    document = yaml.safe_load((store / "rubato" / "card.yaml").read_text("utf-8")) | {"sha256": sha256}
    (store / "rubato" / "card.yaml").write_text(yaml.safe_dump(document), "utf-8")
    with pytest.raises(InputError, match="not a file of safetensors"):
        load_weights("rubato")


def test_unknown_names_offer_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no 'rubato' in .*; train or fetch it, or set COMPOSER_DAW_MODELS"):
        load_weights("rubato")
    save_weights("rubato", ARRAYS, card())
    with pytest.raises(InputError, match="did you mean 'rubato'"):
        load_weights("rubatto")
    with pytest.raises(InputError):
        load_weights("../rubato")


def test_a_card_of_another_model_or_of_no_form_is_told(store: Path) -> None:
    save_weights("rubato", ARRAYS, card())
    (store / "rubato").rename(store / "clap")
    with pytest.raises(InputError, match="the card is of 'rubato'"):
        load_weights("clap")
    (store / "clap" / "card.yaml").write_text("name: clap\nlicense: MIT\n", "utf-8")
    with pytest.raises(DocumentError, match=r"card.yaml:2: license: unknown key \(did you mean 'licence'"):
        load_weights("clap")


@pytest.mark.parametrize("name", ["Rubato", "a/b", "", ".hidden", "x" * 65])
def test_names_are_names_of_folders(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        card(name)


def test_what_cannot_be_stored_is_refused() -> None:
    with pytest.raises(OutputError, match="'words' holds"):
        save_weights("rubato", {"words": np.array(["a"])}, card())
    with pytest.raises(OutputError, match="the card is of 'clap'"):
        save_weights("rubato", ARRAYS, card("clap"))
    assert stored_names() == []
    assert issubclass(OutputError, ComposerError)


def test_without_the_variable_it_is_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPOSER_DAW_MODELS")
    assert models_folder().name == "models" and models_folder().is_absolute()
