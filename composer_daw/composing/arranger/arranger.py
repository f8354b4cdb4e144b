"""The arranger by rules: conditions and a seed become a song.

What the song is made of (form, chords, motif, melody, bass line, groove, voicing of the strings) is found for the
whole song first, whoever plays; then each part writes what it plays of it. So a part that is left out changes no
other, and each draw comes from a generator of its own: (seed, title, kind of section, what is drawn).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger import bass as basses
from composer_daw.composing.arranger import strings
from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.comping import Held, comp, held_chords
from composer_daw.composing.arranger.counterpoint import Sounding
from composer_daw.composing.arranger.drums import drums
from composer_daw.composing.arranger.form import BAR, Draws, Section, plan_form
from composer_daw.composing.arranger.harmony import harmonize
from composer_daw.composing.arranger.lyrics import syllables
from composer_daw.composing.arranger.mending import mend, mend_bass
from composer_daw.composing.arranger.motif import Character, Motif, draw_motif
from composer_daw.composing.arranger.playing import asked, of_bass
from composer_daw.composing.arranger.score import Note, Written, perform
from composer_daw.composing.arranger.tables import Genre, genre_named
from composer_daw.composing.arranger.tune import Tune, tune
from composer_daw.composing.arranger.tune_notes import harmony_notes, melody_notes
from composer_daw.composing.arranger.voicing import Place, lead
from composer_daw.composing.conditions import Part, SongConditions
from composer_daw.errors import InputError
from composer_daw.performance import Performance

VERSION = 1
BASS = Part("bass", "bass", 28, 55)
"""The bass that the song is made with where no part plays it."""
MELODY = Part("melody", "melody", 55, 91)
SINGERS = ("melody", "violin", "viola", "cello")
"""Roles that take the melody, the first that is there."""


@dataclass(frozen=True)
class Plan:
    """What the song is made of; lists go by section."""

    sections: tuple[Section, ...]
    genre: Genre
    draws: Draws
    chords: tuple[tuple[Chord, ...], ...]
    motif: Motif
    tunes: tuple[Tune, ...]
    bass: tuple[tuple[Sounding, ...], ...]
    voicings: tuple[tuple[tuple[int, ...], ...], ...]
    lead: int | None
    """The number of the part that has the melody."""


class Arranger:
    """Writes songs by rules (see docs/arranger.md); a `composing.conditions.Generator`."""

    name = f"arranger {VERSION}"

    def generate(self, song: SongConditions, seed: int) -> Performance:
        """Return the score; raise InputError for a genre it does not know, or a song without sections or parts."""
        planned = plan(song, seed)
        return perform(song, planned.sections, _written(song, planned))


def plan(song: SongConditions, seed: int) -> Plan:
    """Return what the song is made of, whoever plays it."""
    if not song.sections or not song.parts:
        raise InputError(f"{song.title}: a song needs sections and parts; give at least one of each")
    genre, draws = genre_named(song.genre), Draws(seed, song.title)
    sections = plan_form(song, draws)
    chords = tuple(harmonize(section, genre, draws) for section in sections)
    motif = _motif(song, sections, chords, genre, draws)
    lead_part = next(
        (number for role in SINGERS for number, part in enumerate(song.parts) if part.role == role), None
    )
    singer = MELODY if lead_part is None else song.parts[lead_part]
    tunes = [tune(section, own, motif, genre, singer, draws) for section, own in zip(sections, chords, strict=True)]
    part = next((one for one in song.parts if one.role == "bass"), BASS)
    low = _bass(sections, chords, tunes, genre, part, draws)
    flat = [one for own in chords for one in own]
    lowest = [note for own in low for note in own]
    roots = [Sounding(one.start, one.end, 36 + one.bass) for one in flat]
    tunes = mend(tunes, [lowest, roots])
    voiced = _voice(song, sections, chords, [note for one in tunes for note in one.line], draws)
    rows = [row for own in voiced for row in own]
    under = [Sounding(one.start, one.end, row[-1]) for one, row in zip(flat, rows, strict=True)]
    tunes = mend(tunes, [lowest, under])
    whole = [note for one in tunes for note in one.line]
    low = _split(mend_bass(whole, lowest, flat, part.lowest, part.highest), [len(own) for own in low])
    return Plan(sections, genre, draws, chords, motif, tuple(tunes), low, voiced, lead_part)


def _motif(
    song: SongConditions,
    sections: Sequence[Section],
    chords: Sequence[Sequence[Chord]],
    genre: Genre,
    draws: Draws,
) -> Motif:
    """Draw the motif from what all sections are like; it is made for the first verse, and fits elsewhere."""
    weights = np.array([section.asked.bars for section in sections], float)
    mean = {
        name: float(np.average([getattr(section, name) for section in sections], weights=weights))
        for name in ("density", "syncopation", "rise")
    }
    arousal = float(np.average([section.asked.arousal for section in sections], weights=weights))
    valence = float(np.average([section.asked.valence for section in sections], weights=weights))
    first = next((n for n, one in enumerate(sections) if one.kind == "verse"), 0)
    openings = {sections[n].kind: [c for c in own if c.start < sections[n].start + 2 * BAR] for n, own in enumerate(chords)}
    home = openings[sections[first].kind]
    others = [opening for kind, opening in openings.items() if kind != sections[first].kind and opening]
    character = Character(**mean, leaping=float(np.clip(0.5 + 0.35 * arousal + 0.15 * valence, 0, 1)), notes=_sung(song))
    return draw_motif(character, genre.melody, home, others, sections[first].key, draws.of("motif"))


def _sung(song: SongConditions) -> float | None:
    """Return how many notes two bars of lyrics have in the middle, or None without lyrics."""
    counts = []
    for section in song.sections:
        lines = [len(sung) for line in section.lyrics if (sung := syllables(line))]
        counts += [sum(lines) * 2 / section.bars] if lines else []
    return float(np.median(counts)) if counts else None


def _bass(
    sections: Sequence[Section],
    chords: Sequence[Sequence[Chord]],
    tunes: Sequence[Tune],
    genre: Genre,
    part: Part,
    draws: Draws,
) -> tuple[tuple[Sounding, ...], ...]:
    """Return the bass line of each section."""
    found: list[tuple[Sounding, ...]] = []
    last = None
    for number, section in enumerate(sections):
        after = chords[number + 1][0] if number + 1 < len(sections) else chords[number][-1]
        rhythm = basses.strokes(section, chords[number], after, genre, draws)
        found.append(tuple(basses.line(rhythm, tunes[number].line, part, section, last)))
        last = found[-1][-1].pitch
    return tuple(found)


def _split(line: Sequence[Sounding], lengths: Sequence[int]) -> tuple[tuple[Sounding, ...], ...]:
    edges = np.cumsum([0, *lengths])
    return tuple(tuple(line[one:other]) for one, other in zip(edges, edges[1:], strict=False))


def _voice(
    song: SongConditions,
    sections: Sequence[Section],
    chords: Sequence[Sequence[Chord]],
    melody: Sequence[Sounding],
    draws: Draws,
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return the strings' voicing of every chord, section by section."""
    places = []
    for section, own in zip(sections, chords, strict=True):
        four = strings.ranges(song.parts, section.lift)
        places += [Place(one, four, _ceiling(melody, one)) for one in own]
    rows = lead(places, draws.of("strings", "voicing"))
    edges = np.cumsum([0, *(len(own) for own in chords)])
    return tuple(tuple(rows[one:other]) for one, other in zip(edges, edges[1:], strict=False))


