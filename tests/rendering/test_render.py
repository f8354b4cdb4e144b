"""A take: from the first note to silence, with a label for each note, at a level that never clips."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
from midi_building import save_score
from small_instruments import piece, write_instrument

from composer_daw.audio import Audio
from composer_daw.errors import HostError, InputError, TechniqueError
from composer_daw.events import Events
from composer_daw.hosts.fake import RELEASE_S, FakeHost
from composer_daw.midi import load_midi
from composer_daw.rendering import Instrument, load_instrument, render
from composer_daw.rendering.render import CEILING_DB, LONGEST_TAIL_S

FOUR = piece(*((step * 0.5, 0.5, 60 + step, 80) for step in range(4)))


@pytest.fixture
def fake(fake_preset: Path) -> Instrument:
    return load_instrument(fake_preset)


class RecordingHost(FakeHost):
    """A fake host that sounds as it is told to, and keeps what was asked of it."""

    def __init__(self, level: float = 0.1, rings_s: float = 0.0) -> None:
        super().__init__()
        self.level, self.rings_s = level, rings_s
        self.asked_s: list[float] = []
        self.closed = 0

    def render(self, events: Events, duration_s: float, seed: int = 0) -> Audio:
        self.asked_s.append(duration_s - events.duration_s)
        time = np.arange(round((events.pre_roll_s + duration_s) * self.sample_rate)) / self.sample_rate
        until = events.pre_roll_s + events.duration_s + self.rings_s
        return Audio(np.where(time < until, self.level, 0.0), self.sample_rate)

    def close(self) -> None:
        self.closed += 1


# --- the sound ------------------------------------------------------------------------------------------


def test_the_audio_begins_with_the_score_and_ends_when_it_is_silent(fake: Instrument) -> None:
    take = render(FOUR, fake)
    assert take.events.pre_roll_s > 0
    assert take.audio.duration_s == pytest.approx(2.0 + RELEASE_S, abs=0.01)
    first = np.flatnonzero(np.abs(take.audio.samples[0]) > 1e-4)[0] / take.audio.sample_rate
    assert first == pytest.approx(0.0, abs=0.002)


def test_the_same_take_twice_and_another_seed(fake: Instrument) -> None:
    once, again, other = (render(FOUR, fake, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(once.audio.samples, again.audio.samples)
    assert not np.array_equal(once.audio.samples, other.audio.samples)
    np.testing.assert_array_equal(once.labels.rows, other.labels.rows)


def test_techniques_can_be_heard_and_are_labelled(fake: Instrument) -> None:
    plain, short = render(FOUR, fake), render(FOUR, fake, "staccato")
    assert short.labels.played_names() == ["staccato"] * 4
    assert short.labels.rung_names() == ["exact"] * 4
    middle_of_a_rest = round(0.4 * 44_100)
    assert plain.audio.samples[0, middle_of_a_rest:][:200].any()
    assert not short.audio.samples[0, middle_of_a_rest:][:200].any()


def test_as_written_or_one_technique_for_all(fake: Instrument, tmp_path: Path) -> None:
    notes = [(480 * step, 480, 60 + step) for step in range(4)]
    score = load_midi(save_score(tmp_path / "a.mid", notes, (960, "pizz."), (0, "dolce")))
    assert render(score, fake).labels.played_names() == ["sustain", "sustain", "pizzicato", "pizzicato"]
    assert render(score, fake, "legato").labels.asked_names() == ["legato"] * 4
    assert render(score, fake, "default").labels.asked_names() == ["default"] * 4
    assert [text.text for text in render(score, fake).performance.texts] == ["dolce"]


def test_a_sample_rate_of_ones_own(fake: Instrument) -> None:
    take = render(FOUR, fake, sample_rate=22_050)
    assert take.audio.sample_rate == 22_050
    assert take.audio.duration_s == pytest.approx(2.0 + RELEASE_S, abs=0.01)


def test_level_db(tmp_path: Path) -> None:
    levels = [
        render(
            FOUR, load_instrument(write_instrument(tmp_path / str(db), more=f"level_db: {db}\n"))
        ).audio.peak_db
        for db in (0, -12)
    ]
    assert levels[1] - levels[0] == pytest.approx(-12, abs=0.01)


def test_effects_are_heard_and_their_tail_is_kept(tmp_path: Path) -> None:
    dry = render(FOUR, load_instrument(write_instrument(tmp_path)))
    roomy = load_instrument(write_instrument(tmp_path, more="effects: [{reverb: {room_size: 0.9}}]\n"))
    wet, again = render(FOUR, roomy), render(FOUR, roomy)
    assert (dry.audio.channels, wet.audio.channels) == (1, 2)
    assert wet.audio.duration_s > dry.audio.duration_s + 0.5
    assert Audio(wet.audio.samples[:, -2205:], 44_100).peak_db < -70
    np.testing.assert_array_equal(wet.audio.samples, again.audio.samples)


# --- level and tail -------------------------------------------------------------------------------------


def test_what_would_clip_is_turned_down_and_says_so(fake: Instrument) -> None:
    take = render(FOUR, fake, host=RecordingHost(level=2.0))
    assert take.audio.peak_db == pytest.approx(CEILING_DB, abs=1e-4)
    assert take.gain_db == pytest.approx(CEILING_DB - 20 * np.log10(2.0))
    quiet = render(FOUR, fake, host=RecordingHost(level=0.5))
    assert (quiet.gain_db, quiet.audio.peak_db) == (0.0, pytest.approx(-6.02, abs=0.01))


@pytest.mark.parametrize(
    ("rings_s", "asked_s"), [(0.0, [2.0]), (1.9, [2.0]), (3.0, [2.0, 4.0]), (15.0, [2.0, 4.0, 8.0, 16.0])]
)
def test_the_tail_grows_until_it_is_silent_and_is_then_trimmed(
    fake: Instrument, rings_s: float, asked_s: list[float]
) -> None:
    host = RecordingHost(rings_s=rings_s)
    take = render(FOUR, fake, host=host)
    assert host.asked_s == pytest.approx(asked_s)
    assert take.audio.duration_s == pytest.approx(2.0 + rings_s, abs=0.001)


def test_what_never_falls_silent_is_cut_at_the_longest_tail(fake: Instrument) -> None:
    host = RecordingHost(rings_s=1e9)
    take = render(FOUR, fake, host=host)
    assert host.asked_s[-1] == pytest.approx(LONGEST_TAIL_S)
    assert take.audio.duration_s == pytest.approx(2.0 + LONGEST_TAIL_S, abs=0.001)


def test_silence_lasts_to_the_last_release(fake: Instrument) -> None:
    take = render(FOUR, fake, host=RecordingHost(level=0.0))
    assert take.audio.duration_s == pytest.approx(2.0, abs=0.001)
    assert not take.audio.samples.any()


# --- hosts and errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.1, np.nan])
def test_a_host_that_was_opened_here_is_closed_here(
    fake: Instrument, monkeypatch: pytest.MonkeyPatch, level: float
) -> None:
    host = RecordingHost(level=level)
    module = importlib.import_module("composer_daw.rendering.render")  # the function hides its module
    monkeypatch.setattr(module, "open_host", lambda instrument, rate: host)
    if np.isnan(level):
        with pytest.raises(HostError, match="the engine or an effect gave samples that are not finite"):
            render(FOUR, fake)
    else:
        render(FOUR, fake)
    assert host.closed == 1
    host.level = 0.1
    render(FOUR, fake, host=host)
    assert host.closed == 1


def test_errors_of_the_engine_the_technique_and_the_range(fake: Instrument, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="fake: broken on purpose"):
        render(FOUR, load_instrument(write_instrument(tmp_path, source="broken")))
    with pytest.raises(TechniqueError, match=r"unknown technique 'stacato' \(did you mean 'staccato'\?\)"):
        render(FOUR, fake, "stacato")
    with pytest.raises(InputError, match="1 note outside"):
        render(piece((0, 1, 20, 80), (0, 1, 60, 80)), fake)
    assert len(render(piece((0, 1, 20, 80), (0, 1, 60, 80)), fake, out_of_range="drop").labels.rows) == 1


def test_performed_is_what_was_played(fake: Instrument) -> None:
    take = render(FOUR, fake, "staccato")
    performed = take.performed()
    assert performed.notes["duration_s"].tolist() == pytest.approx([0.25] * 4)
    assert performed.notes["written_duration_s"].tolist() == [0.5] * 4
    assert performed.techniques == (("staccato",),)
    assert take.performance.notes["duration_s"].tolist() == [0.5] * 4


def test_performed_leaves_out_what_was_dropped(fake: Instrument) -> None:
    take = render(piece((0, 1, 20, 80), (0.5, 1, 60, 80)), fake, "pizzicato", out_of_range="drop")
    assert take.performed().notes[["source", "pitch"]].tolist() == [(1, 60)]


def test_the_violin_that_ships_plays() -> None:
    take = render(piece((0, 0.5, 67, 80)), load_instrument("studio/violin"), "pizzicato")
    assert take.labels.played_names() == ["pizzicato"]
    assert -40 < take.audio.peak_db < 0
