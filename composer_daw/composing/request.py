"""Bring a song file and its band together: who plays, in what moods, and what the generator is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from composer_daw.captions import (
    Captioner,
    HashingEncoder,
    TextEncoder,
    Told,
    caption_of,
    load_lexicon,
    tokens_of,
)
from composer_daw.composing.band import genre_named
from composer_daw.composing.conditions import SectionConditions, SongConditions
from composer_daw.composing.keys import key_of
from composer_daw.composing.moods import Moods, moods_of
from composer_daw.composing.seating import Seated, asked_of, seated
from composer_daw.composing.song import Song, kind_of
from composer_daw.documents import load_checked
from composer_daw.files import check_is_file

NEUTRAL = "neutral"
"""The emotion that says nothing in a caption."""


@dataclass(frozen=True)
class Request:
    """A song that can be composed: the file as it was read, what a generator is told, who plays."""

    song: Song
    conditions: SongConditions
    band: tuple[Seated, ...]
    captioned: tuple[str, ...]
    """Where the caption of each section of the form is from: the song file, a model, or words."""
    remarks: tuple[str, ...] = ()
    encoder: str = ""
    """What made the vectors of the captions."""


class Caption(NamedTuple):
    """A caption, and where it is from."""

    text: str
    source: str


class Recorded(BaseModel):
    """The record of a song (song.json), which holds the song file that it was composed of."""

    model_config = ConfigDict(frozen=True)
    song_record: Literal[1]
    song: Song


def load_request(
    path: str | Path,
    captioner: Captioner | None = None,
    encoder: TextEncoder | None = None,
    seed: int | None = None,
) -> Request:
    """Read a song file; raise DocumentError, with file, line and place, for what cannot be composed.

    A `captioner` asks a language model for captions; without one they are made of the words of the stories.
    The `encoder` of captions is a HashingEncoder where none is given. A `seed` takes the place of the song's;
    the key is drawn from it where the song has none. The record of a song, a song.json, is read as the song
    file that it holds: its captions are those that were used, so no model is asked.
    """
    source, what = check_is_file(path, "a song file (YAML)"), "a song file (YAML)"

    def check(song: Song) -> tuple[tuple[Seated, ...], Moods]:
        own = song if seed is None else song.model_copy(update={"seed": seed})
        return seated(own, source.parent), moods_of(own)

    if source.suffix == ".json":
        _, (band, moods) = load_checked(source, Recorded, what, lambda found: check(found.song))
    else:
        _, (band, moods) = load_checked(source, Song, what, check)
    return _request_of(band, moods, captioner or Captioner(None), encoder or HashingEncoder())


def _request_of(
    band: tuple[Seated, ...], moods: Moods, captioner: Captioner, encoder: TextEncoder
) -> Request:
    """Return what is asked for, with the captions of all sections."""
    song = moods.song
    answers = captioner.captions(_to_tell(song, moods))
    model = f"model {captioner.endpoint.model}" if captioner.endpoint else ""
    captions = {
        name: Caption(section.caption, "song file")
        if section.caption
        else Caption(answers.captions[name], model)
        if name in answers.captions
        else Caption(_of_words(name, band, moods), "words")
        for name, section in song.sections.items()
    }
    conditions = SongConditions(
        title=song.title,
        key=moods.key,
        bpm=moods.bpm,
        genre=genre_named(song.genre),
        sections=tuple(_section(name, moods, band, captions[name].text, encoder) for name in song.form),
        parts=tuple(one.part for one in band),
    )
    unused = [f"the section '{name}' is not in the form" for name in song.sections if name not in song.form]
    remarks = (*unused, *song.unsung(), *answers.remarks)
    return Request(
        song, conditions, band, tuple(captions[name].source for name in song.form), remarks, encoder.name
    )


def _to_tell(song: Song, moods: Moods) -> dict[str, Told]:
    """Return what a model is told of each section that needs a caption and has a story."""
    told = {}
    for name in dict.fromkeys(song.form):
        section, (valence, arousal) = song.sections[name], moods.point(name)
        if section.story and not section.caption:
            mood = f"{moods.emotion(name)} (valence {valence:+.2f}, arousal {arousal:+.2f})"
            told[name] = Told(section.story, mood)
    return told


def _of_words(name: str, band: tuple[Seated, ...], moods: Moods) -> str:
    """Return the caption of a section that the words of its story make."""
    voices: list[str] = [one.part.role for one in band]
    names: dict[str, str] = {one.part.role: one.seat.called for one in reversed(band)}
    lexicon, emotion = load_lexicon(), moods.emotion(name)
    adjective = "" if emotion == NEUTRAL else lexicon.adjectives.get(emotion, emotion)
    return caption_of(moods.readings[name], moods.point(name), voices, names, lexicon, adjective)


def _section(
    name: str, moods: Moods, band: tuple[Seated, ...], caption: str, encoder: TextEncoder
) -> SectionConditions:
    section, (valence, arousal) = moods.song.sections[name], moods.point(name)
    kind = kind_of(name, section)
    assert kind is not None  # the song was checked
    return SectionConditions(
        name=name,
        kind=kind,
        bars=section.bars,
        valence=valence,
        arousal=arousal,
        emotion=moods.emotion(name),
        caption=caption,
        caption_vector=encoder.encode(caption),
        attributes=tokens_of(moods.readings[name], (valence, arousal), load_lexicon()),
        lyrics=section.lyrics,
        techniques=asked_of(section, band, "sections", name),
        key=key_of(section.key) if section.key else None,
    )