def _ceiling(melody: Sequence[Sounding], chord: Chord) -> int:
    """Return the lowest note of the tune over a chord; high up where it rests."""
    return min((one.pitch for one in melody if one.onset < chord.end and one.end > chord.start), default=127)


def _written(song: SongConditions, planned: Plan) -> list[Written]:
    """Return what each part plays."""
    per_section = [_strings(song, planned, number) for number in range(len(planned.sections))]
    written = []
    for number, part in enumerate(song.parts):
        if number == planned.lead:
            written.append(Written(tuple(melody_notes(planned.sections, planned.tunes, part))))
        elif part.role == "melody":
            written.append(Written(tuple(harmony_notes(planned.sections, planned.tunes, planned.chords, part))))
        elif part.role == "chords":
            written.append(_comping(song, planned, part))
        elif part.role == "bass":
            written.append(Written(tuple(_bass_notes(planned, part))))
        elif part.role == "drums":
            written.append(Written(tuple(_drum_notes(planned, part))))
        else:
            written.append(Written(tuple(note for one in per_section for note in one[number])))
    return written


def _strings(song: SongConditions, planned: Plan, number: int) -> dict[int, list[Note]]:
    given = strings.Section4(
        planned.sections[number],
        planned.chords[number],
        planned.voicings[number],
        planned.tunes[number].line,
    )
    return strings.play(given, planned.genre, song.parts, planned.draws)


def _comping(song: SongConditions, planned: Plan, part: Part) -> Written:
    """Return what a part of chords plays: one way of the hand through the whole song."""
    whole = [note for one in planned.tunes for note in one.line]
    flat = [one for own in planned.chords for one in own]
    with_bass = any(one.role in ("bass", "contrabass") for one in song.parts)
    held = held_chords(flat, [_ceiling(whole, one) for one in flat], part, with_bass)
    notes: list[Note] = []
    pedal: list[tuple[float, int]] = []
    for section in planned.sections:
        own: list[Held] = [one for one in held if section.start <= one.chord.start < section.end]
        one = comp(section, own, planned.genre, part, planned.draws)
        notes += one.notes
        pedal += one.pedal
    return Written(tuple(notes), tuple(pedal))


def _bass_notes(planned: Plan, part: Part) -> list[Note]:
    """Return the bass line as notes; what falls on the kick is a little louder."""
    notes = []
    for section, own in zip(planned.sections, planned.bass, strict=True):
        techniques = asked(part, section)
        chosen = of_bass(part, section, planned.genre.genre) if techniques is None else techniques
        for one in own:
            velocity = section.velocity + (3 if one.onset % 2 == 0 else -2)
            notes.append(Note(one.onset, one.end - one.onset, one.pitch, velocity, chosen))
    return notes


def _drum_notes(planned: Plan, part: Part) -> list[Note]:
    """Return what the kit plays."""
    followers = [*planned.sections[1:], None]
    return [
        note
        for section, following in zip(planned.sections, followers, strict=True)
        for note in drums(section, following, planned.genre, part, planned.draws)
    ]
