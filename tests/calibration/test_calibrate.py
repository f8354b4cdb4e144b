"""Calibration: latencies of an instrument whose true ones are known, and what they do to a score."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import late_sfz
import numpy as np
import pytest
from keyed_host import DRUMS, MAP

from benchmarks.calibration import (
    GOAL_MEASURED_MS,
    GOAL_ONSET_MS,
    NOTES,
    SEED,
    draw_notes,
    measured_off_ms,
    onset_errors_ms,
)
from composer_daw.calibration import Calibration, calibrate_instrument, write_latencies
from composer_daw.calibration.calibrate import Change, Doubt, count_steps
from composer_daw.errors import InputError, TechniqueError
from composer_daw.rendering import Instrument, load_instrument
from composer_daw.techniques.parts import Latency

RATE = 16_000
Keyed = Callable[..., Instrument]


@dataclasses.dataclass(frozen=True)
class Late:
    """The late instrument, calibrated: its map before and after, and how late 500 notes are heard."""

    calibration: Calibration
    map_before: str
    map_after: str
    before_ms: np.ndarray
    after_ms: np.ndarray
    again: Calibration


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Late:
    pytest.importorskip("pysfizz")
    preset = late_sfz.write_late_instrument(tmp_path_factory.mktemp("late"))
    path = preset.parent / "late_map.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # as an editor on Windows leaves it
    text = path.read_bytes().decode()
    notes = draw_notes(list(late_sfz.FIRST), NOTES, SEED)
    before = onset_errors_ms(preset, notes)
    found = calibrate_instrument(load_instrument(preset))
    write_latencies(found.map_path, found.to_write(), found.map_bytes)
    after = onset_errors_ms(preset, notes)
    again = calibrate_instrument(load_instrument(preset), techniques=["spiccato", "legato"], seed=1)
    return Late(found, text, path.read_bytes().decode(), before, after, again)


def test_every_latency_is_measured_within_two_milliseconds(late: Late) -> None:
    measured = {one.technique: one.new for one in late.calibration.changes}
    off = measured_off_ms(late_sfz.FIRST, late_sfz.TRANSITION, measured)
    assert list(off) == list(late_sfz.FIRST)
    assert max(off.values()) <= GOAL_MEASURED_MS, off
    assert late.calibration.unmeasured == ()
    assert not any(one.doubt for one in late.calibration.changes)


def test_the_borders_of_layers_are_found_exactly(late: Late) -> None:
    for one in late.calibration.changes:
        true = late_sfz.FIRST[one.technique]
        assert list(one.new.first if isinstance(one.new.first, dict) else {1: 0.0}) == list(true)
        transition = one.new.transition
        assert list(transition if isinstance(transition, dict) else {1: 0.0}) == list(
            late_sfz.TRANSITION.get(one.technique, {})
        )


def test_with_its_latencies_in_the_map_every_note_is_heard_on_time(
    late: Late, capsys: pytest.CaptureFixture[str]
) -> None:
    largest = [float(np.abs(errors).max()) for errors in (late.before_ms, late.after_ms)]
    with capsys.disabled():
        print(f"\ncalibrate: {NOTES} notes off by {largest[0]:.1f} ms at most, then by {largest[1]:.2f} ms")
    assert len(late.after_ms) == len(late.before_ms) == NOTES
    assert np.isfinite(late.before_ms).all() and np.isfinite(late.after_ms).all()
    assert 175.0 < largest[0] < 185.0 and late.before_ms.min() > GOAL_ONSET_MS
    assert largest[1] <= GOAL_ONSET_MS


def test_nothing_else_in_the_map_is_changed(late: Late) -> None:
    added = set(late.map_after.split("\r\n")) - set(late.map_before.split("\r\n"))
    kept = [line for line in late.map_after.split("\r\n") if line not in added]
    assert kept == late.map_before.split("\r\n")
    assert len(added) == len(late_sfz.FIRST)
    assert all(line.startswith("    latency_ms: {first: ") for line in added)
    assert "\n" not in late.map_after.replace("\r\n", "")


def test_what_was_written_is_found_again(late: Late) -> None:
    assert late.again.to_write() == {}
    assert [one.technique for one in late.again.changes] == ["legato", "spiccato"]
    assert all(one.old.first != 0.0 for one in late.again.changes)


# --- on the host that is quick to listen to


def calibrated(instrument: Instrument, only: list[str] | None = None) -> Calibration:
    return calibrate_instrument(instrument, RATE, techniques=only)


def first(found: Calibration) -> dict[str, float]:
    return {one.technique: float(one.new.first) for one in found.changes}  # type: ignore[arg-type]


def test_latencies_of_the_map_are_left_out_while_measuring(keyed: Keyed) -> None:
    text = MAP.replace("on: [{keyswitch: 26}]", "on: [{keyswitch: 26}], latency_ms: {first: 90}")
    (one,) = calibrated(keyed(text, late_s={26: 0.05}), ["pizzicato"]).changes
    assert one.old == Latency(first=90.0)
    assert one.new.first == pytest.approx(50.0, abs=1.0) and one.differs


def test_a_technique_beside_others_has_a_latency_only_where_it_makes_them_later(keyed: Keyed) -> None:
    found = calibrated(keyed(late_s={24: 0.03, 26: 0.07}))
    assert first(found) == {
        "sustain": pytest.approx(30.0, abs=1.0),
        "staccato": pytest.approx(0.0, abs=1.0),
        "pizzicato": pytest.approx(70.0, abs=1.0),
        "tremolo": pytest.approx(0.0, abs=1.0),
        "senza_sordino": 0.0,
        "con_sordino": 0.0,
    }
    assert set(found.to_write()) == {"sustain", "pizzicato"}
    adding = [one.technique for one in found.changes if not one.adds_nothing]
    assert adding == ["sustain", "staccato", "pizzicato", "tremolo"]


def test_what_connects_is_measured_connected(keyed: Keyed) -> None:
    legato = MAP.replace("on: [{keyswitch: 27}]", "on: [{keyswitch: 27}], note: {overlap_ms: 40}")
    (one,) = calibrated(keyed(legato, late_s={27: 0.08}), ["tremolo"]).changes
    assert one.new.first == pytest.approx(80.0, abs=1.0)
    assert one.new.transition == pytest.approx(80.0, abs=2.0)


def test_what_is_for_connected_notes_only_has_no_first_note(keyed: Keyed) -> None:
    text = MAP.replace("on: [{keyswitch: 27}]", "on: [{keyswitch: 27}], when: {previous: overlaps}")
    text = text.replace("when: {", "latency_ms: {first: 7}, when: {")
    (one,) = calibrated(keyed(text, late_s={27: 0.08}), ["tremolo"]).changes
    assert one.new.transition == pytest.approx(80.0, abs=2.0)
    assert one.new.first == 7.0  # as it was: nobody can hear one


def test_what_cannot_be_heard_is_not_measured(keyed: Keyed) -> None:
    found = calibrated(keyed(silent={26}, refused={27}), ["pizzicato", "tremolo"])
    assert [one.partition(":")[0] for one in found.unmeasured] == ["pizzicato", "tremolo"]
    assert "not heard" in found.unmeasured[0]
    assert found.changes == () and found.to_write(True) == {}


def test_defaults_are_measured_too_for_what_plays_beside_them(keyed: Keyed) -> None:
    done: list[str] = []
    instrument = keyed()
    calibrate_instrument(instrument, RATE, techniques=["pizzicato"], done=done.append)
    assert done == ["sustain", "senza_sordino", "pizzicato"]
    assert len(done) == count_steps(instrument, ["pizzicato"])


def test_what_cannot_be_calibrated(keyed: Keyed) -> None:
    with pytest.raises(TechniqueError, match="did you mean 'pizzicato'"):
        calibrated(keyed(), ["pizicato"])
    with pytest.raises(InputError, match="has no techniques, and only they have latencies"):
        calibrated(keyed(DRUMS))


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        (Latency(first=12.0), Latency(first=12.9), False),
        (Latency(first=12.0), Latency(first=13.1), True),
        (Latency(first={1: 40.0, 64: 12.0}), Latency(first={1: 40.4, 64: 12.4}), False),
        (Latency(first={1: 40.0, 64: 12.0}), Latency(first={1: 40.0, 60: 12.0}), True),
        (Latency(first=12.0), Latency(first=12.0, transition=12.0), False),
        (Latency(first=12.0), Latency(first=12.0, transition=90.0), True),
        (Latency(first=12.0, transition=90.0), Latency(first=12.0), False),
    ],
)
def test_what_differs(old: Latency, new: Latency, differs: bool) -> None:
    assert Change("x", old, new).differs is differs


WIDE = Doubt("spreads by 14 ms over pitches and takes", 14.0)


@pytest.mark.parametrize(
    ("change", "certain", "all_of_it"),
    [
        (Change("x", Latency(first=9.0), Latency(first=40.0)), 40.0, 40.0),
        (Change("x", Latency(first=9.0), Latency(first=40.0), WIDE), None, 40.0),
        (Change("x", Latency(first=9.0), Latency(first=20.0), WIDE), None, None),
        (Change("x", Latency(first=9.0), Latency(first=40.0), Doubt("slow attack", 2.0)), None, 40.0),
    ],
)
def test_what_is_uncertain_is_not_written(
    change: Change, certain: float | None, all_of_it: float | None
) -> None:
    """And what lies within the spread of the figures is right as it stands."""
    for uncertain, wanted in ((False, certain), (True, all_of_it)):
        found = change.to_write(uncertain)
        assert (found.first if found else None) == wanted
    assert change.differs is (all_of_it is not None)


def test_of_two_figures_the_certain_one_is_written() -> None:
    old, new = Latency(first=9.0, transition=0.0), Latency(first=40.0, transition=60.0)
    assert Change("x", old, new, connected=WIDE).to_write() == Latency(first=40.0)
    assert Change("x", old, new, WIDE).to_write() == Latency(first=9.0, transition=60.0)
    assert Change("x", old, new, WIDE, WIDE).to_write() is None
    assert Change("x", old, new, WIDE, WIDE).to_write(True) == new


def test_a_map_that_changed_meanwhile_is_left_alone(keyed: Keyed) -> None:
    instrument = keyed(late_s={26: 0.05})
    found = calibrated(instrument, ["pizzicato"])
    path = Path(found.map_path)
    path.write_text(path.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    changed = path.read_bytes()
    with pytest.raises(InputError, match="has changed since it was measured; calibrate again"):
        write_latencies(found.map_path, found.to_write(), found.map_bytes)
    assert path.read_bytes() == changed
