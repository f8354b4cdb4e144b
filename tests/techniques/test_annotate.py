"""The texts of a score become the techniques of its notes, each in force until the next of its group."""

from __future__ import annotations

import dataclasses

import pytest
from small_instruments import DRUMS, MAP, piece, read_map

from composer_daw.errors import TechniqueError
from composer_daw.performance import Performance, Text, note_rows
from composer_daw.techniques import annotate, check_techniques, load_vocabulary, unread_texts

STRINGS, VOCABULARY = read_map(MAP), load_vocabulary()


def annotated(*texts: Text, tracks: list[int] | None = None) -> Performance:
    """Return four notes, at 0, 1, 2 and 3 s, after these texts were read."""
    notes = piece(*((float(onset), 1.0, 60, 80) for onset in range(4)))
    notes = notes.with_notes(track=tracks or [1, 1, 1, 1])
    return annotate(dataclasses.replace(notes, texts=texts), STRINGS, VOCABULARY)


def asked(performance: Performance) -> list[str]:
    return ["+".join(performance.techniques[number]) for number in performance.notes["technique"]]


def test_a_text_holds_until_the_next_of_its_group() -> None:
    performance = annotated(
        Text(0.0, "con sord."), Text(1.0, "pizz."), Text(2.0, "arco"), Text(3.0, "senza sordino")
    )
    assert asked(performance) == [
        "con_sordino",
        "con_sordino+pizzicato",
        "con_sordino+sustain",
        "senza_sordino+sustain",
    ]


@pytest.mark.parametrize(
    "text", ["pizz.", "Pizzicato", "plucked", "ピチカート", "[technique:pizz.]", "[Technique: pizzicato ]"]
)
@pytest.mark.parametrize("kind", ["text", "marker", "cue"])
def test_three_languages_and_tags(text: str, kind: str) -> None:
    performance = annotated(Text(1.0, text, kind))  # type: ignore[arg-type]
    assert asked(performance) == ["", "pizzicato", "pizzicato", "pizzicato"]
    assert performance.texts == ()


def test_what_is_no_technique_stays_a_text() -> None:
    dolce, lyric = Text(0.0, "dolce"), Text(1.0, "pizz.", "lyric")
    performance = annotated(dolce, Text(1.0, "arco"), lyric)
    assert performance.texts == (dolce, lyric)
    assert asked(performance) == ["", "sustain", "sustain", "sustain"]


def test_several_at_once_and_back_to_default() -> None:
    performance = annotated(
        Text(0.0, "[technique:pizzicato+con sordino]"),
        Text(1.0, "[technique:staccato]"),
        Text(2.0, "[technique:Default]"),
    )
    assert asked(performance) == ["pizzicato+con_sordino", "staccato+con_sordino", "", ""]
    assert performance.techniques[0] == ()


def test_ordinario_ends_techniques_of_other_groups_too() -> None:
    performance = annotated(Text(0.0, "stacc."), Text(0.0, "con sord."), Text(1.0, "ord."))
    assert asked(performance) == ["staccato+con_sordino", *["con_sordino+ordinario"] * 3]
    assert asked(annotated(Text(0.0, "pizz."), Text(1.0, "ord.")))[1] == "pizzicato+ordinario"


def test_a_text_a_hair_late_still_counts_for_its_note() -> None:
    assert asked(annotated(Text(1.00009, "pizz.")))[1] == "pizzicato"
    assert asked(annotated(Text(1.001, "pizz.")))[1] == ""


def test_a_text_speaks_to_its_own_track_and_a_marker_track_to_all() -> None:
    texts = (Text(0.0, "pizz.", track=1), Text(2.0, "con sord.", "marker", track=0))
    performance = annotated(*texts, tracks=[1, 2, 1, 2])
    assert asked(performance) == ["pizzicato", "", "pizzicato+con_sordino", "con_sordino"]


def test_later_texts_win_whatever_their_order_in_the_file() -> None:
    assert asked(annotated(Text(2.0, "arco"), Text(0.0, "pizz."))) == ["pizzicato"] * 2 + ["sustain"] * 2


def test_an_unknown_tag_says_where_and_what_was_meant() -> None:
    with pytest.raises(TechniqueError) as caught:
        annotated(Text(1.25, "[technique:stacato]", "marker"))
    assert str(caught.value) == ("marker at 1.25 s: unknown technique 'stacato' (did you mean 'staccato'?)")


