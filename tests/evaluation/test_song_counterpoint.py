"""The checks of voice leading hold for the plain song, and find each fault that is put into it."""

from __future__ import annotations

import pytest
from plain_song import Beats, plain_song, plain_tracks, written

from composer_daw.evaluation.song_counterpoint import check_parallels, motions
from composer_daw.evaluation.song_findings import Check
from composer_daw.evaluation.song_report import check_song
from composer_daw.evaluation.song_score import SongPart, song_of
from composer_daw.evaluation.song_voices import Voice, melody_of, outer_pairs, outer_voices, voice_of


def checked(tracks: dict[str, Beats], name: str) -> Check:
    return check_song(plain_song(tracks)).check(name)


def changed(track: str, beat: float, *notes: tuple[float, float, int], bars: int = 1) -> dict[str, Beats]:
    """Return the plain song with these notes in the bars from a beat on, in one track."""
    tracks = plain_tracks()
    kept = [one for one in tracks[track] if not beat <= one[0] < beat + 4 * bars]
    tracks[track] = sorted([*kept, *notes])
    return tracks


def parallels(upper: Beats, lower: Beats) -> list[str]:
    song = song_of(written({"Melody": upper, "Bass": lower}))
    return [one.what for one in check_parallels(song, outer_pairs(song)).findings]


@pytest.mark.parametrize("name", ["ranges", "parallels", "crossing", "leaps", "dissonances"])
def test_the_plain_song_is_right(name: str) -> None:
    check = checked(plain_tracks(), name)
    assert check.holds is True
    assert name == "leaps" or not check.findings


def test_fifths_and_octaves_are_found_where_they_are() -> None:
    assert parallels([(0, 1, 67), (1, 1, 69)], [(0, 1, 48), (1, 1, 50)]) == [
        "parallel fifths: G4/C3 -> A4/D3"
    ]
    assert parallels([(0, 1, 60), (1, 1, 62)], [(0, 1, 48), (1, 1, 50)]) == [
        "parallel octaves: C4/C3 -> D4/D3"
    ]
    assert parallels([(0, 1, 72), (1, 1, 62)], [(0, 1, 48), (1, 1, 38)]) == [
        "parallel octaves: C5/C3 -> D4/D2"
    ]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ([(0, 1, 67), (1, 1, 69)], [(0, 1, 48), (1, 1, 53)]),  # into a third
        ([(0, 1, 67), (1, 1, 67)], [(0, 2, 48)]),  # nothing moves
        ([(0, 1, 72), (1, 1, 74)], [(0, 1, 48), (1, 1, 38)]),  # contrary motion
        ([(0, 1, 67), (3, 1, 69)], [(0, 1, 48), (3, 1, 50)]),  # two beats of rest between
        ([(0, 1, 67), (1, 0.5, 69), (1.5, 0.5, 71)], [(0, 1.5, 48), (1.5, 0.5, 50)]),  # not at once
    ],
)
def test_what_is_no_parallel(upper: Beats, lower: Beats) -> None:
    assert parallels(upper, lower) == []


def test_a_short_gap_does_not_hide_parallels() -> None:
    assert parallels([(0, 0.5, 67), (1, 0.5, 69)], [(0, 0.5, 48), (1, 0.5, 50)])


def test_parallels_put_into_the_song_are_found_in_bar_and_parts() -> None:
    # bars 2 and 3 are F and Dm: the melody ends bar 2 on C over F, and begins bar 3 on A over D
    tracks = changed("Melody", 4, (4, 2, 69), (6, 2, 72), (8, 4, 69), bars=2)
    check = checked(tracks, "parallels")
    assert check.holds is False
    assert [(one.bar, one.beat, one.parts) for one in check.findings] == [(3, 1.0, ("Melody", "Bass"))]
    assert "fifths: C5/F2 -> A4/D2" in check.findings[0].what


