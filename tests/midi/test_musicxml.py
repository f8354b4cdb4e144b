"""MusicXML is read with the technique of every note, and damage is one line, never anything else."""

from __future__ import annotations

import random
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from musicxml_building import articulated, direction, grace, note, page, part, rest, save_page, words

from composer_daw.errors import InputError
from composer_daw.files import shipped
from composer_daw.midi import load_midi, load_score
from composer_daw.midi.musicxml import load_musicxml
from composer_daw.midi.score_marks import MARKS, STARTS, STROKES, SUDDEN
from composer_daw.performance import KeySignature, Performance, Text
from composer_daw.techniques import annotate, load_map, load_vocabulary, realize

VIOLIN = load_map(shipped("technique_maps") / "studio" / "violin.yaml")
VOCABULARY = load_vocabulary()


def asked(performance: Performance) -> list[str]:
    return ["+".join(performance.techniques[number]) for number in performance.notes["technique"]]


def read(folder: Path, *parts: str, **more: object) -> Performance:
    return load_musicxml(save_page(folder / "page.musicxml", *parts, **more))  # type: ignore[arg-type]


def timed(
    performance: Performance, start: str = "onset_s", length: str = "duration_s"
) -> list[tuple[float, ...]]:
    columns = (performance.notes[name].tolist() for name in (start, length, "pitch"))
    return [(round(onset, 6), round(held, 6), pitch) for onset, held, pitch in zip(*columns, strict=True)]


def test_a_page_with_dots_slurs_pizz_con_sord_and_tremolo(tmp_path: Path) -> None:
    """Show: every note of a page comes out with the right technique on the studio violin."""
    slur = '<slur type="{}" number="1"/>'
    dots = articulated("staccato")
    strokes = '<ornaments><tremolo type="single">3</tremolo></ornaments>'
    bars = (
        words("Allegro", 'tempo="120"') + "".join(note(pitch, 1, dots) for pitch in ("C5", "D5", "E5", "F5")),
        note("G5", 1, slur.format("start")) + note("F5") + note("E5", 1, slur.format("stop")) + note("D5"),
        words("pizz.") + note("C5") + note("E5", 1, dots) + note("G5") + words("arco") + note("E5"),
        words("con sord.") + note("C5") + note("D5", 1, dots) + note("E5", 2, strokes),
        words("senza sord.") + note("C5", 2, strokes) + words("sul pont.") + note("B4", 2, strokes),
        words("ord.") + note("C5", 4),
    )
    performance = annotate(read(tmp_path, part(*bars)), VIOLIN, VOCABULARY)
    labels = realize(performance, VIOLIN, VOCABULARY).labels
    assert set(labels.rung_names()) == {"exact", "combined"}
    unsaid = {"sustain", "ordinario", "senza_sordino", "default"}
    assert ["+".join(sorted({*one.split("+")} - unsaid)) for one in labels.played_names()] == [
        *["staccato"] * 4,
        *["legato"] * 3,
        "",
        *["pizzicato"] * 3,
        "",
        "con_sordino",
        "con_sordino+staccato",
        "con_sordino+tremolo",
        "tremolo",
        "sul_ponticello+tremolo",
        "",
    ]
    assert [text.text for text in performance.texts] == ["Allegro"]
    assert timed(performance, "written_onset_s", "written_duration_s")[:2] == [(0.0, 0.5, 72), (0.5, 0.5, 74)]


