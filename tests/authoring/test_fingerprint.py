"""The fingerprint: what it keeps of a sound, and how far two of them are apart. No plugin is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_instruments import DRUMS, read_map

from composer_daw.audio import Audio
from composer_daw.authoring.fingerprint import (
    HOP_S,
    SAME_SOUND_DB,
    SPREADS,
    THIRDS_HZ,
    Fingerprint,
    SoundPrint,
    by_name,
    difference,
    load_fingerprint,
    phrase_for,
    play_phrase,
    print_of,
    values_of,
)
from composer_daw.errors import InputError
from composer_daw.hosts.base import Parameter
from composer_daw.rendering import load_instrument, open_host

RATE = 44_100
NOTES = ((0.0, 0.5, 60, 90), (0.6, 0.5, 72, 90))


def tone(frequency_hz: float, amplitude: float = 0.5, seconds: float = 1.2, channels: int = 2) -> Audio:
    wave = amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * RATE)) / RATE)
    return Audio(np.tile(wave, (channels, 1)).astype(np.float32), RATE)


def printed(audio: Audio) -> SoundPrint:
    return print_of(audio, NOTES)


def test_a_sine_stands_in_its_band_at_its_level() -> None:
    sound = printed(tone(1000.0))
    assert len(sound.bands_db) == 2 * len(NOTES)
    for row in sound.bands_db:
        assert THIRDS_HZ[int(np.argmax(row))] == pytest.approx(1000.0)
        assert max(row) == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.1)
    assert len(sound.envelope_db) == 2
    assert len(sound.envelope_db[0]) == round(1.2 / HOP_S)
    assert sound.envelope_db[0][5] == pytest.approx(-9.03, abs=0.05)


@pytest.mark.parametrize("frequency_hz", [THIRDS_HZ[2], 100.0, 4000.0, THIRDS_HZ[-1]])
def test_every_band_hears_its_middle(frequency_hz: float) -> None:
    row = printed(tone(frequency_hz)).bands_db[0]
    assert THIRDS_HZ[int(np.argmax(row))] == pytest.approx(frequency_hz, rel=0.13)
    assert max(row) == pytest.approx(-9.03, abs=0.6)


def test_the_same_samples_are_identical_and_nothing_else_is() -> None:
    one = tone(440.0)
    assert difference(printed(one), printed(one)).identical
    samples = one.samples.copy()
    samples[0, 100] = np.nextafter(samples[0, 100], 1.0)
    other = difference(printed(one), printed(Audio(samples, RATE)))
    assert not other.identical
    assert other.largest_db < SAME_SOUND_DB


@pytest.mark.parametrize(
    ("other", "at_least_db"),
    [(tone(440.0, 0.45), 0.8), (tone(466.0), 1.0), (tone(440.0, seconds=1.0), 50.0)],
    ids=["softer", "higher", "shorter"],
)
def test_another_sound_is_told_apart(other: Audio, at_least_db: float) -> None:
    assert difference(printed(tone(440.0)), printed(other)).largest_db > at_least_db


def test_one_channel_more_is_another_sound() -> None:
    assert difference(printed(tone(440.0)), printed(tone(440.0, channels=4))).largest_db == 60.0


def test_silence_is_like_silence() -> None:
    silent, nearly = tone(440.0, 0.0), tone(440.0, 1e-7)
    assert difference(printed(silent), printed(nearly)).largest_db == 0.0


def test_what_never_repeats_has_a_wider_limit() -> None:
    sound = printed(tone(440.0))
    assert sound.limit_db == SAME_SOUND_DB
    assert sound.model_copy(update={"spread_db": 0.5}).limit_db == SAME_SOUND_DB + SPREADS * 0.5


def test_parameters_that_share_a_name_go_by_their_index() -> None:
    parameters = [
        Parameter("Mix", 0.1, index=0),
        Parameter("Gain", 0.2, index=1),
        Parameter("Mix", 0.3, index=7),
    ]
    assert values_of(parameters) == {"#0": 0.1, "Gain": 0.2, "#7": 0.3}
    assert by_name(parameters)["#7"].value == 0.3


def test_written_and_read_back(tmp_path: Path) -> None:
    print_ = Fingerprint(parameters={'Quotes "and" ピチカート': 0.25}, sound=printed(tone(440.0)))
    path = tmp_path / "print.json"
    path.write_text(print_.to_json(), encoding="utf-8")
    assert load_fingerprint(path) == print_


@pytest.mark.parametrize("text", ["", "{}", '{"parameters": {"a": 1}}', "not JSON"])
def test_what_is_no_fingerprint(tmp_path: Path, text: str) -> None:
    path = tmp_path / "print.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"print\.json: is no fingerprint; capture the preset again"):
        load_fingerprint(path)


def test_the_phrase_keeps_within_the_range() -> None:
    low, high = read_map().range
    pitches = [pitch for _, _, pitch, _ in phrase_for(read_map())]
    assert min(pitches) == low
    assert max(pitches) == 84 <= high
    assert len(set(pitches)) >= 6
    narrow = read_map().model_copy(update={"range": (100, 103)})
    assert {pitch for _, _, pitch, _ in phrase_for(narrow)} <= set(range(100, 104))


def test_every_drum_is_struck() -> None:
    assert [pitch for _, _, pitch, _ in phrase_for(read_map(DRUMS))] == [35, 38]


def test_an_instrument_plays_it(fake_preset: Path) -> None:
    instrument = load_instrument(fake_preset)
    with open_host(instrument) as host:
        one, other = (play_phrase(host, instrument, phrase_for(instrument.technique_map)) for _ in range(2))
    assert one.rms_db > -40.0
    assert one.samples.tobytes() == other.samples.tobytes()


def test_a_map_that_has_become_narrower(fake_preset: Path) -> None:
    instrument = load_instrument(fake_preset)
    with open_host(instrument) as host, pytest.raises(InputError, match="capture the preset again"):
        play_phrase(host, instrument, ((0.0, 0.5, 20, 90),))