def test_outer_strings_are_checked_too() -> None:
    tracks = changed("Violin", 0, (0, 4, 67), (4, 4, 72), bars=2)  # fifths over C and F
    check = checked(tracks, "parallels")
    assert [one.parts for one in check.findings] == [("Violin", "Cello")]


def test_crossing_strings_are_found() -> None:
    check = checked(changed("Viola", 20, (20, 4, 84)), "crossing")
    assert check.holds is False
    assert [(one.bar, one.parts) for one in check.findings] == [(6, ("Violin", "Viola"))]


def test_notes_out_of_range_are_found() -> None:
    parts = [SongPart("Violin", "violin", 55, 100), SongPart("Cello", "cello", 36, 84)]
    assert check_song(plain_song(), parts=parts).check("ranges").holds is True
    low = changed("Violin", 8, (8, 4, 54))
    check = check_song(plain_song(low), parts=parts).check("ranges")
    assert check.holds is False
    assert str(check.findings[0]) == "bar 3, beat 1: Violin: F#3 is outside G3..E7"


def test_leaps_that_are_not_answered_fail() -> None:
    # ninths up and on: nothing turns back
    leaps: Beats = [(4 * bar + at, 2, pitch) for bar in range(8) for at, pitch in ((0, 60), (2, 74))]
    check = checked(changed("Melody", 0, *leaps, bars=8), "leaps")
    assert check.holds is False and check.figures["answered"] < 1 / 3
    answered: Beats = [
        (4 * bar + at, n, p) for bar in range(8) for at, n, p in ((0, 2, 60), (2, 1, 74), (3, 1, 72))
    ]
    assert checked(changed("Melody", 0, *answered, bars=8), "leaps").figures["answered"] > 0.5


def test_one_leap_alone_is_no_reason_for_a_verdict() -> None:
    tracks = plain_tracks()
    tracks["Melody"] = [(0.0, 2.0, 60), (2.0, 2.0, 74), (4.0, 4.0, 77)]
    check = checked(tracks, "leaps")
    assert check.holds is None and check.figures["leaps"] == 1 and len(check.findings) == 1
    assert check.why == "1 leaps of more than a fifth; 4 are needed"


def test_dissonances_that_are_left_alone_fail() -> None:
    harsh: Beats = [(4 * bar + at, 2, 66) for bar in range(8) for at in (0, 2)]  # F sharp all along
    check = checked(changed("Melody", 0, *harsh, bars=8), "dissonances")
    assert check.holds is False and check.figures["unresolved"] > 0.2
    assert "F#4 over C is not resolved" in str(check.findings[0])


def test_a_suspension_that_resolves_is_no_finding() -> None:
    check = checked(changed("Melody", 0, (0, 2, 65), (2, 2, 64)), "dissonances")  # 4-3 over C
    assert check.holds is True and check.figures["dissonant"] > 0 and not check.findings


def test_lines_are_drawn_from_chords() -> None:
    song = song_of(written({"x": [(0, 2, 72), (0, 1, 60), (1, 1, 62), (2, 1, 65), (2.9, 1, 60)]}))
    top, bottom = outer_voices(song)
    assert top.rows["pitch"].tolist() == [72, 65, 60]  # the last begins while the one before just ends
    assert bottom.rows["pitch"].tolist() == [60, 62]  # what is alone is in the top line
    assert top.rows["end"].tolist() == [96, 139, 187]
    low = voice_of("low", song.pitched, lowest=True)
    assert low.rows["pitch"].tolist() == [60, 62, 65, 60]


def test_without_parts_the_outer_lines_are_taken() -> None:
    song = song_of(written({"x": [(0, 1, 67), (0, 1, 48), (1, 1, 69), (1, 1, 50)]}))
    assert melody_of(song).name == "top"
    assert len(check_parallels(song, outer_pairs(song)).findings) == 1


def test_a_line_that_is_silent_has_no_motion() -> None:
    song = song_of(written({"x": [(0, 1, 67)]}))
    empty = Voice("none", song.notes[:0])
    assert list(motions(melody_of(song), empty)) == []
