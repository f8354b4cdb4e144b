"""Effects change the sound, the same way every time, and are checked like everything in YAML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from composer_daw.audio import Audio
from composer_daw.errors import InputError
from composer_daw.rendering.effects import (
    EFFECTS,
    AnyEffect,
    BuiltIn,
    Compressor,
    Effect,
    Filter,
    Plugin,
    Reverb,
    apply_effects,
    in_stereo,
    open_chain,
)

READER: TypeAdapter[Effect] = TypeAdapter(AnyEffect)
RATE = 44_100
HALL = Plugin(source="hall", set={"Size": 0.5, "Mode": "big"})


def tone(hertz: float, level: float = 0.5, seconds: float = 1.0) -> Audio:
    return Audio(level * np.sin(2 * np.pi * hertz * np.arange(round(RATE * seconds)) / RATE), RATE)


def steady(audio: Audio) -> float:
    """Return the level of the second half, where nothing swings in any more."""
    return Audio(audio.samples[:, audio.samples.shape[1] // 2 :], RATE).rms_db


def test_no_effects_is_the_same_audio() -> None:
    audio = tone(440)
    assert apply_effects(audio, ()) is audio


@pytest.mark.parametrize("effect", [Reverb(), Filter(mode="low", frequency=500), Compressor()])
@pytest.mark.parametrize("samples", [1, 511, 12_345, RATE])
def test_the_result_is_stereo_as_long_as_the_input_and_repeats(effect: Effect, samples: int) -> None:
    audio = Audio(tone(440).samples[:, :samples], RATE)
    once, again = (apply_effects(audio, (effect,)) for _ in range(2))
    assert once.samples.shape == (2, samples)
    np.testing.assert_array_equal(once.samples, again.samples)
    assert samples == 1 or not np.array_equal(once.samples[0], audio.samples[0])


@pytest.mark.parametrize("effect", [Reverb(), Filter(mode="high", frequency=1000), Compressor()])
def test_stereo_stays_stereo_and_the_input_as_it_was(effect: Effect) -> None:
    audio = Audio(np.concatenate([tone(100).samples, tone(10_000).samples]), RATE)
    before = audio.samples.copy()
    heard = apply_effects(audio, (effect,))
    assert heard.samples.shape == (2, RATE)
    np.testing.assert_array_equal(audio.samples, before)
    assert not np.allclose(heard.samples[0], heard.samples[1], atol=1e-2)


def test_each_channel_is_filtered_as_it_is_alone() -> None:
    low, high, effect = tone(100), tone(10_000), (Filter(mode="high", frequency=1000),)
    both = apply_effects(Audio(np.concatenate([low.samples, high.samples]), RATE), effect)
    alone = [apply_effects(audio, effect).samples[0] for audio in (low, high)]
    np.testing.assert_allclose(both.samples, alone, atol=1e-6)


def test_a_high_pass_takes_the_low_and_leaves_the_high() -> None:
    effect = (Filter(mode="high", frequency=1000),)
    assert steady(apply_effects(tone(100), effect)) == pytest.approx(
        steady(tone(100)) - 40, abs=1
    )  # 12 dB/octave
    assert steady(apply_effects(tone(10_000), effect)) == pytest.approx(steady(tone(10_000)), abs=0.2)


def test_a_compressor_turns_down_by_its_ratio() -> None:
    loud = tone(1000, 0.5)
    squeezed = apply_effects(loud, (Compressor(threshold=-26, ratio=4, attack=1, release=200),))
    assert steady(loud) - steady(squeezed) == pytest.approx((26 - 6.02) * 3 / 4, abs=2)


def test_a_reverb_rings_on_after_the_sound() -> None:
    struck = Audio(np.concatenate([tone(440, 0.5, 0.1).samples[0], np.zeros(RATE)]), RATE)
    ringing = apply_effects(struck, (Reverb(room_size=0.9, wet_level=0.5),))
    assert Audio(ringing.samples[:, RATE // 2 :], RATE).rms_db > -60


def test_a_chain_goes_in_order() -> None:
    chain = (Reverb(), Compressor(threshold=-40, ratio=8))
    there, back = apply_effects(tone(440), chain), apply_effects(tone(440), chain[::-1])
    assert not np.allclose(there.samples, back.samples, atol=1e-3)


@pytest.mark.parametrize(
    ("data", "effect"),
    [
        ({"reverb": {"room_size": 0.8}}, Reverb(room_size=0.8)),
        ({"reverb": None}, Reverb()),
        ({"filter": {"mode": "notch", "frequency": 50}}, Filter(mode="notch", frequency=50)),
        ({"compressor": {}}, Compressor()),
        ({"plugin": {"source": "hall", "set": {"Size": 0.5, "Mode": "big"}}}, HALL),
    ],
)
def test_yaml_names_the_effect(data: dict[str, object], effect: Effect) -> None:
    assert READER.validate_python(data) == effect
    assert READER.validate_python(effect) is effect


def test_the_table_lists_every_effect() -> None:
    kinds = [*BuiltIn.__subclasses__(), *(kind for kind in Effect.__subclasses__() if kind is not BuiltIn)]
    assert {effect.key: effect for effect in kinds} == EFFECTS


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            {"revreb": {}},
            r"'revreb' is no effect \(did you mean 'reverb'\?\); write one of reverb, filter, comp",
        ),
        ("reverb", "'reverb' is no effect"),
        ({}, "'' is no effect"),
        ({"reverb": {}, "filter": {}}, "'reverb' is no effect"),
        ({"reverb": {"room_size": 2}}, "less than or equal to 1"),
        ({"reverb": {"size": 1}}, "Extra inputs"),
        ({"reverb": 5}, "valid dictionary"),
        ({"filter": {"q": float("inf")}}, "finite number"),
        ({"filter": {"mode": "band"}}, "'high', 'low'"),
        ({"compressor": {"ratio": 0.5}}, "greater than or equal to 1"),
        ({"plugin": {}}, "Field required"),
        ({"plugin": {"source": "hall", "set": {"Size": [1]}}}, "valid number"),
    ],
)
def test_what_is_no_effect(data: object, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        READER.validate_python(data)


# --- plugins, and what an effect does to time ---------------------------------------------------------------


class Louder:
    """An effect that doubles, and counts how it is used."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    @contextmanager
    def open(self, effect: Plugin, sample_rate: int, beside: Path) -> Iterator[Louder]:
        self.calls.append(f"open {effect.source} at {sample_rate} beside {beside}")
        try:
            yield self
        finally:
            self.calls.append("close")

    def process(self, audio: Audio) -> Audio:
        self.calls.append(f"process {audio.channels}")
        return Audio(audio.samples * 2, audio.sample_rate)


