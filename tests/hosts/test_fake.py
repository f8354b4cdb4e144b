"""The host without an engine: what it plays can be told apart, and is the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from composer_daw.errors import HostError
from composer_daw.events import EVENT, Events, Kind, sorted_stream
from composer_daw.hosts.base import Host
from composer_daw.hosts.fake import RELEASE_S, FakeHost


def events(*rows: tuple[float, Kind, int, float], pre_roll_s: float = 0.0) -> Events:
    stream = np.array([(time_s, kind, 0, number, value, -1) for time_s, kind, number, value in rows], EVENT)
    return Events(sorted_stream(stream), 1.0, pre_roll_s)


A4 = ((0.25, Kind.NOTE_ON, 69, 127.0), (0.75, Kind.NOTE_OFF, 69, 0.0))


def strength(samples: np.ndarray, hertz: float) -> float:
    return float(np.abs(np.fft.rfft(samples))[round(hertz * len(samples) / 44_100)])


def test_it_is_a_host() -> None:
    with FakeHost() as host:
        assert isinstance(host, Host)
        assert (host.latency_samples, host.parameters(), host.state) == (0, (), b"sine")
        assert host.deterministic


def test_a_note_sounds_from_its_onset_to_the_end_of_its_release() -> None:
    audio = FakeHost().render(events(*A4, pre_roll_s=0.5), 1.0)
    assert audio.samples.shape == (1, round(1.5 * 44_100))
    heard = np.flatnonzero(audio.samples[0]) / 44_100
    assert heard[0] == pytest.approx(0.75, abs=0.001)
    assert heard[-1] == pytest.approx(1.25 + RELEASE_S, abs=0.001)


def test_pitch_velocity_keyswitch_and_seed_can_be_heard() -> None:
    plain = FakeHost().render(events(*A4), 1.0).samples[0]
    assert int(np.abs(np.fft.rfft(plain)).argmax()) == 440
    softer = FakeHost().render(events((0.25, Kind.NOTE_ON, 69, 63.5), A4[1]), 1.0).samples[0]
    np.testing.assert_allclose(softer, plain / 2, atol=1e-7)
    switched = FakeHost().render(events((0.0, Kind.SWITCH_ON, 64, 1.0), *A4), 1.0).samples[0]
    assert strength(switched, 880) > 100 * strength(plain, 880)
    assert not np.array_equal(FakeHost().render(events(*A4), 1.0, seed=1).samples[0], plain)


def test_each_render_starts_afresh() -> None:
    host = FakeHost()
    before = host.render(events(*A4), 1.0)
    host.render(events((0.0, Kind.SWITCH_ON, 64, 1.0), *A4), 1.0)
    np.testing.assert_array_equal(host.render(events(*A4), 1.0).samples, before.samples)


def test_a_broken_engine_is_a_host_error() -> None:
    with pytest.raises(HostError, match="fake: broken on purpose"):
        FakeHost("broken").render(events(*A4), 1.0)
