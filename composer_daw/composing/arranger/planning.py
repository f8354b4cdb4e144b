"""What a song is made of, whoever plays it: form, chords, motif, outer lines and the voicing of the
strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger import bass as basses
from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import Sounding
from composer_daw.composing.arranger.form import BAR, Draws, Section, plan_form
from composer_daw.composing.arranger.grounds import harshness
from composer_daw.composing.arranger.harmony import come_back, harmonize, rooted
from composer_daw.composing.arranger.lyrics import syllables
from composer_daw.composing.arranger.mending import mend, mend_bass
from composer_daw.composing.arranger.motif import Character, Motif, draw_motif, welcome
from composer_daw.composing.arranger.statement import states
from composer_daw.composing.arranger.strings import ranges
from composer_daw.composing.arranger.tables import Genre, genre_named
from composer_daw.composing.arranger.tune import Tune, tune
from composer_daw.composing.arranger.voicing import Place, lead
from composer_daw.composing.conditions import Part, SongConditions
from composer_daw.errors import InputError

ATTEMPTS = 4
"""So often the lines are drawn where mending parallels costs a section the motif."""
MOTIFS = 4
"""Motifs that are tried where voice leading leaves too little of the first in one of the sections, or where
more than `HARSH` of the strong beats hold a dissonance that is not resolved.
"""
HARSH = 0.06
HARMONIES = 40
"""Draws of a section's chords, of which the motif takes the one that it fits best."""
BASS = Part("bass", "bass", 28, 55)
"""The bass that the song is made with where no part plays it."""
MELODY = Part("melody", "melody", 55, 91)
SINGERS = ("melody", "violin", "viola", "cello")
"""Roles that take the melody, the first that is there."""

Lines = tuple[tuple[Sounding, ...], ...]
Voicings = tuple[tuple[tuple[int, ...], ...], ...]
"""By section and chord, from the violin down."""


@dataclass(frozen=True)
class Plan:
    """What the song is made of; lists go by section."""

    sections: tuple[Section, ...]
    genre: Genre
    draws: Draws
    chords: tuple[tuple[Chord, ...], ...]
    motif: Motif
    tunes: tuple[Tune, ...]
    bass: Lines
    voicings: Voicings
    lead: int | None
    """The number of the part that has the melody."""


def plan(song: SongConditions, seed: int) -> Plan:
    """Return what the song is made of, whoever plays it."""
    if not song.sections or not song.parts:
        raise InputError(f"{song.title}: a song needs sections and parts; give at least one of each")
    genre, draws = genre_named(song.genre), Draws(seed, song.title)
    sections = plan_form(song, draws)
    lead_part = next(
        (number for role in SINGERS for number, part in enumerate(song.parts) if part.role == role), None
    )
    singer = MELODY if lead_part is None else song.parts[lead_part]
    tried: list[tuple[float, Plan]] = []
    for draw in range(MOTIFS):
        chords, motif = _harmony(song, sections, genre, draws, draw)
        lines = _Lines(song, sections, chords, genre, draws, motif, singer)
        lost, tunes, low, voiced = lines.found()
        made = Plan(sections, genre, draws, chords, motif, tuple(tunes), low, voiced, lead_part)
        whole = [note for one in tunes for note in one.line]
        cost = lost + max(0.0, harshness(whole, [one for own in chords for one in own]) - HARSH)
        tried.append((cost, made))
        if not cost:
            break
    return min(tried, key=lambda one: one[0])[1]


@dataclass(frozen=True)
class _Lines:
    """What the outer lines of a song are found from."""

    song: SongConditions
    sections: Sequence[Section]
    chords: Sequence[Sequence[Chord]]
    genre: Genre
    draws: Draws
    motif: Motif
    singer: Part

    def found(self) -> tuple[int, list[Tune], Lines, Voicings]:
        """Return how many sections lose the motif, and the lines of the attempt that loses it least."""
        barred: list[frozenset[int]] = [frozenset()] * len(self.sections)
        drawn: list[tuple[int, list[Tune], Lines, Voicings]] = []
        for _ in range(ATTEMPTS):
            tunes, low, voiced = self.draw(barred)
            lost = [not states(one.line, self.motif) and bool(one.shifts) for one in tunes]
            drawn.append((sum(lost), tunes, low, voiced))
            if not any(lost):
                break
            barred = [
                bar | one.shifts if gone else bar for bar, one, gone in zip(barred, tunes, lost, strict=True)
            ]
        return min(drawn, key=lambda one: one[0])

    def draw(self, barred: Sequence[frozenset[int]]) -> tuple[list[Tune], Lines, Voicings]:
        """Return melody, bass and the voicing of the strings, mended where they make forbidden parallels."""
        given = zip(self.sections, self.chords, barred, strict=True)
        tunes = [
            tune(section, own, self.motif, self.genre, self.singer, self.draws, bar)
            for section, own, bar in given
        ]
        part = next((one for one in self.song.parts if one.role == "bass"), BASS)
        low = _bass(self.sections, self.chords, tunes, self.genre, part, self.draws)
        flat = [one for own in self.chords for one in own]
        lowest = [note for own in low for note in own]
        roots = [Sounding(one.start, one.end, 36 + one.bass) for one in flat]
        tunes = mend(tunes, [lowest, roots])
        whole = [note for one in tunes for note in one.line]
        voiced = _voice(self.song, self.sections, self.chords, whole, self.draws)
        rows = [row for own in voiced for row in own]
        under = [Sounding(one.start, one.end, row[-1]) for one, row in zip(flat, rows, strict=True)]
        tunes = mend(tunes, [lowest, under])
        whole = [note for one in tunes for note in one.line]
        kept = [at for one, own in zip(self.sections, self.chords, strict=True) for at in rooted(one, own)]
        mended = mend_bass(whole, lowest, flat, part.lowest, part.highest, kept)
        return tunes, _split(mended, [len(own) for own in low]), voiced


