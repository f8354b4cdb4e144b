"""Cubase's expression maps come in whole, go out as Cubase writes them, and what is lost is said."""

from __future__ import annotations

import collections
from pathlib import Path
from xml.etree import ElementTree

import pytest
from generated_maps import technique_maps
from hypothesis import given, settings
from hypothesis import strategies as st
from map_differences import differences, named
from small_instruments import read_map

from composer_daw.errors import DocumentError, InputError
from composer_daw.files import shipped, write_text
from composer_daw.techniques import TechniqueMap, load_map, load_vocabulary
from composer_daw.techniques.actions import Keyswitch
from composer_daw.techniques.interchange import Conversion
from composer_daw.techniques.interchange.expressionmap import read_expressionmap, write_expressionmap
from composer_daw.techniques.parts import Technique
from composer_daw.techniques.resolve import Rung, resolve

FILES, SLOTS = 26, 709
SHIPPED = [path for path in shipped("technique_maps").rglob("*.yaml") if path.name != "vocabulary.yaml"]

STRINGS = """
technique_map: 1
instrument: Test Strings
middle_c: C3
groups:
  articulation: {default: sustain}
  group_2: {default: senza_sordino}
techniques:
  sustain: {group: articulation, title: Long, on: [{keyswitch: C-2, velocity: 120}], trigger: {key: C0}}
  staccato:
    group: articulation
    scope: note
    on: [{keyswitch: C#-2}, {cc: 32, value: 40}, {program: 5, bank: 130}, {program: 7}]
    note: {length: 0.2, velocity: 1.25, velocity_range: [10, 90], transpose: -12, pitch_range: [G1, null]}
    color: "#5fae4e"
  pizzicato: {group: articulation, channel: 3}
  sustain+con_sordino: {group: articulation, title: Long CS, on: [{keyswitch: D-2, velocity: 1}]}
  con_sordino: {group: group_2, title: Mute, on: [{keyswitch: E-2}]}
  senza_sordino: {group: group_2, title: senza sordino, on: [{keyswitch: F-2}]}
"""


def visual(name: str, group: int = 0, kind: int = 1, display: int = 1) -> str:
    return f"""<obj class="USlotVisuals" ID="9"><int name="displaytype" value="{display}"/>
      <int name="articulationtype" value="{kind}"/><int name="symbol" value="73"/>
      <string name="text" value="{name}" wide="true"/><string name="description" value="{name}" wide="true"/>
      <int name="group" value="{group}"/></obj>"""


def numbers(**values: object) -> str:
    return "".join(f'<int name="{name}" value="{value}"/>' for name, value in values.items())


def slot(
    name: str,
    *visuals: str,
    messages: tuple[tuple[object, object, object], ...] = (),
    more: str = "",
    **changes: object,
) -> str:
    events = "".join(
        f'<obj class="POutputEvent" ID="9">{numbers(status=status, data1=data1, data2=data2)}</obj>'
        for status, data1, data2 in messages
    )
    return f"""<obj class="PSoundSlot" ID="1"><obj class="PSlotMidiAction" name="action" ID="2">
      <member name="noteChanger"><list name="obj" type="obj">
      <obj class="PSlotNoteChanger" ID="3">{numbers(**changes)}</obj></list></member>
      <member name="midiMessages"><list name="obj" type="obj">{events}</list></member></obj>
      <member name="sv"><list name="obj" type="obj">{"".join(visuals)}</list></member>
      <member name="name"><string name="s" value="{name}"/></member>{more}</obj>"""


