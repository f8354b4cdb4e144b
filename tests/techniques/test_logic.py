"""Logic's articulation sets come in, binary or XML; what is not known of them is said, not guessed."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_daw.errors import DocumentError
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.interchange import Conversion
from composer_daw.techniques.interchange.logic import read_logic

FORMATS = (plistlib.FMT_XML, plistlib.FMT_BINARY)

PUBLISHED = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Articulations</key>
  <array>
    <dict>
      <key>ArticulationID</key><integer>1</integer>
      <key>ID</key><integer>1001</integer>
      <key>Name</key><string>Legato</string>
      <key>Output</key>
      <dict>
        <key>MB1</key><integer>58</integer>
        <key>Status</key><string>Controller</string>
        <key>ValueLow</key><integer>10</integer>
      </dict>
    </dict>
  </array>
  <key>MultipleOutputsActive</key><false/>
  <key>Name</key><string>Solo Strings.plist</string>
  <key>Switches</key><array/>
</dict>
</plist>
"""


def output(status: str, **fields: Any) -> dict[str, Any]:
    return {"Status": status, **fields}


def articulation(number: int, name: str, *outputs: Any, **more: Any) -> dict[str, Any]:
    return {"ArticulationID": number, "ID": 1000 + number, "Name": name, "Output": [*outputs], **more}


def switch(number: int, **fields: Any) -> dict[str, Any]:
    return {"ID": 1000 + number, "Status": "Note On", "ValueLow": 1, "ValueHigh": 127, **fields}


def read(data: Any, folder: Path, fmt: plistlib.PlistFormat = plistlib.FMT_XML) -> Conversion:
    path = folder / "set.plist"
    path.write_bytes(data if isinstance(data, bytes) else plistlib.dumps(data, fmt=fmt))
    return read_logic(path)


WHOLE = {
    "Name": "Strings.plist",
    "MultipleOutputsActive": True,
    "InputMidiChannel": -1,
    "OctaveOffset": 0,
    "SwitchingEnabled": True,
    "Articulations": [
        articulation(1, "Long", output("Note On", MB1=24, ValueLow=90, MidiChannel=1), OutputChannel=1),
        articulation(2, "Spiccato", output("Note ON", MB1=25), output("Controller", MB1=32, ValueLow=42)),
        articulation(3, "Pizz", output("Program", MB1=5, ValueLow=0), output("Pitch Bend", ValueLow=64)),
        articulation(4, "Trem", output("Program", ValueLow=7), output("Note On", MB1=1, MidiChannel=15)),
    ],
    "Switches": [switch(1, MB1=0), switch(3, MB1=2, Mode="Permanent")],
}


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_set_becomes_a_map(fmt: plistlib.PlistFormat, tmp_path: Path) -> None:
    conversion = read(WHOLE, tmp_path, fmt)
    found = conversion.technique_map
    assert (found.instrument, found.middle_c) == ("Strings", "C3")
    assert found.groups["articulation"].default == "sustain"
    assert list(found.techniques) == ["sustain", "spiccato", "pizzicato", "tremolo"]
    actions = [
        [action.model_dump(exclude_defaults=True) for action in one.on] for one in found.techniques.values()
    ]
    assert actions == [
        [{"keyswitch": (24,), "velocity": 90}],
        [{"keyswitch": (25,)}, {"cc": 32, "value": 42}],
        [{"program": 5}, {"pitch_bend": 0}],
        [{"program": 7}, {"keyswitch": (1,), "channel": 16}],
    ]
    assert [one.channel for one in found.techniques.values()] == [2, None, None, None]
    keys = [one.trigger.key if one.trigger else None for one in found.techniques.values()]
    assert keys == [0, None, 2, None]
    assert conversion.losses == ()


def test_a_published_set_with_a_single_output_is_read(tmp_path: Path) -> None:
    conversion = read(PUBLISHED.encode(), tmp_path)
    assert conversion.technique_map.instrument == "Solo Strings"
    (action,) = conversion.technique_map.techniques["legato"].on
    assert action.model_dump(exclude_defaults=True) == {"cc": 58, "value": 10}
    assert conversion.losses == ()


@pytest.mark.parametrize(
    ("made", "kept", "what"),
    [
        (output("Aftertouch", ValueLow=3), 0, "Aftertouch nothing 3"),
        (output("Poly Aftertouch", MB1=3, ValueLow=3), 0, "Poly Aftertouch 3 3"),
        (output("Note Off", MB1=3), 0, "Note Off 3 nothing"),
        (output("Note On", MB1=128), 0, "Note On 128 nothing"),
        (output("Note On", MB1=3, ValueLow=200), 0, "Note On 3 200"),
        (output("Note On", MB1=3, ValueLow=0), 1, "Note On 3 0"),
        (output("Controller", ValueLow=3), 0, "Controller nothing 3"),
        (output("Program", MB1=0, ValueLow=9), 0, "Program 0 9"),
        (output("Pitch Bend", MB1=3), 0, "Pitch Bend 3 nothing"),
        (output("SysEx"), 0, "SysEx nothing nothing"),
        (output("Note On", MB1=True), 0, "Note On True nothing"),
        (output("Note On", MB1=3, MidiChannel=16), 1, "MidiChannel 16"),
        (7, 0, "7"),
    ],
)
def test_an_output_that_is_not_understood_is_said(made: Any, kept: int, what: str, tmp_path: Path) -> None:
    conversion = read({"Articulations": [articulation(1, "Legato", made)]}, tmp_path)
    assert len(conversion.technique_map.techniques["legato"].on) == kept
    places = {loss.place for loss in conversion.losses}
    assert places == {f"{tmp_path / 'set.plist'}: articulation 1"}
    assert conversion.losses[0].what == what
    assert len(conversion.losses) == 2 - kept  # without outputs, an articulation sends nothing


