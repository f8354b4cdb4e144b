"""Voice leading: ranges, parallels, crossing, leaps and dissonances.

Sources: D. Huron, "Tone and voice: a derivation of the rules of voice-leading from perceptual principles",
Music Perception 19 (2001), for parallels, crossing and direct motion; P. von Hippel & D. Huron, "Why do skips
precede reversals?", Music Perception 18 (2000), for leaps; any book of counterpoint for dissonance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.evaluation.song_findings import Check, Finding, at, skipped
from composer_daw.evaluation.song_harmony import Chord, chord_at
from composer_daw.evaluation.song_score import TICKS, Song
from composer_daw.evaluation.song_voices import Voice, name_of
from composer_daw.performance import Array

GAP = TICKS
"""A silence of a beat ends a line: what follows does not follow from what was before."""

FIFTH, OCTAVE = 7, 0
LEAP = 8
"""The smallest leap that wants to be answered: more than a fifth, in semitones."""
ANSWER = 4
"""The largest step that answers a leap, in semitones."""
FEWEST = 4
"""Leaps that there must be for a verdict on them."""


def check_ranges(song: Song) -> Check:
    """Every note of every part lies within the range of its instrument."""
    findings: list[Finding] = []
    for part in song.parts:
        rows = song.rows_of(part.name)
        for row in rows[(rows["pitch"] < part.lowest) | (rows["pitch"] > part.highest)]:
            what = f"{name_of(int(row['pitch']))} is outside {name_of(part.lowest)}..{name_of(part.highest)}"
            findings.append(at(song, int(row["start"]), what, part.name))
    if not song.parts:
        return skipped("ranges", "no parts are known")
    return Check("ranges", not findings, {"notes_outside": len(findings)}, tuple(findings))


@dataclass(frozen=True)
class Motion:
    """Two voices that move at once: before and after, (upper, lower), at `tick`."""

    tick: int
    before: tuple[int, int]
    after: tuple[int, int]

    @property
    def similar(self) -> bool:
        """Tell whether both go the same way."""
        return (self.after[0] - self.before[0]) * (self.after[1] - self.before[1]) > 0

    def parallel(self, interval: int) -> bool:
        """Tell whether both go the same way from one such interval (fifth 7, octave 0) to another."""
        return self.similar and all(
            (pair[0] - pair[1]) % 12 == interval for pair in (self.before, self.after)
        )


def motions(upper: Voice, lower: Voice) -> Iterator[Motion]:
    """Yield where both voices begin a note at once and both change their pitch, with no rest before."""
    over = {int(start): number for number, start in enumerate(upper.rows["start"])}
    for number in range(1, len(lower.rows)):
        tick = int(lower.rows["start"][number])
        other = over.get(tick, 0)
        if not other:
            continue
        pairs = [(upper.rows[other - 1], upper.rows[other]), (lower.rows[number - 1], lower.rows[number])]
        if any(
            tick - int(before["end"]) >= GAP or before["pitch"] == then["pitch"] for before, then in pairs
        ):
            continue
        (a, b), (c, d) = ((int(before["pitch"]), int(then["pitch"])) for before, then in pairs)
        yield Motion(tick, (a, c), (b, d))


def check_parallels(song: Song, pairs: Sequence[tuple[Voice, Voice]]) -> Check:
    """No parallel fifths or octaves between the outer voices given as (upper, lower).

    Both voices begin a note at once, both move the same way, and from a perfect fifth to a perfect fifth or
    from an octave (unison) to an octave, however many octaves lie between. Figures: how many per 100 motions
    at once; `direct_per_100` counts, with no verdict, similar motion into a perfect interval by a leap of the
    upper voice; `on_beats_per_100` parallels from beat to beat, whatever lies between.
    """
    if not pairs:
        return skipped("parallels", "no two outer voices are known")
    findings: list[Finding] = []
    count = direct = on_beats = beats = 0
    for upper, lower in pairs:
        for one in motions(upper, lower):
            count += 1
            for interval, what in ((FIFTH, "fifths"), (OCTAVE, "octaves")):
                if one.parallel(interval):
                    chords = (f"{name_of(over)}/{name_of(under)}" for over, under in (one.before, one.after))
                    findings.append(
                        at(song, one.tick, f"parallel {what}: {' -> '.join(chords)}", upper.name, lower.name)
                    )
                elif one.similar and (one.after[0] - one.after[1]) % 12 == interval:
                    direct += abs(one.after[0] - one.before[0]) > 2
        moved = list(_on_beats(song, upper, lower))
        beats += len(moved)
        on_beats += sum(one.parallel(FIFTH) or one.parallel(OCTAVE) for one in moved)
    figures = {
        "parallels": float(len(findings)),
        "motions": float(count),
        "parallels_per_100": 100.0 * len(findings) / count if count else float("nan"),
        "direct_per_100": 100.0 * direct / count if count else float("nan"),
        "on_beats_per_100": 100.0 * on_beats / beats if beats else float("nan"),
    }
    return Check("parallels", not findings, figures, tuple(findings))


def check_crossing(song: Song, voices: Sequence[Voice]) -> Check:
    """No voice, given from the top down, sounds above one that stands over it."""
    if len(voices) < 2:
        return skipped("crossing", "fewer than two voices are known")
    findings = []
    for number, upper in enumerate(voices):
        for lower in voices[number + 1 :]:
            for row in upper.rows:
                under = lower.rows[(lower.rows["start"] < row["end"]) & (lower.rows["end"] > row["start"])]
                for other in under[under["pitch"] > row["pitch"]][:1]:
                    what = f"{name_of(int(row['pitch']))} lies below {name_of(int(other['pitch']))}"
                    tick = max(int(row["start"]), int(other["start"]))
                    findings.append(at(song, tick, what, upper.name, lower.name))
    return Check("crossing", not findings, {"crossings": len(findings)}, tuple(findings))


def check_leaps(song: Song, melody: Voice, least: float = 1 / 3) -> Check:
    """Leaps of more than a fifth turn back by a step or a third, in `least` of all cases.

    A leap before a rest of a beat needs no answer, and a repeated note puts it off. With fewer than `FEWEST`
    leaps there is no verdict. Five violin pieces answer 17 to 100 % (median 47 %), shuffled notes 13 to 22 %.
    """
    line = melody.rows
    findings, leaps = [], 0
    for number in range(len(line) - 2):
        first, then = int(line["pitch"][number]), int(line["pitch"][number + 1])
        later = number + 2
        while later < len(line) and line["pitch"][later] == then:
            later += 1
        joined = [
            line["start"][n + 1] - line["end"][n] < GAP for n in range(number, min(later, len(line) - 1))
        ]
        if abs(then - first) < LEAP or later >= len(line) or not all(joined):
            continue
        leaps += 1
        answer = int(line["pitch"][later]) - then
        if answer * (then - first) > 0 or abs(answer) > ANSWER:
            notes = " ".join(name_of(pitch) for pitch in (first, then, then + answer))
            findings.append(
                at(song, int(line["start"][number + 1]), f"leap not answered: {notes}", melody.name)
            )
    rate = 1.0 - len(findings) / leaps if leaps else float("nan")
    holds = rate >= least if leaps >= FEWEST else None
    why = "" if leaps >= FEWEST else f"{leaps} leaps of more than a fifth; {FEWEST} are needed"
    return Check("leaps", holds, {"leaps": leaps, "answered": rate}, tuple(findings), why)


def check_dissonances(song: Song, melody: Voice, chords: Sequence[Chord], most: float = 0.1) -> Check:
    """Notes of the melody on strong beats are chord tones, or move on by step into one.

    `chords` are those of what accompanies. Strong are the first beat and, in bars of four, the third. At most
    `most` of the strong beats may hold a dissonance that is not resolved.
    """
    findings, strong, foreign = [], 0, 0
    line = melody.rows
    for tick in _strong_beats(song):
        number = int(np.searchsorted(line["start"], tick, "right")) - 1
        chord = chord_at(chords, tick)
        if number < 0 or line["end"][number] <= tick or chord is None:
            continue
        strong += 1
        pitch = int(line["pitch"][number])
        if pitch % 12 in chord.tones:
            continue
        foreign += 1
        if not _resolved(line, number, chords):
            what = f"{name_of(pitch)} over {chord} is not resolved"
            findings.append(at(song, tick, what, melody.name))
    if not strong:
        return skipped("dissonances", "no strong beat has melody and chord")
    figures = {"strong_beats": strong, "dissonant": foreign / strong, "unresolved": len(findings) / strong}
    return Check("dissonances", figures["unresolved"] <= most, figures, tuple(findings))


def _resolved(line: Array, number: int, chords: Sequence[Chord]) -> bool:
    """Tell whether a note becomes a chord tone where it lies, or goes on by step to one."""
    pitch = int(line["pitch"][number])
    start, end = int(line["start"][number]), int(line["end"][number])
    if any(start < one.start < end and pitch % 12 in one.tones for one in chords):
        return True
    later = number + 1
    while later < len(line) and line["pitch"][later] == pitch:
        later += 1
    if later >= len(line):
        return False
    chord = chord_at(chords, int(line["start"][later]))
    then = int(line["pitch"][later])
    return abs(then - pitch) <= 2 and chord is not None and then % 12 in chord.tones


def _strong_beats(song: Song) -> Iterator[int]:
    for bar in range(song.bars):
        start, beat = int(song.bar_lines[bar]), int(song.beat_ticks[bar])
        yield start
        if int(song.bar_lines[bar + 1]) - start == 4 * beat:
            yield start + 2 * beat


def _on_beats(song: Song, upper: Voice, lower: Voice) -> Iterator[Motion]:
    """Yield motions from one beat to the next, as far as both sound on both and both have moved."""
    ticks = range(0, int(song.bar_lines[-1]), TICKS)
    over, under = ([_pitch_at(voice.rows, tick) for tick in ticks] for voice in (upper, lower))
    for number in range(1, len(ticks)):
        a, b, c, d = over[number - 1], over[number], under[number - 1], under[number]
        if a is not None and b is not None and c is not None and d is not None and a != b and c != d:
            yield Motion(ticks[number], (a, c), (b, d))


def _pitch_at(line: Array, tick: int) -> int | None:
    number = int(np.searchsorted(line["start"], tick, "right")) - 1
    return int(line["pitch"][number]) if number >= 0 and line["end"][number] > tick else None
