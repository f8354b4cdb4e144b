"""From a song file to what the generator is told: moods, captions, key, tempo, techniques, parts."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_composing import BAND, SONG, write_song

from composer_daw.captions import Captioner, Endpoint, HashingEncoder
from composer_daw.composing.arranger import genres
from composer_daw.composing.band import BAND as BAND_FILE
from composer_daw.composing.band import Band, load_band
from composer_daw.composing.conditions import Key, Mode, SectionConditions, SongConditions
from composer_daw.composing.keys import fifths_of, key_name
from composer_daw.composing.moods import TONICS
from composer_daw.composing.request import Request, load_request
from composer_daw.documents import parse_document
from composer_daw.errors import DocumentError
from composer_daw.files import shipped

HEAD = "song: 1\ntitle: T\n"


def requested(folder: Path, song: str, band: str = BAND) -> Request:
    return load_request(write_song(folder, song, band))


def conditions(folder: Path, more: str, section: str = "bars: 8") -> SongConditions:
    return requested(folder, f"{HEAD}{more}form: [verse]\nsections: {{verse: {{{section}}}}}\n").conditions


def one(folder: Path, section: str, more: str = "") -> SectionConditions:
    return conditions(folder, more, section).sections[0]


def test_what_the_generator_is_told(tmp_path: Path) -> None:
    told = requested(tmp_path, SONG).conditions
    assert (told.title, told.genre, [part.name for part in told.parts]) == (
        "Small",
        "ballad",
        ["melody", "bass", "drums", "violin"],
    )
    verse, chorus, again = told.sections
    assert verse == again
    assert verse.valence < -0.2 < 0.5 < chorus.valence and verse.arousal < 0 < chorus.arousal
    assert verse.caption == "a lonely melody at night in the rain, of waiting, slow and tender"
    assert "rain" in verse.attributes and "dancing" in chorus.attributes
    assert verse.techniques == {"violin": "pizzicato"}
    melody, bass, drums, _ = told.parts
    assert (melody.lowest, melody.highest) == (43, 96)
    assert (bass.lowest, bass.highest) == (43, 72)
    assert "pizzicato" in melody.techniques and "tremolo" not in melody.techniques
    assert "snare=ghost" in drums.techniques


def test_a_mood_is_the_sections_own_before_its_story_before_the_songs(tmp_path: Path) -> None:
    assert (one(tmp_path, "bars: 8").valence, one(tmp_path, "bars: 8").arousal) == (0, 0)
    sad = one(tmp_path, "bars: 8", "emotion: sad\n")
    assert (sad.valence, sad.arousal, sad.emotion) == (-0.6, -0.3, "sad")
    own = one(tmp_path, "bars: 8, emotion: 嬉しい, arousal: -0.5, story: He weeps", "emotion: sad\n")
    assert (own.valence, own.arousal, own.emotion) == (0.8, -0.5, "happy")
    told = one(tmp_path, "bars: 8, story: He is happy")
    assert (told.valence, told.arousal) == (0.8, 0.45)
    both = one(tmp_path, "bars: 8, story: He is happy", "emotion: sad\n")
    assert (both.valence, both.arousal) == pytest.approx((0.8 * 2 / 3 - 0.2, 0.45 * 2 / 3 - 0.1), abs=1e-3)


def test_an_emotion_without_a_word_is_the_nearest(tmp_path: Path) -> None:
    assert one(tmp_path, "bars: 8, valence: -0.85, arousal: 0.95").emotion == "furious"
    assert one(tmp_path, "bars: 8, story: The friends dance in the sun").emotion != ""


@pytest.mark.parametrize(
    ("mood", "mode"), [("sad", "minor"), ("happy", "major"), ("mysterious", "minor"), ("neutral", "major")]
)
def test_the_mode_by_valence(tmp_path: Path, mood: str, mode: Mode) -> None:
    assert conditions(tmp_path, f"emotion: {mood}\n").key.mode == mode
    assert conditions(tmp_path, f"emotion: {mood}\nkey: Eb minor\n").key == Key(3, "minor")


@pytest.mark.parametrize(("mood", "mode"), [("sad", "minor"), ("happy", "major")])
def test_the_tonic_by_seed_and_title(tmp_path: Path, mood: str, mode: Mode) -> None:
    song = f"{HEAD}emotion: {mood}\nform: [verse]\nsections: {{verse: {{bars: 8}}}}\n"
    path = write_song(tmp_path, song)
    drawn = [load_request(path, seed=seed).conditions.key for seed in range(60)]
    assert drawn == [load_request(path, seed=seed).conditions.key for seed in range(60)]
    assert {key_name(key) for key in drawn} == {f"{tonic} {mode}" for tonic in TONICS[mode]}
    assert all(abs(fifths_of(key)[0]) <= 4 for key in drawn)

    other = write_song(tmp_path, song.replace("title: T", "title: U"))
    assert drawn != [load_request(other, seed=seed).conditions.key for seed in range(60)]


def test_a_seed_that_is_given_takes_the_place_of_the_songs(tmp_path: Path) -> None:
    one, given = (
        load_request(write_song(tmp_path, SONG.replace("seed: 3", f"seed: {own}")), seed=seed)
        for own, seed in ((5, None), (3, 5))
    )
    assert one.song == given.song and one.song.seed == 5
    assert one.conditions == given.conditions
    kept = load_request(write_song(tmp_path, SONG.replace("seed: 3", "seed: 5\nkey: A minor")), seed=8)
    assert kept.conditions.key == Key(9, "minor")


def test_the_tempo_by_genre_and_emotion(tmp_path: Path) -> None:
    for genre, row in load_band().genres.items():
        slowest, usual, fastest = row.tempo
        found = [
            conditions(tmp_path, f"genre: {genre}\nemotion: {mood}\n").bpm
            for mood in ("desperate", "neutral", "ecstatic")
        ]
        assert slowest <= found[0] < found[1] < found[2] <= fastest
        assert found[1] == usual
    assert conditions(tmp_path, "tempo: 99.5\n").bpm == 99.5


def test_every_genre_of_the_arranger_has_a_tempo_and_a_band() -> None:
    assert set(load_band().genres) == set(genres())


@pytest.mark.parametrize(("spelling", "genre"), [("JPop", "j-pop"), ("ボサノバ", "bossa"), ("R&B", "lofi")])
def test_other_names_of_genres(tmp_path: Path, spelling: str, genre: str) -> None:
    assert conditions(tmp_path, f"genre: {spelling}\n").genre == genre


def test_no_genre_shares_a_name_with_another() -> None:
    text = (shipped("configs") / BAND_FILE).read_text(encoding="utf-8")
    twice = text.replace("also: [swing,", "also: [rock, swing,")
    assert twice != text
    with pytest.raises(DocumentError, match="genres: rock: 'rock' is a name of jazz, too; keep one"):
        parse_document(twice, Band, "band.yaml")


def test_strings_stand_for_all_four(tmp_path: Path) -> None:
    text = SONG.replace("{violin: pizzicato}", "{strings: pizz., violin: con sordino}")
    strings = BAND.replace("viola: null", "viola: fake.yaml").replace("cello: null", "cello: fake.yaml")
    told = requested(tmp_path, text, strings).conditions
    assert told.sections[0].techniques == {
        "violin": "con_sordino",
        "viola": "pizzicato",
        "cello": "pizzicato",
    }


def test_several_techniques_at_once(tmp_path: Path) -> None:
    text = SONG.replace("{violin: pizzicato}", "{violin: pizzicato+con_sordino}")
    assert requested(tmp_path, text).conditions.sections[0].techniques == {"violin": "pizzicato+con_sordino"}


def test_parts_of_ones_own_go_where_their_role_stands(tmp_path: Path) -> None:
    band = BAND.replace("  bass:", "  solo: {role: melody, instrument: fake.yaml, pan: 0.5}\n  bass:")
    request = requested(tmp_path, SONG, band)
    assert [one.part.name for one in request.band] == ["melody", "solo", "bass", "drums", "violin"]
    assert request.band[1].seat.pan == 0.5


def test_a_section_may_leave_the_key(tmp_path: Path) -> None:
    assert one(tmp_path, "bars: 8, key: C minor").key == Key(0, "minor")
    assert one(tmp_path, "bars: 8").key is None


def test_where_captions_are_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from composer_daw.captions import endpoint

    told: list[tuple[str, str]] = []

    def answer(at: Endpoint, story: str, mood: str) -> str:
        told.append((story, mood))
        return "a made-up caption"

    monkeypatch.setattr(endpoint, "asked", answer)
    text = SONG.replace("chorus: {", 'chorus: {caption: "my own words", ').replace(
        "[verse, chorus, verse]", "[verse, chorus, verse, bridge]"
    )
    path = write_song(tmp_path, text + "  bridge: {bars: 8}\n  outro: {bars: 8, story: never played}\n")
    request = load_request(path, Captioner(Endpoint("http://nowhere", "tiny")))
    assert [section.caption for section in request.conditions.sections[:3]] == [
        "a made-up caption",
        "my own words",
        "a made-up caption",
    ]
    assert request.captioned == ("model tiny", "song file", "model tiny", "words")
    assert len(told) == 1 and told[0][0].startswith("Rain at night") and "valence -0." in told[0][1]


def test_an_endpoint_that_fails_is_told_and_words_do(tmp_path: Path) -> None:
    captioner = Captioner(Endpoint("http://127.0.0.1:9", "tiny", timeout_s=1.0))
    request = load_request(write_song(tmp_path), captioner)
    assert request.captioned == ("words", "words", "words")
    assert len(request.remarks) == 1 and request.remarks[0].startswith("no caption from tiny: ")
    assert request.remarks[0].endswith("made of the story's words: verse, chorus")


PLURAL = """\
instruments:
  melody: null
  chords: fake.yaml
  bass: studio/contrabass
  drums: kit.yaml
  violin: null
  cello: null
  contrabass: null
