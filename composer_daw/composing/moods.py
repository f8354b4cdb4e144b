"""The moods of a song: where each section lies in valence and arousal, and what key and tempo follow."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from composer_daw.captions import Reading, Words, read_story
from composer_daw.composing.band import genre_named, load_band
from composer_daw.composing.conditions import BEATS_IN_A_BAR, Key, Mode
from composer_daw.composing.keys import key_of
from composer_daw.composing.song import LONGEST_S, Section, Song, emotion_spellings
from composer_daw.documents import PlacedError
from composer_daw.humanizer import load_profile
from composer_daw.sampling import generator_for

SONG_SHARE = 1 / 3
"""Of the song's own mood in a section whose mood is read from its story."""
TONICS: Mapping[Mode, tuple[str, ...]] = {
    "minor": ("A", "E", "D", "B", "G", "C", "F#"),
    "major": ("C", "D", "G", "A", "F", "Bb", "Eb", "E"),
}
"""What the key of a song that names none is drawn from: no more than four sharps or flats, for strings and
guitars.
"""

Point = tuple[float, float]
"""(valence, arousal)"""


@dataclass(frozen=True)
class Moods:
    """What the stories and the moods of a song come to."""

    song: Song
    readings: Mapping[str, Reading]
    """What was read in the story of each section."""

    @functools.cached_property
    def own(self) -> Point:
        """Return the song's point: as it says, else the mean of its sections by their bars."""
        valence, arousal = self.song.point(load_profile())
        told = [
            (section.bars, point)
            for name, section in self.song.sections_in_order()
            if (point := self._told(name, section)) is not None
        ]
        total = sum(bars for bars, _ in told)
        mean = [sum(bars * point[axis] for bars, point in told) / total if total else 0.0 for axis in (0, 1)]
        return mean[0] if valence is None else valence, mean[1] if arousal is None else arousal

    def _told(self, name: str, section: Section) -> Point | None:
        """Return the point that a section has of itself, or None."""
        valence, arousal = section.point(load_profile())
        read = self.readings[name].point
        if valence is None and arousal is None and read is None:
            return None
        rest = read or (0.0, 0.0)
        return rest[0] if valence is None else valence, rest[1] if arousal is None else arousal

    def point(self, name: str) -> Point:
        """Return where a section lies: as it says, by its story beside the song's mood, or as the song."""
        song, own, read = self.song, self.own, self.readings[name].point
        valence, arousal = song.sections[name].point(load_profile())
        said = song.emotion or song.valence is not None or song.arousal is not None
        share = SONG_SHARE if said else 0.0
        mixed = [(1 - share) * one + share * other for one, other in zip(read or own, own, strict=True)]
        point = mixed[0] if valence is None else valence, mixed[1] if arousal is None else arousal
        return round(point[0], 4), round(point[1], 4)

    def emotion(self, name: str) -> str:
        """Return the word for a section: its own, that of its story, or the nearest to its point."""
        if own := self.song.sections[name].emotion:
            return load_profile().name_of(own)
        if word := self.readings[name].emotion:
            return word
        point = self.point(name)
        places = {spelt: at for spelt, (name_, at) in emotion_spellings().items() if spelt == name_}
        return min(places, key=lambda one: (_far(places[one], point), one))

    @property
    def key(self) -> Key:
        """Return the song's key; where it names none, the mode by valence, the tonic by seed and title."""
        if self.song.key:
            return key_of(self.song.key)
        valence = self.own[0]
        advised = load_profile().mode.at(valence)
        mode: Mode = advised if advised != "as written" else "minor" if valence < 0 else "major"
        rng = generator_for(self.song.seed, f"song/{self.song.title}/key")
        tonic = TONICS[mode][int(rng.integers(len(TONICS[mode])))]
        return key_of(f"{tonic} {mode}")

    @property
    def bpm(self) -> float:
        """Return the song's tempo; where it names none, that of the genre in its emotion, a whole number."""
        if self.song.tempo:
            return self.song.tempo
        band = load_band()
        slowest, usual, fastest = band.genres[genre_named(self.song.genre)].tempo
        factor = load_profile().at(*self.own).tempo_factor ** band.tempo_share
        return float(round(min(max(usual * factor, slowest), fastest)))


def moods_of(song: Song) -> Moods:
    """Read the stories of a song, each once; raise PlacedError for a song that lasts too long."""
    words = Words.of(emotion_spellings())
    moods = Moods(song, {name: read_story(one.story, words) for name, one in song.sections.items()})
    bars = sum(section.bars for _, section in song.sections_in_order())
    lasts_s = bars * BEATS_IN_A_BAR * 60 / moods.bpm
    if lasts_s > LONGEST_S:
        told = f"{bars} bars at {moods.bpm:g} beats a minute last {lasts_s / 60:.0f} minutes"
        raise PlacedError(f"{told}; a song has {LONGEST_S / 60:.0f} at most", "form")
    return moods


def _far(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
