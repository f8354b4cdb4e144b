"""The MIDI file that a plugin is played from: a tick is a sample, and what goes in comes out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
from host_events import Row, control, note, parameter, stream
from hypothesis import given
from hypothesis import strategies as st
from mido.midifiles.midifiles import read_variable_int

from composer_daw import smf
from composer_daw.errors import HostError
from composer_daw.events import Kind
from composer_daw.hosts.plugin_midi import (
    OFF,
    ON,
    _ticks_and_tempo,
    check_sample_rate,
    sample_times,
    save_sample_exact,
)

RATES = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)

seven_bits = st.integers(0, 127)
times = st.floats(-0.05, 3.0, allow_nan=False)
channels = st.integers(0, 15)


def row(kind: Kind, number: st.SearchStrategy, value: st.SearchStrategy) -> st.SearchStrategy[Row]:
    return st.tuples(times, st.just(kind), channels, number, value.map(float), st.just(-1))


rows = st.one_of(
    row(Kind.NOTE_ON, seven_bits, st.integers(1, 127)),
    row(Kind.NOTE_OFF, seven_bits, st.just(0)),
    row(Kind.SWITCH_ON, seven_bits, st.integers(1, 127)),
    row(Kind.SWITCH_OFF, seven_bits, st.just(0)),
    row(Kind.PROGRAM, seven_bits, st.just(0)),
    row(Kind.CONTROL, seven_bits, seven_bits),
    row(Kind.PITCH_BEND, st.just(0), st.integers(-8192, 8191)),
    row(Kind.PRESSURE, st.just(0), seven_bits),
    row(Kind.PARAMETER, st.integers(0, 3), st.integers(0, 1)),
)


def as_midi(event: Any) -> dict[str, Any]:
    kind, number, value = Kind(event["kind"]), int(event["number"]), round(float(event["value"]))
    shapes: dict[Kind, dict[str, Any]] = {
        Kind.PROGRAM: {"type": "program_change", "program": number},
        Kind.CONTROL: {"type": "control_change", "control": number, "value": value},
        Kind.PITCH_BEND: {"type": "pitchwheel", "pitch": value},
        Kind.PRESSURE: {"type": "aftertouch", "value": value},
    }
    key = {"type": "note_on" if kind in ON else "note_off", "note": number, "velocity": value}
    return {**shapes.get(kind, key), "channel": int(event["channel"])}


def read_back(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return tick and content of each message of the second track."""
    tick, found = 0, []
    for message in mido.MidiFile(path).tracks[1]:
        tick += message.time
        if not message.is_meta:
            found.append((tick, {name: value for name, value in message.dict().items() if name != "time"}))
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("midi") / "events.mid"


@given(st.lists(rows, max_size=40), st.sampled_from(RATES))
def test_every_event_is_read_back_at_its_sample(file: Path, given_rows: list[Row], rate: int) -> None:
    events = stream(given_rows, duration_s=3.0)
    save_sample_exact(events, file, rate)
    sent = events.stream[events.stream["kind"] != Kind.PARAMETER]
    at = sample_times(events, sent, rate)
    order = np.argsort(at, kind="stable")
    assert read_back(file) == [
        (sample, as_midi(one)) for sample, one in zip(at[order].tolist(), sent[order], strict=True)
    ]


@given(st.lists(rows, max_size=40), st.sampled_from(RATES))
def test_an_event_lies_on_its_nearest_sample_but_for_a_release_within_it(
    given_rows: list[Row], rate: int
) -> None:
    events = stream(given_rows, duration_s=3.0)
    at = sample_times(events, events.stream, rate)
    nearest = np.maximum(np.rint(events.stream["time_s"] * rate) + round(events.pre_roll_s * rate), 0)
    later = at - nearest
    assert set(later.tolist()) <= {0.0, 1.0}
    assert set(events.stream["kind"][later > 0].tolist()) <= {int(kind) for kind in OFF}


