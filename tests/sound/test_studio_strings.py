"""What the studio strings sound like, heard in the WAV files that they render: violin to contrabass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from composer_daw.measure import (
    amplitude_modulation,
    centroid_hz,
    cents_from,
    click_db,
    flux_db,
    level_db,
    longest_gap_s,
    measure_note,
    onset_s,
    rms_envelope,
    sounding_duration_s,
)
from composer_daw.rendering import load_instrument, open_host
from tests.sound.conftest import TECHNIQUES, Note, Play, hertz, one_by_one, player

BOWED = ("sustain", "legato", "harmonics", "sul_ponticello", "sul_tasto", "con_sordino")
PLUCKED = ("pizzicato", "col_legno")
FEW, MANY = 3, 8
MELODY = (0, 2, 4, 5, 7, 9, 7, 4)
SIZES = [FEW, pytest.param(MANY, marks=pytest.mark.long)]


@dataclass(frozen=True)
class Section:
    """One of the strings: how to play it, its range, a place in the middle of it, where it is bright."""

    play: Play
    lowest: int
    highest: int
    middle: int
    brightest: int
    """Above it the bow's noise lies below the tone and counts as dark."""
    slowest_hz: float
    """Of its vibrato: large instruments tremble more slowly."""

    def spread(self, count: int) -> list[int]:
        """Return `count` pitches from the lowest to one below the highest."""
        return [round(pitch) for pitch in np.linspace(self.lowest, self.highest - 1, count).tolist()]

    def melody(self, length: float) -> list[Note]:
        """Return eight notes, 0.4 s apart, each held for a share of that."""
        return [(0.4 * n, 0.4 * length, self.middle + step, 84) for n, step in enumerate(MELODY)]


FIGURES = {
    "violin": (67, 100, 5.0),
    "viola": (60, 86, 5.0),
    "cello": (48, 82, 5.0),
    "contrabass": (40, 67, 4.5),
}
"""Of each section: `middle`, `brightest`, `slowest_hz`."""


@pytest.fixture(scope="module", params=list(FIGURES))
def strings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Section]:
    """Each of the four, opened once."""
    instrument = load_instrument(f"studio/{request.param}")
    lowest, highest = instrument.technique_map.range
    middle, brightest, slowest_hz = FIGURES[request.param]
    with open_host(instrument) as host:
        play = player(instrument, host, tmp_path_factory.mktemp(request.param))
        yield Section(play, lowest, highest, middle, brightest, slowest_hz)


@pytest.mark.parametrize(
    "written_s", [pytest.param(0.25, marks=pytest.mark.long), 0.5, pytest.param(1.0, marks=pytest.mark.long)]
)
def test_staccato_sounds_about_half_of_what_is_written(strings: Section, written_s: float) -> None:
    pitches = strings.spread(MANY)
    heard = strings.play("staccato", [(0.5 + 2.0 * n, written_s, p, 84) for n, p in enumerate(pitches)])
    for number, pitch in enumerate(pitches):
        alone = heard.between(2.0 * number + 0.3, 2.0 * number + 2.0)
        share = sounding_duration_s(alone, heard.rate) / written_s
        assert 0.35 <= share <= 0.65, f"{pitch}: {share:.2f} of {written_s} s"