@pytest.mark.parametrize(
    ("notations", "techniques"),
    [
        (articulated("staccato"), "staccato"),
        (articulated("staccatissimo"), "staccatissimo"),
        (articulated("accent"), "accent"),
        (articulated("strong-accent"), "marcato"),
        (articulated("tenuto"), "tenuto"),
        (articulated("detached-legato"), "portato"),
        ("<articulations><staccato/><tenuto/></articulations>", "portato"),
        ("<articulations><accent/><staccato/></articulations>", "accent+staccato"),
        (articulated("falloff"), "fall"),
        ("<technical><up-bow/></technical>", "bow_up"),
        ("<technical><down-bow/></technical>", "bow_down"),
        ("<technical><snap-pizzicato/></technical>", "snap_pizzicato"),
        ("<technical><stopped/></technical>", "left_hand_pizzicato"),
        ("<technical><harmonic/></technical>", "harmonics"),
        ("<technical><harmonic><natural/></harmonic></technical>", "natural_harmonics"),
        ("<technical><harmonic><artificial/><base-pitch/></harmonic></technical>", "artificial_harmonics"),
        ("<ornaments><trill-mark/></ornaments>", "trill"),
        ('<ornaments><tremolo type="single">2</tremolo></ornaments>', "measured_tremolo"),
        ('<ornaments><tremolo type="start">3</tremolo></ornaments>', "tremolo"),
        ('<ornaments><tremolo type="unmeasured">0</tremolo></ornaments>', "tremolo"),
        ('<glissando type="start" number="1"/>', "glissando"),
        ('<slide type="stop" number="1"/>', ""),
        ("<fermata/>", ""),
        ("<articulations><breath-mark/></articulations>", ""),
    ],
)
def test_marks(tmp_path: Path, notations: str, techniques: str) -> None:
    assert asked(read(tmp_path, part(note("C4", 4, notations)))) == [techniques]


def test_every_name_that_is_read_is_in_the_vocabulary() -> None:
    names = {*MARKS.values(), *STARTS.values(), *SUDDEN.values(), *STROKES, "stopped", "portato"}
    assert names <= set(VOCABULARY.techniques)


def test_a_plus_stops_the_horn(tmp_path: Path) -> None:
    stopped = part(note("C4", 4, "<technical><stopped/></technical>"))
    assert asked(read(tmp_path, stopped, names=("Horn in F",))) == ["stopped"]


def slurred(*pitches: str, marks: str = "") -> str:
    ends = {0: '<slur type="start"/>', len(pitches) - 1: '<slur type="stop"/>'}
    return "".join(note(pitch, 1, ends.get(place, "") + marks) for place, pitch in enumerate(pitches))


def test_slurs_are_legato_up_to_their_last_note_and_the_bow_lifts_between_them(tmp_path: Path) -> None:
    performance = read(tmp_path, part(slurred("C4", "D4") + slurred("E4", "F4"), note("G4", 2) + rest(2)))
    assert asked(performance) == ["legato"] * 4 + [""]
    assert [held for _, held, _ in timed(performance)] == [0.5, 0.44, 0.5, 0.44, 1.0]
    assert performance.notes["written_duration_s"][:4].tolist() == [0.5] * 4


def test_slurs_with_dots_or_lines_are_portato_and_with_strokes_are_strokes(tmp_path: Path) -> None:
    assert asked(read(tmp_path, part(slurred("C4", "D4", marks=articulated("staccato"))))) == ["portato"] * 2
    assert asked(read(tmp_path, part(slurred("C4", "D4", marks=articulated("tenuto"))))) == ["portato"] * 2
    strokes = "<ornaments><tremolo>3</tremolo></ornaments>"
    assert asked(read(tmp_path, part(slurred("C4", "D4", marks=strokes)))) == ["tremolo"] * 2
    assert (
        asked(read(tmp_path, part(slurred("C4", "D4", marks=articulated("accent"))))) == ["legato+accent"] * 2
    )


def test_a_slur_over_one_tied_note_is_no_legato(tmp_path: Path) -> None:
    first = note("C4", 2, '<slur type="start"/>', '<tie type="start"/>')
    last = note("C4", 2, '<slur type="stop"/>', '<tie type="stop"/>')
    performance = read(tmp_path, part(first + last))
    assert (asked(performance), timed(performance)) == ([""], [(0.0, 2.0, 60)])


@pytest.mark.parametrize("told", ["pizz. con sord.", "con sord. (pizz.)", "sempre pizz.", "pizz. e mute"])
def test_plucking_is_found_among_other_words(tmp_path: Path, told: str) -> None:
    bar = words(told) + slurred("D4", "E4") + words("arco senza sord.") + slurred("F4", "G4")
    assert asked(read(tmp_path, part(bar))) == ["", "", "legato", "legato"]


