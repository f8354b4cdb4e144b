"""Read MusicXML into a `Performance`: notes with the techniques that are written on them, words as texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import SubElement

import numpy as np

from composer_daw.errors import InputError, naming
from composer_daw.events import Kind
from composer_daw.midi.loudness import Loudness
from composer_daw.midi.read import LONGEST_S, credible_end
from composer_daw.midi.score_marks import ALWAYS_BOWED, STROKES, NoteMarks, Page, Sign, read_page
from composer_daw.midi.score_timeline import TimedNote, TimedPart, unfold
from composer_daw.midi.xml_file import load_xml
from composer_daw.performance import (
    CONTROL,
    NOTE,
    Array,
    KeySignature,
    Performance,
    TechniqueSet,
    TempoMap,
    Text,
    Track,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

GRACE_S = 0.07
"""How long each grace note is."""

SHORTEST_S = 0.01
BREATH_S = 0.06
"""How much the last note of a slur is shortened where the next follows at once, but at most by a quarter."""

LOUDER = 24
"""Velocity that a sforzando adds."""

PARTED = {"staccato", "tenuto"}
"""Both together, or either under a slur, are portato."""

DRUMS = 9
"""The channel (0..15) of notes without pitch."""

SUSTAIN = 64
PEDAL = {"start": (127,), "sostenuto": (127,), "resume": (127,), "change": (0, 127), "stop": (0,)}

PLUCKED = ("pizz", "pizzicato", "pizzicati", "gezupft", "ピチカート")
BOWED = (
    "arco",
    "colarco",
    "coll'arco",
    "collegno",
    "collegnobattuto",
    "collegnotratto",
    "bowed",
    "gestrichen",
)
"""Words that begin and end plucking, without case, dots and spaces."""


def load_musicxml(path: str | Path) -> Performance:
    """Read a MusicXML file (partwise; .musicxml, .xml or packed .mxl).

    Each part is a track and its voices are channels, so that lines stay lines; notes without pitch go to
    channel 10. Repeats, endings, da capo and dal segno are played out; after a jump repeats are not. Notes
    carry their techniques: articulations, ornaments and technical marks as `score_marks.MARKS` has them,
    tremolo strokes (one or two: measured), and legato under a slur, up to its last note; dots or lines under
    one are portato. Where the strings are plucked, slurs, dots and lines mean nothing. Words, mute signs and
    fermatas become texts. Key signatures sound as the notes do, so those of a transposing part are moved; one
    that names no mode counts as major. The score ends with its last bar. Velocities come from dynamics and
    hairpins, tempos from metronome marks and `sound` elements; grace notes go before the beat; cues are
    silent. Raises InputError, in one line, for what is no MusicXML or cannot be played.
    """
    root = load_xml(path)
    with naming(path):
        if root.tag != "score-partwise":
            what = "is timewise" if root.tag == "score-timewise" else f"has <{root.tag:.40}> at its top"
            raise InputError(f"{what}, not <score-partwise>; export it as partwise MusicXML")
        _check(root)
        page = read_page(root)
        return _performance(unfold(root), page)


def _check(root: Element) -> None:
    """Raise InputError for what would be lost or end in nonsense; bring quarter tones to the nearest key."""
    listed = {one.get("id") for one in root.iter("score-part")}
    for part in root.findall("part"):
        if part.get("id") not in listed:
            raise InputError(f"part '{part.get('id')}' is not in its <part-list>; export it again")
    for pitch in root.iter("pitch"):
        alter = pitch.find("alter")
        if alter is None:
            alter = SubElement(pitch, "alter")
        try:
            alter.text = str(round(float(alter.text or 0)))
        except (ValueError, OverflowError):
            raise InputError(f"<alter> is '{alter.text}'; write a number of semitones") from None


def _performance(parts: list[TimedPart], page: Page) -> Performance:
    signs = [[(beat, page.signs[number]) for beat, number in part.signs] for part in parts]
    tempo = _tempo_map([one for told in signs for one in told], parts[0].metres if parts else ())
    table: dict[TechniqueSet, int] = {(): 0}
    notes, controls, texts = [np.zeros(0, NOTE)], [np.zeros(0, CONTROL)], list[Text]()
    for track, (part, told) in enumerate(zip(parts, signs, strict=True)):
        mine = _notes(part, told, page, tempo, table)
        mine["track"] = track
        notes.append(mine)
        controls.append(_pedal(told, np.unique(mine["channel"]), track, tempo))
        texts += [*_texts(told, track, tempo), *_note_texts(part, page, track, tempo)]
    rows = np.concatenate(notes)
    if not len(rows):
        raise InputError("holds no notes; there is nothing to play")
    ends = rows["onset_s"] + rows["duration_s"]
    if not ends.max() <= LONGEST_S:
        raise InputError(f"lasts {ends.max() / 3600:,.1f} hours; damaged? cut it to {LONGEST_S / 3600:.0f}")
    rows["source"] = np.arange(len(rows))
    tracks = tuple(Track(page.parts.get(part.name, "")) for part in parts)
    texts.sort(key=lambda text: text.time_s)
    keys = sorted(
        (one for track, part in enumerate(parts) for one in _keys(part, page, track)),
        key=lambda one: one.beat,
    )
    return Performance(
        rows,
        np.concatenate(controls),
        tuple(texts),
        tempo,
        tracks,
        tuple(table),
        tuple(keys),
        credible_end(max(part.end for part in parts), tempo),
    )


def _keys(part: TimedPart, page: Page, track: int) -> Iterator[KeySignature]:
    """Yield the key signatures of a part as they sound, by what its next note is transposed."""
    for beat, fifths, minor in part.keys:
        following = (page.notes[one.number].shift for one in part.notes if one.beat >= beat)
        known = fifths if -7 <= fifths <= 7 else (fifths + 6) % 12 - 6
        yield KeySignature(beat, known, minor, track).shifted(7 * next(following, 0))


def _tempo_map(signs: list[tuple[float, Sign]], metres: tuple[tuple[float, int, int], ...]) -> TempoMap:
    tempos = {0.0: 120.0}
    for beat, sign in sorted(signs, key=lambda one: one[0]):
        if sign.bpm is not None:
            tempos[beat] = sign.bpm
    return TempoMap(np.array(list(tempos)), np.array(list(tempos.values())), metres or ((0.0, 4, 4),))


def _notes(
    part: TimedPart,
    signs: list[tuple[float, Sign]],
    page: Page,
    tempo: TempoMap,
    table: dict[TechniqueSet, int],
) -> Array:
    """Return the `NOTE` rows of a part; their techniques are entered into the table."""
    played = [one for one in part.notes if not page.notes[one.number].silent]
    rows = np.zeros(len(played), NOTE)
    beats = np.array([one.beat for one in played])
    louder = Loudness(signs).at(beats)
    sudden = {beat: sign.sudden for beat, sign in signs if sign.sudden}
    plucked = _plucked(signs, beats)
    onsets = tempo.seconds_at(beats)
    ends = np.maximum(tempo.seconds_at([one.end for one in played]), onsets + SHORTEST_S)
    for row, note in enumerate(played):
        marks = page.notes[note.number]
        asked = _techniques(marks, note, bool(plucked[row]), sudden.get(note.beat, ""))
        rows["technique"][row] = table.setdefault(asked, len(table))
        rows["pitch"][row] = _pitch(note, marks)
        rows["channel"][row] = DRUMS if marks.pitch is not None else (note.voice - 1) % DRUMS
        velocity = louder[row] if marks.velocity is None else marks.velocity
        rows["velocity"][row] = min(127, velocity + (LOUDER if note.beat in sudden else 0))
    _place_graces(played, page, onsets, ends)
    rows["written_onset_s"], rows["written_duration_s"] = onsets, ends - onsets
    rows["onset_s"], rows["duration_s"] = onsets, ends - onsets - _breaths(played, onsets, ends)
    return rows


def _pitch(note: TimedNote, marks: NoteMarks) -> int:
    pitch = note.pitch + marks.shift if marks.pitch is None else marks.pitch
    if not 0 <= pitch <= 127:
        raise InputError(
            f"a note at beat {note.beat:g} is outside MIDI's 0..127 (it is {pitch}); transpose it"
        )
    return pitch


def _techniques(marks: NoteMarks, note: TimedNote, plucked: bool, sudden: str) -> TechniqueSet:
    """Return what a note asks for by itself."""
    names = list(marks.techniques)
    if plucked:
        names = [name for name in names if name not in STROKES or name in ALWAYS_BOWED]
    elif len(PARTED & set(names)) > (0 if note.slurred else 1):
        names = ["portato", *(name for name in names if name not in PARTED)]
    elif note.slurred and not set(STROKES) & set(names):
        names = ["legato", *names]
    return tuple(dict.fromkeys((*names, *([sudden] if sudden else []))))


def _plucked(signs: list[tuple[float, Sign]], beats: Array) -> Array:
    """Return whether the strings are plucked at each beat, by the words of the score."""
    state = [
        (beat, word in PLUCKED)
        for beat, sign in signs
        for words in sign.words
        for word in _folded(words)
        if word in PLUCKED or word in BOWED
    ]
    times = np.array([beat for beat, _ in state])
    told = np.array([False, *(plucked for _, plucked in state)])
    return told[np.searchsorted(times, beats + 1e-6, side="right")]


def _folded(words: str) -> list[str]:
    """Return the parts of a direction, whole and word by word: "pizz. con sord." is plucked, too."""
    parts = re.split(r"[,;+/()\[\]]", words.replace(".", "").casefold())
    return [one for part in parts for one in ("".join(part.split()), *part.split())]


def _place_graces(played: list[TimedNote], page: Page, onsets: Array, ends: Array) -> None:
    """Put grace notes before their beat, in place; at the very start, where nothing is before, on it."""
    beats, voices = np.array([(one.beat, one.voice) for one in played], float).reshape(-1, 2).T
    is_grace = np.array([one.is_grace for one in played], bool)
    for beat, voice in {(note.beat, note.voice) for note in played if note.is_grace}:
        line = voices == voice
        rows = np.flatnonzero(line & is_grace & (beats == beat))
        slots = np.cumsum([not page.notes[played[row].number].in_chord for row in rows])
        slots -= slots[0]
        length, at_s = GRACE_S * float(slots[-1] + 1), float(onsets[rows[0]])
        start = max(0.0, at_s - length)
        onsets[rows] = start + GRACE_S * slots
        ends[rows] = onsets[rows] + GRACE_S
        main = line & ~is_grace & (beats == beat)
        onsets[main] = np.maximum(onsets[main], start + length)
        ends[main] = np.maximum(ends[main], onsets[main] + SHORTEST_S)
        before = line & ~is_grace & (onsets < start) & (start < ends) & (ends <= at_s + 1e-6)
        ends[before] = start


def _breaths(played: list[TimedNote], onsets: Array, ends: Array) -> Array:
    """Return how much the last note of each slur is shortened, so that the next bow is heard as one."""
    voices, breaths = np.array([one.voice for one in played]), np.zeros(len(played))
    lines = {voice: np.sort(onsets[voices == voice]) for voice in set(voices.tolist())}
    for row, note in enumerate(played):
        if note.slurred == "last":
            line = lines[note.voice]
            following = line[np.searchsorted(line, onsets[row] + 1e-6) :]
            if len(following) and following[0] - ends[row] < BREATH_S:
                breaths[row] = min(BREATH_S, (ends[row] - onsets[row]) / 4)
    return breaths


def _pedal(signs: list[tuple[float, Sign]], channels: Array, track: int, tempo: TempoMap) -> Array:
    told = [(beat, value) for beat, sign in signs for value in PEDAL.get(sign.pedal, ())]
    rows = np.zeros((len(told), len(channels)), CONTROL)
    for row, (beat, value) in enumerate(told):
        rows["time_s"][row], rows["value"][row] = float(tempo.seconds_at(beat)), value
    rows["kind"], rows["number"], rows["channel"], rows["track"] = Kind.CONTROL, SUSTAIN, channels, track
    return rows.ravel()


def _texts(signs: list[tuple[float, Sign]], track: int, tempo: TempoMap) -> Iterator[Text]:
    for beat, sign in signs:
        time_s = float(tempo.seconds_at(beat))
        yield from (Text(time_s, words, "text", track) for words in sign.words)
        yield from (Text(time_s, words, "marker", track) for words in sign.rehearsal)


def _note_texts(part: TimedPart, page: Page, track: int, tempo: TempoMap) -> Iterator[Text]:
    """Yield fermatas, one for each moment, and lyrics."""
    halts = {note.beat for note in part.notes if page.notes[note.number].fermata}
    yield from (Text(float(tempo.seconds_at(beat)), "fermata", "text", track) for beat in sorted(halts))
    for note in part.notes:
        if lyric := page.notes[note.number].lyric:
            yield Text(float(tempo.seconds_at(note.beat)), lyric, "lyric", track)
