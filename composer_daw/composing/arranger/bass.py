"""The bass: patterns of roots, fifths, octaves and approaches that lock with the kick, and walks for jazz.

Pitches are found by a beam search over the section, so that no fifths or octaves with the melody follow
each other, leaps stay small and approach notes lie a step from their goal. Patterns that share onsets with
the kick are drawn rather (tight bass and drums: our own choice of weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import PAUSE, Line, Sounding, is_consecutive, is_parallel
from composer_daw.composing.arranger.drawing import weighted
from composer_daw.composing.arranger.form import BAR, Draws, Section
from composer_daw.composing.arranger.groove import groove_of, kicks
from composer_daw.composing.arranger.rhythm import LATER, Span, spans_of
from composer_daw.composing.arranger.scales import pitches_of
from composer_daw.composing.arranger.tables import STEPS, Genre
from composer_daw.composing.conditions import Part

BEAM = 20
HOME = 36
"""The pitch that roots lie about, C2, a little above it in lifted sections."""
LOWEST = 28
"""E1: lines do not go below it, even on a bass that can, unless its range is narrow."""
PARALLEL = 25.0
SETTLED = {"A": "5", "N": "5"}
"""What the last bar of a phrase has instead of a way to the next chord, which would cloud the cadence."""
WALK = {0: 2.5, 1: 0.0, 2: 0.0, 3: 0.5, 4: 0.5, 5: 0.9, 7: 1.2}


@dataclass(frozen=True)
class Stroke:
    """A note of the bass before it has a pitch."""

    onset: float
    beats: float
    sign: str
    chord: Chord
    following: Chord
    """The chord that comes next; at the end, the chord itself."""


@dataclass(frozen=True)
class _Way:
    """A line so far, and what the three ways of looking at parallels need to know of it."""

    cost: float
    pitches: tuple[int, ...]
    pairs: tuple[tuple[int, int] | None, ...] = (None, None, None)
    """The last pair at an onset of either, at a stroke of both, on a beat."""


def strokes(
    section: Section, chords: Sequence[Chord], after: Chord, genre: Genre, draws: Draws
) -> list[Stroke]:
    """Return the rhythm of the bass; `after` is the first chord of the next section."""
    pattern = _pattern(section, genre, draws)
    found: list[Stroke] = []
    closing = {one.start + one.bars - 1 for one in section.phrases}
    for bar in range(section.asked.bars):
        at = section.start + BAR * bar
        half = STEPS * bar % len(pattern)
        spans = spans_of(pattern[half : half + STEPS], at)
        signs = [sign for sign in pattern[half : half + STEPS] if sign not in "-."]
        if bar in closing:
            signs = [SETTLED.get(sign, sign) for sign in signs]
        found += _with_changes(list(zip(spans, signs, strict=True)), at, chords, after)
    if section.last:
        last = section.end - BAR
        found = [one for one in found if one.onset < last - LATER]
        found.append(Stroke(last, BAR, "R", chords[-1], chords[-1]))
    return found


def _pattern(section: Section, genre: Genre, draws: Draws) -> str:
    """Draw a pattern, rather one that has a note wherever the kick falls."""
    beats = kicks(groove_of(section, genre, draws))
    table = {}
    for pattern, weight in genre.bass[section.level].items():
        onsets = {one.onset for one in spans_of(pattern[:STEPS])}
        shared = len(beats & onsets) / len(beats) if beats else 1.0
        table[pattern] = weight * (0.15 + shared) ** 3
    return weighted(draws.of(section.kind, "bass", section.level), table)


def _with_changes(
    spans: Sequence[tuple[Span, str]], at: float, chords: Sequence[Chord], after: Chord
) -> list[Stroke]:
    """Return the strokes of a bar, with the bass of each chord where it begins."""
    placed = [(one.onset, one.end, sign) for one, sign in spans]
    for chord in chords:
        inside = at - LATER <= chord.start < at + BAR - LATER
        if inside and all(abs(onset - chord.start) > LATER for onset, _, _ in placed):
            end = min(
                [onset for onset, _, _ in placed if onset > chord.start], default=min(chord.end, at + BAR)
            )
            placed = [
                (onset, min(until, chord.start) if onset < chord.start else until, sign)
                for onset, until, sign in placed
            ]
            placed.append((chord.start, end, "R"))
    found = []
    for onset, end, sign in sorted(placed):
        number = max(row for row, chord in enumerate(chords) if chord.start <= onset + LATER)
        following = chords[number + 1] if number + 1 < len(chords) else after
        begins = abs(onset - chords[number].start) < LATER
        sign = "R" if begins else sign
        if sign in "AN" and end < following.start - LATER:
            sign = "5"  # no approach: the chord goes on
        found.append(Stroke(onset, end - onset, sign, chords[number], following))
    return found


def line(
    rhythm: Sequence[Stroke], melody: Line, part: Part, section: Section, before: int | None
) -> list[Sounding]:
    """Return the pitches of the strokes; `before` is the last note of the section before."""
    home = min(max(HOME + section.lift // 4, part.lowest), part.highest)
    low = max(part.lowest, min(LOWEST, part.highest - 12))
    high = min(part.highest, max(home + 19, part.lowest + 12))
    ways = [_Way(0.0, () if before is None else (before,))]
    for number, stroke in enumerate(rhythm):
        ends = rhythm[number + 1].onset if number + 1 < len(rhythm) else stroke.onset + stroke.beats
        options = _options(stroke, low, high)
        lead = rhythm[number - 1] if number else None
        grown = [_grown(way, pitch, stroke, lead, melody, home, ends) for way in ways for pitch in options]
        ways = _best(grown)
    pitches = ways[0].pitches[-len(rhythm) :] if rhythm else ()
    return [
        Sounding(one.onset, one.onset + one.beats, pitch) for one, pitch in zip(rhythm, pitches, strict=True)
    ]


def _options(stroke: Stroke, low: int, high: int) -> list[int]:
    """Return the pitches that a sign allows."""
    chord, following = stroke.chord, stroke.following
    classes: set[int] = {
        "R": {chord.bass},
        "8": {chord.bass},
        "5": {chord.tones[2], chord.root} if chord.bass != chord.root else {chord.tones[2]},
        "3": {chord.third},
        "N": {following.bass},
        "C": set(chord.scale) | set(chord.tones),
        "A": {(following.bass + step) % 12 for step in (-2, -1, 1, 2)} | {(following.bass + 7) % 12},
    }[stroke.sign]
    if stroke.sign == "A":  # a step of the scale, or the semitone below
        near = {pitch for pitch in classes if pitch in chord.scale} | {(following.bass - 1) % 12}
        classes = near or classes
    return pitches_of(classes, low, high) or pitches_of(chord.tones, low, high) or [low]


def _grown(
    way: _Way, pitch: int, stroke: Stroke, lead: Stroke | None, melody: Line, home: int, ends: float
) -> _Way:
    """Return a way with one more note."""
    last = way.pitches[-1] if way.pitches else None
    cost = way.cost + 0.045 * abs(pitch - home)
    if last is not None:
        cost += _motion(last, pitch, stroke, lead)
    added, pairs = _parallels(way, pitch, stroke, melody, ends)
    return _Way(cost + PARALLEL * added, (*way.pitches, pitch), pairs)


def _motion(last: int, pitch: int, stroke: Stroke, lead: Stroke | None) -> float:
    """Return what a step of the bass costs by what its signs mean."""
    size = abs(pitch - last)
    cost = 0.0 if size <= 7 else 0.8 if size <= 9 else 1.4 if size <= 12 else 6.0
    if lead is not None and lead.sign in "AN" and stroke.sign == "R":
        cost += 0.0 if (size in (1, 2) or lead.sign == "N") else 0.8 if size in (5, 7) else 3.0
    if stroke.sign == "8":
        cost = 0.0 if pitch - last == 12 else 2.5
    if stroke.sign == "R" and lead is not None and lead.sign == "R" and lead.chord is stroke.chord:
        cost += 0.0 if size == 0 else 1.5
    if stroke.sign == "C":
        cost += WALK.get(size, 3.0) + (0.0 if pitch % 12 in stroke.chord.tones else 0.5)
    return cost


def _parallels(
    way: _Way, pitch: int, stroke: Stroke, melody: Line, ends: float
) -> tuple[int, tuple[tuple[int, int] | None, ...]]:
    """Return how many parallels a note makes with the melody, and the pairs to remember."""
    at_onset, at_attack, on_beat = way.pairs
    above = _sounding(melody, stroke.onset)
    found = 0
    if above is not None:
        pair = (above.pitch, pitch)
        if at_onset is not None and is_consecutive(at_onset, pair):
            found += 1
        if abs(above.onset - stroke.onset) < LATER:
            if at_attack is not None and is_consecutive(at_attack, pair):
                found += 1
            at_attack = pair
    if above is not None and way.pitches and abs(above.onset - stroke.onset) < LATER:
        last = _sounding(melody, stroke.onset - 2 * LATER, rest=PAUSE)
        if last is not None and is_parallel((last.pitch, way.pitches[-1]), (above.pitch, pitch)):
            found += 1
    beat = float(-(-(stroke.onset - LATER) // 1))
    first = True
    while beat < ends - LATER:
        there = _sounding(melody, beat)
        if there is not None and beat < stroke.onset + stroke.beats - LATER:
            pair = (there.pitch, pitch)
            if first and on_beat is not None and is_consecutive(on_beat, pair):
                found += 1
            on_beat, first = pair, False
        beat += 1.0
    latest = _sounding(melody, min(ends, stroke.onset + stroke.beats) - 2 * LATER)
    at_onset = (latest.pitch, pitch) if latest is not None else ((above.pitch, pitch) if above else at_onset)
    return found, (at_onset, at_attack, on_beat)


def _sounding(melody: Line, at: float, rest: float = 0.0) -> Sounding | None:
    """Return the note of the melody that sounds at a place, or did before a rest shorter than this."""
    low, high = 0, len(melody)
    while low < high:
        middle = (low + high) // 2
        if melody[middle].onset <= at + LATER:
            low = middle + 1
        else:
            high = middle
    found = melody[low - 1] if low else None
    return found if found is not None and found.end + rest > at + LATER else None


def _best(ways: Sequence[_Way]) -> list[_Way]:
    """Return the cheapest ways, one for each state that matters."""
    kept: dict[tuple[object, ...], _Way] = {}
    for way in sorted(ways, key=lambda one: (one.cost, one.pitches[-2:])):
        kept.setdefault((way.pitches[-1], *way.pairs), way)
        if len(kept) == BEAM:
            break
    return list(kept.values())
