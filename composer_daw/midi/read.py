"""Read a Standard MIDI File into a `Performance`, losing nothing that a renderer needs.

mido reads it. symusic is many times faster, but drops channels, plain texts, cues, pressure and program
changes inside a track: where a technique stands in a text, that is too much to lose.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from composer_daw.errors import MidiError
from composer_daw.events import Kind
from composer_daw.files import check_is_file
from composer_daw.performance import CONTROL, NOTE, Array, KeySignature, Performance, TempoMap, Text, Track

TEXT_KINDS: dict[str, Literal["marker", "text", "cue", "lyric"]] = {
    "marker": "marker",
    "text": "text",
    "cue_marker": "cue",
    "lyrics": "lyric",
}

CONTROL_KINDS = {  # message type -> (kind, field of the number, field of the value)
    "control_change": (Kind.CONTROL, "control", "value"),
    "program_change": (Kind.PROGRAM, "program", None),
    "pitchwheel": (Kind.PITCH_BEND, None, "pitch"),
    "aftertouch": (Kind.PRESSURE, None, "value"),
}

LONGEST_S = 3 * 3600.0
"""A file that lasts longer is refused: one wrong delta time can add days, and an hour takes gigabytes."""

ENCODINGS = ("utf-8", "shift_jis", "latin-1")
"""Tried in this order on texts; every byte string is valid in the last."""


def load_midi(path: str | Path) -> Performance:
    """Read a MIDI file of type 0 or 1 (reverse of `save_midi`).

    Notes left on end with their track; notes of no length get one tick. The file ends where its longest track
    says, but an end after `LONGEST_S` is taken for damage and left out. Raises MidiError, with the path and
    the remedy, for what is no MIDI, is cut short, or holds no notes.
    """
    source = check_is_file(path, "a MIDI file (.mid)")
    file = _parsed(source)
    timed = [list(_timed(track)) for track in file.tracks]
    tempo = _tempo_map(timed, file.ticks_per_beat)
    notes = np.concatenate(
        [_notes(messages, number) for number, messages in enumerate(timed)] or [np.zeros(0, NOTE)]
    )
    if not len(notes):
        raise MidiError(f"{source}: holds no notes; there is nothing to play")
    notes["source"] = np.arange(len(notes))
    ends = tempo.seconds_at((notes["onset_s"] + notes["duration_s"]) / file.ticks_per_beat)
    notes["onset_s"] = tempo.seconds_at(notes["onset_s"] / file.ticks_per_beat)
    notes["duration_s"] = ends - notes["onset_s"]
    if ends.max() > LONGEST_S:
        raise MidiError(
            f"{source}: lasts {ends.max() / 3600:,.1f} hours; damaged? cut it to {LONGEST_S / 3600:.0f}"
        )
    notes["written_onset_s"], notes["written_duration_s"] = notes["onset_s"], notes["duration_s"]
    controls = np.array(
        [row for number, track in enumerate(timed) for row in _controls(track, number)], CONTROL
    )
    controls["time_s"] = tempo.seconds_at(controls["time_s"] / file.ticks_per_beat)
    texts = tuple(
        Text(float(tempo.seconds_at(tick / file.ticks_per_beat)), _decoded(message.text), kind, number)
        for tick, number, message, kind in _texts(timed)
    )
    tracks = tuple(Track(_decoded(track.name)) for track in file.tracks)
    keys = tuple(sorted(_keys(timed, file.ticks_per_beat), key=lambda one: one.beat))
    end = max(track[-1][0] for track in timed if track) / file.ticks_per_beat
    return Performance(notes, controls, texts, tempo, tracks, keys=keys, end_beat=credible_end(end, tempo))


def credible_end(beat: float, tempo: TempoMap) -> float:
    """Return where a score ends; 0, with its last note, for an end after `LONGEST_S`: that is damage."""
    return beat if tempo.seconds_at(beat) <= LONGEST_S else 0.0


def _parsed(source: Path) -> Any:
    import mido

    data = source.read_bytes()
    if data[:4] != b"MThd":
        what = "is empty" if not data else "is not a MIDI file (it does not begin with MThd)"
        raise MidiError(f"{source}: {what}; give a Standard MIDI File")
    try:
        file = mido.MidiFile(source, clip=True)
    except Exception as error:  # mido meets damage in a dozen ways, with errors of its own among them
        raise MidiError(
            f"{source}: is cut short or damaged ({str(error) or 'it ends too early'}); export it again"
        ) from error
    if file.ticks_per_beat <= 0:
        raise MidiError(
            f"{source}: counts SMPTE frames instead of beats; export it with ticks per quarter note"
        )
    if file.type == 2:
        raise MidiError(f"{source}: type 2 (independent patterns) has no common time; export it as type 1")
    return file


def _timed(track: Any) -> Iterator[tuple[int, Any]]:
    tick = 0
    for message in track:
        tick += message.time
        yield tick, message


def _tempo_map(tracks: list[list[tuple[int, Any]]], ticks_per_beat: int) -> TempoMap:
    tempos, metres = {0: 500_000}, {0: (4, 4)}
    for tick, message in sorted((pair for track in tracks for pair in track), key=lambda pair: pair[0]):
        if message.type == "set_tempo":
            tempos[tick] = max(1, message.tempo)
        elif message.type == "time_signature":
            metres[tick] = (message.numerator, message.denominator)
    beats = np.array(list(tempos)) / ticks_per_beat
    bpm = 60e6 / np.array(list(tempos.values()), dtype=np.float64)
    return TempoMap(beats, bpm, tuple((tick / ticks_per_beat, *metre) for tick, metre in metres.items()))


def _keys(tracks: list[list[tuple[int, Any]]], ticks_per_beat: int) -> Iterator[KeySignature]:
    for number, track in enumerate(tracks):
        for tick, message in track:
            if message.type == "key_signature":
                fifths, minor = message.bytes()[-2:]
                yield KeySignature(tick / ticks_per_beat, (fifths + 128) % 256 - 128, bool(minor), number)


def _notes(messages: list[tuple[int, Any]], track: int) -> Array:
    """Pair each note-on with the next note-off of its channel and pitch, in the order they come; in ticks."""
    rows: list[list[int]] = []
    sounding: dict[tuple[int, int], deque[int]] = defaultdict(deque)
    for tick, message in messages:
        if message.type not in ("note_on", "note_off"):
            continue
        waiting = sounding[message.channel, message.note]
        if message.type == "note_on" and message.velocity:
            waiting.append(len(rows))
            rows.append([tick, messages[-1][0], message.note, message.velocity, message.channel])
        elif waiting:
            rows[waiting.popleft()][1] = tick
    notes = np.zeros(len(rows), NOTE)
    if rows:
        onset, end, notes["pitch"], notes["velocity"], notes["channel"] = np.array(rows).T
        notes["onset_s"], notes["duration_s"] = onset, np.maximum(1, end - onset)
        notes["track"] = track
    return notes


def _controls(messages: list[tuple[int, Any]], track: int) -> Iterator[tuple[Any, ...]]:
    for tick, message in messages:
        if message.type in CONTROL_KINDS:
            kind, number, value = CONTROL_KINDS[message.type]
            yield (
                tick,
                kind,
                message.channel,
                track,
                getattr(message, number) if number else 0,
                getattr(message, value) if value else 0,
            )


def _texts(
    tracks: list[list[tuple[int, Any]]],
) -> Iterator[tuple[int, int, Any, Literal["marker", "text", "cue", "lyric"]]]:
    for number, track in enumerate(tracks):
        for tick, message in track:
            if message.type in TEXT_KINDS:
                yield tick, number, message, TEXT_KINDS[message.type]


def _decoded(text: str) -> str:
    """Undo mido's Latin-1 and read the bytes as what they most likely are."""
    data = text.encode("latin-1", errors="replace")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text
