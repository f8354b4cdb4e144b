"""Maps are written as YAML that loads as the same map, in the way that people write it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from generated_maps import technique_maps
from hypothesis import given, settings
from small_instruments import DRUMS, MAP, read_map

from composer_daw.documents import _Loader, parse_document
from composer_daw.errors import OutputError
from composer_daw.files import shipped
from composer_daw.techniques import TechniqueMap, load_map
from composer_daw.techniques.interchange.formats import FORMATS
from composer_daw.techniques.writing import WIDTH, save_map, write_map


def again(technique_map: TechniqueMap) -> TechniqueMap:
    return parse_document(write_map(technique_map), TechniqueMap, "again.yaml")


@given(technique_maps())
@settings(max_examples=150)
def test_what_is_written_loads_as_the_same_map(technique_map: TechniqueMap) -> None:
    loaded = again(technique_map)
    assert loaded == technique_map
    assert list(loaded.groups) == list(technique_map.groups)
    assert list(loaded.techniques) == list(technique_map.techniques)


SHIPPED = [path for path in shipped("technique_maps").rglob("*.yaml") if path.name != "vocabulary.yaml"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_maps_stay_as_they_are_and_within_the_width(path: Path) -> None:
    shipped_map = load_map(path)
    text = write_map(shipped_map)
    assert again(shipped_map) == shipped_map
    spread = [line for line in text.splitlines() if line.endswith(("]", "}"))]
    assert [line for line in spread if len(line) > WIDTH] == []  # only a long text stays whole


def test_a_map_looks_as_people_write_it() -> None:
    assert (
        write_map(read_map(MAP))
        == """\
technique_map: 1
instrument: Fake Strings
middle_c: C4
range: [G2, C7]

groups:
  articulation: {default: sustain}
  mute: {default: senza_sordino}

techniques:
  sustain:
    group: articulation
    on: [{keyswitch: C0}]
  legato:
    group: articulation
    on: [{keyswitch: "C#0"}]
    note: {overlap_ms: 30}
    latency_ms: {first: 60, transition: {1: 300, 65: 200, 101: 100}}
  staccato:
    group: articulation
    on: [{keyswitch: D0}]
    note: {length: 0.5}
    latency_ms: {first: 12}
  pizzicato:
    group: articulation
    on: [{keyswitch: "D#0"}]
  tremolo:
    group: articulation
    fallback: [sustain]
  senza_sordino:
    group: mute
    on: [{keyswitch: E0}]
  con_sordino:
    group: mute
    on: [{keyswitch: F0}]

channels: [1, 2]
"""
    )


def test_drum_pieces_have_their_strokes_beside_the_written_pitches() -> None:
    lines = write_map(read_map(DRUMS)).splitlines()
    assert "  snare: {written: [D2, E2], hit: D2, rimshot: E2, ghost: {play: D2, velocity: 0.35}}" in lines


def test_pitches_have_the_names_of_the_maps_own_middle_c() -> None:
    text = MAP.replace("technique_map: 1", "technique_map: 1\nmiddle_c: C3")
    written = write_map(read_map(text))
    assert "range: [G2, C7]" in written and 'keyswitch: "D#0"' in written
    assert again(read_map(text)) == read_map(text)


HEAD = "technique_map: 1\ninstrument: X\ngroups: {g: {}}\ntechniques:\n  a:\n    group: g\n"


@pytest.mark.parametrize(
    "line",
    [
        "plays: sustain+con_sordino",
        "on: [{keyswitch: [C1, E1], velocity: 64, mode: hold, channel: 3, only_with: a}]",
        "on: [{keyswitch: C1, velocity: {follow: vibrato_depth, range: [1, 127]}}]",
        "on: [{program: 3, bank: 130}, {pitch_bend: -100}, {parameter: Vibrato Depth, value: 0.5}]",
        "when: {length_ms: [null, 250], pitch: [C3, null], next: overlaps}",
        "note: {velocity: {1: 20, 127: 100}, pitch_range: [null, C5]}",
        "trigger: {program: 40, key: C-1}",
        'color: "#33aa00"',
        'title: "Long: CS #2"',
        'title: "on"',
        'title: "12"',
        "title: 'Long \"CS\", it''s'",
        "title: Vib. Long CS (alt)",
        'setup: "Load \\"KS\\",\\nthen save"',
    ],
)
def test_each_field_is_written_as_people_write_it(line: str) -> None:
    assert write_map(read_map(HEAD + f"    {line}\n")).splitlines()[-1] == f"    {line}"


def test_what_is_too_long_for_a_line_is_spread_over_several() -> None:
    rows = "".join(
        f"      - {{keyswitch: C{n}, velocity: 12, mode: toggle, starts: off}}\n" for n in range(4)
    )
    written = write_map(read_map(HEAD + "    on:\n" + rows))
    assert written.endswith("    on:\n" + rows.replace("starts: off", 'starts: "off"'))
    long = "setup: " + "word " * 40 + "end"
    assert write_map(read_map(HEAD + f"    {long}\n")).endswith(f"    {long}\n")  # a text stays whole


def test_a_map_is_saved_whole(tmp_path: Path) -> None:
    save_map(read_map(MAP), tmp_path / "new" / "map.yaml")
    assert load_map(tmp_path / "new" / "map.yaml") == read_map(MAP)


def test_a_name_that_yaml_cannot_take_is_refused() -> None:
    data = {
        "technique_map": 1,
        "instrument": "X",
        "groups": {"g": {}},
        "techniques": {"a" * 2000: {"group": "g"}},
    }
    with pytest.raises(OutputError, match="the name aaaa.* has 2,000 characters; 1,000 are the most"):
        write_map(TechniqueMap.model_validate(data))


VIOLIN = shipped("technique_maps") / "studio" / "violin.yaml"


def empty_values(data: object, place: str = "") -> list[str]:
    """Return the places of mappings and lists that have nothing in them."""
    if isinstance(data, dict):
        inner = [found for key, one in data.items() for found in empty_values(one, f"{place}: {key}")]
        return inner if data else [place]
    if isinstance(data, list):
        inner = [found for one in data for found in empty_values(one, place)]
        return inner if data else [place]
    return []


@pytest.mark.parametrize("text", [VIOLIN.read_text(encoding="utf-8"), MAP], ids=["violin", "small"])
def test_what_is_written_has_no_empty_values(text: str) -> None:
    assert empty_values(yaml.load(write_map(read_map(text)), Loader=_Loader)) == []


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.write])
def test_what_is_empty_is_no_loss(name: str) -> None:
    write = FORMATS[name].write
    assert write is not None
    assert {loss.what for loss in write(load_map(VIOLIN))[1]}.isdisjoint({"{}", "[]", "()", "", "null"})


def test_an_import_has_no_empty_values(tmp_path: Path) -> None:
    for name, form in FORMATS.items():
        if form.write:
            (tmp_path / f"violin{form.suffix}").write_text(form.write(load_map(VIOLIN))[0], encoding="utf-8")
            (conversion,) = form.read(tmp_path / f"violin{form.suffix}")
            written = yaml.load(write_map(conversion.technique_map), Loader=_Loader)
            empty = [place for place in empty_values(written) if not place.startswith(": groups: ")]
            assert empty == [], name  # a group without a default is written so
