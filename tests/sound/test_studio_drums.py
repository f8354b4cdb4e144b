"""What the studio drums sound like: pieces and strokes told apart, chokes, hands, levels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import butter, sosfilt

from composer_daw.evaluation.techniques import confusion, fit, predict, recalls
from composer_daw.hosts.base import Host
from composer_daw.measure import (
    attack_ms,
    centroid_hz,
    click_db,
    level_db,
    onset_s,
    rms_envelope,
    time_above_s,
)
from composer_daw.measure.spectrum import mean_spectrum
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import Instrument, Take, load_instrument, open_host, render

Mono = npt.NDArray[np.float32]
RATE = 44100

STROKES = {
    "kick": 36,
    "snare=hit": 38,
    "snare=rimshot": 38,
    "snare=side_stick": 38,
    "snare=ghost": 38,
    "snare=flam": 38,
    "hi_hat=closed": 42,
    "hi_hat=pedal": 42,
    "hi_hat=open": 42,
    "hi_hat=half_open": 42,
    "tom_floor_low": 41,
    "tom_floor_high": 43,
    "tom_low": 45,
    "tom_low_mid": 47,
    "tom_high_mid": 48,
    "tom_high": 50,
    "crash": 49,
    "crash_2": 57,
    "ride=bow": 51,
    "ride=bell": 51,
    "ride_2": 59,
    "china": 52,
    "splash": 55,
}
"""The strokes of the kit, each with a note that a score writes for its piece."""

PERCUSSION = {
    "clap": 39,
    "tambourine": 54,
    "cowbell": 56,
    "vibraslap": 58,
    "bongo_high": 60,
    "bongo_low": 61,
    "conga_high=mute": 62,
    "conga_high=open": 63,
    "conga_low": 64,
    "timbale_high": 65,
    "timbale_low": 66,
    "agogo_high": 67,
    "agogo_low": 68,
    "cabasa": 69,
    "maracas": 70,
    "whistle=short": 71,
    "whistle=long": 72,
    "guiro=short": 73,
    "guiro=long": 74,
    "claves": 75,
    "wood_block_high": 76,
    "wood_block_low": 77,
    "cuica=mute": 78,
    "cuica=open": 79,
    "triangle=mute": 80,
    "triangle=open": 81,
}
"""The hand percussion; with the strokes these are all the keys that General MIDI has."""

ALL = STROKES | PERCUSSION
GM_KEYS = range(35, 82)
TRAINED, UNSEEN = (24, 48, 72, 96, 120), (36, 60, 84, 108)
HEARD_S = 1.6
RINGING = (
    "hi_hat=open",
    "crash",
    "crash_2",
    "ride=bow",
    "ride=bell",
    "ride_2",
    "china",
    "splash",
    "triangle=open",
)
"""Strokes that ring into one 1.6 seconds later."""


@pytest.fixture(scope="module")
def drums() -> Instrument:
    return load_instrument("studio/drums")


@pytest.fixture(scope="module")
def host(drums: Instrument) -> Iterator[Host]:
    with open_host(drums) as opened:
        yield opened


Hits = Sequence[tuple[float, int, int]]
"""onset_s, pitch, velocity"""

Strike = Callable[..., Take]


@pytest.fixture(scope="module")
def strike(drums: Instrument, host: Host) -> Callable[..., Take]:
    def struck(hits: Hits, technique: str = "written", seed: int = 1) -> Take:
        rows = [(at_s, 0.1, pitch, velocity) for at_s, pitch, velocity in hits]
        return render(Performance(note_rows(rows)), drums, technique, host=host, seed=seed)

    return struck


def cut(take: Take, start_s: float, length_s: float = HEARD_S) -> Mono:
    """Return what is heard from a time on, padded with silence."""
    sound = take.audio.mono()[round(start_s * RATE) : round((start_s + length_s) * RATE)]
    return np.pad(sound, (0, round(length_s * RATE) - len(sound)))


def each_alone(strike: Strike, name: str, velocities: Sequence[int], seed: int = 1) -> list[Mono]:
    """Return strokes played one by one, each from 50 ms before it is written."""
    every_s = 4.8 if name in RINGING else HEARD_S
    hits = [(0.1 + every_s * number, ALL[name], velocity) for number, velocity in enumerate(velocities)]
    take = strike(hits, name if "=" in name else "written", seed)
    assert take.gain_db == 0.0
    return [cut(take, at_s - 0.05, HEARD_S - 0.05) for at_s, *_ in hits]


# Recognition

EDGES_HZ = (40.0, 63.0, 80.0, 100.0, 125.0, 160.0, 250.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0, 16000.0)


def described(sound: Mono) -> npt.NDArray[np.float64]:
    """Return what is heard of a stroke without its level: bands early and on the whole, attack, decay."""
    start = round(onset_s(sound, RATE) * RATE)
    rows = []
    for part in (sound[start : start + RATE // 20], sound[start : start + RATE // 2]):
        spectrum = mean_spectrum(part, RATE)
        energies = [spectrum.energy(low, high) for low, high in zip(EDGES_HZ, EDGES_HZ[1:], strict=False)]
        rows += (10.0 * np.log10(np.maximum(np.array(energies) / sum(energies), 1e-6))).tolist()
    levels = rms_envelope(sound, RATE, window_ms=50.0).below_peak_db
    rows += np.maximum(
        levels[[start * 1000 // RATE + late_ms for late_ms in (100, 250, 500, 1000)]], -50.0
    ).tolist()
    rows += [5.0 * np.log2(attack_ms(sound, RATE)), 5.0 * np.log2(time_above_s(sound, RATE))]
    return np.array(rows)


def heard(strike: Strike, velocities: Sequence[int], seed: int) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Return what is heard of every stroke at these velocities, and its names."""
    rows, names = [], []
    for name in ALL:
        rows += [described(stroke) for stroke in each_alone(strike, name, velocities, seed)]
        names += [name] * len(velocities)
    return np.array(rows), names


