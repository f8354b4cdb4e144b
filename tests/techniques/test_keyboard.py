"""The keyboard as a picture: well-formed, all of it there, no label over another, nothing outside."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_instruments import DRUMS, MAP, read_map

from composer_daw.techniques.display import keyboard
from composer_daw.techniques.display.keyboard import HUES, keyboard_svg
from composer_daw.techniques.display.labels import KeyLabel, key_labels, shortened, spread, text_width

SVG = "{http://www.w3.org/2000/svg}"
HEAD = "technique_map: 1\ninstrument: X\nrange: [60, 72]\n"


def drawn(text: str) -> ET.Element:
    return ET.fromstring(keyboard_svg(read_map(text)))


def written(picture: ET.Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{SVG}text")]


def one_group(*techniques: str, groups: str = "a: {default: t}") -> str:
    lines = "".join(f"  {one}\n" for one in techniques)
    return f"{HEAD}groups: {{{groups}}}\ntechniques:\n{lines}"


def test_the_small_instrument() -> None:
    picture = drawn(MAP)
    texts = written(picture)
    assert texts[:2] == ["Fake Strings", "plays G2..C7 · middle C is C4 · channels 1, 2"]
    for name in ("sustain", "legato", "staccato", "pizzicato", "senza sordino", "con sordino"):
        assert texts.count(name) == 1
    assert "articulation (default sustain)" in texts
    assert "tremolo: not there; plays sustain" in texts
    strong = {one.text for one in picture.iter(f"{SVG}text") if one.get("class") == "strong"}
    assert strong == {"sustain", "senza sordino", "Told otherwise"}


def test_it_says_in_words_what_it_shows() -> None:
    picture = drawn(MAP)
    title, desc = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None and desc is not None
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Keyboard of Fake Strings"
    assert desc.text is not None and "Keys: C0: sustain; C#0: legato;" in desc.text
    assert "Otherwise: tremolo: not there; plays sustain." in desc.text


def test_every_key_is_there_and_switches_have_the_colour_of_their_group() -> None:
    picture = drawn(MAP)
    keys = [
        one
        for one in picture.iter(f"{SVG}rect")
        if (one.get("class") or "").split(" ")[0] in ("white", "black")
    ]
    assert len(keys) == 8 * 12  # C0 to B7
    inside = [one for one in keys if one.get("class") in ("white", "black")]
    assert len(inside) == 96 - 43 + 1  # G2 to C7
    switches = [one.get("fill") for one in picture.iter(f"{SVG}rect") if one.get("class") == "switch"]
    assert switches.count(HUES[0]) == 4 + 1 + 1  # four keys, the legend, and tremolo
    assert switches.count(HUES[1]) == 2 + 1


def test_a_key_of_two_groups_has_both_colours() -> None:
    picture = drawn(
        one_group(
            "t: {group: a, on: [{keyswitch: 1}]}",
            "u: {group: b, on: [{keyswitch: 1}]}",
            groups="a: {default: t}, b: {default: u}",
        )
    )
    key = next(one for one in picture.iter(f"{SVG}g") if "t, u" in (one.findtext(f"{SVG}title") or ""))
    stripes = [one for one in key.iter(f"{SVG}rect") if one.get("class") == "switch"]
    assert [one.get("fill") for one in stripes] == [HUES[0], HUES[1]]
    assert float(stripes[0].get("y") or 0) + float(stripes[0].get("height") or 0) == float(
        stripes[1].get("y") or 0
    )


def test_the_ninth_group_is_hatched() -> None:
    groups = ", ".join(f"g{number}: {{}}" for number in range(9))
    techniques = [f"t{number}: {{group: g{number}, on: [{{keyswitch: {number}}}]}}" for number in range(9)]
    picture = drawn(one_group(*techniques, groups=groups))
    hatched = [one for one in picture.iter(f"{SVG}rect") if one.get("fill") == "url(#keyboard-hatch)"]
    assert len(hatched) == 2  # the key and the legend
    assert picture.find(f"{SVG}defs/{SVG}pattern") is not None
    assert drawn(MAP).find(f"{SVG}defs") is None


@pytest.mark.parametrize(
    ("technique", "label"),
    [
        ("t: {group: a, on: [{keyswitch: 1, mode: hold}]}", "t (hold)"),
        ("t: {group: a, on: [{keyswitch: 1, mode: toggle, velocity: 5}]}", "t (toggle, velocity 5)"),
        ("t: {group: a, on: [{keyswitch: [1, 2]}]}", "t (with D-1)"),
        ("t: {group: a, off: [{keyswitch: 1}]}", "off: t"),
        ("t: {group: a, on: [{keyswitch: 1, velocity: {follow: dynamics}}]}", "t (by velocity)"),
    ],
)
def test_labels_say_how_a_key_is_used(technique: str, label: str) -> None:
    labels = key_labels(read_map(one_group(technique)))
    assert labels[0].text == label


@pytest.mark.parametrize(
    ("technique", "told"),
    [
        ("t: {group: a, on: [{cc: 32, value: 11}]}", "t: CC 32 = 11"),
        ("t: {group: a, on: [{program: 45}], channel: 3}", "t: program 45, channel 3"),
        ("t: {group: a, on: [{keyswitch: 1}, {pitch_bend: 5}]}", "t: key C#-1, pitch bend +5"),
        ("t: {group: a, on: [{keyswitch: 1}], channel: 2}", "t: key C#-1, channel 2"),
        ("t: {group: a}", "t: as it comes"),
    ],
)
def test_what_is_told_otherwise_is_listed(technique: str, told: str) -> None:
    assert told in written(drawn(one_group(technique)))


def test_drums_that_say_no_range_show_their_keys() -> None:
    texts = written(drawn(DRUMS))
    assert texts[1].startswith("plays C2..E2 ·")
    assert {"kick", "snare hit, snare ghost", "snare rimshot", "drums"} <= set(texts)


@pytest.mark.parametrize(("ends", "told"), [("[60, 60]", "C2..C4"), ("[20, 38]", "G#0..E2")])
def test_drums_beside_a_range_are_played_too(ends: str, told: str) -> None:
    texts = written(drawn(DRUMS.replace("pieces:", f"range: {ends}\npieces:")))
    assert texts[1].startswith(f"plays {told} ·")


def test_names_that_xml_cannot_hold() -> None:
    text = 'technique_map: 1\ninstrument: "<a & b>\\u0001\\" ピチカート"\n'
    picture = drawn(text)
    assert written(picture)[0] == '<a & b>" ピチカート'


def test_a_map_of_nothing_is_a_keyboard() -> None:
    picture = drawn("technique_map: 1\ninstrument: X\n")
    assert written(picture)[1] == "the range is not said · middle C is C4 · channel 1"
    assert len(keys_of(picture)) == 128


def keys_of(picture: ET.Element) -> list[ET.Element]:
    kinds = [((one.get("class") or "").split(" ")[0], one) for one in picture.iter(f"{SVG}rect")]
    return [one for kind, one in kinds if kind in ("white", "black")]


@pytest.mark.parametrize(
    ("range_", "count"), [("", 12), ("range: [0, 127]\n", 12), ("range: [40, 60]\n", 60)]
)
def test_only_the_octaves_in_use_are_drawn(range_: str, count: int) -> None:
    text = one_group("t: {group: a, on: [{keyswitch: 14}]}").replace("range: [60, 72]\n", range_)
    picture = drawn(text)
    assert len(keys_of(picture)) == count
    ends = [one for one in picture.iter(f"{SVG}path") if one.get("class") == "range"]
    assert len(ends) == (count > 12)
    assert written(picture)[1].startswith("plays" if count > 12 else "the range is not said")


def test_a_velocity_that_all_keys_share_is_said_once() -> None:
    techniques = [f"t{n}: {{group: a, on: [{{keyswitch: {n}, velocity: 127}}]}}" for n in range(3)]
    texts = written(drawn(one_group(*techniques, groups="a: {}")))
    assert {"t0", "t1", "t2"} <= set(texts)
    assert texts[1].endswith(" · keys are pressed with velocity 127 · channel 1")
    texts = written(drawn(one_group(*techniques, "u: {group: a, on: [{keyswitch: 9}]}", groups="a: {}")))
    assert {"t0 (velocity 127)", "u"} <= set(texts)


def test_a_label_that_was_cut_tells_all_in_its_title() -> None:
    techniques = [f"technique {n}: {{group: a, on: [{{keyswitch: 1}}]}}" for n in range(9)]
    picture = drawn(one_group(*techniques, groups="a: {}"))
    (label,) = [one for one in picture.iter(f"{SVG}text") if (one.text or "").startswith("technique 0")]
    assert (label.text or "").endswith("+7")
    told = ", ".join(f"technique {n}" for n in range(9))
    assert label.findtext(f"{SVG}title") == f"C#-1: {told}"
    assert [one.findtext(f"{SVG}title") for one in drawn(MAP).iter(f"{SVG}text")] == [None] * len(
        written(drawn(MAP))
    )


def test_pictures_of_one_page_have_ids_of_their_own() -> None:
    one, other = (keyboard_svg(read_map(MAP), name) for name in ("a", "b"))
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (one, other)]
    assert ids == [{"a-title", "a-desc"}, {"b-title", "b-desc"}]


PLACE = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\) rotate\(-55\)")
keyswitches = st.lists(
    st.tuples(st.integers(0, 127), st.text("abcdefgh ij_ピ", min_size=1, max_size=40)),
    min_size=1,
    max_size=40,
)


@given(keyswitches)
def test_no_label_lies_over_another_or_outside(keys: list[tuple[int, str]]) -> None:
    techniques = [
        f"'{name.strip() or 'x'}{number}': {{group: a, on: [{{keyswitch: {key}}}]}}"
        for number, (key, name) in enumerate(keys)
    ]
    picture = drawn(one_group(*techniques, groups="a: {}"))
    width = float(picture.get("width") or 0)
    labels = [
        (one, match)
        for one in picture.iter(f"{SVG}text")
        if (match := PLACE.match(one.get("transform") or ""))
    ]
    assert len(labels) == len({key for key, _ in keys})
    starts = sorted(float(match[1]) for _, match in labels)
    gaps = [after - before for before, after in zip(starts, starts[1:], strict=False)]
    assert all(gap * math.sin(keyboard.LEAN) >= 12.9 for gap in gaps)  # lines of 11 pixels
    for one, match in labels:
        length = text_width(one.text or "")
        assert length <= keyboard.LONGEST + 1
        assert float(match[1]) > 0
        assert float(match[1]) + length * math.cos(keyboard.LEAN) <= width
        assert float(match[2]) - length * math.sin(keyboard.LEAN) > 50  # below the head


@given(st.lists(st.floats(0, 1000), max_size=30).map(sorted))
def test_spread_keeps_the_order_and_the_distance(wanted: list[float]) -> None:
    places = spread(wanted, 16.0)
    assert len(places) == len(wanted)
    assert all(after - before >= 16.0 - 1e-6 for before, after in zip(places, places[1:], strict=False))
    if all(after - before >= 16.0 for before, after in zip(wanted, wanted[1:], strict=False)):
        assert places == pytest.approx(wanted)
    assert sum(places) == pytest.approx(sum(wanted), abs=1e-6)  # moved as far to the left as to the right


def test_shortened() -> None:
    assert shortened("legato", 100) == "legato"
    assert shortened("legato molto espressivo", 55) == "legato…"
    assert text_width(shortened("ピチカート" * 20, 100)) <= 100


def test_a_key_of_many_meanings_counts_those_that_do_not_fit() -> None:
    meanings = tuple(("a", f"technique {number}", False) for number in range(5))
    label = KeyLabel(1, meanings)
    assert (
        label.shown(10_000) == label.text == "technique 0, technique 1, technique 2, technique 3, technique 4"
    )
    assert label.shown(190) == "technique 0, technique 1 +3"
    assert label.shown(60) == "techn… +4"
