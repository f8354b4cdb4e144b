import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_tones import RATE, decaying, faded_in, silence, sine, tone, vibrated, with_noise

from composer_daw.measure.features import VECTOR_NAMES, NoteFeatures, measure_note, vector


def bowed(frequency_hz: float = 220.0, duration_s: float = 1.5) -> np.ndarray:
    return with_noise(faded_in(vibrated(frequency_hz, duration_s, 5.6, 12.0), 0.3), 25.0)


def plucked(frequency_hz: float = 220.0) -> np.ndarray:
    return decaying(tone(frequency_hz, 1.5), 0.8)


def test_a_bowed_note_is_measured_in_all_its_parts() -> None:
    note = measure_note(np.concatenate([silence(0.25), bowed(), silence(0.5)]), RATE, 220.0)
    assert note.attack_is_slow
    assert note.sounding_s == pytest.approx(1.5, abs=0.03)
    assert note.attack_ms == pytest.approx(240.0, rel=0.1)
    assert note.frequency_hz == pytest.approx(220.0, rel=0.001)
    assert note.cents == pytest.approx(0.0, abs=1.5)
    assert note.vibrato_hz == pytest.approx(5.6, abs=0.1)
    assert note.vibrato_cents == pytest.approx(12.0, rel=0.1)
    assert note.hnr_db == pytest.approx(25.0, abs=2.5)
    assert note.t60_s < 0.05  # it is cut off: all that dies away is the window
    assert np.isnan(note.release_t60_s)


def test_a_pluck_is_sharp_and_dies_away() -> None:
    note = measure_note(np.concatenate([silence(0.1), plucked()]), RATE)
    assert note.onset_s == pytest.approx(0.1, abs=0.001)
    assert not note.attack_is_slow
    assert note.t60_s == pytest.approx(0.8, rel=0.02)
    assert note.after_300_ms_db == pytest.approx(-300.0 / 800.0 * 60.0, abs=2.0)
    assert note.above_10_db_s == pytest.approx(0.8 / 6.0, abs=0.021)
    assert np.isnan(note.cents)


def test_a_tremolo_shows() -> None:
    note = measure_note(tone(220.0, 1.5) * 10.0 ** (3.5 * sine(12.0, 1.5) / 20.0), RATE, 220.0)
    assert note.tremolo_hz == pytest.approx(12.0, abs=0.1)
    assert note.tremolo_db == pytest.approx(3.5, rel=0.08)


def test_the_release_is_measured_from_where_the_bow_left() -> None:
    samples = np.concatenate([silence(0.1), tone(220.0, 1.0), decaying(tone(220.0, 1.0), 0.3)])
    note = measure_note(samples, RATE, 220.0, held_s=1.0)
    assert note.release_t60_s == pytest.approx(0.3, rel=0.05)
    assert np.isnan(note.t60_s)


def test_silence_gives_the_defaults_and_a_finite_vector() -> None:
    note = measure_note(silence(0.5), RATE, 220.0)
    assert note.sounding_s == 0.0 and note.level_db == -120.0
    assert np.isfinite(vector(note)).all()


def test_noise_without_pitch_gives_a_finite_vector() -> None:
    noise = decaying(np.random.default_rng(0).standard_normal(RATE // 5), 0.1)
    assert np.isfinite(vector(measure_note(noise, RATE))).all()
    assert np.isfinite(vector(measure_note(noise[:300], RATE, 82.4))).all()


def test_every_stand_in_lies_within_its_limits() -> None:
    empty = vector(NoteFeatures())
    assert len(empty) == len(VECTOR_NAMES) == len(set(VECTOR_NAMES))
    assert np.isfinite(empty).all()


@settings(deadline=None, max_examples=8)
@given(gain=st.floats(1e-3, 20.0), shift=st.integers(0, 5000))
def test_gain_and_silence_around_leave_the_vector_as_it_is(gain: float, shift: int) -> None:
    samples = np.concatenate([silence(0.1), plucked()])
    moved = np.concatenate([np.zeros(shift), gain * samples, np.zeros(shift)])
    assert vector(measure_note(moved, RATE, 220.0)) == pytest.approx(
        vector(measure_note(samples, RATE, 220.0)), abs=0.3
    )


def test_pitch_moves_the_vector_less_than_the_way_of_playing() -> None:
    low, high, other = (vector(measure_note(x, RATE)) for x in (plucked(196.0), plucked(392.0), bowed(196.0)))
    spread = np.maximum(np.abs(low), 1.0)
    assert np.linalg.norm((high - low) / spread) < 0.5 * np.linalg.norm((other - low) / spread)


def test_the_features_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        NoteFeatures().level_db = 0.0  # type: ignore[misc]
