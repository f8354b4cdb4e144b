"""Bring a song file and its band together: who plays, in what moods, and what the generator is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, get_args

from pydantic import model_validator

from composer_daw.captions import Captioner, Reading, Words, caption_of, read_story, tokens_of
from composer_daw.composing.arranger import genre_named
from composer_daw.composing.band import Band, Seat, load_band
from composer_daw.composing.conditions import Key, Mode, Part, Role, SectionConditions, SongConditions
from composer_daw.composing.keys import key_of
from composer_daw.composing.song import (
    ALL_STRINGS,
    LONGEST_S,
    STRINGS,
    Player,
    Section,
    Song,
    emotion_spellings,
    kind_of,
    role_of,
)
from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import HostError, InputError, did_you_mean
from composer_daw.files import check_is_file
from composer_daw.humanizer import load_profile
from composer_daw.rendering import Instrument, load_instrument
from composer_daw.techniques import Rung, TechniqueMap, check_techniques, load_vocabulary, resolve

SONG_SHARE = 1 / 3
"""Of the song's own mood in a section whose mood is read from its story."""

Point = tuple[float, float]
"""(valence, arousal)"""


@dataclass(frozen=True)
class Seated:
    """A part of the song with its instrument and its place in the mix."""

    part: Part
    instrument: Instrument
    seat: Seat
    level_db: float = 0.0


@dataclass(frozen=True)
class Request:
    """A song that can be composed: the file as it was read, what a generator is told, who plays."""

    song: Song
    conditions: SongConditions
    band: tuple[Seated, ...]
    captioned: tuple[str, ...]
    """Where the caption of each section of the form is from: the song file, a model, or words."""
    remarks: tuple[str, ...] = ()


def load_request(path: str | Path, captioner: Captioner | None = None) -> Request:
    """Read a song file; raise DocumentError, with file, line and place, for what cannot be composed.

    A `captioner` asks a language model for captions; without one they are made of the words of the stories.
    """
    source = check_is_file(path, "a song file (YAML)")
    bands: list[tuple[Seated, ...]] = []

    def check(song: Song) -> None:
        bands.append(seated(song, source.parent))
        _check_techniques(song, bands[-1])

    song = load_document(source, _checked_by(check), "a song file (YAML)")
    return request_of(song, bands[-1], captioner or Captioner(None))


def request_of(song: Song, band: tuple[Seated, ...], captioner: Captioner) -> Request:
    """Return what is asked for; raise InputError for a song that lasts too long."""
    told = _Sections(song, band, captioner)
    conditions = told.conditions()
    lasts_s = sum(one.bars for one in conditions.sections) * 4 * 60 / conditions.bpm
    if lasts_s > LONGEST_S:
        raise InputError(
            f"{song.title}: lasts {lasts_s / 60:.0f} minutes; a song has {LONGEST_S / 60:.0f} at most"
        )
    unused = [name for name in song.sections if name not in song.form]
    remarks = [f"the section '{name}' is not in the form" for name in unused]
    return Request(song, conditions, band, told.sources(), (*remarks, *captioner.remarks))


def seated(song: Song, folder: Path) -> tuple[Seated, ...]:
    """Return who plays what, in the order of the roles; raise PlacedError."""
    band, genre = load_band(), load_band().genres[genre_named(song.genre).genre]
    chords = band.parts["chords"].model_copy(update={"instrument": genre.chords, "called": genre.called})
    seats = {**band.parts, "chords": chords}
    names: dict[str, Player | None] = {**dict.fromkeys(get_args(Role), Player()), **song.instruments}
    # a part of one's own goes where its role stands
    ordered = sorted(names, key=lambda name: _place_of(role_of(name, names[name])))
    found = [_seated(name, player, seats, folder) for name in ordered if (player := names[name]) is not None]
    if not found:
        raise PlacedError("nobody plays; leave one part in", "instruments")
    return tuple(found)


def _place_of(role: Role | None) -> int:
    return get_args(Role).index(role)


def _seated(name: str, player: Player, seats: Mapping[Role, Seat], folder: Path) -> Seated:
    role = role_of(name, player)
    assert role is not None  # the song was checked
    seat, place = seats[role], ("instruments", name)
    if player.instrument:
        seat = seat.model_copy(update={"instrument": player.instrument, "called": _spoken(name, role, seat)})
    instrument = _instrument(seat.instrument, folder, *place)
    if player.pan is not None:
        seat = seat.model_copy(update={"pan": player.pan})
    known = instrument.technique_map
    if known.is_kit != (role == "drums"):
        needed, is_one = ("needs a kit", "is none") if role == "drums" else ("has pitches", "is a kit")
        raise PlacedError(f"the part {needed}, and '{seat.instrument}' {is_one}", *place)
    low, high = known.range
    if player.range is not None:
        if player.range[0] < low or player.range[1] > high:
            own, given = _notes(known.range), _notes(player.range)
            raise PlacedError(f"{given} is beyond '{seat.instrument}', which has {own}", *place, "range")
        low, high = player.range
    part = Part(name, role, low, high, _techniques(known))
    return Seated(part, instrument, seat, player.level_db)


