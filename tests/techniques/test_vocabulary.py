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
WRITTEN = [name for name, term in VOCABULARY.techniques.items() if term.in_scores]
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


@given(st.sampled_from(WRITTEN), st.sampled_from(["_", " ", "-", ".", " - "]))
def test_case_spaces_and_dots_do_not_matter(name: str, between: str) -> None:
    assert VOCABULARY.name_for(name.replace("_", between).upper()) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(
            (word, None)
            for word in ("crescendo", "Dim.", "air", "Hit", "run", "fall", "bend", "swell", "roll", "fp")
        ),
        *((word, None) for word in ("Long notes", "spicatto", "HT", "grace", "breath", "exp", "kurz", "cup")),
        ("CS", "con_sordino"),
        ("short", "staccato"),
        ("mute", "con_sordino"),
        ("bowed", "sustain"),
        ("sfz", "sforzando"),
        ("Flz.", "flutter_tongue"),
        ("bouché", "stopped"),
    ],
)
def test_scores_are_read_by_fewer_words_than_entries(text: str, name: str | None) -> None:
    assert VOCABULARY.name_for(text) == name


def test_names_that_scores_use_for_other_things_can_be_asked_for() -> None:
    assert all(VOCABULARY.check_name(name) == name for name in VOCABULARY.techniques)
    assert VOCABULARY.check_name("Flutter tongue") == "flutter_tongue"
    assert VOCABULARY.check_name("Crescendo") == "crescendo"
    assert (VOCABULARY.check_name("short"), VOCABULARY.check_name("Short")) == ("short", "staccato")


def test_a_group_ends_others_in_both_directions() -> None:
    ends = {
        name: set(VOCABULARY.techniques[name].ends) for name in ("staccato", "legato", "marcato", "harmonics")
    }
    for name, others in ends.items():
        assert ends.keys() - {name} <= others
    assert "con_sordino" not in ends["staccato"] | ends["legato"]


def test_every_group_but_those_of_what_is_added_has_a_default() -> None:
    defaults = {group: entry.default for group, entry in VOCABULARY.groups.items() if entry.default}
    assert defaults == {
        "articulation": "sustain",
        "position": "ordinario",
        "mute": "senza_sordino",
        "vibrato": "vibrato",
    }


@given(st.text())
def test_accents_may_be_composed_or_not(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


def test_an_unknown_word_gets_a_hint() -> None:
    with pytest.raises(TechniqueError, match=r"^unknown technique 'stacato' \(did you mean 'staccato'\?\)$"):
        VOCABULARY.check_name("stacato")
    with pytest.raises(TechniqueError, match="^unknown technique '&%'$"):
        VOCABULARY.check_name("&%")


def test_an_instruments_own_words_count() -> None:
    assert VOCABULARY.check_name("wobble", also=("wobble",)) == "wobble"
    with pytest.raises(TechniqueError, match="did you mean 'wobble'"):
        VOCABULARY.check_name("wobbl", also=("wobble",))


def test_groups_and_fallbacks() -> None:
    assert VOCABULARY.group_of("con_sordino") == "mute"
    assert VOCABULARY.group_of("wobble") is None
    assert VOCABULARY.fallbacks("staccato")[0] == "spiccato"
    assert VOCABULARY.fallbacks("wobble") == ()


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
        (
            "{default: arco}",
            "{default: arco, ends: [bov]}",
            "2: groups: bow: ends: no group 'bov' (did you mean 'bow'?)",
        ),
        (
            "arco: {group: bow}",
            "arco: {group: bow, entry_aliases: {en: [pizzicato]}}",
            "1: 'pizzicato' stands for arco and for pizzicato",
        ),
        (
            "arco: {group: bow}",
            "arco: {group: bow, entry_beside: {pizz: [with]}}",
            "4: techniques: arco: entry_beside: 'pizz' is no technique (did you mean 'pizzicato'?)",
        ),
        (
            "arco: {group: bow}",
            "arco: {group: bow, entry_among: {harps: [bow]}}",
            "4: techniques: arco: entry_among: no family 'harps'; name it under entries: families",
        ),
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
