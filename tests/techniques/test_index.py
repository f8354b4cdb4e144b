"""The index finds the map of an instrument."""

from __future__ import annotations

import pytest

from composer_daw.errors import InputError
from composer_daw.files import shipped
from composer_daw.techniques.index import load_index, map_path_for


def test_the_index_leads_to_maps_that_ship() -> None:
    assert map_path_for("Studio Violin") == shipped("technique_maps") / "studio" / "violin.yaml"
    assert all(map_path_for(name).is_file() for name in load_index().instruments)


def test_an_unknown_instrument_gets_a_hint() -> None:
    with pytest.raises(
        InputError, match=r"no technique map for 'Studio Violn' in the index \(did you mean 'Studio"
    ):
        map_path_for("Studio Violn")