@pytest.mark.parametrize(
    ("seeds", "least", "least_each"),
    [
        ((2,), 0.97, 0.75),
        pytest.param(range(2, 7), 0.98, 0.95, marks=pytest.mark.long),
    ],
    ids=["one seed", "five seeds"],
)
def test_pieces_and_strokes_are_told_apart_at_unseen_velocities(
    strike: Strike, seeds: Sequence[int], least: float, least_each: float
) -> None:
    centroids = fit(*heard(strike, TRAINED, seed=1))
    truth: list[str] = []
    guessed: list[str] = []
    for seed in seeds:
        rows, names = heard(strike, UNSEEN, seed)
        truth, guessed = truth + names, guessed + predict(centroids, rows)
    assert np.mean(np.array(guessed) == np.array(truth)) >= least, confusion(truth, guessed, list(ALL))
    assert min(recalls(truth, guessed).values()) >= least_each, confusion(truth, guessed, list(ALL))


# The hi-hat


@pytest.mark.parametrize("closing", [42, 44], ids=["closed", "pedal"])
def test_a_hat_that_closes_silences_the_open_one(strike: Strike, closing: int) -> None:
    """What is left of the open hat: both strokes, less the second one as it sounds much later."""
    both = strike([(1.0, 46, 110), (1.3, closing, 90)]).audio.samples
    apart = strike([(1.0, 46, 110), (6.3, closing, 90)]).audio.samples
    second = apart[:, 6 * RATE :]  # the open hat is over by then
    after = slice(round(1.36 * RATE), round(1.42 * RATE))
    rest = both[:, after] - second[:, after.start - RATE : after.stop - RATE]
    before = level(both[:, round(1.24 * RATE) : round(1.29 * RATE)])
    assert level(rest) < before - 30.0
    assert level(apart[:, after]) > before - 6.0  # without the choke it rings on


def test_other_pieces_do_not_choke_the_hat(strike: Strike) -> None:
    apart = strike([(1.0, 46, 110), (1.3, 38, 90)]).audio.samples
    alone = strike([(1.0, 46, 110), (6.3, 38, 90)]).audio.samples
    late = slice(round(2.2 * RATE), round(2.6 * RATE))  # the snare is over
    assert abs(level(apart[:, late]) - level(alone[:, late])) < 0.5


def test_a_choke_does_not_click(strike: Strike) -> None:
    sound = strike([(1.0, 46, 127), (1.3, 44, 1)]).audio.mono()
    for at_s in (1.3, 1.34):
        assert click_db(sound, RATE, at_s) < 12.0


# Level and colour


def level(sound: npt.NDArray[np.float32]) -> float:
    """Return the RMS level in dB of full scale."""
    return float(10.0 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-16))


