"""What the studio guitar and the studio electric bass sound like: tuning, levels, techniques, strums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from composer_daw.evaluation.techniques import confusion, fit, predict, recalls
from composer_daw.hosts.base import Host
from composer_daw.measure import (
    amplitude_modulation,
    centroid_hz,
    cents_from,
    click_db,
    level_db,
    measure_note,
    onset_s,
    rms_envelope,
    vector,
)
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import Instrument, Take, load_instrument, open_host, render

Mono = npt.NDArray[np.float32]
Note = tuple[float, float, int, int]
"""onset_s, duration_s, pitch, velocity"""

RATE = 44100
CHORD = (40, 47, 52, 56, 59, 64)
"""E major in its open position."""


@dataclass(frozen=True)
class Studio:
    """An instrument that is open, and what it can do."""

    instrument: Instrument
    host: Host
    pitches: range
    techniques: tuple[str, ...]
    unpitched: tuple[str, ...] = ("ghost",)

    def play(self, technique: str, notes: Sequence[Note], seed: int = 1) -> Take:
        performance = Performance(note_rows(sorted(notes)))
        return render(performance, self.instrument, technique, host=self.host, seed=seed)

    def each_alone(self, technique: str, notes: Sequence[tuple[int, int]], held_s: float = 0.9) -> list[Mono]:
        """Return (pitch, velocity) one by one, each from 50 ms before it is written, half a second longer."""
        every_s = held_s + 0.6
        rows = [(0.1 + every_s * n, held_s, pitch, velocity) for n, (pitch, velocity) in enumerate(notes)]
        take = self.play(technique, rows)
        assert take.gain_db == 0.0
        mono = np.pad(take.audio.mono(), (0, RATE))
        starts = [round((0.05 + every_s * n) * RATE) for n in range(len(notes))]
        return [mono[start : start + round((held_s + 0.5) * RATE)] for start in starts]


PITCHED = {
    "guitar": ("sustain", "picked", "palm_mute", "harmonics", "tremolo_picking", "strum_down", "strum_up"),
    "electric_bass": ("fingered", "picked", "slap", "pop", "mute", "harmonics"),
}
ALONE = {
    "guitar": ("sustain", "picked", "palm_mute", "harmonics", "tremolo_picking", "ghost"),
    "electric_bass": (*PITCHED["electric_bass"], "ghost"),
}
"""Techniques of single notes; strums are told by their order."""
RANGES = {"guitar": range(40, 89), "electric_bass": range(23, 68)}
MUTED = ("palm_mute", "mute", "ghost")
EVERY = [(name, technique) for name in PITCHED for technique in (*PITCHED[name], "ghost")]


@pytest.fixture(scope="module")
def band() -> Iterator[dict[str, Studio]]:
    found = {}
    for name, pitches in RANGES.items():
        instrument = load_instrument(f"studio/{name}")
        found[name] = Studio(instrument, open_host(instrument), pitches, ALONE[name])
    yield found
    for studio in found.values():
        studio.host.close()


def hertz(pitch: int) -> float:
    """Return the frequency in equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))


def spread_over(pitches: range, count: int) -> list[int]:
    """Return so many pitches from the lowest to the highest."""
    return [round(pitch) for pitch in np.linspace(pitches[0], pitches[-1], count).tolist()]


# Pitch, level, colour


@pytest.mark.parametrize(("name", "technique"), [(n, t) for n in PITCHED for t in PITCHED[n]])
def test_notes_over_the_range_are_in_tune(band: dict[str, Studio], name: str, technique: str) -> None:
    """Every second with the first technique, every fourth with the others, which are in the same loop."""
    number = PITCHED[name].index(technique)
    pitches = band[name].pitches[number % 4 :: 4] if number else band[name].pitches[::2]
    assert_in_tune(band[name], technique, pitches)


@pytest.mark.long
@pytest.mark.parametrize(("name", "technique"), [(n, t) for n in PITCHED for t in PITCHED[n]])
def test_every_note_of_every_technique_is_in_tune(band: dict[str, Studio], name: str, technique: str) -> None:
    assert_in_tune(band[name], technique, band[name].pitches)


