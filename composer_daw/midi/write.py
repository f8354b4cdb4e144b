"""Write MIDI files: a performance for people and DAWs, or the very events that a host is told.

Each file is one sorted stream, for players keep the order of the tracks at one tick, not the meaning:
program, controllers, keyswitch on, keyswitch off, then notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.events import Events, Kind, ranks
from composer_daw.files import written_whole
from composer_daw.performance import Performance, TempoMap

TICKS_PER_BEAT = 960

Timed = tuple[float, float, Any]
"""A message with its beat and its rank among those of the same beat."""


def save_midi(performance: Performance, path: str | Path, tag: str = "technique") -> None:
    """Write notes, controls, texts and tempo (reverse of `load_midi`).

    All tracks go into one after the tempo track. Techniques become markers `[tag:...]`, each in force until
    the next: `technique` asks for them when the file is rendered, any other word only tells.
    """
    stream = [
        *_note_messages(performance),
        *_control_messages(performance),
        *_text_messages(performance),
        *_technique_markers(performance, tag),
    ]
    _save(stream, performance.tempo, Path(path))


def save_events(events: Events, path: str | Path, tempo: TempoMap | None = None) -> None:
    """Write events, switches included, as a plugin in a DAW would be sent them.

    The file begins at `-pre_roll_s`, so its first beat is that much before the score's. Parameter events have
    no place in MIDI and are left out.
    """
    tempo = tempo or TempoMap()
    shift = events.pre_roll_s * tempo.bpm[0] / 60.0
    beats = tempo.beats_at(events.stream["time_s"]) + shift
    stream = [
        (float(beat), float(rank), message)
        for beat, rank, row in zip(beats, ranks(events.stream), events.stream, strict=True)
        if (message := _event_message(row)) is not None
    ]
    shifted = TempoMap(
        np.concatenate([[0.0], tempo.beats[1:] + shift]),
        tempo.bpm.copy(),
        tuple((beat + shift if beat else 0.0, top, bottom) for beat, top, bottom in tempo.metres),
    )
    _save(stream, shifted, Path(path))


def _event_message(row: np.void) -> Any:
    import mido

    channel, number, value = int(row["channel"]), int(row["number"]), round(float(row["value"]))
    match Kind(int(row["kind"])):
        case Kind.NOTE_ON | Kind.SWITCH_ON:
            return mido.Message("note_on", channel=channel, note=number, velocity=value)
        case Kind.NOTE_OFF | Kind.SWITCH_OFF:
            return mido.Message("note_off", channel=channel, note=number, velocity=0)
        case Kind.PROGRAM:
            return mido.Message("program_change", channel=channel, program=number)
        case Kind.CONTROL:
            return mido.Message("control_change", channel=channel, control=number, value=value)
        case Kind.PITCH_BEND:
            return mido.Message("pitchwheel", channel=channel, pitch=value)
        case Kind.PRESSURE:
            return mido.Message("aftertouch", channel=channel, value=value)
        case Kind.PARAMETER:
            return None


def _note_messages(performance: Performance) -> Iterable[Timed]:
    import mido

    notes = performance.notes
    starts = performance.tempo.beats_at(notes["onset_s"])
    ends = performance.tempo.beats_at(notes["onset_s"] + notes["duration_s"])
    ends = np.maximum(ends, (np.rint(starts * TICKS_PER_BEAT) + 1) / TICKS_PER_BEAT)  # off never before on
    for start, end, note in zip(starts, ends, notes, strict=True):
        key = {"channel": int(note["channel"]), "note": int(note["pitch"])}
        yield float(start), Kind.NOTE_ON, mido.Message("note_on", velocity=int(note["velocity"]), **key)
        yield float(end), Kind.NOTE_OFF, mido.Message("note_off", velocity=0, **key)


def _control_messages(performance: Performance) -> Iterable[Timed]:
    controls = performance.controls
    beats = performance.tempo.beats_at(controls["time_s"])
    for beat, rank, row in zip(beats, ranks(controls), controls, strict=True):
        yield float(beat), float(rank), _event_message(row)


def _text_messages(performance: Performance) -> Iterable[Timed]:
    import mido

    kinds = {"cue": "cue_marker", "lyric": "lyrics"}
    for text in performance.texts:
        message = mido.MetaMessage(kinds.get(text.kind, text.kind), text=text.text)
        yield float(performance.tempo.beats_at(text.time_s)), -1, message


def _technique_markers(performance: Performance, tag: str) -> Iterable[Timed]:
    import mido

    if performance.techniques == ((),):
        return

    notes = performance.notes
    changes = np.flatnonzero(np.diff(notes["technique"].astype(int), prepend=-1))
    beats = performance.tempo.beats_at(notes["onset_s"][changes])
    for beat, technique in zip(beats, notes["technique"][changes], strict=True):
        names = "+".join(performance.techniques[technique]) or "default"
        yield float(beat), -1, mido.MetaMessage("marker", text=f"[{tag}:{names}]")


def _save(stream: Iterable[Timed], tempo: TempoMap, path: Path) -> None:
    import mido

    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.append(_track(_tempo_messages(tempo)))
    file.tracks.append(_track(stream))
    with written_whole(path) as temporary:
        file.save(temporary)


def _tempo_messages(tempo: TempoMap) -> Iterable[Timed]:
    import mido

    for beat, top, bottom in tempo.metres:
        yield beat, 0, mido.MetaMessage("time_signature", numerator=top, denominator=bottom)
    for beat, bpm in zip(tempo.beats, tempo.bpm, strict=True):
        yield float(beat), 1, mido.MetaMessage("set_tempo", tempo=round(60e6 / bpm))


def _track(stream: Iterable[Timed]) -> Any:
    """Return a track of the messages in order: by tick, then rank, then as they came."""
    import mido

    ticks = [(round(max(0.0, beat) * TICKS_PER_BEAT), rank, message) for beat, rank, message in stream]
    track, last = mido.MidiTrack(), 0
    for tick, _, message in sorted(ticks, key=lambda item: item[:2]):
        track.append(message.copy(time=tick - last))
        last = tick
    return track
