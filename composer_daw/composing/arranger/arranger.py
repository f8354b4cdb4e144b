"""The arranger by rules: conditions and a seed become a song.

What the song is made of is found for the whole song first, whoever plays (`planning`); then each part
writes what it plays of it. So a part that is left out changes no other, and each draw comes from a
generator of its own: (seed, title, kind of section, what is drawn).
"""

from __future__ import annotations

from collections.abc import Sequence

from composer_daw.composing.arranger import strings
from composer_daw.composing.arranger.articulation import OF_BASS, held, sounding
from composer_daw.composing.arranger.comping import Held, comp, held_chords
from composer_daw.composing.arranger.drums import drums
from composer_daw.composing.arranger.form import BAR
from composer_daw.composing.arranger.planning import Plan, ceiling, plan
from composer_daw.composing.arranger.playing import asked, in_reach, of_bass
from composer_daw.composing.arranger.rhythm import LATER
from composer_daw.composing.arranger.score import Note, Written, channels_of, perform
from composer_daw.composing.arranger.tables import digest, genres
from composer_daw.composing.arranger.tune_notes import harmony_notes, melody_notes
from composer_daw.composing.conditions import Part, SongConditions
from composer_daw.performance import Performance

RULES = 3
"""Counted up when the rules change, so that a record tells which made its song; tables have a digest."""


class Arranger:
    """Writes songs by rules (see docs/arranger.md); a `composing.conditions.Generator`."""

    @property
    def name(self) -> str:
        """Return its name for the record: the version of its rules, and the digest of its tables."""
        return f"arranger {RULES}, tables {digest()[:12]}"

    @property
    def genres(self) -> frozenset[str]:
        """Return the genres that it has tables for."""
        return frozenset(genres())

    def generate(self, song: SongConditions, seed: int) -> Performance:
        """Return the score.

        Raises InputError for a genre that it does not know, a song without sections or parts, or more parts
        than MIDI has channels.
        """
        channels_of(song.parts)
        planned = plan(song, seed)
        return perform(song, planned.sections, _written(song, planned))


def _written(song: SongConditions, planned: Plan) -> list[Written]:
    """Return what each part plays."""
    per_section = [_strings(song, planned, number) for number in range(len(planned.sections))]
    written = []
    for number, part in enumerate(song.parts):
        if number == planned.lead:
            written.append(Written(tuple(melody_notes(planned.sections, planned.tunes, part))))
        elif part.role == "melody":
            written.append(
                Written(tuple(harmony_notes(planned.sections, planned.tunes, planned.chords, part)))
            )
        elif part.role == "chords":
            written.append(_comping(song, planned, part))
        elif part.role == "bass":
            written.append(Written(tuple(_bass_notes(planned, part, song.parts))))
        elif part.role == "drums":
            written.append(Written(tuple(_drum_notes(planned, part))))
        else:
            written.append(Written(tuple(note for one in per_section for note in one[number])))
    return written


def _strings(song: SongConditions, planned: Plan, number: int) -> dict[int, list[Note]]:
    given = strings.Voiced(
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
    chords = held_chords(flat, [ceiling(whole, one) for one in flat], part, with_bass)
    alone = next(one for one in song.parts if one.role == "chords") is part
    notes: list[Note] = []
    pedal: list[tuple[float, int]] = []
    for section in planned.sections:
        own: list[Held] = [one for one in chords if section.start <= one.chord.start < section.end]
        one = comp(section, own, planned.genre, part, planned.draws, alone)
        notes += one.notes
        pedal += one.pedal
    return Written(tuple(notes), tuple(pedal))


def _bass_notes(planned: Plan, part: Part, parts: Sequence[Part]) -> list[Note]:
    """Return the bass line as notes; what falls on the kick is a little louder."""
    notes = []
    for section, own in zip(planned.sections, planned.bass, strict=True):
        techniques = asked(part, section)
        chosen = of_bass(part, planned.genre.genre) if techniques is None else techniques
        share = 1.0 - OF_BASS * (1.0 - held(section, techniques))
        for one in own:
            velocity = section.velocity + (3 if one.onset % 2 == 0 else -2)
            final = section.last and one.onset >= section.end - BAR - LATER
            beats = sounding(one.end - one.onset, 1.0 if final else share)
            notes.append(Note(one.onset, beats, one.pitch, velocity, chosen))
    first = next(one for one in parts if one.role == "bass")
    return notes if part is first else in_reach(notes, part)


def _drum_notes(planned: Plan, part: Part) -> list[Note]:
    """Return what the kit plays."""
    followers = [*planned.sections[1:], None]
    return [
        note
        for section, following in zip(planned.sections, followers, strict=True)
        for note in drums(section, following, planned.genre, part, planned.draws)
    ]
