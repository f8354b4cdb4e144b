"""The arranger's own rules: form and cadences, contrast, drums and fills, articulation, usual techniques."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from arranged_songs import (
    BAND,
    BASS,
    BOWED,
    CASES,
    DRUMS,
    FORM,
    GENRES,
    GUITAR,
    MELODY,
    PIANO,
    QUARTET,
    SHORT,
    Heard,
    arranged,
    planned,
    song,
    starts,
    track,
    within,
)

from composer_daw.composing.arranger import Arranger, tables
from composer_daw.composing.arranger.articulation import held, sounding
from composer_daw.composing.arranger.chords import chord
from composer_daw.composing.arranger.counterpoint import Sounding, consecutives
from composer_daw.composing.arranger.form import Draws, plan_form
from composer_daw.composing.arranger.mending import mend_bass
from composer_daw.composing.arranger.planning import plan
from composer_daw.composing.conditions import MOST_TUNED, Key, Part, SongConditions
from composer_daw.errors import InputError

CRASH, RIDE, KICK, SNARE, SIDE_STICK = 49, 51, 36, 38, 37
FILLS = {38, 37, 41, 45, 48, 50, 46, 36}
IDIOMATIC = {(), ("legato",), ("pizzicato",), ("tremolo",), ("spiccato",), ("staccato",), ("con_sordino",)}


def lengths(line: list[Heard]) -> list[float]:
    """Return the share of the time to the next note that each note sounds, where that is near."""
    return [
        (one.end - one.onset) / (two.onset - one.onset)
        for one, two in zip(line, line[1:], strict=False)
        if two.onset - one.onset <= 2.0
    ]


def test_phrases_are_four_and_four_with_half_and_authentic_cadence() -> None:
    told = song("pop", form=FORM)
    by_kind = {one.kind: one for one in plan_form(told, Draws(1, told.title))}
    for kind in ("verse", "chorus"):
        phrases = by_kind[kind].phrases
        assert [(one.start, one.bars, one.cadence) for one in phrases] == [
            (0, 4, "half"),
            (4, 4, "authentic"),
        ]
    assert by_kind["prechorus"].phrases[-1].cadence == "half"
    assert by_kind["bridge"].phrases[-1].cadence == "half"


@pytest.mark.parametrize("bars", range(1, 14))
def test_phrases_fill_any_number_of_bars(bars: int) -> None:
    told = song(form=("verse",), bars=bars)
    (only,) = plan_form(told, Draws(1, told.title))
    edges = [one.start for one in only.phrases] + [bars]
    assert [one.start + one.bars for one in only.phrases] == edges[1:]


def test_cadences_arrive_on_dominant_and_tonic() -> None:
    for genre, mode, mood, seed in CASES:
        made = planned(genre, mode, mood, seed)
        for section, chords in zip(made.sections, made.chords, strict=True):
            for phrase in section.phrases:
                last = section.start + 4.0 * (phrase.start + phrase.bars)
                arrival = next(one for one in chords if one.start < last <= one.end)
                step = 7 if phrase.cadence == "half" else 0
                assert arrival.root == (phrase.goal.tonic + step) % 12, (genre, section.kind, phrase.number)


@pytest.mark.parametrize("name", ["bass", "contrabass"])
def test_cadences_stand_on_their_roots(name: str) -> None:
    for case in [*CASES, ("j-pop", "major", "sad", 7), ("j-pop", "minor", "angry", 7)]:
        made, line = planned(*case), track(arranged(*case), name)
        for section, chords in zip(made.sections, made.chords, strict=True):
            for phrase in section.phrases:
                end = section.start + 4.0 * (phrase.start + phrase.bars)
                close = [one for one in chords if one.start < end][-2:]
                for goal in close if phrase.cadence == "authentic" else close[1:]:
                    heard = next((one for one in line if one.onset <= goal.start < one.end - 1e-3), None)
                    assert heard is None or heard.pitch % 12 == goal.root, (case, section.kind, goal.name)


def test_a_bass_that_is_mended_keeps_the_roots_of_cadences() -> None:
    chords = [
        chord(name, Key(0, "major")).at(2.0 * place, 2.0) for place, name in enumerate(("IV", "V", "I"))
    ]
    melody = [Sounding(0.0, 2.0, 77), Sounding(2.0, 4.0, 79), Sounding(4.0, 8.0, 76)]
    bass = [Sounding(0.0, 2.0, 41), Sounding(2.0, 4.0, 43), Sounding(4.0, 8.0, 36)]  # octaves from F to G
    assert consecutives(melody, bass) == [2.0]
    plain = mend_bass(melody, bass, chords, 28, 55)
    kept = mend_bass(melody, bass, chords, 28, 55, (2.0, 4.0))
    assert consecutives(melody, plain) == consecutives(melody, kept) == []
    assert [one.pitch % 12 for one in plain] != [5, 7, 0]
    assert [one.pitch % 12 for one in kept[1:]] == [7, 0] and kept[0].pitch % 12 in chords[0].tones


def test_a_bass_changes_a_note_further_back_at_need() -> None:
    chords = [chord("I", Key(0, "major")).at(0.0, 4.0), chord("V", Key(0, "major")).at(4.0, 4.0)]
    melody = [Sounding(0.0, 3.9, 72), Sounding(4.0, 8.0, 79)]
    bass = [Sounding(0.0, 1.0, 48), *[Sounding(at, at + 0.9, 52) for at in (1.0, 2.0, 3.0)]]
    bass.append(Sounding(4.0, 8.0, 43))  # the strokes of both go from octave to octave
    assert consecutives(melody, bass) == [4.0]
    mended = mend_bass(melody, bass, chords, 28, 55, (4.0,))
    assert consecutives(melody, mended) == []
    assert mended[0].pitch % 12 in (4, 7) and mended[1:] == bass[1:]


def test_a_chorus_is_fuller_louder_and_busier_than_a_verse() -> None:
    counts, levels = [], []
    for case in CASES:
        score, places = arranged(*case), starts(song(form=SHORT))
        beats = np.round(score.tempo.beats_at(score.notes["onset_s"]), 4)
        verse, chorus = (
            score.notes[(beats >= places[at]) & (beats < places[at + 1])]
            for at in (SHORT.index("verse"), SHORT.index("chorus"))
        )
        counts.append(len(chorus) / len(verse))
        levels.append(float(chorus["velocity"].mean() - verse["velocity"].mean()))
    assert np.mean(counts) > 1.15
    assert np.mean([one > 1 for one in counts]) > 0.8
    assert np.mean([one > 0 for one in levels]) > 0.9


def test_sections_end_in_fills_and_begin_with_a_cymbal() -> None:
    filled = begun = sections = 0
    for case in CASES:
        drums, places = track(arranged(*case), "drums"), starts(song(form=SHORT))
        for start, end in zip(places, places[1:-1], strict=False):
            sections += 1
            last = {(round(one.onset - end, 3), one.pitch) for one in within(drums, end - 1, end)}
            usual = {(round(one.onset - end + 8, 3), one.pitch) for one in within(drums, end - 9, end - 8)}
            new = {pitch for _, pitch in last - usual}
            filled += bool(new & FILLS)
            begun += any(one.pitch in (CRASH, RIDE) for one in within(drums, end, end + 0.1))
            assert start < end
    assert filled / sections > 0.9
    assert begun / sections > 0.9


def test_drums_are_busier_and_louder_where_arousal_is_high() -> None:
    for genre in GENRES[1::3]:
        calm, angry = (
            track(Arranger().generate(song(genre, "minor", mood, ("verse", "chorus"), (DRUMS,)), 3), "drums")
            for mood in ("calm", "angry")
        )
        assert len(angry) > len(calm), genre
        assert np.mean([one.velocity for one in angry]) > np.mean([one.velocity for one in calm]) + 10


def test_drums_of_genres_differ() -> None:
    patterns = {}
    for genre in GENRES:
        drums = track(
            Arranger().generate(song(genre, "major", "happy", ("verse", "chorus"), (DRUMS,)), 3), "drums"
        )
        bar = within(drums, 40, 44)  # the second bar of the chorus's second phrase is a plain one or a fill
        patterns[genre] = frozenset((round(one.onset - 40, 3), one.pitch) for one in bar)
    assert len(set(patterns.values())) >= 7
    backbeat = {(1.0, SNARE), (3.0, SNARE)}
    assert backbeat <= patterns["rock"] and backbeat <= patterns["pop"]
    assert not backbeat <= patterns["bossa"]


def test_happy_lines_are_detached_and_sad_ones_joined() -> None:
    for part in ("melody", "bass"):
        found = {}
        for mood in ("happy", "sad"):
            lines = [track(arranged(genre, "major", mood, 3), part) for genre in GENRES[::3]]
            found[mood] = float(np.mean([np.mean(lengths(line)) for line in lines]))
        assert found["sad"] > 0.97, part
        assert found["happy"] < (0.8 if part == "melody" else 0.92), part


def test_strokes_of_a_keyboard_are_short_and_without_pedal_where_it_is_lively() -> None:
    happy, calm = (
        Arranger().generate(song("pop", "major", mood, ("chorus",), (PIANO,)), 3)
        for mood in ("happy", "calm")
    )
    assert len(happy.controls) == 0 and len(calm.controls) > 0
    short, long = (np.mean([one.end - one.onset for one in track(score, "piano")]) for score in (happy, calm))
    assert short < 0.85 * long


def test_what_is_asked_to_be_joined_stays_so() -> None:
    told = song("pop", "major", "happy", form=("chorus",), parts=(MELODY,))
    section = dataclasses.replace(told.sections[0], techniques={"melody": "legato"})
    joined, plain = [], []
    for seed in (2, 3, 4):
        asked = Arranger().generate(dataclasses.replace(told, sections=(section,)), seed)
        joined += lengths(track(asked, "melody"))
        plain += lengths(track(Arranger().generate(told, seed), "melody"))
    assert np.mean(joined) > 0.97
    assert np.mean(plain) < 0.85


def test_a_long_note_loses_no_more_than_a_beat_would() -> None:
    assert sounding(0.5, 0.6) == pytest.approx(0.3)
    assert sounding(4.0, 0.6) == pytest.approx(3.6)
    (happy,) = plan_form(song("pop", "major", "happy", form=("verse",)), Draws(1, "x"))
    assert held(happy) < 0.75
    assert held(happy, ("con_sordino", "legato")) == 1.0


def test_strings_and_melody_play_usual_techniques_unless_asked() -> None:
    """Harmonics, col legno and their like come from the song file alone, whatever its words say."""
    seen: Counter[tuple[str, ...]] = Counter()
    for seed, mood in enumerate(("happy", "sad", "angry", "calm")):
        told = song(
            "ballad",
            "minor",
            mood,
            form=("verse", "prechorus", "bridge"),
            attributes=("snow", "stars", "winter", "night"),
        )
        score = Arranger().generate(told, seed)
        for name in ("melody", "violin", "viola", "cello", "contrabass"):
            seen.update(note.techniques for note in track(score, name))
    for case in CASES:
        for name in ("melody", "violin", "viola", "cello", "contrabass"):
            seen.update(note.techniques for note in track(arranged(*case), name))
    assert set(seen) <= IDIOMATIC
    assert {(), ("legato",), ("pizzicato",), ("tremolo",)} <= set(seen)


@pytest.mark.parametrize(
    ("genre", "has", "wanted"),
    [
        ("rock", {"fingered", "picked", "slap"}, ("picked",)),
        ("pop", {"fingered", "picked", "slap", "mute"}, ("fingered",)),
        ("jazz", {"sustain", "pizzicato"}, ("pizzicato",)),
        ("rock", {"sustain"}, ()),
    ],
)
def test_a_bass_is_fingered_or_picked_by_genre(genre: str, has: set[str], wanted: tuple[str, ...]) -> None:
    part = dataclasses.replace(BASS, techniques=frozenset(has))
    notes = track(Arranger().generate(song(genre, parts=(part,), form=("chorus",)), 1), "bass")
    assert {note.techniques for note in notes} == {wanted}


def test_more_parts_than_channels_are_refused() -> None:
    many = tuple(Part(f"violin {number}", "violin", 55, 100, BOWED) for number in range(MOST_TUNED + 1))
    with pytest.raises(InputError, match="16 parts with pitches; there are channels for 15"):
        Arranger().generate(song(parts=many), 1)
    with pytest.raises(InputError, match="2 drum kits"):
        Arranger().generate(song(parts=(DRUMS, dataclasses.replace(DRUMS, name="other"))), 1)
    full = Arranger().generate(song(parts=(*many[:MOST_TUNED], DRUMS), form=("verse",)), 1)
    used = dict(zip(full.notes["track"].tolist(), full.notes["channel"].tolist(), strict=True))
    assert sorted(used.values()) == list(range(16)) and used[MOST_TUNED] == 9


def test_a_second_player_doubles_within_its_range() -> None:
    low = Part("second", "cello", 36, 50, BOWED)
    told = song("ballad", "minor", "sad", parts=(MELODY, *QUARTET, low))
    score = Arranger().generate(told, 2)
    first = {(one.onset, one.pitch % 12) for one in track(score, "cello")}
    second = track(score, "second")
    assert second and {(one.onset, one.pitch % 12) for one in second} <= first
    assert all(36 <= one.pitch <= 50 for one in second)


@pytest.mark.parametrize("highest", [40, 44, 47, 52])
@pytest.mark.parametrize("part", [GUITAR, PIANO])
def test_chords_on_a_few_notes_are_of_the_chord(part: Part, highest: int) -> None:
    narrow = dataclasses.replace(part, lowest=40, highest=highest)
    told = song("ballad", "major", "calm", parts=(narrow,), form=("verse",))
    made = plan(told, 0)
    for note in track(Arranger().generate(told, 0), part.name):
        under = [one for one in made.chords[0] if one.start < note.end and one.end > note.onset]
        allowed = {pitch for one in under for pitch in (*one.tones, (one.root + 2) % 12)}
        assert 40 <= note.pitch <= highest and note.pitch % 12 in allowed


def test_a_rest_before_the_beat_hides_no_parallels() -> None:
    upper = [Sounding(0.0, 0.4, 73), Sounding(1.0, 2.0, 72)]
    lower = [Sounding(0.5, 1.0, 42), Sounding(1.0, 2.0, 41)]
    assert consecutives(upper, lower) == [1.0]
    assert consecutives(upper, lower, hard=True) == [1.0]
    later = [Sounding(0.0, 0.4, 73), Sounding(2.0, 3.0, 72)]  # a rest of more than a beat
    assert consecutives(later, [Sounding(0.5, 2.0, 42), Sounding(2.0, 3.0, 41)]) == []


def test_the_name_tells_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Arranger().name
    assert before == Arranger().name
    shutil.copytree(tables._folder(), tmp_path / "arranger")
    monkeypatch.setattr(tables, "_folder", lambda: tmp_path / "arranger")
    tables.digest.cache_clear()
    try:
        assert Arranger().name == before  # the same tables in another place
        path = tmp_path / "arranger" / "genres" / "pop.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "# one more line\n", encoding="utf-8")
        tables.digest.cache_clear()
        assert Arranger().name != before
    finally:
        tables.digest.cache_clear()


def test_the_band_of_the_tests_is_what_songs_have() -> None:
    told: SongConditions = song()
    assert {part.role for part in told.parts} == {part.role for part in BAND}
    assert Arranger().genres == set(GENRES)
