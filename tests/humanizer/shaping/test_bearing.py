"""What techniques let a player do with a note, by the vocabulary and by the map."""

from __future__ import annotations

import numpy as np
import pytest
from shaped_playing import bowed, kit, playing

from composer_daw.files import shipped
from composer_daw.humanizer.shaping.bearing import Bearing, bearings
from composer_daw.performance import Text
from composer_daw.techniques import TechniqueMap, load_map, load_vocabulary

VOCABULARY = load_vocabulary()


def bearing_of(name: str, technique_map: TechniqueMap) -> Bearing:
    found = bearings(playing([(0.0, 1.0, name)]), technique_map, VOCABULARY)
    return Bearing(int(found.bearing[0]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", Bearing.HELD),
        ("sustain", Bearing.HELD),
        ("detache", Bearing.HELD),
        ("harmonics", Bearing.HELD),
        ("con_sordino", Bearing.HELD),
        ("legato", Bearing.CONNECTED),
        ("tremolo", Bearing.ACCENTED),
        ("accent", Bearing.ACCENTED),
        ("staccato", Bearing.FADING),
        ("pizzicato", Bearing.FADING),
        ("crescendo", Bearing.OWN),
    ],
)
def test_the_vocabulary_tells(name: str, expected: Bearing) -> None:
    assert bearing_of(name, bowed()) is expected


@pytest.mark.parametrize("name", ["spiccato", "staccatissimo", "martele", "snap_pizzicato", "col_legno"])
def test_what_is_asked_counts_even_where_something_else_stands_in(name: str) -> None:
    assert bearing_of(name, bowed()) is Bearing.FADING


@pytest.mark.parametrize("name", ["fall", "doit", "scoop", "rip", "bend", "run", "swell"])
def test_gestures_of_libraries_are_left_alone(name: str) -> None:
    own = {"group": "bowing", "on": [{"keyswitch": 30}]}
    techniques = {"sustain": {"group": "bowing"}, name: own}
    assert (
        bearing_of(name, bowed(techniques=techniques, groups={"bowing": {"default": "sustain"}}))
        is Bearing.OWN
    )


@pytest.mark.parametrize("note", [{"length": 0.5}, {"lasts_ms": 300.0}])
def test_the_map_tells_what_is_short_or_dies_away(note: dict[str, float]) -> None:
    techniques = {"sustain": {"group": "bowing", "note": note}}
    assert bearing_of("sustain", bowed(techniques=techniques, groups={"bowing": {}})) is Bearing.FADING


@pytest.mark.parametrize(
    ("instrument", "expected"),
    [("Nylon Guitar", Bearing.FADING), ("Harp", Bearing.FADING), ("Grand Piano", Bearing.FADING)]
    + [(name, Bearing.HELD) for name in ("Contrabass", "Violin", "Trumpet", "Oboe", "Synth Pad")],
)
def test_some_instruments_only_fade(instrument: str, expected: Bearing) -> None:
    assert bearing_of("sustain", bowed(instrument=instrument)) is expected


def test_drums_only_fade_and_texts_count() -> None:
    drums = playing([(0.0, 1.0, "")], channel=9)
    assert bearings(drums, bowed(), VOCABULARY).bearing.tolist() == [Bearing.FADING]
    assert bearing_of("snare=hit", kit()) is Bearing.FADING
    score = playing([(0.0, 1.0, ""), (1.0, 1.0, ""), (2.0, 1.0, "")])
    texts = (Text(1.0, "pizz."), Text(2.0, "arco"))
    heard = bearings(type(score)(score.notes, texts=texts), bowed(), VOCABULARY)
    assert heard.bearing.tolist() == [Bearing.HELD, Bearing.FADING, Bearing.HELD]


def test_conditions_of_the_map_count() -> None:
    quick = {
        "group": "bowing",
        "plays": "staccato",
        "when": {"length_ms": [None, 200]},
        "on": [{"keyswitch": 30}],
    }
    techniques = {"sustain": {"group": "bowing"}, "quick": {**quick, "plays": "sustain+staccato"}}
    conditional = bowed(techniques=techniques, groups={"bowing": {"default": "sustain"}})
    score = playing([(0.0, 0.1, "sustain"), (1.0, 1.0, "sustain")])
    found = bearings(score, conditional, VOCABULARY).bearing.tolist()
    assert found == [Bearing.FADING, Bearing.HELD]


def test_vibrato_is_told_by_name() -> None:
    score = playing([(0.0, 1.0, ""), (1.0, 1.0, "senza_vibrato"), (2.0, 1.0, "molto_vibrato")])
    assert bearings(score, bowed(), VOCABULARY).vibrato.tolist() == [1.0, 0.0, 1.5]


def test_every_entry_of_every_shipped_map_has_a_bearing() -> None:
    seen = set()
    for path in sorted(shipped("technique_maps").rglob("*.yaml")):
        if path.name != "vocabulary.yaml":
            technique_map = load_map(path)
            seen |= {bearing_of(name, technique_map) for name in technique_map.techniques}
    assert seen == set(Bearing)
    assert np.isin([Bearing.HELD, Bearing.FADING], list(seen)).all()
