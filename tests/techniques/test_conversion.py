"""Entries of foreign maps get keys, groups and defaults; what does not fit is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_maps import texts, words
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.documents import parse_document
from composer_daw.errors import DocumentError
from composer_daw.techniques import TechniqueMap, load_vocabulary
from composer_daw.techniques.interchange import Conversion, Entry, Loss, map_of_entries
from composer_daw.techniques.interchange.conversion import text_of
from composer_daw.techniques.interchange.entries import LONGEST_KEY, legal_key, snake_case
from composer_daw.techniques.writing import write_map


def made(*titles: str, group: str = "a") -> Conversion:
    return map_of_entries("X", [Entry(title, group) for title in titles])


def named(conversion: Conversion) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(key, one.title, one.plays) for key, one in conversion.technique_map.techniques.items()]


def test_a_name_that_is_understood_is_the_vocabularys_own() -> None:
    conversion = made("Staccato", "pizzicato", "Sustain con sordino")
    assert named(conversion) == [
        ("staccato", "Staccato", ()),
        ("pizzicato", "", ()),
        ("sustain+con_sordino", "Sustain con sordino", ()),
    ]
    assert conversion.technique_map.plays("sustain+con_sordino") == ("sustain", "con_sordino")
    assert conversion.unread == ()


def test_later_ones_of_a_name_keep_their_own_words() -> None:
    assert named(made("Staccato", "Staccato RR 2", "Staccato", "Stacc.", "Stacc.")) == [
        ("staccato", "Staccato", ()),
        ("staccato_rr_2", "Staccato RR 2", ("staccato",)),
        ("staccato_2", "Staccato", ("staccato",)),
        ("stacc", "Stacc.", ("staccato",)),
        ("stacc_2", "Stacc.", ("staccato",)),
    ]


def test_what_is_not_understood_stays_as_it_is() -> None:
    conversion = made("Qwertz zu", "A=B + [C]", "Qwertz zu", "=", "Default", "written")
    assert named(conversion) == [
        ("Qwertz zu", "", ()),
        ("A B C", "A=B + [C]", ()),
        ("Qwertz zu 2", "Qwertz zu", ()),
        ("unnamed", "=", ()),
        ("Default_2", "Default", ()),
        ("written_2", "written", ()),
    ]
    assert conversion.unread == ("Qwertz zu", "A=B + [C]", "Qwertz zu", "=", "Default", "written")
    assert legal_key("a\x00\n b") == "a b"
    assert len(legal_key("x" * 999)) == len(snake_case("x" * 999)) == LONGEST_KEY


def test_an_entrys_own_words_take_no_name_of_the_vocabulary() -> None:
    conversion = map_of_entries(
        "X", [Entry("Blurb", "a", {"plays": ("sustain",)}), Entry("Marcato", "a", {"plays": ("sustain",)})]
    )
    assert named(conversion) == [("sustain", "Blurb", ("sustain",)), ("marcato_2", "Marcato", ("sustain",))]


def test_a_given_key_goes_before_all() -> None:
    entries = [
        Entry("Staccato", "a"),
        Entry("Foo", "a", key="staccato"),
        Entry("Bar", "a", {"plays": ("accent",)}, key="b"),
    ]
    assert named(map_of_entries("X", entries)) == [
        ("staccato_2", "Staccato", ("staccato",)),
        ("staccato", "Foo", ()),
        ("b", "Bar", ("accent",)),
    ]


def test_a_given_key_that_no_map_takes_is_a_loss() -> None:
    entries = [Entry("Foo", "a", key=key, place="x:1") for key in ("b", "b", "=", "a+ +c", " c")]
    conversion = map_of_entries("X", [*entries, Entry("Bar", "a", {"plays": ("=",)})])
    assert list(conversion.technique_map.techniques) == ["b", "Foo", "Foo_2", "Foo_3", "Foo_4", "bar"]
    assert [loss.what for loss in conversion.losses] == ["b", "=", "a+ +c", " c"]


def test_groups_stand_in_the_order_asked_for_and_have_the_usual_default() -> None:
    entries = [Entry("Staccato", "b"), Entry("Con sordino", "a"), Entry("Long", "b"), Entry("Sustain", "b")]
    found = map_of_entries("X", entries, groups=["a", "b", "c"]).technique_map.groups
    assert {name: group.default for name, group in found.items()} == {"a": "", "b": "sustain", "c": ""}
    assert list(map_of_entries("X", entries).technique_map.groups) == ["b", "a"]
    asked = map_of_entries("X", [Entry("Foo", "b", label="7"), *entries], defaults={"b": "7"})
    assert asked.technique_map.groups["b"].default == "Foo"


def test_references_lead_to_keys_and_those_to_nothing_are_losses() -> None:
    actions = [
        {"cc": 1, "value": 1, "only_with": "7"},
        {"cc": 2, "value": 1, "only_with": ("7", "8")},
        {"cc": 3, "value": 1, "only_with": ["8"]},
    ]
    entries = [
        Entry("Staccato", "a", {"on": actions, "off": actions[:1], "fallback": ["7", "9"]}, place="x:4"),
        Entry("Stacc.", "a", label="7"),
    ]
    conversion = map_of_entries("X", entries, losses=[Loss("x:1", "icon", "lost before")])
    staccato = conversion.technique_map.techniques["staccato"]
    assert [action.only_with for action in staccato.on] == [("stacc",), ("stacc",)]
    assert staccato.off[0].only_with == staccato.fallback == ("stacc",)
    assert conversion.losses == (
        Loss("x:1", "icon", "lost before"),
        Loss("x:4", "only_with 8", "there is no such entry"),
        Loss("x:4", "only_with 8", "there is no such entry"),
        Loss("x:4", "fallback 9", "there is no such entry"),
    )


def test_an_entry_that_the_schema_refuses_is_a_loss_and_the_others_stay() -> None:
    entries = [Entry("Long", "a", {"on": [{"cc": 300, "value": 1}]}, place="x:9"), Entry("Pizz", "a")]
    conversion = map_of_entries("X", entries)
    assert list(conversion.technique_map.techniques) == ["pizzicato"]
    assert conversion.losses == (
        Loss("x:9", "Long", "on.0.cc.cc: Input should be less than or equal to 127"),
    )


@given(st.lists(st.one_of(words, texts, st.sampled_from(["Staccato", "Stacc.", "Long", "Foo"])), max_size=12))
def test_any_titles_make_a_map_that_can_be_written(titles: list[str]) -> None:
    conversion = made(*titles)
    found = conversion.technique_map
    assert len(found.techniques) == len(titles)
    assert [one.title or key for key, one in found.techniques.items()] == titles
    assert made(*titles) == conversion
    assert parse_document(write_map(found), TechniqueMap, "x.yaml") == found
    vocabulary = load_vocabulary()
    for key, one in found.techniques.items():
        own = one.plays or found.plays(key)
        assert key not in vocabulary.techniques or own == (key,)
        assert (one.title or key in conversion.unread) or set(own) <= set(vocabulary.techniques)


def test_text_is_read_as_utf_8_or_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("\ufeffPizz \u30d4\n".encode())
    assert text_of(path, "a map", 100) == "Pizz \u30d4\n"
    path.write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(DocumentError, match=r"x.txt:2: not UTF-8 \(byte 8\); save it as UTF-8"):
        text_of(path, "a map", 100)
    with pytest.raises(DocumentError, match="10 bytes, more than the 5 that a map may have; split it"):
        text_of(path, "a map", 5)
