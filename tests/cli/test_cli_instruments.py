"""`composer-daw instruments`: what ships, and what one instrument can play."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from composer_daw.rendering import instrument_names


def test_list(run: Callable) -> None:
    ran = run("instruments", "list")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == instrument_names()
    assert "studio/violin            faust    13 techniques" in ran.out.splitlines()


def test_list_as_json(run: Callable) -> None:
    rows = json.loads(run("instruments", "list", "--json").out)
    assert [row["name"] for row in rows] == instrument_names()
    assert {"name": "studio/violin", "host": "faust", "techniques": 13} in rows


def test_show(run: Callable, fake_preset: Path) -> None:
    assert run("instruments", "show", fake_preset).out.splitlines() == [
        f"Fake Strings ({fake_preset}): G2..C7, CC0-1.0",
        "  articulation: sustain, legato, staccato, pizzicato, tremolo (default sustain)",
        "  mute: senza_sordino, con_sordino (default senza_sordino)",
    ]


def test_show_as_json(run: Callable, fake_preset: Path) -> None:
    facts = json.loads(run("instruments", "show", fake_preset, "--json").out)
    assert (facts["instrument"], facts["host"], facts["range"]) == ("Fake Strings", "fake", [43, 96])
    assert facts["groups"]["mute"] == ["senza_sordino", "con_sordino"]


def test_an_instrument_that_is_not_there(run: Callable) -> None:
    ran = run("instruments", "show", "studio/violn")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: no instrument 'studio/violn' (did you mean 'studio/violin'?); "
        "`composer-daw instruments list` shows them\n"
    )
