"""The chords: patterns by genre and level, on a guitar's strings or a keyboard's keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from composer_daw.composing.arranger import fretboard, keyboard
from composer_daw.composing.arranger.articulation import held as share_of
from composer_daw.composing.arranger.articulation import is_smooth, sounding
from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.drawing import weighted
from composer_daw.composing.arranger.form import BAR, Draws, Section
from composer_daw.composing.arranger.playing import asked, first_of, is_guitar
from composer_daw.composing.arranger.rhythm import LATER, Span, spans_of, weight_of_beat
from composer_daw.composing.arranger.scales import nearest, pitches_of
from composer_daw.composing.arranger.score import Note, Written
from composer_daw.composing.arranger.tables import STEPS, Genre, Level
from composer_daw.composing.conditions import Part
from composer_daw.performance import TechniqueSet

SOFTER = {"U": -8, "M": -6, "B": -2, "D": 0, "F": 0, "L": -2}
"""Velocity by the sign of a pattern; single notes of an arpeggio are softer still."""
SINGLE = -6
LESS: dict[Level, Level] = {"light": "light", "medium": "light", "full": "medium"}
MUTED = 0.3
"""Quarter notes that a stroke muted by the palm lasts."""


@dataclass(frozen=True)
class Held:
    """A chord and what is held for it: all pitches from low to high, and which of them the left hand has."""

    chord: Chord
    pitches: tuple[int, ...]
    left: int = 1


def held_chords(chords: Sequence[Chord], ceilings: Sequence[int], part: Part, with_bass: bool) -> list[Held]:
    """Return what a part holds for each chord of the song."""
    if is_guitar(part):
        found = fretboard.way_through(chords, part.lowest, part.highest)
        return [
            Held(chord, pitches or _close(chord, part)) for chord, pitches in zip(chords, found, strict=True)
        ]
    hands = keyboard.way_through(chords, ceilings, with_bass, part.lowest, part.highest)
    return [
        Held(chord, (*both.left, *both.right), len(both.left))
        for chord, both in zip(chords, hands, strict=True)
    ]


def _close(chord: Chord, part: Part) -> tuple[int, ...]:
    """Return a chord in close position for an instrument whose range has no room for any shape."""
    middle = (part.lowest + part.highest) / 2
    tones = [tone for tone in chord.tones if pitches_of((tone,), part.lowest, part.highest)]
    return tuple(sorted({nearest((tone,), middle, part.lowest, part.highest) for tone in tones}))


def comp(
    section: Section, held: Sequence[Held], genre: Genre, part: Part, draws: Draws, alone: bool = True
) -> Written:
    """Return what a part of chords plays in a section; `held` are the section's chords.

    A part that is not `alone` with the chords plays less.
    """
    guitar = is_guitar(part)
    table = genre.comping.guitar if guitar else genre.comping.keys
    level = section.level if alone else LESS[section.level]
    pattern = weighted(draws.of(section.kind, part.name, "comping", level), dict(table[level]))
    wanted = asked(part, section)
    notes: list[Note] = []
    for bar in range(section.asked.bars):
        at = section.start + BAR * bar
        begin = STEPS * bar % len(pattern)
        signs = pattern[begin : begin + STEPS]
        if section.last and bar == section.asked.bars - 1:
            signs = ("D" if guitar else "F") + "-" * (STEPS - 1)
        for span, sign, one in _strokes(signs, at, held):
            notes += _stroke(span, sign, one, section, part, wanted)
    return Written(tuple(_untangled(notes)), () if guitar or not is_smooth(section) else _pedal(held))


def _strokes(signs: str, at: float, held: Sequence[Held]) -> list[tuple[Span, str, Held]]:
    """Return the strokes of a bar with the chord of each; a chord that nothing begins gets a stroke."""
    spans = list(zip(spans_of(signs, at), [sign for sign in signs if sign not in "-."], strict=True))
    inside = [one for one in held if at - LATER <= one.chord.start < at + BAR - LATER]
    for one in inside:
        begins = one.chord.start
        if any(abs(span.onset - begins) < 0.3 for span, _ in spans) or not spans:
            continue
        nearby = [(span, sign) for span, sign in spans if span.onset < begins and span.end > begins]
        if nearby:
            span, sign = nearby[-1]
            number = spans.index((span, sign))
            kind = sign if sign in "DUBFM" else "B" if sign in "L" else sign
            spans[number] = (Span(span.onset, begins - span.onset), sign)
            spans.insert(number + 1, (Span(begins, span.end - begins), kind))
    found = []
    for span, sign in spans if held else []:
        under = next((one for one in reversed(held) if one.chord.start <= span.onset + 0.26), held[0])
        end = min(span.end, under.chord.end)
        found.append((Span(span.onset, max(end - span.onset, 0.25)), sign, under))
    return found


def _stroke(
    span: Span, sign: str, held: Held, section: Section, part: Part, wanted: TechniqueSet | None
) -> list[Note]:
    """Return the notes of one sign."""
    if not held.pitches:
        return []
    pitches, techniques, beats = held.pitches, _technique(sign, part), span.beats
    rings = False
    if sign.isdigit():
        pitches, rings = (_member(held, int(sign), is_guitar(part)),), True
    elif sign == "L":
        pitches = held.pitches[: held.left] if not is_guitar(part) else held.pitches[:1]
    elif sign == "U":
        pitches = held.pitches[-4:]
    elif sign == "M":
        pitches, beats = held.pitches[:2], min(span.beats, MUTED)
    elif sign == "B":
        pitches = held.pitches[held.left :] if not is_guitar(part) else _plucked(held.pitches)
    if rings:
        end = held.chord.end
    else:
        final = section.last and span.onset >= section.end - BAR - LATER
        end = span.onset + sounding(beats, 1.0 if final else share_of(section, wanted))
    accent = 4 if weight_of_beat(span.onset) >= 3 else 0
    velocity = section.velocity - 6 + accent + SOFTER.get(sign, SINGLE)
    chosen = techniques if wanted is None else wanted
    return [Note(span.onset, end - span.onset, pitch, velocity, chosen) for pitch in pitches]


def _plucked(pitches: tuple[int, ...]) -> tuple[int, ...]:
    """Return what thumb and three fingers pluck: the lowest string and the three above the middle."""
    return (pitches[0], *pitches[-3:]) if len(pitches) > 4 else pitches


def _member(held: Held, number: int, guitar: bool) -> int:
    """Return a note of an arpeggio: 1 is the lowest, then upward; beyond the top it starts from the top
    down.
    """
    pitches = held.pitches if guitar or held.left < 1 else (held.pitches[0], *held.pitches[held.left :])
    if guitar and number > 3:  # the upper strings of a shape, whether or not it has the lower ones
        number = max(1, number - (len(fretboard.TUNING) - len(pitches)))
    at = min(number - 1, 2 * len(pitches) - 2)
    return pitches[at] if at < len(pitches) else pitches[2 * len(pitches) - 2 - at]


def _technique(sign: str, part: Part) -> TechniqueSet:
    """Return how a sign is played on a part that has it."""
    if sign == "D":
        return first_of(part, "strum_down", "downstroke", "strum")
    if sign == "U":
        return first_of(part, "strum_up", "upstroke", "strum")
    if sign == "M":
        return first_of(part, "palm_mute", "mute")
    return ()


def _untangled(notes: Sequence[Note]) -> list[Note]:
    """Return the notes with none reaching into the next of its own pitch, none twice at one instant."""
    ends: dict[int, float] = {}
    found: list[Note] = []
    for note in sorted(notes, key=lambda one: (one.onset, one.pitch), reverse=True):
        until = ends.get(note.pitch, float("inf"))
        if note.onset >= until - LATER:
            continue
        ends[note.pitch] = note.onset
        found.append(
            Note(note.onset, min(note.end, until) - note.onset, note.pitch, note.velocity, note.techniques)
        )
    return found[::-1]


def _pedal(held: Sequence[Held]) -> tuple[tuple[float, int], ...]:
    """Return the pedal: down just after each chord begins, up where the next does."""
    moves: list[tuple[float, int]] = []
    for one in held:
        moves += [(one.chord.start + 0.125, 1), (one.chord.end - 0.0625, 0)]
    return tuple(moves)