def test_what_a_map_has_no_place_for_is_said(tmp_path: Path) -> None:
    note = output("Note On", MB1=1)
    conversion = read(
        {
            "Name": 5,
            "MultipleOutputsActive": False,
            "OctaveOffset": 2,
            "Invented": [1],
            "Articulations": [
                articulation(7, "", note, output("Note On", MB1=2), Symbol="Staccato", MidiChannel=3, Odd=1),
                "text",
            ],
            "Switches": [
                switch(7, MB1=1, Mode="Momentary", ValueLow=20),
                switch(7, MB1=2),
                switch(8, Status="Controller", MB1=2),
                {},
            ],
        },
        tmp_path,
    )
    assert conversion.technique_map.instrument == "set"
    assert list(conversion.technique_map.techniques) == ["Articulation 1"]
    assert len(conversion.technique_map.techniques["Articulation 1"].on) == 1
    assert [loss.what for loss in conversion.losses] == [
        "Invented list",
        "OctaveOffset 2",
        "mode Momentary",
        "velocity 20 to 127",
        "key 2",
        "Controller",
        "dict",
        "1 outputs",
        "Articulation 1: ID 7",
        "symbol Staccato",
        "channel 3",
        "Odd 1",
        "text",
    ]


def binary(*objects: bytes, offsets: list[int] | None = None, digits: int = 1) -> bytes:
    """Return a binary list of these objects, which begin at the offsets if they are given."""
    data, places = b"bplist00", []
    for one in objects:
        places.append(len(data))
        data += one
    places = offsets or places
    table = b"".join(place.to_bytes(4, "big") for place in places)
    sizes = bytes(6) + bytes([4, digits]) + len(places).to_bytes(8, "big") + bytes(8)
    return data + table + sizes + len(data).to_bytes(8, "big")


CIRCLE = binary(b"\xd1\x01\x02", b"\x5dArticulations", b"\xa1\x02")
"""A list that holds itself is the only articulation."""

DEEP = binary(*(b"\xa1" + (level + 1).to_bytes(3, "big") for level in range(100_000)), b"\xa0", digits=3)
WIDE = binary(
    b"\xaf\x12" + (30_000).to_bytes(4, "big") + b"\x00\x01" * 30_000, offsets=[8] * 30_000, digits=2
)
"""Thirty thousand lists of thirty thousand items each, all in the same place."""


def test_what_holds_itself_is_read_no_deeper(tmp_path: Path) -> None:
    conversion = read(CIRCLE, tmp_path)
    assert [loss.what for loss in conversion.losses] == ["list"]
    assert conversion.technique_map.techniques == {}


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE plist [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<plist version="1.0"><dict><key>Name</key><string>&b;</string></dict></plist>"""


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        (b"", 1, "no property list"),
        (b"bplist00", 1, "no property list"),
        (b"bplist00" + b"\xff" * 60, 1, "no property list"),
        (PUBLISHED[:500].encode(), 15, "no property list"),
        (PUBLISHED.replace("Legato", "L\xe9").encode("latin-1"), 10, "no property list"),
        (BOMB, 1, "no property list: XML entity declarations are not supported"),
        (plistlib.dumps([1]), 1, "no list of articulations"),
        (plistlib.dumps({"Articulations": "x"}), 1, "no list of articulations"),
        (plistlib.dumps({"Articulations": [0] * 5001}, fmt=plistlib.FMT_BINARY), 1, "5,001 articulations"),
        (DEEP, 1, "no property list"),
        (WIDE, 1, "its objects lie over each other"),
        (b" " * 2_000_001, None, "more than the 2,000,000 that are read"),
    ],
)
def test_what_is_no_set_is_one_line_with_the_remedy(
    data: bytes, line: int | None, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'set.plist'}:" + (f"{line}: " if line else " "))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


plist_values = st.recursive(
    st.one_of(
        st.booleans(),
        st.floats(allow_nan=False),
        st.integers(-(2**63), 2**63),
        st.binary(max_size=4),
        st.sampled_from(["Note On", "Program", "Pitch Bend", "Controller", "x"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["Articulations", "Switches", "Name", "ID", "ArticulationID", "Output", "Status", "MB1"]
                + ["ValueLow", "ValueHigh", "MidiChannel", "OutputChannel", "Symbol", "Mode", "Odd"]
            ),
            inner,
            max_size=5,
        ),
    ),
)


@given(value=plist_values, articulations=st.lists(plist_values, max_size=3), fmt=st.sampled_from(FORMATS))
@settings(max_examples=200)
def test_any_property_list_is_refused_or_read(
    value: Any,
    articulations: list[Any],
    fmt: plistlib.PlistFormat,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    switched = {"Articulations": articulations, "Switches": articulations, "Odd": value}
    for data in (value, switched):
        try:
            conversion = read(data, tmp_path_factory.getbasetemp(), fmt)
        except DocumentError as error:
            assert "\n" not in str(error)
        else:
            assert isinstance(conversion.technique_map, TechniqueMap)


@given(put=st.integers(0, 400), data=st.binary(min_size=1, max_size=8), fmt=st.sampled_from(FORMATS))
@settings(max_examples=300)
def test_a_broken_file_is_refused_or_read(
    put: int, data: bytes, fmt: plistlib.PlistFormat, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = plistlib.dumps(WHOLE, fmt=fmt)
    try:
        conversion = read(whole[:put] + data + whole[put + len(data) :], tmp_path_factory.getbasetemp())
    except DocumentError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(conversion.technique_map, TechniqueMap)
