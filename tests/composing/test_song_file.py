"""Song files: what they may say, and each thing that is wrong in one line, with the line of the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_composing import BAND, SONG, write_band, write_song

from composer_daw.captions import Answers, Captioner, Told
from composer_daw.composing.conditions import Key
from composer_daw.composing.keys import fifths_of, key_name, key_of
from composer_daw.composing.request import load_request
from composer_daw.composing.song import Section, kind_of
from composer_daw.errors import DocumentError

ROOT = Path(__file__).parents[2]


def error_of(folder: Path, song: str = SONG, band: str = BAND) -> str:
    """Return what is said of a song file, without the folder."""
    path = write_song(folder, song, band)
    with pytest.raises(DocumentError) as error:
        load_request(path)
    said = str(error.value)
    assert "\n" not in said
    assert said.startswith(f"{path}:")
    return said.removeprefix(f"{path}:")


def test_the_song_of_the_tests_loads(tmp_path: Path) -> None:
    request = load_request(write_song(tmp_path))
    assert [one.part.name for one in request.band] == ["melody", "bass", "drums", "violin"]
    assert [section.name for section in request.conditions.sections] == ["verse", "chorus", "verse"]
    assert request.remarks == ()


CASES = {
    "unknown key": (("genre:", "genra:"), "3: genra: unknown key (did you mean 'genre'?)"),
    "unknown key of a section": (
        ('{bars: 8, story: "Rain', '{bar: 8, story: "Rain'),
        "7: sections: verse: bar: unknown key (did you mean 'bars'?) (and 1 more)",
    ),
    "no length": (("verse: {bars: 8, story", "verse: {story"), "7: sections: verse: 'bars' is missing"),
    "no bars": (
        ('bars: 8, story: "The', 'bars: 0, story: "The'),
        "8: sections: chorus: bars: Input should be greater",
    ),
    "half bars": (
        ('bars: 8, story: "The', 'bars: 8.5, story: "The'),
        "8: sections: chorus: bars: a whole number is expected",
    ),
    "too short for two phrases": (
        ('bars: 8, story: "The', 'bars: 6, story: "The'),
        "8: sections: chorus: bars: 6 bars; a chorus has 8 at least",
    ),
    "impossible tempo": (
        ("genre: ballad", "tempo: 900"),
        "3: tempo: Input should be less than or equal to 300",
    ),
    "negative tempo": (
        ("genre: ballad", "tempo: -3"),
        "3: tempo: Input should be greater than or equal to 30",
    ),
    "no tempo": (("genre: ballad", "tempo: fast"), "3: tempo: a number is expected, not 'fast'"),
    "no key": (("genre: ballad", "key: H minor"), "3: key: 'H minor' is no key; write one such as A minor"),
    "unknown genre": (
        ("genre: ballad", "genre: balad"),
        "3: genre: no genre 'balad' (did you mean 'ballad'?); there is ballad, bossa, ",
    ),
    "unknown emotion": (("genre: ballad", "emotion: sadd"), "3: emotion: no emotion 'sadd'; near it: sad"),
    "valence out of range": (
        ("genre: ballad", "valence: 2"),
        "3: valence: Input should be less than or equal to 1",
    ),
    "a form that names a missing section": (
        ("chorus, verse]", "chrous, verse]"),
        "5: form[1]: no section 'chrous' (did you mean 'chorus'?); there are verse, chorus",
    ),
    "an empty form": (
        ("form: [verse, chorus, verse]", "form: []"),
        "5: form: Tuple should have at least 1 item",
    ),
    "a section of no kind": (
        ("  chorus: {", "  ending it all: {"),
        "8: sections: ending it all: the name does not tell what it is; add 'kind:'",
    ),
    "a section called like a technique": (
        ("  chorus: {", "  tremolo: {kind: chorus, "),
        "8: sections: tremolo: 'tremolo' would be read as a technique in the score; call the section",
    ),
    "a section that is a marker": (
        ("  chorus: {", '  "[technique:slap]": {kind: chorus, '),
        "8: sections: [technique:slap]: '[technique:slap]' would be read as a technique",
    ),
    "a section that is a marker, among words": (
        ("  chorus: {", '  "chorus [TECHNIQUE:nothing]": {'),
        "8: sections: chorus [TECHNIQUE:nothing]: 'chorus [TECHNIQUE:nothing]' would be read",
    ),
    "a section over two lines": (
        ("  chorus: {", '  "cho\\nrus": {kind: chorus, '),
        "8: sections: cho rus: has line breaks or control characters; write it in one line",
    ),
    "a section without a name": (
        ("  chorus: {", '  "  ": {kind: chorus, '),
        "8: sections: : is empty; write a word or more",
    ),
    "a title of blanks": (("title: Small", 'title: "  \\n  "'), "2: title: is empty; write a word or more"),
    "a title over two lines": (
        ("title: Small", 'title: "one\\ntwo"'),
        "2: title: has line breaks or control characters; write it in one line",
    ),
    "truth for a number": (("genre: ballad", "valence: true"), "3: valence: a number is expected, not True"),
    "a text for a number": (("genre: ballad", 'tempo: "90"'), "3: tempo: a number is expected, not '90'"),
    "a word for a section": (
        ('bars: 8, story: "The', 'bars: yes, story: "The'),
        "8: sections: chorus: bars: a whole number is expected, not 'yes'",
    ),
    "too long": (
        ("[verse, chorus, verse]", f"[{', '.join(['verse'] * 60)}]"),
        "5: form: 480 bars at 63 beats a minute last 30 minutes; a song has 10 at most",
    ),
    "a story in Korean": (
        ("The sun returns", "태양이 돌아온다 그리고 그들은 웃는다"),
        "8: sections: chorus: story: this looks like Korean; write Japanese or English",
    ),
    "a story in German": (
        ("The sun returns, and they laugh and dance.", "Die Sonne kommt und sie ist nicht allein"),
        "8: sections: chorus: story: this looks like German; write Japanese or English",
    ),
    "lyrics in French": (
        ("La la la\\nLa la", "la nuit est belle et je suis dans les rues"),
        "8: sections: chorus: lyrics: this looks like French",
    ),
    "a caption in Japanese": (
        ('bars: 8, story: "The', 'bars: 8, caption: 夜の歌, story: "The'),
        "8: sections: chorus: caption: write the caption as one line in English",
    ),
    "a technique that the instrument lacks": (
        ("violin: pizzicato", "violin: col_legno"),
        "7: sections: verse: techniques: violin: 'fake.yaml' does not have 'col_legno'; it has con_sordino, ",
    ),
    "no technique at all": (
        ("violin: pizzicato", "violin: pizicato"),
        "7: sections: verse: techniques: violin: unknown technique 'pizicato' (did you mean 'pizzicato'?)",
    ),
    "a stroke that the kit lacks": (
        ("violin: pizzicato", "drums: snare=flam"),
        "7: sections: verse: techniques: drums: unknown technique 'snare=flam'",
    ),
    "a technique for nobody": (
        ("violin: pizzicato", "violn: pizzicato"),
        "7: sections: verse: techniques: violn: nobody plays 'violn' (did you mean 'violin'?)",
    ),
    "not YAML": (("form: [verse", "form: [[verse"), "6: not YAML"),
    "twice the same": (("seed: 3", "title: Again"), "4: 'title' stands twice; keep one"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, case: str) -> None:
    (old, new), expected = CASES[case]
    assert old in SONG
    said = error_of(tmp_path, SONG.replace(old, new, 1))
    assert said.startswith(expected), said


MORE_PARTS = "".join(f"  v{number}: {{role: violin, instrument: fake.yaml}}\n" for number in range(13))
BAND_CASES = {
    "an impossible range": (
        ("[G2, C5]", "[C5, G2]"),
        "12: instruments: bass: range: the lowest note is above the highest",
    ),
    "a range beyond the instrument": (
        ("[G2, C5]", "[C1, C5]"),
        "12: instruments: bass: range: C1 to C5 is beyond 'fake.yaml', which has G2 to C7",
    ),
    "a narrow range": (("[G2, C5]", "[G2, A2]"), "12: instruments: bass: range: 2 semitones from the lowest"),
    "no note": (("[G2, C5]", "[G2, H5]"), "12: instruments: bass: range[1]: 'H5' is not a note"),
    "an instrument that is not there": (
        ("melody: fake.yaml", "melody: studio/violn"),
        "10: instruments: melody: no instrument 'studio/violn' (did you mean 'studio/violin'?)",
    ),
    "a file that is not there": (("melody: fake.yaml", "melody: fack.yaml"), "10: instruments: melody: "),
    "a kit that sings": (
        ("melody: fake.yaml", "melody: kit.yaml"),
        "10: instruments: melody: the part has pitches, and 'kit.yaml' is a kit",
    ),
    "drums with pitches": (
        ("drums: kit.yaml", "drums: fake.yaml"),
        "13: instruments: drums: the part needs a kit, and 'fake.yaml' is none",
    ),
    "a kit with a range": (
        ("drums: kit.yaml", "drums: {instrument: kit.yaml, range: [C2, C4]}"),
        "13: instruments: drums: range: a kit has no range",
    ),
    "an unknown part": (
        ("  melody:", "  meoldy:"),
        "10: instruments: meoldy: no part 'meoldy' (did you mean 'melody'?)",
    ),
    "a name that no file can have": (
        ("  melody:", "  Lead/and co:"),
        "10: instruments: Lead/and co: is no name for a file; write letters, digits, spaces",
    ),
    "the name of the mix": (
        ("  melody: fake.yaml", "  Master: {role: melody, instrument: fake.yaml}"),
        "10: instruments: Master: is what the mix calls a part of its own; take another name",
    ),
    "the name of the hall": (
        ("  melody: fake.yaml", "  hall: {role: melody, instrument: fake.yaml}"),
        "10: instruments: hall: is what the mix calls a part of its own",
    ),
    "a name twice but for the case": (
        ("  melody: fake.yaml", "  Melody: fake.yaml"),
        "10: instruments: Melody: 'Melody' and 'melody' differ by case only",
    ),
    "two kits": (
        ("drums: kit.yaml", "drums: kit.yaml\n  more: {role: drums, instrument: kit.yaml}"),
        "14: instruments: more: two kits, drums and more; a song has one at most",
    ),
    "more parts than channels": (
        ("  violin: fake.yaml", f"{MORE_PARTS}  violin: fake.yaml"),
        "9: instruments: 16 parts besides the kit; a song has 15 at most",
    ),
    "a bad role": (
        ("{instrument: fake.yaml, range: [G2, C5]}", "{role: tuba}"),
        "12: instruments: bass: role: Input should be 'melody'",
    ),
}


@pytest.mark.parametrize("case", BAND_CASES)
def test_what_is_wrong_with_the_band(tmp_path: Path, case: str) -> None:
    (old, new), expected = BAND_CASES[case]
    assert old in BAND
    said = error_of(tmp_path, band=BAND.replace(old, new, 1)).replace(f"{tmp_path}/", "")
    assert said.startswith(expected), said


def test_nobody_plays(tmp_path: Path) -> None:
    nobody = "instruments: {melody: null, chords: null, bass: null, drums: null, violin: null, viola: null, "
    said = error_of(
        tmp_path,
        SONG.replace(", techniques: {violin: pizzicato}", ""),
        nobody + "cello: null, contrabass: null}\n",
    )
    assert said == "9: instruments: nobody plays; leave one part in"


def test_a_song_may_not_last_for_ever(tmp_path: Path) -> None:
    long = SONG.replace("[verse, chorus, verse]", f"[{', '.join(['verse'] * 60)}]").replace(
        "bars: 8", "bars: 64"
    )
    path = write_song(tmp_path, long.replace("genre: ballad", "tempo: 60"))
    with pytest.raises(DocumentError, match="song.yaml:5: form: 3840 bars at 60 beats .* last 256 minutes"):
        load_request(path)


def test_a_song_that_is_too_long_is_refused_before_any_model_is_asked(tmp_path: Path) -> None:
    class Never(Captioner):
        def captions(self, sections: Mapping[str, Told]) -> Answers:
            raise AssertionError("asked")

    path = write_song(tmp_path, SONG.replace("[verse, chorus, verse]", f"[{', '.join(['verse'] * 60)}]"))
    with pytest.raises(DocumentError, match="last 30 minutes"):
        load_request(path, Never(None))


def test_what_would_fill_the_line_is_cut(tmp_path: Path) -> None:
    song = "song: 1\ntitle: T\nform: [verse]\nsections: {verse: {bars: 8, techniques: {drums: snare=hop}}}\n"
    said = error_of(tmp_path, song, "instruments: {drums: studio/drums}\n")
    assert said.startswith("4: sections: verse: techniques: drums: unknown technique 'snare=hop' (did you")
    assert "; 'studio/drums' has " in said and said.endswith(" more")


def test_a_section_called_like_a_technique_of_an_instrument_alone(tmp_path: Path) -> None:
    song = "song: 1\ntitle: T\nform: [strum]\nsections: {strum: {kind: verse, bars: 8}}\n"
    said = error_of(tmp_path, song, "instruments: {chords: studio/guitar}\n")
    assert said == (
        "4: sections: strum: 'strum' is a technique of 'studio/guitar'; call the section something else"
    )


def test_fifteen_parts_and_a_kit_are_allowed(tmp_path: Path) -> None:
    more = "".join(f"  v{number}: {{role: violin, instrument: fake.yaml}}\n" for number in range(12))
    assert len(load_request(write_song(tmp_path, SONG, BAND + more)).band) == 16


def test_lyrics_that_hold_nothing_to_sing_are_told(tmp_path: Path) -> None:
    text = SONG.replace('lyrics: "La la la\\nLa la"', 'lyrics: "La la la\\n123 !!!"')
    request = load_request(write_song(tmp_path, text))
    assert request.remarks == ("chorus: nothing to sing in '123 !!!'",)


def test_names_and_titles_lose_the_space_around_them(tmp_path: Path) -> None:
    text = SONG.replace("title: Small", 'title: "  Small "').replace("  verse: {", '  " verse ": {')
    request = load_request(write_song(tmp_path, text))
    assert (request.song.title, list(request.song.sections)) == ("Small", ["verse", "chorus"])


def test_another_document_is_told(tmp_path: Path) -> None:
    write_band(tmp_path)
    with pytest.raises(DocumentError, match="is an instrument's YAML; give a song file"):
        load_request(tmp_path / "fake.yaml")


def test_a_section_that_is_left_out_is_told(tmp_path: Path) -> None:
    request = load_request(write_song(tmp_path, SONG.replace("[verse, chorus, verse]", "[verse]")))
    assert request.remarks == ("the section 'chorus' is not in the form",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("verse", "verse"),
        ("Verse 2", "verse"),
        ("last chorus", "chorus"),
        ("Pre-Chorus", "prechorus"),
        ("pre_chorus 2", "prechorus"),
        ("bridge", "bridge"),
        ("大サビ", "chorus"),
        ("Aメロ", "verse"),
        ("outro", "outro"),
        ("part one", None),
        ("chorus2", "chorus"),
        ("サビ2", "chorus"),
        ("Ａメロ", "verse"),
        ("the hook!", "chorus"),
        ("universe", None),
        ("reverse", None),
        ("introspection", None),
        ("hooked", None),
        ("Cambridge", None),
        ("encodage", None),
    ],
)
def test_the_kind_of_a_section_by_its_name(name: str, kind: str | None) -> None:
    assert kind_of(name, Section(bars=8)) == kind
    assert kind_of(name, Section(bars=8, kind="intro")) == "intro"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A minor", Key(9, "minor")),
        ("F# major", Key(6, "major")),
        ("f sharp minor", Key(6, "minor")),
        ("Bbm", Key(10, "minor")),
        ("BM", Key(11, "major")),
        ("C", Key(0, "major")),
        ("Cb", Key(11, "major")),
        ("E♭ major", Key(3, "major")),
        ("ハ長調", Key(0, "major")),
        ("嬰ヘ短調", Key(6, "minor")),
        ("変ロ長調", Key(10, "major")),
    ],
)
def test_keys(text: str, key: Key) -> None:
    assert key_of(text) == key
    assert key_of(key_name(key)) == key


@pytest.mark.parametrize(
    ("text", "fifths"), [("C", 0), ("A minor", 0), ("D", 2), ("F# major", 6), ("Bb minor", -5), ("Ab", -4)]
)
def test_key_signatures(text: str, fifths: int) -> None:
    assert fifths_of(key_of(text)) == (fifths, "minor" in text)


@given(st.text(max_size=12))
def test_what_is_no_key_is_refused_or_read(text: str) -> None:
    try:
        key = key_of(text)
    except ValueError as error:
        assert "is no key" in str(error)
    else:
        assert 0 <= key.tonic < 12


def test_lyrics_are_lines(tmp_path: Path) -> None:
    text = SONG.replace('lyrics: "La la la\\nLa la"', "lyrics: [one line, two lines]")
    assert load_request(write_song(tmp_path, text)).conditions.sections[1].lyrics == ("one line", "two lines")
    request = load_request(write_song(tmp_path))
    assert request.conditions.sections[1].lyrics == ("La la la", "La la")