def assert_in_tune(studio: Studio, technique: str, pitches: range) -> None:
    held_s = 0.25 if technique in MUTED else 0.4
    notes = studio.each_alone(technique, [(pitch, 84) for pitch in pitches], held_s)
    for pitch, note in zip(pitches, notes, strict=True):
        cents = cents_from(note[RATE // 20 : RATE // 20 + round(held_s * RATE)], RATE, hertz(pitch))
        assert abs(cents) <= 5.0, f"{pitch}: {cents:+.1f} cents"


@pytest.mark.parametrize(("name", "technique"), EVERY)
def test_ten_velocities_are_ten_levels_and_the_hardest_is_brighter(
    band: dict[str, Studio], name: str, technique: str
) -> None:
    velocities = np.linspace(13, 127, 10).round().astype(int).tolist()
    for pitch in spread_over(band[name].pitches, 4)[:3]:
        notes = band[name].each_alone(technique, [(pitch, velocity) for velocity in velocities], 0.5)
        levels = [level_db(note, RATE) for note in notes]
        assert (np.diff(levels) > 0.0).all(), f"{pitch}: {np.round(levels, 1)}"
        assert 20.0 < levels[-1] - levels[0] < 45.0, pitch
        soft, loud = (centroid_hz(notes[number], RATE, high_hz=16000.0) for number in (1, 9))
        assert loud > 1.05 * soft, f"{pitch}: {soft:.0f} Hz, {loud:.0f} Hz"


@pytest.mark.parametrize(("name", "technique"), EVERY)
def test_repeated_notes_are_no_clones(band: dict[str, Studio], name: str, technique: str) -> None:
    takes = [note.astype(np.float64) for note in band[name].each_alone(technique, [(52, 90)] * 4, 0.3)]
    for one, other in zip(takes, takes[1:], strict=False):
        rest_db = 10.0 * np.log10(np.sum((one - other) ** 2) / np.sum(one**2))
        assert rest_db > -30.0, f"the notes cancel to {rest_db:.0f} dB"
    levels = [level_db(one, RATE) for one in takes]
    assert max(levels) - min(levels) < 3.0  # alike all the same


@pytest.mark.parametrize(
    ("name", "darker", "brighter"),
    [
        ("guitar", "sustain", "picked"),
        ("guitar", "palm_mute", "picked"),
        ("guitar", "strum_down", "strum_up"),
        ("electric_bass", "fingered", "picked"),
        ("electric_bass", "picked", "slap"),
        ("electric_bass", "slap", "pop"),
        ("electric_bass", "mute", "fingered"),
    ],
)
def test_brightness_follows_the_hand(band: dict[str, Studio], name: str, darker: str, brighter: str) -> None:
    notes = [(pitch, 84) for pitch in spread_over(band[name].pitches, 6)[:5]]
    pairs = zip(*(band[name].each_alone(one, notes, 0.5) for one in (darker, brighter)), strict=True)
    for (pitch, _), (dull, bright) in zip(notes, pairs, strict=True):
        one, other = (centroid_hz(sound[: RATE // 2], RATE, high_hz=16000.0) for sound in (dull, bright))
        assert other > 1.05 * one, f"{pitch}: {one:.0f} Hz, {other:.0f} Hz"


# Ringing and ending


def fall_db(note: Mono, early_s: float, late_s: float) -> float:
    """Return how much softer a note is at a later time, RMS over 50 ms."""
    at = [round((0.05 + time_s) * RATE) for time_s in (early_s, late_s)]
    energies = [float(np.sum(np.square(note[start : start + RATE // 20], dtype=np.float64))) for start in at]
    return 10.0 * float(np.log10(energies[0] / max(energies[1], 1e-20)))


@pytest.mark.parametrize(
    ("name", "technique"),
    [("guitar", "palm_mute"), ("guitar", "ghost"), ("electric_bass", "mute"), ("electric_bass", "ghost")],
)
def test_muted_strings_die_away_on_a_held_key(band: dict[str, Studio], name: str, technique: str) -> None:
    for note in band[name].each_alone(technique, [(p, 84) for p in spread_over(band[name].pitches, 6)]):
        assert fall_db(note, 0.0, 0.6) > 30.0


@pytest.mark.parametrize(("name", "technique"), [("guitar", "sustain"), ("electric_bass", "fingered")])
def test_low_strings_ring_and_high_ones_die_sooner(
    band: dict[str, Studio], name: str, technique: str
) -> None:
    """Sampled steel guitars fall by 8 dB in a second at E2, by 30 at E5; sampled basses by 5 to 10."""
    low, high = band[name].each_alone(technique, [(band[name].pitches[4], 84), (band[name].pitches[36], 84)])
    assert 3.0 < fall_db(low, 0.05, 0.85) < 15.0
    assert fall_db(low, 0.05, 0.85) + 5.0 < fall_db(high, 0.05, 0.85) < 45.0


@pytest.mark.parametrize(("name", "technique"), EVERY)
def test_sound_is_clean(band: dict[str, Studio], name: str, technique: str) -> None:
    """No NaN, no clipping, no offset, no click where a note is let go; silent in the end."""
    pitches = spread_over(band[name].pitches, 6)
    take = band[name].play(technique, [(1.6 * n, 0.8, pitch, 127) for n, pitch in enumerate(pitches)])
    mono = np.pad(take.audio.mono(), (0, RATE))
    assert np.isfinite(take.audio.samples).all() and take.gain_db == 0.0
    assert 0.05 < np.abs(take.audio.samples).max() < 0.9
    assert abs(mono.mean()) < 1e-4
    for number, pitch in enumerate(pitches):
        assert click_db(mono, RATE, 1.6 * number + 0.8) < 12.0, pitch
        assert (
            np.abs(mono[round((1.6 * number + 1.45) * RATE) : round((1.6 * number + 1.55) * RATE)]).max()
            < 3e-3
        )
    assert rms_envelope(take.audio.mono()[-RATE // 20 :], RATE).values[-1] < 10 ** (-60 / 20)


def test_a_full_chord_at_full_force_does_not_clip(band: dict[str, Studio]) -> None:
    for technique in ("sustain", "picked", "strum_down", "strum_up"):
        chords = [(0.5 * n, 0.48, pitch, 127) for n in range(4) for pitch in CHORD]
        take = band["guitar"].play(technique, chords)
        assert take.gain_db == 0.0 and np.abs(take.audio.samples).max() < 0.97, technique


def test_chords_are_as_loud_as_those_of_the_electric_piano(band: dict[str, Studio]) -> None:
    """Both play chords in a song: the same notes at the same velocity lie within 3 LU of each other."""
    chords = ((48, 55, 60, 64), (45, 52, 57, 60, 64), (41, 48, 53, 57, 60), (43, 50, 55, 59, 62))
    notes = [(1.0 * n, 0.95, pitch, 100) for n, chord in enumerate(chords) for pitch in chord]
    other = load_instrument("studio/electric_piano")
    with open_host(other) as host:
        score = Performance(note_rows(sorted(notes)))
        piano = render(score, other, "sustain", host=host, seed=1).audio.loudness_lufs()
    for technique in ("sustain", "picked", "strum_down", "strum_up"):
        guitar = band["guitar"].play(technique, notes).audio.loudness_lufs()
        assert abs(guitar - piano) < 3.0, f"{technique}: {guitar:.1f}, {piano:.1f} LUFS"


def test_a_bass_line_is_one_string_at_a_time(band: dict[str, Studio]) -> None:
    """What is left of a note when the next has begun: both, less the second as it sounds alone."""
    bass = band["electric_bass"]
    alone, line = (
        bass.play("mute", notes).audio.mono()
        for notes in ([(0.5, 0.4, 33, 90)], [(0.5, 0.4, 33, 90), (0.9, 0.4, 45, 1)])
    )
    late = slice(round(0.94 * RATE), round(1.0 * RATE))
    assert np.abs(line[late]).max() < 0.2 * np.abs(alone[round(0.5 * RATE) : round(0.6 * RATE)]).max()


def test_tremolo_picking_repeats_and_a_plain_note_does_not(band: dict[str, Studio]) -> None:
    pitches = spread_over(band["guitar"].pitches, 7)
    picked = band["guitar"].each_alone("tremolo_picking", [(pitch, 84) for pitch in pitches], 1.5)
    for pitch, note in zip(pitches, picked, strict=True):
        found = amplitude_modulation(note[round(0.2 * RATE) : round(1.5 * RATE)], RATE)
        assert 8.0 <= found.rate_hz <= 16.0, f"{pitch}: {found.rate_hz:.1f} Hz"
        assert found.depth >= 1.5, f"{pitch}: {found.depth:.1f} dB"


# In time


@pytest.mark.parametrize(("name", "technique"), EVERY)
def test_notes_speak_when_their_labels_say(band: dict[str, Studio], name: str, technique: str) -> None:
    pitches = spread_over(band[name].pitches, 6)
    notes = [(pitch, velocity) for pitch in pitches for velocity in (40, 84, 120)]
    late = np.array([onset_s(note, RATE) - 0.05 for note in band[name].each_alone(technique, notes, 0.4)])
    assert np.abs(late).max() < 0.012, np.round(1000.0 * late)
    assert abs(np.median(late)) < 0.003


def strings_of(
    studio: Studio, technique: str, chord: Sequence[int], velocity: int
) -> tuple[list[float], Take]:
    """Return when each string of a strum is heard, and the take.

    Each is what the strum is less the same with this string played softly: all else stays to the bit.
    """
    whole = studio.play(technique, [(0.5, 0.8, pitch, velocity) for pitch in chord])
    onsets = []
    for quiet in chord:
        notes = [(0.5, 0.8, pitch, 40 if pitch == quiet else velocity) for pitch in chord]
        without = studio.play(technique, notes).audio.mono()
        size = min(len(without), len(whole.audio.mono()))
        onsets.append(onset_s(whole.audio.mono()[:size] - without[:size], RATE))
    return onsets, whole


@pytest.mark.parametrize("chord", [CHORD, (45, 52, 57, 60, 64), (50, 57, 62, 66)], ids=["E", "a", "D"])
@pytest.mark.parametrize(("technique", "way"), [("strum_down", 1), ("strum_up", -1)])
def test_a_strum_goes_across_the_strings(
    band: dict[str, Studio], technique: str, way: int, chord: tuple[int, ...]
) -> None:
    onsets, take = strings_of(band["guitar"], technique, chord, 100)
    gaps = np.diff(onsets[::way])
    assert (gaps > 0.004).all() and (gaps < 0.025).all(), np.round(1000.0 * gaps, 1)
    assert abs(min(onsets) - 0.5) < 0.006
    rows = take.labels.rows
    said = dict(zip(rows["pitch"].tolist(), rows["sounding_onset_s"].tolist(), strict=True))
    for pitch, heard_s in zip(chord, onsets, strict=True):
        assert abs(heard_s - said[pitch]) < 0.012, pitch


def test_a_plucked_chord_begins_at_once(band: dict[str, Studio]) -> None:
    """The measure of the test above can fail."""
    onsets, _ = strings_of(band["guitar"], "picked", CHORD, 100)
    assert max(onsets) - min(onsets) < 0.005


def test_an_upstroke_leaves_the_low_strings_out_nearly(band: dict[str, Studio]) -> None:
    share = {}
    for technique in ("strum_down", "strum_up"):
        sound = band["guitar"].play(technique, [(0.2, 0.8, pitch, 90) for pitch in CHORD]).audio.mono()
        part = sound[round(0.3 * RATE) : round(0.8 * RATE)]
        energy = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        frequency = np.fft.rfftfreq(len(part), 1 / RATE)
        low, all_of_it = energy[(frequency > 70.0) & (frequency < 140.0)].sum(), energy.sum()
        share[technique] = 10.0 * np.log10(low / all_of_it)
    assert share["strum_up"] < share["strum_down"] - 6.0, share


# Told apart


def heard(studio: Studio, step: int, seed: int) -> tuple[npt.NDArray[np.float64], list[str], list[int]]:
    """Return what is heard of single notes of every technique, at mixed velocities and lengths."""
    plan = [
        (1.3 * n + 0.1, (0.5, 0.7)[n // 2 % 2], pitch, (36, 60, 84, 108)[(n + n // 4) % 4])
        for n, pitch in enumerate(studio.pitches[::step])
    ]
    rows, names = [], []
    for technique in studio.techniques:
        mono = np.pad(studio.play(technique, plan, seed).audio.mono(), (0, 2 * RATE))
        for at_s, held_s, pitch, _ in plan:
            sound = mono[round((at_s - 0.1) * RATE) : round((at_s + 0.8) * RATE)]
            rows.append(vector(measure_note(sound, RATE, hertz(pitch), held_s)))
            names.append(technique)
    return np.array(rows), names, list(range(len(plan))) * len(studio.techniques)


def told_apart(studio: Studio, step: int, seed: int) -> tuple[list[str], list[str]]:
    """Train on every other pitch and test on the rest, both ways round; return truth and guesses."""
    rows, names, places = heard(studio, step, seed)
    even, labels = np.array(places) % 2 == 0, np.array(names)
    truth: list[str] = []
    guessed: list[str] = []
    for seen in (even, ~even):
        guessed += predict(fit(rows[seen], labels[seen].tolist()), rows[~seen])
        truth += labels[~seen].tolist()
    return truth, guessed


@pytest.mark.parametrize("name", list(RANGES))
def test_techniques_are_told_apart_on_unseen_pitches(band: dict[str, Studio], name: str) -> None:
    truth, guessed = told_apart(band[name], 5, seed=1)
    assert np.mean(np.array(truth) == np.array(guessed)) >= 0.90, confusion(truth, guessed, ALONE[name])


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", list(RANGES))
def test_techniques_are_told_apart_on_every_pitch(band: dict[str, Studio], name: str, seed: int) -> None:
    truth, guessed = told_apart(band[name], 1, seed)
    assert np.mean(np.array(truth) == np.array(guessed)) >= 0.90, confusion(truth, guessed, ALONE[name])
    assert min(recalls(truth, guessed).values()) >= 0.70