def _spoken(name: str, role: Role, seat: Seat) -> str:
    """Return what a caption calls a part whose instrument was chosen by the song."""
    return seat.called if name == role else name


def _instrument(name: str, folder: Path, *place: str) -> Instrument:
    """Load an instrument, a file from the folder of the song or one that ships."""
    beside, is_file = folder / name, Path(name).suffix in (".yaml", ".yml")
    try:
        instrument = load_instrument(beside if is_file or beside.is_file() else name)
        instrument.check_sound()
    except (InputError, HostError) as error:
        raise PlacedError(str(error), *place) from error
    return instrument


def _techniques(technique_map: TechniqueMap) -> frozenset[str]:
    """Return what a part may be asked to play: of a kit the strokes of its drums, as `snare=ghost`."""
    if technique_map.is_kit:
        pieces = technique_map.pieces.items()
        return frozenset(f"{name}={stroke}" for name, piece in pieces for stroke in piece.strokes)
    return frozenset(technique_map.playable())


def _notes(ends: tuple[int, int]) -> str:
    from composer_daw.techniques.pitch_names import name_of

    return f"{name_of(ends[0], 'C4')} to {name_of(ends[1], 'C4')}"


def _checked_by(check: Callable[[Song], None]) -> type[Song]:
    """Return the schema with one more check, so that its PlacedErrors name the line too."""

    class Checked(Song):
        @model_validator(mode="after")
        def _playable(self) -> Self:
            check(self)
            return self

    return Checked


def _check_techniques(song: Song, band: tuple[Seated, ...]) -> None:
    """Raise PlacedError where a section asks for a part that nobody plays, or for what it does not have."""
    parts = {one.part.name: one for one in band}
    for name, section in song.sections.items():
        for part, technique in section.techniques.items():
            place = ("sections", name, "techniques", part)
            named = [one for one in STRINGS if one in parts] if part == ALL_STRINGS else [part]
            if not named or named[0] not in parts:
                hint = did_you_mean(part, (*parts, ALL_STRINGS))
                raise PlacedError(f"nobody plays '{part}'{hint}; there are {', '.join(parts)}", *place)
            for one in named:
                _check_technique(technique, parts[one], *place)


def _check_technique(technique: str, seated: Seated, *place: str) -> None:
    """Raise PlacedError for a technique that an instrument would have to imitate."""
    known, vocabulary = seated.instrument.technique_map, load_vocabulary()
    has = ", ".join(sorted(seated.part.techniques))
    try:
        asked = check_techniques(technique, known, vocabulary)
    except InputError as error:
        raise PlacedError(f"{error}; '{seated.seat.instrument}' has {has}", *place) from error
    if known.is_kit:
        if not set(asked) <= seated.part.techniques:
            raise PlacedError(f"'{seated.seat.instrument}' does not have it; it has {has}", *place)
        return
    if resolve(asked, known, vocabulary).rung > Rung.COMBINED:
        raise PlacedError(f"'{seated.seat.instrument}' does not have it; it has {has}", *place)