def test_a_tremolo_is_bowed_even_where_the_strings_are_plucked(tmp_path: Path) -> None:
    tremolo = '<ornaments><tremolo type="single">3</tremolo></ornaments>'
    trill = "<ornaments><trill-mark/></ornaments>"
    bar = words("pizz.") + note("C4", 1) + note("D4", 1, tremolo) + note("E4", 2, trill)
    assert asked(read(tmp_path, part(bar))) == ["", "tremolo", "trill"]


def test_plucked_notes_take_no_marks_of_the_bow(tmp_path: Path) -> None:
    dots = articulated("staccato")
    bar = (
        words("pizz., con sord.")
        + note("C4", 1, dots)
        + slurred("D4", "E4")
        + words("arco")
        + note("F4", 1, dots)
    )
    assert asked(read(tmp_path, part(bar))) == ["", "", "", "staccato"]
    snap = note("C4", 4, "<technical><snap-pizzicato/></technical>" + articulated("accent"))
    assert asked(read(tmp_path, part(words("pizz.") + snap))) == ["accent+snap_pizzicato"]
    sounds = direction("<words/>", 'pizzicato="yes"') + note("C4", 4, dots)
    performance = read(tmp_path, part(sounds))
    assert (asked(performance), performance.texts) == ([""], (Text(0.0, "pizz."),))


def test_words_mutes_fermatas_rehearsals_and_lyrics_are_texts(tmp_path: Path) -> None:
    bar = (
        direction("<rehearsal>A</rehearsal>")
        + words("sul pont.")
        + note("C4", 2, more="<lyric><text>la</text></lyric>")
        + direction('<string-mute type="on"/>')
        + note("D4", 2, "<fermata/>")
    )
    performance = read(tmp_path, part(rest(4)), part(bar), names=("Piano", "Viola"))
    assert set(performance.texts) == {
        Text(0.0, "A", "marker", 1),
        Text(0.0, "sul pont.", "text", 1),
        Text(0.0, "la", "lyric", 1),
        Text(1.0, "con sord.", "text", 1),
        Text(1.0, "fermata", "text", 1),
    }
    assert [track.name for track in performance.tracks] == ["Piano", "Viola"]
    assert performance.notes["track"].tolist() == [1, 1]


# --- when and how loud ----------------------------------------------------------------------------------


def test_tempos_and_metres(tmp_path: Path) -> None:
    mark = (
        "<metronome><beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>ca. 60</per-minute></metronome>"
    )
    bars = (direction(mark) + note("C4", 3), '<sound tempo="45"/>' + note("D4", 3))
    performance = read(tmp_path, part(*bars, divisions=2, metre="3/8"))
    assert performance.tempo.bpm.tolist() == [90.0, 45.0]
    assert performance.tempo.metres == ((0.0, 3, 8),)
    assert timed(performance) == [(0.0, 1.0, 60), (1.0, 2.0, 62)]


def test_an_upbeat_is_a_bar_of_its_own(tmp_path: Path) -> None:
    performance = read(tmp_path, part(note("C4"), note("D4", 4), note("E4", 4)))
    assert performance.tempo.metres == ((0.0, 1, 4), (1.0, 4, 4))


def test_keys_sound_as_the_notes_do(tmp_path: Path) -> None:
    def key(fifths: int, mode: str = "") -> str:
        return f"<key><fifths>{fifths}</fifths>{mode and f'<mode>{mode}</mode>'}</key>"

    minor = f"<attributes>{key(-3, 'minor')}</attributes>"
    clarinet = f"{key(2)}<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    harp = f"<attributes>{key(9)}</attributes>"  # nine sharps are three flats
    flute = part(note("C5", 4), minor + note("C5", 4), more=key(7))
    performance = read(tmp_path, flute, part(note("D5", 4), harp + note("D5", 4), more=clarinet))
    assert performance.keys == (
        KeySignature(0.0, 7),
        KeySignature(0.0, 0, track=1),
        KeySignature(4.0, -3, minor=True),
        KeySignature(4.0, -5, track=1),
    )


def test_a_score_ends_with_its_last_bar(tmp_path: Path) -> None:
    performance = read(tmp_path, part(note("C4") + rest(3), rest(4), divisions=1))
    assert performance.end_beat == 8.0
    assert performance.duration_s == 0.5


