"""`composer-daw instruments`: what ships, and what one instrument can play."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from composer_daw.errors import InputError
from composer_daw.rendering import Preset, engines, instrument_names


def test_list(run: Callable) -> None:
    ran = run("instruments", "list")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == instrument_names()
    assert "studio/violin            faust      13 techniques" in ran.out.splitlines()


def test_what_is_not_on_this_machine_is_listed_as_such(
    run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(preset: Preset, path: Path) -> Path:
        raise InputError(f"no plugin '{preset.source}'")

    monkeypatch.setitem(engines.ENGINES, "plugin", replace(engines.ENGINES["plugin"], find=nowhere))
    lines = run("instruments", "list").out.splitlines()
    assert "plugins/amsynth          plugin      1 techniques  (its sound is not on this machine)" in lines
    assert sum("not on this machine" in line for line in lines) == 2


def test_list_as_json(run: Callable) -> None:
    rows = json.loads(run("instruments", "list", "--json").out)
    assert [row["name"] for row in rows] == instrument_names()
    assert {"name": "studio/violin", "host": "faust", "techniques": 13, "here": True} in rows


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
