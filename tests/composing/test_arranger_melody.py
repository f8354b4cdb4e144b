"""The melody: its range and climax, the motif that comes back, steps and leaps, chord tones, its cadences."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from arranged_songs import (
    CASES,
    FORM,
    MELODY,
    SHORT,
    Heard,
    arranged,
    planned,
    section,
    song,
    starts,
    track,
    within,
)

from composer_daw.composing.arranger import Arranger
from composer_daw.composing.arranger.planning import Plan, plan
from composer_daw.composing.arranger.statement import states
from composer_daw.composing.conditions import Key, SongConditions
from composer_daw.composing.request import load_request

STORIES = Path(__file__).parents[2] / "benchmarks" / "stories"

Steps = list[tuple[float, int]]


def tunes(case: tuple) -> dict[str, list[Heard]]:
    """Return the melody of each kind of section, as it comes the first time."""
    melody, places = track(arranged(*case), "melody"), starts(song(form=SHORT))
    found: dict[str, list[Heard]] = {}
    for kind, start, end in zip(SHORT, places, places[1:], strict=False):
        found.setdefault(kind, within(melody, start, end))
    return found


def steps(line: list[Heard]) -> Steps:
    """Return how far each note lies from the one before, in quarter notes and semitones."""
    return [(round(b.onset - a.onset, 3), b.pitch - a.pitch) for a, b in zip(line, line[1:], strict=False)]


def shared(one: Steps, other: Steps) -> int:
    """Return how many notes in a row two lines share, at any height."""
    best = 0
    for first in range(len(one)):
        for second in range(len(other)):
            length = 0
            while one[first + length : first + length + 1] and one[first + length] == (
                other[second + length] if second + length < len(other) else None
            ):
                length += 1
            best = max(best, length)
    return best + 1 if best else 0


@pytest.mark.parametrize("case", CASES)
def test_each_section_stays_within_a_tenth_and_has_one_climax(case: tuple) -> None:
    for line in tunes(case).values():
        pitches = [note.pitch for note in line]
        assert 7 <= max(pitches) - min(pitches) <= 16
        assert pitches.count(max(pitches)) == 1


def test_the_climax_lies_near_two_thirds() -> None:
    places = []
    for case in CASES:
        start = starts(song(form=SHORT))[SHORT.index("chorus")]
        line = tunes(case)["chorus"]
        top = max(line, key=lambda note: note.pitch)
        places.append((top.onset - start) / 32)
    assert 0.6 < np.mean(places) < 0.8
    assert all(0.5 <= place <= 0.88 for place in places)


@pytest.mark.parametrize("case", CASES)
def test_the_motif_comes_back_in_every_section(case: tuple) -> None:
    lines = {kind: steps(line) for kind, line in tunes(case).items()}
    for kind in ("chorus", "bridge"):
        assert shared(lines["verse"], lines[kind]) >= 4, kind


def test_the_motif_is_no_accident() -> None:
    real, by_chance = [], []
    for case in CASES:
        lines = {kind: steps(line) for kind, line in tunes(case).items()}
        shuffled = lines["chorus"][:]
        random.Random(1).shuffle(shuffled)
        real.append(shared(lines["verse"], lines["chorus"]))
        by_chance.append(shared(lines["verse"], shuffled))
    assert np.mean(real) > np.mean(by_chance) + 3
    assert np.mean(real) > 6


def test_lines_move_by_step_and_leaps_turn_back() -> None:
    moves, answered, leaps = [], 0, 0
    for case in CASES:
        for line in tunes(case).values():
            step = np.diff([note.pitch for note in line])
            moves += step.tolist()
            for one, two in zip(step, step[1:], strict=False):
                if abs(one) > 7:
                    leaps += 1
                    answered += np.sign(two) != np.sign(one)
    sizes = np.abs(moves)
    assert np.mean(sizes <= 2) > 0.7
    assert np.mean(sizes == 0) < 0.25
    assert np.mean(sizes > 7) < 0.04
    assert sizes.max() <= 14
    assert answered / leaps > 0.85


def strong_beats(made: Plan) -> tuple[int, int, int]:
    """Count the notes on first and third beats, those foreign to their chords, and those not resolved."""
    strong = foreign = unresolved = 0
    for own, tune in zip(made.chords, made.tunes, strict=True):
        for number, note in enumerate(tune.line):
            if note.onset % 2:
                continue
            under = next(one for one in own if one.start <= note.onset < one.end)
            strong += 1
            if note.pitch % 12 in under.tones:
                continue
            foreign += 1
            after = tune.pitches[number + 1] if number + 1 < len(tune.pitches) else None
            unresolved += after is None or not 1 <= abs(after - note.pitch) <= 2
    return strong, foreign, unresolved


def test_strong_beats_have_chord_tones_or_notes_that_resolve_by_step() -> None:
    strong, foreign, unresolved = np.sum([strong_beats(planned(*case)) for case in CASES], axis=0)
    assert foreign / strong < 0.15
    assert unresolved / strong < 0.03


@pytest.mark.parametrize(("story", "seed"), [("hanayome", 1109), ("closed_mill", 402)])
def test_a_motif_that_the_chords_will_not_have_gives_way_to_another(story: str, seed: int) -> None:
    """The first motif drawn for these is foreign to chords everywhere, or lost in a section."""
    made = plan(load_request(STORIES / f"{story}.yaml", seed=seed).conditions, seed)
    strong, _, unresolved = strong_beats(made)
    assert unresolved / strong < 0.06
    for tune in made.tunes:
        assert states(tune.line, made.motif)


@pytest.mark.parametrize("case", CASES)
def test_the_song_ends_on_its_tonic(case: tuple) -> None:
    assert track(arranged(*case), "melody")[-1].pitch % 12 == 0


def test_phrases_breathe() -> None:
    """Before each new pair of phrases the melody rests or holds a note of a beat at least."""
    for case in CASES:
        melody, places = track(arranged(*case), "melody"), starts(song(form=SHORT))
        for start in places[1:-1]:
            before = [note for note in melody if note.onset < start][-1]
            assert start - before.onset >= 1.0


def test_a_verse_states_the_motif_and_a_chorus_lies_higher() -> None:
    verses, choruses, stated = [], [], 0
    for genre, mode, mood, seed in CASES:
        made = planned(genre, mode, mood, seed)
        notes = zip(made.motif.spans, made.motif.pitches(), strict=True)
        motif = steps([Heard(span.onset, span.end, pitch, 1, ()) for span, pitch in notes])
        lines = tunes((genre, mode, mood, seed))
        stated += shared(motif, steps(lines["verse"])) == len(motif) + 1
        verses.append(np.mean([note.pitch for note in lines["verse"]]))
        choruses.append(np.mean([note.pitch for note in lines["chorus"]]))
    assert stated >= 0.7 * len(CASES)
    assert np.mean(choruses) > np.mean(verses) + 3


LINES = (
    "よるの えきで きみを まつ",
    "しろい いきが きえてゆく",
    "とけいは とまったままで",
    "あかりだけが やさしい",
)
ENGLISH = (
    "Rain upon the window pane",
    "Waiting for the evening train",
    "All the words I could not say",
    "Fold and fade away",
)


def words_of(conditions: SongConditions, seed: int) -> tuple[list[str], list[Heard], list[float]]:
    score = Arranger().generate(conditions, seed)
    lyrics = [text for text in score.texts if text.kind == "lyric"]
    beats = [round(float(score.tempo.beats_at(text.time_s)), 4) for text in lyrics]
    assert all(text.track == 0 for text in lyrics)
    return [text.text for text in lyrics], track(score, "melody"), beats


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("lines", "counts"), [(LINES, (11, 11, 11, 10)), (ENGLISH, (7, 7, 7, 5))])
def test_every_mora_or_syllable_has_a_note(
    lines: tuple[str, ...], counts: tuple[int, ...], seed: int
) -> None:
    told = song("j-pop", "minor", "calm", form=("verse", "chorus"), parts=(MELODY,))
    first = section("verse", 0.0, 0.0, lyrics=lines)
    sung, melody, beats = words_of(
        SongConditions("x", Key(0, "minor"), 90.0, "ballad", (first, *told.sections[1:]), (MELODY,)), seed
    )
    assert len(sung) == sum(counts)
    assert beats == [note.onset for note in melody if note.onset < 32]
    for number, count in enumerate(counts):  # two bars for each line
        assert len(within(melody, 8.0 * number, 8.0 * number + 8)) == count
    assert "".join(one.rstrip("-") for one in sung).casefold() == "".join(lines).replace(" ", "").casefold()


def test_too_many_words_share_notes_and_none_is_lost() -> None:
    line = "あ" * 60
    told = song(form=("verse",), bars=2, parts=(MELODY,), lyrics=(line,))
    sung, melody, _ = words_of(told, 1)
    assert "".join(sung) == line
    assert 20 < len(melody) < 33


def test_sections_without_lyrics_have_none() -> None:
    told = song(form=FORM, parts=(MELODY,))
    assert words_of(told, 1)[0] == []


def test_no_note_begins_before_the_one_before_it_has_ended() -> None:
    """Seed 311 of this story once put a note where one of the bar before still sounded."""
    made = [arranged(*case) for case in CASES]
    made.append(Arranger().generate(load_request(STORIES / "shuukakusai.yaml", seed=311).conditions, 311))
    for score in made:
        line = track(score, "melody")
        assert all(one.end <= two.onset + 1e-6 for one, two in zip(line, line[1:], strict=False))
