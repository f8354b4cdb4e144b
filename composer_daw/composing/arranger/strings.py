"""The string section: the four voices of `voicing`, in the texture of each section."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterline import moving
from composer_daw.composing.arranger.counterpoint import Sounding
from composer_daw.composing.arranger.drawing import position
from composer_daw.composing.arranger.form import BAR, Draws, Section
from composer_daw.composing.arranger.playing import in_reach
from composer_daw.composing.arranger.rhythm import LATER, SIXTEENTH, spans_of, weight_of_beat
from composer_daw.composing.arranger.score import Note
from composer_daw.composing.arranger.tables import Genre, StringRole, StringTexture, common
from composer_daw.composing.arranger.textures import texture_of, texture_of_part
from composer_daw.composing.arranger.voicing import VoiceRange
from composer_daw.composing.conditions import Part

VOICES: tuple[StringRole, ...] = get_args(StringRole)
HOMES = {"violin": 69, "viola": 61, "cello": 52, "contrabass": 38}
USUAL = {"violin": (55, 88), "viola": (48, 76), "cello": (36, 69), "contrabass": (28, 55)}
"""Ranges of voices that no part plays, and the most of those that one does (MIDI pitches)."""
LOUDNESS: dict[StringTexture, int] = {
    "pad": -9,
    "legato": -4,
    "late": -9,
    "pizzicato": 0,
    "tremolo": -8,
    "ostinato": -6,
    "muted": -4,
    "rest": 0,
}
GROWS = 18
"""By how much a tremolo swells over its section."""
LONGEST_TIE = 8.0
SINGING: tuple[StringRole, ...] = ("violin", "cello")
"""Voices that move against the tune, where they play legato."""


@dataclass(frozen=True)
class Voiced:
    """What the strings have to go by in one section: chords, and the voicing of each, from the top down."""

    section: Section
    chords: Sequence[Chord]
    voicings: Sequence[tuple[int, ...]]
    melody: Sequence[Sounding]


def ranges(parts: Sequence[Part], lift: int) -> tuple[VoiceRange, ...]:
    """Return the ranges of the four voices; a voice that nobody plays has the usual one."""
    found = []
    for voice in VOICES:
        low, high = USUAL[voice]
        part = next((one for one in parts if one.role == voice), None)
        if part is not None:
            low, high = max(low, part.lowest), min(high, part.highest)
            if high - low < 9:
                low, high = part.lowest, part.highest
        found.append(VoiceRange(low, high, int(np.clip(HOMES[voice] + lift // 2, low, high))))
    return tuple(found)


def play(given: Voiced, genre: Genre, parts: Sequence[Part], draws: Draws) -> dict[int, list[Note]]:
    """Return what each string part plays in a section, by its number among `parts`."""
    section = given.section
    texture = texture_of(section, genre, draws)
    lines = {voice: _line(given, number) for number, voice in enumerate(VOICES)}
    players = [
        (number, voice, *texture_of_part(texture, part, section))
        for voice in VOICES
        for number, part in enumerate(parts)
        if part.role == voice
    ]
    singing = [voice for _, voice, style, _ in players if style == "legato" and voice in SINGING]
    four = dict(zip(VOICES, ranges(parts, section.lift), strict=True))
    reach = {voice: four[voice] for voice in singing}
    moved = moving(given.chords, lines, reach, given.melody, section, draws)
    found: dict[int, list[Note]] = {}
    firsts: set[StringRole] = set()
    for number, voice, style, techniques in players:
        notes = [
            dataclasses.replace(note, techniques=techniques)
            for note in _notes(given, style, voice, moved[voice], draws)
        ]
        found[number] = in_reach(notes, parts[number]) if voice in firsts else notes
        firsts.add(voice)
    return found


def _line(given: Voiced, voice: int) -> list[Sounding]:
    return [
        Sounding(chord.start, chord.end, row[voice])
        for chord, row in zip(given.chords, given.voicings, strict=True)
    ]


def _notes(
    given: Voiced,
    style: StringTexture,
    voice: StringRole,
    line: list[Sounding],
    draws: Draws,
) -> list[Note]:
    """Return the notes of a voice in its style."""
    section = given.section
    velocity = section.velocity + LOUDNESS[style]
    if style == "rest":
        return _held(line[-1:], given, velocity) if section.last else []
    if style in ("pizzicato", "ostinato"):
        return _patterned(given, line, style, voice, velocity, draws)
    if style == "late":
        middle = section.start + BAR * (section.asked.bars // 2)
        line = [note for note in line if note.onset >= middle - LATER]
    if style == "tremolo":
        return [
            Note(one.onset, one.end - one.onset, one.pitch, _swell(velocity, one.onset, section))
            for one in line
        ]
    return _held(line, given, velocity, tied=style != "legato")


def _swell(velocity: int, at: float, section: Section) -> int:
    return velocity + round(GROWS * ((at - section.start) / section.beats - 0.4))


def _held(line: Sequence[Sounding], given: Voiced, velocity: int, tied: bool = True) -> list[Note]:
    """Return long notes; one that stays is tied, but not over the end of a phrase."""
    section = given.section
    breaths = {section.start + BAR * phrase.start for phrase in section.phrases}
    notes: list[Note] = []
    for one in line:
        last = notes[-1] if notes else None
        if last is not None and tied and one.onset not in breaths and _stays(last, one):
            notes[-1] = Note(last.onset, one.end - last.onset, one.pitch, velocity)
        else:
            notes.append(Note(one.onset, one.end - one.onset, one.pitch, velocity))
    return notes


def _stays(last: Note, one: Sounding) -> bool:
    """Tell whether a note is the one before, held on, and no bow is too short for both."""
    meets = last.pitch == one.pitch and abs(last.end - one.onset) < LATER
    return meets and one.end - last.onset <= LONGEST_TIE


def _patterned(
    given: Voiced,
    line: Sequence[Sounding],
    style: StringTexture,
    voice: StringRole,
    velocity: int,
    draws: Draws,
) -> list[Note]:
    """Return the notes of a rhythm, on the pitches of the line; every chord is struck at least once."""
    section = given.section
    choices = common().string_patterns["pizzicato" if style == "pizzicato" else "ostinato"]
    rng = draws.of(section.kind, "strings", style)
    pattern = choices[position(rng, [1.0] * len(choices))][voice]
    onsets = [
        section.start + BAR * bar + one.onset
        for bar in range(section.asked.bars)
        for one in spans_of(pattern)
    ]
    notes: list[Note] = []
    for one in line:
        inside = [at for at in onsets if one.onset - LATER <= at < one.end - LATER] or [one.onset]
        beats = 2 * SIXTEENTH if style == "pizzicato" else 0.5 if "xx" not in pattern else SIXTEENTH
        for at in inside:
            accent = 5 if weight_of_beat(at) >= 3 else 0 if weight_of_beat(at) == 2 else -4
            notes.append(Note(at, min(beats, one.end - at), one.pitch, velocity + accent))
    if section.last:
        final = section.end - BAR
        notes = [note for note in notes if note.onset < final]
        notes.append(Note(final, 1.0 if style == "pizzicato" else BAR, line[-1].pitch, velocity))
    return notes
