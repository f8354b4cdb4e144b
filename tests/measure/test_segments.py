import numpy as np
import pytest
from known_tones import RATE, decaying, silence, sine, tone

from composer_daw.measure.segments import note_spans_s

SCALE = (220.0, 246.9, 277.2, 311.1, 349.2)


def starts(samples: np.ndarray) -> list[float]:
    return [start for start, _ in note_spans_s(samples, RATE)]


def test_plucks_are_cut_at_their_attacks() -> None:
    samples = np.concatenate([silence(0.4), *(decaying(tone(f, 0.5), 0.8) for f in SCALE)])
    assert [s for s in starts(samples) if s > 0.1] == pytest.approx([0.4, 0.9, 1.4, 1.9, 2.4], abs=0.02)


def test_repeated_notes_are_cut_too() -> None:
    samples = np.concatenate([decaying(tone(220.0, 0.4), 0.6) for _ in range(6)])
    assert starts(samples) == pytest.approx([0.0, 0.4, 0.8, 1.2, 1.6, 2.0], abs=0.02)


def test_a_slur_is_cut_where_the_pitch_changes() -> None:
    samples = np.concatenate([tone(f, 0.6) for f in SCALE])
    assert starts(samples) == pytest.approx([0.0, 0.6, 1.2, 1.8, 2.4], abs=0.05)


def test_the_strokes_of_a_tremolo_are_not_notes() -> None:
    samples = np.concatenate([tone(f, 0.7) for f in SCALE])
    tremolo = samples * 10.0 ** (4.0 * sine(12.0, len(samples) / RATE) / 20.0)
    assert starts(tremolo) == pytest.approx([0.0, 0.7, 1.4, 2.1, 2.8], abs=0.06)


def test_spans_follow_each_other_and_silence_is_none() -> None:
    spans = note_spans_s(np.concatenate([tone(f, 0.6) for f in SCALE]), RATE)
    assert all(before[1] == after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert note_spans_s(silence(1.0), RATE) == []
