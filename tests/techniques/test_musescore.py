"""Sets of MuseScore's Keyswitch Creator come in and go out, and what is lost on the way is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from generated_maps import technique_maps
from hypothesis import given, settings
from hypothesis import strategies as st
from map_differences import differences, keys_told, named
from small_instruments import MAP, read_map

from composer_daw.errors import DocumentError
from composer_daw.files import shipped, write_text
from composer_daw.techniques import TechniqueMap, load_map
from composer_daw.techniques.actions import Keyswitch
from composer_daw.techniques.interchange import Conversion
from composer_daw.techniques.interchange.musescore import (
    ARTICULATIONS,
    TECHNIQUES,
    pitch_and_velocity,
    read_musescore,
    write_musescore,
)

SHIPPED = [path for path in shipped("technique_maps").rglob("*.yaml") if path.name != "vocabulary.yaml"]

Places = set[tuple[str, ...]]

SETS = """{
    "Solo Violin": {
        "articulationKeyMap": {
            "staccato": 2,
            "tenuto": "3|80"
        },
        "techniqueKeyMap": {
            "normal": 1,
            "pizz.": "5",
            "sul pont.": "6|99",
            "My Noise": {"pitch": 7, "velocity": 20}
        },
        "durationPolicy": "fixed"
    },
    "Harp": {"techniqueKeyMap": {"Bisbigliando": "0|11"}}
}
"""


def read(data: str | bytes, folder: Path) -> list[Conversion]:
    path = folder / "sets.json"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_musescore(path)


def again(technique_map: TechniqueMap, folder: Path) -> tuple[TechniqueMap, dict[str, str], Places]:
    """Return the map as it is read back, which technique became which, and what the report names."""
    text, losses = write_musescore(technique_map)
    write_text(folder / "again.json", text)
    (conversion,) = read_musescore(folder / "again.json")
    assert conversion.losses == ()
    keys = keys_told(losses, technique_map)
    assert sorted(keys.values()) == sorted(conversion.technique_map.techniques)
    return conversion.technique_map, keys, named(losses, technique_map)


def test_sets_become_maps(tmp_path: Path) -> None:
    violin, harp = read(SETS, tmp_path)
    techniques = violin.technique_map.techniques
    assert violin.technique_map.instrument == "Solo Violin"
    assert {name: (one.title, one.scope) for name, one in techniques.items()} == {
        "staccato": ("", "note"),
        "tenuto": ("", "note"),
        "sustain": ("normal", "until_changed"),
        "pizzicato": ("pizz.", "until_changed"),
        "sul_ponticello": ("sul pont.", "until_changed"),
        "My Noise": ("", "until_changed"),
    }
    keys = [
        (*action.keyswitch, action.velocity)
        for one in techniques.values()
        for action in one.on
        if isinstance(action, Keyswitch)
    ]
    assert keys == [(2, 64), (3, 80), (1, 64), (5, 64), (6, 99), (7, 20)]
    assert violin.technique_map.groups["articulation"].default == "sustain"
    assert violin.unread == ("My Noise",)
    (loss,) = violin.losses
    assert (loss.place, loss.what) == (f"{tmp_path / 'sets.json'}:13", "durationPolicy fixed")
    assert [harp.technique_map.instrument, *harp.technique_map.techniques] == ["Harp", "tremolo"]


def test_sets_may_come_without_braces_as_they_are_handed_round(tmp_path: Path) -> None:
    bare = SETS.strip()[1:-1].strip() + ",\n"
    with_braces, without = read(SETS, tmp_path), read(bare, tmp_path)
    assert [one.technique_map for one in with_braces] == [one.technique_map for one in without]
    assert without[0].losses[0].place.endswith(":12")


def test_a_set_that_came_in_goes_out_as_it_was(tmp_path: Path) -> None:
    for conversion in read(SETS, tmp_path):
        text, losses = write_musescore(conversion.technique_map)
        assert losses == ()
        assert again(conversion.technique_map, tmp_path)[0] == conversion.technique_map
        if conversion.technique_map.instrument == "Solo Violin":
            assert json.loads(text) == {
                "Solo Violin": {
                    "articulationKeyMap": {"staccato": 2, "tenuto": "3|80"},
                    "techniqueKeyMap": {"normal": 1, "pizz.": 5, "sul pont.": "6|99", "My Noise": "7|20"},
                }
            }


def test_names_are_those_of_a_score() -> None:
    text, losses = write_musescore(read_map(MAP))
    (written,) = json.loads(text).values()
    assert written == {
        "articulationKeyMap": {"staccato": "14|100"},
        "techniqueKeyMap": {
            "sustain": "12|100",
            "legato": "13|100",
            "pizzicato": "15|100",
            "senza sordino": "16|100",
            "con sordino": "17|100",
        },
    }
    assert [(loss.place, loss.what) for loss in losses if "latency" not in loss.place] == [
        ("range", "[43, 96]"),
        ("channels", "[1, 2]"),
        ("groups: articulation: order", "staccato before sustain"),
        ("groups: mute", "mute; read back as articulation"),
        ("groups: mute: default", "senza_sordino; read back as sustain"),
        ("techniques: legato: note: overlap_ms", "30"),
        ("techniques: staccato: scope", "until_changed"),
        ("techniques: staccato: note: length", "0.5"),
        ("techniques: tremolo", "tremolo"),
    ]


@given(technique_map=technique_maps())
@settings(max_examples=150)
def test_what_is_not_read_back_is_what_the_report_names(
    technique_map: TechniqueMap, tmp_path_factory: pytest.TempPathFactory
) -> None:
    back, keys, places = again(technique_map, tmp_path_factory.getbasetemp())
    assert differences(technique_map, back, keys) == places


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_maps_go_out_with_a_true_report(path: Path, tmp_path: Path) -> None:
    technique_map = load_map(path)
    back, keys, places = again(technique_map, tmp_path)
    assert differences(technique_map, back, keys) == places


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (6, (6, 64)),
        (6.0, (6, 64)),
        ("6", (6, 64)),
        (" 6 | 99 ", (6, 99)),
        ("6|", (6, 64)),
        ({"note": 6, "vel": 1}, (6, 1)),
        *(
            (wrong, None)
            for wrong in (128, -1, "6|128", "C1", "", None, True, [], {}, 6.5, "6|7|8", "٦", 10**30)
        ),
    ],
)
def test_a_key_is_a_number_or_a_number_and_a_velocity(value: Any, found: tuple[int, int] | None) -> None:
    assert pitch_and_velocity(value) == found


def test_what_cannot_be_read_of_a_set_is_said_with_its_line(tmp_path: Path) -> None:
    text = """{"A": {"techniqueKeyMap": {
        "high": 128,
        "soft": "5|0",
        "pizz": 1,
        "pizz": 2},
      "articulationKeyMap": [1]},
  "B": {"other": 1}, "A": {"techniqueKeyMap": {"x": 1}}, "A": {"techniqueKeyMap": {
        "high": 128,
        "soft": "5|0"}, "articulationKeyMap": [1]}}"""
    place = tmp_path / "sets.json"
    conversions = read(text, tmp_path)
    assert [(loss.place.removeprefix(f"{place}:"), loss.what) for loss in conversions[0].losses] == [
        ("1", "A"),
        ("7", "A"),
        ("8", "high: 128"),
        ("9", 'soft: "5|0"'),
        ("9", "articulationKeyMap"),
    ]
    assert [(loss.what, loss.why) for loss in conversions[1].losses] == [
        ("other 1", "it says how MuseScore finds and writes keyswitches, not what they are"),
        ("B", "no keyswitches in this set"),
    ]
    single = read(text.partition(',\n  "B"')[0] + "}", tmp_path)[0].losses
    assert [loss.place.rpartition(":")[2] for loss in single] == ["2", "3", "4", "6"]
    assert single[2].why == "stands twice; the last counts"


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        (b"", 1, "not JSON"),
        (b"[1]", 1, "no sets by name"),
        (b"{}", 1, "no set; write"),
        (b'{"name": "x"}', 1, "no set; write"),
        (b'{"A":\n {"techniqueKeyMap": {"a": 1,}}}', 2, "not JSON"),
        (b'{"A": {"techniqueKeyMap":\n\n {"a": 1', 3, "not JSON"),
        (b'{"A": "\xff"}', 1, "not UTF-8"),
        (b"[" * 200_000, 1, "nested too deep"),
        (b'{"A": {"techniqueKeyMap": {"a": ' + b"9" * 5000 + b"}}}", 1, "not JSON that is read here"),
        (b'{"A": {"techniqueKeyMap": ' + b"[" * 60_000 + b"]" * 60_000 + b"}}", 1, "nested too deep"),
        (b" " * 5_000_001, None, "more than the 5,000,000"),
        (json.dumps({"A": {TECHNIQUES: dict.fromkeys(map(str, range(8001)), 1)}}).encode(), 1, "8,001 key"),
    ],
)
def test_what_is_no_set_is_one_line_with_the_remedy(
    data: bytes, line: int | None, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'sets.json'}:" + (f"{line}: " if line else " "))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([ARTICULATIONS, TECHNIQUES, "a", 'b"\\', "{"]), inner, max_size=3),
    ),
)


@given(value=json_values, pasted=st.binary(max_size=20))
@settings(max_examples=200)
def test_any_json_is_refused_or_read(
    value: Any, pasted: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = json.dumps(value, indent=1).encode()
    for data in (text, text[: len(text) // 2] + pasted + text[len(text) // 2 :], SETS.encode() + pasted):
        try:
            conversions = read(data, tmp_path_factory.getbasetemp())
        except DocumentError as error:
            assert "\n" not in str(error)
        else:
            assert all(isinstance(one.technique_map, TechniqueMap) for one in conversions)


def test_a_hundred_thousand_lines_are_read(tmp_path: Path) -> None:
    keys = {f"Sound {row}": f"{row % 128}|{row % 127 + 1}" for row in range(80)}
    sets = {f"Set {row}": {TECHNIQUES: keys} for row in range(100)}
    text = json.dumps(sets, indent=0).replace(",", "," + "\n" * 12)
    assert text.count("\n") > 90_000
    assert len(read(text, tmp_path)) == 100
