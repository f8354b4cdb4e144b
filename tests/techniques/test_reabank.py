"""Reaticulate's banks: what they say, what is lost and why, and the way back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from generated_maps import (
    VOCABULARY,
    colors,
    ends,
    keys,
    optional,
    seven_bit,
    technique_maps,
    texts,
    velocities,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from small_instruments import MAP, read_map

from composer_daw.errors import DocumentError
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.interchange import Conversion, Loss
from composer_daw.techniques.interchange.reabank import read_reabank, read_reabank_text, write_reabank
from composer_daw.techniques.parts import NoteShape, Technique

BANK = "Bank 12 3 Violins\n"


def read(text: str) -> Conversion:
    """Return the only bank of a text."""
    (conversion,) = read_reabank_text(text, "x.reabank")
    return conversion


def entry(attributes: str, name: str = "40 staccato") -> tuple[Technique, tuple[Loss, ...]]:
    """Return the only articulation of a bank, and what was lost."""
    conversion = read(f"{BANK}//! {attributes}\n{name}\n")
    (technique,) = conversion.technique_map.techniques.values()
    return technique, conversion.losses


def reasons(losses: tuple[Loss, ...]) -> list[tuple[str, str]]:
    return [(loss.what, loss.why) for loss in losses]


def rows(technique: Technique) -> list[dict[str, Any]]:
    return [{key: value for key, value in action if value not in (None, ())} for action in technique.on]


# Reading


def test_a_bank_becomes_a_map() -> None:
    conversion = read(
        '//! g="Maker/Product" n="Violins 1" chase=1,11,64-66 m="Load \\"KS\\""\n'.replace('\\"', "&quot;")
        + "//! id=0123-abc\n"
        + BANK
        + "//! c=long i=note-whole o=note:24\n1 Long\n"
        + "//! c=#112233 i=staccato o=note:25,1\n40 Stac.\n"
        + '//! i=con-sord g=2 o=cc:32,7 m="press once"\n7 Wobble\n'
    )
    strings = conversion.technique_map
    assert (strings.instrument, strings.chase) == ("Violins", (1, 11, 64, 65, 66))
    assert strings.requires_patch == 'Load "KS"'
    assert strings.source == 'Reaticulate bank 12 3 g="Maker/Product" n="Violins 1" id="0123-abc"'
    assert {name: group.default for name, group in strings.groups.items()} == {
        "articulation": "sustain",
        "group_2": "",
    }
    long, short, other = strings.techniques.values()
    assert list(strings.techniques) == ["sustain", "staccato", "Wobble"]
    assert (long.title, long.color, long.trigger and long.trigger.program) == ("Long", "#305fc6", 1)
    assert (short.title, short.color) == ("Stac.", "#112233")
    assert rows(short) == [{"keyswitch": (25,), "velocity": 1, "mode": "latch"}]
    assert (other.title, other.group, other.setup) == ("", "group_2", "press once")
    assert conversion.unread == ("Wobble",)
    assert reasons(conversion.losses) == [("3 icons", "icons are for the window")]
    assert conversion.losses[0].place == "x.reabank:3"


def test_what_a_bank_does_not_say_has_reaticulates_defaults() -> None:
    strings = read("Bank * * Violins\n1 long\n").technique_map
    assert (strings.source, strings.chase) == ("", (1, 2, 11, 64, 65, 66, 67, 68, 69))
    assert read("//! f=!chase\nBank * * V\n").technique_map.chase == ()
    assert read("BANK 1 2   V\r\n").technique_map.source == "Reaticulate bank 1 2"
    assert strings.techniques["sustain"].color == ""


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ("note:24", [{"keyswitch": (24,), "velocity": 127, "mode": "latch"}]),
        ("note:24/note:26", [{"keyswitch": (24, 26), "velocity": 127, "mode": "latch"}]),
        ("note-hold:24,9", [{"keyswitch": (24,), "velocity": 9, "mode": "hold"}]),
        ("cc:32,7/cc:1,0", [{"cc": 32, "value": 7}, {"cc": 1, "value": 0}]),
        ("program:5", [{"program": 5}]),
        ("cc:0,1/cc:32,2/program:5", [{"program": 5, "bank": 130}]),
        ("pitch:-100", [{"pitch_bend": -100}]),
        ("-cc@3:1,2", [{"cc": 1, "value": 2, "channel": 3}]),
        ("-cc@3:0,1/-cc@3:32,2/-program@3:5", [{"program": 5, "bank": 130, "channel": 3}]),
        (
            "cc:0,1/cc@2:32,2/cc:1,1",
            [{"cc": 0, "value": 1}, {"cc": 32, "value": 2, "channel": 2}, {"cc": 1, "value": 1}],
        ),
    ],
)
def test_outputs_become_actions(outputs: str, expected: list[dict[str, Any]]) -> None:
    assert rows(entry(f"o={outputs}")[0]) == expected


def test_a_channel_routes_the_notes_unless_a_dash_stands_before() -> None:
    assert entry("o=@3")[0].channel == 3
    routed, losses = entry("o=note@2:24/cc@2:1,5")
    assert (routed.channel, losses) == (2, ())
    assert rows(routed)[0] == {"keyswitch": (24,), "velocity": 127, "mode": "latch"}
    apart = entry("o=note@2:24/-cc@5:1,5")[0]
    assert (apart.channel, rows(apart)[1]["channel"]) == (2, 5)
    assert entry("o=note@-:24")[0].channel is None
    layered, losses = entry("o=note:24/@2")
    assert layered.channel is None
    assert reasons(losses) == [("note:24/@2", "its notes would go to several channels; they go to the first")]


def test_a_filter_is_a_condition_on_another_articulation() -> None:
    mutes = "120 open\n//! g=2\n121 cup\n//! o=note:24%120/note:25%121/cc:1,5%120/cc:1,5%121\n1 long\n"
    conversion = read(f"{BANK}//! g=2\n{mutes}")
    sustain = conversion.technique_map.techniques["sustain"]
    names = list(conversion.technique_map.techniques)
    assert [action.only_with for action in sustain.on] == [(names[0],), (names[1],), (names[0], names[1])]
    missing, losses = entry("o=note:24%99/note:25")
    assert [row["keyswitch"] for row in rows(missing)] == [(25,)]
    assert ("only_with 99", "there is no such entry") in reasons(losses)


def test_flags_toggle_keys_and_say_what_they_leave_out() -> None:
    assert rows(entry("f=toggle o=note:35/note-hold:36")[0])[0]["mode"] == "toggle"
    assert reasons(entry("f=toggle o=cc:1,2")[1]) == [("f=toggle", "only keys are toggled")]
    assert reasons(entry("f=!antihang,hidden,wobble o=cc:1,2")[1]) == [
        ("f=!antihang", "belongs to playing live in Reaticulate"),
        ("f=hidden", "belongs to playing live in Reaticulate"),
        ("f=wobble", "no such flag"),
    ]
    whole = read(f"//! f=toggle\n{BANK}//! o=note:1\n1 a\n//! f=!toggle o=note:2\n2 b\n").technique_map
    assert [rows(one)[0]["mode"] for one in whole.techniques.values()] == ["toggle", "latch"]


def test_articulations_that_call_others_are_written_out() -> None:
    text = BANK + "//! o=note:1\n1 long\n//! g=2 o=note:9/cc:1,2\n121 mute\n//! o=art:1/art:121%1\n50 both\n"
    conversion = read(text)
    both = list(conversion.technique_map.techniques.values())[2]
    assert [action.only_with for action in both.on] == [(), ("sustain",), ("sustain",)]
    assert [why for _, why in reasons(conversion.losses)][:2] == [
        "written out as the outputs of that articulation; its group is not changed"
    ] * 2
    circle = read(BANK + "//! o=art:2/note:1\n1 a\n//! o=art:1/note:2\n2 b\n")
    assert ("art:1", "articulations call each other in a circle") in reasons(circle.losses)
    assert [len(one.on) for one in circle.technique_map.techniques.values()] == [1, 1]
    tree = "".join(f"//! o=art:{n + 1}/art:{n + 1}\n{n} x\n" for n in range(127))
    assert any("more than 256 outputs" in loss.why for loss in read(BANK + tree).losses)


def test_transforms_become_the_shape_of_notes() -> None:
    note = entry("o=cc:1,2 transpose=-12 velocity=0.5 pitchrange=40-70 velrange=32-64")[0].note
    assert (note.transpose, note.velocity, note.velocity_range) == (-12, 0.5, (32, 64))
    assert note.pitch_range == (52, 82)  # Reaticulate limits behind the transposition, a map before it
    assert entry("o=cc:1,2 pitchrange=-70")[0].note.pitch_range == (None, 70)
    assert entry("o=cc:1,2 pitchrange=0-127 transpose=12")[0].note.pitch_range == (None, 115)
    bad = "transpose=200 velocity=0 velrange=a pitchrange=9-1"
    assert [what for what, _ in reasons(entry(f"o=cc:1,2 {bad}")[1])] == bad.split(" ")


def test_off_is_the_default_of_its_group() -> None:
    text = "Bank * * V\n//! o=note:1\n1 long\n//! o=note-hold:2\n5 wobble\n"
    assert read(f"//! off=5\n{text}").technique_map.groups["articulation"].default == "wobble"
    conversion = read(f"//! off=6\n{text}")
    assert conversion.technique_map.groups["articulation"].default == "sustain"
    assert reasons(conversion.losses) == [("off=6", "there is no such entry")]


def test_clones_have_the_programs_of_the_bank_they_name() -> None:
    text = (
        '//! g="M/P" n="One" m="Load A"\nBank * * First\n//! o=note:1\n1 long\n//! o=note:2\n2 pizz\n'
        '//! clone="M/P/One"\nBank * * Second\n//! o=note:9\n1 stacc\n'
        "//! clone=third-id\nBank * * Fourth\n"
        '//! clone="M/P/One" id=third-id\nBank * * Third\n'
        '//! clone="M/P/Two"\nBank * * Fifth\n'
    )
    first, second, fourth, third, fifth = read_reabank_text(text, "x.reabank")
    assert list(second.technique_map.techniques) == ["staccato", "pizzicato"]
    assert second.technique_map.requires_patch == "Load A"
    assert third.technique_map.techniques == first.technique_map.techniques == fourth.technique_map.techniques
    assert reasons(fifth.losses) == [("clone=M/P/Two", "the bank to clone is not in this file")]


def test_clones_in_a_circle_are_named_and_the_banks_kept() -> None:
    text = '//! clone="B"\nBank * * A\n1 long\n//! clone="A"\nBank * * B\n2 pizz\n//! clone=C\nBank * * C\n'
    a, b, c = read_reabank_text(text, "x.reabank")
    assert list(a.technique_map.techniques) == ["sustain", "pizzicato"]
    assert list(b.technique_map.techniques) == ["pizzicato"]
    assert [one.why for one in (*b.losses, *c.losses) if "circle" in one.why] == [
        "banks clone each other in a circle"
    ] * 2


# Bad input


@pytest.mark.parametrize(
    ("line", "what", "why"),
    [
        ("//! o=note:128\n1 a", "note:128", "a number from 0 to 127 is missing"),
        ("//! o=note:NOTE\n1 a", "note:NOTE", "a number from 0 to 127 is missing"),
        ("//! o=note:24,0\n1 a", "note:24,0", "a number from 1 to 127 is missing"),
        ("//! o=cc:32\n1 a", "cc:32", "a controller needs its number and a value"),
        ("//! o=nota:24\n1 a", "nota:24", "no such output type (did you mean 'note'?)"),
        ("//! o=note@17:24\n1 a", "note@17:24", "a number from 1 to 16 is missing"),
        ("//! o=note:24%x\n1 a", "note:24%x", "a number from 0 to 127 is missing"),
        ("//! o=:24\n1 a", ":24", "no output; write type@channel:value,value"),
        ("//! o=note:24:25\n1 a", "note:24:25", "no output; write type@channel:value,value"),
        ("//! o=cc:1,2/note:\n1 a", "note:", "no output; write type@channel:value,value"),
        ("//! o=note@2.3:24\n1 a", "note@2.3:24", "buses are not known here"),
        ("//! o=pitch:8192\n1 a", "pitch:8192", "the pitch wheel ends at 8191"),
        ("//! o=-cc:1,2/@3\n1 a", "-cc:1,2/@3", "an output without a channel goes where the notes go"),
        ("//! o=@2 c=lnog\n1 a", "c=lnog", "no such colour (did you mean 'long'?)"),
        ("//! o=@2 g=5\n1 a", "g=5", "a group is a number from 1 to 4; it is taken as 1"),
        ('//! o=@2 m="half\n1 a', 'm="half', "the closing quote is missing; the line is read to its end"),
        ("//! o=@2 o=@3\n1 a", "o=@3", "stands twice; the first counts"),
        ("//! o=@2 icon=x\n1 a", "icon=x", "no such attribute"),
        ("//! o=@2 note whole\n1 a", "note whole", "no attribute; write name=value"),
        ("128 a", "128 a", "the number of an articulation is 0 to 127"),
        ("staccato", "staccato", "no line of a reabank; write a number and a name"),
        ("17", "17", "no line of a reabank; write a number and a name"),
        ("//! o=@2\n1 a\n//! o=@3\n1 b", "1 b", "its number stands twice in the bank"),
        ("1 a", "a", "sends nothing; it counts as lacking unless it is a default"),
        (
            "Bank 300 1 Too much",
            "Bank 300 1 Too much",
            "a bank has two numbers from 0 to 127, or two *, and a name",
        ),
        ("Bank", "Bank", "a bank has two numbers from 0 to 127, or two *, and a name"),
    ],
)
def test_what_cannot_be_read_is_a_loss_with_its_line(line: str, what: str, why: str) -> None:
    conversions = read_reabank_text(f"{BANK}{line}\n//! o=cc:1,1\n100 last\n", "x.reabank")
    losses = [loss for conversion in conversions for loss in conversion.losses]
    found = [loss for loss in losses if (loss.what, loss.why) == (what, why)]
    assert len(found) == 1, losses
    assert all(loss.place.startswith("x.reabank:") for loss in losses)
    assert "last" in conversions[-1].technique_map.techniques  # the rest is kept


def test_attributes_at_the_end_belong_to_nothing() -> None:
    assert ("o", "no line follows these attributes") in reasons(read(f"{BANK}1 long\n//! o=@2\n").losses)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.reabank:1: no reabank; a line such as 'Bank * * Violins' comes before all else"),
        (b"//! c=long\n", "x.reabank:1: no reabank; a line such as 'Bank * * Violins' comes before all else"),
        (b"\n\nhello\n", "x.reabank:3: no reabank; a line such as 'Bank * * Violins' comes before all else"),
        (b"Bank 1 2 V\n1 caf\xe9\n", "x.reabank:2: not UTF-8 (byte 16); save it as UTF-8"),
        ("Bank 1 2 V\n".encode("utf-16"), "x.reabank:1: not UTF-8 (byte 0); save it as UTF-8"),
        (b"Bank * * V\n" * 90_000, "x.reabank: 90,001 lines, more than the 80,000 of a reabank; split it"),
        (
            b"x" * 8_000_001,
            "x.reabank: 8,000,001 bytes, more than the 8,000,000 that a reabank may have; split it",
        ),
    ],
)
def test_what_is_no_reabank_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "x.reabank"
    path.write_bytes(data)
    with pytest.raises(DocumentError) as error:
        read_reabank(path)
    assert str(error.value) == f"{tmp_path}/{message}"


def test_clones_that_come_to_too_much_are_refused() -> None:
    first = "Bank * * 0\n" + "".join(f"{number} x\n" for number in range(128))
    chain = "".join(f"//! clone={number}\nBank * * {number + 1}\n" for number in range(30_000))
    with pytest.raises(DocumentError, match="with its clones the file has more than 50,000 articulations"):
        read_reabank_text(first + chain, "x.reabank")


def test_comments_alone_are_no_banks_and_a_bank_may_be_empty() -> None:
    assert read_reabank_text("// Reabank file\n//!\n", "x.reabank") == []
    empty = read("\ufeff".strip("\ufeff") + BANK)
    assert (empty.technique_map.techniques, empty.losses) == ({}, ())


SIGNS = st.text(
    st.sampled_from('Bank *12 7\n\r/!"=@:%.,-cogmf note-hold art chase clone\t\x00é'), max_size=120
)


OWN = st.tuples(SIGNS, SIGNS).map(lambda two: f"{BANK}//! technique={two[0]} plays={two[1]}\n1 a\n" * 2)


@given(st.one_of(SIGNS, OWN, SIGNS.map(lambda text: BANK + "//! " + text + "\n1 a\n"), texts))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        read_reabank_text(text, "x.reabank")
    except DocumentError as error:
        assert str(error).startswith("x.reabank")


# Writing


def test_a_map_becomes_a_bank() -> None:
    text, losses = write_reabank(read_map(MAP))
    assert text.splitlines() == [
        "//! f=!chase",
        "Bank * * Fake Strings",
        "//! i=note-whole o=note:12,100",
        "1 sustain",
        "//! i=legato o=note:13,100",
        "20 legato",
        "//! i=staccato o=note:14,100",
        "40 staccato",
        "//! i=pizz o=note:15,100",
        "56 pizzicato",
        "//! i=note-eighth g=2 o=note:16,100",
        "0 senza_sordino",
        "//! i=con-sord g=2 o=note:17,100",
        "7 con_sordino",
    ]
    assert [(loss.place, loss.what) for loss in losses] == [
        ("techniques: tremolo", "tremolo"),
        ("groups: mute", "mute; read back as group_2"),
        *(
            (f"techniques: {name}: trigger", f"none; it gets {number}")
            for name, number in [
                ("sustain", 1),
                ("legato", 20),
                ("staccato", 40),
                ("pizzicato", 56),
                ("senza_sordino", 0),
                ("con_sordino", 7),
            ]
        ),
        ("techniques: legato: latency_ms", "{first: 60, transition: {1: 300, 65: 200, 101: 100}}"),
        ("techniques: legato: note: overlap_ms", "30"),
        ("techniques: staccato: latency_ms", "{first: 12}"),
        ("techniques: staccato: note: length", "0.5"),
        ("range", "[43, 96]"),
        ("channels", "[1, 2]"),
    ]


HEAD = "technique_map: 1\ninstrument: X\nchase: [1, 2, 11, 64, 65, 66, 67, 68, 69]\n"
ONE = (
    HEAD
    + "groups: {articulation: {default: %s}}\ntechniques:\n"
    + "  %s:\n    group: articulation\n    trigger: {program: 5}\n    %s\n"
)


@pytest.mark.parametrize(
    ("key", "line", "lines"),
    [
        ("Foo", "on: [{keyswitch: [1, 2], velocity: 127}]", ["i=note-eighth o=note:1/note:2", "5 Foo"]),
        ("Foo", "on: [{program: 1, bank: 130}]", ["i=note-eighth o=cc:0,1/cc:32,2/program:1", "5 Foo"]),
        ("Foo", "channel: 3", ["i=note-eighth o=@3", "5 Foo"]),
        ("Foo", "title: Bar", ["i=note-eighth technique=Foo", "5 Bar"]),
        ("staccato", "title: St. (RR2)", ["i=staccato technique=staccato", "5 St. (RR2)"]),
        ("an o", "plays: sustain", ["i=note-whole technique=an%20o plays=sustain", "5 an o"]),
        ("Foo", 'setup: "turn \\"on\\"\\nnow"', ['i=note-eighth m="turn &quot;on&quot;\\nnow"', "5 Foo"]),
        ("Foo", 'color: "#305fc6"', ["c=long i=note-eighth", "5 Foo"]),
    ],
)
def test_a_technique_becomes_an_articulation(key: str, line: str, lines: list[str]) -> None:
    default = "an o" if key == "an o" else '""'
    technique_map = read_map(ONE % (default, key, line))
    text, losses = write_reabank(technique_map)
    found = [row.removeprefix("//! ") for row in text.splitlines()[-2:]]
    if key == "staccato":  # whether its name alone is understood is not the matter here
        assert found[1] == lines[1]
    else:
        assert found == lines
    assert losses == ()
    assert read(text).technique_map == technique_map


@pytest.mark.parametrize(
    ("line", "where", "why"),
    [
        (
            "on: [{cc: 1, value: 2}, {parameter: Vibrato, value: 0.5}]",
            "on[1]",
            "Reaticulate sets no parameters of plugins",
        ),
        ("on: [{cc: 1, value: {follow: velocity}}]", "on[0]", "Reaticulate sends fixed values"),
        ("on: [{keyswitch: 1, velocity: {follow: velocity}}]", "on[0]", "Reaticulate sends fixed values"),
        (
            "on: [{keyswitch: 1, mode: toggle, starts: on}]",
            "on[0]",
            "Reaticulate takes a toggle to be off at first",
        ),
        (
            "on: [{keyswitch: 1, mode: toggle}, {cc: 1, value: 1}, {keyswitch: 2}]",
            "on[0]",
            "in Reaticulate all keys of an articulation toggle, or none",
        ),
        (
            "on: [{keyswitch: 1}, {keyswitch: 2}]",
            "on[1]",
            "Reaticulate presses the keys of an articulation together",
        ),
        (
            "on: [{keyswitch: 1}, {keyswitch: 2, velocity: 1}]",
            "on[1]",
            "Reaticulate presses the keys of an articulation together",
        ),
        (
            "on: [{cc: 0, value: 1}, {cc: 32, value: 1}, {program: 1}]",
            "on[2]",
            "outputs say it in another way; it is read back so",
        ),
        (
            f"on: [{', '.join(['{cc: 1, value: 1}'] * 17)}]",
            "on[16]",
            "Reaticulate takes 16 outputs for an articulation",
        ),
        (
            "note: {velocity: {1: 1, 127: 90}}",
            "note: velocity",
            "Reaticulate has one factor on velocities, up to 10 and with two decimals",
        ),
        ("when: {next: overlaps}", "when", "Reaticulate has no conditions on notes"),
        (
            'setup: "say \\\\n"',
            "setup",
            "Reaticulate reads \\n and &quot; in a text as a line's end and a quote",
        ),
        ("trigger: {program: 5, key: 24}", "trigger", "Reaticulate has no keys for articulations"),
    ],
)
def test_what_reaticulate_has_not_is_named(line: str, where: str, why: str) -> None:
    text = ONE % ('""', "Foo", line)
    if line.startswith("trigger"):
        text = text.replace("    trigger: {program: 5}\n", "", 1)
    losses = write_reabank(read_map(text))[1]
    assert (f"techniques: Foo: {where}", why) in [(loss.place, loss.why) for loss in losses]


def test_a_fifth_group_and_a_129th_articulation_are_left_out() -> None:
    groups = "groups: {a: {}, b: {}, c: {}, d: {}, e: {}}\ntechniques:\n"
    entries = "".join(
        f"  T{group}: {{group: {group}, on: [{{cc: 1, value: 1, only_with: Te}}]}}\n" for group in "abcde"
    )
    losses = write_reabank(read_map(HEAD + groups + entries))[1]
    assert ("techniques: Te", "Reaticulate has four groups") in [(loss.place, loss.why) for loss in losses]
    assert sum(loss.why == "it counts only with what is not written" for loss in losses) == 4
    many = "groups: {articulation: {}}\ntechniques:\n" + "".join(
        f"  T{number}: {{group: articulation, channel: 1}}\n" for number in range(130)
    )
    text, losses = write_reabank(read_map(HEAD + many))
    assert len(read(text).technique_map.techniques) == 128
    assert [loss.place for loss in losses if "128" in loss.why] == ["techniques: T128", "techniques: T129"]


# There and back


def comparable(technique_map: TechniqueMap) -> dict[str, Any]:
    """Return a map as it compares; a title that only says the key again is none."""
    data = technique_map.model_dump()
    for name, technique in data["techniques"].items():
        technique["title"] = "" if technique["title"] == name else technique["title"]
    return data


def without_what_is_lost(
    original: TechniqueMap, again: TechniqueMap, losses: tuple[Loss, ...]
) -> dict[str, Any]:
    """Return the original with what the report names as in `again`, checking that it is named rightly."""
    places = {loss.place for loss in losses}
    data, other = comparable(original), comparable(again)

    def settle(mine: dict[str, Any], theirs: dict[str, Any], fields: Any, *place: str) -> None:
        for field in fields:
            if ": ".join((*place, field)) in places:
                assert mine[field] != theirs[field], (*place, field)
                mine[field] = theirs[field]

    top = set(TechniqueMap.model_fields) - {"groups", "techniques"}
    settle(data, other, top)
    dropped = [name for name in data["techniques"] if f"techniques: {name}" in places]
    data["techniques"] = {name: one for name, one in data["techniques"].items() if name not in dropped}
    for name, technique in data["techniques"].items():
        theirs = other["techniques"][name]
        settle(technique, theirs, Technique.model_fields, "techniques", name)
        settle(technique["note"], theirs["note"], NoteShape.model_fields, "techniques", name, "note")
        named = [f"techniques: {name}: on[{row}]" in places for row in range(len(technique["on"]))]
        rest = iter(theirs["on"])
        assert all(action in rest for action, lost in zip(technique["on"], named, strict=True) if not lost)
        if any(named):
            technique["on"] = theirs["on"]
    used = [
        name for name in data["groups"] if any(one["group"] == name for one in data["techniques"].values())
    ]
    renamed = dict(zip(used, other["groups"], strict=False))
    for name in data["groups"]:
        assert (renamed.get(name) != name) == (f"groups: {name}" in places), name
    for name, new in renamed.items():
        settle(data["groups"][name], other["groups"][new], ["default"], "groups", name)
    data["groups"] = {new: data["groups"][name] for name, new in renamed.items()}
    for technique in data["techniques"].values():
        technique["group"] = renamed[technique["group"]]
    return data


@given(technique_maps())
@settings(max_examples=150)
def test_an_exported_map_comes_back_up_to_what_the_report_names(technique_map: TechniqueMap) -> None:
    text, losses = write_reabank(technique_map)
    again = read(text).technique_map
    assert comparable(again) == without_what_is_lost(technique_map, again, losses)
    kept = [name for name in technique_map.techniques if name in again.techniques]
    assert list(again.techniques) == kept


def sayable_actions(names: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    shared = {
        "channel": st.integers(1, 16),
        "only_with": st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True),
    }
    first = st.fixed_dictionaries(
        {"keyswitch": st.lists(seven_bit, min_size=1, max_size=2), "velocity": velocities},
        optional={"mode": st.sampled_from(["hold", "toggle"]), **shared},
    )
    others = st.one_of(
        st.fixed_dictionaries({"cc": st.integers(1, 31), "value": seven_bit}, optional=shared),
        st.fixed_dictionaries({"program": seven_bit}, optional={"bank": st.integers(0, 16383), **shared}),
        st.fixed_dictionaries({"pitch_bend": st.integers(-8192, 8191)}, optional=shared),
    )
    unique = st.lists(
        others, max_size=2, unique_by=lambda action: min(action.keys() & {"cc", "program", "pitch_bend"})
    )
    return st.tuples(st.lists(first, max_size=1), unique).map(lambda both: both[0] + both[1])


@st.composite
def sayable_maps(draw: st.DrawFn) -> TechniqueMap:
    """Draw a map that uses nothing but what Reaticulate has."""
    names = draw(st.lists(keys(), min_size=1, max_size=5, unique=True))
    numbers = draw(st.lists(seven_bit, min_size=len(names), max_size=len(names), unique=True))
    one_line = texts.map(lambda text: " ".join(text.split()) or "x").filter(lambda text: "\\n" not in text)
    techniques = {}
    for name, number in zip(names, numbers, strict=True):
        techniques[name] = draw(
            st.fixed_dictionaries(
                {"group": st.just("articulation"), "trigger": st.just({"program": number})},
                optional={
                    "title": one_line.filter(lambda title, name=name: title != name),
                    "plays": st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=2, unique=True),
                    "on": sayable_actions(names),
                    "channel": st.integers(1, 16),
                    "setup": one_line.filter(lambda text: "&quot;" not in text),
                    "color": colors,
                    "note": optional(
                        transpose=st.integers(-127, 127),
                        velocity=st.integers(1, 1000).map(lambda hundredths: hundredths / 100),
                        velocity_range=ends(seven_bit, may_be_open=False),
                    ),
                },
            )
        )
    data = {
        "technique_map": 1,
        "instrument": draw(one_line),
        "groups": {"articulation": {"default": draw(st.sampled_from(names))}},
        "techniques": techniques,
        "chase": draw(st.lists(st.integers(0, 119), max_size=8)),
        "requires_patch": draw(one_line.filter(lambda text: "&quot;" not in text)),
    }
    return TechniqueMap.model_validate(data, context=data)


@given(sayable_maps())
@settings(max_examples=100)
def test_what_reaticulate_can_say_comes_back_whole(technique_map: TechniqueMap) -> None:
    text, losses = write_reabank(technique_map)
    assert losses == ()
    assert read(text).technique_map == technique_map


# The real ones

TURN = "Reaticulate presses the keys of an articulation together"
"""Said on export of what was imported, as on import: neither side can say it."""


@pytest.fixture(scope="module")
def imported(shared_data: Path) -> dict[Path, list[Conversion]]:
    files = sorted((shared_data / "maps" / "reaticulate").rglob("*.reabank"))
    return {path: read_reabank(path) for path in files}


def test_all_real_files_import(imported: dict[Path, list[Conversion]]) -> None:
    banks = [bank for found in imported.values() for bank in found]
    entries = sum(len(bank.technique_map.techniques) for bank in banks)
    unread = sum(len(bank.unread) for bank in banks)
    lost = Counter(loss.why for bank in banks for loss in bank.losses)
    print(f"\n{'files':>8} {'banks':>8} {'entries':>8} {'understood':>12}")
    print(f"{len(imported):8} {len(banks):8} {entries:8} {entries - unread:12}")
    print("\n".join(f"{count:8} {why}" for why, count in lost.most_common()))
    assert (len(imported), len(banks)) == (95, 1441)
    assert entries >= 14_655  # each line that is an articulation, and those that clones add
    assert unread < 0.35 * entries
    dropped = {why for why in lost if "number" in why or "no such output" in why}
    assert dropped == set()


def test_all_real_banks_come_back_the_same(imported: dict[Path, list[Conversion]]) -> None:
    for path, banks in imported.items():
        for bank in banks:
            text, losses = write_reabank(bank.technique_map)
            again = read(text).technique_map
            assert again == bank.technique_map, (path, bank.technique_map.instrument)
            assert list(again.techniques) == list(bank.technique_map.techniques)
            assert list(again.groups) == list(bank.technique_map.groups)
            assert {loss.why for loss in losses} <= {TURN}