@pytest.mark.parametrize("name", ALL)
def test_ten_velocities_are_ten_levels_and_the_hardest_is_brighter(strike: Strike, name: str) -> None:
    velocities = np.linspace(13, 127, 10).round().astype(int).tolist()
    strokes = each_alone(strike, name, velocities)
    levels = [level_db(stroke, RATE) for stroke in strokes]
    assert (np.diff(levels) > 0.0).all(), np.round(levels, 1)
    assert 20.0 < levels[-1] - levels[0] < 45.0
    soft, loud = (centroid_hz(strokes[number][: RATE // 2], RATE, high_hz=16000.0) for number in (1, 9))
    assert loud > 1.05 * soft, f"{soft:.0f} Hz, {loud:.0f} Hz"


@pytest.mark.parametrize("name", ALL)
def test_repeated_strokes_are_no_clones(strike: Strike, name: str) -> None:
    takes = [stroke.astype(np.float64) for stroke in each_alone(strike, name, [90] * 4)]
    for one, other in zip(takes, takes[1:], strict=False):
        rest_db = 10.0 * np.log10(np.sum((one - other) ** 2) / np.sum(one**2))
        assert rest_db > -30.0, f"the strokes cancel to {rest_db:.0f} dB"
    levels = [level_db(one, RATE) for one in takes]
    assert max(levels) - min(levels) < 3.0  # alike all the same


def test_hands_take_turns(strike: Strike) -> None:
    """In a roll every second stroke is of the left hand; slow strokes of the same seeds are of the right."""
    peaks_db = {}
    for every_s in (0.15, 0.5):
        sound = strike([(0.5 + every_s * number, 42, 90) for number in range(24)]).audio.mono()
        starts = [round((0.5 + every_s * number) * RATE) for number in range(24)]
        peaks_db[every_s] = [20.0 * np.log10(np.abs(sound[at : at + RATE // 50]).max()) for at in starts]
    softer = np.subtract(peaks_db[0.5], peaks_db[0.15])
    assert np.abs(softer[::2]).max() < 0.3
    assert softer[1::2].min() > 0.3


# Clean, in time, in place


def test_every_key_of_general_midi_sounds_in_time_and_clean(strike: Strike) -> None:
    every_s = 5.0
    take = strike([(0.1 + every_s * n, key, 127) for n, key in enumerate(GM_KEYS)])
    samples = take.audio.samples
    assert np.isfinite(samples).all() and take.gain_db == 0.0
    assert np.abs(samples.mean(axis=1)).max() < 1e-4
    for number, key in enumerate(GM_KEYS):
        stroke = cut(take, every_s * number + 0.05, every_s - 0.05)
        assert 0.02 < np.abs(stroke).max() < 0.9, key
        assert level_db(stroke, RATE) > -45.0, key
        assert abs(onset_s(stroke, RATE) - 0.05) < 0.012, key
        assert level(stroke[-RATE // 4 :]) < -100.0, key


@pytest.mark.parametrize("name", [name for name in ALL if name != "snare=flam"])
def test_strokes_speak_when_they_are_written(strike: Strike, name: str) -> None:
    late = [onset_s(stroke, RATE) - 0.05 for stroke in each_alone(strike, name, [40, 80, 120])]
    assert np.abs(late).max() < 0.012, late


def test_the_grace_note_of_a_flam_comes_before_the_beat(strike: Strike) -> None:
    for stroke in each_alone(strike, "snare=flam", [100] * 6):
        early_s = 0.05 - onset_s(stroke, RATE)
        assert 0.020 < early_s < 0.040
        attack = np.abs(stroke[round(0.045 * RATE) : round(0.060 * RATE)]).max()
        grace = np.abs(stroke[round((0.05 - early_s) * RATE) : round(0.043 * RATE)]).max()
        assert 4.0 < 20.0 * np.log10(attack / grace) < 16.0


def test_a_full_bar_at_full_force_does_not_clip(strike: Strike) -> None:
    hits = [
        (0.5 * beat, key, 120)
        for beat in range(8)
        for key in ((36, 42), (38, 46), (36, 49), (38, 41))[beat % 4]
    ]
    take = strike(sorted(hits))
    assert take.gain_db == 0.0 and np.abs(take.audio.samples).max() < 0.97


def test_the_kit_stands_as_the_audience_sees_it(strike: Strike) -> None:
    """Left to right: floor tom, ride, kick and snare in the middle, small toms, hi-hat."""

    def leans_db(key: int) -> float:
        samples = strike([(0.1, key, 100)]).audio.samples
        return level(samples[1]) - level(samples[0])

    floor, ride, kick, snare, high, hat = (leans_db(key) for key in (41, 51, 36, 38, 50, 42))
    assert floor < -2.0 < 2.0 < high < 6.0
    assert ride < -1.5 and hat > 1.5
    assert abs(kick) < 0.3 and abs(snare) < 1.5


# What is known of real drums


def strongest_hz(
    sound: Mono, low_hz: float, high_hz: float, start_s: float = 0.06, end_s: float = 0.4
) -> float:
    """Return the frequency of the strongest partial of a stroke (written at 50 ms) between two limits."""
    part = sound[round((0.05 + start_s) * RATE) : round((0.05 + end_s) * RATE)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 18))
    hertz = np.fft.rfftfreq(1 << 18, 1 / RATE)
    inside = (hertz >= low_hz) & (hertz <= high_hz)
    return float(hertz[inside][np.argmax(spectrum[inside])])


def single(strike: Strike, name: str, velocity: int = 100) -> Mono:
    return each_alone(strike, name, [velocity])[0]


def share(sound: Mono, low_hz: float, high_hz: float, start_s: float = 0.0, end_s: float = 0.3) -> float:
    """Return the share of the energy that lies between two frequencies."""
    part = sound[round((0.05 + start_s) * RATE) : round((0.05 + end_s) * RATE)]
    energy = np.abs(np.fft.rfft(part)) ** 2
    hertz = np.fft.rfftfreq(len(part), 1 / RATE)
    return float(energy[(hertz >= low_hz) & (hertz < high_hz)].sum() / energy.sum())


def test_drums_lie_where_real_drums_lie(strike: Strike) -> None:
    assert 50.0 < strongest_hz(single(strike, "kick"), 30.0, 400.0) < 65.0
    assert 180.0 < strongest_hz(single(strike, "snare=hit"), 100.0, 800.0) < 220.0
    toms = [strongest_hz(single(strike, name), 40.0, 400.0) for name in STROKES if name.startswith("tom")]
    assert 60.0 < toms[0] < 80.0 and 140.0 < toms[-1] < 180.0
    steps = np.array(toms[1:]) / np.array(toms[:-1])
    assert steps.min() > 1.1 and steps.max() < 1.3
    wires = single(strike, "snare=hit")
    assert share(wires, 1000.0, 10000.0) > 0.1
    assert share(wires, 1000.0, 10000.0, 0.15, 0.35) > share(
        wires, 1000.0, 10000.0, 0.0, 0.05
    )  # they ring on
    for name in ("hi_hat=closed", "hi_hat=open"):
        assert share(single(strike, name), 6000.0, 22050.0) > 0.5
    assert share(single(strike, "snare=side_stick"), 700.0, 6000.0) > 0.8


def test_a_hard_tom_begins_sharp_and_falls(strike: Strike) -> None:
    soft, hard = (single(strike, "tom_floor_high", velocity) for velocity in (40, 127))
    fall = [
        strongest_hz(tom, 60.0, 120.0, 0.02, 0.14) / strongest_hz(tom, 60.0, 120.0, 0.5, 0.9)
        for tom in (soft, hard)
    ]
    assert fall[1] > 1.02 and fall[0] < 1.0 + 0.5 * (fall[1] - 1.0)


def test_the_highs_of_a_crash_build_up_with_force(strike: Strike) -> None:
    soft, hard = (single(strike, "crash", velocity) for velocity in (45, 120))
    height_s = {}
    for name, low_hz, high_hz in (("low", 300.0, 1200.0), ("high", 5000.0, 12000.0)):
        sos = butter(4, (low_hz, high_hz), "bandpass", fs=RATE, output="sos")
        envelope = rms_envelope(sosfilt(sos, hard), RATE, window_ms=20.0)
        height_s[name] = float(envelope.times_s[np.argmax(envelope.values)]) - 0.05
    assert height_s["high"] > height_s["low"] + 0.010
    assert share(hard, 6000.0, 20000.0) > 1.5 * share(soft, 6000.0, 20000.0)


def test_wires_answer_the_stroke_they_belong_to(strike: Strike) -> None:
    """A ghost note rattles shortly, a side stick hardly: the stick lies on the head."""
    fall = {
        name: level_at(single(strike, name), 2000.0, 8000.0)
        for name in ("snare=hit", "snare=ghost", "snare=side_stick")
    }
    assert fall["snare=ghost"] < fall["snare=hit"] - 6.0
    assert fall["snare=side_stick"] < fall["snare=hit"] - 6.0


def level_at(sound: Mono, low_hz: float, high_hz: float, late_s: float = 0.15) -> float:
    """Return the level of a band some time after the stroke against that of its first 30 ms."""
    sos = butter(4, (low_hz, high_hz), "bandpass", fs=RATE, output="sos")
    band = sosfilt(sos, sound)
    at = [round((0.05 + t) * RATE) for t in (0.0, 0.03, late_s, late_s + 0.03)]
    return level(band[at[2] : at[3]]) - level(band[at[0] : at[1]])
