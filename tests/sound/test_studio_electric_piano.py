"""What the studio electric piano sounds like: its tines, their pickup, dampers, pedal and tremolo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from composer_daw.calibration import render_single_notes
from composer_daw.evaluation.techniques import confusion, fit, predict, recalls
from composer_daw.events import Kind
from composer_daw.hosts.base import Host
from composer_daw.measure import (
    amplitude_modulation,
    centroid_hz,
    cents_from,
    click_db,
    level_db,
    onset_s,
    sounding_duration_s,
    vector,
)
from composer_daw.measure.spectrum import partial_amplitudes
from composer_daw.performance import CONTROL, Performance, note_rows
from composer_daw.rendering import Instrument, Take, load_instrument, open_host, render
from tests.sound.conftest import Note, hertz, one_by_one

Samples = npt.NDArray[np.float32]

RATE = 44100
TECHNIQUES = ("sustain", "staccato", "mute", "tremolo")
LOWEST, HIGHEST = 28, 100
PITCHES = (28, 40, 52, 64, 76, 88, 100)
SOME = [pytest.param(pitch, marks=[pytest.mark.long] * (number % 2)) for number, pitch in enumerate(PITCHES)]
"""Every other one, as in `FEW`; all of them among the long tests."""
FEW = [PITCHES[::2], pytest.param(PITCHES, marks=pytest.mark.long)]
PEDAL, DEPTH = 64, 1


@pytest.fixture(scope="module")
def piano() -> Instrument:
    return load_instrument("studio/electric_piano")


@pytest.fixture(scope="module")
def host(piano: Instrument) -> Iterator[Host]:
    with open_host(piano) as opened:
        yield opened


Moves = Sequence[tuple[float, int, int]]
"""time_s, controller, value"""

Play = Callable[..., Take]


@pytest.fixture(scope="module")
def play(piano: Instrument, host: Host) -> Play:
    """Return a function that renders notes with a technique and controllers."""

    def played(technique: str, notes: Sequence[Note], moves: Moves = (), seed: int = 1) -> Take:
        rows = [(at_s, Kind.CONTROL, 0, 0, number, value) for at_s, number, value in moves]
        score = Performance(note_rows(notes), controls=np.array(rows, CONTROL))
        return render(score, piano, technique, host=host, seed=seed)

    return played


def cut(samples: Samples, start_s: float, end_s: float) -> Samples:
    """Return what is heard from one time to another, along the last axis, padded with silence."""
    size = round((end_s - start_s) * RATE)
    part = samples[..., round(start_s * RATE) :][..., :size]
    return np.pad(part, [(0, 0)] * (part.ndim - 1) + [(0, size - part.shape[-1])])


def rms_db(sound: Samples) -> float:
    """Return the RMS level in dB of full scale."""
    return float(10.0 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-16))


# Pitch, level and colour


TUNED = [
    *[(technique, 9 if technique == "sustain" else 24) for technique in TECHNIQUES],
    *[pytest.param(technique, 1, marks=pytest.mark.long) for technique in TECHNIQUES],
]
"""Techniques, and on every how many-th key they are listened to."""


@pytest.mark.parametrize(("technique", "every"), TUNED)
def test_the_keys_are_in_tune(play: Play, technique: str, every: int) -> None:
    pitches = range(LOWEST, HIGHEST + 1, every)
    mono = play(technique, one_by_one(pitches, 0.3, 0.6)).audio.mono()
    for number, pitch in enumerate(pitches):
        cents = cents_from(cut(mono, 0.6 * number, 0.6 * number + 0.3), RATE, hertz(pitch))
        assert abs(cents) <= 5.0, f"{pitch}: {cents:+.1f} cents"


@pytest.mark.parametrize("pitches", [(33, 81), pytest.param((45, 57, 69), marks=pytest.mark.long)])
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_ten_velocities_are_ten_levels_and_brighter_ones(
    play: Play, technique: str, pitches: Sequence[int]
) -> None:
    velocities = np.linspace(13, 127, 10).round().astype(int).tolist()
    for pitch in pitches:
        notes = [(0.8 * number, 0.4, pitch, velocity) for number, velocity in enumerate(velocities)]
        mono = play(technique, notes).audio.mono()
        strokes = [cut(mono, 0.8 * number, 0.8 * number + 0.75) for number in range(10)]
        levels = [level_db(stroke, RATE) for stroke in strokes]
        assert (np.diff(levels) > 0.0).all(), f"{pitch}: {np.round(levels, 1)}"
        assert 20.0 < levels[-1] - levels[0] < 40.0
        soft, loud = (centroid_hz(strokes[number], RATE) for number in (1, 9))
        assert loud > 1.05 * soft, f"{pitch}: {soft:.0f} Hz, {loud:.0f} Hz"


@pytest.mark.parametrize("pitches", [(33, 69), pytest.param((45, 57), marks=pytest.mark.long)])
def test_a_hard_stroke_barks(play: Play, pitches: Sequence[int]) -> None:
    """The second partial stands over the first in the bass, and grows faster than it everywhere."""
    for pitch in pitches:
        mono = play("sustain", [(0.0, 1.0, pitch, 30), (1.5, 1.0, pitch, 120)]).audio.mono()
        soft, hard = (
            20.0 * np.log10(partial_amplitudes(cut(mono, at_s + 0.1, at_s + 0.9), RATE, hertz(pitch), 4))
            for at_s in (0.0, 1.5)
        )
        assert (hard[1] - hard[0]) > (soft[1] - soft[0]) + 10.0, pitch
        assert (hard[3] - hard[0]) > (soft[3] - soft[0]) + 10.0, pitch
        assert pitch > 50 or hard[1] > hard[0] > soft[1] + (hard[0] - soft[0])


def test_the_bell_of_the_tine_is_over_before_the_tine(play: Play) -> None:
    mono = play("sustain", [(0.0, 3.0, 60, 100)]).audio.mono()
    early, late = (
        partial_amplitudes(cut(mono, at_s, at_s + 0.25), RATE, hertz(60) * 6.9, 1)[0]
        / partial_amplitudes(cut(mono, at_s, at_s + 0.25), RATE, hertz(60), 1)[0]
        for at_s in (0.03, 1.5)
    )
    assert 0.03 < early < 0.5
    assert late < early / 10.0


@pytest.mark.parametrize("pitches", FEW)
def test_low_tines_ring_longer(play: Play, pitches: Sequence[int]) -> None:
    """A held key dies away by itself: 10 to 40 s for 60 dB in the bass, under 5 s in the treble."""
    mono = play("sustain", one_by_one(pitches, 2.6, 3.0)).audio.mono()
    falls = [
        (rms_db(cut(mono, at_s + 0.5, at_s + 0.9)) - rms_db(cut(mono, at_s + 2.0, at_s + 2.4))) / 1.5
        for at_s in (3.0 * number for number in range(len(pitches)))
    ]
    assert (np.diff(falls) > 0.0).all(), falls
    assert 10.0 < 60.0 / falls[0] < 40.0
    assert 1.5 < 60.0 / falls[-1] < 5.0


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_repeated_notes_are_no_clones(play: Play, technique: str) -> None:
    mono = play(technique, [(1.0 * number, 0.5, 69, 84) for number in range(4)]).audio.mono()
    takes = [cut(mono, 1.0 * number, 1.0 * number + 0.45).astype(np.float64) for number in range(4)]
    for one, other in zip(takes, takes[1:], strict=False):
        rest_db = 10.0 * np.log10(np.sum((one - other) ** 2) / np.sum(one**2))
        assert rest_db > -40.0, f"the takes cancel to {rest_db:.0f} dB"
    levels = [level_db(one, RATE) for one in takes]
    assert max(levels) - min(levels) < 1.5  # alike all the same


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_sound_is_clean(play: Play, technique: str) -> None:
    take = play(technique, one_by_one(PITCHES, 1.0, 2.0, velocity=127))
    samples, mono = take.audio.samples, take.audio.mono()
    assert np.isfinite(samples).all() and take.gain_db == 0.0
    assert np.abs(samples).max() < 0.5
    assert np.abs(samples.mean(axis=1)).max() < 1e-4
    for number, pitch in enumerate(PITCHES):
        assert click_db(mono, RATE, 2.0 * number + 1.0) < 12.0, pitch
        assert rms_db(cut(mono, 2.0 * number + 1.8, 2.0 * number + 1.98)) < -90.0, pitch


def test_ten_fingers_at_full_force_do_not_clip(play: Play) -> None:
    take = play("sustain", [(0.1, 2.0, pitch, 120) for pitch in (29, 36, 41, 48, 52, 57, 60, 65, 69, 72)])
    assert take.gain_db == 0.0 and np.abs(take.audio.samples).max() < 0.97


# Dampers and pedal


def after_release(play: Play, technique: str, pitch: int, moves: Moves = ()) -> list[float]:
    """Return the level of a key struck at 0.1 s and let go at 0.6 s: just before, 0.25 s after, 1 s after."""
    mono = play(technique, [(0.1, 0.5, pitch, 90)], moves).audio.mono()
    return [rms_db(cut(mono, at_s, at_s + 0.08)) for at_s in (0.52, 0.85, 1.6)]


@pytest.mark.parametrize("pitch", SOME)
def test_the_damper_ends_a_note_within_a_quarter_of_a_second(play: Play, pitch: int) -> None:
    before, soon, late = after_release(play, "sustain", pitch)
    assert soon < before - 40.0
    assert late < -100.0


@pytest.mark.parametrize("pitch", SOME)
def test_with_the_pedal_down_a_released_note_rings_on_as_if_held(play: Play, pitch: int) -> None:
    pedalled = play("sustain", [(0.1, 0.5, pitch, 90)], [(0.3, PEDAL, 127), (2.1, PEDAL, 0)])
    held = play("sustain", [(0.1, 2.0, pitch, 90)])
    first, second = (cut(take.audio.samples, 0.0, 2.05) for take in (pedalled, held))
    assert np.array_equal(first, second)
    damped = play("sustain", [(0.1, 0.5, pitch, 90)]).audio.samples
    assert rms_db(cut(first, 1.8, 2.0)) > -75.0 > -120.0 > rms_db(cut(damped, 1.8, 2.0))
    gone = cut(pedalled.audio.mono(), 2.36, 2.46)
    assert rms_db(gone) < rms_db(cut(pedalled.audio.mono(), 1.95, 2.05)) - 35.0


def test_a_pedal_that_comes_after_the_release_holds_nothing(play: Play) -> None:
    alone = after_release(play, "sustain", 60)
    late = after_release(play, "sustain", 60, [(0.61, PEDAL, 127), (2.0, PEDAL, 0)])
    assert np.allclose(alone, late, atol=0.1)


def test_a_key_struck_again_takes_its_own_tine(play: Play) -> None:
    """Under the pedal nothing is left of the first stroke, and all of it if another key is struck.

    What is left: a loud first stroke less a faint one, with the same second stroke.
    """
    pedal = [(0.05, PEDAL, 127), (3.0, PEDAL, 0)]
    left = {}
    for second in (60, 64):
        loud, faint = (
            play("sustain", [(0.1, 0.2, 60, first), (1.1, 0.2, second, 100)], pedal).audio.mono()
            for first in (100, 1)
        )
        left[second] = rms_db(cut(loud, 1.2, 1.6) - cut(faint, 1.2, 1.6))
        assert click_db(loud, RATE, 1.1 + 0.015) < 6.0  # where the first stroke has faded
    assert left[64] > -50.0
    assert left[60] < left[64] - 40.0


def test_staccato_under_the_pedal_rings_on(play: Play) -> None:
    notes = [(0.1, 0.5, 60, 90)]
    dry = play("staccato", notes).audio.mono()
    wet = play("staccato", notes, [(0.05, PEDAL, 127), (2.0, PEDAL, 0)]).audio.mono()
    assert rms_db(cut(dry, 1.5, 1.9)) < -100.0
    assert rms_db(cut(wet, 1.5, 1.9)) > rms_db(cut(wet, 0.1, 0.3)) - 20.0


# Techniques


@pytest.mark.parametrize("pitches", FEW)
def test_staccato_is_shorter_than_written_and_dry(play: Play, pitches: Sequence[int]) -> None:
    for pitch in pitches:
        short, long = (
            sounding_duration_s(play(name, [(0.1, 0.5, pitch, 90)]).audio.mono(), RATE)
            for name in ("staccato", "sustain")
        )
        assert 0.15 < short < 0.3 and long > short + 0.25, f"{pitch}: {short:.2f} s, {long:.2f} s"


@pytest.mark.parametrize("pitches", FEW)
def test_a_hand_on_the_tines_ends_and_darkens_them_while_the_key_is_held(
    play: Play, pitches: Sequence[int]
) -> None:
    for pitch in pitches:
        mono = play("mute", [(0.1, 2.0, pitch, 90)]).audio.mono()
        open_tine = play("sustain", [(0.1, 2.0, pitch, 90)]).audio.mono()
        assert rms_db(cut(mono, 1.0, 1.5)) < rms_db(cut(mono, 0.1, 0.2)) - 35.0
        struck, plain = (cut(sound, 0.1, 0.25) for sound in (mono, open_tine))
        assert rms_db(struck) < rms_db(plain) - 4.0
        assert centroid_hz(struck, RATE, low_hz=35.0) < 1.02 * centroid_hz(plain, RATE, low_hz=35.0)


@pytest.mark.parametrize("pitches", [(40, 76), pytest.param((28, 57), marks=pytest.mark.long)])
def test_the_tremolo_goes_from_side_to_side_and_is_heard_in_mono(play: Play, pitches: Sequence[int]) -> None:
    for pitch in pitches:
        take = play("tremolo", [(0.1, 2.0, pitch, 90)])
        plain = play("sustain", [(0.1, 2.0, pitch, 90)])
        left, right = (
            amplitude_modulation(side, RATE, (3.0, 16.0)) for side in cut(take.audio.samples, 0.2, 2.0)
        )
        middle = amplitude_modulation(cut(take.audio.mono(), 0.2, 2.0), RATE, (3.0, 16.0))
        assert middle.rate_hz == pytest.approx(5.6, abs=0.2)
        assert middle.depth > 2.0
        assert min(left.depth, right.depth) > 1.5 * middle.depth
        still = amplitude_modulation(cut(plain.audio.mono(), 0.2, 2.0), RATE, (3.0, 16.0))
        assert still.depth < middle.depth / 4.0
        sides = [rms_db(part[0]) - rms_db(part[1]) for part in pieces(cut(take.audio.samples, 0.2, 1.9))]
        assert max(sides) > 4.0 and min(sides) < -4.0
        assert max(abs(rms_db(p[0]) - rms_db(p[1])) for p in pieces(cut(plain.audio.samples, 0.2, 1.9))) < 2.0


def pieces(samples: Samples, length_s: float = 0.04) -> list[Samples]:
    """Return the sound in pieces of 40 ms, channels x samples."""
    return np.array_split(samples, round(samples.shape[1] / RATE / length_s), axis=1)


def test_all_notes_tremble_together(play: Play) -> None:
    """One lamp for the whole piano: a note that enters later swings with those that sound."""
    first, second = (0.1, 3.0, 48, 90), (1.177, 1.9, 64, 90)
    together = play("tremolo", [first, second], seed=3).audio.samples
    alone = play("tremolo", [first], seed=3).audio.samples
    entered = cut(together, 1.3, 2.9) - cut(alone, 1.3, 2.9)
    swings = [
        [rms_db(piece[0]) - rms_db(piece[1]) for piece in pieces(part)]
        for part in (entered, cut(alone, 1.3, 2.9))
    ]
    assert np.asarray(np.corrcoef(swings))[0, 1] > 0.9


def test_controller_1_is_the_depth_of_the_tremolo_and_11_the_volume(play: Play) -> None:
    notes = [(0.1, 2.0, 57, 90)]
    depths = [
        amplitude_modulation(
            cut(play("tremolo", notes, [(0.0, DEPTH, value)]).audio.mono(), 0.2, 2.0), RATE, (3.0, 16.0)
        ).depth
        for value in (0, 64, 127)
    ]
    assert depths[0] < 0.3 < 1.0 < depths[1] < depths[2] - 1.0
    loud, soft = (
        level_db(play("sustain", notes, [(0.0, 11, value)]).audio.mono(), RATE) for value in (127, 64)
    )
    assert loud - soft == pytest.approx(40.0 * np.log10(127 / 64), abs=0.3)


VELOCITIES, LENGTHS_S = (36, 64, 84, 110), (0.4, 0.6, 0.8, 1.2)


@pytest.mark.parametrize(
    ("every", "dynamics", "seed"),
    [
        (12, 1, 2),
        pytest.param(9, 2, 2, marks=pytest.mark.long),
        pytest.param(2, 2, 3, marks=pytest.mark.long),
    ],
)
def test_techniques_are_told_apart_on_unseen_pitches(
    piano: Instrument, host: Host, every: int, dynamics: int, seed: int
) -> None:
    """Neither pitch nor dynamics nor length tells them; what lasts less than 0.3 s is short anyway."""
    apart = len(VELOCITIES) // dynamics
    plan = [
        (pitch, velocity, LENGTHS_S[(number + place) % 4])
        for number, pitch in enumerate(range(LOWEST, HIGHEST + 1, every))
        for place, velocity in enumerate(VELOCITIES[number % apart :: apart])
    ]
    notes = [n for name in TECHNIQUES for n in render_single_notes(piano, host, name, plan, seed)]
    vectors, names = np.array([vector(note.measured()) for note in notes]), [n.technique for n in notes]
    even = np.array([(note.pitch - LOWEST) // every % 2 == 0 for note in notes])
    truth: list[str] = []
    guessed: list[str] = []
    for seen in (even, ~even):
        centroids = fit(vectors[seen], [name for name, use in zip(names, seen, strict=True) if use])
        guessed += predict(centroids, vectors[~seen])
        truth += [name for name, use in zip(names, seen, strict=True) if not use]
    share = float(np.mean(np.array(guessed) == np.array(truth)))
    assert share >= 0.90, f"{share:.3f}\n{confusion(truth, guessed, list(TECHNIQUES))}"
    assert min(recalls(truth, guessed).values()) >= 0.80


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_notes_speak_when_their_labels_say(play: Play, technique: str) -> None:
    for velocity in (30, 84, 124):
        mono = play(
            technique, [(0.3 + 1.0 * n, 0.3, p, velocity) for n, p in enumerate(PITCHES)]
        ).audio.mono()
        late = [onset_s(cut(mono, 1.0 * n, 1.0 * n + 0.9), RATE) - 0.3 for n in range(len(PITCHES))]
        assert np.abs(late).max() < 0.012, f"{velocity}: {np.round(1000 * np.array(late))} ms"
