"""Who plays what: the parts of a song with their instruments, and the techniques that are asked of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from composer_daw.composing.band import Seat, genre_named, load_band
from composer_daw.composing.conditions import Part, Role
from composer_daw.composing.song import ALL_STRINGS, STRINGS, Player, Section, Song, role_of
from composer_daw.documents import PlacedError
from composer_daw.errors import HostError, InputError, TechniqueError, did_you_mean
from composer_daw.performance import Performance, TechniqueSet, Text
from composer_daw.rendering import Instrument, load_instrument
from composer_daw.techniques import Rung, TechniqueMap, annotate, check_techniques, load_vocabulary, resolve
from composer_daw.techniques.pitch_names import name_of

LONGEST_LIST = 160
"""Letters of the techniques that an error lists; a kit has far more strokes than a line holds."""
LONGEST_CALLED = 24
"""Letters of an instrument's name that a caption takes up."""

SPOKEN: dict[Role, str] = {"chords": "accompaniment"}
"""What a caption calls a role whose name is no singular."""


@dataclass(frozen=True)
class Seated:
    """A part of the song with its instrument and its place in the mix."""

    part: Part
    instrument: Instrument
    seat: Seat
    level_db: float = 0.0


def seated(song: Song, folder: Path) -> tuple[Seated, ...]:
    """Return who plays what, in the order of the roles; raise PlacedError for what cannot be played.

    Paths of instruments are taken from `folder`.
    """
    band = load_band()
    genre = band.genres[genre_named(song.genre)]
    chords = band.parts["chords"].model_copy(update={"instrument": genre.chords, "called": genre.called})
    seats = {**band.parts, "chords": chords}
    found = [_seated(name, player, seats, folder) for name, player in song.players().items()]
    if not found:
        raise PlacedError("nobody plays; leave one part in", "instruments")
    for name, section in song.sections.items():
        _check_marker(name, found)
        asked_of(section, found, "sections", name)
    return tuple(found)


def asked_of(section: Section, band: Sequence[Seated], *place: str | int) -> dict[str, str]:
    """Return the techniques asked of each part in a section, by their names in the vocabulary, joined by `+`.

    `strings` stands for those of the four that play; what is asked of one by its name goes before that.
    Raises PlacedError where nobody plays the part, or its instrument would have to imitate the technique.
    """
    parts = {one.part.name: one for one in band}
    asked: dict[str, str] = {}
    for name in sorted(section.techniques, key=lambda name: name != ALL_STRINGS):
        here = (*place, "techniques", name)
        named = [one for one in STRINGS if one in parts] if name == ALL_STRINGS else [name]
        if not named or named[0] not in parts:
            hint = did_you_mean(name, (*parts, ALL_STRINGS))
            raise PlacedError(f"nobody plays '{name}'{hint}; there are {', '.join(parts)}", *here)
        for one in named:
            asked[one] = "+".join(_checked(section.techniques[name], parts[one], *here))
    return asked


def _checked(technique: str, seated: Seated, *place: str | int) -> TechniqueSet:
    """Return the techniques that a text asks for; raise PlacedError for one that the part does not have."""
    known, vocabulary, name = seated.instrument.technique_map, load_vocabulary(), seated.seat.instrument
    has = _listed(sorted(seated.part.techniques))
    try:
        asked = check_techniques(technique, known, vocabulary)
    except InputError as error:
        raise PlacedError(f"{error}; '{name}' has {has}", *place) from error
    lacks = (
        not set(asked) <= seated.part.techniques
        if known.is_kit
        else resolve(asked, known, vocabulary).rung > Rung.COMBINED
    )
    if lacks:
        raise PlacedError(f"'{name}' does not have '{technique}'; it has {has}", *place)
    return asked


def _listed(names: Sequence[str]) -> str:
    ends = accumulate(len(name) + 2 for name in names)
    shown = sum(end <= LONGEST_LIST for end in ends)
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f", and {more} more" if more else "")


def _check_marker(name: str, band: Sequence[Seated]) -> None:
    """Raise PlacedError for the name of a section that an instrument has for a technique of its own."""
    marker = Performance(texts=(Text(0.0, name, "marker"),))
    for one in band:
        try:
            taken = not annotate(marker, one.instrument.technique_map, load_vocabulary()).texts
        except TechniqueError:
            taken = True
        if taken:
            problem = f"'{name}' is a technique of '{one.seat.instrument}'; call the section something else"
            raise PlacedError(problem, "sections", name)


def _seated(name: str, player: Player, seats: Mapping[Role, Seat], folder: Path) -> Seated:
    role = role_of(name, player)
    assert role is not None  # the song was checked
    seat, place = seats[role], ("instruments", name)
    instrument = _instrument(player.instrument or seat.instrument, folder, *place)
    if player.instrument:
        called = seat.called if role == "drums" else _called(instrument, role)
        seat = seat.model_copy(update={"instrument": player.instrument, "called": called})
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


def _called(instrument: Instrument, role: Role) -> str:
    """Return what a caption calls an instrument: its name a short singular in English, else its role."""
    family = instrument.name.split("/")[0].casefold() if instrument.ships else ""
    words = re.findall(r"[^\W_]+", instrument.preset.instrument.casefold())
    called = " ".join(word for word in words if word != family)
    plain = re.fullmatch(r"[a-z ]*(?:[a-rt-z]|ss)", called) and len(called) <= LONGEST_CALLED
    return called if plain else SPOKEN.get(role, role)


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
    return f"{name_of(ends[0], 'C4')} to {name_of(ends[1], 'C4')}"
