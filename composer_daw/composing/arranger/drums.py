"""Drums: a groove by genre and arousal, fills at the ends of phrases and sections, crashes where they begin.

Pitches are General MIDI's. Ghost notes and side sticks ask for their stroke (`snare=ghost`) where the kit
has it; all notes of one instant carry it, so that it stands in a MIDI file, too, where markers speak to
whole tracks.
"""

from __future__ import annotations

import numpy as np

from composer_daw.composing.arranger.form import BAR, Draws, Section
from composer_daw.composing.arranger.groove import Groove, groove_of, sign_at
from composer_daw.composing.arranger.kit import PITCHES, Kit, write_fill
from composer_daw.composing.arranger.rhythm import LATER, SIXTEENTH
from composer_daw.composing.arranger.score import Note
from composer_daw.composing.arranger.tables import STEPS, Genre
from composer_daw.composing.conditions import Part

CRASH, RIDE = 49, 51
GHOSTS, FEATHER = 0.85, 30
"""How likely a ghost note comes, and how much softer a feathered stroke of any other drum is."""
FORTE = 4
RIMSHOTS = ("rock", "pop", "j-pop")
"""Genres whose back-beats are rimshots where a full section is forte at least."""
CYMBALS = {42: -10, 44: -8, 46: -4, 51: -8, 53: -2}
ACCENTS = (6, -8, 0, -8)
"""Of hats and rides on the sixteenths of a beat."""


def drums(section: Section, following: Section | None, genre: Genre, part: Part, draws: Draws) -> list[Note]:
    """Return what the kit plays in a section."""
    if rests(section) and part.name not in section.asked.techniques:
        return _fill_in(section, following, part, draws)
    groove = groove_of(section, genre, draws)
    rng = draws.of(section.kind, section.time, "drums")
    named = section.asked.techniques.get(part.name)
    kit = Kit(part, tuple(named.split("+")) if named else None, [])
    fills = _fills(section, following, draws)
    enters = section.start + (BAR * (section.asked.bars // 2) if _enters_late(section) else 0.0)
    for bar in range(section.asked.bars):
        _bar(kit, section, groove, bar, fills.get(bar, 0.0), genre.genre, rng)
    kit.notes = [one for one in kit.notes if one.onset >= enters - 1.0]
    for bar, beats in fills.items():
        write_fill(
            kit,
            section,
            section.start + BAR * (bar + 1) - beats,
            beats,
            draws.of(section.kind, "fill", bar, section.time),
        )
    _crashes(kit, section, enters)
    if section.last:
        _ending(kit, section)
    return kit.written()


def rests(section: Section) -> bool:
    """Tell whether the kit waits for the section to end: very thin ones."""
    return section.fullness < 0.3


def _enters_late(section: Section) -> bool:
    """Tell whether the kit comes in with the second phrase: first verses, where they are thin."""
    return (
        section.kind == "verse" and section.time == 0 and section.fullness < 0.42 and section.asked.bars >= 8
    )


def _fills(section: Section, following: Section | None, draws: Draws) -> dict[int, float]:
    """Return the bars that end in a fill, and how many beats it has: long ones before fuller sections."""
    rng = draws.of(section.kind, section.time, "fills")
    fills: dict[int, float] = {}
    for phrase in section.phrases[:-1]:
        if rng.random() < 0.35:
            fills[phrase.start + phrase.bars - 1] = 1.0
    if following is not None:
        rises = following.fullness > section.fullness + 0.1
        fills[section.asked.bars - 1] = 2.0 if rises or rng.random() < 0.3 else 1.0
    return fills


def _bar(
    kit: Kit,
    section: Section,
    groove: Groove,
    bar: int,
    fill: float,
    genre: str,
    rng: np.random.Generator,
) -> None:
    """Write a bar of the groove up to its fill."""
    base, steps = section.velocity, STEPS - round(fill / SIXTEENTH)
    loud = section.level == "full" and section.dynamic >= FORTE and genre in RIMSHOTS
    grows = section.kind == "prechorus"
    base += round(10 * (bar / max(1, section.asked.bars - 1) - 0.5)) if grows else 0
    for voice, pattern in groove.items():
        pitch = PITCHES[voice]
        for step in range(steps):
            sign = sign_at(pattern, STEPS * bar + step)
            skipped = rng.random() > GHOSTS
            if sign in ".-" or (sign == "o" and voice == "snare" and skipped):
                continue
            velocity = base + CYMBALS.get(pitch, 0) + _accent(voice, pitch, step)
            velocity -= FEATHER if sign == "o" and voice != "snare" else 0
            ghost = sign == "o" and voice == "snare"
            at = section.start + BAR * bar + SIXTEENTH * step
            kit.hit(at, pitch, velocity, "snare=ghost" if ghost else _stroke(voice, loud))
    lively = "snare" in groove and section.level == "full" and section.asked.arousal > 0
    if lively and fill == 0 and rng.random() < 0.25:
        kit.hit(section.start + BAR * (bar + 1) - SIXTEENTH, PITCHES["snare"], base, "snare=ghost")


def _accent(voice: str, pitch: int, step: int) -> int:
    """Return how much louder a sixteenth is than its section."""
    if pitch in CYMBALS:
        return ACCENTS[step % 4]
    return 4 if voice == "snare" and step % 8 == 4 else 0


def _stroke(voice: str, loud: bool) -> str:
    """Return how a full stroke of a voice is played: side sticks as such, loud back-beats on the rim."""
    if voice == "stick":
        return "snare=side_stick"
    return "snare=rimshot" if voice == "snare" and loud else ""


def _crashes(kit: Kit, section: Section, enters: float) -> None:
    """Crash where a section begins, softly in thin ones, and kick with it."""
    if section.fullness < 0.4 and section.number == 0:
        return
    at = enters
    soft = section.fullness < 0.5
    kit.hit(at, RIDE if soft else CRASH, section.velocity + (-10 if soft else 6))
    kit.hit(at, PITCHES["kick"], section.velocity)
    if section.kind == "chorus" and section.asked.bars >= 16:
        kit.hit(at + BAR * 8, CRASH, section.velocity)


def _ending(kit: Kit, section: Section) -> None:
    """End the song: one stroke of kick and cymbal on the last bar line, then nothing."""
    last = section.end - BAR
    kit.notes = [note for note in kit.notes if note.onset < last - LATER]
    kit.hit(last, PITCHES["kick"], section.velocity + 4)
    kit.hit(
        last,
        CRASH if section.fullness >= 0.4 else RIDE,
        section.velocity - (0 if section.fullness >= 0.4 else 14),
    )


def _fill_in(section: Section, following: Section | None, part: Part, draws: Draws) -> list[Note]:
    """Return a pick-up at the end of a section that the kit is silent in, where a fuller one follows."""
    kit = Kit(part, None, [])
    if section.last:
        _ending(kit, section)
    elif following is not None and not rests(following) and not _enters_late(following):
        at = section.end - 1.0
        for number, sign in enumerate("o.SS"):
            if sign != ".":
                velocity = following.velocity - 16 + 4 * number
                kit.hit(
                    at + SIXTEENTH * number, PITCHES["snare"], velocity, "snare=ghost" if sign == "o" else ""
                )
    return kit.written()