def test_a_key_that_is_pressed_and_released_within_a_sample_is_released_one_later(tmp_path: Path) -> None:
    events = stream(note(0.1, 1e-6, 60), note(0.1, 1e-6, 61), note(0.1 + 2e-6, 0.1, 60, channel=1))
    save_sample_exact(events, tmp_path / "a.mid", 44_100)
    start = round(0.15 * 44_100)
    heard = [(tick, one["type"], one["note"]) for tick, one in read_back(tmp_path / "a.mid")]
    assert heard == [
        (start, "note_on", 60),
        (start, "note_on", 61),
        (start, "note_on", 60),
        (start + 1, "note_off", 60),
        (start + 1, "note_off", 61),
        (start + 4410, "note_off", 60),
    ]


def test_a_release_comes_before_an_attack_of_the_same_key_at_the_same_sample(tmp_path: Path) -> None:
    save_sample_exact(stream(note(0.0, 0.1, 60), note(0.1, 0.1, 60)), tmp_path / "a.mid", 48_000)
    heard = [(tick, one["type"]) for tick, one in read_back(tmp_path / "a.mid")]
    assert heard == [(2400, "note_on"), (7200, "note_off"), (7200, "note_on"), (12_000, "note_off")]


def test_what_comes_before_the_pre_roll_comes_at_its_start(tmp_path: Path) -> None:
    save_sample_exact(stream(control(-9.0, 7, 100), note(0.0, 0.1, 60)), tmp_path / "a.mid", 48_000)
    assert [tick for tick, _ in read_back(tmp_path / "a.mid")] == [0, 2400, 7200]


def test_no_events_are_a_file_too(tmp_path: Path) -> None:
    save_sample_exact(stream(parameter(0.0, 0, 1.0)), tmp_path / "a.mid", 48_000)
    assert read_back(tmp_path / "a.mid") == []
    assert len(mido.MidiFile(tmp_path / "a.mid").tracks) == 2


@pytest.mark.parametrize("rate", RATES)
def test_cutting_off_the_fraction_gives_the_sample(tmp_path: Path, rate: int) -> None:
    """DawDreamer turns ticks to seconds by the tempi, multiplies by the rate, and cuts off the fraction."""
    save_sample_exact(stream(note(0.0, 1.0, 60)), tmp_path / "a.mid", rate)
    file = mido.MidiFile(tmp_path / "a.mid")
    tempi = [message for message in file.tracks[0] if message.type == "set_tempo"]
    assert [message.time for message in tempi] == [0, 1]
    first_s, tick_s = (message.tempo / 1e6 / file.ticks_per_beat for message in tempi)
    ticks = np.unique(
        np.concatenate([np.arange(1, 50_000), np.geomspace(1, 3600 * rate, 200_000).astype(int)])
    )
    samples = (first_s + (ticks - 1) * tick_s) * rate
    assert np.array_equal(np.floor(samples).astype(int), ticks)
    assert np.min(samples - ticks) > 0.24 and np.max(samples - ticks) < 0.26


@given(st.integers(1, 400_000))
def test_a_rate_can_be_counted_or_is_refused(rate: int) -> None:
    try:
        ticks, tempo = _ticks_and_tempo(rate)
    except HostError as error:
        assert str(error) == f"plugins cannot be played at {rate} Hz; take 44100, 48000 or 96000"
        assert rate > 32_767 or rate < 2_000
        return
    assert ticks * 1_000_000 == rate * tempo
    assert 2**13 <= ticks < 2**15
    assert 0 < tempo + tempo // 4 < 2**24


@pytest.mark.parametrize("rate", [44_099, 44_101, 47_999, 96_001])
def test_an_odd_rate_is_refused(rate: int) -> None:
    with pytest.raises(HostError, match=f"at {rate} Hz; take 44100, 48000 or 96000"):
        check_sample_rate(rate)


@given(st.integers(0, 2**28 - 1))
def test_a_quantity_is_read_back(value: int) -> None:
    assert read_variable_int(io.BytesIO(smf.quantity(value))) == value