@pytest.fixture
def louder(monkeypatch: pytest.MonkeyPatch) -> Louder:
    fake = Louder()
    monkeypatch.setattr("composer_daw.rendering.effects.open_plugin", fake.open)
    return fake


def test_a_plugin_is_loaded_once_and_let_go(louder: Louder, tmp_path: Path) -> None:
    with open_chain((Filter(), HALL, Reverb()), RATE, tmp_path) as process:
        for _ in range(2):
            process(tone(440))
    assert louder.calls == [f"open hall at {RATE} beside {tmp_path}", "process 2", "process 2", "close"]


def test_plugins_and_built_in_effects_go_in_order(louder: Louder) -> None:
    squeeze = Compressor(threshold=-20, ratio=20, attack=0, release=50)
    before = apply_effects(tone(440), (HALL, squeeze))
    after = apply_effects(tone(440), (squeeze, HALL))
    assert steady(after) - steady(before) == pytest.approx(6.0, abs=0.5)


def test_a_plugin_that_fails_is_let_go_too(louder: Louder) -> None:
    with pytest.raises(RuntimeError, match="stop"), open_chain((HALL,), RATE):
        raise RuntimeError("stop")
    assert louder.calls[-1] == "close"


@pytest.mark.parametrize("effect", [Reverb(), Filter(frequency=20), Compressor()])
def test_built_in_effects_delay_nothing(effect: Effect) -> None:
    click = np.zeros((1, RATE), np.float32)
    click[0, 12_345] = 0.5
    heard = np.abs(apply_effects(Audio(click, RATE), (effect,)).samples).max(axis=0)
    assert int(np.argmax(heard)) == 12_345
    assert heard[:12_345].max() == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [([1], [1, 1]), ([1, 2], [1, 2]), ([1, 2, 3], [4, 5]), ([1, 2, 3, 4], [4, 6])],
)
def test_any_number_of_channels_in_stereo(given: list[float], expected: list[float]) -> None:
    audio = Audio(np.repeat(np.array(given, np.float32)[:, None], 5, axis=1), RATE)
    assert in_stereo(audio).samples[:, 0].tolist() == expected


def test_a_state_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"hall.fxp: no such file; give what the plugin saved"):
        Plugin(source="hall", state="hall.fxp").state_path(tmp_path)
