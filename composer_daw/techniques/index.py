"""The index of technique maps: which file tells how an instrument is told."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from composer_daw.documents import load_document
from composer_daw.errors import InputError, did_you_mean
from composer_daw.files import shipped


class MapIndex(BaseModel):
    """The schema of `configs/labels/technique_map.yaml`; paths are from `technique_maps/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    technique_map_index: Literal[1]
    instruments: dict[str, str]


def load_index() -> MapIndex:
    """Read the index that ships."""
    return load_document(shipped("configs") / "labels" / "technique_map.yaml", MapIndex, "the index of maps")


def map_path_for(instrument: str) -> Path:
    """Return the map of an instrument that ships, by its name; raise InputError."""
    known = load_index().instruments
    if instrument not in known:
        hint = did_you_mean(instrument, known)
        raise InputError(f"no technique map for '{instrument}' in the index{hint}; name one in the preset")
    return shipped("technique_maps") / known[instrument]