def test_repeats_and_endings_are_played_out_though_one_part_alone_has_them(tmp_path: Path) -> None:
    first = '<barline location="left"><ending number="1" type="start"/></barline>'
    back = '<barline><ending number="1" type="stop"/><repeat direction="backward"/></barline>'
    second = '<barline location="left"><ending number="2" type="start"/></barline>'
    bars = (words("pizz.") + note("C4", 4), first + note("D4", 4) + back, second + note("E4", 4))
    plain = tuple(note(pitch, 4) for pitch in ("C3", "D3", "E3"))
    performance = read(tmp_path, part(*bars), part(*plain))
    for track, low in ((0, 60), (1, 48)):
        mine = performance.notes[performance.notes["track"] == track]
        assert mine["pitch"].tolist() == [low, low + 2, low, low + 4]
        assert mine["onset_s"].tolist() == [0.0, 2.0, 4.0, 6.0]
    assert [text.time_s for text in performance.texts] == [0.0, 4.0]


def test_da_capo_al_fine_in_one_part_counts_for_all(tmp_path: Path) -> None:
    fine, again = words("Fine", 'fine="yes"'), words("D.C.", 'dacapo="yes"')
    bars = (note("C4", 4) + fine, note("D4", 4) + again)
    performance = read(tmp_path, part(*bars), part(note("C3", 4), note("D3", 4)))
    assert performance.notes["pitch"].tolist() == [48, 60, 50, 62, 48, 60]


def test_parts_that_repeat_differently_are_refused(tmp_path: Path) -> None:
    back = '<barline><repeat direction="backward"/></barline>'
    forth = '<barline location="left"><repeat direction="forward"/></barline>'
    with pytest.raises(InputError, match="its parts are repeated differently; make their repeats the same"):
        one = part(note("C4", 4), forth + note("D4", 4), note("E4", 4) + back)
        read(tmp_path, one, part(note("C4", 4), note("D4", 4) + back, note("E4", 4)))


def test_ties_tuplets_chords_and_voices(tmp_path: Path) -> None:
    voice = "<voice>2</voice>"
    bar = (
        note("C4", 4, more='<tie type="start"/>')
        + note("C4", 2, more='<tie type="stop"/>')
        + note("E4", 2)
        + note("G4", 2, before="<chord/>")
        + note("A4", 4)
        + "<backup><duration>12</duration></backup>"
        + note("C3", 12, more=voice)
    )
    performance = read(tmp_path, part(bar, divisions=3))
    assert timed(performance) == [
        (0.0, 2.0, 48),
        (0.0, 1.0, 60),
        (1.0, 0.333333, 64),
        (1.0, 0.333333, 67),
        (1.333333, 0.666667, 69),
    ]
    assert performance.notes["channel"].tolist() == [1, 0, 0, 0, 0]


def test_transposing_instruments_sound_where_they_should(tmp_path: Path) -> None:
    clarinet = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    bass = "<transpose><chromatic>0</chromatic><octave-change>-1</octave-change></transpose>"
    performance = read(tmp_path, part(note("C4", 4), more=clarinet), part(note("C3", 4), more=bass))
    assert performance.notes["pitch"].tolist() == [36, 58]


def test_quarter_tones_go_to_the_nearest_key(tmp_path: Path) -> None:
    path = save_page(tmp_path / "page.xml", part(note("C4", 4)))
    path.write_text(path.read_text().replace("<alter>0</alter>", "<alter>1.5</alter>"))
    assert load_score(path).notes["pitch"].tolist() == [62]


def test_grace_notes_come_before_the_beat_and_on_it_at_the_start(tmp_path: Path) -> None:
    performance = read(tmp_path, part(note("C4", 2) + grace("D4") + grace("E4") + note("F4", 2)))
    assert timed(performance) == [(0.0, 0.86, 60), (0.86, 0.07, 62), (0.93, 0.07, 64), (1.0, 1.0, 65)]
    performance = read(tmp_path, part(grace("D4") + grace("F4", "<chord/>") + note("C4", 4)))
    assert timed(performance) == [(0.0, 0.07, 62), (0.0, 0.07, 65), (0.07, 1.93, 60)]


