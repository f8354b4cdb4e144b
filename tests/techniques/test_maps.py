"""Technique maps load with defaults, and their errors name file, line, technique, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_instruments import DRUMS, MAP, read_map

from composer_daw.documents import parse_document
from composer_daw.errors import DocumentError
from composer_daw.techniques import TechniqueMap, load_map
from composer_daw.techniques.interchange.formats import FORMATS
from composer_daw.techniques.maps import FOREIGN
from composer_daw.techniques.parts import Latency, NoteShape

HEAD = "technique_map: 1\ninstrument: X\n"
STACCATO = HEAD + "groups: {bow: {default: staccato}}\ntechniques:\n  staccato:\n    group: bow\n"


def test_a_map_is_read_whole() -> None:
    strings = read_map(MAP)
    assert strings.range == (43, 96)
    assert list(strings.groups) == ["articulation", "mute"]
    assert strings.of_group("mute") == ("senza_sordino", "con_sordino")
    assert strings.techniques["staccato"].note.length == 0.5
    assert strings.techniques["legato"].latency_ms.transition == {1: 300, 65: 200, 101: 100}
    assert strings.channels == (1, 2)
    assert "tremolo" not in strings.playable()
    assert strings.playable()[:4] == ("sustain", "legato", "staccato", "pizzicato")


def test_what_is_left_out_has_defaults() -> None:
    bare = parse_document(HEAD, TechniqueMap, "map.yaml")
    assert (bare.range, bare.lead_ms, bare.middle_c, bare.channels) == ((0, 127), 20.0, "C4", (1,))
    technique = parse_document(STACCATO, TechniqueMap, "map.yaml").techniques["staccato"]
    assert (technique.note, technique.latency_ms, technique.on) == (NoteShape(), Latency(), ())


def test_middle_c_moves_names_but_not_numbers() -> None:
    strings = read_map(MAP.replace("technique_map: 1", "technique_map: 1\nmiddle_c: C3"))
    assert strings.range == (43 + 12, 96 + 12)
    assert read_map(HEAD + "middle_c: C3\nrange: [40, G9]\n".replace("G9", "G8")).range == (40, 127)


def test_pieces_gather_their_strokes() -> None:
    snare = read_map(DRUMS).pieces["snare"]
    assert snare.written == {38: "hit", 40: "rimshot"}
    strokes = {name: (stroke.play, stroke.velocity) for name, stroke in snare.strokes.items()}
    assert strokes == {"hit": (38, 1.0), "rimshot": (40, 1.0), "ghost": (38, 0.35)}
    named = read_map(HEAD + "pieces: {tom: {written: C2, hit: D2}}\n").pieces["tom"]
    assert (named.written, named.strokes["hit"].play) == ({36: "hit"}, 38)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            STACCATO + "    on: [{keyswitch: C10}]\n",
            "7: techniques: staccato: on[0]: keyswitch: key 'C10' is outside 0..127 (it is 132 where "
            "middle C is C4)",
        ),
        (
            STACCATO + "    on:\n      - cc: 32\n        value: 300\n",
            "9: techniques: staccato: on[0]: value: Input should be less than or equal to 127, not 300",
        ),
        (STACCATO + "    on: [{cc: 32}]\n", "7: techniques: staccato: on[0]: cc: 'value' is missing"),
        (HEAD + "channels: []\n", "3: channels: Tuple should have at least 1 item after validation, not 0"),
        (
            STACCATO + "    note: {velocity: {}}\n",
            "7: techniques: staccato: note: velocity: Dictionary should have at least 1 item after "
            "validation, not 0",
        ),
        (
            STACCATO + "    on: [{parameter: Mute, value: {follow: velocity}}]\n",
            "7: techniques: staccato: on[0]: value: a parameter goes from 0 to 1; write range: [0, 1], "
            "or less",
        ),
        (
            STACCATO + "    on: [{cc: 1, value: {follow: pitch, range: [0, 128]}}]\n",
            "7: techniques: staccato: on[0]: value: MIDI has values from 0 to 127",
        ),
        (
            STACCATO + "    off: [{keyswitch: C1, mode: hold}]\n",
            "7: techniques: staccato: off[0]: a key is only tapped here; leave 'mode' and 'starts' out",
        ),
        (
            HEAD + "init: [{cc: 1, value: 2}, {keyswitch: C1, mode: toggle}]\n",
            "3: init[1]: a key is only tapped here; leave 'mode' and 'starts' out",
        ),
        (
            HEAD + "init: [{cc: 1, value: {follow: velocity}}]\n",
            "3: init[0]: no note is played yet; write a value instead of 'follow'",
        ),
        (
            STACCATO + "init: [{cc: 1, value: 2, only_with: staccato}]\n",
            "7: init[0]: no technique is in force yet; leave 'only_with' out",
        ),
        (
            STACCATO + "    on: [{keyswich: C1}]\n",
            "7: techniques: staccato: on[0]: 'keyswich' is no action (did you mean 'keyswitch'?); "
            "write one of "
            "keyswitch, cc, program, pitch_bend, parameter",
        ),
        (
            STACCATO + "    on: [{keyswitch: C1, mod: hold}]\n",
            "7: techniques: staccato: on[0]: mod: unknown key (did you mean 'mode'?)",
        ),
        (
            STACCATO + "    fallback: [spicato]\n  spiccato: {group: bow}\n",
            "7: techniques: staccato: fallback: fallback 'spicato' is no technique of this map "
            "(did you mean 'spiccato'?)",
        ),
        (
            STACCATO + "  legato:\n    group: bov\n",
            "8: techniques: legato: group: no group 'bov' (did you mean 'bow'?); name it under groups",
        ),
        (
            STACCATO.replace("default: staccato", "default: stacato"),
            "3: groups: bow: default: default 'stacato' is no technique of this group (did you mean "
            "'staccato'?)",
        ),
        (
            STACCATO + "    note: {lenght: 2}\n",
            "7: techniques: staccato: note: lenght: unknown key (did you mean 'length'?)",
        ),
        (
            STACCATO + "    note: {length: 0}\n",
            "7: techniques: staccato: note: length: Input should be greater than 0",
        ),
        (
            STACCATO + "    note: {length: inf}\n",
            "7: techniques: staccato: note: length: Input should be a finite number, not 'inf'",
        ),
        (HEAD + "range: [A7, G3]\n", "3: range: A7 is above G3; write the lower end first"),
        (HEAD + "range: G3\n", "3: range: write the lowest and the highest note, such as [G3, A7]"),
        (
            HEAD + "middle_c: C9\nrange: [C1, C2]\n",
            "3: middle_c: Input should be 'C3', 'C4' or 'C5', not 'C9' (and 1 more)",
        ),
        (HEAD + "lead_ms: -1\n", "3: lead_ms: Input should be greater than or equal to 0, not -1"),
        (HEAD + "channels: [1, 17]\n", "3: channels[1]: Input should be less than or equal to 16, not 17"),
        (
            HEAD + "dynamics: {cc: 1, follow: volume}\n",
            "3: dynamics: follow: Input should be 'score' or 'velocity', not 'volume'",
        ),
        (
            HEAD + "pieces: {snare: {written: 38}}\n",
            "3: pieces: snare: Dictionary should have at least 1 item after validation, not 0",
        ),
        (
            HEAD + "pieces: {snare: {written: X, hit: 38}}\n",
            "3: pieces: snare: written: 'X' is not a note; write C1, F#2, Bb3 or a number from 0 to 127",
        ),
        (
            HEAD + "pieces: {hat: {written: {42: closed, 46: opne}, closed: 42, open: 46}}\n",
            "3: pieces: hat: written: no stroke 'opne' (did you mean 'open'?)",
        ),
        (
            HEAD + "pieces: {snare: {written: 38, hit: 200}}\n",
            "3: pieces: snare: hit: key '200' is outside 0..127 (it is 200 where middle C is C4)",
        ),
        (
            STACCATO + "    fallback: [growl]\n  spiccato: {group: bow}\n",
            "7: techniques: staccato: fallback: fallback 'growl' is no technique of this map; "
            "it has staccato, spiccato",
        ),
        (
            STACCATO + "    color: red\n",
            "7: techniques: staccato: color: 'red' is no colour here; write its red, green and blue, "
            "as '#ff8800'",
        ),
        (
            STACCATO + "    color: #ff8800\n",
            "7: techniques: staccato: color: no colour; put it into quotes, as '#ff8800': a bare # begins a "
            "comment",
        ),
        (
            STACCATO + "    latency_ms: soon\n",
            "7: techniques: staccato: latency_ms: write milliseconds, as 12, or as "
            "{first: 12, transition: 250}, not 'soon'",
        ),
        (
            STACCATO + "    on: C1\n",
            "7: techniques: staccato: on: 'C1' is no action; write one of "
            "keyswitch, cc, program, pitch_bend, parameter",
        ),
        (
            STACCATO + "    title: 3\n",
            "7: techniques: staccato: title: a text is expected; put it into quotes, not 3",
        ),
        (STACCATO + "\ton: []\n", "7: not YAML: a tab stands before the text; YAML takes spaces only"),
        ("technique_map: 2\ninstrument: X\n", "1: technique_map: Input should be 1, not 2"),
        ("instrument: X\n", "1: 'technique_map' is missing"),
        (HEAD + "techniqes: {}\n", "3: techniqes: unknown key (did you mean 'techniques'?)"),
    ],
)
def test_errors(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(text, TechniqueMap, "x.yaml")
    assert str(caught.value) == f"x.yaml:{message}"


@pytest.mark.parametrize("value", ["1.5", "null", "[[1]]", "{a: 1}", "true"])
def test_a_key_of_the_wrong_type_is_an_error_like_any_other(value: str) -> None:
    text = STACCATO + f"    on: [{{keyswitch: {value}}}]\n"
    with pytest.raises(
        DocumentError, match=r"x\.yaml:7: techniques: staccato: on\[0\]: keyswitch: .* not a note"
    ):
        parse_document(text, TechniqueMap, "x.yaml")


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(HEAD + "lead_ms: fast\n")
    with pytest.raises(DocumentError, match=rf"^{tmp_path}/map\.yaml:3: lead_ms: .*, not 'fast'$"):
        load_map(tmp_path / "map.yaml")


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ("when: {pitch: [60, G2]}", "4: techniques: sustain: when: pitch: write the lower end first"),
        (
            "when: {length_ms: [1, x]}",
            "4: techniques: sustain: when: length_ms[1]: a number is expected, not 'x'",
        ),
        ("when: {length_ms: ['9', 1]}", "4: techniques: sustain: when: length_ms: write the lower end first"),
        (
            "note: {pitch_range: [G7, 60]}",
            "4: techniques: sustain: note: pitch_range: write the lower end first",
        ),
        ("plays: ''", "4: techniques: sustain: plays: names nothing on one side of a '+'"),
        ("plays: a+", "4: techniques: sustain: plays: names nothing on one side of a '+'"),
    ],
)
def test_ends_and_names_of_any_kind_have_an_error_of_one_line(known: str, message: str) -> None:
    head = "technique_map: 1\ninstrument: X\ngroups: {a: {}}\n"
    text = f"{head}techniques: {{sustain: {{group: a, {known}}}}}\n"
    with pytest.raises(DocumentError) as caught:
        parse_document(text, TechniqueMap, "x.yaml")
    assert str(caught.value).startswith(f"x.yaml:{message}")


def test_ends_may_be_told_by_name_and_by_number() -> None:
    head = "technique_map: 1\ninstrument: X\ngroups: {a: {}}\n"
    text = f"{head}techniques: {{sustain: {{group: a, when: {{pitch: [60, G5]}}}}}}\n"
    assert parse_document(text, TechniqueMap, "x.yaml").techniques["sustain"].when.pitch == (60, 79)


def test_an_error_calls_notes_as_the_map_does() -> None:
    text = "technique_map: 1\ninstrument: X\nmiddle_c: C3\nrange: [G5, 60]\n"
    with pytest.raises(DocumentError, match="G5 is above C3"):
        parse_document(text, TechniqueMap, "x.yaml")


def test_what_is_one_needs_no_list() -> None:
    text = STACCATO.replace("{", "{{").replace("}", "}}")
    text += "    {}\n    on: {}\n    off: {}\n    latency_ms: {}\ninit: {}\n"
    bare = ("fallback: staccato", "{keyswitch: C1}", "{cc: 1, value: 2}", "12", "{program: 4}")
    full = (
        "fallback: [staccato]",
        "[{keyswitch: C1}]",
        "[{cc: 1, value: 2}]",
        "{first: 12}",
        "[{program: 4}]",
    )
    assert read_map(text.format(*bare)) == read_map(text.format(*full))


@pytest.mark.parametrize("suffix", list(FOREIGN))
def test_a_file_of_another_program_is_no_map(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text("Bank 1 1 Violin\n//! o=note:24\n1 Long\n")
    with pytest.raises(DocumentError) as caught:
        load_map(path)
    said = f"{path}: is {FOREIGN[suffix]}, not a technique map; bring it over first: composer-daw techniques "
    assert str(caught.value) == f"{said}import '{path}' -o DIR"


def test_the_files_of_other_programs_are_those_that_can_be_read() -> None:
    assert {form.suffix: form.title for form in FORMATS.values()} == FOREIGN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("technique_spans: 1\nspans: []\n", "a sidecar of techniques"),
        ("technique_rules: 1\nrules: []\n", "rules for techniques"),
        ("instrument: X\nhost: faust\nsource: a\ntechnique_map: x.yaml\n", "an instrument's YAML"),
        ("graph: 1\ntracks: {}\n", "a render graph"),
        ("vocabulary: 1\ngroups: {}\ntechniques: {}\n", "a vocabulary"),
    ],
)
def test_another_document_is_called_by_what_it_is(tmp_path: Path, text: str, kind: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(DocumentError) as caught:
        load_map(tmp_path / "x.yaml")
    assert str(caught.value) == f"{tmp_path}/x.yaml: is {kind}; give a technique map (YAML)"
