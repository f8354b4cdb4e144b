"""Sad against happy: the features go the right way, and songs that do not are found."""

from __future__ import annotations

import numpy as np
import pytest
from plain_song import plain_song, plain_tracks, written

from composer_daw.audio import Audio
from composer_daw.evaluation.song_contrast import audio_features, check_contrast, directions, score_features
from composer_daw.evaluation.song_score import song_of
from composer_daw.evaluation.song_voices import melody_of
from composer_daw.performance import Performance

RATE = 22050
FLAT = {4: 3, 9: 8, 11: 10}


def features(score: Performance) -> dict[str, float]:
    song = song_of(score)
    return score_features(song, melody_of(song))


def sad(bpm: float = 66.0) -> Performance:
    """Return the plain song in minor, an octave lower, slow."""
    tracks = {
        name: [
            (beat, length, pitch - 12 + FLAT.get(pitch % 12, pitch % 12) - pitch % 12)
            for beat, length, pitch in notes
        ]
        for name, notes in plain_tracks().items()
        if name != "Drums"
    }
    score = written(tracks, bpm=bpm)
    return score.with_notes(velocity=50)


def happy(bpm: float = 140.0) -> Performance:
    """Return the plain song, fast, with a detached melody."""
    tracks = plain_tracks()
    tracks["Melody"] = [(beat, 0.5 * length, pitch) for beat, length, pitch in tracks["Melody"]]
    return written(tracks, bpm=bpm).with_notes(velocity=90)


def tone(pitch: float, strokes: int, level: float, partials: int) -> Audio:
    """Return 12 s of so many strokes a second."""
    times = np.arange(12 * RATE) / RATE
    sound = sum(np.sin(2 * np.pi * pitch * n * times) / n for n in range(1, partials + 1))
    return Audio(np.float32(level * sound * np.exp(-8 * (times % (1 / strokes)))), RATE)


def test_the_features_of_a_score_by_hand() -> None:
    score = written(
        {"Melody": [(0, 1, 60), (2, 2, 64), (4, 4, 67)], "Drums": [(0, 0.25, 36), (1, 0.25, 38)]}, bpm=60
    )
    found = features(score)
    assert found["tempo_bpm"] == pytest.approx(60)
    assert found["onsets_per_beat"] == pytest.approx(4 / 8) and found["onsets_per_s"] == pytest.approx(4 / 8)
    assert found["melody_pitch"] == pytest.approx(191 / 3)
    assert found["detached"] == pytest.approx((0.5 + 0.0) / 2)
    assert found["velocity"] == 80


def test_major_and_minor() -> None:
    assert features(plain_song())["majorness"] > 0 > features(sad())["majorness"]


def test_sad_and_happy_go_the_right_way_in_every_feature() -> None:
    check = check_contrast([features(sad()), features(sad(72))], [features(happy()), features(happy(150))])
    assert check.holds is True
    assert set(check.figures.values()) == {1.0} and len(check.figures) == 8


def test_the_other_way_round_each_is_a_finding() -> None:
    check = check_contrast([features(happy())], [features(sad())])
    assert check.holds is False and len(check.findings) == 8
    assert any("tempo_bpm is 66 in happy songs, 140 in sad ones" in str(one) for one in check.findings)


def test_songs_that_do_not_differ_are_found() -> None:
    same = [features(plain_song())]
    assert check_contrast(same, same).holds is False
    assert all(one.share == 0.5 and not one.holds for one in directions(same, same))


def test_what_the_audio_tells() -> None:
    dark, bright = audio_features(tone(110, 1, 0.05, 2)), audio_features(tone(220, 5, 0.3, 12))
    check = check_contrast([dark], [bright])
    assert check.holds is True and len(check.figures) == 3
    assert dark["audio_onsets_per_s"] == pytest.approx(1, abs=0.15)
    assert bright["audio_onsets_per_s"] == pytest.approx(5, abs=0.3)
    assert check_contrast([dark], [bright], leave=list(dark)).holds is None


def test_level_is_the_rms() -> None:
    times = np.arange(4 * RATE) / RATE
    found = audio_features(Audio(np.float32(0.5 * np.sin(2 * np.pi * 440 * times)), RATE))
    assert found["audio_level_db"] == pytest.approx(-9.03, abs=0.02)
    assert found["audio_centroid_hz"] == pytest.approx(440, rel=0.1)
