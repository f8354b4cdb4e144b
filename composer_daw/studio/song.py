"""A whole song in one call: composed, played, mixed, and on its page, in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from composer_daw.captions import Captioner
from composer_daw.composing.compose import Composed, compose, generator_named, stem_audio
from composer_daw.composing.keys import key_name
from composer_daw.composing.mix import Mixed
from composer_daw.composing.outputs import SONG
from composer_daw.composing.request import Request, load_request
from composer_daw.composing.spans import spans_of
from composer_daw.files import check_home, folder_whole, write_record
from composer_daw.pages import Column, Table
from composer_daw.rendering import default_workers
from composer_daw.studio.audition import write_audition
from composer_daw.studio.page import AuditionPage, Marker, Piece, Stem, Version
from composer_daw.studio.scores import roll_notes, tempo_curve

SECTION_COLUMNS = ("Section", "From", "Bars", "Emotion", "Caption", "Story", "Lyrics")


class Progress(Protocol):
    """Called with the name of each step when it is done, and with how many there are."""

    def __call__(self, name: str, *, total: int) -> None:
        """Move on by one."""


@dataclass(frozen=True)
class Wish:
    """How a song is made, beside what its file says."""

    seed: int | None = None
    """None: that of the song file."""
    generator: str = "arranger"
    """Who writes the notes."""
    audio: bool = True
    """Without it there is a score and a performance only."""


def compose_song(
    path: str | Path,
    folder: str | Path,
    wish: Wish | None = None,
    *,
    captioner: Captioner | None = None,
    force: bool = False,
    workers: int | None = None,
    progress: Progress = lambda name, *, total: None,
) -> Composed:
    """Compose a song file into a folder: score, performance, graph, stems, mix, page and record.

    The folder is written whole or not at all; with `force` in the place of a song in which nothing was
    changed or added. A `captioner` asks a language model for captions. Raises DocumentError for a song file
    that cannot be composed, InputError, OutputError, and what rendering raises.
    """
    wish = wish or Wish()
    writer = generator_named(wish.generator)
    check_home(folder, SONG, force)
    request = load_request(path, captioner, seed=wish.seed)
    steps = 4 + len(request.band) if wish.audio else 2

    def told(name: str) -> None:
        progress(name, total=steps)

    with folder_whole(folder, SONG, force) as made:
        done = compose(
            request,
            made,
            seed=request.song.seed,
            generator=writer,
            home=Path(folder),
            audio=wish.audio,
            workers=workers or default_workers(),
            told=told,
        )
        if done.mixed is not None:
            write_audition(song_page(done, done.mixed), made)
            told("page")
        write_record(done.record, made, SONG)
    return done


def song_page(done: Composed, mixed: Mixed) -> AuditionPage:
    """Return the page of a song: the mix with its stems, its sections with their captions."""
    mixdown, conditions = mixed.mixdown, done.request.conditions
    kits = {part.name for part in conditions.parts if part.role == "drums"}
    who = {one.part.name: one.instrument.preset.instrument for one in done.request.band}
    stems = [
        Stem(
            name,
            audio,
            roll_notes(mixdown.takes[name]) if name in mixdown.takes else (),
            name in kits,
            who.get(name, ""),
        )
        for name, audio in stem_audio(mixed).items()
    ]
    tempo = done.performed.performance.tempo
    markers = [
        Marker(float(tempo.seconds_at(span.start)), span.name, _told_of(done.request, number))
        for number, span in enumerate(spans_of(conditions))
    ]
    version = Version("Mix", mixdown.audio, stems=stems, facts=_facts(done))
    piece = Piece(
        conditions.title, [version], tempo_curve(tempo), markers, tables=[_sections(done.request, markers)]
    )
    return AuditionPage(conditions.title, [piece], _in_short(done, mixdown.audio.duration_s))


def _in_short(done: Composed, duration_s: float) -> str:
    """Return what kind of song it is, in a line."""
    conditions = done.request.conditions
    bars = sum(section.bars for section in conditions.sections)
    tempo = f"{conditions.bpm:g} beats a minute"
    return f"{conditions.genre} in {key_name(conditions.key)} · {tempo} · {bars} bars · {_clock(duration_s)}"


def _sections(request: Request, markers: Sequence[Marker]) -> Table:
    """Return the sections with what was told of each, and what was made of it."""
    told: list[list[str | int]] = [
        [
            section.name,
            _clock(marker.time_s),
            section.bars,
            section.emotion,
            section.caption,
            " ".join(request.song.sections[section.name].story.split()),
            " / ".join(section.lyrics),
        ]
        for section, marker in zip(request.conditions.sections, markers, strict=True)
    ]
    columns = (Column("Bars", 0) if name == "Bars" else Column(name) for name in SECTION_COLUMNS)
    kept = [
        (column, cells) for column, cells in zip(columns, zip(*told, strict=True), strict=True) if any(cells)
    ]
    rows = list(zip(*(cells for _, cells in kept), strict=True))
    return Table([column for column, _ in kept], rows, "The song, section by section")


def _clock(time_s: float) -> str:
    """Return a time as minutes and seconds: 0:07, 1:20."""
    return "{}:{:02d}".format(*divmod(round(time_s), 60))


def _told_of(request: Request, number: int) -> str:
    """Return what is told of a section while it plays: its emotion and its caption."""
    section = request.conditions.sections[number]
    return " · ".join(filter(None, (section.emotion, section.caption)))


def _facts(done: Composed) -> dict[str, str]:
    return {"Written by": str(done.record["generator"]), "Seed": str(done.record["seed"])}
