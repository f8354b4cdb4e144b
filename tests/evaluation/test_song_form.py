"""Form and cadences of the plain song, and of songs that lack something."""

from __future__ import annotations

import dataclasses

from plain_song import FORM, Beats, plain_markers, plain_song, plain_tracks, written

from composer_daw.evaluation.song_findings import Check
from composer_daw.evaluation.song_report import check_song
from composer_daw.evaluation.song_score import Key, Section
from composer_daw.performance import Text

C = Key(0, False)
PITCHED = ("Melody", "Chords", "Bass", "Violin", "Viola", "Cello")


def reharmonised(bars: dict[int, tuple[int, ...]]) -> dict[str, Beats]:
    """Return the plain song with other chords in some bars (from 0); the melody is silent there."""
    tracks = plain_tracks()
    for bar, pitches in bars.items():
        for name in PITCHED:
            tracks[name] = [one for one in tracks[name] if not 4 * bar <= one[0] < 4 * bar + 4]
        tracks["Chords"] += [(4 * bar, 4, pitch) for pitch in pitches]
    return tracks


def cadences(tracks: dict[str, Beats]) -> Check:
    return check_song(plain_song(tracks), key=C).check("cadences")


def test_the_plain_song_has_its_form_and_cadences() -> None:
    report = check_song(plain_song(), form=[name for name, _ in FORM])
    assert report.check("form").holds is True
    check = report.check("cadences")
    assert check.holds is True and not check.findings
    assert check.figures["phrases_authentic"] == 4 and check.figures["phrases_half"] == 4
    assert check.figures["closing_elsewhere"] < 0.3


def test_a_phrase_without_a_cadence_is_found() -> None:
    check = cadences(reharmonised({3: (52, 55, 59)}))  # E minor where the dominant was
    assert check.holds is False
    assert str(check.findings[0]).startswith("bar 4, beat 1: the phrase ends in no cadence: Dm Em")


def test_a_verse_that_does_not_close_is_found() -> None:
    check = cadences(reharmonised({7: (55, 59, 62)}))  # the verse ends on the dominant
    assert [one.bar for one in check.findings] == [8]
    assert "'Verse' ends in a half cadence, which does not close" in check.findings[0].what


def test_a_bridge_may_lead_on() -> None:
    assert cadences(plain_tracks()).holds is True  # its bridge ends on G7


def test_a_song_that_does_not_end_on_its_tonic_is_found() -> None:
    check = cadences(reharmonised({31: (57, 60, 64)}))
    assert check.holds is False
    assert "the song does not end on C major by a cadence: " in check.findings[-1].what


def test_sections_that_are_too_short_or_out_of_order_are_found() -> None:
    markers = plain_markers() | {"Bridge": 64.0 - 16.0}
    report = check_song(written(plain_tracks(), markers), form=["Verse", "Chorus", "Chorus 2"])
    found = [str(one) for one in report.check("form").findings]
    assert report.check("form").holds is False
    assert found == [
        "bar 9, beat 1: 'Chorus' has 4 bars; 8 are due",
        "the form is Verse, Chorus, Bridge, Chorus 2, not Verse, Chorus, Chorus 2",
    ]


def test_bars_that_belong_to_no_section_and_odd_lengths_are_found() -> None:
    sections = [Section("Verse", 4, 9), Section("Chorus", 13, 19)]
    found = [str(one) for one in check_song(plain_song(), sections=sections).check("form").findings]
    assert found == [
        "bar 5, beat 1: 'Verse' has 9 bars, which are no phrases of four",
        "bar 14, beat 1: 'Chorus' has 19 bars, which are no phrases of four",
        "bar 1, beat 1: 4 bars with notes belong to no section",
    ]


def test_an_intro_may_be_short() -> None:
    sections = [Section("Intro", 0, 4), Section("Verse", 4, 12), Section("Chorus", 16, 16)]
    assert check_song(plain_song(), sections=sections).check("form").holds is True


def test_a_marker_beside_the_bar_line_is_found() -> None:
    score = plain_song()
    texts = tuple(
        dataclasses.replace(one, time_s=one.time_s + 0.5) if one.text == "Bridge" else one
        for one in score.texts
    )
    found = check_song(dataclasses.replace(score, texts=texts)).check("form").findings
    assert [str(one) for one in found] == ["bar 17, beat 2: the marker 'Bridge' is not on a bar line"]


def test_without_sections_form_cannot_be_checked() -> None:
    score = dataclasses.replace(plain_song(), texts=(Text(0.0, "dolce"),))
    report = check_song(score)
    assert report.check("form").holds is None and report.check("cadences").holds is None
    assert check_song(score, form=["Verse"]).check("form").holds is False


def test_a_section_in_another_key_ends_there() -> None:
    """A bridge in A minor, with E7 and A minor at its ends, closes in its own key."""
    a_minor = {16: (57, 60, 64), 17: (50, 53, 57), 18: (52, 56, 59, 62), 19: (57, 60, 64)}
    tracks = reharmonised(a_minor | {bar + 4: chord for bar, chord in a_minor.items()})
    assert check_song(plain_song(tracks), key=C).check("cadences").holds is True
    given = [None, None, Key(6, False), None]
    assert check_song(plain_song(tracks), key=C, section_keys=given).check("cadences").holds is False


def test_a_phrase_within_a_section_may_close_in_a_key_near_by() -> None:
    """D minor, G minor, C7, F: the first phrase of the bridge is in F, and not C by its notes."""
    in_f = {16: (50, 53, 57), 17: (55, 58, 62), 18: (48, 52, 55, 58), 19: (53, 57, 60)}
    assert cadences(reharmonised(in_f)).holds is True
    only_c = {19: (53, 57, 60)}  # C to F at the end of a phrase in C is no cadence
    assert [one.bar for one in cadences(reharmonised(only_c | {18: (48, 52, 55)})).findings] == [20]
