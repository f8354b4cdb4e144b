"""Voice leading, by a count of its own: parallels, crossings, ranges, leading tones, hands on a fretboard."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from arranged_songs import CASES, GUITAR, PIANO, SHORT, Heard, arranged, song, starts, track

from composer_daw.composing.arranger import Arranger
from composer_daw.composing.arranger.chords import chord
from composer_daw.composing.arranger.counterpoint import Sounding, consecutives, crossings
from composer_daw.composing.arranger.fretboard import shapes
from composer_daw.composing.arranger.voicing import Place, VoiceRange, lead
from composer_daw.composing.conditions import Key
from composer_daw.sampling import generator_for

STRINGS = ("violin", "viola", "cello", "contrabass")


def sounding(line: list[Heard], beat: float) -> int | None:
    """Return what sounds in a line at a place."""
    return next((note.pitch for note in line if note.onset <= beat + 1e-4 < note.end - 1e-4), None)


def parallels(upper: list[Heard], lower: list[Heard], places: list[float]) -> list[float]:
    """Return where both lines go the same way from one fifth or octave to another of its kind."""
    found = []
    before: tuple[int, int] | None = None
    for place in places:
        high, low = sounding(upper, place), sounding(lower, place)
        if high is None or low is None:
            before = None
            continue
        if before is not None:
            up, down = high - before[0], low - before[1]
            perfect = (high - low) % 12 in (0, 7) and (high - low) % 12 == (before[0] - before[1]) % 12
            if perfect and up * down > 0:
                found.append(place)
        before = (high, low)
    return found


def onsets(*lines: list[Heard]) -> list[float]:
    return sorted({note.onset for line in lines for note in line})


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("bass", ["bass", "contrabass"])
def test_melody_and_basses_make_no_parallels(case: tuple, bass: str) -> None:
    score = arranged(*case)
    upper, lower = track(score, "melody"), track(score, bass)
    assert parallels(upper, lower, onsets(upper, lower)) == []
    assert parallels(upper, lower, [float(beat) for beat in range(128)]) == []


@pytest.mark.parametrize("case", CASES)
def test_no_two_strings_make_parallels_or_cross(case: tuple) -> None:
    score = arranged(*case)
    for one, other in combinations(STRINGS, 2):
        upper, lower = track(score, one), track(score, other)
        assert parallels(upper, lower, onsets(upper, lower)) == []
        for place in onsets(upper, lower):
            pair = sounding(upper, place), sounding(lower, place)
            assert None in pair or pair[0] > pair[1]  # type: ignore[operator]


def test_the_count_sees_a_fault_that_is_put_in() -> None:
    score = arranged(*CASES[0])
    lower = track(score, "contrabass")
    doubled = [note._replace(pitch=note.pitch + 19) for note in lower]  # a twelfth above all along
    assert len(parallels(doubled, lower, onsets(lower))) > 10


def test_strings_move_in_small_steps() -> None:
    steps = []
    for case in CASES:
        for name in STRINGS[:3]:
            line = track(arranged(*case), name)
            steps += [abs(two.pitch - one.pitch) for one, two in zip(line, line[1:], strict=False)]
    assert sum(step <= 2 for step in steps) / len(steps) > 0.8
    assert max(steps) <= 12


def test_consecutives_by_hand() -> None:
    def line(*pitches: int) -> list[Sounding]:
        return [Sounding(float(at), at + 1.0, pitch) for at, pitch in enumerate(pitches)]

    assert consecutives(line(67, 69), line(60, 62)) == [1.0]  # fifths
    assert consecutives(line(72, 74), line(48, 50), hard=True) == [1.0]  # octaves, two apart
    assert consecutives(line(67, 69), line(60, 53)) == []  # a fifth, then a third
    assert consecutives(line(67, 67), line(60, 60)) == []  # nobody moves
    assert consecutives(line(67, 62), line(60, 67 - 12)) == [1.0]  # the same way, down
    assert consecutives(line(67, 74), line(60, 55), hard=True) == []  # contrary: a fifth, then a twelfth
    assert consecutives(line(67, 74), line(60, 55)) == [1.0]
    assert crossings(line(60, 62), line(59, 64)) == [1.0]


def test_four_voices_through_a_plain_cadence() -> None:
    key = Key(0, "major")
    ranges = (VoiceRange(55, 88, 70), VoiceRange(48, 76, 62), VoiceRange(36, 69, 53), VoiceRange(28, 55, 40))
    names = ("I", "vi", "IV", "ii", "V7", "I")
    places = [Place(chord(name, key).at(4.0 * at, 4.0), ranges, 127) for at, name in enumerate(names)]
    rows = lead(places, generator_for(1, "test"))
    for row, place in zip(rows, places, strict=True):
        assert list(row) == sorted(row, reverse=True)
        assert row[-1] % 12 == place.chord.bass
        assert place.chord.third in {pitch % 12 for pitch in row}
    dominant, tonic = rows[-2], rows[-1]
    assert [one for one in dominant if one % 12 == 11] == [one - 1 for one in tonic if one - 1 in dominant]
    for one, two in zip(rows, rows[1:], strict=False):
        for high, low in combinations(range(4), 2):
            interval = (one[high] - one[low]) % 12
            moved = one[high] != two[high] and one[low] != two[low]
            assert not (interval in (0, 7) and moved and (two[high] - two[low]) % 12 == interval)


OPEN_STRINGS = (40, 45, 50, 55, 59, 64)


def is_playable(pitches: list[int]) -> bool:
    """Tell whether some way to lay a chord on six strings stays within four frets, but for open strings."""
    ways = [
        [(string, pitch - lowest) for string, lowest in enumerate(OPEN_STRINGS) if 0 <= pitch - lowest <= 19]
        for pitch in pitches
    ]
    for way in product(*ways):
        strings = [string for string, _ in way]
        held = [fret for _, fret in way if fret]
        if len(set(strings)) == len(strings) and (not held or max(held) - min(held) <= 3):
            return True
    return False


@pytest.mark.parametrize("genre", ["pop", "rock", "bossa", "folk"])
def test_a_guitar_holds_what_a_hand_can_hold(genre: str) -> None:
    notes = track(arranged(genre, "major", "happy", 7), "guitar")
    chords: dict[float, list[int]] = {}
    for note in notes:
        chords.setdefault(note.onset, []).append(note.pitch)
    assert len(chords) > 60
    for pitches in {tuple(sorted(one)) for one in chords.values()}:
        assert len(pitches) <= 6
        assert is_playable(list(pitches)), pitches


def test_the_test_of_hands_can_fail() -> None:
    assert is_playable([40, 47, 52, 56, 59, 64])  # E major
    assert not is_playable([40, 41, 42])  # three notes for one string
    assert not is_playable([41, 54, 76])  # frets 1, 4 or 9, and 12 or more


@pytest.mark.parametrize("name", ["I", "ii7", "V7", "iv", "IVmaj7", "bVII", "iiø7"])
def test_every_shape_has_root_and_third(name: str) -> None:
    for tonic in range(12):
        wanted = chord(name, Key(tonic, "major"))
        found = shapes(wanted, 40, 88)
        assert found
        for shape in found:
            assert {wanted.root, wanted.third} <= {pitch % 12 for pitch in shape.pitches}
            assert {pitch % 12 for pitch in shape.pitches} <= set(wanted.tones)


def test_the_pedal_goes_down_with_each_chord_and_up_before_the_next() -> None:
    told = song("ballad", "major", "calm", parts=(PIANO,))
    controls = Arranger().generate(told, 3).controls
    assert set(controls["number"].tolist()) == {64} and set(controls["channel"].tolist()) == {0}
    values = controls["value"].tolist()
    assert values == [127, 0] * (len(values) // 2) and len(values) >= 2 * 32
    guitar = Arranger().generate(song("ballad", "major", "calm", parts=(GUITAR,)), 3)
    assert len(guitar.controls) == 0


def test_the_last_chord_of_a_song_rings_for_a_bar() -> None:
    end = starts(song(form=SHORT))[-1]
    for case in CASES[:9]:
        score = arranged(*case)
        for name in ("melody", "guitar", "bass", "violin", "contrabass"):
            last = [note for note in track(score, name) if note.onset >= end - 4.0 - 1e-3]
            assert last and all(note.onset == end - 4.0 for note in last), name
        assert {note.pitch for note in track(score, "drums") if note.onset >= end - 4.0} <= {36, 49, 51}