def test_cues_and_touched_strings_are_silent(tmp_path: Path) -> None:
    harmonic = "<technical><harmonic><artificial/><{}/></harmonic></technical>"
    bar = (
        note("C4", 2, before="<cue/>")
        + note("A4", 2, harmonic.format("base-pitch"))
        + note("D5", 2, harmonic.format("touching-pitch"), before="<chord/>")
    )
    performance = read(tmp_path, part(bar))
    assert performance.notes["pitch"].tolist() == [69]
    assert asked(performance) == ["artificial_harmonics"]


def test_drums_go_by_their_instruments(tmp_path: Path) -> None:
    listed = '<midi-instrument id="I1"><midi-unpitched>39</midi-unpitched></midi-instrument>'
    hit = (
        "<note><unpitched><display-step>C</display-step><display-octave>5</display-octave></unpitched>"
        '<duration>4</duration><instrument id="I1"/></note>'
    )
    notes = read(tmp_path, part(hit), names=("Snare",), listed=listed).notes
    assert notes[["pitch", "channel"]].tolist() == [(38, 9)]


def test_dynamics_and_hairpins(tmp_path: Path) -> None:
    def mark(name: str) -> str:
        return direction(f"<dynamics><{name}/></dynamics>")

    bars = (
        note("C4")
        + mark("p")
        + note("D4")
        + direction('<wedge type="crescendo"/>')
        + note("E4")
        + note("F4"),
        direction('<wedge type="stop"/>') + mark("f") + note("G4") + mark("sfz") + note("A4") + note("B4", 2),
        direction('<wedge type="diminuendo"/>') + note("C5", 4) + direction('<wedge type="stop"/>'),
        note("C5", 2) + words("loud", 'dynamics="120"') + note("D5", 2),
    )
    performance = read(tmp_path, part(*bars))
    assert performance.notes["velocity"].tolist() == [80, 49, 49, 73, 96, 120, 96, 96, 80, 108]
    assert asked(performance)[5] == "sforzando"
    own = part(note("C4", 4).replace("<note>", '<note dynamics="50">'))
    assert read(tmp_path, own).notes["velocity"].tolist() == [45]


def test_pedal(tmp_path: Path) -> None:
    bar = (
        direction('<pedal type="start"/>') + note("C4", 2) + direction('<pedal type="stop"/>') + note("D4", 2)
    )
    controls = read(tmp_path, part(bar)).controls
    assert controls[["time_s", "number", "value"]].tolist() == [(0.0, 64, 127), (1.0, 64, 0)]


def test_packed_and_plain_and_by_suffix(tmp_path: Path, score: Path) -> None:
    packed = save_page(tmp_path / "a.mxl", part(note("C4", 4)))
    plain = save_page(tmp_path / "a.xml", part(note("C4", 4)))
    np.testing.assert_array_equal(load_score(packed).notes, load_score(plain).notes)
    np.testing.assert_array_equal(load_score(score).notes, load_midi(score).notes)


def test_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "a.musicxml"
    text = page(part(words("ピチカート") + note("C4", 4)))
    path.write_bytes(text.replace("UTF-8", "UTF-16").encode("utf-16"))
    assert load_score(path).texts[0].text == "ピチカート"


def test_a_long_score_is_read(tmp_path: Path) -> None:
    bars = tuple(
        "".join(note(pitch, 1, articulated("staccato")) for pitch in ("C4", "D4", "E4", "F4"))
        for _ in range(250)
    )
    assert len(read(tmp_path, part(*bars), part(*bars)).notes) == 2000


# --- what is no score -----------------------------------------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_score(path)
    told = str(caught.value)
    assert told.startswith(f"{path}") and "\n" not in told
    return told.removeprefix(f"{path}")


