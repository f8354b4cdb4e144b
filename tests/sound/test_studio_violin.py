"""What the studio violin sounds like, heard in the WAV files that it renders."""

from __future__ import annotations

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
from tests.sound.conftest import TECHNIQUES, Note, Play, hertz, one_by_one

PITCHES = (55, 62, 69, 76, 83, 90, 97, 104)
WHOLE_RANGE = tuple(range(55, 106))
MELODY = (67, 69, 71, 72, 74, 76, 74, 71)


def melody(length: float) -> list[Note]:
    """Return eight notes, 0.4 s apart, each held for a share of that."""
    return [(0.4 * number, 0.4 * length, pitch, 84) for number, pitch in enumerate(MELODY)]


@pytest.mark.parametrize("written_s", [0.25, 0.5, 1.0])
def test_staccato_sounds_about_half_of_what_is_written(play: Play, written_s: float) -> None:
    heard = play("staccato", [(0.5 + 2.0 * n, written_s, pitch, 84) for n, pitch in enumerate(PITCHES)])
    for number, pitch in enumerate(PITCHES):
        alone = heard.between(2.0 * number + 0.3, 2.0 * number + 2.0)
        share = sounding_duration_s(alone, heard.rate) / written_s
        assert 0.35 <= share <= 0.65, f"{pitch}: {share:.2f} of {written_s} s"