def test_words_of_the_command_line() -> None:
    assert check_techniques("pizz. + con sord.", STRINGS, VOCABULARY) == ("pizzicato", "con_sordino")
    assert check_techniques("default", STRINGS, VOCABULARY) == ()
    assert check_techniques("snare=rimshot", read_map(DRUMS), VOCABULARY) == ("snare=rimshot",)
    for nothing in ("", "  "):
        with pytest.raises(TechniqueError, match=r"^an empty technique; name one, or 'written' for those of"):
            check_techniques(nothing, STRINGS, VOCABULARY)
    with pytest.raises(TechniqueError, match="did you mean 'snare=rimshot'"):
        check_techniques("snare=rimshoot", read_map(DRUMS), VOCABULARY)


def test_drum_strokes_replace_each_other_piece_by_piece() -> None:
    texts = [
        Text(float(second), f"[technique:{name}]")
        for second, name in enumerate(("snare=ghost", "kick=hit", "snare=rimshot"))
    ]
    notes = piece(*((float(onset), 1.0, 38, 80) for onset in range(3)))
    performance = annotate(dataclasses.replace(notes, texts=tuple(texts)), read_map(DRUMS), VOCABULARY)
    assert asked(performance) == ["snare=ghost", "snare=ghost+kick=hit", "snare=rimshot+kick=hit"]


# --- attributes, techniques that notes carry, the map's own names ----------------------------------------

OWN = MAP.replace(
    "  tremolo: {group: articulation, fallback: [sustain]}",
    """\
  tremolo: {group: articulation, scope: note}
  Spicc brushed: {group: articulation, title: Brushed Spiccato, plays: spiccato, on: [{keyswitch: A0}]}
  Long CS: {group: articulation, plays: sustain+con_sordino, on: [{keyswitch: B0}]}
  sustain+sul_tasto: {group: articulation, on: [{keyswitch: C1}]}
  A: {group: articulation, on: [{keyswitch: D1}]}""",
)


def carrying(*own: tuple[str, ...], texts: tuple[Text, ...] = ()) -> list[set[str]]:
    """Return what notes at 0, 1, 2 ... s ask for, that carry techniques of their own, after texts."""
    notes = piece(*((float(row), 1.0, 60, 80) for row in range(len(own))), techniques=list(own))
    performance = annotate(dataclasses.replace(notes, texts=texts), read_map(OWN), VOCABULARY)
    again = annotate(performance, read_map(OWN), VOCABULARY)
    assert asked(again) == asked(performance)
    return [set(filter(None, names.split("+"))) for names in asked(performance)]


def test_an_attribute_holds_for_one_onset_and_then_what_was_in_force_returns() -> None:
    texts = (Text(0.0, "pizz."), Text(0.5, "trem."), Text(0.5, "con sord."), Text(9.0, "trem."))
    assert carrying((), (), (), texts=texts) == [
        {"pizzicato"},
        {"tremolo", "con_sordino"},
        {"pizzicato", "con_sordino"},
    ]


def test_an_attribute_holds_for_the_whole_chord_and_for_each_track() -> None:
    notes = piece(*((onset, 1.0, pitch, 80) for onset in (0.0, 1.0, 2.0) for pitch in (60, 64)))
    texts = (Text(1.0, "tremolo", track=9),)
    score = annotate(dataclasses.replace(notes, texts=texts), read_map(OWN), VOCABULARY)
    assert asked(score) == ["", "", "tremolo", "tremolo", "", ""]
    two = notes.with_notes(track=[0, 0, 0, 1, 1, 1])
    score = annotate(dataclasses.replace(two, texts=texts), read_map(OWN), VOCABULARY)
    assert asked(score) == ["", "", "tremolo", "tremolo", "", ""]


def test_an_attribute_goes_before_a_direction_and_a_note_s_own_before_both() -> None:
    texts = (Text(0.0, "trem."), Text(0.0, "pizz."))
    assert carrying((), (), texts=texts) == [{"tremolo"}, {"pizzicato"}]
    assert carrying(("staccato",), (), texts=texts) == [{"staccato"}, {"pizzicato"}]


def test_what_a_note_carries_wins_in_its_group_and_joins_the_rest() -> None:
    texts = (Text(0.0, "con sord."), Text(0.0, "pizz."), Text(2.0, "arco"))
    own = [("staccato", "bow_up"), ("accent",), ("legato",), ("no_such_name",)]
    assert carrying(*own, texts=texts) == [
        {"con_sordino", "staccato", "bow_up"},
        {"con_sordino", "pizzicato", "accent"},
        {"con_sordino", "legato"},  # arco goes without saying under a slur
        {"con_sordino", "sustain", "no_such_name"},
    ]


def test_several_of_one_group_on_one_note_are_left_to_the_instrument() -> None:
    assert carrying(("staccato", "tremolo"), texts=(Text(0.0, "pizz."),)) == [{"staccato", "tremolo"}]