@pytest.mark.parametrize("technique", ["spiccato", "pizzicato", "col_legno"])
def test_short_techniques_decay_on_a_held_key(strings: Section, technique: str) -> None:
    held_s = 2.0 if strings.lowest >= 36 else 3.0  # the longest strings ring longest
    pitches = strings.spread(FEW)
    heard = strings.play(technique, one_by_one(pitches, held_s, held_s + 1.0))
    for number, pitch in enumerate(pitches):
        held = heard.between((held_s + 1.0) * number, (held_s + 1.0) * number + held_s)
        late = level_db(held[-heard.rate // 4 :], heard.rate)
        assert late < level_db(held, heard.rate) - 30.0, f"{pitch}: {late:.1f} dB before the key is let go"


def test_a_held_bow_does_not_decay(strings: Section) -> None:
    pitches = strings.spread(FEW)
    heard = strings.play("sustain", one_by_one(pitches, 2.0, 3.0))
    for number, pitch in enumerate(pitches):
        held = heard.between(3.0 * number, 3.0 * number + 2.0)
        late = level_db(held[-heard.rate // 4 :], heard.rate)
        assert late > level_db(held, heard.rate) - 6.0, f"{pitch}: {late:.1f} dB before the key is let go"


def test_legato_leaves_no_gap(strings: Section) -> None:
    heard = strings.play("legato", strings.melody(1.0))
    for number in range(1, len(MELODY)):
        start_s = 0.4 * number
        gap_s = longest_gap_s(heard.mono, heard.rate, start_s - 0.1, start_s + 0.1)
        assert gap_s <= 0.020, f"note {number}: {1000 * gap_s:.0f} ms"


def test_detached_notes_do_leave_gaps(strings: Section) -> None:
    """The measure of the test above can fail: staccato notes are apart."""
    heard = strings.play("staccato", strings.melody(1.0))
    gaps = [longest_gap_s(heard.mono, heard.rate, 0.4 * n - 0.1, 0.4 * n + 0.1) for n in range(1, 8)]
    assert min(gaps) > 0.050


def test_legato_attacks_have_far_less_flux_than_separate_bows(strings: Section) -> None:
    slurred = strings.play("legato", strings.melody(1.0))
    separate = strings.play("sustain", strings.melody(0.9))
    softer = [
        flux_db(separate.mono, separate.rate, 0.4 * number)
        - flux_db(slurred.mono, slurred.rate, 0.4 * number)
        for number in range(1, len(MELODY))
    ]
    assert np.mean(softer) >= 6.0, softer


def test_tremolo_trembles_at_8_to_16_hz_and_a_plain_bow_does_not(strings: Section) -> None:
    pitches = strings.spread(FEW)
    notes = one_by_one(pitches, 2.0, 3.0)
    for number, pitch in enumerate(pitches):
        span = (3.0 * number + 0.3, 3.0 * number + 1.9)
        trembling, plain = strings.play("tremolo", notes), strings.play("sustain", notes)
        found = amplitude_modulation(trembling.between(*span), trembling.rate)
        assert 8.0 <= found.rate_hz <= 16.0, f"{pitch}: {found.rate_hz:.1f} Hz"
        assert found.depth >= 1.5, f"{pitch}: {found.depth:.1f} dB"
        assert amplitude_modulation(plain.between(*span), plain.rate).depth < found.depth / 2


def test_harmonics_have_fewer_upper_partials(strings: Section) -> None:
    pitches = strings.spread(FEW)
    notes = one_by_one(pitches, 1.0, 2.2)
    for number, pitch in enumerate(pitches):
        span = (2.2 * number, 2.2 * number + 2.0)
        share = {
            name: measure_note(
                strings.play(name, notes).between(*span), strings.play(name, notes).rate, hertz(pitch), 1.0
            ).upper_share
            for name in ("harmonics", "sustain")
        }
        assert share["harmonics"] < share["sustain"], pitch


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize(
    ("brighter", "duller"),
    [
        ("sul_ponticello", "sul_tasto"),
        ("sustain", "con_sordino"),
        ("sustain", "sul_tasto"),
        ("sul_ponticello", "sustain"),
    ],
)
def test_brightness_follows_the_bow_and_the_mute(
    strings: Section, brighter: str, duller: str, count: int
) -> None:
    pitches = strings.spread(count)
    notes = one_by_one(pitches, 1.0, 2.2)
    for number, pitch in enumerate(pitches):
        if (brighter, duller) == ("sul_ponticello", "sustain") and pitch > strings.brightest:
            continue
        span = (2.2 * number + 0.1, 2.2 * number + 1.0)
        bright, dull = (
            centroid_hz(strings.play(name, notes).between(*span), strings.play(name, notes).rate)
            for name in (brighter, duller)
        )
        assert bright > dull, f"{pitch}: {bright:.0f} Hz, {dull:.0f} Hz"


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("technique", BOWED)
def test_every_note_of_the_range_is_in_tune(strings: Section, technique: str, every: int) -> None:
    pitches = range(strings.lowest, strings.highest + 1)[::every]
    heard = strings.play(technique, one_by_one(pitches, 0.9, 1.4))
    for number, pitch in enumerate(pitches):
        cents = cents_from(heard.between(1.4 * number, 1.4 * number + 0.9), heard.rate, hertz(pitch))
        assert abs(cents) <= 5.0, f"{pitch}: {cents:+.1f} cents"


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_sound_is_clean(strings: Section, technique: str, count: int) -> None:
    """No NaN, no clipping, no offset, no click where a note starts or ends."""
    pitches = strings.spread(count)
    notes = [(3.0 * number, 1.0, pitch, 127) for number, pitch in enumerate(pitches)]
    heard = strings.play(technique, [*notes, (3.0 * count, 0.5, strings.middle, 1)])  # no file ends in a note
    assert np.isfinite(heard.stereo).all()
    assert heard.gain_db == 0.0
    assert np.abs(heard.stereo).max() < 0.97
    assert abs(heard.mono.mean()) < 1e-4
    for number, pitch in enumerate(pitches):
        for at_s in [3.0 * number + 1.0] + [3.0 * number] * (technique not in PLUCKED):
            assert click_db(heard.mono, heard.rate, at_s) < 12.0, f"{pitch} at {at_s} s"
    end = rms_envelope(heard.mono[-heard.rate // 20 :], heard.rate).values
    assert end[-1] < 10 ** (-60 / 20)


@pytest.mark.parametrize("count", [1, pytest.param(4, marks=pytest.mark.long)])
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_louder_and_brighter_with_velocity_in_ten_strict_steps(
    strings: Section, technique: str, count: int
) -> None:
    velocities = np.linspace(13, 127, 10).round().astype(int)
    for pitch in [strings.middle, *strings.spread(5)][:count]:
        notes = [(2.0 * number, 0.8, pitch, int(velocity)) for number, velocity in enumerate(velocities)]
        heard = strings.play(technique, notes)
        levels = [level_db(heard.between(2.0 * n, 2.0 * n + 1.9), heard.rate) for n in range(10)]
        assert (np.diff(levels) > 0.0).all(), f"{pitch}: {np.round(levels, 1)}"
        soft, loud = (centroid_hz(heard.between(2.0 * n, 2.0 * n + 0.7), heard.rate) for n in (1, 9))
        if pitch < strings.brightest - 12:
            assert loud > 1.05 * soft, f"{pitch}: {soft:.0f} Hz, {loud:.0f} Hz"


@pytest.mark.parametrize("technique", ["sustain", "pizzicato", "spiccato"])
def test_repeated_notes_are_no_clones(strings: Section, technique: str) -> None:
    heard = strings.play(technique, [(2.0 * number, 0.5, strings.middle + 2, 84) for number in range(4)])
    takes = [heard.between(2.0 * number, 2.0 * number + 0.45).astype(np.float64) for number in range(4)]
    for one, other in zip(takes, takes[1:], strict=False):
        rest_db = 10 * np.log10(np.sum((one - other) ** 2) / np.sum(one**2))
        assert rest_db > -40.0, f"the takes cancel to {rest_db:.0f} dB"


def test_vibrato_comes_late_and_on_long_notes_only(strings: Section) -> None:
    pitch = strings.middle + 2
    heard = strings.play("sustain", [(0.0, 2.5, pitch, 84), (4.0, 0.3, pitch, 84)])
    long = measure_note(heard.between(0.0, 3.5), heard.rate, hertz(pitch), 2.5)
    assert strings.slowest_hz <= long.vibrato_hz <= 7.0
    assert 4.0 <= long.vibrato_cents <= 25.0
    short = measure_note(heard.between(4.0, 5.0), heard.rate, hertz(pitch), 0.3)
    assert short.vibrato_cents < 3.0


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_notes_speak_when_their_labels_say(strings: Section, technique: str, count: int) -> None:
    """The map's latencies bring every technique to the written time, at any velocity."""
    pitches, velocities = strings.spread(count), (50, 84, 118)
    turns = [[velocities[n % 3] for n in range(count)]] if count == FEW else [[v] * count for v in velocities]
    for turn in turns:  # in the quick run each pitch has another velocity, in the long one all have each
        places = list(zip(pitches, turn, strict=True))
        heard = strings.play(technique, [(0.5 + 2.0 * n, 0.8, p, v) for n, (p, v) in enumerate(places)])
        late = [
            onset_s(heard.between(2.0 * n + 0.3, 2.0 * n + 2.0), heard.rate) - 0.2
            for n in range(len(pitches))
        ]
        assert np.abs(late).max() < 0.012, f"{turn}: {np.round(1000 * np.array(late))} ms"
        assert abs(np.median(late)) < 0.006
