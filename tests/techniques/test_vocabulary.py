"""The vocabulary knows how people write in three languages, and says what it does not know."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import DocumentError, TechniqueError
from composer_daw.techniques import load_vocabulary
from composer_daw.techniques.vocabulary import folded

VOCABULARY = load_vocabulary()
TERMS = """\
vocabulary: 1
groups: {bow: {default: arco}}
techniques:
  arco: {group: bow}
  pizzicato: {group: bow, fallback: [arco], aliases: {en: [pizz]}}
"""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pizz.", "pizzicato"),
        ("PIZZ", "pizzicato"),
        ("arco", "sustain"),
        ("col legno battuto", "col_legno"),
        ("c.l. battuto", "col_legno"),
        ("Con Sord.", "con_sordino"),
        ("senza sordino", "senza_sordino"),
        ("sul pont.", "sul_ponticello"),
        ("jeté", "ricochet"),
        ("ピチカート", "pizzicato"),
        ("ﾋﾟﾁｶｰﾄ", "pizzicato"),
        ("弓で", "sustain"),
        ("弱音器をつけて", "con_sordino"),
        ("ｔｒｅｍ．", "tremolo"),
    ],
)
def test_what_people_write(text: str, name: str) -> None:
    assert VOCABULARY.name_for(text) == name
    assert VOCABULARY.check_name(text) == name


@pytest.mark.parametrize("text", ["Allegro", "dolce", "", " ", "pizzaiolo", "mf"])
def test_what_is_no_technique(text: str) -> None:
    assert VOCABULARY.name_for(text) is None


@given(st.sampled_from(list(VOCABULARY.techniques)), st.sampled_from(["_", " ", "-", ".", " - "]))
def test_case_spaces_and_dots_do_not_matter(name: str, between: str) -> None:
    assert VOCABULARY.name_for(name.replace("_", between).upper()) == name


@given(st.text())
def test_accents_may_be_composed_or_not(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


def test_an_unknown_word_gets_a_hint() -> None:
    with pytest.raises(TechniqueError, match=r"^unknown technique 'stacato' \(did you mean 'staccato'\?\)$"):
        VOCABULARY.check_name("stacato")
    with pytest.raises(TechniqueError, match="^unknown technique '&%'$"):
        VOCABULARY.check_name("&%")


def test_an_instruments_own_words_count() -> None:
    assert VOCABULARY.check_name("growl", also=("growl",)) == "growl"
    with pytest.raises(TechniqueError, match="did you mean 'growl'"):
        VOCABULARY.check_name("grwl", also=("growl",))


def test_groups_and_fallbacks() -> None:
    assert VOCABULARY.group_of("con_sordino") == "mute"
    assert VOCABULARY.group_of("growl") is None
    assert VOCABULARY.fallbacks("staccato")[0] == "spiccato"
    assert VOCABULARY.fallbacks("growl") == ()


def test_every_chain_of_fallbacks_stays_in_its_group() -> None:
    for name, term in VOCABULARY.techniques.items():
        assert {VOCABULARY.group_of(other) for other in term.fallback} <= {term.group}, name


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "arco: {group: bow}",
            "arco: {group: bov}",
            "4: techniques: arco: group: no group 'bov' (did you mean 'bow'?)",
        ),
        (
            "[arco]",
            "[acro]",
            "5: techniques: pizzicato: fallback: 'acro' is no technique (did you mean 'arco'?)",
        ),
        ("default: arco", "default: x", "2: groups: bow: default: default 'x' is no technique"),
        ("[pizz]", "[Arco]", "1: 'Arco' stands for arco and for pizzicato"),
    ],
)
def test_errors(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "v.yaml"
    path.write_text(TERMS)
    assert load_vocabulary(path).name_for("Pizz.") == "pizzicato"
    path.write_text(TERMS.replace(old, new))
    with pytest.raises(DocumentError) as caught:
        load_vocabulary(path)
    assert str(caught.value) == f"{path}:{message}"
