"""Write MIDI files: a performance for people and DAWs, or the very events that a host is told.

Each file is one sorted stream, for players keep the order of the tracks at one tick, not the meaning:
program, controllers, keyswitch on, keyswitch off, then notes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from composer_daw import smf
from composer_daw.errors import OutputError
from composer_daw.events import Events, Kind, ranks
from composer_daw.files import written_whole
from composer_daw.performance import KeySignature, Performance, TempoMap

TICKS_PER_BEAT = 960

METAS = {"text": 0x01, "lyric": 0x05, "marker": 0x06, "cue": 0x07}
TIME_SIGNATURE, KEY_SIGNATURE, TRACK_NAME = 0x58, 0x59, 0x03
ASKING = "technique"
"""The tag of a marker that asks for techniques; any other only tells."""

Timed = tuple[float, float, bytes]
"""A message with its beat and its rank among those of the same beat."""


def save_midi(
    performance: Performance, path: str | Path, tag: str = "technique", by_track: bool = False
) -> None:
    """Write notes, controls, texts, tempo and key signatures (reverse of `load_midi`).

    All tracks go into one after the tempo track, which has the keys: where tracks differ, the first one's.
    `by_track`: each stays what it was, with its name and keys, and the tempo stands in the first. All end
    together, at `end_beat` or with the last event. Techniques become markers `[tag:...]`, each in force until
    the next: `technique` asks for them when the file is rendered, and a `[technique:default]` comes first
    where others end; any other word only tells.
    """
    if by_track:
        streams = [_track_stream(performance, number, tag) for number in range(_track_count(performance))]
    else:
        streams = [[*_key_messages(_one_at_a_time(performance.keys))], _stream(performance, tag)]
    streams[0] = [*_tempo_messages(performance.tempo, Path(path)), *streams[0]]
    end = max([performance.end_beat, *(beat for stream in streams for beat, *_ in stream)])
    _write([_track(stream, end) for stream in streams], Path(path))


def save_events(events: Events, path: str | Path, tempo: TempoMap | None = None) -> None:
    """Write events, switches included, as a plugin in a DAW would be sent them.

    The file begins at `-pre_roll_s`, so its first beat is that much before the score's. Parameter events have
    no place in MIDI and are left out.
    """
    tempo = tempo or TempoMap()
    shift = events.pre_roll_s * tempo.bpm[0] / 60.0
    rows = events.stream[events.stream["kind"] != Kind.PARAMETER]
    stream = _messages(rows, tempo.beats_at(rows["time_s"]) + shift)
    shifted = TempoMap(
        np.concatenate([[0.0], tempo.beats[1:] + shift]),
        tempo.bpm.copy(),
        tuple((beat + shift if beat else 0.0, top, bottom) for beat, top, bottom in tempo.metres),
    )
    _write([_track(_tempo_messages(shifted, Path(path))), _track(stream)], Path(path))


def _stream(performance: Performance, tag: str) -> list[Timed]:
    return [
        *_note_messages(performance),
        *_control_messages(performance),
        *_text_messages(performance),
        *_technique_markers(performance, tag),
    ]


def _track_stream(performance: Performance, number: int, tag: str) -> list[Timed]:
    """Return what stands in one track, with its name and keys."""
    alone = dataclasses.replace(
        performance,
        notes=performance.notes[performance.notes["track"] == number],
        controls=performance.controls[performance.controls["track"] == number],
        texts=tuple(text for text in performance.texts if text.track == number),
    )
    name = performance.tracks[number].name if number < len(performance.tracks) else ""
    named = [(0.0, -2.0, smf.meta(TRACK_NAME, name.encode()))] if name else []
    keys = _key_messages(one for one in performance.keys if one.track == number)
    return [*named, *keys, *_stream(alone, tag)]


def _track_count(performance: Performance) -> int:
    used = [int(rows["track"].max(initial=0)) for rows in (performance.notes, performance.controls)]
    used += [text.track for text in performance.texts]
    used += [key.track for key in performance.keys]
    return max(*used, len(performance.tracks) - 1) + 1


def _messages(rows: np.ndarray, beats: npt.NDArray[np.float64]) -> list[Timed]:
    """Return the messages of events or controls, which share these columns."""
    columns = (rows[name].tolist() for name in ("kind", "channel", "number", "value"))
    timed = zip(beats.tolist(), ranks(rows).tolist(), *columns, strict=True)
    return [(beat, rank, smf.message(Kind(kind), *rest)) for beat, rank, kind, *rest in timed]


def _note_messages(performance: Performance) -> Iterable[Timed]:
    notes = performance.notes
    starts = performance.tempo.beats_at(notes["onset_s"])
    ends = performance.tempo.beats_at(notes["onset_s"] + notes["duration_s"])
    ends = np.maximum(ends, (np.rint(starts * TICKS_PER_BEAT) + 1) / TICKS_PER_BEAT)  # off never before on
    columns = (notes[name].tolist() for name in ("channel", "pitch", "velocity"))
    for start, end, channel, pitch, velocity in zip(starts.tolist(), ends.tolist(), *columns, strict=True):
        yield start, Kind.NOTE_ON, smf.message(Kind.NOTE_ON, channel, pitch, velocity)
        yield end, Kind.NOTE_OFF, smf.message(Kind.NOTE_OFF, channel, pitch, 0)


def _control_messages(performance: Performance) -> Iterable[Timed]:
    return _messages(performance.controls, performance.tempo.beats_at(performance.controls["time_s"]))


def _text_messages(performance: Performance) -> Iterable[Timed]:
    for text in performance.texts:
        message = smf.meta(METAS[text.kind], text.text.encode())
        yield float(performance.tempo.beats_at(text.time_s)), -1, message


def _technique_markers(performance: Performance, tag: str) -> Iterable[Timed]:
    if performance.techniques == ((),):
        return

    notes = performance.notes
    changes = np.flatnonzero(np.diff(notes["technique"].astype(int), prepend=-1))
    beats = performance.tempo.beats_at(notes["onset_s"][changes])
    before: tuple[str, ...] = ()
    for beat, technique in zip(beats.tolist(), notes["technique"][changes], strict=True):
        asked = performance.techniques[technique]
        ends = tag == ASKING and asked and not set(before) <= set(asked)  # pizz. alone leaves a mute on
        for names in ("default", "+".join(asked)) if ends else ("+".join(asked) or "default",):
            yield beat, -1, smf.meta(METAS["marker"], f"[{tag}:{names}]".encode())
        before = asked


def _write(tracks: list[bytes], path: Path) -> None:
    with written_whole(path) as temporary:
        temporary.write_bytes(smf.file(TICKS_PER_BEAT, tracks))


def _tempo_messages(tempo: TempoMap, path: Path) -> Iterable[Timed]:
    for beat, top, bottom in tempo.metres:
        power = bottom.bit_length() - 1
        yield beat, 0, smf.meta(TIME_SIGNATURE, bytes((top, power, 24, 8)))
    for beat, bpm in zip(tempo.beats.tolist(), tempo.bpm.tolist(), strict=True):
        microseconds = round(60e6 / bpm)
        if microseconds >= 2**24:
            raise OutputError(f"{path}: MIDI has no tempo of {bpm:.3g} beats a minute; the least is 3.6")
        yield beat, 1, smf.tempo(microseconds)


def _one_at_a_time(keys: Iterable[KeySignature]) -> Iterable[KeySignature]:
    """Return the key signatures of all tracks as those of one: of several at one beat the first track's."""
    return {one.beat: one for one in sorted(keys, key=lambda one: -one.track)}.values()


def _key_messages(keys: Iterable[KeySignature]) -> Iterable[Timed]:
    for key in keys:
        yield key.beat, -1, smf.meta(KEY_SIGNATURE, bytes((key.fifths % 256, key.minor)))


def _track(stream: Iterable[Timed], end_beat: float = 0.0) -> bytes:
    """Return a track of the messages in order: by tick, then rank, then as they came."""
    timed = [(_tick(beat), rank, one) for beat, rank, one in stream]
    ordered = sorted(timed, key=lambda item: item[:2])
    return smf.track(((tick, one) for tick, _, one in ordered), _tick(end_beat))


def _tick(beat: float) -> int:
    return round(max(0.0, beat) * TICKS_PER_BEAT)