def cubase(*slots: str, visuals: str = "") -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<InstrumentMap><string name="name" value="Strings" wide="true"/>
<member name="slotvisuals"><list name="obj" type="obj">{visuals}</list></member>
<member name="slots"><list name="obj" type="obj">
{"".join(slots)}</list></member></InstrumentMap>"""


def read(text: str | bytes, folder: Path) -> Conversion:
    path = folder / "map.expressionmap"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_expressionmap(path)


Places = set[tuple[str, ...]]


def again(technique_map: TechniqueMap, folder: Path) -> tuple[TechniqueMap, dict[str, str], Places]:
    """Return the map as it is read back, which technique became which, and what the report names."""
    text, losses = write_expressionmap(technique_map)
    write_text(folder / "again.expressionmap", text)
    back = read_expressionmap(folder / "again.expressionmap").technique_map
    places = named(losses, technique_map)
    kept = {key: one for key, one in technique_map.techniques.items() if ("techniques", key) not in places}
    used = [group for group in technique_map.groups if any(one.group == group for one in kept.values())]
    default = technique_map.groups[used[0]].default if used else ""
    keys = dict(zip(sorted(kept, key=lambda name: name != default), back.techniques, strict=True))
    return back, keys, places


@pytest.fixture(scope="session")
def cubase_files(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "maps" / "cubase").rglob("*.expressionmap"))


def test_every_slot_sends_what_the_file_says(cubase_files: list[Path]) -> None:
    for path in cubase_files:
        technique_map = read_expressionmap(path).technique_map
        found = {one.title or name: one for name, one in technique_map.techniques.items()}
        for node in ElementTree.parse(path).getroot().findall("member[@name='slots']/list/obj"):
            name = node.findall("member[@name='name']/string")[0].get("value") or ""
            sent = node.findall("obj[@name='action']/member[@name='midiMessages']/list/obj")
            messages = [tuple(int(part.get("value") or "") for part in one) for one in sent]
            technique = found[name] if messages else Technique(group="idle")
            pressed = [one for one in technique.on if isinstance(one, Keyswitch)]
            assert [(144, *one.keyswitch, one.velocity) for one in pressed] == messages
            remote = technique.trigger.key if technique.trigger else -1
            assert [part.get("value") for part in node.findall("obj[@name='remote']/int")] == [
                "144",
                str(remote),
            ]


def test_all_real_files_come_in_and_go_out_again(cubase_files: list[Path], tmp_path: Path) -> None:
    total: collections.Counter[str] = collections.Counter()
    print(f"\n{'file':34} {'slots':>5} {'techniques':>10} {'understood':>10}  lost")
    for path in cubase_files:
        conversion = read_expressionmap(path)
        slots = path.read_text(encoding="utf-8").count('class="PSoundSlot"')
        idle = path.read_text(encoding="utf-8").count('value="empty"')
        known, unread = len(conversion.technique_map.techniques), len(conversion.unread)
        reasons = collections.Counter(loss.why for loss in conversion.losses)
        lost = "; ".join(f"{count}x {why}" for why, count in reasons.items())
        print(f"{path.stem:34} {slots:5} {known:10} {known - unread:10}  {lost}")
        assert known == slots - idle
        assert all(technique.on for technique in conversion.technique_map.techniques.values())
        back, _, losses = again(conversion.technique_map, tmp_path)
        assert back == conversion.technique_map
        assert list(back.techniques.items()) == list(again(back, tmp_path)[0].techniques.items())
        moved = list(back.techniques) != list(conversion.technique_map.techniques)
        assert losses == ({("groups", "articulation", "order")} if moved else set())
        total += collections.Counter(slots=slots, techniques=known, understood=known - unread)
    print(f"{'all':34} {total['slots']:5} {total['techniques']:10} {total['understood']:10}")
    assert (len(cubase_files), total["slots"]) == (FILES, SLOTS)
    assert total["understood"] / total["techniques"] > 0.9


def test_the_default_comes_first_and_that_is_said(tmp_path: Path) -> None:
    """Where the map has it elsewhere: in a group, what stands first has priority."""
    text = """
technique_map: 1
instrument: X
middle_c: C3
groups: {articulation: {default: sustain}}
techniques:
  staccato: {group: articulation, on: {keyswitch: 1}}
  tremolo: {group: articulation, on: {keyswitch: 2}}
  sustain: {group: articulation, on: {keyswitch: 3}}
