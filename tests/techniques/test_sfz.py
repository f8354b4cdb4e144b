"""SFZ instruments as technique maps: switches with what is inherited, their names, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from host_events import control, note, stream, switch
from hypothesis import given
from hypothesis import strategies as st
from small_sfz import HIGH, LOW, SWITCHES, write_small_sfz

from composer_daw.errors import DocumentError, InputError
from composer_daw.techniques.actions import ControlChange, Keyswitch
from composer_daw.techniques.interchange.conversion import Conversion
from composer_daw.techniques.interchange.sfz import read_sfz
from composer_daw.techniques.maps import TechniqueMap

GARBAGE = (
    *("<region>", "<group>", "<master>", "<global>", "<control>", "\n", " ", "//", "/*", "*/", "\x85", "é\0"),
    *("sw_last=", "sw_down=24", "sw_up=24", "sw_label=Pizz", "sw_lolast=", "sw_hilast=99", "sw_default="),
    *("key=", "c4", "-1", "128", "1e9", "99999999999", "trigger=release", "lokey=90 hikey=3", "lobend=1"),
    *("locc1=0 hicc1=63", "locc1=64", "hicc1=x", "lohdcc2=0.5", "hihdcc2=nan", "label_cc1=articulation"),
    *("note_offset=", "octave_offset=-9", "label_key24==", "group_label=+", "sample=*silence"),
    *("sample=a/b.wav", "#define $A 2", "$A", '#include "x.sfz"'),
)


def read(folder: Path, text: str, name: str = "instrument.sfz") -> Conversion:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_sfz(path)


def keys(technique_map: TechniqueMap) -> dict[str, object]:
    """Return the techniques by name, each as its keys, or as its controller with the value."""
    told: dict[str, object] = {}
    for name, technique in technique_map.techniques.items():
        found = [action.model_dump(exclude_defaults=True) for action in technique.on]
        told[name] = found[0].get("keyswitch", (found[0].get("cc"), found[0].get("value"))) if found else None
    return told


def reasons(conversion: Conversion) -> list[tuple[str, str, str]]:
    return [(loss.place.rpartition("/")[2], loss.what, loss.why) for loss in conversion.losses]


def test_the_small_instrument_comes_out_whole(tmp_path: Path) -> None:
    conversion = read_sfz(write_small_sfz(tmp_path))
    read_map = conversion.technique_map
    assert keys(read_map) == {name: (key,) for name, key in SWITCHES.items()}
    assert (read_map.instrument, read_map.source, read_map.range) == ("small", "small.sfz", (LOW, HIGH))
    assert read_map.groups["articulation"].default == "sustain"
    assert (conversion.losses, conversion.unread) == ((), ())


def test_what_holds_above_is_inherited_and_overridden(tmp_path: Path) -> None:
    text = """
        <global> sw_lokey=c1 sw_hikey=e1 sw_default=d1 lokey=g3 hikey=c7 sw_label=Sustain sw_last=24
        <region> sample=a.wav
        <master> sw_last=C#1 sw_label=Spiccato
        <group> <region> sample=b.wav
        <group> sw_label=Pizzicato sw_last=d1 <region> sample=c.wav <region> sample=d.wav key=103
        <region> sw_last=27 sw_label=Con sord. pizz.
        <master> <region>
        <global> <region> sample=e.wav lokey=100 hikey=104
    """
    conversion = read(tmp_path, text)
    found = {"sustain": (24,), "spiccato": (25,), "pizzicato": (26,), "pizzicato+con_sordino": (27,)}
    assert keys(conversion.technique_map) == found
    assert conversion.technique_map.groups["articulation"].default == "pizzicato"
    assert conversion.technique_map.range == (55, 104)
    assert conversion.technique_map.techniques["pizzicato"].when.pitch == (55, 103)
    assert conversion.technique_map.techniques["sustain"].when.pitch == (55, 96)
    assert conversion.losses == ()


def test_includes_and_definitions_tell_switches(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    inner = "<group> sw_last=$BASE sw_label=$NAME with mute\n<region> sample=x.wav // key=1\n"
    (tmp_path / "parts" / "group.sfz").write_text(inner)
    group = '#define $BASE {} #define $NAME {}\n#include "parts/group.sfz"\n'
    conversion = read(tmp_path, group.format(24, "Long") + group.format(25, "Staccato"))
    assert keys(conversion.technique_map) == {"sustain+con_sordino": (24,), "staccato+con_sordino": (25,)}


def test_a_held_key_is_held_and_what_rests_is_the_default(tmp_path: Path) -> None:
    text = """<global> lokey=40 hikey=80
        <group> sw_up=30 group_label=Sustain <region> sample=a.wav
        <group> sw_down=30 group_label=Tremolo <region> sample=b.wav
        <group> sw_down=60 group_label=Slide <region> sample=c.wav lokey=61 hikey=61"""
    conversion = read(tmp_path, text)
    read_map = conversion.technique_map
    assert keys(read_map) == {"sustain": None, "tremolo": (30,)}
    assert read_map.techniques["tremolo"].on[0].model_dump()["mode"] == "hold"
    assert read_map.groups["held keys"].default == "sustain"
    why = "a key that is played, too: a technique told by the notes before"
    assert reasons(conversion) == [("instrument.sfz:4", "sw_down=60", why)]


def test_controllers_tell_techniques_where_something_names_them(tmp_path: Path) -> None:
    text = """<control> label_cc32=Articulation set_cc32=40
        <group> locc32=0 hicc32=20 group_label=Legato <region> sample=a.wav
        <group> locc32=21 hicc32=60 master_label=Stac. <region> sample=b.wav
        <group> locc1=0 hicc1=63 <region> sample=p.wav <group> locc1=64 hicc1=127 <region> sample=f.wav
        <group> locc64=0 hicc64=63 group_label=Dry <region> <group> locc64=64 group_label=Wet <region>
        <group> locc20=0 hicc20=63 group_label=a <region> <group> locc20=60 group_label=b <region>"""
    conversion = read(tmp_path, text)
    assert keys(conversion.technique_map) == {"legato": (32, 10), "staccato": (32, 40)}
    assert conversion.technique_map.groups["Articulation"].default == "staccato"
    assert reasons(conversion) == [
        (
            "instrument.sfz:4",
            "locc1=0 hicc1=63 (and 1 more)",
            "layers of a controller without names; where they are techniques, add them by hand",
        ),
        ("instrument.sfz:5", "locc64=0 hicc64=63 (and 1 more)", "a pedal, which scores play themselves"),
        (
            "instrument.sfz:6",
            "locc20=0 hicc20=63 (and 1 more)",
            "layers of a controller that sound together, no switch",
        ),
    ]


def test_controllers_and_keys_combine(tmp_path: Path) -> None:
    mute = "locc20={} hicc20={} group_label={}"
    text = "".join(
        f"<group> sw_last={24 + number} sw_label={label} {mute.format(*span)} <region>\n"
        for number, label in enumerate(("Sustain", "Pizz"))
        for span in ((0, 63, "Open"), (64, 127, "Con sord."))
    )
    read_map = read(tmp_path, text).technique_map
    assert {name: technique.group for name, technique in read_map.techniques.items()} == {
        **{"sustain": "articulation", "pizzicato": "articulation"},
        **{"senza_sordino": "cc20", "con_sordino": "cc20"},
    }
    assert read_map.groups["cc20"].default == "senza_sordino"


def test_without_labels_the_samples_name_techniques(tmp_path: Path) -> None:
    text = """<control> default_path=..\\Samples\\Violin\\
        <group> sw_last=24 <region> sample=sus\\violin_sus_a3_v1.wav <region> sample=sus\\violin_sus_c4_v1.wav
        <group> sw_last=25 <region> sample=pizz\\violin_pizz_a3_v1.wav <region> sample=pizz\\x_pizz_c4_v1.wav
        <group> sw_last=26 <region> sample=violin_a3.wav"""
    conversion = read(tmp_path, text)
    assert keys(conversion.technique_map) == {"sustain": (24,), "pizzicato": (25,), "keyswitch D1": (26,)}
    assert conversion.unread == ("keyswitch D1",)
    assert reasons(conversion) == [
        ("instrument.sfz:2", "sw_last=24 (and 1 more)", "no label; named after its samples"),
        ("instrument.sfz:4", "sw_last=26", "no label; named after its key"),
    ]


def test_labels_of_keys_and_of_headers(tmp_path: Path) -> None:
    text = """<control> label_key24=Marcato label_key25=unused
        <global> global_label=Violins
        <master> master_label=Short <group> group_label=soft sw_last=24 <region>
        <group> group_label=loud <region> sw_last=25 sw_label=C#1 Staccato
        <master> master_label=Tremolo <group> sw_last=26 group_label=soft <region>"""
    conversion = read(tmp_path, text)
    assert keys(conversion.technique_map) == {"marcato": (24,), "staccato": (25,), "tremolo": (26,)}
    assert conversion.technique_map.techniques["staccato"].title == "C#1 Staccato"


def test_offsets_move_keys_as_in_sfizz(tmp_path: Path) -> None:
    text = "<control> note_offset=2 octave_offset=1\n<region> sw_last=24 sw_default=24 sw_label=Pizz key=60"
    read_map = read(tmp_path, text).technique_map
    assert (keys(read_map), read_map.range) == ({"pizzicato": (38,)}, (74, 74))
    assert read_map.groups["articulation"].default == "pizzicato"
    conversion = read(tmp_path, "<control> sw_note_offset=12\n<region> sw_last=24 sw_label=Pizz")
    assert keys(conversion.technique_map) == {"pizzicato": (24,)}
    assert reasons(conversion)[0][1:] == ("sw_note_offset=12", "players differ on it; left out, as by sfizz")


def test_regions_that_no_key_plays_say_nothing(tmp_path: Path) -> None:
    text = """<region> sw_last=24 sw_label=Pizz lokey=50 hikey=60
        <region> sw_last=25 trigger=release <region> sw_last=26 hikey=-1 <region> sw_last=27 sample=*silence
        <region> sw_last=28 lokey=9 hikey=8 <region> sw_last=29 key=1 hivel=0 <region> key=60 hivel=09"""
    conversion = read(tmp_path, text)
    assert (keys(conversion.technique_map), conversion.technique_map.range) == (
        {"pizzicato": (24,)},
        (50, 60),
    )


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        ("<region> sw_last=z9", ("instrument.sfz:1", "sw_last=z9", "no key")),
        ("<region>\nsw_last=24\nsw_last=128", ("instrument.sfz:3", "sw_last=128", "no key")),
        ("<region> lokey=1.5.2", ("instrument.sfz:1", "lokey=1.5.2", "no key")),
        ("<region> hicc20=300", ("instrument.sfz:1", "hicc20=300", "no value of a controller")),
        (
            "<region> sw_previous=60",
            ("instrument.sfz:1", "sw_previous=60", "a condition that maps do not have"),
        ),
        (
            "<region> lochan=1\nhichan=3",
            ("instrument.sfz:2", "hichan=3", "a condition that maps do not have"),
        ),
        (
            "<region> sw_last=24 sw_label=A\n<region> sw_last=24 sw_label=B",
            ("instrument.sfz:1", "sw_label=B", "another label of the same switch"),
        ),
        (
            "<region> sw_default=24 sw_last=24 sw_label=A\n<region> sw_last=25 sw_label=B sw_default=25",
            ("instrument.sfz:2", "sw_default=24", "a later one counts"),
        ),
        ("<region> key=3", ("instrument.sfz:1", "instrument.sfz", "no switches: it has one way of playing")),
    ],
)
def test_what_is_not_carried_is_said_with_its_line(
    tmp_path: Path, text: str, loss: tuple[str, str, str]
) -> None:
    assert loss in reasons(read(tmp_path, text))


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "old.sfz"
    path.write_bytes("<region> sw_last=24 sw_label=mit Dämpfer".encode("latin-1"))
    conversion = read_sfz(path)
    assert keys(conversion.technique_map) == {"con_sordino": (24,)}
    assert reasons(conversion) == [("old.sfz:1", "old.sfz", "not UTF-8; read as Latin-1")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<region>\n#include "none.sfz"', "instrument.sfz:2: includes 'none.sfz', and there is no such file"),
        (
            '<region>\n#include "instrument.sfz"',
            "instrument.sfz:2: includes files more than 32 deep; does one",
        ),
        ('\n#include "../x.sfz" <region>', "instrument.sfz:2: includes '../x.sfz', which leads out of the"),
        ("#define $A $A\n<region> sw_last=$A", "instrument.sfz:2: '.A' is defined by itself, without end"),
        ("", "instrument.sfz: holds no <region>; give an SFZ instrument"),
        ("<region>" * 50_001, "more than 50,000 headers; give a smaller instrument"),
        ("<region>" + "/" * 10_000_000, "10,000,008 bytes, more than 10,000,000; give an SFZ instrument"),
    ],
)
def test_what_is_no_instrument_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none.sfz: no such file; give an SFZ file"):
        read_sfz(tmp_path / "none.sfz")


@pytest.mark.parametrize("opcode", ["sw_last={0}", "lobend={1} lokey=x{1}", "locc{2}={0} hicc{2}={0}"])
def test_a_hundred_thousand_lines_are_read(tmp_path: Path, opcode: str) -> None:
    lines = (opcode.format(row % 25, row, row % 30) + "\nlovel=1" for row in range(48_000))
    text = "".join(f"<region> {line}\n" for line in lines)
    path = tmp_path / "long.sfz"
    path.write_text(text + "\n" * 10_000)
    assert read_sfz(path).technique_map.instrument == "long"


@given(st.lists(st.sampled_from(GARBAGE), max_size=30), st.text(max_size=20))
def test_garbage_is_read_or_refused_as_a_document(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], tail: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage.sfz"
    path.write_bytes((" ".join(parts) + tail).encode("utf-8", "surrogatepass"))
    try:
        conversion = read_sfz(path)
    except DocumentError as error:
        assert "\n" not in str(error)
    else:
        assert all(loss.place.startswith(f"{path}:") for loss in conversion.losses)
        assert len(conversion.unread) <= len(conversion.technique_map.techniques)


# What the engine makes of it


HEARD = """
<control> note_offset=12 set_cc20=10
<global> sw_lokey=24 sw_hikey=30 sw_default=24 lokey=40 hikey=60 sample=*sine
<group> sw_last=24 sw_label=Sustain locc20=0 hicc20=63 volume=-10 group_label=Open <region>
<group> sw_last=25 sw_label=Pizz locc20=0 hicc20=63 volume=-16 group_label=Open <region>
<group> sw_last=24 sw_label=Sustain lohdcc20=0.5 group_label=Con sord. volume=-22 <region>
<group> sw_last=25 sw_label=Pizz locc20=64 group_label=Con sord. volume=-28 <region> sw_default=25
<global> lokey=40 hikey=60 sample=*sine
<group> sw_down=c0 group_label=Tremolo volume=-34 <region>
"""
LEVELS_DB = {"sustain": -10, "pizzicato": -16, "sustain+con_sordino": -22, "pizzicato+con_sordino": -28}


@pytest.mark.parametrize("names", ["", *LEVELS_DB, "tremolo"])
def test_sfizz_hears_the_actions_as_the_map_says(tmp_path: Path, names: str) -> None:
    if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") != "1":
        pytest.importorskip("pysfizz")
    from composer_daw.hosts.sfizz import SfizzHost

    read_map = read(tmp_path, HEARD).technique_map
    assert read_map.range == (52, 72)
    rows = [note(0.0, 0.2, 60)]
    for name in filter(None, names.split("+")):
        for action in read_map.techniques[name].on:
            if isinstance(action, ControlChange):
                rows.append(control(-0.03, action.cc, float(str(action.value))))
            elif isinstance(action, Keyswitch) and action.mode == "latch":
                rows.append(switch(-0.03, action.keyswitch[0]))
            elif isinstance(action, Keyswitch):
                rows.append(note(-0.03, 0.3, action.keyswitch[0]))
    with SfizzHost(tmp_path / "instrument.sfz", 44_100) as host:
        peak = np.abs(host.render(stream(*rows), 0.3).samples).max()
    asked = names or "+".join(group.default for group in read_map.groups.values() if group.default)
    level_db = LEVELS_DB.get(asked.removesuffix("+senza_sordino"))
    alone = 10 ** (LEVELS_DB["pizzicato"] / 20)  # in force from the start, also beneath the tremolo
    relative = 10 ** (level_db / 20) if level_db is not None else alone + 10 ** (-34 / 20)
    assert peak / reference(tmp_path) == pytest.approx(relative, rel=0.02)


def reference(folder: Path) -> float:
    """Return the peak of the same tone at 0 dB."""
    from composer_daw.hosts.sfizz import SfizzHost

    path = folder / "plain.sfz"
    path.write_text("<region> sample=*sine volume=0")
    with SfizzHost(path, 44_100) as host:
        return float(np.abs(host.render(stream(note(0.0, 0.2, 60)), 0.3).samples).max())
