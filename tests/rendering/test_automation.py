"""Parameters that move: with a controller of the score, or along an envelope."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from host_events import control, note, parameter, stream
from probe_instrument import write_probe_instrument
from probe_plugin import ProbePlugins
from small_instruments import piece

from composer_daw.errors import DocumentError, HostError
from composer_daw.events import Events, Kind
from composer_daw.performance import CONTROL, Performance
from composer_daw.rendering import load_instrument, open_host, render
from composer_daw.rendering.automation import STEP_S, automated
from composer_daw.rendering.preset import Automation

EVENTS = stream(
    control(-0.05, 1, 0),
    note(0.0, 1.0, 60),
    control(0.5, 1, 127, channel=3),
    control(0.6, 11, 9),
    duration_s=1.0,
)


def moves(events: Events, name: str) -> list[tuple[float, float]]:
    """Return time and value of each event of a parameter."""
    rows = events.of(Kind.PARAMETER)
    mine = rows[rows["number"] == events.parameters.index(name)]
    return [(round(float(row["time_s"]), 6), round(float(row["value"]), 6)) for row in mine]


def test_without_automation_nothing_changes() -> None:
    assert automated(EVENTS, ()) is EVENTS


def test_a_controller_moves_a_parameter_between_low_and_high_on_any_channel() -> None:
    moved = automated(EVENTS, (Automation(parameter="Cutoff", from_cc=1, low=0.2, high=0.6),))
    assert moves(moved, "Cutoff") == [(-0.05, 0.2), (0.5, 0.6)]
    assert moved.of(Kind.CONTROL).tolist() == EVENTS.of(Kind.CONTROL).tolist()  # and is sent all the same


def test_low_may_be_above_high() -> None:
    moved = automated(EVENTS, (Automation(parameter="Cutoff", from_cc=1, low=1.0, high=0.0),))
    assert moves(moved, "Cutoff") == [(-0.05, 1.0), (0.5, 0.0)]


def test_a_controller_that_the_score_lacks_moves_nothing() -> None:
    moved = automated(EVENTS, (Automation(parameter="Cutoff", from_cc=74),))
    assert moves(moved, "Cutoff") == []
    assert moved.stream.tolist() == EVENTS.stream.tolist()


@pytest.mark.parametrize("duration_s", [0.3, 5.0])
def test_an_envelope_is_drawn_to_its_end_whatever_the_length_of_the_score(duration_s: float) -> None:
    events = stream(note(0.0, 0.3, 60), duration_s=duration_s)
    moved = automated(events, (Automation(parameter="Level", envelope=((0.1, 1.0), (0.6, 0.0), (0.8, 0.5))),))
    times, values = np.array(moves(moved, "Level")).T
    assert (times[0], values[0]) == (-0.05, 1.0)
    assert (times[-1], values[-1]) == (0.8, 0.5)
    assert np.diff(times[1:]) == pytest.approx(STEP_S)
    np.testing.assert_allclose(values[1:], np.interp(times[1:], [0.1, 0.6, 0.8], [1.0, 0.0, 0.5]), atol=1e-5)


def test_an_envelope_of_one_point_holds_it() -> None:
    moved = automated(EVENTS, (Automation(parameter="Level", envelope=((0.0, 0.25),)),))
    assert moves(moved, "Level") == [(-0.05, 0.25), (0.0, 0.25)]


def test_the_names_that_are_there_are_kept_and_used() -> None:
    events = stream(note(0.0, 1.0, 60), parameter(0.2, 0, 0.9), parameters=("Mute",), duration_s=1.0)
    moved = automated(
        events,
        (
            Automation(parameter="Level", envelope=((0.0, 0.5),)),
            Automation(parameter="Mute", envelope=((0.5, 0.25),)),
        ),
    )
    assert moved.parameters == ("Mute", "Level")
    assert (0.2, 0.9) in moves(moved, "Mute") and (0.5, 0.25) in moves(moved, "Mute")
    assert np.all(np.diff(moved.stream["time_s"]) >= 0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{parameter: Level}", "give either from_cc or an envelope"),
        ("{parameter: Level, from_cc: 1, envelope: [[0, 1]]}", "give either from_cc or an envelope"),
        ("{parameter: Level, envelope: [[1, 0], [1, 1]]}", "the times of an envelope must rise"),
        ("{parameter: Level, envelope: [[0, 2]]}", "less than or equal to 1"),
        ("{parameter: Level, from_cc: 128}", "less than or equal to 127"),
        ("{parameter: Level, from_cc: 1, hi: 1}", "did you mean 'high'|hi"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(
    probe_plugins: ProbePlugins, tmp_path: Path, given: str, says: str
) -> None:
    preset = write_probe_instrument(tmp_path, probe_plugins.variant(), more=f"automation:\n  - {given}")
    with pytest.raises(DocumentError, match=says) as error:
        load_instrument(preset)
    assert str(error.value).startswith(f"{preset}:7: ") and "\n" not in str(error.value)


# ---- on a plugin


def instrument_with(folder: Path, plugins: ProbePlugins, format: Any, automation: str) -> Any:
    return load_instrument(
        write_probe_instrument(folder, plugins.variant("", format), more=f"automation:\n  - {automation}")
    )


def with_controller(score: Performance, number: int, *points: tuple[float, int]) -> Performance:
    rows = np.zeros(len(points), CONTROL)
    rows["time_s"], rows["value"] = zip(*points, strict=True)
    rows["kind"], rows["number"] = Kind.CONTROL, number
    return Performance(score.notes, rows)


def levels(samples: np.ndarray, *at_s: float) -> list[float]:
    """Return the peak of 20 ms from each of these times on."""
    return [float(np.abs(samples[0, int(time * 44_100) :][:882]).max()) for time in at_s]


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_an_envelope_fades_a_note(probe_plugins: ProbePlugins, tmp_path: Path, format: str) -> None:
    fading = instrument_with(
        tmp_path, probe_plugins, format, "{parameter: level, envelope: [[0.5, 1], [1, 0]]}"
    )
    score = piece((0.0, 1.5, 60, 100))
    with open_host(fading) as host:
        takes = [render(score, fading, host=host) for _ in range(2)]
        assert takes[0].audio.samples.tobytes() == takes[1].audio.samples.tobytes()
        assert {one.name: one.value for one in host.parameters()}["Level"] == 1.0  # as it was
    start, middle, end = levels(takes[0].audio.samples, 0.2, 0.75, 1.1)
    assert middle / start == pytest.approx(0.5, abs=0.05)
    assert end == 0.0


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_a_controller_of_the_score_moves_a_parameter(
    probe_plugins: ProbePlugins, tmp_path: Path, format: str
) -> None:
    moved = instrument_with(tmp_path, probe_plugins, format, "{parameter: Level, from_cc: 20, low: 0.2}")
    score = with_controller(piece((0.0, 1.5, 60, 100)), 20, (0.0, 127), (0.5, 0), (1.0, 127))
    loud, soft, again = levels(render(score, moved).audio.samples, 0.2, 0.7, 1.2)
    assert (soft / loud, again / loud) == (pytest.approx(0.2, abs=0.01), pytest.approx(1.0, abs=0.01))


def test_a_parameter_that_does_not_exist_is_named(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    wrong = instrument_with(tmp_path, probe_plugins, "vst2", "{parameter: Levle, from_cc: 1}")
    score = with_controller(piece((0.0, 0.5, 60, 100)), 1, (0.0, 64))
    with pytest.raises(HostError, match=r"no parameter 'Levle' \(did you mean 'Level'\?\)"):
        render(score, wrong)