"""
    technique_map = read_map(text)
    told = write_expressionmap(technique_map)[1]
    assert [(loss.place, loss.what) for loss in told] == [
        ("groups: articulation: order", "sustain before staccato")
    ]
    back, _, _ = again(technique_map, tmp_path)
    assert (back, list(back.techniques)) == (technique_map, ["sustain", "staccato", "tremolo"])
    first = read_map(text.replace("default: sustain", "default: staccato"))
    assert write_expressionmap(first)[1] == ()


@pytest.mark.parametrize(
    ("name", "shown", "key", "title"),
    [
        ("Zpikato", "Spiccato", "spiccato", "Zpikato"),
        ("Haripin Bow Ch.", "Hairpin Bow Ch.", "swell", "Haripin Bow Ch."),
        ("Blorp", "Blurp", "Blorp", ""),
    ],
)
def test_a_slot_goes_by_the_name_that_is_understood(
    tmp_path: Path, name: str, shown: str, key: str, title: str
) -> None:
    found = read(cubase(slot(name, visual(shown), messages=((144, 1, 2),))), tmp_path)
    ((got, technique),) = found.technique_map.techniques.items()
    assert (got, technique.title, found.technique_map.plays(got)) == (key, title, (key,))
    assert [(loss.what, loss.why) for loss in found.losses] == [
        (
            shown,
            "the names of its articulations are left out: the slot has a name of its own, which is its title",
        )
    ]


def shape(node: ElementTree.Element, path: str = "") -> set[str]:
    """Return every path of tags, classes and names below a node: attributes, fixed values, order of parts."""
    fixed = node.get("name") in ("ownership", "version", "displaytype")
    here = f"{path}/{node.tag}:{node.get('class', '')}:{node.get('name', '')}"
    parts = [child.get("name") or child.get("class") for child in node] if node.tag == "obj" else []
    own = f"{here} {sorted(node.attrib)} {node.get('value') if fixed else ''} {parts}"
    return {own}.union(*(shape(child, here) for child in node))


def test_the_xml_has_the_structure_of_cubase(cubase_files: list[Path]) -> None:
    theirs: set[str] = set()
    for path in cubase_files:
        if b"<?xml" in path.read_bytes()[:10]:  # the others were written by a script
            theirs |= shape(ElementTree.parse(path).getroot())
    for path in cubase_files:
        root = ElementTree.fromstring(write_expressionmap(read_expressionmap(path).technique_map)[0].encode())
        for action in root.iter("obj"):
            for second in action.findall("int[@name='key2']"):  # no file here has two keys
                action.remove(second)
        assert shape(root) - theirs == set()
        ids = [node.get("ID") for node in root.iter("obj")]
        assert len(set(ids)) == len(ids) > 0
        assert None not in ids


def test_what_is_written_of_a_file_is_that_file(cubase_files: list[Path]) -> None:
    path = next(path for path in cubase_files if path.stem == "ORC Guitar")
    written = ElementTree.fromstring(write_expressionmap(read_expressionmap(path).technique_map)[0].encode())
    original = ElementTree.parse(path).getroot()
    for one, other in zip(written.iter(), original.iter(), strict=True):
        if one.get("name") != "symbol":
            assert {**one.attrib, "ID": ""} == {**other.attrib, "ID": ""}


@given(technique_map=technique_maps())
@settings(max_examples=150)
def test_what_is_not_read_back_is_what_the_report_names(
    technique_map: TechniqueMap, tmp_path_factory: pytest.TempPathFactory
) -> None:
    back, keys, losses = again(technique_map, tmp_path_factory.getbasetemp())
    assert differences(technique_map, back, keys) == losses


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_maps_go_out_with_a_true_report(path: Path, tmp_path: Path) -> None:
    technique_map = load_map(path)
    back, keys, losses = again(technique_map, tmp_path)
    assert differences(technique_map, back, keys) == losses


def test_a_map_in_cubases_terms_loses_nothing(tmp_path: Path) -> None:
    technique_map = read_map(STRINGS)
    assert write_expressionmap(technique_map)[1] == ()
    assert again(technique_map, tmp_path)[0] == technique_map


def test_slots_say_what_the_map_says() -> None:
    root = ElementTree.fromstring(write_expressionmap(read_map(STRINGS))[0].encode())
    slots = {
        node.findall("member[@name='name']/string")[0].get("value"): node
        for node in root.findall("member[@name='slots']/list/obj")
    }

    def values(name: str, path: str) -> list[str | None]:
        return [node.get("value") for node in slots[name].findall(path)]

    changer = "obj[@name='action']/member[@name='noteChanger']/list/obj/"
    assert values("staccato", f"{changer}float") == [
        "1.25",
        "0.2000000000000000111022302462515654042363166809082",
    ]
    assert values("staccato", f"{changer}int") == ["-1", "10", "90", "-12", "43", "127"]
    assert values("Long", f"{changer}int") == ["-1", "0", "127", "0", "0", "127"]
    assert values("pizzicato", f"{changer}int")[0] == "2"
    assert values("Long CS", "member[@name='sv']/list/obj/string[@name='text']") == ["Long", "Mute"]
    sent = values("staccato", "obj[@name='action']/member[@name='midiMessages']/list/obj/int")
    assert " ".join(map(str, sent)) == "144 1 100 176 32 40 176 0 1 176 32 2 192 5 0 192 7 0"
    assert values("Long", "obj[@name='remote']/int") == ["144", "24"]
    assert next(iter(slots)) == "Long"


def test_a_combination_is_played_as_such(cubase_files: list[Path]) -> None:
    path = next(path for path in cubase_files if path.stem == "SDS Tutti")
    tutti, vocabulary = read_expressionmap(path).technique_map, load_vocabulary()
    for asked, title in (
        (("pizzicato",), "Pizz (XF A)+A-R-T Bold-Norm-Norm"),
        (("sustain", "molto_vibrato"), "Long (Vel E R)+E Molto vib.+A-R-T Bold-Norm-Norm"),
    ):
        resolution = resolve(asked, tutti, vocabulary)
        assert resolution.rung is Rung.EXACT
        assert tutti.techniques[resolution.state[0]].title == title


def test_slots_become_techniques(tmp_path: Path) -> None:
    conversion = read(
        cubase(
            slot("Long", visual("Long"), messages=((144, 24, 120),)),
            slot("Slot 2", visual("Stacc", 0, 0), visual("con sord.", 1), messages=((192, 3, 0),), channel=4),
            slot("ZZZ", visual("Tremolo"), messages=((224, 0, 64), (144, 26, 0)), more=numbers(color=4)),
        ),
        tmp_path,
    )
    found = conversion.technique_map
    assert list(found.techniques) == ["sustain", "staccato+con_sordino", "tremolo"]
    assert found.groups["articulation"].default == "sustain"
    short, odd = found.techniques["staccato+con_sordino"], found.techniques["tremolo"]
    assert (short.title, short.scope, short.channel) == ("Stacc+con sord.", "note", 5)
    assert (odd.title, odd.color) == ("ZZZ", "#e3c53f")
    assert [action.key for action in odd.on] == ["pitch_bend", "keyswitch"]
    assert [loss.what for loss in conversion.losses] == ["Slot 2", "Tremolo", "ZZZ: message 144 26 0"]


def test_the_first_slot_is_the_default_unless_it_does_nothing(tmp_path: Path) -> None:
    swarm = slot("Swarm", visual("Swarm"), messages=((144, 1, 1),))
    assert read(cubase(swarm), tmp_path).technique_map.groups["articulation"].default == "Swarm"
    nothing = read(cubase(slot("empty"), swarm), tmp_path)
    assert nothing.technique_map.groups["articulation"].default == ""
    assert list(nothing.technique_map.techniques) == ["Swarm"]
    assert again(nothing.technique_map, tmp_path)[0] == nothing.technique_map
    assert 'value="empty"' in write_expressionmap(nothing.technique_map)[0]


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (slot("A", visual("A"), messages=((144, 128, 1),)), "data1 128"),
        (slot("A", visual("A"), messages=((144, "x", 1),)), "data1 x"),
        (slot("A", visual("A"), messages=((144, "٣", 1),)), "data1 ٣"),
        (slot("A", visual("A"), messages=((99, 1, 1),)), "status 99"),
        (slot("A", visual("A"), messages=((160, 1, 1),)), "A: message 160 1 1"),
        (slot("A", visual("A"), minVelocity=90, maxVelocity=20), "minVelocity 90, maxVelocity 20"),
        (slot("A", visual("A"), lengthFact="1e9"), "lengthFact 1e9"),
        (slot("A", visual("A"), velocityFact=0), "velocityFact 0"),
        (slot("A", visual("A"), transpose=-1000), "transpose -1000"),
        (slot("A", visual("A", 7)), "group 7"),
        (slot("A", visual("A"), more=numbers(color=99)), "color 99"),
        (slot("A", visual("B")), "B"),
        (
            slot("A", visual("A"), more=f'<obj name="remote">{numbers(status=192, data1=5)}</obj>'),
            "remote 192 5",
        ),
    ],
)
def test_what_cannot_be_read_of_a_slot_is_said_with_its_line(made: str, what: str, tmp_path: Path) -> None:
    conversion = read(cubase(made), tmp_path)
    found = [loss for loss in conversion.losses if loss.what == what]
    assert len(found) == 1
    place, _, line = found[0].place.rpartition(":")
    assert place == str(tmp_path / "map.expressionmap")
    assert 4 < int(line) < 16
    assert list(conversion.technique_map.techniques) == ["A"]


def test_what_is_only_shown_is_said(tmp_path: Path) -> None:
    shown = visual("A", display=0) + visual("Gone") + '<obj class="Odd"/>'
    conversion = read(cubase(slot("A", visual("A"), messages=((144, 1, 1),)), visuals=shown), tmp_path)
    assert [loss.what for loss in conversion.losses] == ["A: symbol 73", "Gone", "slotvisuals: Odd"]


BOMB = """<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<InstrumentMap><string name="name" value="&b;"/></InstrumentMap>"""


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        (b"", 1, "it ends too early"),
        (b"<InstrumentMap>\n<member>", 2, "it ends too early"),
        (cubase(slot("A", visual("A"))).encode()[:-40], 13, "it ends too early"),
        (b"RIFF\x00\x01", 1, "not XML"),
        (b"<drummap/>", 1, "<drummap> begins no such file"),
        (b"<InstrumentMap>\n<int></string></InstrumentMap>", 2, "mismatched tag"),
        (BOMB.encode(), 1, "a document type or entities"),
        (b'<!DOCTYPE m SYSTEM "file:///etc/passwd">\n<InstrumentMap/>', 1, "a document type or entities"),
        (b'<InstrumentMap>\n<string name="name" value="\xff"/></InstrumentMap>', 2, "not UTF-8 (byte 43)"),
        (b'<?xml version="1.0" encoding="martian"?><InstrumentMap/>', 1, "unknown encoding"),
        (b'<?xml version="1.0" encoding="shift_jis"?><InstrumentMap/>', 1, "save it as UTF-8"),
        (b"<InstrumentMap>" + b"<list>\n" * 100_000, 32, "nested more than 32 deep"),
        (b"<InstrumentMap>" + b"<a/>\n" * 160_000, 150_000, "more than 150,000 elements"),
        (b"<InstrumentMap>" + b" " * 5_000_000, None, "more than the 5,000,000 that are read"),
    ],
)
def test_what_is_no_expression_map_is_one_line_with_the_remedy(
    data: bytes, line: int | None, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, tmp_path)
    place = f"{tmp_path / 'map.expressionmap'}:" + (f"{line}: " if line else " ")
    assert str(caught.value).startswith(place)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_expressionmap(tmp_path / "none.expressionmap")


def test_other_encodings_and_line_ends_are_read(tmp_path: Path) -> None:
    text = cubase(slot("Gedämpft ピチカート", visual("A"), messages=((144, 1, 1),)), visuals=visual("Gone"))
    plain = read(text, tmp_path)
    wide = read(text.replace("utf-8", "utf-16").encode("utf-16"), tmp_path)
    latin = read(text.replace("utf-8", "iso-8859-1").replace("ピチカート", "").encode("latin-1"), tmp_path)
    old_mac = read(text.replace("\n", "\r"), tmp_path)
    assert plain.technique_map == wide.technique_map == old_mac.technique_map
    assert plain.losses == old_mac.losses != ()
    assert next(iter(latin.technique_map.techniques.values())).title == "Gedämpft "


@given(data=st.binary(max_size=200), cut=st.integers(0, 4000), put=st.integers(0, 4000))
@settings(max_examples=150)
def test_garbage_is_refused_or_read(
    data: bytes, cut: int, put: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = cubase(slot("A", visual("A"), messages=((144, 1, 1),)), slot("B", visual("B", 1))).encode()
    for text in (data, whole[:put] + data + whole[put + cut :]):
        try:
            conversion = read(text, tmp_path_factory.getbasetemp())
        except DocumentError as error:
            assert "\n" not in str(error)
        else:
            assert isinstance(conversion.technique_map, TechniqueMap)


def test_a_hundred_thousand_lines_are_read(tmp_path: Path) -> None:
    techniques = {f"Slot of {row}": {"group": "g", "on": [{"keyswitch": row % 128}]} for row in range(1480)}
    data = {"technique_map": 1, "instrument": "Big", "groups": {"g": {}}, "techniques": techniques}
    text = write_expressionmap(TechniqueMap.model_validate(data, context=data))[0]
    assert text.count("\n") > 100_000
    write_text(tmp_path / "big.expressionmap", text)
    assert len(read_expressionmap(tmp_path / "big.expressionmap").technique_map.techniques) == 1480
