"""Check that a generator kept its promise (`conditions.Generator`), clause by clause.

What breaks one would fail late, in the humanizer or a host, or would be mixed without anybody's notice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from composer_daw.composing.conditions import BEATS_IN_A_BAR, DRUM_CHANNEL, Part, SongConditions
from composer_daw.composing.spans import Span, spans_of
from composer_daw.errors import InputError
from composer_daw.performance import Array, Performance

NEAR_BEATS = 1e-3
"""Quarter notes that are no difference: about a tick of a MIDI file."""
NEAR_BPM = 1e-3
METRE = ((0.0, BEATS_IN_A_BAR, 4),)
TEXTS = ("marker", "lyric")
"""The kinds of text that a score has."""


def check_score(score: Performance, song: SongConditions) -> None:
    """Raise InputError, in one line, for the first clause that a score breaks."""
    for clause in CLAUSES:
        clause(score, song)


def _parts(score: Performance, song: SongConditions) -> None:
    names = [track.name for track in score.tracks]
    asked = [part.name for part in song.parts]
    if names != asked:
        _broken(f"the parts {', '.join(names)}, not {', '.join(asked)}")
    beyond = _rows_of(score, "track") - set(range(len(names)))
    if beyond:
        _broken(f"notes or controls for part {min(beyond) + 1}, of {len(names)} parts")


def _tempo(score: Performance, song: SongConditions) -> None:
    bpm = score.tempo.bpm.tolist()
    if len(bpm) != 1 or abs(bpm[0] - song.bpm) > NEAR_BPM * song.bpm:
        told = " and ".join(f"{one:g}" for one in bpm[:3])
        _broken(f"the tempo {told}, where the song has {song.bpm:g}")
    if score.tempo.metres != METRE:
        _broken(f"another metre than {BEATS_IN_A_BAR}/4")


def _markers(score: Performance, song: SongConditions) -> None:
    markers = sorted((text.time_s, text.text) for text in score.texts if text.kind == "marker")
    if [name for _, name in markers] != [section.name for section in song.sections]:
        _broken(f"the markers {', '.join(name for _, name in markers)}, which are not the form")
    for (time_s, name), span in zip(markers, spans_of(song), strict=True):
        beat = float(score.tempo.beats_at(time_s))
        if abs(beat - span.start) > NEAR_BEATS:
            _broken(f"the marker of {name} on beat {beat:g}, where the section begins on {span.start:g}")
    others = {text.kind for text in score.texts} - set(TEXTS)
    if others:
        _broken(f"texts of the kind {min(others)}; only markers and lyrics")


def _times(score: Performance, song: SongConditions) -> None:
    notes = score.notes
    times = np.stack([notes["onset_s"], notes["duration_s"]])
    if not np.isfinite(times).all():
        _broken("notes at times that are no numbers")
    if not np.array_equal(times, np.stack([notes["written_onset_s"], notes["written_duration_s"]])):
        _broken("notes that are played at other times than they are written")
    if (notes["duration_s"] <= 0).any():
        _broken("notes without length")
    last = spans_of(song)[-1].end
    beats = score.tempo.beats_at(notes["onset_s"])
    ends = score.tempo.beats_at(notes["onset_s"] + notes["duration_s"])
    controls_s = score.controls["time_s"]
    if len(notes) and (beats.min() < 0 or ends.max() > last + NEAR_BEATS):
        _broken(f"notes from beat {beats.min():g} to {ends.max():g}, where the song has 0 to {last:g}")
    if not np.isfinite(controls_s).all() or (controls_s < 0).any():
        _broken("controls at times that are none")


def _channels(score: Performance, song: SongConditions) -> None:
    owner: dict[int, str] = {}
    for number, part in enumerate(song.parts):
        own = {
            channel
            for rows in (score.notes, score.controls)
            for channel in rows["channel"][rows["track"] == number].tolist()
        }
        if len(own) > 1:
            _broken(f"{part.name} on {len(own)} channels; each part has one")
        for channel in own:
            if (channel == DRUM_CHANNEL) != (part.role == "drums"):
                _broken(f"{part.name} on channel {channel + 1}; the kit has {DRUM_CHANNEL + 1}, no other")
            if channel in owner:
                _broken(f"{owner[channel]} and {part.name} on the same channel, {channel + 1}")
            owner[channel] = part.name


def _pitches(score: Performance, song: SongConditions) -> None:
    velocity = score.notes["velocity"]
    if len(velocity) and (velocity.min() < 1 or velocity.max() > 127):
        _broken(f"velocities from {velocity.min()} to {velocity.max()}; they go from 1 to 127")
    for part, notes in _by_part(score, song.parts):
        pitches = notes["pitch"]
        if len(pitches) and (pitches.min() < part.lowest or pitches.max() > part.highest):
            has = f"{part.lowest} to {part.highest}"
            _broken(f"{part.name} from {pitches.min()} to {pitches.max()}, and it has {has}")


def _twice(score: Performance, song: SongConditions) -> None:
    for part, notes in _by_part(score, song.parts):
        ordered = notes[np.lexsort((notes["onset_s"], notes["pitch"]))]
        same = ordered["pitch"][1:] == ordered["pitch"][:-1]
        ends = score.tempo.beats_at(ordered["onset_s"] + ordered["duration_s"])
        begins = score.tempo.beats_at(ordered["onset_s"])
        if (same & (ends[:-1] > begins[1:] + NEAR_BEATS)).any():
            _broken(f"a pitch of {part.name} that begins again while it sounds")


def _techniques(score: Performance, song: SongConditions) -> None:
    if any(number >= len(score.techniques) for number in set(score.notes["technique"].tolist())):
        _broken("notes with techniques that the score does not list")
    for part, notes in _by_part(score, song.parts):
        for number in set(notes["technique"].tolist()):
            lacking = set(score.techniques[number]) - part.techniques
            if lacking:
                _broken(f"{part.name} with {min(lacking)}, which its instrument does not have")


def _asked(score: Performance, song: SongConditions) -> None:
    """Check that what a section asks of a part is on its notes; a kit plays other strokes beside."""
    beats = score.tempo.beats_at(score.notes["onset_s"])
    for section, span in zip(song.sections, spans_of(song), strict=True):
        for number, part in enumerate(song.parts):
            wanted = set(filter(None, section.techniques.get(part.name, "").split("+")))
            if part.role == "drums" or not wanted:
                continue
            mine = (score.notes["track"] == number) & _within(beats, span)
            sets = {score.techniques[one] for one in score.notes["technique"][mine].tolist()}
            if any(not wanted <= set(one) for one in sets):
                _broken(f"notes of {part.name} in {section.name} without {'+'.join(sorted(wanted))}")


CLAUSES: tuple[Callable[[Performance, SongConditions], None], ...] = (
    _parts,
    _tempo,
    _markers,
    _times,
    _channels,
    _pitches,
    _twice,
    _techniques,
    _asked,
)


def _broken(what: str) -> None:
    raise InputError(f"the generator wrote {what}")


def _rows_of(score: Performance, column: str) -> set[int]:
    return {*score.notes[column].tolist(), *score.controls[column].tolist()}


def _by_part(score: Performance, parts: Sequence[Part]) -> list[tuple[Part, Array]]:
    return [(part, score.notes[score.notes["track"] == number]) for number, part in enumerate(parts)]


def _within(beats: Array, span: Span) -> Array:
    return np.asarray((beats >= span.start - NEAR_BEATS) & (beats < span.end - NEAR_BEATS))
