"""Effect plugins: as much comes out as went in, in time, and nothing of the call before."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import numpy as np
import pytest
from plugin_opening import PATIENT
from probe_plugin import FORMATS, Format, ProbePlugins

from composer_daw.audio import Audio
from composer_daw.errors import CrashError, HostError, LoadError
from composer_daw.hosts import plugin_wire
from composer_daw.hosts.plugin import open_effect

RATE = 44_100
both_formats = pytest.mark.parametrize("format", FORMATS)


def noise(frames: int, channels: int = 2, seed: int = 1) -> Audio:
    return Audio(np.random.default_rng(seed).uniform(-0.5, 0.5, (channels, frames)).astype(np.float32), RATE)


@both_formats
@pytest.mark.parametrize("latency", [0, 100, 4096])
def test_it_is_as_long_as_the_input_and_in_time(
    probe_plugins: ProbePlugins, format: Format, latency: int
) -> None:
    path = probe_plugins.variant(f"latency={latency}", format, "ProbeEffect")
    with open_effect(path, RATE, settings={"Gain": 0.25}, limits=PATIENT) as effect:
        assert (effect.latency_samples, effect.channels) == (latency, (2, 2))
        for frames in (1, 511, 512, 513, 20_000):
            audio = noise(frames, seed=frames)
            done = effect.process(audio)
            assert done.sample_rate == RATE
            np.testing.assert_array_equal(done.samples, audio.samples * np.float32(0.5))
        assert effect.started == 1


@both_formats
def test_nothing_of_the_last_call_rings_on(probe_plugins: ProbePlugins, format: Format) -> None:
    silent = Audio(np.zeros((2, 2000)), RATE)
    with open_effect(probe_plugins.variant("latency=1000", format, "ProbeEffect"), RATE) as effect:
        effect.process(noise(2000))
        assert not effect.process(silent).samples.any()


def test_audio_longer_than_the_shared_memory_comes_back_whole(probe_plugins: ProbePlugins) -> None:
    audio = noise(5 * plugin_wire.SHARED_BYTES // 4 // 4 + 7)
    assert audio.samples.nbytes > 2 * plugin_wire.SHARED_BYTES
    with open_effect(probe_plugins.variant("latency=64", "vst2", "ProbeEffect"), RATE) as effect:
        np.testing.assert_array_equal(effect.process(audio).samples, audio.samples)


def test_one_channel_goes_in_on_both_sides(probe_plugins: ProbePlugins) -> None:
    audio = noise(1000, channels=1)
    with open_effect(probe_plugins.variant("", "vst3", "ProbeEffect"), RATE) as effect:
        np.testing.assert_array_equal(effect.process(audio).samples, np.repeat(audio.samples, 2, axis=0))


def test_more_channels_than_it_takes_are_refused(probe_plugins: ProbePlugins) -> None:
    with (
        open_effect(probe_plugins.variant("", "vst3", "ProbeEffect"), RATE) as effect,
        pytest.raises(HostError, match="^ProbeEffect: takes 2 channels of audio, not 4; use its other"),
    ):
        effect.process(noise(1000, channels=4))


def test_no_audio_stays_none(probe_plugins: ProbePlugins) -> None:
    with open_effect(probe_plugins.variant("latency=64", "vst3", "ProbeEffect"), RATE) as effect:
        effect.process(noise(1000))
        assert effect.process(noise(0)).samples.shape == (2, 0)


@both_formats
def test_an_instrument_is_refused(probe_plugins: ProbePlugins, format: Format) -> None:
    with (
        open_effect(probe_plugins.variant("", format), RATE) as effect,
        pytest.raises(HostError, match="^Probe: takes no audio: it is an instrument, not an effect$"),
    ):
        effect.process(noise(1000))


def test_a_setting_that_does_not_exist_is_named(probe_plugins: ProbePlugins) -> None:
    path = probe_plugins.variant("", "vst3", "ProbeEffect")
    with (
        pytest.raises(LoadError, match=r"^ProbeEffect: no parameter 'Gian' \(did you mean 'Gain'\?\)"),
        open_effect(path, RATE, settings={"Gian": 0.5}),
    ):
        pytest.fail("it was opened")


def test_a_state_comes_back(probe_plugins: ProbePlugins) -> None:
    path, audio = probe_plugins.variant("", "vst3", "ProbeEffect"), noise(1000)
    with open_effect(path, RATE, settings={"Gain": 0.25}) as made:
        expected, state = made.process(audio).samples, made.state
    with open_effect(path, RATE, state=state) as given:
        np.testing.assert_array_equal(given.process(audio).samples, expected)


def test_a_process_that_was_killed_is_replaced(probe_plugins: ProbePlugins) -> None:
    audio = noise(1000)
    with open_effect(probe_plugins.variant("", "vst3", "ProbeEffect"), RATE) as effect:
        before = effect.process(audio).samples
        assert effect.process_id is not None
        os.kill(effect.process_id, signal.SIGKILL)
        try:
            effect.process(audio)
        except CrashError as error:  # where its death was noticed only in the middle
            assert str(error).startswith("ProbeEffect: crashed while ")
        np.testing.assert_array_equal(effect.process(audio).samples, before)
        assert effect.started == 2


def test_a_process_that_has_worked_often_enough_is_replaced(probe_plugins: ProbePlugins) -> None:
    path = probe_plugins.variant("", "vst3", "ProbeEffect")
    with open_effect(path, RATE, limits=replace(PATIENT, renders=2)) as effect:
        heard = [effect.process(noise(1000)).samples.tobytes() for _ in range(5)]
        assert (len(set(heard)), effect.started) == (1, 3)