BOMB = """<?xml version="1.0"?>
<!DOCTYPE score-partwise [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<score-partwise><part-list/>&b;</score-partwise>"""
OUTSIDE = """<!DOCTYPE score-partwise [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<score-partwise><part-list/>&x;</score-partwise>"""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ": is empty; give a MusicXML file"),
        (BOMB, ": declares entities, which are not read here; export it again without"),
        (OUTSIDE, ": declares entities, which are not read here; export it again without"),
        (
            page(part(note("C4")))[:-60],
            ":3: not XML at column 321 (unclosed token); cut short? export it again",
        ),
        ("MThd", ":1: not XML at column 1 (syntax error); cut short? export it again"),
        (
            '<?xml version="1.0" encoding="klingon"?><a/>',
            ": cannot be read as text (unknown encoding: klingon); save it as UTF-8",
        ),
        ("<a>" * 100_000, ": nested more than 64 deep; this is no score"),
        ("<score-timewise/>", ": is timewise, not <score-partwise>; export it as partwise MusicXML"),
        ("<html/>", ": has <html> at its top, not <score-partwise>"),
        ("<score-partwise/>", ": holds no notes; there is nothing to play"),
        (page(part(rest(4))), ": holds no notes; there is nothing to play"),
        (
            page(part(note("C4"))).replace('<part id="P1"', '<part id="P9"'),
            ": part 'P9' is not in its <part-list>; export it again",
        ),
        (page(part(note("A9"))), ": a note at beat 0 is outside MIDI's 0..127 (it is 129); transpose it"),
        (
            page(part(note("C4"))).replace("<alter>0", "<alter>x"),
            ": <alter> is 'x'; write a number of semitones",
        ),
        (page(part(note("C4", 10**8), note("C4", 10**8))), ": lasts "),
    ],
)
def test_bad_pages_say_what_and_where(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "bad.musicxml"
    path.write_text(text, encoding="utf-8")
    assert refused(path).startswith(problem)


def test_without_partitura_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "partitura", None)
    path = save_page(tmp_path / "page.xml", part(note("C4")))
    assert refused(path).endswith("not here; install it by `pip install 'composer_daw[scores]'`")


def test_wrong_encodings(tmp_path: Path) -> None:
    path = tmp_path / "bad.xml"
    path.write_bytes(page(part(words("jeté") + note("C4"))).encode("latin-1"))
    assert ": not XML at column " in refused(path)


def test_archives_that_are_not_scores(tmp_path: Path) -> None:
    path = tmp_path / "bad.mxl"
    path.write_bytes(b"nothing")
    assert refused(path) == ": is no packed MusicXML (no zip archive), or is cut short; export it again"
    for names, problem in (
        ({"META-INF/container.xml": "<container/>"}, ": its container names no score that is in it"),
        ({"META-INF/container.xml": "<rootfile full-path='../x'/>"}, ": its container names no score"),
        ({"a.txt": "x"}, ": holds 0 scores and no container; give one MusicXML file"),
        ({"a.xml": "<score-partwise>"}, ":1: not XML at column "),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in names.items():
                archive.writestr(name, text)
        assert refused(path).startswith(problem)
    whole = save_page(tmp_path / "whole.mxl", part(note("C4"))).read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        refused(path)


def test_a_bomb_of_zeroes_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mxl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.xml", "w") as stream:
        for _ in range(80):
            stream.write(b" " * 1_000_000)
    assert path.stat().st_size < 200_000
    assert refused(path) == ": 'a.xml' unpacks to more than the 64,000,000 bytes that a score may have"


def test_random_damage_is_read_or_refused(tmp_path: Path) -> None:
    rng = random.Random(1)
    slur = slurred("C4", "D4", "E4") + grace("F4") + note("G4", 1, "<fermata/><tied type='start'/>")
    back = '<barline><repeat direction="backward"/></barline>'
    jumps = words("D.S.", 'dalsegno="segno"') + words("x", 'coda="coda"')
    text = page(part(words("pizz.", 'segno="segno"') + slur + back, slur + jumps), part(slur, slur))
    path = tmp_path / "x.xml"
    for _ in range(150):
        damaged = text
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(900, len(damaged))
            cut = rng.choice([0, 1, 20, 100])
            damaged = (
                damaged[:place] + rng.choice(["", "0", "-9", "9999", "<note/>"]) + damaged[place + cut :]
            )
        path.write_text(damaged, encoding="utf-8")
        try:
            assert len(load_score(path).notes) > 0
        except InputError as error:
            assert str(error).startswith(f"{path}") and "\n" not in str(error)
