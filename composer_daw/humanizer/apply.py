"""Apply: what was drawn for a score becomes a performance; no chance is left here.

The tempo and level of the emotion, the changes of all rules and the rubato add up; then the notes are brought
in order. With `tempo: keep` every bar line stays where it is, and the piece ends when it did; with `map` a
tempo map is written and the notes keep their beats.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.beside import moved_controls, moved_texts
from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lengths import held_lengths
from composer_daw.humanizer.lines import Lines, lines_of
from composer_daw.humanizer.plan import Plan
from composer_daw.humanizer.repair import SHORTEST_S, apart, in_order, told
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.humanizer.score_change import ScoreChange
from composer_daw.humanizer.speed import at_speed, check_tempo
from composer_daw.humanizer.valence import changed_score
from composer_daw.humanizer.velocities import ROOM_DB, below_full, level_of, velocity_of
from composer_daw.humanizer.warp import (
    SLOWEST_US,
    Warp,
    bounded,
    stretches,
    tempo_map_of,
    unfollowed_s,
    warp_of,
    within_bars,
)
from composer_daw.midi.read import LONGEST_S
from composer_daw.performance import Array, Floats, Performance

GRID_SHARE = 0.2
"""Where the grid is kept, so much is played of what rules and rubato do to the tempo: within the bars, and so
that onsets spread around the grid by 30 ms at most; a strength above 1 takes no more of it. Our choice."""

NEAREST = 0.45
"""No chord is moved by itself further than this share of the way to those beside it."""
SAME_S = 1e-6
ASTRAY_S = 0.02
"""Where a tempo map ends so much beside the performance, it could not follow it."""


@dataclass(frozen=True)
class Humanized:
    """A performance, what it was made by, and what each rule did to each chord of the score.

    `lines` is the score at the tempo at which the rules saw it, `warp` when each of its beats is played;
    `by_rule` has the changes of each rule, strength counted in.
    """

    performance: Performance
    plan: Plan
    lines: Lines
    warp: Warp
    by_rule: dict[str, Changes]
    remarks: tuple[str, ...] = ()
    changes: tuple[ScoreChange, ...] = ()
    """What was changed in the score itself before it was played."""


def apply(performance: Performance, plan: Plan) -> Humanized:
    """Return the performance that a plan makes of a score, after the changes of the score that it asks for.

    Strength 0 gives the score back as it is. Raises InputError where the plan was drawn for another score, or
    where the tempo cannot be played.
    """
    check_tempo(performance.tempo)
    score, changes = changed_score(performance, plan.changes)
    played = _played(score, plan)
    remarks = (*played.remarks, *plan.remarks, *(remark for change in changes for remark in change.remarks))
    return dataclasses.replace(played, changes=changes, remarks=remarks)


def _played(performance: Performance, plan: Plan) -> Humanized:
    """Return the performance of a score that is as the plan was drawn for."""
    lines = lines_of(at_speed(performance, plan.speed))
    plan.check_fits(lines)
    by_rule = {str(rule.name): _changes(rule, lines, plan) for rule in plan.rules}
    total = Changes.total(by_rule.values(), len(lines))
    warp = _warp(lines, total, plan)
    if plan.strength == 0 or not len(lines):
        return Humanized(performance, plan, lines, warp, by_rule)
    score, end_beat = lines.performance, float(lines.end_beat.max())
    grid = tempo_map_of(warp, score.tempo, end_beat) if plan.tempo == "map" else score.tempo
    notes = score.notes.copy()
    latest_s = score.duration_s - SHORTEST_S if plan.tempo == "keep" else np.inf
    wished_s = _onsets(lines, total, warp)
    notes["onset_s"] = in_order(wished_s, score.notes, latest_s)
    end_s = notes["onset_s"] + held_lengths(lines, warp, by_rule, _articulation(plan))
    if plan.tempo == "keep":
        end_s = _ending_as_before(end_s, score)
    notes["duration_s"] = apart(notes["onset_s"], end_s, score.notes) - notes["onset_s"]
    notes["velocity"], remarks = _velocities(lines, total, plan)
    remarks += told(wished_s, notes["onset_s"], notes["duration_s"])
    notes["written_onset_s"] = grid.seconds_at(lines.beat)
    notes["written_duration_s"] = grid.seconds_at(lines.end_beat) - notes["written_onset_s"]
    controls = moved_controls(score, notes["onset_s"], warp)
    texts = moved_texts(score, notes["onset_s"], warp, grid)
    played = dataclasses.replace(score, notes=notes, tempo=grid, controls=controls, texts=texts)
    if plan.tempo == "map" and unfollowed_s(warp, score.tempo, end_beat) > ASTRAY_S:
        slowest = 60e6 / SLOWEST_US
        remarks += (f"slower than the {slowest:.1f} beats a minute of MIDI: notes leave their beats",)
    if played.duration_s > LONGEST_S:
        remarks += (
            f"lasts {played.duration_s / 3600:.1f} hours; what is over {LONGEST_S / 3600:.0f} is not read",
        )
    return Humanized(played, plan, lines, warp, by_rule, remarks)


def _changes(rule: Rule, lines: Lines, plan: Plan) -> Changes:
    """Return what a rule does."""
    changes = rule.at_strength(lines, plan.strength)
    return dataclasses.replace(changes, duration_ms=_tempo_share(plan) * changes.duration_ms)


def _tempo_share(plan: Plan) -> float:
    """Return how much is played of what is done to the tempo."""
    return 1.0 if plan.tempo == "map" else GRID_SHARE / max(plan.strength, 1.0)


def _warp(lines: Lines, total: Changes, plan: Plan) -> Warp:
    """Return when each beat is played."""
    tempo = lines.performance.tempo
    if plan.strength == 0 or not len(lines):
        return warp_of(tempo, np.zeros(1), np.ones(1))
    end_beat = float(lines.end_beat.max())
    beat, longer = stretches(lines, total.duration_ms)
    rubato = _tempo_share(plan) * plan.strength * plan.rubato.log_period_at(beat)
    longer = np.maximum(longer, 0.1) * np.exp(rubato)
    warp = warp_of(tempo, beat, bounded(tempo, beat, longer, end_beat))
    return within_bars(warp, tempo, end_beat) if plan.tempo == "keep" else warp


def _onsets(lines: Lines, total: Changes, warp: Warp) -> Floats:
    """Return when each note is played, before all are brought in order."""
    notes, chords = lines.performance.notes, lines.chords
    earlier_ms, later_ms = _room_ms(chords, 1000.0 * warp.at(chords["beat"]))
    shift_ms = np.clip(total.shift_ms, -earlier_ms, later_ms)[lines.chord_of]
    leads = notes["pitch"] == chords["top"][lines.chord_of]
    lead_ms = np.clip(total.lead_ms, -later_ms, earlier_ms)[lines.chord_of]
    shift_ms = shift_ms - np.where(leads, lead_ms, 0.0)
    was_off_s = notes["onset_s"] - notes["written_onset_s"]
    return np.asarray(warp.at(lines.beat) + shift_ms / 1000.0 + was_off_s)


def _room_ms(chords: Array, played_ms: Floats) -> tuple[Floats, Floats]:
    """Return how much earlier and later each chord may come."""
    before, after = chords["before"], chords["after"]
    earlier = np.where(before >= 0, played_ms - played_ms[before], np.inf)
    later = np.where(after >= 0, played_ms[after] - played_ms, np.inf)
    return NEAREST * earlier, NEAREST * later


def _articulation(plan: Plan) -> float:
    return plan.expression.played("articulation", plan.strength)


def _ending_as_before(end_s: Floats, score: Performance) -> Floats:
    """Return ends of which the last is that of the score: what ended the piece still does."""
    total_s = score.duration_s
    ended = score.notes["onset_s"] + score.notes["duration_s"] >= total_s - SAME_S
    return np.where(ended, total_s, np.minimum(end_s, total_s))


def _velocities(lines: Lines, total: Changes, plan: Plan) -> tuple[Array, tuple[str, ...]]:
    """Return the velocities, and what had to be done to make room for them."""
    written = level_of(lines.performance.notes["velocity"])
    mean, strength, expression = float(written.mean()), plan.strength, plan.expression
    moved = total.level_db[lines.chord_of] + strength * plan.rubato.level_db_at(lines.beat)
    room = min(0.0, ROOM_DB - mean) * min(strength, 1.0)
    spread = expression.played("velocity_spread", strength)
    aim = mean + room + expression.played("level_db", strength)
    level: Floats = aim + (written - mean) * spread + moved - float(moved.mean())
    remarks = [f"brought down by {-room:.1f} dB first, to have room above"] if room < -0.05 else []
    over = int((level > 0.0).sum())
    if over:
        remarks.append(f"{over} of {len(level)} notes would be above velocity 127; all loud ones gave way")
    return velocity_of(below_full(level)), tuple(remarks)