"""
"""The fake instrument is called Fake Strings: nothing to put an article before."""


def test_a_caption_names_what_plays(tmp_path: Path) -> None:
    moved = "instruments: {melody: studio/guitar, chords: null, violin: null, viola: null, cello: null}\n"
    song = f"{HEAD}form: [verse]\nsections: {{verse: {{bars: 8, story: tender night}}}}\n"
    told = requested(tmp_path, song, moved)
    assert told.conditions.sections[0].caption.startswith("a tender guitar at night, ")
    named = {one.part.name: one.seat.called for one in requested(tmp_path, song, PLURAL).band}
    assert named == {"chords": "accompaniment", "bass": "contrabass", "drums": "band", "viola": "viola"}


def test_without_a_story_and_a_mood_the_manner_is_said(tmp_path: Path) -> None:
    assert one(tmp_path, "bars: 8").caption == "steady and flowing"


def test_a_caption_comes_with_its_vector(tmp_path: Path) -> None:
    class Letters:
        name = "letters 1"

        def encode(self, text: str) -> tuple[float, ...]:
            return (float(len(text)), float(text.count("e")))

    usual = load_request(write_song(tmp_path))
    verse, chorus, again = usual.conditions.sections
    assert usual.encoder == "hashing 64"
    assert verse.caption_vector == HashingEncoder().encode(verse.caption) == again.caption_vector
    assert verse.caption_vector != chorus.caption_vector
    other = load_request(write_song(tmp_path), encoder=Letters())
    assert other.encoder == "letters 1"
    assert other.conditions.sections[0].caption_vector == Letters().encode(verse.caption)