@pytest.mark.parametrize("technique", ["spiccato", "pizzicato", "col_legno"])
def test_short_techniques_decay_on_a_held_key(play: Play, technique: str) -> None:
    heard = play(technique, one_by_one(PITCHES, 2.0, 3.0))
    for number, pitch in enumerate(PITCHES):
        held = heard.between(3.0 * number, 3.0 * number + 2.0)
        late = level_db(held[-heard.rate // 4 :], heard.rate)
        assert late < level_db(held, heard.rate) - 30.0, f"{pitch}: {late:.1f} dB before the key is let go"


def test_a_held_bow_does_not_decay(play: Play) -> None:
    heard = play("sustain", one_by_one(PITCHES, 2.0, 3.0))
    for number, pitch in enumerate(PITCHES):
        held = heard.between(3.0 * number, 3.0 * number + 2.0)
        late = level_db(held[-heard.rate // 4 :], heard.rate)
        assert late > level_db(held, heard.rate) - 6.0, f"{pitch}: {late:.1f} dB before the key is let go"


def test_legato_leaves_no_gap(play: Play) -> None:
    heard = play("legato", melody(1.0))
    for number in range(1, len(MELODY)):
        start_s = 0.4 * number
        gap_s = longest_gap_s(heard.mono, heard.rate, start_s - 0.1, start_s + 0.1)
        assert gap_s <= 0.020, f"note {number}: {1000 * gap_s:.0f} ms"


def test_detached_notes_do_leave_gaps(play: Play) -> None:
    """The measure of the test above can fail: staccato notes are apart."""
    heard = play("staccato", melody(1.0))
    gaps = [longest_gap_s(heard.mono, heard.rate, 0.4 * n - 0.1, 0.4 * n + 0.1) for n in range(1, 8)]
    assert min(gaps) > 0.050


def test_legato_attacks_have_far_less_flux_than_separate_bows(play: Play) -> None:
    slurred, separate = play("legato", melody(1.0)), play("sustain", melody(0.9))
    softer = [
        flux_db(separate.mono, separate.rate, 0.4 * number)
        - flux_db(slurred.mono, slurred.rate, 0.4 * number)
        for number in range(1, len(MELODY))
    ]
    assert np.mean(softer) >= 6.0, softer


def test_tremolo_trembles_at_8_to_16_hz_and_a_plain_bow_does_not(play: Play) -> None:
    notes = one_by_one(PITCHES, 2.0, 3.0)
    for number, pitch in enumerate(PITCHES):
        span = (3.0 * number + 0.3, 3.0 * number + 1.9)
        trembling, plain = play("tremolo", notes), play("sustain", notes)
        found = amplitude_modulation(trembling.between(*span), trembling.rate)
        assert 8.0 <= found.rate_hz <= 16.0, f"{pitch}: {found.rate_hz:.1f} Hz"
        assert found.depth >= 1.5, f"{pitch}: {found.depth:.1f} dB"
        assert amplitude_modulation(plain.between(*span), plain.rate).depth < found.depth / 2


def test_harmonics_have_fewer_upper_partials(play: Play) -> None:
    notes = one_by_one(PITCHES, 1.0, 2.2)
    for number, pitch in enumerate(PITCHES):
        span = (2.2 * number, 2.2 * number + 2.0)
        share = {
            name: measure_note(play(name, notes).between(*span), play(name, notes).rate, hertz(pitch), 1.0)
            for name in ("harmonics", "sustain")
        }
        assert share["harmonics"].upper_share < share["sustain"].upper_share, pitch


@pytest.mark.parametrize(
    ("brighter", "duller", "highest"),
    [
        ("sul_ponticello", "sul_tasto", 105),
        ("sustain", "con_sordino", 105),
        ("sustain", "sul_tasto", 105),
        (
            "sul_ponticello",
            "sustain",
            100,
        ),  # higher up, the bow's noise lies below the tone and counts as dark
    ],
)
def test_brightness_follows_the_bow_and_the_mute(
    play: Play, brighter: str, duller: str, highest: int
) -> None:
    notes = one_by_one(PITCHES, 1.0, 2.2)
    for number, pitch in enumerate(pitch for pitch in PITCHES if pitch <= highest):
        span = (2.2 * number + 0.1, 2.2 * number + 1.0)
        bright, dull = (
            centroid_hz(play(name, notes).between(*span), play(name, notes).rate)
            for name in (brighter, duller)
        )
        assert bright > dull, f"{pitch}: {bright:.0f} Hz, {dull:.0f} Hz"


@pytest.mark.parametrize(
    "technique", ["sustain", "legato", "harmonics", "sul_ponticello", "sul_tasto", "con_sordino"]
)
def test_every_note_of_the_range_is_in_tune(play: Play, technique: str) -> None:
    heard = play(technique, one_by_one(WHOLE_RANGE, 0.9, 1.4))
    for number, pitch in enumerate(WHOLE_RANGE):
        cents = cents_from(heard.between(1.4 * number, 1.4 * number + 0.9), heard.rate, hertz(pitch))
        assert abs(cents) <= 5.0, f"{pitch}: {cents:+.1f} cents"


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_sound_is_clean(play: Play, technique: str) -> None:
    """No NaN, no clipping, no offset, no click where a note starts or ends."""
    notes = [(3.0 * number, 1.0, pitch, 127) for number, pitch in enumerate(PITCHES)]
    heard = play(technique, notes)
    assert np.isfinite(heard.stereo).all()
    assert heard.gain_db == 0.0
    assert np.abs(heard.stereo).max() < 0.97
    assert abs(heard.mono.mean()) < 1e-4
    plucked = technique in ("pizzicato", "col_legno")
    for number, pitch in enumerate(PITCHES):
        for at_s in [3.0 * number + 1.0] + [3.0 * number] * (not plucked):
            assert click_db(heard.mono, heard.rate, at_s) < 12.0, f"{pitch} at {at_s} s"
    end = rms_envelope(heard.mono[-heard.rate // 20 :], heard.rate).values
    assert end[-1] < 10 ** (-60 / 20)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_louder_with_velocity_in_ten_strict_steps(play: Play, technique: str) -> None:
    velocities = np.linspace(13, 127, 10).round().astype(int)
    for pitch in (57, 74, 93):
        notes = [(2.0 * number, 0.8, pitch, int(velocity)) for number, velocity in enumerate(velocities)]
        heard = play(technique, notes)
        levels = [level_db(heard.between(2.0 * n, 2.0 * n + 1.9), heard.rate) for n in range(10)]
        assert (np.diff(levels) > 0.0).all(), f"{pitch}: {np.round(levels, 1)}"


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_brighter_with_velocity(play: Play, technique: str) -> None:
    velocities = np.linspace(13, 127, 10).round().astype(int)
    for pitch in (57, 74):
        notes = [(2.0 * number, 0.8, pitch, int(velocity)) for number, velocity in enumerate(velocities)]
        heard = play(technique, notes)
        soft, loud = (centroid_hz(heard.between(2.0 * n, 2.0 * n + 0.7), heard.rate) for n in (1, 9))
        assert loud > 1.05 * soft, f"{pitch}: {soft:.0f} Hz, {loud:.0f} Hz"


@pytest.mark.parametrize("technique", ["sustain", "pizzicato", "spiccato"])
def test_repeated_notes_are_no_clones(play: Play, technique: str) -> None:
    heard = play(technique, [(2.0 * number, 0.5, 69, 84) for number in range(4)])
    takes = [heard.between(2.0 * number, 2.0 * number + 0.45).astype(np.float64) for number in range(4)]
    for one, other in zip(takes, takes[1:], strict=False):
        rest_db = 10 * np.log10(np.sum((one - other) ** 2) / np.sum(one**2))
        assert rest_db > -40.0, f"the takes cancel to {rest_db:.0f} dB"


def test_vibrato_comes_late_and_on_long_notes_only(play: Play) -> None:
    heard = play("sustain", [(0.0, 2.5, 69, 84), (4.0, 0.3, 69, 84)])
    long = measure_note(heard.between(0.0, 3.5), heard.rate, 440.0, 2.5)
    assert 5.0 <= long.vibrato_hz <= 7.0
    assert 4.0 <= long.vibrato_cents <= 25.0
    short = measure_note(heard.between(4.0, 5.0), heard.rate, 440.0, 0.3)
    assert short.vibrato_cents < 3.0


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_notes_speak_when_their_labels_say(play: Play, technique: str) -> None:
    """The map's latencies bring every technique to the written time, at any velocity."""
    for velocity in (50, 84, 118):
        heard = play(technique, [(0.5 + 2.0 * n, 0.8, p, velocity) for n, p in enumerate(PITCHES[:-1])])
        late = [
            onset_s(heard.between(2.0 * n + 0.3, 2.0 * n + 2.0), heard.rate) - 0.2
            for n in range(len(PITCHES) - 1)
        ]
        assert np.abs(late).max() < 0.012, f"{velocity}: {np.round(1000 * np.array(late))} ms"
        assert abs(np.median(late)) < 0.006
