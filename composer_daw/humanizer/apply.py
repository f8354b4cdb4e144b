"""Apply: what was drawn for a score becomes a performance; no chance is left here.

The tempo and level of the emotion, the changes of all rules and the rubato add up; then the notes are brought in
order. With `tempo: keep` every bar line stays where it is, and the piece ends when it did; with `map` a tempo map
is written and the notes keep their beats.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines, lines_of
from composer_daw.humanizer.plan import Plan
from composer_daw.humanizer.repair import SHORTEST_S, apart, in_order
from composer_daw.humanizer.velocities import ROOM_DB, below_full, level_of, velocity_of
from composer_daw.humanizer.warp import Warp, normalised, stretches, tempo_map_of, warp_of, within_bars
from composer_daw.performance import Array, Floats, Performance

CONNECTED = "legato"
"""A technique under which the emotion does not shorten notes."""

NEAREST = 0.45
"""No chord is moved by itself further than this share of the way to those beside it."""


@dataclass(frozen=True)
class Humanized:
    """A performance, what it was made by, and what each rule did to each chord of the score."""

    performance: Performance
    plan: Plan
    lines: Lines
    by_rule: dict[str, Changes]
    remarks: tuple[str, ...] = ()


def apply(performance: Performance, plan: Plan) -> Humanized:
    """Return the performance that a plan makes of a score; strength 0 gives it back as it is."""
    lines = lines_of(performance)
    plan.check_fits(lines)
    by_rule = {rule.name: rule.changes(lines).scaled(plan.strength) for rule in plan.rules}
    if plan.strength == 0 or not len(lines):
        return Humanized(performance, plan, lines, by_rule)
    total = Changes.total(by_rule.values(), len(lines))
    warp, end_beat = _warp(lines, total, plan), float(lines.end_beat.max())
    tempo = performance.tempo
    grid = tempo_map_of(warp, tempo, end_beat) if plan.tempo == "map" else tempo
    notes = performance.notes.copy()
    onset_s = _onsets(lines, total, warp)
    notes["onset_s"] = in_order(onset_s, performance.notes)
    ends = _ends(lines, total, warp, plan, notes["onset_s"])
    notes["duration_s"] = apart(notes["onset_s"], ends, notes) - notes["onset_s"]
    notes["velocity"], remarks = _velocities(lines, total, plan)
    notes["written_onset_s"] = grid.seconds_at(lines.beat)
    notes["written_duration_s"] = grid.seconds_at(lines.end_beat) - notes["written_onset_s"]
    changed = dataclasses.replace(
        performance,
        notes=notes,
        tempo=grid,
        controls=_moved_controls(performance, warp),
        texts=tuple(
            dataclasses.replace(text, time_s=float(_moved(performance, warp, text.time_s)))
            for text in performance.texts
        ),
    )
    return Humanized(changed, plan, lines, by_rule, remarks)


def _warp(lines: Lines, total: Changes, plan: Plan) -> Warp:
    """Return when each beat is played."""
    tempo, end_beat = lines.performance.tempo, float(lines.end_beat.max())
    beat, longer = stretches(lines, total.duration_ms)
    longer = longer * np.exp(plan.strength * plan.rubato.log_period_at(beat))
    longer = normalised(tempo, beat, longer, end_beat)
    if plan.tempo == "map":
        longer = longer / plan.expression.tempo_factor**plan.strength
        return warp_of(tempo, beat, longer, end_beat)
    return within_bars(warp_of(tempo, beat, longer, end_beat), tempo, end_beat)


def _onsets(lines: Lines, total: Changes, warp: Warp) -> Floats:
    """Return when each note is played, before all are brought in order."""
    notes, chords = lines.performance.notes, lines.chords
    room_ms = NEAREST * np.stack([lines.previous("ioi_ms", np.inf), chords["ioi_ms"].astype(float)])
    shift_ms = np.clip(total.shift_ms, -room_ms[0], room_ms[1])[lines.chord_of]
    leads = notes["pitch"] == chords["top"][lines.chord_of]
    shift_ms = shift_ms - np.where(leads, total.lead_ms[lines.chord_of], 0.0)
    was_off_s = notes["onset_s"] - notes["written_onset_s"]
    return warp.at(lines.beat) + shift_ms / 1000.0 + was_off_s


def _ends(lines: Lines, total: Changes, warp: Warp, plan: Plan, onset_s: Floats) -> Floats:
    """Return when each note is let go, before none overlaps itself."""
    notes = lines.performance.notes
    begins, ends = warp.at(lines.beat), warp.at(lines.end_beat)
    was = notes["duration_s"] / np.maximum(notes["written_duration_s"], 1e-9)
    factor = np.where(
        _asks(lines.performance, CONNECTED), 1.0, _blended(plan.expression.articulation, plan.strength)
    )
    length = (ends - begins) * was * factor - total.gap_ms[lines.chord_of] / 1000.0
    end_s = onset_s + np.maximum(length, SHORTEST_S)
    if plan.tempo == "keep":  # the piece ends when it did
        last = lines.end_beat >= lines.end_beat.max() - 1e-6
        end_s = np.where(
            last, np.maximum(notes["onset_s"] + notes["duration_s"], onset_s + SHORTEST_S), end_s
        )
    return end_s


def _velocities(lines: Lines, total: Changes, plan: Plan) -> tuple[Array, tuple[str, ...]]:
    """Return the velocities, and what had to be done to make room for them."""
    written = level_of(lines.performance.notes["velocity"])
    mean, strength = float(written.mean()), plan.strength
    moved = total.level_db[lines.chord_of] + strength * plan.rubato.level_db_at(lines.beat)
    room = min(0.0, ROOM_DB - mean) * min(strength, 1.0)
    level = mean + room + strength * plan.expression.level_db
    level = level + (written - mean) * _blended(plan.expression.velocity_spread, strength)
    level = level + moved - float(moved.mean())
    remarks = [f"brought down by {-room:.1f} dB first, to have room above"] if room < -0.05 else []
    over = int((level > 0.0).sum())
    if over:
        remarks.append(f"{over} notes came nearer to the mean, to stay within velocity 127")
    return velocity_of(below_full(level)), tuple(remarks)


def _blended(factor: float, strength: float) -> float:
    return max(1.0 + strength * (factor - 1.0), 0.05)


def _asks(performance: Performance, technique: str) -> Array:
    """Tell of each note whether it asks for a technique."""
    asked = np.array([technique in names for names in performance.techniques], bool)
    return np.asarray(asked[performance.notes["technique"]])


def _moved(performance: Performance, warp: Warp, time_s: float | Floats) -> Floats:
    return np.maximum(warp.at(performance.tempo.beats_at(np.asarray(time_s, float))), 0.0)


def _moved_controls(performance: Performance, warp: Warp) -> Array:
    controls = performance.controls.copy()
    controls["time_s"] = _moved(performance, warp, controls["time_s"])
    return controls
