"""`composer-daw techniques list`: the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Callable

from composer_daw.techniques import load_vocabulary


def test_list(run: Callable) -> None:
    ran = run("techniques", "list")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == list(load_vocabulary().techniques)
    assert "ピチカート" in ran.out


def test_list_as_json(run: Callable) -> None:
    listed = json.loads(run("techniques", "list", "--json").out)
    assert list(listed["techniques"]) == list(load_vocabulary().techniques)
    assert listed["techniques"]["con_sordino"]["group"] == "mute"
