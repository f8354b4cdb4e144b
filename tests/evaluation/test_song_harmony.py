"""Chords and cadences from the notes alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_song import FORM, Beats, plain_song, written

from composer_daw.evaluation.song_harmony import QUALITIES, cadence_at, chords_of, irregularity
from composer_daw.evaluation.song_score import TICKS, Key, song_of

C = Key(0, False)
A_MINOR = Key(9, True)
PITCHES = {"C": 48, "D": 50, "E": 52, "F": 53, "G": 55, "Ab": 56, "A": 57, "Bb": 58, "B": 59}


def block(beat: float, length: float, name: str) -> Beats:
    root = next(name[: len(one)] for one in sorted(PITCHES, key=len, reverse=True) if name.startswith(one))
    return [(beat, length, PITCHES[root] + step) for step in QUALITIES[name[len(root) :]]]


def found(notes: Beats) -> list[str]:
    song = song_of(written({"Chords": notes}))
    return [str(chord) for chord in chords_of(song, song.pitched)]


@given(st.sampled_from(sorted(PITCHES)), st.sampled_from(sorted(set(QUALITIES) - {"aug", "dim7"})))
@settings(max_examples=40)
def test_every_chord_in_root_position_is_found(root: str, quality: str) -> None:
    # an augmented triad and a diminished seventh have no root of their own but for the bass, checked below
    assert found(block(0, 4, root + quality)) == [root + quality]


@pytest.mark.parametrize("name", ["Caug", "Bdim7"])
def test_symmetric_chords_are_named_by_their_bass(name: str) -> None:
    assert found(block(0, 4, name)) == [name]


def test_arpeggios_inversions_and_passing_notes() -> None:
    arpeggio: Beats = [(step / 2, 0.5, pitch) for step, pitch in enumerate((60, 64, 67, 64, 60, 64, 67, 64))]
    assert found(arpeggio) == ["C"]
    assert found([(0, 4, 52), (0, 4, 60), (0, 4, 67)]) == ["C"]
    assert found([*block(0, 4, "C"), (0, 1, 72), (1, 0.5, 74), (1.5, 0.5, 76), (2, 2, 72)]) == ["C"]


def test_two_chords_in_a_bar_and_a_silent_bar() -> None:
    assert found([*block(0, 2, "F"), *block(2, 2, "G7"), *block(8, 4, "C")]) == ["F", "G7", "C"]


def test_the_chords_of_the_plain_song() -> None:
    song = song_of(plain_song())
    names = [str(chord) for chord in chords_of(song, song.pitched)]
    assert names == [name for _, chords in FORM for name in chords.split()]


@pytest.mark.parametrize(
    ("names", "key", "kind"),
    [
        ("G7 C", C, "authentic"),
        ("F Gsus4 C6", C, "authentic"),
        ("C G7 Bm7b5", C, "half"),
        ("C Bm7b5", C, ""),
        ("Bdim C", C, "authentic"),
        ("F C", C, "plagal"),
        ("Bb C", C, "modal"),
        ("C G", C, "half"),
        ("G Am", C, "deceptive"),
        ("C Dm", C, ""),
        ("C F", C, ""),
        ("Am Em", C, ""),
        ("E7 Am", A_MINOR, "authentic"),
        ("G Am", A_MINOR, "modal"),
        ("Em Am", A_MINOR, "modal"),
        ("E7 F", A_MINOR, "deceptive"),
        ("G C", A_MINOR, ""),
    ],
)
def test_cadences(names: str, key: Key, kind: str) -> None:
    notes = [note for bar, name in enumerate(names.split()) for note in block(4 * bar, 4, name)]
    song = song_of(written({"Chords": notes}))
    chords = chords_of(song, song.pitched)
    last = 4 * (len(names.split()) - 1)
    assert cadence_at(chords, last * TICKS, (last + 4) * TICKS, [key]) == kind


def test_a_tonic_that_goes_on_closes_and_one_that_only_passes_does_not() -> None:
    held = [*block(0, 4, "G"), *block(4, 4, "C"), *block(8, 4, "C")]
    passing = [*block(0, 4, "F"), *block(4, 4, "G"), *block(8, 1, "C"), *block(9, 3, "Dm")]
    for notes, kind in ((held, "authentic"), (passing, "")):
        song = song_of(written({"Chords": notes}))
        assert cadence_at(chords_of(song, song.pitched), 8 * TICKS, 12 * TICKS, [C]) == kind


def test_a_sixth_is_told_from_a_seventh_by_the_bass() -> None:
    assert found([(0, 4, 48), (0, 4, 57), (0, 4, 64), (0, 4, 67)]) == ["C6"]
    assert found([(0, 4, 45), (0, 4, 60), (0, 4, 64), (0, 4, 67)]) == ["Am7"]


def test_a_ninth_over_its_bass_is_a_dominant() -> None:
    """D minor, then F A B D over G in the bass: not one chord of D minor with a sixth."""
    high: Beats = [
        (at, 2, pitch) for at, pitches in ((0, (57, 62, 65)), (2, (57, 59, 62, 65))) for pitch in pitches
    ]
    assert found([*high, (0, 2, 38), (2, 2, 43)]) == ["Dm", "G9"]


def test_irregularity() -> None:
    def of(names: str) -> float:
        notes = [note for bar, name in enumerate(names.split()) for note in block(4 * bar, 4, name)]
        song = song_of(written({"Chords": notes}))
        return irregularity(chords_of(song, song.pitched))

    assert of("C F G C F G") == pytest.approx(3 / 4)  # CFG FGC GCF CFG
    assert of("C C F G") == 1.0  # a repeated chord counts once
