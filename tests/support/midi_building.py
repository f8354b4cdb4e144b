"""MIDI files built in the test: a score is a list of (tick, length in ticks, pitch, ...)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import mido

Timed = tuple[int, mido.Message]


def note(tick: int, length: int, pitch: int, velocity: int = 80, channel: int = 0) -> list[Timed]:
    """Return a note-on and its note-off, with their ticks."""
    return [
        (tick, mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)),
        (tick + length, mido.Message("note_off", note=pitch, velocity=0, channel=channel)),
    ]


def meta(tick: int, kind: str, **fields: object) -> Timed:
    """Return a meta message with its tick."""
    return tick, mido.MetaMessage(kind, **fields)


def save_tracks(path: Path, *tracks: Iterable[Timed], kind: int = 1, charset: str = "latin1") -> Path:
    """Write tracks of (tick, message), 480 ticks a beat; messages of one tick stay in the order given."""
    file = mido.MidiFile(type=kind, ticks_per_beat=480, charset=charset)
    for messages in tracks:
        track, last = mido.MidiTrack(), 0
        for tick, message in sorted(messages, key=lambda timed: timed[0]):
            track.append(message.copy(time=tick - last))
            last = tick
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)
    return path


def save_score(path: Path, notes: Sequence[tuple[int, ...]], *texts: tuple[int, str]) -> Path:
    """Write one track of notes at 120, with texts at their ticks."""
    messages = [meta(tick, "text", text=text) for tick, text in texts]
    messages += [message for one in notes for message in note(*one)]
    return save_tracks(path, messages, charset="utf-8")
