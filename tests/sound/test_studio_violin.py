"""The studio violin at every pitch, heard in the WAV files that it renders.

What all four strings must do stands in `test_studio_strings`, which goes so far in its long run only.
"""

from __future__ import annotations

import numpy as np
import pytest

from composer_daw.measure import cents_from, level_db, onset_s
from tests.sound.conftest import TECHNIQUES, Play, hertz, one_by_one

PITCHES = (55, 62, 69, 76, 83, 90, 97)
WHOLE_RANGE = tuple(range(55, 106))


@pytest.mark.parametrize(
    "technique", ["sustain", "legato", "harmonics", "sul_ponticello", "sul_tasto", "con_sordino"]
)
def test_every_note_of_the_range_is_in_tune(play: Play, technique: str) -> None:
    heard = play(technique, one_by_one(WHOLE_RANGE, 0.9, 1.4))
    for number, pitch in enumerate(WHOLE_RANGE):
        cents = cents_from(heard.between(1.4 * number, 1.4 * number + 0.9), heard.rate, hertz(pitch))
        assert abs(cents) <= 5.0, f"{pitch}: {cents:+.1f} cents"


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_louder_with_velocity_in_ten_strict_steps(play: Play, technique: str) -> None:
    velocities = np.linspace(13, 127, 10).round().astype(int)
    for pitch in (57, 74, 93):
        notes = [(2.0 * number, 0.8, pitch, int(velocity)) for number, velocity in enumerate(velocities)]
        heard = play(technique, notes)
        levels = [level_db(heard.between(2.0 * n, 2.0 * n + 1.9), heard.rate) for n in range(10)]
        assert (np.diff(levels) > 0.0).all(), f"{pitch}: {np.round(levels, 1)}"


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_notes_speak_when_their_labels_say(play: Play, technique: str) -> None:
    """The map's latencies bring every technique to the written time, at any velocity."""
    for velocity in (50, 84, 118):
        heard = play(technique, [(0.5 + 2.0 * n, 0.8, p, velocity) for n, p in enumerate(PITCHES)])
        late = [
            onset_s(heard.between(2.0 * n + 0.3, 2.0 * n + 2.0), heard.rate) - 0.2
            for n in range(len(PITCHES))
        ]
        assert np.abs(late).max() < 0.012, f"{velocity}: {np.round(1000 * np.array(late))} ms"
        assert abs(np.median(late)) < 0.006