class _Sections:
    """Reads the stories of a song, each once, and says what each section is told."""

    def __init__(self, song: Song, band: tuple[Seated, ...], captioner: Captioner) -> None:
        self.song, self.band, self.captioner = song, band, captioner
        self.rows: Band = load_band()
        self.profile, self.words = load_profile(), Words.of(emotion_spellings())
        self.readings: dict[str, Reading] = {
            name: read_story(section.story, self.words) for name, section in song.sections.items()
        }
        self.own = self._own_mood()
        self.captions = {name: self._caption(name, section) for name, section in song.sections.items()}

    def conditions(self) -> SongConditions:
        """Return what the generator is told."""
        song, genre = self.song, genre_named(self.song.genre).genre
        valence, arousal = self.own
        return SongConditions(
            title=song.title,
            key=key_of(song.key) if song.key else self._key(valence),
            bpm=song.tempo or self._tempo(genre, valence, arousal),
            genre=genre,
            sections=tuple(self._section(name, section) for name, section in song.sections_in_order()),
            parts=tuple(one.part for one in self.band),
        )

    def sources(self) -> tuple[str, ...]:
        """Return where the caption of each section of the form is from."""
        return tuple(self.captions[name][1] for name in self.song.form)

    def _own_mood(self) -> Point:
        """Return the song's point: as it says, else the mean of its sections by their bars."""
        valence, arousal = self.song.point(self.profile)
        named = [
            (section.bars, point)
            for name, section in self.song.sections_in_order()
            if (point := self._read(name, section)) is not None
        ]
        total = sum(bars for bars, _ in named)
        mean = [sum(bars * point[axis] for bars, point in named) / total if total else 0.0 for axis in (0, 1)]
        return mean[0] if valence is None else valence, mean[1] if arousal is None else arousal

    def _read(self, name: str, section: Section) -> Point | None:
        """Return the point that a section has of itself, or None."""
        valence, arousal = section.point(self.profile)
        read = self.readings[name].point
        if valence is None and arousal is None and read is None:
            return None
        rest = read or (0.0, 0.0)
        return rest[0] if valence is None else valence, rest[1] if arousal is None else arousal

    def _point(self, name: str, section: Section) -> Point:
        """Return where a section lies: as it says, by its story beside the song's mood, or as the song."""
        valence, arousal = section.point(self.profile)
        read, own = self.readings[name].point, self.own
        said = self.song.emotion or self.song.valence is not None or self.song.arousal is not None
        share = SONG_SHARE if said else 0.0
        mixed = [(1 - share) * one + share * other for one, other in zip(read or own, own, strict=True)]
        point = mixed[0] if valence is None else valence, mixed[1] if arousal is None else arousal
        return round(point[0], 4), round(point[1], 4)

    def _emotion(self, name: str, section: Section) -> str:
        """Return the word for a section: its own, that of its story, or the nearest to its point."""
        if section.emotion:
            return self.profile.name_of(section.emotion)
        if word := self.readings[name].emotion:
            return word
        point = self._point(name, section)
        places = {spelt: at for spelt, (name_, at) in emotion_spellings().items() if spelt == name_}
        return min(places, key=lambda one: (_far(places[one], point), one))

    def _caption(self, name: str, section: Section) -> tuple[str, str]:
        """Return a section's caption, and where it is from."""
        if section.caption:
            return section.caption, "song file"
        point, emotion = self._point(name, section), self._emotion(name, section)
        if section.story:
            mood = f"{emotion} (valence {point[0]:+.2f}, arousal {point[1]:+.2f})"
            if asked := self.captioner.ask(section.story, mood):
                endpoint = self.captioner.endpoint
                return asked, f"model {endpoint.model}" if endpoint else "model"
        voices: list[str] = [one.part.role for one in self.band]
        names: dict[str, str] = {one.part.role: one.seat.called for one in reversed(self.band)}
        adjective = self.words.lexicon.adjectives.get(emotion, emotion)
        made = caption_of(self.readings[name], point, voices, names, self.words.lexicon, adjective)
        return made, "words"

    def _section(self, name: str, section: Section) -> SectionConditions:
        valence, arousal = self._point(name, section)
        kind = kind_of(name, section)
        assert kind is not None  # the song was checked
        return SectionConditions(
            name=name,
            kind=kind,
            bars=section.bars,
            valence=valence,
            arousal=arousal,
            emotion=self._emotion(name, section),
            caption=self.captions[name][0],
            attributes=tokens_of(self.readings[name], (valence, arousal), self.words.lexicon),
            lyrics=section.lyrics,
            techniques=self._techniques(section),
            key=key_of(section.key) if section.key else None,
        )

    def _techniques(self, section: Section) -> dict[str, str]:
        """Return the technique of each part that one is asked of, by its name in the vocabulary."""
        parts = {one.part.name: one for one in self.band}
        asked: dict[str, str] = {}
        for part, technique in section.techniques.items():
            named = [one for one in STRINGS if one in parts] if part == ALL_STRINGS else [part]
            for one in named:
                known = parts[one].instrument.technique_map
                names = check_techniques(technique, known, load_vocabulary())
                if part != ALL_STRINGS or one not in section.techniques:
                    asked[one] = "+".join(names)
        return asked

    def _key(self, valence: float) -> Key:
        """Return a key where the song names none: its mode by valence; A minor or D major suit strings."""
        advised = self.profile.mode.at(valence)
        mode: Mode = advised if advised != "as written" else "minor" if valence < 0 else "major"
        return Key(9 if mode == "minor" else 2, mode)

    def _tempo(self, genre: str, valence: float, arousal: float) -> float:
        """Return the tempo of a genre in an emotion, a whole number of beats a minute."""
        slowest, usual, fastest = self.rows.genres[genre].tempo
        factor = self.profile.at(valence, arousal).tempo_factor ** self.rows.tempo_share
        return float(round(min(max(usual * factor, slowest), fastest)))


def _far(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