def _harmony(
    song: SongConditions, sections: Sequence[Section], genre: Genre, draws: Draws, draw: int
) -> tuple[tuple[tuple[Chord, ...], ...], Motif]:
    """Return the chords of all sections and the motif: it is made for the first verse.

    Of each other section's draws the one is taken where the motif fits best; what returns has the same
    chords.
    """
    first = next((one for one in sections if one.kind == "verse"), sections[0])
    home = harmonize(first, genre, draws)
    opening = [one for one in home if one.start < first.start + 2 * BAR]
    drawn = draws.of("motif", draw) if draw else draws.of("motif")
    motif = draw_motif(_character(song, sections), genre.melody, opening, first.key, drawn)
    known: list[tuple[Section, tuple[Chord, ...]]] = [(first, home)]
    found = []
    for section in sections:
        alike = next((one for one in known if _is_alike(one[0], section)), None)
        if alike is None:
            tries = [harmonize(section, genre, draws, attempt) for attempt in range(HARMONIES)]
            alike = (section, max(tries, key=lambda one: welcome(motif, one, _openings(section))))
            known.append(alike)
        same = alike[0].number == section.number
        found.append(alike[1] if same else come_back(alike[1], alike[0], section, genre, draws))
    return tuple(found), motif


def _is_alike(one: Section, other: Section) -> bool:
    """Tell whether two sections share their chords: kind, key, phrases."""
    return (one.kind, one.key, one.phrases) == (other.kind, other.key, other.phrases)


def _openings(section: Section) -> list[float]:
    """Return where phrases begin that have room for the motif."""
    return [section.start + BAR * phrase.start for phrase in section.phrases if phrase.bars > 2]


def _character(song: SongConditions, sections: Sequence[Section]) -> Character:
    """Return what the motif is to be like: the mean of all sections."""
    weights = [float(section.asked.bars) for section in sections]

    def mean(values: list[float]) -> float:
        return float(np.average(values, weights=weights))

    arousal = mean([section.asked.arousal for section in sections])
    valence = mean([section.asked.valence for section in sections])
    return Character(
        density=mean([section.density for section in sections]),
        syncopation=mean([section.syncopation for section in sections]),
        rise=mean([section.rise for section in sections]),
        leaping=float(np.clip(0.5 + 0.35 * arousal + 0.15 * valence, 0, 1)),
        notes=_sung(song),
    )


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
) -> Lines:
    """Return the bass line of each section."""
    found: list[tuple[Sounding, ...]] = []
    last = None
    for number, section in enumerate(sections):
        after = chords[number + 1][0] if number + 1 < len(sections) else chords[number][-1]
        rhythm = basses.strokes(section, chords[number], after, genre, draws)
        found.append(tuple(basses.line(rhythm, tunes[number].line, part, section, last)))
        last = found[-1][-1].pitch
    return tuple(found)


def _split(line: Sequence[Sounding], lengths: Sequence[int]) -> Lines:
    edges = np.cumsum([0, *lengths])
    return tuple(tuple(line[one:other]) for one, other in zip(edges, edges[1:], strict=False))


def _voice(
    song: SongConditions,
    sections: Sequence[Section],
    chords: Sequence[Sequence[Chord]],
    melody: Sequence[Sounding],
    draws: Draws,
) -> Voicings:
    """Return the strings' voicing of every chord, section by section."""
    places = []
    for section, own in zip(sections, chords, strict=True):
        four = ranges(song.parts, section.lift)
        places += [Place(one, four, ceiling(melody, one)) for one in own]
    rows = lead(places, draws.of("strings", "voicing"))
    edges = np.cumsum([0, *(len(own) for own in chords)])
    return tuple(tuple(rows[one:other]) for one, other in zip(edges, edges[1:], strict=False))


def ceiling(melody: Sequence[Sounding], chord: Chord) -> int:
    """Return the lowest note of the tune over a chord; high up where it rests."""
    return min((one.pitch for one in melody if one.onset < chord.end and one.end > chord.start), default=127)