def test_names_and_titles_of_the_map_count_as_texts() -> None:
    assert carrying((), texts=(Text(0.0, "spicc brushed"),)) == [{"Spicc brushed"}]
    assert carrying((), texts=(Text(0.0, "Brushed spiccato"),)) == [{"Spicc brushed"}]
    assert carrying((), texts=(Text(0.0, "A", "marker"),)) == [set()]  # a rehearsal mark
    assert carrying((), texts=(Text(0.0, "[technique:A]", "marker"),)) == [{"A"}]


def test_combinations_in_one_text() -> None:
    for text in ("sustain+sul_tasto", "Sustain + Sul tasto", "sustain, sul tasto"):
        assert carrying((), texts=(Text(0.0, text),)) == [{"sustain", "sul_tasto"}]
    assert carrying((), texts=(Text(0.0, "con sord., pizz."),)) == [{"con_sordino", "pizzicato"}]
    assert carrying((), texts=(Text(0.0, "con sord., slowly"),)) == [set()]
    assert carrying((), texts=(Text(0.0, " , "), Text(0.0, ""))) == [set()]
    assert carrying((), texts=(Text(0.0, "[technique:staccato+accent]"),)) == [{"staccato", "accent"}]


def test_a_combination_of_the_map_gives_way_part_by_part() -> None:
    texts = (Text(0.0, "Long CS"), Text(1.0, "pizz."), Text(2.0, "Long CS"), Text(3.0, "senza sord."))
    assert carrying((), (), (), (), texts=texts) == [
        {"Long CS"},
        {"pizzicato", "con_sordino"},
        {"Long CS"},
        {"sustain", "senza_sordino"},
    ]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("pizicato", "pizzicato"),
        ("スピカート", "spiccato"),
        ("Allegro", None),
        ("rit.", None),
        ("Verse 2", None),
    ],
)
def test_a_text_that_nearly_names_a_technique_is_pointed_out(text: str, near: str | None) -> None:
    performance = Performance(note_rows([(0, 1, 60, 80)]), texts=(Text(0.5, text),))
    assert unread_texts(performance, load_vocabulary()) == ([(performance.texts[0], near)] if near else [])


MARKED = MAP.replace("staccato: {group: articulation,", "staccato: {group: articulation, scope: note,")


@pytest.mark.parametrize(
    "text",
    [
        "stacc., con sord.",
        "[technique:con_sordino+staccato]",
        "[technique:staccato] [technique:con_sordino]",
        "con sord. + stacc.",
    ],
)
def test_of_a_text_that_names_several_each_holds_as_long_as_it_does(text: str) -> None:
    notes = dataclasses.replace(piece(*((float(n), 1.0, 60, 80) for n in range(2))), texts=(Text(0.0, text),))
    assert MARKED != MAP
    assert asked(annotate(notes, read_map(MARKED), VOCABULARY)) == ["con_sordino+staccato", "con_sordino"]


def test_a_combination_of_the_map_says_itself_how_long_it_holds() -> None:
    both = MARKED.replace(
        "channels:", "  staccato+con_sordino: {group: articulation, on: [{keyswitch: G0}]}\nchannels:"
    )
    notes = dataclasses.replace(
        piece(*((float(n), 1.0, 60, 80) for n in range(2))), texts=(Text(0.0, "stacc., con sord."),)
    )
    assert asked(annotate(notes, read_map(both), VOCABULARY)) == ["staccato+con_sordino"] * 2


@pytest.mark.parametrize(
    "text",
    [
        *("pizz. con sord.", "pizzicato  con sordino", "con sord. pizz.", "pizz con sord; ord."),
        *(
            "pizz. e con sord.",
            "con sord. (pizz.)",
            "sempre pizz. & con sord.",
            "pizz., con sord., in tempo!",
        ),
    ],
)
def test_names_in_a_row_are_all_meant(text: str) -> None:
    assert {"pizzicato", "con_sordino"} <= set(asked(annotated(Text(0.0, text)))[0].split("+"))


@pytest.mark.parametrize(
    "text", ["play pizz. here", "slowly con sord.", "con", "sempre dolce", "arco " * 4000 + "x"]
)
def test_names_among_other_words_are_not(text: str) -> None:
    assert asked(annotated(Text(0.0, text))) == [""] * 4


def test_a_text_that_has_a_name_in_it_is_told_where_it_is_not_read() -> None:
    told = unread_texts(
        annotated(Text(0.0, "now pizzicato please"), Text(1.0, "Allegro con brio")), VOCABULARY
    )
    assert [(text.text, name) for text, name in told] == [("now pizzicato please", "pizzicato")]
